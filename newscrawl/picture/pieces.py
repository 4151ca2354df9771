"""What the copy of a page is made of: openings and closings of elements, words, boxes, ends of lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from newscrawl.picture.printed import Printed, Span
from newscrawl.words.tree import Element

__all__ = ["Box", "Break", "Closing", "Copy", "Opening", "Piece", "Words"]


@dataclass(slots=True)
class Opening:
    """The start of an element of the copy. `taken` says that something in it was taken."""

    kind: ClassVar[str] = "open"
    tag: str
    look: str = ""
    role: str = ""
    level: int = 0
    address: str = ""
    spans: tuple[int, int] = (1, 1)  # columns and rows of a cell
    taken: bool = False


@dataclass(slots=True)
class Closing:
    """The end of an element of the copy."""

    kind: ClassVar[str] = "close"
    tag: str


@dataclass(slots=True)
class Words:
    """Folded text, with a blank at an end that had one; `at` is its place in `Printed`."""

    kind: ClassVar[str] = "words"
    text: str
    at: int


@dataclass(slots=True)
class Box:
    """A picture or what else a page loads: what it is, its words, and its address, which is never asked."""

    kind: ClassVar[str] = "box"
    what: str
    alt: str
    address: str
    at: int


@dataclass(slots=True)
class Break:
    """The end of a line, or a rule across the page."""

    kind: ClassVar[str] = "break"


Piece: TypeAlias = Opening | Closing | Words | Box | Break


@dataclass(slots=True)
class Copy:
    """The pieces of a page in order, its words, and where some elements stand among these. `cut` says that the page
    goes on."""

    pieces: list[Piece] = field(default_factory=list)
    printed: Printed = field(default_factory=Printed)
    spans: dict[Element, Span] = field(default_factory=dict)
    headings: dict[int, int] = field(default_factory=dict)  # where one begins → its level
    cut: bool = False
