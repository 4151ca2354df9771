"""`scrapy crawlall`: all sites, or some of them, several at once, in processes of their own."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections.abc import Iterable
from time import monotonic
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from newscrawl.commands.manners import check_call, check_log, fail, open_journal, read_jobs, talks
from newscrawl.commands.summary import many
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.journal import is_asked_for
from newscrawl.crawling.loopback import loopback_target
from newscrawl.crawling.outcomes import Outcome, note, worst
from newscrawl.crawling.progress import Display
from newscrawl.crawling.project import output_of
from newscrawl.crawling.siterun import keep_a_run, run_reactor
from newscrawl.crawling.spiderloader import site_folders
from newscrawl.fleet.choosing import choose, longest_ago_first
from newscrawl.fleet.coordinator import Coordinator, Plan
from newscrawl.fleet.worker import Worker
from newscrawl.keeping.arguments import Arguments
from newscrawl.monitoring.alerts import AlertTargets, alert, news_of
from newscrawl.words.errors import ArgumentError, SiteError


class Command(ScrapyCommand):
    """The process that is called only coordinates (`newscrawl.fleet.coordinator`); it starts itself anew, as a
    worker, with the option --worker."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_INSTALL_ROOT_HANDLER": False}  # see `Journal.install`

    def syntax(self) -> str:
        return "[options] [<site> ...]"

    def short_desc(self) -> str:
        return "Crawl all sites, or some of them, several at once"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--province", metavar="NAME", help="only sites of this province, by its old or new name")
        parser.add_argument("--kind", metavar="KIND", help="only sites of this kind, like newspaper")
        parser.add_argument("-j", "--jobs", metavar="N", default="1", help="processes at work (default: 1)")
        parser.add_argument("--time-limit", metavar="SECONDS", help="for all together, shared fairly")
        parser.add_argument(
            "-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE", help="since or limit, for each site"
        )
        parser.add_argument("--worker", choices=("quiet", "loud"), help=argparse.SUPPRESS)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Called by Scrapy."""
        super().process_options(args, opts)
        try:
            opts.arguments = arglist_to_dict(opts.spargs)
        except ValueError:
            raise UsageError("Invalid -a value, use -a NAME=VALUE", print_help=False) from None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raises UsageError (exit code 2) for what the command line gets wrong; then nothing is fetched."""
        assert self.settings is not None
        if opts.worker:
            self._work(opts)
            return
        check_call(args, self)
        check_log(self.settings)
        try:
            loopback_target(self.settings)
            AlertTargets.read(self.settings)
            if Arguments.read(opts.arguments).categories is not None:
                raise ArgumentError("categories differ from site to site: use scrapy crawl NAME -a categories=…")
            jobs, limit = read_jobs(opts.jobs), _seconds(opts.time_limit)
            chosen = choose(site_folders(self.settings), args, opts.province, opts.kind)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from None
        except SiteError as error:
            fail(self, ExitCode.CONFIGURATION, error)
            return
        sites = longest_ago_first(chosen.sites, output_of(self.settings))
        each = min(self.settings.getint("SITES_AT_ONCE"), math.ceil(max(len(sites), 1) / jobs))
        loud = talks(self.settings) or is_asked_for(self.settings, "LOG_LEVEL")
        plan = Plan(sites, _worker_command(opts, loud=talks(self.settings)), jobs, each, limit, loud)
        broken = [Outcome(site, ExitCode.CONFIGURATION, "configuration", why) for site, why in chosen.broken.items()]
        asyncio.run(self._coordinate(plan, broken))

    async def _coordinate(self, plan: Plan, broken: list[Outcome]) -> None:
        """Have the sites crawled, and tell of all of them, also of those whose files are `broken`."""
        assert self.settings is not None
        began = monotonic()
        coordinator = Coordinator(plan)
        coordinator.stop.install()
        display = Display(coordinator.state, self.settings.getfloat("PROGRESS_SECONDS"))
        showing = asyncio.create_task(display.show())
        try:
            await coordinator.run()
        finally:
            showing.cancel()
            await asyncio.wait({showing})
        outcomes = sorted([*broken, *coordinator.outcomes.values()], key=lambda outcome: outcome.site)
        self._conclude(outcomes, monotonic() - began)
        await self._alert(outcome for outcome in outcomes if not outcome.told)
        coordinator.stop.over()

    async def _alert(self, outcomes: Iterable[Outcome]) -> None:
        """Tell of sites of which no worker could: their files are broken, their workers died, their turns did not come.
        Several at once, for a command or webhook that hangs takes its ten seconds for each."""
        assert self.settings is not None
        targets = AlertTargets.read(self.settings)
        await asyncio.gather(*(asyncio.to_thread(alert, news_of(outcome), targets) for outcome in outcomes))

    def _conclude(self, outcomes: list[Outcome], seconds: float) -> None:
        """A table for who listens; for cron, what did not end well."""
        assert self.settings is not None
        self.exitcode = int(worst(outcome.code for outcome in outcomes))
        notes = [note(outcome) for outcome in outcomes if outcome.code]
        full = bool(notes) and say("\n".join(notes), sys.stderr)
        if talks(self.settings):
            full |= say(many(outcomes, seconds, ExitCode(self.exitcode)), sys.stdout)
        if full and not self.exitcode:
            self.exitcode = int(ExitCode.DISK_FULL)

    def _work(self, opts: argparse.Namespace) -> None:
        """Be a worker."""
        assert self.settings is not None
        process = AsyncCrawlerProcess(self.settings)  # sets the levels of Scrapy's log, and so comes first
        keep_a_run(self.settings)
        journal = open_journal(self.settings, listens=opts.worker == "loud")
        worker = Worker(process, opts.arguments, journal)
        worker.stop.install()
        run_reactor(process, worker.work())
        worker.stop.over()


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ArgumentError(f"--time-limit {text}: must be a number of seconds above 0")
    return seconds


def _worker_command(opts: argparse.Namespace, *, loud: bool) -> list[str]:
    """This command again, with the same settings and arguments. -P: no module of the working directory stands before
    Python's own."""
    command = [sys.executable, "-P", "-m", "scrapy", "crawlall", "--worker", "loud" if loud else "quiet"]
    for option, values in (("-s", opts.set), ("-a", opts.spargs)):
        command += [part for value in values for part in (option, value)]
    for option, value in (("--logfile", opts.logfile), ("--loglevel", opts.loglevel)):
        command += [option, value] if value else []
    return [*command, "--nolog"] if opts.nolog else command
