"""The looks of one run: which stored articles it looks at again, and what comes of that.

A look never makes a page that is done failed or gone: what was kept stays kept. One that gave nothing is made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from newscrawl.keeping.accounts import Accounts
from newscrawl.keeping.looks import Look, Looks, Validators
from newscrawl.keeping.looktimes import LEEWAY, MOST_FAILURES, TRIED_AGAIN, next_look
from newscrawl.keeping.retries import LATER_LOOK

__all__ = ["Looking"]

_PENDING: Final = "pending"


class Looking:
    """At most `most` looks, longest overdue first: so every article has its turn, and where more are due than can be
    made, each has fewer of them. They were due when the run began, for they were counted then."""

    def __init__(self, looks: Looks, accounts: Accounts, clock: Callable[[], datetime], run: str, most: int) -> None:
        self._looks, self._accounts, self._clock, self._run = looks, accounts, clock, run
        self._started = clock()
        looks.forget(self._started)
        self._left = accounts.looks_due = looks.count(self._started, most)
        self._after = ("", "")
        self._given: dict[str, Look] = {}

    def __contains__(self, key: str) -> bool:
        """Whether a page is under way because it is looked at again."""
        return key in self._given

    def take(self, most: int) -> list[Look]:
        """The next looks to be made; each is given once."""
        found = self._looks.take(min(most, self._left), self._started, self._after) if self._left else []
        if found:
            self._left -= len(found)
            self._after = (found[-1].due, found[-1].id)
            self._given.update((look.entry.key, look) for look in found)
        return found

    def end(
        self,
        key: str,
        outcome: str,
        reason: str = "",
        *,
        wait: timedelta | None = None,
        validators: Validators | None = None,
    ) -> None:
        """What a look came to: one of the outcomes of pages. `validators` are those of the answer, if it brought the
        text; `wait` is what the server asked for. A changed text says nothing to the ledger before its line is on
        disk (`newscrawl.keeping.unsynced`)."""
        look, now = self._given[key], self._clock()
        if outcome == "unchanged":
            seen = replace(look, failures=0, missing=None, validators=validators or look.validators)
            self._looks.put(seen, self._next(look, now))
            self._looks.bring_back(look.id)
        elif outcome == "gone":
            outcome = self._miss(look, now)
        elif outcome == "failed":
            outcome = self._fail(look, now, wait)
        elif outcome != "stored":
            self._looks.put(look, self._next(look, now))
        self._count(look, outcome, reason)
        del self._given[key]

    @staticmethod
    def _next(look: Look, now: datetime) -> datetime | None:
        return next_look(datetime.fromisoformat(look.stored), now)

    def _miss(self, look: Look, now: datetime) -> str:
        """The page is not there. An outage can look like that: only a second look, a week later, says that the article
        was taken down."""
        if look.missing is None and look.taken_down is None:
            since = now.astimezone(UTC).isoformat(timespec="seconds")
            self._looks.put(replace(look, failures=0, missing=since), now + LATER_LOOK - LEEWAY)
            return _PENDING
        self._looks.put(replace(look, failures=0), self._next(look, now))
        if look.missing is not None and look.taken_down is None:
            self._looks.take_down(look.id, look.missing, self._run)
            self._accounts.taken_down.append({"url": look.entry.url, "id": look.id, "since": look.missing})
        return "gone"

    def _fail(self, look: Look, now: datetime, wait: timedelta | None) -> str:
        failures = look.failures + 1
        if failures > MOST_FAILURES:
            self._looks.put(replace(look, failures=0), self._next(look, now))
        else:
            due = now + max(TRIED_AGAIN - LEEWAY, wait or timedelta())
            self._looks.put(replace(look, failures=failures), due)
        return _PENDING

    def _count(self, look: Look, outcome: str, reason: str) -> None:
        """A look that is to be made again settles nothing: it is pending."""
        self._accounts.looks[outcome] += 1
        if outcome == _PENDING:
            self._accounts.reasons[f"look/{reason}"] += 1
            return
        self._accounts.settled[outcome] += 1
        if outcome in ("gone", "skipped"):
            self._accounts.reasons[f"{outcome}/{reason}"] += 1
        if outcome in ("unchanged", "stored") and look.taken_down is not None:
            self._accounts.came_back.append({"url": look.entry.url, "id": look.id})
