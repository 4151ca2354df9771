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
_KINDS = ("robots.txt", "home", "listing heads", "other menu pages", "further pages", "odd", "known", "new")


def measure(*, quick: bool) -> Report:
    """Crawl, crawl again, publish, crawl again; count what the portal was asked for each time."""
    articles = 120 if quick else 240
    with TemporaryDirectory(prefix="newscrawl-bench-") as temp, replica(articles) as server:
        kinds = {name: {_place(url) for url in urls} for name, urls in server.kinds().items()}
        first = _count(_asked(server, Path(temp)), kinds)
        again = _count(_asked(server, Path(temp)), kinds)
        kinds["new"] = {_place(url) for url in server.publish(_NEW)}
        later = _count(_asked(server, Path(temp)), kinds)
    if not later["new"]:
        raise MeasurementError("the third run fetched none of the new articles")
    title = f"re-crawl of {articles} articles in {len(kinds['listing'])} listings, requests by what they asked for"
    table = Table(title, ["run", "all", *_KINDS])
    for name, count in (("first run", first), ("unchanged", again), (f"{_NEW} new articles", later)):
        table.rows.append([name, str(count.total()), *(str(count[kind]) for kind in _KINDS)])
    table.notes = [
        f"Heads: the first {_HEAD_PAGES} pages of a listing, as many as it takes to see that nothing is new. The other",
        "menu pages are looked at as heads too: the menu does not say that they list nothing. Odd: dead or barred.",
    ]
    return Report([table], [_unchanged(again), _per_article(again, later)])


def _unchanged(again: Counter[str]) -> Budget:
    beyond = sum(again[kind] for kind in ("further pages", "odd", "known", "new"))
    name = "re-crawl of an unchanged site, requests beyond the heads"
    return Budget(name, "0", f"{beyond} of {again.total()}", beyond == 0)


def _per_article(again: Counter[str], later: Counter[str]) -> Budget:
    each = (later.total() - again.total()) / _NEW
    missed = _NEW - later["new"]
    measured = f"{each:.2f}" + (f", {missed} new articles not fetched" if missed else "")
    name = "re-crawl, requests for each new article beyond the heads"
    return Budget(name, f"<= {_PER_ARTICLE}", measured, each <= _PER_ARTICLE and not missed)


def _asked(server: Replica, output: Path) -> list[str]:
    crawl_site(server.port, output)
    return [path for _, path in server.requests()]


def _place(url: str) -> str:
    """The path of an address, as IIS knows it: without case and query."""
    return unquote(urlsplit(url).path).lower()


def _count(asked: list[str], kinds: dict[str, set[str]]) -> Counter[str]:
    """What was asked for, by kind."""
    count: Counter[str] = Counter()
    for path in asked:
        place = _place(path)
        number = path.lower().partition("pageindex=")[2].partition("&")[0] or "1"
        if place in ("/robots.txt", "/"):
            kind = "home" if place == "/" else "robots.txt"
        elif place in kinds["listing"]:
            kind = "listing heads" if int(number) <= _HEAD_PAGES else "further pages"
        elif place in kinds.get("new", ()):
            kind = "new"
        else:
            kind = next((name for name in ("odd", "article") if place in kinds[name]), "other menu pages")
        count["known" if kind == "article" else kind] += 1
    return count
