"""Pages that mislead: each plays a trap of the field notes, on a known site and on an unknown host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import newscrawl

SEEN = datetime.fromisoformat("2019-02-20T09:00:00+07:00")
URL = "http://www.ninhthuan.gov.vn/chinhquyen/ubnd/Pages/Xom-nho-dap-lai-bo-bao.aspx"
UNKNOWN = "https://tin.example.vn/xom-nho-dap-lai-bo-bao.html"
TITLE = "Xóm nhỏ đắp lại bờ bao sau mùa lũ"
ONE = "Sáng nay bà con trong xóm ra đồng từ sớm, người cuốc, người gánh, đắp lại đoạn bờ bao bị nước cuốn trôi."
TWO = "Theo bà con, đoạn bờ dài hơn trăm mét này giữ nước cho cả cánh đồng, nên ai cũng muốn làm xong trước vụ."
THREE = "Trưởng xóm cho biết sẽ trồng thêm hàng dừa nước dọc con rạch để giữ đất, khỏi phải đắp lại mỗi năm một lần."


def seed(body: str, *, date: str = "01/08/2018", behind: str = "", head: str = "") -> bytes:
    """A page in the seed's shape; `behind` stands below the article's frame."""
    return f"""<html lang="vi"><head><title>{TITLE}</title>{head}</head><body>
    <div>Thứ Tư, ngày 20 tháng 02 năm 2019</div>
    <ul class="TD-menu"><li><a href="/a.aspx">Kinh tế</a></li></ul>
    <div id="art-content"><div class="art-title">{TITLE}</div><div class="art-date">{date}</div>
    <div class="art-body">{body}</div></div>{behind}</body></html>""".encode()


def plain(body: str, *, above: str = "", below: str = "<p>12/07/2018</p>", behind: str = "", head: str = "") -> bytes:
    """A page of no known shape: `above` the title, `below` it, `behind` the body."""
    return f"""<html lang="vi"><head><title>{TITLE}</title>{head}</head><body>{above}<h1>{TITLE}</h1>{below}
    <div>{body}</div>{behind}</body></html>""".encode()


def p(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def read(html: bytes, *, known: bool = True, seen: datetime | None = SEEN) -> dict[str, Any]:
    return newscrawl.extract(html, URL if known else UNKNOWN, fetched_at=seen)


def both(body: str) -> list[dict[str, Any]]:
    """The same body by a site's rules and by the generic layers."""
    return [read(seed(body)), read(plain(body), known=False)]


OLD = '<li><a href="/chinhquyen/a/Pages/b.aspx">Tin cũ</a> (19/02)</li>'
RELATED = f'<div class="TD-other"><div>Tin đã đưa</div><ul>{OLD}</ul></div>'
BOX = '<p><b>Tin liên quan</b></p><ul><li><a href="/chinhquyen/a/Pages/b.aspx">Tin cũ hơn</a></li></ul>'


# --- dates


def test_no_date_of_a_related_link_is_the_articles() -> None:
    got = read(seed(p(ONE, TWO), date="", behind=RELATED))
    assert (got["published"], got["published_raw"]) == (None, None)
    assert got["related"][0]["date"] == "2019-02-19"


@pytest.mark.parametrize(
    "parts",
    [
        {"below": "<p>Hạn nộp hồ sơ: 30/03/2018</p>"},
        {"below": "<h2>Hội nghị ngày 30/7/2018</h2>"},
        {"below": "<p>Ngày 30/7/2018, tại thành phố</p>"},
        {"below": "", "above": "<div>20/02/2019 08:25</div>"},
        {"below": "<div>20/02/2019 09:00</div>"},
        {"below": "", "behind": "<h3>Tin khác</h3><ul><li><a href='/x'>Tin</a> <i>05/01/2019</i></li></ul>"},
        {"below": "", "behind": "<p>Sự kiện sẽ diễn ra ngày 25/12/2030</p>"},
        {"below": "", "head": '<meta property="article:published_time" content="2019-02-20T08:59:58+07:00">'},
    ],
)
def test_what_is_no_publication_date(parts: dict[str, str]) -> None:
    assert read(plain(p(ONE, TWO), **parts), known=False)["published"] is None


def test_without_a_time_of_fetch_nothing_above_the_title_is_a_date() -> None:
    html = plain(p(ONE, TWO), above="<div>20/02/2019</div>", below="")
    assert read(html, known=False, seen=None)["published"] is None
    assert read(html, known=False, seen=datetime.fromisoformat("2019-03-01T09:00+07:00"))["published"] == "2019-02-20"


def test_the_publication_comes_before_the_change() -> None:
    html = plain(p(ONE, TWO), below="<p>Cập nhật: 15/07/2018</p><p>Đăng: 12/07/2018</p>")
    assert read(html, known=False)["published"] == "2018-07-12"


def test_the_template_that_prints_its_clock_is_not_believed() -> None:
    head = '<meta property="article:published_time" content="2019-02-20T08:59:30+07:00">'
    assert read(plain(p(ONE, TWO), head=head), known=False)["published"] == "2018-07-12"


# --- the body's end


@pytest.mark.parametrize("got", both(p(ONE) + BOX + p(TWO, THREE)))
def test_a_box_between_paragraphs_costs_no_paragraph(got: dict[str, Any]) -> None:
    assert got["body"] == "\n\n".join([ONE, TWO, THREE])


@pytest.mark.parametrize("got", both(p(ONE, TWO) + BOX))
def test_a_box_at_the_end_ends_the_body(got: dict[str, Any]) -> None:
    assert got["body"] == f"{ONE}\n\n{TWO}"


@pytest.mark.parametrize("got", both(p(ONE, TWO) + "<h3>Bình luận</h3><p><a href='/u'>Bạn đọc</a></p>" + p(THREE)))
def test_comments_are_no_body(got: dict[str, Any]) -> None:
    assert got["body"] == f"{ONE}\n\n{TWO}"


def test_related_links_are_found_where_the_rule_does_not_look() -> None:
    box = f'<div class="box-khac"><div>Tin đã đưa</div><ul>{OLD}</ul></div>'
    got = read(seed(p(ONE, TWO), behind=box))
    assert [(link["title"], link["heading"]) for link in got["related"]] == [("Tin cũ", "Tin đã đưa")]
    assert got["extracted_by"]["related"] == "readable"


# --- captions

IMG = '<p><img src="/anh/a.jpg"></p>'


@pytest.mark.parametrize(
    "line", ["<b>Nhiều hộ tự nguyện góp công</b>", "Kết quả cụ thể như sau:", "“Nước lên là lo”, bà nói."]
)
def test_prose_behind_a_picture_stays_in_the_body(line: str) -> None:
    body = p(ONE) + IMG + (f"<p>{line}</p>" if line[0] != "“" else f"<p><em>{line}</em></p>") + p(TWO)
    got = read(plain(body), known=False)
    assert got["captions"] == []
    assert len(got["body"].split("\n\n")) == 3


def test_sub_headings_behind_a_picture_stay_on_a_known_site() -> None:
    got = read(seed(p(ONE) + IMG + "<p><b>Nhiều hộ tự nguyện góp công</b></p>" + p(TWO)))
    assert got["body"].split("\n\n")[1] == "Nhiều hộ tự nguyện góp công"


@pytest.mark.parametrize(
    "got", both(p(ONE) + IMG + "<p><em>Bà con đắp bờ bao.</em></p><p><em>Ảnh: Minh Sơn</em></p>" + p(TWO))
)
def test_a_credit_on_its_own_line_belongs_to_the_caption(got: dict[str, Any]) -> None:
    assert [(caption["text"], caption["credit"]) for caption in got["captions"]] == [("Bà con đắp bờ bao.", "Minh Sơn")]
    assert got["body"] == f"{ONE}\n\n{TWO}"


def test_pictures_side_by_side_keep_their_captions() -> None:
    table = (
        "<table><tr><td><img src='/1.jpg'></td><td><img src='/2.jpg'></td></tr>"
        "<tr><td>Trước khi đắp bờ</td><td>Sau khi đắp bờ</td></tr></table>"
    )
    got = read(plain(p(ONE) + table + p(TWO)), known=False)
    assert [(caption["text"], caption["image"].rpartition("/")[2]) for caption in got["captions"]] == [
        ("Trước khi đắp bờ", "1.jpg"),
        ("Sau khi đắp bờ", "2.jpg"),
    ]


def test_a_table_of_data_with_logos_is_no_picture() -> None:
    rows = "".join(f"<tr><td><img src='/{n}.png'></td><td>Xóm {n}</td><td>{n}00 mét</td></tr>" for n in range(1, 4))
    got = read(plain(p(ONE) + f"<table>{rows}</table>" + p(TWO)), known=False)
    assert got["captions"] == []
    assert "300 mét" in got["body"]


# --- bylines


@pytest.mark.parametrize(
    ("lines", "names", "source"),
    [
        (["Tin: Lê Hoa", "Ảnh: Minh Sơn"], ["Lê Hoa", "Minh Sơn"], None),
        (["Nguồn: Báo Ví Dụ", "Lê Hoa"], ["Lê Hoa"], "Báo Ví Dụ"),
        (["Tin: Lê Hoa; Ảnh: Minh Sơn"], ["Lê Hoa", "Minh Sơn"], None),
        (["Lê Hoa - Cổng TTĐT tỉnh"], ["Lê Hoa"], "Cổng TTĐT tỉnh"),
        (["Nguyễn Văn Mẫu (Tổng hợp)"], ["Nguyễn Văn Mẫu"], None),
        (["Lê Hoa – TTXVN"], ["Lê Hoa"], "TTXVN"),
        (["Lê Hoa/VGP"], ["Lê Hoa"], "VGP"),
        (["K’ Thanh"], ["K’ Thanh"], None),
    ],
)
def test_byline(lines: list[str], names: list[str], source: str | None) -> None:
    for got in both(p(ONE, TWO, *lines)):
        assert (got["byline"], got["source"]) == (names, source)
        assert got["body"] == f"{ONE}\n\n{TWO}"
        assert got["byline_raw"] == "\n".join(lines)


@pytest.mark.parametrize(
    "end", ["<ul><li>Nguyễn Văn Mẫu</li><li>Trần Thị Bé</li></ul>", "<p>Bác Ái, Ninh Sơn, Thuận Nam</p>"]
)
def test_names_that_end_the_text_are_no_byline(end: str) -> None:
    for got in both(p(ONE, TWO) + end):
        assert got["byline"] == []


# --- title, lead, guards


@pytest.mark.parametrize("head", ["Cổng thông tin điện tử tỉnh Ví Dụ", "Xóm nhỏ đắp lại bờ…", ""])
@pytest.mark.parametrize("level", ["h1", "h2"])
def test_the_headline_is_the_title(head: str, level: str) -> None:
    html = f"""<html lang="vi"><head><title>{head}</title></head><body><div><a href="/">Trang chủ</a></div>
    <{level}>{TITLE}</{level}><p>12/07/2018</p><div>{p(ONE, TWO, THREE)}</div></body></html>"""
    assert read(html.encode(), known=False)["title"] == TITLE


def test_a_lead_between_title_and_body_is_not_lost() -> None:
    lead = "Hơn trăm mét bờ bao ở một xóm nhỏ được đắp lại trong một buổi sáng, không tốn một đồng tiền thuê máy."
    got = read(plain(p(ONE, TWO, THREE), below=f"<p>12/07/2018</p><div><b>{lead}</b></div>"), known=False)
    assert lead in (got["lead"], got["body"].split("\n\n")[0])


@pytest.mark.parametrize(
    "text", ["Hệ thống đang bảo trì, mời bạn quay lại sau ít phút nữa.", "Nhập captcha để tiếp tục xem trang này nhé."]
)
def test_a_guard_is_no_article(text: str) -> None:
    assert read(seed(p(text)))["not_article"] == "guard"


def test_news_about_maintenance_is_an_article() -> None:
    assert "not_article" not in read(
        seed(p(ONE, "Cổng dịch vụ công đang bảo trì nên bà con phải chờ thêm hai ngày.", TWO))
    )


# --- what a second reader tried


CENTRE = '<p style="text-align:center">{}</p>'
PICTURE = '<p style="text-align:center"><img src="/anh/bo-bao.jpg"></p>'


@pytest.mark.parametrize("label", ["Chia sẻ", "Thông tin cần biết", "Xem thêm"])
def test_prose_behind_a_label_is_not_lost(label: str) -> None:
    for got in both(p(ONE, TWO) + f"<p><b>{label}</b></p>" + p(THREE)):
        assert THREE in got["body"]


def test_centred_prose_behind_a_picture_is_no_caption() -> None:
    prose = [CENTRE.format(f"{text} Bà con kể lại.") for text in (ONE, TWO, THREE)]
    for got in both(
        "".join(prose) + PICTURE + CENTRE.format("Cả xóm cùng vui. Ai cũng mong bờ bao bền lâu.") + prose[0]
    ):
        assert got["captions"] == []
        assert "Cả xóm cùng vui." in got["body"]


@pytest.mark.parametrize("line", ["- Xóm trên đắp ba mươi mét", "2) Xóm dưới đắp bốn mươi mét", "***"])
def test_a_listed_line_behind_a_picture_is_no_caption(line: str) -> None:
    for got in both(p(ONE) + PICTURE + CENTRE.format(line) + p(TWO, THREE)):
        assert got["captions"] == []


@pytest.mark.parametrize(
    ("line", "names", "source"),
    [
        ("Lê Hoa (Theo TTXVN)", ["Lê Hoa"], "TTXVN"),
        ("Đài Trang", ["Đài Trang"], None),
        ("Đài truyền hình Ví Dụ", [], "Đài truyền hình Ví Dụ"),
        ("Ghi chép của Lê Hoa", ["Lê Hoa"], None),
        ("Lê Hoa (S.T)", ["Lê Hoa"], None),
    ],
)
def test_byline_in_other_words(line: str, names: list[str], source: str | None) -> None:
    for got in both(p(ONE, TWO) + f'<p style="text-align:right"><b>{line}</b></p>'):
        assert (got["byline"], got["source"], got["byline_raw"]) == (names, source, line)


def test_a_byline_above_a_footnote() -> None:
    note = "(1) Số liệu của ban quản lý bờ bao."
    for got in both(p(ONE, TWO) + f'<p style="text-align:right"><b>Lê Hoa</b></p><p>{note}</p>'):
        assert got["byline"] == ["Lê Hoa"]
        assert got["body"].endswith(note)


def test_what_does_not_exist_in_prose_is_no_missing_page() -> None:
    assert "not_article" not in read(seed(p("Con đường đất cũ nay không còn, cảnh lầy lội cũng không tồn tại nữa.")))


def test_a_missing_page_says_so() -> None:
    assert read(seed(p("Bài viết bạn tìm không tồn tại hoặc đã được gỡ.")))["not_article"] == "soft_404"


def test_an_element_of_word_splits_no_sentence() -> None:
    start = '<p><st1:place w:st="on"><st1:City>Sáng nay</st1:City></st1:place><o:p></o:p>, bà con ra đồng từ sớm.</p>'
    for got in both(start + p(TWO, THREE)):
        assert got["body"].startswith("Sáng nay, bà con ra đồng từ sớm.")


@pytest.mark.parametrize(("start", "code"), [("(HĐND) ", None), ("(TTXVN) ", "TTXVN"), ("(HĐND) - ", "HĐND")])
def test_brackets_are_a_dateline_only_before_a_sentence(start: str, code: str | None) -> None:
    for got in both(p(f"{start}tỉnh họp về đoạn bờ bao bị nước cuốn trôi ở xóm nhỏ.", TWO, THREE)):
        assert got["dateline"] == code
        assert got["body"].startswith("tỉnh họp" if code else "(HĐND) tỉnh họp")


def test_a_caption_in_bold_italics() -> None:
    caption = "Bờ bao sau khi đắp xong"
    for got in both(p(ONE) + PICTURE + f"<p><b><i>{caption}</i></b></p>" + p(TWO, THREE)):
        assert [each["text"] for each in got["captions"]] == [caption]


# --- what stands around a body that no rule names

STRAY = "Đây là dòng cuối trang của cổng thông tin, dài như một đoạn văn, lặp lại ở mọi trang của cổng."


WHOLE = [ONE, TWO, THREE] * 3


def page_with(beside: str) -> bytes:
    """An article with something beside its body, within the same element."""
    return f"""<html><head><title>{TITLE}</title></head><body><main><h1>{TITLE}</h1><div>{p(*WHOLE)}</div>
    <section>{beside}</section></main></body></html>""".encode()


def test_an_imprint_is_no_body() -> None:
    starts = ("Cơ quan chủ quản", "Giấy phép", "Bản quyền")
    imprint = "".join(f"<p>{start}: {STRAY} {STRAY} {STRAY}</p>" for start in starts)
    got = read(plain(p(ONE, TWO), behind=f"<div>{imprint}</div>"), known=False)
    assert got["body"] == f"{ONE}\n\n{TWO}"


def test_a_column_of_teasers_is_no_part_of_the_body() -> None:
    teasers = "".join(f'<div><h3><a href="/t{i}.html">Tin {i}</a></h3><p>{STRAY} {i}</p></div>' for i in range(4))
    assert read(page_with(teasers), known=False)["body"] == "\n\n".join(WHOLE)


def test_comments_do_not_widen_the_body() -> None:
    comments = "".join(f"<p>{STRAY} Bạn đọc {i}.</p>" for i in range(4))
    assert read(page_with(f"<h4>Bình luận</h4>{comments}"), known=False)["body"] == "\n\n".join(WHOLE)


@pytest.mark.parametrize(
    "below",
    [
        '<time datetime="2018-07-12T08:15:00+07:00">hôm qua</time>',
        "<p>12/07/2018 08:15 | 12 lượt xem</p>",
        "<p>Tạo bởi admin 12/07/2018 08:15</p>",
    ],
)
def test_the_date_in_other_words(below: str) -> None:
    assert read(plain(p(ONE, TWO, THREE), below=below), known=False)["published"].startswith("2018-07-12T08:15")


def test_a_counted_tail_ends_the_article() -> None:
    for got in both(p(ONE, TWO, "Lượt xem (12)", "Từ khóa (3)")):
        assert got["body"] == f"{ONE}\n\n{TWO}"
