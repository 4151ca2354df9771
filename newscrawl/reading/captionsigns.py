"""Whether a line is a caption: by what the markup says of it, by how its letters are set, by its words, by its place.

A caption is short text tied to a picture by markup, or right behind one (formats.md 4, traps 10, 21, 83). Prose that
stands there too stays prose: sub-headings, quotations, what introduces a list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final

from newscrawl.reading.blocks import Block
from newscrawl.reading.lettering import Lettering, lettering_of
from newscrawl.words.bylines import looks_like_name, read_byline, split_credit
from newscrawl.words.text import key, words
from newscrawl.words.tree import Element

__all__ = ["CAPTION_HINT", "CaptionSigns", "is_named"]

_LONGEST_CAPTION: Final = 300  # characters; the longest in the evidence has 140
_PLAIN_CAPTION: Final = 30  # words of a caption that no markup sets apart
_CLOSED_CAPTION: Final = 20  # words of one that ends in a full stop, too
_PICTURE_TABLE: Final = 500  # characters of all texts in a table that is a picture with its caption, not a layout
CAPTION_HINT: Final = re.compile(
    r"caption|image_?(?:desc|intro)|img-?cap|mota_?anh|note|comment|\b(?:hinh|fig)\b", re.IGNORECASE
)
_PROSE: Final = 60  # characters of a line that no poem has
_SENTENCE_BREAK: Final = re.compile(r"[.!?…]\s+[A-ZÀ-ỸĐ]")
_CLOSED: Final = re.compile(r"[.!?…:;,]$")
_CREDITED: Final = re.compile(r"\b(?:Ảnh|Nguồn ảnh|Ảnh minh họa|Photo)\b\s*(?::|\)?$|\()", re.IGNORECASE)
_ITEM: Final = re.compile(r"[-–+•*]\s|\d{1,2}[.)]\s|[a-zđ][.)]\s")
_QUOTES: Final = ("“", '"', "«", "‘")
# With these a paragraph goes on from the one before it; who describes a picture does not begin so.
_GOES_ON: Final = re.compile(
    r"(?:Theo|Ngoài ra|Bên cạnh|Đồng thời|Cùng với|Nhân dịp|Kết thúc|Được biết|Hiện|Nhờ|Qua|Để|Tuy|Nhưng|Vì|Do|"
    r"Mặt khác|Trước đó|Sau đó|Từ đó|Như vậy|Phát biểu|Dịp này|Hội nghị đã|Cũng|Tại đây|Ngay sau|Đến nay)\b"
)


_SAYS: Final = re.compile(r" (?:cho biết|cho hay|chia sẻ|khẳng định|nhấn mạnh|kể|nói)\b")
_SCENE: Final = re.compile(r"(?:Quang|Toàn|Khung) cảnh\b")  # what no paragraph begins with


class CaptionSigns:
    """The blocks of one body, and what they say of a line that stands where captions stand.

    `named` are elements that a rule names as captions.
    """

    def __init__(self, blocks: Sequence[Block], named: frozenset[Element]) -> None:
        self._blocks, self._named = blocks, named
        self._tables = _picture_tables(blocks)
        self._centred = _sets_centred(blocks)

    def is_caption(self, at: int, *, after_picture: bool) -> bool:
        """Whether the block at that place is a caption. `after_picture`: no paragraph parts it from a picture."""
        block = self._blocks[at]
        marked = block.caption or block.table in self._tables
        if not (marked or after_picture or self._named) or (not block.caption and _signs_text(block)):
            return False
        if (block.caption and not _is_under_quotation(block)) or block.table in self._tables:
            return len(block.text) <= _LONGEST_CAPTION * 2
        hinted = CAPTION_HINT.search(block.hint) is not None
        listed = _is_listed(block)
        if is_named(block, self._named) and (hinted or (after_picture and not listed and _describes(block))):
            return True
        if not after_picture or len(block.text) > _LONGEST_CAPTION or block.heading:
            return False
        if hinted or listed:
            return hinted
        return self._is_set_apart(block) or _is_credited(block) or self._is_right_behind(at)

    def _is_right_behind(self, at: int) -> bool:
        """Whether a line that looks like the paragraphs describes the picture right before it."""
        block, image = self._blocks[at], self._blocks[at - 1].image if at else None
        if image is None:
            return False
        if _is_plain(block, last=at + 1 == len(self._blocks)) or key(image.get("alt") or "") == key(block.text):
            return True
        if not _describes(block) or words(block.text) > _CLOSED_CAPTION:
            return False
        return _SCENE.match(block.text) is not None or self._all_described

    @cached_property
    def _all_described(self) -> bool:
        """Whether behind each picture there is a line that may describe it, and behind one a line that surely does."""
        behind = [block for image, block in pairwise(self._blocks) if image.image is not None and block.image is None]
        if any(block.heading or _is_listed(block) or not _describes(block) for block in behind):
            return False
        return any(_is_plain(block, last=False) for block in behind)

    def _is_set_apart(self, block: Block) -> bool:
        """Whether a line is set otherwise than prose: centred, in italics, in another colour or size."""
        if block.align == "center" and not self._centred and (not block.all_bold or block.all_italic):
            return True
        if not _one_sentence(block) or block.text[0] in _QUOTES:
            return False
        return block.all_italic or not lettering_of(block) <= self._lettering_of_prose

    @cached_property
    def _lettering_of_prose(self) -> Lettering:
        prose = (block for block in self._blocks if len(block.text) > _LONGEST_CAPTION // 3)
        return frozenset().union(*map(lettering_of, prose))


def is_named(block: Block, elements: frozenset[Element]) -> bool:
    """Whether the block stands in one of `elements`."""
    if not elements:
        return False
    return block.element in elements or any(ancestor in elements for ancestor in block.element.iterancestors())


def _signs_text(block: Block) -> bool:
    """Whether a line names who wrote the article, too: "Bài, ảnh: …"."""
    found = read_byline(block.text) if ":" in block.text else None
    return found is not None and found.role is not None and not found.role.casefold().startswith("ảnh")


def _is_under_quotation(block: Block) -> bool:
    """Whether a figure holds a quotation and no picture: what stands below is who said it."""
    figure = block.figure
    if figure is None or next(figure.iter("blockquote"), None) is None:
        return False
    return next(figure.iter("img", "video", "iframe"), None) is None


def _one_sentence(block: Block) -> bool:
    """Whether a line that stands where captions stand reads like one: a paragraph of prose can stand there too."""
    text, _ = split_credit(block.text)
    if (block.all_bold and not block.all_italic) or text.endswith(":"):  # a sub-heading, or what introduces a list
        return False
    return words(text) <= _PLAIN_CAPTION and not _SENTENCE_BREAK.search(text) and not read_byline(block.text)


def _describes(block: Block) -> bool:
    """Whether the line behind a picture, which a rule names by its place alone, does not go on with the prose."""
    if block.text.endswith("/."):  # "./." ends official prose
        return False
    if _CLOSED.search(block.text):
        told = _GOES_ON.match(block.text) or _SAYS.search(block.text)
        if told or (words(block.text) > _CLOSED_CAPTION and split_credit(block.text)[1] is None):
            return False
    return _one_sentence(block)


def _is_credited(block: Block) -> bool:
    return _CREDITED.search(block.text) is not None and words(block.text) <= _PLAIN_CAPTION


def _is_plain(block: Block, *, last: bool) -> bool:
    """A short line right behind a picture that is no sentence, with prose to come (families.md F1, Quảng Xương).

    The last lines of an article are left to the byline: "Văn Tiến" behind a picture is who took it, or wrote it.
    """
    if not _one_sentence(block) or _CLOSED.search(block.text) or block.align == "right" or block.text[0] in _QUOTES:
        return False
    if block.text.isupper():  # a sub-heading that is typed, not marked
        return False
    return len(block.text) >= 15 and not (last and looks_like_name(block.text))


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


def _picture_tables(blocks: Sequence[Block]) -> set[Element]:
    """Tables of pictures with their captions: little text, and hardly more lines of it than pictures. A table of data
    with logos in it has several lines for each, and a box of text more long ones than pictures."""
    pictures: Counter[Element] = Counter()
    lines: Counter[Element] = Counter()
    long: Counter[Element] = Counter()
    sizes: Counter[Element] = Counter()
    for block in blocks:
        if block.table is not None:
            pictures[block.table] += block.image is not None
            lines[block.table] += bool(block.text)
            long[block.table] += len(block.text) >= _PROSE
            sizes[block.table] += len(block.text)
    small = {table for table, size in sizes.items() if size <= _PICTURE_TABLE}
    return {table for table in small if long[table] <= pictures[table] > 0 and lines[table] <= pictures[table] + 1}
