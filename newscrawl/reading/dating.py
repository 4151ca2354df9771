"""Which of the dates on a page is that of its publication: by rule, by what the page says to machines, by its place.

Source: field notes, formats.md 1.5 (R4, R5) and traps 25, 26, 31. A missing date is seen and mended, a wrong one is
not:
what may be a clock, a list's date or an event's is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from newscrawl.items import Article
from newscrawl.reading.readable import Survey
from newscrawl.reading.reading import Reading
from newscrawl.words.bylines import looks_like_name
from newscrawl.words.dates import VIETNAM, DateStamp, date_from_parts, find_date, read_date
from newscrawl.words.text import fold
from newscrawl.words.urls import path_and_query

__all__ = ["date_by_listing", "printed_date", "publication", "says_no_more"]

_FINER: Final = ("year", "month", "day", "minute", "second")
_CLOCK: Final = timedelta(minutes=3)
_NEAR: Final = 12  # runs above a body whose title was not found
_ABOVE: Final = 4  # runs above the title
_BEHIND: Final = 3  # runs behind the body
_CHANGED: Final = ("cập nhật", "sửa", "updated", "modified")
_WORDS: Final = re.compile(r"[^\W\d_]+")
# What may stand beside a date that is the publication's: words that introduce one, weekdays, months, zones, views.
_DATE_WORDS: Final = frozenset({
    "đăng", "tải", "lúc", "ngày", "giờ", "phút", "thứ", "hai", "ba", "tư", "năm", "sáu", "bảy", "chủ", "nhật", "cập",
    "vào", "xuất", "bản", "đưa", "tin", "viết", "bởi", "tháng", "published", "updated", "posted", "on", "at", "date",
    "by", "gmt", "utc", "am", "pm", "sa", "ch", "t", "cn", "h", "p", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "est", "edt", "pst", "pdt", "cet",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "lượt", "xem",
    "đọc", "tạo", "admin", "views",
})  # fmt: skip


def publication(reading: Reading) -> tuple[str, DateStamp] | None:
    """The layer and the date of the first layer that states one; a later one that agrees and is more precise refines
    it (trap 30)."""
    best: tuple[str, DateStamp] | None = None
    ruled = reading.has_rule("published")
    for layer, stamp in _dates(reading):
        if stamp is not None and (best is None or (best[1].agrees_with(stamp) and _is_finer(stamp, best[1]))):
            best = layer, stamp
        if best is not None and (best[1].precision in ("second", "minute") or (layer == "meta" and ruled)):
            break
    return best


def date_by_listing(article: Article, day: str, raw: str | None) -> None:
    """An article without any date takes the one that its listing prints beside the link; but a date that stands in the
    title is what the article is about."""
    if (raw or "") not in (article.title or ""):
        article.published, article.published_raw, article.published_precision = day, raw, "day"
        article.extracted_by["published"] = "listing"


def _dates(reading: Reading) -> Iterator[tuple[str, DateStamp | None]]:
    seen_at = reading.page.fetched_at
    for origin, text in reading.texts("published"):
        if stamp := read_date(text, seen_at=seen_at) or find_date(text, seen_at=seen_at):
            yield origin, stamp
            break
    for layer, value in (("jsonld", reading.structured.published), ("meta", reading.structured.meta_published)):
        stamp = read_date(value or "", seen_at=seen_at)
        yield layer, None if stamp and _is_now(stamp, seen_at) else stamp
    stated = _address_date(reading)
    if stated is None or not reading.has_rule("published"):
        yield "readable", printed_date(reading.survey, seen_at)
    yield "address", stated


def _address_date(reading: Reading) -> DateStamp | None:
    """The day or month in the address, where the site's rule names it (formats.md 1.4)."""
    path = path_and_query(reading.page.url)
    for rule in reading.site.urls.article if reading.site else ():
        if match := rule.search(path):
            parts = match.groupdict()
            if parts.get("ym"):
                return date_from_parts(parts["ym"][:4], parts["ym"][4:])
            if parts.get("y"):
                return date_from_parts(parts["y"], parts["m"], parts.get("d"))
    return None


def _is_finer(one: DateStamp, other: DateStamp) -> bool:
    return _FINER.index(one.precision) > _FINER.index(other.precision)


def printed_date(survey: Survey, fetched_at: datetime | None) -> DateStamp | None:
    """The date printed beside the title: between title and body, else right behind the body, else above the title.

    Related links have dates too, and above the title stand clocks: there a date of the day of the fetch does not count,
    and without a time of fetch none does.
    """
    start = survey.title_at if survey.title_at is not None else survey.body_starts - _NEAR
    lists = [heading.at for heading in survey.headings if heading.at > survey.body_ends]
    end = min([survey.body_ends + _BEHIND, *lists])
    near = [run for run in survey.dates if start <= run.at <= survey.body_starts + 1]
    changed = [run for run in near if run.text.casefold().startswith(_CHANGED)]
    behind = [run for run in survey.dates if survey.body_ends < run.at <= end]
    for run in [each for each in near if each not in changed] + changed + behind:
        if stamp := _stamp(run.text, fetched_at):
            return stamp
    for run in reversed([run for run in survey.dates if start - _ABOVE <= run.at < start]):
        stamp = _stamp(run.text, fetched_at)
        if stamp and fetched_at is not None and stamp.day != fetched_at.astimezone(VIETNAM).date():
            return stamp
    return None


def _is_now(stamp: DateStamp, fetched_at: datetime | None) -> bool:
    """Whether a time is that of the fetch: a clock's (R5)."""
    return fetched_at is not None and stamp.precision in ("minute", "second") and abs(stamp.when - fetched_at) < _CLOCK


def _stamp(text: str, fetched_at: datetime | None) -> DateStamp | None:
    """The day or time that a line states as its publication, or None: a day without a year is a list's, words beside
    the date make it something else's ("Hạn nộp hồ sơ: …"), and what lies ahead is announced."""
    stamp = find_date(text)
    if stamp is None or not says_no_more(text, stamp.raw):
        return None
    ahead = fetched_at is not None and stamp.day > (fetched_at + timedelta(days=1)).date()
    return None if ahead or _is_now(stamp, fetched_at) else stamp


def says_no_more(text: str, raw: str) -> bool:
    """Whether a line holds nothing beside its date but words that introduce one, or who wrote it."""
    rest = fold(text).replace(raw, " ").partition("|")[0].partition("[")[0]
    return all(word in _DATE_WORDS for word in _WORDS.findall(rest.casefold())) or looks_like_name(
        rest.strip(" -–—,:()")
    )
