"""What a second run asks of a site: nothing but the heads of its listings, and then each new article once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from benchmarks.processes import Replica, crawl_site, replica
from benchmarks.report import Budget, MeasurementError, Report, Table

__all__ = ["measure"]

_NEW = 20
_PER_ARTICLE = 1.2
# A listing that was walked once is left after two pages without anything new: the design's rule for pinned posts.
_HEAD_PAGES = 2
_KINDS = ("robots.txt", "home", "listing heads", "further listing pages", "known articles", "new articles")


def measure(*, quick: bool) -> Report:
    """Crawl, crawl again, publish, crawl again; count what the portal was asked for each time."""
    articles = 120 if quick else 240
    rows = []
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, replica(articles) as server:
        first = _asked(server, Path(temp))
        listings = _listings(first)
        counts = [_count(first, listings, set(first))]
        again = _count(_asked(server, Path(temp)), listings, set())
        fresh = {_path(urlsplit(url).path) for url in server.publish(_NEW)}
        later = _count(_asked(server, Path(temp)), listings, fresh)
    if not later["new articles"]:
        raise MeasurementError("the third run fetched none of the new articles")
    counts += [again, later]
    for name, count in zip(("first run", "unchanged", f"{_NEW} new articles"), counts, strict=True):
        rows.append([name, str(count.total()), *(str(count[kind]) for kind in _KINDS)])
    table = Table(f"re-crawl of {articles} articles in {len(listings)} listings, requests", ["run", "all", *_KINDS])
    table.rows = rows
    table.notes = [
        f"Heads: the first {_HEAD_PAGES} pages of a listing, as many as it takes to see that nothing is new."
    ]
    return Report([table], [_unchanged(again), _per_article(again, later)])


def _unchanged(again: Counter[str]) -> Budget:
    beyond = again["further listing pages"] + again["known articles"] + again["new articles"]
    name = "re-crawl of an unchanged site, requests beyond the heads"
    return Budget(name, "0", f"{beyond} of {again.total()}", beyond == 0)


def _per_article(again: Counter[str], later: Counter[str]) -> Budget:
    each = (later.total() - again.total()) / _NEW
    missed = _NEW - later["new articles"]
    measured = f"{each:.2f}" + (f", {missed} new articles not fetched" if missed else "")
    name = "re-crawl, requests for each new article beyond the heads"
    return Budget(name, f"<= {_PER_ARTICLE}", measured, each <= _PER_ARTICLE and not missed)


def _asked(server: Replica, output: Path) -> list[str]:
    crawl_site(server.port, output)
    return [_path(path) for _, path in server.requests()]


def _path(path: str) -> str:
    return unquote(path).lower()


def _page_of(path: str) -> tuple[str, int]:
    """A listing's address without its page number, and the number."""
    head, _, query = path.partition("?")
    number = query.partition("pageindex=")[2].partition("&")[0]
    return head, int(number) if number.isdigit() else 1


def _listings(first: list[str]) -> set[str]:
    """The listings of the site: addresses that the first run walked from page to page."""
    return {_page_of(path)[0] for path in first if "pageindex=" in path}


def _count(asked: list[str], listings: set[str], fresh: set[str]) -> Counter[str]:
    """What was asked for, by kind."""
    count: Counter[str] = Counter()
    for path in asked:
        head, number = _page_of(path)
        if head == "/robots.txt":
            kind = "robots.txt"
        elif head == "/":
            kind = "home"
        elif head in listings:
            kind = "listing heads" if number <= _HEAD_PAGES else "further listing pages"
        else:
            kind = "new articles" if head in fresh else "known articles"
        count[kind] += 1
    return count
