"""Text: folding, comparing keys, slugs, and the short lines around an article (formats.md 5; traps 74, 75, 82)."""

from __future__ import annotations

import doctest
from unicodedata import category, is_normalized, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newscrawl.words.text
from newscrawl.words.text import close_official, fold, is_related_heading, is_tail, key, language_of, slug, words

# What prints nothing and is no blank, by the name it has in the field notes or in Unicode.
INVISIBLE = {
    "soft hyphen": "\u00ad",
    "zero width blank": "\u200b",
    "zero width non-joiner": "\u200c",
    "zero width joiner": "\u200d",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "left-to-right embedding": "\u202a",
    "pop directional formatting": "\u202c",
    "word joiner": "\u2060",
    "left-to-right isolate": "\u2066",
    "pop directional isolate": "\u2069",
    "arabic letter mark": "\u061c",
    "byte order mark": "\ufeff",
    "bell": "\x07",
    "delete": "\x7f",
}
NAMES = "Xóm Cái Nai đón lũ"


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(newscrawl.words.text).failed == 0


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        (" \u00a0\r\n\t", ""),
        ("01/08/2018\u00a0", "01/08/2018"),
        ("vét\u00a0\u00a0kênh\r\nđón \t lũ", "vét kênh đón lũ"),
        (normalize("NFD", "Ấp Mỹ Phước"), "Ấp Mỹ Phước"),
        ("một\u3000hai\u2028ba\u0085bốn", "một hai ba bốn"),
        ("\ue000", "\ue000"),
        ("{{ views }}", ""),
        ("Một {{x}}hai{{{ raw }}} ba {{ a | json: {b: 1} }}", "Một hai ba"),
        ("{{}}một{{ chưa đóng", "một{{ chưa đóng"),
        ("tập {1, 2} và {{3}, 4}", "tập {1, 2} và {{3}, 4}"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("name", INVISIBLE)
def test_fold_takes_away_what_prints_nothing(name: str) -> None:
    mark = INVISIBLE[name]
    assert fold(f"{mark}Cái{mark} {mark} Nai{mark}") == "Cái Nai"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("ạ\u0323 \u00a0\u200b\n"))))
def test_fold_of_any_text(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert is_normalized("NFC", folded)
    assert "  " not in folded
    assert folded == folded.strip()
    assert not any(category(c) in ("Cc", "Zl", "Zp") or c in INVISIBLE.values() for c in folded)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aâđêơưạấỹĐẤ 1.,–"))
def test_fold_loses_no_letter(text: str) -> None:
    assert fold(normalize("NFD", text)).replace(" ", "") == normalize("NFC", text).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TIN ĐÃ ĐƯA :", "tin đã đưa"),
        ("Xem thêm »", "xem thêm"),
        ("Từ khoá...", "từ khoá"),
        ("  Đọc thêm… ", "đọc thêm"),
    ],
)
def test_key(text: str, expected: str) -> None:
    assert key(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chính trị - Xã hội", "chinh-tri-xa-hoi"),
        (normalize("NFD", "Đời sống"), "doi-song"),
        ("ĐỒNG ĐỘI", "dong-doi"),
        ("***", ""),
        ("a" * 80, "a" * 63),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_slug_of_any_text(text: str) -> None:
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug(text)) <= 63


@pytest.mark.parametrize(("text", "count"), [("", 0), ("một", 1), ("một hai ba", 3)])
def test_words(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(
    "line",
    [
        "Tin đã đưa", "Các tin đã đưa", "Các tin khác", "Xem các tin khác", "Tin liên quan", "Bài liên quan",
        "Tin cùng chuyên mục", "TIN CÙNG CHUYÊN MỤC", "Cùng chuyên mục", "Đọc thêm", "Bài đọc tiếp",
        "Có thể bạn quan tâm", "BẠN CÓ THỂ QUAN TÂM", "Tin đã đưa:", normalize("NFD", "Tin đã đưa"), "Tin\u00a0đã đưa",
    ],
)  # fmt: skip
def test_headings_of_related_links(line: str) -> None:
    assert is_related_heading(line)


@pytest.mark.parametrize(
    "line",
    [
        "", "Thông tin đã đưa", "thông tin đã đưa lên cổng", "Các tin đã đưa ngày:", "Tin đã đưa lên mạng hôm qua",
        "Đọc thêm sách mỗi tối", "Tin", "Tin đã đưa " * 20,
    ],
)  # fmt: skip
def test_prose_is_no_heading(line: str) -> None:
    assert not is_related_heading(line)


@pytest.mark.parametrize(
    "line",
    [
        "Từ khóa", "Từ khóa:", "Từ khoá", "BÌNH LUẬN", "Bình luận", "Bình luận: 12", "Trả lời", "Ý kiến của bạn",
        "Đánh giá bài viết", "Chia sẻ bài viết", "Chia sẻ Facebook", "Lượt xem:", "Lượt xem: 1.204", "Tệp đính kèm:",
        "Tài liệu kèm theo:", "In ấn", "In bài viết", "Print", "Thông tin cần biết", "Liên kết website",
        "VĂN BẢN LIÊN QUAN", "Xem tin tiếp theo...",
    ],
)  # fmt: skip
def test_tails(line: str) -> None:
    assert is_tail(line)


@pytest.mark.parametrize("line", ["", "12", "Từ khóa của đổi mới", "Trả lời chất vấn", "Chia sẻ để bớt khó", "Printer"])
def test_prose_is_no_tail(line: str) -> None:
    assert not is_tail(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lập lại bờ bao./.", "lập lại bờ bao."),
        ("lập lại bờ bao ./.", "lập lại bờ bao."),
        ("lập lại bờ bao/.", "lập lại bờ bao."),
        ("lập lại bờ bao.", "lập lại bờ bao."),
        ("dứt điểm…", "dứt điểm…"),
        ("thửa 12/3", "thửa 12/3"),
    ],
)
def test_the_end_mark_of_official_prose(text: str, expected: str) -> None:
    assert close_official(text) == expected


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (NAMES * 3, None, "vi"),
        (NAMES * 3, "en", "vi"),
        ("The boats came back before the rain.", "en-US", "en"),
        ("The boats came back before the rain.", "vi", None),
        ("The boats came back before the rain.", None, None),
        ("The boats came back before the rain.", "c0", None),
        ("The boats came back before the rain.", "éé", None),
        ("", " KM ", "km"),
    ],
)
def test_language(text: str, declared: str | None, language: str | None) -> None:
    assert language_of(text, declared) == language
