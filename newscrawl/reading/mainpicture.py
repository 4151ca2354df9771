"""The main picture of an article, where it stands above the body: between headline and first paragraph.

Only with its caption: one without is as often an advertisement, the page's ornament or its author.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from newscrawl.items import Caption
from newscrawl.reading.blocks import blocks_of
from newscrawl.reading.captions import Pictures, take_captions
from newscrawl.reading.captionsigns import CAPTION_HINT
from newscrawl.reading.head import elements_above, short_text
from newscrawl.reading.readable import Survey
from newscrawl.words.bylines import AUTHOR_HINT
from newscrawl.words.text import key
from newscrawl.words.tree import Element, ancestors_of

__all__ = ["put_main_picture"]

_LONGEST: Final = 300  # characters that stand with a picture
_FRAMES: Final = 3  # elements around a picture, one of which holds its caption, too


def put_main_picture(pictures: Pictures, survey: Survey, title: str, resolve: Callable[[str], str | None]) -> None:
    """Put the pictures above the body before those in it. `resolve` makes addresses absolute."""
    found: list[Caption] = []
    for frame in dict.fromkeys(_frames(survey)):
        found += take_captions(blocks_of(frame), key(title), resolve, frozenset())[0].captions
    pictures.captions[:0] = [caption for caption in dict.fromkeys(found) if caption not in pictures.captions]
    images = [caption.image for caption in found if caption.image is not None]
    pictures.images = list(dict.fromkeys([*images, *pictures.images]))


def _frames(survey: Survey) -> Iterator[Element]:
    """The elements between headline and body that hold a picture and, by figure, table or class, its caption."""
    above = list(elements_above(survey))
    known = set(above)
    for image in above:
        if image.tag == "img":
            frames = (each for each in ancestors_of(image, _FRAMES) if each in known and _holds_caption(each))
            if (frame := next(frames, None)) is not None:
                yield frame


def _holds_caption(frame: Element) -> bool:
    """Whether an element is made for a picture with its caption, and not for who wrote the article."""
    if not short_text(frame, _LONGEST) or next(frame.iter("time"), None) is not None:
        return False
    named = [each.get("class") or "" for each in frame.iter()]
    around = [each.get("class") or "" for each in ancestors_of(frame, _FRAMES)]
    if any(map(AUTHOR_HINT.search, named + around)):
        return False
    return frame.tag in ("figure", "table") or any(map(CAPTION_HINT.search, named))
