"""What stands around the headline: the author's line, the category path, the tags, what kind of text it is."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest

import newscrawl
import newscrawl.reading.kinds

TITLE = "Bà con xóm Cái Nai vét kênh"
PROSE = "Sáng sớm, bà con trong xóm rủ nhau vét kênh, đắp lại bờ bao, rồi trồng thêm hàng dừa nước dọc con rạch."
URL = "https://vidu.example.vn/xa-hoi/vet-kenh-12345.html"


def read(head: str = "", *, above: str = "", tail: str = "", meta: str = "", body: str = "") -> dict[str, Any]:
    """A page that no rule knows."""
    html = (
        f"<html><head><title>{TITLE}</title>{meta}</head><body>"
        "<ul><li><a href=/>Trang chủ</a><li><a href=/tin>Tin</a></ul>"
        f"<div>{above}<h1>{TITLE}</h1><div class=meta>{head}</div><div class=noidung>"
        f"{body or f'<p>{PROSE}</p><p>{PROSE} Thêm.</p><p>{PROSE} Nữa.</p>'}</div>{tail}</div></body></html>"
    )
    return newscrawl.extract(html.encode(), URL)


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(newscrawl.reading.kinds).failed == 0


@pytest.mark.parametrize(
    ("head", "raw", "byline"),
    [
        ("<span>Minh An - 06:16, 22/08/2024</span>", "Minh An", ["Minh An"]),
        ("<span>22/08/2024 06:16 | Lê Minh Thư</span>", "Lê Minh Thư", ["Lê Minh Thư"]),
        ("<b>Tác giả:</b> Lê Minh Thư <span>22/08/2024</span>", "Tác giả: Lê Minh Thư", ["Lê Minh Thư"]),
        ("<span class='c-detail-head__author'>Minh An</span><span>22/08/2024</span>", "Minh An", ["Minh An"]),
        ("<p class='article_author'><a href='/an'>MINH AN</a></p>", "MINH AN", ["MINH AN"]),
        ("<p>Bài, ảnh: Minh An - Thu Hà</p>", "Bài, ảnh: Minh An - Thu Hà", ["Minh An", "Thu Hà"]),
    ],
)
def test_the_author_beside_the_headline(head: str, raw: str, byline: list[str]) -> None:
    got = read(head)
    assert (got["byline_raw"], got["byline"]) == (raw, byline)
    assert got["extracted_by"]["byline"] == "readable"
    assert got["body"].split("\n\n") == [PROSE, f"{PROSE} Thêm.", f"{PROSE} Nữa."]


@pytest.mark.parametrize(
    "head",
    [
        "<a href='/kinh-te'>Kinh Tế</a> <span>22/08/2024</span>",
        "<span>Thứ Năm, 22/08/2024</span>",
        "<span>Cỡ chữ: A A A</span>",
        "<span class=author>Tác giả:</span>",
        "<span>Chuyên mục: Xã hội</span>",
    ],
)
def test_what_stands_there_and_is_no_author(head: str) -> None:
    assert (read(head)["byline"], read(head)["byline_raw"]) == ([], None)


def test_a_column_beside_the_date_is_no_author() -> None:
    section = "<meta property='article:section' content='Kinh Tế'>"
    path = "<p class=breadcrumb><a href=/>Trang chủ</a> <a href=/kinh-te>Kinh Tế</a></p>"
    assert read("<span>Kinh Tế - 06:16, 22/08/2024</span>", meta=section)["byline"] == []
    assert read("<span>Kinh Tế - 06:16, 22/08/2024</span>", above=path)["byline"] == []


def test_the_name_at_the_end_of_the_body_comes_first() -> None:
    body = f"<p>{PROSE}</p><p>{PROSE} Thêm.</p><p align=right><b>Thu Hà</b></p>"
    assert read("<p class=author>Minh An</p>", body=body)["byline"] == ["Thu Hà"]


@pytest.mark.parametrize(("name", "byline"), [("Minh An", ["Minh An"]), ("Báo Ví Dụ", ["Thu Hà"])])
def test_an_outlet_that_json_ld_calls_a_person_is_none(name: str, byline: list[str]) -> None:
    said = json.dumps({"@type": "NewsArticle", "author": {"@type": "Person", "name": name}})
    got = read("<p class=author>Thu Hà</p>", meta=f"<script type='application/ld+json'>{said}</script>")
    assert got["byline"] == byline


@pytest.mark.parametrize(
    "tail",
    [
        "<p>Tác giả: Minh An</p><p>Nguồn: Báo Ví Dụ</p><p>Lượt xem: 12</p>",
        "<div>Tác giả: Minh An<br>Nguồn: Báo Ví Dụ</div><div><a href='#'>In bài viết</a></div>",
        "<div align=right><b>Minh An</b></div><div align=right><i>(Nguồn: Báo Ví Dụ)</i></div>",
    ],
)
def test_lines_right_behind_the_body(tail: str) -> None:
    got = read(tail=tail)
    assert (got["byline"], got["source"]) == (["Minh An"], "Báo Ví Dụ")


@pytest.mark.parametrize(
    "tail", ["<p><b>Đọc Nhiều</b></p><p>Cầu treo</p>", "<div><b>Tin Liên Quan</b> <a href='/a'>Cầu</a></div>"]
)
def test_a_heading_behind_the_body_is_no_byline(tail: str) -> None:
    assert read(tail=tail)["byline"] == []


# --- the category path

LINKS = "<a href='/'>Trang chủ</a>{0}<a href='/xa-hoi'>Xã hội</a>{0}<a href='/xa-hoi/ap'>Chuyện ấp</a>"


@pytest.mark.parametrize(
    "above",
    [
        f"<ul class=breadcrumb><li>{LINKS.format('</li><li>')}</li></ul>",
        f"<div id=breadcrumbs><div>{LINKS.format(' ')} <span>{TITLE}</span></div></div>",
        f"<div itemscope itemtype='https://schema.org/BreadcrumbList'>{LINKS.format('')}</div>",
        f"<p>{LINKS.format(' » ')}</p>",
        f"<div>{LINKS.format(' &gt; ')}</div><p>&nbsp;</p>",
        "<div><a href='/xa-hoi'>Xã hội</a> <a href='/xa-hoi/'>Chuyện ấp</a></div>",
        "<h2><a href='/a'>Xã hội</a> <a href='/b'>Chuyện ấp</a></h2>",
        "<div class=maincatetitle><a href='/a'>Xã hội</a> <a href='/b'>Chuyện ấp</a></div>",
    ],
)
def test_the_path_above_the_headline(above: str) -> None:
    got = read(above=above)
    assert got["category"] == ["Xã hội", "Chuyện ấp"]
    assert got["extracted_by"]["category"] == "readable"


@pytest.mark.parametrize(
    "above",
    [
        "<div><a href='/lien-he'>Liên hệ</a> <a href='/rss'>RSS</a></div>",
        "<ul><li><a href='/'>Trang chủ</a></li><li><a href='/a'>Thời sự</a></li><li><a href='/b'>Kinh tế</a></li></ul>",
        f"<div><p>{PROSE}</p><a href='/xa-hoi'>Xã hội</a></div>",
    ],
)
def test_links_above_the_headline_that_are_no_path(above: str) -> None:
    assert read(above=above)["category"] == []


def test_what_the_page_says_to_machines_comes_first() -> None:
    section = "<meta property='article:section' content='Đời sống'>"
    assert read(above=f"<p>{LINKS.format(' » ')}</p>", meta=section)["category"] == ["Đời sống"]


# --- tags


@pytest.mark.parametrize(
    "tail",
    [
        "<div><span>Từ khóa:</span> <a href='/t/1'>kênh</a>, <a href='/t/2'>#dừa nước</a></div><a href='/x'>Khác</a>",
        "<div><h4>Từ khoá</h4><ul><li><a href='/t/1'>kênh</a></li><li><a href='/t/2'>dừa nước</a></li></ul></div>",
        "<p>Tags: <a href='/t/1'>kênh</a> <a href='/t/2'>dừa nước</a></p><h3>Tin liên quan</h3><a href='/a'>Cầu</a>",
    ],
)
def test_tags_behind_their_label(tail: str) -> None:
    got = read(tail=tail)
    assert (got["tags"], got["extracted_by"]["tags"]) == (["kênh", "dừa nước"], "readable")


def test_keywords_for_search_engines_are_no_tags() -> None:
    """They are the site's, or the headline's words."""
    assert read(meta="<meta name=keywords content='tin tức, báo'>", tail="<p>Từ khóa:</p>")["tags"] == []


# --- layers


def test_dateline_and_attachments_name_their_layer() -> None:
    got = read(body=f"<p>(CTO) - {PROSE}</p><p>{PROSE} Thêm.</p><p><a href='/a.pdf'>Kế hoạch</a></p>")
    assert (got["extracted_by"]["dateline"], got["extracted_by"]["attachments"]) == ("readable", "readable")
    assert not {"dateline", "attachments"} & read()["extracted_by"].keys()
