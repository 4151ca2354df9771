"""Reading a page, against the bare lxml parse of its bytes and against trafilatura."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import thread_time_ns
from typing import Any, Final

import lxml.html
import trafilatura

import newscrawl
from benchmarks.report import Budget, MeasurementError, Report, Table, spread, times
from benchmarks.samples import Sample, real_samples, replica_samples
from newscrawl.loaders import read_article
from newscrawl.reading.pages import Page
from newscrawl.words.errors import NotArticleError

__all__ = ["measure"]

_WARM_UP: Final = 6  # pages read before the clock runs, and not measured
_TRAFILATURA_SWEEPS: Final = 3  # it takes as long as all others together


def _parse(sample: Sample) -> Any:
    return lxml.html.document_fromstring(sample.html)


def _crawl_by_rules(sample: Sample) -> Any:
    return read_article(Page.parse(sample.html, sample.url, fetched_at=sample.fetched_at), sample.site)


def _call_by_rules(sample: Sample) -> Any:
    assert sample.site is not None
    return newscrawl.extract(sample.html, sample.url, site=sample.site.name, fetched_at=sample.fetched_at)


def _crawl_generic(sample: Sample) -> Any:
    return read_article(Page.parse(sample.html, sample.strange_url, fetched_at=sample.fetched_at), None)


def _call_generic(sample: Sample) -> Any:
    return newscrawl.extract(sample.html, sample.strange_url, fetched_at=sample.fetched_at)


def _trafilatura(sample: Sample) -> Any:
    return trafilatura.bare_extraction(sample.html, url=sample.url, with_metadata=True)


# Floor first: all others are told in it. The names are what the table prints.
_PARSE: Final = "bare lxml parse"
_RULES: Final = "crawl: site rules"
_RULES_CALL: Final = "newscrawl.extract(site=...)"
_GENERIC: Final = "crawl: generic layers"
_GENERIC_CALL: Final = "newscrawl.extract(site=None)"
_PEER: Final = "trafilatura.bare_extraction"
_CONTENDERS: Final[dict[str, Callable[[Sample], Any]]] = {
    _PARSE: _parse,
    _RULES: _crawl_by_rules,
    _GENERIC: _crawl_generic,
    _RULES_CALL: _call_by_rules,
    _GENERIC_CALL: _call_generic,
    _PEER: _trafilatura,
}


@dataclass(slots=True)
class _Clocked:
    """What was clocked for one page: nanoseconds per contender, of the first reading and of all."""

    sample: Sample
    first: dict[str, int] = field(default_factory=dict)
    best: dict[str, int] = field(default_factory=dict)

    def ratio(self, contender: str, floor: str = _PARSE) -> float | None:
        """How often the floor's time goes into the contender's, both at their best."""
        if contender not in self.best or floor not in self.best:
            return None
        return self.best[contender] / self.best[floor]

    def first_ratio(self, contender: str) -> float | None:
        """The same for the first reading of the page, when nothing of it was remembered, and its first parse."""
        return self.first[contender] / self.first[_PARSE] if contender in self.first else None


def measure(*, quick: bool) -> Report:
    """Time every contender on every page, turn by turn, and keep each one's best time for each page."""
    replicas = replica_samples(32 if quick else 80)
    pages = [*replicas[_WARM_UP:], *real_samples()]
    for sample in replicas[:_WARM_UP]:
        for name in _CONTENDERS:
            _clock(name, sample)
    clocked = [_Clocked(sample) for sample in pages]
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for sweep in range(4 if quick else 9):
            _sweep(clocked, sweep)
    finally:
        gc.enable()
        gc.unfreeze()
    return Report([_table(clocked)], list(_budgets(clocked)))


def _sweep(clocked: Sequence[_Clocked], sweep: int) -> None:
    """One reading of every page by every contender; who goes first changes from page to page."""
    names = [name for name in _CONTENDERS if name != _PEER or sweep < _TRAFILATURA_SWEEPS]
    for at, page in enumerate(clocked):
        turn = (at + sweep) % len(names) if sweep else 0
        for name in names[turn:] + names[:turn]:
            spent = _clock(name, page.sample)
            if spent is None:
                continue
            page.first.setdefault(name, spent)
            page.best[name] = min(spent, page.best.get(name, spent))
        gc.collect()


def _clock(name: str, sample: Sample) -> int | None:
    """The CPU time of one reading; None for a page that the contender has nothing for. What comes out is thrown away
    inside the clock: freeing a tree is part of reading it."""
    if name in (_RULES, _RULES_CALL) and sample.site is None:
        return None
    contender = _CONTENDERS[name]
    began = thread_time_ns()
    try:
        result = contender(sample)
    except NotArticleError:
        return None
    empty = result is None or (isinstance(result, dict) and "not_article" in result)
    del result
    spent = thread_time_ns() - began
    return None if empty else spent


# --- what is told of it


def _ratios(clocked: Sequence[_Clocked], contender: str, floor: str = _PARSE) -> list[float]:
    ratios = [ratio for page in clocked if (ratio := page.ratio(contender, floor)) is not None]
    if not ratios:
        raise MeasurementError(f"{contender} read none of {len(clocked)} pages")
    return ratios


def _table(clocked: Sequence[_Clocked]) -> Table:
    groups = list(dict.fromkeys(page.sample.group for page in clocked))
    by_group = {group: [page for page in clocked if page.sample.group == group] for group in groups}
    table = Table("extraction, in bare parses of the same page", ["median (8 of 10 pages)", *groups, "all", "first"])
    for name in _CONTENDERS:
        cells = [
            spread([ratio for page in of_group if (ratio := page.ratio(name)) is not None])
            for of_group in by_group.values()
        ]
        firsts = [ratio for page in clocked if (ratio := page.first_ratio(name)) is not None]
        table.rows.append([name, *cells, spread(_ratios(clocked, name)), f"{median(firsts):.2f}"])
    sizes = [len(page.sample.html) // 1000 for page in clocked]
    floors = [
        f"{group}: {median(page.best[_PARSE] for page in of_group) / 1e6:.2f} ms, "
        f"{median(_elements(page.sample) for page in of_group):.0f} elements"
        for group, of_group in by_group.items()
    ]
    missed = {name: sum(name not in page.best for page in clocked) for name in (_GENERIC, _PEER)}
    table.notes = [
        f"{len(clocked)} pages of {min(sizes)} to {max(sizes)} KB. The bare parse, medians:",
        *(f"- {line}" for line in floors),
        "crawl: = Page.parse and read_article with a loaded site, as in a crawl. newscrawl.extract = the library call,",
        "which also finds and reads the site files and makes a dict. The parse is part of every figure.",
        "first = the first reading of each page, before anything of it was remembered, in first parses; one sample.",
        *(f"{name} found no article on {count} of the pages." for name, count in missed.items() if count),
    ]
    return table


def _elements(sample: Sample) -> int:
    return sum(1 for _ in lxml.html.document_fromstring(sample.html).iter())


def _budgets(clocked: Sequence[_Clocked]) -> Iterator[Budget]:
    """The replica's pages and the real ones apart: a real page has more elements, and its floor is higher."""
    limits = ((_RULES, 2.0), (_RULES_CALL, 2.0), (_GENERIC, 3.0), (_GENERIC_CALL, 3.0))
    for kind in dict.fromkeys(page.sample.group.split()[0] for page in clocked):
        of_kind = [page for page in clocked if page.sample.group.startswith(kind)]
        for name, limit in limits:
            ratio = median(_ratios(of_kind, name))
            yield Budget(f"{kind} pages, {name}", f"<= {limit:.1f} parses", times(ratio), ratio <= limit)
        for name in (_RULES, _GENERIC):
            faster = median(_ratios(of_kind, _PEER, name))
            yield Budget(f"{kind} pages, {name} against trafilatura", ">= 5 x", times(faster), faster >= 5)
