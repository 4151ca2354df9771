"""What stands in a body that no rule names, and is none of it: buttons, boxes of links, advertisements, comments.

Told by the tag, by the words of class and id, and by links. Class names mislead (trap 15), so they are asked about
parts alone: what holds most of the body's text stays, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from newscrawl.reading.blocks import Block
from newscrawl.words.bylines import AUTHOR_HINT, read_byline
from newscrawl.words.date_lines import is_placed
from newscrawl.words.dates import find_date
from newscrawl.words.text import is_label
from newscrawl.words.tree import Element, string_of
from newscrawl.words.urls import is_file

__all__ = ["clutter_in", "has_foreign_name", "names_of", "without_clutter"]

_TAGS: Final = frozenset({"aside", "form", "footer", "nav"})
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAMES: Final = frozenset({
    "share", "sharing", "social", "comments", "related", "newsletter", "sidebar", "trending", "tags", "ad", "ads",
    "quangcao", "binhluan", "chiase", "lienquan",
})  # fmt: skip
_AUTHOR: Final = "author"
# Text under these names is prose as well, and is never the article's.
_FOREIGN: Final = frozenset({"comments", "binhluan", "footer", "cookie"})
_NONE: Final[frozenset[str]] = frozenset()
_LONGEST_NAMES: Final = 500  # characters of class and id that are looked at
_PAGE: Final = frozenset({"html", "body", "main", "article"})  # their names say what the page has
_LONGEST_CAPTION: Final = 300  # characters
_MOST: Final = 0.7  # share of the body's text that one element of clutter may have
_LONGEST_BYLINE: Final = 100  # characters; what is longer under an author's name is about him
_LINKED: Final = 0.7  # share of a line's letters that stand in links, from which on it is one: "See also: …"
_HEAD: Final = 4  # lines at the top of a body
_LONGEST_HEAD: Final = 100  # characters of a line like "Posted by … on 5 May 2019"
_LONGEST_HEADING: Final = 60  # characters of a heading that no markup makes one
_PRINTED: Final = re.compile(r"(?:https?://|www\.)[^ ]+|[^ @]+@[^ @]+")  # an address that is to be read
_SENTENCE_ENDS: Final = (".", "!", "?", "…", "”", '"', ":")


def names_of(element: Element) -> frozenset[str]:
    """The words of an element's class and id, in small letters."""
    given, name = element.get("class"), element.get("id")
    if not given and not name:
        return _NONE
    return _words_of((f"{given} {name}" if given and name else given or name or "")[:_LONGEST_NAMES])


@lru_cache(maxsize=4096)  # the pages of a site share them
def _words_of(names: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(names))


def clutter_in(body: Element) -> frozenset[Element]:
    """The elements of a body that are none of it, by tag or name."""
    whole = len(string_of(body))
    return frozenset(_named(body, whole * _MOST))


def _named(element: Element, most: float) -> Iterator[Element]:
    for child in element:
        if _is_named(child) and len(string_of(child)) <= most and not _is_caption(child):
            yield child
        elif len(child):
            yield from _named(child, most)


def _is_named(element: Element) -> bool:
    names = names_of(element)
    about_author = _AUTHOR in names and len(string_of(element)) > _LONGEST_BYLINE
    if element.tag == "footer" and next(element.iterancestors("blockquote"), None) is not None:
        return False  # who is quoted
    return element.tag in _TAGS or about_author or not _NAMES.isdisjoint(names)


def _is_caption(element: Element) -> bool:
    """Whether what is called a comment describes the picture before it (families.md F3)."""
    if names_of(element).isdisjoint({"comment"}) or len(element) > 1 or len(string_of(element)) > _LONGEST_CAPTION:
        return False
    before = element.getprevious()
    return before is not None and (before.tag == "img" or (not string_of(before).strip() and _has_picture(before)))


def _has_picture(element: Element) -> bool:
    return next(element.iter("img"), None) is not None


def has_foreign_name(element: Element) -> bool:
    """Whether class or id name an element readers' comments or the page's foot."""
    return element.tag not in _PAGE and not _FOREIGN.isdisjoint(names_of(element)) and not _has_title(element)


def _has_title(element: Element) -> bool:
    """Whether the article's heading may be in it: then its name says what the article has, as "comments-open" does."""
    return next(element.iter("h1"), None) is not None


def without_clutter(blocks: Sequence[Block]) -> list[Block]:
    """Without lines that are links and little else, and labels of buttons; and without the lines above the first
    paragraph that say when, and by whom, the article was posted."""
    head = [block for block in blocks if block.text][:_HEAD]
    prose = next((at for at, block in enumerate(head) if len(block.text) > _LONGEST_HEAD), len(head))
    days = [at for at, block in enumerate(head) if _says_when(block.text)]
    parted = any(later > at + 1 for at, later in pairwise(days))  # then they head what stands below them: a calendar
    posted = {id(head[at]) for at in days if at < prose and not parted}
    return _without_empty([block for block in blocks if id(block) not in posted])


def _without_empty(blocks: Sequence[Block]) -> list[Block]:
    """Without the lines of clutter, and without headings that have nothing but these below them: those of link lists,
    in any language."""
    kept: list[Block] = []
    below: Block | None = None
    gone = True
    for block in reversed(blocks):
        if block.text and _is_clutter(block):
            gone = True
        elif not (block.text and gone and _is_heading(block) and (below is None or below.heading)):
            kept.append(block)
            below, gone = block, False
    return kept[::-1]


def _is_heading(block: Block) -> bool:
    if block.heading:
        return block.align not in ("right", "end")  # there stands who wrote it
    return len(block.text) <= _LONGEST_HEADING and block.text.endswith(":")


def _is_clutter(block: Block) -> bool:
    if block.linked < _LINKED * block.letters:
        return is_label(block.text)
    return is_label(block.text) or not (_PRINTED.fullmatch(block.text) or _to_file(block) or _is_signature(block))


def _is_signature(block: Block) -> bool:
    """Whether a line of links says who wrote the article, or where it was first: "Nguồn: https://…"."""
    labelled = ":" in block.text.partition("//")[0]
    return (labelled or AUTHOR_HINT.search(block.hint) is not None) and read_byline(block.text, marked=True) is not None


def _says_when(line: str) -> bool:
    if line.endswith(_SENTENCE_ENDS) or " | " in line or is_placed(line):
        return False
    return find_date(line) is not None


def _to_file(block: Block) -> bool:
    """Whether a line links a document, or the large form of the picture that it describes."""
    return any(is_file(anchor.get("href") or "") for anchor in block.element.iter("a"))
