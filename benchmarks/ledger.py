"""Starting with a ledger that knows a million addresses: how long it takes, and how much memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.processes import Usage, crawl_site, replica, run
from benchmarks.report import Budget, MeasurementError, Report, Table
from newscrawl.ledger import Entry, Kept, Ledger

__all__ = ["measure"]

_SECONDS: Final = 2.0
_MEGABYTES: Final = 150
_BATCH: Final = 20_000
_STEPS: Final = ("open", "known", "count", "take")


def measure(*, quick: bool) -> Report:
    """Open a ledger of a million pages, all pending and all done; then crawl with it, and without."""
    size = 100_000 if quick else 1_000_000
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, replica(12) as server:
        file = Path(temp) / "full" / "ninhthuan" / "ledger.sqlite"
        file.parent.mkdir(parents=True)
        _note(file, size)
        pending = _openings(file, Path(temp), size)
        _settle(file, size)
        done = _openings(file, Path(temp), 0)
        megabytes = file.stat().st_size / 1e6
        full = crawl_site(server.port, Path(temp) / "full")
        empty = crawl_site(server.port, Path(temp) / "empty")
    columns = ["", *(f"{step} ms" for step in _STEPS), "all ms", "wall s", "peak MB"]
    rows = [
        ["opening, all done", *_cells(done)],
        ["opening, all pending", *_cells(pending)],
        ["scrapy crawl of a tiny site, ledger full", *["-"] * 5, *_life(full)],
        ["scrapy crawl of a tiny site, no ledger", *["-"] * 5, *_life(empty)],
    ]
    table = Table(f"ledger of {size:,} addresses ({megabytes:.0f} MB on disk)", columns, rows)
    table.notes = [
        "open = Ledger(file); known = 100 addresses that are not in it; count = count_carried; take = take_carried(50).",
        "Medians; the file is in the page cache. Wall and peak are those of the whole process, imports included.",
    ]
    return Report([table], _budgets(size, [*done, *pending], full, empty))


def _budgets(size: int, openings: list[dict[str, Any]], full: Usage, empty: Usage) -> list[Budget]:
    slowest = max(one["all"] for one in openings)
    start = max(slowest, full.wall)
    peak = max(full.peak, *(one["peak"] for one in openings)) / 1e6
    more = (full.peak - empty.peak) / 1e6
    return [
        Budget(f"start-up at {size:,} known (opening the ledger)", f"<= {_SECONDS:g} s", _share(slowest), slowest <= 2),
        Budget(
            f"start-up at {size:,} known (a whole tiny crawl)", f"<= {_SECONDS:g} s", _share(start), start <= _SECONDS
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
        found.append({**facts, "wall": used.wall, "peak": used.peak})
    return found


def _cells(openings: list[dict[str, Any]]) -> list[str]:
    steps = [f"{median(one[step] for one in openings) * 1000:.1f}" for step in (*_STEPS, "all")]
    peak = max(one["peak"] for one in openings) / 1e6
    return [*steps, f"{median(one['wall'] for one in openings):.2f}", f"{peak:.0f}"]


def _life(used: Usage) -> list[str]:
    return [f"{used.wall:.2f}", f"{used.peak / 1e6:.0f}"]


# --- a large ledger, made by its own means


def _entries(size: int) -> Iterator[Entry]:
    """Addresses as long as real ones, in no order that an index would like."""
    for number in range(size):
        slug = sha256(str(number).encode()).hexdigest()
        path = f"/chinhquyen/ubnd/pages/hoi-nghi-tong-ket-{slug[:12]}-{slug[12:24]}-{number}.aspx"
        yield Entry(
            path, f"http://www.ninhthuan.gov.vn{path}", found_on="http://www.ninhthuan.gov.vn/", date="2018-08-01"
        )


def _note(file: Path, size: int) -> None:
    ledger = Ledger(file)
    batch: list[Entry] = []
    for entry in _entries(size):
        batch.append(entry)
        if len(batch) == _BATCH:
            ledger.note(batch)
            ledger.commit()
            batch.clear()
    ledger.note(batch)
    ledger.commit()
    ledger.close()


def _settle(file: Path, size: int) -> None:
    """Every page done, with its article kept."""
    ledger = Ledger(file)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number, entry in enumerate(_entries(size)):
        ledger.settle(entry.key, "done")
        ledger.keep_article(f"ninhthuan:{entry.key}", Kept(sha256(entry.key.encode()).hexdigest(), 1), now)
        if number % _BATCH == 0:
            ledger.commit()
    ledger.commit()
    ledger.close()
