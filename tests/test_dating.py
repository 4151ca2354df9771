"""Which of a page's dates is its publication, and which its last change (R4 to R6, R9; traps 8, 25 to 33)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newscrawl
from newscrawl.items import Article
from newscrawl.reading.dating import heed_listing
from newscrawl.words.dates import VIETNAM, read_date

SEEN = datetime(2026, 3, 14, 9, 0, tzinfo=VIETNAM)  # a Saturday
URL = "https://vidu.example.vn/tin/vet-kenh.html"
RULED = "https://baocantho.com.vn/vet-kenh-a300001.html"
TITLE = "Xóm nhỏ vét kênh đón lũ về đồng"
PROSE = "Sáng sớm, bà con trong xóm rủ nhau vét kênh, đắp lại bờ bao, rồi trồng thêm hàng dừa nước dọc con rạch."
TEASER = "<a href='/tin/{n}.html'>Một bài khác đứng ở cạnh bên, bài số {n}</a>"


def page(
    under: str = "",
    *,
    head: str = "",
    above: str = "",
    title: str = TITLE,
    first: str = "",
    behind: str = "",
    name: str = TITLE,
    lang: str = "vi",
) -> bytes:
    """A plain page: `above` the title, `under` it, `first` in the body, `behind` it."""
    return (
        f"<html lang='{lang}'><head><title>{name}</title>{head}</head><body>{above}<h1>{title}</h1>{under}"
        f"<div>{first}<p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p></div>{behind}</body></html>"
    ).encode()


def ld(published: Any = None, modified: Any = None) -> str:
    data = {"@type": "NewsArticle", "datePublished": published, "dateModified": modified}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def meta(**values: str) -> str:
    return "".join(f'<meta property="article:{name}_time" content="{value}">' for name, value in values.items())


def read(html: bytes, *, url: str = URL, seen: datetime | None = SEEN) -> dict[str, Any]:
    got = newscrawl.extract(html, url, fetched_at=seen)
    assert "not_article" not in got, got
    return got


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and what it says: `says` is published, its layer, updated, its layer; `warns` parts of each warning."""

    html: bytes
    says: tuple[str | None, ...]
    warns: tuple[str, ...] = ()
    url: str = URL
    seen: datetime | None = SEEN


NOTHING = (None, None)
TIME = "<time datetime='{}'>{}</time>"
TEASERS = "".join(
    f"<article class='story'><h3>{TEASER.format(n=n)}</h3><time datetime='2026-03-{n:02}T08:00:00+07:00'>"
    f"{n}/03/2026 08:00</time></article>"
    for n in range(1, 13)
)
NOW = "2026-03-14T08:59:30+07:00"

CASES = {
    # one source alone
    "json-ld": Case(page(head=ld("2026-03-12T10:47:05+07:00")), ("2026-03-12T10:47:05+07:00", "jsonld")),
    "meta": Case(page(head=meta(published="2026-03-12T10:47:05+0700")), ("2026-03-12T10:47:05+07:00", "meta")),
    "the line under the title": Case(page("<p>12/03/2026 - 10:47</p>"), ("2026-03-12T10:47+07:00", "readable")),
    "a time element": Case(
        page(TIME.format("2026-03-12T10:47:05+07:00", "2 ngày trước")), ("2026-03-12T10:47:05+07:00", "readable")
    ),
    "a time element of few letters": Case(
        page("<time itemprop='datePublished' datetime='2026-03-12T10:47:05+07:00'>T5</time>"),
        ("2026-03-12T10:47:05+07:00", "meta"),
    ),
    "the first line of the body": Case(page(first="<p>12/03/2026</p>"), ("2026-03-12", "readable")),
    "behind the body": Case(page(behind="<p>12/03/2026</p>"), ("2026-03-12", "readable")),
    "nothing at all": Case(page(), NOTHING),
    "in two elements": Case(
        page("<div><span>10:47</span> | <span>12/03/2026</span></div>"), ("2026-03-12T10:47+07:00", "readable")
    ),
    "a label and its date": Case(
        page("<p><span>Ngày đăng:</span> <span>12/03/2026</span></p>"), ("2026-03-12", "readable")
    ),
    # precision
    "the page is finer": Case(
        page("<p>12/03/2026 - 10:47</p>", head=ld("2026-03-12")), ("2026-03-12T10:47+07:00", "readable")
    ),
    "json-ld is finer": Case(
        page("<p>12/03/2026</p>", head=ld("2026-03-12T10:47:05+07:00")), ("2026-03-12T10:47:05+07:00", "jsonld")
    ),
    "meta is finer": Case(
        page(head=ld("2026-03-12") + meta(published="2026-03-12T10:47:05+07:00")),
        ("2026-03-12T10:47:05+07:00", "meta"),
    ),
    "midnight is filled in": Case(
        page("<p>12/03/2026 - 10:47</p>", head=ld("2026-03-12T00:00:00+07:00")), ("2026-03-12T10:47+07:00", "readable")
    ),
    "midnight of UTC is filled in": Case(
        page("<p>12/03/2026 - 10:47</p>", head=ld("2026-03-12T00:00:00Z")), ("2026-03-12T10:47+07:00", "readable")
    ),
    "midnight here, told in UTC": Case(
        page("<p>12/03/2026 - 10:47</p>", head=ld("2026-03-11T17:00:00Z")), ("2026-03-12T10:47+07:00", "readable")
    ),
    "midnight alone": Case(page(head=ld("2026-03-12T00:00:00+07:00")), ("2026-03-12", "jsonld")),
    "midnight that is printed": Case(
        page("<p>12/03/2026 00:00</p>", head=ld("2026-03-12T00:00:00+07:00")), ("2026-03-12T00:00+07:00", "readable")
    ),
    # in one line with other words
    **{
        f"the line {line!r}": Case(page(f"<p>{line}</p>"), ("2026-03-12T10:47+07:00", "readable"))
        for line in (
            "Kinh tế - Xã hội | 12/03/2026 10:47", "Minh An (Báo Bàu Trắng điện tử) - 12/03/2026 10:47",
            "12/03/2026 10:47 | Lượt xem: 1.234", "12/03/2026 10:47 [A-] [A+]", "12/03/2026 10:47 - 5 bình luận",
            "Theo Báo Bàu Trắng - 10:47 12/03/2026", "<a href='/an'>Minh An</a> - 12/03/2026 10:47",
            "<i class='icon'></i> 12/03/2026, 10:47", "Thứ năm, 12/03/2026 | 10:47 (GMT+7)",
            "12/03/2026 10:47 <span>bởi Minh An</span>", "<b>12/03/2026 10:47</b>, Minh An",
            "<span>12/03/2026 10:47</span> <span>lượt xem: 5</span>",
            "<span>Theo Cổng thông tin điện tử xã Bàu Sen mới</span> <span>12/03/2026 10:47</span>",
        )
    },
    **{
        f"the line {line!r}": Case(page(f"<p>{line}</p>"), NOTHING)
        for line in (
            "Sáng 11/3/2026", "Tối 11/3/2026, tại nhà văn hóa xóm", "Hạn nộp hồ sơ: 12/03/2026",
            "Khai mạc lúc 10:47 ngày 12/03/2026 tại sân đình", "12/03 10:47", "Hôm nay, 10:47", "2 giờ trước",
        )
    },
    "a time element around others": Case(
        page("<time datetime='2026-03-12T10:47:05+07:00'><span>12/03/2026</span> <span>10:47</span></time>"),
        ("2026-03-12T10:47:05+07:00", "readable"),
    ),
    # clocks
    "a clock above the title": Case(
        page("<i>12/03/2026</i>", above="<div>Thứ bảy, 14/03/2026 09:00</div>"), ("2026-03-12", "readable")
    ),
    "a change above the title": Case(page(above="<div>Cập nhật: 12/03/2026</div>"), ("2026-03-12", "readable")),
    "a clock alone": Case(page(above="<div class='date'>Thứ bảy, 14/03/2026 09:00</div>"), NOTHING),
    "a day's clock alone": Case(page(above="<div>Thứ bảy, ngày 14 tháng 3 năm 2026</div>"), NOTHING),
    "the article's date is named like a clock": Case(
        page("<div id='today'>12/03/2026 08:58</div>"), ("2026-03-12T08:58+07:00", "readable")
    ),
    "a frozen clock": Case(page(above="<div>Thứ Sáu, ngày 23 tháng 08 năm 2019, 09:25:27</div>"), NOTHING),
    "a frozen clock beside the date": Case(
        page("<p>Minh An - 06:16, 22/08/2024</p>", above="<div>Thứ Sáu, ngày 23 tháng 08 năm 2019, 09:25:27</div>"),
        ("2024-08-22T06:16+07:00", "readable"),
    ),
    "a date above the title that is older than a picture": Case(
        page(above="<div>23/08/2019</div>", first="<img src='/uploads/2024/8/22/kenh.jpg'>"), NOTHING
    ),
    "a date above the title as old as a picture": Case(
        page(above="<div>23/08/2024</div>", first="<img src='/uploads/2024/8/22/kenh.jpg'>"), ("2024-08-23", "readable")
    ),
    "a clock under the title": Case(page("<p>14/03/2026 08:59</p>"), NOTHING),
    "json-ld is made at the fetch": Case(page(head=ld(NOW, NOW)), NOTHING),
    "json-ld is made at the fetch, the page prints a day": Case(
        page("<p>12/03/2026</p>", head=ld(NOW, NOW)), ("2026-03-12", "readable"), ("jsonld says 2026-03-14",)
    ),
    "json-ld is made on the day of the fetch, the page prints another": Case(
        page("<p>12/03/2026 10:47</p>", head=ld("2026-03-14T03:12:00+07:00", "2026-03-14T03:12:00+07:00")),
        ("2026-03-12T10:47+07:00", "readable"),
        ("jsonld says 2026-03-14",),
    ),
    "json-ld has the day of the fetch, the page prints another": Case(
        page("<p>12/03/2026 10:47</p>", head=ld("2026-03-14")),
        ("2026-03-12T10:47+07:00", "readable"),
        ("jsonld says 2026-03-14",),
    ),
    "published on the day of the fetch": Case(
        page("<p>14/03/2026</p>", head=ld("2026-03-14T03:12:00+07:00", "2026-03-14T03:12:00+07:00")),
        ("2026-03-14T03:12:00+07:00", "jsonld", "2026-03-14T03:12:00+07:00", "jsonld"),
    ),
    # after the fetch
    "announced": Case(page("<p>20/04/2026</p>"), NOTHING),
    "json-ld lies ahead": Case(page(head=ld("2026-04-20T10:00:00+07:00")), NOTHING, ("after the fetch",)),
    "json-ld lies ahead, the page prints a day": Case(
        page("<p>12/03/2026</p>", head=ld("2026-04-20T10:00:00+07:00")),
        ("2026-03-12", "readable"),
        ("after the fetch",),
    ),
    "half an hour ahead: clocks differ": Case(
        page(head=ld("2026-03-14T09:30:00+07:00")), ("2026-03-14T09:30:00+07:00", "jsonld")
    ),
    "today in Japan": Case(
        page("<p>15/03/2026</p>"), ("2026-03-15", "readable"), seen=datetime(2026, 3, 14, 22, 0, tzinfo=VIETNAM)
    ),
    # local time labelled as UTC
    "Z, and the page prints the same hours": Case(
        page("<p>12/03/2026 - 18:21</p>", head=ld("2026-03-12T18:21:44Z")),
        ("2026-03-12T18:21+07:00", "readable"),
        ("jsonld says 2026-03-12T18:21:44+00:00, the page prints 2026-03-12T18:21+07:00",),
    ),
    "UTC hours labelled as ours": Case(
        page("<p>12/03/2026 - 18:21</p>", head=ld("2026-03-12T11:21:44+07:00")),
        ("2026-03-12T18:21+07:00", "readable"),
        ("jsonld says 2026-03-12T11:21:44+07:00",),
    ),
    "Z, and the page prints our hours": Case(
        page("<p>12/03/2026 - 18:21</p>", head=ld("2026-03-12T11:21:44Z")), ("2026-03-12T11:21:44+00:00", "jsonld")
    ),
    "Z late at night, and the page prints the day of its hours": Case(
        page("<p>12/03/2026</p>", head=ld("2026-03-12T18:21:44Z")),
        ("2026-03-12T18:21:44+07:00", "jsonld"),
        ("2026-03-12T18:21:44+00:00",),
    ),
    "Z late at night, and the page prints our day": Case(
        page("<p>13/03/2026</p>", head=ld("2026-03-12T18:21:44Z")), ("2026-03-12T18:21:44+00:00", "jsonld")
    ),
    "Z that lies ahead, but not in our hours": Case(
        page(head=ld("2026-03-14T08:30:00Z")), ("2026-03-14T08:30:00+07:00", "jsonld"), ("2026-03-14T08:30:00+00:00",)
    ),
    "the change is labelled like the publication": Case(
        page("<p>12/03/2026 - 18:21</p>", head=ld("2026-03-12T18:21:44Z", "2026-03-12T20:05:00Z")),
        ("2026-03-12T18:21+07:00", "readable", "2026-03-12T20:05:00+07:00", "jsonld"),
        ("jsonld says",),
    ),
    # events, teasers, other dates
    "an event in the first sentence": Case(page(first=f"<p><b>Ngày 11/3/2026</b>, {PROSE}</p>"), NOTHING),
    "an event in the first sentence, in one run": Case(page(first=f"<p>Ngày 11/3/2026, {PROSE}</p>"), NOTHING),
    "an event in the first words": Case(page(first=f"<p>Ngày 11/3/2026, <b>{PROSE}</b></p>"), NOTHING),
    "an event right under the date": Case(
        page("<p>12/03/2026</p>", first=f"<p><b>Ngày 11/3/2026</b>, {PROSE}</p>"), ("2026-03-12", "readable")
    ),
    **{
        f"the event of {words!r}": Case(page(first=f"<p><b>{words}</b>, {PROSE}</p>"), NOTHING)
        for words in (
            "Ngày 30/7/2018", "Sáng 24.11", "Chiều 22-10", "Ngày 14-3", "ngày 05-10-2025", "Từ ngày 11/7/2020",
            "Trong 2 ngày (từ ngày 25-26/4)", "Sáng 11.12.2025", "8-1",
        )
    },
    "a deadline": Case(page("<p>Hạn nộp hồ sơ: 12/03/2026</p>"), NOTHING),
    "a deadline with its label apart": Case(page("<p><b>Hạn nộp hồ sơ:</b> 12/03/2026</p>"), NOTHING),
    "the date of a document": Case(page("<table><tr><td>Ngày ban hành</td><td>12/03/2026</td></tr></table>"), NOTHING),
    "teasers before and behind": Case(page(above=TEASERS, behind=TEASERS), NOTHING),
    "teasers between title and body": Case(page(TEASERS), NOTHING),
    "teasers, and the article's own": Case(
        page("<p>11/03/2026 - 10:47</p>", above=TEASERS, behind=TEASERS), ("2026-03-11T10:47+07:00", "readable")
    ),
    "a day without a year is a list's": Case(page("<p>(12/03)</p>"), NOTHING),
    "in one line with the title": Case(
        page(f"<div><span>{TITLE}</span> <span>11/03/2026</span></div>", title="Tin"), ("2026-03-11", "readable")
    ),
    "in one line with the lead": Case(
        page("<div><i>11/03/2026</i> <span>Con kênh cạn nước đã ba mùa nay lại đầy.</span></div>"),
        ("2026-03-11", "readable"),
    ),
    "beside links that are no headlines": Case(
        page("<div><a href='/kt'>Kinh tế</a> | <span>11/03/2026</span> <a href='#'>In bài viết</a></div>"),
        ("2026-03-11", "readable"),
    ),
    "short teasers in a list behind the body": Case(
        page(behind="<ul><li><a href='/1'>Xóm Đình mở lớp may đầu tiên</a> <i>(11/03/2026)</i></li></ul>"), NOTHING
    ),
    "readers' comments": Case(page(behind="<div class='comments'><b>Lan</b> <i>13/03/2026 08:00</i></div>"), NOTHING),
    "the page's foot": Case(page(behind="<footer><p>Cập nhật: 13/03/2026</p></footer>"), NOTHING),
    "the beginning of all clocks": Case(
        page("<p>12/03/2026</p>", head=ld("1970-01-01T07:00:00+07:00")), ("2026-03-12", "readable")
    ),
    "the beginning of all clocks, printed": Case(page("<p>01/01/1970 07:00</p>"), NOTHING),
    "place and day of a letter": Case(page(first="<p>Cái Nai, ngày 10 tháng 3 năm 2026</p>"), NOTHING),
    "a weekday and a day": Case(page("<p>Thứ Ba, ngày 10 tháng 3 năm 2026</p>"), ("2026-03-10", "readable")),
    "teasers in a table": Case(
        page(f"<table><tr><td>{TEASER.format(n=1)}</td><td>11/03/2026</td></tr></table>"), NOTHING
    ),
    # the title
    "glued to the title": Case(page(title=f"{TITLE}(03/02/2026 21:20)"), ("2026-02-03T21:20+07:00", "readable")),
    "glued to the title, in an element": Case(
        page(title=f"{TITLE} <span>(03/02/2026 21:20)</span>"), ("2026-02-03T21:20+07:00", "readable")
    ),
    "a day glued to the title": Case(page(title=f"{TITLE}(03/02/2026)"), ("2026-02-03", "readable")),
    # updated
    "both in json-ld": Case(
        page(head=ld("2026-03-12T10:47:05+07:00", "2026-03-13T08:00:00+07:00")),
        ("2026-03-12T10:47:05+07:00", "jsonld", "2026-03-13T08:00:00+07:00", "jsonld"),
    ),
    "both in meta": Case(
        page(head=meta(published="2026-03-12T10:47:05+07:00", modified="2026-03-13T08:00:00+07:00")),
        ("2026-03-12T10:47:05+07:00", "meta", "2026-03-13T08:00:00+07:00", "meta"),
    ),
    "og:updated_time": Case(
        page("<p>12/03/2026</p>", head='<meta property="og:updated_time" content="2026-03-13T08:00:00+07:00">'),
        ("2026-03-12", "readable", "2026-03-13T08:00:00+07:00", "meta"),
    ),
    "both as time elements": Case(
        page(
            "<p><time itemprop='datePublished' datetime='2026-03-12T10:47:00+07:00'>12/03/2026 10:47</time> "
            "<time itemprop='dateModified' datetime='2026-03-13T08:00:00+07:00'>13/03/2026 08:00</time></p>"
        ),
        ("2026-03-12T10:47:00+07:00", "meta", "2026-03-13T08:00:00+07:00", "meta"),
    ),
    "the change stands first": Case(
        page(
            "<p><time class='updated' datetime='2026-03-13T08:00:00+07:00'>13/03/2026 08:00</time> "
            "<time class='published' datetime='2026-03-12T10:47:00+07:00'>12/03/2026 10:47</time></p>"
        ),
        ("2026-03-12T10:47:00+07:00", "readable", "2026-03-13T08:00:00+07:00", "readable"),
    ),
    "both printed": Case(
        page("<p>12/03/2026 - 10:47</p><p>Cập nhật: 13/03/2026 - 08:00</p>"),
        ("2026-03-12T10:47+07:00", "readable", "2026-03-13T08:00+07:00", "readable"),
    ),
    "both printed in one line": Case(
        page("<p>Đăng lúc 10:47 12/03/2026 - Cập nhật lúc 08:00 13/03/2026</p>"),
        ("2026-03-12T10:47+07:00", "readable", "2026-03-13T08:00+07:00", "readable"),
    ),
    "both printed in one line, in brackets": Case(
        page("<p>12/03/2026 10:47 (Cập nhật: 13/03/2026)</p>"),
        ("2026-03-12T10:47+07:00", "readable", "2026-03-13", "readable"),
    ),
    "a label apart from its date": Case(
        page("<p><span>12/03/2026 10:47</span> <b>Cập nhật:</b> <i>13/03/2026 08:00</i></p>"),
        ("2026-03-12T10:47+07:00", "readable", "2026-03-13T08:00+07:00", "readable"),
    ),
    "the change behind the body": Case(
        page("<p>12/03/2026 10:47</p>", behind="<p>Cập nhật lần cuối: 13/03/2026 08:00</p>"),
        ("2026-03-12T10:47+07:00", "readable", "2026-03-13T08:00+07:00", "readable"),
    ),
    "a change alone is the publication": Case(page("<p>Cập nhật: 12/03/2026</p>"), ("2026-03-12", "readable")),
    "a change that refines json-ld": Case(
        page("<p>Cập nhật: 12/03/2026 10:47</p>", head=ld("2026-03-12")), ("2026-03-12T10:47+07:00", "readable")
    ),
    "a change later than json-ld": Case(
        page("<p>Cập nhật: 13/03/2026 10:47</p>", head=ld("2026-03-12")),
        ("2026-03-12", "jsonld", "2026-03-13T10:47+07:00", "readable"),
    ),
    "equal": Case(
        page(head=ld("2026-03-12T10:47:05+07:00", "2026-03-12T10:47:05+07:00")),
        ("2026-03-12T10:47:05+07:00", "jsonld", "2026-03-12T10:47:05+07:00", "jsonld"),
    ),
    "changed before it was published": Case(
        page(head=ld("2026-03-12T10:47:05+07:00", "2026-03-10T10:47:05+07:00")),
        ("2026-03-12T10:47:05+07:00", "jsonld"),
        ("updated: jsonld says 2026-03-10T10:47:05+07:00, before",),
    ),
    "changed on the day of publication": Case(
        page("<p>12/03/2026 10:47</p>", head=ld(None, "2026-03-12")),
        ("2026-03-12T10:47+07:00", "readable", "2026-03-12", "jsonld"),
    ),
    "changed at the fetch": Case(
        page(head=ld("2026-03-12T10:47:05+07:00", NOW)), ("2026-03-12T10:47:05+07:00", "jsonld")
    ),
    "changed after the fetch": Case(
        page(head=ld("2026-03-12T10:47:05+07:00", "2026-03-16T10:47:05+07:00")),
        ("2026-03-12T10:47:05+07:00", "jsonld"),
        ("updated: jsonld says 2026-03-16T10:47:05+07:00, after the fetch",),
    ),
    "changed, but published nobody knows when": Case(
        page(head=ld(None, "2026-03-12T10:47:05+07:00")), (None, None, "2026-03-12T10:47:05+07:00", "jsonld")
    ),
    # disagreement
    "json-ld and the page": Case(
        page("<p>30/04/2024</p>", head=ld("2024-05-02")),
        ("2024-05-02", "jsonld"),
        ("published: jsonld says 2024-05-02, the page prints 2024-04-30",),
    ),
    "meta says the same as json-ld": Case(
        page("<p>30/04/2024</p>", head=ld("2024-05-02") + meta(published="2024-05-02T08:00:00+07:00")),
        ("2024-05-02T08:00:00+07:00", "meta"),
        ("published: meta says 2024-05-02T08:00:00+07:00, the page prints 2024-04-30",),
    ),
    "the address": Case(
        page("<p>30/04/2024</p>"),
        ("2024-04-30", "readable"),
        ("published: the page prints 2024-04-30, the address says 2024-05-02",),
        url="https://vidu.example.vn/2024/05/02/vet-kenh.html",
    ),
    "written in the evening before": Case(
        page("<p>13/03/2026</p>"), ("2026-03-13", "readable"), url="https://vidu.example.vn/kenh-20260312233000123.htm"
    ),
    "the month in the address": Case(
        page("<p>30/04/2024</p>"), ("2024-04-30", "readable"), url="https://vidu.example.vn/202404/vet-kenh.html"
    ),
    # the address alone
    "a day in the address": Case(
        page(), ("2024-04-25", "address"), url="https://vidu.example.vn/portal/Pages/2024-4-25/Vet-kenh.aspx"
    ),
    "a month in the address": Case(page(), ("2025-08", "address"), url="https://vidu.example.vn/202508/vet-kenh.html"),
    "a date before the number": Case(
        page(), ("2023-07-16", "address"), url="https://vidu.example.vn/tin/vet-kenh-16072023-a117157.html"
    ),
    "a time in the file's name": Case(
        page(), ("2023-01-12", "address"), url="https://vidu.example.vn/tin/d20230112091014465.htm"
    ),
    "milliseconds": Case(
        page(), ("2025-10-21", "address"), url="https://vidu.example.vn/tin/1445748553374/1761032510129"
    ),
    "years in the slug": Case(page(), NOTHING, url="https://vidu.example.vn/ky-niem-19121946-19122020.html"),
    "a number as long as a day": Case(page(), NOTHING, url="https://vidu.example.vn/vet-kenh-20251301-a1.html"),
    "an address that lies ahead": Case(page(), NOTHING, url="https://vidu.example.vn/2026/12/24/vet-kenh.html"),
    # a site with rules
    "a rule": Case(page("<i class='pubdate'>12/03/2026 - 10:47</i>"), ("2026-03-12T10:47+07:00", "family"), url=RULED),
    "a rule's line has both": Case(
        page("<i class='pubdate'>12/03/2026 - 10:47 | Cập nhật: 13/03/2026 - 08:00</i>"),
        ("2026-03-12T10:47+07:00", "family", "2026-03-13T08:00+07:00", "family"),
        url=RULED,
    ),
    "a rule's line has the change alone": Case(
        page("<i class='pubdate'>Cập nhật: 12/03/2026 - 10:47</i>"), ("2026-03-12T10:47+07:00", "family"), url=RULED
    ),
    "a rule and json-ld": Case(
        page("<i class='pubdate'>30/04/2024 - 10:47</i>", head=ld("2024-05-02")),
        ("2024-04-30T10:47+07:00", "family"),
        ("published: family says 2024-04-30T10:47+07:00, jsonld says 2024-05-02",),
        url=RULED,
    ),
    "a rule and json-ld of the same day": Case(
        page("<i class='pubdate'>30/04/2024 - 10:47</i>", head=ld("2024-04-30T08:00:00+07:00")),
        ("2024-04-30T10:47+07:00", "family"),
        url=RULED,
    ),
    "a rule's day, refined": Case(
        page("<i class='pubdate'>30/04/2024</i>", head=ld("2024-04-30T08:00:00+07:00")),
        ("2024-04-30T08:00:00+07:00", "jsonld"),
        url=RULED,
    ),
    "a rule's date lies ahead": Case(
        page("<i class='pubdate'>30/04/2026</i>", head=ld("2026-03-12T08:00:00+07:00")),
        ("2026-03-12T08:00:00+07:00", "jsonld"),
        ("jsonld says 2026-03-12T08:00:00+07:00, family says 2026-04-30, after the fetch",),
        url=RULED,
    ),
    "a rule's day without a year": Case(page("<i class='pubdate'>(12/03)</i>"), ("2026-03-12", "family"), url=RULED),
    "a rule that does not answer": Case(page("<p>12/03/2026</p>"), ("2026-03-12", "readable"), url=RULED),
    # pages from elsewhere
    "the hours of New York": Case(
        page("<p>May 4, 2019</p>", head=ld("2019-05-05T02:00:00Z"), name="The boats go up the river"),
        ("2019-05-05T02:00:00+00:00", "jsonld"),
        url="https://example.com/boats",
    ),
    "the hours of London": Case(
        page("<p>4 May 2019, 18:21</p>", head=ld("2019-05-04T18:21:44Z"), name="The boats go up the river"),
        ("2019-05-04T18:21:44+00:00", "jsonld"),
        url="https://example.com/boats",
    ),
    "German": Case(page("<p>5. Mai 2019</p>", lang="de"), ("2019-05-05", "readable")),
    "Russian": Case(page("<p>5 мая 2019</p>", lang="ru"), ("2019-05-05", "readable")),
    "Spanish": Case(page("<p>5 de mayo de 2019</p>", lang="es"), ("2019-05-05", "readable")),
    "a street, not a month": Case(page("<p>5 Straße 2019</p>", lang="de"), NOTHING),
    # without the time of the fetch
    "a date above the title, fetched nobody knows when": Case(page(above="<p>12/03/2026</p>"), NOTHING, seen=None),
    "now, fetched nobody knows when": Case(
        page(head=ld(NOW)), ("2026-03-14T08:59:30+07:00", "jsonld"), seen=None
    ),
    # other languages
    "English": Case(page("<p>March 12, 2026</p>"), ("2026-03-12", "readable")),
    "Chinese": Case(page("<p>2026年3月12日</p>"), ("2026-03-12", "readable")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_dates_of_a_page(name: str) -> None:
    case = CASES[name]
    got = read(case.html, url=case.url, seen=case.seen)
    layers = got["extracted_by"]
    said = (got["published"], layers.get("published"), got["updated"], layers.get("updated"))
    assert said == (*case.says, None, None)[:4]
    assert len(got["warnings"]) == len(case.warns), got["warnings"]
    for warning, part in zip(got["warnings"], case.warns, strict=True):
        assert part in warning


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        (f"{TITLE}(03/02/2026 21:20)", TITLE),
        (f"{TITLE} (03/02/2026 21:20)", TITLE),
        (f"{TITLE} (03/02/2026, 21:20)", TITLE),
        (f"{TITLE}(03/02/2026)", TITLE),
        (f"{TITLE} (03/02/2026)", f"{TITLE} (03/02/2026)"),
        (f"{TITLE} ngày 03/02/2026", f"{TITLE} ngày 03/02/2026"),
        (f"{TITLE} (1930 - 2026)", f"{TITLE} (1930 - 2026)"),
    ],
)
def test_a_date_is_cut_from_the_title_that_it_is_glued_to(title: str, cut: str) -> None:
    assert read(page(title=title))["title"] == cut
    assert read(page(title=title, name=title))["title"] == cut


# --- the listing


def listed(day: str, raw: str | None, *, title: str = TITLE, **known: Any) -> Article:
    article = Article(title=title, **known)
    heed_listing(article, day, raw)
    return article


def test_the_listing_knows_the_day_of_an_article_that_has_none() -> None:
    article = listed("2026-03-12", "(12/03)")
    assert (article.published, article.published_precision, article.published_raw) == ("2026-03-12", "day", "(12/03)")
    assert article.extracted_by == {"published": "listing"}


def test_the_listing_knows_more_than_the_month() -> None:
    known = {"published": "2026-03", "published_precision": "month"}
    assert listed("2026-03-12", None, **known, extracted_by={"published": "address"}).published == "2026-03-12"
    other = listed("2026-02-12", None, **known, extracted_by={"published": "address"})
    assert other.published == "2026-03"
    assert other.warnings == ["published: the address says 2026-03, the listing prints 2026-02-12"]


@pytest.mark.parametrize("published", ["2026-03-12", "2026-03-12T10:47+07:00", "2026-03-11T20:00:00+00:00"])
def test_the_listing_says_the_same(published: str) -> None:
    article = listed("2026-03-12", "12/03/2026", published=published, extracted_by={"published": "jsonld"})
    assert (article.published, article.warnings) == (published, [])


def test_the_listing_says_otherwise() -> None:
    article = listed("2026-03-10", "10/3", published="2026-03-12T10:47+07:00", extracted_by={"published": "site"})
    assert article.published == "2026-03-12T10:47+07:00"
    assert article.warnings == ["published: site says 2026-03-12T10:47+07:00, the listing prints 2026-03-10"]


def test_a_day_in_the_title_is_what_the_article_is_about() -> None:
    article = listed("2026-03-10", "10/3/2026", title="Lịch cắt điện ngày 10/3/2026")
    assert (article.published, article.warnings) == (None, [])


# --- properties

WHEN = st.datetimes(datetime(2000, 1, 1), datetime(2026, 3, 13, 23, 59)).map(lambda when: when.replace(tzinfo=VIETNAM))
ANY = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1))
FORMS = [
    "{:%d/%m/%Y}", "{:%d/%m/%Y - %H:%M}", "{:%H:%M, %d/%m/%Y}", "({:%d/%m/%Y %H:%M})", "Cập nhật: {:%d/%m/%Y %H:%M}",
    "{:%Y-%m-%dT%H:%M:%S}", "{:%Y-%m-%dT%H:%M:%S}Z", "{:%Y-%m-%d}", "{:%m/%d/%Y %I:%M:%S %p}", "{:%d/%m}", "{:%Y}",
    "{:%B %d, %Y}", "Ngày {:%d} tháng {:%m} năm {:%Y}", "Thứ hai, {:%d/%m/%Y}, {:%H:%M} (GMT+7)",
]  # fmt: skip
TEXT = st.builds(lambda form, when: form.format(when, when, when), st.sampled_from(FORMS), ANY)


@given(WHEN, st.sampled_from(["{:%d/%m/%Y - %H:%M}", "{:%H:%M, %d/%m/%Y}", "Cập nhật: {:%d/%m/%Y, %H:%M} (GMT+7)"]))
@settings(max_examples=60, deadline=None)
def test_a_time_that_is_printed_comes_back(when: datetime, form: str) -> None:
    got = read(page(f"<p>{form.format(when)}</p>"))
    assert (got["published"], got["published_precision"]) == (f"{when:%Y-%m-%dT%H:%M}+07:00", "minute")
    assert got["warnings"] == []


@given(WHEN, st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_time_that_machines_are_told_comes_back(when: datetime, utc: bool) -> None:
    said = when.astimezone(UTC) if utc else when
    got = read(page(f"<p>{when:%d/%m/%Y}</p>", head=ld(said.isoformat())))
    assert got["published"] is not None
    assert read_date(got["published"]).agrees_with(read_date(when.isoformat()))  # type: ignore[union-attr, arg-type]
    assert got["warnings"] == []


@given(*[st.none() | TEXT] * 6, st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_later_than_the_fetch_nor_changed_before_it_was_published(
    said: str | None, modified: str | None, head: str | None, under: str | None, above: str | None, behind: str | None,
    ruled: bool,
) -> None:  # fmt: skip
    html = page(
        f"<p class='pubdate'>{under or ''}</p>", head=ld(said, modified) + meta(published=head or ""),
        above=f"<p>{above or ''}</p>", behind=f"<p>{behind or ''}</p>",
    )  # fmt: skip
    got = read(html, url=RULED if ruled else URL)
    published, updated = (read_date(got[name] or "") for name in ("published", "updated"))
    for stamp in (published, updated):
        assert stamp is None or stamp.when <= SEEN + timedelta(hours=1)
    assert published is None or updated is None or not updated.is_before(published)
    stated = {name for name in ("published", "updated") if got[name]}
    assert stated == {"published", "updated"} & got["extracted_by"].keys()


@given(st.lists(st.text(max_size=30) | TEXT, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_text_near_the_title(texts: list[str]) -> None:
    read(page("".join(f"<p><b>{text}</b> {text}</p>" for text in (text.replace("<", "") for text in texts))))
