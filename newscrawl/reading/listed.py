"""The entries of a list: each a link, with the title and the date that are printed with it.

Source: field notes, formats.md 5, ninhthuan.md 4 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from newscrawl.items import Link
from newscrawl.reading.pages import Page
from newscrawl.words.date_lines import says_no_more
from newscrawl.words.dates import find_date
from newscrawl.words.text import fold
from newscrawl.words.tree import Element, string_of, text_of

__all__ = ["Items", "entries_among"]

_MOST_PIECES: Final = 500  # elements that stand with a link; more are no entry of a list
_WEB: Final = "1997-01-01"  # before it, Vietnam had no page to publish on
_TITLE_DATE: Final = re.compile(r"\([^()]*\)(?=[^()]{0,15}$)")
_YEARLESS: Final = re.compile(r"\(\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*\)")
_DIGIT: Final = re.compile(r"\d")
_ITEM: Final = frozenset({"li", "tr", "p", "article", "dd", "td", "div", "h2", "h3", "h4", "figure", "span"})


class Items:
    """The entries of a list, each an element around its link. Remembers of each element whether it has several: the
    items of a long list all ask it of the same ones."""

    def __init__(self) -> None:
        self._several: dict[Element, bool] = {}

    def around(self, anchor: Element) -> Element:
        """The largest element around a link that holds no other link: its entry in a list."""
        item = anchor
        for parent in anchor.iterancestors():
            if parent.tag not in _ITEM or self._has_several(parent):
                break
            item = parent
        return item

    def _has_several(self, place: Element) -> bool:
        """Whether the links in an element lead to different addresses."""
        known = self._several.get(place)
        if known is None:
            anchors = place.iter("a")
            first = next(anchors).get("href")
            known = self._several[place] = any(other.get("href") != first for other in anchors)
        return known


def entries_among(
    page: Page, anchors: list[tuple[Element, str]], items: Items, heading: str | None = None
) -> Iterator[Link]:
    """One link for each address, in order: a picture, a title and "Xem tiếp" often link to the same article."""
    same: dict[str, list[Element]] = {}
    for anchor, url in anchors:
        same.setdefault(url, []).append(anchor)
    for url, elements in same.items():
        title = next((text for element in elements if (text := text_of(element))), "")
        title = title or next((fold(name) for element in elements if (name := element.get("title"))), "")
        day = raw = None
        for item in dict.fromkeys(map(items.around, elements)):
            day, raw = _date_among(_beside(item), page.fetched_at)
            if raw is not None:
                break
        if raw is None:
            title, day, raw = _dated_title(title, page.fetched_at)
        yield Link(url, title or None, day, raw, heading)


def _dated_title(title: str, seen_at: datetime | None) -> tuple[str, str | None, str | None]:
    """A title without the date in brackets that ends it ("Title ( dd/MM/yyyy )", "Title (d/m) source"), and that date.

    Other dates in a title are what it is about: "Lịch cắt điện ngày 25/12/2030". So are those of before the web.
    """
    match = _TITLE_DATE.search(title) if "(" in title else None
    if match is None:
        return title, None, None
    day, raw = _date_among([match[0]], seen_at)
    if raw is None or (day is not None and day < _WEB):
        return title, None, None
    return title[: match.start()].rstrip(" –-"), day, raw


def _date_among(pieces: Iterable[str], seen_at: datetime | None) -> tuple[str | None, str | None]:
    """The first printed date among pieces of text: the ISO day and the raw text.

    A day without a year that can't be resolved is kept as it stands: "(19/02)" without a time of fetch.
    """
    numbered = [fold(piece) for piece in pieces if _DIGIT.search(piece)]
    if len(numbered) > 1:
        numbered.sort(key=_is_wordy)  # a teaser's first words may name a day too
    for piece in numbered:
        if stamp := find_date(piece, seen_at=seen_at):
            ahead = seen_at is not None and stamp.day > (seen_at + timedelta(days=1)).date()
            if not ahead:  # what is announced lies in the future, what was published never
                return stamp.day.isoformat(), stamp.raw
        if match := _YEARLESS.search(piece):
            return None, fold(match[0])
    return None, None


def _is_wordy(piece: str) -> bool:
    """Whether a piece of text says more than a date."""
    return not says_no_more(piece, "")


def _beside(item: Element) -> list[str]:
    """The pieces of text, as printed, that stand with an entry's link but not in it: what its item holds, else what
    follows up to the next link. A teaser may be among them, so they are not joined."""
    if item.tag != "a":
        pieces = [text for text in islice(_outside_links(item), _MOST_PIECES) if text and not text.isspace()]
        following = item.getnext()
        if pieces or (following is not None and _has_link(following)):
            return pieces
    return list(islice(_following(item), _MOST_PIECES))


def _outside_links(item: Element) -> Iterator[str | None]:
    """The texts of an element that stand in no link, in order, and None where there is none."""
    yield item.text
    for child in item:
        if child.tag != "a":
            yield from _outside_links(child)
        yield child.tail


def _following(element: Element) -> Iterator[str]:
    if element.tail and not element.tail.isspace():
        yield element.tail
    for sibling in element.itersiblings():
        if sibling.tag in ("a", "br", "hr") or _has_link(sibling):
            return
        yield string_of(sibling)
        if sibling.tail and not sibling.tail.isspace():
            yield sibling.tail


def _has_link(element: Element) -> bool:
    return next(element.iter("a"), None) is not None
