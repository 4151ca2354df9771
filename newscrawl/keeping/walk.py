"""Walking a listing from its newest page to its end, and knowing when to stop.

"Nothing new, so stop" is only safe in a listing that was once walked to its end, or whose rest another open walk still
has before it: after an interrupted first walk it would leave a permanent hole. Source: field notes, traps 46, 59, 63,
64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["CHANCE", "COMPLETE", "KNOWN_PAGES", "Noted", "Walk"]

CHANCE: Final = "chance"
KNOWN_PAGES: Final = 2  # pages known before that end a walk: pinned posts stay on the first page for weeks
_IDLE_PAGES: Final = 100  # pages in a row with nothing but what this walk has met: a trap that feeds itself ends here
# How a walk ends when all there is to see was seen.
COMPLETE: Final = frozenset({"end", "repeats", "round", "known", "idle"})


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted: how many pages are `new` to the ledger, and how many are `old`: below the walk's floor."""

    new: int
    old: int = 0


@dataclass(slots=True)
class Walk:
    """One listing being walked.

    `place` says what names it: the site's "file" (then an empty one is worth a warning), its "menu", or "chance": a
    link that looked like an article's. A `deep` walk goes to the listing's end; any other ends at what earlier walks
    over it have seen: `floor`, a place in the order in which pages were found. `next` is the page to be read, and
    `previous` the one read before. `number` is the walk's row in the ledger. `usual` is how many pages the listing was
    seen to have. `mark` becomes the floor of later walks.
    """

    chain: str
    title: str
    next: str = ""
    previous: str = ""
    deep: bool = True
    place: str = "menu"
    floor: int = 0
    mark: int = 0
    usual: int = 0
    number: int | None = None
    pages: int = 0
    met: bool = False
    more: bool = False  # whether the page read last says that there is a next one
    over: bool = False  # all there is to see was seen
    idle: int = 0
    known: int = 0
    last: int = 0  # the links of the page read last, in this run: news move them from page to page between runs
    seen: set[int] = field(default_factory=set)
    links: set[int] = field(default_factory=set)

    @property
    def origin(self) -> str:
        """To what the pages that it leads to are put down: its listing, or all those found by chance together."""
        return CHANCE if self.place == CHANCE else self.chain

    def take(self, keys: Sequence[str], noted: Noted, *, barren: bool = False, numbered: bool = False) -> str | None:
        """Take in a page with these article links. Returns why to stop, or None.

        `barren` says that what the listing leads to is no articles (`newscrawl.keeping.traps`). A page without any link
        is the end only where pages are asked for by number. One that another page links to as its next must hold
        something: without, the listing is broken, for a page of maintenance looks just so.
        """
        self.pages += 1
        if not keys and self.pages > 1:
            return self.ended() if numbered and not self.more else "broken/no_links"
        if not keys:
            return "empty"
        before, self.last = self.last, hash(tuple(keys))
        if self.last == before:
            return "repeats"  # what comes behind the last page of many sites: the last page again ...
        if self.last in self.seen:
            return "round"  # ... or the first
        self.seen.add(self.last)
        self._count(keys, noted)
        if not self.deep and self.known >= KNOWN_PAGES:
            return "known"
        if self.idle >= _IDLE_PAGES:
            return "idle"
        return "barren" if barren else None

    def _count(self, keys: Sequence[str], noted: Noted) -> None:
        links = {hash(key) for key in keys}
        self.idle = self.idle + 1 if links <= self.links else 0
        self.links |= links
        self.known = self.known + 1 if noted.old == len(links) else 0
        self.met = self.met or noted.old > 0

    def may_join(self, other: Walk) -> bool:
        """Whether another walk over the same listing, which reads the page that is next here, goes at least as far:
        then two go on as one from where they meet."""
        return other.deep or (not self.deep and other.floor <= self.floor)

    def ended(self) -> str:
        """How the walk ends where the listing names no further page: "end", unless it has not come to what was known
        before and the listing once went further than this."""
        return "end" if self.deep or self.met or self.usual <= 1 else "broken/next_vanished"
