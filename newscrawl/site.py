"""A site is data: who it is, where its news stands, and how its pages are read. Loaded from TOML, strictly.

The vocabulary is `WHO` and `READING` below; `docs/site-files.md` explains each key. A family file (`sites/families/`)
holds reading keys only; a site file names its family and says what differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from newscrawl.selectors import Selectors
from newscrawl.words.dates import VIETNAM
from newscrawl.words.urls import bare_host, identity, path_and_query

__all__ = ["FIELDS", "READING", "WHO", "Layout", "Paging", "Site", "UrlRules"]

NAME: Final = re.compile(r"[a-z0-9-]{1,63}")
KINDS: Final = ("portal", "newspaper", "broadcaster", "department")
CHECKED: Final = ("page", "evidence", "none")
PAGING: Final = ("none", "link", "parameter", "path")
MERGER: Final = "2025-07-01"  # 63 provinces became 34 (field notes, merger.csv)

WHO: Final = frozenset({
    "family", "publisher", "kind", "province", "province_now", "hosts", "home", "categories", "delay",
    "checked", "checked_on", "examples", "counterexamples",
})  # fmt: skip
# Fields of an article, and the blocks around it, that a selector finds.
FIELDS: Final = ("title", "lead", "published", "body", "byline", "category", "tags", "captions", "related", "drop")
READING: Final = frozenset({
    *FIELDS, "frame", "article_url", "page_url", "deny_url", "fold_case", "menu", "links", "paging", "next",
    "datelines",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """How the pages of one time look: for each field the selectors to ask, the site's before the family's.

    The text beside the selectors is "site" or "family": `extracted_by` records it. `until` is the last day this layout
    was seen, or None for today's. `frame` is the element that an article page has and a listing has not.
    """

    fields: Mapping[str, tuple[tuple[str, Selectors], ...]] = field(default_factory=dict)
    frame: Selectors = field(default_factory=Selectors)
    until: date | None = None


@dataclass(frozen=True, slots=True, eq=False)  # compared and hashed by identity: it is a cache key
class UrlRules:
    """Which addresses are what, matched with `re.search` against path and query. Empty tuples match nothing."""

    article: tuple[re.Pattern[str], ...] = ()
    page: tuple[re.Pattern[str], ...] = ()
    deny: tuple[re.Pattern[str], ...] = ()
    fold_case: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """How a listing goes on: `kind` is one of `PAGING`. "link" has selectors; `number` is, for "parameter", its name,
    for "path" the end of the path with {n} for the number."""

    kind: str = "none"
    next: Selectors = field(default_factory=Selectors)
    number: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the next page is asked for without a link to it: then no links on a page, or none at all, end it."""
        return self.kind in ("parameter", "path")


@dataclass(frozen=True, slots=True)
class Site:
    """One outlet on one host (and the aliases of that host). `categories` maps a short name to a listing's address.
    `examples` are addresses of articles, `counterexamples` addresses on the same hosts that are none.

    `stamp` is the time (ns) and size of each file that the site was read from.
    """

    name: str
    file: Path
    stamp: tuple[tuple[Path, int, int], ...]
    publisher: str
    kind: str
    province: str
    province_now: str
    hosts: tuple[str, ...]
    home: str
    family: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    checked: str = "none"
    checked_on: date | None = None
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    urls: UrlRules = field(default_factory=UrlRules)
    menu: Selectors = field(default_factory=Selectors)
    links: Selectors = field(default_factory=Selectors)
    paging: Paging = field(default_factory=Paging)
    layouts: tuple[Layout, ...] = ()
    datelines: tuple[str, ...] = ()

    def has_host(self, url: str) -> bool:
        """Whether `url` is on a host of this site, by exact name (trap 54: no wildcard) and the scheme's own port."""
        host = bare_host(url)
        return host is not None and host in self.hosts

    def address_kind(self, url: str) -> str | None:
        """What the address alone says: "article", "page" (the page decides), or None for what is not to be followed."""
        return _address_kind(self.urls, path_and_query(url)) if self.has_host(url) else None

    def denies(self, url: str) -> bool:
        """Whether `deny_url` forbids the address."""
        path = path_and_query(url)
        return any(rule.search(path) for rule in self.urls.deny)

    def key(self, url: str) -> str:
        """The identity of a page within the site: its article id where the address holds one, else its folded path.

        An article's query is display unless the rule that knows it needs the query (trap 36).
        """
        return _key(self.urls, url)

    def layouts_on(self, fetched_at: datetime | None) -> tuple[Layout, ...]:
        """The layouts to try for a page fetched then, best first: of those still open the one that ended soonest.

        Without a time all are tried, newest first.
        """
        last = date.max
        if fetched_at is None:
            return tuple(sorted(self.layouts, key=lambda layout: layout.until or last, reverse=True))
        day = fetched_at.astimezone(VIETNAM).date()
        open_then = [layout for layout in self.layouts if (layout.until or last) >= day]
        return tuple(sorted(open_then, key=lambda layout: layout.until or last))

    def province_on(self, published: str | None) -> str:
        """The name of the province at an ISO 8601 time: the one before the merger where the time is not known."""
        return self.province_now if published is not None and published >= MERGER else self.province


@lru_cache(maxsize=16384)
def _address_kind(rules: UrlRules, path: str) -> str | None:
    if any(rule.search(path) for rule in rules.deny):
        return None
    if any(rule.search(path) for rule in rules.article):
        return "article"
    return "page" if any(rule.search(path) for rule in rules.page) else None


@lru_cache(maxsize=16384)
def _key(rules: UrlRules, url: str) -> str:
    path = path_and_query(url)
    for rule in rules.article:
        match = rule.search(path)
        if not match:
            continue
        if article_id := match.groupdict().get("id"):
            return article_id
        if rule.search(path.partition("?")[0]):
            return identity(url, fold_case=rules.fold_case, keep_query=False)
    return identity(url, fold_case=rules.fold_case)
