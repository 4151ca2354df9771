"""What a ledger says, for a reader that touches nothing: no lock is taken, no file made, no version changed."""

from __future__ import annotations

import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from newscrawl.inventory.proofs import Proof, proofs
from newscrawl.keeping.ledger import LedgerError
from newscrawl.keeping.schema import VERSION, version_of

__all__ = ["Group", "LedgerView", "OlderLedgerError", "PageLeft", "TakenDown", "month_of", "view_ledger"]

_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_TRIES: Final = 3  # how often a file is read that a crawl began to write meanwhile


class Group(NamedTuple):
    """What pages are counted by. `listing` showed them first; `month` (YYYY-MM) is their article's, or the one printed
    beside the link; either may be unknown."""

    listing: str | None
    month: str | None
    state: str
    reason: str | None


class OlderLedgerError(LedgerError):
    """The ledger is of an earlier version, as after an update. It is not brought to this one by reading."""


@dataclass(frozen=True, slots=True)
class PageLeft:
    """A page without an article. `not_before` is UTC, ISO 8601."""

    url: str
    reason: str | None
    tries: int
    not_before: str | None


@dataclass(frozen=True, slots=True)
class TakenDown:
    """An article that was stored, and whose page was found gone at `when` (UTC, ISO 8601)."""

    id: str
    url: str | None
    when: str


@dataclass(frozen=True, slots=True)
class LedgerView:
    """All that the report shows of a ledger. Its size does not grow with the pages, but with listings and months."""

    pages: Counter[Group] = field(default_factory=Counter)
    proofs: dict[str, Proof] = field(default_factory=dict)  # by listing
    newest: dict[str, list[PageLeft]] = field(default_factory=dict)  # by state: found, failed, gone
    articles: int = 0
    taken_down: int = 0
    newest_taken_down: list[TakenDown] = field(default_factory=list)
    open_runs: list[str] = field(default_factory=list)

    def count(self, state: str) -> int:
        """How many pages are in a state."""
        return sum(number for group, number in self.pages.items() if group.state == state)

    def reasons(self, state: str) -> list[tuple[str, int]]:
        """Why pages are in a state, the commonest reason first."""
        found: Counter[str] = Counter()
        for group, number in self.pages.items():
            if group.state == state:
                found[group.reason or "not tried yet"] += number
        return found.most_common()


def view_ledger(file: Path, most: int) -> LedgerView | None:
    """What the ledger says, with the newest `most` pages of each kind; None where there is no ledger.

    Raises LedgerError for one that can't be read, OlderLedgerError among them.
    """
    try:
        return _read(file, lambda db: _view(db, file, most)) if file.is_file() else None
    except sqlite3.Error as error:
        raise LedgerError(f"{file}: can't be read ({error})") from None
    except OSError as error:
        raise LedgerError(f"{file}: can't be read ({error.strerror})") from None


def _read(file: Path, view: Callable[[sqlite3.Connection], LedgerView]) -> LedgerView:
    """Read at rest, else beside the run that writes. At rest SQLite is told that nobody writes (`immutable`): without,
    it would leave the two files of its log beside the ledger. Whether that was so is seen afterwards, for every write
    goes to the log before it goes to the file."""
    for _ in range(_TRIES):
        before = _stamp(file)
        if _has_log(file):
            break
        with _opened(file, "immutable=1") as db:
            found = view(db)
        if not _has_log(file) and _stamp(file) == before:
            return found
    with _opened(file, "mode=ro") as db:
        return view(db)


@contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(f"file:{quote(os.fsencode(file.resolve()))}?{mode}", uri=True, isolation_level=None)
    try:
        db.execute("BEGIN")  # one view of it all, whatever a run writes meanwhile
        yield db
    finally:
        db.close()


def _has_log(file: Path) -> bool:
    log = file.with_name(f"{file.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size


def _view(db: sqlite3.Connection, file: Path, most: int) -> LedgerView:
    version = version_of(db)
    known = f"(version {version}, this newscrawl reads {VERSION})"
    if version > VERSION:
        raise LedgerError(f"{file}: of a newer newscrawl {known}")
    if version < VERSION:
        raise OlderLedgerError(f"{file}: of an older newscrawl {known}; the next crawl brings it up")
    return LedgerView(
        pages=_pages(db),
        proofs=proofs(db),
        newest={state: _newest(db, state, most) for state in ("found", "failed", "gone")},
        articles=_one(db, "SELECT count(*) FROM article"),
        taken_down=_one(db, "SELECT count(*) FROM article WHERE taken_down IS NOT NULL"),
        newest_taken_down=_taken_down(db, most),
        open_runs=[str(row[0]) for row in db.execute("SELECT name FROM run ORDER BY name")],
    )


def _pages(db: sqlite3.Connection) -> Counter[Group]:
    """Counted here and not by SQL: sorting a million rows costs it more than this."""
    rows = Counter(db.execute("SELECT listing, substr(date, 1, 7), state, reason FROM page"))
    found: Counter[Group] = Counter()
    for (listing, date, state, reason), number in rows.items():
        found[Group(listing, month_of(date), state, reason)] += number
    return found


def month_of(date: str | None) -> str | None:
    """The month of an ISO 8601 date; None where only the year is known, or nothing.

    >>> month_of("2018-08-01"), month_of("2018"), month_of(None)
    ('2018-08', None, None)
    """
    return date[:7] if date is not None and _MONTH.fullmatch(date[:7]) else None


def _newest(db: sqlite3.Connection, state: str, most: int) -> list[PageLeft]:
    rows = db.execute(
        "SELECT url, reason, tries, not_before FROM page WHERE state = ? ORDER BY seq DESC LIMIT ?", (state, most)
    )
    return [PageLeft(*row) for row in rows]


def _taken_down(db: sqlite3.Connection, most: int) -> list[TakenDown]:
    """An article's id is `<site>:<page.key>`."""
    rows = db.execute(
        "SELECT id, (SELECT url FROM page WHERE key = substr(id, instr(id, ':') + 1)), taken_down FROM article "
        "WHERE taken_down IS NOT NULL ORDER BY taken_down DESC LIMIT ?",
        (most,),
    )
    return [TakenDown(*row) for row in rows]


def _one(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])
