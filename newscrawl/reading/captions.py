"""Captions and pictures, told from the paragraphs around them.

A caption is short text tied to a picture by markup, or right behind one (formats.md 4, traps 10, 21, 83). Prose that
stands there too stays prose: sub-headings, quotations, what introduces a list.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from newscrawl.items import Caption
from newscrawl.reading.blocks import Block, image_url
from newscrawl.words.bylines import looks_like_name, read_byline, split_credit, whole_credit
from newscrawl.words.text import key, words
from newscrawl.words.tree import Element

__all__ = ["Pictures", "is_named", "take_captions"]

_LONGEST_CAPTION: Final = 300  # characters; the longest in the evidence has 140
_PLAIN_CAPTION: Final = 30  # words of a caption that no markup sets apart
_PICTURE_TABLE: Final = 500  # characters of all texts in a table that is a picture with its caption, not a layout
_CAPTION_HINT: Final = re.compile(
    r"caption|image_?desc|img-?cap|mota_?anh|motaanh|note|comment|\bhinh\b|\bfig\b", re.IGNORECASE
)
_PROSE: Final = 60  # characters of a line that no poem has
_SENTENCE_BREAK: Final = re.compile(r"[.!?…]\s+[A-ZÀ-ỸĐ]")
_CLOSED: Final = re.compile(r"[.!?…:;,]$")
_CREDITED: Final = re.compile(r"\b(?:Ảnh|Nguồn ảnh|Ảnh minh họa|Photo)\b\s*(?::|\)?$|\()", re.IGNORECASE)
_ITEM: Final = re.compile(r"[-–+•*]\s|\d{1,2}[.)]\s|[a-zđ][.)]\s")
_QUOTES: Final = ("“", '"', "«", "‘")


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
    images: dict[str, None] = {}
    left: list[Block] = []
    waiting: deque[str | None] = deque()  # pictures that have no caption yet, since the last paragraph
    tables = _picture_tables(blocks)
    behind_caption = False
    centred = _sets_centred(blocks)
    for at, block in enumerate(blocks):
        if block.image is not None:
            url = resolve(image_url(block.image) or "")
            waiting.append(url)
            if url:
                images.setdefault(url)
        elif behind_caption and (credit := whole_credit(block.text)) and parts.captions[-1].credit is None:
            parts.captions[-1] = replace(parts.captions[-1], credit=credit)
        elif _is_caption(block, bool(waiting), named, tables, at + 1 < len(blocks), centred):
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


def _is_caption(
    block: Block,
    after_picture: bool,
    named: frozenset[Element],
    tables: set[Element],
    followed: bool,
    centred: bool,
) -> bool:
    if block.caption or block.table in tables:
        return len(block.text) <= _LONGEST_CAPTION * 2
    hinted = _CAPTION_HINT.search(block.hint) is not None
    listed = _is_listed(block)
    if is_named(block, named) and (hinted or (after_picture and _one_sentence(block) and not listed)):
        return True
    if not after_picture or len(block.text) > _LONGEST_CAPTION or block.heading:
        return False
    if hinted or listed:
        return hinted
    if block.align == "center" and not centred and (not block.all_bold or block.all_italic):
        return True
    if block.all_italic and _one_sentence(block) and block.text[0] not in _QUOTES:
        return True
    if _CREDITED.search(block.text) and words(block.text) <= _PLAIN_CAPTION:
        return True
    return _plain_caption(block, followed)


def _one_sentence(block: Block) -> bool:
    """Whether a line that stands where captions stand reads like one: a paragraph of prose can stand there too."""
    text, _ = split_credit(block.text)
    if (block.all_bold and not block.all_italic) or text.endswith(":"):  # a sub-heading, or what introduces a list
        return False
    return words(text) <= _PLAIN_CAPTION and not _SENTENCE_BREAK.search(text) and not read_byline(block.text)


def _plain_caption(block: Block, followed: bool) -> bool:
    """A short line right behind a picture that is no sentence, with prose to come (families.md F1, Quảng Xương).

    The last lines of an article are left to the byline: "Văn Tiến" behind a picture is who took it, or wrote it.
    """
    if not _one_sentence(block) or _CLOSED.search(block.text) or block.align == "right":
        return False
    return len(block.text) >= 15 and (followed or not looks_like_name(block.text))


def _is_listed(block: Block) -> bool:
    """Whether a line is an item of a list, a row of a table or no words at all: none of them describes a picture."""
    item = block.element.tag in ("li", "tr") and next(block.element.iter("img"), None) is None
    return item or _ITEM.match(block.text) is not None or not any(map(str.isalpha, block.text))


def _sets_centred(blocks: Sequence[Block]) -> bool:
    """Whether prose is centred too, so that centring says nothing of a line behind a picture."""
    prose = 0
    for before, block in pairwise(blocks):
        centred = before.align == block.align == "center"
        prose += centred and bool(before.text) and len(block.text) >= _PROSE
    return prose >= 2


def is_named(block: Block, elements: frozenset[Element]) -> bool:
    """Whether the block stands in one of `elements`."""
    if not elements:
        return False
    return block.element in elements or any(ancestor in elements for ancestor in block.element.iterancestors())


def _picture_tables(blocks: Sequence[Block]) -> set[Element]:
    """Tables of pictures with their captions: little text, and hardly more lines of it than pictures. A table of data
    with logos in it has several lines for each."""
    pictures: Counter[Element] = Counter()
    lines: Counter[Element] = Counter()
    sizes: Counter[Element] = Counter()
    for block in blocks:
        if block.table is not None:
            pictures[block.table] += block.image is not None
            lines[block.table] += bool(block.text)
            sizes[block.table] += len(block.text)
    small = {table for table, size in sizes.items() if size <= _PICTURE_TABLE}
    return {table for table in small if pictures[table] and lines[table] <= pictures[table] + 1}
