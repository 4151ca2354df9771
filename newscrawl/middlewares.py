"""The downloader's side: exact hosts only, robots.txt, and the mapping of a site's hosts to a loopback address."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import robotstxt
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from newscrawl.loopback import loopback_target
from newscrawl.spiders.site import SiteSpider

__all__ = ["ConnectToHandler", "ExactHosts", "RefusedError", "Robots"]


class RefusedError(IgnoreRequest):
    """A request that is not sent. `reason` is one word for counting."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ExactHosts:
    """Refuses every host but the site's own, by exact name (trap 54), also behind redirects."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExactHosts:
        """Called by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises RefusedError, which the spider counts as "other_host"."""
        spider = self.crawler.spider
        if isinstance(spider, SiteSpider) and not spider.site.has_host(request.url):
            raise RefusedError("other_host", f"{request.url} is on none of the site's hosts")


class Robots(RobotsTxtMiddleware):
    """Scrapy's, but a robots.txt that can't be had forbids all (RFC 9309, 2.3.1.4; trap 76): the owner's word is not
    known, and the pages are tried again by a later run. Scrapy would crawl everything then."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        robotstxt.logger.addFilter(_without_traceback)
        self._unreachable: set[str] = set()

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Called by Scrapy. Raises RefusedError "robots_unreachable", or IgnoreRequest for what is forbidden."""
        if urlsplit(request.url).netloc in self._unreachable:
            raise RefusedError("robots_unreachable", "robots.txt could not be had, so nothing may be fetched")
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreachable.add(netloc)
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, IgnoreRequest):
            self._unreachable.add(netloc)
        super()._robots_error(exc, netloc)


def _without_traceback(record: logging.LogRecord) -> bool:
    """A host that is down is no fault of the program: its one line says all."""
    record.exc_info = None
    return True


class ConnectToHandler(HTTP11DownloadHandler):
    """Sends requests to the loopback address of CONNECT_TO, where that is set, as curl's `--connect-to` does.

    Addresses, rules, robots.txt and delays per host stay the real ones: a request is turned only at the door, and its
    answer carries the real address again. TLS is not spoken on loopback, whatever the scheme.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.target = loopback_target(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        """Called by Scrapy's downloader."""
        if self.target is None:
            return await super().download_request(request)
        parts = urlsplit(request.url)
        turned = request.replace(url=urlunsplit(("http", self.target, parts.path or "/", parts.query, "")))
        turned.headers["Host"] = parts.netloc
        response = await super().download_request(turned)
        return response.replace(url=request.url)
