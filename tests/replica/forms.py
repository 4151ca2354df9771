"""Printed forms of dates and bylines, each with the reading that is right for it."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .text import Writer

Place = Literal["outside", "last-p", "none"]
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
# A year-less date means the latest such day before the visit, so it is true only for younger articles.
_YEARLESS_DAYS = 330


def clock(now: datetime) -> str:
    """The running date in the page head, which is no article's date."""
    return f"{_WEEKDAYS[now.weekday()]}, ngày {now.day:02d} tháng {now.month:02d} năm {now.year}"


def iso_day(when: datetime) -> str:
    """A date alone: the page prints no time."""
    return when.date().isoformat()


def iso_minute(when: datetime) -> str:
    """A date with minutes, in local time."""
    return when.strftime("%Y-%m-%dT%H:%M+07:00")


def printed_date(form: str, when: datetime) -> tuple[str, str]:
    """What the page prints and what it means, at the precision of the print."""
    day = when.strftime("%d/%m/%Y")
    if form == "dang-ngay":
        return when.strftime("Đăng ngày %d - %m - %Y"), iso_day(when)
    if form == "cap-nhat":
        return f"Ngày cập nhật {day}", iso_day(when)
    if form == "sa-ch":
        half = "CH" if when.hour >= 12 else "SA"
        return f"{day} {(when.hour - 1) % 12 + 1}:{when.minute:02d} {half}", iso_minute(when)
    if form == "unpadded":
        return f"{when.day}/{when.month}/{when.year} {when.hour}:{when.minute}", iso_minute(when)
    return day, iso_day(when)


def beside_link(when: datetime, now: datetime, short: bool) -> str:
    """The date in brackets behind a link; short without year only while that is still true."""
    age = (now.date() - when.date()).days
    return when.strftime("(%d/%m)") if short and 0 <= age < _YEARLESS_DAYS else when.strftime("(%d/%m/%Y)")


def pub_time(when: datetime, rng: random.Random) -> str:
    """A listing's label: the date, a bar, and something else that changes from item to item."""
    tail = rng.choice((when.strftime("%H:%M"), f"Lượt xem: {rng.randint(12, 4000)}", "Ban Biên tập"))
    return f"{when.strftime('%d/%m/%Y')} | {tail}"


@dataclass
class Byline:
    """Who wrote an article and how the page says so; `place` tells where it stands."""

    names: list[str] = field(default_factory=list)
    raw: str | None = None
    source: str | None = None
    place: Place = "none"


def make_byline(writer: Writer) -> Byline:
    """One of the forms in use: a name, two names, a role label, a source with or without a name, or nothing."""
    rng = writer.rng
    place: Place = "outside" if rng.random() < 0.5 else "last-p"
    form = rng.choices(("bare", "role", "two", "source", "both", "none"), (40, 17, 13, 8, 7, 15))[0]
    if form == "none":
        return Byline()
    if form == "source":
        source = writer.office()
        return Byline([], f"(Nguồn: {source})", source, place)
    name, other = writer.pen_name(), writer.pen_name()
    if form == "both":
        source = writer.office()
        return Byline([name], f"{name}\n(Nguồn: {source})", source, place)
    if form == "two" and name != other:
        return Byline([name, other], name + rng.choice((" – ", ", ", " và ", " - ")) + other, None, place)
    if form == "role":
        initials = ".".join(part[0] for part in name.split())
        shown = rng.choice((initials, initials, name))
        return Byline([shown], f"{rng.choice(('Tin, ảnh', 'Tin, ảnh', 'Bài, ảnh', 'Tin'))}: {shown}", None, place)
    return Byline([name], name, None, place)


def credit(writer: Writer) -> str:
    """The tail of a caption that names the photographer."""
    return f". Ảnh: {writer.pen_name()}"


def file_stem(writer: Writer) -> str:
    """The name a clerk gave to a picture file."""
    return writer.rng.choice(("hn", "IMG_", "anh", "tin", "DSC0", "kt")) + str(writer.rng.randint(1, 999))
