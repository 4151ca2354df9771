"""Who signs an article: the byline at the end of its body, told by words, class and place (formats.md 2, trap 20)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from newscrawl.reading.blocks import Block
from newscrawl.reading.captionsigns import is_named
from newscrawl.words.bylines import AUTHOR_HINT, Byline, is_role_label, looks_like_name, read_byline
from newscrawl.words.date_lines import is_placed
from newscrawl.words.dates import find_date
from newscrawl.words.text import words
from newscrawl.words.tree import Element, text_of

__all__ = ["byline_of", "is_date_line", "take_byline"]

_Signed = tuple[str | None, Byline | None, list[Block]]

_LAST: Final = 3  # lines at the end that are asked
_MOST_WORDS: Final = 12  # of a line whose class says that it names the author
_NAME: Final = 4  # words of a name that ends a paragraph
_SHORTEST: Final = 60  # characters of that paragraph
_ENDS: Final = (".", "!", "?", "…", "/")
# Above the name of who signs a letter or an announcement: that is text, and no reporter's name.
_OFFICE: Final = re.compile(
    r"(?:tm|kt|tl|tuq)\. ?\S.{2,60}|(?:q\. ?|phó ?)?(?:(?:tổng )?bí thư|chủ tịch(?: nước)?|(?:tổng )?giám đốc|"
    r"thủ tướng|chánh văn phòng|hiệu trưởng|(?:bộ|cục|vụ|chi cục|viện) trưởng|trưởng (?:ban|phòng|đoàn))",
    re.IGNORECASE,
)
_BESIDE_DATE: Final = 12  # characters: "Đăng ngày", "Cập nhật:"


def take_byline(texts: list[Block], named: frozenset[Element]) -> _Signed:
    """The byline as printed, whom it names, and the blocks without it. It stands in blocks that a rule (`named`) or
    their class names, else in the last lines, with a label in the first, or at the end of the last paragraph."""
    taken = _called_byline(texts, named)
    if not taken and any(_OFFICE.fullmatch(block.text) for block in texts[-_LAST:-1]):
        return None, None, texts
    taken = taken or _last_lines(texts) or _before_notes(texts) or _first_line(texts)
    if not taken:
        return _signature(texts)
    raw, byline = byline_of([block.text for block in taken])
    signed = frozenset(taken)
    return raw, byline, [block for block in texts if block not in signed]


def _called_byline(texts: list[Block], named: frozenset[Element]) -> list[Block]:
    """The blocks that a rule or their class calls the byline, and the labelled lines behind them: "Nguồn: …"."""
    taken = [block for block in texts if is_named(block, named)]
    if not taken:
        taken = [
            block for block in texts[-_LAST:] if AUTHOR_HINT.search(block.hint) and words(block.text) <= _MOST_WORDS
        ]
    behind = texts[texts.index(taken[-1]) + 1 :] if taken else []
    if 0 < len(behind) < _LAST:
        found = [read_byline(block.text) for block in behind]
        taken += behind if all(each is not None and (each.role or each.source) for each in found) else []
    return taken


def _first_line(texts: list[Block]) -> list[Block]:
    """The first line where it says who wrote what follows: "Tác giả: …"."""
    found = read_byline(texts[0].text) if len(texts) > 1 and ":" in texts[0].text else None
    return texts[:1] if found and found.role and found.names else []


def _signature(texts: list[Block]) -> _Signed:
    """The name that ends the last paragraph, behind its last sentence, in an element of its own."""
    last = texts[-1] if len(texts) > 1 else None
    inline = last.element.iter("strong", "b", "em", "i", "span") if last else ()
    for element in deque(inline, maxlen=_LAST):
        name = text_of(element)
        before = last.text.removesuffix(name).rstrip() if last and name else ""
        if last is None or not _SHORTEST <= len(before) < len(last.text) or not before.endswith(_ENDS):
            continue
        found = read_byline(name, marked=True)
        if found and found.names and words(name) <= _NAME:
            return name, found, [*texts[:-1], replace(last, text=before)]
    return None, None, texts


def byline_of(lines: Sequence[str]) -> tuple[str, Byline]:
    """The raw text of lines that are known to be a byline, and whom they name; what names nobody is the source."""
    together = Byline()
    for line in "\n".join(lines).replace(":\n", ": ").split("\n"):  # a label may have a line of its own
        found = read_byline(line, marked=True) or Byline(source=line)
        together = Byline(together.names + found.names, together.source or found.source, together.role or found.role)
    return "\n".join(lines), together


def _last_lines(texts: list[Block]) -> list[Block]:
    """The last lines, up to three, where each is a byline by its words and, where words don't settle it, by its markup.
    One of them may be a bare name, or several that are set to the right; the others say by a label what they are."""
    taken: list[Block] = []
    bare = 0
    for block in reversed(texts[1:][-_LAST:]):
        marked = block.align in ("right", "end") or block.all_bold or AUTHOR_HINT.search(block.hint) is not None
        found = None
        if (not block.heading or block.align in ("right", "end")) and (marked or block.element.tag != "li"):
            found = read_byline(block.text, marked=marked)
        bare += found is not None and found.role is None and not found.source
        if found is None or (bare > 1 and not _are_set_right([block, *taken])):
            break
        taken.insert(0, block)
    above = texts[: len(texts) - len(taken)]
    if not taken or (bare and taken[0].align not in ("right", "end") and _ends_in_list(above)):
        return []
    return [above[-1], *taken] if bare and len(above) > 1 and is_role_label(above[-1].text) else taken


def _are_set_right(blocks: list[Block]) -> bool:
    return all(block.align in ("right", "end") for block in blocks)


def _ends_in_list(texts: list[Block]) -> bool:
    """Whether the name below is one of many, as of villages or of winners: what stands above introduces it, or is two
    names more."""
    at = len(texts)
    while at and looks_like_name(texts[at - 1].text):
        at -= 1
    above = texts[at - 1].text if at else ""
    return len(texts) - at > 1 or (above.endswith(":") and not is_role_label(above))


def _before_notes(texts: list[Block]) -> list[Block]:
    """The byline above a footnote, a date or the line of an attachment: set to the right and in bold, or labelled."""
    notes: list[Block] = []
    for block in reversed(texts[1:][-_LAST:]):
        if (found := read_byline(block.text)) and found.role and found.role.casefold() == "tác giả":
            return [block]
        if block.align in ("right", "end") and not is_date_line(block.text):
            alone = not any(note.align == block.align for note in notes if not is_date_line(note.text))
            return [block] if alone and block.all_bold and read_byline(block.text, marked=True) else []
        notes.append(block)
    return []


def is_date_line(text: str) -> bool:
    """Whether a line is a date and nothing else; with a place before it, it is a letter's."""
    stamp = find_date(text) if len(text) <= 40 and not is_placed(text) else None
    return stamp is not None and len(text) - len(stamp.raw) <= _BESIDE_DATE
