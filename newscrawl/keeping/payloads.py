"""Where the bytes of pages lie in the WARC files of a site: what comes again is not stored again."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

__all__ = ["Payloads", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: the name of the WARC file beside the segments, and offset and length in it, in bytes."""

    file: str
    offset: int
    length: int

    def record(self) -> dict[str, Any]:
        """As an article's line has it (`raw`)."""
        return {"file": self.file, "offset": self.offset, "length": self.length}


class Payloads:
    """The part of the ledger that is about them; it is committed with the rest. A payload that it does not know is
    stored once more, so a ledger that was made anew begins without any."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, digest: bytes) -> Place | None:
        """Where the payload with this SHA-1 lies, or None."""
        row = self._db.execute("SELECT file, offset, length FROM payload WHERE digest = ?", (digest,)).fetchone()
        return Place(*row) if row else None

    def note(self, digest: bytes, place: Place) -> None:
        """The payload with this SHA-1 is on disk, in this place."""
        self._db.execute(
            "INSERT OR REPLACE INTO payload (digest, file, offset, length) VALUES (?, ?, ?, ?)",
            (digest, place.file, place.offset, place.length),
        )
