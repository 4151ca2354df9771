"""The shapes of printed dates, as patterns: the grammar behind `newscrawl.words.dates`.

Source: field notes, formats.md 1.1 and 1.2. To add a form, add its pattern here and its
strings to `tests/test_dates.py`.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "BRACKETED", "COARSE_SHAPES", "COMMON", "CUT", "DAY_FIRST_SHAPES", "ENGLISH", "ENGLISH_WEEKDAYS", "FOUR_DIGITS",
    "FULL", "ISO", "NUMBER", "OTHER_SHAPES", "TIME_SHAPE", "VIETNAMESE", "WEEKDAY_SHAPE", "WEEKDAY_TAILS",
    "WORD", "YEARLESS",
]  # fmt: skip

# Every number ends where its digits end, so that no pattern can take half of "15" and leave "5/10/2025".
_N = r"[0-9]{1,2}(?![0-9])"
_Y = r"[0-9]{4}(?![0-9])"
_DASH = "[-–—]"
_PAUSE = r"\s?[-–—,;:.|]?\s?"
VIETNAMESE: Final = {
    "mười một": 11, "mười hai": 12, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
ENGLISH: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_EN = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_VI = rf"(?:th(?:[áa]n)?g\s?|th)(?P<m>{_N}|(?:{'|'.join(VIETNAMESE)})(?!\w))"
_NAM = r"n[ăa]m\s?"
WEEKDAY_TAILS: Final = (
    ("2", "hai"), ("3", "ba"), ("4", "tư", "tu"), ("5", "năm", "nam"), ("6", "sáu", "sau"), ("7", "bảy", "bẩy", "bay"),
    ("cn", "nhật", "nhat"),
)  # fmt: skip
ENGLISH_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = (
    r"(?:th[ứu]\s?(?:[2-7]|hai|ba|t[ưu]|n[ăa]m|s[áa]u|b[ảẩa]y)|t\s?[2-7]|cn|ch(?:ủ|u|úa)\s?nh[ậa]t"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)(?!\w)"
)
_GMT = r"(?:gmt|utc)(?:\s?[-+]\s?[0-9]{1,2}(?::?[0-9]{2})?)?(?!\w)"
_ZONE = rf"(?:z(?!\w)|\(?ict(?!\w)\)?|\(\s?{_GMT}\s?\)|{_GMT}|[-+][0-9]{{2}}:?[0-9]{{2}}(?!\w))"
# The time of another zone's clock is none that we know: the day alone is read.
_FOREIGN_ZONE = r"\(?(?:[aecmp][sd]t|et|pt|a[ecw]s?[sd]t|bst|i[sd]t|[jks]st|[cew]es?t|sgt|hkt|msk)(?!\w)"
_HALF = r"(?:sa|ch|am|pm|sáng|chiều|tối)(?!\w)"
_TIME = (
    rf"(?P<hour>{_N})(?:\s?:\s?(?P<min>{_N})(?:\s?:\s?(?P<sec>{_N})(?:[.,][0-9]{{1,9}})?)?"
    rf"|\s?(?:h|g|giờ)(?:\s?(?P<min2>{_N})(?:\s?(?:phút|ph|p)(?!\w))?|(?!\w)))['’′´`]?"
    rf"(?!(?:\s?{_HALF})?\s?(?:trưa|đêm|{_FOREIGN_ZONE}))(?:\s?(?P<half>{_HALF}))?(?:\s?(?P<zone>{_ZONE}))?"
)
# Separators mix ("1/8-2018"), but not a dash before a slash: "2-8/2018" is February to August.
_DAY_FIRST = (
    rf"(?P<d>{_N})\s?(?P<sep>[/.]|{_DASH})\s?(?P<m>{_N})\s?(?P=sep)\s?(?P<y>{_Y})",
    rf"(?P<d>{_N})[/.](?P<m>{_N})[-/.](?P<y>{_Y})",
)
_NAMED_OR_ISO = (
    rf"(?P<y>{_Y})(?P<isosep>[-/.])(?P<m>{_N})(?P=isosep)(?P<d>{_N})",
    rf"(?P<d>{_N})\s?{_VI}\s?[,./-]?\s?(?:{_NAM})?(?P<y>{_Y})",
    rf"{_VI}\s(?:ng[àa]y\s)?(?P<d>{_N})\s?,?\s(?:{_NAM})?(?P<y>{_Y})",
    rf"(?P<d>{_N})(?:st|nd|rd|th)?[\s-](?P<m>{_EN})[.,]?[\s-](?P<y>{_Y})",
    rf"(?P<m>{_EN})\.?\s(?P<d>{_N})(?:st|nd|rd|th)?,?\s(?P<y>{_Y})",
    rf"(?P<y>{_Y})\s?[年년]\s?(?P<m>{_N})\s?[月월]\s?(?P<d>{_N})\s?[日일](?:\s?(?:星期|周)\w)?",
)
# No dates: digits that adjoin (phones, addresses, versions, "5-12/03/2026"), numbers after "số", document numbers.
_BEFORE = (
    rf"(?<!\w)(?<![0-9][/.,:+–—-])(?<!\b[0-9]\s{_DASH}\s)(?<!\b[0-9][0-9]\s{_DASH}\s)(?<!\bsố\s)(?<!\bsố:\s)"
    rf"(?:{_WEEKDAY}{_PAUSE})?(?:(?:vào\s)?lúc\s?:?\s?)?"
)
_BETWEEN = rf"{_PAUSE}\(?(?:{_WEEKDAY}{_PAUSE})?"
_AFTER_DATE = r"(?:T|\s?[-–—,;|]?\s?\(?(?:(?:vào\s)?lúc\s?:?\s?|at\s)?)"
_END = r"(?!\w|[/.:][0-9]|[-–—/]\w)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _unnamed(pattern: str) -> str:
    return re.sub(r"\?P<(?!sep|isosep)\w+>", "?:", pattern)


_ANY_DATE = "|".join(map(_unnamed, _DAY_FIRST + _NAMED_OR_ISO))
FULL: Final = _compiled(
    rf"{_BEFORE}(?:(?P<early>{_unnamed(_TIME)}){_BETWEEN})?(?:ng[àa]y\s?:?\s?)?(?P<date>{_ANY_DATE})"
    rf"(?(early)|(?:{_AFTER_DATE}(?P<late>{_unnamed(_TIME)}))?){_END}"
)
# What most sites print; it is tried first because the whole grammar costs ten times as much.
COMMON: Final = re.compile(
    r"(\()?([0-9]{1,2})([/.-])([0-9]{1,2})\3([0-9]{4})(?:(?:,| -| \|)? ([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2}))?)?"
    r"(?(1)\))"
)
# What pages say to machines: RFC 3339, with the liberties that are taken with it.
ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
DAY_FIRST_SHAPES: Final = tuple(map(_compiled, _DAY_FIRST))
OTHER_SHAPES: Final = tuple(map(_compiled, _NAMED_OR_ISO))
TIME_SHAPE: Final = _compiled(_TIME)
WEEKDAY_SHAPE: Final = _compiled(rf"(?<!\w){_WEEKDAY}")
_PREFIX = (
    r"(?:(?:đăng|tải|cập nhật|xuất bản|phát hành|ngày|lúc|thời gian|posted|published|updated|on|date)(?!\w)"
    r"(?:\s?:)?\s?)*"
    rf"(?:{_WEEKDAY}{_PAUSE})?(?:ngày\s?)?"
)
COARSE_SHAPES: Final = tuple(  # month or year only, and only as the whole text: elsewhere they are numbers of things
    _compiled(rf"{_PREFIX}\(?(?:{shape})\)?[.,;]?")
    for shape in (
        rf"{_VI}\s?[-/.,]?\s?(?:{_NAM})?(?P<y>{_Y})",
        rf"(?P<m>{_N})\s?[/-]\s?(?P<y>{_Y})",
        rf"(?P<y>{_Y})-(?P<m>{_N})",
        rf"(?P<m>{_EN})[.,]?\s(?P<y>{_Y})",
        rf"(?:{_NAM})?(?P<y>{_Y})(?P<m>)",
    )
)
BRACKETED: Final = re.compile(rf"\(\s?({_N})\s?/\s?({_N})\s?\)")
YEARLESS: Final = _compiled(rf"{_PREFIX}({_N})\s?/\s?({_N})[.,;]?")
WORD: Final = re.compile(r"\w+")
NUMBER: Final = re.compile("[0-9]+")
FOUR_DIGITS: Final = re.compile(_Y)
CUT: Final = re.compile(r"\s?[|\[]")
