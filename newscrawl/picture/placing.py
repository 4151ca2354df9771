"""Where the values of an article stand on its page.

Nobody notes that while a page is read: it would burden every crawl. So the words of each value are looked for
afterwards, where a rule of the site points, and in the order of the article: the body first, then the rest around it.
Words that stand there more than once are taken where a reader would look for them. What is not found is said to be
nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from newscrawl.picture.inorder import in_order, in_parts
from newscrawl.picture.linking import place_links, place_pictures
from newscrawl.picture.pieces import Copy, Words
from newscrawl.picture.printed import Span, squeeze
from newscrawl.picture.search import INVISIBLE, Placed, Prefer, Search
from newscrawl.words.dates import find_date
from newscrawl.words.text import fold

__all__ = ["place"]

_MOST_PARTED: Final = 500  # paragraphs that are looked for in parts
_AROUND: Final = 1500  # characters above the title and behind the body where a date may stand
_DATE_LINE: Final = 150  # characters of a line that is a date with words around it
_DATELINE: Final = 40  # characters between the start of a paragraph and the text behind its dateline


def place(copy: Copy, record: dict[str, Any], ruled: dict[str, list[Span]], base: str) -> Placed:
    """Look for all values of an article. `ruled` says for a field where the rule points that gave its value; `base` is
    what the page's links are relative to."""
    search = Search(copy, record, ruled)
    _place_body(search)
    _place_title(search)
    _place_people(search)
    _place_dates(search)
    place_pictures(search)
    place_links(search, base)
    _place_names(search)
    return search.placed


def _place_body(search: Search) -> None:
    """The paragraphs, in order; one that the page does not have in one piece in its parts."""
    texts = (search.record["body"] or "").split("\n\n")
    within = _around(search.ruled.get("body", ())) or search.page
    found = in_order(texts, within, search.free)
    for at, (text, span) in enumerate(zip(texts, found, strict=True)):
        if span is None and at < _MOST_PARTED:
            above = next((each.end for each in reversed(found[:at]) if each), within.start)
            below = next((each.start for each in found[at + 1 :] if each), within.end)
            search.mark("body", *in_parts(text, Span(above, below), search.free))
        else:
            search.mark("body", span)
    search.body = _around(span for span in found if span) or Span(within.start, within.start)


def _place_title(search: Search) -> None:
    """Title and lead: in a heading rather than elsewhere, above the body, and near to it."""

    def above(span: Span) -> tuple[float, ...]:
        under = span.start >= search.body.start
        return (search.copy.headings.get(span.start, 9), under, span.start if under else -span.start)

    search.title = Span(search.body.start, search.body.start)
    if title := search.record["title"]:
        span = search.seek("title", title, above)
        search.mark("title", span)
        search.title = span or search.title
    span = None
    if lead := search.record["lead"]:
        span = search.seek("lead", lead, above)
        search.mark("lead", span)
    _place_dateline(search, span)


def _place_dateline(search: Search, lead: Span | None) -> None:
    """The desk's code right above the lead or the body's first paragraph."""
    if dateline := search.record["dateline"]:
        for start in [search.body.start] + ([lead.start] if lead else []):
            if places := list(search.copy.printed.places(dateline, Span(max(start - _DATELINE, 0), start))):
                break
        search.mark("dateline", max(places, default=None))


def _place_people(search: Search) -> None:
    """The byline near the end of the body, and the source within it or near it."""
    end = search.body.end

    def near_end(span: Span) -> tuple[float, ...]:
        return (abs(span.start - end),)

    raw, source = search.record["byline_raw"], search.record["source"]
    bylines = [search.seek("byline", line, near_end) for line in (raw.split("\n") if raw else search.record["byline"])]
    for span in bylines:
        search.mark("byline", span)
    if source:
        inside = (span for line in bylines if line for span in search.copy.printed.places(source, line))
        search.mark("source", next(inside, None) or search.seek("source", source, near_end))


def _place_dates(search: Search) -> None:
    """The dates as they are printed: between title and body, else behind the body, else above the title."""

    def beside_title(span: Span) -> tuple[float, ...]:
        if search.title.end <= span.start < search.body.start:
            return (0, span.start)
        if span.start >= search.body.end:
            return (1, span.start)
        return (2, -span.start) if span.start < search.title.start else (3, span.start)

    for name in ("published", "updated"):
        if value := search.record[name]:
            raw = search.record.get(f"{name}_raw")
            span = _time_element(search, raw, beside_title) if raw else None
            span = span or (search.seek(name, raw, beside_title, over=True) if raw else None)
            search.mark(name, span or _date_beside(search, name, value))


def _time_element(search: Search, raw: str, prefer: Prefer) -> Span | None:
    """The `time` element whose attribute says `raw`, whatever it prints: "1 day ago"."""
    times = ((each, span) for each, span in search.copy.spans.items() if each.tag == "time" and span.start < span.end)
    said = [span for each, span in times if fold(each.get("datetime") or "") == raw]
    return min((span for span in said if search.placed.marks.is_free(span)), key=prefer, default=None)


def _date_beside(search: Search, name: str, value: str) -> Span | None:
    """A line near title or body that says the very moment, where the record does not have the page's own words."""
    if search.record["extracted_by"].get(name) in INVISIBLE:
        return None
    above = range(max(search.title.start - _AROUND, 0), search.body.start + 1)
    behind = range(search.body.end, search.body.end + _AROUND)
    for line in search.copy.pieces:
        if isinstance(line, Words) and len(line.text) <= _DATE_LINE and (line.at in above or line.at in behind):
            stamp = find_date(line.text)
            if stamp is not None and stamp.isoformat() == value:
                return next(search.free(stamp.raw, Span(line.at, line.at + len(squeeze(line.text)))), None)
    return None


def _place_names(search: Search) -> None:
    """The category above the title, tags behind the body."""
    start, end = search.title.start, search.body.end
    for name in search.record["category"]:
        search.mark("category", search.seek("category", name, lambda s: (s.start > start, abs(s.start - start))))
    for name in search.record["tags"]:
        search.mark("tags", search.seek("tags", name, lambda s: (s.start < end, abs(s.start - end))))


def _around(spans: Iterable[Span]) -> Span | None:
    """From the start of the first to the end of the last."""
    known = list(spans)
    return Span(min(span.start for span in known), max(span.end for span in known)) if known else None
