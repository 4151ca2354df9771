"""How the letters of a line are set: their colour and size, as inline markup gives them.

A caption without a class is often told by this alone: blue (quangngai.gov.vn), small, or grey, among paragraphs that
are none of it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final, TypeAlias

from newscrawl.reading.blocks import Block
from newscrawl.words.text import fold
from newscrawl.words.tree import Element, string_of

__all__ = ["Lettering", "lettering_of"]

Lettering: TypeAlias = frozenset[tuple[str, str]]
_SET: Final = re.compile(r"(?<![\w-])(color|font-size)\s*:\s*([^;]{1,40})", re.IGNORECASE)
_MOST_CHILDREN: Final = 8
_MOST: Final = 20  # elements of a line that are asked


def lettering_of(block: Block) -> Lettering:
    """What is set for all of a block's text: ("color", "#0000ff"), ("font-size", "12px"), ("small", "")."""
    found: set[tuple[str, str]] = set()
    if next(islice(block.element, _MOST_CHILDREN, None), None) is not None:
        return frozenset()  # a body of lines parted by `br`: none of its elements holds the line
    for element in islice(block.element.iter(), _MOST):
        given = _given(element)
        if given and (element is block.element or fold(string_of(element)) == block.text):
            found |= given
    return frozenset(found)


def _given(element: Element) -> set[tuple[str, str]]:
    style, colour = element.get("style"), element.get("color")
    found = {(name.lower(), value.strip().lower()) for name, value in _SET.findall(style)} if style else set()
    if colour:
        found.add(("color", colour.strip().lower()))
    if element.tag == "small":
        found.add(("small", ""))
    return found
