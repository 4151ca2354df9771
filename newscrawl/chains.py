"""How far listings were walked: those walked to their end once, and the walks that have not come to theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from newscrawl.retries import LONGEST_TRY
from newscrawl.walk import Walk

__all__ = ["Chains"]

_MOST_OPEN: Final = 4  # open walks of one listing
_COLUMNS: Final = "number, chain, title, place, deep, floor, next, pages, idle, met"


class Chains:
    """The part of the ledger that is about listings; it is committed with the rest."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def fresh(self, chain: str, title: str, url: str, *, place: str, floor: int) -> Walk:
        """A walk from the first page on. It is deep where nothing is known of the listing's end: it was never walked to
        it, and no open walk is on the way."""
        row = self._db.execute(
            "SELECT (SELECT pages FROM chain WHERE name = :chain), "
            "(SELECT max(pages) + 1 FROM walk WHERE chain = :chain)",
            {"chain": chain},
        ).fetchone()
        walked, begun = row
        usual = max(walked or 0, begun or 0)
        return Walk(chain, title, url, deep=walked is None and begun is None, place=place, floor=floor, usual=usual)

    def open(self) -> Iterator[Walk]:
        """The walks that have not come to their end, oldest first, each at the page that it has to read next."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, coalesce((SELECT chain.pages FROM chain WHERE name = walk.chain), 0) "
            "FROM walk ORDER BY number"
        ).fetchall()
        for number, chain, title, place, deep, floor, following, pages, idle, met, usual in rows:
            yield Walk(chain, title, following, bool(deep), place, floor, usual, number, pages, idle, met=bool(met))

    def save(self, walk: Walk) -> None:
        """Remember how far a walk has come, and which page is next."""
        if walk.number is None:
            self.begin(walk)
        else:
            self._db.execute(
                "UPDATE walk SET next = ?, pages = ?, idle = ?, met = ?, broken_since = NULL WHERE number = ?",
                (walk.next, walk.pages, walk.idle, walk.met, walk.number),
            )

    def begin(self, walk: Walk) -> None:
        """A walk begins. It is remembered before the links of its first page are: else a walk that is killed there
        would leave a hole behind them."""
        self._make_room(walk)
        walk.number = self._db.execute(
            f"INSERT INTO walk ({_COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (walk.chain, walk.title, walk.place, walk.deep, walk.floor, walk.next, walk.pages, walk.idle, walk.met),
        ).lastrowid

    def _make_room(self, walk: Walk) -> None:
        """Walks that broke off pile up where each run sees a part of a listing only: one deep walk replaces them."""
        open_walks = self._db.execute("SELECT count(*) FROM walk WHERE chain = ?", (walk.chain,)).fetchone()[0]
        if open_walks >= _MOST_OPEN:
            self._db.execute("DELETE FROM walk WHERE chain = ?", (walk.chain,))
            walk.deep = True

    def drop(self, walk: Walk) -> None:
        """A walk is over, and says nothing of the listing's end."""
        self._db.execute("DELETE FROM walk WHERE number = ?", (walk.number,))

    def end(self, walk: Walk, now: datetime) -> None:
        """A walk came to its end: the listing's where it was deep."""
        self.drop(walk)
        if walk.deep:
            self._db.execute(
                "INSERT INTO chain (name, walked, pages) VALUES (?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET walked = excluded.walked, pages = excluded.pages",
                (walk.chain, now.astimezone(UTC).isoformat(timespec="seconds"), walk.pages),
            )

    def breaks(self, walk: Walk, now: datetime) -> bool:
        """A walk that has left its first page broke: a later run takes it up at the page that is next. Returns whether
        it was broken for long enough to be given up."""
        if walk.number is None:
            self.begin(walk)
        moment = now.astimezone(UTC).isoformat(timespec="seconds")
        row = self._db.execute(
            "UPDATE walk SET broken_since = coalesce(broken_since, ?) WHERE number = ? RETURNING broken_since",
            (moment, walk.number),
        ).fetchone()
        if row is None:  # a deep walk has replaced it
            return False
        return now - datetime.fromisoformat(row[0]) >= LONGEST_TRY

    def walked(self, chain: str) -> bool:
        """Whether a listing was once walked to its end."""
        return self._db.execute("SELECT 1 FROM chain WHERE name = ?", (chain,)).fetchone() is not None
