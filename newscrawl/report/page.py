"""The page itself: its templates, and how numbers, shares and times are written in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment

from newscrawl.inventory.completeness import Fates, Listing
from newscrawl.report.coverage import field_charts
from newscrawl.report.document import style_of, templates_of
from newscrawl.report.drawing import draw_chart, draw_heat_map, draw_trend
from newscrawl.report.gathering import SiteFigures
from newscrawl.report.health import Level, ago, health
from newscrawl.report.heatmap import grids
from newscrawl.report.months import month_rows
from newscrawl.report.proofs import proof_in_words
from newscrawl.report.readable import readable, web_address

__all__ = ["render"]

_MOST_LISTINGS: Final = 24
_STATES: Final = ("found", "failed", "gone")
_STYLE: Final = Path(__file__).with_name("style.css")


def render(sites: Sequence[SiteFigures], now: datetime) -> str:
    """The report over `sites`, as it is at `now`: a whole HTML document."""
    template = _environment().get_template("page.html")
    healths = {figures.name: health(figures, now) for figures in sites}
    return template.render(
        sites=sites,
        healths=healths,
        bad_names=[name for name, each in healths.items() if each.level == Level.BAD],
        totals={state: sum(each.view.count(state) for each in sites if each.view) for state in _STATES},
        now=now,
        **style_of(_STYLE),
    )


@cache
def _environment() -> Environment:
    environment = templates_of("newscrawl.report")
    environment.globals.update(
        ago=ago,
        draw_chart=draw_chart,
        draw_heat_map=draw_heat_map,
        draw_trend=draw_trend,
        fate_names=[each.name for each in fields(Fates)],
        field_charts=field_charts,
        grids=grids,
        largest=_largest,
        month_rows=month_rows,
        proof_in_words=proof_in_words,
        readable=readable,
        web_address=web_address,
    )
    environment.filters.update(number=_number, share=_share, moment=_moment, day=_day)
    return environment


def _largest(listings: Sequence[Listing]) -> tuple[Sequence[Listing], Sequence[Listing]]:
    """The listings that get a line of their own, and the others. Those that are broken come before large ones."""
    first = sorted(listings, key=lambda each: each.proof.state != "broken")
    return first[:_MOST_LISTINGS], first[_MOST_LISTINGS:]


def _number(value: int) -> str:
    return f"{value:,}"


def _share(value: float) -> str:
    """A share in full percent; what is not all is not shown as all, nor something as nothing.

    >>> _share(0.998), _share(0.001), _share(1.0)
    ('99 %', '1 %', '100 %')
    """
    percent = round(value * 100)
    if percent == 100 and value < 1:
        percent = 99
    return f"{1 if percent == 0 and value > 0 else percent} %"


def _moment(value: datetime | str | None) -> str:
    """A time, UTC, with the day of the week. A text that is no time stays as it is.

    >>> _moment("2026-03-14T02:00:00+00:00")
    'Sat 2026-03-14 02:00'
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    return f"{value.astimezone(UTC):%a %Y-%m-%d %H:%M}" if value else ""


def _day(value: str | None) -> str:
    """The day of an article, with the day of the week where it is known.

    >>> _day("2018-08-01T18:21+07:00"), _day("2018-08")
    ('Wed 2018-08-01', '2018-08')
    """
    try:
        return f"{date.fromisoformat((value or '')[:10]):%a %Y-%m-%d}"
    except ValueError:
        return value or "no date"
