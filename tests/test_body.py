"""Where the body stands on a page that no rule knows, and what around it belongs to it."""

from __future__ import annotations

import pytest

import newscrawl

TITLE = "Xóm nhỏ vét kênh đón lũ"
LINES = [
    f"Ngày thứ {day}, bà con trong xóm rủ nhau vét kênh, đắp lại bờ bao, rồi trồng thêm hàng dừa nước dọc con rạch."
    for day in ("nhất", "hai", "ba", "tư", "năm", "sáu")
]
PARAGRAPHS = [f"<p>{line}</p>" for line in LINES]
FOREIGN = "Cửa hàng của chúng tôi bán đủ loại máy bơm nước, giao tận nơi trong ngày và bảo hành hai năm cho mọi nhà."
TEASER = "Một tin khác của tờ báo này, với một tiêu đề dài và nhiều chữ"


def read(markup: str, heading: str = f"<h1>{TITLE}</h1>") -> list[str]:
    """The paragraphs of a page on a host that no site file knows, a lead among them; none where it is no article."""
    page = f"<html><head><title>{TITLE}</title></head><body>{heading}{markup}</body></html>"
    record = newscrawl.extract(page.encode(), "https://news.example.org/a1.html")
    return [line for line in (record.get("lead"), *record.get("body", "").split("\n\n")) if line]


def test_parts_that_are_built_alike_are_one_body() -> None:
    """A page builder wraps each paragraph in boxes of its own."""
    parts = "".join(f"<div class='row'><div class='col'><div>{line}</div></div></div>" for line in PARAGRAPHS)
    assert read(f"<div class='wrap'>{parts}</div>") == LINES


def test_parts_far_apart_that_are_built_alike_are_one_body() -> None:
    def part(at: int) -> str:
        return f"{'<section>' * 6}{''.join(PARAGRAPHS[at : at + 2])}{'</section>' * 6}"

    assert read(f"<main>{part(0)}<figure></figure>{part(2)}{part(4)}</main>") == LINES


def test_posts_with_linked_headings_are_one_body_where_they_have_more_prose_than_headings() -> None:
    """The threads of a forum: each post under the name of who wrote it."""
    head = "<h4><a href='/thanh-vien'>Văn Tiến</a></h4>"
    posts = "".join(f"<div>{head}<div><div>{PARAGRAPHS[at]}<p>{FOREIGN} {at}</p></div></div></div>" for at in range(4))
    assert len(read(f"<div>{posts}</div>")) >= 8


def test_a_column_of_teasers_is_not_taken_in() -> None:
    teasers = "".join(f"<div><h3><a href='/{at}'>Tin số {at}</a></h3><p>{FOREIGN} {at}</p></div>" for at in range(8))
    assert read(f"<div><div>{''.join(PARAGRAPHS)}</div><div>{teasers}</div></div>") == LINES


def test_a_little_prose_of_another_form_is_not_taken_in() -> None:
    box = f"<section><div><div><span>{FOREIGN}</span></div></div></section>"
    assert read(f"<div><div>{''.join(PARAGRAPHS)}</div>{box}</div>") == LINES


def test_as_much_prose_of_another_form_is_the_same_body() -> None:
    rest = "<br>".join(LINES[2:])
    assert read(f"<div><div>{''.join(PARAGRAPHS[:2])}</div><section>{rest}</section></div>") == LINES


def test_comments_beside_the_body_are_not_counted_for_it() -> None:
    comments = f"<div class='comments'>{PARAGRAPHS[0] * 9}</div>"
    assert read(f"<div><div>{''.join(PARAGRAPHS)}</div>{comments}</div>") == LINES


def test_a_window_over_the_page_does_not_beat_what_stands_under_the_title() -> None:
    window = f"<div><p>{FOREIGN} Mời bà con ghé thăm.</p></div>"
    short = f"<main><div><h1>{TITLE}</h1><div>{PARAGRAPHS[0]}</div></div></main>"
    assert read(f"<div>{short}</div>{window}", heading="") == LINES[:1]


def test_a_list_is_no_body_by_itself() -> None:
    items = "".join(f"<li>{line}</li>" for line in LINES[1:])
    assert read(f"<div><ul>{items}</ul>{PARAGRAPHS[0]}</div>") == [*LINES[1:], LINES[0]]


def test_a_card_that_is_one_link_is_no_prose() -> None:
    cards = "".join(f"<a href='/{at}'><div><p>{FOREIGN * 8} {at}</p></div></a>" for at in range(6))
    assert read(f"<div>{''.join(PARAGRAPHS)}</div><div>{cards}</div>") == LINES


@pytest.mark.parametrize("tag", ["header", "aside"])
def test_an_element_that_holds_title_and_all_is_the_article(tag: str) -> None:
    """A tag that was never closed."""
    assert read(f"<{tag}><h1>{TITLE}</h1><div>{''.join(PARAGRAPHS)}</div></{tag}>", heading="") == LINES


def test_a_tag_that_was_never_closed_loses_no_article() -> None:
    deep = f"<div>{'<section>' * 6}{''.join(PARAGRAPHS)}{'</section>' * 6}</div>"
    assert read(f"<header>{deep}</header><div><p>{FOREIGN}</p></div>", heading="") == LINES


# --- lists of teasers, and what only looks like one


def headings(inner: str) -> str:
    return "".join(f"<h2>{inner}</h2>{line}" for line in PARAGRAPHS)


@pytest.mark.parametrize(
    "inner",
    [
        "Một mục<a href='#muc'></a>",
        "<a href='#muc'>Một mục</a>",
        "Một mục của bài <a href='/sua?muc=1'>sửa</a>",
    ],
)
def test_anchors_in_sub_headings_make_no_list(inner: str) -> None:
    assert set(LINES) <= set(read(f"<div>{headings(inner)}</div>"))


def test_headings_that_are_links_make_a_list() -> None:
    entries = (f"<h2><a href=/{at}>{TEASER} {at}</a></h2>{line}" for at, line in enumerate(PARAGRAPHS))
    assert read(f"<div>{''.join(entries)}</div>") == []


def test_long_items_are_no_teasers() -> None:
    """An article in the form of a list, each item of it with a link."""
    items = "".join(f"<li>{line} {line * 6} <a href='/{line[9:12]}'>Bản đồ</a></li>" for line in LINES * 2)
    assert len(read(f"<ul>{items}</ul>")) == 12
