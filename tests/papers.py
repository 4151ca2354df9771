"""A paper for each bundled site: its own hosts and addresses, and on them the test pages of the site or its family.

A listing of `tests/pages/` gives the listings, an article the articles: each with another number, title and paragraph,
so that each is one of its own. What has to be read from them is in the page's `expected.json`. Written from the site
files' keys and the pages alone; it imports nothing from `newscrawl`.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from tests.replica import Response

__all__ = ["SITES", "Paper", "Press"]

PAGES = Path(__file__).parent / "pages"
SITES = Path(__file__).parents[1] / "newscrawl" / "sites"
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_HREF = re.compile(r"""(href\s*=\s*["']?)([^"'>\s]+)""", re.IGNORECASE)
_STEP = 3  # articles by which a page of a listing goes on from the one before
_PAGES = 2  # of a listing
_CONTROL = {"url", "site", "fetched_at", "why", "related", "warnings", "updated", "kind"}
_PAGE_NUMBER = "trang"  # the parameter of a paper whose pages are linked


@dataclass(frozen=True)
class Printed:
    """An article: its address, its page and the fields that must be read from it."""

    url: str
    page: str
    fields: dict[str, Any] = field(hash=False)


class Paper:
    """The paper of one site. `more` adds articles on top of all listings."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.file = SITES / f"{name}.toml"
        self.keys = tomllib.loads(self.file.read_text("utf-8"))
        family = SITES / "families" / f"{self.keys.get('family', '')}.toml"
        self.family = tomllib.loads(family.read_text("utf-8")) if family.is_file() else {}
        self.root = self.keys["home"].rstrip("/") + "/"
        self.host = urlsplit(self.root).netloc
        self.hosts = {host for each in self.keys["hosts"] for host in (each, f"www.{each}")}
        self.added = 0
        self._cache: dict[int, Printed] = {}
        self._numbers: dict[str, int] = {}

    def key(self, name: str) -> Any:
        """A key of the site's or its family's file."""
        return self.keys.get(name, self.family.get(name))

    def more(self, count: int) -> None:
        """Publish articles."""
        self.added += count

    @property
    def articles(self) -> list[Printed]:
        """All articles, newest first."""
        return [self.article(number) for number in range(self._count + self.added, 0, -1)]

    def get(self, path: str) -> Response:
        """The answer at a path with its query."""
        if path == "/robots.txt":
            return Response(404, _HTML, b"")
        for number in range(len(self._numbers) + 1, self._count + self.added + 1):
            self._numbers[self._address(number)] = number
        if found := self._numbers.get(unquote(path)):
            return Response(200, _HTML, self.article(found).page.encode())
        place, number = self._place(path)
        if place in self._heads and (number == 1 or not self._is_last(place, number - 1)):
            return Response(200, _HTML, self._listing(place, number).encode())
        return Response(404, _HTML, b"<html><body><p>404</p></body></html>")

    def is_listing(self, path: str) -> bool:
        """Whether a path is a page of a listing."""
        return self._place(path)[0] in self._heads

    # --- articles

    def article(self, number: int) -> Printed:
        """The article of this number, from 1."""
        if number not in self._cache:
            self._cache[number] = self._printed(number)
        return self._cache[number]

    def _printed(self, number: int) -> Printed:
        page, told = self._source("article")
        path = self._address(number)
        page = page.replace(_path(told["url"]), path)
        fields = {name: value for name, value in told.items() if name not in _CONTROL}
        for words in (told["title"], self._sentence(page, told["body"])):
            new = f"{words} trong ngày thứ {number}"
            if words in page:
                page, fields = page.replace(words, new), _replaced(fields, words, new)
        others = (self._address(1 + (number + at) % self._count) for at in range(1, 1000))
        page = _relinked(
            page, told["url"], dict(zip((each["url"] for each in told.get("related", ())), others, strict=False))
        )
        return Printed(urljoin(self.root, path), page, fields)

    @staticmethod
    def _sentence(page: str, body: str) -> str:
        """The longest paragraph that stands in the page's source as it is read, without its full stop."""
        pieces = sorted((piece.rstrip(".") for piece in body.split("\n\n")), key=len, reverse=True)
        return next(piece for piece in pieces if page.count(piece) == 1)

    def _address(self, number: int) -> str:
        """The address of the first example with another number, by the rule that knows it."""
        rules = self.key("article_url") or self.key("page_url")
        for example in _listed(self.keys["examples"]):
            path = _path(urljoin(self.root, example))
            for rule in _listed(rules):
                if found := re.search(rule, path):
                    return _renumbered(path, found, number)
        raise AssertionError(f"{self.file.name}: no example that article_url knows")

    # --- listings

    @property
    def _links_shown(self) -> int:
        return len(self._source("listing")[1]["links"])

    @cached_property
    def _count(self) -> int:
        return self._links_shown + _STEP * (_PAGES - 1)

    @cached_property
    def _heads(self) -> set[str]:
        """The first pages of all listings, as paths: those that the file names, else those of the home page."""
        categories = self.keys.get("categories", {}).values()
        found = {_path(urljoin(self.root, each)) for each in categories} | {_path(self.root)}
        if not categories:
            page, told = self._source("home")
            hrefs = (
                told["menu"].values() if "menu" in told else (html.unescape(href) for _, href in _HREF.findall(page))
            )
            addresses = (urljoin(told["url"], href) for href in hrefs)
            found |= {_path(url) for url in addresses if urlsplit(url).netloc in self.hosts}
        return {unquote(each).rstrip("/") or "/" for each in found}

    def _place(self, path: str) -> tuple[str, int]:
        """Which listing a path is a page of, and of what number."""
        address, query = unquote(path).partition("?")[::2]
        kind, shape = self.key("paging"), self.key("next")
        if kind == "path":
            before, behind = map(re.escape, shape.split("{n}"))
            if found := re.search(f"{before}(\\d+){behind}$", address):
                first = shape.replace("{n}", "1")
                head = address[: found.start()]
                return (head + first if head + first in self._heads else head.rstrip("/") or "/"), int(found[1])
        name = shape if kind == "parameter" else _PAGE_NUMBER
        fields = parse_qs(query)
        number = int(fields.pop(name, ["1"])[0])
        rest = "&".join(f"{key}={value[0]}" for key, value in fields.items())
        return (address.rstrip("/") or "/") + (f"?{rest}" if rest else ""), number

    def _listing(self, place: str, number: int) -> str:
        """A page of a listing: the newest articles, and the link to the next page where pages are linked."""
        page, told = self._source("home" if place == "/" and not self.keys.get("categories") else "listing")
        links, shown = told.get("links", ()), self._shown(place)[_STEP * (number - 1) :]
        new = dict.fromkeys(self._pager(page, told["url"]), "#")
        new |= {link: self._address(shown[min(at, len(shown) - 1)]) for at, link in enumerate(links)}
        if told.get("next"):
            new[told["next"]] = "#" if self._is_last(place, number) else self._page_address(place, number + 1)
        return _relinked(page, told["url"], new)

    def _shown(self, place: str) -> list[int]:
        """The numbers of a listing's articles, newest first: the home page has all, the others share what is new."""
        heads = sorted(self._heads - {"/"}) or ["/"]
        new = range(self._count + self.added, self._count, -1)
        own = [number for number in new if place == "/" or heads[number % len(heads)] == place]
        return [*own, *range(self._count, 0, -1)]

    def _is_last(self, place: str, number: int) -> bool:
        return len(self._shown(place)) - _STEP * number < self._links_shown

    def _pager(self, page: str, url: str) -> set[str]:
        """What a listing links of its own pages: they lead nowhere, but for the next."""
        addresses = {urljoin(url, html.unescape(href)) for _, href in _HREF.findall(page)}
        own = self._place(_path(url))[0].partition("?")[0]
        return {each for each in addresses if self._place(_path(each))[0].partition("?")[0] == own}

    def _page_address(self, place: str, number: int) -> str:
        kind, shape = self.key("paging"), self.key("next")
        if kind == "path":
            first = shape.replace("{n}", "1")
            return str(place.removesuffix(first) + shape.replace("{n}", str(number)))
        name = shape if kind == "parameter" else _PAGE_NUMBER
        return f"{place}{'&' if '?' in place else '?'}{name}={number}"

    # --- test pages

    def _source(self, kind: str) -> tuple[str, dict[str, Any]]:
        """The first test page of a kind, as if it were this site's, and what is expected of it."""
        if kind not in self._sources and kind == "home":
            kind = "listing"
        if kind not in self._sources:
            raise AssertionError(f"tests/pages/ has no {kind} of {self.name} or of its family")
        return self._sources[kind]

    @cached_property
    def _sources(self) -> dict[str, tuple[str, dict[str, Any]]]:
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        for case in self._cases():
            text = (case / "expected.json").read_text("utf-8")
            told = json.loads(text)
            host = urlsplit(told["url"]).netloc
            kind = told.get("kind", "article")
            kind = kind if kind in ("home", "listing") else "article"
            page = (case / "page.html").read_text("utf-8")
            if "not_article" in told or (kind == "article" and not {"title", "body"} <= told.keys()):
                continue
            if kind == "article" and not self._has_sentence(page, told["body"]):
                continue
            found.setdefault(kind, (page.replace(host, self.host), json.loads(text.replace(host, self.host))))
        return found

    def _has_sentence(self, page: str, body: str) -> bool:
        return any(page.count(piece.rstrip(".")) == 1 for piece in body.split("\n\n") if len(piece) > 20)

    def _cases(self) -> Iterator[Path]:
        for folder in (self.name, self.keys.get("family", "")):
            if folder:
                yield from sorted(file.parent for file in (PAGES / folder).glob("*/page.html"))


class Press:
    """All papers together, by their hosts: what a server of the replica serves."""

    def __init__(self, names: list[str]) -> None:
        self.papers = {name: Paper(name) for name in names}
        self.now = datetime.fromisoformat("2026-11-24T07:00:00+07:00")
        self._by_host = {host: paper for paper in self.papers.values() for host in paper.hosts}

    def get(self, host: str, path: str) -> Response:
        """The answer to one request; hosts of no paper do not answer."""
        paper = self._by_host.get(host.partition(":")[0])
        return paper.get(path) if paper is not None else Response(200, {}, b"", cut=-1)

    def is_listing(self, host: str, path: str) -> bool:
        """Whether an address is a page of a listing."""
        return self._by_host[host.partition(":")[0]].is_listing(path)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _replaced(fields: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Fields in which some words are others, wherever they stand."""
    quoted = [json.dumps(words, ensure_ascii=False)[1:-1] for words in (old, new)]
    return dict(json.loads(json.dumps(fields, ensure_ascii=False).replace(*quoted)))


def _path(url: str) -> str:
    """The decoded path of an address, with its query."""
    parts = urlsplit(url)
    return unquote(parts.path or "/") + (f"?{unquote(parts.query)}" if parts.query else "")


def _renumbered(path: str, found: re.Match[str], number: int) -> str:
    """An address with another number in its place; without such a place, behind the slug."""
    if "id" not in found.groupdict() or found["id"] is None:
        stem, end = re.fullmatch(r"(.*?)(/?(?:\.\w+)?(?:\?.*)?)", path).groups()  # type: ignore[union-attr]
        return f"{stem}-tin-{number}{end}"
    old = found["id"]
    if re.fullmatch("[0-9A-Fa-f-]{5,}", old):
        new = f"{old[:-3]}{number:03d}"
    else:
        new = f"{old}{number:03d}" if old.isdigit() else f"{old}-{number}"
    return path[: found.start("id")] + new + path[found.end("id") :]


def _relinked(page: str, base: str, new: dict[str, str]) -> str:
    """The page with its links to some addresses led elsewhere."""
    wanted = {_same(url): address for url, address in new.items()}

    def led(match: re.Match[str]) -> str:
        address = wanted.get(_same(urljoin(base, html.unescape(match[2]))))
        return match[1] + (html.escape(address) if address else match[2])

    return _HREF.sub(led, page)


def _same(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{_path(url).rstrip('/')}".casefold()
