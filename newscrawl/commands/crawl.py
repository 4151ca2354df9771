"""`scrapy crawl NAME`: Scrapy's own command, with a run behind it, a summary and an exit code that can be trusted."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from newscrawl.commands.manners import check_call, open_journal, open_scrapys_log, talks
from newscrawl.commands.summary import summary
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.outcomes import Outcome, note
from newscrawl.crawling.progress import Display, State
from newscrawl.crawling.siterun import SiteRun, keep_a_run, run_reactor
from newscrawl.crawling.stopping import Stop
from newscrawl.monitoring.alerts import AlertTargets, alert, news_of
from newscrawl.spiders.site import SiteSpider
from newscrawl.words.errors import ArgumentError, SiteError, near


class Command(CrawlCommand):
    """Exit codes: contract 8, `newscrawl.crawling.exitcodes.ExitCode`."""

    default_settings: ClassVar[dict[str, Any]] = {"LOG_INSTALL_ROOT_HANDLER": False}  # see `Journal.install`
    verb: ClassVar[str] = "crawl"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl one site. Raises UsageError (exit code 2) for what the command line gets wrong."""
        check_call(args, self)
        if len(args) != 1:
            raise UsageError(f"name one site: scrapy {self.verb} NAME (scrapy list shows them)", print_help=False)
        assert self.settings is not None
        try:
            AlertTargets.read(self.settings)
            spidercls = self._spider(args[0])
            if issubclass(spidercls, SiteSpider):
                self._crawl_site(spidercls, opts)
            else:
                open_scrapys_log(self.settings)
                super().run(args, opts)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from None
        except SiteError as error:
            outcome = Outcome(args[0], ExitCode.CONFIGURATION, "configuration", str(error))
            self._tell(outcome)
            alert(news_of(outcome), AlertTargets.read(self.settings))

    def _spider(self, name: str) -> type[Spider]:
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        try:
            return loader.load(name)
        except KeyError:
            raise UsageError(f"no site {name!r}{near(name, loader.list())}", print_help=False) from None

    def _crawl_site(self, spidercls: type[SiteSpider], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        keep_a_run(self.settings)
        spidercls(**opts.spargs)  # tells of wrong arguments before anything is opened
        crawler = self._create_crawler(spidercls)
        run = SiteRun(self.crawler_process, crawler, open_journal(self.settings, listens=talks(self.settings)))
        stop = Stop(lambda: [run], int(ExitCode.STOPPED))
        stop.install()
        outcome = run_reactor(self.crawler_process, self._watched(run, opts.spargs))
        stop.over()
        self._conclude(run, outcome)

    async def _watched(self, run: SiteRun, arguments: dict[str, str]) -> Outcome:
        assert self.settings is not None
        display = Display(lambda: State([run.standing()], [], 1), self.settings.getfloat("PROGRESS_SECONDS"))
        showing = asyncio.ensure_future(display.show())
        try:
            return await run.crawl(arguments)
        finally:
            showing.cancel()
            await asyncio.wait({showing})

    def _conclude(self, run: SiteRun, outcome: Outcome | None) -> None:
        if outcome is None:
            outcome = Outcome(run.site, ExitCode.CRASH, "crash", "the crawl was cut off; the next run goes on")
        keeper = run.keeper
        assert self.settings is not None
        if keeper is None or keeper.verdict is None or not talks(self.settings):
            self._tell(outcome)
            return
        self.exitcode = int(outcome.code)
        if keeper.spider.usage_error is not None:
            say(f"scrapy {self.verb}: {keeper.spider.usage_error}", sys.stderr)
        # With `-o -` the articles themselves go to standard output.
        feeds = self.settings.getdict("FEEDS")
        out = sys.stderr if any(str(feed).startswith("stdout:") for feed in feeds) else sys.stdout
        if say(summary(keeper.run, keeper.verdict, Path.cwd()), out):
            self.exitcode = int(ExitCode.DISK_FULL)

    def _tell(self, outcome: Outcome) -> None:
        """Nothing, where nothing is wrong."""
        self.exitcode = int(outcome.code)
        if outcome.code and say(note(outcome), sys.stderr):
            self.exitcode = int(ExitCode.DISK_FULL)
