"""What else a line with a date says: whether it is the publication's, the last change's, or an event's."""

from __future__ import annotations

import re
from typing import Final

from newscrawl.words.bylines import looks_like_name
from newscrawl.words.dates import DateStamp, find_date
from newscrawl.words.text import fold

__all__ = ["dated_title", "is_clock_form", "is_label_of_change", "is_placed", "parted", "says_no_more", "segment_of"]

_WORDS: Final = re.compile(r"[^\W\d_]+")
# What may stand beside a date that is the publication's: words that introduce one, weekdays, months, zones, views.
_DATE_WORDS: Final = frozenset({
    "đăng", "tải", "lúc", "ngày", "giờ", "phút", "thứ", "hai", "ba", "tư", "năm", "sáu", "bảy", "chủ", "nhật", "cập",
    "vào", "xuất", "bản", "đưa", "tin", "viết", "bởi", "tháng", "published", "updated", "posted", "on", "at", "date",
    "by", "gmt", "utc", "ict", "am", "pm", "sa", "ch", "t", "cn", "h", "p", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "est", "edt", "pst",
    "pdt", "cet", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "lượt",
    "xem", "đọc", "tạo", "admin", "views", "lần", "cuối", "sửa", "chỉnh", "đổi", "gần", "nhất", "mới", "last",
    "modified", "edited", "update", "thời", "gian", "phát", "hành", "bình", "luận",
    "comments",
})  # fmt: skip
_EVENT_WORDS: Final = frozenset({"sáng", "trưa", "chiều", "tối", "đêm", "từ", "đến", "hôm"})  # formats.md 1.3
_BARS: Final = re.compile(r"\s\|\s|\s[-–—]\s")
_CHANGE: Final = re.compile(
    r"\(?(?<!\w)(?:(?:ngày|lần|thời gian|giờ)\s)?(?:cập nhật|(?:chỉnh\s)?sửa(?:\sđổi|\schữa)?"
    r"|last\s(?:updated?|modified|edited)|updated?|modified|edited)(?!\w)",
    re.IGNORECASE,
)
_PUBLISHED: Final = re.compile(r"(?<!\w)(?:đăng|xuất bản|phát hành|published|posted)(?!\w)", re.IGNORECASE)
_DIGIT: Final = re.compile(r"[0-9]")
_WEEKDAY: Final = re.compile(r"(?:thứ|chủ nhật|cn,|t[2-7],|\w{3,6}day)", re.IGNORECASE)
_SECONDS: Final = re.compile(r"[0-9]:[0-9]{1,2}:[0-9]")
_LABEL: Final = 30  # characters
_PLACED: Final = re.compile(r"(?P<place>[^\W\d_][^,:|]{1,30}), ngày [0-9]{1,2} tháng [0-9]")
_TITLE_DATE: Final = re.compile(r"(\s?)(\([^()]{8,40}\))$")


def says_no_more(text: str, raw: str) -> bool:
    """Whether a line holds nothing beside `raw`, its date, but words that introduce one, or who wrote it."""
    text = fold(text)
    rest = (text.replace(raw, " ") if raw else text).partition("|")[0].partition("[")[0]
    words = _WORDS.findall(rest.casefold())
    if all(word in _DATE_WORDS for word in words):
        return True
    if is_placed(text):
        return False
    name = rest.strip(" -–—,:()").split()
    while name and name[0].casefold() in _DATE_WORDS:  # "Đăng bởi …"
        del name[0]
    return _EVENT_WORDS.isdisjoint(words) and looks_like_name(" ".join(name))


def is_placed(line: str) -> bool:
    """Whether a line is the place and the day of a letter or a decision, which is older than its publication.

    >>> is_placed("Hà Nội, ngày 10 tháng 3 năm 2026"), is_placed("Thứ Ba, ngày 10 tháng 3 năm 2026")
    (True, False)
    """
    found = _PLACED.match(line)
    return found is not None and _WORDS.findall(found["place"].casefold())[0] not in _DATE_WORDS


def segment_of(line: str, raw: str) -> str:
    """The part of a line that holds `raw`, its date, where bars part it from a category or a source.

    >>> segment_of("Kinh tế - Xã hội | 12/03/2026 10:47", "12/03/2026 10:47")
    '12/03/2026 10:47'
    """
    before, found, after = fold(line).partition(raw)
    return _BARS.split(before)[-1] + found + _BARS.split(after)[0]


def parted(line: str) -> tuple[str, str]:
    """What a line says of the publication, and what of the last change; either may be empty.

    >>> parted("10:47 12/03/2026 (Cập nhật: 13/03/2026)")
    ('10:47 12/03/2026', '(Cập nhật: 13/03/2026)')
    >>> parted("Cập nhật: 13/03/2026"), parted("12/03/2026")
    (('', 'Cập nhật: 13/03/2026'), ('12/03/2026', ''))
    """
    change = _CHANGE.search(line)
    if change is None:
        return line, ""
    if _DIGIT.search(line, 0, change.start()):
        return line[: change.start()].rstrip(" -–—,;|"), line[change.start() :]
    published = _PUBLISHED.search(line, change.end())
    if published and _DIGIT.search(line, change.end(), published.start()):
        return line[published.start() :], line[: published.start()].rstrip(" -–—,;|")
    return "", line


def is_label_of_change(label: str) -> bool:
    """Whether a text in front of a date says that it is the last change's: "Cập nhật lúc:"."""
    return len(label) <= _LABEL and _CHANGE.search(label) is not None and says_no_more(label, "")


def is_clock_form(line: str) -> bool:
    """Whether a line has a weekday and seconds, as scripts print the time of the day; articles hardly have both."""
    return _SECONDS.search(line) is not None and _WEEKDAY.search(line) is not None


def dated_title(title: str) -> tuple[str, DateStamp | None]:
    """A title without the date of publication that a template glued to it, and that date.

    It is one if it has a time of day, or no blank before its bracket; else the title is about that day.

    >>> dated_title("Khai mạc hội chợ(03/02/2019 21:20)")[0], dated_title("Kỷ niệm ngày 3/2 (03/02/2019)")[0]
    ('Khai mạc hội chợ', 'Kỷ niệm ngày 3/2 (03/02/2019)')
    """
    found = _TITLE_DATE.search(title) if title.endswith(")") else None
    stamp = find_date(found[2]) if found else None
    if found is None or stamp is None or stamp.raw != found[2] or not (stamp.has_time or not found[1]):
        return title, None
    return title[: found.start()].rstrip(" -–"), stamp
