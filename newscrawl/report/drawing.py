"""The shapes of the charts, as SVG paths: one path for all marks of a kind keeps the page small. Units are pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from newscrawl.inventory.runhistory import PastRun
from newscrawl.report.coverage import FieldChart
from newscrawl.report.heatmap import LEVELS, Grid

__all__ = ["Chart", "HeatMap", "Trend", "draw_chart", "draw_heat_map", "draw_trend"]

_LABEL: Final = 58  # for the years
_STEP_X: Final = 18
_STEP_Y: Final = 16
_TOP: Final = 14  # for the months
_CELL: Final = "h16v14h-16z"
_CROSS: Final = "l8 8m0 -8l-8 8"

_CHART_WIDTH: Final = 240
_CHART_HEIGHT: Final = 48

_RUN_STEP: Final = 13
_RUN_HEIGHT: Final = 26


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`shades` are the months with articles, from few to many; `none` those outside of the time of the category;
    `holes` boxes and `crosses` those missing within it. `labels` stand at the left, `texts` in rows without cells."""

    width: int
    height: int
    shades: tuple[str, ...]
    none: str
    holes: str
    crosses: str
    labels: tuple[tuple[int, str], ...]
    texts: tuple[tuple[int, str], ...]
    months: tuple[tuple[int, int], ...]


def draw_heat_map(grid: Grid) -> HeatMap:
    """The shapes of a heat map."""
    shades = [""] * (LEVELS + 1)
    holes = crosses = ""
    labels, texts = [], []
    for number, row in enumerate(grid.rows):
        y = _TOP + number * _STEP_Y
        labels.append((y + 11, row.label))
        if not row.cells:
            texts.append((y + 11, row.text))
        for month, cell in enumerate(row.cells):
            x = _LABEL + month * _STEP_X
            if cell.hole:
                holes += f"M{x} {y}{_CELL}"
                crosses += f"M{x + 4} {y + 3}{_CROSS}"
            else:
                shades[cell.level] += f"M{x} {y}{_CELL}"
    width, height = _LABEL + 12 * _STEP_X, _TOP + len(grid.rows) * _STEP_Y
    months = tuple((_LABEL + month * _STEP_X + 8, month + 1) for month in range(12))
    none, *filled = shades
    return HeatMap(width, height, tuple(filled), none, holes, crosses, tuple(labels), tuple(texts), months)


@dataclass(frozen=True, slots=True)
class Chart:
    """`by_rules` are the bars of what rules found, `others` those of the layers behind them, on top."""

    width: int
    height: int
    by_rules: str
    others: str


def draw_chart(chart: FieldChart) -> Chart:
    """The shapes of a field's chart."""
    step = min(_CHART_WIDTH / len(chart.bars), 24)
    width = max(step - 1, 1)
    by_rules = others = ""
    for number, bar in enumerate(chart.bars):
        x, low = number * step, bar.by_rules * _CHART_HEIGHT
        high = bar.filled * _CHART_HEIGHT - low
        if low:
            by_rules += f"M{x:.1f} {_CHART_HEIGHT}h{width:.1f}v{-low:.1f}h{-width:.1f}z"
        if high:
            others += f"M{x:.1f} {_CHART_HEIGHT - low:.1f}h{width:.1f}v{-high:.1f}h{-width:.1f}z"
    return Chart(_CHART_WIDTH, _CHART_HEIGHT, by_rules, others)


@dataclass(frozen=True, slots=True)
class Trend:
    """The last runs: bars for the articles stored, and under each run that was not complete its exit code."""

    width: int
    height: int
    bars: str
    codes: tuple[tuple[int, str], ...]
    words: str


def draw_trend(runs: Sequence[PastRun]) -> Trend:
    """The shapes of the last runs. Bars grow with the root of the number: a first run stores a thousand times as many
    articles as the next."""
    most = max((run.stored for run in runs), default=0)
    bars, codes = "", []
    for number, run in enumerate(runs):
        x = number * _RUN_STEP
        height = round(sqrt(run.stored / most) * (_RUN_HEIGHT - 1)) + 1 if run.stored else 1
        bars += f"M{x + 1} {_RUN_HEIGHT}h10v-{height}h-10z"
        if run.exit_code != 0:
            codes.append((x + 6, "×" if run.exit_code is None else str(run.exit_code)))
    told = [f"{run.stored} ({'killed' if run.exit_code is None else run.exit_code})" for run in runs]
    words = f"The last {len(runs)} runs, oldest first: articles stored, and exit code: {', '.join(told)}"
    return Trend(max(len(runs), 1) * _RUN_STEP, _RUN_HEIGHT + 13, bars, tuple(codes), words)
