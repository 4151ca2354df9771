"""The scheduler over the ledger: `scrapy crawl` itself takes up where the last run ended.

Order: redirects and retries of what is under way, listing heads, articles found in this run, further listing pages, and
last what earlier runs left behind, newest first, so that old debts never delay today's news. Pages wait in the ledger
and become requests one by one, so that a million of them take no memory.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.spiders import Spider

from newscrawl.ledger import Entry
from newscrawl.run import Run
from newscrawl.runkeeper import RunKeeper
from newscrawl.spiders.site import SiteSpider
from newscrawl.visits import Visit

__all__ = ["LedgerScheduler"]

_AHEAD = 50  # pages read from the ledger at once


class LedgerScheduler(BaseScheduler):
    """See the module. Needs the extension `RunKeeper`, which opens the run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.again: deque[Request] = deque()
        self.heads: deque[Request] = deque()
        self.new: deque[Entry] = deque()
        self.listings: deque[Request] = deque()
        self.carried: deque[Entry] = deque()
        self.spider: SiteSpider | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LedgerScheduler:
        keeper = crawler.get_extension(RunKeeper)
        if keeper is None:
            raise RuntimeError("LedgerScheduler needs the extension newscrawl.runkeeper.RunKeeper")
        return cls(keeper.run)

    def open(self, spider: Spider) -> None:
        """Called by the engine."""
        assert isinstance(spider, SiteSpider)
        self.spider = spider

    def enqueue_request(self, request: Request) -> bool:
        """Take a request: one that was sent before goes first; listings wait here, pages in the ledger."""
        visit: Visit | None = request.meta.get("visit")
        if visit is None or visit.role == "page" or "redirect_times" in request.meta or "retry_times" in request.meta:
            self.again.append(request)
        elif visit.walk is None or visit.walk.pages == 0:
            self.heads.append(request)
        else:
            self.listings.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request, or None when nothing is left."""
        for queue in (self.again, self.heads):
            if queue:
                return queue.popleft()
        if self._has_new():
            return self._request(self.new.popleft())
        if self.listings:
            return self.listings.popleft()
        return self._request(self.carried.popleft()) if self._has_carried() else None

    def has_pending_requests(self) -> bool:
        """Whether `next_request` would give one."""
        return bool(self.again or self.heads or self.listings) or self._has_new() or self._has_carried()

    def _has_new(self) -> bool:
        if not self.new:
            self.new.extend(self.run.take_new(_AHEAD))
        return bool(self.new)

    def _has_carried(self) -> bool:
        if not self.carried:
            self.carried.extend(self.run.take_carried(_AHEAD, datetime.now(UTC)))
        return bool(self.carried)

    def _request(self, entry: Entry) -> Request:
        assert self.spider is not None
        return self.spider.request(Visit("page", entry))
