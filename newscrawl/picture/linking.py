"""Pictures and links on a page: found by their addresses, not only by their words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from newscrawl.picture.inorder import in_order
from newscrawl.picture.marks import Mark
from newscrawl.picture.pieces import Box
from newscrawl.picture.printed import Span, squeeze
from newscrawl.picture.search import UNMISTAKABLE, Search
from newscrawl.words.urls import resolve, without_tracking

__all__ = ["place_links", "place_pictures"]

_CREDIT: Final = 60  # characters between a caption and its credit
_SAME: Final = 100  # links to one address
_BESIDE: Final = 200  # characters between a link and its date


def place_pictures(search: Search) -> None:
    """Captions in order, below the title if they can be, with their credits, and the pictures themselves: the first of
    an address below the title."""
    captions = search.record["captions"]
    within = Span(min(search.title.end, search.body.start), search.page.end)
    found = in_order([caption["text"] for caption in captions], within, search.free)
    for caption, below in zip(captions, found, strict=True):
        long = len(squeeze(caption["text"])) >= UNMISTAKABLE
        span = below or (next(search.free(caption["text"], search.page), None) if long else None)
        beside = Span(span.end, span.end + _CREDIT) if span else Span(0, 0)
        credit = next(search.free(caption["credit"] or "", beside), None)
        search.mark("captions", span, credit)
    places: dict[str, list[tuple[bool, int]]] = {}
    for at, piece in enumerate(search.copy.pieces):
        if isinstance(piece, Box):
            places.setdefault(piece.address, []).append((piece.at < search.title.start, at))
    values = search.placed.fields.setdefault("images", [])
    for address in search.record["images"]:
        mark = Mark("images", len(values) + 1) if address in places else None
        if mark:
            search.placed.boxes[min(places[address])[1]] = mark
        values.append(mark)


def place_links(search: Search, base: str) -> None:
    """Attachments and related links, the latter with their dates and the headings of their blocks."""
    attachments, related = search.record["attachments"], search.record["related"]
    places = _links(search, base) if attachments or related else {}
    for each in attachments:
        search.mark("attachments", _best(search, places.get(each["url"], ()), each["text"], over=True))
    headings: set[str] = set()
    for each in related:
        span = _best(search, places.get(each["url"], ()), each["title"])
        mark = search.mark("related", span)
        if span and mark:
            _colour_date(search, each["date_raw"], mark, span)
            if each["heading"] and each["heading"] not in headings:
                headings.add(each["heading"])
                _colour_heading(search, each["heading"], mark, span)


def _links(search: Search, base: str) -> dict[str, list[Span]]:
    """Where the links to each address stand; pictures that are links have no words and count as none."""
    places: dict[str, list[Span]] = {}
    for element, span in search.copy.spans.items():
        url = resolve(base, element.get("href") or "") if element.tag == "a" and span.start < span.end else None
        for address in {url, without_tracking(url)} if url else ():
            places.setdefault(address, []).append(span)
    return places


def _best(search: Search, spans: Iterable[Span], words: str | None, *, over: bool = False) -> Span | None:
    """Of the links to one address the one with these words, behind the beginning of the body rather than above. One
    that may stand `over` another value may be in a sentence of the body."""
    found: list[tuple[bool, bool, Span]] = []
    for span in islice(spans, _SAME):
        exact = next(search.copy.printed.places(words or "", span), None)
        if over or search.placed.marks.is_free(exact or span):
            found.append((exact is None, span.start < search.body.start, exact or span))
    return min(found)[2] if found else None


def _colour_date(search: Search, raw: str | None, mark: Mark, link: Span) -> None:
    """A related link's date, behind it rather than before."""
    around = Span(max(link.start - _BESIDE, 0), link.end + _BESIDE)
    nearest = min(search.free(raw or "", around), key=lambda d: (d < link, abs(d.start - link.end)), default=None)
    if nearest:
        search.placed.marks.add(nearest, mark)


def _colour_heading(search: Search, heading: str, mark: Mark, link: Span) -> None:
    """The heading of a related block: the nearest above its first link."""
    nearest = max(search.free(heading, Span(0, link.start)), default=None)
    if nearest:
        search.placed.marks.add(nearest, Mark("related", mark.number, "heading"))
