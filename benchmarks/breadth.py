"""All bundled sites in one `scrapy crawlall`, three times: fresh, with nothing new, with ten new articles on each site.

Each site's pages are those of its family under its own hosts (`tests/papers.py`), so that listings and ways of paging
are those of the sites. What is told is what an archive of all provinces costs a night.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.processes import ROOT, Usage, run
from benchmarks.report import Budget, MeasurementError, Report, Table
from tests.papers import SITES, Press
from tests.replica import Server, serve
from tests.scrapyrun import articles

__all__ = ["measure"]

_NEW: Final = 10  # articles for each site before the third run
_PER_ARTICLE: Final = 1.2  # requests
_POLL: Final = 0.05  # seconds between two looks at the memory of all processes
_QUICK: Final = 8  # sites of a first look


@dataclass(frozen=True, slots=True)
class _Run:
    """What one run over all sites asked for, stored and used. `memory` is that of all its processes together."""

    requests: int
    listings: int
    stored: int
    used: Usage
    memory: int


def measure(*, quick: bool) -> Report:
    """Crawl all sites three times, and count."""
    names = sorted(file.stem for file in SITES.glob("*.toml"))[: _QUICK if quick else None]
    press = Press(names)
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, serve(press) as server:  # type: ignore[arg-type]
        output = Path(temp)
        fresh = _crawl(server, output, press)
        again = _crawl(server, output, press)
        for paper in press.papers.values():
            paper.more(_NEW)
        later = _crawl(server, output, press)
    if later.stored != _NEW * len(names):
        raise MeasurementError(f"the third run stored {later.stored} articles, not {_NEW * len(names)}")
    table = Table(
        f"{len(names)} sites in one crawlall",
        ["run", "requests", "listing pages", "a site", "articles", "CPU ms a request", "seconds", "memory MB"],
    )
    for name, each in (("fresh", fresh), ("nothing new", again), (f"{_NEW} new on each site", later)):
        table.rows.append([name, *_cells(each, len(names))])
    table.notes = [
        "CPU: user and system time of coordinator and workers, their start included. Memory: of all of them together,",
        "at its highest. The sites' pages are small, and come from loopback without delay.",
    ]
    return Report([table], [_per_article(later)])


def _cells(each: _Run, sites: int) -> list[str]:
    return [
        str(each.requests),
        str(each.listings),
        f"{each.listings / sites:.1f}",
        str(each.stored),
        f"{each.used.cpu / each.requests * 1000:.2f}",
        f"{each.used.wall:.1f}",
        f"{each.memory / 1e6:.0f}",
    ]


def _per_article(later: _Run) -> Budget:
    each = (later.requests - later.listings) / later.stored
    name = "all sites, requests for each new article, without listing pages and robots.txt"
    return Budget(name, f"<= {_PER_ARTICLE}", f"{each:.2f}", each <= _PER_ARTICLE)


def _crawl(server: Server, output: Path, press: Press) -> _Run:
    names = list(press.papers)
    before = sum(_stored(output, name) for name in names)
    server.clear()
    options = {"CONNECT_TO": f"127.0.0.1:{server.port}", "OUTPUT_DIR": output, "RETRY_TIMES": 0}
    argv = ["-m", "scrapy", "crawlall", *(part for key, value in options.items() for part in ("-s", f"{key}={value}"))]
    with _watched() as peak:
        used = run([*argv, *names], folder=ROOT, log=output / "crawlall.log")
    stored = sum(_stored(output, name) for name in names) - before
    asked = [each for each in server.requests if each[1] != "/robots.txt"]
    return _Run(len(asked), sum(press.is_listing(*each) for each in asked), stored, used, max(peak))


def _stored(output: Path, name: str) -> int:
    return sum(1 for _ in articles(output / name)) if (output / name).is_dir() else 0


@contextmanager
def _watched() -> Iterator[list[int]]:
    """The memory of all processes below this one, looked at until the block is left, in bytes (Linux only)."""
    seen, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(_POLL):
            seen.append(sum(map(_memory, _descendants(os.getpid()))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _descendants(pid: int) -> list[int]:
    try:
        told = Path(f"/proc/{pid}/task").glob("*/children")
        children = [int(each) for file in told for each in file.read_text("ascii").split()]
    except OSError:
        return []
    return children + [each for child in children for each in _descendants(child)]


def _memory(pid: int) -> int:
    """What a process holds now, without what it shares (PSS), in bytes; 0 where the system doesn't tell."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii", "replace")
    except OSError:
        return 0
    line = next((line for line in told.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024
