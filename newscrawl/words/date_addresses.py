"""Dates in addresses: of pages, and of pictures, which are a hint only. Source: field notes, formats.md 1.4."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from newscrawl.words.dates import DateStamp, date_from_parts

__all__ = ["date_in_address", "date_in_picture"]

_WEB: Final = 1997  # before it, Vietnam had no page to publish on
_Y: Final = "(?P<y>(?:19|20)[0-9]{2})"
_YEAR: Final = re.compile("19[0-9]{2}|20[0-9]{2}|/1[0-9]{12}$")
_FOLDERS: Final = re.compile(rf"/{_Y}(?:-|/)(?P<m>[0-9]{{1,2}})(?:(?:-|/)(?P<d>[0-9]{{1,2}}))?(?=/)")
_MONTH_FOLDER: Final = re.compile(rf"/{_Y}(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})?(?=/)")
_BEFORE_NUMBER: Final = re.compile(rf"-(?P<d>[0-9]{{2}})(?P<m>[0-9]{{2}}){_Y}-[a-z]{{0,4}}[0-9]+\.\w{{3,5}}$")
# The number of an article that is the moment of its writing: YYYYMMDDhhmmss, with or without milliseconds.
_MOMENT: Final = re.compile(
    rf"[/-][a-z]?{_Y}(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9](?:[0-9]{{3}})?"
    r"(?=\.\w{3,5}$)"
)
_MILLISECONDS: Final = re.compile(r"/(1[0-9]{12})$")
_PICTURE: Final = re.compile(
    rf"[/_-]{_Y}/?(?P<m>1[0-2]|0?[1-9])(?:/?(?P<d>3[01]|[12][0-9]|0?[1-9]))?(?=[/_.-]|[0-9]{{6}}(?![0-9]))"
)


def date_in_address(path: str) -> DateStamp | None:
    """The day or month that the path of an article's address names, or None.

    A moment in it is that of the writing, so that only its day counts. Dates in the words of the title are left.

    >>> [str(date_in_address(path) and date_in_address(path).isoformat()) for path in (
    ...     "/portal/Pages/2024-4-25/x.aspx", "/202508/x.html", "/x-16072023-a117157.html", "/ky-niem-19122020.html")]
    ['2024-04-25', '2025-08', '2023-07-16', 'None']
    """
    path = path.partition("?")[0]
    if not _YEAR.search(path):
        return None
    for shape in (_FOLDERS, _MONTH_FOLDER, _BEFORE_NUMBER, _MOMENT):
        if found := shape.search(path):
            return _plausible(date_from_parts(found["y"], found["m"], found.groupdict().get("d")))
    if found := _MILLISECONDS.search(path):
        when = datetime.fromtimestamp(int(found[1]) / 1000, UTC)
        stamp = DateStamp(when, "second", found[1])
        return _plausible(date_from_parts(stamp.day.year, stamp.day.month, stamp.day.day))
    return None


def date_in_picture(address: str) -> DateStamp | None:
    """The day or month in the address of a picture: it was uploaded then, so no article with it is older."""
    found = _PICTURE.search(address)
    return _plausible(date_from_parts(found["y"], found["m"], found["d"])) if found else None


def _plausible(stamp: DateStamp | None) -> DateStamp | None:
    return stamp if stamp and stamp.when.year >= _WEB else None
