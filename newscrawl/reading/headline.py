"""The headline on a page that no rule knows: the line of the page that its head names as the title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from newscrawl.reading.structured import Structured
from newscrawl.words.text import fold
from newscrawl.words.tree import Element, TextRun, ancestors_of, text_of

__all__ = ["find_title", "heading_of", "title_spans"]

_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_SEPARATORS: Final = re.compile(r" [-–—|:»•]+ | ?[|»] ?")  # titles are folded
_SHORTEST: Final = 8
_LONGEST: Final = 1000  # characters of a title in which site names are looked for


def title_spans(structured: Structured) -> dict[str, str]:
    """What the title may read, by the page's head: each whole, and without site names at either end (trap 4).

    Case-folded text → text.
    """
    spans: dict[str, str] = {}
    for title in (structured.title, structured.first_meta("og:title", "twitter:title"), structured.head_title):
        if not title:
            continue
        parts = list(_SEPARATORS.finditer(title)) if len(title) <= _LONGEST else []
        ends = [title, *(title[: part.start()] for part in reversed(parts)), *(title[part.end() :] for part in parts)]
        for span in ends:
            if len(span) >= _SHORTEST:
                spans.setdefault(span.casefold(), span)
    return spans


def heading_of(spans: dict[str, str], lines: Sequence[TextRun]) -> Element | None:
    """The heading that reads like one of `spans`: an `h1` before others, the first of its kind."""
    headings = [found for run in lines if (found := _heading_around(run)) is not None]
    matches = [heading for heading in headings if text_of(heading).casefold() in spans]
    return next((one for one in matches if one.tag == "h1"), matches[0] if matches else None)


def _heading_around(run: TextRun) -> Element | None:
    return next((each for each in [run.element, *ancestors_of(run.element, 2)] if each.tag in _HEADINGS), None)


def find_title(
    spans: dict[str, str], lines: Sequence[TextRun], body: Element | None, body_starts: int
) -> tuple[str | None, int | None]:
    """The title and, where it stands above the body, its place among the runs of the page.

    Of the `lines` that read like one of `spans`, a heading is taken before a plain line and the later before the
    earlier; where there is none, the heading above the body or what the page's head says.
    """
    matches: list[tuple[tuple[bool, int, int], str]] = []
    for run in lines:
        heading = _heading_around(run)
        text = text_of(heading) if heading is not None else fold(run.text)
        if text.casefold() in spans:
            rank = 0 if heading is None else 3 if heading.tag == "h1" else 2
            matches.append(((body is None or run.at <= body_starts + 1, rank, run.at), text))
    if matches:
        (before, _, at), text = max(matches, key=lambda match: match[0])
        return text, at if before else None
    printed, declared = _heading_above(body), next(iter(spans.values()), None)
    return (printed if printed and (declared is None or _is_headline(printed)) else declared), None


def _heading_above(body: Element | None) -> str | None:
    """The last `h1` above the body, else the last lower heading; for pages that print no line of their head's words."""
    if body is None:
        return None
    headings: dict[bool, str] = {}
    wanted = [*_HEADINGS, body.tag] if body.tag.isprintable() else []  # lxml seeks no names with control characters
    for element in body.getroottree().getroot().iter(*wanted):
        if element is body:
            break
        if element.tag in _HEADINGS and len(text := text_of(element)) >= _SHORTEST:
            headings[element.tag == "h1"] = text
    return headings.get(True) or headings.get(False)


def _is_headline(text: str) -> bool:
    """Whether a heading has words enough for a headline; a column's name has two or three."""
    return text.count(" ") >= 3
