"""Crawls that are killed at a chosen call, or find the disk full there; and a real disk that gets full.

A few calls of each kind are tried. With NEWSCRAWL_SWEEP=all it is every single one (`make torture`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.crawls import Crawls, Ended, crawl_command, hearing
from tests.faults import Action, Kind, NoCompilerError, Report, Shim
from tests.outcome import Nature, Requests, check, refetches
from tests.replica import Portal, build, serve
from tests.scrapyrun import runs
from tests.torture import ALLOWED, judge_last

pytestmark = pytest.mark.crawl

ALL = os.environ.get("NEWSCRAWL_SWEEP") == "all"
JOBS = 2
LONGEST = 40.0  # seconds for any run here: a crawl takes two
SOON = 5.0  # seconds in which a crawl ends when the disk is full
DISK_FULL = 3  # the exit code
SLOWLY = ("-s", "DOWNLOAD_DELAY=0.002")  # so that the files of turns are written, too
SMALL_DISK = Path(__file__).parent / "faults" / "small_disk.sh"


@dataclass(frozen=True)
class Ground:
    """What all cases have in common. `calls` are those of an undisturbed run."""

    portal: Portal
    shim: Shim
    nature: Nature
    calls: Report
    killed: Path | None = None  # what a killed run left: the cases begin with that
    asked: Requests | None = None  # and what it had asked for


@dataclass(frozen=True)
class Case:
    """The call at which something happens."""

    kind: Kind
    name: str
    n: int
    action: Action

    def __str__(self) -> str:
        return f"{self.action} at {self.kind}{f' of *{self.name}*' if self.name else ''} {self.n}"


# --- the ground


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Shim:
    try:
        return Shim.build(tmp_path_factory.mktemp("shim"))
    except NoCompilerError as error:
        pytest.skip(f"the shim can't be built: {error}")


@pytest.fixture(scope="module", autouse=True)
def _hearing() -> Iterator[None]:
    with hearing():
        yield


@pytest.fixture(scope="module")
def fresh(shim: Shim, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A small portal, and an empty folder to begin with."""
    portal = build(articles=16 if ALL else 40, padding=False)  # there is a case for each call of a crawl
    folder = tmp_path_factory.mktemp("fresh")
    log = ("-s", f"LOG_FILE={folder / 'output' / 'log.txt'}", *SLOWLY)
    (folder / "output").mkdir()
    trace = shim.environment(folder / "output", report=folder / "report", trace=True)
    with serve(portal) as server, Crawls() as crawls:
        first = crawls.run(crawl_command(server.port, folder / "output", *log), folder / "1", trace, LONGEST)
        asked = server.requests
        second = crawls.run(crawl_command(server.port, folder / "output"), folder / "2", seconds=LONGEST)
        assert (first.code, second.code) == (0, 0), first.err + second.err
        nature = Nature.of(portal, asked, server.requests[len(asked) :])
    return Ground(portal, shim, nature, Report.read(folder / "report"))


@pytest.fixture(scope="module")
def interrupted(fresh: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The same, but a run was killed in the middle of a line and of a raw page: what is tried is the run that recovers
    them."""
    folder = tmp_path_factory.mktemp("interrupted")
    (folder / "output").mkdir()
    kill = fresh.shim.environment(
        folder / "output", "write", 8, "kill-before", name=".jsonl.open", report=folder / "r1"
    )
    with serve(fresh.portal) as server, Crawls() as crawls:
        command = crawl_command(server.port, folder / "output")
        assert crawls.run(command, folder / "1", kill, LONGEST).code == -signal.SIGKILL
        asked = server.requests
        for name, torn in ((".jsonl", b'{"format": 1, "id": "ninhthuan:/ch'), (".warc.gz", b"\x1f\x8b\x08\0\0")):
            with open(next(folder.glob(f"output/*/*{name}.open")), "ab") as left:
                left.write(torn)
        killed = Path(shutil.copytree(folder / "output", folder / "killed"))
        trace = fresh.shim.environment(folder / "output", report=folder / "r2", trace=True)
        assert crawls.run(command, folder / "2", trace, LONGEST).code == 0
    return replace(fresh, calls=Report.read(folder / "r2"), killed=killed, asked=asked)


def spread(total: int, most: int) -> list[int]:
    """So many numbers from 1 to `total`, the first and the last among them."""
    if ALL or total <= most:
        return list(range(1, total + 1))
    return sorted({1 + round(step * (total - 1) / max(1, most - 1)) for step in range(most)})


def sweep(
    ground: Ground, cases: Sequence[Case], judge: Callable[[Ground, Crawls, Case, Path], str], folder: Path
) -> None:
    """Try all cases, and tell of those that went wrong."""
    assert cases, "no such call is made"
    with Crawls() as crawls, crawls.threads(JOBS) as pool:
        folders = [folder / str(number) for number in range(len(cases))]
        jobs = [pool.submit(judge, ground, crawls, case, each) for case, each in zip(cases, folders, strict=True)]
        results = [job.result() for job in jobs]
    wrong = [f"{case}: {what}" for case, what in zip(cases, results, strict=True) if what]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong)


def prepared(ground: Ground, folder: Path) -> Path:
    """The output folder of a case."""
    output = folder / "output"
    if ground.killed is not None:
        shutil.copytree(ground.killed, output)
    output.mkdir(parents=True, exist_ok=True)
    return output


def told(hit: str | None, wrong: list[str], folder: Path) -> str:
    """All that is wrong with a case in one text; its folder goes when there is nothing."""
    if not any(wrong):
        shutil.rmtree(folder)
        return ""
    return f"({hit or 'never reached'}) {'; '.join(text for text in wrong if text)}; see {folder}"


# --- killed at a call


def kill(ground: Ground, crawls: Crawls, case: Case, folder: Path) -> str:
    """Kill a run there, run again to the end, and look what is wrong."""
    output, report = prepared(ground, folder), folder / "report"
    variables = ground.shim.environment(output, case.kind, case.n, case.action, name=case.name, report=report)
    asked: list[Requests] = []
    with serve(ground.portal) as server:
        command, ends = crawl_command(server.port, output), []
        for run in range(3 if ALL else 2):
            before = len(server.requests)
            kept = {file.name for file in output.glob("*/2*.jsonl")}
            ends.append(crawls.run(command, folder / str(run), None if run else variables, LONGEST))
            asked.append(server.requests[before:])
    was_hit = Report.read(report).hit
    wrong = [] if ends[0].code == (-signal.SIGKILL if was_hit else 0) else [f"the first run ended with {ends[0].code}"]
    wrong += [f"a later run ended with {end.code}: {end.err[-300:]}" for end in ends[1:] if end.code != 0]
    wrong += judge_last(output / "ninhthuan", kept) if ALL else []
    wrong += [check(output / "ninhthuan", ground.portal).summary]
    earlier = [] if ground.asked is None else [ground.asked]
    charged = refetches([*earlier, *asked], ground.nature)
    if max(charged[: len(earlier) + 1]) > ALLOWED or any(charged[len(earlier) + 1 :]):
        wrong.append(f"pages fetched again: {charged}")
    return told(was_hit, wrong, folder)


def kills(ground: Ground, kind: Kind, name: str, most: int) -> list[Case]:
    """Before and after each call where there are few, else by turns."""
    total = ground.calls.count(kind, name)
    numbers = spread(total, most)
    if total <= 2:
        return [Case(kind, name, n, action) for n in numbers for action in ("kill-before", "kill-after")]
    return [Case(kind, name, n, "kill-after" if n % 2 or n == total else "kill-before") for n in numbers]


@pytest.mark.parametrize(
    ("kind", "name", "most"),
    [
        ("sync", "", 4),
        ("rename", "", 2),
        ("write", "ledger", 4),
        ("write", ".jsonl.open", 2),
        ("any", ".warc.gz.open", 2),
        ("open", "", 3),
        ("unlink", "", 2),
    ],
)
def test_killed_in_a_first_crawl(kind: Kind, name: str, most: int, fresh: Ground, tmp_path: Path) -> None:
    sweep(fresh, kills(fresh, kind, name, most), kill, tmp_path)


@pytest.mark.parametrize(
    ("kind", "name", "most"), [("truncate", "", 1), ("sync", "", 2), ("rename", "", 3), ("write", "ledger", 2)]
)
def test_killed_while_it_recovers(kind: Kind, name: str, most: int, interrupted: Ground, tmp_path: Path) -> None:
    sweep(interrupted, kills(interrupted, kind, name, most), kill, tmp_path)


# --- the disk is full from a call on


def fill(ground: Ground, crawls: Crawls, case: Case, folder: Path) -> str:
    """Let the disk be full from there on, then make room and run again; look what is wrong."""
    output, report = prepared(ground, folder), folder / "report"
    variables = ground.shim.environment(output, case.kind, case.n, case.action, name=case.name, report=report)
    log = ("-s", f"LOG_FILE={output / 'log.txt'}", *SLOWLY) if case.name in ("", "log.txt", "gov.vn") else ()
    with serve(ground.portal) as server:
        full = crawls.run(crawl_command(server.port, output, *log), folder / "1", variables, LONGEST)
        through = whole_run(output / "ninhthuan")
        last = crawls.run(crawl_command(server.port, output), folder / "2", seconds=LONGEST)
    seen = Report.read(report)
    wrong = judge_full(full, seen, through)
    wrong += [f"the next run ended with {last.code}: {last.err[-300:]}"] if last.code != 0 else []
    wrong += [check(output / "ninhthuan", ground.portal).summary]
    return told(seen.hit, wrong, folder)


def whole_run(folder: Path) -> bool:
    """Whether the first run had written all it has to, and only then found the disk full."""
    try:
        return any(run.get("exit_code") == 0 for run in runs(folder))
    except (OSError, ValueError):
        return False


def judge_full(ended: Ended, seen: Report, through: bool) -> list[str]:
    """What is wrong with how a run ended whose disk got full."""
    if seen.hit_at is None or through:
        right = {0} if seen.hit_at is None else {0, DISK_FULL}
        return [] if ended.code in right else [f"ended with {ended.code}, though all was written"]
    wrong = []
    if ended.code is None:
        wrong.append(f"had not ended after {LONGEST:g} s")
    elif ended.code != DISK_FULL:
        wrong.append(f"exit code {ended.code}, not {DISK_FULL}")
    if ended.at - seen.hit_at > SOON:
        wrong.append(f"ended {ended.at - seen.hit_at:.1f} s after the disk was full")
    if "Traceback" in ended.err + ended.out:
        wrong.append("a traceback")
    return wrong


@pytest.mark.parametrize(
    ("kind", "name", "most"),
    [
        ("write", ".jsonl.open", 2),
        ("any", ".warc.gz.open", 2),
        ("write", "ledger", 3),
        ("any", "manifest", 2),
        ("any", "runs.jsonl", 3),
        ("write", "log.txt", 2),
        ("any", "gov.vn", 2),
        ("any", "", 3),
    ],
)
def test_a_full_disk(kind: Kind, name: str, most: int, fresh: Ground, tmp_path: Path) -> None:
    total = fresh.calls.count(kind, name)
    sweep(fresh, [Case(kind, name, n, "full") for n in spread(total, most)], fill, tmp_path)


def test_a_full_disk_while_it_recovers(interrupted: Ground, tmp_path: Path) -> None:
    total = interrupted.calls.count("any")
    numbers = spread(total, 0) if ALL else spread(min(total, 40), 3)  # recovering comes first
    sweep(interrupted, [Case("any", "", n, "full") for n in numbers], fill, tmp_path)


def test_a_full_disk_at_the_log_of_a_run(interrupted: Ground, tmp_path: Path) -> None:
    numbers = spread(interrupted.calls.count("write", "Z.log"), 1)
    sweep(interrupted, [Case("write", "Z.log", n, "full") for n in numbers], fill, tmp_path)


# --- a real disk


def unshared(*command: str) -> list[str]:
    """The command in a name space of its own, where whoever runs this may mount a disk."""
    return ["unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)), *command]


@pytest.fixture(scope="module")
def _may_mount(tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("no small disk here: there is no command unshare")
    folder = tmp_path_factory.mktemp("disk")
    tried = subprocess.run(
        unshared("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)),
        capture_output=True,
        text=True,
        timeout=10,
    )
    if tried.returncode != 0:
        pytest.skip(f"no small disk here: {tried.stderr.strip()}")


@pytest.mark.usefixtures("_may_mount")
@pytest.mark.parametrize("size", ["40k", "400k", "1200k"])
def test_a_disk_that_is_really_full(size: str, tmp_path: Path) -> None:
    portal = build(articles=150, padding=False)
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    with serve(portal) as server, Crawls() as crawls:
        command = ("sh", str(SMALL_DISK), str(disk), size, "64m", str(kept), *crawl_command(server.port, disk))
        ended = crawls.run(unshared(*command), tmp_path / "disk-log", seconds=2 * LONGEST)
    assert ended.code == 0, ended.err
    assert os.listdir(disk) == [], "the disk is still there"
    first, second = ((kept / f"{run}.code").read_text().strip() for run in (1, 2))
    said = (kept / "1.err").read_text("utf-8")
    assert first == str(DISK_FULL), said
    assert "Traceback" not in said
    if size == "1200k":
        lines = next((kept / "1" / "ninhthuan").glob("2*.jsonl*")).read_bytes().count(b"\n")
        assert 10 < lines < 140, "it was not full in the middle"
    assert second == "0", (kept / "2.err").read_text("utf-8")
    assert check(kept / "2" / "ninhthuan", portal).summary == ""
