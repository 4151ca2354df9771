"""Where the values of an article stand on its page.

Nobody notes that while a page is read: it would burden every crawl. So the words of each value are looked for
afterwards, where a rule of the site points, and in the order of the article: the body first, then the rest around it.
Words that stand there more than once are taken where a reader would look for them. What is not found is said to be
nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from newscrawl.picture.copying import Box, Copy, Words
from newscrawl.picture.inorder import in_order, in_parts
from newscrawl.picture.marks import Mark, Marks
from newscrawl.picture.printed import Span, squeeze
from newscrawl.words.dates import find_date
from newscrawl.words.urls import resolve, without_tracking

__all__ = ["INVISIBLE", "Placed", "place"]

INVISIBLE: Final = frozenset({"jsonld", "meta", "address", "listing"})  # layers whose values no element shows
_UNMISTAKABLE: Final = 20  # characters: what is as long as this and printed too can only be the same
_AROUND: Final = 1500  # characters above the title and behind the body
_BESIDE: Final = 200  # characters between a link and its date
_DATELINE: Final = 40
_CREDIT: Final = 60

_Prefer = Callable[[Span], tuple[float, ...]]


class Placed:
    """The marks on a page, and for each field the mark of each of its values: None for one that is nowhere."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.boxes: dict[int, Mark] = {}  # by the place of the piece
        self.fields: dict[str, list[Mark | None]] = {}


def place(copy: Copy, record: dict[str, Any], ruled: dict[str, list[Span]], base: str) -> Placed:
    """Look for all values of an article. `ruled` says for a field where the rule points that gave its value; `base` is
    what the page's links are relative to."""
    placing = _Placing(copy, record, ruled)
    placing.body()
    placing.title()
    placing.people()
    placing.dates()
    placing.pictures()
    placing.links(base)
    placing.names()
    return placing.placed


class _Placing:
    """The state of one search: what was placed, and from where to where title and body go."""

    def __init__(self, copy: Copy, record: dict[str, Any], ruled: dict[str, list[Span]]) -> None:
        self.copy, self.record, self.ruled = copy, record, ruled
        self.placed = Placed()
        self.page = Span(0, len(copy.printed))
        self.title_span = Span(0, 0)
        self.body_span = self.page

    # --- one value

    def _free(self, words: str, within: Span) -> Span | None:
        """The first place of words within a stretch that belongs to no other value."""
        marks = self.placed.marks
        return next((span for span in self.copy.printed.places(words, within) if marks.is_free(span)), None)

    def _mark(self, field: str, span: Span | None, part: str = "") -> Mark | None:
        """Note the next value of a field: at `span`, or nowhere."""
        values = self.placed.fields.setdefault(field, [])
        mark = Mark(field, len(values) + 1, part) if span else None
        if span and mark:
            self.placed.marks.add(span, mark)
        values.append(mark)
        return mark

    def _seek(self, field: str, words: str, prefer: _Prefer, within: Span | None = None) -> Span | None:
        """The best place of a value: where its rule points, else anywhere in `within`.

        What comes from JSON-LD, meta or the address is looked for only if it is long: a person who sees a short word
        coloured would think that it was read there.
        """
        if self.record["extracted_by"].get(field) in INVISIBLE and len(squeeze(words)) < _UNMISTAKABLE:
            return None
        for place_ in [*self.ruled.get(field, ()), within or self.page]:
            spans = [s for s in self.copy.printed.places(words, place_) if self.placed.marks.is_free(s)]
            if spans:
                return min(spans, key=prefer)
        return None

    # --- fields

    def body(self) -> None:
        """The paragraphs, in order; one that the page does not have in one piece in its parts."""
        texts = (self.record["body"] or "").split("\n\n")
        within = _around(self.ruled.get("body", ())) or self.page
        found = in_order(texts, within, self._free)
        whole = _around(span for span in found if span)
        self.body_span = whole or Span(within.start, within.start)
        for at, (text, span) in enumerate(zip(texts, found, strict=True)):
            if span is None:
                before = next((each.end for each in reversed(found[:at]) if each), within.start)
                behind = next((each.start for each in found[at + 1 :] if each), within.end)
                self._parts(in_parts(text, Span(before, behind), self._free))
            else:
                self._mark("body", span)
        if whole and (dateline := self.record["dateline"]):
            above = Span(max(whole.start - _DATELINE, 0), whole.start)
            self._mark("dateline", max(self.copy.printed.places(dateline, above), default=None))

    def _parts(self, spans: Sequence[Span]) -> None:
        """Note a value that stands on the page in parts."""
        mark = self._mark("body", spans[0] if spans else None)
        for span in spans[1:]:
            assert mark is not None
            self.placed.marks.add(span, mark)

    def title(self) -> None:
        """Title and lead: the title in a heading rather than elsewhere, both above the body, and near to it."""

        def above(span: Span) -> tuple[float, ...]:
            under = span.start >= self.body_span.start
            return (self.copy.headings.get(span.start, 9), under, span.start if under else -span.start)

        title, lead = self.record["title"], self.record["lead"]
        if title and (span := self._seek("title", title, above)):
            self.title_span = span
        else:
            self.title_span = Span(self.body_span.start, self.body_span.start)
        if title:
            self._mark("title", self.title_span if self.title_span.end > self.title_span.start else None)
        if lead:
            self._mark("lead", self._seek("lead", lead, above))

    def people(self) -> None:
        """The byline near the end of the body, and the source within it or near it."""
        end = self.body_span.end

        def near_end(span: Span) -> tuple[float, ...]:
            return (abs(span.start - end),)

        lines = (self.record["byline_raw"] or "").split("\n") if self.record["byline_raw"] else self.record["byline"]
        source = self.record["source"]
        bylines = [self._seek("byline", line, near_end) for line in lines]
        for span in bylines:
            self._mark("byline", span)
        if source:
            inside = (span for line in bylines if line for span in self.copy.printed.places(source, line))
            self._mark("source", next(inside, None) or self._seek("source", source, near_end))

    def dates(self) -> None:
        """The dates as they are printed: between title and body, else behind the body, else above the title."""
        for field in ("published", "updated"):
            if not (value := self.record[field]):
                continue
            raw = self.record.get(f"{field}_raw")
            span = self._seek(field, raw, self._beside_title) if raw else None
            self._mark(field, span or self._seek_date(field, value))

    def _beside_title(self, span: Span) -> tuple[float, ...]:
        if self.title_span.end <= span.start < self.body_span.start:
            return (0, span.start)
        if span.start >= self.body_span.end:
            return (1, span.start)
        return (2, -span.start) if span.start < self.title_span.start else (3, span.start)

    def _seek_date(self, field: str, value: str) -> Span | None:
        """A date near title or body that says the very moment: of some, the page's own words are not kept."""
        if self.record["extracted_by"].get(field) in INVISIBLE:
            return None
        near = (
            Span(max(self.title_span.start - _AROUND, 0), self.body_span.start),
            Span(self.body_span.end, self.body_span.end + _AROUND),
        )
        for line in self.copy.pieces:
            if not isinstance(line, Words):
                continue
            if any(line.at in range(each.start, each.end + 1) for each in near) and len(line.text) <= _AROUND // 10:
                stamp = find_date(line.text)
                if stamp is not None and stamp.isoformat() == value:
                    place_ = Span(line.at, line.at + len(squeeze(line.text)))
                    return self._free(stamp.raw, place_)
        return None

    def pictures(self) -> None:
        """Captions in order, with their credits, and the pictures themselves."""
        captions = self.record["captions"]
        within = Span(min(self.title_span.end, self.body_span.start), self.page.end)
        found = in_order([caption["text"] for caption in captions], within, self._free)
        for caption, span in zip(captions, found, strict=True):
            mark = self._mark("captions", span)
            if span and mark and caption["credit"]:
                credit = self._free(caption["credit"], Span(span.end, span.end + _CREDIT))
                if credit:
                    self.placed.marks.add(credit, mark)
        boxes = [(at, piece) for at, piece in enumerate(self.copy.pieces) if isinstance(piece, Box)]
        for address in self.record["images"]:
            same = [(box.at < self.title_span.start, at) for at, box in boxes if box.address == address]
            values = self.placed.fields.setdefault("images", [])
            mark = Mark("images", len(values) + 1) if same else None
            if mark:
                self.placed.boxes[min(same)[1]] = mark
            values.append(mark)

    def links(self, base: str) -> None:
        """Attachments and related links, by their addresses."""
        attachments, related = self.record["attachments"], self.record["related"]
        if not attachments and not related:
            return
        places: dict[str, list[Span]] = {}
        for element, span in self.copy.spans.items():
            url = resolve(base, element.get("href") or "") if element.tag == "a" and span.end > span.start else None
            if url:
                for address in {url, without_tracking(url)}:
                    places.setdefault(address, []).append(span)
        for each in attachments:
            self._mark("attachments", self._link(places.get(each["url"], ()), each["text"]))
        headings: set[str] = set()
        for each in related:
            span = self._link(places.get(each["url"], ()), each["title"])
            mark = self._mark("related", span)
            if span and mark:
                self._beside_link(each, mark, span, headings)

    def _link(self, spans: Iterable[Span], words: str | None) -> Span | None:
        """The link with these words, behind the beginning of the body rather than above."""
        found: list[tuple[bool, bool, Span]] = []
        for span in spans:
            place_ = next(self.copy.printed.places(words or "", span), None)
            found.append((place_ is None, span.start < self.body_span.start, place_ or span))
        free = [each for each in found if self.placed.marks.is_free(each[2])]
        return min(free, default=(False, False, None))[2]

    def _beside_link(self, link: dict[str, Any], mark: Mark, span: Span, headings: set[str]) -> None:
        """Colour a related link's date, and the heading of its block once."""
        around = Span(max(span.start - _BESIDE, 0), span.end + _BESIDE)
        raw, heading = link["date_raw"], link["heading"]
        dates = [each for each in self.copy.printed.places(raw or "", around) if self.placed.marks.is_free(each)]
        if dates:
            self.placed.marks.add(min(dates, key=lambda each: (each.start < span.start, abs(each.start - span.end))), mark)
        if heading and heading not in headings:
            headings.add(heading)
            above = self.copy.printed.places(heading, Span(0, span.start))
            if place_ := max((each for each in above if self.placed.marks.is_free(each)), default=None):
                self.placed.marks.add(place_, Mark("related", mark.number, "heading"))

    def names(self) -> None:
        """Category above the title, tags behind the body."""
        start, end = self.title_span.start, self.body_span.end
        for name in self.record["category"]:
            self._mark("category", self._seek("category", name, lambda s: (s.start > start, abs(s.start - start))))
        for name in self.record["tags"]:
            self._mark("tags", self._seek("tags", name, lambda s: (s.start < end, abs(s.start - end))))


def _around(spans: Iterable[Span]) -> Span | None:
    """From the start of the first to the end of the last."""
    known = list(spans)
    return Span(min(s.start for s in known), max(s.end for s in known)) if known else None
