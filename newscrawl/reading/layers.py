"""What the layers say of a field, the best first: site rules, family rules, JSON-LD, meta, the general rules.

Each function yields pairs of layer and value; values may be empty. The first that is not is the field's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from newscrawl.reading.discovery import printed_tags, related_links
from newscrawl.reading.head import ROOT_CATEGORIES, category_path
from newscrawl.reading.reading import Reading, name_of
from newscrawl.words.date_lines import dated_title
from newscrawl.words.text import close_official, fold, key
from newscrawl.words.tree import Element, string_of, text_of

__all__ = ["Layer", "categories", "leads", "related", "tags", "titles"]

Layer: TypeAlias = tuple[str, Any]


def titles(reading: Reading) -> Iterator[Layer]:
    """The headlines, without a date that a template glued to one."""
    return ((layer, dated_title(title)[0]) for layer, title in _titles(reading) if title)


def _titles(reading: Reading) -> Iterator[Layer]:
    """A rule's title, else what JSON-LD and meta say, else the heading of the page."""
    yield from reading.texts("title")
    yield "jsonld", reading.structured.title
    yield "meta", _og_title(reading)
    yield "readable", reading.survey.title
    yield "readable", next((text for heading in reading.page.root.iter("h1") if (text := text_of(heading))), None)
    yield "readable", reading.structured.head_title


def _og_title(reading: Reading) -> str | None:
    """og:title as the page prints it: without a site name, and whole where the head cuts it short."""
    title = reading.structured.first_meta("og:title")
    site_name = reading.structured.first_meta("og:site_name")
    if not title or key(title) == key(site_name or ""):
        return None
    printed = reading.survey.title
    shortened = printed and key(printed).startswith(key(title.rstrip(" .…")))
    return printed if printed and (shortened or printed.casefold() in title.casefold()) else title


def leads(reading: Reading, title: str | None, body: Element) -> Iterator[Layer]:
    """A rule's lead, else the page's own summary, where it is printed above the body and not in it."""
    for origin, text in reading.texts("lead"):
        if key(text) != key(title or ""):
            yield origin, close_official(text)
    if reading.has_rule("body") and reading.has_rule("lead"):
        return
    summary = reading.structured.description
    if summary and not _begins_in(body, summary) and reading.survey.line_before_body(summary):
        yield "jsonld" if reading.structured.jsonld.get("description") else "meta", summary
    if not reading.has_rule("body"):
        yield "readable", reading.survey.lead()


def _begins_in(body: Element, summary: str) -> bool:
    """Whether a body has the first words of a summary. Most have them as they stand, and need no folding."""
    words, text = summary[:60], string_of(body)
    return words in text or words in fold(text)


def categories(reading: Reading) -> Iterator[Layer]:
    """The path of categories, outermost first, without the home page."""
    for origin, found in reading.found("category"):
        yield origin, _without_home(name_of(one) for one in found)
    yield "jsonld" if reading.structured.breadcrumbs else "meta", _without_home(reading.structured.sections)
    if not reading.has_rule("category"):
        yield "readable", category_path(reading.survey, reading.page.url)


def _without_home(names: Iterable[str]) -> list[str]:
    return [name for name in names if name and key(name) not in ROOT_CATEGORIES]


def tags(reading: Reading) -> Iterator[Layer]:
    """The tags, in order."""
    for origin, found in reading.found("tags"):
        yield origin, list(dict.fromkeys(name for one in found if (name := name_of(one))))
    yield "meta", reading.structured.tags
    if not reading.has_rule("tags"):
        yield "readable", printed_tags(run.element for run in reading.survey.tag_headings)


def related(reading: Reading) -> Iterator[Layer]:
    """The entries of related blocks, in order."""
    for origin, found in reading.found("related"):
        yield origin, related_links(reading.page, [one for one in found if isinstance(one, Element)])
    yield "readable", related_links(reading.page, [run.element for run in reading.survey.related_headings()])
