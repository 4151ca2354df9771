"""The frontier of a backfill: captures to be tried, page by page, the newest first.

It tells the ledger of nothing but what was stored: what an archive can't give says nothing of the live page.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from datetime import timedelta
from typing import Final

from newscrawl.keeping.accounts import Accounts
from newscrawl.keeping.ledger import Entry, Ledger
from newscrawl.keeping.ledgerfrontier import LedgerFrontier
from newscrawl.keeping.terms import Terms
from newscrawl.webarchives.cdx import Memento
from newscrawl.webarchives.choosing import Candidates

__all__ = ["BackfillFrontier"]

_VIA: Final = "archive"


class BackfillFrontier(LedgerFrontier):
    """Pages come from `fill`, and from nowhere else. A capture that gives no article is followed by the next older one
    of its page; what became of the page counts when there is none left. `older` counts why that had to be."""

    def __init__(self, ledger: Ledger, accounts: Accounts, terms: Terms, run: str) -> None:
        super().__init__(ledger, accounts, replace(terms, looks=0), run)
        self._carries, accounts.carried = False, 0
        self._captures: Candidates = {}
        self._due: deque[str] = deque()
        self._stored: list[Entry] = []
        self.older: Counter[str] = Counter()

    def fill(self, candidates: Candidates, site: str) -> int:
        """Take up the pages of an index, but those that are kept already. Returns how many were left out for that."""
        kept = self._ledger.kept_pages(candidates.keys(), site)
        self._captures = {key: found for key, found in candidates.items() if key not in kept}
        self._due.extend(sorted(self._captures, key=lambda key: self._captures[key][0].stamp, reverse=True))
        self._accounts.new += len(self._captures)
        self._accounts.known += len(kept)
        return len(kept)

    def capture(self, key: str) -> Memento:
        """The capture of a page that is to be tried now."""
        return self._captures[key][0]

    def take_new(self, most: int) -> list[Entry]:  # noqa: ARG002
        """The next page to try. One at a time, so that an older capture comes before other pages: what a run that is
        killed has begun is soon brought to its end."""
        return [self._entry(self._due.popleft())] if self._due else []

    def _entry(self, key: str) -> Entry:
        return Entry(key, self._captures[key][0].page, _VIA)

    def settle(self, key: str, outcome: str, reason: str, wait: timedelta | None = None) -> None:  # noqa: ARG002
        """A capture gave no article. The next older one of the page is tried; a page that is no article by its nature,
        like a listing, gets one more try: the oldest, for the address may have been an article's once."""
        captures = self._captures[key]
        if outcome == "skipped" and reason != "redirected":
            del captures[1:-1]
        if len(captures) > 1:
            del captures[0]
            self.older[reason] += 1
            self._due.appendleft(key)
            return
        self._accounts.reasons[f"{outcome}/{reason}"] += 1
        self.count(key, outcome)

    def is_next(self, key: str) -> bool:
        """Whether an older capture of the page is what is tried next."""
        return bool(self._due) and self._due[0] == key

    def repeat(self, content_hash: str, key: str, other: str) -> None:  # noqa: ARG002
        """What the live site gave in earlier runs is not judged by an archive."""
        self.traps.repeat(content_hash, key)

    def drop(self, key: str, outcome: str) -> None:
        """The article is kept already, under this address or another."""
        self.count(key, outcome)

    def lack(self, part: str, reason: str) -> None:
        """A part of the index could not be had."""
        self._accounts.listings[f"broken/{reason}"] += 1
        self._accounts.broken.append(part)

    def put_off(self, key: str, reason: str, wait: timedelta) -> None:
        """A capture is tried again by this run alone."""

    def count(self, key: str, outcome: str) -> None:
        """What became of a page. One that is stored will be known to the live crawl, as done."""
        super().count(key, outcome)
        if outcome == "stored":
            self._stored.append(self._entry(key))

    def synced(self) -> None:
        """The lines of all stored articles are on disk."""
        self._ledger.note(self._stored)
        self._stored = []
