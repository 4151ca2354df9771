"""The ledger: what is known of a site's pages, articles and listings, in one SQLite file that survives the process.

All writes gather in one transaction until `commit`. A commit outlives the process, but a power cut may take the last
ones back, in their order; after `settle_on_disk` it may not. The interface is small on purpose: another store could
stand behind it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from newscrawl.keeping.chains import Chains
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.entry import Entry
from newscrawl.keeping.looks import Looks
from newscrawl.keeping.moments import utc
from newscrawl.keeping.openruns import OpenRuns
from newscrawl.keeping.payloads import Payloads
from newscrawl.keeping.retries import LATER_LOOK, LEAST_TRIES, LONGEST_TRY, wait_after
from newscrawl.keeping.schema import VERSION, migrate, version_of
from newscrawl.keeping.twins import Twins
from newscrawl.words.errors import NewscrawlError

__all__ = ["DamagedLedgerError", "Entry", "Kept", "Ledger", "LedgerError", "is_damage"]

_ENTRY: Final = "key, url, via, depth, found_on, date, date_raw, listing"
_OPEN: Final = "(state IN ('found', 'failed') OR (state IN ('gone', 'skipped') AND not_before IS NOT NULL))"
# Between these two moments a page waits. What is to wait for longer was said when the clock was wrong.
_WAITS: Final = "not_before > ? AND not_before <= ?"
_DUE: Final = f"{_OPEN} AND NOT coalesce({_WAITS}, 0) AND (date IS NULL OR date >= ?)"
_BATCH: Final = 500  # SQLite's historic limit for variables in a statement is 999


class LedgerError(NewscrawlError):
    """The ledger can't be used: it can't be opened, or is of a newer version. Exit code 4."""


class DamagedLedgerError(LedgerError):
    """The file is no sound database. Raised when it is opened; `newscrawl.keeping.recovery` makes it anew."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an article's newest revision."""

    hash: str
    revision: int


class Ledger:
    """One site's ledger. Opening creates the file and brings it to this version; nothing is kept before `commit`.

    Raises DamagedLedgerError, LedgerError, and sqlite3.Error where the disk takes no more.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._committed = 0
        try:
            self._db = sqlite3.connect(file, isolation_level=None)
        except sqlite3.Error as error:
            if is_disk_full(error, file.parent):
                raise
            raise LedgerError(f"{file}: can't be opened ({error})") from None
        try:
            self._open()
            self.refresh()
        except sqlite3.Error as error:
            self._db.close()
            if is_disk_full(error, file.parent):
                raise
            kind = DamagedLedgerError if is_damage(error) else LedgerError
            raise kind(f"{file}: not a readable ledger ({error})") from None
        except LedgerError:
            self._db.close()
            raise
        self.chains, self.looks = Chains(self._db), Looks(self._db)
        self.payloads, self.runs, self.twins = Payloads(self._db), OpenRuns(self._db), Twins(self._db)

    def _open(self) -> None:
        version = version_of(self._db)
        if version > VERSION:
            raise LedgerError(f"{self.file}: of a newer newscrawl (version {version}, this one knows {VERSION})")
        # WAL: readers never wait. NORMAL: a commit reaches the system, and so outlives a kill; `settle_on_disk` waits
        # for the disk. Pages are committed one by one, and a disk that waits for each costs more than the page.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        migrate(self._db)
        self._db.execute("BEGIN")

    def refresh(self) -> None:
        """Count all that is known by now as left by earlier runs, and all that is noted from here on as new."""
        self._newer = self.top
        self._older = self.top + 1

    @property
    def top(self) -> int:
        """The place of the page found last, in the order in which pages were found."""
        return self._one("SELECT coalesce(max(seq), 0) FROM page")

    def _one(self, sql: str, *values: object) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    @property
    def changed(self) -> bool:
        """Whether anything was said since the last commit."""
        return self._db.total_changes != self._committed

    def commit(self) -> None:
        """Make all that was said since the last commit outlive the process. Raises sqlite3.OperationalError when the
        disk is full; then all of it is forgotten."""
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            if not self._db.in_transaction:
                self._db.execute("BEGIN")
            self._committed = self._db.total_changes

    def settle_on_disk(self) -> None:
        """Commit, and wait until all commits would outlive a power cut. Raises sqlite3.OperationalError."""
        self._db.execute("COMMIT")
        try:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            self._db.execute("BEGIN")

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._db.close()

    def check(self) -> None:
        """Read the whole file. Raises DamagedLedgerError."""
        try:
            problems = [row[0] for row in self._db.execute("PRAGMA quick_check(3)")]
        except sqlite3.DatabaseError as error:
            problems = [str(error)]
        if problems != ["ok"]:
            raise DamagedLedgerError(f"{self.file}: {'; '.join(problems)}")

    def is_empty(self) -> bool:
        """Whether nothing was ever kept here."""
        return not self._one("SELECT EXISTS (SELECT 1 FROM page) OR EXISTS (SELECT 1 FROM article)")

    # --- pages

    def known(self, keys: Collection[str]) -> dict[str, int]:
        """Those of `keys` that are in the ledger already, with their place in the order in which pages were found."""
        found: dict[str, int] = {}
        for part in _batches(list(keys)):
            marks = ",".join("?" * len(part))
            found.update(self._db.execute(f"SELECT key, seq FROM page WHERE key IN ({marks})", part))
        return found

    def kept_pages(self, keys: Iterable[str], site: str) -> set[str]:
        """Those of `keys` whose article is kept: also where the page is gone by now, or has another article's text."""
        kept: set[str] = set()
        for part in _batches(list(keys)):
            marks, ids = ",".join("?" * len(part)), [f"{site}:{key}" for key in part]
            for table, values in (("page WHERE state = 'done' AND key", part), ("twin WHERE key", part)):
                kept.update(row[0] for row in self._db.execute(f"SELECT key FROM {table} IN ({marks})", values))
            rows = self._db.execute(f"SELECT id FROM article WHERE id IN ({marks})", ids)
            kept.update(row[0].removeprefix(f"{site}:") for row in rows)
        return kept

    def note(self, entries: Iterable[Entry]) -> None:
        """Remember found pages; those already known stay as they are, so that noting twice changes nothing."""
        self._db.executemany(
            f"INSERT INTO page ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            [(e.key, e.url, e.via, e.depth, e.found_on, e.date, e.date_raw, e.listing) for e in entries],
        )

    def list_pages(self, keys: Iterable[str], listing: str) -> None:
        """A listing shows these pages. Those that no listing has shown before are its."""
        for part in _batches(list(keys)):
            marks = ",".join("?" * len(part))
            self._db.execute(
                f"UPDATE page SET listing = ? WHERE listing IS NULL AND key IN ({marks})", (listing, *part)
            )

    def take_new(self, most: int, since: date | None = None) -> list[Entry]:
        """The next pages found since this ledger was opened, in the order they were found; each is given once.

        With `since`, those whose link is dated before stay pending.
        """
        rows = self._db.execute(
            f"SELECT seq, {_ENTRY} FROM page WHERE {_OPEN} AND state = 'found' AND seq > ? "
            "AND (date IS NULL OR date >= ?) ORDER BY seq LIMIT ?",
            (self._newer, str(since or ""), most),
        ).fetchall()
        if rows:
            self._newer = rows[-1][0]
        return [Entry(*row[1:]) for row in rows]

    def take_carried(self, most: int, now: datetime, since: date | None = None) -> list[Entry]:
        """The next pages that earlier runs left behind and that are due, newest first; each is given once.

        With `since`, those known to be older are left where they are.
        """
        rows = self._db.execute(
            f"SELECT seq, {_ENTRY} FROM page WHERE {_DUE} AND seq < ? ORDER BY seq DESC LIMIT ?",
            (*_waiting(now), str(since or ""), self._older, most),
        ).fetchall()
        self._older = rows[-1][0] if rows else 0
        return [Entry(*row[1:]) for row in rows]

    def count_carried(self, now: datetime, since: date | None = None) -> int:
        """How many pages `take_carried` has still to give."""
        sql = f"SELECT count(*) FROM page WHERE {_DUE} AND seq < ?"
        return self._one(sql, *_waiting(now), str(since or ""), self._older)

    def date_page(self, key: str, day: str) -> None:
        """The page stays pending, and its article is known to be of `day` (ISO 8601)."""
        self._db.execute("UPDATE page SET date = ?, date_raw = NULL WHERE key = ?", (day, key))

    def settle(self, key: str, state: str, reason: str | None = None, day: str | None = None) -> str | None:
        """What became of a page: "done"; `day` is that of its article (ISO 8601). Returns where its link
        stood (`via`), if it is known."""
        row = self._db.execute(
            "UPDATE page SET state = ?, reason = ?, not_before = NULL, date = coalesce(?, date) WHERE key = ? "
            "RETURNING via",
            (state, reason, day, key),
        ).fetchone()
        return row[0] if row else None

    def skip(self, key: str, reason: str, now: datetime) -> None:
        """A page is no article, by its nature or by the rules of this day. `failed_since` says when that was, for
        `look_later`."""
        self._db.execute(
            "UPDATE page SET state = 'skipped', reason = ?, not_before = NULL, failed_since = ? WHERE key = ?",
            (reason, utc(now), key),
        )

    def look_later(self, reasons: Collection[str], since: datetime, now: datetime) -> None:
        """What was given up since then for one of `reasons` is looked at once more, later."""
        marks = ",".join("?" * len(reasons))
        self._db.execute(
            "UPDATE page SET not_before = ? WHERE state IN ('gone', 'skipped') AND not_before IS NULL "
            f"AND failed_since >= ? AND reason IN ({marks})",
            (utc(now + LATER_LOOK), utc(since), *reasons),
        )

    def bury(self, key: str, state: str, reason: str, now: datetime) -> None:
        """A page is "gone", or "skipped" for a reason that may pass. It is looked at once more, later: what is so then
        is so for good."""
        self._db.execute(
            "UPDATE page SET state = ?, reason = ?, not_before = iif(state IN ('gone', 'skipped'), NULL, ?) "
            "WHERE key = ?",
            (state, reason, utc(now + LATER_LOOK), key),
        )

    def fail(self, key: str, reason: str, now: datetime, first_wait: float, at_least: datetime | None = None) -> bool:
        """A page could not be had. It is due again after a wait that grows with each failure, the first of `first_wait`
        seconds, and not before `at_least`. Returns whether it was tried for long enough, and is gone."""
        row = self._db.execute(
            "SELECT tries, iif(state = 'skipped', NULL, failed_since) FROM page WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return False
        tries, since = row[0] + 1, row[1] or utc(now)
        if tries > LEAST_TRIES and now - datetime.fromisoformat(since) >= LONGEST_TRY:
            self.bury(key, "gone", reason, now)
            return True
        self._db.execute(
            "UPDATE page SET state = 'failed', reason = ?, tries = ?, failed_since = ?, not_before = ? WHERE key = ?",
            (reason, tries, since, utc(max(now + wait_after(tries, first_wait), at_least or now)), key),
        )
        return False

    def put_off(self, key: str, reason: str, now: datetime, until: datetime) -> None:
        """A page failed, and the run tries it again itself: should it not come to that, a later one does. This says
        nothing yet of a page that is looked at once more."""
        self._db.execute(
            "UPDATE page SET state = 'failed', reason = ?, tries = tries + 1, "
            "failed_since = coalesce(failed_since, ?), not_before = ? WHERE key = ? AND state IN ('found', 'failed')",
            (reason, utc(now), utc(until), key),
        )

    def refused(self, reasons: Collection[str], most: int) -> list[str]:
        """The addresses found last among those that gave no article for one of `reasons`."""
        marks = ",".join("?" * len(reasons))
        rows = self._db.execute(
            f"SELECT url FROM page WHERE state IN ('failed', 'skipped') AND reason IN ({marks}) "
            "ORDER BY seq DESC LIMIT ?",
            (*reasons, most),
        )
        return [url for (url,) in rows]

    # --- articles

    def article(self, article_id: str) -> Kept | None:
        """What is kept of an article, or None."""
        row = self._db.execute("SELECT hash, revision FROM article WHERE id = ?", (article_id,)).fetchone()
        return Kept(*row) if row else None

    def same_text(self, content_hash: str) -> str | None:
        """The id of an article of the site with exactly this text, or None."""
        row = self._db.execute("SELECT id FROM article WHERE hash = ? LIMIT 1", (content_hash,)).fetchone()
        return str(row[0]) if row else None

    def keep_article(self, article_id: str, kept: Kept, run: str) -> None:
        """Remember the newest revision of an article, which stands in the segment of `run`: it is there, whatever was
        said of it before."""
        self._db.execute(
            "INSERT INTO article (id, hash, revision, run) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET hash = excluded.hash, revision = excluded.revision, run = excluded.run, taken_down = NULL",
            (article_id, kept.hash, kept.revision, run),
        )


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is no sound database."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


def _waiting(now: datetime) -> tuple[str, str]:
    """What `_WAITS` compares with: no wait is longer than `LATER_LOOK`, counted from some moment of a run."""
    return utc(now), utc(now + 2 * LATER_LOOK)
