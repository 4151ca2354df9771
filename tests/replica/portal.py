"""The portal: answers every address for both host names, and can be changed or broken while it is served."""

import random
import threading
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs, unquote

from . import markup, relaunch, still
from .factory import Factory, restate
from .forms import beside_link, clock
from .frame import Frame
from .model import (
    CATEGORIES,
    HOSTS,
    PAGE_SIZE,
    ROOT,
    Article,
    Block,
    Category,
    Expected,
    Related,
    Response,
    fold,
    html_response,
)

_CACHED = 1500  # rendered pages kept: about 90 MB at most
_BLOCK = 10
_SITE = "Cổng thông tin điện tử Ninh Thuận"
_HOMES = ("/", "/pages/default.aspx", "/portal/pages/default.aspx")


class Portal:
    """A portal at one moment. All methods may be called from several threads."""

    def __init__(self, seed: int, now: datetime, padding: bool, articles: list[Article], factory: Factory) -> None:
        self.seed, self.now, self.padding = seed, now, padding
        self.hosts = HOSTS
        self.categories = {category.name: ROOT + category.path for category in CATEGORIES}
        self._factory, self._all = factory, articles
        self._lock = threading.RLock()
        self._cache: dict[str, Response] = {}
        self._overrides: dict[str, tuple[Response, int | None]] = {}
        self._published = 0
        self._renamed = self._moved = False
        self._private = self._make_private()
        self._pinned = self._choose_pinned()
        self._redirected = self._newest(CATEGORIES[0].name)[0] if self._newest(CATEGORIES[0].name) else articles[0]
        self._reindex()

    # -- ground truth -------------------------------------------------------------------------------------------------

    @property
    def articles(self) -> list[Expected]:
        """The truth about every article, those of `publish` last."""
        return [article.truth for article in self._all]

    @property
    def expected_by_url(self) -> dict[str, Expected]:
        """The truth by canonical address."""
        return {article.truth.url: article.truth for article in self._all}

    def find(self, url: str) -> Expected | None:
        """The truth about the article that an address or any twin of it leads to; print views count too."""
        key = fold(url)
        article = self._by_path.get(key.split("?")[0]) or self._by_print.get(key)
        return article.truth if article else None

    def listing(self, category: str) -> list[Expected]:
        """The articles of a listing from its first page on, the pinned one not doubled."""
        return [article.truth for article in self._listed[category]]

    @property
    def pinned(self) -> Expected:
        """The post on top of every page of the first category."""
        return self._pinned.truth

    @property
    def special(self) -> dict[str, str]:
        """Odd addresses by what is odd about them, as canonical addresses."""
        paths = {"private": still.PRIVATE, "soft404": still.SOFT_404, "mislabelled": still.MISLABELLED}
        paths |= {"redirect": still.REDIRECT, "redirect_to": self._redirected.path.lower()}
        paths |= {f"missing{n}": path for n, path in enumerate(still.MISSING, 1)}
        return {name: ROOT + path for name, path in paths.items()}

    # -- changes ------------------------------------------------------------------------------------------------------

    def override(self, path: str, response: Response | None, times: int | None = None) -> None:
        """Answers this path and query otherwise, for all or the next `times` requests; `None` takes it back."""
        with self._lock:
            self._overrides.pop(path.lower(), None)
            if response is not None:
                self._overrides[path.lower()] = (response, times)

    def publish(self, count: int, when: datetime | None = None) -> list[Expected]:
        """New articles, category by category, on top of their listings; a later `when` also moves the clock."""
        with self._lock:
            if when is not None and when > self.now:
                self.now = when
            fresh = []
            for _ in range(count):
                category = CATEGORIES[self._published % len(CATEGORIES)]
                self._published += 1
                fresh.append(self._factory.make(category, when or self.now))
            self._all.extend(fresh)
            self._reindex()
            return [article.truth for article in fresh]

    def advance(self, now: datetime) -> None:
        """Moves the clock: head, year-less dates and nothing else change."""
        with self._lock:
            self.now = now
            self._reindex()

    def relaunch(self, *, renamed: bool = False, captions_in_body: bool = False) -> None:
        """Prints articles in another layout from now on: all classes and ids of their main column `renamed`, or what
        was a caption among the paragraphs. Listings and the truth stay as they are."""
        with self._lock:
            self._renamed, self._moved = renamed, captions_in_body
            self._cache.clear()

    def edit(self, url: str, paragraph: str) -> Expected:
        """Puts a new paragraph before the last one of an article."""
        with self._lock:
            article = self._by_path[fold(url).split("?")[0]]
            article.blocks.insert(len(article.blocks) - 1, Block("para", paragraph))
            restate(article.truth, article.blocks)
            self._cache.clear()
            return article.truth

    # -- answers ------------------------------------------------------------------------------------------------------

    def get(self, host: str, path_with_query: str) -> Response:
        """The answer to one request; other hosts than the portal's are misdirected."""
        if host.split(":")[0].rstrip(".").lower() not in self.hosts:
            return Response(421, {"Content-Type": "text/plain; charset=utf-8"}, b"misdirected request\n")
        if self._overrides:
            replaced = self._overridden(path_with_query.lower())
            if replaced:
                return replaced
        path, _, query = path_with_query.partition("?")
        path, fields = unquote(path).lower(), parse_qs(query.lower())
        key = f"{path}?{fields.get('pageindex')}{fields.get('p')}"
        answer = self._cache.get(key)
        if answer is None:
            with self._lock:
                answer = self._answer(path, fields)
                while len(self._cache) >= _CACHED:
                    self._cache.pop(next(iter(self._cache)))
                self._cache[key] = answer
        return answer

    def _overridden(self, key: str) -> Response | None:
        with self._lock:
            found = self._overrides.get(key)
            if not found:
                return None
            response, left = found
            if left is not None:
                if left <= 1:
                    del self._overrides[key]
                else:
                    self._overrides[key] = (response, left - 1)
            return response

    def _answer(self, path: str, fields: dict[str, list[str]]) -> Response:
        article = self._by_path.get(path)
        if article or path == still.PRIVATE.lower():
            return html_response(self._article_page(article or self._private))
        if path in self._by_head:
            return html_response(self._listing_page(self._by_head[path], fields.get("pageindex", ["1"])[0]))
        if path == "/portal/pages/print.aspx":
            return self._print_page(fields.get("p", [""])[0])
        if path == still.REDIRECT.split("?")[0]:
            return Response(301, {"Location": self._redirected.path.lower(), "Content-Type": "text/html"}, b"")
        page = self._still.get(path)
        if page:
            return html_response(page())
        return still.file_response(path) or html_response(self._frame.page("404", still.NOT_FOUND, path), 404)

    def _rng(self, key: str) -> random.Random:
        """The source for one listing's spellings of links; they change when something is published."""
        return random.Random(f"{self.seed}/{key}/{self._published}")

    def _article_page(self, article: Article) -> str:
        truth, rng = article.truth, random.Random(f"{self.seed}/{article.number}")
        old, printed = truth.era == "chinhquyen", relaunch.captions_in_body(article) if self._moved else article
        main = markup.old_article(printed, rng) if old else markup.new_article(printed, rng)
        main = relaunch.renamed(main) if self._renamed else main
        if old:
            return self._frame.page(truth.title, main, article.path)
        head = f'<link rel="canonical" href="{truth.url}" />'
        return self._frame.page(f"{truth.title} - CỔNG THÔNG TIN", main, article.path, head)

    def _listing_page(self, category: Category, index: str) -> str:
        items = self._listed[category.name]
        pages = max(1, -(-len(items) // PAGE_SIZE))
        page = min(max(int(index), 1), pages) if index.isdecimal() else 1
        shown = items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        if category is CATEGORIES[0] and items:
            shown = [self._pinned, *shown]
        rng = self._rng(f"{category.path}/{page}")
        main = markup.listing(category.name, shown, still.listing_extra(category.name, page), page, pages, rng)
        return self._frame.page(f"{category.name} - {_SITE}", main, f"{category.path}/{page}")

    def _print_page(self, number: str) -> Response:
        article = self._by_print.get(f"/portal/pages/print.aspx?p={number}")
        if article is None:
            return html_response(self._frame.page("404", still.NOT_FOUND, number), 404)
        return html_response(markup.print_view(article, random.Random(article.number)))

    # -- indexes ------------------------------------------------------------------------------------------------------

    def _reindex(self) -> None:
        """Everything that follows from the set of articles and the clock."""
        self._cache.clear()
        self._by_path = {article.path.lower(): article for article in self._all}
        self._by_print = {fold(article.truth.print_url): article for article in self._all}
        self._by_head = {category.path.lower(): category for category in CATEGORIES}
        self._listed = {category.name: self._newest(category.name) for category in CATEGORIES}
        for article in self._all:
            article.truth.related = self._related(article)
        old_news = [articles[-1] for articles in self._listed.values() if articles]
        self._frame = Frame(self.seed, self.padding, clock(self.now), old_news, still.PRIVATE)
        self._still = self._still_pages()

    def _newest(self, name: str) -> list[Article]:
        return sorted((a for a in self._all if name in a.truth.listed_in), key=lambda a: a.order, reverse=True)

    def _related(self, article: Article) -> list[Related]:
        """Ten latest of the category at this moment, or what is older than the article, hidden ones among it."""
        shape, listed = article.shape, self._listed[article.category]
        if shape.other == "none":
            return []
        chosen = [other for other in listed[: _BLOCK + 1] if other is not article][:_BLOCK]
        if shape.other_mode == "older":
            start = bisect_left(listed, -article.when.timestamp(), key=lambda a: -a.when.timestamp())
            rest = [other for other in listed[start : start + _BLOCK + 5] if other.order < article.order]
            chosen = [*article.older, *rest[: _BLOCK - len(article.older)]]
            chosen.sort(key=lambda a: a.order, reverse=True)
        short = shape.other == "TD" and shape.other_mode == "latest"
        return [Related(a.truth.title, a.truth.url, beside_link(a.when, self.now, short)) for a in chosen]

    def _still_pages(self) -> dict[str, Callable[[], str]]:
        frame = self._frame
        pages: dict[str, Callable[[], str]] = {
            path.lower(): lambda title=title, main=main, path=path: frame.page(title, main, path)  # type: ignore[misc]
            for path, (title, main) in still.STILL_PAGES.items()
        }
        units = sorted({unit for category in CATEGORIES for unit in category.units})
        pages["/sodotrang.aspx"] = lambda: frame.page("Sơ đồ trang", still.site_map(units), "sodotrang")
        for unit in units:
            pages[f"/chinhquyen/{unit}/pages/default.aspx"] = lambda unit=unit: self._unit_page(unit)  # type: ignore[misc]
        return pages | dict.fromkeys(_HOMES, self._home_page)

    def _unit_page(self, unit: str) -> str:
        own = [
            a for articles in self._listed.values() for a in articles if a.unit == unit and a.truth.era == "chinhquyen"
        ]
        own.sort(key=lambda a: a.order, reverse=True)
        return self._frame.page(f"Trang {unit}", still.unit_front(unit, own[:8]), unit)

    def _home_page(self) -> str:
        latest, rng = {name: articles[:8] for name, articles in self._listed.items()}, self._rng("home")
        return self._frame.page(_SITE, markup.home(latest, still.home_extra(self._redirected), rng), "home")

    def _make_private(self) -> Article:
        """A true article in a folder that robots.txt bars; it is in no truth."""
        article = Factory(self.seed + 1).make(CATEGORIES[0], self.now)
        article.number = 20_000
        article.truth.url, article.truth.era = ROOT + still.PRIVATE, "chinhquyen"
        article.shape.frame, article.shape.other = "seed", "none"
        return article

    def _choose_pinned(self) -> Article:
        listed = self._newest(CATEGORIES[0].name) or self._all
        return listed[len(listed) // 2]
