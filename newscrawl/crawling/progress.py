"""Progress while a crawl works: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from typing import Never

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call
from tqdm import tqdm

from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.keeping.accounts import Accounts

__all__ = ["Progress"]

_BAR_SECONDS = 0.3


class Progress:
    """Shows how many pages are found and settled."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.seconds = crawler.settings.getfloat("PROGRESS_SECONDS")
        self.name, self.accounts = "", Accounts()
        self.bar: tqdm[Never] | None = None
        self.call = create_looping_call(self.show)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """Called by Scrapy."""
        progress = cls(crawler)
        crawler.signals.connect(progress.opened, signals.spider_opened)
        crawler.signals.connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self) -> None:
        """The crawl begins."""
        keeper = self.crawler.get_extension(RunKeeper)
        assert keeper is not None
        self.name, self.accounts = keeper.spider.name, keeper.run.accounts
        if sys.stderr.isatty():
            self.bar = tqdm(desc=self.name, unit=" pages", dynamic_ncols=True, file=sys.stderr)
            self.call.start(_BAR_SECONDS, now=False)
        elif self.seconds > 0:
            self.call.start(self.seconds, now=False)

    def show(self) -> None:
        """One look."""
        accounts = self.accounts
        if self.bar is None:
            stored, failed = accounts.settled["stored"], accounts.settled["failed"]
            say(
                f"{self.name}: {accounts.found} pages found, {accounts.attempted} done, "
                f"{stored} stored, {failed} failed",
                sys.stderr,
            )
        else:
            self.bar.total = accounts.found
            self.bar.n = accounts.attempted
            self.bar.set_postfix(stored=accounts.settled["stored"], failed=accounts.settled["failed"])

    def closed(self) -> None:
        """The crawl ended."""
        if self.call.running:
            self.call.stop()
        if self.bar is not None:
            self.show()
            self.bar.close()
