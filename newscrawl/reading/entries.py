"""Whether a text is a listing: entries, each under a title that links to an article of its own.

Teasers are entries with a sentence or two; some portals print the articles whole (field notes, families.md F2, traps 51
and 56). News has links too, with text above and between them: what counts is that every part of the text stands under
such a title, and next to nothing above the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from newscrawl.reading.blocks import Block, blocks_of
from newscrawl.reading.clutter import clutter_in
from newscrawl.reading.pages import Page
from newscrawl.reading.structured import Structured
from newscrawl.words.tree import Element, text_of
from newscrawl.words.urls import bare_host, is_file, resolve

__all__ = ["is_listing_address", "listing_in"]

_SHORTEST_TITLE: Final = 15  # characters
_LONGEST_TITLE: Final = 250
_LEAST: Final = 5  # entries; three where the page says by its address or its head that it is a listing
_LEAST_TOLD: Final = 3
_LEAST_WHOLE: Final = 3
_WHOLE: Final = 300  # characters of an entry that is an article
_LONGEST_TEASER: Final = 600
_SENTENCES: Final = 300  # the same, where a paragraph stands above the first
_INTRODUCTION: Final = 300  # characters above the first entry: what a category says of itself
_MOST_BESIDE: Final = 5  # links of one line: its picture, its title, "Xem tiếp"
_PARAGRAPH: Final = 60  # the same, that may be an article's
_LONGEST_DATE: Final = 60
_DAY: Final = re.compile(r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2} tháng \d{1,2}\b")
# Whole segments and endings only: a headline may have any of these words (trap 51, sites.csv).
_ADDRESS: Final = re.compile(
    r"-event\d+(?:\.html?)?$|-ptag(?:\.html?)?$|-tag\d+(?:\.html?)?$|/tag\.html?$|"
    r"/(?:tags?|tu-khoa|keywords?|topics?|chu-de|tim-kiem|search|s)(?:/[^/]+)?/?$|/tim-kiem\.(?:html?|aspx)$|"
    r"/(?:page|trang)[/-]\d+(?:\.html?)?/?$",
    re.IGNORECASE,
)
_HOME: Final = re.compile(r"/?(?:(?:index|default|home|trang-chu)(?:\.\w{3,5})?/?)?", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"(?:từ khóa|từ khoá|tags?|thẻ|chủ đề|chuyên mục|tìm kiếm|sự kiện)\s?[:»|]|kết quả tìm kiếm|search results?\b|#\w",
    re.IGNORECASE,
)
_LIVE: Final = re.compile(r"\[?(?:trực tiếp|tường thuật|live)\b", re.IGNORECASE)
_COLLECTIONS: Final = frozenset({"CollectionPage", "SearchResultsPage"})


@dataclass(slots=True)
class _Entry:
    """One title with the text under it: characters of prose, and whether a line with a day stands there."""

    prose: int = 0
    dated: bool = False


def is_listing_address(url: str) -> bool:
    """Whether an address has the shape of a listing's: of a tag, a topic, a search, the home page. A hint, no more."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return _ADDRESS.search(parts.path) is not None or (not parts.query and _HOME.fullmatch(parts.path) is not None)


def listing_in(body: Element, page: Page, structured: Structured) -> str | None:
    """The reason "many_articles" or "many_teasers", where `body` is a listing; else None."""
    if _is_card(body):
        return "many_teasers"
    said = is_listing_address(page.url) + _says_listing(structured)
    place = body if said < 2 else page.root  # the teasers may stand beside what a topic says of itself
    titles = _titles_in(place, page)
    if len(titles) < _LEAST_TOLD:
        return None
    introduction, entries = _entries_in(blocks_of(place, clutter_in(place)), titles)
    if len(entries) < _LEAST_TOLD or introduction > _INTRODUCTION * (2 if said else 1):
        return None
    dated = sum(entry.dated for entry in entries) * 2 > len(entries)
    if not (said or dated or _is_plain(structured, introduction)):
        return None
    at_once = bool(said) or introduction < _PARAGRAPH
    whole = sum(entry.prose >= _WHOLE for entry in entries)
    if at_once and (said or dated) and whole >= _LEAST_WHOLE and whole * 5 >= len(entries) * 3:
        return "many_articles"
    enough = len(entries) >= (_LEAST_TOLD if said else _LEAST)
    return "many_teasers" if enough and _are_teasers(entries, _LONGEST_TEASER if at_once else _SENTENCES) else None


def _is_card(body: Element) -> bool:
    """Whether the largest text of the page is one link among others: a teaser that leads to its article as a whole."""
    parent = body.getparent()
    if body.tag != "a" or not body.get("href") or parent is None:
        return False
    return sum(1 for card in parent.iterchildren("a") if card.get("href")) >= _LEAST_TOLD


def _is_plain(structured: Structured, introduction: int) -> bool:
    """Whether nothing speaks for an article: no word of the head, and no paragraph above the first entry."""
    if structured.first_meta("og:type") == "article" or _LIVE.match(structured.head_title or ""):
        return False
    return introduction < _PARAGRAPH


def _are_teasers(entries: Sequence[_Entry], longest: int) -> bool:
    """Whether most have a few words and none an article's length: links between paragraphs leave all of the text under
    some of them."""
    filled = sum(entry.prose > 0 for entry in entries)
    return filled * 2 >= len(entries) and max(entry.prose for entry in entries) <= longest


def _says_listing(structured: Structured) -> bool:
    """Whether the page's head says so."""
    titles = (structured.head_title, structured.first_meta("og:title"))
    return not _COLLECTIONS.isdisjoint(structured.kinds) or any(map(_HEAD.match, filter(None, titles)))


def _titles_in(body: Element, page: Page) -> dict[str, str]:
    """The links that may be titles of other articles of the host: text → address without query's order."""
    titles: dict[str, str] = {}
    here, host = urlsplit(page.url), bare_host(page.url)
    for anchor in body.iter("a"):
        href = anchor.get("href")
        if not href or href[0] == "#" or is_file(href):
            continue
        heading = next(anchor.iter("h1", "h2", "h3", "h4"), anchor)  # a card may be one link as a whole
        text = text_of(heading)
        if not _SHORTEST_TITLE <= len(text) <= _LONGEST_TITLE:
            continue
        url = resolve(page.base, href)
        if url is None or bare_host(url) != host:
            continue
        there = urlsplit(url)
        if (there.path, there.query) != (here.path, here.query):
            titles.setdefault(text, url)
    return titles if len(set(titles.values())) >= _LEAST_TOLD else {}


def _entries_in(blocks: Sequence[Block], titles: dict[str, str]) -> tuple[int, list[_Entry]]:
    """The prose above the first entry, in characters, and the entries in order."""
    introduction = 0
    entries: dict[str, _Entry] = {}
    entry: _Entry | None = None
    for block in blocks:
        title = _title_of(block, titles)
        if title is not None:
            entry = entries.setdefault(titles[title], _Entry())
            entry.dated |= _DAY.search(block.text) is not None
        elif len(block.text) <= _LONGEST_DATE and _DAY.search(block.text):
            if entry is not None:
                entry.dated = True
        elif entry is not None:
            entry.prose += len(block.text)
        elif block.linked * 2 < block.letters and not block.heading:
            introduction += len(block.text)
    return introduction, list(entries.values())


def _title_of(block: Block, titles: dict[str, str]) -> str | None:
    """The title that a line is, alone or with a date."""
    if block.linked * 5 < block.letters * 3:
        return None
    for text in (block.text, block.text.rpartition("(")[0].rstrip()):
        if text in titles:
            return text
    beside = (text_of(anchor) for anchor in islice(block.element.iter("a"), _MOST_BESIDE))
    return next((text for text in beside if text in titles and text in block.text), None)
