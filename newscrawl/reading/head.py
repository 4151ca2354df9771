"""What stands around the headline of a page that no rule knows: who wrote the article, and its category path.

Names beside a headline are as often those of columns and of readers. So a byline there needs a label, a class that says
author, or the article's date on the same line; a path needs a class, separators, or an address that the article's own
begins with (formats.md 2; families.md, N4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from newscrawl.reading.readable import Survey
from newscrawl.words.bylines import AUTHOR_HINT, looks_like_name, read_byline
from newscrawl.words.dates import find_date
from newscrawl.words.text import fold, key, words
from newscrawl.words.tree import Element, ancestors_of

__all__ = ["ROOT_CATEGORIES", "byline_above", "category_path", "elements_above", "short_text"]

ROOT_CATEGORIES: Final = frozenset({"trang chủ", "trang chu", "home", "trang nhất"})
_UNREAD: Final = frozenset({"script", "style", "noscript", "template"})
_LONGEST_LINE: Final = 80  # characters of a line that names an author beside the date
_MOST_ELEMENTS: Final = 150  # elements that are looked at around a headline
_MOST_OF_PATH: Final = 60
_MOST_PIECES: Final = 40  # runs of text, blank ones too, of a line
_LEVELS: Final = 5  # elements around the headline, beside which a path may stand
_BESIDE: Final = 3
_MOST_NAMES: Final = 5  # names of a path; a menu has more
_LONGEST_NAME: Final = 80
_SEPARATORS: Final = re.compile(r"[»›>→/]")
_CALLED: Final = re.compile(r"cate|channel|chuyen-?muc", re.IGNORECASE)
_ENDS: Final = " »›>→/|·:-–"
_MAY_NAME: Final = re.compile(r":|\d{4}|\bby ", re.IGNORECASE)  # a label, a date
_LABELS: Final = frozenset({"by", "bởi", "tác giả"})


# --- who wrote it


def byline_above(survey: Survey, categories: list[str]) -> str | None:
    """The line or the part of it that names the author, between headline and body or right above the headline."""
    columns = {key(name) for name in categories}
    for element, named in _lines_that_may_name(survey):
        raw = _author_in(short_text(element, _LONGEST_LINE), named=named)
        if raw and key(raw) not in columns:
            return raw
    return None


def _lines_that_may_name(survey: Survey) -> Iterator[tuple[Element, bool]]:
    """The elements beside the headline that a class calls the author's (True), or that hold a label or a date."""
    for element in elements_above(survey):
        given = element.get("class")
        if given is not None and AUTHOR_HINT.search(given):
            yield element, True
        parent = element.getparent()
        for place, text in ((element, element.text), (parent, element.tail)):
            if place is not None and text and len(text) > 1 and _MAY_NAME.search(text):
                yield place, False
                if place is element and parent is not None and text.rstrip().endswith(":"):
                    yield parent, False  # "<b>Tác giả:</b> Minh An"


def _author_in(line: str, *, named: bool) -> str | None:
    """The name or the labelled byline that a line is, without the date beside it: "Minh An - 06:16, 22/08/2024"."""
    if not line or key(line) in _LABELS:
        return None
    if (stamp := find_date(line)) is not None:
        before, _, behind = line.partition(stamp.raw)
        line = before.strip(_ENDS + ",") or behind.strip(_ENDS + ",")
        if looks_like_name(line) and words(line) >= 2:
            return line
    found = read_byline(line, marked=named)
    return line if found and found.names and (named or found.role) else None


def elements_above(survey: Survey) -> Iterator[Element]:
    """The elements from right above the headline to the body's first paragraph, in order."""
    headline, body = survey.headline, survey.body
    if headline is None or body is None:
        return
    around_body = {body, *body.iterancestors()}
    start = next((run.element for run in survey.prose if run.at == survey.body_starts), body)
    top = headline
    while (parent := top.getparent()) is not None and parent not in around_body:
        top = parent
    left = _MOST_ELEMENTS
    for place in [*reversed(list(islice(top.itersiblings(preceding=True), 2))), top, *top.itersiblings()]:
        for element in islice(place.iter(), left):
            if element is start or element is body:
                return
            left -= 1
            if element.tag not in _UNREAD and element not in around_body:
                yield element


def short_text(element: Element, most: int) -> str:
    """The text of an element, or nothing where it is longer than `most`: what holds a whole column is never joined."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(str(piece))
        size += len(piece.strip())
        if size > most or len(pieces) > _MOST_PIECES:
            return ""
    return fold("".join(pieces))


# --- the category path


def category_path(survey: Survey, url: str) -> list[str]:
    """The names of the path printed above the headline, outermost first, without the home page and the headline."""
    place = survey.headline
    if place is None:
        return []
    headline = key(survey.title or "")
    for level in [place, *ancestors_of(place, _LEVELS)]:
        for beside in islice(level.itersiblings(preceding=True), _BESIDE):
            names = [name for name in _path_in(beside, url) if key(name) not in ROOT_CATEGORIES | {headline}]
            if names:
                return names if len(names) <= _MOST_NAMES else []
    return []


def _path_in(block: Element, url: str) -> list[str]:
    """The names of a path that `block` is or holds; none if it is anything else."""
    for element in islice(block.iter(), _MOST_OF_PATH):
        if _is_called_path(element):
            return [name for _, name in _names(element) if len(name) <= _LONGEST_NAME]
    anchors = list(islice(block.iter("a"), _MOST_NAMES + 1))
    if not 0 < len(anchors) <= _MOST_NAMES or not (names := _names(block)):
        return []
    if any(len(name) > _LONGEST_NAME for _, name in names):
        return []
    if key(names[0][1]) in ROOT_CATEGORIES or urlsplit(anchors[0].get("href") or "-").path == "/":
        return [name for _, name in names] if _SEPARATORS.search("".join(map(str, block.itertext()))) else []
    if not all(linked for linked, _ in names):
        return []
    return [name for _, name in names] if _is_heading(block) or all(_leads_to(a, url) for a in anchors) else []


def _is_called_path(element: Element) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return "crumb" in named.lower() or (element.get("itemtype") or "").endswith("BreadcrumbList")


def _names(block: Element) -> list[tuple[bool, str]]:
    """The runs of text in a path without the separators, and whether each stands in a link; none where they are too
    many for one."""
    found: list[tuple[bool, str]] = []
    for linked, text in _runs(block, False):
        if len(name := fold(text).strip(_ENDS)) > 1:
            found.append((linked, name))
        if len(found) > _MOST_NAMES + 1:
            return []
    return found


def _runs(element: Element, linked: bool) -> Iterator[tuple[bool, str]]:
    inside = linked or element.tag == "a"
    if element.text:
        yield inside, element.text
    for child in element:
        if child.tag not in _UNREAD:
            yield from _runs(child, inside)
        if child.tail:
            yield inside, child.tail


def _is_heading(block: Element) -> bool:
    """Whether a block is a heading or called a category, or holds nothing but one that is."""
    inner = block[0] if len(block) == 1 else block
    return any(each.tag in ("h1", "h2") or _CALLED.search(each.get("class") or "") for each in (block, inner))


def _leads_to(anchor: Element, url: str) -> bool:
    """Whether an article's address begins with that of a link: "/van-hoa/ve-que-5.html" with "/van-hoa"."""
    path = urlsplit(anchor.get("href") or "").path.rstrip("/")
    return len(path) > 1 and urlsplit(url).path.startswith(f"{path}/")
