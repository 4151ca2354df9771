"""Kills crawls at random moments, lets them go on, and counts what is lost, doubled, torn or fetched again.

`python -m tests.torture 200`: so many crawls of a replica of 1,000 articles, each killed three times on its way. The
last line says it all. Exit code 1 when anything is wrong; then the folders of the crawls that failed stay.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from newscrawl import settings
from tests.crawls import GRACEFUL, Crawls, Ended, crawl_command, hearing
from tests.outcome import Nature, Outcome, Requests, check, refetches
from tests.replica import Portal, Server, build, serve

__all__ = ["ALLOWED", "Ground", "Story", "Total", "judge_kill", "judge_last", "survey", "torture", "torture_many"]

ALLOWED: Final = 2 * settings.CONCURRENT_REQUESTS  # pages that one kill may cost
PATIENCE: Final = 10.0  # seconds that a crawl may take to stop when it is asked to
STOPPED: Final = 11  # the exit code of a crawl that stopped because it was asked to
SIGNALS: Final = (*[signal.SIGKILL] * len(GRACEFUL), *GRACEFUL)  # every second one can't be caught


@dataclass(frozen=True)
class Ground:
    """What all crawls have in common: the portal, and how an undisturbed crawl of it is."""

    portal: Portal
    nature: Nature
    idle: float  # seconds of a run that finds nothing new
    whole: float  # seconds of a whole crawl
    within: Path | None = None  # where the crawls' folders are made, if not where the system has its temporary files

    def expected(self, asked: Requests) -> float:
        """How long a run will take when so much was asked for already."""
        left = 1 - min(1.0, len(set(asked)) / self.nature.counts.total())
        return self.idle + (self.whole - self.idle) * left


@dataclass
class Story:
    """What happened to one crawl."""

    number: int
    kills: Counter[str] = field(default_factory=Counter)
    missed: int = 0  # the process had ended already
    early: int = 0  # ended by the signal itself, before anything listens for it
    wrong: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    charged: list[int] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    folder: Path | None = None  # only of a crawl that failed

    @property
    def problems(self) -> str:
        """All that is wrong in one line; empty when nothing is."""
        parts = [*self.wrong, self.outcome.summary]
        allowed = [ALLOWED] * (len(self.charged) - 2) + [0, 0]  # nobody disturbs the last two runs
        over = [number for number, count in enumerate(self.charged) if count > allowed[number]]
        parts += [f"{self.charged[number]} pages fetched again after run {number + 1}" for number in over]
        return "; ".join(part for part in parts if part)


@dataclass
class Total:
    """The sum of all crawls."""

    crawls: int = 0
    failed: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    early: int = 0
    lost: int = 0
    doubled: int = 0
    bad: int = 0
    untrue: int = 0
    wrong: int = 0
    refetches: int = 0
    worst: int = 0

    def add(self, story: Story) -> None:
        """Count a crawl in."""
        self.crawls += 1
        self.failed += bool(story.problems)
        self.kills += story.kills
        self.missed += story.missed
        self.early += story.early
        self.lost += len(story.outcome.lost)
        self.doubled += len(story.outcome.doubled)
        self.bad += len(story.outcome.bad)
        self.untrue += len(story.outcome.untrue)
        self.wrong += len(story.wrong)
        self.refetches += sum(story.charged)
        self.worst = max([self.worst, *story.charged])

    @property
    def line(self) -> str:
        """The last line."""
        return (
            f"crawls {self.crawls} / kills {self.kills.total()} / lost {self.lost} / doubled {self.doubled} / "
            f"bad lines {self.bad} / refetches {self.refetches} (worst {self.worst} after one kill, allowed {ALLOWED})"
        )

    @property
    def details(self) -> str:
        """What the last line leaves out."""
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items())) or "none"
        return (
            f"failed crawls {self.failed}; untrue manifests or accounts {self.untrue}; wrong ends {self.wrong}; "
            f"kills: {kinds}; {self.early} of them before anything listens; came too late: {self.missed}"
        )


# --- the ground


def survey(portal: Portal, crawls: Crawls, jobs: int = 1, within: Path | None = None) -> Ground:
    """Look how an undisturbed crawl is, and the run after it, with as many at once as there will be.

    Raises RuntimeError if one fails without being disturbed.
    """
    _fill_cache(portal)
    with crawls.threads(jobs) as pool:
        looks = [job.result() for job in [pool.submit(_undisturbed, portal, crawls, within) for _ in range(jobs)]]
    nature = looks[0][0]
    idle, whole = (sum(look[1][each] for look in looks) / jobs for each in (1, 0))
    return Ground(portal, nature, idle, max(whole, idle), within)


def _fill_cache(portal: Portal) -> None:
    """Render every page once, so that the first crawls are no slower than the others."""
    for article in portal.articles:
        portal.get(portal.hosts[0], article.url.partition(portal.hosts[0])[2])


def _undisturbed(portal: Portal, crawls: Crawls, within: Path | None) -> tuple[Nature, tuple[float, float]]:
    folder = Path(tempfile.mkdtemp(prefix="newscrawl-torture-", dir=within))
    try:
        with serve(portal) as server:
            runs, asked = [], []
            for name in ("first", "second"):
                server.clear()
                runs.append(crawls.run(crawl_command(server.port, folder / "output"), folder / name))
                asked.append(server.requests)
        wrong = [f"exit code {run.code}: {run.err[-2000:]}" for run in runs if run.code != 0]
        wrong = wrong or [check(folder / "output" / "ninhthuan", portal).summary]
        if any(wrong):
            raise RuntimeError(f"a crawl that nobody disturbs fails: {'; '.join(wrong)}")
        return Nature.of(portal, *asked), (runs[0].seconds, runs[1].seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- one crawl


def torture(ground: Ground, crawls: Crawls, number: int, kills: int, seed: int) -> Story:
    """One crawl: killed so often, then run to its end, and once more. Its folder stays only if it failed."""
    story, rng = Story(number), random.Random(f"{seed}/{number}")
    folder = Path(tempfile.mkdtemp(prefix=f"newscrawl-torture-{number}-", dir=ground.within))
    try:
        with serve(ground.portal) as server:
            runs = []
            for _ in range(kills):
                runs.append(_run_and_kill(ground, crawls, server, folder, rng, story))
            runs += _run_to_the_end(crawls, server, folder, story)
        story.charged = refetches(runs, ground.nature)
        story.outcome = check(folder / "output" / "ninhthuan", ground.portal)
        if story.problems:
            story.folder = folder
            (folder / "story.txt").write_text("\n".join([*story.events, story.problems, ""]), "utf-8")
        return story
    finally:
        if story.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def _run_and_kill(
    ground: Ground, crawls: Crawls, server: Server, folder: Path, rng: random.Random, story: Story
) -> Requests:
    """One run that is sent a signal at a random moment of its expected length. Returns what it asked for."""
    before = server.requests
    moment, number = rng.uniform(0, ground.expected(before)), rng.choice(SIGNALS)
    crawl = crawls.start(crawl_command(server.port, folder / "output"), folder / f"run-{len(story.events) + 1}")
    if crawl.ends_within(moment):
        ended = crawls.end(crawl)
        story.missed += 1
        story.wrong += [] if ended.code == 0 else [f"a run that nobody disturbed ended with {ended.code}"]
    else:
        asked = len(server.requests) > len(before)
        crawl.send(number)
        ended = crawls.end(crawl, PATIENCE)
        story.kills[number.name] += 1
        judge_kill(ended, number, asked, story)
    name = f"{number.name} after {moment:.3f} s"
    story.events.append(f"run {len(story.events) + 1}: {name}, {len(before)} requests before: exit code {ended.code}")
    return server.requests[len(before) :]


def judge_kill(ended: Ended, number: signal.Signals, asked: bool, story: Story) -> None:
    """Whether a crawl ended as it should after a signal; 0 is right, too, for it may just have been at its end."""
    if number != signal.SIGKILL and not asked and ended.code == -number:
        story.early += 1
    elif ended.code is None:
        story.wrong.append(f"{number.name}: had not ended after {PATIENCE:g} s")
    elif ended.code not in ((-number, 0) if number == signal.SIGKILL else (STOPPED, 0)):
        story.wrong.append(f"{number.name}: exit code {ended.code}")


def _run_to_the_end(crawls: Crawls, server: Server, folder: Path, story: Story) -> Iterator[Requests]:
    """The last run, and another one, which must find nothing new. Yields what each asked for."""
    for again in (False, True):
        before = len(server.requests)
        kept = {file.name for file in (folder / "output").glob("*/2*.jsonl")}
        ended = crawls.run(crawl_command(server.port, folder / "output"), folder / f"run-{len(story.events) + 1}")
        story.events.append(f"run {len(story.events) + 1}: undisturbed: exit code {ended.code}")
        which = "the run after the last" if again else "the last run"
        story.wrong += [] if ended.code == 0 else [f"{which} ended with {ended.code}"]
        story.wrong += judge_last(folder / "output" / "ninhthuan", kept) if again else []
        yield server.requests[before:]


def judge_last(folder: Path, kept: set[str]) -> list[str]:
    """What is wrong with a run that should have found nothing new; `kept` are the segments that were there before."""
    wrong = [f"{file.name} is new" for file in folder.glob("2*.jsonl") if file.name not in kept]
    try:
        counts = json.loads((folder / "runs.jsonl").read_bytes().splitlines()[-1])["counts"]
        found, stored = counts["found"], counts["stored"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [*wrong, f"the last line of runs.jsonl has no accounts ({error!r})"]
    return wrong + ([f"it took up {found} pages and stored {stored}"] if found or stored else [])


# --- many crawls


def torture_many(ground: Ground, crawls: Crawls, options: argparse.Namespace, tell: Callable[[str], None]) -> Total:
    """All crawls, several at a time."""
    total, started = Total(), time.monotonic()
    with crawls.threads(options.jobs) as pool:
        numbers = range(1, options.crawls + 1)
        jobs = [pool.submit(torture, ground, crawls, number, options.kills, options.seed) for number in numbers]
        for job in as_completed(jobs):
            story = job.result()
            total.add(story)
            if story.problems:
                tell(f"crawl {story.number}: {story.problems}; see {story.folder}")
            if total.crawls % 10 == 0:
                minutes = (time.monotonic() - started) / 60
                tell(f"… {total.crawls} of {options.crawls} in {minutes:.1f} min, {total.failed} failed")
    return total


def _options(args: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Kills crawls at random moments.")
    parser.add_argument("crawls", nargs="?", type=int, default=200, metavar="N", help="so many crawls (200)")
    parser.add_argument("--articles", type=int, default=1000, help="articles of the portal (1000)")
    parser.add_argument("--kills", type=int, default=3, help="kills of each crawl (3)")
    parser.add_argument("--jobs", type=int, default=2, help="crawls at the same time (2)")
    parser.add_argument("--seed", type=int, default=None, help="for the same moments and signals again")
    options = parser.parse_args(args)
    if min(options.crawls, options.articles, options.jobs) < 1 or options.kills < 0:
        parser.error("N, --articles and --jobs are whole numbers from 1, --kills from 0")
    options.seed = random.randrange(10**6) if options.seed is None else options.seed
    return options


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in GRACEFUL:  # once is enough: it is not to be disturbed while it cleans up
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _tell(line: str) -> None:
    print(line, flush=True)


def main(args: Sequence[str] | None = None) -> int:
    """See the module."""
    options = _options(args)
    with ExitStack() as stack:
        stack.enter_context(hearing())
        for number in GRACEFUL:  # all of them end it as Ctrl-C does
            signal.signal(number, _interrupt)
        crawls = stack.enter_context(Crawls())
        try:
            ground = survey(build(articles=options.articles), crawls, options.jobs)
            _tell(f"a crawl takes {ground.whole:.1f} s, one with nothing new {ground.idle:.1f} s; seed {options.seed}")
            total = torture_many(ground, crawls, options, _tell)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            return 130
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    print(total.details)
    print(total.line, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
