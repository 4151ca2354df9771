"""The tree of a page: parsing bytes, and the text of an element.

Elements are lxml's plain ones. Those of `lxml.html` know more, but each is made through a Python call, which would cost
as much as the parse on a page that is walked.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from lxml import etree

from newscrawl.words.text import fold

__all__ = ["Element", "TextRun", "ancestors_of", "elements_behind", "parse_html", "parse_utf8", "string_of", "text_of"]

Element: TypeAlias = etree._Element
_FULL_LOG: Final = 100  # errors that lxml keeps of one page
_NO_UTF8: Final = [etree.ErrorTypes.ERR_INVALID_ENCODING]
_PIECE: Final = 16384  # bytes
_STRING: Final = etree.XPath("string()", smart_strings=False)


@dataclass(slots=True)
class TextRun:
    """A run of text: its place in the order of the page, the element it stands in, and the text as printed."""

    at: int
    element: Element
    text: str


def parse_html(utf8: bytes) -> Element | None:
    """The root element of a page, or None where there is no element at all."""
    return _parse(utf8, _parser())


def parse_utf8(page: bytes) -> tuple[Element | None, bool, bool]:
    """The same of bytes that may be something else, and whether they are all UTF-8; where they are not, letters of the
    tree are wrong. And whether the parser came to the end: it stops at 256 elements in each other.

    The parser has looked at every byte and tells: to read them a second time would take a tenth of its time.
    """
    parser = _parser()
    root, log = _parse(page, parser), parser.error_log
    whole = len(log) == 0 or log[-1].type != etree.ErrorTypes.ERR_RESOURCE_LIMIT
    told = whole and len(log) < _FULL_LOG
    return root, not log.filter_types(_NO_UTF8) if told else _is_utf8(page), whole


def _parser() -> etree.HTMLParser:
    """A parser of its own for each page, because it keeps the errors of the last one.

    Comments and processing instructions are no part of any text; without them, text runs are not torn apart.
    """
    return etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _parse(page: bytes, parser: etree.HTMLParser) -> Element | None:
    try:
        return etree.fromstring(page, parser)
    except etree.XMLSyntaxError:
        return None


def _is_utf8(page: bytes) -> bool:
    """Read in pieces: for the text of a whole page the system has to hand out memory, which takes longer."""
    view, at = memoryview(page), 0
    try:
        while at < len(page):
            at += codecs.utf_8_decode(view[at : at + _PIECE], "strict", at + _PIECE >= len(page))[1]
    except UnicodeDecodeError:
        return False
    return True


def string_of(element: Element) -> str:
    """All text of `element`, as it stands in the source."""
    return str(_STRING(element)) if len(element) else element.text or ""


def text_of(element: Element) -> str:
    """All text of `element`, folded to one line."""
    return fold(string_of(element))


def ancestors_of(element: Element, most: int) -> list[Element]:
    """The nearest `most` ancestors of an element, nearest first."""
    return list(islice(element.iterancestors(), most))


def elements_behind(element: Element, most: int) -> list[Element]:
    """The next `most` elements behind an element or, where it is the last in what is around it, behind that: in a table
    that sets a page out, what stands behind is the next row. Up to two levels."""
    last = element
    for _ in range(2):
        if last.getnext() is None and (parent := last.getparent()) is not None:
            last = parent
    return list(islice(last.itersiblings(), most))
