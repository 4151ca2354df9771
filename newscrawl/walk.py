"""Walking a listing from its newest page to its end, and knowing when to stop.

"Nothing new, so stop" is only safe in a listing that was once walked to its end: after an interrupted first walk it
would leave a permanent hole. Source: field notes, traps 46, 59, 63, 64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Walk"]

_KNOWN_PAGES: Final = 2  # pages without anything new that end a walk: pinned posts stay on the first page for weeks
_IDLE_PAGES: Final = 100  # the same in a listing never walked to its end: a trap that feeds itself ends here
# How a walk ends when all there is to see was seen.
COMPLETE: Final = frozenset({"end", "repeats", "known"})


@dataclass(slots=True)
class Walk:
    """One listing being walked. `named` says that the site file names it: then an empty one is worth a warning."""

    chain: str
    title: str
    known: bool = False
    named: bool = False
    pages: int = 0
    idle: int = 0
    last_url: str = ""
    seen: set[int] = field(default_factory=set)

    def take(self, keys: Sequence[str], new: int, *, numbered: bool = False) -> str | None:
        """Take in a page with these article links, `new` of them unknown till now. Returns why to stop, or None.

        A page without any is the end only where pages are asked for by number. One that another page links to as its
        next must hold something: without, the listing is broken, for a page of maintenance looks just so.
        """
        self.pages += 1
        if not keys and self.pages > 1:
            return "end" if numbered else "broken/no_links"
        if not keys:
            return "empty"
        print_of_page = hash(tuple(keys))
        if print_of_page in self.seen:
            return "repeats"  # what comes behind the last page of many sites: the last page again, or the first
        self.seen.add(print_of_page)
        self.idle = 0 if new else self.idle + 1
        if self.known and self.idle >= _KNOWN_PAGES:
            return "known"
        return "idle" if self.idle >= _IDLE_PAGES else None
