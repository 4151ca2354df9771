"""Taking an article's body apart: paragraphs, captions, byline, source, dateline, each for itself.

A caption never stays in the body, a byline never ends it, and what stands behind a related heading is never part of it;
prose that only looks like one of these stays. Source: field notes, formats.md 2 to 5, traps 9, 10, 14, 20 to 24, 79
to 83.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from newscrawl.blocks import Block, image_url
from newscrawl.bylines import Byline, looks_like_name, read_byline, split_credit, split_dateline
from newscrawl.items import Caption
from newscrawl.text import close_official, is_related_heading, is_tail, key, words
from newscrawl.tree import Element

__all__ = ["Anatomy", "byline_of", "dissect"]

_LONGEST_CAPTION: Final = 300  # characters; the longest in the evidence has 140
_PLAIN_CAPTION: Final = 30  # words of a caption that no markup sets apart
_PICTURE_TABLE: Final = 500  # characters of all texts in a table that is a picture with its caption, not a layout
_CAPTION_HINT: Final = re.compile(
    r"caption|image_?desc|img-?cap|mota_?anh|motaanh|note|comment|\bhinh\b|\bfig\b", re.IGNORECASE
)
_AUTHOR_HINT: Final = re.compile(r"author|pseudonym|byline|tac-?gia|butdanh|but-danh", re.IGNORECASE)
_SENTENCE_BREAK: Final = re.compile(r"[.!?…]\s+[A-ZÀ-ỸĐ]")
_CLOSED: Final = re.compile(r"[.!?…:;,]$")
_CREDITED: Final = re.compile(r"\b(?:Ảnh|Nguồn ảnh|Ảnh minh họa|Photo)\b\s*(?::|\)?$|\()", re.IGNORECASE)
_GLUED: Final = re.compile(r"[a-zà-ỹ][.!?…][A-ZĐÁÀÂĂÊÔƠƯỐỒ][a-zà-ỹ]")


@dataclass(slots=True)
class Anatomy:
    """The parts of a body: paragraphs in order, and what was taken out of them."""

    paragraphs: list[str] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    byline_raw: str | None = None
    byline: Byline | None = None
    dateline: str | None = None
    warnings: list[str] = field(default_factory=list)


def dissect(
    blocks: Sequence[Block],
    *,
    title: str | None,
    lead: str | None,
    resolve: Callable[[str], str | None],
    captions: frozenset[Element] = frozenset(),
    bylines: frozenset[Element] = frozenset(),
    datelines: tuple[str, ...] = (),
) -> Anatomy:
    """Take `blocks` apart. `captions` and `bylines` are elements that a rule names as such; `resolve` makes picture
    addresses absolute. `title` and `lead`, where known, are removed from the body's start (trap 9)."""
    parts = Anatomy()
    blocks = _until_the_end(blocks)
    texts = _take_captions(blocks, parts, key(title or ""), resolve, captions)
    texts = _without_repeats(texts, {key(line) for line in (title, lead) if line})
    texts = _take_byline(texts, parts, bylines)
    parts.paragraphs = [close_official(block.text) for block in texts if block.text not in ("./.", "/.", ".")]
    if parts.paragraphs:
        parts.dateline, parts.paragraphs[0] = split_dateline(parts.paragraphs[0], datelines)
    if parts.images and not parts.captions and any(_GLUED.search(text) for text in parts.paragraphs):
        parts.warnings.append("a caption may be glued to a sentence of the body")
    return parts


def _until_the_end(blocks: Sequence[Block]) -> Sequence[Block]:
    """Only what stands before a related heading or a tail word; those at the very start are menus, not ends."""
    seen = 0
    for at, block in enumerate(blocks):
        if block.text and seen > 80 and (is_related_heading(block.text) or is_tail(block.text)):
            return blocks[:at]
        seen += len(block.text)
    return blocks


# --- captions


def _take_captions(
    blocks: Sequence[Block],
    parts: Anatomy,
    title: str,
    resolve: Callable[[str], str | None],
    named: frozenset[Element],
) -> list[Block]:
    """Move pictures and their captions from the blocks to `parts`; the blocks that are text remain."""
    left: list[Block] = []
    waiting: list[str | None] = []  # pictures that have no caption yet, since the last paragraph
    tables = _picture_tables(blocks)
    for at, block in enumerate(blocks):
        if block.image is not None:
            url = resolve(image_url(block.image) or "")
            waiting.append(url)
            if url and url not in parts.images:
                parts.images.append(url)
        elif _is_caption(block, bool(waiting), named, tables, blocks[at + 1 :]):
            _add_caption(block.text, waiting, parts, title)
        else:
            waiting = []
            left.append(block)
    return left


def _add_caption(text: str, waiting: list[str | None], parts: Anatomy, title: str) -> None:
    image = waiting.pop(0) if waiting else None
    if key(text) == title:  # trap 10: the headline under the picture is no caption
        return
    words_of, credit = split_credit(text)
    parts.captions.append(Caption(words_of or text, credit, image))


def _is_caption(
    block: Block,
    after_picture: bool,
    named: frozenset[Element],
    tables: set[Element],
    following: Sequence[Block],
) -> bool:
    if block.caption or block.table in tables:
        return len(block.text) <= _LONGEST_CAPTION * 2
    if _named(block, named) and (after_picture or _CAPTION_HINT.search(block.hint)):
        return _CAPTION_HINT.search(block.hint) is not None or _one_sentence(block)
    if not after_picture or len(block.text) > _LONGEST_CAPTION or block.heading:
        return False
    if block.all_italic or _CAPTION_HINT.search(block.hint) or (block.align == "center" and not block.all_bold):
        return True
    if _CREDITED.search(block.text) and words(block.text) <= _PLAIN_CAPTION:
        return True
    return _plain_caption(block, following)


def _one_sentence(block: Block) -> bool:
    """Whether a line that stands where captions stand reads like one: a paragraph of prose can stand there too."""
    text, _ = split_credit(block.text)
    return words(text) <= _PLAIN_CAPTION and not _SENTENCE_BREAK.search(text) and not read_byline(block.text)


def _plain_caption(block: Block, following: Sequence[Block]) -> bool:
    """A short line right behind a picture that is no sentence, with prose to come (families.md F1, Quảng Xương).

    The last lines of an article are left to the byline: "Văn Tiến" behind a picture is who took it, or wrote it.
    """
    if not _one_sentence(block) or _CLOSED.search(block.text) or block.all_bold or block.align == "right":
        return False
    return len(block.text) >= 15 and (bool(following) or not looks_like_name(block.text))


def _named(block: Block, elements: frozenset[Element]) -> bool:
    """Whether the block stands in one of `elements`."""
    if not elements:
        return False
    return block.element in elements or any(ancestor in elements for ancestor in block.element.iterancestors())


def _picture_tables(blocks: Sequence[Block]) -> set[Element]:
    """Tables that hold at least one picture and little else."""
    pictures = {block.table for block in blocks if block.image is not None and block.table is not None}
    sizes = dict.fromkeys(pictures, 0)
    for block in blocks:
        if block.table in sizes:
            sizes[block.table] += len(block.text)
    return {table for table, size in sizes.items() if table is not None and size <= _PICTURE_TABLE}


# --- bylines


def _take_byline(texts: list[Block], parts: Anatomy, named: frozenset[Element]) -> list[Block]:
    """Take the byline out: blocks that a rule or their class names, else the last lines (formats.md 2, rules)."""
    taken = [block for block in texts if _named(block, named)]
    if not taken:
        taken = [block for block in texts[-3:] if _AUTHOR_HINT.search(block.hint) and words(block.text) <= 12]
    if not taken:
        taken = _last_lines(texts)
    if not taken:
        return texts
    parts.byline_raw, parts.byline = byline_of([block.text for block in taken])
    return [block for block in texts if block not in taken]


def byline_of(lines: Sequence[str]) -> tuple[str, Byline]:
    """The raw text of lines that are known to be a byline, and whom they name; what names nobody is the source."""
    together = Byline()
    for line in lines:
        found = read_byline(line, marked=True) or Byline(source=line)
        together = Byline(together.names + found.names, together.source or found.source, together.role or found.role)
    return "\n".join(lines), together


def _last_lines(texts: list[Block]) -> list[Block]:
    """The last one or two lines, where each is a byline by its words and, where words don't settle it, by its
    markup."""
    taken: list[Block] = []
    for block in reversed(texts[1:][-2:]):
        marked = block.align in ("right", "end") or block.all_bold or _AUTHOR_HINT.search(block.hint) is not None
        found = None if block.heading else read_byline(block.text, marked=marked)
        if found is None or (taken and not found.names):
            break
        taken.insert(0, block)
        if found.names:
            break
    return taken


def _without_repeats(texts: list[Block], repeats: set[str]) -> list[Block]:
    """Without title and lead said again at the start of the body."""
    start = 0
    while start < min(len(texts), 3) and key(texts[start].text) in repeats:
        start += 1
    return texts[start:]
