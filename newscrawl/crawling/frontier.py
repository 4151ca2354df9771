"""What a spider needs to know of the crawl around it, and the frontier of spiders that nothing is kept for.

In a crawl the frontier is `newscrawl.keeping.ledgerfrontier.LedgerFrontier`, and the scheduler fetches what was noted
there. In `scrapy parse` and `scrapy shell` it is `LooseFrontier`: no file, no lock, and the spider hands its links on
as ordinary requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.looks import Validators
from newscrawl.keeping.traps import Traps
from newscrawl.keeping.walk import Noted, Walk

__all__ = ["Frontier", "LooseFrontier"]


class Frontier(Protocol):
    """What the spider tells and asks."""

    @property
    def keeps(self) -> bool:
        """Whether noted pages are fetched without the spider asking for them."""

    @property
    def traps(self) -> Traps:
        """What pages led nowhere so far."""

    def note(self, entries: Iterable[Entry], walk: Walk | None = None) -> Noted:
        """Remember found pages before they are fetched, those of a listing with the walk that found them."""

    def settle(self, key: str, outcome: str, reason: str, wait: timedelta | None = None) -> None:
        """What became of a page that gives no item: "failed", "gone" or "skipped", and "unchanged" for a stored
        article that was looked at again."""

    def answered(self, key: str, validators: Validators) -> None:
        """A page was had, with these validators."""

    def put_off(self, key: str, reason: str, wait: timedelta) -> None:
        """A page could not be had, and is tried again by this run."""

    def postpone(self, key: str, day: str) -> None:
        """The page's article is of `day`, older than this run asks for."""

    def fresh_walk(self, chain: str, title: str, url: str, *, place: str) -> Walk:
        """A walk over a listing from its first page on."""

    def open_walks(self) -> list[Walk]:
        """The walks that earlier runs left unfinished."""

    def advance(self, walk: Walk) -> None:
        """A page of the listing was read, and all its links are noted."""

    def end_walk(self, walk: Walk, reason: str, *, complete: bool) -> None:
        """A listing's walk ended."""

    def break_walk(self, walk: Walk, reason: str) -> None:
        """A listing page could not be had or read."""

    def count_on_head(self, links: int, new: int = 0, walk: Walk | None = None) -> None:
        """The first page of a listing held so many article links, `new` of which its earlier walks had not seen."""

    def lose_host(self, host: str) -> None:
        """The name of a host no longer resolves."""


class LooseFrontier:
    """Keeps nothing: every page is new, no listing was walked before."""

    keeps = False

    def __init__(self) -> None:
        self.traps = Traps()

    def note(self, entries: Iterable[Entry], walk: Walk | None = None) -> Noted:  # noqa: ARG002
        """All of them are new."""
        return Noted(len(list(entries)))

    def settle(self, key: str, outcome: str, reason: str, wait: timedelta | None = None) -> None:
        """Nothing is kept."""

    def answered(self, key: str, validators: Validators) -> None:
        """Nothing is kept."""

    def put_off(self, key: str, reason: str, wait: timedelta) -> None:
        """Nothing is kept."""

    def postpone(self, key: str, day: str) -> None:
        """Nothing is kept."""

    def fresh_walk(self, chain: str, title: str, url: str, *, place: str) -> Walk:
        """One to the listing's end."""
        return Walk(chain, title, url, place=place)

    def open_walks(self) -> list[Walk]:
        """None are."""
        return []

    def advance(self, walk: Walk) -> None:
        """Nothing is kept."""

    def end_walk(self, walk: Walk, reason: str, *, complete: bool) -> None:
        """Nothing is kept."""

    def break_walk(self, walk: Walk, reason: str) -> None:
        """Nothing is kept."""

    def count_on_head(self, links: int, new: int = 0, walk: Walk | None = None) -> None:
        """Nothing is kept."""

    def lose_host(self, host: str) -> None:
        """Nothing is kept."""
