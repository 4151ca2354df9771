"""Dates as Vietnamese news pages print them: pure reading, no clock and no network.

The shapes and the rules R1 to R9 are those of the field notes, formats.md 1.1, 1.2 and 1.5. One rule stands above all:
a date that is not printed beyond doubt is None, because a missing date is seen and mended and a wrong one is not.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, NamedTuple

from newscrawl.words.date_shapes import (
    BRACKETED,
    COARSE_SHAPES,
    COMMON,
    CUT,
    DAY_FIRST_SHAPES,
    ENGLISH,
    ENGLISH_WEEKDAYS,
    FOUR_DIGITS,
    FULL,
    ISO,
    NUMBER,
    OTHER_SHAPES,
    TIME_SHAPE,
    VIETNAMESE,
    WEEKDAY_SHAPE,
    WEEKDAY_TAILS,
    WORD,
    YEARLESS,
)
from newscrawl.words.datestamp import VIETNAM, DateStamp, Precision, is_ahead, is_now
from newscrawl.words.month_names import day_by_month_name
from newscrawl.words.text import fold

__all__ = [
    "VIETNAM", "DateStamp", "Precision", "date_from_parts", "find_date", "is_ahead", "is_now", "read_date",
]  # fmt: skip

_YEARS: Final = range(1945, 2101)  # nothing older than the republic; a later year is a typing error
_MAX_OTHER_WORDS: Final = 12  # a by-line has fewer words beside its date, a sentence has more
_LONGEST: Final = 2000  # characters of what may be a date with all that stands around it, blanks included
_SHORTEST_FULL: Final = 7  # characters: "(19/02)" has too few for a year; "1/8/2018" has one more


class _Clock(NamedTuple):
    hour: int
    minute: int
    second: int | None
    zone: timezone
    american: bool  # seconds and AM/PM: the mark of a US locale (R2)


def read_date(text: str, *, seen_at: datetime | None = None) -> DateStamp | None:
    """The date that `text` states: the text of a date element, an attribute or a JSON value. None if there is none.

    Day first (R1, R2); no zone is +07:00 (R3); `raw` ends before what follows `|` or `[` (R4); a day without a year
    is the latest one not after `seen_at` (R6; a naive one is Vietnam time), without it None. Impossible, contradicting
    and relative dates, two-digit years, years outside 1945 to 2100 and sentences are None. Never raises. Source:
    field notes, formats.md 1.5.

    >>> read_date("Thứ tư, 22/10/2025, 19:25 (GMT+7)").isoformat()
    '2025-10-22T19:25+07:00'
    >>> read_date("(19/02)", seen_at=datetime(2019, 2, 20, tzinfo=VIETNAM)).isoformat()
    '2019-02-19'
    >>> read_date("31/02/2018"), read_date("(19/02)"), read_date("2 giờ trước")
    (None, None, None)
    """
    if len(text) > _LONGEST:
        return None
    if stamp := _read_common(text):
        return stamp
    text = fold(text)
    first = FULL.search(text)
    head = _head(text, first.end() if first else 1)
    if len(WORD.findall(FULL.sub(" ", head))) > _MAX_OTHER_WORDS:
        return None
    stamp = _agreed(head) if first else _read_coarse(head) or _read_yearless(head, seen_at) or _read_by_month_name(head)
    return replace(stamp, raw=head) if stamp else None


def find_date(line: str, *, seen_at: datetime | None = None) -> DateStamp | None:
    """The one full date printed somewhere in a short line such as a list entry or a by-line. None if there is none.

    A line with two different dates is prose and gives None. Month or year alone are not looked for; a day without a
    year counts in brackets, or as the whole line, and is resolved as by `read_date`. Never raises. `raw` is the
    matched part with its brackets. Source: field notes, formats.md 1.1 to 1.3.

    >>> find_date("Hội nghị tổng kết(03/02/2019 21:20)").raw
    '(03/02/2019 21:20)'
    >>> find_date("Từ ngày 11/7/2020 đến 15/7/2020")
    """
    if len(line) > _LONGEST:
        return None
    if stamp := _read_common(line):
        return stamp
    text = fold(line)
    if len(text) > _SHORTEST_FULL and FULL.search(text):
        return _agreed(text)
    return _read_yearless(text, seen_at)


def date_from_parts(y: str | int, m: str | int, d: str | int | None = None) -> DateStamp | None:
    """The day, or without `d` the month, that parts of an address name; None if they name none. Never raises.

    `raw` is the parts as given, joined by hyphens. Source: field notes, formats.md 1.4.

    >>> date_from_parts("2024", "4", "25").isoformat(), date_from_parts(2025, "08").isoformat()
    ('2024-04-25', '2025-08')
    >>> date_from_parts(2024, 13)
    """
    given = [str(part) for part in (y, m, d) if part is not None]
    if not all(re.fullmatch("[0-9]{1,4}", part) for part in given):
        return None
    raw = "-".join(given)
    if d is None:
        return _stamp(int(y), int(m), raw=raw, precision="month")
    return _stamp(int(y), int(m), int(d), raw=raw)


def _stamp(
    year: int, month: int = 1, day: int = 1, clock: _Clock | None = None, *, raw: str, precision: Precision = "day"
) -> DateStamp | None:
    if year not in _YEARS:
        return None
    try:
        if clock is None:
            return DateStamp(datetime(year, month, day, tzinfo=VIETNAM), precision, raw)
        when = datetime(year, month, day, clock.hour, clock.minute, clock.second or 0, tzinfo=clock.zone)
    except ValueError:  # the 31st of February, hour 25
        return None
    return DateStamp(when, "minute" if clock.second is None else "second", raw)


def _read_common(text: str) -> DateStamp | None:
    text = text.strip()
    found = COMMON.fullmatch(text)
    if not found:
        return _read_iso(text) if text[4:5] == "-" else None
    _, day, _, month, year, hour, minute, second = found.groups()
    if hour is None:
        return _stamp(int(year), int(month), int(day), raw=found[0])
    clock = _Clock(int(hour), int(minute), int(second) if second else None, VIETNAM, american=False)
    return _stamp(int(year), int(month), int(day), clock, raw=found[0])


def _read_iso(text: str) -> DateStamp | None:
    found = ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, printed = found.groups()
    zone = _zone(printed)
    if hour is None or zone is None:
        return _stamp(int(year), int(month), int(day), raw=text) if hour is None else None
    clock = _Clock(int(hour), int(minute), int(second) if second else None, zone, american=False)
    return _stamp(int(year), int(month), int(day), clock, raw=text)


def _head(text: str, start: int) -> str:
    """What stands before the first `|` or `[` behind `start` (R4)."""
    cut = CUT.search(text, start)
    return text[: cut.start()] if cut else text


def _agreed(text: str) -> DateStamp | None:
    """The most precise of the full dates in `text`, if none is impossible and all say the same."""
    best: DateStamp | None = None
    for found in FULL.finditer(text):
        stamp = _read_full(found)
        if stamp is None or (best and not best.agrees_with(stamp)):
            return None
        if best is None or stamp.is_finer_than(best):
            best = stamp
    return best


def _read_full(found: re.Match[str]) -> DateStamp | None:
    printed, time, raw = found["date"], found["early"] or found["late"], _bracketed(found)
    clock = _read_clock(time) if time else None
    if time and clock is None:
        return None
    for shape in DAY_FIRST_SHAPES:
        if parts := shape.fullmatch(printed):
            year, first, second = int(parts["y"]), int(parts["d"]), int(parts["m"])
            order = _ordered(year, first, second, clock, raw)
            return _stamp(year, *order, clock, raw=raw) if order else None
    for shape in OTHER_SHAPES:
        if parts := shape.fullmatch(printed):
            return _stamp(int(parts["y"]), _month(parts["m"]), int(parts["d"]), clock, raw=raw)
    return None


def _ordered(year: int, first: int, second: int, clock: _Clock | None, raw: str) -> tuple[int, int] | None:
    """Month and day of two printed numbers: day first, but for what R2 excepts; None if neither order is a day."""
    if not (clock and clock.american) and _stamp(year, second, first, raw=raw):
        return second, first
    possible = [order for order in ((second, first), (first, second)) if _stamp(year, *order, raw=raw)]
    weekday = _weekday(raw)
    fitting = [order for order in possible if weekday in (None, date(year, *order).weekday())]
    if clock and clock.american:
        return next(reversed(fitting or possible), None)
    return fitting[0] if fitting else None


def _weekday(text: str) -> int | None:
    """Monday is 0, as in the standard library."""
    if not (found := WEEKDAY_SHAPE.search(text)):
        return None
    name = found[0].lower()
    for number, tails in enumerate(WEEKDAY_TAILS):
        if name.endswith(tails):
            return number
    return ENGLISH_WEEKDAYS.index(name[:3]) if name[:3] in ENGLISH_WEEKDAYS else None


def _read_clock(printed: str) -> _Clock | None:
    found = TIME_SHAPE.fullmatch(printed)
    zone = _zone(found["zone"]) if found else None
    if not found or zone is None or ((found["zone"] or "").startswith("-") and not found["sec"]):
        return None  # "08:30-10:30" is no time zone
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    minute = int(found["min"] or found["min2"] or 0)
    second = int(found["sec"]) if found["sec"] else None
    american = second is not None and half in ("am", "pm") and 1 <= hour <= 12
    if half in ("ch", "pm", "chiều", "tối"):
        hour += 12 if hour < 12 else 0
    elif half:
        hour = 0 if hour == 12 else hour if hour < 12 else 25  # "13:30 AM" contradicts itself: no hour
    return _Clock(hour, minute, second, zone, american)


@lru_cache(maxsize=64)
def _zone(printed: str | None) -> timezone | None:
    """The offset that is printed, +07:00 if none is; None if there is no such offset."""
    if not printed:
        return VIETNAM
    if "ict" in printed.lower():
        return VIETNAM
    digits = "".join(NUMBER.findall(printed))
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits or 0), 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if "-" in printed else offset)


def _month(printed: str) -> int:
    if printed.isdigit():
        return int(printed)
    name = printed.lower()
    return VIETNAMESE.get(name) or ENGLISH.get(name[:3], 0)  # 0: re ignores more case ("ſep") than lower() folds


def _bracketed(found: re.Match[str]) -> str:
    """The matched text with the round brackets that it stands in, or that it left open."""
    text, start, end = found.string, found.start(), found.end()
    if text[end : end + 1] == ")":
        if found[0].count("(") > found[0].count(")"):
            end += 1
        elif text[:start].endswith("("):
            start, end = start - 1, end + 1
    return text[start:end]


def _read_coarse(text: str) -> DateStamp | None:
    for shape in COARSE_SHAPES:
        if found := shape.fullmatch(text):
            if found["m"]:
                return _stamp(int(found["y"]), _month(found["m"]), raw=text, precision="month")
            return _stamp(int(found["y"]), raw=text, precision="year")
    return None


def _read_yearless(text: str, seen_at: datetime | None) -> DateStamp | None:
    """The latest such day that is not after `seen_at` (R6)."""
    if seen_at is None:
        return None
    return _latest(text, (seen_at.astimezone(VIETNAM) if seen_at.tzinfo else seen_at).date())


@lru_cache(maxsize=1024)  # the same ten days stand under every article of a site
def _latest(text: str, seen: date) -> DateStamp | None:
    found = list(BRACKETED.finditer(text)) or [whole for whole in [YEARLESS.fullmatch(text)] if whole]
    if len({match.groups() for match in found}) != 1:
        return None
    day, month = map(int, found[0].groups())
    for year in range(seen.year, seen.year - 9, -1):  # 29 February may lie eight years back (2096 to 2104)
        stamp = _stamp(year, month, day, raw=found[0][0])
        if stamp and stamp.day <= seen:
            return stamp
    return None


def _read_by_month_name(text: str) -> DateStamp | None:
    """Month words in an order that the shapes lack; a time of day beside them must be one."""
    times = list(TIME_SHAPE.finditer(text))
    clock = _read_clock(times[0][0]) if times else None
    day = day_by_month_name(TIME_SHAPE.sub(" ", text), "vi") if FOUR_DIGITS.search(text) else None
    if day is None or len(times) > 1 or (times and clock is None):
        return None
    return _stamp(day.year, day.month, day.day, clock, raw=text)
