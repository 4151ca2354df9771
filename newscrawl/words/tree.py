"""The tree of a page: parsing bytes, and the text of an element.

Elements are lxml's plain ones. Those of `lxml.html` know more, but each is made through a Python call, which would cost
as much as the parse on a page that is walked.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from lxml import etree

from newscrawl.words.text import fold

__all__ = ["Element", "TextRun", "ancestors_of", "parse_html", "string_of", "text_of"]

Element: TypeAlias = etree._Element
# Comments and processing instructions are no part of any text; without them, text runs are not torn apart.
_PARSER: Final = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
_STRING: Final = etree.XPath("string()", smart_strings=False)


@dataclass(slots=True)
class TextRun:
    """A run of text: its place in the order of the page, the element it stands in, and the text as printed."""

    at: int
    element: Element
    text: str


def parse_html(utf8: bytes) -> Element | None:
    """The root element of a page, or None where there is no element at all."""
    try:
        return etree.fromstring(utf8, _PARSER)
    except etree.XMLSyntaxError:
        return None


def string_of(element: Element) -> str:
    """All text of `element`, as it stands in the source."""
    return str(_STRING(element)) if len(element) else element.text or ""


def text_of(element: Element) -> str:
    """All text of `element`, folded to one line."""
    return fold(string_of(element))


def ancestors_of(element: Element, most: int) -> list[Element]:
    """The nearest `most` ancestors of an element, nearest first."""
    return list(islice(element.iterancestors(), most))
