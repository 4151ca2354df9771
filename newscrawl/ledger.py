"""The ledger: what is known of a site's pages, articles and listings, in one SQLite file that survives the process.

All writes gather in one transaction until `commit`; the run commits only after the segment that the rows speak of is on
disk. The interface is small on purpose: another store could stand behind it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from newscrawl.errors import NewscrawlError

__all__ = ["Entry", "Kept", "Ledger", "LedgerError", "is_full"]

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE page (
    seq       INTEGER PRIMARY KEY,          -- the order in which pages were found
    key       TEXT NOT NULL UNIQUE,         -- Site.key: the identity of the page within the site
    url       TEXT NOT NULL,                -- the address as it was first seen
    state     TEXT NOT NULL DEFAULT 'found' CHECK (state IN ('found', 'done', 'failed', 'gone', 'skipped')),
    via       TEXT NOT NULL,                -- listing | related | home: where the link stood
    depth     INTEGER NOT NULL,             -- related links between the page and a listing
    found_on  TEXT,                         -- the page that holds the link
    date      TEXT,                         -- ISO 8601, as printed beside the link: evidence
    date_raw  TEXT,
    tries     INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,                        -- UTC, ISO 8601: a failed page is not asked again before
    reason    TEXT
);
CREATE INDEX page_pending ON page (state, seq) WHERE state IN ('found', 'failed');
CREATE TABLE article (
    id       TEXT PRIMARY KEY,              -- Article.id
    hash     TEXT NOT NULL,                 -- content_hash of the newest revision
    revision INTEGER NOT NULL,
    run      TEXT NOT NULL                  -- the run whose segment holds it
) WITHOUT ROWID;
CREATE INDEX article_hash ON article (hash);
CREATE TABLE chain (
    name   TEXT PRIMARY KEY,                -- the first page of a listing, as identity
    walked TEXT NOT NULL                    -- UTC, ISO 8601: when it was last walked to its end
) WITHOUT ROWID;
"""
_LONGEST_TRY: Final = timedelta(days=5)
_FIRST_WAIT: Final = timedelta(hours=3)
_ENTRY: Final = "key, url, via, depth, found_on, date, date_raw"
_DUE: Final = "state IN ('found', 'failed') AND (not_before IS NULL OR not_before <= ?) AND (date IS NULL OR date >= ?)"
_BATCH: Final = 500  # SQLite's historic limit for variables in a statement is 999


class LedgerError(NewscrawlError):
    """The ledger can't be read or is of a newer version. Raised when it is opened; exit code 4."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that was found, with the evidence of the link that led to it."""

    key: str
    url: str
    via: str = "listing"
    depth: int = 0
    found_on: str | None = None
    date: str | None = None
    date_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an article's newest revision."""

    hash: str
    revision: int


class Ledger:
    """One site's ledger. Opening creates the file; nothing is durable before `commit`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._db = sqlite3.connect(file, isolation_level=None)
        except sqlite3.Error as error:
            raise LedgerError(f"{file}: can't be opened ({error})") from None
        try:
            self._open()
            self.refresh()
        except sqlite3.DatabaseError as error:
            self._db.close()
            if is_full(error):
                raise
            raise LedgerError(f"{file}: not a readable ledger ({error})") from None
        except LedgerError:
            self._db.close()
            raise

    def _open(self) -> None:
        # WAL: readers never wait. FULL: a commit is on disk when it returns; NORMAL would only order it.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        version = self._one("PRAGMA user_version")
        if version > _VERSION:
            raise LedgerError(
                f"{self.file}: written by a newer newscrawl (version {version}, this one knows {_VERSION})"
            )
        if version == 0:
            self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        self._db.execute("BEGIN")

    def refresh(self) -> None:
        """Count all that is known by now as left by earlier runs, and all that is noted from here on as new."""
        self._last_seq = self._one("SELECT coalesce(max(seq), 0) FROM page")
        self._newer = self._last_seq
        self._older = self._last_seq + 1

    def _one(self, sql: str, *values: object) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    def commit(self) -> None:
        """Make all that was said since the last commit durable. Raises sqlite3.OperationalError when the disk is full;
        then all of it is forgotten."""
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._db.execute("BEGIN")

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._db.close()

    def is_empty(self) -> bool:
        """Whether nothing was ever kept here."""
        return not self._one("SELECT EXISTS (SELECT 1 FROM page) OR EXISTS (SELECT 1 FROM article)")

    # --- pages

    def known(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` that are in the ledger already."""
        found: set[str] = set()
        for part in _batches(list(keys)):
            marks = ",".join("?" * len(part))
            found.update(row[0] for row in self._db.execute(f"SELECT key FROM page WHERE key IN ({marks})", part))
        return found

    def note(self, entries: Iterable[Entry]) -> None:
        """Remember found pages; those already known stay as they are, so that noting twice changes nothing."""
        self._db.executemany(
            "INSERT INTO page (key, url, via, depth, found_on, date, date_raw) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING",
            [(e.key, e.url, e.via, e.depth, e.found_on, e.date, e.date_raw) for e in entries],
        )

    def take_new(self, most: int, since: date | None = None) -> list[Entry]:
        """The next pages found since this ledger was opened, in the order they were found; each is given once.

        With `since`, those whose link is dated before stay pending.
        """
        rows = self._db.execute(
            f"SELECT seq, {_ENTRY} FROM page WHERE state = 'found' AND seq > ? AND (date IS NULL OR date >= ?) "
            "ORDER BY seq LIMIT ?",
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
            (_utc(now), str(since or ""), self._older, most),
        ).fetchall()
        if rows:
            self._older = rows[-1][0]
        return [Entry(*row[1:]) for row in rows]

    def count_carried(self, now: datetime, since: date | None = None) -> int:
        """How many pages `take_carried` has still to give."""
        sql = f"SELECT count(*) FROM page WHERE {_DUE} AND seq < ?"
        return self._one(sql, _utc(now), str(since or ""), self._older)

    def date_page(self, key: str, day: str) -> None:
        """The page stays pending, and its article is known to be of `day` (ISO 8601)."""
        self._db.execute("UPDATE page SET date = ?, date_raw = NULL WHERE key = ?", (day, key))

    def settle(self, key: str, state: str, reason: str | None = None) -> str | None:
        """What became of a page: "done", "gone" or "skipped". Returns where its link stood (`via`), if it is known."""
        row = self._db.execute(
            "UPDATE page SET state = ?, reason = ? WHERE key = ? RETURNING via", (state, reason, key)
        ).fetchone()
        return row[0] if row else None

    def fail(self, key: str, reason: str, now: datetime) -> None:
        """A page could not be had: it is due again later, with a wait that doubles, for five days; then it is gone."""
        row = self._db.execute("SELECT tries FROM page WHERE key = ?", (key,)).fetchone()
        if row is None:
            return
        doubled = 2 ** min(row[0], 10)
        wait = min(_FIRST_WAIT * doubled, _LONGEST_TRY - _FIRST_WAIT * (doubled - 1))
        state = "failed" if wait > timedelta() else "gone"
        self._db.execute(
            "UPDATE page SET state = ?, reason = ?, tries = tries + 1, not_before = ? WHERE key = ?",
            (state, reason, _utc(now + wait), key),
        )

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
        """Remember the newest revision of an article, which stands in the segment of `run`."""
        self._db.execute(
            "INSERT INTO article (id, hash, revision, run) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET hash = excluded.hash, revision = excluded.revision, run = excluded.run",
            (article_id, kept.hash, kept.revision, run),
        )

    # --- listings

    def walked(self, chain: str) -> bool:
        """Whether a listing was once walked to its end."""
        return bool(self._one("SELECT EXISTS (SELECT 1 FROM chain WHERE name = ?)", chain))

    def mark_walked(self, chain: str, now: datetime) -> None:
        """A listing was walked to its end."""
        self._db.execute("INSERT OR REPLACE INTO chain (name, walked) VALUES (?, ?)", (chain, _utc(now)))

    def forget_walked(self, chain: str) -> None:
        """A listing chain broke: the next run walks it from its head to its end again."""
        self._db.execute("DELETE FROM chain WHERE name = ?", (chain,))


def is_full(error: sqlite3.Error) -> bool:
    """Whether SQLite could not write. It says so by its message; a limit on file sizes shows as an I/O error."""
    return isinstance(error, sqlite3.OperationalError) and ("full" in str(error) or "disk I/O" in str(error))


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
