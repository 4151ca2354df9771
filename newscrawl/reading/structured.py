"""What a page says of itself to machines: JSON-LD, meta elements, link elements. Often poorer than its text (trap
30)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

import orjson

from newscrawl.words.text import fold
from newscrawl.words.tree import Element

__all__ = ["Structured", "read_structured"]

_ARTICLES: Final = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "AnalysisNewsArticle", "OpinionNewsArticle",
    "LiveBlogPosting", "TechArticle", "ScholarlyArticle", "Report", "AdvertiserContentArticle",
})  # fmt: skip
_PUBLISHED: Final = (
    "article:published_time", "og:article:published_time", "article:published", "pubdate", "publishdate",
    "publish-date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "parsely-pub-date", "sailthru.date",
    "date",
)  # fmt: skip
_UPDATED: Final = (
    "article:modified_time", "og:article:modified_time", "article:modified", "og:updated_time", "dc.date.modified",
    "dcterms.modified", "lastmod", "last-modified",
)  # fmt: skip
_ITEM_DATES: Final = frozenset({"datepublished", "datemodified"})  # microdata (schema.org)


@dataclass(slots=True)
class Structured:
    """The values as printed, folded when they are asked for; None or empty where the page says nothing.

    `item_dates` are those of microdata: a page's teasers have theirs, too, so that a name counts only if it has one
    value.
    """

    jsonld: dict[str, Any] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)  # of all things that the JSON-LD describes
    breadcrumbs: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    item_dates: dict[str, set[str]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    canonical: str | None = None
    head_title: str | None = None

    def first_meta(self, *names: str) -> str | None:
        """The first of the named meta elements that has content."""
        for name in names:
            if (value := self.meta.get(name)) and (text := fold(unescape(value))):
                return text
        return None

    @property
    def title(self) -> str | None:
        """The headline of the JSON-LD article."""
        return _words(self.jsonld.get("headline")) or _words(self.jsonld.get("name"))

    @property
    def published(self) -> str | None:
        """The publication time of the JSON-LD article, as printed."""
        return _words(self.jsonld.get("datePublished"))

    @property
    def updated(self) -> str | None:
        """The time of the last change of the JSON-LD article, as printed."""
        return _words(self.jsonld.get("dateModified"))

    @property
    def meta_published(self) -> str | None:
        """The publication time in meta elements or microdata, as printed."""
        return self.first_meta(*_PUBLISHED) or self._item_date("datepublished")

    @property
    def meta_updated(self) -> str | None:
        """The time of the last change in meta elements or microdata, as printed."""
        return self.first_meta(*_UPDATED) or self._item_date("datemodified")

    def _item_date(self, name: str) -> str | None:
        values = self.item_dates.get(name, set())
        return self.first_meta(name) or (next(iter(values)) if len(values) == 1 else None)

    @property
    def description(self) -> str | None:
        """The summary that the page gives of itself."""
        return _words(self.jsonld.get("description")) or self.first_meta("og:description", "description")

    @property
    def authors(self) -> list[str]:
        """The persons that JSON-LD names as authors; organisations are left out (formats.md 2)."""
        authors = self.jsonld.get("author") or []
        people = authors if isinstance(authors, list) else [authors]
        names = (
            person.get("name") for person in people if isinstance(person, dict) and person.get("@type") == "Person"
        )
        return [name for raw in names if (name := _words(raw))]

    @property
    def sections(self) -> list[str]:
        """The category path: breadcrumbs, else the section."""
        section = self.jsonld.get("articleSection") or self.first_meta("article:section")
        sections = section if isinstance(section, list) else [section]
        return self.breadcrumbs or [name for raw in sections if (name := _words(raw))]


def read_structured(root: Element) -> Structured:
    """Collect them in one pass. Broken JSON-LD counts as none: half of what is out there is broken."""
    found = Structured()
    for element in root.iter("meta", "link", "script", "title", "time"):
        if element.tag == "meta":
            _take_meta(element, found)
        elif element.tag == "time":
            name = element.get("itemprop") or ("datepublished" if element.get("pubdate") is not None else None)
            _take_item_date(name, element.get("datetime"), found)
        elif element.tag == "link":
            if found.canonical is None and (element.get("rel") or "").lower() == "canonical":
                found.canonical = element.get("href") or None
        elif element.tag == "title":
            if found.head_title is None and element.text:  # later ones belong to drawings
                found.head_title = fold(element.text)
        elif "ld+json" in (element.get("type") or "") and (text := element.text):
            _take_jsonld(text, found)
    return found


def _take_meta(element: Element, found: Structured) -> None:
    named = element.get("property") or element.get("name")
    name = named or element.get("itemprop")
    content = element.get("content")
    if name == "article:tag" and content:
        found.tags += [tag for tag in (fold(unescape(content)),) if tag]
    elif name and content and (named or not _take_item_date(name, content, found)):
        found.meta.setdefault(name.lower(), content)


def _take_item_date(name: str | None, value: str | None, found: Structured) -> bool:
    """Note a date of microdata; False if it is none."""
    if not name or not value or name.lower() not in _ITEM_DATES:
        return False
    found.item_dates.setdefault(name.lower(), set()).add(fold(unescape(value)))
    return True


def _take_jsonld(text: str, found: Structured) -> None:
    try:
        data = _loaded(text)
    except (ValueError, RecursionError):
        return
    for thing in _things(data):
        kinds = thing.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        found.kinds.update(kind for kind in kinds if isinstance(kind, str))
        if not found.jsonld and any(kind in _ARTICLES for kind in kinds if isinstance(kind, str)):
            found.jsonld = thing
        elif "BreadcrumbList" in kinds and not found.breadcrumbs:
            crumbs = thing.get("itemListElement")
            found.breadcrumbs = (
                [name for crumb in crumbs if (name := _crumb(crumb))] if isinstance(crumbs, list) else []
            )


def _loaded(text: str) -> Any:
    """What the JSON says. orjson takes a tenth of the time, and refuses what pages print nevertheless: line breaks
    within strings, halves of letters."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text, strict=False)


def _things(data: Any) -> Iterator[dict[str, Any]]:
    for thing in data if isinstance(data, list) else [data]:
        if isinstance(thing, dict):
            yield thing
            if isinstance(thing.get("@graph"), list):
                yield from (inner for inner in thing["@graph"] if isinstance(inner, dict))


def _crumb(element: Any) -> str | None:
    if not isinstance(element, dict):
        return None
    item = element.get("item")
    return _words(element.get("name")) or (_words(item.get("name")) if isinstance(item, dict) else None)


def _words(value: Any) -> str | None:
    """`value` as folded text; HTML escaped twice in JSON is unescaped until it is stable (trap 13)."""
    if not isinstance(value, str):
        return None
    text = unescape(value)
    return fold(unescape(text) if "&" in text else text) or None
