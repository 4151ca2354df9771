"""From bytes to a page: encodings that lie, gzip that nobody announced, and bytes that are no page (traps 73 to 75)."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.reading.pages import Page
from newscrawl.words.errors import NotArticleError
from newscrawl.words.tree import text_of

URL = "https://vidu.example.vn/tin/a.html"
TEXT = "Bà con vét kênh, đắp bờ bao"
HTML = f"<html><head><title>x</title></head><body><p>{TEXT}</p></body></html>"
FIXTURES = sorted((Path(__file__).parent / "pages").glob("*/*/page.html"))


def declared(encoding: str) -> bytes:
    return HTML.replace("<head>", f'<head><meta charset="{encoding}">').encode(encoding, "xmlcharrefreplace")


READABLE: dict[str, tuple[bytes, str | None]] = {
    "utf-8": (HTML.encode(), None),
    "utf-8, and the header says so": (HTML.encode(), "text/html; charset=utf-8"),
    "utf-8, and the header lies": (HTML.encode(), "text/html; charset=iso-8859-1"),
    "utf-8, and the page lies": (HTML.replace("<head>", '<head><meta charset="windows-1252">').encode(), None),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + HTML.encode(), None),
    "utf-16 with a mark": (HTML.encode("utf-16"), None),
    "utf-16, and the header says so": (HTML.encode("utf-16"), "text/html; charset=utf-16"),
    "windows-1252 by its meta element": (declared("cp1252"), None),
    "windows-1252 by its header": (HTML.encode("cp1252", "xmlcharrefreplace"), "text/html; charset=windows-1252"),
    "numeric entities": (declared("ascii"), None),
    "a zero byte": (HTML.encode().replace(b"<p>", b"<p>\0"), None),
    "gzip": (gzip.compress(HTML.encode()), None),
    "gzip, and a header": (gzip.compress(HTML.encode()), "text/html; charset=utf-8"),
    "blank lines first": (b"\r\n\r\n" + HTML.encode(), None),
}


@pytest.mark.parametrize("case", READABLE)
def test_the_text_is_read(case: str) -> None:
    body, header = READABLE[case]
    page = Page.parse(body, URL, content_type=header)
    paragraph = page.root.find(".//p")
    assert paragraph is not None
    assert text_of(paragraph) == TEXT
    assert page.warnings == []


def test_bytes_of_no_encoding_are_told() -> None:
    page = Page.parse(HTML.encode() + b"<p>\xe1\xbb</p>", URL)
    assert page.warnings
    assert all("undecodable" in warning for warning in page.warnings)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"Xin chao", "not_html"),
        (b'{"a": 1}', "not_html"),
        (b"%PDF-1.4 <a>", "not_html"),
        (b"\x89PNG\r\n<", "not_html"),
        (b"PK\x03\x04<", "not_html"),
        (b"\xff\xd8\xff\xe0<", "not_html"),
        (b"\x1f\x8b", "truncated"),
        (b"\x1f\x8bxx<p>", "not_html"),
        (b"<!-- only a comment -->", "empty"),
    ],
)
def test_what_is_no_page(body: bytes, reason: str) -> None:
    with pytest.raises(NotArticleError) as error:
        Page.parse(body, URL)
    assert error.value.reason == reason


def test_a_bomb() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join([packer.compress(b"<p>x</p>" * 131_072) for _ in range(12)]) + packer.flush()
    assert len(bomb) < 100_000
    with pytest.raises(NotArticleError) as error:
        Page.parse(bomb, URL)
    assert error.value.reason == "too_large"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/goc/", "https://vidu.example.vn/goc/"),
        ("https://khac.example.vn/goc/", "https://khac.example.vn/goc/"),
        ("http://[x", URL),
        ("javascript:x", URL),
        ("", URL),
    ],
)
def test_base(base: str, expected: str) -> None:
    assert Page.parse(f'<html><head><base href="{base}"></head><body>x'.encode(), URL).base == expected


def test_links() -> None:
    page = Page.parse(
        b'<p><a href="/1">a</a><a>b</a><a href="#c">c</a><a href="javascript:d()">d</a><a href="2">e</a>'
        b'<a href="/1">f</a><a href="http://[">g</a></p>',
        URL,
    )
    found = page.links([page.root])
    assert [url for _, url in found] == [
        "https://vidu.example.vn/1",
        "https://vidu.example.vn/tin/2",
        "https://vidu.example.vn/1",
    ]
    assert page.links([found[0][0]]) == [found[0]]


HEADERS = st.one_of(st.none(), st.text(max_size=20), st.text(max_size=10).map("text/html; charset=".__add__))


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(b"<p>".__add__),
        st.binary(max_size=60).map(gzip.compress),
        st.binary(max_size=60).map(lambda body: gzip.compress(b"<p>" + body)[:-4]),
        st.binary(max_size=60).map(b"\xff\xfe<\0p\0>\0".__add__),
        st.binary(max_size=30).map(lambda name: b"<meta charset='" + name + b"'>\xff"),
    ),
    HEADERS,
)
def test_any_bytes(body: bytes, header: str | None) -> None:
    """A page whose text can be written, or the one error that says why not."""
    reason = None
    try:
        page = Page.parse(body, URL, content_type=header)
        text_of(page.root).encode()
        assert all(url.startswith("http") for _, url in page.links([page.root]))
    except NotArticleError as error:
        reason = error.reason
    assert reason in (None, "not_html", "too_large", "truncated", "empty")


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(FIXTURES), st.floats(0, 1), st.sampled_from([b"\0", b"\xff", b"\xe1\xbb", b"<!--", b"<"]))
def test_a_littered_page(file: Path, place: float, junk: bytes) -> None:
    html = file.read_bytes()
    at = int(place * len(html))
    assert Page.parse(html[:at] + junk + html[at:], URL).root is not None
