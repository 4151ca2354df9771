"""The walk over an element: its text as blocks, in order, each with what the markup says of it.

A block is what a browser would set on lines of its own: a paragraph, a sub-heading, a row of a table, a picture, the
text between two `br`. Inline elements are joined without blanks, blocks are kept apart (trap 24).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from newscrawl.words.text import fold
from newscrawl.words.tree import Element, string_of

__all__ = ["Block", "blocks_of", "image_url"]

_SILENT: Final = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "embed", "button", "select", "input",
    "textarea", "svg", "head", "audio", "video", "canvas", "map", "nav",
})  # fmt: skip
_INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr", "picture", "source",
})  # fmt: skip
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ALIGN: Final = re.compile(r"text-align\s*:\s*(\w+)", re.IGNORECASE)
_ALIGN_CLASS: Final = re.compile(r"\b(?:text|has-text-align)-(center|right|end|left)\b")  # of Bootstrap, of WordPress
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SIZE: Final = re.compile(r"(?:width|height)\s*:\s*([0-9]{1,5})px", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*([0-9]{1,5})(?:px)?\s*")
_DEEPEST: Final = 200  # nesting levels; what is deeper is one block, for Python's stack has an end
_LONGEST_HINT: Final = 2000  # characters of class names
_ICON: Final = 48  # pixels: what is smaller is an icon or a spacer


@dataclass(slots=True, eq=False)  # two lines of the same words are two lines
class Block:
    """One block. `text` is folded and empty for a picture, whose element is then `image`.

    `letters` counts all characters, of which `bold`, `italic` and `linked` stand in such elements. `element` is the
    block element around the text, `table`, `figure` and `cell` the nearest ones around it, `hint` the class names of
    the block element, of those around it that hold nothing else, and of an inline element that holds all of the text.
    """

    element: Element
    text: str = ""
    image: Element | None = None
    letters: int = 0
    bold: int = 0
    italic: int = 0
    linked: int = 0
    align: str = ""
    table: Element | None = None
    figure: Element | None = None
    caption: bool = False
    hint: str = ""

    @property
    def heading(self) -> bool:
        """Whether the markup makes it a heading."""
        return self.element.tag in _HEADINGS

    @property
    def all_bold(self) -> bool:
        """Whether all of the text is bold."""
        return self.letters > 0 and self.bold >= self.letters * 0.95

    @property
    def all_italic(self) -> bool:
        """Whether all of the text is italic."""
        return self.letters > 0 and self.italic >= self.letters * 0.95


def blocks_of(element: Element, drop: frozenset[Element] = frozenset()) -> list[Block]:
    """The blocks of `element` in document order, without the elements in `drop` and all that is inside them."""
    walk = _Walk(drop)
    walk.block(element, _Place(element, _align_of(element, ""), None, None, False, element.get("class") or ""), 0)
    walk.flush()
    return walk.blocks


def image_url(image: Element) -> str | None:
    """The address a picture element gives, as printed: the one that scripts load late, else `src`; never inline
    data."""
    for name in ("data-src", "data-original", "data-lazy-src", "src"):
        value = (image.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value
    return None


@dataclass(slots=True)
class _Place:
    """Where the walk stands: the block element around it and what that one inherits."""

    element: Element
    align: str
    table: Element | None
    figure: Element | None
    caption: bool
    hint: str


class _Walk:
    """The state of one walk: the finished blocks, and the parts of the block being gathered."""

    def __init__(self, drop: frozenset[Element]) -> None:
        self.blocks: list[Block] = []
        self.drop = drop
        self.pictured: dict[Element, bool] = {}
        self.parts: list[str] = []
        self.place: _Place | None = None
        self.letters = self.bold = self.italic = self.linked = 0
        self.inline_hint = ""
        self.in_bold = self.in_italic = self.in_link = 0

    def flush(self) -> None:
        """End the block being gathered; blocks without text leave no trace."""
        if not self.parts:
            return
        text = fold("".join(self.parts))
        self.parts = []
        place = self.place
        if text and place is not None:
            hint = f"{place.hint} {self.inline_hint}" if self.inline_hint else place.hint
            self.blocks.append(
                Block(
                    place.element, text, None, self.letters, self.bold, self.italic, self.linked,
                    place.align, place.table, place.figure, place.caption, hint,
                )
            )  # fmt: skip
        self.letters = self.bold = self.italic = self.linked = 0
        self.inline_hint = ""

    def add(self, text: str, place: _Place) -> None:
        """Gather a run of text that stands directly in `place`."""
        self.parts.append(text)
        self.place = place
        if size := len(text.strip()):
            self.letters += size
            if self.in_bold:
                self.bold += size
            if self.in_italic:
                self.italic += size
            if self.in_link:
                self.linked += size

    def block(self, element: Element, place: _Place, depth: int) -> None:
        """Walk what is inside `element`."""
        if element.text:
            self.add(element.text, place)
        for child in element:
            self.visit(child, place, depth + 1)
            if child.tail:
                self.add(child.tail, place)

    def visit(self, child: Element, place: _Place, depth: int) -> None:
        """Walk one child: silent, a break, a picture, inline, or a block of its own."""
        tag = child.tag
        inline = tag in _INLINE or (isinstance(tag, str) and ":" in tag)  # Word's "st1:city" is a place in a sentence
        if tag in _SILENT or child in self.drop:
            if not inline:
                self.flush()
        elif depth > _DEEPEST:
            self.flush()
            self.add(string_of(child), place)
            self.flush()
        elif tag == "br" or tag == "hr":
            self.flush()
        elif tag == "img":
            self.picture(child, place)
        elif inline:
            self.inline(child, place, depth)
        elif not ((style := child.get("style")) and _HIDDEN.search(style)):
            self.flush()
            if not (tag == "tr" and self.row(child, place)):
                self.block(child, _inside(child, place), depth)
            self.flush()

    def inline(self, child: Element, place: _Place, depth: int) -> None:
        """Walk an inline element, counting its text as bold, italic or linked."""
        tag, style = child.tag, child.get("style")
        if style and _HIDDEN.search(style):
            return
        bold = tag in ("b", "strong") or (style is not None and "bold" in style)
        italic = tag in ("i", "em") or (style is not None and "italic" in style)
        self.in_bold += bold
        self.in_italic += italic
        self.in_link += tag == "a"
        if not self.letters:
            self.inline_hint = (child.get("class") or "")[:_LONGEST_HINT] or self.inline_hint
        self.block(child, place, depth)
        self.in_bold -= bold
        self.in_italic -= italic
        self.in_link -= tag == "a"

    def picture(self, image: Element, place: _Place) -> None:
        """A picture parts the text before it from the text behind it; an icon does not."""
        if _is_icon(image) or image_url(image) is None:
            return
        self.flush()
        self.blocks.append(Block(place.element, "", image, align=place.align, table=place.table, figure=place.figure))

    def is_pictured(self, table: Element) -> bool:
        """Whether a table has pictures. All of its rows ask."""
        known = self.pictured.get(table)
        if known is None:
            known = self.pictured[table] = next(table.iter("img"), None) is not None
        return known

    def row(self, row: Element, place: _Place) -> bool:
        """A row of plain cells is one line, its cells parted by ` | `; False for a row that sets a page out."""
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if len(cells) < 2 or any(_sets_out(cell) for cell in cells):
            return False
        if place.table is not None and self.is_pictured(place.table):
            return False  # captions side by side, each under its picture
        texts = [text for cell in cells if (text := " ".join(b.text for b in blocks_of(cell, self.drop) if b.text))]
        inside = _inside(row, place)
        if len(texts) > 1:
            self.add(" | ".join(texts), inside)
            self.flush()
            return True
        return False


def _inside(element: Element, place: _Place) -> _Place:
    tag, hint = element.tag, (element.get("class") or "")[:_LONGEST_HINT]
    # Classes of a wrapper describe its only child too; those of a body with many children describe none of them.
    if place.hint and not _has_third(place.element):
        hint = f"{place.hint} {hint}"[:_LONGEST_HINT]
    return _Place(
        element,
        _align_of(element, place.align),
        element if tag == "table" else place.table,
        element if tag == "figure" else place.figure,
        place.caption or tag == "figcaption" or tag == "caption",
        hint,
    )


def _has_third(element: Element) -> bool:
    """Whether an element has more than two children; to count them would take as long as there are many."""
    try:
        element[2]
    except IndexError:
        return False
    return True


def _align_of(element: Element, inherited: str) -> str:
    if style := element.get("style"):
        match = _ALIGN.search(style)
        if match:
            return match[1].lower()
    if element.tag == "center":
        return "center"
    if (given := element.get("class")) and "t-" in given and (match := _ALIGN_CLASS.search(given)):
        return match[1]
    return (element.get("align") or inherited).lower()


def _sets_out(cell: Element) -> bool:
    """Whether a table cell holds pictures, lists, tables or several paragraphs: layout, not data."""
    paragraphs = 0
    for inner in cell.iterdescendants():
        if inner.tag in ("img", "table", "ul", "ol", "h1", "h2", "h3", "form"):
            return True
        paragraphs += inner.tag in ("p", "div", "br")
    return paragraphs > 1 or len(string_of(cell)) > 400


def _is_icon(image: Element) -> bool:
    given = (_NUMBER.fullmatch(image.get(name) or "") for name in ("width", "height"))
    sizes = [match[1] for match in given if match]
    sizes += _SIZE.findall(image.get("style") or "")
    return any(int(size) <= _ICON for size in sizes)
