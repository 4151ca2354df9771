"""Colours on a copy: words cut where a value begins or ends, each value with its label where it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from newscrawl.picture.folding import Fold, fold_links
from newscrawl.picture.marks import Mark
from newscrawl.picture.pieces import Box, Closing, Copy, Opening, Piece, Words
from newscrawl.picture.printed import Span
from newscrawl.picture.search import Placed

__all__ = ["Drawn", "Label", "Picture", "Stroke", "draw"]

# One after the other: a number tells them apart, and the name would be noise.
_RUNS: Final = frozenset({"body", "related", "tags", "category", "byline"})


@dataclass(frozen=True, slots=True)
class Label:
    """What stands where a value begins: field and layer with a field's first value, else what tells values apart."""

    mark: Mark
    first: bool

    @property
    def number(self) -> bool:
        """Whether its number is all that is said."""
        return not self.first and self.mark.field in _RUNS


@dataclass(frozen=True, slots=True)
class Stroke:
    """Coloured words; `label` where the value begins."""

    kind: ClassVar[str] = "stroke"
    text: str
    mark: Mark
    label: Label | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A box that was taken."""

    kind: ClassVar[str] = "picture"
    box: Box
    label: Label


@dataclass(frozen=True, slots=True)
class Unfold:
    """The end of what is folded."""

    kind: ClassVar[str] = "unfold"


Drawn: TypeAlias = Piece | Stroke | Picture | Fold | Unfold


def draw(copy: Copy, placed: Placed) -> Iterator[Drawn]:
    """The pieces of a copy with colours on them. Elements in which something was taken are told so first."""
    _tell_elements(copy, placed)
    labels = _Labels()
    folds = fold_links(copy.pieces) if placed.marks else {}
    ends = {fold.end for fold in folds.values()}
    for at, piece in enumerate(copy.pieces):
        if at in folds:
            yield folds[at]
        if isinstance(piece, Words) and (spans := placed.marks.within(_span_of(piece))):
            yield from _cut(piece, spans, labels)
        elif isinstance(piece, Box) and (mark := placed.boxes.get(at)):
            label = labels.next(mark)
            yield Picture(piece, label) if label else piece
        else:
            yield piece
        if at in ends:
            yield Unfold()


class _Labels:
    """Which fields and values were labelled already."""

    def __init__(self) -> None:
        self._fields: set[str] = set()
        self._marks: set[Mark] = set()

    def next(self, mark: Mark) -> Label | None:
        """The label of a mark, the first time."""
        if mark in self._marks:
            return None
        label = Label(mark, mark.field not in self._fields)
        self._marks.add(mark)
        self._fields.add(mark.field)
        return label


def _tell_elements(copy: Copy, placed: Placed) -> None:
    around: list[Opening] = []
    for at, piece in enumerate(copy.pieces):
        if isinstance(piece, Opening):
            around.append(piece)
        elif isinstance(piece, Closing):
            around.pop()
        elif at in placed.boxes or (isinstance(piece, Words) and not placed.marks.is_free(_span_of(piece))):
            for opening in reversed(around):
                if opening.taken:
                    break
                opening.taken = True


def _span_of(words: Words) -> Span:
    return Span(words.at, words.at + len(words.text) - words.text.count(" ") - words.text.count("|"))


def _cut(words: Words, spans: list[tuple[Span, Mark]], labels: _Labels) -> Iterator[Drawn]:
    """Cut words at the ends of what is coloured in them; blanks between two colours have none."""
    wanted = sorted({at - words.at for span, _ in spans for at in (span.start, span.end - 1)})
    offsets = dict(_offsets(words.text, wanted))
    done = 0
    for span, mark in spans:
        start, end = offsets[span.start - words.at], offsets[span.end - 1 - words.at] + 1
        if start > done:
            yield Words(words.text[done:start], words.at)
        yield Stroke(words.text[start:end], mark, labels.next(mark))
        done = end
    if done < len(words.text):
        yield Words(words.text[done:], words.at)


def _offsets(text: str, wanted: Iterable[int]) -> Iterator[tuple[int, int]]:
    """For the n-th characters of a text that are `wanted`, in order, blanks and bars not counted, their offsets."""
    left = iter(wanted)
    following = next(left, None)
    count = 0
    for offset, letter in enumerate(text):
        if letter not in " |":
            if count == following:
                yield count, offset
                following = next(left, None)
            count += 1
        if following is None:
            return
