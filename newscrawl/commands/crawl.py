"""`scrapy crawl NAME`: Scrapy's own command, with a run behind it, a summary and an exit code that can be trusted."""

from __future__ import annotations

import argparse
import logging
import sqlite3
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.commands import ScrapyCommand
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from newscrawl.commands.summary import summary
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.monitors import ExitCode
from newscrawl.crawling.numbers import check_numbers
from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.crawling.stopping import Stop
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.ledger import LedgerError
from newscrawl.keeping.lock import SiteBusyError
from newscrawl.spiders.site import SiteSpider
from newscrawl.words.errors import ArgumentError, SiteError, near

# Only here, and not in the project's settings: `shell`, `fetch` and `parse` leave no file and take no lock.
_SCHEDULER = "newscrawl.crawling.scheduler.LedgerScheduler"
_EXTENSIONS = {"newscrawl.crawling.runkeeper.RunKeeper": 0, "newscrawl.crawling.progress.Progress": 10}
_PIPELINES = {
    "newscrawl.pipelines.ValidatePipeline": 100,
    "newscrawl.pipelines.DeduplicatePipeline": 200,
    "newscrawl.pipelines.JsonLinesPipeline": 300,
}


class Command(CrawlCommand):
    """Exit codes: contract 8, `newscrawl.crawling.monitors.ExitCode`."""

    default_settings: ClassVar[dict[str, Any]] = {}
    verb: ClassVar[str] = "crawl"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Called by Scrapy, which opens the log file next. Raises UsageError where it can't be opened."""
        super().process_options(args, opts)
        logging.raiseExceptions = False  # what can't be logged is told by `DiskWatch`
        file = self.settings.get("LOG_FILE") if self.settings else None
        try:
            if file:
                with open(file, "ab"):
                    pass
        except OSError as error:
            if is_disk_full(error):
                sys.exit(int(ExitCode.DISK_FULL))
            raise UsageError(f"LOG_FILE={file}: can't be written ({error.strerror})", print_help=False) from None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl one site. Raises UsageError (exit code 2) for what the command line gets wrong."""
        refuse_unknown_options(args, self)
        if len(args) != 1:
            raise UsageError(f"name one site: scrapy {self.verb} NAME (scrapy list shows them)", print_help=False)
        assert self.settings is not None
        try:
            check_numbers(self.settings)
            spidercls = self._spider(args[0])
            if issubclass(spidercls, SiteSpider):
                self._crawl_site(spidercls, opts)
            else:
                super().run(args, opts)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from None
        except SiteError as error:
            self._fail(ExitCode.CONFIGURATION, error)

    def _spider(self, name: str) -> type[Spider]:
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        try:
            return loader.load(name)
        except KeyError:
            raise UsageError(f"no site {name!r}{near(name, loader.list())}", print_help=False) from None

    def _crawl_site(self, spidercls: type[SiteSpider], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        assert self.crawler_process is not None
        quiet_scrapy(self.settings.get("LOG_LEVEL"))
        keep_a_run(self.settings)
        spidercls(**opts.spargs)  # tells of wrong arguments before anything is opened
        try:
            crawler = self._create_crawler(spidercls)  # opens the log file anew
        except OSError as error:
            self._explain(error)
            return
        process: Any = self.crawler_process  # typed as a base class that lacks half of it
        stop = Stop(crawler, process.stop, lambda: cut_off(crawler), int(ExitCode.STOPPED))
        stop.install()
        task = process.crawl(crawler, **opts.spargs)
        process.start(install_signal_handlers=False)
        stop.over()
        if not task.done():
            self._fail(ExitCode.CRASH, RuntimeError("the crawl was cut off; the next run goes on"))
        elif failure := task.exception():
            self._explain(failure)
        else:
            self._conclude(crawler)

    def _explain(self, error: BaseException) -> None:
        """The crawl never began, or broke down."""
        if isinstance(error, SiteBusyError):
            self._fail(ExitCode.BUSY, error)
        elif is_disk_full(error, self._output()):
            self._fail(ExitCode.DISK_FULL, error)
        elif isinstance(error, LedgerError | OSError | sqlite3.Error):
            self._fail(ExitCode.CONFIGURATION, error)
        else:
            logging.getLogger(__name__).error("the crawl broke down", exc_info=error)
            self._fail(ExitCode.CRASH, error)

    def _output(self) -> Path:
        assert self.settings is not None
        return Path(str(self.settings["PROJECT_DIR"])) / str(self.settings["OUTPUT_DIR"])

    def _conclude(self, crawler: Crawler) -> None:
        keeper = keeper_of(crawler)
        if keeper is None or keeper.verdict is None:
            self._fail(ExitCode.CRASH, RuntimeError("the crawl ended before it began"))
            return
        self.exitcode = int(ExitCode.DISK_FULL if keeper.watch.seen else keeper.verdict.code)
        if keeper.spider.usage_error is not None:
            say(f"scrapy {self.verb}: {keeper.spider.usage_error}", sys.stderr)
        # With `-o -` the articles themselves go to standard output.
        feeds = self.settings.getdict("FEEDS") if self.settings else {}
        out = sys.stderr if any(str(feed).startswith("stdout:") for feed in feeds) else sys.stdout
        if say(summary(keeper.run, keeper.verdict, Path.cwd()), out):
            self.exitcode = int(ExitCode.DISK_FULL)

    def _fail(self, code: ExitCode, error: BaseException) -> None:
        self.exitcode = int(code)
        say(f"scrapy {self.verb}: {error}", sys.stderr)


def keep_a_run(settings: BaseSettings) -> None:
    """Put a run behind the crawl: scheduler, extensions and pipelines, beside those that a project has of its own."""
    settings.set("SCHEDULER", _SCHEDULER, priority="project")
    settings.set("RETRY_ENABLED", False, priority="project")  # Scrapy's retries know no waits and do not outlive a run
    for name, parts in (("EXTENSIONS", _EXTENSIONS), ("ITEM_PIPELINES", _PIPELINES)):
        settings.set(name, {**settings.getdict(name), **parts}, priority="project")


def cut_off(crawler: Crawler) -> None:
    """Wait no longer for what is under way."""
    keeper = keeper_of(crawler)
    if keeper is not None:
        keeper.under_way.cut()


def keeper_of(crawler: Crawler) -> RunKeeper | None:
    """The run's keeper, from the moment the run is open."""
    try:
        return crawler.get_extension(RunKeeper)
    except RuntimeError:  # no extensions yet
        return None


def refuse_unknown_options(args: list[str], command: ScrapyCommand) -> None:
    """Scrapy passes over options it does not know; a mistyped one would change what a cron line does for years.

    Raises UsageError with near matches.
    """
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    known = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    for arg in args:
        if arg.startswith("-"):
            hint = near(arg.partition("=")[0], known)
            raise UsageError(f"unknown option {arg}{hint if 'did you mean' in hint else ''}", print_help=False)


def quiet_scrapy(level: str | None) -> None:
    """Leave out what Scrapy tells of itself at INFO: its settings and parts are no milestones of a run."""
    if level == "INFO":
        logging.getLogger("scrapy").setLevel(logging.WARNING)
