"""The downloader's end: each request waits for its turn, and goes to its host or to the loopback address for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from newscrawl.crawling.loopback import loopback_target
from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.crawling.underway import RefusedError, UnderWay
from newscrawl.keeping.turns import HeldError, Turns

__all__ = ["PoliteHandler"]


def server_of(host: str) -> str:
    """What takes turns: a host with and without `www.` is one server."""
    return host.removeprefix("www.")


class PoliteHandler(HTTP11DownloadHandler):
    """Waits for the host's turn, and sends requests to the loopback address of CONNECT_TO, where that is set, as curl's
    `--connect-to` does.

    Addresses, rules, robots.txt and delays per host stay the real ones: a request is turned only at the door, and its
    answer carries the real address again. TLS is not spoken on loopback, whatever the scheme. A name that did not
    resolve is not looked up again before the page is tried again. Without a run (`scrapy fetch`) there are no turns:
    the downloader's own delay is all there is.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.target = loopback_target(crawler.settings)
        keeper = crawler.get_extension(RunKeeper)
        self.keeper = keeper
        self.turns = keeper.turns if keeper else None
        self.under_way = keeper.under_way if keeper else UnderWay()
        self._again = crawler.settings.getfloat("RETRY_WAIT") / 2
        self._nameless: dict[str, float] = {}  # names that did not resolve, and when they may be looked up again

    async def download_request(self, request: Request) -> Response:
        """Called by Scrapy's downloader. Raises RefusedError: "stopped", "rate_limited", "no_such_host"."""
        host = (urlsplit(request.url).hostname or "").rstrip(".")
        if monotonic() < self._nameless.get(host, 0):
            raise RefusedError("no_such_host", f"the name {host} did not resolve")
        with self.under_way.request():
            if self.turns is not None:
                await self._turn(self.turns, host)
            moment = datetime.now(UTC)
            try:
                response = await self._send(request)
            except CannotResolveHostError:
                self._nameless[host] = monotonic() + self._again
                raise
        self._answered(host, request, response, moment)
        return response

    async def _turn(self, turns: Turns, host: str) -> None:
        try:
            wait = turns.take(server_of(host))
        except HeldError as error:
            raise RefusedError("rate_limited", str(error)) from None
        except OSError as error:
            raise self._unwritten(error) from None
        if wait:
            await asyncio.sleep(wait)

    def _answered(self, host: str, request: Request, response: Response, moment: datetime) -> None:
        """The body is still as it was received: Scrapy unpacks it behind the handler."""
        try:
            if self.keeper is not None:
                self.keeper.raw_pages.answered(request, response, moment)
            if self.turns is not None:
                self.turns.answered(server_of(host), response.status, response.headers.get("Retry-After"))
        except OSError as error:
            raise self._unwritten(error) from None

    def _unwritten(self, error: OSError) -> RefusedError:
        """The file of turns or the raw pages can't be written: that is the run's end, and no fault of the page."""
        if self.keeper is not None:
            self.keeper.crashed(error)
        return RefusedError("stopped", str(error))

    async def _send(self, request: Request) -> Response:
        if self.target is None:
            return await super().download_request(request)
        parts = urlsplit(request.url)
        turned = request.replace(url=urlunsplit(("http", self.target, parts.path or "/", parts.query, "")))
        turned.headers["Host"] = parts.netloc
        response = await super().download_request(turned)
        return response.replace(url=request.url)
