"""The walks of a run over a site's listings: where they begin, how they go on, end and break."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from newscrawl.crawling.frontier import Frontier
from newscrawl.crawling.visits import Visit
from newscrawl.items import Link
from newscrawl.keeping.arguments import Arguments
from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.walk import CHANCE, COMPLETE, Noted, Walk
from newscrawl.reading.discovery import has_links
from newscrawl.reading.pages import Page
from newscrawl.reading.paging import names_next, next_page
from newscrawl.site import Site
from newscrawl.words.errors import NotArticleError
from newscrawl.words.text import slug

__all__ = ["Listings"]

# Why a listing is broken at a page that was had, in words for people.
_BROKEN: Final = {
    "no_links": "the page holds no article link, and is not the listing's first",
    "repeats": "the page is the same as the one before, and names a next one",
    "next_vanished": "the page names no next one, and what was known before is not reached",
}
_TRAPS: Final = {"idle": "nothing new for long", "barren": "nothing that it leads to is an article"}


class Listings:
    """See the module. The spider fetches and reads; what a page means for the walk is decided here."""

    def __init__(self, site: Site, arguments: Arguments, frontier: Frontier, log: logging.LoggerAdapter[Any]) -> None:
        self._site, self._arguments, self._frontier, self._log = site, arguments, frontier, log
        self._readers: dict[tuple[str, str], Walk] = {}  # which walk of this run reads a page of a listing

    def fresh(self, url: str, title: str, place: str) -> Visit | None:
        """The first page of a listing, once a run."""
        chain = self._site.key(url)
        if (chain, chain) in self._readers:
            return None
        walk = self._frontier.fresh_walk(chain, title, url, place=place)
        self._reader(walk, url)
        return Visit("listing", Entry(chain, url), walk)

    def _reader(self, walk: Walk, url: str) -> Walk:
        """The walk that reads a page of the listing: the first that came there."""
        return self._readers.setdefault((walk.chain, self._site.key(url)), walk)

    def unfinished(self) -> Iterator[Visit]:
        """The walks that earlier runs left unfinished, where they left them. A run that wants only what is new leaves
        them to the next."""
        wanted = self._arguments.categories
        for walk in self._frontier.open_walks() if self._arguments.since is None else ():
            if wanted is not None and slug(walk.title) not in wanted:
                continue
            if self._joins(walk, self._reader(walk, walk.next)):
                self._end(walk, "joined", walk.next)
            else:
                yield Visit("listing", Entry(walk.chain, walk.next), walk)

    def chance(self, page: Page) -> Visit | None:
        """A page under an article's address that is a listing: it is walked as one, from the page in hand on.

        Raises NotArticleError where such listings lead to nothing but each other, as calendars do.
        """
        if self._frontier.traps.is_barren(CHANCE):
            raise NotArticleError("listing_trap", "listings that lead to no article")
        return self.fresh(page.url, page.url, CHANCE)

    def read(self, page: Page, visit: Visit, links: list[Link], noted: Noted) -> Visit | None:
        """Take in a page of a listing, whose article links are noted. Returns the visit of the next page, or None where
        the walk has ended. Raises NotArticleError where it broke."""
        walk = visit.walk
        assert walk is not None
        reason = self._reason_to_stop(page, walk, links, noted)
        following = next_page(page, self._site)
        walk.more = following is not None and names_next(page, self._site)
        if reason is None:
            reason = self._end_there(walk, following)
        if reason is not None and reason.startswith("broken/"):
            cause = reason.removeprefix("broken/")
            raise NotArticleError(cause, _BROKEN[cause])
        if following is not None and reason in (None, "before_since", "barren"):
            walk.previous, walk.next = walk.next, following
            self._frontier.advance(walk)
        if reason is not None or following is None:
            self._end(walk, reason or "end", page.url)
            return None
        return Visit("listing", replace(visit.entry, url=following), walk)

    def _reason_to_stop(self, page: Page, walk: Walk, links: list[Link], noted: Noted) -> str | None:
        keys = [self._site.key(link.url) for link in links]
        if walk.pages == 0 and walk.place != CHANCE:
            self._frontier.count_on_head(len(links), len(set(keys)) - noted.old, walk)
        reason = walk.take(
            keys,
            noted,
            barren=self._frontier.traps.is_barren(walk.origin),
            numbered=self._site.paging.is_numbered and has_links(page),
        )
        if reason == "repeats" and names_next(page, self._site):
            return "broken/repeats"
        since = self._arguments.since
        if reason is None and since is not None and all(link.before(since) for link in links):
            return "before_since"
        return reason

    def _end_there(self, walk: Walk, following: str | None) -> str | None:
        if following is None:
            return walk.ended()
        known = self._readers.get((walk.chain, self._site.key(following)))
        if known is walk:
            return "round"
        return "joined" if self._joins(walk, self._reader(walk, following)) else None

    @staticmethod
    def _joins(walk: Walk, reader: Walk) -> bool:
        """Whether the walk ends because another one reads its next page, and goes at least as far."""
        if reader is walk or not walk.may_join(reader):
            return False
        reader.mark = max(reader.mark, walk.mark)
        walk.over = reader.over
        return True

    def breaks(self, visit: Visit, reason: str, url: str, detail: str) -> None:
        """A listing page, or the home page, could not be had or read. Behind the last page of numbered listings, 404 is
        the end."""
        walk = visit.walk or Walk(visit.entry.key, "home page", place="file")
        numbered = self._site.paging.is_numbered and walk.pages > 0 and not walk.more
        if reason == "http_404" and numbered and walk.ended() == "end":
            self._end(walk, "end", url)
            return
        self._frontier.break_walk(walk, reason)
        level = self._log.error if walk.place == "file" else self._log.warning
        level(
            "%s: listing broken at page %d: %s (%s%s)",
            self._place(walk),
            walk.pages + (reason not in _BROKEN),  # the page in hand is counted already
            url,
            reason,
            f": {detail}" if detail else "",
        )

    def _end(self, walk: Walk, reason: str, url: str) -> None:
        walk.over = walk.over or reason in COMPLETE
        self._frontier.end_walk(walk, reason, complete=walk.over)
        if reason == "empty" and walk.place == "file":
            self._log.warning("%s: no article link on %s (rule: links)", self._place(walk), url)
        elif reason in _TRAPS:
            self._log.warning("%s: left at page %d, %s (%s)", self._place(walk), walk.pages, url, _TRAPS[reason])
        else:
            self._log.info("listing %s: %s after %d pages", walk.title, reason, walk.pages)

    def _place(self, walk: Walk) -> str:
        key = f"categories.{walk.title}" if self._site.categories and walk.place == "file" else walk.title
        return f"{self._site.file}: {key}"
