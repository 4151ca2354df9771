"""Addresses: resolving links, one identity behind many spellings (traps 35 to 50), and any text as a link."""

from __future__ import annotations

import doctest
from unicodedata import normalize
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newscrawl.words.urls
from newscrawl.words.urls import bare_host, identity, is_file, path_and_query, resolve

BASE = "https://vidu.example.vn/tin/kenh/"


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(newscrawl.words.urls).failed == 0


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a.html", "https://vidu.example.vn/a.html"),
        ("a.html", "https://vidu.example.vn/tin/kenh/a.html"),
        ("../a.html", "https://vidu.example.vn/tin/a.html"),
        ("/a.html#binh-luan", "https://vidu.example.vn/a.html"),
        ("?p=2", "https://vidu.example.vn/tin/kenh/?p=2"),
        ("//khac.example.vn/a", "https://khac.example.vn/a"),
        ("http://khac.example.vn", "http://khac.example.vn/"),
        ("HTTP://KHAC.example.vn/A", "http://khac.example.vn/A"),
        (" /a.html\n", "https://vidu.example.vn/a.html"),
        ("/a\n/b.html", "https://vidu.example.vn/a/b.html"),
        ("/a b.html", "https://vidu.example.vn/a%20b.html"),
        ("/tìm/Phó….html", "https://vidu.example.vn/t%C3%ACm/Ph%C3%B3%E2%80%A6.html"),
        ("/dong-nhan-dan!", "https://vidu.example.vn/dong-nhan-dan!"),
        ("/a%EF%BF%BDb", "https://vidu.example.vn/a%EF%BF%BDb"),
        ("http://vidu.example.vn:8080/a", "http://vidu.example.vn:8080/a"),
        ("http://user:word@vidu.example.vn/a", "http://vidu.example.vn/a"),
    ],
)
def test_resolve(href: str, url: str) -> None:
    assert resolve(BASE, href) == url


@pytest.mark.parametrize(
    "href",
    [
        "", " ", "#", "#top", "javascript:void(0)", "JavaScript:x()", "mailto:a@vidu.example.vn", "tel:0292", "data:,x",
        "ftp://vidu.example.vn/a", "file:///etc/hosts", "http://", "http://[x/a", "http://vidu.example.vn:cong/a",
        "/https/vidu.example.vn/a", "/http://vidu.example.vn/a",
    ],
)  # fmt: skip
def test_what_can_not_be_fetched(href: str) -> None:
    assert resolve(BASE, href) is None


@pytest.mark.parametrize("base", ["/x", "", "x", "ftp://vidu.example.vn/", "http://[x/"])
def test_a_base_that_is_none(base: str) -> None:
    """Contract: an absolute http(s) address or None, whatever stands on both sides."""
    assert resolve(base, "/a.html") is None


@pytest.mark.parametrize("href", ["/../b", "/./b", "/a/..", "/a/.", "/a/../b", "/a/./b", "/a/../../b", "/a/b/../"])
def test_dots_are_resolved_on_every_way(href: str) -> None:
    """The short way for plain links must lead where the long way leads."""
    assert resolve(BASE, href) == resolve(BASE, f" {href}")


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="/ab.%2é?&=#:@[]\\ ", max_size=20),
    st.sampled_from(["", "/", "http://khac.example.vn", "//", "https:"]),
)
def test_both_ways_lead_to_one_page(text: str, head: str) -> None:
    one, other = resolve(BASE, head + text), resolve(BASE, f" {head}{text}")
    assert (one is None) == (other is None)
    if one and other and "/.." not in one and "/./" not in one and not one.endswith("/."):  # those have a test above
        assert (bare_host(one), identity(one)) == (bare_host(other), identity(other))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="htps:/.[]@?#%&=ab1\t\\", max_size=25).map("http://".__add__)))
def test_any_text_as_link(text: str) -> None:
    url = resolve(BASE, text)
    if url is not None:
        assert urlsplit(url).scheme in ("http", "https")
        assert url.isascii()
        assert "#" not in url
        assert resolve(url, url) == url
        assert all(isinstance(part, str) for part in (identity(url), path_and_query(url)))
        assert is_file(url) in (True, False)
        bare_host(url)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="htps:/.[]@?#%&=ab1", max_size=25).map("http://".__add__)))
def test_any_text_has_an_identity(text: str) -> None:
    assert identity(text)
    assert identity(text, fold_case=True) == identity(text, fold_case=True).casefold()
    assert "?" not in identity(text, keep_query=False) or "%3f" in text.lower()


# --- identity


WORDS = st.text(alphabet="abxyz019-ăđệỹ", min_size=1, max_size=8)
PATHS = st.lists(WORDS, min_size=1, max_size=3).map("/".join)
QUERIES = st.dictionaries(st.sampled_from(["id", "p", "CatId", "nid"]), st.text("abc123", min_size=1), max_size=3)
TRACKING = ["fbclid=x1", "utm_source=mang", "gidzl=9", "logout=1", "PHPSESSID=ab", "utm_campaign="]


@settings(max_examples=200, deadline=None)
@given(PATHS, QUERIES, st.sampled_from(TRACKING), st.booleans(), st.randoms(use_true_random=False))
def test_twins_are_one_page(path: str, query: dict[str, str], tracking: str, escaped: bool, random: object) -> None:
    """Scheme, www, port, closing slash, NFD, escapes, tracking and the order of parameters change nothing."""
    pairs = [f"{name}={value}" for name, value in query.items()]
    one = f"https://vidu.example.vn/{path}" + ("?" + "&".join(pairs) if pairs else "")
    twin_path = quote(normalize("NFD", path)) if escaped else normalize("NFD", path)
    pairs.append(tracking)
    random.shuffle(pairs)  # type: ignore[attr-defined]
    twin = f"http://WWW.vidu.example.vn.:80//{twin_path}/?{'&'.join(pairs)}"
    assert identity(twin) == identity(one)
    assert bare_host(twin) == bare_host(one) == "vidu.example.vn"


@settings(max_examples=100, deadline=None)
@given(PATHS, PATHS)
def test_other_pages_stay_others(one: str, other: str) -> None:
    if one != other:
        assert identity(f"{BASE}{one}") != identity(f"{BASE}{other}")
    assert identity(f"{BASE}{one}?id=1") != identity(f"{BASE}{one}?id=2")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://vidu.example.vn", "/"),
        ("https://vidu.example.vn/?", "/"),
        ("https://vidu.example.vn/tin/;jsessionid=AB12?id=1", "/tin?id=1"),
        ("https://vidu.example.vn/(S(abc1))/tin", "/tin"),
        ("https://vidu.example.vn/tin?id=", "/tin?id="),
        ("https://vidu.example.vn/Tin", "/Tin"),
    ],
)
def test_identity(url: str, expected: str) -> None:
    assert identity(url) == expected


def test_letter_case_is_folded_on_request_alone() -> None:
    one, other = "https://vidu.example.vn/Pages/A.aspx", "https://vidu.example.vn/pages/a.aspx"
    assert identity(one) != identity(other)
    assert identity(one, fold_case=True) == identity(other, fold_case=True)


def test_nfd_in_the_query() -> None:
    one = "https://vidu.example.vn/tin?muc=" + quote("Văn hóa")
    assert identity("https://vidu.example.vn/tin?muc=" + quote(normalize("NFD", "Văn hóa"))) == identity(one)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://vidu.example.vn:443/", "vidu.example.vn"),
        ("http://vidu.example.vn:80/", "vidu.example.vn"),
        ("http://vidu.example.vn:443/", None),
        ("https://vidu.example.vn:8443/", None),
        ("https://www.VIDU.example.vn./", "vidu.example.vn"),
        ("https://www2.vidu.example.vn/", "www2.vidu.example.vn"),
    ],
)
def test_bare_host(url: str, host: str | None) -> None:
    assert bare_host(url) == host


@pytest.mark.parametrize(
    ("url", "file", "paper"),
    [
        ("/a.pdf", True, True),
        ("/a.PDF?x=1", True, True),
        ("/a.docx#p2", True, True),
        ("/a.jpg", True, False),
        ("/a.mp4", True, False),
        ("/a.html?f=b.pdf", False, False),
        ("/pdf", False, False),
    ],
)
def test_files(url: str, file: bool, paper: bool) -> None:
    assert (is_file(url), is_file(url, papers=True)) == (file, paper)
