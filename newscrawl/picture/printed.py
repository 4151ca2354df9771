"""The words of a page in the order in which they stand there, and where some words are among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from newscrawl.words.text import fold

__all__ = ["Printed", "Span", "squeeze"]

_MOST_TRIES: Final = 1000  # places of one text; "Ảnh" may stand on a page a million times
_MOST_READ: Final = 2_000_000_000  # characters, all searches of a page together: some seconds
_TRY: Final = 1000  # what a place costs beside the way to it, in characters


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the words of a page: from `start` up to `end`."""

    start: int
    end: int

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Printed:
    """All words of a page without the blanks between them, for where a line ends is the browser's affair, and without
    the bars that newscrawl sets between the cells of a row."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._begins = bytearray()  # for each character: whether a word begins with it
        self._parted = True
        self._left = _MOST_READ

    def __len__(self) -> int:
        return len(self._begins)

    def part(self) -> None:
        """What follows is no part of the word before."""
        self._parted = True

    def add(self, text: str) -> None:
        """Go on with folded text, which may have a blank at either end."""
        for number, word in enumerate(text.replace("|", " ").split(" ")):
            if word:
                self._begins += bytes([number > 0 or self._parted]) + bytes(len(word) - 1)
                self._parted = False
        self._parts.append(text.replace(" ", "").replace("|", ""))
        self._parted = self._parted or text[-1] == " "

    @cached_property
    def text(self) -> str:
        """All that was added, without blanks."""
        return "".join(self._parts)

    @cached_property
    def _lower(self) -> str:
        lower = self.text.lower()
        return lower if len(lower) == len(self.text) else self.text  # "İ" becomes two characters

    def places(self, words: str, within: Span | None = None) -> Iterator[Span]:
        """Where `words` stand as whole words, in order: as they are, else in other letters' case, else without the full
        stop that newscrawl set at their end."""
        within = within or Span(0, len(self))
        needle = squeeze(words)
        found = False
        for text, wanted in (
            (self.text, needle), (self._lower, needle.lower()), (self._lower, needle.lower().removesuffix(".")),
        ):  # fmt: skip
            for span in self._whole(text, wanted, within):
                found = True
                yield span
            if found:
                return

    def _whole(self, text: str, wanted: str, within: Span) -> Iterator[Span]:
        at = within.start - 1
        for _ in range(_MOST_TRIES if wanted else 0):
            before, at = at, text.find(wanted, at + 1, within.end) if self._left > 0 else -1
            self._left -= (within.end if at < 0 else at) - before + len(wanted) + _TRY
            if at < 0:
                return
            span = Span(at, at + len(wanted))
            if self._is_edge(span.start) and self._is_edge(span.end):
                yield span

    def _is_edge(self, at: int) -> bool:
        """Whether a word can begin or end there."""
        if at == 0 or at >= len(self) or self._begins[at]:
            return True
        return not (self.text[at - 1].isalnum() and self.text[at].isalnum())


def squeeze(text: str) -> str:
    """`text` as it is compared: folded, without blanks and bars.

    >>> squeeze("Tỉnh | Số  trường")
    'TỉnhSốtrường'
    """
    return fold(text).replace(" ", "").replace("|", "")
