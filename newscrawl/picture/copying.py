"""A page copied as what can be shown of it without it doing anything: words, structure, and pictures as boxes.

Of the page's markup nothing is carried over, no element and no attribute. An element becomes a `div`, a `span` or a
part of a plain table, which a browser nests as they stand, however odd the page was; a picture becomes a box with its
address in letters. So there is nothing to be cleaned: no script, style, form or frame can be in a copy.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from newscrawl.picture.grids import grid_of
from newscrawl.picture.pieces import Box, Break, Closing, Copy, Opening, Words
from newscrawl.picture.printed import Span
from newscrawl.reading.blocks import image_url
from newscrawl.reading.pages import Page
from newscrawl.report.readable import web_address
from newscrawl.words.text import fold
from newscrawl.words.tree import Element
from newscrawl.words.urls import resolve

__all__ = ["copy_page"]

# What shows no words of its own, or only in a browser that runs scripts.
_SILENT: Final = frozenset({
    "head", "script", "style", "noscript", "template", "svg", "canvas", "select", "datalist", "textarea", "input",
    "map", "meta", "link", "title", "base", "param", "col", "colgroup", "noframes",
})  # fmt: skip
_BOXES: Final = {
    "img": "image", "iframe": "frame", "frame": "frame", "embed": "object", "object": "object", "applet": "object",
    "video": "video", "audio": "audio",
}  # fmt: skip
_INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "nobr", "output", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "picture", "source", "track",  # libxml2 puts pictures into the last two
})  # fmt: skip
_LOOKS: Final = {
    "p": "p", "dt": "p", "dd": "p", "pre": "p", "address": "p", "figcaption": "p", "caption": "p",
    "ul": "ul", "ol": "ol", "menu": "ul", "dir": "ul", "li": "li", "blockquote": "quote", "figure": "p", "a": "a",
    "b": "b", "strong": "b", "i": "i", "em": "i", "sup": "sup", "sub": "sub", "td": "cell", "th": "cell",
} | {f"h{level}": f"h h{level}" for level in range(1, 7)}  # fmt: skip
_LISTS: Final = frozenset({"ul", "ol", "menu", "dir"})
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MOST: Final = 200_000  # pieces; news pages have some thousands, and browsers grow slow with more
_LONGEST_ALT: Final = 300  # characters; also of an address
_SPACER: Final = 24  # pixels: a picture as small as this is a bullet or holds a table open


def copy_page(page: Page, wanted: frozenset[Element]) -> Copy:
    """Copy `page`. `Copy.spans` has all links, `time` elements and the elements that are `wanted`."""
    copier = _Copier(page.base, wanted)
    walk = etree.iterwalk(page.root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            copier.end(element)
        elif not copier.start(element):
            walk.skip_subtree()
        if len(copier.copy.pieces) >= _MOST:
            copier.cut()
            break
    return copier.copy


class _Copier:
    """The state of one walk over a page."""

    def __init__(self, base: str, wanted: frozenset[Element]) -> None:
        self.copy = Copy()
        self._base, self._wanted = base, wanted
        self._open: list[tuple[str, int]] = []  # tag in the copy ("" for none), and where the element's words begin
        self._grid: dict[Element, str] = {}

    def start(self, element: Element) -> bool:
        """Begin an element; False if what is inside it is not shown."""
        tag = element.tag if isinstance(element.tag, str) else ""
        begins = len(self.copy.printed)
        if not tag or tag in _SILENT or _is_hidden(element):
            self._open.append(("", begins))
            return False
        self.copy.printed.part()
        if tag in _BOXES or tag == "br" or tag == "hr":
            self._open.append(("", begins))
            if tag in _BOXES:
                self._box(element, _BOXES[tag])
            else:
                self.copy.pieces.append(Break())
            return tag == "embed"  # libxml2 puts what follows into it
        opening = self._opening(element, tag)
        if opening is not None:
            self.copy.pieces.append(opening)
        self._open.append((opening.tag if opening else "", begins))
        if opening is not None and opening.level:
            self.copy.headings.setdefault(begins, opening.level)
        self._words(element.text)
        return True

    def end(self, element: Element) -> None:
        """End an element, and go on with the text behind it."""
        tag, begins = self._open.pop()
        if tag:
            self._close(tag)
        self.copy.printed.part()
        if element.tag in ("a", "time") or element in self._wanted:
            self.copy.spans[element] = Span(begins, len(self.copy.printed))
        if self._open:  # behind the root there is nothing
            self._words(element.tail)

    def cut(self) -> None:
        """End all elements that are open."""
        self.copy.pieces += [Closing(tag) for tag, _ in reversed(self._open) if tag]
        self.copy.cut = True

    def _opening(self, element: Element, tag: str) -> Opening | None:
        """What an element becomes; None for an inline one that looks like the text around it."""
        look = _LOOKS.get(tag, "")
        if tag == "table" and (grid := grid_of(element)):
            self._grid.update(grid)
        if cell := self._grid.get(element):
            return Opening(cell, spans=(_number(element, "colspan"), _number(element, "rowspan")))
        if tag in _INLINE or ":" in tag:  # Word's "st1:city" is a place in a sentence
            address = _address(self._base, element.get("href")) if tag == "a" else ""
            return Opening("span", look, address=address) if look else None
        opening = Opening("div", look)
        parent = element.getparent()
        if tag in _LISTS and element.find("li") is not None:
            opening.role = "list"
        elif tag == "li" and parent is not None and parent.tag in _LISTS:
            opening.role = "listitem"
        elif look.startswith("h "):
            opening.role, opening.level = "heading", int(tag[1])
        return opening

    def _close(self, tag: str) -> None:
        """Close an element; one that holds nothing leaves no trace."""
        pieces = self.copy.pieces
        last = pieces[-1]
        if isinstance(last, Opening) and last.tag == tag and tag in ("div", "span"):
            pieces.pop()
        else:
            pieces.append(Closing(tag))

    def _words(self, text: str | None) -> None:
        if not text:
            return
        folded, printed = fold(text), self.copy.printed
        if not folded:
            if self._in_line():
                self.copy.pieces.append(Words(" ", len(printed)))
            return
        before, behind = " " * text[0].isspace(), " " * text[-1].isspace()
        self.copy.pieces.append(Words(f"{before}{folded}{behind}", len(printed)))
        printed.add(f"{before}{folded}{behind}")

    def _in_line(self) -> bool:
        """Whether a blank here parts two words, and not two blocks."""
        last = self.copy.pieces[-1] if self.copy.pieces else None
        return isinstance(last, Words | Box) or (isinstance(last, Closing) and last.tag == "span")

    def _box(self, element: Element, what: str) -> None:
        """A picture, unless it is a spacer; a frame, a film and the like by the first address in it."""
        inner = (each.get("src") for each in element.iter("source", "embed"))
        printed = image_url(element) if what == "image" else element.get("src") or element.get("data")
        address = _address(self._base, printed or next(filter(None, inner), None))
        alt = fold(element.get("alt") or element.get("title") or "")
        if what != "image" or ((address or alt) and not _is_spacer(element)):
            self.copy.pieces.append(Box(what, alt[:_LONGEST_ALT], address, len(self.copy.printed)))


def _address(base: str, href: str | None) -> str:
    """The absolute web address, or nothing: what is none is not even shown as one."""
    return web_address(resolve(base, href or "")) or ""


def _is_hidden(element: Element) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "") is not None


def _is_spacer(image: Element) -> bool:
    sizes = [(image.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
    return any(size.isascii() and size.isdigit() and int(size[:5]) <= _SPACER for size in sizes)


def _number(cell: Element, name: str) -> int:
    """How many columns or rows a cell spans; what is no small number is 1."""
    given = (cell.get(name) or "").strip()
    return min(int(given), 100) if given.isascii() and given.isdigit() and 0 < len(given) <= 3 and int(given) else 1
