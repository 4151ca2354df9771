"""Pages that have the text of an article at another address."""

from __future__ import annotations

import sqlite3

__all__ = ["Twins"]


class Twins:
    """The part of the ledger that is about them; it is committed with the rest."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def keep(self, key: str, url: str, article_id: str, run: str) -> None:
        """Remember that a page has the text of an article at another address."""
        self._db.execute(
            "INSERT OR REPLACE INTO twin (key, url, of, run) VALUES (?, ?, ?, ?)", (key, url, article_id, run)
        )

    def forget(self, key: str) -> None:
        """It was no article's text."""
        self._db.execute("DELETE FROM twin WHERE key = ?", (key,))

    def of(self, article_id: str) -> list[str]:
        """The pages that have the text of an article, by their keys."""
        return [row[0] for row in self._db.execute("SELECT key FROM twin WHERE of = ? ORDER BY key", (article_id,))]

    def met_by(self, run: str) -> list[dict[str, str]]:
        """The twins that a run met, for its manifest."""
        rows = self._db.execute("SELECT url, of FROM twin WHERE run = ? ORDER BY url", (run,))
        return [{"url": url, "of": of} for url, of in rows]
