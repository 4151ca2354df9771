"""How far listings were walked: those walked to their end once, and the walks that have not come to theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from newscrawl.keeping.moments import utc
from newscrawl.keeping.retries import LONGEST_TRY
from newscrawl.keeping.walk import Walk

__all__ = ["Chains"]

_MOST_OPEN: Final = 4  # open walks of one listing; then a deep one is begun, which does for all of them
_FRESH: Final = timedelta(minutes=10)  # for so long a listing is taken to be as it was
_COLUMNS: Final = "chain, title, place, deep, floor, mark, previous, next, saved, pages, met, more"


class Chains:
    """The part of the ledger that is about listings; it is committed with the rest."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def fresh(self, chain: str, title: str, url: str, *, place: str) -> Walk:
        """A walk from the first page on. It is deep where nothing is known of the listing's end: it was never walked to
        it, and no open walk is on the way; and where too many are."""
        walked = self._db.execute("SELECT pages, floor FROM chain WHERE name = ?", (chain,)).fetchone()
        pages, floor = walked or (0, 0)
        begun, mark, read = self._db.execute(
            "SELECT count(*), max(mark), max(pages) + 1 FROM walk WHERE chain = ?", (chain,)
        ).fetchone()
        deep = begun >= _MOST_OPEN or not (walked or begun)
        floor, usual = max(floor, mark or 0), max(pages, read or 0)
        return Walk(chain, title, url, url, deep, place, floor, usual=usual)

    def open(self, now: datetime) -> Iterator[Walk]:
        """The walks that have not come to their end, oldest first, each at the page that it has to read next. Where
        that was long ago, at the page before: what was deleted since has moved articles up."""
        rows = self._db.execute(
            f"SELECT number, coalesce((SELECT chain.pages FROM chain WHERE name = walk.chain), 0), {_COLUMNS} "
            "FROM walk ORDER BY number"
        ).fetchall()
        for number, usual, chain, title, place, deep, floor, mark, previous, following, saved, pages, met, more in rows:
            walk = Walk(chain, title, following, previous, bool(deep), place, floor, mark, usual, number, pages)
            walk.met, walk.more = bool(met), bool(more)
            if now - datetime.fromisoformat(saved) > _FRESH:
                walk.next, walk.pages = previous, max(pages - 1, 0)
            yield walk

    def save(self, walk: Walk, now: datetime) -> None:
        """Remember how far a walk has come, and which page is next."""
        values = (
            walk.chain, walk.title, walk.place, walk.deep, walk.floor, walk.mark, walk.previous, walk.next, utc(now),
            walk.pages, walk.met, walk.more,
        )  # fmt: skip
        if walk.number is None:
            marks = ", ".join("?" * len(values))
            walk.number = self._db.execute(f"INSERT INTO walk ({_COLUMNS}) VALUES ({marks})", values).lastrowid
        else:
            self._db.execute(
                "UPDATE walk SET broken_since = iif(pages < ?, NULL, broken_since), "
                "mark = ?, previous = ?, next = ?, saved = ?, pages = ?, met = ?, more = ? WHERE number = ?",
                (walk.pages, *values[5:], walk.number),
            )

    def drop(self, walk: Walk) -> None:
        """A walk is over, and says nothing of the listing's end."""
        self._db.execute("DELETE FROM walk WHERE number = ?", (walk.number,))

    def end(self, walk: Walk, now: datetime) -> None:
        """A walk came to its end, the listing's where it was deep: then those that began before it are over, too."""
        self.drop(walk)
        if walk.deep:
            self._db.execute("DELETE FROM walk WHERE chain = ? AND number < ?", (walk.chain, walk.number or 2**62))
            self._db.execute(
                "INSERT INTO chain (name, walked, pages, floor, title) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) "
                "DO UPDATE SET walked = excluded.walked, pages = max(pages, excluded.pages), "
                "floor = max(floor, excluded.floor), title = excluded.title",
                (walk.chain, utc(now), walk.pages, walk.mark, walk.title),
            )
        else:
            self._db.execute("UPDATE chain SET floor = max(floor, ?) WHERE name = ?", (walk.mark, walk.chain))

    def breaks(self, walk: Walk, now: datetime) -> bool:
        """A walk that has left its first page broke: later runs take it up there. Returns whether it has been broken
        for so long that it is no news."""
        if walk.number is None:
            self.save(walk, now)
        row = self._db.execute(
            "UPDATE walk SET broken_since = coalesce(broken_since, ?) WHERE number = ? RETURNING broken_since",
            (utc(now), walk.number),
        ).fetchone()
        return row is not None and now - datetime.fromisoformat(row[0]) >= LONGEST_TRY

    def walked(self, chain: str) -> bool:
        """Whether a listing was once walked to its end."""
        return self._db.execute("SELECT 1 FROM chain WHERE name = ?", (chain,)).fetchone() is not None
