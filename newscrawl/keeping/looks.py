"""The looks to come at stored articles: what the ledger keeps of them, as long as there are any."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from newscrawl.keeping.entry import Entry
from newscrawl.keeping.looktimes import DISTANCES, is_recent, next_look
from newscrawl.keeping.moments import utc

__all__ = ["Look", "Looks", "Validators"]

_LONGEST: Final = 256  # characters of a validator that are worth keeping; real ones have a few dozen
_ENTRY: Final = ", ".join(f"page.{column.name}" for column in fields(Entry))
_DUE: Final = "FROM look JOIN page ON page.key = look.key JOIN article ON article.id = look.id WHERE look.due <= ?"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server sent with a text, to be asked later whether that text has changed: ETag and Last-Modified, each
    as it was sent (RFC 9110, 8.8). A weak ETag will do: what it takes for the same reads the same."""

    etag: str | None = None
    modified: str | None = None

    @classmethod
    def sent(cls, etag: bytes | None, modified: bytes | None) -> Validators:
        """From the headers of an answer. What is empty or of absurd length is none."""
        texts = ((value or b"").decode("latin-1").strip() for value in (etag, modified))
        return cls(*(text if 0 < len(text) <= _LONGEST else None for text in texts))

    @property
    def headers(self) -> dict[str, bytes]:
        """The headers of a conditional request (RFC 9110, 13.1)."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
        return {name: value.encode("latin-1") for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
class Look:
    """One look to come at a stored article. Times are UTC, ISO 8601."""

    id: str  # Article.id
    entry: Entry
    stored: str  # when its first line was written
    due: str
    failures: int = 0  # in a row
    missing: str | None = None  # when its page was first found gone, and since then not had
    taken_down: str | None = None  # the same, once that was found to be so
    validators: Validators = Validators()


class Looks:
    """The part of the ledger that is about them; it is committed with the rest. An article has one look to come, or
    none: its row goes with the last."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def keep(self, article_id: str, key: str, stored: datetime, now: datetime, validators: Validators) -> None:
        """An article's line is on disk, and its page known as done; `validators` are those of the answer that the line
        was read from. If it was news when it was first stored, it is looked at again."""
        row = self._db.execute(
            "SELECT page.date, look.stored FROM page LEFT JOIN look ON look.id = ? WHERE page.key = ?",
            (article_id, key),
        ).fetchone()
        if row is None or (row[1] is None and not is_recent(row[0], stored)):
            return
        first = datetime.fromisoformat(row[1]) if row[1] else stored
        due = next_look(first, now)
        if due is None:
            self._db.execute("DELETE FROM look WHERE id = ?", (article_id,))
            return
        self._db.execute(
            "INSERT INTO look (id, key, stored, due, etag, modified) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET key = excluded.key, due = excluded.due, etag = excluded.etag, "
            "modified = excluded.modified, failures = 0, missing = NULL",
            (article_id, key, utc(first), utc(due), validators.etag, validators.modified),
        )

    def count(self, now: datetime, most: int) -> int:
        """How many are due, counted up to `most`."""
        sql = f"SELECT count(*) FROM (SELECT 1 {_DUE} LIMIT ?)"
        return int(self._db.execute(sql, (utc(now), most)).fetchone()[0])

    def take(self, most: int, now: datetime, after: tuple[str, str]) -> list[Look]:
        """The next that are due, longest overdue first: those behind `after`, a pair of due time and id."""
        rows = self._db.execute(
            f"SELECT look.id, look.stored, look.due, look.failures, look.missing, article.taken_down, look.etag, "
            f"look.modified, {_ENTRY} {_DUE} AND (look.due, look.id) > (?, ?) ORDER BY look.due, look.id LIMIT ?",
            (utc(now), *after, most),
        )
        return [
            Look(article, Entry(*page), stored, due, failures, missing, down, Validators(etag, modified))
            for article, stored, due, failures, missing, down, etag, modified, *page in rows
        ]

    def put(self, look: Look, due: datetime | None) -> None:
        """The next look at an article, with what this one has shown; None: there is none. The article may have another
        page by now, which is looked at instead."""
        if due is None:
            self._db.execute("DELETE FROM look WHERE id = ? AND key = ?", (look.id, look.entry.key))
            return
        self._db.execute(
            "UPDATE look SET due = ?, failures = ?, missing = ?, etag = ?, modified = ? WHERE id = ? AND key = ?",
            (
                utc(due), look.failures, look.missing, look.validators.etag, look.validators.modified,
                look.id, look.entry.key,
            ),
        )  # fmt: skip

    def forget(self, now: datetime) -> None:
        """What is overdue by more than the longest distance is not made up for."""
        self._db.execute("DELETE FROM look WHERE due <= ?", (utc(now - DISTANCES[-1]),))

    def take_down(self, article_id: str, since: str, run: str) -> None:
        """An article is no longer at its address, as `run` has found, and was first found gone at `since`. Nothing is
        said where a later run has written a line of it."""
        self._db.execute("UPDATE article SET taken_down = ? WHERE id = ? AND run <= ?", (since, article_id, run))

    def bring_back(self, article_id: str) -> None:
        """It is there again."""
        self._db.execute("UPDATE article SET taken_down = NULL WHERE id = ? AND taken_down NOT NULL", (article_id,))
