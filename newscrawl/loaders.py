"""From a page to an article: the item loader, and the layers that feed it.

    site rules → family rules → JSON-LD → meta → readable → address

For each field the first layer that answers wins, and `extracted_by` keeps its name: a site that starts to fall back
is a
site that broke. Values reach the loader by `add_value`, from selectors compiled once and one tree: the loader holds
text
and never a selector, which would keep whole pages in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from itemloaders import ItemLoader
from itemloaders.processors import Identity, MapCompose, TakeFirst
from lxml.html import HtmlElement

from newscrawl.anatomy import Anatomy, byline_of, dissect
from newscrawl.blocks import Block, blocks_of
from newscrawl.bylines import read_byline
from newscrawl.dates import DateStamp, date_from_parts, find_date, read_date
from newscrawl.discovery import Link, related_links
from newscrawl.errors import NotArticleError
from newscrawl.items import Article, Attachment, RelatedLink, content_hash
from newscrawl.pages import Page, text_of
from newscrawl.readable import Survey, survey
from newscrawl.site import Layout, Site
from newscrawl.structured import Structured, read_structured
from newscrawl.text import close_official, fold, is_tail, key, language_of
from newscrawl.urls import bare_host, identity, is_file, path_and_query, resolve

__all__ = ["ArticleLoader", "ArticleReader", "read_article"]

_SHORTEST_BODY: Final = 40  # characters; the shortest real notice in the evidence has 60
_SHORT_BODY: Final = 300  # characters; what says "không tồn tại" in so few words is no article about it
_SOFT_404: Final = re.compile(
    r"không tồn tại|không tìm thấy (?:trang|bài|nội dung)|đã bị xóa|page not found|not be found|lỗi 404", re.IGNORECASE
)
_BEHIND: Final = 2  # elements behind the article's frame that may hold its documents
_LONGEST_WORD: Final = 500  # characters without a blank: an encrypted print page (trap 44)
_ROOT_CATEGORY: Final = frozenset({"trang chủ", "home", "trang nhất"})
_Layer = tuple[str, Any]


class ArticleLoader(ItemLoader):
    """The item loader of an article: folds text, keeps the first of single values and all of lists."""

    default_item_class = Article
    default_input_processor = Identity()
    default_output_processor = TakeFirst()

    title_in = lead_in = dateline_in = source_in = published_raw_in = MapCompose(fold)
    category_in = tags_in = byline_in = MapCompose(fold)
    category_out = tags_out = byline_out = captions_out = images_out = Identity()
    attachments_out = related_out = warnings_out = Identity()

    def add_layer(self, field: str, layers: Iterator[_Layer] | Sequence[_Layer]) -> Any:
        """Add the value of the first layer that answers, record the layer, and return the value (or None)."""
        for layer, value in layers:
            if value:
                self.add_value(field, value)
                self.item.extracted_by[field] = layer
                return value
        return None


def read_article(page: Page, site: Site | None) -> Article:
    """The article on `page`, read by the rules of `site` and the generic layers behind them.

    Raises NotArticleError for a page that holds none, with reason "denied_address", "soft_404", "no_frame", "no_body",
    "no_title", "encrypted" or "many_teasers".
    """
    return ArticleReader(page, site).read()


class ArticleReader:
    """One reading of one page: the layers, each asked only when those before it gave nothing."""

    def __init__(self, page: Page, site: Site | None) -> None:
        self.page, self.site = page, site
        self.structured: Structured = read_structured(page.root)
        self.layout = self._choose_layout()
        self._survey: Survey | None = None

    @property
    def survey(self) -> Survey:
        """The generic layers' pass over the page, made when first asked for."""
        if self._survey is None:
            self._survey = survey(self.page.root, self.structured)
        return self._survey

    def read(self) -> Article:
        """See `read_article`."""
        self._refuse_what_is_no_article()
        loader = ArticleLoader(item=Article())
        body_layer, body = self._body()
        title = loader.add_layer("title", self._titles())
        lead = loader.add_layer("lead", self._leads(title))
        parts = self._dissect(body, title, lead)
        size = sum(map(len, parts.paragraphs))
        if size < _SHORTEST_BODY and not parts.images:
            raise self._no_article("no_body", "the article's body can't be found")
        if size < _SHORT_BODY and any(_SOFT_404.search(text) for text in parts.paragraphs):
            raise NotArticleError("soft_404", "the page says that the article does not exist")
        if not title:
            raise NotArticleError("no_title", "the page has neither a heading nor a title")
        loader.item.extracted_by["body"] = body_layer
        self._add_date(loader)
        self._add_people(loader, parts, body)
        self._add_parts(loader, parts, body)
        loader.add_layer("category", self._categories())
        loader.add_layer("tags", self._tags())
        related = self._related()
        loader.add_layer("related", related)
        return self._finish(loader.load_item(), "\n\n".join(parts.paragraphs))

    # --- is it an article at all?

    def _choose_layout(self) -> Layout:
        """Among the layouts open on the day of the fetch, the first whose title and body both answer; else the
        first."""
        layouts = self.site.layouts_on(self.page.fetched_at) if self.site else ()
        if len(layouts) > 1:
            for layout in layouts:
                if all(any(rule(self.page.root) for rule in self._rules(layout, name)) for name in ("title", "body")):
                    return layout
        return layouts[0] if layouts else Layout()

    @staticmethod
    def _rules(layout: Layout, field: str) -> list[Callable[[HtmlElement], list[Any]]]:
        return [selectors.all for _, selectors in layout.fields.get(field, ())]

    def _refuse_what_is_no_article(self) -> None:
        site, page = self.site, self.page
        if site is None or not site.has_host(page.url):
            return
        if site.denies(page.url):
            raise NotArticleError("denied_address", "the site's rules say that this address is no article")
        framed = not self.layout.frame or bool(self.layout.frame.all(page.root))
        if not framed and site.address_kind(page.url) != "article":
            raise self._no_article("no_frame", "the page has no article frame: a listing or a service page")

    def _no_article(self, reason: str, detail: str) -> NotArticleError:
        """The error, or the better one for a page that says itself that there is nothing (trap 72)."""
        if self._says_gone():
            return NotArticleError("soft_404", "the page says that the article does not exist")
        return NotArticleError(reason, detail)

    def _says_gone(self) -> bool:
        return _SOFT_404.search(str(self.page.root.text_content())) is not None

    # --- fields

    def _found(self, field: str) -> Iterator[tuple[str, list[Any]]]:
        """What the site's, then the family's selectors find for `field`: (layer, elements or strings)."""
        for origin, selectors in self.layout.fields.get(field, ()):
            for found in selectors.answers(self.page.root):
                yield origin, found

    def _texts(self, field: str) -> Iterator[tuple[str, str]]:
        """The first text with content of each answer."""
        for origin, found in self._found(field):
            texts = (fold(one) if isinstance(one, str) else self._visible(one) for one in found)
            if text := next((text for text in texts if text), ""):
                yield origin, text

    def _visible(self, element: HtmlElement) -> str:
        return fold(" ".join(block.text for block in blocks_of(element, self._dropped(element)) if block.text))

    def _dropped(self, element: HtmlElement) -> frozenset[HtmlElement]:
        """What the rules drop within `element`, with the related blocks that stand in it."""
        rules = [*self.layout.fields.get("drop", ()), *self.layout.fields.get("related", ())]
        found = [one for _, selectors in rules for selector in selectors.alternatives for one in selector(element)]
        return frozenset(one for one in found if isinstance(one, HtmlElement) and one is not element)

    def _titles(self) -> Iterator[_Layer]:
        """A rule's title; else what JSON-LD and meta say, in the words of the page where it prints them."""
        yield from self._texts("title")
        yield "jsonld", self.structured.title
        yield "meta", self._og_title()
        yield "readable", self.survey.title

    def _og_title(self) -> str | None:
        """og:title, without the site name that some pages add to it."""
        title = self.structured.first_meta("og:title")
        printed = self.survey.title if title else None
        return printed if title and printed and printed.casefold() in title.casefold() else title

    def _body(self) -> tuple[str, HtmlElement]:
        for origin, found in self._found("body"):
            for element in found:
                if isinstance(element, HtmlElement) and len(fold(str(element.text_content()))) >= _SHORTEST_BODY:
                    return origin, element
        if self.survey.body is None or ("body" in self.layout.fields and self._says_gone()):
            raise self._no_article("no_body", "the article's body can't be found")
        self._refuse_teasers(self.survey.body)
        return "readable", self.survey.body

    def _refuse_teasers(self, body: HtmlElement) -> None:
        """A list of teasers is prose by its looks, but each paragraph has a link of its own (traps 51, 56)."""
        if self.structured.jsonld:
            return
        headings = [link for tag in ("h2", "h3", "h4") for head in body.iter(tag) for link in head.iter("a")]
        items = [item for item in body.iter("li", "article") if next(item.iter("a"), None) is not None]
        if len(headings) >= 5 or (
            len(items) >= 8 and sum(len(text_of(item)) for item in items) > len(text_of(body)) / 2
        ):
            raise self._no_article("many_teasers", "the page is a list of teasers")

    def _leads(self, title: str | None) -> Iterator[_Layer]:
        """A rule's lead; else the page's own summary, where it is printed above the body and not in it."""
        for origin, text in self._texts("lead"):
            if key(text) != key(title or ""):
                yield origin, close_official(text)
        if "body" in self.layout.fields and "lead" in self.layout.fields:
            return
        summary = self.structured.description
        if summary and self.survey.line_before_body(summary):
            yield "jsonld" if self.structured.jsonld.get("description") else "meta", summary

    def _dissect(self, body: HtmlElement, title: str | None, lead: str | None) -> Anatomy:
        named = {
            field: frozenset(
                one
                for _, selectors in self.layout.fields.get(field, ())
                for selector in selectors.alternatives
                for one in selector(body)
                if isinstance(one, HtmlElement)
            )
            for field in ("captions", "byline")
        }
        return dissect(
            blocks_of(body, self._dropped(body)),
            title=title,
            lead=lead,
            resolve=lambda href: resolve(self.page.base, href),
            captions=named["captions"],
            bylines=named["byline"],
            datelines=self.site.datelines if self.site else (),
        )

    def _add_date(self, loader: ArticleLoader) -> None:
        """The first layer that states a date; a later one that agrees and is more precise refines it (trap 30)."""
        best: DateStamp | None = None
        for layer, stamp in self._dates():
            if stamp is None:
                continue
            if best is None:
                best = stamp
                loader.item.extracted_by["published"] = layer
                if stamp.precision in ("second", "minute") or layer in ("site", "family"):
                    break
            elif best.agrees_with(stamp) and _finer(stamp, best):
                best = stamp
                loader.item.extracted_by["published"] = layer
        if best is not None:
            loader.add_value("published", best.isoformat())
            loader.add_value("published_precision", best.precision)
            loader.add_value("published_raw", best.raw)
        updated = read_date(self.structured.updated or "", seen_at=self.page.fetched_at)
        if updated is not None:
            loader.add_value("updated", updated.isoformat())

    def _dates(self) -> Iterator[tuple[str, DateStamp | None]]:
        seen_at = self.page.fetched_at
        for origin, text in self._texts("published"):
            yield origin, read_date(text, seen_at=seen_at) or find_date(text, seen_at=seen_at)
        yield "jsonld", read_date(self.structured.published or "", seen_at=seen_at)
        yield "meta", read_date(self.structured.meta_published or "", seen_at=seen_at)
        if self.site is None or not self.layout.fields.get("published") or not self._address_date():
            yield "readable", self.survey.published(seen_at)
        yield "address", self._address_date()

    def _address_date(self) -> DateStamp | None:
        """The day or month in the address, where the site's rule names it (formats.md 1.4)."""
        if self.site is None:
            return None
        path = path_and_query(self.page.url)
        for rule in self.site.urls.article:
            if match := rule.search(path):
                parts = match.groupdict()
                if parts.get("ym"):
                    return date_from_parts(parts["ym"][:4], parts["ym"][4:])
                if parts.get("y"):
                    return date_from_parts(parts["y"], parts["m"], parts.get("d"))
        return None

    def _add_people(self, loader: ArticleLoader, parts: Anatomy, body: HtmlElement) -> None:
        """Byline and source: a rule's element outside the body, the body's end, the lines behind it, JSON-LD."""
        layer, raw, found = "readable", parts.byline_raw, parts.byline
        for origin, lines in self._outside_byline(body):
            layer, (raw, found) = origin, byline_of(lines)
            break
        if raw is None and (behind := self._behind(body)):
            raw, found = byline_of(behind)
        if raw is None or found is None:
            loader.add_layer("byline", [("jsonld", self.structured.authors)])
            return
        loader.add_value("byline_raw", raw)
        loader.add_layer("byline", [(layer, list(found.names))])
        loader.add_layer("source", [(layer, found.source)])

    def _outside_byline(self, body: HtmlElement) -> Iterator[tuple[str, list[str]]]:
        """The lines of the elements that a rule names, where they are not part of the body."""
        for origin, found in self._found("byline"):
            for one in found:
                if isinstance(one, str):
                    lines = [fold(one)]
                elif any(ancestor is body for ancestor in one.iterancestors()):
                    continue
                else:
                    lines = [block.text for block in blocks_of(one) if block.text]
                if any(lines):
                    yield origin, lines

    def _behind(self, body: HtmlElement) -> list[str]:
        """The one or two lines right behind the body's element, if they are a byline by words and markup (trap 20)."""
        last = body
        for _ in range(2):  # in a table that sets the page out, what stands behind is the next row
            if last.getnext() is None and (parent := last.getparent()) is not None:
                last = parent
        for behind in list(last.itersiblings())[:2]:
            blocks = [block for block in blocks_of(behind)[:3] if block.text]
            if blocks:
                lines = [block.text for block in blocks if _is_byline(block)]
                return lines if len(blocks) == len(lines) <= 2 else []
        return []

    def _add_parts(self, loader: ArticleLoader, parts: Anatomy, body: HtmlElement) -> None:
        for field, values in (("captions", parts.captions), ("images", parts.images)):
            if values:
                loader.add_value(field, values)
        if parts.captions:
            ruled = "captions" in self.layout.fields
            loader.item.extracted_by["captions"] = loader.item.extracted_by["body"] if ruled else "readable"
        loader.add_value("dateline", parts.dateline)
        loader.add_value("attachments", self._attachments(body))
        loader.add_value("warnings", [*self.page.warnings, *parts.warnings])

    def _attachments(self, body: HtmlElement) -> list[Attachment]:
        """The documents linked in the article's frame (the body, where there is none) and right behind it."""
        frame = next(iter(self.layout.frame.elements(self.page.root)), body)
        found: dict[str, Attachment] = {}
        for anchor, url in self.page.links([frame, *list(frame.itersiblings())[:_BEHIND]]):
            if is_file(url, papers=True):
                found.setdefault(url, Attachment(text_of(anchor) or None, url))
        return list(found.values())

    def _categories(self) -> Iterator[_Layer]:
        for origin, found in self._found("category"):
            yield origin, [text for one in found if (text := _name(one)) and key(text) not in _ROOT_CATEGORY]
        yield (
            "jsonld" if self.structured.breadcrumbs else "meta",
            [name for name in self.structured.sections if key(name) not in _ROOT_CATEGORY],
        )

    def _tags(self) -> Iterator[_Layer]:
        for origin, found in self._found("tags"):
            yield origin, list(dict.fromkeys(text for one in found if (text := _name(one))))
        yield "meta", self.structured.tags

    def _related(self) -> list[tuple[str, list[RelatedLink]]]:
        for origin, found in self._found("related"):
            blocks = [one for one in found if isinstance(one, HtmlElement)]
            if links := related_links(self.page, blocks):
                return [(origin, _as_related(links))]
        if self.layout.fields.get("related"):
            return []
        return [("readable", _as_related(related_links(self.page, [run.element for run in self.survey.headings])))]

    # --- the rest

    def _finish(self, article: Article, body: str) -> Article:
        """What doesn't come from layers: identity, who publishes, hashes."""
        page, site = self.page, self.site
        article.body = body
        article.url = page.url
        article.canonical_url = self._canonical()
        article.language = language_of(f"{article.title} {body}", page.root.get("lang") or page.root.get("xml:lang"))
        article.fetched_at = page.fetched_at.isoformat() if page.fetched_at else None
        article.content_hash = content_hash(article.title, article.lead, body)
        if site is not None:
            article.site, article.publisher = site.name, site.publisher
            published = read_date(article.published or "")
            day = published.day if published and published.precision in ("day", "minute", "second") else None
            article.province, article.province_now = site.province_on(day), site.province_now
            article.id = f"{site.name}:{site.key(page.url)}"
        else:
            article.id = f"{bare_host(page.url)}:{identity(page.url)}"
        if max(map(len, body.split()), default=0) > _LONGEST_WORD:
            raise NotArticleError("encrypted", "the body is one word of over 500 characters")
        return article

    def _canonical(self) -> str | None:
        """The page's own canonical link, if it stays on the host (trap 45)."""
        canonical = resolve(self.page.base, self.structured.canonical or "")
        if canonical and bare_host(canonical) == bare_host(self.page.url):
            return canonical
        return None


def _is_byline(block: Block) -> bool:
    marked = block.align in ("right", "end") or block.all_bold
    return marked and block.linked == 0 and not is_tail(block.text) and read_byline(block.text, marked=True) is not None


def _finer(one: DateStamp, other: DateStamp) -> bool:
    order = ("year", "month", "day", "minute", "second")
    return order.index(one.precision) > order.index(other.precision)


def _name(found: HtmlElement | str) -> str:
    return fold(found) if isinstance(found, str) else text_of(found)


def _as_related(links: list[Link]) -> list[RelatedLink]:
    return [RelatedLink(link.url, link.title, link.date, link.date_raw, link.heading) for link in links]
