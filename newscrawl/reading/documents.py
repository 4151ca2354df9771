"""The documents that an article comes with: files linked or shown in its frame, and right behind it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from newscrawl.items import Attachment
from newscrawl.reading.embedded import VIEWERS, viewed
from newscrawl.words.text import fold
from newscrawl.words.tree import Element, ancestors_of, text_of
from newscrawl.words.urls import is_file, resolve

__all__ = ["documents_of"]

_BEHIND: Final = 2  # elements behind the article's frame that may hold its documents
_LEVELS: Final = 2  # elements around the frame, behind which they may stand
_MOST: Final = 6  # elements that are looked at behind each
_LABEL: Final = re.compile(r"(?:tệp|file|tài liệu|văn bản)\s+(?:đính kèm|kèm theo)", re.IGNORECASE)
_MAY_LABEL: Final = re.compile("[Kk](?:[èÈ]|[eE]\u0300)")  # what a label has, and few other starts
_LONGEST_START: Final = 80  # characters before the label ends
_PIECES: Final = 3  # of text, in which it stands
_MOST_PIECES: Final = 40  # the same, blank ones too


def documents_of(frame: Element, base: str) -> list[Attachment]:
    """The documents linked or shown in `frame`, right behind it and, below a label that says so, further behind; each
    once. `base` is the address that links are relative to."""
    near = list(islice(frame.itersiblings(), _BEHIND))
    further = (each for place in [frame, *ancestors_of(frame, _LEVELS)] for each in islice(place.itersiblings(), _MOST))
    far = [each for each in further if each not in near and _is_labelled(each)]
    found: dict[str, Attachment] = {}
    for place in [frame, *near, *far]:
        for element in place.iter("a", *VIEWERS):
            href = (element.get("href") if element.tag == "a" else viewed(element)) or ""
            if is_file(href, papers=True) and (url := resolve(base, href)):
                found.setdefault(url, Attachment(text_of(element) or None, url))
    return list(found.values())


def _is_labelled(element: Element) -> bool:
    """Whether the first words in an element say so. What stands further down in it is not even asked for."""
    if next(element.iter("a"), None) is None:
        return False
    texts = (text for text in islice(element.itertext(), _MOST_PIECES) if not text.isspace())
    start = " ".join(str(text)[:_LONGEST_START] for text in islice(texts, _PIECES))
    return _MAY_LABEL.search(start) is not None and _LABEL.search(fold(start)[:_LONGEST_START]) is not None
