"""Every page under `tests/pages/`, and the real ones where they are: each listed field is read exactly, body
included."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import newscrawl
from newscrawl.extraction import site_named
from newscrawl.reading.discovery import article_links, menu_links
from newscrawl.reading.pages import Page
from newscrawl.reading.paging import next_page
from newscrawl.sitefile import site_files

OWN = Path(__file__).parent / "pages"
REAL = os.environ.get("NEWSCRAWL_PAGES")
CONTROL = {"url", "site", "fetched_at", "why", "not_article", "reason"}
OTHER = {"listing", "home"}  # kinds of pages that hold no article


def cases(folder: Path, page: str = "page.html") -> list[Path]:
    return sorted(file.parent for file in folder.glob(f"**/{page}"))


def expected(case: Path) -> dict[str, Any]:
    return json.loads((case / "expected.json").read_text("utf-8"))


def fields() -> Iterator[Any]:
    """One test for each field of each page, so that a failure names both."""
    folders = [(OWN, "page.html")] + ([(Path(REAL), "article.html")] if REAL else [])
    for folder, page in folders:
        for case in cases(folder, page):
            want = expected(case)
            if want.get("kind") in OTHER or "not_article" in want:
                continue
            for field in sorted(want.keys() - CONTROL):
                yield pytest.param(case / page, field, id=f"{case.parent.name}/{case.name}/{field}")


def read(file: Path) -> dict[str, Any]:
    want = expected(file.parent)
    fetched_at = datetime.fromisoformat(want["fetched_at"]) if "fetched_at" in want else None
    return newscrawl.extract(file.read_bytes(), want["url"], site=want["site"], fetched_at=fetched_at)


def picked(got: Any, want: Any) -> Any:
    """Of objects, the keys that the expectation lists."""
    if isinstance(want, list) and want and isinstance(want[0], dict) and isinstance(got, list):
        keys = [each.keys() for each in want] + [want[0].keys()] * len(got)
        return [{key: each.get(key) for key in keys[at]} for at, each in enumerate(got)]
    return got


@pytest.mark.parametrize(("file", "field"), list(fields()))
def test_field(file: Path, field: str) -> None:
    want = expected(file.parent)[field]
    got = read(file)
    assert "not_article" not in got, got
    assert picked(got[field], want) == want


@pytest.mark.parametrize("case", [c for c in cases(OWN) if "not_article" in expected(c)], ids=lambda case: case.name)
def test_no_article(case: Path) -> None:
    got = read(case / "page.html")
    assert "not_article" in got, f"read as an article: {got.get('title')!r}"
    assert set(got) == {"url", "fetched_at", "not_article", "warnings"}
    assert got["not_article"] == expected(case).get("reason", got["not_article"])


@pytest.mark.parametrize(
    "case", [c for c in cases(OWN) if expected(c).get("kind") == "listing"], ids=lambda case: case.name
)
def test_listing(case: Path) -> None:
    want = expected(case)
    site = site_named(want["site"])
    page = Page.parse(
        (case / "page.html").read_bytes(), want["url"], fetched_at=datetime.fromisoformat(want["fetched_at"])
    )
    links = article_links(page, site)
    assert [site.key(link.url) for link in links] == [site.key(url) for url in want["links"]]
    dates = {site.key(link.url): link.date for link in links}
    assert {url: dates[site.key(url)] for url in want.get("dates", {})} == want.get("dates", {})
    assert next_page(page, site) == want["next"]


@pytest.mark.parametrize(
    "case", [c for c in cases(OWN) if expected(c).get("kind") == "home"], ids=lambda case: case.name
)
def test_home(case: Path) -> None:
    want = expected(case)
    site = site_named(want["site"])
    page = Page.parse((case / "page.html").read_bytes(), want["url"])
    menu = {link.title: link.url for link in menu_links(page, site)}
    assert want["menu"].items() <= menu.items()


def bare_cases() -> Iterator[Any]:
    """Pages in the seed's shape, to be read without any class or id; with the seed itself where it is."""
    yield pytest.param(OWN / "ninhthuan" / "01-chinhquyen-plain" / "page.html", id="own")
    if REAL:
        yield pytest.param(Path(REAL) / "ninhthuan-seed" / "article.html", id="seed")


@pytest.mark.parametrize("file", list(bare_cases()))
def test_a_page_without_classes_and_ids_on_an_unknown_host(file: Path) -> None:
    """The generic layers alone: title, date, body, byline, captions and related links."""
    want = expected(file.parent)
    html = re.sub(rb"""\s(?:class|id)=(?:"[^"]*"|'[^']*')""", b"", file.read_bytes())
    assert b"class=" not in html
    url = "https://unknown.example.vn/" + want["url"].partition("://")[2].partition("/")[2]
    got = newscrawl.extract(html, url, fetched_at=datetime.fromisoformat(want["fetched_at"]))
    assert got["site"] is None
    assert {got["extracted_by"][field] for field in ("title", "published", "body", "byline", "related")} == {"readable"}
    for field in ("title", "published", "published_precision", "body", "byline"):
        assert got[field] == want[field]
    assert [caption["text"] for caption in got["captions"]] == [caption["text"] for caption in want["captions"]]
    seen = [(link["title"], link["date"], link["date_raw"], link["heading"]) for link in got["related"]]
    assert seen == [(link["title"], link["date"], link["date_raw"], link["heading"]) for link in want["related"]]


@pytest.mark.parametrize("name", site_files())
def test_a_site_has_pages(name: str) -> None:
    """A site without an example page, of its own or of its family, fails: its rules would be nobody's."""
    folders = [name, site_named(name).family or name]
    found = [case for folder in folders for case in cases(OWN / folder) if "not_article" not in expected(case)]
    assert found, f"no article in tests/pages/ of {' or '.join(dict.fromkeys(folders))}"


@pytest.mark.skipif(REAL is None, reason="real pages not here: set NEWSCRAWL_PAGES to their folder")
def test_real_listing() -> None:
    """A real listing of baocantho: the main column's articles, and the numbered next page."""
    assert REAL is not None
    folder = Path(REAL) / "baocantho"
    site = site_named("baocantho")
    page = Page.parse((folder / "listing.html").read_bytes(), "https://baocantho.com.vn/thoi-su/")
    links = article_links(page, site)
    known = json.loads((folder / "listing.expected.json").read_text("utf-8"))
    assert len(links) == 16
    assert {link.url for link in links} & set(known["main_list_articles"])
    assert next_page(page, site) == "https://baocantho.com.vn/thoi-su?p=2"
