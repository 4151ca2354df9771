"""`scrapy replay SITE|WARC…`: the articles made anew from kept pages, without network, so that a better rule mends the
past."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.commands.interruption import StoppedError, stoppable, unstoppable
from newscrawl.commands.manners import check_call, fail, read_jobs, talks
from newscrawl.commands.replaysummary import replay_summary
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.crawling.project import output_of
from newscrawl.crawling.spiderloader import site_folders
from newscrawl.crawling.versions import versions
from newscrawl.keeping.disk import is_disk_full
from newscrawl.replaying.differences import Totals, as_json, as_text, compare
from newscrawl.replaying.judging import judge_replay
from newscrawl.replaying.oldlines import listed_days
from newscrawl.replaying.replay import Replay, work_of
from newscrawl.replaying.rereading import Rereader
from newscrawl.replaying.sites import Sites
from newscrawl.replaying.sources import Portion, Source, given_sources, lost_files, site_sources
from newscrawl.replaying.workers import WorkerError, Workers
from newscrawl.sitefile import site_files
from newscrawl.warc.reading import WarcError
from newscrawl.words.errors import SiteError, near

_TOLD: Final = 10  # of each kind of warning are told one by one


class Command(ScrapyCommand):
    """Takes no site's lock and touches no file of a crawl: reads finished WARC files, and adds a folder of its own."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] <site, or WARC files>"

    def short_desc(self) -> str:
        return "Make the articles anew from kept pages"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", metavar="NAME", help="read by the rules of this site, and nothing of others")
        parser.add_argument("-j", "--jobs", metavar="N", default="1", help="number of processes (default: 1)")
        parser.add_argument("--diff", action="store_true", help="show what differs from the old lines")
        parser.add_argument("--json", action="store_true", help="with --diff: as JSON Lines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raises UsageError (exit code 2) for what the command line gets wrong."""
        check_call(args, self)
        jobs = read_jobs(opts.jobs)
        if opts.json and not opts.diff:
            raise UsageError("--json says how --diff is shown; give both", print_help=False)
        sources: list[Source] = []
        try:
            with stoppable():
                only, sources, lost = self._what(args, opts.site)
                self._replay(sources, lost, only, jobs, opts)
        except StoppedError:
            fail(self, ExitCode.STOPPED, "stopped by a signal")
        except WorkerError as error:
            fail(self, _code_of(error.error), _where(error, sources))
        except (WarcError, SiteError, OSError) as error:
            fail(self, _code_of(error), error)

    @property
    def _output(self) -> Path:
        assert self.settings is not None
        return output_of(self.settings)

    def _what(self, args: list[str], only: str | None) -> tuple[str | None, list[Source], list[Path]]:
        """The one site to read by, if it is one, the files, and those of the site that are not there.

        Raises UsageError, WarcError, SiteError, OSError.
        """
        assert self.settings is not None
        names = site_files(site_folders(self.settings))
        if only is not None and only not in names:
            raise UsageError(f"no site {only!r}{near(only, names)}", print_help=False)
        if not args:
            raise UsageError("name a site, or WARC files: scrapy replay NAME", print_help=False)
        if args[0] in names:
            if len(args) > 1 or only not in (None, args[0]):
                raise UsageError(f"{args[0]} is a site: name one, or files (./{args[0]})", print_help=False)
            folder = self._output / args[0]
            return args[0], site_sources(folder), lost_files(folder)
        files = [Path(arg) for arg in args]
        for file in files:
            if file.is_dir():
                raise UsageError(f"{file}: is a folder; name its files, like {file}/*.warc.gz", print_help=False)
            if not file.is_file():
                hint = near(str(file), names) if not file.exists() and len(files) == 1 else ""
                raise UsageError(f"{file}: no such file, and no site of that name{hint}", print_help=False)
        return only, given_sources(files), []

    def _replay(
        self, sources: list[Source], lost: list[Path], only: str | None, jobs: int, opts: argparse.Namespace
    ) -> None:
        """Raises WarcError, SiteError, OSError, WorkerError, StoppedError; then nothing new is there."""
        assert self.settings is not None
        folders = site_folders(self.settings)
        sites = Sites(folders, only)
        listed: dict[str, tuple[str, str | None]] = {}
        for name in site_files(folders) if only is None else [only]:
            listed |= listed_days(self._output / name)
        reader = Rereader(sources, sites, listed)
        with closing(reader), Workers(jobs, work_of(reader)) as workers:
            replay = Replay(sources, self._output, workers, datetime.now(UTC), lost)
            try:
                with _progress(sum(source.end - source.start for source in sources)) as advance:
                    replay.run(advance)
                hiding = sites.broken if replay.passed["no_site"] else []
                verdict = judge_replay(replay, hiding)
                arguments = {name: value for name, value in (("site", opts.site),) if value}
                facts = {"arguments": arguments, "versions": versions()}
                with unstoppable():
                    replay.finish(verdict.reason, int(verdict.code), facts, sites)
            except BaseException:
                replay.abandon()
                raise
        self._conclude(replay, hiding, verdict, opts)

    def _conclude(self, replay: Replay, hiding: list[SiteError], verdict: Verdict, opts: argparse.Namespace) -> None:
        self.exitcode = int(verdict.code)
        full = [say(line, sys.stderr) for line in _warnings(replay, hiding)]
        totals: dict[str, Totals] = {}
        for name, new in replay.sets.items() if opts.diff else ():
            totals[name] = Totals()
            for difference in compare(self._output / name, new.segment):
                totals[name].add(difference)
                full.append(say((as_json if opts.json else as_text)(difference), sys.stdout))
        assert self.settings is not None
        if verdict.code or talks(self.settings) or (opts.diff and not opts.json):
            out = sys.stderr if opts.json else sys.stdout
            full.append(say(replay_summary(replay, verdict, totals, Path.cwd()), out))
        if any(full):
            self.exitcode = int(ExitCode.DISK_FULL)


def _code_of(error: Exception | None) -> ExitCode:
    if error is not None and is_disk_full(error):
        return ExitCode.DISK_FULL
    return ExitCode.CONFIGURATION if isinstance(error, WarcError | SiteError | OSError) else ExitCode.CRASH


def _where(error: WorkerError, sources: Sequence[Source]) -> str:
    """What a worker that died, or raised, was reading."""
    first = error.task if isinstance(error.task, Portion) else error.task[0]  # type: ignore[index]
    start = first.start if isinstance(first, Portion) else first.offset
    return f"{error}, while it read {sources[first.source].file} from offset {start}"


def _warnings(replay: Replay, hiding: Sequence[SiteError]) -> Iterator[str]:
    kinds = (
        [f"lost: {file}: a run wrote this file, and it is not there" for file in replay.lost],
        [f"damaged: {source.file}, offset {damage.offset}: {damage.problem}" for source, damage in replay.damage],
        [f"broken site file, its pages are passed over: {error}" for error in hiding],
        [f"crash: {page.url}\n{page.detail}" for page in replay.crashes],
    )
    for told in kinds:
        yield from told[:_TOLD]
    if more := sum(max(len(told) - _TOLD, 0) for told in kinds):
        yield f"… and {more} more"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal; nothing elsewhere. Its thread must not begin before the workers are forked."""
    if not sys.stderr.isatty():
        yield lambda size: None  # noqa: ARG005
        return
    columns = (TextColumn("replay"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay", total=total)
        yield lambda size: progress.advance(task, size)
