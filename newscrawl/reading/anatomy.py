"""Taking an article's body apart: paragraphs, captions, byline, source, dateline, each for itself.

A caption never stays in the body, a byline never ends it, and what stands behind a related heading is never part of it;
prose that only looks like one of these stays. Source: field notes, formats.md 2 to 5, traps 9, 10, 14, 20 to 24, 79
to 83.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from newscrawl.reading.blocks import Block
from newscrawl.reading.captions import GLUED, Pictures, take_captions
from newscrawl.reading.clutter import without_clutter
from newscrawl.reading.lead import take_lead
from newscrawl.reading.signature import is_date_line, take_byline
from newscrawl.words.bylines import Byline, read_byline, split_dateline
from newscrawl.words.text import close_official, is_comment_heading, is_related_heading, is_tail, key
from newscrawl.words.tree import Element

__all__ = ["Anatomy", "dissect"]

_PROSE: Final = 60  # characters of a line that goes on with the article
_MAY_BE_PROSE: Final = frozenset({
    "chia sẻ", "thông tin cần biết", "tin mới", "xem thêm", "đọc thêm", "related",
    "trả lời",  # what a reader asked
})  # fmt: skip
# What introduces a line of documents, which are kept as attachments.
_DOCUMENTS: Final = re.compile(r"(?:tệp|file|tài liệu|văn bản)\s+(?:đính kèm|kèm theo)\s*:", re.IGNORECASE)
_TAGS: Final = re.compile(r"(?:từ kh(?:óa|oá)|tags?)\s*:", re.IGNORECASE)
_SIGNED: Final = re.compile(r"tác giả\s*:", re.IGNORECASE)
_FIRST_LINES: Final = 4  # that may say title, lead and date again
_DASH: Final = re.compile(r"[-–—] ")
_CORRECTS: Final = re.compile(r"(?:đính chính|cải chính)\b", re.IGNORECASE)
_CODE: Final = 20  # characters of a line that is a desk's code
_FOOTER: Final = 0.25  # of the article's letters; what stands behind "Tác giả: …" and is more goes on with it


@dataclass(slots=True)
class Anatomy:
    """The parts of a body: paragraphs in order, and what was taken out of them."""

    paragraphs: list[str] = field(default_factory=list)
    pictures: Pictures = field(default_factory=Pictures)
    byline_raw: str | None = None
    byline: Byline | None = None
    lead: str | None = None
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
    ruled: bool = True,
    leads: bool = False,
) -> Anatomy:
    """Take `blocks` apart. `captions` and `bylines` are elements that a rule names as such; `resolve` makes picture
    addresses absolute. `title` and `lead`, where known, are removed from the body's start (trap 9). A body that no rule
    found, which is not `ruled`, may hold clutter; where `leads`, a lead that is not known may begin the body."""
    parts = Anatomy()
    blocks = _without_footer(_until_the_end(blocks))
    if not ruled:
        blocks = without_clutter(blocks)
    parts.pictures, texts = take_captions(blocks, key(title or ""), resolve, captions)
    texts = _without_repeats(texts, {key(line) for line in (title, lead) if line})
    if leads and not lead:
        lead, texts = take_lead(texts)
    texts = [block for block in texts if not (block.linked and _DOCUMENTS.match(block.text))]
    parts.byline_raw, parts.byline, texts = take_byline(texts, bylines)
    parts.paragraphs = [close_official(block.text) for block in texts if block.text not in ("./.", "/.", ".")]
    _take_dateline(parts, lead, datelines)
    if parts.pictures.images and not parts.pictures.captions and any(map(GLUED.search, parts.paragraphs)):
        parts.warnings.append("a caption may be glued to a sentence of the body")
    return parts


def _take_dateline(parts: Anatomy, lead: str | None, codes: tuple[str, ...]) -> None:
    """The desk's code before the lead or, where that has none, before the first paragraph."""
    if lead:
        parts.dateline, parts.lead = split_dateline(close_official(lead), codes)
    if parts.paragraphs and parts.dateline is None:
        first, *others = parts.paragraphs
        if others and first[:2] == others[0][:2] and _DASH.match(first):
            return  # not a desk's: all items of a list have it
        parts.dateline, parts.paragraphs[0] = split_dateline(first, codes)
        if parts.dateline is None and others and len(first) <= _CODE:  # "(CTO) -" may have a line of its own
            code, rest = split_dateline(f"{first} {others[0]}", codes)
            if rest == others[0]:
                parts.dateline, parts.paragraphs = code, others


def _until_the_end(blocks: Sequence[Block]) -> list[Block]:
    """Only what is the article's: a related heading or a tail word ends it, unless links follow and prose behind them.

    Then it was a box between paragraphs: the box is taken out, and the prose stays. What stands before any prose is a
    menu, not an end. Comments are prose too, and end the article in any case.
    """
    kept: list[Block] = []
    seen = at = 0
    last = next((at for at in reversed(range(len(blocks))) if _is_prose(blocks[at])), -1)
    while at < len(blocks):
        block = blocks[at]
        if block.text and seen > 80 and (_is_tag_line(block) or _may_end(block.text, blocks[at + 1 : at + 2])):
            behind = _behind_box(blocks, at + 1)
            boxed = any(box.text for box in blocks[at + 1 : behind])
            if not boxed or is_comment_heading(block.text) or last < behind:
                break
            at = behind
            continue
        seen += len(block.text)
        kept.append(block)
        at += 1
    return kept


def _without_footer(blocks: list[Block]) -> list[Block]:
    """Without what some portals print below "Tác giả: …": views, addresses, telephone numbers (trap 23)."""
    for at, block in enumerate(blocks):
        if block.text[:3].lower() == "tác" and _SIGNED.match(block.text) and read_byline(block.text):
            end = at + 1
            while end < len(blocks) and (not blocks[end].text or read_byline(blocks[end].text)):
                end += 1
            seen, rest = (sum(len(each.text) for each in part) for part in (blocks[:at], blocks[end:]))
            notes = [each for each in blocks[end:] if _CORRECTS.match(each.text)]
            return blocks[:end] + notes if rest <= seen * _FOOTER else blocks
    return blocks


def _may_end(line: str, following: Sequence[Block]) -> bool:
    """Whether a line may head what stands behind an article; with prose right behind it, some are a sub-heading or the
    label of a button."""
    if not (is_related_heading(line) or is_tail(line) or is_comment_heading(line)):
        return False
    return key(line) not in _MAY_BE_PROSE or not any(map(_is_prose, following))


def _is_tag_line(block: Block) -> bool:
    """Whether a line is "Từ khóa: …" with the tags as links."""
    return block.linked > 0 and _TAGS.match(block.text) is not None


def _behind_box(blocks: Sequence[Block], at: int) -> int:
    """Where the links below a heading end."""
    while at < len(blocks) and (not blocks[at].text or _is_linked(blocks[at])):
        at += 1
    return at


def _is_linked(block: Block) -> bool:
    return block.linked * 2 >= block.letters


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PROSE and not _is_linked(block)


def _without_repeats(texts: list[Block], repeats: set[str]) -> list[Block]:
    """Without title, lead and date line where they stand at the start of the body (trap 9)."""
    start = 0
    days = [at for at, block in enumerate(texts[:_FIRST_LINES]) if is_date_line(block.text)]
    if any(later > at + 1 for at, later in pairwise(days)):  # a calendar: they head what stands below them
        days = []
    while start < min(len(texts), _FIRST_LINES) and (key(texts[start].text) in repeats or start in days):
        start += 1
    return texts[start:]
