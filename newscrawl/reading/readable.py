"""The generic layers: where the body stands on a page that no rule knows, and what stands around it.

One pass over the page (`Survey`) notes the runs of text that matter: long ones for the body, short ones that may be the
title, a date or the heading of related links. Everything else is decided on these few. Classes and ids are not asked:
they mislead (trap 15), and the pages without them must be read as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from newscrawl.reading.body import INLINE, find_body
from newscrawl.reading.headline import find_title, heading_of, title_spans
from newscrawl.reading.structured import Structured
from newscrawl.words.text import fold, is_related_heading, is_tag_heading, key
from newscrawl.words.tree import Element, TextRun, text_of

__all__ = ["Survey", "survey"]

_SHORTEST_RUN: Final = 5  # characters of a run that can be anything at all
_LONG: Final = 25  # characters that make a run of text count as prose
_SHORTEST_LEAD: Final = 60
_LONGEST_DATE: Final = 80
_LONGEST_HEADING: Final = 60
_UNREAD: Final = frozenset({"script", "style", "noscript", "template", "title", "iframe"})
_SILENT: Final = frozenset({"a", "button", "label", "option", "textarea", "svg"})
_DATE: Final = re.compile(r"\d(?:\s*(?:[/.-]|tháng|\d:\d)|\d{3})", re.IGNORECASE)  # a common start: searched in a third
_HEADING_STARTS: Final = frozenset({"tin", "các", "bài", "xem", "đọc", "cùn", "có ", "bạn", "rel", "oth", "từ ", "tag"})
_IMPRINT: Final = re.compile(
    r"(?:cơ quan chủ quản|giấy phép|ghi rõ nguồn|bản quyền|copyright|©|chịu trách nhiệm|®)", re.IGNORECASE
)


@dataclass(slots=True)
class Survey:
    """What one pass over a page found."""

    structured: Structured
    prose: list[TextRun] = field(default_factory=list)
    dates: list[TextRun] = field(default_factory=list)
    headings: list[TextRun] = field(default_factory=list)
    tag_headings: list[TextRun] = field(default_factory=list)
    lines: list[TextRun] = field(default_factory=list)
    body: Element | None = None
    body_starts: int = 0
    body_ends: int = 0
    title_at: int | None = None
    title: str | None = None

    def prose_of_body(self) -> list[TextRun]:
        """The runs of prose between the first and the last of the body."""
        return [run for run in self.prose if self.body_starts <= run.at <= self.body_ends]

    @property
    def headline(self) -> Element | None:
        """The element whose text is the title, where it stands above the body."""
        return next((run.element for run in self.lines if run.at == self.title_at), None)

    def related_headings(self) -> list[TextRun]:
        """The headings of related links that stand behind the body's beginning: those above it are menus and decoys."""
        return [run for run in self.headings if run.at > self.body_starts]

    def lead(self) -> str | None:
        """The one paragraph that stands between title and body, where the body begins in an element of its own."""
        if self.title_at is None or self.body is None:
            return None
        between = [run for run in self.prose if self.title_at < run.at < self.body_starts]
        dates = {run.at for run in self.dates}
        long = [run for run in between if len(run.text) >= _SHORTEST_LEAD and run.at not in dates]
        alone = list({run.text: run for run in reversed(long)}.values())  # it may stand there twice
        inside = [run for run in alone if self.body in (run.element, *run.element.iterancestors())]
        same = alone[0].text.casefold() == (self.title or "").casefold() if alone else False
        return fold(text_of(alone[0].element)) if len(alone) == 1 and not inside and not same else None

    def line_before_body(self, text: str) -> bool:
        """Whether `text` is printed above the body, within it not: a lead that stands outside."""
        wanted = key(text)
        return any(run.at < self.body_starts and key(run.text) == wanted for run in self.prose)


def survey(root: Element, structured: Structured) -> Survey:
    """Pass over the page once, then settle body and title."""
    found = Survey(structured)
    spans = title_spans(structured)
    _gather(root, found, spans)
    if body := find_body(found.prose, heading_of(spans, found.lines)):
        found.body, found.body_starts, found.body_ends = body.element, body.starts, body.ends
    found.title, found.title_at = find_title(spans, found.lines, found.body, found.body_starts)
    return found


def _gather(root: Element, found: Survey, spans: dict[str, str]) -> None:
    """Note the runs that matter, in the order of the page. This loop visits every element: it does as little as it
    can."""
    starts = {span[:8] for span in spans}
    at = 0
    for element in root.iter():
        text = element.text
        if text is not None and len(text) >= _SHORTEST_RUN and not text.isspace() and element.tag not in _UNREAD:
            at += 1
            _note(at, element, text.strip(), found, starts)
        text = element.tail
        if text is not None and len(text) >= _SHORTEST_RUN and not text.isspace():
            parent = element.getparent()
            if parent is not None:
                at += 1
                _note(at, parent, text.strip(), found, starts)


def _note(at: int, element: Element, text: str, found: Survey, starts: set[str]) -> None:
    size = len(text)
    begins = size < _LONGEST_HEADING and text[:3].lower() in _HEADING_STARTS
    if begins and is_related_heading(text):
        found.headings.append(TextRun(at, element, text))
    elif begins and is_tag_heading(text):
        found.tag_headings.append(TextRun(at, element, text))
    tag = element.tag
    if tag == "a":  # most runs of a page: menus, teasers
        return
    if size >= _LONG and not _is_silent(element) and not _IMPRINT.match(text):
        found.prose.append(TextRun(at, element, text))
    if size <= _LONGEST_DATE and _DATE.search(text):
        found.dates.append(TextRun(at, element, text))
    if tag == "time" and (stated := element.get("datetime")):
        found.dates.append(TextRun(at, element, stated))
    if text[:8].casefold() in starts:
        found.lines.append(TextRun(at, element, text))


def _is_silent(place: Element) -> bool:
    """Whether a run is no prose by the element it stands in: a link's text, also inside an inline element."""
    parent = place.getparent()
    return place.tag in _SILENT or (place.tag in INLINE and parent is not None and parent.tag == "a")
