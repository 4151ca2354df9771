"""`scrapy replay` over a WARC file, against plain extraction from the same bodies in memory."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.processes import ROOT, run
from benchmarks.report import Budget, MeasurementError, Report, Table, spread, times
from benchmarks.samples import Sample, replica_samples
from newscrawl.loaders import read_article
from newscrawl.reading.pages import Page

__all__ = ["measure"]

_LIMIT: Final = 0.8  # of the pages that plain extraction reads in a CPU second
_FEW: Final = 12  # pages of the small file, which shows what starting and ending cost
_JOBS: Final = (1, 2)


def measure(*, quick: bool) -> Report:
    """Extraction, and replays by one and by two processes, in turns; CPU time of all processes together."""
    pages, rounds = (200, 2) if quick else (800, 5)
    samples = replica_samples(pages)
    plain: list[float] = []
    spent: dict[int, list[tuple[float, float]]] = {jobs: [] for jobs in _JOBS}
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp:
        folder = Path(temp)
        _write(folder / "many.warc.gz", samples)
        _write(folder / "few.warc.gz", samples[:_FEW])
        for number in range(rounds):
            turns = [lambda: plain.append(_extract(samples))]
            turns += [lambda jobs=jobs: spent[jobs].append(_replay(folder, len(samples), jobs)) for jobs in _JOBS]
            for turn in turns[:: -1 if number % 2 else 1]:
                turn()
    beyond = len(samples) - _FEW
    marginal = {f"-j {jobs}": [each / beyond for each in _marginal(used)] for jobs, used in spent.items()}
    return _report({"extraction": plain, **marginal}, len(samples))


def _marginal(used: Sequence[tuple[float, float]]) -> list[float]:
    """What the pages beyond the first few took, round by round; the start is the median, as it is short and so less
    sure."""
    start = median(few for _, few in used)
    return [many - start for many, _ in used]


def _extract(samples: Sequence[Sample]) -> float:
    """CPU seconds a page."""
    gc.collect()
    began = process_time()
    for sample in samples:
        read_article(Page.parse(sample.html, sample.url, fetched_at=sample.fetched_at), sample.site)
    return (process_time() - began) / len(samples)


def _replay(folder: Path, pages: int, jobs: int) -> tuple[float, float]:
    """CPU seconds for all pages, and for the first few."""
    return _cpu(folder, "many", pages, jobs), _cpu(folder, "few", _FEW, jobs)


def _cpu(folder: Path, name: str, pages: int, jobs: int) -> float:
    output = folder / f"{name}-{jobs}"
    argv = ["-m", "scrapy", "replay", str(folder / f"{name}.warc.gz"), "-j", str(jobs), "-s", f"OUTPUT_DIR={output}"]
    used = run(argv, folder=ROOT, log=folder / "replay.log")
    manifest = max(output.glob("*/replays/*/*.manifest.json"))
    stored = json.loads(manifest.read_bytes())["counts"]["stored"]
    if stored != pages:
        raise MeasurementError(f"the replay stored {stored} of {pages} pages")
    return used.cpu


def _write(file: Path, samples: Sequence[Sample]) -> None:
    with open(file, "wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        for sample in samples:
            fields = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(sample.html)))]
            answer = writer.create_warc_record(
                sample.url,
                "response",
                payload=BytesIO(sample.html),
                http_headers=StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": sample.fetched_at.isoformat()},
            )
            head = StatusAndHeaders("GET / HTTP/1.1", [("Host", "example.org")], is_http_request=True)
            writer.write_request_response_pair(
                writer.create_warc_record(sample.url, "request", http_headers=head), answer
            )


def _report(spent: dict[str, list[float]], pages: int) -> Report:
    plain = spent["extraction"]
    table = Table(
        f"replay of {pages} pages, against extraction alone", ["pages a CPU second", "median", "share of extraction"]
    )
    budgets = []
    for name, seconds in spent.items():
        shares = [floor / each for floor, each in zip(plain, seconds, strict=True)]
        table.rows.append([name, f"{1 / median(seconds):.0f}", spread(shares)])
        if name != "extraction":
            share = median(shares)
            budgets.append(
                Budget(f"replay {name}, pages a CPU second", f">= {_LIMIT} x", times(share), share >= _LIMIT)
            )
    table.notes = [
        "extraction = Page.parse and read_article over the bodies in memory. A replay unpacks, reads, validates,",
        "deduplicates and writes; CPU time of all its processes together, without what starting and ending cost.",
    ]
    return Report([table], budgets)
