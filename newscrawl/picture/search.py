"""The search for one article's values on its page: what was placed so far, and where a value is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from newscrawl.picture.marks import Mark, Marks
from newscrawl.picture.pieces import Copy
from newscrawl.picture.printed import Span, squeeze

__all__ = ["INVISIBLE", "UNMISTAKABLE", "Placed", "Prefer", "Search"]

INVISIBLE: Final = frozenset({"jsonld", "meta", "address", "listing"})  # layers whose values no element shows
UNMISTAKABLE: Final = 20  # characters: what is as long as this and printed too can only be the same

Prefer: TypeAlias = Callable[[Span], tuple[float, ...]]


@dataclass(slots=True)
class Placed:
    """The marks on a page, and for each field the mark of each of its values: None for one that is nowhere."""

    marks: Marks = field(default_factory=Marks)
    boxes: dict[int, Mark] = field(default_factory=dict)  # by the place of the piece
    fields: dict[str, list[Mark | None]] = field(default_factory=dict)


class Search:
    """The state of one search. `title` and `body` are where these stand, once they were found; before, or if they are
    nowhere, they are empty stretches where they would be."""

    def __init__(self, copy: Copy, record: dict[str, Any], ruled: dict[str, list[Span]]) -> None:
        self.copy, self.record, self.ruled = copy, record, ruled
        self.placed = Placed()
        self.page = Span(0, len(copy.printed))
        self.title = self.body = Span(0, 0)

    def free(self, words: str, within: Span) -> Iterator[Span]:
        """The places of words within a stretch that belong to no other value, in order."""
        return (span for span in self.copy.printed.places(words, within) if self.placed.marks.is_free(span))

    def seek(self, name: str, words: str, prefer: Prefer, *, over: bool = False) -> Span | None:
        """The best place of a value of a field: where its rule points, else anywhere; where nothing else is coloured,
        or, if it may stand `over` another value, within that.

        What comes from JSON-LD, meta or the address is looked for only if it is long: who sees a short word coloured
        would think that it was read there.
        """
        if self.record["extracted_by"].get(name) in INVISIBLE and len(squeeze(words)) < UNMISTAKABLE:
            return None
        taken: list[Span] = []
        for within in [*self.ruled.get(name, ()), self.page]:
            if best := min(self.free(words, within), key=prefer, default=None):
                return best
            taken = taken or list(self.copy.printed.places(words, within))
        return min(taken, key=prefer, default=None) if over else None

    def mark(self, name: str, *spans: Span | None) -> Mark | None:
        """Note the next value of a field: at `spans`, or nowhere."""
        values = self.placed.fields.setdefault(name, [])
        known = [span for span in spans if span]
        mark = Mark(name, len(values) + 1)
        for span in known:
            self.placed.marks.add(span, mark)
        values.append(mark if known else None)
        return values[-1]
