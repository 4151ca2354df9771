"""A page's tree read anew in the encoding it was written in: all that a person reads on it, and no address.

A page can be written in two encodings: a template in Unicode, and in it an article or a title in TCVN3. So each piece
of text is read anew by itself, where it reads better for it. What is too short to tell ("bé") goes with the piece
before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from newscrawl.words.encodings import Charset
from newscrawl.words.misread import gain, reread
from newscrawl.words.tree import Element

__all__ = ["NO_XML", "recode", "texts_of"]

_READ: Final = ("alt", "title", "content")  # attributes that people read
# Where text of the template meets text of the article: a site's name behind the title, the strings of JSON-LD.
_SEAMS: Final = re.compile(r"([\"|\n]| [-–] )")
NO_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # lxml refuses to write these


@dataclass(slots=True)
class _Place:
    """Where a text stands: an element's text, its tail, or one of its attributes."""

    element: Element
    name: str
    text: str

    def write(self, text: str) -> None:
        text = NO_XML.sub("", text)
        if self.name == "text":
            self.element.text = text
        elif self.name == "tail":
            self.element.tail = text
        else:
            self.element.set(self.name, text)


def texts_of(root: Element) -> Iterator[str]:
    """The pieces of text of a tree that have letters beyond ASCII, in order."""
    for place in _places(root):
        yield from (piece for piece in _SEAMS.split(place.text) if not piece.isascii())


def recode(root: Element, charset: Charset) -> bool:
    """Read the texts of a tree in `charset`, where they gain by it; whether all letters could be read."""
    gains = (gain(piece, charset) for piece in texts_of(root))
    better = next((each > 0 for each in gains if each), True)
    whole = True
    for place in list(_places(root)):
        pieces = _SEAMS.split(place.text)
        for at, piece in enumerate(pieces):
            if not piece.isascii():
                gained = gain(piece, charset)
                better = gained > 0 if gained else better
                pieces[at] = reread(piece, charset) if better else piece
                whole = whole and not (better and charset.loss and charset.loss.search(pieces[at]))
        place.write("".join(pieces))
    return whole


def _places(root: Element) -> Iterator[_Place]:
    for element in root.iter():
        silent = element.tag == "style" or (element.tag == "script" and "ld+json" not in (element.get("type") or ""))
        if not silent and (text := element.text) and not text.isascii():
            yield _Place(element, "text", text)
        for name in _READ:
            if (text := element.get(name)) and not text.isascii():
                yield _Place(element, name, text)
        if (text := element.tail) and not text.isascii():
            yield _Place(element, "tail", text)
