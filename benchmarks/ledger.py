"""Starting with a ledger that knows a million addresses: how long it takes, and how much memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.processes import Replica, Usage, crawl_site, replica, run
from benchmarks.report import Budget, MeasurementError, Report, Table
from newscrawl.keeping.ledger import Ledger

__all__ = ["measure"]

_SECONDS: Final = 2.0
_MEGABYTES: Final = 150
_STEPS: Final = ("open", "known", "count", "take")


def measure(*, quick: bool) -> Report:
    """Open a ledger of a million pages, all pending and all done; then crawl with it, and with a tiny one."""
    size = 100_000 if quick else 1_000_000
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, replica(12) as server:
        file = Path(temp) / "full" / "ninhthuan" / "ledger.sqlite"
        file.parent.mkdir(parents=True)
        _note(file, size)
        pending = _openings(file, Path(temp), size)
        _settle(file)
        done = _openings(file, Path(temp), 0)
        megabytes = file.stat().st_size / 1e6
        full, empty = _crawls(server, Path(temp))
    columns = ["", *(f"{step} ms" for step in _STEPS), "all ms", "CPU s", "wall s", "peak MB"]
    rows = [
        ["opening, all done", *_cells(done)],
        ["opening, all pending", *_cells(pending)],
        ["scrapy crawl, nothing new, ledger full", *["-"] * 5, *_life(full)],
        ["scrapy crawl, nothing new, ledger tiny", *["-"] * 5, *_life(empty)],
    ]
    table = Table(f"ledger of {size:,} addresses ({megabytes:.0f} MB on disk)", columns, rows)
    table.notes = [
        "open = Ledger(file); known = 100 strange addresses; count = count_carried; take = take_carried(50).",
        "Medians; the file is in the page cache. Wall and peak are those of the whole process, imports included.",
    ]
    return Report([table], _budgets(size, [*done, *pending], full, empty))


def _budgets(size: int, openings: list[dict[str, Any]], full: list[Usage], empty: list[Usage]) -> list[Budget]:
    slowest = max(one["all"] for one in openings)
    start = median(one.wall for one in full)
    peak = max(*(one.peak for one in full), *(one["peak"] for one in openings)) / 1e6
    more = (median(one.peak for one in full) - median(one.peak for one in empty)) / 1e6
    return [
        Budget(f"start-up at {size:,} known (opening the ledger)", f"<= {_SECONDS:g} s", _share(slowest), slowest <= 2),
        Budget(
            f"start-up at {size:,} known (scrapy crawl, nothing new)",
            f"<= {_SECONDS:g} s",
            _share(start),
            start <= _SECONDS,
        ),
        Budget(
            f"peak memory at {size:,} known",
            f"<= {_MEGABYTES} MB",
            f"{peak:.0f} MB, {more:+.0f} by the ledger",
            peak <= _MEGABYTES,
        ),
    ]


def _share(seconds: float) -> str:
    return f"{seconds:.2f} s ({seconds / _SECONDS:.0%} of it)"


def _openings(file: Path, temp: Path, expected: int) -> list[dict[str, Any]]:
    """Three openings, each in a process of its own."""
    found = []
    for _ in range(3):
        used = run(["-m", "benchmarks.opening", str(file)], folder=temp, log=temp / "opening.log")
        facts = json.loads(used.output)
        if facts["pending"] != expected or facts["taken"] != min(expected, 50) or facts["strangers"]:
            raise MeasurementError(f"the ledger gave {facts}, {expected} pending pages were expected")
        found.append({**facts, "wall": used.wall, "cpu": used.cpu, "peak": used.peak})
    return found


def _cells(openings: list[dict[str, Any]]) -> list[str]:
    steps = [f"{median(one[step] for one in openings) * 1000:.1f}" for step in (*_STEPS, "all")]
    peak = max(one["peak"] for one in openings) / 1e6
    seconds = [f"{median(one[name] for one in openings):.2f}" for name in ("cpu", "wall")]
    return [*steps, *seconds, f"{peak:.0f}"]


def _life(used: list[Usage]) -> list[str]:
    seconds = [f"{median(values):.2f}" for values in ([one.cpu for one in used], [one.wall for one in used])]
    return [*seconds, f"{max(one.peak for one in used) / 1e6:.0f}"]


def _crawls(server: Replica, temp: Path) -> tuple[list[Usage], list[Usage]]:
    """Whole runs that find nothing new on a tiny site, with the large ledger and with one of its own, in turns."""
    folders = [temp / "full", temp / "empty"]
    for folder in folders:  # the first run fetches the articles
        crawl_site(server.port, folder)
    rounds = [[crawl_site(server.port, folder) for folder in folders] for _ in range(5)]
    return [full for full, _ in rounds], [empty for _, empty in rounds]


# --- a large ledger: the schema is the ledger's own, the rows are made by SQL, for a million calls take a minute


_SLUG: Final = "printf('/chinhquyen/ubnd/pages/hoi-nghi-tong-ket-cong-tac-dan-van-chinh-quyen-%08d.aspx', i * 10)"
_PAGES: Final = f"""
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO page (key, url, via, depth, found_on, date)
SELECT {_SLUG}, 'http://www.ninhthuan.gov.vn' || {_SLUG}, 'listing', 0,
       'http://www.ninhthuan.gov.vn/chinhquyen/ubnd/Pages/Kinh-te.aspx', '2018-08-01' FROM n
"""
_ARTICLES: Final = """
INSERT INTO article (id, hash, revision, run)
SELECT 'ninhthuan:' || key, printf('%064x', seq), 1, '20180801T000000Z' FROM page ORDER BY key
"""


def _note(file: Path, size: int) -> None:
    """So many pages found and not yet fetched."""
    Ledger(file).close()
    with _unsafe(file) as db:
        db.execute(_PAGES, (size,))


def _settle(file: Path) -> None:
    """Every page done, with its article kept."""
    with _unsafe(file) as db:
        db.execute("UPDATE page SET state = 'done'")
        db.execute(_ARTICLES)


@contextmanager
def _unsafe(file: Path) -> Iterator[sqlite3.Connection]:
    """The file without a journal: nothing is lost when making it is cut short."""
    db = sqlite3.connect(file, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        yield db
    finally:
        db.close()
