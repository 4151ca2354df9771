"""What a spider needs to know of the crawl around it, and the frontier of spiders that nothing is kept for.

In a crawl the frontier is the run (`newscrawl.run.Run`), and the scheduler fetches what was noted there. In `scrapy
parse`
and `scrapy shell` it is `LooseFrontier`: no file, no lock, and the spider hands its links on as ordinary requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from newscrawl.ledger import Entry

__all__ = ["Frontier", "LooseFrontier"]


class Frontier(Protocol):
    """What the spider tells and asks."""

    @property
    def keeps(self) -> bool:
        """Whether noted pages are fetched without the spider asking for them."""

    def note(self, entries: Iterable[Entry]) -> int:
        """Remember found pages before they are fetched. Returns how many were new."""

    def settle(self, key: str, outcome: str, reason: str | None = None) -> None:
        """What became of a page that gives no item: "failed", "gone" or "skipped"."""

    def postpone(self, key: str, day: str) -> None:
        """The page's article is of `day`, older than this run asks for."""

    def walked(self, chain: str) -> bool:
        """Whether the listing was once walked to its end."""

    def end_chain(self, chain: str, reason: str, *, complete: bool) -> None:
        """A listing's walk ended."""

    def count_on_head(self, links: int) -> None:
        """The first page of a listing held so many article links."""


class LooseFrontier:
    """Keeps nothing: every page is new, no listing was walked before."""

    keeps = False

    def note(self, entries: Iterable[Entry]) -> int:
        """All of them are new."""
        return len(list(entries))

    def settle(self, key: str, outcome: str, reason: str | None = None) -> None:
        """Nothing is kept."""

    def postpone(self, key: str, day: str) -> None:
        """Nothing is kept."""

    def walked(self, chain: str) -> bool:  # noqa: ARG002
        """No listing was."""
        return False

    def end_chain(self, chain: str, reason: str, *, complete: bool) -> None:
        """Nothing is kept."""

    def count_on_head(self, links: int) -> None:
        """Nothing is kept."""
