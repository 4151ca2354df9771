"""Dates: every printed shape of the field notes (formats.md 1.1, 1.2), every rule (1.5), and what must be no date."""

from __future__ import annotations

import doctest
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import newscrawl.words.dates
from newscrawl.words import date_addresses, date_lines, datestamp, month_names
from newscrawl.words.dates import VIETNAM, DateStamp, date_from_parts, find_date, read_date

SEEN = datetime(2019, 2, 20, 9, 0, tzinfo=VIETNAM)


def iso(stamp: DateStamp | None) -> str | None:
    return stamp.isoformat() if stamp else None


# formats.md 1.1, in its order. The header clocks are dates here: who knows the fetch time judges them (R5).
SEEN_ON_SITES = {
    "01/08/2018\u00a0": "2018-08-01",
    "(19/02)": "2019-02-19",
    "Đăng ngày 11 - 11 - 2023": "2023-11-11",
    "Đăng ngày 11/11/2023": "2023-11-11",
    "22/10/2025 | Chính trị": "2025-10-22",
    "(22/10/2025)": "2025-10-22",
    "Đăng tải: 22/10/2025": "2025-10-22",
    "22/10/2025 | Lượt xem: 12": "2025-10-22",
    "22/10/2025 08:15 | lượt xem: 12": "2025-10-22T08:15+07:00",
    "(29/06/2026, 14:49)": "2026-06-29T14:49+07:00",
    "07/04/2017 11:00 SA": "2017-04-07T11:00+07:00",
    "07/04/2017 01:00 CH": "2017-04-07T13:00+07:00",
    "Ngày cập nhật 07/04/2017": "2017-04-07",
    "07/03/2018": "2018-03-07",
    "26/11/2020": "2020-11-26",
    "11-8-2020": "2020-08-11",
    "Thứ 3, ngày 23 tháng 4 năm 2024": "2024-04-23",
    "Thứ hai, 05/01/2026 - 08:27": "2026-01-05T08:27+07:00",
    "2025-06-30T19:02:21": "2025-06-30T19:02:21+07:00",
    "08/01/2026 - 18:21": "2026-01-08T18:21+07:00",
    "2026-01-08": "2026-01-08",
    "17/06/2025 13:43": "2025-06-17T13:43+07:00",
    "2025-06-17T13:43:02+0700": "2025-06-17T13:43:02+07:00",
    "10:04, 27/04/2018": "2018-04-27T10:04+07:00",
    "22:38 05/12/2024": "2024-12-05T22:38+07:00",
    "16:19 | 13/08/2020": "2020-08-13T16:19+07:00",
    "(03/02/2019 21:20)": "2019-02-03T21:20+07:00",
    "03/02/2019 - 21:20": "2019-02-03T21:20+07:00",
    "09:20 PM - 03/02/2019": "2019-02-03T21:20+07:00",
    "09:20 AM - 03/02/2019": "2019-02-03T09:20+07:00",
    "03/02/2019 21:20 [A+] [A-]": "2019-02-03T21:20+07:00",
    "Thứ tư, 22/10/2025, 19:25 (GMT+7)": "2025-10-22T19:25+07:00",
    "Thứ ba, 23/12/2025 09:02 (GMT+7)": "2025-12-23T09:02+07:00",
    "06-03-2026, 20:21 (GMT+7)": "2026-03-06T20:21+07:00",
    "2025-12-24T09:30:00": "2025-12-24T09:30:00+07:00",
    "Thứ Sáu, ngày 23 tháng 08 năm 2019, 09:25:27": "2019-08-23T09:25:27+07:00",
    "Minh An - 06:16, 22/08/2024": "2024-08-22T06:16+07:00",
    "1/8/2018 9:5": "2018-08-01T09:05+07:00",
    "ngày 30 tháng 01 năm 2013": "2013-01-30",
    "Ngày 06 tháng 12 năm 2016": "2016-12-06",
}

# formats.md 1.2, with 05/04/2026 throughout: a reader that takes the month first gives 4 May.
SHAPES = {
    "14:30, 05/04/2026": "T14:30+07:00",
    "14:30:09 05/04/2026": "T14:30:09+07:00",
    "14:30 05/04/2026": "T14:30+07:00",
    "14:30 - 05/04/2026": "T14:30+07:00",
    "14:30 | 05/04/2026": "T14:30+07:00",
    "14:30' 05/04/2026": "T14:30+07:00",
    "14:30 ngày 05-04-2026": "T14:30+07:00",
    "05/04/2026 14:30": "T14:30+07:00",
    "05/04/2026, 14:30": "T14:30+07:00",
    "05/04/2026 - 14:30": "T14:30+07:00",
    "05/04/2026 | 14:30": "T14:30+07:00",
    "05/04/2026 02:30 AM": "T02:30+07:00",
    "05-04-2026 - 02:30 PM": "T14:30+07:00",
    "05-04-2026 14:30": "T14:30+07:00",
    "ngày 05 tháng 04 , 2026": "",
    "NGÀY 05 THÁNG 04, 2026 | 14:30": "T14:30+07:00",
    "Ngày 05 Tháng 04, 2026 | 14:30": "T14:30+07:00",
    "2026-04-05 14:30": "T14:30+07:00",
    "2026-04-05T14:30": "T14:30+07:00",
    "05/04/2026": "",
    "04/05/2026 02:30:09 PM": "T14:30:09+07:00",
    "05.04.2026": "",
    "5.4.2026 14:30": "T14:30+07:00",
    "05/04-2026": "",
    "05.04/2026": "",
    "05 - 04 - 2026": "",
    "05/04/2026-14:30": "T14:30+07:00",
    "05/04/2026 – 14:30": "T14:30+07:00",
    "14h30 05/04/2026": "T14:30+07:00",
    "14h30' ngày 5/4/2026": "T14:30+07:00",
    "14h 05/04/2026": "T14:00+07:00",
    "14h, ngày 05/04/2026": "T14:00+07:00",
    "14 giờ 30 phút, ngày 5 tháng 4 năm 2026": "T14:30+07:00",
    "5/4/2026 lúc 14:30": "T14:30+07:00",
    "lúc 14:30 ngày 5/4/2026": "T14:30+07:00",
    "5/4/2026, vào lúc 14 giờ 30": "T14:30+07:00",
    "2 giờ 30 chiều 5/4/2026": "T14:30+07:00",
    "5/4/2026 2h30 trưa": "",
    "05/04/2026 02:30:09 CH": "T14:30:09+07:00",
    "05/04/2026 12:05 AM": "T00:05+07:00",
    "05/04/2026 12:05 CH": "T12:05+07:00",
    "05/04/2026 14:30 PM": "T14:30+07:00",
    "2026-04-05T07:30:09Z": "T07:30:09+00:00",
    "2026-04-05T07:30:09.123Z": "T07:30:09+00:00",
    "2026-04-05T14:30:09.1234567+07:00": "T14:30:09+07:00",
    "2026-04-05T14:30+0700": "T14:30+07:00",
    "2026-04-05T00:30:09-05:00": "T00:30:09-05:00",
    "2026-04-05 14:30:09 +0700": "T14:30:09+07:00",
    "2026/4/5": "",
    "ngày 05 tháng 4 năm 2026": "",
    "ngày 5 tháng tư năm 2026": "",
    "Ngay 5 thang 4 nam 2026": "",
    "5 Tháng Tư, 2026": "",
    "Tháng Tư 5, 2026": "",
    "05 Th4 2026": "",
    "5 thg 4, 2026 14:30": "T14:30+07:00",
    "April 5, 2026": "",
    "Apr 5th, 2026 2:30 PM": "T14:30+07:00",
    "5 Apr 2026": "",
    "05-Apr-2026 14:30": "T14:30+07:00",
    "Sun, 05 Apr 2026 14:30:09 +0700": "T14:30:09+07:00",
    "Sun, 05 Apr 2026 07:30:09 GMT": "T07:30:09+00:00",
    "Sun Apr 05 2026 14:30:09 GMT+0700 (Indochina Time)": "T14:30:09+07:00",
    "năm 2026 tháng 4 ngày 5": "",  # dateparser's
    "tháng 4, ngày 5 năm 2026": "",
    "Cập nhật lúc: 14:30 05/04/2026": "T14:30+07:00",
    "05/04/2026 05/04/2026 14:30": "T14:30+07:00",
    "2026年4月5日": "",
    "2026年04月05日 14:30": "T14:30+07:00",
    "2026년 4월 5일": "",
    "05/04/2026 14:30 (ICT)": "T14:30+07:00",
    "14:30 ICT 05/04/2026": "T14:30+07:00",
    "April 5, 2026, 02:30 PM EST": "",  # nobody says what time that was here
    "5 April 2026 14:30 CEST": "",
    "2026-04-05T14:30:09.5+07:00": "T14:30:09+07:00",
    "2026-04-05 14:30:09+0700": "T14:30:09+07:00",
}
WEEKDAYS = [
    "Chủ nhật",
    "CHỦ NHẬT",
    "chủ nhật",
    "Chúa nhật",
    "Chu nhat",
    "CN",
    "cn",
    "Sunday",
    "Sun",
    "Thứ Hai",
    "THỨ 2",
    "T2",
]
WEEKDAYS += [
    "thứ ba",
    "Thứ tư",
    "THỨ NĂM",
    "Thứ 5",
    "T5",
    "t5",
    "Thứ sáu",
    "Thứ bảy",
    "Thứ bẩy",
    "T7",
]  # wrong days: ignored


@pytest.mark.parametrize(("text", "expected"), SEEN_ON_SITES.items())
def test_strings_seen_on_sites(text: str, expected: str) -> None:
    assert iso(read_date(text, seen_at=SEEN)) == expected
    assert iso(find_date(text, seen_at=SEEN)) == expected


@pytest.mark.parametrize(("text", "clock"), SHAPES.items())
def test_shapes_of_other_crawlers(text: str, clock: str) -> None:
    assert iso(read_date(text)) == "2026-04-05" + clock


@pytest.mark.parametrize("weekday", WEEKDAYS)
@pytest.mark.parametrize("pause", [", ", " ", ",", " - ", ", ngày ", " ngày "])
def test_weekdays_are_stripped(weekday: str, pause: str) -> None:
    assert iso(read_date(f"{weekday}{pause}05/04/2026 14:30")) == "2026-04-05T14:30+07:00"
    assert iso(read_date(f"14:30, {weekday}{pause}05/04/2026")) == "2026-04-05T14:30+07:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05/04/2026", "2026-04-05"),
        ("T5, 12/03/2026", "2026-03-12"),
        ("Thứ hai, 05/04/2026", "2026-04-05"),  # 5 April is a Sunday, 4 May a Monday: still day first
        ("8/1/2018 9:05:12 AM", "2018-08-01T09:05:12+07:00"),
        ("9:05:12 AM 8/1/2018", "2018-08-01T09:05:12+07:00"),
        ("8/1/2018 9:05 AM", "2018-01-08T09:05+07:00"),  # no seconds
        ("8/1/2018 9:05:12", "2018-01-08T09:05:12+07:00"),  # no AM
        ("8/1/2018 9:05:12 SA", "2018-01-08T09:05:12+07:00"),  # Vietnamese, so no US locale
        ("13/8/2018 9:05:12 AM", "2018-08-13T09:05:12+07:00"),  # no thirteenth month
        ("Thứ tư, 8/1/2018 9:05:12 AM", "2018-08-01T09:05:12+07:00"),  # a Wednesday, if month first
        ("Thứ hai, 8/1/2018 9:05:12 AM", "2018-01-08T09:05:12+07:00"),  # a Monday, if day first
        ("08/31/2018", "2018-08-31"),  # day first is impossible
        ("Thứ sáu, 08/31/2018", "2018-08-31"),
        ("Thứ hai, 08/31/2018", None),  # and the weekday says no
    ],
)
def test_r1_r2_order(text: str, expected: str | None) -> None:
    assert iso(read_date(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("08/01/2026 - 18:21:05", "2026-01-08T18:21:05+07:00", "second"),
        ("08/01/2026 - 18:21", "2026-01-08T18:21+07:00", "minute"),
        ("08/01/2026", "2026-01-08", "day"),
        ("Tháng 8 năm 2018", "2018-08", "month"),
        ("THÁNG 8 NĂM 2018", "2018-08", "month"),
        ("Tháng tám năm 2018", "2018-08", "month"),
        ("Tháng năm năm 2018", "2018-05", "month"),
        ("Tháng năm 2018", "2018-05", "month"),
        ("Tháng 8/2018", "2018-08", "month"),
        ("Tháng 8, 2018", "2018-08", "month"),
        ("August 2018", "2018-08", "month"),
        ("08/2018", "2018-08", "month"),
        ("Cập nhật: 8/2018", "2018-08", "month"),
        ("2018-08", "2018-08", "month"),
        ("2018", "2018", "year"),
        ("Năm 2018", "2018", "year"),
    ],
)
def test_r3_precision_is_kept(text: str, expected: str, precision: str) -> None:
    stamp = read_date(text)
    assert stamp is not None
    assert (stamp.isoformat(), stamp.precision, stamp.raw) == (expected, precision, text)
    assert read_date(stamp.isoformat()) == DateStamp(stamp.when, stamp.precision, stamp.isoformat())


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("  01/08/2018\u00a0", "01/08/2018"),
        ("01/\u200b08/2018\ufeff", "01/08/2018"),
        ("(19/02)", "(19/02)"),
        ("Đăng ngày  11 - 11 -\n2023", "Đăng ngày 11 - 11 - 2023"),
        ("22/10/2025 | Lượt xem: 12", "22/10/2025"),
        ("Đăng tải: 22/10/2025 08:15 [ Cỡ chữ: A+ 22/10/2026 ]", "Đăng tải: 22/10/2025 08:15"),
        ("16:19 | 13/08/2020 | 5 bình luận", "16:19 | 13/08/2020"),
        ("01/08/2018 | Cập nhật 05/08/2018", "01/08/2018"),
        ("[01/08/2018]", "[01/08/2018]"),
    ],
)
def test_r4_r7_raw_is_the_folded_text_up_to_the_cut(text: str, raw: str) -> None:
    stamp = read_date(text, seen_at=SEEN)
    assert stamp is not None
    assert stamp.raw == raw


@pytest.mark.parametrize("text", ["ngày 05 tháng 10 năm 2025", "Thứ bảy, ngày 05 tháng mười, năm 2025"])
def test_r7_r8_month_words_in_either_normal_form(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text).replace(" ", "\u00a0")
    assert decomposed != text
    assert iso(read_date(decomposed)) == iso(read_date(text)) == "2025-10-05"


@pytest.mark.parametrize(
    ("text", "seen_at", "expected"),
    [
        ("(19/02)", SEEN, "2019-02-19"),
        ("(20/02)", SEEN, "2019-02-20"),
        ("(21/02)", SEEN, "2018-02-21"),
        ("(9/2)", SEEN, "2019-02-09"),
        ("19/02", SEEN, "2019-02-19"),
        ("(29/02)", SEEN, "2016-02-29"),
        ("(29/02)", datetime(2020, 2, 29, tzinfo=VIETNAM), "2020-02-29"),
        ("(20/02)", datetime(2019, 2, 19, 18, 0, tzinfo=UTC), "2019-02-20"),  # already the 20th in Vietnam
        ("(20/02)", datetime(2019, 2, 19, 16, 0, tzinfo=UTC), "2018-02-20"),
        ("(20/02)", datetime(2019, 2, 20), "2019-02-20"),  # naive is Vietnam time
        ("(31/12)", SEEN, "2018-12-31"),
        ("(12/31)", SEEN, None),  # never month first
        ("(31/02)", SEEN, None),
        ("(19/02)", None, None),
        ("Tiêu đề (19/02)", SEEN, "2019-02-19"),
        ("Tiêu đề (19/02) (18/02)", SEEN, None),
        ("tỷ lệ 3/4", SEEN, None),
        ("hoạt động 24/7", SEEN, None),
        ("Chiều 22-10", SEEN, None),
    ],
)
def test_r6_days_without_a_year(text: str, seen_at: datetime | None, expected: str | None) -> None:
    assert iso(read_date(text, seen_at=seen_at)) == expected
    assert iso(find_date(text, seen_at=seen_at)) == expected


NO_DATES = """
31/02/2018; 32/1/2018; 13/13/2018; 0/1/2018; 29/02/2019; 31/04/2018 10:00; 00/2018; 13/2018; Tháng 13 năm 2018
25:00 01/08/2018; 01/08/2018 24:00; 01/08/2018 10:60; 01/08/2018 10:20:60; 01/08/2018 13:30 AM; 01/08/2018 08:30-10:30
2018-13-01; 2018-02-30T10:00; 2018-08-01T10:00:00+25:00; ngày 31 tháng 2 năm 2018; February 30, 2018
01/08/18; 1-8-18; 18-08-01; 01/08/1944; 01/08/2101; 1944; 01/08/0018; 01/08/12018; 11/2018/01
hôm qua; hôm nay; 2 giờ trước; 5 phút trước; 3 ngày trước; cách đây 2 tháng; tháng trước; 14:30; Thứ hai; năm ngoái
1.2.2018.4; 10.1.2.2018; 16/CT-TTg; 57-NQ/TW; 1.234.567; 01/2018/NĐ-CP; số 01/08/2018; v1.8.2018.1; 0259.3.822.018
+84.12.3.2018; 068-12-03-2018; 2-8/2018; 25-26/4/2018; 5 - 12/03/2026; 01/08/2018/QĐ-UBND; 5/2018/TT; Quý 1/2018
Số 12/2018; Khóa 2018 2019; 20180801; 5 8 2018; Tháng 8 năm 2018 số 5; số 5 tháng 8 năm 2018
Mùng 5 tháng 8 âm lịch 2018
Từ ngày 11/7/2020 đến 15/7/2020; 01/08/2018 - 02/08/2018; Trong 2 ngày (từ ngày 25-26/4); Sáng 24.11; Ngày 14-3; 8-1
x01/08/2018; 01/08/2018x; ; (); |; [; tháng; ngày tháng năm; Tháng 2018; thg 99999999999999999999 năm 2018
"""


@pytest.mark.parametrize("text", [text.strip() for text in re.split("[;\n]", NO_DATES)])
def test_r9_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, seen_at=SEEN) is None
    assert find_date(text, seen_at=SEEN) is None


@pytest.mark.parametrize("text", ["ngày ", "Đăng ngày : ", "1/", "12:30 ", "Thứ ", "(", " - ", "\u00a0", "1.2.2018."])
def test_no_pattern_runs_away(text: str) -> None:
    """Words that repeat must not make a pattern try every way to part them; such a test would never end."""
    assert read_date(text * 400, seen_at=SEEN) is None
    assert find_date(text * 400, seen_at=SEEN) is None


def test_a_sentence_is_no_date_element() -> None:
    words = "Ngày 30/7/2018, đồng chí Phó Chủ tịch chủ trì cuộc họp về công tác dân vận của các cấp chính quyền"
    assert read_date(words) is None
    assert iso(find_date(words)) == "2018-07-30"
    assert iso(read_date("Cổng thông tin điện tử tỉnh, 30/7/2018")) == "2018-07-30"


@pytest.mark.parametrize(
    ("line", "expected", "raw"),
    [
        ("Minh An - 06:16, 22/08/2024", "2024-08-22T06:16+07:00", "06:16, 22/08/2024"),
        ("Title (03/02/2019 21:20)", "2019-02-03T21:20+07:00", "(03/02/2019 21:20)"),
        ("Khai mạc hội chợ(03/02/2019 21:20)", "2019-02-03T21:20+07:00", "(03/02/2019 21:20)"),
        ("Hội nghị tổng kết năm 2018 (03/02/2019)", "2019-02-03", "(03/02/2019)"),
        ("Kết luận 57-NQ/TW của Trung ương 03/02/2019", "2019-02-03", "03/02/2019"),
        (" (19/02) Báo Ninh Thuận", "2019-02-19", "(19/02)"),
        ("Tin ảnh: Minh An (Thứ tư, 22/10/2025, 19:25 (GMT+7))", "2025-10-22T19:25+07:00", None),
        ("(22/10/2025 19:25 GMT+7) Tin", "2025-10-22T19:25+07:00", "(22/10/2025 19:25 GMT+7)"),
        ("14:49 (29/06/2026) Tin", "2026-06-29T14:49+07:00", "14:49 (29/06/2026)"),
        ("Tin lúc 14h30 ngày 05-10-2025.", "2025-10-05T14:30+07:00", "lúc 14h30 ngày 05-10-2025"),
        ("Tin\u00a001/08/2018: nội dung", "2018-08-01", "01/08/2018"),
        ("08:30 - 10:30 01/08/2018 họp", "2018-08-01", "01/08/2018"),  # a span of hours is no time of publication
        ("Tháng 8 năm 2018", None, None),
        ("Kế hoạch năm 2018", None, None),
        ("Tin cũ 31/02/2018 (01/03/2018)", None, None),
    ],
)
def test_find_date_in_a_line(line: str, expected: str | None, raw: str | None) -> None:
    stamp = find_date(line, seen_at=SEEN)
    assert iso(stamp) == expected
    if raw:
        assert stamp is not None
        assert stamp.raw == raw


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("2024", "4", "25"), "2024-04-25"),
        (("2026", "07", "15"), "2026-07-15"),
        ((2023, 7, 16), "2023-07-16"),
        (("2025", "08"), "2025-08"),
        (("2025", "08", None), "2025-08"),
        (("2025", "13"), None),
        (("2025", "02", "30"), None),
        (("25", "02", "03"), None),
        (("2025", "", "03"), None),
        (("2025", "02", ""), None),
        (("2025", "-2", "3"), None),
        (("٢٠٢٥", "2", "3"), None),
        (("1900", "2", "3"), None),
    ],
)
def test_date_from_parts(parts: tuple[str, ...], expected: str | None) -> None:
    stamp = date_from_parts(*parts)
    assert iso(stamp) == expected
    assert stamp is None or stamp.raw == "-".join(str(part) for part in parts if part is not None)


# formats.md 1.4, and what only looks like one of these.
ADDRESSES = {
    "/portal/Pages/2024-4-25/Vet-kenh.aspx": "2024-04-25",
    "/portal/pages/2026-07-15/vet-kenh.aspx": "2026-07-15",
    "/2023/1/8/vet-kenh.html": "2023-01-08",
    "/tin/2023/01/vet-kenh": "2023-01",
    "/202508/vet-kenh.html": "2025-08",
    "/20250811/vet-kenh.html": "2025-08-11",
    "/vet-kenh-16072023-a117157.html": "2023-07-16",
    "/d20230112091014465.htm": "2023-01-12",
    "/vet-kenh-20240425153012345.htm": "2024-04-25",
    "/vet-kenh-20240425153012.html?p=2": "2024-04-25",
    "/1445748553374/1761032510129": "2025-10-21",
    "/ky-niem-19121946-19122020.html": None,
    "/hoi-nghi-ngay-30-7-2018-a12.html": None,
    "/nam-hoc-2019-2020/vet-kenh.html": None,
    "/2019-20/vet-kenh.html": None,
    "/1930/2/3/thanh-lap.html": None,
    "/vet-kenh-31132023-a117157.html": None,
    "/vet-kenh-a20240425.html": None,
    "/tin?ngay=/2024/04/25/": None,
    "/20242504/vet-kenh.html": None,
}


@pytest.mark.parametrize("path", ADDRESSES)
def test_dates_in_addresses(path: str) -> None:
    assert iso(date_addresses.date_in_address(path)) == ADDRESSES[path]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/anh/kenh_20230429100214.jpg", "2023-04-29"),
        ("/upload/2023/1/8/kenh.jpg", "2023-01-08"),
        ("/upload/2026/20260108/images/web-8-1-2026-16.webp", "2026-01-08"),
        ("/uploads/2024/08/kenh.jpg", "2024-08"),
        ("/uploads/kenh.jpg", None),
        ("/uploads/1200x800/kenh-2024.jpg", None),
    ],
)
def test_dates_in_addresses_of_pictures(address: str, expected: str | None) -> None:
    assert iso(date_addresses.date_in_picture(address)) == expected


@given(st.text() | st.lists(st.sampled_from([*"/-._?", "2024", "20240425", "4", "25", "153012345", "a"])).map("".join))
def test_any_address(text: str) -> None:
    for stamp in (date_addresses.date_in_address(text), date_addresses.date_in_picture(text)):
        assert stamp is None or 1997 <= stamp.when.year <= 2099


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("5. Mai 2019", "de", date(2019, 5, 5)),
        ("5 мая 2019", "ru", date(2019, 5, 5)),
        ("5 мая 2019 г.", "ru", date(2019, 5, 5)),
        ("1er mai 2019", "fr", date(2019, 5, 1)),
        ("Rabu, 8 Mei 2019", "id", date(2019, 5, 8)),
        ("5 de mayo de 2019", "es", date(2019, 5, 5)),
        ("5 rue 2019", "fr", None),
        ("5. Mai 2019", "xx", None),
        ("Ein Satz am 5. Mai 2019", "de", None),
        ("5. Mai 19", "de", None),
    ],
)
def test_names_of_months(text: str, language: str, day: date | None) -> None:
    found = month_names.day_by_month_name(text, language)
    assert (found.date() if found else None) == day


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("12/03/2026", ("12/03/2026", "")),
        ("Cập nhật: 12/03/2026", ("", "Cập nhật: 12/03/2026")),
        ("12/03/2026 | Cập nhật lần cuối: 13/03/2026", ("12/03/2026", "Cập nhật lần cuối: 13/03/2026")),
        ("Cập nhật: 13/03/2026 - Đăng: 12/03/2026", ("Đăng: 12/03/2026", "Cập nhật: 13/03/2026")),
        ("Published May 5, 2019. Updated May 6, 2019", ("Published May 5, 2019.", "Updated May 6, 2019")),
        ("Ngày cập nhật 12/03/2026", ("", "Ngày cập nhật 12/03/2026")),
    ],
)
def test_the_parts_of_a_line(line: str, parts: tuple[str, str]) -> None:
    assert date_lines.parted(line) == parts


def test_agreement_is_at_the_coarser_precision_and_in_one_zone() -> None:
    def agree(one: str, other: str) -> bool:
        first, second = read_date(one), read_date(other)
        assert first is not None
        assert second is not None
        assert first.agrees_with(second) == second.agrees_with(first)
        return first.agrees_with(second)

    assert agree("2026-01-08", "08/01/2026 - 18:21")
    assert agree("2026-01-08T18:21:05", "08/01/2026 - 18:21")
    assert agree("2026-01-08T11:21:05Z", "08/01/2026 - 18:21")
    assert agree("2026-01-07T20:00:00Z", "08/01/2026")
    assert agree("2026", "08/01/2026")
    assert agree("01/2026", "08/01/2026")
    assert not agree("2026-01-08T18:21:05Z", "08/01/2026 - 18:21")
    assert not agree("2026-01-08", "09/01/2026")
    assert not agree("02/2026", "08/01/2026")


def test_a_stamp_is_a_value_and_its_day_is_vietnams() -> None:
    stamp = read_date("2018-08-01T20:00:00Z")
    assert stamp is not None
    assert (stamp.isoformat(), stamp.day) == ("2018-08-01T20:00:00+00:00", date(2018, 8, 2))
    assert stamp == read_date("2018-08-01T20:00:00Z")
    with pytest.raises(AttributeError):
        stamp.raw = ""  # type: ignore[misc]


# Properties

DATES = st.datetimes(datetime(1945, 1, 1), datetime(2100, 12, 31, 23, 59, 59)).map(
    lambda when: when.replace(microsecond=0)
)
DAY_SHAPES = [
    "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{y}", "{d:02}.{m:02}.{y}", "{d} - {m} - {y}",
    "ngày {d} tháng {m} năm {y}", "NGÀY {d:02} THÁNG {m:02}, {y}", "ngày {d:02} tháng {m:02} , {y}",
    "({d:02}/{m:02}/{y})", "{y}-{m:02}-{d:02}", "Đăng ngày {d} - {m} - {y}", "{d:02}/{m:02}/{y} | Lượt xem: 12",
    "Ngày cập nhật {d:02}/{m:02}/{y}", "{wd}, {d}/{m}/{y}",
]  # fmt: skip
MINUTE_SHAPES = [
    "{d}/{m}/{y} {H}:{M}", "{d:02}/{m:02}/{y} - {H:02}:{M:02}", "{d}-{m}-{y} | {H}:{M:02}", "{H}:{M:02} | {d}.{m}.{y}",
    "({d:02}/{m:02}/{y}, {H:02}:{M:02})", "{H:02}:{M:02}, {d:02}/{m:02}/{y}", "{H:02}:{M:02}' {d:02}/{m:02}/{y}",
    "{H}h{M:02} {d}/{m}/{y}", "{H} giờ {M} phút, ngày {d} tháng {m} năm {y}", "{d}/{m}/{y} lúc {H}:{M:02}",
    "{y}-{m:02}-{d:02}T{H:02}:{M:02}", "{d:02}/{m:02}/{y} {h:02}:{M:02} {half}", "{h}:{M:02} {us} - {d}/{m}/{y}",
    "{wd}, {d:02}/{m:02}/{y}, {H:02}:{M:02} (GMT+7)",
]  # fmt: skip
SECOND_SHAPES = [
    "{d}/{m}/{y} {H}:{M}:{S}", "{H:02}:{M:02}:{S:02} {d:02}/{m:02}/{y}", "{y}-{m:02}-{d:02}T{H:02}:{M:02}:{S:02}",
    "{y}-{m:02}-{d:02}T{H:02}:{M:02}:{S:02}.123+07:00", "{y}-{m:02}-{d:02} {H:02}:{M:02}:{S:02} +0700",
    "{m}/{d}/{y} {h}:{M:02}:{S:02} {us}", "{wd}, ngày {d} tháng {m} năm {y}, {H:02}:{M:02}:{S:02}",
]  # fmt: skip
VIETNAMESE_DAYS = ["Thứ hai", "Thứ 3", "Thứ tư", "T5", "Thứ Sáu", "THỨ BẢY", "CN"]


def printed(shape: str, when: datetime) -> str:
    return shape.format(
        d=when.day, m=when.month, y=when.year, H=when.hour, M=when.minute, S=when.second, h=when.hour % 12 or 12,
        half="SA" if when.hour < 12 else "CH", us="AM" if when.hour < 12 else "PM", wd=VIETNAMESE_DAYS[when.weekday()],
    )  # fmt: skip


@given(DATES, st.sampled_from(DAY_SHAPES))
def test_printed_days_come_back(when: datetime, shape: str) -> None:
    assert iso(read_date(printed(shape, when))) == iso(find_date(printed(shape, when))) == f"{when:%Y-%m-%d}"


@given(DATES, st.sampled_from(MINUTE_SHAPES))
def test_printed_minutes_come_back(when: datetime, shape: str) -> None:
    text = printed(shape, when)
    assert iso(read_date(text)) == iso(find_date(text)) == f"{when:%Y-%m-%dT%H:%M}+07:00"


@given(DATES, st.sampled_from(SECOND_SHAPES))
def test_printed_seconds_come_back(when: datetime, shape: str) -> None:
    text = printed(shape, when)
    assert iso(read_date(text)) == iso(find_date(text)) == f"{when:%Y-%m-%dT%H:%M:%S}+07:00"


WORDS = """
0 1 2 3 5 8 9 12 13 24 28 30 31 32 59 60 99 018 2018 2026 1945 12018 / - . : | [ ] ( ) , ; ' + T Z h g giờ phút lúc
ngày tháng thg năm nam SA CH AM PM chiều trưa GMT+7 +0700 -0500 Thứ hai T5 CN Sun Aug May mười một tám số qua trước hôm
"""
PIECES = WORDS.split()
TEXTS = st.text() | st.lists(st.sampled_from([*PIECES, " ", " ", "\u00a0", "/", "/"]), max_size=16).map("".join)
SPACED = st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join)
MONTH_WORDS = re.compile("th|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)


@given(TEXTS | SPACED, st.datetimes(datetime(1950, 1, 1), datetime(2099, 1, 1)))
@example("\ud800 01/08/2018", datetime(2019, 1, 1))
@example("1 ſep 2018", datetime(2019, 1, 1))
@example("frİ, 05/04/2026, tháng mườİ 2018", datetime(2019, 1, 1))
@example("٠١/٠٨/٢٠١٨", datetime(2019, 1, 1))
def test_any_text_is_read_without_raising_and_nothing_is_invented(text: str, seen_at: datetime) -> None:
    for stamp in (read_date(text), find_date(text)):
        if stamp is None:
            continue
        numbers = {int(number) for number in re.findall("[0-9]+", unicodedata.normalize("NFC", text))}
        assert stamp.when.year in numbers
        assert stamp.precision == "year" or stamp.when.month in numbers or MONTH_WORDS.search(text)
        assert stamp.precision in ("year", "month") or stamp.when.day in numbers
    read_date(text, seen_at=seen_at)
    find_date(text, seen_at=seen_at)


@given(TEXTS | SPACED)
def test_any_line(text: str) -> None:
    published, changed = date_lines.parted(text)
    assert published in text
    assert changed in text
    assert text.startswith(date_lines.dated_title(text)[0])
    date_lines.says_no_more(text, "")
    date_lines.segment_of(text, text[3:9] or "x")


@given(st.dates(date(2000, 1, 1), date(2000, 12, 31)), st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1)))
def test_a_day_without_a_year_is_the_latest_before_it_was_seen(day: date, seen: datetime) -> None:
    stamp = read_date(f"({day.day:02}/{day.month:02})", seen_at=seen.replace(tzinfo=VIETNAM))
    assert stamp is not None
    assert (stamp.day.month, stamp.day.day, stamp.precision) == (day.month, day.day, "day")
    most = timedelta(days=4 * 366) if (day.month, day.day) == (2, 29) else timedelta(days=366)
    assert timedelta(0) <= seen.date() - stamp.day < most


@pytest.mark.parametrize(
    "module", [date_addresses, date_lines, newscrawl.words.dates, datestamp, month_names], ids=lambda m: m.__name__
)
def test_examples_in_the_documentation(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("read", [read_date, find_date])
def test_a_text_is_no_date(read: Any) -> None:
    """However it begins; but blanks of a template do not matter."""
    assert read("12/03/2026" + " " * 1000) is not None
    assert read("12/03/2026 " * 200) is None
