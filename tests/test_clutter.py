"""Clutter in a body that no rule names: what goes, and what looks like it and stays."""

from __future__ import annotations

from datetime import datetime

import pytest

import newscrawl
from newscrawl.reading.anatomy import dissect
from newscrawl.reading.blocks import blocks_of
from newscrawl.words.dates import VIETNAM
from newscrawl.words.tree import parse_html

TITLE = "Xóm nhỏ vét kênh đón lũ"
LINES = [
    f"Ngày thứ {day}, bà con trong xóm rủ nhau vét kênh, đắp lại bờ bao, rồi trồng thêm hàng dừa nước dọc con rạch."
    for day in ("nhất", "hai", "ba", "tư", "năm", "sáu")
]
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in LINES)
TEASER = "Một tin khác của tờ báo này, với một tiêu đề dài và nhiều chữ"


def body(article: str, around: str = "") -> list[str]:
    """The paragraphs of a page on a host that no site file knows."""
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div>{article}</div>{around}</body></html>"
    fetched_at = datetime(2026, 3, 14, 9, 0, tzinfo=VIETNAM)
    record = newscrawl.extract(page.encode(), "https://news.example.org/a1.html", fetched_at=fetched_at)
    assert "not_article" not in record
    text: str = record["body"]
    return text.split("\n\n")


def between(clutter: str) -> str:
    first, rest = PARAGRAPHS.split("</p>", 1)
    return f"{first}</p>{clutter}{rest}"


CLUTTER = {
    "share bar": "<div class='share-buttons'><span>Chia sẻ lên mạng xã hội của bạn</span></div>",
    "camel case": "<div class='socialShare'><span>Chia sẻ lên mạng xã hội của bạn</span></div>",
    "id": "<section id='related-news'><p>Đọc nhiều trong tuần qua</p></section>",
    "aside": f"<aside><p>{TEASER}.</p></aside>",
    "form": "<form><p>Nhập thư điện tử để nhận bản tin hằng ngày.</p></form>",
    "links in a row": f"<p><a href='/1'>{TEASER}</a></p><p><a href='/2'>{TEASER} nữa</a></p>",
    "one link": f"<p><a href='/1'>{TEASER}</a></p>",
    "see also": f"<p>Xem: <a href='/1'>{TEASER}</a></p>",
    "label": "<p>Advertisement</p>",
    "Vietnamese label": "<p>Quảng cáo</p>",
}


@pytest.mark.parametrize("clutter", CLUTTER.values(), ids=CLUTTER.keys())
def test_what_goes(clutter: str) -> None:
    assert body(between(clutter)) == LINES


KEPT = {
    "a paragraph with a link": f"{LINES[0]} Xem <a href='/1'>quyết định</a>.",
    "a document": "<a href='/tep/ke-hoach.pdf'>Kế hoạch vét kênh của xóm năm nay</a>",
    "a printed address": "<a href='https://vidu.example.vn/xom'>https://vidu.example.vn/xom</a>",
    "a mail address": "<a href='mailto:xom@vidu.example.vn'>xom@vidu.example.vn</a>",
    "a sub-heading": "<b>Kênh dài hai cây số</b>",
    "a short line": "Ai cũng vui.",
    "a misleading word": "Chia sẻ với chúng tôi, bà con cho biết kênh đã lâu không được vét.",
}


@pytest.mark.parametrize("line", KEPT.values(), ids=KEPT.keys())
def test_what_stays(line: str) -> None:
    assert len(body(between(f"<p>{line}</p>"))) == len(LINES) + 1


def test_who_is_quoted_stays() -> None:
    quotation = "<blockquote><p>Nước về tới đâu, lúa xanh tới đó.</p><footer>Bà Tư, xóm Cái Nai</footer></blockquote>"
    assert body(between(quotation))[1:3] == ["Nước về tới đâu, lúa xanh tới đó.", "Bà Tư, xóm Cái Nai"]


def test_a_name_set_as_a_heading_to_the_right_is_not_lost() -> None:
    page = f"<h1>{TITLE}</h1><div>{PARAGRAPHS}<h4 align=right>Minh An</h4></div>"
    record = newscrawl.extract(f"<title>{TITLE}</title>{page}".encode(), "https://news.example.org/a1.html")
    assert (record["byline"], record["body"]) == (["Minh An"], "\n\n".join(LINES))


def test_a_caption_that_links_its_picture() -> None:
    link = "<p><img src='/nho.jpg'></p><p><i><a href='/lon/kenh.jpg?w=900'>Kênh Tám Ngàn mùa nước cạn</a></i></p>"
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div>{between(link)}</div></body></html>"
    record = newscrawl.extract(page.encode(), "https://news.example.org/a1.html")
    assert [caption["text"] for caption in record["captions"]] == ["Kênh Tám Ngàn mùa nước cạn"]


@pytest.mark.parametrize("name", ["sidebar", "related", "comments", "ads"])
def test_a_name_does_not_empty_the_page(name: str) -> None:
    """An article column named like a sidebar (trap 15)."""
    assert body(f"<div class='{name}-box'>{PARAGRAPHS}</div>") == LINES


def test_comments_are_no_body_however_long() -> None:
    comments = "".join(f"<li><p>Bạn đọc số {n} viết: {LINES[1]}</p></li>" for n in range(40))
    assert body(PARAGRAPHS, f"<div id='comments'><ol>{comments}</ol></div>") == LINES


def test_the_foot_of_the_page_is_no_body() -> None:
    foot = f"<div class='page-footer'><p>{LINES[1] * 9}</p></div>"
    assert body(PARAGRAPHS, foot) == LINES


def test_when_an_article_was_posted_is_none_of_it() -> None:
    head = "<p>Đăng bởi Văn Tiến, ngày 14/03/2026 lúc 8:05</p>"
    assert body(head + PARAGRAPHS) == LINES


def test_a_first_sentence_with_a_date_stays() -> None:
    first = "<p>Ngày 14/03/2026, xóm nhỏ ra quân vét kênh.</p>"
    assert len(body(first + PARAGRAPHS)) == len(LINES) + 1


def test_paragraphs_beside_a_box_of_paragraphs_are_the_same_body() -> None:
    article = f"<p>{LINES[0]}</p><p>{LINES[1]}</p><div>{''.join(f'<p>{line}</p>' * 1 for line in LINES[2:])}</div>"
    assert body(article) == LINES


def test_a_name_that_says_what_the_article_has() -> None:
    html = f"<div class='post comments-open'><h1>{TITLE}</h1>{PARAGRAPHS}</div><div><p>{LINES[1]}</p></div>"
    assert body(html)[: len(LINES)] == LINES


@pytest.mark.parametrize("ruled", [True, False])
def test_where_a_rule_names_the_body_nothing_is_guessed(ruled: bool) -> None:
    root = parse_html(between(CLUTTER["one link"]).encode())
    assert root is not None
    parts = dissect(blocks_of(root), title=None, lead=None, resolve=lambda _: None, ruled=ruled)
    assert parts.paragraphs == (LINES[:1] + [TEASER] * ruled + LINES[1:])


def test_what_is_told_of_the_author_goes_and_the_byline_stays() -> None:
    about = (
        "Văn Tiến viết về kênh rạch và đồng ruộng từ hai mươi năm nay, là tác giả của ba tập bút ký về miền sông nước."
    )
    assert body(f"{PARAGRAPHS}<div class='author-box'><p>{about}</p></div>") == LINES
    page = f"<h1>{TITLE}</h1><div>{PARAGRAPHS}<p class='author'>Văn Tiến</p></div>"
    record = newscrawl.extract(page.encode(), "https://news.example.org/a1.html")
    assert (record["byline"], record["body"].split("\n\n")) == (["Văn Tiến"], LINES)


def test_more_than_half_of_the_page_may_be_comments() -> None:
    comments = f"<div class='comments'>{''.join(f'<p>{line}</p>' for line in LINES + LINES[:2])}</div>"
    assert body(f"{PARAGRAPHS}{comments}") == LINES


def test_prose_behind_the_heading_of_a_box_that_went_stays() -> None:
    assert body(between("<h3>Related</h3><div class='related-box'><p>Kênh cũ</p></div>")) == LINES


@pytest.mark.parametrize("heading", ["Leave a Reply", "Comments (3)", "Bình luận"])
def test_comments_end_the_article_in_any_case(heading: str) -> None:
    assert body(f"{PARAGRAPHS}<h3>{heading}</h3><div><p>{LINES[1]}</p></div>") == LINES


HEADS = {
    "a heading above links": f"<h2>Cùng đề tài</h2><p><a href='/1'>{TEASER}</a></p>",
    "a line above links": f"<p>Cùng đề tài:</p><p><a href='/1'>{TEASER}</a></p>",
    "a heading above nothing": "<h2>Cùng đề tài</h2>",
}


@pytest.mark.parametrize("heads", HEADS.values(), ids=HEADS.keys())
def test_a_heading_with_nothing_but_clutter_below_goes(heads: str) -> None:
    assert body(PARAGRAPHS + heads) == LINES


def test_a_heading_above_links_and_prose_stays() -> None:
    heading = f"<h2>Cùng đề tài</h2><p><a href='/1'>{TEASER}</a></p>"
    assert body(between(heading)) == [LINES[0], "Cùng đề tài", *LINES[1:]]
