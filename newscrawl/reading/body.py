"""Where the body stands on a page that no rule knows.

The element with the most prose, widened to what belongs to it. Only the runs of prose that one pass over the page
noted are asked, and the elements around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import etree

from newscrawl.reading.clutter import has_foreign_name
from newscrawl.words.tree import Element, TextRun, string_of

__all__ = ["INLINE", "Body", "find_body"]

INLINE: Final = frozenset({
    "b", "strong", "i", "em", "span", "font", "u", "small", "big", "sup", "sub", "time", "mark", "q", "cite", "abbr",
})  # fmt: skip
# What stands in these is part of what is around them: a list is no body, and a heading is none.
_PARTS: Final = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote",
})  # fmt: skip
# Prose in these is none of the article's: menus, side columns, and cards that are one link.
_ASIDE: Final = frozenset({"nav", "footer", "aside", "header", "a"})
_HEARD: Final = 5  # levels that such a tag is heard, its own among them
_EVER: Final = 1000
_WHOLE: Final = frozenset({"html", "body", "form"})  # the page, or as good as
_WEIGHTS: Final = (1.0, 0.6, 0.3)  # what prose counts for the element around it, for the next one, and the next
_CANDIDATES: Final = 5  # of most points; what is dear to ask is asked about these
_FAR: Final = 0.6  # of its points loses what has nothing but the page in common with the title
_LINKED: Final = 0.25  # share of text in links, from which on an element is a list of links
_LONG: Final = 60  # characters of a run that is surely a sentence
_NEAR: Final = 4  # levels above the densest element where prose of any form may be the same article's
_HIGHEST: Final = 10  # levels where prose of the same form may be
_ENOUGH: Final = 0.25  # share of the prose so far that has to be added by another form: better clutter than a loss
_SAME: Final = 0.2  # and by the same form
_TEASERS: Final = 3  # headings that are links make a column of teasers, where there is not much prose with them
_MUCH: Final = 20_000  # characters, in which there can be so many links that they are counted
_MANY: Final = 3000  # links
_LINK_TEXTS: Final = etree.XPath(".//a//text()", smart_strings=False)


@dataclass(frozen=True, slots=True)
class Body:
    """The element that holds the body, and the places of its first and last prose among the runs of the page."""

    element: Element
    starts: int
    ends: int


def find_body(prose: Sequence[TextRun], title: Element | None) -> Body | None:
    """The body, or None on a page without prose. `title` is the heading that is the article's, where there is one."""
    above = _levels_above(title) if title is not None else {}
    own = _own(prose, above, names=True) or _own(prose, above, names=False)
    best = _best(_scores(own), above)
    return _widened(best, own) if best is not None else None


def _best(scores: dict[Element, float], above: dict[Element, int]) -> Element | None:
    """The element with the most points, less the share of its links, and less for standing far from the title. The
    later ones are asked only while they could still win: to count the links of half a page takes long."""
    best, most = None, 0.0
    for element in sorted(scores, key=lambda element: scores[element], reverse=True)[:_CANDIDATES]:
        if best is not None and scores[element] <= most:
            break
        points = scores[element] * _nearness(element, above)
        if best is None or points > most:
            points *= 1 - _linked(element)
        if best is None or points > most:
            best, most = element, points
    return best


def _own(prose: Iterable[TextRun], above_title: Iterable[Element], *, names: bool) -> list[TextRun]:
    """The prose that may be the article's: not in elements that are aside of it by their tag or, if `names`, by their
    class or id. What holds the title is not aside."""
    known = dict.fromkeys(above_title, 0)
    return [run for run in prose if not _aside(run.element, known, names)]


def _aside(element: Element, known: dict[Element, int], names: bool) -> int:
    """How many levels below an element are aside of the article with it, itself among them; 0: it is not. `known` takes
    what is found. A tag is heard for a few levels only: below, it may be one that the page forgot to close."""
    passed: list[Element] = []
    above: Element | None = element
    while above is not None and above not in known:
        passed.append(above)
        above = above.getparent()
    levels = known[above] if above is not None else 0
    for each in reversed(passed):
        levels = max(_HEARD if each.tag in _ASIDE else 0, levels - 1)
        if names and has_foreign_name(each):
            levels = _EVER
        known[each] = levels
    return levels


def _scores(prose: Iterable[TextRun]) -> dict[Element, float]:
    """The prose of each element that may be a body, that of the elements in it for a part."""
    scores: dict[Element, float] = {}
    for run in prose:
        element: Element | None = _block_of(run.element)
        while element is not None and element.tag in _PARTS:
            element = element.getparent()
        for weight in _WEIGHTS:
            if element is None:
                break
            scores[element] = scores.get(element, 0.0) + len(run.text) * weight
            element = element.getparent()
    return scores


def _block_of(element: Element) -> Element:
    """The element that sets the run on lines of its own."""
    while element.tag in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _linked(element: Element) -> float:
    """The share of an element's text that stands in links."""
    whole = len(string_of(element))
    if whole > _MUCH and next(islice(element.iterdescendants("a"), _MANY, None), None) is not None:
        return _linked_letters(element) / whole
    texts: Any = _LINK_TEXTS(element)
    return sum(map(len, texts)) / whole if whole else 1.0


def _linked_letters(element: Element) -> int:
    """What `_LINK_TEXTS` finds, for many links: it would compare each of its texts with all others."""
    linked = nested = 0
    for anchor in element.iterdescendants("a"):
        if nested:  # a link in a link, which was counted with it
            nested -= 1
            continue
        linked += len(string_of(anchor))
        nested = sum(1 for _ in anchor.iterdescendants("a")) if len(anchor) else 0
    return linked


def _levels_above(element: Element) -> dict[Element, int]:
    """An element and those around it, each with how far up it is."""
    return {each: level for level, each in enumerate([element, *element.iterancestors()])}


def _nearness(element: Element, above: dict[Element, int]) -> float:
    """1 for what stands right beside the title, less for what is farther from it in the tree: a window over the page,
    or a box in a side column, has nothing but the page in common with it."""
    if not above:
        return 1.0
    common: Element | None = element
    while common is not None and common not in above:
        common = common.getparent()
    return 1 - _FAR * above[common] / len(above) if common is not None else 1 - _FAR


# --- what belongs to it


def _widened(best: Element, prose: Sequence[TextRun]) -> Body:
    """`best`, or the highest element around it of those that add enough; never the page itself, nor a column of
    teasers."""
    by_level = _by_level(best, prose)
    element, inside, beside = best, by_level.get(0, []), list[TextRun]()
    for level, ancestor in enumerate(best.iterancestors(), 1):
        if ancestor.tag in _WHOLE or level > _HIGHEST:
            break
        if level not in by_level:
            continue
        beside += by_level[level]
        long = [run for run in beside if len(run.text) > _LONG]
        if not _belong(long, inside, ancestor, near=level <= _NEAR) or _linked(ancestor) >= _LINKED:
            continue
        if _linked_headings(ancestor) - _linked_headings(element) >= max(_TEASERS, len(long) * 0.7):
            break
        element, inside, beside = ancestor, inside + beside, []
    return Body(element, min(run.at for run in inside), max(run.at for run in inside))


def _by_level(best: Element, prose: Iterable[TextRun]) -> dict[int, list[TextRun]]:
    """The runs of prose by how many levels above `best` the nearest element is that holds both; 0: those in it."""
    levels = _levels_above(best)
    found: dict[int, list[TextRun]] = {}
    for run in prose:
        passed, element = [], run.element
        while element not in levels:
            passed.append(element)
            above = element.getparent()
            assert above is not None  # the page's root is above both
            element = above
        level = levels[element]
        levels.update(dict.fromkeys(passed, level))
        found.setdefault(level, []).append(run)
    return found


def _belong(beside: Sequence[TextRun], inside: Sequence[TextRun], ancestor: Element, *, near: bool) -> bool:
    """Whether sentences beside the body are its own: paragraphs that stand directly in `ancestor`, as much prose as a
    quarter of the body, or prose of the same form, as the parts of a page builder have it, or a forum's posts."""
    if not beside:
        return False
    enough = sum(len(run.text) for run in inside)
    if near:
        paragraphs = sum(run.element.tag == "p" and run.element.getparent() is ancestor for run in beside)
        if paragraphs >= 2 or sum(len(run.text) for run in beside) >= enough * _ENOUGH:
            return True
    forms = set(_forms(inside, ancestor))
    same = [run for run, form in zip(beside, _forms(beside, ancestor), strict=True) if form in forms]
    return sum(len(run.text) for run in same) >= enough * _SAME


def _forms(runs: Iterable[TextRun], ancestor: Element) -> Iterator[tuple[Any, ...]]:
    """How long runs stand in an element: the tags between."""
    for run in runs:
        element: Element | None = _block_of(run.element)
        tags = []
        while element is not None and element is not ancestor:
            tags.append(element.tag)
            element = element.getparent()
        yield tuple(tags)


def _linked_headings(element: Element) -> int:
    """How many headings in an element are links to other pages, as those of teasers are. An anchor beside a heading,
    or its "edit", is no such link."""
    return sum(1 for heading in element.iter("h2", "h3", "h4") if _is_link(heading))


def _is_link(heading: Element) -> bool:
    links = [link for link in heading.iter("a") if not (link.get("href") or "#").startswith("#")]
    return bool(links) and 2 * sum(len(string_of(link)) for link in links) >= len(string_of(heading).strip())
