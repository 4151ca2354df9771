"""`scrapy replay` over a WARC file, against plain extraction from the same bodies in memory."""

from __future__ import annotations

import gc
import json
import pickle
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
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
from newscrawl.replaying.newset import NewSet
from newscrawl.replaying.rereading import Passage, Reread, Rereader
from newscrawl.replaying.sites import Sites
from newscrawl.replaying.sources import Portion, Source
from newscrawl.replaying.workers import Workers
from newscrawl.warc.reading import Record

__all__ = ["measure"]

_LIMIT: Final = 0.8  # of the pages that plain extraction reads in a CPU second
_TURN: Final = 10  # pages
_JOBS: Final = (1, 2)


def measure(*, quick: bool) -> Report:
    """The replay's own steps in turns with extraction, ten pages each; then whole commands."""
    pages, rounds, commands = (200, 2, 1) if quick else (800, 5, 3)
    samples = replica_samples(pages)
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp:
        folder = Path(temp)
        file = folder / "pages.warc.gz"
        _write(file, samples)
        turns = [_taking_turns(file, samples, folder / str(number)) for number in range(rounds)]
        whole = {jobs: [_command(file, pages, jobs) for _ in range(commands)] for jobs in _JOBS}
    steps, budgets = _steps(turns, pages)
    return Report([steps, _commands(whole, pages)], budgets)


@dataclass(slots=True)
class _Spent:
    """CPU seconds a page: of extraction alone, and of replay; `passing` is what that takes on top where a worker hands
    its results over."""

    plain: float = 0.0
    replay: float = 0.0
    passing: float = 0.0
    _clock: float = field(default_factory=process_time)

    def lap(self) -> float:
        """Seconds since the last call."""
        before, self._clock = self._clock, process_time()
        return self._clock - before


def _taking_turns(file: Path, samples: Sequence[Sample], folder: Path) -> _Spent:
    """A machine that others use, too, changes its pace within seconds; so both take turns every few milliseconds."""
    source = Source(file, file.name, 0, file.stat().st_size)
    portions = _portions(source)
    new = NewSet(folder / "ninhthuan", datetime.now(UTC))
    gc.collect()
    spent = _Spent()
    reader = Rereader([source], Sites([]), {})
    with closing(reader), Workers(1, reader.read):  # which lets both look for garbage as seldom as the command does
        for number, portion in enumerate(portions):
            some = samples[number * _TURN : (number + 1) * _TURN]
            both = [partial(_extract, some, spent), partial(_replay, reader, portion, new, spent)]
            for turn in both[:: -1 if number % 2 else 1]:
                turn()
    stored = new.stored
    new.abandon()
    if stored != len(samples):
        raise MeasurementError(f"the replay stored {stored} of {len(samples)} pages")
    return spent


def _portions(source: Source) -> list[Portion]:
    with open(source.file, "rb") as file:
        records = source.opened(file).records(source.start, source.end)
        starts = [each.offset for each in records if isinstance(each, Record)][:: 2 * _TURN]
    ends = [*starts[1:], source.end]
    return [Portion(0, start, end, exact=True) for start, end in zip(starts, ends, strict=True)]


def _extract(samples: Sequence[Sample], spent: _Spent) -> None:
    spent.lap()
    for sample in samples:
        read_article(Page.parse(sample.html, sample.url, fetched_at=sample.fetched_at), sample.site)
    spent.plain += spent.lap()


def _replay(reader: Rereader, portion: Portion, new: NewSet, spent: _Spent) -> None:
    spent.lap()
    passage = reader.read(portion)
    spent.replay += spent.lap()
    passed = pickle.loads(pickle.dumps(passage))
    assert isinstance(passed, Passage)
    spent.passing += spent.lap()
    for page in passage.found:
        assert isinstance(page, Reread)
        new.take(page)
    spent.replay += spent.lap()


def _steps(turns: Sequence[_Spent], pages: int) -> tuple[Table, list[Budget]]:
    table = Table(
        f"replay of {pages} pages, in turns with extraction alone", ["CPU ms a page", "median", "share of its rate"]
    )
    seconds = {
        "extraction": [each.plain for each in turns],
        "replay": [each.replay for each in turns],
        "replay, result passed between processes": [each.replay + each.passing for each in turns],
    }
    budgets = []
    for name, used in seconds.items():
        shares = [floor / each for floor, each in zip(seconds["extraction"], used, strict=True)]
        table.rows.append([name, f"{median(used) / pages * 1e3:.2f}", spread(shares)])
        if name != "extraction":
            budgets.append(Budget(name, f">= {_LIMIT} x", times(median(shares)), median(shares) >= _LIMIT))
    table.notes = [
        "extraction = Page.parse and read_article over the bodies in memory. A replay unpacks, reads, validates,",
        "deduplicates and writes.",
    ]
    return table, budgets


# --- whole commands


def _command(file: Path, pages: int, jobs: int) -> float:
    """CPU seconds of the command with its workers."""
    output = file.parent / f"output-{jobs}"
    argv = ["-m", "scrapy", "replay", str(file), "-j", str(jobs), "-s", f"OUTPUT_DIR={output}"]
    used = run(argv, folder=ROOT, log=file.with_name("replay.log"))
    manifest = max(output.glob("*/replays/*/*.manifest.json"))
    stored = json.loads(manifest.read_bytes())["counts"]["stored"]
    if stored != pages:
        raise MeasurementError(f"the replay stored {stored} of {pages} pages")
    return used.cpu


def _commands(whole: dict[int, list[float]], pages: int) -> Table:
    rows = [
        [f"scrapy replay -j {jobs}", f"{median(used):.1f}", f"{pages / median(used):.0f}"]
        for jobs, used in whole.items()
    ]
    return Table(f"replay of {pages} pages as a command, start included", ["", "CPU s", "pages a CPU s"], rows)


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
