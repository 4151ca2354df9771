"""Captions and pictures, taken out of a body's blocks (formats.md 4, traps 10, 21). Whether a line is a caption is told
in `captionsigns`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from newscrawl.items import Caption
from newscrawl.reading.blocks import Block, image_url
from newscrawl.reading.captionsigns import CaptionSigns
from newscrawl.words.bylines import split_credit, whole_credit
from newscrawl.words.text import fold, key
from newscrawl.words.tree import Element, string_of

__all__ = ["GLUED", "Pictures", "take_captions"]

# A sentence's end with another beginning right behind it: two blocks that lost the line between them (trap 21).
GLUED: Final = re.compile(r"[a-zà-ỹ][.!?…](?=[A-ZĐÁÀÂĂÊÔƠƯỐỒ][a-zà-ỹ])")
_MOST_INLINE: Final = 100  # elements of a block that may hold the caption


@dataclass(slots=True)
class Pictures:
    """The pictures of a body, by address, and their captions, both in order."""

    captions: list[Caption] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def take_captions(
    blocks: Sequence[Block],
    title: str,
    resolve: Callable[[str], str | None],
    named: frozenset[Element],
) -> tuple[Pictures, list[Block]]:
    """The pictures with their captions, and the blocks that remain. `title` is the headline's key; `resolve` makes
    addresses absolute; `named` are elements that a rule names as captions."""
    parts = Pictures()
    blocks = _unglued(blocks)
    left: list[Block] = []
    waiting: deque[str | None] = deque()  # pictures that have no caption yet, since the last paragraph
    images: dict[str, None] = {}  # each once, in order
    signs = CaptionSigns(blocks, named)
    behind_caption = False
    for at, block in enumerate(blocks):
        if block.image is not None:
            url = resolve(image_url(block.image) or "")
            waiting.append(url)
            if url:
                images[url] = None
        elif behind_caption and (credit := whole_credit(block.text)) and parts.captions[-1].credit is None:
            parts.captions[-1] = replace(parts.captions[-1], credit=credit)
        elif signs.is_caption(at, after_picture=bool(waiting)):
            behind_caption = _add_caption(block.text, waiting, parts, title)
            continue
        else:
            waiting = deque()
            left.append(block)
        behind_caption = False
    parts.images = list(images)
    return parts, left


def _add_caption(text: str, waiting: deque[str | None], parts: Pictures, title: str) -> bool:
    """Whether the text is kept as a caption: the headline under a picture is none (trap 10)."""
    image = waiting.popleft() if waiting else None
    if key(text) == title:
        return False
    words_of, credit = split_credit(text)
    parts.captions.append(Caption(words_of or text, credit, image))
    return True


def _unglued(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where a caption is glued to the sentence before it but stands in an element of its own, parted: the
    caption comes behind the picture that stands next to them."""
    beside = {at + step for at, block in enumerate(blocks) if block.image is not None for step in (-1, 1)}
    if not any(0 <= at < len(blocks) and GLUED.search(blocks[at].text) for at in beside):
        return list(blocks)
    found: list[Block] = []
    moved: Block | None = None
    for at, block in enumerate(blocks):
        parted = _part(block) if at in beside and GLUED.search(block.text) else None
        if parted is None:
            found += [block] if moved is None else [block, moved]
            moved = None
        elif at and blocks[at - 1].image is not None:
            found += reversed(parted)
        else:
            found.append(parted[0])
            moved = parted[1]
    return found


def _part(block: Block) -> tuple[Block, Block] | None:
    """The prose of a block and the caption behind it, where an element holds the caption and nothing else."""
    inline = islice(block.element.iter("em", "i", "span", "font", "small"), _MOST_INLINE)
    texts = {fold(string_of(element)) for element in inline}
    for match in GLUED.finditer(block.text):
        if (caption := block.text[match.end() :]) in texts:
            return replace(block, text=block.text[: match.end()]), replace(block, text=caption, caption=True)
    return None
