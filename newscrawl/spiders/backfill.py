"""The spider of a backfill: an archive's index → captures of a site's articles → articles.

It reads by the site's rules and writes by the crawl's run; what it asks are an archive's hosts alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.backfilling.archived import archived
from newscrawl.backfilling.archiveindex import LARGEST_ANSWER, ArchiveIndex
from newscrawl.backfilling.arguments import BackfillArguments
from newscrawl.backfilling.frontier import BackfillFrontier
from newscrawl.crawling.visits import Visit, outcome_of
from newscrawl.items import Article
from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.ledgerfrontier import LedgerFrontier
from newscrawl.loaders import read_article
from newscrawl.reading.pages import Page
from newscrawl.spiders.site import SiteSpider
from newscrawl.warc.records import Resource
from newscrawl.webarchives.cdx import IndexReader, Memento
from newscrawl.webarchives.indexfile import UNREADABLE, lines_of
from newscrawl.webarchives.sources import WARC_SCHEME, Way, server_of
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import ArgumentError, NotArticleError

__all__ = ["BackfillSpider"]

# Seconds between requests. The Wayback Machine lets its index be asked 24 times a minute, and shuts out for an hour who
# does not listen (release notes of the library `wayback`, 0.5.1; edgi-govdata-archiving/wayback, issue 137).
_DELAY = 3.0
_SLOWEST_ANSWER = 300  # seconds: an index of thousands of millions of lines takes its time
_AT_ONCE = 5000  # lines of a file that are read before signals are heard again
_MOST_REFUSALS = 20  # in a row: then the archive does not want to be asked for these pages, and is left alone
_REFUSALS = frozenset({"http_401", "http_403", "http_404", "http_451", "robots", "no_range"})
# What is the archive's fault, and not the page's nature.
_FAILED = frozenset({
    "robots", "other_host", "moved", "diverted", "too_large", "truncated", "no_range", "no_record", "other_record",
    "no_warc_file", "revisit",
})  # fmt: skip


class BackfillSpider(SiteSpider):
    """Takes what archives hold of one site. Its pages are the frontier's, its requests the archive's."""

    command: ClassVar[str] = "backfill"
    frontier_class: ClassVar[type[LedgerFrontier]] = BackfillFrontier
    frontier: BackfillFrontier

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        """Take the arguments; see `BackfillArguments`. Raises ArgumentError."""
        super().__init__(name, **{key: value for key, value in arguments.items() if key == "limit"})
        self.order = BackfillArguments.read(arguments)
        self.index = ArchiveIndex(self.site, self.order, self.logger, lambda *part: self.frontier.lack(*part))
        self.listed = self.kept = 0
        self._refusals = 0

    @classmethod
    def own_delay(cls) -> float:
        """That for archives: the site's own is for its own server."""
        return _DELAY

    def may_ask(self, url: str) -> bool:
        """Only the archive's hosts, also behind redirects."""
        return url.startswith(f"{WARC_SCHEME}:") or server_of(url) in self.order.servers

    def facts(self) -> dict[str, Any]:
        """What the manifest says of the run beside its counts."""
        index = {
            "captures": self.index.captures,
            "broken_lines": self.index.broken,
            "passed_over": dict(sorted(self.index.choice.passed.items())),
            "articles": self.listed,
            "kept_already": self.kept,
            "older_captures_tried": dict(sorted(self.frontier.older.items())),
        }
        return {"command": self.command, "arguments": self.order.facts(), "index": index}

    # --- the index

    async def start(self) -> AsyncIterator[Request]:
        """Ask the CDX server, or read the index file. The captures then come from the frontier."""
        for request in self._ask_index():
            yield request
        if isinstance(self.order.index, Path):
            await self._read_index(self.order.index)

    async def _read_index(self, file: Path) -> None:
        found = IndexReader().read(lines_of(file))
        try:
            while self.index.take(islice(found, _AT_ONCE), str(file)):
                await asyncio.sleep(0)
        except UNREADABLE as error:
            self.index.lacks(str(file), "unreadable", str(error))
        self._fill()

    def _ask_index(self) -> list[Request]:
        """What is to be asked of the index now."""
        return [self.request(Visit("index", Entry(url, url))) for url in self.index.to_ask()]

    def _fill(self) -> None:
        """The whole index was read."""
        pages, self.index.choice.pages = self.index.choice.pages, {}
        self.listed, self.kept = len(pages), self.frontier.fill(pages, self.site.name)
        told = "index: %d captures, %d broken lines; %d pages with articles, of which %d are kept already"
        self.logger.info(told, self.index.captures, self.index.broken, self.listed, self.kept)

    # --- requests

    def request(self, visit: Visit, wait: timedelta | None = None) -> Request:
        """The request for an answer of the index, or for the capture of a page that is to be tried now."""
        request = super().request(visit, wait)
        if visit.role == "index":
            # "No captures" comes with status 404.
            more = {"handle_httpstatus_list": [404], "download_timeout": _SLOWEST_ANSWER}
            request.meta.update(more, download_maxsize=LARGEST_ANSWER, download_warnsize=0)
            return request
        memento, way = self.frontier.capture(visit.entry.key), self._way(visit)
        request = request.replace(url=way.url)
        request.meta.update(memento=memento, way=way)
        if way.size is not None:
            # A server that takes no notice of the range would send a file of a gigabyte: it is cut off.
            request.meta["download_maxsize"] = min(way.size, self.settings.getint("DOWNLOAD_MAXSIZE"))
            request.headers.update({"Range": f"bytes={way.first}-{way.last}", "Accept-Encoding": "identity"})
            request.meta["dont_obey_robotstxt"] = way.url.startswith(f"{WARC_SCHEME}:")
        return request

    def _way(self, visit: Visit) -> Way:
        way = self.order.source.way_to(self.frontier.capture(visit.entry.key))
        assert way is not None  # what can't be had was passed over
        return way

    # --- answers

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request | Article]:  # noqa: ARG002
        """Read an answer of the index, or a capture."""
        visit: Visit = response.meta["visit"]
        self._heard()
        if visit.role == "index":
            yield from self._parse_index(response, visit)
        elif not self.full:
            try:
                yield self._article(response)
                self._refusals = 0
            except NotArticleError as error:
                self._refuse(visit, error.reason, response.url, error.detail)

    def _parse_index(self, response: Response, visit: Visit) -> Iterator[Request]:
        try:
            self.index.answered(visit.entry.url, response.status, response.body)
        except ArgumentError as error:
            self.usage_error = error
            raise CloseSpider("usage") from None
        yield from self._go_on()

    def _go_on(self) -> list[Request]:
        requests = self._ask_index()
        if self.index.is_told:
            self._fill()
        return requests

    def failed(self, failure: Failure) -> Iterator[Request]:
        """What could not be had is tried again, then passed over."""
        yield from super().failed(failure)
        visit: Visit = failure.request.meta["visit"]  # type: ignore[attr-defined]
        if visit.role == "index":
            yield from self._go_on()

    def _article(self, response: Response) -> Article:
        """The article in a capture, by the rules of its time. Raises NotArticleError."""
        found = archived(response, self.site, self.order.source)
        memento: Memento = response.meta["memento"]
        moment = found.moment.astimezone(VIETNAM)
        page = Page.parse(found.body, memento.page, content_type=found.content_type, fetched_at=moment)
        article = read_article(page, self.site)
        article.origin = found.origin
        if response.request is not None:
            resource = Resource(article.url, moment, found.content_type, found.body, found.origin)
            self.raw_pages.keep_archived(response.request, resource)
        return article

    # --- what is not

    def _refuse(self, visit: Visit, reason: str, url: str, detail: str = "", wait: timedelta | None = None) -> None:
        """A capture gave no article, or an answer of the index could not be had."""
        if visit.role == "index":
            self.index.failed(url, reason, detail)
            return
        way = self._way(visit)
        if way.size is not None and reason == "too_large":
            reason = "no_range"
        passing = reason.startswith("http_") or reason in _FAILED
        outcome = "failed" if passing else outcome_of(reason, self.site.address_kind(visit.entry.url))
        self.frontier.settle(visit.entry.key, outcome, reason, wait)
        older = self.frontier.is_next(visit.entry.key)
        level = self.logger.warning if outcome == "failed" and not older else self.logger.info
        then = "an older capture is tried" if older else outcome
        level("%s: %s: %s (%s%s)", way.origin, reason, then, visit.entry.url, f": {detail}" if detail else "")
        self._count_refusal(reason)

    def _count_refusal(self, reason: str) -> None:
        """Raises CloseSpider for an archive that refuses all."""
        self._refusals = self._refusals + 1 if reason in _REFUSALS else 0
        if self._refusals >= _MOST_REFUSALS:
            self.logger.error(
                "%d requests in a row were refused (%s): the archive is left alone", self._refusals, reason
            )
            raise CloseSpider("refused")
