"""What is coloured: which words of the page belong to which value of which field."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from newscrawl.picture.printed import Span

__all__ = ["Mark", "Marks"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that has a place on the page: the n-th of its field (from 1). A `part` is something beside the value,
    like the heading of a block."""

    field: str
    number: int
    part: str = ""

    @property
    def id(self) -> str:
        """Its name within the picture."""
        return f"{self.field}-{self.number}" + (f"-{self.part}" if self.part else "")


class Marks:
    """Stretches of the page's words, each with its mark; they never overlap."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._marks: list[Mark] = []

    def __bool__(self) -> bool:
        return bool(self._spans)

    @property
    def letters(self) -> int:
        """How many characters are coloured."""
        return sum(span.end - span.start for span in self._spans)

    def add(self, span: Span, mark: Mark) -> None:
        """Colour `span`. What was coloured there gives way."""
        first, last = self._overlapped(span)
        kept: list[tuple[Span, Mark]] = [(span, mark)]
        if first < last:
            before, behind = self._spans[first], self._spans[last - 1]
            if before.start < span.start:
                kept.insert(0, (Span(before.start, span.start), self._marks[first]))
            if span.end < behind.end:
                kept.append((Span(span.end, behind.end), self._marks[last - 1]))
        self._spans[first:last] = [each for each, _ in kept]
        self._marks[first:last] = [each for _, each in kept]

    def is_free(self, span: Span) -> bool:
        """Whether nothing is coloured there."""
        first, last = self._overlapped(span)
        return first == last

    def within(self, span: Span) -> list[tuple[Span, Mark]]:
        """What is coloured there, cut to `span`, in order."""
        first, last = self._overlapped(span)
        return [
            (Span(max(each.start, span.start), min(each.end, span.end)), mark)
            for each, mark in zip(self._spans[first:last], self._marks[first:last], strict=True)
        ]

    def _overlapped(self, span: Span) -> tuple[int, int]:
        """The first of the stretches that overlap `span`, and the first behind them."""
        first = bisect_right(self._spans, span.start, key=lambda each: each.end)
        if span.start == span.end:  # a blank within coloured words
            return first, first
        return first, max(first, bisect_left(self._spans, span.end, key=lambda each: each.start))
