"""A whole crawl, in CPU, against a bare Scrapy download of the very same pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.processes import Replica, Usage, crawl_site, replica, run
from benchmarks.report import Budget, MeasurementError, Report, Table, spread, times

__all__ = ["measure"]

_LIMIT = 2.5
_Requests = list[tuple[str, str]]


@dataclass(slots=True)
class _Course:
    """One replica with what both contenders used on it, round by round."""

    server: Replica
    folder: Path
    pages: _Requests = field(default_factory=list)
    ours: list[Usage] = field(default_factory=list)
    bare: list[Usage] = field(default_factory=list)
    runs: int = 0

    def prepare(self) -> None:
        """Crawl once, unmeasured: the list of pages for both, and the portal's pages made."""
        self._crawl()
        self.pages = self.server.requests()
        (self.folder / "pages.json").write_text(json.dumps(self.pages), "utf-8")

    def crawl(self) -> None:
        """The ordinary crawl, measured."""
        self.ours.append(self._crawl())
        self._compare("scrapy crawl")

    def download(self) -> None:
        """The bare spider, measured."""
        spider = Path(__file__).with_name("bare.py")
        arguments = ["-a", f"pages={self.folder / 'pages.json'}", "-a", f"port={self.server.port}"]
        argv = ["-m", "scrapy", "runspider", str(spider), *arguments]
        # In a folder without scrapy.cfg: none of the project's settings, and none of its parts.
        self.bare.append(run(argv, folder=self.folder, log=self.folder / "bare.log"))
        self._compare("the bare spider")

    def _crawl(self) -> Usage:
        self.runs += 1
        return crawl_site(self.server.port, self.folder / f"output{self.runs}")

    def _compare(self, who: str) -> None:
        asked = len(self.server.requests())
        if asked != len(self.pages):
            raise MeasurementError(f"{who} asked for {asked} pages, the other for {len(self.pages)}")


def measure(*, quick: bool) -> Report:
    """Both contenders over a large replica and a tiny one, in turns; the tiny one is what starting costs."""
    articles, rounds = (240, 2) if quick else (1000, 4)
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, replica(articles) as big, replica(12) as tiny:
        courses = [_Course(big, Path(temp) / "big"), _Course(tiny, Path(temp) / "tiny")]
        for course in courses:
            course.folder.mkdir()
            course.prepare()
        for number in range(rounds):
            for course in courses:
                for contender in (course.crawl, course.download)[:: -1 if number % 2 else 1]:
                    contender()
    return _report(courses[0], courses[1], articles)


def _report(big: _Course, tiny: _Course, articles: int) -> Report:
    raw = [ours.cpu / bare.cpu for ours, bare in zip(big.ours, big.bare, strict=True)]
    more = len(big.pages) - len(tiny.pages)
    ours = _marginal(big.ours, tiny.ours, more)
    bare = _marginal(big.bare, tiny.bare, more)
    marginal = [one / other for one, other in zip(ours, bare, strict=True)]
    columns = ["CPU", "scrapy crawl", "bare Scrapy", "ratio (spread)"]
    rows = [
        [f"ms a page, {len(big.pages)} pages, start-up included", *_costs(big), spread(raw)],
        [f"ms a page beyond the first {len(tiny.pages)}", _ms(ours), _ms(bare), spread(marginal)],
        [f"s, {len(tiny.pages)} pages: the fixed cost", *_seconds(tiny), spread(_ratio(tiny))],
    ]
    table = Table(f"crawl of {articles} articles, one request at a time, against a bare download", columns, rows)
    table.notes = [
        "User and system time of the crawling process alone, medians of "
        f"{len(raw)} rounds in turns; the portal runs in another process.",
        f"Peak memory of scrapy crawl: {_peak(tiny)} MB over {len(tiny.pages)} pages, {_peak(big)} MB over "
        f"{len(big.pages)}.",
    ]
    return Report(
        [table],
        [
            Budget("crawl, CPU a page, start-up included", f"<= {_LIMIT} x", times(median(raw)), median(raw) <= _LIMIT),
            Budget(
                "crawl, CPU a page, marginal", f"<= {_LIMIT} x", times(median(marginal)), median(marginal) <= _LIMIT
            ),
        ],
    )


def _marginal(big: Sequence[Usage], tiny: Sequence[Usage], more: int) -> list[float]:
    """CPU seconds of each further page, round by round; the start is the median, as it is short and so less sure."""
    start = median(one.cpu for one in tiny)
    return [(one.cpu - start) / more for one in big]


def _ratio(course: _Course) -> list[float]:
    return [ours.cpu / bare.cpu for ours, bare in zip(course.ours, course.bare, strict=True)]


def _costs(course: _Course) -> list[str]:
    return [_ms([one.cpu / len(course.pages) for one in used]) for used in (course.ours, course.bare)]


def _seconds(course: _Course) -> list[str]:
    return [f"{median(one.cpu for one in used):.2f}" for used in (course.ours, course.bare)]


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.2f}"


def _peak(course: _Course) -> int:
    return round(max(one.peak for one in course.ours) / 1e6)
