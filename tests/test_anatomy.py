"""Taking a body apart: nothing is lost, nothing stands twice (formats.md 2 to 5; traps 9, 10, 21 to 24, 79 to 83)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.items import Caption
from newscrawl.reading.anatomy import Anatomy, dissect
from newscrawl.reading.blocks import blocks_of
from newscrawl.reading.signature import byline_of
from newscrawl.words.bylines import Byline
from newscrawl.words.tree import parse_html

PROSE = "Sáng sớm, bà con trong xóm rủ nhau vét kênh, đắp lại bờ bao, rồi trồng thêm hàng dừa nước dọc con rạch."
IMG = "<p><img src='/a.jpg'></p>"


def take(inner: str, **given: Any) -> Anatomy:
    root = parse_html(f"<html><body><div>{inner}</div></body></html>".encode())
    assert root is not None
    element = root.find(".//div")
    assert element is not None
    return dissect(
        blocks_of(element),
        **{"title": None, "lead": None, "resolve": lambda href: f"https://vidu.example.vn{href}", **given},
    )


def test_plain_prose() -> None:
    parts = take(f"<p>{PROSE}</p><h2>Một mục</h2><p>{PROSE}</p><p>Ngắn.</p>")
    assert parts == Anatomy([PROSE, "Một mục", PROSE, "Ngắn."])


# --- captions


@pytest.mark.parametrize(
    "markup",
    [
        "<figure><img src='/a.jpg'><figcaption>Bà con vét kênh. Ảnh: Minh An</figcaption></figure>",
        f"{IMG}<p class='note ignore'>Bà con vét kênh. Ảnh: Minh An</p>",
        f"{IMG}<p style='text-align: center'><em>Bà con vét kênh. Ảnh: Minh An</em></p>",
        f"{IMG}<p><em>Bà con vét kênh. Ảnh: Minh An</em></p>",
        f"{IMG}<p>Bà con vét kênh. Ảnh: Minh An</p>",
        "<table><tr><td><img src='/a.jpg'></td></tr><tr><td>Bà con vét kênh. Ảnh: Minh An</td></tr></table>",
        f"{IMG}<p class='pCaption'>Bà con vét kênh. Ảnh: Minh An</p>",
    ],
)
def test_caption(markup: str) -> None:
    parts = take(f"<p>{PROSE}</p>{markup}<p>{PROSE}</p>")
    assert parts.paragraphs == [PROSE, PROSE]
    assert parts.pictures.captions == [Caption("Bà con vét kênh.", "Minh An", "https://vidu.example.vn/a.jpg")]
    assert parts.pictures.images == ["https://vidu.example.vn/a.jpg"]


@pytest.mark.parametrize(
    "line",
    [PROSE, "Ảnh minh họa cho bài này được các em nhỏ trong xóm vẽ. Em nào cũng vẽ con kênh.", "Kênh dài hai cây số."],
)
def test_prose_behind_a_picture_stays(line: str) -> None:
    assert take(f"<p>{PROSE}</p>{IMG}<p>{line}</p><p>{PROSE}</p>").paragraphs == [PROSE, line, PROSE]


@pytest.mark.parametrize(
    "caption",
    [
        "<p class='text-center'>Bà con vét kênh.</p>",
        "<p><small>Bà con vét kênh.</small></p>",
        "<p><span style='color:#0000FF'>Bà con vét kênh.</span></p>",
        "<p><font color=blue>Bà con vét kênh.</font></p>",
        "<p style='font-size: 11px'>Bà con vét kênh.</p>",
        "<p class='hinh'>Bà con vét kênh.</p>",
        "<p class='image_intro'>Bà con vét kênh.</p>",
        "<table><tr><td class='TT_TinChiTiet_MoTaAnh'>Bà con vét kênh.</td></tr></table>",
        "<div class='articleimg_caption'>Bà con vét kênh.</div>",
    ],
)
def test_a_caption_that_ends_like_a_sentence(caption: str) -> None:
    """It is set apart from the paragraphs: by alignment, colour, size or class."""
    parts = take(f"<p>{PROSE}</p>{IMG}{caption}<p>{PROSE}</p>")
    assert [each.text for each in parts.pictures.captions] == ["Bà con vét kênh."]
    assert parts.paragraphs == [PROSE, PROSE]


def test_what_all_paragraphs_are_set_in_says_nothing() -> None:
    blue = "<p><span style='color:#00f;font-size:14pt'>{}</span></p>"
    parts = take(f"{blue.format(PROSE)}{IMG}{blue.format('Kênh dài hai cây số.')}{blue.format(PROSE)}")
    assert parts.paragraphs == [PROSE, "Kênh dài hai cây số.", PROSE]


def test_the_text_of_the_picture_said_again_is_its_caption() -> None:
    picture = "<p><img src='/a.jpg' alt='Kênh dài hai cây số'></p><p>Kênh dài hai cây số.</p>"
    assert [each.text for each in take(f"{picture}<p>{PROSE}</p>").pictures.captions] == ["Kênh dài hai cây số."]


@pytest.mark.parametrize(
    ("second", "captions"),
    [
        ("Cụ Tư thắp nén nhang bên bờ kênh.", 2),
        ("Cụ Tư cho biết kênh dài hai cây số.", 1),
        ("- Kênh dài hai cây số", 1),
        (f"{PROSE[:-1]}, ai cũng vui, ai cũng mừng.", 1),
    ],
)
def test_a_sentence_behind_each_picture_of_a_page(second: str, captions: int) -> None:
    """One is surely a caption, without a full stop; the other is one, too, if it may be."""
    parts = take(f"{IMG}<p>Bà con vét kênh lúc sáng sớm</p><p>{PROSE}</p>{IMG}<p>{second}</p><p>{PROSE}</p>")
    assert len(parts.pictures.captions) == captions
    assert (second in parts.paragraphs) == (captions == 1)


@pytest.mark.parametrize("line", ["Quang cảnh buổi vét kênh.", "Toàn cảnh con kênh nhìn từ trên cao."])
def test_what_only_captions_begin_with(line: str) -> None:
    assert take(f"<p>{PROSE}</p>{IMG}<p>{line}</p><p>{PROSE}</p>").paragraphs == [PROSE, PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "Theo ông Tư, kênh dài hai cây số.",
        "Ngoài ra, bờ bao cũng được đắp lại.",
        "Ông Tư cho biết kênh dài hai cây số.",
    ],
)
def test_what_goes_on_with_the_prose_is_no_caption_by_its_place(line: str) -> None:
    """Where a rule names the paragraph behind each picture."""
    root = parse_html(f"<html><body><div>{IMG}<p>{line}</p><p>{PROSE}</p></div></body></html>".encode())
    assert root is not None
    element = root.find(".//div")
    assert element is not None
    named = frozenset([element[1]])
    parts = dissect(blocks_of(element), title=None, lead=None, resolve=lambda href: href, captions=named)
    assert (parts.paragraphs, parts.pictures.captions) == ([line, PROSE], [])


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{PROSE}<img src='/a.jpg'><em>Cụ Tư bên bờ kênh</em></p>",
        f"{IMG}<p>{PROSE}<em>Cụ Tư bên bờ kênh</em></p>",
        f"<p>{PROSE}<span style='color:gray'><i>Cụ Tư bên bờ kênh</i></span></p>{IMG}",
        f"<p>{PROSE}<table><tr><td><img src='/a.jpg'></td></tr><tr><td>Cụ Tư bên bờ kênh</td></tr></table></p>",
    ],
)
def test_a_glued_caption_is_parted_where_markup_allows(markup: str) -> None:
    parts = take(f"<p>{PROSE}</p>{markup}<p>{PROSE}</p>")
    assert parts.pictures.captions == [Caption("Cụ Tư bên bờ kênh", None, "https://vidu.example.vn/a.jpg")]
    assert parts.paragraphs == [PROSE, PROSE, PROSE]
    assert parts.warnings == []


def test_words_run_together_away_from_pictures_stay() -> None:
    glued = f"{PROSE}<em>Cụ Tư bên bờ kênh</em>"
    assert take(f"<p>{PROSE}</p><p>{glued}</p><p>{PROSE}</p>").paragraphs[1] == f"{PROSE}Cụ Tư bên bờ kênh"


def test_a_quotation_behind_a_picture_stays() -> None:
    for quote in ("<p><em>“Kênh dài hai cây số”</em></p>", "<p>“Kênh dài hai cây số”</p>"):
        assert take(f"{IMG}{quote}<p>{PROSE}</p>").paragraphs == ["“Kênh dài hai cây số”", PROSE]


def test_who_is_quoted_in_a_figure_without_a_picture() -> None:
    figure = f"<figure><blockquote>{PROSE}</blockquote><figcaption>Bà Tư, xóm Cái Nai</figcaption></figure>"
    parts = take(f"<p>{PROSE}</p>{figure}<p>{PROSE}</p>")
    assert (parts.paragraphs, parts.pictures.captions) == ([PROSE, PROSE, "Bà Tư, xóm Cái Nai", PROSE], [])


def test_a_box_of_text_with_a_picture_is_no_caption_table() -> None:
    box = f"<table><tr><td><img src='/a.jpg'></td></tr><tr><td><p>{PROSE}</p><p>{PROSE}</p></td></tr></table>"
    assert take(f"<p>{PROSE}</p>{box}<p>{PROSE}</p>").paragraphs == [PROSE] * 4


def test_a_long_sentence_where_a_rule_expects_a_caption() -> None:
    """The rule knows the place alone: the paragraph behind a picture."""
    root = parse_html(f"<div>{IMG}<p id='x'>{PROSE}</p><p>{PROSE}</p></div>".encode())
    assert root is not None
    element, named = root.find(".//div"), root.find(".//p[@id='x']")
    assert element is not None
    assert named is not None
    parts = dissect(blocks_of(element), title=None, lead=None, resolve=str, captions=frozenset([named]))
    assert (parts.paragraphs, parts.pictures.captions) == ([PROSE, PROSE], [])


def test_a_heading_behind_a_picture_stays() -> None:
    assert take(f"{IMG}<h2>Con kênh của xóm nhỏ</h2><p>{PROSE}</p>").paragraphs == ["Con kênh của xóm nhỏ", PROSE]


def test_pictures_in_a_row_get_their_captions_in_order() -> None:
    parts = take(
        f"<p>{PROSE}</p><p><img src='/a.jpg'></p><p><img src='/b.jpg'></p>"
        f"<p class='caption'>Một</p><p class='caption'>Hai</p><p>{PROSE}</p>"
    )
    assert [(caption.text, caption.image) for caption in parts.pictures.captions] == [
        ("Một", "https://vidu.example.vn/a.jpg"),
        ("Hai", "https://vidu.example.vn/b.jpg"),
    ]


def test_the_title_under_a_picture_is_no_caption() -> None:
    parts = take(f"{IMG}<p class='caption'>VÉT KÊNH</p><p>{PROSE}</p>", title="Vét kênh")
    assert (parts.pictures.captions, parts.paragraphs) == ([], [PROSE])


def test_a_caption_is_never_without_text() -> None:
    for text in ("Ảnh: ...", "Ảnh: Minh An", "Ảnh minh họa", "..."):
        parts = take(f"<figure><img src='/a.jpg'><figcaption>{text}</figcaption></figure><p>{PROSE}</p>")
        assert all(caption.text for caption in parts.pictures.captions)
        assert all(caption.credit != "" for caption in parts.pictures.captions)


def test_a_picture_twice_is_one_picture() -> None:
    assert take(f"{IMG}{IMG}<p>{PROSE}</p>").pictures.images == ["https://vidu.example.vn/a.jpg"]


def test_an_address_that_can_not_be_resolved() -> None:
    parts = take(f"<figure><img src='x:'><figcaption>Một</figcaption></figure><p>{PROSE}</p>", resolve=lambda _: None)
    assert (parts.pictures.images, parts.pictures.captions) == ([], [Caption("Một")])


def test_a_glued_caption_is_told() -> None:
    glued = "Bà con vui mừng với con kênh mới.Cụ Tư thắp nén nhang bên bờ kênh và kể chuyện ngày xưa"
    assert take(f"{IMG}<p>{PROSE}</p><p>{glued}</p>").warnings
    assert not take(f"<p>{PROSE}</p><p>{glued}</p>").warnings


# --- bylines


@pytest.mark.parametrize(
    ("markup", "names", "source"),
    [
        ("<p>Văn Tiến\u00a0</p>", ("Văn Tiến",), None),
        ("<p style='text-align: right'><strong>Tin, ảnh: P.Y</strong></p>", ("P.Y",), None),
        ("<p align=right>Minh</p>", ("Minh",), None),
        ("<p class='pAuthor'>Minh</p>", ("Minh",), None),
        ("<div class='pseudonym'>Thu Hà</div>", ("Thu Hà",), None),
        ("<p><b>Minh An</b></p><p>Nguồn: Báo Ví Dụ</p>", ("Minh An",), "Báo Ví Dụ"),
        ("<p>Minh An<br>(Nguồn: Báo Ví Dụ)</p>", ("Minh An",), "Báo Ví Dụ"),
        ("<p>BTNO</p>", (), "BTNO"),
        ("<p class='pAuthor'>Mây Trắng</p><p align=right><b>Nguồn TTXVN</b></p>", ("Mây Trắng",), "TTXVN"),
        ("<p class='text-end'>Báo Sơn La</p>", (), "Báo Sơn La"),
        ("<p>Tác giả: Minh An</p><p>Nguồn: Báo Ví Dụ</p><p>Điện thoại: 0200 000 000</p>", ("Minh An",), "Báo Ví Dụ"),
        ("<p><b>Bài: Minh An</b></p><p><b>Ảnh: Thu Hà</b></p>", ("Minh An", "Thu Hà"), None),
        ("<p>Tin và ảnh:</p><p>Minh An</p>", ("Minh An",), None),
        ("<p align=right><b>Minh An</b></p><p align=right><b>Thu Hà</b></p>", ("Minh An", "Thu Hà"), None),
        ("<p align=right><b>Phóng sự của MINH AN</b></p>", ("MINH AN",), None),
        ("<h4 align=right>Minh An</h4>", ("Minh An",), None),
        (f"{IMG}<p align=center><b>Bài, ảnh: MINH AN</b></p>", ("MINH AN",), None),
    ],
)
def test_byline(markup: str, names: tuple[str, ...], source: str | None) -> None:
    parts = take(f"<p>{PROSE}</p><p>{PROSE}</p>{markup}")
    assert parts.paragraphs == [PROSE, PROSE]
    assert parts.byline is not None
    assert (parts.byline.names, parts.byline.source) == (names, source)


@pytest.mark.parametrize(
    "last",
    [
        "Theo kế hoạch, lễ hội kéo dài ba ngày.",
        "Nguồn nước sạch đã về tới cuối xóm.",
        "Ảnh hưởng của lũ năm nay không lớn",
        "Hội nghị kết thúc lúc 11 giờ.",
        "<b>Kênh mới, bờ mới</b>",
    ],
)
def test_the_last_paragraph_stays(last: str) -> None:
    parts = take(f"<p>{PROSE}</p><p>{last}</p>")
    assert len(parts.paragraphs) == 2
    assert parts.byline is None


@pytest.mark.parametrize(
    "lines",
    [
        ["<p>Các xóm được vét kênh:</p>", "<p>Cái Nai</p>", "<p>Tám Ngàn</p>"],
        ["<p>Giải nhất thuộc về:</p>", "<p><b>Minh An</b></p>"],
        ["<p>Cái Nai</p>", "<p>Bờ Bao</p>", "<p>Tám Ngàn</p>"],
        ["<p align=right><b>TM. ỦY BAN NHÂN DÂN</b></p>", "<p align=right>CHỦ TỊCH</p>", "<p align=right>Văn Tiến</p>"],
        ["<p align=right><b>Giám đốc</b></p>", "<p align=right><b>Văn Tiến</b></p>"],
        ["<p align=right><b>KT. GIÁM ĐỐC</b></p>", "<p align=right><b>Phó Giám đốc</b></p>", "<p><b>Văn Tiến</b></p>"],
    ],
)
def test_a_name_that_signs_nothing_or_a_letter(lines: list[str]) -> None:
    parts = take(f"<p>{PROSE}</p><p>{PROSE}</p>{''.join(lines)}")
    assert (len(parts.paragraphs), parts.byline) == (2 + len(lines), None)


@pytest.mark.parametrize("mark", ["<b>&nbsp;Văn Tiến</b>", "<span style='float:right'>Văn Tiến</span>"])
def test_a_name_that_ends_the_last_paragraph(mark: str) -> None:
    parts = take(f"<p>{PROSE}</p><p>{PROSE[:-1]}./.{mark}</p>")
    assert (parts.paragraphs, parts.byline_raw) == ([PROSE, PROSE], "Văn Tiến")


def test_a_bold_name_within_a_sentence_stays() -> None:
    last = f"{PROSE[:-1]} cùng <b>Văn Tiến</b>"
    assert take(f"<p>{PROSE}</p><p>{last}</p>").byline is None


def test_a_label_in_the_first_line() -> None:
    parts = take(f"<p><i>Tác giả: Minh An</i></p><p>{PROSE}</p><p>{PROSE}</p>")
    assert (parts.paragraphs, parts.byline_raw) == ([PROSE, PROSE], "Tác giả: Minh An")


def test_an_article_that_goes_on_behind_its_author_is_not_cut() -> None:
    parts = take(f"<p>{PROSE}</p><p>Tác giả: Minh An</p><p>{PROSE}</p><p>{PROSE}</p>")
    assert parts.paragraphs.count(PROSE) == 3


def test_a_correction_below_the_author_is_no_footer() -> None:
    parts = take(
        f"<p>{PROSE}</p><p>{PROSE}</p><p>Tác giả: Minh An</p><p>Địa chỉ: xóm Cái Nai</p><p>Đính chính: ba cây số.</p>"
    )
    assert (parts.paragraphs, parts.byline_raw) == ([PROSE, PROSE, "Đính chính: ba cây số."], "Tác giả: Minh An")


def test_a_heading_is_no_byline() -> None:
    assert take(f"<p>{PROSE}</p><h3>Xóm Cái Nai</h3>").paragraphs == [PROSE, "Xóm Cái Nai"]


def test_a_line_that_only_equals_the_byline_stays() -> None:
    """What is taken is the last line itself, not every line like it."""
    parts = take(f"Văn Tiến<br>{PROSE}<br>{PROSE}<br>Văn Tiến")
    assert parts.paragraphs == ["Văn Tiến", PROSE, PROSE]
    assert parts.byline_raw == "Văn Tiến"


def test_lines_known_to_be_a_byline() -> None:
    assert byline_of(["Tin, ảnh: Minh An", "Thu Hà"]) == (
        "Tin, ảnh: Minh An\nThu Hà",
        Byline(("Minh An", "Thu Hà"), None, "Tin, ảnh"),
    )
    assert byline_of(["ban tin của xóm"])[1].source == "ban tin của xóm"


# --- start and end


@pytest.mark.parametrize("end", ["Tin đã đưa", "Các tin khác", "Từ khóa:", "BÌNH LUẬN", "Lượt xem: 12"])
def test_the_end(end: str) -> None:
    assert take(f"<p>{PROSE}</p><p>{end}</p><ul><li>Tin cũ</li></ul>").paragraphs == [PROSE]


@pytest.mark.parametrize(
    "line", ["Thông tin đã đưa lên cổng.", "Từ khóa của đổi mới là nước sạch.", "Trả lời chất vấn."]
)
def test_prose_is_no_end(line: str) -> None:
    assert take(f"<p>{PROSE}</p><p>{line}</p><p>{PROSE}</p>").paragraphs == [PROSE, line, PROSE]


@pytest.mark.parametrize("answer", ["<p><b>Trả lời:</b></p>", "<h3>Trả lời</h3>"])
def test_the_answer_to_a_readers_question_is_no_end(answer: str) -> None:
    parts = take(f"<p><b>Hỏi:</b></p><p>{PROSE}</p>{answer}<p>{PROSE}</p><p>{PROSE}</p>")
    assert parts.paragraphs.count(PROSE) == 3
    assert len(parts.paragraphs) == 5


def test_a_menu_above_is_no_end() -> None:
    assert take(f"<p>Tin liên quan</p><p>{PROSE}</p><p>{PROSE}</p>").paragraphs[-2:] == [PROSE, PROSE]


def test_title_and_lead_said_again() -> None:
    parts = take(
        f"<p>VÉT KÊNH</p><p>Con kênh cạn.</p><p>{PROSE}</p><p>Vét kênh</p>", title="Vét kênh", lead="Con kênh cạn"
    )
    assert parts.paragraphs == [PROSE, "Vét kênh"]


@pytest.mark.parametrize("end", ["./.", " ./.", "/."])
def test_the_end_mark(end: str) -> None:
    assert take(f"<p>{PROSE}</p><p>{PROSE[:-1]}{end}</p>").paragraphs == [PROSE, PROSE]
    assert take(f"<p>{PROSE}</p><p>{end}</p>").paragraphs == [PROSE]


@pytest.mark.parametrize(
    "lead",
    [
        f"<p><strong>{PROSE}</strong></p>",
        f"<h2>{PROSE}</h2>",
        f"<div class='cms-desc sapo'><p>{PROSE}</p></div>",
        f"<p class='pHead'>{PROSE}</p>",
        f"<p>{PROSE}</p><p>{PROSE}</p>",
        f"{IMG}<p class='caption'>Con kênh</p><p><b>{PROSE}</b></p>",
        f"<p><b>BHG - {PROSE}</b></p>",
    ],
)
def test_a_lead_that_begins_the_body(lead: str) -> None:
    behind = "Con rạch sau chùa cũng được vét, ghe lớn nay qua lại được cả lúc nước ròng, chợ đông hơn trước nhiều."
    parts = take(f"{lead}<p>{behind}</p><p>{behind}</p>", leads=True)
    assert (parts.lead, parts.paragraphs) == (PROSE, [behind, behind])
    assert parts.dateline == ("BHG" if "BHG" in lead else None)


@pytest.mark.parametrize(
    "first",
    [
        "<p><b>Con kênh của xóm nhỏ</b></p>",  # a sub-heading
        "<p><b>The people of the hamlet carried sandbags to the broken stretch of the dyke for three weeks.</b></p>",
        f"<ul><li><b>{PROSE}</b></li></ul>",
        f"<p>{PROSE} Thêm một câu.</p>",
    ],
)
def test_a_first_paragraph_that_is_no_lead(first: str) -> None:
    assert take(f"{first}<p>{PROSE}</p><p>{PROSE}</p>", leads=True).lead is None


def test_a_body_in_bold_has_no_lead() -> None:
    assert take(f"<p><b>{PROSE}</b></p><p><b>Thêm. {PROSE}</b></p>", leads=True).lead is None


@pytest.mark.parametrize("days", [("15/03/2026", "16/03/2026"), ("Ngày 15/3/2026", "Ngày 16/3/2026")])
@pytest.mark.parametrize("ruled", [True, False])
def test_the_days_of_a_calendar_stay(days: tuple[str, str], ruled: bool) -> None:
    lines = [days[0], "Xóm Cái Nai vét kênh từ 7 giờ.", days[1], "Xóm Tám Ngàn vét kênh từ 8 giờ."]
    assert take("".join(f"<p>{line}</p>" for line in lines), ruled=ruled).paragraphs == lines


@pytest.mark.parametrize("ruled", [True, False])
def test_place_and_day_of_a_letter_stay(ruled: bool) -> None:
    line = "Cái Nai, ngày 10 tháng 3 năm 2026"
    assert take(f"<p>{line}</p><p>{PROSE}</p><p>{PROSE}</p>", ruled=ruled).paragraphs == [line, PROSE, PROSE]


def test_a_dash_that_all_paragraphs_begin_with_is_no_datelines() -> None:
    assert take(f"<p>- {PROSE}</p><p>- {PROSE}</p>").paragraphs == [f"- {PROSE}"] * 2
    assert take(f"<p>- {PROSE}</p><p>{PROSE}</p>").paragraphs == [PROSE] * 2


def test_a_dateline_in_a_paragraph_of_its_own() -> None:
    parts = take(f"<p><b>(CTO) -</b></p><p>{PROSE}</p>")
    assert (parts.dateline, parts.paragraphs) == ("CTO", [PROSE])


def test_lines_of_documents_and_tags_are_no_paragraphs() -> None:
    lines = (
        "<p>Tệp đính kèm: <a href='/a.pdf'>Kế hoạch</a></p><p>Từ khóa: <a href='/t'>kênh</a>, rạch, xóm, vét kênh</p>"
    )
    assert take(f"<p>{PROSE}</p>{lines}").paragraphs == [PROSE]
    assert take(f"<p>{PROSE}</p><p>Từ khóa: đoàn kết.</p>").paragraphs == [PROSE, "Từ khóa: đoàn kết."]


def test_dateline() -> None:
    parts = take(f"<p><strong>(CTO) - </strong>{PROSE}</p><p>{PROSE}</p>")
    assert (parts.dateline, parts.paragraphs) == ("CTO", [PROSE, PROSE])
    assert take(f"<p>XYO - {PROSE}</p>", datelines=("XYO",)).dateline == "XYO"


# --- nothing is lost: every word of the input is unlike all others, and stands in the output once


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A body of paragraphs, captions and short lines in any order, and its words (but for labels: they are dropped)."""
    words: list[str] = []

    def some(least: int, most: int, name: str = "chữ{}") -> str:
        new = [name.format(len(words) + each) for each in range(draw(st.integers(least, most)))]
        words.extend(new)
        return " ".join(new)

    def person() -> str:
        letters = "ABCDĐEGHIKLMNOPQRSTUVXY"
        name = "Minh" + letters[len(words) % 23].lower() + letters[len(words) // 23 % 23].lower()
        words.append(name)
        return f"{name} An"

    shapes = [
        lambda: f"<p>{some(3, 30)}.</p>",
        lambda: f"<h2>{some(1, 6)}</h2>",
        lambda: f"<p><b>{some(1, 4)}</b></p>",
        lambda: f"{some(2, 9)}<br>{some(1, 3)}<br>",
        lambda: IMG,
        lambda: f"{IMG}<p style='text-align:center'><em>{some(2, 9)}</em></p>",
        lambda: f"<figure><img src='/b.jpg'><figcaption>{some(2, 9)}. Ảnh: {person()}</figcaption></figure>",
        lambda: f"<table><tr><td><img src='/c.jpg'></td></tr><tr><td>{some(1, 9)}</td></tr></table>",
        lambda: f"<table><tr><td>{some(1, 2)}</td><td>{some(1, 2)}</td></tr></table>",
        lambda: f"<p align=right><b>{person()}</b></p>",
        lambda: f"<p>{person()}</p>",
        lambda: f"<p>(CTO) - {some(3, 20)}.</p>",
        lambda: f"<p>{some(3, 20)}./.</p>",
        lambda: f"<p>Theo {some(2, 5)}</p>",
    ]
    html = "".join(draw(st.sampled_from(shapes))() for _ in range(draw(st.integers(1, 9))))
    return html, words


@settings(max_examples=200, deadline=None)
@given(bodies())
def test_no_word_is_lost(body: tuple[str, list[str]]) -> None:
    html, words = body
    parts = take(html)
    out = [*parts.paragraphs, *(caption.text for caption in parts.pictures.captions), parts.byline_raw or ""]
    out += [caption.credit or "" for caption in parts.pictures.captions]
    read = Counter(word.strip(".,|()") for text in out for word in text.split())
    assert {word: read[word] for word in words} == dict.fromkeys(words, 1)


@settings(max_examples=100, deadline=None)
@given(bodies(), st.sampled_from(["Tin đã đưa", "Từ khóa"]))
def test_nothing_behind_the_end_is_kept(body: tuple[str, list[str]], end: str) -> None:
    html, words = body
    parts = take(f"<p>{PROSE}</p><p>{end}</p>{html}")
    kept = " ".join([*parts.paragraphs, *(caption.text for caption in parts.pictures.captions), parts.byline_raw or ""])
    assert not set(words) & set(kept.split())
    assert parts.paragraphs == [PROSE]
