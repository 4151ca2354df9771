"""What kind of text an article is: news, or a digest, a legal document, an advertisement, pictures or film with hardly
any text (field notes, traps 52, 65, 66). Where nothing says otherwise, it is an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from newscrawl.reading.anatomy import Anatomy
from newscrawl.reading.embedded import PLAYERS, has_player
from newscrawl.reading.reading import Reading
from newscrawl.words.tree import Element, string_of

__all__ = ["kind_of"]

_SHORT: Final = 300  # characters of text beside film or pictures
_LABELLED: Final = 800  # the same, where the title calls it so
_MANY_PICTURES: Final = 5
_CAPTIONED: Final = 3
_LEAST_ITEMS: Final = 4
_SHORTEST_ITEM: Final = 80  # characters in the mean: news, and not the changes of a program
# Folders of the path; the last part of it is the article's own name.
_ADVERTS: Final = re.compile(
    r"/(?:rao-vat|thong-tin-quang-(?:ba|cao)[a-z-]{0,20}|quang-cao|advertorials?|sponsored)/(?=[^/])", re.IGNORECASE
)
_DIGEST: Final = re.compile(
    r"(?:điểm (?:báo|tin)|tin vắn)(?:\s?[:\-–(]|$| (?:ngày|sáng|trưa|chiều|tối|tuần|tháng|trong|quốc tế|thế giới|\d))",
    re.IGNORECASE,
)
_MEDIA: Final = re.compile(
    r"\[?\(?(?:video|clip|ảnh|photo|infographic|podcast|audio)s?(?:\]|\)|\s?[:|])|(?:chùm|phóng sự|bộ) ảnh\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"số[ /]ký hiệu(?: văn bản)?\s{0,3}(?:[:|]|\d)", re.IGNORECASE)
_ISSUED: Final = re.compile(r"ngày (?:ban hành|ký)\s{0,20}(?:[:|]|\d)", re.IGNORECASE)


def kind_of(reading: Reading, body: Element, title: str | None, parts: Anatomy) -> str:
    """One of the kinds of `newscrawl.items.Article`."""
    if _ADVERTS.search(_path(reading.page.url)) or "AdvertiserContentArticle" in reading.structured.kinds:
        return "advert"
    if _is_document(body, parts.paragraphs):
        return "document"
    if _DIGEST.match(title or "") or _is_itemised(parts.paragraphs):
        return "digest"
    return "media" if _is_media(body, title or "", parts) else "article"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _is_document(body: Element, paragraphs: Sequence[str]) -> bool:
    """Whether number and date of issue are labelled lines of it; in prose the words stand without a colon."""
    return any(map(_NUMBER.match, paragraphs)) and _ISSUED.search(string_of(body)) is not None


def _is_itemised(paragraphs: Sequence[str]) -> bool:
    """Whether most of it is `+ news + news`."""
    items = [text for text in paragraphs if text.startswith("+ ")]
    whole = len(items) >= _LEAST_ITEMS and len(items) * 3 >= len(paragraphs) * 2
    return whole and sum(map(len, items)) >= len(items) * _SHORTEST_ITEM


def _is_media(body: Element, title: str, parts: Anatomy) -> bool:
    size = sum(map(len, parts.paragraphs))
    labelled = _MEDIA.match(title) is not None
    if size >= (_LABELLED if labelled else _SHORT):
        return False
    pictures, captions = len(parts.pictures.images), len(parts.pictures.captions)
    if pictures >= _MANY_PICTURES or captions >= _CAPTIONED or (labelled and pictures > 0):
        return True
    return next(body.iter(*PLAYERS), None) is not None and has_player(body)
