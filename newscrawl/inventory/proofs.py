"""What proves that a listing was seen whole: it was walked to its end, or how far the walk over it has come."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

__all__ = ["NEVER", "Proof", "proofs"]


@dataclass(frozen=True, slots=True)
class Proof:
    """How far a listing was walked. Times are UTC, ISO 8601.

    `walked` is when it was last walked to its end, and `pages` how many it had then. Of a walk that has not come to its
    end, `page` is the number of the page that it reads next, `address` that page, and `broken_since` since when it
    can't be had or read.
    """

    title: str | None = None
    walked: str | None = None
    pages: int = 0
    page: int | None = None
    address: str | None = None
    broken_since: str | None = None

    @property
    def state(self) -> str:
        """One word: "broken", "on_its_way", "walked" or "never"."""
        if self.broken_since is not None:
            return "broken"
        if self.page is not None:
            return "on_its_way"
        return "walked" if self.walked is not None else "never"


NEVER = Proof()


def proofs(db: sqlite3.Connection) -> dict[str, Proof]:
    """The proof of each listing that was walked or is. Of several open walks over one the one that broke first counts,
    else the one that has come furthest. Raises sqlite3.Error."""
    rows = db.execute("SELECT name, title, walked, pages FROM chain")
    found = {str(name): Proof(title, walked, pages) for name, title, walked, pages in rows}
    rows = db.execute(
        "SELECT chain, title, pages, next, broken_since FROM walk "
        "ORDER BY broken_since IS NOT NULL, broken_since DESC, pages"  # the one that counts comes last
    )
    for chain, title, pages, address, broken_since in rows:
        before = found.get(chain, NEVER)
        found[chain] = Proof(title, before.walked, before.pages, pages + 1, address, broken_since)
    return found
