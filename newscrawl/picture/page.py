"""The picture of a page as an HTML document of its own, in which nothing of the page can run or load."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from newscrawl.picture.copying import copy_page
from newscrawl.picture.drawing import draw
from newscrawl.picture.legend import LAYERS, NAMES, legend, missing
from newscrawl.picture.pieces import Copy
from newscrawl.picture.placing import place
from newscrawl.picture.search import Placed
from newscrawl.reading.pages import Page
from newscrawl.reading.reading import Reading
from newscrawl.report.document import style_of, templates_of
from newscrawl.site import Site
from newscrawl.words.errors import NotArticleError
from newscrawl.words.tree import Element

__all__ = ["render"]

_LARGEST: Final = 10 * 1024 * 1024  # bytes of a page; no browser would show the picture of a larger one
_STYLE: Final = Path(__file__).with_name("style.css")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_FACTS: Final = (
    "id", "site", "publisher", "province", "province_now", "kind", "language", "canonical_url", "fetched_at",
    "published_precision", "content_hash",
)  # fmt: skip


def render(
    record: dict[str, Any],
    body: bytes,
    *,
    site: Site | None = None,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
) -> str:
    """The picture of a page: a whole HTML document. `record` is what `newscrawl.extract` read from `body`; `site` is
    the site by whose rules it did so."""
    article = "not_article" not in record
    page, problem = _parse(body, record["url"], content_type, fetched_at)
    copy, placed = _place(page, record, site) if page is not None else (Copy(), Placed())
    entries = legend(record, placed) if article else []
    return (
        _environment()
        .get_template("page.html")
        .render(
            record=record,
            article=article,
            site=site,
            problem=problem,
            cut=copy.cut,
            pieces=draw(copy, placed),
            letters=(placed.marks.letters, len(copy.printed)),
            language=_language(record, page),
            entries=entries,
            missing=missing(record) if article else [],
            by_layer={entry.field: entry.layer for entry in entries},
            layers=[(name, words) for name, words in LAYERS.items() if name in {entry.layer for entry in entries}],
            facts=[(name, record[name]) for name in _FACTS if record.get(name)],
            **style_of(_STYLE),
        )
    )


def _parse(body: bytes, url: str, content_type: str | None, fetched_at: datetime | None) -> tuple[Page | None, str]:
    """The page, or why it can't be shown."""
    if len(body) > _LARGEST:
        return None, f"The page has {len(body):,} bytes; over {_LARGEST:,} are not shown."
    try:
        return Page.parse(body, url, content_type=content_type, fetched_at=fetched_at), ""
    except NotArticleError as error:
        return None, f"The page can't be shown: {error.detail}."


def _place(page: Page, record: dict[str, Any], site: Site | None) -> tuple[Copy, Placed]:
    if "not_article" in record:
        return copy_page(page, frozenset()), Placed()
    ruled = _ruled(page, site, record["extracted_by"])
    copy = copy_page(page, frozenset(element for found in ruled.values() for element in found))
    spans = {field: [copy.spans[each] for each in found if each in copy.spans] for field, found in ruled.items()}
    return copy, place(copy, record, spans, page.base)


def _ruled(page: Page, site: Site | None, layers: dict[str, str]) -> dict[str, list[Element]]:
    """For the fields that a selector of site or family found: the elements that it found."""
    reading = Reading(page, site)
    ruled: dict[str, list[Element]] = {}
    for field, layer in layers.items():
        if layer in ("site", "family"):
            answers = (found for origin, found in reading.found(field) if origin == layer)
            ruled[field] = [one for found in answers for one in found if isinstance(one, Element)]
    return ruled


def _language(record: dict[str, Any], page: Page | None) -> str:
    declared = page.root.get("lang") or page.root.get("xml:lang") if page is not None else None
    found = (record.get("language"), declared)
    return next((each for each in found if each and _LANGUAGE.fullmatch(each)), "vi")


@cache
def _environment() -> Environment:
    environment = templates_of("newscrawl.picture")
    environment.globals.update(names=NAMES)
    environment.filters.update(number=lambda value: f"{value:,}")
    return environment
