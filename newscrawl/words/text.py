"""Words as the pages print them: folding, and the short lines that stand around an article.

Source of every list here: the field notes (formats.md 5, traps 74, 75, 82). Comparisons are made on whole short lines,
never on parts of prose: "thông tin đã đưa" contains "tin đã đưa".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, is_normalized, normalize

__all__ = [
    "close_official",
    "fold",
    "is_comment_heading",
    "is_label",
    "is_related_heading",
    "is_tag_heading",
    "is_tail",
    "key",
    "language_of",
    "slug",
    "words",
]

_RELATED: Final = frozenset({
    "tin đã đưa", "các tin đã đưa", "tin bài đã đưa", "các tin khác", "tin khác", "xem các tin khác", "các bài khác",
    "tin liên quan", "bài liên quan", "tin bài liên quan", "các tin liên quan", "bài viết liên quan",
    "tin cùng chuyên mục", "cùng chuyên mục", "bài cùng chuyên mục", "đọc thêm", "xem thêm", "bài đọc tiếp",
    "có thể bạn quan tâm", "bạn có thể quan tâm", "tin mới hơn", "tin cũ hơn", "các tin cũ hơn", "các tin mới hơn",
    "tin mới", "tin cùng loại", "related", "related news", "related articles", "related content", "related links",
    "related stories", "related topics", "other news", "top stories", "more stories", "most popular", "most read",
    "trending", "trending news", "read next", "recommended", "recommended for you", "you may also like",
})  # fmt: skip
_TAIL: Final = frozenset({
    "từ khóa", "từ khoá", "bình luận", "trả lời", "ý kiến của bạn", "ý kiến bạn đọc", "gửi ý kiến", "đánh giá bài viết",
    "chia sẻ bài viết", "chia sẻ facebook", "chia sẻ", "tệp đính kèm", "file đính kèm", "tài liệu kèm theo",
    "tài liệu đính kèm", "in ấn", "in bài viết", "print", "thông tin cần biết", "liên kết website", "văn bản liên quan",
    "share this", "share this article", "share this story", "tags", "xem tin tiếp theo",
    "quay lại", "về đầu trang", "lượt xem", "các tin đã đưa ngày", "các tin đã đưa theo ngày",
})  # fmt: skip
_TAGS: Final = frozenset({"từ khóa", "từ khoá", "tags", "tag"})
_COMMENTS: Final = frozenset({
    "bình luận", "trả lời", "ý kiến của bạn", "ý kiến bạn đọc", "gửi ý kiến", "comments", "leave a comment",
    "leave a reply",
})  # fmt: skip
# What stands on buttons and above advertisements, also between paragraphs.
_LABELS: Final = frozenset({
    "quảng cáo", "chia sẻ", "advertisement", "advert", "ad", "share", "tweet", "email", "print", "facebook", "twitter",
    "close", "read more", "continue reading below", "story continues below advertisement", "click to share", "related",
})  # fmt: skip
_MARK: Final = re.compile(r" ?\./\.? ?$| ?/\./? ?$")
_LEFTOVER: Final = re.compile(r"\{\{\{?(?:[^{}]|\{[^{}]*\})*\}\}\}?")
_MOST_MARKS: Final = 30  # on one letter
_LONG: Final = 300  # characters; in a shorter text any number of marks is sorted soon
_VIETNAMESE: Final = re.compile(r"[ăđơưĂĐƠƯạ-ỹẠ-Ỹ]")


def fold(text: str) -> str:
    """`text` on one line: NFC, every run of blanks (NBSP among them) one blank, ends stripped; without invisible
    characters, and without what a template left unfilled (trap 11).

    >>> fold(" 01/08/2018\\u00a0 "), fold("Lượt xem: {{ views }}")
    ('01/08/2018', 'Lượt xem:')
    """
    if "{{" in text:
        text = _LEFTOVER.sub("", text)
    if not text.isprintable():
        text = " ".join(text.split())  # all that Unicode calls a blank; of these, only the plain one prints
        if not text.isprintable():
            text = " ".join("".join(letter for letter in text if _prints(letter)).split())
    elif "  " in text:
        text = " ".join(text.split())
    else:
        text = text.strip()
    if text.isascii():
        return text
    if len(text) > _LONG and any(map(combining, text[::_MOST_MARKS])):
        text = _stream_safe(text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _stream_safe(text: str) -> str:
    """`text` without the marks on a letter that already has `_MOST_MARKS`: normalization sorts them, and would take
    hours for a million. No writing has more (UAX #15, "Stream-Safe Text Format")."""
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if combining(letter) else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def _prints(letter: str) -> bool:
    """False for controls, soft hyphens, zero-width blanks, direction marks, and halves of surrogate pairs, which can't
    be written as UTF-8. Private-use characters print something, in the symbol font that they are of."""
    return letter.isprintable() or category(letter) in ("Co", "Cn")


def key(text: str) -> str:
    """`text` for comparing: folded, without case, without a colon or dots at its end.

    >>> key("TIN ĐÃ ĐƯA :")
    'tin đã đưa'
    """
    return fold(text).casefold().rstrip(" :.…>»-")


def slug(text: str) -> str:
    """`text` as the short name of a category: without diacritics, a-z, 0-9 and single hyphens.

    >>> slug("Văn hóa - Du lịch"), slug("Đời sống")
    ('van-hoa-du-lich', 'doi-song')
    """
    plain = normalize("NFD", fold(text).casefold().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not combining(c))).strip("-")[:63]


def words(text: str) -> int:
    """How many words `text` has, as blanks part them."""
    return text.count(" ") + 1 if text else 0


@lru_cache(maxsize=4096)
def is_related_heading(line: str) -> bool:
    """Whether the whole of a short line is a heading of related links ("Tin đã đưa"); formats.md 5.

    >>> [is_related_heading(line) for line in ("Tin đã đưa:", "Thông tin đã đưa", "Các tin đã đưa ngày:")]
    [True, False, False]
    """
    return len(line) < 60 and key(line) in _RELATED


@lru_cache(maxsize=4096)
def is_tail(line: str) -> bool:
    """Whether the whole of a short line is a word that stands behind an article (tags, comments, sharing);
    formats.md 5.

    >>> is_tail("Lượt xem: 12"), is_tail("Từ khóa:"), is_tail("Từ khóa của đổi mới")
    (True, True, False)
    """
    return len(line) < 60 and _without_count(key(line)) in _TAIL


def _without_count(line: str) -> str:
    """A line without the number at its end, which says how often: "lượt xem: 12", "bình luận (3)"."""
    words = line.removesuffix(")").rstrip(".0123456789")
    return words.removesuffix("(").rstrip(" :") if len(words) < len(line.removesuffix(")")) else line


def is_tag_heading(line: str) -> bool:
    """Whether the whole of a short line introduces the tags ("Từ khóa:")."""
    return len(line) < 20 and key(line) in _TAGS


def is_label(line: str) -> bool:
    """Whether the whole of a short line stands on a button, or above an advertisement."""
    return len(line) < 40 and key(line) in _LABELS


def is_comment_heading(line: str) -> bool:
    """Whether the whole of a short line stands above readers' comments."""
    return len(line) < 60 and key(line).rstrip(" ()0123456789") in _COMMENTS


def close_official(paragraph: str) -> str:
    """`paragraph` with the end mark of official prose read as a full stop.

    >>> close_official("dân vận chính quyền./."), close_official("dứt điểm…")
    ('dân vận chính quyền.', 'dứt điểm…')
    """
    return _MARK.sub(".", paragraph) if paragraph.endswith(("/.", "./", "./. ")) else paragraph


def language_of(text: str, declared: str | None) -> str | None:
    """The language of `text` as a BCP 47 subtag: "vi" by its letters, else what the page declares, else None.

    Letters come first because portals declare whatever their template declared. One Vietnamese letter in 50 is enough:
    running Vietnamese has about one in four, other languages none.
    """
    head = text[:1000]
    if any(len(_VIETNAMESE.findall(part)) * 50 > len(head) for part in (head[:250], head)):
        return "vi"
    code = (declared or "").split("-")[0].strip().lower()
    return code if code.isascii() and code.isalpha() and code != "vi" and 2 <= len(code) <= 3 else None
