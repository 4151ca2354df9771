"""The parse of a page in bounded time, whatever its bytes are.

libxml2 appends each attribute by walking over those before it, so an element with 100,000 of them takes half a minute.
It stops at 256 elements in each other, and what stands behind is lost without a word. And a page of a few megabytes
can hold a million elements, of which each takes time and memory in all that follows. Real pages have some thousands of
elements, five attributes and forty levels; what has more is cut, and said to be.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

from lxml import etree

from newscrawl.reading.recoding import NO_XML
from newscrawl.words.tree import Element, parse_utf8

__all__ = ["parse_bounded"]

_MOST_TAGS: Final = 20_000  # of a page, end tags not counted; the largest real pages have a tenth
_MOST_BYTES: Final = 2_000_000  # of a page of which nothing is said
_MOST_ATTRIBUTES: Final = 200  # of an element
_MOST_VALUES: Final = 400_000  # "=" on a page; where there are more, an element keeps
_FEW_ATTRIBUTES: Final = 20  # attributes, for each takes 200 bytes of memory
_DEEPEST: Final = (
    200  # elements in each other, where libxml2 ended, which it does at 256; the picture of a page adds some
)
_LONG: Final = 2048  # bytes of a tag that may have so many attributes as matter
_FLOOD: Final = 128 * 1024  # bytes of a page in which they may take a second
_LARGE: Final = 256 * 1024  # bytes of a page whose "<" and "=" are counted, which takes a tenth of the parse
_MANY_VALUES: Final = 40  # "=" for each end tag: a tag may hide its attributes behind ">" in quotes
_NEAR: Final = 64 * 1024  # bytes above in which the beginning of a script is looked for
# What begins with "<": a tag, or text in which there are none up to its end.
_MARKUP: Final = re.compile(rb"<(?:(?P<comment>!--)|(?P<raw>script|style|textarea|title)\b|[A-Za-z])", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_NAME: Final = re.compile(rb"<[^\s/>]*+")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9:._-]*")  # names of elements and attributes that anybody reads


def parse_bounded(page: bytes) -> tuple[Element | None, bool, list[str]]:
    """The root element of a page, or None where there is no element at all; whether its bytes are UTF-8; and what was
    cut to get it. Where they are not, letters of the tree are wrong."""
    warnings = [f"the page has {len(page):,} bytes"] if len(page) > _MOST_BYTES else []
    if len(page) > _LARGE and (signs := page.count(b"<")) > _MOST_TAGS and signs - page.count(b"</") > _MOST_TAGS:
        page = _first_tags(page)
        warnings.append(f"over {_MOST_TAGS:,} tags: what stands behind them was not read")
    values = page.count(b"=") if len(page) > _LARGE else 0
    crowded = values > _MOST_VALUES
    if crowded or (values and values > _MANY_VALUES * page.count(b"</")) or _may_be_flooded(page):
        most = _FEW_ATTRIBUTES if crowded else _MOST_ATTRIBUTES
        page, cut = _without_floods(page, most)
        if cut:
            warnings.append(f"{cut} elements with over {most} attributes: the others were not read")
    root, is_utf8, whole = parse_utf8(page)
    if is_utf8 and not whole:
        root = etree.fromstring(page, etree.HTMLParser(target=_Flat(), encoding="utf-8"))
        warnings.append(f"elements nested over {_DEEPEST} deep: read as if they stood beside each other")
    return root, is_utf8, warnings


def _first_tags(utf8: bytes) -> bytes:
    """The page up to the tag after which there are too many."""
    found = 0
    at = -1
    while found <= _MOST_TAGS:
        at = utf8.find(b"<", at + 1)
        found += utf8[at + 1 : at + 2] != b"/"
    return utf8[:at]


# --- attributes


def _may_be_flooded(utf8: bytes) -> bool:
    """Whether a tag may have too many attributes. Hops from one ">" to another at most `_LONG` bytes behind it; costs
    a fiftieth of the parse."""
    at, size = 0, len(utf8)
    while size > _FLOOD and size - at > _LONG:
        end = utf8.rfind(b">", at, at + _LONG)
        if end < 0:
            end = utf8.find(b">", at + _LONG)
            end = size if end < 0 else end
            start = utf8.find(b"<", at, end)
            long = start >= 0 and end - start > _LONG
            if long and _signs(utf8, start, end) > _MOST_ATTRIBUTES and not _in_script(utf8, at):
                return True
        at = end + 1
    return False


def _signs(utf8: bytes, start: int, end: int) -> int:
    """At least as many as a tag has attributes: what parts them is a blank, a slash or a closing quote."""
    return sum(utf8.count(sign, start, end) for sign in (b" ", b"\n", b"\t", b"\r", b"\f", b"/", b'"', b"'"))


def _in_script(utf8: bytes, at: int) -> bool:
    """Whether the last that began above is a script, of which "<" is a part."""
    script = utf8.rfind(b"<script", max(at - _NEAR, 0), at)
    return script >= 0 and utf8.find(b"</script", script, at) < 0


def _without_floods(utf8: bytes, most: int) -> tuple[bytes, int]:
    """The page with the first attributes of each element only, and of how many elements some were cut."""
    parts: list[bytes] = []
    cut = done = at = 0
    while found := _MARKUP.search(utf8, at):
        if found["comment"]:
            at = _behind(utf8, b"-->", found.end())
            continue
        at, many = _end_of_tag(utf8, found.start(), most)
        if many is not None:
            cut += 1
            parts.append(utf8[done:many])
            done = at
        if found["raw"]:
            at = _end_of_raw(utf8, found["raw"], at)
    return b"".join([*parts, utf8[done:]]), cut


def _end_of_tag(utf8: bytes, start: int, most: int) -> tuple[int, int | None]:
    """Where the attributes of a tag end, and, if there are too many, where the last one ends that may stay."""
    name = _NAME.match(utf8, start)
    at = name.end() if name else start + 1
    many = None
    count = 0
    while found := _ATTRIBUTE.match(utf8, at):
        at = found.end()
        count += 1
        if count == most:
            many = at
    return at, many if count > most else None


def _end_of_raw(utf8: bytes, name: bytes, at: int) -> int:
    end = re.compile(rb"</" + name, re.IGNORECASE).search(utf8, at)
    return end.start() + 1 if end else len(utf8)


def _behind(utf8: bytes, end: bytes, at: int) -> int:
    found = utf8.find(end, at)
    return found + len(end) if found >= 0 else len(utf8)


# --- depth


class _Flat:
    """Builds a tree from what the parser finds, in which no element stands deeper than `_DEEPEST`: one that would
    begins behind the one before, as browsers have it (Blink at 512). So all text stays, in order."""

    def __init__(self) -> None:
        self._builder: Any = etree.TreeBuilder(element_factory=cast("Any", etree.HTMLParser().makeelement))
        self._depth = 0
        self._flat: str | None = None  # the element at the greatest depth, if it is open

    def start(self, tag: Any, attrib: Any) -> None:
        """Begin an element."""
        name = _named(tag)
        self._depth += 1
        if self._depth > _DEEPEST:
            self._end_flat()
            self._flat = name
        plain = {name: NO_XML.sub("", value) for name, value in attrib.items() if _PLAIN.fullmatch(name)}
        self._builder.start(name, plain)

    def end(self, tag: Any) -> None:
        """End an element; one of those that are set beside each other ends with the next."""
        self._depth -= 1
        if self._depth < _DEEPEST:
            self._end_flat()
            self._builder.end(_named(tag))

    def data(self, data: Any) -> None:
        """Text."""
        self._builder.data(NO_XML.sub("", data))

    def comment(self, text: Any) -> None:
        """Comments are no part of any text."""

    def close(self) -> Any:
        """The root."""
        return self._builder.close()

    def _end_flat(self) -> None:
        if self._flat is not None:
            self._builder.end(self._flat)
            self._flat = None


def _named(tag: str) -> str:
    """The name of an element; one that lxml refuses to write is the name of none that matters."""
    return tag if _PLAIN.fullmatch(tag) else "span"
