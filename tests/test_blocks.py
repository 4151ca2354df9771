"""The walk over an element: what is a block, what belongs to it, and that no word is lost or doubled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from newscrawl.reading.blocks import Block, blocks_of, image_url
from newscrawl.words.tree import Element, parse_html


def div(inner: str) -> Element:
    root = parse_html(f"<html><body><div id='than'>{inner}</div></body></html>".encode())
    assert root is not None
    found = root.find(".//div[@id='than']")
    assert found is not None
    return found


def walk(inner: str) -> list[Block]:
    return blocks_of(div(inner))


def texts(inner: str) -> list[str]:
    return [block.text if block.image is None else "[ảnh]" for block in walk(inner)]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<p>Một</p><p>Hai</p>", ["Một", "Hai"]),
        ("<div>Một</div>Hai<div>Ba</div>", ["Một", "Hai", "Ba"]),
        ("Một<br>Hai<br/><br>Ba", ["Một", "Hai", "Ba"]),
        ("<p>Một <b>hai</b> <i>ba</i></p>", ["Một hai ba"]),
        ("<p>tam-giác<b>kết</b>nối</p>", ["tam-giáckếtnối"]),
        ("<p>Một<span>\u00a0</span>hai</p><p>\u00a0</p>", ["Một hai"]),
        ("<h2>Một</h2>hai", ["Một", "hai"]),
        ("<ul><li>Một</li><li>Hai</li></ul>", ["Một", "Hai"]),
        ("Một<hr>Hai", ["Một", "Hai"]),
        ("<p>Một</p><style>.a{}</style><script>x()</script><p>Hai</p>", ["Một", "Hai"]),
        ("<p>Một <script>x()</script>hai</p>", ["Một", "hai"]),
        ("<noscript>x</noscript><template>y</template><svg><title>z</title></svg>Một", ["Một"]),
        ("<p>Một</p><!-- hai --><p>Ba</p>", ["Một", "Ba"]),
        ("<div style='display: none'>ẩn</div><p>Một<span style='visibility:hidden'>ẩn</span></p>", ["Một"]),
        ("<p>{{ tieu.de }}</p><p>Một {{x}} hai</p>", ["Một hai"]),
        ("<p>Một<img src='/a.jpg'>hai</p>", ["Một", "[ảnh]", "hai"]),
        ("<p>Một<img src='/a.gif' width='16'>hai</p>", ["Mộthai"]),
        ("<p>Một<img>hai</p>", ["Mộthai"]),
        ("<p><a href='/x' title='đầu đề' onclick='y()'>Một</a></p>", ["Một"]),
        ("<o:p>Một</o:p> hai", ["Một hai"]),
        ("", []),
    ],
)
def test_blocks(inner: str, expected: list[str]) -> None:
    assert texts(inner) == expected


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<table><tr><td>Giống</td><td>Giá</td></tr><tr><th>ST</th><td>9</td></tr></table>", ["Giống | Giá", "ST | 9"]),
        ("<table><tr><td>Giống</td></tr><tr><td>ST25</td></tr></table>", ["Giống", "ST25"]),
        ("<table><tr><td>Giống</td><td></td><td>Giá</td></tr></table>", ["Giống | Giá"]),
        ("<table><tr><td><img src='/a.jpg'></td><td>chữ</td></tr></table>", ["[ảnh]", "chữ"]),
        ("<table><tr><td><p>Một</p><p>Hai</p></td><td>Ba</td></tr></table>", ["Một", "Hai", "Ba"]),
        ("<table><tr><td>Giống</td><td><b>9</b> đồng</td></tr></table>", ["Giống | 9 đồng"]),
    ],
)  # fmt: skip
def test_tables(inner: str, expected: list[str]) -> None:
    assert texts(inner) == expected


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("<script>var x = 1</script>9", "9"),
        ("<style>.x{}</style>9", "9"),
        ("9<span style='display:none'>ẩn</span>", "9"),
        ("Một<br>Hai", "Một Hai"),
        ("Một<p>Hai</p>", "Một Hai"),
        ("{{ gia }}9", "9"),
    ],
)
def test_a_cell_is_read_as_everything_else(cell: str, read: str) -> None:
    """Scripts give no text in a table either (trap 6), and lines are kept apart (trap 24)."""
    (block,) = walk(f"<table><tr><td>Giá</td><td>{cell}</td></tr></table>")
    assert block.text == f"Giá | {read}"


def test_a_dropped_element_in_a_cell() -> None:
    element = div("<table><tr><td>Giá</td><td><span>bỏ</span>9</td></tr></table>")
    drop = frozenset(element.iter("span"))
    assert [block.text for block in blocks_of(element, drop)] == ["Giá | 9"]


def test_dropped_elements() -> None:
    element = div("<p>Một<span>bỏ</span> hai</p><div>bỏ <p>bỏ</p></div>ba")
    drop = frozenset([*element.iter("span"), *element.findall("div")])
    assert [block.text for block in blocks_of(element, drop)] == ["Một hai", "ba"]


@pytest.mark.parametrize(
    ("inner", "all_bold", "all_italic"),
    [
        ("<p><b>Một hai</b></p>", True, False),
        ("<p><strong><em>Một</em></strong> </p>", True, True),
        ("<p><span style='font-weight: bold'>Một</span></p>", True, False),
        ("<p><b>Một</b> rồi hai</p>", False, False),
        ("<p>Một</p>", False, False),
    ],
)
def test_bold_and_italic(inner: str, all_bold: bool, all_italic: bool) -> None:
    (block,) = walk(inner)
    assert (block.all_bold, block.all_italic) == (all_bold, all_italic)


@pytest.mark.parametrize(
    ("inner", "align"),
    [
        ("<p style='text-align: RIGHT'>x</p>", "right"),
        ("<p align='Center'>x</p>", "center"),
        ("<center><p>x</p></center>", "center"),
        ("<div style='text-align:right'><p>x</p></div>", "right"),
        ("<p>x</p>", ""),
    ],
)
def test_align(inner: str, align: str) -> None:
    assert walk(inner)[0].align == align


def test_places() -> None:
    blocks = walk(
        "<figure class='khung'><img src='/a.jpg'><figcaption class='chu'>Chú thích</figcaption></figure>"
        "<table><caption>Bảng</caption><tr><td>ô</td></tr></table><h2>Mục</h2><p class='tac-gia'><span>Tên</span></p>"
    )
    picture, caption, table_caption, cell, heading, author = blocks
    assert picture.figure is not None
    assert picture.figure.tag == "figure"
    assert caption.caption
    assert "chu" in caption.hint
    assert table_caption.caption
    assert cell.table is not None
    assert cell.table.tag == "table"
    assert heading.heading
    assert "tac-gia" in author.hint


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ({"src": "/a.jpg"}, "/a.jpg"),
        ({"src": "/nho.jpg", "data-src": "/a.jpg"}, "/a.jpg"),
        ({"src": "data:image/gif;base64,R0", "data-original": " /a.jpg "}, "/a.jpg"),
        ({"src": "data:image/gif;base64,R0"}, None),
        ({"src": " "}, None),
        ({}, None),
    ],
)
def test_the_address_of_a_picture(attributes: dict[str, str], url: str | None) -> None:
    assert image_url(etree.Element("img", attributes)) == url


@pytest.mark.parametrize("size", ["48", "48px", "1"])
def test_an_icon_is_no_picture(size: str) -> None:
    assert texts(f"<img src='/a.gif' height='{size}'>") == []
    assert texts(f"<img src='/a.gif' style='width: {size.removesuffix('px')}px'>") == []


@pytest.mark.parametrize("size", ["49", "100%", "auto", "", "²", "1.5", "9" * 5000])
def test_other_sizes_are_pictures(size: str) -> None:
    assert texts(f"<img src='/a.jpg' width='{size}'>") == ["[ảnh]"]


# --- no word is lost, doubled or moved


@st.composite
def trees(draw: st.DrawFn) -> tuple[str, list[str]]:
    """HTML of nested elements, and its words, each unlike all others."""
    words: list[str] = []

    def word() -> str:
        words.append(f"chữ{len(words)}")
        return f" {words[-1]} "

    def piece(depth: int) -> str:
        kind = draw(st.sampled_from(["word", "br", "img", "block", "inline", "list", "table"]))
        if kind == "word" or depth > 4:
            return word()
        if kind in ("br", "img"):
            return "<br>" if kind == "br" else "<img src='/a.jpg'>"
        inner = [piece(depth + 1) for _ in range(draw(st.integers(0, 3)))]
        if kind == "list":
            return "<ul>" + "".join(f"<li>{each}</li>" for each in inner) + "</ul>"
        if kind == "table":
            return "<table><tr>" + "".join(f"<td>{each}</td>" for each in inner) + "</tr></table>"
        tags = ["div", "section", "h2", "blockquote", "center"] if kind == "block" else ["b", "em", "span", "a", "font"]
        tag = draw(st.sampled_from(tags))
        return f"<{tag}>{''.join(inner)}</{tag}>"

    html = "".join(piece(0) for _ in range(draw(st.integers(1, 6))))
    return html, words


@settings(max_examples=200, deadline=None)
@given(trees())
def test_no_word_is_lost(tree: tuple[str, list[str]]) -> None:
    html, words = tree
    blocks = walk(html)
    read = " ".join(block.text for block in blocks).replace("|", " ").split()
    assert sorted(read) == sorted(words)
    for block in blocks:
        assert (block.text == "") == (block.image is not None)
        assert max(block.bold, block.italic, block.linked) <= block.letters
