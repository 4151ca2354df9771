"""The spider of all sites: listings → articles → "Tin đã đưa" → articles.

What differs between sites is in their files; `newscrawl.crawling.spiderloader` makes a class of this one for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from newscrawl.crawling.delays import set_delay
from newscrawl.crawling.failures import Failed, Failures
from newscrawl.crawling.frontier import Frontier, LooseFrontier
from newscrawl.crawling.listings import Listings
from newscrawl.crawling.rawpages import RawPages
from newscrawl.crawling.redirects import away, moved_to
from newscrawl.crawling.visits import Visit, is_breakage, is_listing, is_silent, look_outcome_of, outcome_of
from newscrawl.items import Article, Link
from newscrawl.keeping.arguments import Arguments
from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.ledgerfrontier import LedgerFrontier
from newscrawl.keeping.looks import Validators
from newscrawl.keeping.walk import Noted, Walk
from newscrawl.loaders import read_article
from newscrawl.reading.dating import heed_listing
from newscrawl.reading.discovery import article_links, menu_links
from newscrawl.reading.pages import Page
from newscrawl.reading.refusals import refuse_guard
from newscrawl.site import Site
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import ArgumentError, NotArticleError, near
from newscrawl.words.text import slug

__all__ = ["SiteSpider"]

_Output = Iterator[Request | Article]


def now() -> datetime:
    """The time of a fetch, to the second, on Vietnam's clock."""
    return datetime.now(VIETNAM).replace(microsecond=0)


class SiteSpider(Spider):
    """Crawls one site. The run's extension sets `frontier` and `raw_pages`; without it nothing is kept, as in
    `scrapy parse`."""

    command: ClassVar[str] = "crawl"
    frontier_class: ClassVar[type[LedgerFrontier]] = LedgerFrontier
    site: ClassVar[Site]
    frontier: Frontier
    clock: Callable[[], datetime] = staticmethod(now)
    raw_pages: RawPages

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        """Take the `-a` arguments; see `Arguments`. Raises ArgumentError."""
        super().__init__(name)
        self.arguments = Arguments.read(arguments)
        self.frontier, self.raw_pages = LooseFrontier(), RawPages()
        self.full = False  # set when the run has as many articles as it was asked for
        self.usage_error: ArgumentError | None = None
        if self.site.categories:
            self._wanted(self.site.categories)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The delay is the slower one of policy and site. Raises ArgumentError for a CONNECT_TO that is no loopback
        address."""
        super().update_settings(settings)
        set_delay(settings, cls.own_delay())

    @classmethod
    def own_delay(cls) -> float:
        """The delay that the site file asks for, in seconds."""
        return cls.site.delay

    def may_ask(self, url: str) -> bool:
        """Whether a request may go there: to the site's own hosts."""
        return self.site.has_host(url)

    def facts(self) -> dict[str, Any]:
        """What the manifest says of the run beside its counts."""
        arguments = self.arguments
        given = {"since": arguments.since, "categories": arguments.categories, "limit": arguments.limit}
        told = {name: value if isinstance(value, int) else str(value) for name, value in given.items() if value}
        return {"command": self.command, "arguments": told}

    # --- requests

    async def start(self) -> AsyncIterator[Request]:
        """The heads of the site's listings, or the home page, whose menu names them; then the walks that earlier runs
        left unfinished."""
        unfinished = list(self.listings.unfinished())
        if not self.site.categories:
            yield self.request(Visit("home", Entry(self.site.key(self.site.home), self.site.home, "home")))
        for name in self._wanted(self.site.categories) if self.site.categories else ():
            for request in self._requests(self.listings.fresh(self.site.categories[name], name, "file")):
                yield request
        for request in self._requests(*unfinished):
            yield request

    @cached_property
    def failures(self) -> Failures:
        """What is done about visits that give nothing."""
        return Failures(self.settings, lambda: datetime.now(UTC), self.logger)

    @cached_property
    def listings(self) -> Listings:
        """The walks of this run."""
        return Listings(self.site, self.arguments, self.frontier, self.logger)

    def _requests(self, *visits: Visit | None) -> list[Request]:
        return [self.request(visit) for visit in visits if visit is not None]

    def request(self, visit: Visit, wait: timedelta | None = None) -> Request:
        """The request for a visit, which the scheduler holds back for `wait`. A look at a stored article asks for its
        text only if that has changed, where the server has said how to ask."""
        meta: dict[str, Any] = {"visit": visit, **({"wait": wait} if wait else {})}
        headers = visit.look.validators.headers if visit.look else {}
        if headers:
            meta["handle_httpstatus_list"] = [304]
        return Request(visit.entry.url, self.parse, "GET", headers, errback=self.failed, meta=meta, dont_filter=True)

    def _wanted(self, categories: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the categories to crawl. Raises ArgumentError for one that the site has not."""
        wanted = self.arguments.categories
        for name in wanted or ():
            if name not in categories:
                raise ArgumentError(f"categories={name}: {self.site.name} has no such category{near(name, categories)}")
        return tuple(categories) if wanted is None else wanted

    # --- answers

    def parse(self, response: Response, **kwargs: Any) -> _Output:  # noqa: ARG002
        """Read a page by its role. What is no HTML or no article is settled with its reason."""
        visit: Visit = response.meta.get("visit") or self._guess(response.url)
        self._heard()
        try:
            yield from self._moved(visit, response.url, response.meta.get("redirect_reasons", ()))
            if response.status == 304:
                self.frontier.settle(visit.entry.key, "unchanged", "not_modified")
                return
            header = (response.headers.get("Content-Type") or b"").decode("latin-1")
            page = Page.parse(response.body, response.url, content_type=header, fetched_at=self.clock())
            if visit.role != "page":  # an article keeps its warnings itself
                for warning in page.warnings:
                    self.logger.info("%s: %s", response.url, warning)
            if visit.role == "home":
                yield from self._home(page, visit)
            elif visit.role == "listing":
                yield from self._listing(page, visit)
            else:
                sent = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
                self.frontier.answered(visit.entry.key, Validators.sent(*sent))
                yield from self._page(page, visit)
        except NotArticleError as error:
            self._refuse(visit, error.reason, response.url, error.detail)
        except ArgumentError as error:
            self.usage_error = error
            raise CloseSpider("usage") from None

    def failed(self, failure: Failure) -> Iterator[Request]:
        """A page that could not be had: it is tried again, in this run or a later one."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit: Visit = request.meta["visit"]
        error: BaseException = failure.value  # type: ignore[assignment]
        reason = self.failures.judge(error)
        if reason is None:
            return
        if reason == "other_host" and "redirect_reasons" in request.meta:
            reason = away(request.meta["redirect_reasons"])
        if not is_silent(reason):
            self._heard()
        wait = self.failures.wait(visit, reason, error, self.frontier)
        if wait is not None:
            yield self.request(replace(visit, failures=visit.failures + 1), wait)
            return
        if reason == "no_such_host":
            self.frontier.lose_host(urlsplit(request.url).hostname or "")
        failed = Failed(visit, reason, request.url, str(error), self.failures.asked(error))
        if visit.role == "page" and is_silent(reason):
            self.failures.keep(failed)
        else:
            self._refuse(*failed)

    def _heard(self) -> None:
        for failed in self.failures.heard():
            self._refuse(*failed)

    # --- one role each

    def _home(self, page: Page, visit: Visit) -> _Output:
        """The menu's categories as listings, and the articles on the home page itself."""
        categories = {slug(link.title or ""): link for link in menu_links(page, self.site)}
        if not categories:
            refuse_guard(page)
            raise NotArticleError("no_menu", f"{self.site.file}: the rule 'menu' finds no category")
        for name in self._wanted(categories):
            yield from self._requests(self.listings.fresh(categories[name].url, categories[name].title or name, "menu"))
        if self.arguments.categories is None:
            links = article_links(page, self.site)
            noted, requests = self._found(links, "home", visit)
            self.frontier.count_on_head(len(links), noted.new, Walk(visit.entry.key, "home page", visit.entry.url))
            yield from requests

    def _listing(self, page: Page, visit: Visit) -> _Output:
        """The articles of a listing, and its next page until there is nothing more to see."""
        links = article_links(page, self.site)
        if not links:
            refuse_guard(page)
        noted, requests = self._found(links, "listing", visit)
        yield from requests
        yield from self._requests(self.listings.read(page, visit, links, noted))

    def _page(self, page: Page, visit: Visit) -> _Output:
        """An article and its related links; or a listing, where the address could not tell (ninhthuan.md 1)."""
        if self.full:
            return  # the page stays pending for the next run
        try:
            article = read_article(page, self.site)
        except NotArticleError as error:
            listed = is_listing(error.reason, self.site.address_kind(page.url))
            links = article_links(page, self.site) if listed else []
            if not links or visit.look:
                raise
            listing = self.listings.chance(page)
            yield from self._listing(page, listing) if listing is not None else ()
            self.frontier.settle(visit.entry.key, "skipped", "listing")
            return
        followed = visit.entry.depth < self.settings.getint("RELATED_DEPTH")
        if followed and not self.frontier.traps.is_guard(article.content_hash):
            yield from self._found(article.related, "related", visit)[1]
        if self.arguments.since and (article.published or "9999") < str(self.arguments.since):
            self.frontier.postpone(visit.entry.key, article.published or "")
            return
        if visit.entry.via == "listing" and visit.entry.date:
            heed_listing(article, visit.entry.date, visit.entry.date_raw)
            article.province = self.site.province_on(article.published)
        yield article

    # --- what is found

    def _found(self, links: list[Link], via: str, visit: Visit) -> tuple[Noted, list[Request]]:
        """Note the pages that `links` lead to, before any is fetched; also those too old for this run, for a page that
        is done is not asked for its links again. Returns how much is new, and the requests that the spider has to make
        itself, because nobody keeps what is noted."""
        depth = visit.entry.depth + 1 if via == "related" else 0
        listing = visit.walk.chain if visit.walk else None
        entries = [
            Entry(self.site.key(link.url), link.url, via, depth, visit.entry.url, link.date, link.date_raw, listing)
            for link in links
            if self.site.address_kind(link.url)
        ]
        noted = self.frontier.note(entries, visit.walk)
        return noted, [] if self.frontier.keeps else [self.request(Visit("page", entry)) for entry in entries]

    # --- what is not

    def _moved(self, visit: Visit, url: str, redirects: Sequence[object]) -> _Output:
        """A redirect to another page: that one is noted, this one is no article. Raises NotArticleError."""
        other = moved_to(self.site, visit, url, redirects)
        if other is not None:
            yield from self._found([Link(other)], visit.entry.via, visit)[1]
            raise NotArticleError("redirected", f"redirected to {other}")

    def _refuse(self, visit: Visit, reason: str, url: str, detail: str = "", wait: timedelta | None = None) -> None:
        """Settle what gave no article: a listing breaks its chain, a page is gone, skipped, or to be tried again."""
        if visit.role != "page":
            self.listings.breaks(visit, reason, url, detail)
            return
        outcome = look_outcome_of(reason) if visit.look else outcome_of(reason, self.site.address_kind(url))
        if outcome == "failed" and is_breakage(reason):
            self.raw_pages.keep(url)
        self.frontier.settle(visit.entry.key, outcome, reason, wait)
        level = self.logger.warning if outcome == "failed" else self.logger.info
        what = f"look {outcome}" if visit.look else outcome
        level("%s: %s (%s%s)", what, url, reason, f": {detail}" if detail else "")

    def _guess(self, url: str) -> Visit:
        """The role of a page that was asked for by hand (`scrapy parse`)."""
        key = self.site.key(url)
        if key == self.site.key(self.site.home):
            return Visit("home", Entry(key, url, "home"))
        if self.site.address_kind(url):
            return Visit("page", Entry(key, url))
        return Visit("listing", Entry(key, url), Walk(key, url))
