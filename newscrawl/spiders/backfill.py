"""The spider of a backfill: an archive's index → captures of a site's articles → articles.

It reads by the site's rules and writes by the crawl's run; what it asks are an archive's hosts alone.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.archives.arguments import BackfillArguments
from newscrawl.archives.cdx import Broken, IndexReader, Memento, moment_of
from newscrawl.archives.cdxserver import Query, queries
from newscrawl.archives.choosing import Choice
from newscrawl.archives.indexfile import UNREADABLE, lines_of
from newscrawl.archives.records import capture_in
from newscrawl.archives.sources import WARC_SCHEME, Way, server_of
from newscrawl.crawling.visits import Visit, outcome_of
from newscrawl.items import Article
from newscrawl.keeping.backfillfrontier import BackfillFrontier
from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.ledgerfrontier import LedgerFrontier
from newscrawl.loaders import read_article
from newscrawl.reading.pages import Page
from newscrawl.spiders.site import SiteSpider
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import ArgumentError, NotArticleError
from newscrawl.words.urls import resolve

__all__ = ["BackfillSpider"]

_LARGEST_ANSWER = 64 * 1024 * 1024  # bytes of an index's answer: some 300,000 lines
_SLOWEST_ANSWER = 300  # seconds: an index of thousands of millions of lines takes its time
_AT_ONCE = 5000  # lines of a file that are read before signals are heard again
_MOST_NAMED = 10  # broken lines that the log names
_MOST_REFUSALS = 10  # in a row: then the archive does not want to be asked, and is left alone
_REFUSALS = frozenset({"http_401", "http_403", "http_451", "robots", "no_range"})
# What is the archive's fault and not the page's nature.
_FAILED = frozenset({
    "robots", "other_host", "moved", "diverted", "too_large", "truncated", "no_range", "no_record", "other_record",
    "no_warc_file", "revisit",
})  # fmt: skip


class _Answer(NamedTuple):
    """What a server said once: to whom it said it is the archive, when (UTC), and where that lies now."""

    body: bytes
    content_type: str | None
    moment: datetime
    origin: str


class BackfillSpider(SiteSpider):
    """Takes what archives hold of one site. Its pages are the ledger's, its requests the archive's."""

    command: ClassVar[str] = "backfill"
    frontier_class: ClassVar[type[LedgerFrontier]] = BackfillFrontier
    frontier: BackfillFrontier

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        """Take the arguments; see `BackfillArguments`. Raises ArgumentError."""
        super().__init__(name, **{key: value for key, value in arguments.items() if key == "limit"})
        self.order = BackfillArguments.read(arguments)
        self.choice = Choice(self.site, self.order.source, self.order.since, self.order.until)
        self.lines = self.broken_lines = self.kept = self.listed = 0
        self._asked: dict[str, Query] = {}  # by address: what the index has still to answer
        self._to_ask: list[Query] = []
        self._refusals = 0

    @classmethod
    def own_delay(cls) -> float:
        """None: the site's is for its own server, and the archive gets the policy's."""
        return 0.0

    def may_ask(self, url: str) -> bool:
        """Only the archive's hosts, also behind redirects."""
        return url.startswith(f"{WARC_SCHEME}:") or server_of(url) in self.order.servers

    def facts(self) -> dict[str, Any]:
        """What the manifest says beside the counts."""
        return {
            **super().facts(),
            "arguments": self.order.facts(),
            "index": {
                "captures": self.lines,
                "broken_lines": self.broken_lines,
                "passed_over": dict(sorted(self.choice.passed.items())),
                "articles": self.listed,
                "kept_already": self.kept,
                "older_captures_tried": dict(sorted(self.frontier.older.items())),
            },
        }

    # --- the index

    async def start(self) -> AsyncIterator[Request]:
        """Read the index file, or ask the CDX server; the pages then come from the frontier."""
        if isinstance(self.order.index, str):
            self._to_ask = queries(self.order.index, self.site.hosts, self.order.since, self.order.until)
            for request in self._go_on():
                yield request
            return
        reader, name = IndexReader(), str(self.order.index)
        found = reader.read(lines_of(self.order.index))
        try:
            while self._take(islice(found, _AT_ONCE), name):
                await asyncio.sleep(0)
        except UNREADABLE as error:
            self._lacks(name, "unreadable", str(error))
        self._fill()

    def _take(self, found: Iterable[Memento | Broken], name: str) -> int:
        """Choose among what an index holds. Returns how many lines that were."""
        number = 0
        for number, each in enumerate(found, 1):  # noqa: B007
            if isinstance(each, Memento):
                self.lines += 1
                self.choice.take(each)
                continue
            self.broken_lines += 1
            if self.broken_lines <= _MOST_NAMED:
                self.logger.warning("%s, line %d: passed over: %s", name, each.number, each.cause)
        return number

    def _go_on(self) -> Iterator[Request]:
        """What is to be asked next of the index; when all is told, the captures."""
        while self._to_ask:
            query = self._to_ask.pop(0)
            self._asked[query.url] = query
            yield self.request(Visit("index", Entry(query.url, query.url)))
        if not self._asked:
            self._fill()

    def _fill(self) -> None:
        self.listed, pages = len(self.choice.pages), self.choice.pages
        self.choice.pages = {}
        self.kept = self.frontier.fill(pages, self.site.name)
        told = "%d captures and %d broken lines in the index: %d articles, of which %d are kept already"
        self.logger.info(told, self.lines, self.broken_lines, self.listed, self.kept)

    def _index(self, response: Response, query: Query) -> None:
        """Take in what a CDX server says. Raises CloseSpider where that is no index at all."""
        reader = IndexReader()
        try:
            found = list(reader.read(_lines_in(response.body)))
        except UNREADABLE as error:
            self._not_told(query, "unreadable", str(error))
            return
        if not reader.is_index and (by_keys := query.by_keys()):
            self._to_ask.append(by_keys)
        elif not reader.is_index and not self.lines:
            self.usage_error = ArgumentError(f"cdx={query.endpoint}: the answer is no index of a web archive")
            raise CloseSpider("usage")
        elif not reader.is_index or (response.status != 200 and reader.good):
            self._not_told(query, "no_index", "the answer is no index")
        else:
            self._take(found, query.url)
            following = query.following(reader)
            self._to_ask += [following] if following else []

    def _not_told(self, query: Query, reason: str, detail: str) -> None:
        """An answer of the index could not be had: the next page may be, or all in another way."""
        instead = query.by_keys() if reason.startswith("http_4") else None
        if instead is None:
            self._lacks(query.url, reason, detail)
            instead = query.next_page()
        self._to_ask += [instead] if instead else []

    def _lacks(self, name: str, reason: str, detail: str) -> None:
        self.logger.error("a part of the index is missing: %s (%s%s)", name, reason, f": {detail}" if detail else "")
        self.frontier.lack(name, reason)

    # --- requests

    def request(self, visit: Visit, wait: timedelta | None = None) -> Request:
        """The request for an answer of the index, or for the capture of a page that is to be tried now."""
        if visit.role == "index":
            request = super().request(visit, wait)
            request.meta.update(
                download_maxsize=_LARGEST_ANSWER, download_timeout=_SLOWEST_ANSWER, handle_httpstatus_list=[404]
            )
            return request
        memento = self.frontier.capture(visit.entry.key)
        way = self.order.source.way_to(memento)
        assert way is not None  # others were passed over
        request = super().request(visit, wait).replace(url=way.url)
        request.meta.update(memento=memento, way=way)
        if way.size is not None:
            # A server that takes no notice of the range would send a file of a gigabyte: it is cut off.
            request.meta["download_maxsize"] = min(way.size, self.settings.getint("DOWNLOAD_MAXSIZE"))
            request.headers.update({"Range": f"bytes={way.first}-{way.last}", "Accept-Encoding": "identity"})
            request.meta["dont_obey_robotstxt"] = way.url.startswith(f"{WARC_SCHEME}:")
        return request

    # --- answers

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request | Article]:  # noqa: ARG002
        """Read an answer of the index, or a capture."""
        visit: Visit = response.meta["visit"]
        self._heard()
        if visit.role == "index":
            self._index(response, self._asked.pop(visit.entry.url))
            yield from self._go_on()
        elif not self.full:
            try:
                yield self._article(response, visit)
                self._refusals = 0
            except NotArticleError as error:
                self._refuse(visit, error.reason, response.url, error.detail)

    def failed(self, failure: Failure) -> Iterator[Request]:
        """What could not be had is tried again, then passed over."""
        yield from super().failed(failure)
        if self._to_ask:
            yield from self._go_on()

    def _article(self, response: Response, visit: Visit) -> Article:
        """Raises NotArticleError."""
        memento: Memento = response.meta["memento"]
        way: Way = response.meta["way"]
        answer = self._raw_page(response, visit) if way.size is None else self._record(response, way, visit)
        page = Page.parse(
            answer.body,
            _as_printed(memento.url),
            content_type=answer.content_type,
            fetched_at=answer.moment.astimezone(VIETNAM),
        )
        article = read_article(page, self.site)
        article.origin = answer.origin
        return article

    def _raw_page(self, response: Response, visit: Visit) -> _Answer:
        """What the archive gives as the page's bytes. It may lead to another capture: the time is that one's."""
        found = self.order.source.read(response.url)
        if "redirect_times" in response.meta and (found is None or self.site.key(found[1]) != visit.entry.key):
            raise NotArticleError("redirected", f"redirected to {response.url}")
        stamp = found[0] if found else response.meta["memento"].stamp
        moment = _memento_datetime(response) or _moment(stamp)
        header = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return _Answer(response.body, header, moment, response.url)

    def _record(self, response: Response, way: Way, visit: Visit) -> _Answer:
        """The answer in a record of a WARC file."""
        if response.status == 200 and way.first:
            raise NotArticleError("no_range", "the server gives whole files only")
        capture = capture_in(response.body)
        if self.site.key(capture.url) != visit.entry.key:
            raise NotArticleError("other_record", f"the record is of {capture.url}")
        if capture.status != 200:
            raise NotArticleError(f"http_{capture.status}", "as captured")
        return _Answer(capture.body, capture.content_type, capture.moment, way.origin)

    # --- what is not

    def _refuse(self, visit: Visit, reason: str, url: str, detail: str = "", wait: timedelta | None = None) -> None:
        """A capture gave no article: the frontier knows whether there is an older one."""
        if visit.role == "index":
            self._not_told(self._asked.pop(visit.entry.url), reason, detail)
            return
        way = self.order.source.way_to(self.frontier.capture(visit.entry.key))
        if way and way.size is not None and reason == "too_large":
            reason = "no_range"
        passing = reason.startswith("http_") or reason in _FAILED
        outcome = "failed" if passing else outcome_of(reason, self.site.address_kind(visit.entry.url))
        self.frontier.settle(visit.entry.key, outcome, reason, wait)
        level = self.logger.warning if outcome == "failed" else self.logger.info
        level("%s: %s (%s%s)", outcome, url, reason, f": {detail}" if detail else "")
        self._refusals = self._refusals + 1 if reason in _REFUSALS else 0
        if self._refusals >= _MOST_REFUSALS:
            self.logger.error(
                "%d requests in a row were refused (%s): the archive is left alone", _MOST_REFUSALS, reason
            )
            raise CloseSpider("refused")


def _lines_in(body: bytes) -> list[bytes]:
    """The lines of an answer; a gzipped file on a web server is unpacked. Raises one of UNREADABLE."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.GzipFile(fileobj=BytesIO(body)).read(_LARGEST_ANSWER)
    return body.splitlines(keepends=True)


def _memento_datetime(response: Response) -> datetime | None:
    """When the archive says that the page was captured (RFC 7089, 2.1.1)."""
    text = (response.headers.get("Memento-Datetime") or b"").decode("latin-1")
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _moment(stamp: str) -> datetime:
    try:
        return moment_of(stamp)
    except ValueError as error:
        raise NotArticleError("redirected", str(error)) from None


def _as_printed(url: str) -> str:
    """A page's own address, without the port that indexes put behind the host (`:80`)."""
    scheme, _, rest = (resolve(url, url) or url).partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.removesuffix({'http': ':80', 'https': ':443'}.get(scheme, ' '))}{slash}{path}"
