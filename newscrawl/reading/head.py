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

from newscrawl.reading.clutter import names_of
from newscrawl.reading.readable import Survey
from newscrawl.words.bylines import AUTHOR_HINT, looks_like_name, read_byline
from newscrawl.words.dates import find_date
from newscrawl.words.text import fold, key, words
from newscrawl.words.tree import Element, ancestors_of

__all__ = ["ROOT_CATEGORIES", "byline_above", "category_path"]

ROOT_CATEGORIES: Final = frozenset({"trang chủ", "trang chu", "home", "trang nhất"})
_UNREAD: Final = frozenset({"script", "style", "noscript", "template"})
_LONGEST_LINE: Final = 80  # characters of a line that names an author beside the date
_MOST_ELEMENTS: Final = 200  # elements that are looked at around a headline
_LEVELS: Final = 5  # elements around the headline, beside which a path may stand
_BESIDE: Final = 3
_MOST_NAMES: Final = 5  # names of a path; a menu has more
_LONGEST_NAME: Final = 60
_CRUMBS: Final = frozenset({"breadcrumb", "breadcrumbs", "crumb", "crumbs"})
_SEPARATORS: Final = re.compile(r"[»›>→/|]")
_ENDS: Final = " »›>→/|·:-–"
_LABELS: Final = frozenset({"by", "bởi", "tác giả"})


# --- who wrote it


def byline_above(survey: Survey, categories: list[str]) -> str | None:
    """The line or the part of it that names the author, between headline and body or right above the headline."""
    columns = {key(name) for name in categories}
    for element in _around_headline(survey):
        line = _short_text(element, _LONGEST_LINE)
        if line and key(line) not in columns and (raw := _author_in(line, element)) and key(raw) not in columns:
            return raw
    return None


def _author_in(line: str, element: Element) -> str | None:
    """The name or the labelled byline that a line is, without the date beside it: "Minh An - 06:16, 22/08/2024"."""
    if key(line) in _LABELS:
        return None
    stamp = find_date(line)
    if stamp is not None:
        before, _, behind = line.partition(stamp.raw)
        line = before.strip(_ENDS + ",") or behind.strip(_ENDS + ",")
        if looks_like_name(line) and words(line) >= 2:
            return line
    named = AUTHOR_HINT.search(element.get("class") or "") is not None
    found = read_byline(line, marked=named)
    return line if found and found.names and (named or found.role) else None


def _around_headline(survey: Survey) -> Iterator[Element]:
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


def _short_text(element: Element, most: int) -> str:
    """The text of an element, or nothing where it is longer than `most`: what holds a whole column is never joined."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(str(piece))
        size += len(piece.strip())
        if size > most:
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
    for element in islice(block.iter(), _MOST_ELEMENTS):
        if _is_called_path(element):
            return [name for _, name in _pieces(element)]
    anchors = list(islice(block.iter("a"), _MOST_NAMES + 1))
    pieces = _pieces(block)
    if not anchors or len(anchors) > _MOST_NAMES or len(pieces) > _MOST_NAMES + 1:
        return []
    linked = [name for inside, name in pieces if inside]
    if key(linked[0] if linked else "") in ROOT_CATEGORIES or urlsplit(anchors[0].get("href") or "-").path == "/":
        return [name for _, name in pieces] if _SEPARATORS.search("".join(map(str, block.itertext()))) else []
    if len(linked) < len(pieces):
        return []
    return linked if _is_heading(block) or all(_leads_to(anchor, url) for anchor in anchors) else []


def _is_called_path(element: Element) -> bool:
    kind = element.get("itemtype")
    return (kind is not None and kind.endswith("BreadcrumbList")) or not _CRUMBS.isdisjoint(names_of(element))


def _pieces(block: Element) -> list[tuple[bool, str]]:
    """The runs of text in a path, and whether each stands in a link; separators and long texts are left out."""
    found: list[tuple[bool, str]] = []
    for element in islice(block.iter(), _MOST_ELEMENTS):
        if element.tag in _UNREAD:
            continue
        inside = any(parent.tag == "a" for parent in [element, *ancestors_of(element, 2)])
        runs = [(inside, element.text)] + ([(False, element.tail)] if element is not block else [])
        for linked, text in runs:
            name = fold(text or "").strip(_ENDS)
            if 1 < len(name) <= _LONGEST_NAME:
                found.append((linked, name))
    return found


def _is_heading(block: Element) -> bool:
    """Whether a block is a heading, or holds one and nothing else."""
    return block.tag in ("h1", "h2") or (len(block) == 1 and block[0].tag in ("h1", "h2"))


def _leads_to(anchor: Element, url: str) -> bool:
    """Whether an article's address begins with that of a link: "/van-hoa/ve-que-5.html" with "/van-hoa"."""
    path = urlsplit(anchor.get("href") or "").path.rstrip("/")
    return len(path) > 1 and urlsplit(url).path.startswith(f"{path}/")
