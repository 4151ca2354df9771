"""Where bylines stand when they don't end the body: in an element that a rule names, or right behind the body."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from newscrawl.reading.blocks import Block, blocks_of
from newscrawl.reading.reading import Reading
from newscrawl.words.bylines import AUTHOR_HINT, read_byline
from newscrawl.words.text import fold, is_related_heading, is_tail
from newscrawl.words.tree import Element, elements_behind

__all__ = ["behind", "outside"]

_BEHIND: Final = 2  # elements behind the body
_MOST_LINES: Final = 3
_HEADS: Final = ("đọc ", "xem ", "tin ", "bài ", "các ")  # the column behind the body: "Đọc Nhiều"


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
    """The lines right behind the body's element, up to three, if they are a byline by words and markup (trap 20). Where
    more stands in the element behind, they have to be set to the right or to have a label."""
    lines: list[str] = []
    for element in elements_behind(body, _BEHIND):
        blocks = [block for block in blocks_of(element)[: _MOST_LINES + 1] if block.text]
        signed = list(takewhile(_is_byline, blocks))
        whole = len(signed) == len(blocks) or all(_is_sure(block) for block in signed)
        if len(lines) + len(signed) > _MOST_LINES or not whole:
            return []
        lines += [block.text for block in signed]
        if len(signed) < len(blocks) or (not blocks and lines):
            break
    return lines


def _is_byline(block: Block) -> bool:
    marked = block.align in ("right", "end") or block.all_bold or AUTHOR_HINT.search(block.hint) is not None
    heads = block.text.casefold().startswith(_HEADS) and ":" not in block.text
    if heads or block.linked or is_tail(block.text) or is_related_heading(block.text):
        return False
    found = read_byline(block.text, marked=marked)
    return found is not None and (marked or found.role is not None or ":" in block.text)


def _is_sure(block: Block) -> bool:
    return block.align in ("right", "end") or ":" in block.text
