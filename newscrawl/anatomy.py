"""Taking an article's body apart: paragraphs, captions, byline, source, dateline, each for itself.

A caption never stays in the body, a byline never ends it, and what stands behind a related heading is never part of it;
prose that only looks like one of these stays. Source: field notes, formats.md 2 to 5, traps 9, 10, 14, 20 to 24, 79
to 83.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from newscrawl.blocks import Block, image_url
from newscrawl.bylines import Byline, looks_like_name, read_byline, split_credit, split_dateline, whole_credit
from newscrawl.dates import find_date
from newscrawl.items import Caption
from newscrawl.text import close_official, is_comment_heading, is_related_heading, is_tail, key, words
from newscrawl.tree import Element

__all__ = ["Anatomy", "byline_of", "dissect"]

_LONGEST_CAPTION: Final = 300  # characters; the longest in the evidence has 140
_PLAIN_CAPTION: Final = 30  # words of a caption that no markup sets apart
_BESIDE_DATE: Final = 12  # characters: "Đăng ngày", "Cập nhật:"
_PROSE: Final = 60  # characters of a line that goes on with the article
_PICTURE_TABLE: Final = 500  # characters of all texts in a table that is a picture with its caption, not a layout
_CAPTION_HINT: Final = re.compile(
    r"caption|image_?desc|img-?cap|mota_?anh|motaanh|note|comment|\bhinh\b|\bfig\b", re.IGNORECASE
)
_AUTHOR_HINT: Final = re.compile(r"author|pseudonym|byline|tac-?gia|butdanh|but-danh", re.IGNORECASE)
_SENTENCE_BREAK: Final = re.compile(r"[.!?…]\s+[A-ZÀ-ỸĐ]")
_CLOSED: Final = re.compile(r"[.!?…:;,]$")
_CREDITED: Final = re.compile(r"\b(?:Ảnh|Nguồn ảnh|Ảnh minh họa|Photo)\b\s*(?::|\)?$|\()", re.IGNORECASE)
_QUOTES: Final = ("“", '"', "«", "‘")
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


def _until_the_end(blocks: Sequence[Block]) -> list[Block]:
    """Only what is the article's: a related heading or a tail word ends it, unless links follow and prose behind them.

    Then it was a box between paragraphs: the box is taken out, and the prose stays. What stands before any prose is a
    menu, not an end. Comments are prose too, and end the article in any case.
    """
    kept: list[Block] = []
    seen = at = 0
    while at < len(blocks):
        block = blocks[at]
        if block.text and seen > 80 and (is_related_heading(block.text) or is_tail(block.text)):
            behind = _behind_box(blocks, at + 1)
            boxed = any(box.text for box in blocks[at + 1 : behind])
            if not boxed or is_comment_heading(block.text) or not any(_is_prose(later) for later in blocks[behind:]):
                break
            at = behind
            continue
        seen += len(block.text)
        kept.append(block)
        at += 1
    return kept


def _behind_box(blocks: Sequence[Block], at: int) -> int:
    """Where the links below a heading end."""
    while at < len(blocks) and (not blocks[at].text or _is_linked(blocks[at])):
        at += 1
    return at


def _is_linked(block: Block) -> bool:
    return block.linked * 2 >= block.letters


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PROSE and not _is_linked(block)


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
    behind_caption = False
    for at, block in enumerate(blocks):
        if block.image is not None:
            url = resolve(image_url(block.image) or "")
            waiting.append(url)
            if url and url not in parts.images:
                parts.images.append(url)
        elif behind_caption and (credit := whole_credit(block.text)) and parts.captions[-1].credit is None:
            parts.captions[-1] = replace(parts.captions[-1], credit=credit)
        elif _is_caption(block, bool(waiting), named, tables, blocks[at + 1 :]):
            behind_caption = _add_caption(block.text, waiting, parts, title)
            continue
        else:
            waiting = []
            left.append(block)
        behind_caption = False
    return left


def _add_caption(text: str, waiting: list[str | None], parts: Anatomy, title: str) -> bool:
    """Whether the text is kept as a caption: the headline under a picture is none (trap 10)."""
    image = waiting.pop(0) if waiting else None
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
    following: Sequence[Block],
) -> bool:
    if block.caption or block.table in tables:
        return len(block.text) <= _LONGEST_CAPTION * 2
    if _named(block, named) and (after_picture or _CAPTION_HINT.search(block.hint)):
        return _CAPTION_HINT.search(block.hint) is not None or _one_sentence(block)
    if not after_picture or len(block.text) > _LONGEST_CAPTION or block.heading:
        return False
    if _CAPTION_HINT.search(block.hint) or (block.align == "center" and not block.all_bold):
        return True
    if block.all_italic and _one_sentence(block) and block.text[0] not in _QUOTES:
        return True
    if _CREDITED.search(block.text) and words(block.text) <= _PLAIN_CAPTION:
        return True
    return _plain_caption(block, following)


def _one_sentence(block: Block) -> bool:
    """Whether a line that stands where captions stand reads like one: a paragraph of prose can stand there too."""
    text, _ = split_credit(block.text)
    if block.all_bold or text.endswith(":"):  # a sub-heading, or what introduces a list
        return False
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
    """The last lines, up to three, where each is a byline by its words and, where words don't settle it, by its markup.
    One of them may be a bare name; the others say by a label what they are."""
    taken: list[Block] = []
    bare = 0
    for block in reversed(texts[1:][-3:]):
        marked = block.align in ("right", "end") or block.all_bold or _AUTHOR_HINT.search(block.hint) is not None
        found = None
        if not block.heading and (marked or block.element.tag != "li"):
            found = read_byline(block.text, marked=marked)
        bare += found is not None and found.role is None and not found.source
        if found is None or bare > 1:
            break
        taken.insert(0, block)
    return taken


def _without_repeats(texts: list[Block], repeats: set[str]) -> list[Block]:
    """Without title, lead and date line where they stand at the start of the body (trap 9)."""
    start = 0
    while start < min(len(texts), 4) and (key(texts[start].text) in repeats or _is_date_line(texts[start].text)):
        start += 1
    return texts[start:]


def _is_date_line(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    stamp = find_date(text) if len(text) <= 40 else None
    return stamp is not None and len(text) - len(stamp.raw) <= _BESIDE_DATE
