"""Where bylines stand when they don't end the body: in an element that a rule names, or right behind the body."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from newscrawl.reading.blocks import Block, blocks_of
from newscrawl.reading.reading import Reading
from newscrawl.words.bylines import read_byline
from newscrawl.words.text import fold, is_tail
from newscrawl.words.tree import Element

__all__ = ["behind", "outside"]


def outside(reading: Reading, body: Element) -> Iterator[tuple[str, list[str]]]:
    """The lines of the elements that a rule names as byline and that are not part of the body, with the layer."""
    for origin, found in reading.found("byline"):
        for one in found:
            if isinstance(one, str):
                lines = [fold(one)]
            elif any(ancestor is body for ancestor in one.iterancestors()):
                continue
            else:
                lines = [block.text for block in blocks_of(one) if block.text]
            if any(lines):
                yield origin, lines


def behind(body: Element) -> list[str]:
    """The one or two lines right behind the body's element, if they are a byline by words and markup (trap 20). Where
    more stands in the element behind, it has to be set to the right."""
    last = body
    for _ in range(2):  # in a table that sets the page out, what stands behind is the next row
        if last.getnext() is None and (parent := last.getparent()) is not None:
            last = parent
    for element in list(last.itersiblings())[:2]:
        blocks = [block for block in blocks_of(element)[:3] if block.text]
        if blocks:
            signed = list(takewhile(_is_byline, blocks))
            whole = len(signed) == len(blocks) or (bool(signed) and signed[0].align in ("right", "end"))
            return [block.text for block in signed] if whole and len(signed) <= 2 else []
    return []


def _is_byline(block: Block) -> bool:
    marked = block.align in ("right", "end") or block.all_bold
    return marked and block.linked == 0 and not is_tail(block.text) and read_byline(block.text, marked=True) is not None
