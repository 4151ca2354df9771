"""`newscrawl.extract`: its contract, and what hostile pages may do to it: nothing but an article or a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newscrawl
from newscrawl.extraction import extract
from newscrawl.items import content_hash, json_line
from newscrawl.pipelines import article_schema
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import SiteError

PAGES = sorted((Path(__file__).parent / "pages").glob("*/*/page.html"))
VALID: Callable[[dict[str, Any]], Any] = fastjsonschema.compile(
    {**article_schema(), "$schema": "http://json-schema.org/draft-07/schema#"}
)
SEEN = datetime(2026, 3, 14, 9, 0, tzinfo=VIETNAM)
URL = "https://vidu.example.vn/tin/vet-kenh.html"
TITLE = "Xóm nhỏ vét kênh đón lũ về đồng"
PROSE = "Người dân trong xóm cùng nhau vét kênh, đắp lại bờ bao và trồng thêm hàng dừa nước dọc con rạch. "
REFUSED = {"url", "fetched_at", "not_article", "warnings"}


def page(*body: str, head: str = "", lang: str = "vi") -> bytes:
    """A plain page: a heading, two paragraphs, and `body` between them."""
    middle = "".join(body)
    return (
        f'<html lang="{lang}"><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>'
        f"<div><p>{PROSE * 3}</p>{middle}<p>{PROSE * 2}</p></div></body></html>"
    ).encode()


def check(got: dict[str, Any]) -> dict[str, Any]:
    """The promise: a line that the schema allows and that JSON Lines can hold, or the four keys of a refusal."""
    if "not_article" in got:
        assert set(got) == REFUSED
        assert got["not_article"]
        assert all(isinstance(text, str) for text in got["warnings"])
    else:
        VALID(got)
    assert json.loads(json_line(got)) == json.loads(json.dumps(got))
    return got


# --- the contract


def test_a_line_of_json() -> None:
    got = check(newscrawl.extract(page(), URL, fetched_at=SEEN))
    assert list(got) == list(article_schema()["properties"])
    assert (got["title"], got["url"], got["site"]) == (TITLE, URL, None)
    assert (got["revision"], got["previous_hash"], got["duplicate_of"]) == (1, None, None)
    assert got["fetched_at"] == "2026-03-14T09:00:00+07:00"
    assert got["content_hash"] == content_hash(got["title"], got["lead"], got["body"])


def test_a_page_that_is_none() -> None:
    assert check(newscrawl.extract(b"<html><p>x", URL))["not_article"] == "no_body"
    assert newscrawl.extract(b"", URL, fetched_at=SEEN) == {
        "url": URL,
        "fetched_at": "2026-03-14T09:00:00+07:00",
        "not_article": "empty",
        "warnings": ["the page holds nothing"],
    }


def test_it_is_pure() -> None:
    assert newscrawl.extract(page(), URL) == newscrawl.extract(page(), URL)
    assert newscrawl.extract(page(), URL)["fetched_at"] is None


def test_the_site_is_picked_by_the_address() -> None:
    url = "https://www.baocantho.com.vn/vet-kenh-a300001.html"
    assert newscrawl.extract(page(), url)["site"] == "baocantho"
    assert newscrawl.extract(page(), url)["id"] == "baocantho:300001"
    assert newscrawl.extract(page(), "https://soxaydung.ninhthuan.gov.vn/x.aspx")["site"] is None


def test_a_named_site_reads_any_address() -> None:
    assert newscrawl.extract(page(), URL, site="ninhthuan")["site"] == "ninhthuan"


def test_sites_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "vidu.toml").write_text(
        'publisher = "Báo Ví Dụ"\nkind = "newspaper"\nprovince = "Long An"\n'
        'hosts = ["vidu.example.vn"]\nhome = "https://vidu.example.vn/"\narticle_url = "^/tin/"\n'
        '[categories]\ntin = "/tin"\n',
        "utf-8",
    )
    got = check(extract(page(), URL, folders=[tmp_path]))
    assert (got["site"], got["publisher"], got["province_now"]) == ("vidu", "Báo Ví Dụ", "Long An")


def test_an_unknown_site() -> None:
    with pytest.raises(SiteError, match="ninhthuan"):
        newscrawl.extract(page(), URL, site="ninhthuann")


@pytest.mark.parametrize(
    "url", ["", "x", "/x", "//vidu.example.vn/x", "ftp://vidu.example.vn/x", "http://[x/", "http:"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        newscrawl.extract(page(), url)


def test_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        newscrawl.extract(page(), URL, fetched_at=datetime(2026, 3, 14))


def test_any_zone_will_do() -> None:
    assert check(newscrawl.extract(page(), URL, fetched_at=SEEN.astimezone(UTC)))["fetched_at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (URL, "vidu.example.vn"),
        ("http://www.vidu.example.vn:80/x", "vidu.example.vn"),
        ("http://vidu.example.vn:8080/x", "vidu.example.vn"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
    ],
)
def test_the_id_of_a_page_without_a_site_names_its_host(url: str, host: str) -> None:
    """Without a site the host stands in its place, also on a port that no site has."""
    got = check(newscrawl.extract(page(), url))
    assert got["id"].startswith(host)


def test_the_content_type_is_heard() -> None:
    body = page().decode().replace("lũ", "lu").encode("cp1258", "replace")
    assert newscrawl.extract(body, URL, content_type="text/html; charset=windows-1258")["warnings"] == []
    assert newscrawl.extract(body, URL)["warnings"] != []


def test_paragraphs_are_kept_and_what_prints_nothing_is_not() -> None:
    litter = [
        "<p>Xe chở đất về\u00a0\u00a0tối.</p>",
        "<p>&nbsp;</p><p>{{ slot }}</p>",
        "<p>Đường\u00ad ướt.<br>&nbsp;<br>Ai cũng vui.",
    ]
    paragraphs = check(newscrawl.extract(page(*litter), URL))["body"].split("\n\n")
    assert paragraphs[1:-1] == ["Xe chở đất về tối.", "Đường ướt.", "Ai cũng vui."]


# --- hostile pages

LD = '<script type="application/ld+json">%s</script>'
HOSTILE = {
    "lone surrogate in a headline": {"head": LD % r'{"@type": "NewsArticle", "headline": "Vét k\ud800nh"}'},
    "lone surrogate in a summary": {"head": LD % r'{"@type": "NewsArticle", "description": "\udfff"}'},
    "lone surrogate in a section": {"head": LD % r'{"@type": "Article", "articleSection": ["\ud800"]}'},
    "breadcrumbs as a number": {"head": LD % '{"@type": "BreadcrumbList", "itemListElement": 5}'},
    "breadcrumbs as true": {"head": LD % '{"@type": "BreadcrumbList", "itemListElement": true}'},
    "breadcrumbs as an object": {"head": LD % '{"@type": "BreadcrumbList", "itemListElement": {"name": "x"}}'},
    "types as objects": {"head": LD % '{"@type": [{"a": 1}, null, "Article"], "author": 5, "headline": []}'},
    "a deep script": {"head": LD % ("[" * 100_000)},
    "a huge number": {"head": LD % ('{"@type": "Article", "headline": ' + "9" * 5000 + "}")},
    "a blank tag": {"head": '<meta property="article:tag" content=" ">'},
    "a tag of nothing": {"head": '<meta property="article:tag" content="&amp;nbsp;"><meta property="article:tag">'},
    "a blank section": {"head": '<meta property="article:section" content="&#8203;">'},
    "a language that is none": {"lang": "éé", "head": ""},
    "a width that is no number": {"body": '<img src="/a.jpg" width="²">'},
    "a width without end": {"body": f'<img src="/a.jpg" width="{"9" * 5000}">'},
    "a style without end": {"body": f'<img src="/a.jpg" style="width: {"9" * 5000}px">'},
    "a caption that credits nobody": {"body": "<figure><img src='/a.jpg'><figcaption>Ảnh: ...</figcaption></figure>"},
    "a caption of dots": {"body": "<figure><img src='/a.jpg'><figcaption>...</figcaption></figure>"},
    "addresses that are none": {"body": "<a href='http://[/x.pdf'>x</a><img src='http://[::/a.jpg'>"},
    "a base that is none": {"head": "<base href='http://[x'><link rel=canonical href='//['>"},
    "a base elsewhere": {"head": "<base href='javascript:x'><link rel=canonical href='mailto:a@b'>"},
    "a date out of range": {"head": '<meta property="article:published_time" content="9999-99-99T99:99:99+99:99">'},
    "a date at the edge": {"head": '<meta property="article:published_time" content="1945-01-01T00:00:00+14:00">'},
    "nesting": {"body": "<div>" * 3000 + "x"},
    "nesting in line": {"body": "<b><i>" * 3000 + "x"},
    "nested tables": {"body": "<table><tr><td>" * 150 + "x"},
    "a name with a control character": {"body": f"<p\x01><div><p>{PROSE * 3}</p></div><div><p>{PROSE * 3}</p></div>"},
    "names with a colon": {"body": "<o:p>x</o:p><st1:place>y</st1:place><a:b:c>z</a:b:c>"},
    "a table without rows": {"body": "<table><td></table><tr><td><td>"},
    "an end that never began": {"body": "</body></html></div>" * 50},
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("site", [None, "baocantho"])
def test_hostile(case: str, site: str | None) -> None:
    parts = HOSTILE[case]
    body = parts.get("body", "")
    html = page(body, head=parts.get("head", ""), lang=parts.get("lang", "vi"))
    if "lang" in parts:
        html = html.replace(PROSE.encode(), b"All day long the boats went up the river and down again. ")
    check(extract(html, URL, site=site, fetched_at=SEEN))


def test_what_is_hostile_costs_no_article() -> None:
    """The rest of the page is read as if the broken part were not there."""
    for parts in HOSTILE.values():
        if "body" not in parts and "lang" not in parts:
            assert check(extract(page(head=parts["head"]), URL))["body"] == extract(page(), URL)["body"]


# --- pages cut, repeated, shuffled and littered

JUNK = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([
        b"\0", b"<", b">", b'"', b"&", b"&#0;", b"&#xd800;", b"\xff\xfe", b"\xe1\xbb", b"<!--", b"-->", b"</div>",
        b"</p>", b"<table><tr><td>", b"<script>", b"</script>", b"<style>", b"<svg>", b"<template>", b"<select>",
        b"<p><p>", b"<br>", b"<h1>", b"<img src=/a.jpg>", b"<base href=//x>", b"<title>", b"<body>", b"</html>",
        b"<a href=", b"{{", b"./.",
    ]),
)  # fmt: skip
PLACE = st.floats(0, 1)
CHANGE = st.tuples(st.sampled_from(["cut", "repeat", "move", "insert"]), PLACE, PLACE, JUNK)


def changed(html: bytes, change: tuple[str, float, float, bytes]) -> bytes:
    kind, one, other, junk = change
    low, high = sorted((int(one * len(html)), int(other * len(html))))
    if kind == "insert":
        return html[:low] + junk + html[low:]
    if kind == "cut":
        return html[:low] + html[high:]
    if kind == "repeat":
        return html[:high] + html[low:]
    return html[low:] + html[:low]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(PAGES),
    st.lists(CHANGE, min_size=1, max_size=4),
    st.sampled_from([None, "ninhthuan", "baocantho"]),
    st.booleans(),
)
def test_a_changed_page(
    file: Path, changes: list[tuple[str, float, float, bytes]], site: str | None, seen: bool
) -> None:
    html = file.read_bytes()
    for change in changes:
        html = changed(html, change)[:60_000]
    check(extract(html, URL, site=site, fetched_at=SEEN if seen else None))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(JUNK, st.text(max_size=30).map(str.encode)), max_size=12).map(b"".join))
def test_any_bytes(html: bytes) -> None:
    check(newscrawl.extract(html, URL, site="baocantho"))
