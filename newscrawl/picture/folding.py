"""What was left and is little but links, like menus and lists of teasers: folded up to a line, so that the article is
in sight. Prose stays open, for it may be what should have been taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from newscrawl.picture.pieces import Box, Closing, Opening, Piece, Words

__all__ = ["Fold", "fold_links"]

_MANY: Final = 300  # characters
_MANY_BOXES: Final = 3
_PREVIEW: Final = 120  # characters


@dataclass(slots=True)
class Fold:
    """The elements from one piece to another: how much is in them, and how it begins."""

    kind: ClassVar[str] = "fold"
    end: int
    letters: int = 0
    linked: int = 0
    boxes: int = 0
    preview: str = ""

    @property
    def worth(self) -> bool:
        """Whether it is long, and links more than anything else."""
        return (self.letters > _MANY or self.boxes > _MANY_BOXES) and self.linked * 2 >= self.letters


def fold_links(pieces: Sequence[Piece]) -> dict[int, Fold]:
    """What is folded, by the place of its first piece. The largest elements that were left are asked, and only where
    something was taken beside them."""
    folds: dict[int, Fold] = {}
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if isinstance(piece, Opening) and piece.tag == "div" and not piece.taken:
            fold = _measure(pieces, at)
            if fold.worth:
                folds[at] = fold
            at = fold.end
        at += 1
    return folds


def _measure(pieces: Sequence[Piece], start: int) -> Fold:
    fold = Fold(start)
    around: list[bool] = []  # for each element that is open: whether it is a link
    for at in range(start, len(pieces)):
        piece = pieces[at]
        if isinstance(piece, Opening):
            around.append(piece.look == "a")
        elif isinstance(piece, Closing):
            around.pop()
        elif isinstance(piece, Box):
            fold.boxes += 1
        elif isinstance(piece, Words):
            size = len(piece.text.strip())
            fold.letters += size
            fold.linked += size if any(around) else 0
            if size and len(fold.preview) < _PREVIEW:
                fold.preview += f" · {piece.text.strip()}" if fold.preview else piece.text.strip()
        if not around:
            fold.end = at
            break
    if len(fold.preview) > _PREVIEW:
        fold.preview = fold.preview[:_PREVIEW].rstrip() + "…"
    return fold
