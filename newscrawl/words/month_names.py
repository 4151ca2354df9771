"""Dates with month words that the own shapes lack, read by dateparser: "5. Mai 2019", "tháng 4, ngày 5 năm 2026".

A call costs more than the parse of a page, so it comes last, and only for short text that has the parts of a date. What
dateparser makes of a text counts only where every number in the text bears it out.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

__all__ = ["day_by_month_name"]

_LONGEST: Final = 60  # characters; longer text is no date element
_SETTINGS: Final = {
    "DATE_ORDER": "DMY",
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "PARSERS": ["absolute-time"],  # "2 giờ trước" would need a clock
    "TIMEZONE": "Asia/Ho_Chi_Minh",
}
_NUMBER: Final = re.compile("[0-9]+")
_VIETNAMESE: Final = re.compile(r"(?<!\w)th(?:[áa]n)?g(?:\s?([0-9]{1,2}))?(?![a-z])", re.IGNORECASE)
# A day, a word, a year, or a word, a day, a year; between them a dot, a comma, "de" or "di". Nothing else around them
# but a weekday: what a longer line says is not known.
_WORD: Final = r"[^\W\d_]{3,12}"
_OTHERS: Final = re.compile(
    rf"(?:{_WORD}\.?,?\s)?(?:[0-9]{{1,2}}(?:er|º|ª)?\.?\s(?:de\s|di\s)?(?P<month>{_WORD})\.?,?\s(?:de\s|del\s)?"
    rf"|{_WORD}\.?\s[0-9]{{1,2}},?\s)[0-9]{{4}}(?:\s(?:г|г\.|р\.|року|года))?"
)


def day_by_month_name(text: str, language: str) -> datetime | None:
    """The naive day that a folded text states with a month's name in a language (BCP 47), or None. Times of day
    are the caller's. Never raises.

    >>> day_by_month_name("5. Mai 2019", "de"), day_by_month_name("5 мая 2019", "ru")
    (datetime.datetime(2019, 5, 5, 0, 0), datetime.datetime(2019, 5, 5, 0, 0))
    >>> day_by_month_name("5. Mai 2019", "vi")
    """
    if len(text) > _LONGEST or not (_VIETNAMESE.search(text) if language == "vi" else _OTHERS.fullmatch(text)):
        return None
    return _parsed(text, language)


@lru_cache(maxsize=256)
def _parsed(text: str, language: str) -> datetime | None:
    import dateparser  # here, because the import takes longer than a thousand pages need for their dates

    try:
        guess = dateparser.parse(text, languages=[language], settings=_SETTINGS)
    except ValueError:  # a language that dateparser does not know
        return None
    if guess is None:
        return None
    numbers = sorted(map(int, _NUMBER.findall(text)))
    month = _VIETNAMESE.search(text)
    stated = [guess.year, guess.day, *([guess.month] if month and month[1] else [])]
    return datetime(guess.year, guess.month, guess.day) if numbers == sorted(stated) else None
