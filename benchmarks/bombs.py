"""Pages made to be slow (`tests/bombs.py`), read at full size: time, memory, and what is said of them.

Each page is read in a process of its own, by the general rules, by those of two sites, as a listing of both, and drawn
(`scrapy show --html`). A page that takes longer than the limit of the system's patience is ended and said to be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from resource import RUSAGE_SELF, getrusage
from time import process_time
from typing import Any, Final

import lxml.html

from benchmarks.report import Budget, MeasurementError, Report, Table
from newscrawl.extraction import extract, site_named
from newscrawl.picture.page import render
from newscrawl.reading.discovery import article_links, menu_links
from newscrawl.reading.pages import Page
from newscrawl.reading.paging import names_next, next_page
from tests.bombs import BOMBS, FRAMES, Bomb, Frame

__all__ = ["measure", "ways_of"]

_WHEN: Final = datetime.fromisoformat("2026-11-24T10:00:00+07:00")
_PATIENCE: Final = 120  # seconds
_SECONDS: Final = 2.0  # of any way of reading a page
_MEGABYTES: Final = 250  # at most, of the whole process
_RATIO: Final = 50  # bare parses; asked of what takes longer than _NOTHING
_NOTHING: Final = 0.5  # seconds
_READING: Final = ("plain", "ninhthuan", "baocantho", "ninhthuan, listing", "baocantho, listing")  # in a crawl


def measure(*, quick: bool) -> Report:
    """Read each bomb; with `quick` at a tenth of its size."""
    figures = {name: _in_a_process(name, 0.1 if quick else 1.0) for name in BOMBS}
    table = Table(
        "bombs: CPU milliseconds of each way to read a page",
        ["page", "bytes", "parse", *_READING, "picture", "MB", "warnings"],
    )
    for name, row in figures.items():
        cells = [f"{row['bytes']:,}", _ms(row["parse"]), *(_ms(row[way]) for way in (*_READING, "picture"))]
        table.rows.append([name, *cells, str(row["peak"]), str(len(row["warnings"]))])
    return Report([table], list(_budgets(figures)))


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f}"


def _budgets(figures: dict[str, dict[str, Any]]) -> Iterator[Budget]:
    longest = {name: max(row[way] for way in _READING) for name, row in figures.items()}
    slowest = max(longest, key=lambda name: longest[name])
    took = longest[slowest]
    yield Budget("longest reading of a page", f"<= {_SECONDS:.0f} s", f"{took:.2f} s ({slowest})", took <= _SECONDS)
    largest = max(figures, key=lambda name: figures[name]["peak"])
    peak = figures[largest]["peak"]
    yield Budget("peak memory of a process", f"<= {_MEGABYTES} MB", f"{peak} MB ({largest})", peak <= _MEGABYTES)
    limits = {name: max(_NOTHING, _RATIO * row["parse"]) for name, row in figures.items() if row["parse"]}
    over = [name for name, limit in limits.items() if longest[name] > limit]
    yield Budget(f"over {_RATIO} parses and {_NOTHING} s", "none", ", ".join(over) or "none", not over)


def _in_a_process(name: str, share: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.bombs", name, str(share)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
    except subprocess.SubprocessError as error:
        raise MeasurementError(f"{name}: {error}") from error
    row: dict[str, Any] = json.loads(done.stdout)
    return row


# --- in the process of one page


def ways_of(bomb: Bomb, share: float) -> dict[str, Callable[[], list[str]]]:
    """The ways to read a page, each as a call that gives the warnings."""
    plain, *sites = (frame for frame in FRAMES.values())
    pages = {frame.name: bomb.page(frame, share) for frame in FRAMES.values()}
    ways: dict[str, Callable[[], list[str]]] = {
        frame.name: (lambda frame=frame: _article(pages[frame.name], frame)) for frame in FRAMES.values()
    }
    ways |= {f"{site.name}, listing": (lambda site=site: _listing(pages[site.name], site)) for site in sites}
    record = extract(pages[plain.name], plain.url, fetched_at=_WHEN)
    ways["picture"] = lambda: _picture(record, pages[plain.name])
    return ways


def _article(body: bytes, frame: Frame) -> list[str]:
    found: list[str] = extract(body, frame.url, site=frame.site, fetched_at=_WHEN)["warnings"]
    return found


def _listing(body: bytes, frame: Frame) -> list[str]:
    assert frame.site is not None
    site = site_named(frame.site)
    page = Page.parse(body, frame.url, fetched_at=_WHEN)
    article_links(page, site)
    menu_links(page, site)
    next_page(page, site)
    names_next(page, site)
    return page.warnings


def _picture(record: dict[str, Any], body: bytes) -> list[str]:
    render(record, body, fetched_at=_WHEN)
    return []


def _clocked(call: Callable[[], Any]) -> float:
    began = process_time()
    call()
    return process_time() - began


def main() -> None:
    """Print the figures of one page as JSON."""
    bomb, share = BOMBS[sys.argv[1]], float(sys.argv[2])
    warnings: dict[str, None] = {}
    row: dict[str, Any] = {"bytes": len(bomb.page(FRAMES["plain"], share)), "parse": None}
    for name, way in ways_of(bomb, share).items():
        row[name] = _clocked(lambda way=way: warnings.update(dict.fromkeys(way())))  # type: ignore[misc]
    row["peak"] = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    if not bomb.endless:
        body = bomb.page(FRAMES["plain"], share)
        row["parse"] = _clocked(lambda: lxml.html.document_fromstring(body))
    row["warnings"] = list(warnings)
    print(json.dumps(row))


if __name__ == "__main__":
    main()
