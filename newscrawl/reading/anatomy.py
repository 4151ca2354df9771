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

from newscrawl.reading.blocks import Block
from newscrawl.reading.captions import Pictures, is_named, take_captions
from newscrawl.reading.clutter import without_clutter
from newscrawl.words.bylines import Byline, read_byline, split_dateline
from newscrawl.words.dates import find_date
from newscrawl.words.text import close_official, is_comment_heading, is_related_heading, is_tail, key, words
from newscrawl.words.tree import Element

__all__ = ["Anatomy", "byline_of", "dissect"]

_BESIDE_DATE: Final = 12  # characters: "Đăng ngày", "Cập nhật:"
_PROSE: Final = 60  # characters of a line that goes on with the article
_MAY_BE_PROSE: Final = frozenset({"chia sẻ", "thông tin cần biết", "tin mới", "xem thêm", "đọc thêm"})
_AUTHOR_HINT: Final = re.compile(r"author|pseudonym|byline|tac-?gia|butdanh|but-danh", re.IGNORECASE)
_GLUED: Final = re.compile(r"[a-zà-ỹ][.!?…][A-ZĐÁÀÂĂÊÔƠƯỐỒ][a-zà-ỹ]")


@dataclass(slots=True)
class Anatomy:
    """The parts of a body: paragraphs in order, and what was taken out of them."""

    paragraphs: list[str] = field(default_factory=list)
    pictures: Pictures = field(default_factory=Pictures)
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
    ruled: bool = True,
) -> Anatomy:
    """Take `blocks` apart. `captions` and `bylines` are elements that a rule names as such; `resolve` makes picture
    addresses absolute. `title` and `lead`, where known, are removed from the body's start (trap 9). A body that no rule
    found, which is not `ruled`, may hold clutter."""
    parts = Anatomy()
    blocks = _until_the_end(blocks)
    if not ruled:
        blocks = without_clutter(blocks)
    parts.pictures, texts = take_captions(blocks, key(title or ""), resolve, captions)
    texts = _without_repeats(texts, {key(line) for line in (title, lead) if line})
    texts = _take_byline(texts, parts, bylines)
    parts.paragraphs = [close_official(block.text) for block in texts if block.text not in ("./.", "/.", ".")]
    if parts.paragraphs:
        parts.dateline, parts.paragraphs[0] = split_dateline(parts.paragraphs[0], datelines)
    if parts.pictures.images and not parts.pictures.captions and any(_GLUED.search(text) for text in parts.paragraphs):
        parts.warnings.append("a caption may be glued to a sentence of the body")
    return parts


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
        if block.text and seen > 80 and _may_end(block.text, blocks[at + 1 : at + 2]):
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


def _may_end(line: str, following: Sequence[Block]) -> bool:
    """Whether a line may head what stands behind an article; with prose right behind it, some are a sub-heading or the
    label of a button."""
    if not is_related_heading(line) and not is_tail(line):
        return False
    return key(line) not in _MAY_BE_PROSE or not any(map(_is_prose, following))


def _behind_box(blocks: Sequence[Block], at: int) -> int:
    """Where the links below a heading end."""
    while at < len(blocks) and (not blocks[at].text or _is_linked(blocks[at])):
        at += 1
    return at


def _is_linked(block: Block) -> bool:
    return block.linked * 2 >= block.letters


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PROSE and not _is_linked(block)


def _take_byline(texts: list[Block], parts: Anatomy, named: frozenset[Element]) -> list[Block]:
    """Take the byline out: blocks that a rule or their class names, else the last lines (formats.md 2, rules)."""
    taken = [block for block in texts if is_named(block, named)]
    if not taken:
        taken = [block for block in texts[-3:] if _AUTHOR_HINT.search(block.hint) and words(block.text) <= 12]
    if not taken:
        taken = _last_lines(texts)
    if not taken:
        taken = _before_notes(texts)
    if not taken:
        return texts
    parts.byline_raw, parts.byline = byline_of([block.text for block in taken])
    named_so = frozenset(taken)
    return [block for block in texts if block not in named_so]


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


def _before_notes(texts: list[Block]) -> list[Block]:
    """The byline above a footnote, a date or the line of an attachment: set to the right, and in bold."""
    notes: list[Block] = []
    for block in reversed(texts[1:][-3:]):
        if block.align in ("right", "end") and not _is_date_line(block.text):
            alone = not any(note.align == block.align for note in notes if not _is_date_line(note.text))
            return [block] if alone and block.all_bold and read_byline(block.text, marked=True) else []
        notes.append(block)
    return []


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
