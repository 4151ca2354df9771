"""The scheduler over the ledger: `scrapy crawl` itself takes up where the last run ended.

Order: redirects of what is under way, listing heads, articles found in this run, further listing pages, what is tried
again, then what earlier runs left behind, newest first, and last the looks at stored articles, so that neither old
debts nor old news ever delay today's. Pages wait in the ledger and become requests one by one, so that a million of
them take no memory. Before each request all that was said so far is saved, so that no request is made twice because of
a kill, but those under way.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import TypeVar

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.spiders import Spider
from scrapy.utils.asyncio import CallLaterResult, call_later

from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.crawling.visits import Visit
from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.looks import Look
from newscrawl.spiders.site import SiteSpider

__all__ = ["LedgerScheduler"]

_AHEAD = 50  # pages read from the ledger at once
_Kept = TypeVar("_Kept", Entry, Look)


class LedgerScheduler(BaseScheduler):
    """See the module. Needs the extension `RunKeeper`, which opens the run."""

    def __init__(self, crawler: Crawler, keeper: RunKeeper) -> None:
        self.crawler, self.keeper, self.run = crawler, keeper, keeper.run
        self.frontier = self.run.frontier
        self.under_way: deque[Request] = deque()
        self.heads: deque[Request] = deque()
        self.new: deque[Entry] = deque()
        self.listings: deque[Request] = deque()
        self.again: deque[Request] = deque()
        self.carried: deque[Entry] = deque()
        self.looks: deque[Look] = deque()
        self.waiting: list[tuple[float, int, Request]] = []  # a heap: what is tried again in this run, but not yet
        self._number = count()
        self._alarm: CallLaterResult | None = None
        self.spider: SiteSpider | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LedgerScheduler:
        keeper = crawler.get_extension(RunKeeper)
        if keeper is None:
            raise RuntimeError("LedgerScheduler needs the extension newscrawl.crawling.runkeeper.RunKeeper")
        return cls(crawler, keeper)

    def open(self, spider: Spider) -> None:
        """Called by the engine."""
        assert isinstance(spider, SiteSpider)
        self.spider = spider

    def close(self, reason: str) -> None:  # noqa: ARG002
        """Called by the engine."""
        if self._alarm is not None:
            self._alarm.cancel()

    def enqueue_request(self, request: Request) -> bool:
        """Take a request: one that follows from another goes first; listings wait here, pages in the ledger."""
        if "wait" in request.meta:
            due = monotonic() + request.meta.pop("wait").total_seconds()
            heappush(self.waiting, (due, next(self._number), request))
        else:
            self._queue_of(request).append(request)
        return True

    def _queue_of(self, request: Request) -> deque[Request]:
        visit: Visit | None = request.meta.get("visit")
        if visit is None or "redirect_times" in request.meta:
            return self.under_way
        if visit.role == "page":
            return self.again if visit.failures else self.under_way
        return self.heads if visit.walk is None or visit.walk.pages == 0 else self.listings

    def next_request(self) -> Request | None:
        """The next request, or None when there is none at this moment."""
        try:
            self.run.save()
            self._fall_due()
            return self._next()
        except (OSError, sqlite3.Error) as error:
            self.keeper.crashed(error)
            return None

    def _next(self) -> Request | None:
        for queue in (self.under_way, self.heads):
            if queue:
                return queue.popleft()
        if self._more(self.new, self.frontier.take_new):
            return self._request(Visit("page", self.new.popleft()))
        for queue in (self.listings, self.again):
            if queue:
                return queue.popleft()
        if self._more(self.carried, self.frontier.take_carried):
            return self._request(Visit("page", self.carried.popleft()))
        if self._more(self.looks, self.frontier.take_looks):
            look = self.looks.popleft()
            return self._request(Visit("page", look.entry, look=look))
        return None

    def has_pending_requests(self) -> bool:
        """Whether `next_request` gives one, now or when one that waits falls due."""
        if self.under_way or self.heads or self.listings or self.again or self.waiting:
            return True
        try:
            return (
                self._more(self.new, self.frontier.take_new)
                or self._more(self.carried, self.frontier.take_carried)
                or self._more(self.looks, self.frontier.take_looks)
            )
        except (OSError, sqlite3.Error) as error:
            self.keeper.crashed(error)
            return False

    @staticmethod
    def _more(queue: deque[_Kept], take: Callable[[int], list[_Kept]]) -> bool:
        if not queue:
            queue.extend(take(_AHEAD))
        return bool(queue)

    def _fall_due(self) -> None:
        """Queue what has waited long enough, and have the engine ask again when the next has."""
        now = monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            request = heappop(self.waiting)[2]
            self._queue_of(request).append(request)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self.waiting:
            self._alarm = call_later(self.waiting[0][0] - now, self._wake)

    def _wake(self) -> None:
        """The engine asks an idle scheduler every five seconds only."""
        self._alarm = None
        slot = self.crawler.engine._slot if self.crawler.engine is not None else None
        if slot is not None:
            slot.nextcall.schedule()

    def _request(self, visit: Visit) -> Request:
        assert self.spider is not None
        return self.spider.request(visit)
