"""The crawl of one site, from its first log line to its outcome: what `scrapy crawl` and `scrapy crawlall` share.

Several may be under way in one process. What belongs to one of them hangs on its crawler; its log lines are told apart
by `newscrawl.crawling.journal.SITE`.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any, TypeVar

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.journal import SITE, Journal
from newscrawl.crawling.outcomes import Outcome
from newscrawl.crawling.progress import Standing
from newscrawl.crawling.project import output_of
from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.ledger import LedgerError
from newscrawl.keeping.lock import SiteBusyError
from newscrawl.keeping.recovery import LEDGER
from newscrawl.monitoring.alerts import AlertTargets, alert, news_of

__all__ = ["SiteRun", "keep_a_run", "run_reactor"]

# Only here, and not in the project's settings: `shell`, `fetch` and `parse` leave no file and take no lock.
_SCHEDULER = "newscrawl.crawling.scheduler.LedgerScheduler"
_EXTENSIONS = {"newscrawl.crawling.runkeeper.RunKeeper": 0}
_PIPELINES = {
    "newscrawl.pipelines.ValidatePipeline": 100,
    "newscrawl.pipelines.DeduplicatePipeline": 200,
    "newscrawl.pipelines.RawPagePipeline": 300,
    "newscrawl.pipelines.JsonLinesPipeline": 400,
}
_SQLITE = sqlite3.Error  # these do not name the file
_Result = TypeVar("_Result")


def keep_a_run(settings: BaseSettings) -> None:
    """Put a run behind the crawls: scheduler, extensions and pipelines, beside those that a project has of its own. And
    leave out what Scrapy tells of itself at INFO: its settings and parts are no milestones of a run."""
    settings.set("SCHEDULER", _SCHEDULER, priority="project")
    settings.set("RETRY_ENABLED", False, priority="project")  # Scrapy's retries know no waits and do not outlive a run
    for name, parts in (("EXTENSIONS", _EXTENSIONS), ("ITEM_PIPELINES", _PIPELINES)):
        settings.set(name, {**settings.getdict(name), **parts}, priority="project")
    if settings.get("LOG_LEVEL") == "INFO":
        logging.getLogger("scrapy").setLevel(logging.WARNING)


def run_reactor(process: Any, work: Coroutine[Any, Any, _Result]) -> _Result | None:
    """Run Scrapy's reactor until `work` has ended. Returns what it gave; None where the reactor was ended before.
    Raises what it raised."""
    from twisted.internet import reactor as typed

    reactor: Any = typed

    task = asyncio.get_event_loop().create_task(work)

    def stop(_: object) -> None:
        with suppress(RuntimeError):  # it is stopping already
            reactor.stop()

    task.add_done_callback(stop)
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    return task.result() if task.done() else None


class SiteRun:
    """One crawl of one site. After `crawl`, `keeper` has the run and its verdict, where there was a run."""

    def __init__(self, process: Any, crawler: Crawler, journal: Journal) -> None:
        self._process, self.crawler, self._journal = process, crawler, journal
        self.site = str(crawler.spidercls.name)
        self._began = monotonic()
        self._log = journal.begin(self.site)
        crawler.signals.connect(self._opened, signals.engine_started)

    async def crawl(self, arguments: dict[str, str]) -> Outcome:
        """Crawl. What goes wrong with the crawl is in the outcome."""
        SITE.set(self.site)
        task = self._process.crawl(self.crawler, **arguments)
        await asyncio.wait({task})
        error = task.exception()
        try:
            outcome = self._broke_down(error) if error is not None else self._ended()
            await asyncio.to_thread(self._alert, outcome)
            return replace(outcome, told=True)
        finally:
            self._journal.end(self._log)

    def _alert(self, outcome: Outcome) -> None:
        manifest = self.keeper.manifest if self.keeper is not None else None
        alert(news_of(outcome, manifest), AlertTargets.read(self.crawler.settings))

    @property
    def keeper(self) -> RunKeeper | None:
        """The run's keeper, from the moment the run is open."""
        try:
            return self.crawler.get_extension(RunKeeper)
        except RuntimeError:  # no extensions yet
            return None

    def standing(self) -> Standing:
        """How far it has come."""
        keeper = self.keeper
        seconds = monotonic() - self._began
        if keeper is None:
            return Standing(self.site, seconds=seconds)
        accounts = keeper.run.accounts
        stored, failed = accounts.settled["stored"], accounts.settled["failed"]
        log = str(self._log.file or "")
        return Standing(self.site, accounts.found, accounts.attempted, stored, failed, seconds, log)

    # --- stopping

    @property
    def is_open(self) -> bool:
        """Whether `stop` can be called."""
        engine = self.crawler._engine
        return engine is not None and engine.running and engine.spider is not None

    async def stop(self) -> None:
        """End the crawl in good order."""
        await self.crawler.stop_async()

    def cut(self) -> None:
        """Wait no longer for what is under way."""
        if self.keeper is not None:
            self.keeper.under_way.cut()

    # --- its end

    def _opened(self) -> None:
        """The run has its name: the log gets its file. Called by Scrapy."""
        keeper = self.keeper
        if keeper is None:
            return
        try:
            if self._journal.keeps_files:
                self._log.open(keeper.run.folder / "log", keeper.run.name, keeper.watch)
            else:
                self._log.attend(keeper.watch)
        except OSError as error:
            keeper.crashed(error)

    def _ended(self) -> Outcome:
        keeper = self.keeper
        if keeper is None or keeper.verdict is None:
            return self._outcome(ExitCode.CRASH, "crash", "the crawl ended before it began")
        code = ExitCode.DISK_FULL if keeper.watch.seen else keeper.verdict.code
        reason = "disk_full" if keeper.watch.seen else keeper.verdict.reason
        detail = str(keeper.spider.usage_error or keeper.verdict.detail)
        return self._outcome(code, reason, detail)

    def _broke_down(self, error: BaseException) -> Outcome:
        """The crawl never began, or broke down."""
        keeper = self.keeper
        if keeper is not None and keeper.verdict is None:
            keeper.run.close()  # other sites go on in this process
        if isinstance(error, SiteBusyError):
            return self._outcome(ExitCode.BUSY, "busy", str(error))
        if is_disk_full(error, output_of(self.crawler.settings)):
            return self._outcome(ExitCode.DISK_FULL, "disk_full", str(error))
        if isinstance(error, LedgerError | OSError | sqlite3.Error):
            place = f"{output_of(self.crawler.settings) / self.site / LEDGER}: " if isinstance(error, _SQLITE) else ""
            return self._outcome(ExitCode.CONFIGURATION, "configuration", f"{place}{error}")
        logging.getLogger(__name__).error("the crawl broke down", exc_info=error)
        return self._outcome(ExitCode.CRASH, "crash", "\n".join([*self._log.unheard(), str(error)]))

    def _outcome(self, code: ExitCode, reason: str, detail: str) -> Outcome:
        at = self.standing()
        log = str(self._log.file or "")
        return Outcome(self.site, code, reason, detail, at.found, at.stored, at.failed, round(at.seconds, 1), log)
