"""Many texts that stand on a page in a known order, like the paragraphs of a body: where each of them stands."""

from __future__ import annotations

from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from newscrawl.picture.printed import Span, squeeze

__all__ = ["in_order", "in_parts"]

_Find = Callable[[str, Span], Iterator[Span]]  # the places of a text within a stretch, in order
_PART: Final = 6  # words
_MOST: Final = 10_000  # texts that are looked for: a page with more is no article, and would take minutes
_SHORTEST_PART: Final = 12  # characters without blanks: fewer may stand anywhere


def in_order(texts: Sequence[str], within: Span, find: _Find) -> list[Span | None]:
    """Where each text stands in `within`, so that none stands before an earlier one; None for what is not there.

    The longest are looked for first, for they stand on a page but once; a short one then only between those, and near
    to them. So a sub-heading that stands in the menu, too, is found where it belongs.
    """
    found: dict[int, Span] = {}
    order: list[int] = []  # the texts that were found
    for at in sorted(range(len(texts))[:_MOST], key=lambda each: -len(texts[each])):
        behind = bisect(order, at)
        start = found[order[behind - 1]].end if behind else within.start
        end = found[order[behind]].start if behind < len(order) else within.end
        places = find(texts[at], Span(start, end))
        if order and not behind:  # above all others: the last is the nearest
            places = iter(deque(places, maxlen=1))
        if span := next(places, None):
            found[at] = span
            order.insert(behind, at)
    return [found.get(at) for at in range(len(texts))]


def in_parts(text: str, within: Span, find: _Find) -> list[Span]:
    """The parts of a text that stand in `within`, in order, where the page has something between them; empty where they
    are less than half of the text."""
    words = text.split(" ")
    parts = [" ".join(words[at : at + _PART]) for at in range(0, len(words), _PART)]
    joined: list[Span] = []
    for span in in_order(parts, within, find):
        if span and joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        elif span:
            joined.append(span)
    long = [span for span in joined if span.end - span.start >= _SHORTEST_PART]
    return long if sum(span.end - span.start for span in long) * 2 >= len(squeeze(text)) else []
