"""What the measurements are printed as: tables, budgets, medians with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

__all__ = ["Budget", "MeasurementError", "Report", "Table", "print_budgets", "spread", "times"]


class MeasurementError(Exception):
    """A contender did not do what it was measured for: its figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One limit of the design and what was measured against it."""

    name: str
    limit: str
    measured: str
    kept: bool


@dataclass(slots=True)
class Table:
    """Rows under a heading; the first column is text, the others stand to the right."""

    title: str
    columns: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def print(self) -> None:
        """Write the table to standard output."""
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        print(f"\n== {self.title}\n")
        for row in (self.columns, ["-" * width for width in widths], *self.rows):
            first, *others = (
                cell.rjust(width) if at else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            print("  ".join([first, *others]).rstrip())
        for note in self.notes:
            print(f"  {note}")


@dataclass(slots=True)
class Report:
    """What one section gives: its tables, and the budgets that it can speak of."""

    tables: list[Table] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)


def times(value: float) -> str:
    """A ratio: `1.94 x`."""
    return f"{value:.2f} x"


def spread(values: Sequence[float]) -> str:
    """The median, and between which ratios eight of ten lie (all of them, where there are few)."""
    if not values:
        return "-"
    ends = quantiles(values, n=10, method="inclusive") if len(values) >= 10 else [min(values), max(values)]
    return f"{median(values):.2f} ({ends[0]:.2f}-{ends[-1]:.2f})"


def print_budgets(budgets: Sequence[Budget]) -> None:
    """Write the last section."""
    rows = [[one.name, one.limit, one.measured, "kept" if one.kept else "exceeded"] for one in budgets]
    Table("budgets", ["budget", "limit", "measured", "verdict"], rows).print()
