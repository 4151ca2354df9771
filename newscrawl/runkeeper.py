"""The extension that opens the run before the first request and closes it, in good order, after the last."""

from __future__ import annotations

import logging
import platform
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

import newscrawl
from newscrawl.monitors import ExitCode, Verdict, judge
from newscrawl.run import Run, is_disk_full
from newscrawl.spiders.site import SiteSpider

__all__ = ["RunKeeper"]

logger = logging.getLogger(__name__)


class RunKeeper:
    """Holds `run`, and after the crawl `verdict` and `manifest`. Scheduler and pipelines ask it for the run."""

    def __init__(self, crawler: Crawler, spider: SiteSpider) -> None:
        """Open the run. Raises SiteBusyError, LedgerError, OSError; then no request is sent."""
        self.crawler, self.spider = crawler, spider
        output = Path(crawler.settings["PROJECT_DIR"]) / crawler.settings["OUTPUT_DIR"]
        self.run = Run.open(output, spider.site, datetime.now(UTC), spider.arguments)
        self.verdict: Verdict | None = None
        self.manifest: dict[str, Any] = {}
        self.crashes = 0
        self.disk_full = False
        spider.frontier = self.run
        if self.run.rebuilt:
            logger.warning("the ledger was gone: made anew from the segments' %d articles", self.run.rebuilt)
        crawler.stats.set_value("newscrawl/run", self.run.name)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunKeeper:
        """Called by Scrapy."""
        assert isinstance(crawler.spider, SiteSpider)
        keeper = cls(crawler, crawler.spider)
        crawler.signals.connect(keeper.item_scraped, signals.item_scraped)
        crawler.signals.connect(keeper.spider_error, signals.spider_error)
        crawler.signals.connect(keeper.item_error, signals.item_error)
        crawler.signals.connect(keeper.spider_closed, signals.spider_closed)
        return keeper

    def item_scraped(self, item: Any) -> None:
        """Count the layers that won, and end the run when it has as many articles as it was asked for."""
        for field, layer in item.extracted_by.items():
            self.crawler.stats.inc_value(f"extract/{field}/{layer}")
        limit = self.spider.arguments.limit
        if limit is not None and self.run.accounts.settled["stored"] >= limit:
            self.spider.full = True
            self._close("limit")

    def spider_error(self, failure: Any) -> None:
        """A callback raised: a full disk ends the run; anything else is a defect of ours, and the page stays
        pending."""
        self._crashed(failure.value)

    def item_error(self, failure: Any) -> None:
        """A pipeline raised; see `spider_error`."""
        self._crashed(failure.value)

    def _crashed(self, error: BaseException) -> None:
        if is_disk_full(error):
            logger.error("the run can't write to %s: %s", self.run.folder, error)
            self.disk_full = True  # the run may be closing already, for another reason
            self._close("disk_full")
        else:
            self.crashes += 1

    def _close(self, reason: str) -> None:
        from scrapy.utils.defer import _schedule_coro

        _schedule_coro(self.crawler.engine.close_spider_async(reason=reason))

    def spider_closed(self, reason: str) -> None:
        """Judge the run and end it."""
        arguments = self.spider.arguments
        partial = arguments.partial or arguments.categories is not None
        reason = "disk_full" if self.disk_full else reason
        self.verdict = judge(
            self.run.accounts, reason, crashes=self.crashes, earlier=self.run.earlier_finds(), partial=partial
        )
        try:
            self.manifest = self.run.finish(
                self.verdict.reason, int(self.verdict.code), self._facts(partial), datetime.now(UTC)
            )
        except (OSError, sqlite3.Error) as error:
            logger.error("the run can't be ended in good order: %s", error)
            full = is_disk_full(error) or self.disk_full
            self.verdict = Verdict(
                ExitCode.DISK_FULL if full else ExitCode.CRASH, "disk_full" if full else "crash", str(error)
            )
            self.run.close()

    def _facts(self, partial: bool) -> dict[str, Any]:
        stats: Mapping[str, Any] = self.crawler.stats.get_stats()
        layers = {
            key.removeprefix("extract/"): value for key, value in sorted(stats.items()) if key.startswith("extract/")
        }
        arguments = self.spider.arguments
        given = {"since": arguments.since, "categories": arguments.categories, "limit": arguments.limit}
        return {
            "partial": partial,
            "arguments": {
                name: value if isinstance(value, int) else str(value) for name, value in given.items() if value
            },
            "requests": stats.get("downloader/request_count", 0),
            "statuses": {
                key.rpartition("/")[2]: value
                for key, value in sorted(stats.items())
                if key.startswith("downloader/response_status_count/")
            },
            "extracted_by": layers,
            "versions": {
                "newscrawl": newscrawl.__version__,
                "scrapy": version("scrapy"),
                "lxml": version("lxml"),
                "python": platform.python_version(),
            },
        }
