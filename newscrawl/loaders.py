"""From a page to an article: the item loader, fed by the layers (`reading/layers.py`).

    site rules → family rules → JSON-LD → meta → readable → address

For each field the first layer that answers wins, and `extracted_by` keeps its name: a site that starts to fall back is
a site that broke. Values reach the loader by `add_value`, from selectors compiled once and one tree: the loader holds
text and never a selector, which would keep whole pages in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from itemloaders import ItemLoader

from newscrawl.items import Article, Attachment, content_hash
from newscrawl.reading import layers
from newscrawl.reading.anatomy import Anatomy, dissect
from newscrawl.reading.blocks import blocks_of
from newscrawl.reading.clutter import clutter_in
from newscrawl.reading.dating import dates_of
from newscrawl.reading.documents import documents_of
from newscrawl.reading.head import byline_above
from newscrawl.reading.kinds import kind_of
from newscrawl.reading.layers import Layer
from newscrawl.reading.mainpicture import put_main_picture
from newscrawl.reading.pages import Page
from newscrawl.reading.people import behind, outside
from newscrawl.reading.reading import Reading
from newscrawl.reading.refusals import (
    is_long_enough,
    refuse_address,
    refuse_gone,
    refuse_listing,
    refuse_repeats,
    refuse_text,
    refused,
)
from newscrawl.reading.signature import byline_of
from newscrawl.site import Site
from newscrawl.words.bylines import is_outlet
from newscrawl.words.text import fold, language_of
from newscrawl.words.tree import Element
from newscrawl.words.urls import bare_host, identity, resolve

__all__ = ["ArticleLoader", "read_article"]


def fold_all(values: Iterable[str]) -> list[str]:
    """Input processor of texts: each folded. (`MapCompose` would inspect its functions at every call.)"""
    return [fold(value) for value in values]


def first(values: list[Any]) -> Any:
    """Output processor of single values: the first that is not empty, or None."""
    return next(filter(None, values), None)


def everything(values: list[Any]) -> list[Any]:
    """Processor that changes nothing. Processors that are functions are found in a tenth of the time that those take
    which are objects: at these, the loader makes and catches an exception."""
    return values


class ArticleLoader(ItemLoader):
    """The item loader of an article: folds text, keeps the first of single values and all of lists.

    It gathers in a dict and gives the `Article` at the end: with the item itself, every field that it does not touch
    would cost as much as one that it fills.
    """

    default_item_class = dict

    title_in = lead_in = source_in = category_in = tags_in = byline_in = fold_all
    captions_in = related_in = everything
    title_out = lead_out = source_out = first
    category_out = tags_out = byline_out = captions_out = related_out = everything

    def __init__(self) -> None:
        super().__init__()
        self.layers: dict[str, str] = {}
        self.known: dict[str, Any] = {}

    def add_layer(self, field: str, answers: Iterable[Layer]) -> Any:
        """Add the value of the first layer that answers, record the layer, and return the value (or None)."""
        for layer, value in answers:
            if value:
                self.add_value(field, value)
                self.layers[field] = layer
                return value
        return None

    def load_item(self) -> Article:
        """The article with all that was added, and what is `known` without layers or processing."""
        return Article(**super().load_item(), **self.known, extracted_by=self.layers)


def read_article(page: Page, site: Site | None) -> Article:
    """The article on `page`, read by the rules of `site` and the generic layers behind them.

    Raises NotArticleError for a page that holds none, with one of `newscrawl.words.errors.REASONS`.
    """
    reading = Reading(page, site)
    refuse_address(reading)
    loader = ArticleLoader()
    loader.layers["body"], body = _body(reading)
    title = loader.add_layer("title", layers.titles(reading))
    layer, lead = next((pair for pair in layers.leads(reading, title, body) if pair[1]), ("readable", None))
    parts = _dissect(reading, body, title, lead, ruled=loader.layers["body"] != "readable")
    if page.reread(title, parts.lead, *parts.paragraphs, *(caption.text for caption in parts.pictures.captions)):
        return read_article(page, site)
    refuse_text(reading, title, parts)
    loader.add_layer("lead", [(layer, parts.lead)])
    _add_dates(loader, reading)
    categories = loader.add_layer("category", layers.categories(reading)) or []
    _add_people(loader, reading, parts, body, categories)
    _add_parts(loader, reading, parts, body)
    loader.add_layer("tags", layers.tags(reading))
    loader.add_layer("related", layers.related(reading))
    loader.known["kind"] = kind_of(reading, body, title, parts)
    return _identify(loader.load_item(), reading, "\n\n".join(parts.paragraphs))


# --- body


def _body(reading: Reading) -> tuple[str, Element]:
    """The body's element, with the layer: the first that a rule names and that has text, else the generic one."""
    for origin, found in reading.found("body"):
        bodies = [element for element in found if isinstance(element, Element) and is_long_enough(element)]
        if bodies:
            refuse_repeats(reading, bodies)
            return origin, bodies[0]
    body = reading.survey.body
    if body is None:
        refuse_listing(reading, reading.page.root)
        raise refused(reading, "no_body")
    if reading.has_rule("body"):
        refuse_gone(reading)
    refuse_listing(reading, body)
    return "readable", body


def _dissect(reading: Reading, body: Element, title: str | None, lead: str | None, *, ruled: bool) -> Anatomy:
    resolve_here = partial(resolve, reading.page.base)
    drop = reading.inside(body, "drop", "related") | (frozenset() if ruled else clutter_in(body))
    parts = dissect(
        blocks_of(body, drop),
        ruled=ruled,
        leads=not reading.has_rule("lead"),
        title=title,
        lead=lead,
        resolve=resolve_here,
        captions=reading.inside(body, "captions"),
        bylines=reading.inside(body, "byline"),
        datelines=reading.site.datelines if reading.site else (),
    )
    if not ruled:
        put_main_picture(parts.pictures, reading.survey, title or "", resolve_here)
    return parts


# --- dates


def _add_dates(loader: ArticleLoader, reading: Reading) -> None:
    found = dates_of(reading)
    loader.known["warnings"] = found.warnings
    if found.published:
        loader.layers["published"], stamp = found.published.layer, found.published.stamp
        loader.known["published"] = stamp.isoformat()
        loader.known["published_precision"], loader.known["published_raw"] = stamp.precision, stamp.raw
    if found.updated:
        loader.layers["updated"] = found.updated.layer
        loader.known["updated"] = found.updated.stamp.isoformat()


# --- people and parts


def _add_people(loader: ArticleLoader, reading: Reading, parts: Anatomy, body: Element, categories: list[str]) -> None:
    """Byline and source: a rule's element outside the body, the body's end, the lines behind it, JSON-LD, the lines
    beside the headline, where columns (`categories`) may stand too."""
    layer, raw, found = "readable", parts.byline_raw, parts.byline
    authors = [name for name in reading.structured.authors if not is_outlet(name)]
    if ruled := next(outside(reading, body), None):
        layer, (raw, found) = ruled[0], byline_of(ruled[1])
    elif raw is None and (lines := behind(body) or ([] if authors else _above(reading, categories))):
        raw, found = byline_of(lines)
    if raw is None or found is None:
        loader.add_layer("byline", [("jsonld", authors)])
        return
    loader.known["byline_raw"] = raw
    loader.add_layer("byline", [(layer, list(found.names))])
    loader.add_layer("source", [(layer, found.source)])


def _above(reading: Reading, categories: list[str]) -> list[str]:
    """The line that names the author beside the headline; asked where no rule knows the page."""
    if reading.has_rule("body"):
        return []
    line = byline_above(reading.survey, categories)
    return [line] if line else []


def _add_parts(loader: ArticleLoader, reading: Reading, parts: Anatomy, body: Element) -> None:
    loader.add_layer(
        "captions", [(loader.layers["body"] if reading.has_rule("captions") else "readable", parts.pictures.captions)]
    )
    loader.known["images"] = parts.pictures.images
    own = reading.site.datelines if reading.site else ()
    if parts.dateline:
        loader.known["dateline"] = parts.dateline
        loader.layers["dateline"] = "site" if parts.dateline in own else "readable"
    if attachments := _attachments(reading, body):
        loader.known["attachments"], loader.layers["attachments"] = attachments, "readable"
    loader.known["warnings"] = [*reading.page.warnings, *parts.warnings, *loader.known["warnings"]]


def _attachments(reading: Reading, body: Element) -> list[Attachment]:
    """The documents linked in the article's frame (the body, where there is none) and behind it."""
    return documents_of(next(iter(reading.layout.frame.elements(reading.page.root)), body), reading.page.base)


# --- identity


def _identify(article: Article, reading: Reading, body: str) -> Article:
    """What doesn't come from layers: the body as one text, who publishes it, where it stands, what it hashes to."""
    page, site = reading.page, reading.site
    article.body, article.url, article.canonical_url = body, page.url, _canonical(reading)
    article.language = language_of(f"{article.title} {body}", page.root.get("lang") or page.root.get("xml:lang"))
    article.fetched_at = page.fetched_at.isoformat() if page.fetched_at else None
    article.content_hash = content_hash(article.title, article.lead, body)
    article.warnings += _lost_letters(article)
    if site is None:
        article.id = f"{bare_host(page.url) or urlsplit(page.url).netloc}:{identity(page.url)}"
        return article
    article.id, article.site, article.publisher = f"{site.name}:{site.key(page.url)}", site.name, site.publisher
    article.province, article.province_now = site.province_on(article.published), site.province_now
    return article


def _lost_letters(article: Article) -> list[str]:
    """The warning that somebody before us could not read letters of the text, and put U+FFFD in their place."""
    parts = {"title": article.title, "lead": article.lead, "body": article.body}
    lost = [name for name, text in parts.items() if text and "\ufffd" in text]
    return [f"U+FFFD in the {' and the '.join(lost)}: letters are lost"] if lost else []


def _canonical(reading: Reading) -> str | None:
    """The page's own canonical link, if it stays on the host (trap 45)."""
    canonical = resolve(reading.page.base, reading.structured.canonical or "")
    return canonical if canonical and bare_host(canonical) == bare_host(reading.page.url) else None
