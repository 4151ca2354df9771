"""Calendar heat maps: a row for each year, a cell for each month, and a mark where a month is missing.

A hole is a month without articles between months with some. It is marked, not only coloured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from newscrawl.inventory.holdings import OTHER

__all__ = ["LEVELS", "Cell", "Grid", "Row", "grids", "heat_grid"]

LEVELS: Final = 4  # shades for months with articles
_MOST_YEARS: Final = 25  # rows; what is older is one row
_MOST_GRIDS: Final = 24  # categories; the others are put together
_EMPTY_YEARS: Final = 3  # so many empty years in a row, and more, are one row
_NAMED_HOLES: Final = 6

Months = Mapping[str | None, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One month (YYYY-MM). `level` is 0 for none, up to `LEVELS`."""

    month: str
    number: int
    level: int
    hole: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A year; or, without cells, several years and what is to be said of them."""

    label: str
    cells: tuple[Cell, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The heat map of a category, the newest year first. `unknown` articles have no known month, `later` one that is
    still to come; `most` is how many the month with most has."""

    title: str
    total: int
    rows: tuple[Row, ...]
    holes: tuple[str, ...]
    unknown: int
    later: int
    most: int
    language: str

    @property
    def summary(self) -> str:
        """The map in words."""
        parts = [_articles(self.total)]
        if self.holes:
            named = ", ".join(self.holes[:_NAMED_HOLES])
            rest = len(self.holes) - _NAMED_HOLES
            holes = f"{len(self.holes)} empty month{'' if len(self.holes) == 1 else 's'}"
            parts.append(f"{holes}: {named}{f' and {rest} more' if rest > 0 else ''}")
        if self.unknown:
            parts.append(f"{self.unknown:,} without a known month")
        if self.later:
            parts.append(f"{self.later:,} dated in the future")
        return "; ".join(parts)


def grids(months: Counter[tuple[str | None, str | None]], now: datetime) -> tuple[Grid, list[Grid]]:
    """The heat map of a site, and those of its largest categories; the rest is put together in the last one."""
    whole: Counter[str | None] = Counter()
    by_category: dict[str | None, Counter[str | None]] = {}
    for (category, month), number in months.items():
        whole[month] += number
        by_category.setdefault(category, Counter())[month] += number
    largest = sorted(by_category.items(), key=lambda pair: (-pair[1].total(), pair[0] or ""))
    named = [pair for pair in largest if pair[0] != OTHER]
    shown, rest = named[:_MOST_GRIDS], named[_MOST_GRIDS:] + [pair for pair in largest if pair[0] == OTHER]
    found = [heat_grid(category, counts, now) for category, counts in shown]
    if rest:
        together = sum((counts for _, counts in rest), Counter())
        found.append(heat_grid("all other categories", together, now, "en"))
    return heat_grid("all categories", whole, now, "en"), found


def heat_grid(title: str | None, months: Months, now: datetime, language: str = "vi") -> Grid:
    """The heat map of some articles, counted by month; without a title they have no category."""
    if title is None:
        title, language = "without a category", "en"
    this = f"{now:%Y-%m}"
    known = {month: number for month, number in months.items() if month is not None and number and month <= this}
    unknown = months.get(None, 0)
    total = sum(months.values())
    first, last = (min(known), max(known)) if known else (this, this)
    most = max(known.values(), default=0)
    years = [
        tuple(_cell(f"{year:04}-{month:02}", known, (first, last), most) for month in range(1, 13))
        for year in range(int(first[:4]), int(last[:4]) + 1)
    ]
    holes = tuple(cell.month for cells in years for cell in cells if cell.hole) if known else ()
    rows = tuple(_rows(years))[::-1] if known else ()
    return Grid(title, total, rows, holes, unknown, total - unknown - sum(known.values()), most, language)


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


def _cell(month: str, known: Mapping[str, int], span: tuple[str, str], most: int) -> Cell:
    number = known.get(month, 0)
    return Cell(month, number, _level(number, most), not number and span[0] < month < span[1])


def _level(number: int, most: int) -> int:
    """The shade: in which quarter of the month with most it lies."""
    return ceil(number / most * LEVELS) if number else 0


def _rows(years: list[tuple[Cell, ...]]) -> Iterator[Row]:
    """The newest years, and in one row what is older, and each long time without any article."""
    older, shown = years[:-_MOST_YEARS], years[-_MOST_YEARS:]
    if older:
        number = sum(cell.number for cells in older for cell in cells)
        yield Row(_span(older), text=_articles(number))
    empty: list[tuple[Cell, ...]] = []
    for cells in [*shown, ()]:
        if cells and not any(cell.number for cell in cells):
            empty.append(cells)
            continue
        if len(empty) >= _EMPTY_YEARS:
            yield Row(_span(empty), text="no article")
        else:
            yield from (Row(each[0].month[:4], each) for each in empty)
        empty = []
        if cells:
            yield Row(cells[0].month[:4], cells)


def _span(years: list[tuple[Cell, ...]]) -> str:
    first, last = years[0][0].month[:4], years[-1][0].month[:4]
    return first if first == last else f"{first}–{last}"
