"""The generic layers: where the body stands on a page that no rule knows, and what stands around it.

One pass over the page (`Survey`) notes the runs of text that matter: long ones for the body, short ones that may be the
title, a date or the heading of related links. Everything else is decided on these few. Classes and ids are not asked:
they mislead (trap 15), and the pages without them must be read as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from lxml import etree

from newscrawl.reading.clutter import is_foreign
from newscrawl.reading.headline import find_title, title_spans
from newscrawl.reading.structured import Structured
from newscrawl.words.text import fold, is_related_heading, key
from newscrawl.words.tree import Element, TextRun, string_of, text_of

__all__ = ["Survey", "survey"]

_SHORTEST_RUN: Final = 5  # characters of a run that can be anything at all
_LONG: Final = 25  # characters that make a run of text count as prose
_SHORTEST_LEAD: Final = 60
_LONGEST_DATE: Final = 80
_BESIDE: Final = 80  # characters of a paragraph that may widen the body
_LONGEST_HEADING: Final = 60
_UNREAD: Final = frozenset({"script", "style", "noscript", "template", "title", "iframe"})
_LINK_TEXTS: Final = etree.XPath(".//a//text()", smart_strings=False)
_MUCH: Final = 20_000  # characters, in which there can be so many links that they are counted
_MANY: Final = 3000  # links
_SILENT: Final = frozenset({"a", "button", "label", "option", "textarea", "svg"})
_INLINE: Final = frozenset({
    "b", "strong", "i", "em", "span", "font", "u", "small", "big", "sup", "sub", "time", "mark", "q", "cite", "abbr",
})  # fmt: skip
_ASIDE: Final = frozenset({"nav", "footer", "aside", "header"})
_DATE: Final = re.compile(r"\d\s*(?:[/.-]|tháng|\d:\d)|\d{4}", re.IGNORECASE)
_HEADING_STARTS: Final = frozenset({"tin", "các", "bài", "xem", "đọc", "cùn", "có ", "bạn", "rel", "oth"})
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
    lines: list[TextRun] = field(default_factory=list)
    body: Element | None = None
    body_starts: int = 0
    body_ends: int = 0
    title_at: int | None = None
    title: str | None = None

    def prose_of_body(self) -> list[TextRun]:
        """The runs of prose between the first and the last of the body."""
        return [run for run in self.prose if self.body_starts <= run.at <= self.body_ends]

    def related_headings(self) -> list[TextRun]:
        """The headings of related links that stand behind the body's beginning: those above it are menus and decoys."""
        return [run for run in self.headings if run.at > self.body_starts]

    def lead(self) -> str | None:
        """The one paragraph that stands between title and body, where the body begins in an element of its own."""
        if self.title_at is None or self.body is None:
            return None
        between = [run for run in self.prose if self.title_at < run.at < self.body_starts]
        dates = {run.at for run in self.dates}
        alone = [run for run in between if len(run.text) >= _SHORTEST_LEAD and run.at not in dates]
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
    _settle_body(found)
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
    return place.tag in _SILENT or (place.tag in _INLINE and parent is not None and parent.tag == "a")


def _settle_body(found: Survey) -> None:
    """The element with the most prose directly in it and in its paragraphs, widened while its neighbours are prose
    too. What the names around it call foreign is asked where there is nothing else."""
    around = _Around()
    scores = _scores(found, around, {}) or _scores(found, around, None)
    best = _least_linked(scores)
    if best is None:
        return
    found.body = _widened(best, found, around)
    inside = [run.at for run in found.prose if around.holds(found.body, run.element)]
    if inside:
        found.body_starts, found.body_ends = min(inside), max(inside)


class _Around:
    """The elements around others. Runs of prose share most of theirs, and each step up the tree makes an object."""

    def __init__(self) -> None:
        self.known: dict[Element, tuple[Element, ...]] = {}

    def of(self, element: Element) -> tuple[Element, ...]:
        """All elements around `element`, nearest first."""
        found = self.known.get(element)
        if found is None:
            parent = element.getparent()
            found = self.known[element] = () if parent is None else (parent, *self.of(parent))
        return found

    def holds(self, ancestor: Element, element: Element) -> bool:
        """Whether `element` is `ancestor` or inside it."""
        return element is ancestor or ancestor in self.of(element)


def _scores(found: Survey, around: _Around, known: dict[Element, bool] | None) -> dict[Element, float]:
    """The prose of each element, that of its children for a part. `known` is for `is_foreign`; None: all prose
    counts."""
    scores: dict[Element, float] = {}
    for run in found.prose:
        block = _block_of(run.element, around)
        if block is None or (known is not None and is_foreign(block, known)):
            continue
        points = len(run.text)
        weights = (1.0, 0.6, 0.3)
        if block.tag != "p":
            scores[block] = scores.get(block, 0.0) + points
            weights = (0.9, 0.5, 0.25)
        for element, weight in zip(around.of(block), weights, strict=False):
            scores[element] = scores.get(element, 0.0) + points * weight
    return scores


def _block_of(element: Element, around: _Around) -> Element | None:
    """The block around a run; None for runs in menus, footers and side columns by their HTML5 name."""
    while element.tag in _INLINE:
        parent = element.getparent()
        if parent is None:
            return None
        element = parent
    return None if any(ancestor.tag in _ASIDE for ancestor in around.of(element)[:4]) else element


def _least_linked(scores: dict[Element, float]) -> Element | None:
    """The element with the best score, less the share of its links, among the five best without. The later ones are
    asked only while they could still win: to count the links of half a page takes long."""
    best, most = None, 0.0
    for element in sorted(scores, key=lambda element: scores[element], reverse=True)[:5]:
        if best is not None and scores[element] <= most:
            break
        points = scores[element] * (1 - _linked(element))
        if best is None or points > most:
            best, most = element, points
    return best


def _linked(element: Element) -> float:
    """The share of an element's text that stands in links."""
    whole = len(string_of(element))
    if whole > _MUCH and next(islice(element.iterdescendants("a"), _MANY, None), None) is not None:
        return _linked_letters(element) / whole
    texts: Any = _LINK_TEXTS(element)
    return sum(map(len, texts)) / whole if whole else 1.0


def _linked_letters(element: Element) -> int:
    """What `_LINK_TEXTS` finds, for many links: it would compare each of its texts with all others."""
    linked = nested = 0
    for anchor in element.iterdescendants("a"):
        if nested:  # a link in a link, which was counted with it
            nested -= 1
            continue
        linked += len(string_of(anchor))
        nested = sum(1 for _ in anchor.iterdescendants("a")) if len(anchor) else 0
    return linked


def _widened(best: Element, found: Survey, around: _Around) -> Element:
    """`best`, or the ancestor that is the body's because its other children hold as much as a quarter of the prose, or
    because paragraphs stand beside `best`.

    Never up to the page itself, or to a column of teasers.
    """
    mass = sum(len(run.text) for run in found.prose if around.holds(best, run.element))
    others = [run for run in found.prose if len(run.text) > _BESIDE and not around.holds(best, run.element)]
    for ancestor in around.of(best)[:4]:
        if ancestor.tag in ("html", "body", "form"):
            break
        beside = [run for run in others if around.holds(ancestor, run.element)]
        paragraphs = [run for run in beside if run.element.tag == "p" and run.element.getparent() is ancestor]
        enough = len(paragraphs) >= 2 or sum(len(run.text) for run in beside) >= mass * 0.25
        if enough and _linked(ancestor) < 0.25:
            return best if _teasers(ancestor) - _teasers(best) >= 3 else ancestor
    return best


def _teasers(element: Element) -> int:
    """How many headings of an element are links."""
    return sum(1 for tag in ("h2", "h3", "h4") for each in element.iter(tag) if each.find(".//a") is not None)
