"""The generic layers: title, body and date of pages that no rule knows (traps 2 to 5, 8, 15, 25, 26; R5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newscrawl.reading.printed_dates import printed_dates
from newscrawl.reading.readable import Survey, survey
from newscrawl.reading.structured import read_structured
from newscrawl.words.dates import VIETNAM
from newscrawl.words.tree import parse_html, text_of

TITLE = "Xóm nhỏ vét kênh đón lũ"
PROSE = "Sáng sớm, bà con trong xóm rủ nhau vét kênh, đắp lại bờ bao, rồi trồng thêm hàng dừa nước dọc con rạch."
BODY = f"<div id='than'><p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p></div>"
MENU = (
    "<ul>"
    + "".join(f"<li><a href='/{n}'>Một mục dài trong thực đơn của trang số {n}</a></li>" for n in range(30))
    + "</ul>"
)
SEEN = datetime(2026, 3, 14, 9, 0, tzinfo=VIETNAM)


def read(body: str, head: str = f"<title>{TITLE}</title>") -> Survey:
    root = parse_html(f"<html><head>{head}</head><body>{body}</body></html>".encode())
    assert root is not None
    return survey(root, read_structured(root))


def body_id(found: Survey) -> str | None:
    return found.body.get("id") if found.body is not None else None


# --- body


@pytest.mark.parametrize(
    "markup",
    [
        BODY,
        f"<div id='than'>{PROSE}<br><br>{PROSE}<br>{PROSE}</div>",
        f"<div id='than'><div>{PROSE}</div><div>{PROSE}</div><div>{PROSE}</div></div>",
        f"<table><tr><td id='than'><p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p></td></tr></table>",
        f"<div class='sidebar menu ads'><article id='than'><p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p></article></div>",
        f"<div id='than'><p>{PROSE}</p><h2>Một mục</h2><p><b>{PROSE}</b></p><p><span>{PROSE}</span></p></div>",
    ],
)
def test_the_body_among_menus(markup: str) -> None:
    found = read(f"{MENU}<h1>{TITLE}</h1>{markup}{MENU}<footer><p>{PROSE}</p><p>{PROSE}</p></footer>")
    assert found.body is not None
    assert body_id(found) == "than" or found.body.find(".//*[@id='than']") is not None
    assert "thực đơn" not in text_of(found.body)
    assert text_of(found.body).count(PROSE) == 3


def test_a_body_in_two_halves_is_one() -> None:
    halves = f"<div id='than'><div><p>{PROSE}</p><p>{PROSE}</p></div><div><p>{PROSE}</p><p>{PROSE}</p></div></div>"
    assert body_id(read(f"{MENU}<h1>{TITLE}</h1>{halves}{MENU}")) == "than"


@pytest.mark.parametrize(
    "markup", ["", "<p>Ngắn.</p>", MENU, f"<footer><p>{PROSE}</p></footer>", f"<script>{PROSE}</script>"]
)
def test_no_body(markup: str) -> None:
    found = read(markup)
    assert found.body is None or PROSE not in text_of(found.body)


# --- title


@pytest.mark.parametrize(
    ("head", "markup"),
    [
        (f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1>"),
        (f"<title>{TITLE} - Báo Ví Dụ</title>", f"<h1>{TITLE}</h1>"),
        (f"<title>Báo Ví Dụ | {TITLE}</title>", f"<h1>{TITLE}</h1>"),
        (f"<title>Báo Ví Dụ</title><meta property='og:title' content='{TITLE}'>", f"<h1>Thực đơn</h1><h1>{TITLE}</h1>"),
        (f"<title>{TITLE}</title>", f"<h1>Thời sự trong tỉnh</h1><h2>{TITLE}&nbsp;<i></i></h2>"),
        (f"<title>{TITLE}</title>", f"<div class='tua'>{TITLE}</div>"),
        (f"<title>{TITLE.upper()}</title>", f"<h1>{TITLE}</h1>"),
        (f"<title>{TITLE}</title>", "<h1>Xóm nhỏ <b>vét kênh</b> đón lũ</h1>"),
        ("", f"<h1>{TITLE}</h1>"),
        (f"<title>{TITLE}</title>", ""),
    ],
)  # fmt: skip
def test_title(head: str, markup: str) -> None:
    assert read(f"{MENU}{markup}{BODY}", head).title == TITLE


def test_a_body_whose_name_has_a_control_character() -> None:
    assert read(f"<h1>{TITLE}</h1><dìv\x01>{PROSE}<br>{PROSE}<br>{PROSE}</dìv\x01>", "").title == TITLE


def test_a_page_without_any_title() -> None:
    assert read(BODY, "").title is None


# --- date


def published(markup: str, *, seen: datetime | None = SEEN) -> str | None:
    found = printed_dates(read(markup), seen)
    stamp = found.published or found.changed
    return stamp.isoformat() if stamp else None


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<h1>{TITLE}</h1><span>12/03/2026 - 10:47</span>{BODY}", "2026-03-12T10:47+07:00"),
        (f"<h1>{TITLE}</h1><p>Cập nhật: 12/03/2026 | Lượt xem: 5</p>{BODY}", "2026-03-12"),
        (f"<p>12/03/2026</p><h1>{TITLE}</h1>{BODY}", "2026-03-12"),
        (f"<h1>{TITLE}</h1>{BODY}<p>12/03/2026</p>", "2026-03-12"),
        (f"<div>Thứ bảy, 14/03/2026 09:00</div><h1>{TITLE}</h1><i>12/03/2026</i>{BODY}", "2026-03-12"),
        (f"<div id='today'>14/03/2026 08:58</div><h1>{TITLE}</h1>{BODY}", None),
        (f"<div id='today'>12/03/2026 08:58</div><h1>{TITLE}</h1>{BODY}", "2026-03-12T08:58+07:00"),
        (f"<h1>{TITLE}</h1>{BODY.replace('Sáng sớm', 'Ngày 11/03/2026')}", None),
        (f"<h1>{TITLE}</h1><span>20/04/2026</span>{BODY}", None),
        (f"<h1>{TITLE}</h1><span>Tháng 3 năm 2026</span>{BODY}", None),
        (f"<h1>{TITLE}</h1>{BODY}", None),
    ],
)
def test_date(markup: str, expected: str | None) -> None:
    assert published(markup) == expected


def test_a_clock_is_told_by_the_time_of_the_fetch_alone() -> None:
    markup = f"<div>{(SEEN - timedelta(days=1)):%d/%m/%Y %H:%M}</div><h1>{TITLE}</h1>{BODY}"
    assert published(markup) == "2026-03-13T09:00+07:00"
    assert published(markup, seen=SEEN - timedelta(days=1)) is None


def test_a_line_above_the_body() -> None:
    lead = "Con kênh cạn nước đã ba mùa nay lại đầy."
    found = read(f"<h1>{TITLE}</h1><p class='sapo'>{lead}</p><table><tr><td>{BODY}</td></tr></table>")
    assert found.line_before_body(lead.upper())
    assert not found.line_before_body(PROSE)


def test_headings_of_related_links_are_noted() -> None:
    found = read(f"<h1>{TITLE}</h1>{BODY}<b>Tin đã đưa</b><p>Thông tin đã đưa lên cổng</p>")
    assert [run.text for run in found.headings] == ["Tin đã đưa"]
