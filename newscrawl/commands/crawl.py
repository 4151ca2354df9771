"""`scrapy crawl NAME`: Scrapy's own command, with a run behind it, a summary and an exit code that can be trusted."""

from __future__ import annotations

import argparse
import logging
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
from newscrawl.errors import ArgumentError, SiteError, near
from newscrawl.ledger import LedgerError
from newscrawl.monitors import ExitCode
from newscrawl.run import SiteBusyError, is_disk_full
from newscrawl.runkeeper import RunKeeper
from newscrawl.spiders.site import SiteSpider

# Only here, and not in the project's settings: `shell`, `fetch` and `parse` leave no file and take no lock.
_SCHEDULER = "newscrawl.scheduler.LedgerScheduler"
_EXTENSIONS = {"newscrawl.runkeeper.RunKeeper": 0, "newscrawl.progress.Progress": 10}
_PIPELINES = {
    "newscrawl.pipelines.ValidatePipeline": 100,
    "newscrawl.pipelines.DeduplicatePipeline": 200,
    "newscrawl.pipelines.JsonLinesPipeline": 300,
}


class Command(CrawlCommand):
    """Exit codes: contract 8, `newscrawl.monitors.ExitCode`."""

    default_settings: ClassVar[dict[str, Any]] = {}

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl one site. Raises UsageError (exit code 2) for what the command line gets wrong."""
        refuse_unknown_options(args, self)
        if len(args) != 1:
            raise UsageError("name one site: scrapy crawl NAME (scrapy list shows them)", print_help=False)
        try:
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
        crawler = self._create_crawler(spidercls)
        task: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if error := task.exception():
            self._explain(error)
        else:
            self._conclude(crawler)

    def _explain(self, error: BaseException) -> None:
        """The crawl never began, or broke down."""
        if isinstance(error, SiteBusyError):
            self._fail(ExitCode.BUSY, error)
        elif is_disk_full(error):
            self._fail(ExitCode.DISK_FULL, error)
        elif isinstance(error, LedgerError | OSError):
            self._fail(ExitCode.CONFIGURATION, error)
        else:
            logging.getLogger(__name__).error("the crawl broke down", exc_info=error)
            self._fail(ExitCode.CRASH, error)

    def _conclude(self, crawler: Crawler) -> None:
        keeper = crawler.get_extension(RunKeeper)
        if keeper is None or keeper.verdict is None:
            self._fail(ExitCode.CRASH, RuntimeError("the crawl ended before it began"))
            return
        self.exitcode = int(keeper.verdict.code)
        if keeper.spider.usage_error is not None:
            print(f"scrapy crawl: {keeper.spider.usage_error}", file=sys.stderr)
        # With `-o -` the articles themselves go to standard output.
        feeds = self.settings.getdict("FEEDS") if self.settings else {}
        out = sys.stderr if any(str(feed).startswith("stdout:") for feed in feeds) else sys.stdout
        print(summary(keeper.run, keeper.verdict, Path.cwd()), file=out)

    def _fail(self, code: ExitCode, error: BaseException) -> None:
        self.exitcode = int(code)
        print(f"scrapy crawl: {error}", file=sys.stderr)


def keep_a_run(settings: BaseSettings) -> None:
    """Put a run behind the crawl: scheduler, extensions and pipelines, beside those that a project has of its own."""
    settings.set("SCHEDULER", _SCHEDULER, priority="project")
    for name, parts in (("EXTENSIONS", _EXTENSIONS), ("ITEM_PIPELINES", _PIPELINES)):
        settings.set(name, {**settings.getdict(name), **parts}, priority="project")


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
