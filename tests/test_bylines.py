"""Bylines, credits and datelines: every line of formats.md 2 to 4, prose that only looks like one, and any text."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newscrawl.words.bylines
from newscrawl.words.bylines import looks_like_name, read_byline, split_credit, split_dateline
from newscrawl.words.text import fold

# line → (names, source, role), without markup
LINES: dict[str, tuple[tuple[str, ...], str | None, str | None]] = {
    "Văn Tiến\u00a0": (("Văn Tiến",), None, None),
    "TRẦN AN": (("TRẦN AN",), None, None),
    "Minh An, Thu Hà và Hoài Nam": (("Minh An", "Thu Hà", "Hoài Nam"), None, None),
    "Tin, ảnh: P.Y": (("P.Y",), None, "Tin, ảnh"),
    "Tin ảnh: MINH AN – HOÀI NAM": (("MINH AN", "HOÀI NAM"), None, "Tin ảnh"),
    "TIN ẢNH: MINH AN NGUỒN: TTXVN": (("MINH AN",), "TTXVN", "TIN ẢNH"),
    "Bài, ảnh: Minh An": (("Minh An",), None, "Bài, ảnh"),
    "Bài và ảnh: Minh An - Thu Hà": (("Minh An", "Thu Hà"), None, "Bài và ảnh"),
    "(Tin, ảnh: Minh An)": (("Minh An",), None, "Tin, ảnh"),
    "Ảnh: Minh An; Thu Hà": (("Minh An", "Thu Hà"), None, "Ảnh"),
    "T/h: Thu An": (("Thu An",), None, "T/h"),
    "Tác giả: Minh An": (("Minh An",), None, "Tác giả"),
    "Thực hiện: Minh An": (("Minh An",), None, "Thực hiện"),
    "Translated by A.B": (("A.B",), None, "Translated by"),
    "Minh An (Nguồn: Báo Ví Dụ)": (("Minh An",), "Báo Ví Dụ", None),
    "Nguồn: Báo Ví Dụ": ((), "Báo Ví Dụ", None),
    "(Nguồn: Báo Ví Dụ)": ((), "Báo Ví Dụ", None),
    "Nguồn: https://vidu.example.vn/tin/1.htm": ((), "https://vidu.example.vn/tin/1.htm", None),
    "Theo Báo Ví Dụ": ((), "Báo Ví Dụ", None),
    "BTNO": ((), "BTNO", None),
    "BGP": ((), "BGP", None),
    "PV": ((), "PV", None),
    "Nhóm phóng viên": ((), "Nhóm phóng viên", None),
    "Ban biên tập": ((), "Ban biên tập", None),
    "Tin: Minh An - Ảnh: Thu Hà": (("Minh An", "Thu Hà"), None, "Tin; Ảnh"),
    "Tin, bài: Minh An. Ảnh: Thu Hà": (("Minh An", "Thu Hà"), None, "Tin, bài; Ảnh"),
    "Minh An - Phòng Văn hóa và Thông tin": (("Minh An",), "Phòng Văn hóa và Thông tin", None),
    "Thanh Tâm - Đài TT-TH huyện Ven Sông": (("Thanh Tâm",), "Đài TT-TH huyện Ven Sông", None),
    "Minh Tâm ghi": (("Minh Tâm",), None, None),
    "Minh Tâm (lược ghi)": (("Minh Tâm",), None, None),
    "Nguồn TTXVN": ((), "TTXVN", None),
}


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(newscrawl.words.bylines).failed == 0


@pytest.mark.parametrize("line", LINES)
def test_byline(line: str) -> None:
    found = read_byline(line)
    assert found is not None
    assert (found.names, found.source, found.role) == LINES[line]


@pytest.mark.parametrize("line", ["Minh", "A.B.", "Nguyễn Văn A", "H'Linh Niê"])
def test_a_bare_name_where_the_markup_sets_it_apart(line: str) -> None:
    found = read_byline(line, marked=True)
    assert found is not None
    assert found.names == (line,)


@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize(
    "line",
    ["Báo Sơn La", "Cổng Thông Tin", "Đài Ví Dụ", "Ban Quản lý chợ", "Ủy ban nhân dân xã", "Trường THPT Ven Sông"],
)
def test_an_outlet_is_no_person(line: str, marked: bool) -> None:
    found = read_byline(line, marked=marked)
    assert found is None or (found.names, found.source) == ((), line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Minh",
        "Theo báo cáo của Sở Nội vụ - cơ quan thường trực, nửa năm qua đạt kế hoạch",
        "Theo kế hoạch, lễ hội kéo dài ba ngày",
        "Theo bà con trong xóm",
        "Ảnh: đoàn ghe qua cầu",
        "Tin vui đến với bà con.",
        "Hội nghị kết thúc.",
        "Nguồn nước sạch về xóm",
        "Bài học từ mùa lũ",
        "Phó Chủ tịch Ủy ban nhân dân xã Cái Nai Nguyễn Văn A",
        "Mở Rộng Mô Hình Trồng Rau Sạch Trong Nhà Lưới Ở Xóm",
        "Minh An, Thu Hà, Hoài Nam, Văn Tiến, Cẩm Tú",
        "Nguồn: nước lấy từ kênh Tám Ngàn, đủ cho ba trăm công ruộng của cả xóm",
        "Nguồn nước và con người",
        "Người đó là Trần Văn Tám.",
        "Bà con ghi",
    ],
)
def test_prose_is_no_byline(line: str) -> None:
    assert read_byline(line) is None


@pytest.mark.parametrize(
    "line", ["Theo báo cáo của Sở Nội vụ, nửa năm qua đạt kế hoạch", "Hội nghị kết thúc.", "xóm nhỏ"]
)
def test_prose_is_no_byline_in_bold_either(line: str) -> None:
    assert read_byline(line, marked=True) is None


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                ["Minh", "An", "–", "-", ",", "và", "(", ")", "Nguồn:", "Ảnh:", "Tin", "Theo", "A.B", "/", ".", "by"]
            ),
            max_size=10,
        ).map(" ".join),
    ),
    st.booleans(),
)
def test_a_byline_invents_nothing(line: str, marked: bool) -> None:
    found = read_byline(line, marked=marked)
    if found is not None:
        assert all(name and name in fold(line) for name in found.names)
        assert found.source is None or (found.source and found.source in fold(line))
        assert all(role in fold(line) for role in (found.role or "").split("; "))
        assert found.names or found.source


@pytest.mark.parametrize(
    ("text", "name"),
    [("Văn Tiến", True), ("P.Y", True), ("H'Linh Niê", True), ("văn tiến", False), ("Xóm 3", False), ("", False)],
)
def test_names(text: str, name: bool) -> None:
    assert looks_like_name(text) is name


# --- credits in captions (formats.md 4)


@pytest.mark.parametrize(
    ("caption", "text", "credit"),
    [
        ("Bà con vét kênh. Ảnh: Minh An", "Bà con vét kênh.", "Minh An"),
        ("Bà con vét kênh. Ảnh: A.B", "Bà con vét kênh.", "A.B"),
        ("Bà con vét kênh (Ảnh: A.B)", "Bà con vét kênh", "A.B"),
        ("Bà con vét kênh - Ảnh: A.B", "Bà con vét kênh", "A.B"),
        ("Bà con vét kênh; ảnh: A.B", "Bà con vét kênh", "A.B"),
        ("Bà con vét kênh. Nguồn: Báo Ví Dụ", "Bà con vét kênh.", "Báo Ví Dụ"),
        ("Bà con vét kênh (Ảnh minh họa)", "Bà con vét kênh", "Ảnh minh họa"),
        ("Bà con vét kênh. Ảnh sưu tầm", "Bà con vét kênh.", "Ảnh sưu tầm"),
        ("Ảnh minh họa (nguồn Internet)", "", "Ảnh minh họa (nguồn Internet)"),
        ("Ảnh: Minh An", "", "Minh An"),
        ("Bà con vét kênh.", "Bà con vét kênh.", None),
        ("", "", None),
    ],
)
def test_credit(caption: str, text: str, credit: str | None) -> None:
    assert split_credit(caption) == (text, credit)


@pytest.mark.parametrize(
    "caption",
    [
        "Mô hình: trồng rau sạch trong nhà lưới",
        "Những hình ảnh: bà con vét kênh",
        "Bắt nguồn: từ con rạch nhỏ sau chùa",
        "Đội múa lân trong ảnh tư liệu của xã",
        "Cảnh: ghe về bến lúc rạng đông",
    ],
)
def test_words_that_only_look_like_a_credit(caption: str) -> None:
    assert split_credit(caption) == (caption, None)


def test_who_is_in_the_picture_is_not_torn() -> None:
    text, _ = split_credit("Bà con vét kênh. (Trong ảnh: bà Tư và các cháu)")
    assert text in ("Bà con vét kênh. (Trong ảnh: bà Tư và các cháu)", "Bà con vét kênh.")


@pytest.mark.parametrize("caption", ["Bà con vét kênh. Ảnh: ..", "Ảnh: ...", "Ảnh: …"])
def test_a_label_without_a_name_is_no_credit(caption: str) -> None:
    _, credit = split_credit(caption)
    assert credit is None or credit.strip(" .")


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.tuples(st.text(max_size=30), st.sampled_from(["Ảnh:", "(Nguồn:", "Ảnh minh họa", "Photo :"]), st.text()).map(
            " ".join
        ),
    )
)
def test_a_credit_invents_nothing(caption: str) -> None:
    text, credit = split_credit(caption)
    assert caption.startswith(text)
    assert credit is None or credit in caption


# --- datelines (formats.md 3)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("(CTO) - ", "CTO"), ("BHG - ", "BHG"), ("BTO-", "BTO"), ("(GLO)- ", "GLO"), ("(BĐ) - ", "BĐ"),
        ("(HBĐT) - ", "HBĐT"), ("(CMO) ", "CMO"), ("PTO- ", "PTO"), ("LCĐT - ", "LCĐT"), ("(QBĐT) – ", "QBĐT"),
        ("(Baonghean.vn) - ", "Baonghean.vn"), ("(Baothanhhoa.vn) - ", "Baothanhhoa.vn"), ("CTTĐT - ", "CTTĐT"),
        ("(BVS)\u2013", "BVS"), ("TTĐT - ", "TTĐT"), ("PORTAL - ", "PORTAL"), ("(BP Portal) - ", "BP Portal"),
        ("- ", None), ("(PLVN) - ", "PLVN"), ("TPO - ", "TPO"), ("GD&TĐ - ", "GD&TĐ"), ("VOV.VN - ", "VOV.VN"),
        ("", None),
    ],
)  # fmt: skip
def test_dateline(printed: str, code: str | None) -> None:
    assert split_dateline(f"{printed}Sáng nay, bà con vét kênh.") == (code, "Sáng nay, bà con vét kênh.")


def test_a_letter_that_is_no_small_one_behind_a_code() -> None:
    assert split_dateline("(XYO) Đến nay, bà con đã vét kênh.") == ("XYO", "Đến nay, bà con đã vét kênh.")


def test_a_dateline_of_the_site() -> None:
    assert split_dateline("XYO - Sáng nay", ("XYO",)) == ("XYO", "Sáng nay")
    assert split_dateline("XYO - Sáng nay") == (None, "XYO - Sáng nay")


@pytest.mark.parametrize(
    "text",
    [
        "UBND tỉnh vừa họp", "UBND tỉnh - cơ quan chủ trì", "HĐND - UBND xã họp", "COVID-19 tái phát",
        "(OCOP) đổi đời cho xóm",
        "(15 tuổi) - em út", "(theo bà con) Sáng nay", "Xóm Cái Nai - một xóm nhỏ", "-", "(CTO)",
        "(CTO) -",
    ],
)  # fmt: skip
def test_ordinary_capitals_stay(text: str) -> None:
    assert split_dateline(text) == (None, text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "(CTO) - ", "BTO-", "- ", "(", "(A&B)", "vidu.vn – "]))
def test_a_dateline_loses_nothing(text: str, head: str) -> None:
    code, rest = split_dateline(head + text, ("X.Y", "(A"))
    assert (head + text).endswith(rest)
    taken = (head + text)[: len(head + text) - len(rest)]
    assert [c for c in taken if c.isalnum()] == [c for c in code or "" if c.isalnum()]
