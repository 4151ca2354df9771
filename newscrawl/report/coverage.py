"""Small charts of how often a field was found, and how often by a rule of the site or its family, over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from newscrawl.inventory.runhistory import Coverage

__all__ = ["Bar", "FieldChart", "field_charts"]

# Those that `extracted_by` tells of, in the order of the article; without `updated`, which few articles have.
_FIELDS: Final = (
    "category", "title", "lead", "published", "byline", "source", "body", "captions", "related", "tags",
)  # fmt: skip
_MOST_BARS: Final = 48  # months: the last four years


@dataclass(frozen=True, slots=True)
class Bar:
    """One run or month: of `articles`, the shares (0 to 1) with the field, and with the field by rules."""

    period: str
    articles: int
    filled: float
    by_rules: float


@dataclass(frozen=True, slots=True)
class FieldChart:
    """A field over time, oldest first."""

    field: str
    bars: tuple[Bar, ...]

    @property
    def last(self) -> Bar:
        """The newest run or month."""
        return self.bars[-1]

    @property
    def fall(self) -> float:
        """How far the share by rules has fallen below the mean of what was before, 0 to 1."""
        before = [bar.by_rules for bar in self.bars[:-1]]
        return max(sum(before) / len(before) - self.last.by_rules, 0.0) if before else 0.0


def field_charts(coverage: Mapping[str, Coverage]) -> list[FieldChart]:
    """A chart for each field that was ever found. `coverage` is by run or month, oldest first."""
    periods = list(coverage.items())[-_MOST_BARS:]
    return [
        FieldChart(name, tuple(_bar(period, each, name) for period, each in periods))
        for name in _FIELDS
        if any(each.filled[name] for _, each in periods)
    ]


def _bar(period: str, coverage: Coverage, name: str) -> Bar:
    articles = max(coverage.articles, 1)
    shown = period if len(period) == len("2026-03") else f"{period[:4]}-{period[4:6]}-{period[6:8]}"
    filled = min(coverage.filled[name] / articles, 1.0)
    return Bar(shown, coverage.articles, filled, min(coverage.by_rules[name] / articles, filled))
