"""The downloader's middlewares: exact hosts only, and robots.txt."""

from __future__ import annotations

import logging
from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import robotstxt
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from newscrawl.crawling.underway import RefusedError
from newscrawl.spiders.site import SiteSpider

__all__ = ["ExactHosts", "Robots"]


class ExactHosts:
    """Refuses every host but the site's own, or the archive's in a backfill, by exact name (trap 54), also behind
    redirects."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExactHosts:
        """Called by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises RefusedError, which the spider counts as "other_host"."""
        spider = self.crawler.spider
        if isinstance(spider, SiteSpider) and not spider.may_ask(request.url):
            raise RefusedError("other_host", f"{request.url} is on none of the hosts that may be asked")


# Why no request is sent to a host: that holds for its pages, too.
_HOST_WIDE = frozenset({"stopped", "rate_limited", "no_such_host"})


class Robots(RobotsTxtMiddleware):
    """Scrapy's, but a robots.txt that can't be had forbids all (RFC 9309, 2.3.1.4; trap 76): the owner's word is not
    known. Scrapy would crawl everything then. It is asked for again when the first page is tried again."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        robotstxt.logger.addFilter(_without_traceback)
        self._again = crawler.settings.getfloat("RETRY_WAIT") / 2
        self._unreachable: dict[str, tuple[str, float]] = {}  # why, and when it may be asked for again

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:  # noqa: ARG002
        """Called by Scrapy. Raises RefusedError "robots_unreachable", or IgnoreRequest for what is forbidden."""
        host = urlsplit(request.url).netloc
        if host in self._unreachable and monotonic() >= self._unreachable[host][1]:
            del self._unreachable[host]
            self._parsers.pop(host, None)
        await super().process_request(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Called by Scrapy."""
        reason, _ = self._unreachable.get(urlsplit(request.url).netloc, (None, 0))
        if reason is not None:
            raise RefusedError(reason, "robots.txt could not be had, so nothing may be fetched")
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._forbid(netloc, "robots_unreachable")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if isinstance(exc, RefusedError):  # not sent, or turned away to another host
            self._forbid(netloc, exc.reason if exc.reason in _HOST_WIDE else "robots_unreachable")
        elif not isinstance(exc, IgnoreRequest):
            self._forbid(netloc, "no_such_host" if isinstance(exc, CannotResolveHostError) else "robots_unreachable")
        super()._robots_error(exc, netloc)

    def _forbid(self, netloc: str, reason: str) -> None:
        self._unreachable[netloc] = (reason, monotonic() + self._again)


def _without_traceback(record: logging.LogRecord) -> bool:
    """A host that is down is no fault of the program: its one line says all."""
    record.exc_info = None
    return True
