"""What a page says of itself: JSON-LD, meta and link elements, as half of the web writes them: broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.reading.structured import Structured, read_structured
from newscrawl.words.tree import parse_html

ARTICLE = {"@type": "NewsArticle", "headline": "Vét kênh"}


def read(head: str) -> Structured:
    root = parse_html(f"<html><head>{head}</head><body><p>x</p></body></html>".encode())
    assert root is not None
    return read_structured(root)


def jsonld(data: Any) -> Structured:
    return read(f'<script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>')


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "Báo Ví Dụ"}, ARTICLE]},
        [{"@type": "Organization"}, ARTICLE, {"@type": "Article", "headline": "một bài khác"}],
        {"@type": ["Thing", "NewsArticle"], "headline": "Vét kênh"},
        {"@type": "Report", "name": " Vét&nbsp;kênh "},
        {"@type": "NewsArticle", "headline": "V&amp;eacute;t kênh"},
    ],
)
def test_headline(data: Any) -> None:
    assert jsonld(data).title == "Vét kênh"


@pytest.mark.parametrize(
    "data",
    [
        "", "{", "null", "5", '"Article"', "[]", "[[[]]]", "{'@type': 'Article'}", "{}", '{"@graph": 5}',
        '{"@type": 5}', '{"@type": "WebSite", "headline": "Vét kênh"}', '{"@type": "Article", "headline": 5}',
        "[" * 20_000,
        '{"@type": "Article", "headline": "' + "x", '{"@type": "Article", "headline": ["Vét kênh"]}',
    ],
)  # fmt: skip
def test_no_headline(data: str) -> None:
    assert jsonld(data).title is None


def test_line_breaks_inside_strings_are_forgiven() -> None:
    assert jsonld('{"@type": "Article", "headline": "Vét\n\tkênh"}').title == "Vét kênh"


def test_two_scripts() -> None:
    both = read(
        '<script type="application/ld+json">{broken</script>'
        f'<script type="application/ld+json; charset=utf-8">{json.dumps(ARTICLE)}</script>'
    )
    assert both.title == "Vét kênh"


def test_times() -> None:
    found = jsonld({**ARTICLE, "datePublished": "2026-01-08", "dateModified": "2026-01-09T08:00:00+07:00"})
    assert (found.published, found.updated) == ("2026-01-08", "2026-01-09T08:00:00+07:00")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "Minh An"}, ["Minh An"]),
        ([{"@type": "Person", "name": "Minh An"}, {"@type": "Person", "name": "Thu Hà"}], ["Minh An", "Thu Hà"]),
        ({"@type": "Organization", "name": "Báo Ví Dụ"}, []),
        ({"@type": "Person", "name": ""}, []),
        ({"@type": "Person"}, []),
        ("Minh An", []),
        (None, []),
        (5, []),
        ([None, 5, "x"], []),
    ],
)
def test_authors(author: Any, names: list[str]) -> None:
    assert jsonld({**ARTICLE, "author": author}).authors == names


def crumbs(elements: Any) -> list[str]:
    return jsonld({"@type": "BreadcrumbList", "itemListElement": elements}).sections


@pytest.mark.parametrize(
    ("elements", "names"),
    [
        ([{"name": "Trang chủ"}, {"name": "Thời sự"}], ["Trang chủ", "Thời sự"]),
        ([{"item": {"name": "Thời sự", "@id": "/thoi-su"}}], ["Thời sự"]),
        ([{"item": "/thoi-su"}, {"name": 5}, None, "x"], []),
        ({"name": "Thời sự"}, []),
        ("Thời sự", []),
        (None, []),
        (5, []),
        (True, []),
    ],
)
def test_breadcrumbs(elements: Any, names: list[str]) -> None:
    assert crumbs(elements) == names


@pytest.mark.parametrize(
    ("section", "names"), [("Thời sự", ["Thời sự"]), (["Thời sự", "Xã hội"], ["Thời sự", "Xã hội"]), (5, []), ({}, [])]
)
def test_section(section: Any, names: list[str]) -> None:
    assert jsonld({**ARTICLE, "articleSection": section}).sections == names


def test_meta() -> None:
    found = read(
        '<meta property="og:title" content=" Vét  kênh "><meta property="og:title" content="later">'
        '<meta NAME="PubDate" content="2025-12-24T09:30:00"><meta itemprop="dateModified" content="2025-12-25">'
        '<meta name="description" content="Bà con &amp;amp; con kênh"><meta name="empty" content="">'
    )
    assert found.first_meta("no", "og:title") == "Vét kênh"
    assert found.meta_published == "2025-12-24T09:30:00"
    assert (found.updated, found.meta_updated) == (None, "2025-12-25")
    assert found.description == "Bà con & con kênh"
    assert found.first_meta("empty") is None


def test_tags_are_texts() -> None:
    found = read('<meta property="article:tag" content="kênh"><meta property="article:tag" content=" &nbsp; ">')
    assert found.tags == ["kênh"]


def test_canonical() -> None:
    found = read('<link rel="alternate" href="/en"><link rel="Canonical" href="/a"><link rel="canonical" href="/b">')
    assert found.canonical == "/a"
    assert read('<link rel="canonical" href=""><link rel="canonical" href="/b">').canonical == "/b"
    assert read("").canonical is None


def test_the_first_title_counts() -> None:
    assert read("<title> Vét\nkênh </title><svg><title>Mũi tên</title></svg>").head_title == "Vét kênh"


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["\ud800", " ", "&nbsp;"]),
)
VALUES = st.one_of(
    LEAVES,
    st.lists(LEAVES, max_size=2),
    st.fixed_dictionaries({"@type": st.just("Person"), "name": LEAVES}),
    st.lists(st.fixed_dictionaries({"item": st.fixed_dictionaries({"name": LEAVES})}), max_size=2),
)
KEYS = ["headline", "name", "author", "description", "datePublished", "articleSection", "itemListElement"]
THINGS = st.fixed_dictionaries(
    {"@type": st.one_of(st.sampled_from(["Article", "BreadcrumbList"]), VALUES)}, optional=dict.fromkeys(KEYS, VALUES)
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(VALUES, THINGS, st.lists(THINGS, max_size=3), st.fixed_dictionaries({"@graph": st.lists(THINGS)})))
def test_any_json(data: Any) -> None:
    found = jsonld(json.dumps(data).replace("<", "\\u003c"))
    texts = [found.title, found.published, found.updated, found.description, *found.authors, *found.sections]
    for text in texts:
        if text is not None:
            assert text
            text.encode()  # a lone surrogate could never be written
