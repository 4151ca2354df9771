"""The runs that have not ended, with their last counts: what the next run knows of one that was killed."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from newscrawl.keeping.moments import utc

__all__ = ["OpenRuns"]


class OpenRuns:
    """The part of the ledger that is about them; it is committed with the rest."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def save(self, run: str, started: datetime, counts: dict[str, Any]) -> None:
        """A run begins, or has these counts by now."""
        self._db.execute(
            "INSERT INTO run (name, started, counts, boot) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET counts = excluded.counts",
            (run, utc(started), json.dumps(counts, ensure_ascii=False), _boot()),
        )

    def all(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """The runs that have not ended, with their start (UTC, ISO 8601) and their last counts."""
        rows = self._db.execute("SELECT name, started, counts FROM run ORDER BY name")
        return {name: (started, json.loads(counts)) for name, started, counts in rows}

    def was_cut_off(self) -> bool:
        """Whether a run ended with the system that it ran in, as in a power cut. A kill can't harm the file."""
        return self._db.execute("SELECT 1 FROM run WHERE boot <> ? OR boot = ''", (_boot(),)).fetchone() is not None

    def end(self, run: str) -> None:
        """A run has its line in `runs.jsonl`."""
        self._db.execute("DELETE FROM run WHERE name = ?", (run,))


@cache
def _boot() -> str:
    """What names the system's boot; empty where it has no such name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
