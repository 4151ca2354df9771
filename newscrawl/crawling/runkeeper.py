"""The extension that opens the run before the first request and closes it, in good order, after the last."""

from __future__ import annotations

import errno
import logging
import sqlite3
from datetime import UTC, datetime
from typing import Any

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later
from scrapy.utils.defer import _schedule_coro

from newscrawl.crawling.diskwatch import DiskWatch
from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.crawling.project import output_of
from newscrawl.crawling.rawpages import RawPages, warc_info
from newscrawl.crawling.runfacts import EXTRACTED, run_facts
from newscrawl.crawling.underway import UnderWay
from newscrawl.crawling.visits import Visit
from newscrawl.crawling.watching import watch_run
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.run import Run
from newscrawl.keeping.terms import Terms
from newscrawl.keeping.turns import Turns
from newscrawl.monitoring.fieldcounts import FieldCounts
from newscrawl.monitoring.judging import judge
from newscrawl.monitoring.monitors import Watched
from newscrawl.spiders.site import SiteSpider

__all__ = ["RunKeeper"]

logger = logging.getLogger(__name__)
_GRACE = 3.0  # seconds that an answer under way has to arrive when the time is up


# What a person has to put right: rights, and files where folders should be.
_FORBIDDEN = frozenset({
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP,
})  # fmt: skip
_WRITING = OSError | sqlite3.Error


def _forbidden(error: BaseException) -> Verdict | None:
    """The verdict where a file or folder of the output can't be written; its message names that."""
    if isinstance(error, OSError) and error.errno in _FORBIDDEN and error.filename is not None:
        return Verdict(ExitCode.CONFIGURATION, "configuration", f"{error.filename}: {error.strerror}")
    return None


def _now() -> datetime:
    return datetime.now(UTC)


class RunKeeper:
    """Holds `run`, and after the crawl `verdict` and `manifest`. Scheduler, downloader and pipelines ask it for the
    run, for its turns, and for what is under way."""

    def __init__(self, crawler: Crawler, spider: SiteSpider) -> None:
        """Open the run. Raises SiteBusyError, LedgerError, OSError, sqlite3.Error; then no request is sent."""
        settings = crawler.settings
        self.crawler, self.spider = crawler, spider
        output = output_of(settings)
        wait, looks = settings.getfloat("RETRY_WAIT"), settings.getint("LOOKS_PER_RUN")
        terms = Terms(_now, spider.arguments, wait, looks, spider.command)
        self.run = Run.open(output, spider.site, terms, spider.frontier_class)
        self.turns = Turns(
            output / ".hosts", settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("DOWNLOAD_DELAY_JITTER")
        )
        # What an archive answers is no page of the site but for the captures.
        choice = "articles" if settings["RAW_PAGES"] == "all" and spider.command != "crawl" else settings["RAW_PAGES"]
        self.raw_pages = RawPages(self.run.warc, choice)
        self.run.warc.info = warc_info(settings, spider.site.name, self.run.name)
        self.under_way = UnderWay()
        self.fields = FieldCounts()
        self.watch = DiskWatch(self.crashed)
        self.verdict: Verdict | None = None
        self.manifest: dict[str, Any] = {}
        self.crashes = 0
        self.forbidden: Verdict | None = None
        self.disk_full = False
        spider.frontier = self.run.frontier
        spider.raw_pages = self.raw_pages
        if self.run.rebuilt is not None:
            logger.warning("the ledger was gone or damaged: made anew from the segments' %d articles", self.run.rebuilt)
        crawler.stats.set_value("newscrawl/run", self.run.name)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunKeeper:
        """Called by Scrapy."""
        assert isinstance(crawler.spider, SiteSpider)
        keeper = cls(crawler, crawler.spider)
        crawler.signals.connect(keeper.engine_started, signals.engine_started)
        crawler.signals.connect(keeper.item_scraped, signals.item_scraped)
        crawler.signals.connect(keeper.spider_error, signals.spider_error)
        crawler.signals.connect(keeper.item_error, signals.item_error)
        crawler.signals.connect(keeper.spider_closed, signals.spider_closed)
        return keeper

    def engine_started(self) -> None:
        """The delay is kept by the turns; the downloader's own would only add to it. A time limit waits for no answer
        that hangs."""
        if self.crawler.engine is not None:
            self.crawler.engine.downloader._delay = 0.0
        limit = self.crawler.settings.getfloat("CLOSESPIDER_TIMEOUT")
        if limit:
            call_later(limit + _GRACE, self.under_way.cut)

    def item_scraped(self, item: Any) -> None:
        """Count the layers that won, and end the run when it has as many articles as it was asked for."""
        for field, layer in item.extracted_by.items():
            self.crawler.stats.inc_value(f"{EXTRACTED}{field}/{layer}")
        self.fields.take(item)
        limit = self.spider.arguments.limit
        if limit is not None and self.run.accounts.settled["stored"] >= limit:
            self.spider.full = True
            self._close("limit")

    def spider_error(self, failure: Any, response: Any) -> None:
        """A callback raised. What it was to read counts as failed, and is tried again by later runs."""
        request = getattr(response, "request", None)
        visit: Visit | None = request.meta.get("visit") if request is not None else None
        if not self.crashed(failure.value) or visit is None:
            return
        if visit.walk is not None:
            self.run.frontier.break_walk(visit.walk, "crash")
        elif visit.role == "page" and self._keep_raw(response.url):
            self.run.frontier.settle(visit.entry.key, "failed", "crash")

    def item_error(self, failure: Any, item: Any) -> None:
        """A pipeline raised: see `spider_error`."""
        if self.crashed(failure.value) and ItemAdapter.is_item(item):
            key = self.spider.site.key(ItemAdapter(item).get("url", ""))
            self.run.frontier.settle(key, "failed", "crash")

    def _keep_raw(self, url: str) -> bool:
        """Keep a page that a callback stumbled over. Returns whether the run goes on."""
        try:
            self.raw_pages.keep(url)
        except OSError as error:
            return self.crashed(error)
        return True

    def crashed(self, error: BaseException) -> bool:
        """A full disk, or a ledger that can't be read or written, ends the run. Anything else is a defect of ours, and
        the run goes on: returns whether it does."""
        self.run.notice(error)
        if is_disk_full(error, self.run.folder):
            if not self.disk_full:
                logger.error("the run can't write to %s: %s", self.run.folder, error)
            self.disk_full = True  # the run may be closing already, for another reason
            self._close("disk_full")
            return False
        self.crashes += 1
        self.forbidden = self.forbidden or _forbidden(error)
        if isinstance(error, _WRITING):
            logger.error("the run can't go on: %s", error)
            self._close("crash")
            return False
        return True

    def _close(self, reason: str) -> None:
        if reason != "limit":
            self.under_way.cut()
        engine = self.crawler.engine
        if engine is not None and engine.spider is not None:
            _schedule_coro(engine.close_spider_async(reason=reason))

    def spider_closed(self, reason: str) -> None:
        """Judge the run and end it."""
        arguments = self.spider.arguments
        partial = arguments.partial or arguments.categories is not None
        reason = "disk_full" if self.disk_full else reason
        for what, found in (("taken down", self.run.accounts.taken_down), ("came back", self.run.accounts.came_back)):
            for article in found:
                logger.info("%s: %s", what, article["url"])
        stats = self.crawler.stats.get_stats()
        facts = {"partial": partial, **run_facts(stats, self.spider, self.run.accounts, self.fields)}
        earlier = self.run.earlier_finds() if self.spider.command == "crawl" else None
        try:
            watched = watch_run(self.run, {"reason": reason, **facts}, self.fields, self.crawler.settings)
        except (OSError, sqlite3.Error) as error:
            watched = Watched()
            self.crashed(error)
        self.verdict = judge(
            self.run.accounts, reason, crashes=self.crashes, earlier=earlier, partial=partial, alarms=watched.alarms
        )
        self.verdict = self.forbidden or self.verdict
        facts |= {"alarms": [alarm.record() for alarm in watched.alarms], "accepted": list(watched.accepted)}
        try:
            self.manifest = self.run.finish(self.verdict.reason, int(self.verdict.code), facts, datetime.now(UTC))
        except Exception as error:  # whatever it is, the run has not ended well
            logger.error("the run can't be ended in good order: %s", error, exc_info=not isinstance(error, _WRITING))
            self.run.notice(error)
            full = is_disk_full(error, self.run.folder) or self.disk_full
            failed = Verdict(ExitCode.DISK_FULL, "disk_full", str(error))
            self.verdict = failed if full else _forbidden(error) or Verdict(ExitCode.CRASH, "crash", str(error))
            self.run.close()
