"""Links out of pages: articles out of listings, categories out of a menu, "Tin đã đưa" out of articles.

Source: field notes, families.md (listing), formats.md 5, traps 56 to 64.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from newscrawl.items import Link
from newscrawl.reading.listed import Items, entries_among
from newscrawl.reading.pages import Page
from newscrawl.site import Site
from newscrawl.words.text import fold, is_related_heading, is_tail
from newscrawl.words.tree import Element, text_of
from newscrawl.words.urls import is_file

__all__ = ["article_links", "has_links", "menu_links", "printed_tags", "related_links"]

_MOST_RELATED: Final = 60  # links of one block; more is a menu that happens to stand below the words
_LINKS_OF_A_PAGE: Final = 5
_TAG_LEVELS: Final = 3  # the heading itself and two elements around it: beyond, other links begin
_MOST_TAGS: Final = 30
_LONGEST_TAG: Final = 60
_SHORTEST_LINE: Final = 3  # characters of a line that can be a heading


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
    links = _each_once(entries_among(page, wanted, Items()), site)
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
    items = Items()
    for place in islice(dict.fromkeys(places), _MOST_RELATED):
        heading, anchors = _below(place)
        for link in entries_among(page, page.links(anchors[: _MOST_RELATED * 3]), items, heading):
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
