"""The dates that people read on a page: beside the title, right behind the body, above the title. Source: field notes,
formats.md 1.5 (R5) and traps 8, 25, 26, 31."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from newscrawl.reading.dated_lines import DatedLine, Printed
from newscrawl.reading.readable import Survey
from newscrawl.words.date_addresses import date_in_picture
from newscrawl.words.date_lines import is_clock_form
from newscrawl.words.dates import VIETNAM, DateStamp, date_from_parts, find_date, is_ahead
from newscrawl.words.month_names import day_by_month_name
from newscrawl.words.text import fold
from newscrawl.words.tree import Element, TextRun

__all__ = ["printed_dates"]

_NEAR: Final = 12  # runs above a body whose title was not found
_ABOVE: Final = 4  # runs above the title
_BEHIND: Final = 3  # runs behind the body
_MOST: Final = 20  # dated runs, or pictures, looked at in one place; an article has one or two dates
_FOREIGN: Final = 2  # runs that are tried as dates of another language


def printed_dates(survey: Survey, fetched_at: datetime | None) -> Printed:
    """Between title and body, else right behind the body, else above the title.

    Related links have dates too, and above the title stand clocks: there a date of the day of the fetch does not count,
    and without a time of fetch none does.
    """
    start = survey.title_at if survey.title_at is not None else survey.body_starts - _NEAR
    lists = [heading.at for heading in survey.headings if heading.at > survey.body_ends]
    end = min([survey.body_ends + _BEHIND, *lists])
    near = [run for run in survey.dates if start <= run.at <= survey.body_starts + 1][:_MOST]
    if survey.title_at is None:  # the page's head may be among them
        near = [run for run in sorted(near, key=lambda run: -run.at) if not is_clock_form(run.text)]
    behind = [run for run in survey.dates if survey.body_ends < run.at <= end]
    lines = [DatedLine(run, survey) for run in near]
    found = _first(line.dates(fetched_at) for line in lines)
    if found.published and found.changed:
        return found
    last = _first(DatedLine(run, survey).dates(fetched_at) for run in behind)
    if found.published or found.changed:
        return Printed(found.published, found.changed or last.changed)
    if last.published or last.changed:
        return last
    above = [run for run in survey.dates if start - _ABOVE <= run.at < start]
    return Printed(_above(above, survey, fetched_at) or _by_month_name(near, survey, fetched_at))


def _first(found: Iterator[Printed]) -> Printed:
    """The first date of each kind; a finer form of it, as in an attribute beside the text, takes its place."""
    best = Printed()
    for each in found:
        best = Printed(_finer(best.published, each.published), _finer(best.changed, each.changed))
    return best


def _finer(one: DateStamp | None, other: DateStamp | None) -> DateStamp | None:
    """The other, if it is finer and agrees; or if it has the same hours, and knows that they are of another zone."""
    if one is None or other is None:
        return one or other
    if other.is_finer_than(one) and other.agrees_with(one):
        return other
    hours = [stamp.when.replace(second=0, tzinfo=None) for stamp in (one, other)]
    return other if one.has_time and other.has_time and hours[0] == hours[1] and other.when.utcoffset() else one


def _above(runs: Sequence[TextRun], survey: Survey, fetched_at: datetime | None) -> DateStamp | None:
    """The nearest date above the title that is no clock: not that of the fetch, not in a clock's form, and not older
    than a picture of the article, as a clock that stands still may be."""
    if fetched_at is None:
        return None
    today = fetched_at.astimezone(VIETNAM).date()
    for run in reversed(runs):
        stated = find_date(run.text)
        if stated is None or stated.day == today or is_clock_form(run.text):
            continue
        said = DatedLine(run, survey).dates(fetched_at)
        stamp = said.published or said.changed
        if stamp and not any(stamp.is_before(picture) for picture in _pictures(survey.body)):
            return stamp
    return None


def _pictures(body: Element | None) -> Iterator[DateStamp]:
    """The days in the addresses of a body's pictures."""
    for image in islice(body.iter("img"), _MOST) if body is not None else ():
        if stamp := date_in_picture(image.get("src") or ""):
            yield stamp


def _by_month_name(near: Sequence[TextRun], survey: Survey, fetched_at: datetime | None) -> DateStamp | None:
    """A day with the name of a month in the page's language, for pages in others than Vietnamese and English."""
    root = survey.body.getroottree().getroot() if survey.body is not None and near else None
    language = (root.get("lang") or "").split("-")[0].lower() if root is not None else ""
    if language in ("", "vi", "en"):
        return None
    for run in near[:_FOREIGN]:
        raw = fold(run.text)
        day = day_by_month_name(raw, language)
        stamp = (
            date_from_parts(day.year, day.month, day.day)
            if day and not DatedLine(run, survey).is_another_things()
            else None
        )
        if stamp and not is_ahead(stamp, fetched_at):
            return DateStamp(stamp.when, stamp.precision, raw)
    return None
