"""Links out of pages: articles out of listings, categories out of a menu, "Tin đã đưa" out of articles.

Source: field notes, families.md (listing), formats.md 5, traps 56 to 64.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from newscrawl.items import Link
from newscrawl.reading.pages import Page
from newscrawl.site import Site
from newscrawl.words.date_lines import says_no_more
from newscrawl.words.dates import find_date
from newscrawl.words.text import fold, is_related_heading, is_tail
from newscrawl.words.tree import Element, string_of, text_of
from newscrawl.words.urls import is_file

__all__ = ["article_links", "has_links", "menu_links", "printed_tags", "related_links"]

_MOST_RELATED: Final = 60  # links of one block; more is a menu that happens to stand below the words
_MOST_PIECES: Final = 500  # elements that stand with a link; more are no entry of a list
_LINKS_OF_A_PAGE: Final = 5
_TAG_LEVELS: Final = 3  # the heading itself and two elements around it: beyond, other links begin
_MOST_TAGS: Final = 30
_LONGEST_TAG: Final = 60
_WEB: Final = "1997-01-01"  # before it, Vietnam had no page to publish on
_TITLE_DATE: Final = re.compile(r"\([^()]*\)(?=[^()]{0,15}$)")
_YEARLESS: Final = re.compile(r"\(\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*\)")
_SHORTEST_LINE: Final = 3  # characters of a line that can be a heading
_DIGIT: Final = re.compile(r"\d")
_ITEM: Final = frozenset({"li", "tr", "p", "article", "dd", "td", "div", "h2", "h3", "h4", "figure", "span"})


def article_links(page: Page, site: Site) -> list[Link]:
    """The links of a listing that may be articles, in order, each page once (trap 63).

    Taken from the elements that `links` names; without that rule, from all links whose address is an article's.
    """
    anchors = page.links(site.links.elements(page.root)) if site.links else page.links([page.root])
    wanted = [
        (anchor, url)
        for anchor, url in anchors
        if (kind := site.address_kind(url)) and (site.links or kind == "article")
    ]
    links = _each_once(_entries(page, wanted, _Items()), site)
    if page.reread(*(link.title for link in links)):
        return article_links(page, site)
    return links


def has_links(page: Page) -> bool:
    """Whether a page has the links of a whole page: one of maintenance, or of a guard, has next to none."""
    return sum(1 for _ in page.root.iter("a")) >= _LINKS_OF_A_PAGE


def menu_links(page: Page, site: Site) -> list[Link]:
    """The categories in a site's menu: links of the site itself that are neither its home nor a file nor denied."""
    found: dict[str, Link] = {}
    home = site.key(site.home)
    for anchor, url in page.links(site.menu.elements(page.root)):
        title = text_of(anchor)
        key = site.key(url)
        if title and site.has_host(url) and key != home and not site.denies(url) and not is_file(url):
            found.setdefault(key, Link(url, title))
    if page.reread(*(link.title for link in found.values())):
        return menu_links(page, site)
    return list(found.values())


def related_links(page: Page, places: Iterable[Element]) -> list[Link]:
    """The entries of related blocks: `places` are the blocks, or the headings right above them.

    Each entry comes once, with its printed date; a year-less date is resolved against the time of the fetch only.
    """
    found: dict[str, Link] = {}
    items = _Items()
    for place in islice(dict.fromkeys(places), _MOST_RELATED):
        heading, anchors = _below(place)
        for link in _entries(page, page.links(anchors[: _MOST_RELATED * 3]), items, heading):
            if link.title and len(found) < _MOST_RELATED:
                found.setdefault(link.url, link)
    return list(found.values())


def printed_tags(headings: Iterable[Element]) -> list[str]:
    """The texts of the links right behind a heading like "Từ khóa:"; none where they are too many or too long."""
    for heading in headings:
        block = heading
        for _ in range(_TAG_LEVELS):
            anchors = _anchors_behind(heading, block)
            tags = list(dict.fromkeys(tag for anchor in anchors if (tag := text_of(anchor).strip(" ,;#"))))
            if tags:
                return tags if len(tags) <= _MOST_TAGS and max(map(len, tags)) <= _LONGEST_TAG else []
            if (parent := block.getparent()) is None:
                break
            block = parent
    return []


# --- entries: a link with its title and date


def _entries(
    page: Page, anchors: list[tuple[Element, str]], items: _Items, heading: str | None = None
) -> Iterator[Link]:
    """One link for each address, in order: a picture, a title and "Xem tiếp" often link to the same article."""
    same: dict[str, list[Element]] = {}
    for anchor, url in anchors:
        same.setdefault(url, []).append(anchor)
    for url, elements in same.items():
        title = next((text for element in elements if (text := text_of(element))), "")
        title = title or next((fold(name) for element in elements if (name := element.get("title"))), "")
        day = raw = None
        for item in dict.fromkeys(map(items.around, elements)):
            day, raw = _date_among(_beside(item), page.fetched_at)
            if raw is not None:
                break
        if raw is None:
            title, day, raw = _dated_title(title, page.fetched_at)
        yield Link(url, title or None, day, raw, heading)


def _dated_title(title: str, seen_at: datetime | None) -> tuple[str, str | None, str | None]:
    """A title without the date in brackets that ends it ("Title ( dd/MM/yyyy )", "Title (d/m) source"), and that date.

    Other dates in a title are what it is about: "Lịch cắt điện ngày 25/12/2030". So are those of before the web.
    """
    match = _TITLE_DATE.search(title) if "(" in title else None
    if match is None:
        return title, None, None
    day, raw = _date_among([match[0]], seen_at)
    if raw is None or (day is not None and day < _WEB):
        return title, None, None
    return title[: match.start()].rstrip(" –-"), day, raw


def _date_among(pieces: Iterable[str], seen_at: datetime | None) -> tuple[str | None, str | None]:
    """The first printed date among pieces of text: the ISO day and the raw text.

    A day without a year that can't be resolved is kept as it stands: "(19/02)" without a time of fetch.
    """
    numbered = [fold(piece) for piece in pieces if _DIGIT.search(piece)]
    if len(numbered) > 1:
        numbered.sort(key=_is_wordy)  # a teaser's first words may name a day too
    for piece in numbered:
        if stamp := find_date(piece, seen_at=seen_at):
            ahead = seen_at is not None and stamp.day > (seen_at + timedelta(days=1)).date()
            if not ahead:  # what is announced lies in the future, what was published never
                return stamp.day.isoformat(), stamp.raw
        if match := _YEARLESS.search(piece):
            return None, fold(match[0])
    return None, None


def _is_wordy(piece: str) -> bool:
    """Whether a piece of text says more than a date."""
    return not says_no_more(piece, "")


def _beside(item: Element) -> list[str]:
    """The pieces of text, as printed, that stand with an entry's link but not in it: what its item holds, else what
    follows up to the next link. A teaser may be among them, so they are not joined."""
    if item.tag != "a":
        pieces = [text for text in islice(_outside_links(item), _MOST_PIECES) if text and not text.isspace()]
        following = item.getnext()
        if pieces or (following is not None and _has_link(following)):
            return pieces
    return list(islice(_following(item), _MOST_PIECES))


class _Items:
    """The entries of a list, each an element around its link. Remembers of each element whether it has several: the
    items of a long list all ask it of the same ones."""

    def __init__(self) -> None:
        self._several: dict[Element, bool] = {}

    def around(self, anchor: Element) -> Element:
        """The largest element around a link that holds no other link: its entry in a list."""
        item = anchor
        for parent in anchor.iterancestors():
            if parent.tag not in _ITEM or self._has_several(parent):
                break
            item = parent
        return item

    def _has_several(self, place: Element) -> bool:
        """Whether the links in an element lead to different addresses."""
        known = self._several.get(place)
        if known is None:
            anchors = place.iter("a")
            first = next(anchors).get("href")
            known = self._several[place] = any(other.get("href") != first for other in anchors)
        return known


def _outside_links(item: Element) -> Iterator[str | None]:
    """The texts of an element that stand in no link, in order, and None where there is none."""
    yield item.text
    for child in item:
        if child.tag != "a":
            yield from _outside_links(child)
        yield child.tail


def _following(element: Element) -> Iterator[str]:
    if element.tail and not element.tail.isspace():
        yield element.tail
    for sibling in element.itersiblings():
        if sibling.tag in ("a", "br", "hr") or _has_link(sibling):
            return
        yield string_of(sibling)
        if sibling.tail and not sibling.tail.isspace():
            yield sibling.tail


def _has_link(element: Element) -> bool:
    return next(element.iter("a"), None) is not None


def _each_once(links: Iterable[Link], site: Site) -> list[Link]:
    """Each page once, at its first place; a later link to it may add the title or date the first one lacks."""
    found: dict[str, Link] = {}
    for link in links:
        first = found.setdefault(site.key(link.url), link)
        if first is not link and (first.title is None or first.date is None):
            found[site.key(link.url)] = replace(
                first,
                title=first.title or link.title,
                date=first.date or link.date,
                date_raw=first.date_raw or link.date_raw,
            )
    return list(found.values())


# --- related blocks


def _below(place: Element) -> tuple[str | None, list[Element]]:
    """The heading and the links of a related block: `place` is the block, or the heading above its links."""
    if (inside := list(place.iter("a"))) and not is_related_heading(text_of(place)):
        texts = (text for element in place.iter() for text in (element.text, element.tail) if text)
        lines = (fold(text) for text in texts if not text.isspace())
        return next((line for line in lines if is_related_heading(line)), None), inside
    heading, block = text_of(place), place
    for _ in range(5):
        parent = block.getparent()
        if parent is None or parent.tag in ("body", "form", "html"):
            break
        block = parent
        if anchors := _anchors_behind(place, block):
            return heading, anchors
    return heading, []


def _anchors_behind(place: Element, block: Element) -> list[Element]:
    """The links of `block` that stand behind the heading `place`, up to the next heading or tail line."""
    anchors: list[Element] = []
    for element, inside in _elements_behind(place, block):
        if element.tag == "a":
            anchors.append(element)
        elif element.text and _SHORTEST_LINE < len(element.text) < 60:
            line = fold(element.text)
            if is_tail(line) or (not inside and is_related_heading(line)):
                break
    return anchors


def _elements_behind(place: Element, block: Element) -> Iterator[tuple[Element, bool]]:
    """The elements of `block` behind the beginning of `place`, in order, each with whether it stands inside of it."""
    yield from ((element, True) for element in place.iterdescendants())
    while place is not block and (parent := place.getparent()) is not None:
        for sibling in place.itersiblings():
            yield from ((element, False) for element in sibling.iter())
        place = parent
