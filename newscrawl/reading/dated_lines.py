"""A line with a date: what it says of the publication and of the last change, and whether it is the article's at all.

Teasers have dates, too, and sentences, and labels of other things. Where a date stands tells them apart: not the names
of classes (trap 26), but the line it is part of, and the link it stands with. Source: field notes, formats.md 1.3, 1.5
(R4, R5) and traps 8, 26, 31, 32.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from newscrawl.reading.clutter import has_foreign_name
from newscrawl.reading.readable import Survey
from newscrawl.words.bylines import looks_like_name
from newscrawl.words.date_lines import is_label_of_change, parted, says_no_more, segment_of
from newscrawl.words.dates import DateStamp, find_date, is_ahead, is_now
from newscrawl.words.text import fold, key
from newscrawl.words.tree import Element, TextRun, ancestors_of, string_of, text_of

__all__ = ["DatedLine", "Printed"]

_LONGEST_LINE: Final = 160  # characters of a line that says when, in pieces, with the blanks between them
_PROSE: Final = 40  # characters of a piece of text that goes on with a sentence
_FARTHEST: Final = 500  # pieces of text in one block
_HEADLINE: Final = 35  # characters of a link that is a headline
_LISTED: Final = 20  # the same in a list, or behind the body
_MOST: Final = 20  # links looked at
_INLINE: Final = frozenset({
    "b", "strong", "i", "em", "u", "font", "span", "small", "big", "sup", "sub", "time", "mark", "q", "cite", "abbr",
    "label", "a",
})  # fmt: skip
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5"})
_ITEMS: Final = frozenset({"li", "tr", "dd", "article", "figure"})
_ASIDE: Final = frozenset({"nav", "footer", "aside"})
_CELLS: Final = frozenset({"td", "dd"})
_CHANGED: Final = re.compile(r"modified|updated", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed as the time of publication, and as that of the last change."""

    published: DateStamp | None = None
    changed: DateStamp | None = None


class DatedLine:
    """A dated run of text, and the line that it is part of."""

    def __init__(self, run: TextRun, survey: Survey) -> None:
        self.run, self.survey = run, survey
        block = run.element
        self.time: Element | None = None
        while block.tag in _INLINE and (parent := block.getparent()) is not None:
            self.time = block if block.tag == "time" else self.time
            block = parent
        self.block = block
        self._stated = self.time.get("datetime") if self.time is not None else None
        self._pieces: tuple[str, str, str] | None = None

    def dates(self, fetched_at: datetime | None) -> Printed:
        """What the line states; nothing if it is part of a sentence, a teaser, or something else's."""
        published, changed = parted(self.run.text)
        stamps = [_stamp(text, fetched_at) if text else None for text in (published, changed)]
        if not any(stamps) or self.is_another_things():
            return Printed()
        if stamps[0] and stamps[1] is None:
            stamps[0] = self._refined(stamps[0])
            if is_now(stamps[0], fetched_at):
                return Printed()
            if self._is_marked_as_change() or is_label_of_change(self._label()):
                stamps.reverse()
        return Printed(*stamps)

    def is_another_things(self) -> bool:
        """Whether the date is an event's, a teaser's, or belongs to a label like "Hạn nộp hồ sơ:"."""
        before, label, after = self._around()
        if self._is_prose(before, after):
            return True
        if label and (label.endswith(":") or self.block.tag in _CELLS) and not says_no_more(label, ""):
            return True
        return self._is_teasers()

    def _is_prose(self, before: str, after: str) -> bool:
        """Whether a line goes on as a sentence does. What stands in one line with a title or, behind bare figures, with
        a lead does not."""
        if (after.startswith((",", ";")) or after[:1].islower()) and not says_no_more(after.lstrip(",; "), ""):
            return True
        if len(after) >= _PROSE and (before or self.run.text[:1].isalpha()):
            return True
        return len(before) >= 2 * _PROSE and key(before) != key(self.survey.title or "")

    def _label(self) -> str:
        return self._around()[1]

    def _around(self) -> tuple[str, str, str]:
        """The longest piece of text before the run in its line, the last one before it, and the next behind it; in the
        cell of a table, the one before is the cell before."""
        if self._pieces is None:
            text = (self.run.element.text or "").strip() if self.run.text == self._stated else self.run.text
            before, after = _beside(self.block, text)
            if not before and self.block.tag in _CELLS and (cell := self.block.getprevious()) is not None:
                before = [text_of(cell)]
            self._pieces = max(before, key=len, default=""), before[-1] if before else "", after
        return self._pieces

    def _refined(self, stamp: DateStamp) -> DateStamp:
        """The finer date of a line whose day and time stand in elements of their own, or of a `time` element."""
        if self.run.text == self._stated:
            return stamp.without_midnight()
        said = find_date(self._stated) if self._stated else None
        line = "" if stamp.has_time or self.block is self.run.element else string_of(self.block)
        whole = find_date(parted(fold(line))[0]) if 0 < len(line) <= _LONGEST_LINE else None
        for other in (whole, said.without_midnight() if said else None):
            if other and other.is_finer_than(stamp) and other.agrees_with(stamp):
                stamp = other
        return stamp

    def _is_marked_as_change(self) -> bool:
        """Whether a `time` element says by its microdata or microformat that it is the last change's."""
        element = self.time
        names = f"{element.get('itemprop') or ''} {element.get('class') or ''}" if element is not None else ""
        return _CHANGED.search(names) is not None and "published" not in names.lower()

    def _is_teasers(self) -> bool:
        """Whether the links that it stands with are the headline of another article: those in the nearest element that
        has any, and holds neither title nor body. So is what stands among comments or at the foot."""
        body, element = self.survey.body, self.run.element
        behind = self.run.at > self.survey.body_ends
        places = [element, *ancestors_of(element, 4)]
        if any(place.tag in _ASIDE for place in places) or (behind and _is_foreign(element)):
            return True
        for place in places:
            if anchors := list(islice(place.iter("a"), _MOST)):
                frames = place is body or (body is not None and place in body.iterancestors())
                if frames or next(place.iter("h1"), None) is not None:
                    return False
                return any(self._is_headline(each, behind or place.tag in _ITEMS) for each in anchors)
        return False

    def _is_headline(self, anchor: Element, listed: bool) -> bool:
        """Whether a link is to another article, by its length, or by the heading that it stands in; in the item of a
        list a shorter one is enough."""
        parent = anchor.getparent()
        text = text_of(anchor)
        if parent is None or key(text) == key(self.survey.title or "") or looks_like_name(text):
            return False
        return len(text) >= (_LISTED if listed else _HEADLINE) or (parent.tag in _HEADINGS and text != "")


def _beside(block: Element, text: str) -> tuple[list[str], str]:
    """The pieces of text before the first one that reads `text` in its line, and the next one behind it. A line ends at
    a `br` and at an element that is not in line; links are no part of a sentence that would be told by its length."""
    before: list[str] = []
    found = False
    for piece in islice(_pieces(block), _FARTHEST):
        if piece is None:
            if found:
                break
            before = []
        elif found:
            return before, piece
        elif piece == text:
            found = True
        else:
            before.append(piece)
    return before if found else [], ""


def _pieces(element: Element) -> Iterator[str | None]:
    """The stripped pieces of text of an element in order; None where a line ends."""
    if element.text and not element.text.isspace():
        yield element.text.strip()
    for child in element:
        if child.tag == "a":
            pass
        elif child.tag in _INLINE:
            yield from _pieces(child)
        else:
            yield None
        if child.tail and not child.tail.isspace():
            yield child.tail.strip()


def _stamp(text: str, fetched_at: datetime | None) -> DateStamp | None:
    """The day or time that a line states as its publication, or None: a day without a year is a list's, words beside
    the date make it something else's ("Hạn nộp hồ sơ: …"), and what lies ahead is announced."""
    stamp = find_date(text)
    if stamp is None:
        return None
    if not says_no_more(text, stamp.raw):
        segment = segment_of(text, stamp.raw) if stamp.has_time else text  # "Kinh tế | 12/03/2026 10:47"
        if segment == text or not says_no_more(segment, stamp.raw):
            return None
    return None if is_ahead(stamp, fetched_at) or is_now(stamp, fetched_at) else stamp


def _is_foreign(element: Element) -> bool:
    """Whether an element stands among readers' comments or at the page's foot, by the names around it."""
    return has_foreign_name(element) or any(map(has_foreign_name, element.iterancestors()))
