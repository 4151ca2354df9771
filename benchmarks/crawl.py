"""A whole crawl, with and without raw pages, in CPU, against a bare Scrapy download of the very same pages."""

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
    """One replica with what the contenders used on it, round by round."""

    server: Replica
    folder: Path
    pages: _Requests = field(default_factory=list)
    ours: list[Usage] = field(default_factory=list)
    without: list[Usage] = field(default_factory=list)  # raw pages
    bare: list[Usage] = field(default_factory=list)
    runs: int = 0

    def prepare(self) -> None:
        """Crawl once, unmeasured: the list of pages for all, and the portal's pages made."""
        self._crawl()
        self.pages = self.server.requests()
        (self.folder / "pages.json").write_text(json.dumps(self.pages), "utf-8")

    def crawl(self) -> None:
        """The ordinary crawl, measured."""
        self.ours.append(self._crawl())
        self._compare("scrapy crawl")

    def crawl_without(self) -> None:
        """The same without raw pages, measured."""
        self.without.append(self._crawl("-s", "RAW_PAGES=off"))
        self._compare("scrapy crawl without raw pages")

    def download(self) -> None:
        """The bare spider, measured."""
        spider = Path(__file__).with_name("bare.py")
        arguments = ["-a", f"pages={self.folder / 'pages.json'}", "-a", f"port={self.server.port}"]
        argv = ["-m", "scrapy", "runspider", str(spider), *arguments]
        # In a folder without scrapy.cfg: none of the project's settings, and none of its parts.
        self.bare.append(run(argv, folder=self.folder, log=self.folder / "bare.log"))
        self._compare("the bare spider")

    def on_disk(self) -> tuple[float, float]:
        """Bytes of an article: of its line, and of its raw page."""
        folder = self.folder / "output1" / "ninhthuan"  # of the crawl that prepared
        lines, pages = (b"".join(file.read_bytes() for file in folder.glob(name)) for name in ("2*.jsonl", "2*.gz"))
        articles = lines.count(b"\n")
        return len(lines) / articles, len(pages) / articles

    def _crawl(self, *options: str) -> Usage:
        self.runs += 1
        return crawl_site(self.server.port, self.folder / f"output{self.runs}", *options)

    def _compare(self, who: str) -> None:
        asked = len(self.server.requests())
        if asked != len(self.pages):
            raise MeasurementError(f"{who} asked for {asked} pages, the other for {len(self.pages)}")


def measure(*, quick: bool) -> Report:
    """All contenders over a large replica and a tiny one, in turns; the tiny one is what starting costs."""
    articles, rounds = (240, 2) if quick else (500, 9)
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, replica(articles) as big, replica(12) as tiny:
        courses = [_Course(big, Path(temp) / "big"), _Course(tiny, Path(temp) / "tiny")]
        for course in courses:
            course.folder.mkdir()
            course.prepare()
        for number in range(rounds):
            for course in courses:
                contenders = (course.crawl, course.crawl_without, course.download)
                for contender in contenders[:: -1 if number % 2 else 1]:
                    contender()
        return _report(courses[0], courses[1], articles)


def _report(big: _Course, tiny: _Course, articles: int) -> Report:
    whole = _ratio(big.ours, big.bare)
    more = len(big.pages) - len(tiny.pages)
    ours, without, bare = (
        _marginal(large, small, more)
        for large, small in ((big.ours, tiny.ours), (big.without, tiny.without), (big.bare, tiny.bare))
    )
    marginal = [one / other for one, other in zip(ours, bare, strict=True)]
    marginal_without = [one / other for one, other in zip(without, bare, strict=True)]
    columns = ["CPU", "scrapy crawl", "RAW_PAGES=off", "bare Scrapy", "ratio (spread)", "off: ratio (spread)"]
    rows = [
        [f"ms a page, {len(big.pages)} pages, start-up included", *_costs(big), *_ratios(big)],
        [
            f"ms a page beyond the first {len(tiny.pages)}",
            *(_ms(each) for each in (ours, without, bare)),
            *(spread(each) for each in (marginal, marginal_without)),
        ],
        [f"s, {len(tiny.pages)} pages: the fixed cost", *_seconds(tiny), *_ratios(tiny)],
    ]
    table = Table(f"crawl of {articles} articles, one request at a time, against a bare download", columns, rows)
    line, page = big.on_disk()
    table.notes = [
        "User and system time of the crawling process alone, medians of "
        f"{len(whole)} rounds in turns; the portal runs in another process.",
        f"Peak memory of scrapy crawl: {_peak(tiny)} MB over {len(tiny.pages)} pages, {_peak(big)} MB over "
        f"{len(big.pages)}.",
        f"On disk, an article: line {line / 1000:.1f} KB, raw page {page / 1000:.1f} KB (the replica sends no gzip).",
    ]
    return Report(
        [table],
        [
            Budget(
                "crawl, CPU a page, start-up included", f"<= {_LIMIT} x", times(median(whole)), median(whole) <= _LIMIT
            ),
            Budget(
                "crawl, CPU a page, marginal", f"<= {_LIMIT} x", times(median(marginal)), median(marginal) <= _LIMIT
            ),
        ],
    )


def _marginal(big: Sequence[Usage], tiny: Sequence[Usage], more: int) -> list[float]:
    """CPU seconds of each further page, round by round; the start is the median, as it is short and so less sure."""
    start = median(one.cpu for one in tiny)
    return [(one.cpu - start) / more for one in big]


def _ratio(ours: Sequence[Usage], bare: Sequence[Usage]) -> list[float]:
    return [one.cpu / other.cpu for one, other in zip(ours, bare, strict=True)]


def _ratios(course: _Course) -> list[str]:
    return [spread(_ratio(used, course.bare)) for used in (course.ours, course.without)]


def _contenders(course: _Course) -> tuple[list[Usage], ...]:
    return course.ours, course.without, course.bare


def _costs(course: _Course) -> list[str]:
    return [_ms([one.cpu / len(course.pages) for one in used]) for used in _contenders(course)]


def _seconds(course: _Course) -> list[str]:
    return [f"{median(one.cpu for one in used):.2f}" for used in _contenders(course)]


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.2f}"


def _peak(course: _Course) -> int:
    return round(max(one.peak for one in course.ours) / 1e6)
