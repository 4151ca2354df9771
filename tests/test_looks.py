"""Stored articles are looked at again: when, how often, what is asked, and what comes of it, on a clock of its own."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import DownloadConnectionRefusedError

from newscrawl.items import Article
from newscrawl.keeping.accounts import Accounts, recovered_counts
from newscrawl.keeping.looks import Validators
from newscrawl.keeping.looktimes import DISTANCES, LEEWAY, MOST_FAILURES, RECENT, is_recent, next_look
from newscrawl.keeping.schema import _STEPS, VERSION
from newscrawl.pipelines import JsonLinesPipeline
from tests.nights import DAY, FIRST, Nights, Press
from tests.onerun import Killed, kill, killed_at

HOUR = timedelta(hours=1)
FAST = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)  # nobody waits for a disk there
STEPS = [distance / DAY for distance in DISTANCES]  # in days


@pytest.fixture
def press() -> Press:
    made = Press()
    made.publish(1, 2, 3)
    return made


@pytest.fixture
def night() -> Iterator[Any]:
    """Makes the nights of a paper."""
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        yield lambda press, looks=100: Nights(Path(folder), press, looks)


def looks(nights: Nights) -> dict[str, tuple[Any, ...]]:
    """The looks to come, by the ids of their articles."""
    db = sqlite3.connect(nights.folder / "ledger.sqlite")
    rows = db.execute("SELECT id, due, failures, missing, etag, modified FROM look").fetchall()
    db.close()
    return {row[0]: tuple(row[1:]) for row in rows}


def states(nights: Nights) -> Counter[str]:
    db = sqlite3.connect(nights.folder / "ledger.sqlite")
    found = Counter(state for (state,) in db.execute("SELECT state FROM page"))
    db.close()
    return found


def marks(nights: Nights) -> dict[str, str]:
    """When articles were taken down."""
    db = sqlite3.connect(nights.folder / "ledger.sqlite")
    found = dict(db.execute("SELECT id, taken_down FROM article WHERE taken_down IS NOT NULL"))
    db.close()
    return found


# --- the schedule


def test_the_distances_grow() -> None:
    gaps = [later - earlier for earlier, later in zip((timedelta(), *DISTANCES), DISTANCES, strict=False)]
    assert gaps == sorted(gaps)
    assert DISTANCES[0] - LEEWAY >= 12 * HOUR, "no run of the same day looks at what it has just stored"


@pytest.mark.parametrize(
    ("now", "due"),
    [(0, 1), (0.4, 1), (1, 3), (1.4, 3), (3, 7), (4, 7), (7, 21), (8, 21), (20, 21), (21, 60), (59, 60), (60, None),
     (400, None)],
)  # fmt: skip
def test_the_next_look(now: float, due: float | None) -> None:
    assert next_look(FIRST, FIRST + now * DAY) == (None if due is None else FIRST + due * DAY - LEEWAY)


@given(st.floats(0, 100))
def test_a_look_is_never_right_behind_another(days: float) -> None:
    now = FIRST + days * DAY
    due = next_look(FIRST, now)
    assert due is None or due > now + LEEWAY


@pytest.mark.parametrize(
    ("day", "recent"),
    [("2026-05-14", True), ("2026-04-30", True), ("2026-04-29", False), ("2015-05-14", False), ("2031-01-01", True),
     ("2026-05", True), ("2026-03", False), ("2026", True), ("2025", False), (None, True)],
)  # fmt: skip
def test_what_is_recent(day: str | None, recent: bool) -> None:
    assert timedelta(days=14) == RECENT
    assert is_recent(day, FIRST) is recent
    assert is_recent(day, FIRST.astimezone(UTC)) is recent, "days are Vietnam's"


def test_ten_nights_and_more(press: Press, night: Any) -> None:
    """An article that is stored in the first is asked for in these nights, and never else."""
    nights = night(press)
    looked = []
    for day in (*range(10), 20, 21, 22, 40, 59, 60, 61, 90):
        counts = nights(day)
        assert counts["looks"] == counts["unchanged"] == len(nights.asked) * (day > 0)
        looked += [day] if nights.asked else []
    assert looked == [0, *STEPS]
    assert looks(nights) == {}, "what is known for ever takes no room"
    assert nights.numbers() == [1, 2, 3]


def test_runs_that_begin_minutes_earlier_find_them_due(press: Press, night: Any) -> None:
    nights = night(press)
    nights(0.1)  # the first run took so long
    for day in (1, 3, 7, 21, 60):
        assert nights(day)["looks"] == 3, day


def test_a_run_right_behind_asks_for_heads_only(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    for hours in (0, 1, 12):
        assert nights(hours / 24)["found"] == 0
        assert nights.asked == []


def test_looks_that_came_late_are_not_made_up_for(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    assert [nights(day)["looks"] for day in (30, 30.5, 31, 60, 90)] == [3, 0, 0, 3, 0]


def test_what_is_overdue_for_months_is_forgotten(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    assert nights(62)["looks"] == 0
    assert looks(nights) == {}


def test_an_archive_gets_no_looks(night: Any) -> None:
    press = Press()
    press.publish(*range(1, 21), day=FIRST - 4000 * DAY)
    press.publish(*range(21, 24), day=FIRST - 5 * DAY)
    nights = night(press)
    nights()
    assert sorted(looks(nights)) == ["bao:21", "bao:22", "bao:23"]


def test_an_article_without_a_day_counts_from_when_it_was_found(night: Any) -> None:
    press = Press()
    press.publish(1)
    press.days[1] = None
    nights = night(press)
    nights()
    assert nights(1)["looks"] == 1


# --- the budget


def test_a_budget_gives_every_article_its_turn(night: Any) -> None:
    press = Press()
    press.publish(*range(1, 11))
    nights = night(press, 4)
    nights()
    seen: Counter[str] = Counter()
    for day in (1, 1.1, 1.2):
        counts = nights(day)
        assert counts["found"] == counts["looks"] == len(nights.asked) <= 4
        seen.update(nights.asked)
    assert set(seen.values()) == {1}
    assert len(seen) == 10


def test_each_look_is_given_once(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    run = nights.open(1)
    given = [look.id for _ in range(4) for look in run.frontier.take_looks(2)]
    assert sorted(given) == ["bao:1", "bao:2", "bao:3"]
    run.close()


def test_the_longest_overdue_is_first(night: Any) -> None:
    press = Press()
    press.publish(1)
    nights = night(press, 1)
    nights()
    press.now += DAY
    press.publish(2)
    nights(1.1)
    assert nights.asked == ["/bai-a2.html", "/bai-a1.html"], "news first"
    nights(3)
    assert nights.asked == ["/bai-a2.html"], "due since 2.1, the other since 3"


def test_no_budget_no_looks(press: Press, night: Any) -> None:
    nights = night(press, 0)
    nights()
    assert nights(1)["found"] == 0
    nights.looks = 100
    assert nights(1)["looks"] == 3


@pytest.mark.parametrize("arguments", [{"since": "2020-01-01"}, {"limit": "5"}, {"categories": "tin"}])
def test_a_run_for_a_part_of_the_site_makes_none(arguments: dict[str, str], press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    assert nights(1, **arguments)["found"] == 0
    assert nights(1)["looks"] == 3


def test_looks_come_after_all_that_is_new(press: Press, night: Any) -> None:
    nights = night(press)
    press.at["/bai-a2.html"] = 500
    nights()
    press.at.clear()
    press.publish(7, 8)
    nights(1)
    new, carried, old = nights.asked[:2], nights.asked[2], nights.asked[3:]
    assert (set(new), carried) == ({"/bai-a7.html", "/bai-a8.html"}, "/bai-a2.html")
    assert set(old) == {"/bai-a1.html", "/bai-a3.html"}


# --- asked for conditionally


@pytest.mark.parametrize("validators", [("etag",), ("modified",), ("etag", "modified"), ()])
def test_the_server_is_asked_whether_it_has_changed(validators: tuple[str, ...], press: Press, night: Any) -> None:
    press.validators = validators
    nights = night(press)
    nights()
    for day in STEPS:
        assert nights(day)["unchanged"] == 3
        for path, status, headers in press.requests[1:]:
            number = int(path.rpartition("-a")[2].removesuffix(".html"))
            sent = press._sent(number)
            assert headers.get("If-None-Match") == sent.get("ETag")
            assert headers.get("If-Modified-Since") == sent.get("Last-Modified")
            assert status == (304 if validators else 200)


def test_validators_that_change_without_the_text(press: Press, night: Any) -> None:
    """A 200 with the same text: the next look asks with what it brought."""
    nights = night(press)
    nights()
    press.changed[1] = FIRST + HOUR
    assert nights(1)["unchanged"] == 3
    assert Counter(status for path, status, _ in press.requests if path != "/tin/") == {304: 2, 200: 1}
    assert nights(3)["unchanged"] == 3
    assert {status for path, status, _ in press.requests if path != "/tin/"} == {304}


def test_a_304_that_nobody_asked_for_is_a_failure(press: Press, night: Any) -> None:
    press.validators = ()
    nights = night(press)
    nights()
    press.at["/bai-a1.html"] = 304
    counts = nights(1)
    assert (counts["unchanged"], counts["pending"], counts["reasons"]) == (2, 1, {"look/http_304": 1})


@pytest.mark.parametrize(
    ("etag", "modified", "kept"),
    [
        (b'"a"', None, Validators('"a"')), (b' W/"a" ', b"Wed, 13 May 2026 19:00:00 GMT",
         Validators('W/"a"', "Wed, 13 May 2026 19:00:00 GMT")), (b"", b" ", Validators()), (None, None, Validators()),
        (b"x" * 257, b"gestern", Validators(None, "gestern")), (b'"\xe1"', None, Validators('"\xe1"')),
    ],
)  # fmt: skip
def test_validators(etag: bytes | None, modified: bytes | None, kept: Validators) -> None:
    assert Validators.sent(etag, modified) == kept


# --- what has changed


def test_a_changed_text_is_a_new_line(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.now = FIRST + 12 * HOUR
    press.edit(1, "Đính chính: tuyến kênh số 1 dài 3 km, không phải 5 km. " * 4)
    counts = nights(1)
    assert (counts["found"], counts["stored"], counts["unchanged"], counts["looks"]) == (3, 1, 2, 3)
    first, second = nights.lines(1)
    assert (first["revision"], first["previous_hash"]) == (1, None)
    assert (second["revision"], second["previous_hash"]) == (2, first["content_hash"])
    assert second["content_hash"] != first["content_hash"]
    assert "3 km" in second["body"]
    assert nights(3)["unchanged"] == 3
    assert {status for path, status, _ in press.requests if path != "/tin/"} == {304}, "the new text's ETag is known"


def test_a_text_that_is_new_each_time_is_stored_as_often_as_it_is_looked_at(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    for day in (*range(1, 9), 20, 21, 22, 59, 60, 61, 99):
        press.now = FIRST + day * DAY - 3 * HOUR
        press.edit(1, f"Giá vàng cập nhật lần {day}: mua vào 74,2 triệu đồng, bán ra 76,1 triệu đồng một lượng. " * 3)
        nights(day)
    revisions = nights.lines(1)
    assert [each["revision"] for each in revisions] == [1, 2, 3, 4, 5, 6]
    hashes = [each["content_hash"] for each in revisions]
    assert [each["previous_hash"] for each in revisions] == [None, *hashes[:-1]]


def test_a_text_that_goes_back_to_what_it_was_is_a_revision_too(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    old = press.texts[1]
    for day, text in ((1, "Một bản khác của bài này, dài hơn một chút để đọc được là bài viết. " * 3), (3, old)):
        press.now = FIRST + day * DAY - 3 * HOUR
        press.edit(1, text)
        nights(day)
    assert [each["revision"] for each in nights.lines(1)] == [1, 2, 3]
    assert nights.lines(1)[0]["content_hash"] == nights.lines(1)[2]["content_hash"]


def test_what_stands_around_a_text_is_no_change(press: Press, night: Any) -> None:
    """The advertisement, the visitor counter, the clock and the block of related links are other ones each time."""
    press.validators = ()
    nights = night(press)
    nights()
    for number, day in enumerate(STEPS, 10):
        press.now = FIRST + day * DAY - HOUR
        press.advert = f"Giảm giá {number} phần trăm, chỉ hôm nay " * 5
        press.publish(number)
        counts = nights(day)
        assert counts["stored"] == 1, "the news"
        assert counts["unchanged"] == counts["looks"] >= 3
    assert Counter(each["revision"] for each in nights.lines(1) + nights.lines(2) + nights.lines(3)) == {1: 3}


def test_related_links_that_a_look_shows_are_followed(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.validators = ()
    press.publish(9)
    shown, press.listed = press.listed, [1, 2, 3]  # no listing shows it
    press.at["/bai-a1.html"] = (
        200,
        {},
        press._article(1).replace("</aside>", "<a href='/bai-a9.html'>Bản tin</a></aside>"),
    )
    press.listed = [each for each in shown if each != 9]
    counts = nights(1)
    assert (counts["stored"], counts["found"], counts["stored_via"]) == (1, 4, {"related": 1})


# --- what gives nothing


BROKEN: dict[str, Any] = {
    "http_500": 500,
    "http_403": 403,
    "empty": (200, {}, ""),
    "no_body": (200, {}, "<html><body><p>Bảo trì</p></body></html>"),
    "diverted": (302, {"Location": "/bao-tri"}, ""),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_look_that_fails_is_made_again(reason: str, press: Press, night: Any) -> None:
    """The page stays done, whatever comes of it, and no run is incomplete for it."""
    nights = night(press)
    nights()
    press.at["/bai-a2.html"] = BROKEN[reason]
    press.at["/bao-tri"] = (200, {}, "<html><body><p>Bảo trì</p></body></html>")
    looked = []
    for day in (*range(1, 12), 21, 22, 23, 24, 25, 60, 61, 62, 63, 64):
        counts = nights(day)
        assert (counts["failed"], counts["gone"], counts["skipped"]) == (0, 0, 0)
        assert nights.verdict.code == 0
        if counts["pending"]:
            looked.append(day)
            assert counts["reasons"] == {f"look/{reason}": 1}
    assert states(nights) == {"done": 3}
    assert looked == [1, 2, 3, 4, 7, 8, 9, 10, 21, 22, 23, 24, 60, 61, 62, 63], "three times more, then as planned"
    assert MOST_FAILURES == 3
    assert looks(nights) == {}
    assert marks(nights) == {}


def test_an_article_that_has_become_a_listing(press: Press, night: Any) -> None:
    """Where the address does not tell: no new listing is begun for that."""
    nights = night(press)
    listing = press._listing()
    press.at["/tin/"] = (200, {}, "<html><body><ul><li><a href='/muc/9'>Bản tin</a></li></ul></body></html>")
    nights()
    assert nights.asked[0] == "/muc/9"
    press.at["/muc/9"] = (200, {}, listing)
    counts = nights(1)
    assert (counts["pending"], counts["reasons"]) == (1, {"look/no_frame": 1})
    assert sum(counts["listings"].values()) == 1


def test_many_looks_that_fail_hide_no_failure_and_are_none(night: Any) -> None:
    press = Press()
    press.publish(*range(1, 41))
    nights = night(press)
    nights()
    press.at = {f"/bai-a{number}.html": 500 for number in range(1, 21)}
    assert nights(1)["pending"] == 20
    assert nights.verdict.code == 0
    press.at = {f"/bai-a{number}.html": 500 for number in range(101, 106)}
    press.publish(*range(101, 121))
    counts = nights(3)
    assert (counts["failed"], counts["stored"], counts["unchanged"]) == (5, 15, 40)
    assert nights.verdict.code == 9, "5 of the 20 that are new, though not of all 60"


def test_a_host_that_is_silent_ages_no_look(press: Press, night: Any) -> None:
    """Looks behind which nothing was answered stay as they were."""
    nights = night(press)
    nights()
    before = looks(nights)
    press.at = {f"/bai-a{number}.html": DownloadConnectionRefusedError("refused") for number in (1, 2, 3)}
    counts = nights(1)
    assert (counts["found"], counts["pending"], counts["looks"]) == (3, 3, 0)
    assert looks(nights) == before


def test_a_server_that_asks_for_time_gets_it(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    run = nights.open(1)
    (look,) = [each for each in run.frontier.take_looks(9) if each.id == "bao:1"]
    run.frontier.settle("1", "failed", "http_503", timedelta(hours=23))
    run.close()
    assert look.entry.url.endswith("/bai-a1.html")
    run = nights.open(1)
    run.frontier.take_looks(9)
    run.frontier.settle("1", "failed", "http_503", timedelta(hours=23))
    run.finish("finished", 0, {}, press.now)
    assert looks(nights)["bao:1"][0] == utc(FIRST + DAY + 23 * HOUR)


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def test_a_look_that_is_tried_again_in_the_run(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    run = nights.open(1)
    (look, *_) = run.frontier.take_looks(9)
    run.frontier.put_off(look.entry.key, "http_503", 10 * HOUR)
    run.save()
    assert states(nights) == {"done": 3}
    run.frontier.settle(look.entry.key, "unchanged", "not_modified")
    counts = run.finish("finished", 0, {}, press.now)["counts"]
    assert (counts["looks"], counts["unchanged"], counts["pending"]) == (1, 1, 2)


def test_forbidden_by_now(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    run = nights.open(1)
    for look in run.frontier.take_looks(9):
        run.frontier.settle(look.entry.key, "skipped", "robots")
    counts = run.finish("finished", 0, {}, press.now)["counts"]
    assert (counts["found"], counts["skipped"], counts["reasons"]) == (3, 3, {"skipped/robots": 3})
    assert states(nights) == {"done": 3}
    assert nights(3)["unchanged"] == 3


def test_the_text_of_another_article_is_no_revision(press: Press, night: Any) -> None:
    """A guard's page, or another article in its place."""
    nights = night(press)
    nights()
    press.validators = ()
    guard = press._article(3).replace("Vét kênh 3", "Bản tin")
    press.at = {f"/bai-a{number}.html": (200, {}, guard) for number in (1, 2, 3)}
    counts = nights(1)
    assert (counts["stored"], counts["pending"], counts["duplicate"], counts["failed"]) == (1, 2, 0, 0)
    assert counts["reasons"] == {"look/same_text": 2}
    assert counts["duplicates"] == []
    press.at.clear()
    counts = nights(2)
    assert (counts["unchanged"], counts["stored"]) == (2, 0)
    counts = nights(3)
    assert (counts["unchanged"], counts["stored"]) == (2, 1), "and the first of them is itself again"
    assert states(nights) == {"done": 3}


def test_a_defect_in_a_callback_is_a_look_that_failed(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    run = nights.open(1)
    taken = run.frontier.take_looks(9)
    run.frontier.settle(taken[0].entry.key, "failed", "crash")
    counts = run.finish("finished", 0, {}, press.now)["counts"]
    assert (counts["pending"], counts["failed"], counts["looks"]) == (3, 0, 1)
    assert states(nights) == {"done": 3}


# --- pages that lead elsewhere


@pytest.mark.parametrize("status", [301, 302])
def test_an_article_that_moved_within_the_site(status: int, press: Press, night: Any) -> None:
    """The new address is a page of its own; with the same text it is a twin."""
    nights = night(press)
    nights()
    press.at = {
        "/bai-a1.html": (status, {"Location": "/bai-a9.html"}, ""),
        "/bai-a9.html": (200, {}, press._article(1)),
    }
    counts = nights(1)
    assert (counts["skipped"], counts["duplicate"], counts["unchanged"], counts["found"]) == (1, 1, 2, 4)
    assert counts["reasons"] == {"skipped/redirected": 1}
    assert states(nights) == {"done": 4}
    assert nights(3)["skipped"] == 1
    assert marks(nights) == {}


def test_an_article_under_another_spelling_of_its_address_is_itself(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.at = {
        "/bai-a1.html": (301, {"Location": "/tieu-de-moi-a1.html"}, ""),
        "/tieu-de-moi-a1.html": (304, {}, ""),
    }
    assert nights(1)["unchanged"] == 3


def test_a_site_that_moved_has_taken_nothing_down(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.at = {"/bai-a1.html": (301, {"Location": "/cong-moi"}, ""), "/cong-moi": (200, {}, "<p>Cổng mới</p>")}
    for day in (1, 3, 7, 21):
        counts = nights(day)
        assert (counts["skipped"], counts["gone"], counts["reasons"]) == (1, 0, {"skipped/moved": 1})


def test_a_304_from_elsewhere_says_nothing(press: Press, night: Any) -> None:
    """The page that a redirect leads to has not changed since the article was had."""
    nights = night(press)
    nights()
    press.at = {"/bai-a1.html": (302, {"Location": "/"}, ""), "/": (304, {}, "")}
    counts = nights(1)
    assert (counts["unchanged"], counts["pending"]) == (2, 1)
    assert counts["reasons"] == {"look/redirected_home": 1}


# --- taken down


GONE: dict[str, Any] = {
    "http_404": 404,
    "http_410": 410,
    "soft_404": (200, {}, "<html><head><title>Không tìm thấy trang</title></head><body><h1>404</h1></body></html>"),
    "redirected_home": (302, {"Location": "/"}, ""),
}


@pytest.mark.parametrize("reason", GONE)
def test_an_article_that_was_taken_down(reason: str, press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.at = {"/bai-a2.html": GONE[reason], "/": (200, {}, "<html><body><p>Trang chủ</p></body></html>")}
    counts = nights(1)
    assert (counts["unchanged"], counts["gone"], counts["pending"]) == (2, 0, 1), "an outage can look like that"
    assert (counts["reasons"], counts["taken_down"], marks(nights)) == ({f"look/{reason}": 1}, [], {})
    for day in (2, 3, 7):
        nights(day)
        assert "/bai-a2.html" not in nights.asked
    counts = nights(8)
    since = utc(FIRST + DAY)
    assert (counts["found"], counts["gone"], counts["reasons"]) == (1, 1, {f"gone/{reason}": 1})
    assert counts["taken_down"] == [{"url": "https://bao.example.vn/bai-a2.html", "id": "bao:2", "since": since}]
    assert marks(nights) == {"bao:2": since}
    assert states(nights) == {"done": 3}
    counts = nights(21)
    assert (counts["gone"], counts["unchanged"], counts["taken_down"]) == (1, 2, []), "told once"
    assert len(nights.lines(2)) == 1


def test_an_outage_of_a_night_takes_nothing_down(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    for day in (1, 8, 21, 28, 60):  # 404 in every other look
        press.at = {} if day in (8, 28) else {"/bai-a2.html": 404}
        counts = nights(day)
        assert (counts["gone"], counts["taken_down"], counts["came_back"]) == (0, [], [])
    assert marks(nights) == {}


def test_failures_between_say_neither(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    for day, answer in ((1, 404), (8, 500), (9, 503), (10, 404)):
        press.at = {"/bai-a2.html": answer}
        counts = nights(day)
    assert [each["id"] for each in counts["taken_down"]] == ["bao:2"]
    assert marks(nights) == {"bao:2": utc(FIRST + DAY)}


@pytest.mark.parametrize("changed", [False, True])
def test_an_article_that_comes_back(changed: bool, press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.at = {"/bai-a2.html": 404}
    nights(1)
    nights(8)
    press.at.clear()
    if changed:
        press.now = FIRST + 20 * DAY
        press.edit(2, "Bài viết đã được sửa lại sau khi kiểm tra, với tên xã đúng như trong nghị quyết. " * 3)
    counts = nights(21)
    assert counts["came_back"] == [{"url": "https://bao.example.vn/bai-a2.html", "id": "bao:2"}]
    assert (counts["stored"], counts["unchanged"]) == (int(changed), 3 - int(changed))
    assert marks(nights) == {}
    (nights.folder / "ledger.sqlite").unlink()
    if changed:  # by a run that was killed before it could count it
        file = nights.folder / "runs.jsonl"
        file.write_text(file.read_text("utf-8").replace('"came_back": [{', '"was_back": [{'), "utf-8")
    assert nights(59)["found"] == 0
    assert marks(nights) == {}
    assert nights(60)["unchanged"] == 3


# --- kills


def test_a_kill_between_the_line_and_its_sync(press: Press, night: Any) -> None:
    """The ledger does not know the new text's ETag before it knows the text: the next run asks for it, whole."""
    nights = night(press)
    nights()
    press.now = FIRST + 12 * HOUR
    press.edit(1, "Đính chính: tuyến kênh số 1 dài 3 km, không phải 5 km. " * 4)
    old = looks(nights)["bao:1"]
    run = nights.open(1)
    nights.crawl(run, 2)  # the listing, and one look
    assert nights.asked == ["/bai-a1.html"]
    torn = run.segment.open_file.read_bytes()
    kill(run)
    assert looks(nights)["bao:1"] == old
    run.segment.open_file.write_bytes(torn[:-9])  # a power cut took the line
    counts = nights(1)
    assert (counts["stored"], counts["unchanged"]) == (1, 2)
    assert [each["revision"] for each in nights.lines(1)] == [1, 2]


def test_a_line_that_a_killed_run_left_is_no_revision_again(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.now = FIRST + 12 * HOUR
    press.edit(1, "Đính chính: tuyến kênh số 1 dài 3 km, không phải 5 km. " * 4)
    run = nights.open(1)
    nights.crawl(run, 2)
    kill(run)
    counts = nights(1.5)
    assert [each["revision"] for each in nights.lines(1)] == [1, 2]
    assert (counts["found"], counts["stored"], counts["unchanged"]) == (2, 0, 2)
    recovered = nights.record()[-2]
    assert (recovered["reason"], recovered["counts"]["stored"]) == ("recovered", 1)
    assert looks(nights)["bao:1"][3:] == (None, None), "with which ETag it came is not known any more"
    assert nights(3)["unchanged"] == 3
    assert {status for path, status, _ in press.requests if path == "/bai-a1.html"} == {200}


def story(nights: Nights, kill_in: int | None = None, step: int = 0) -> list[str]:
    """A change, an article taken down, one that fails, and news, in four nights; one of them is killed at `step`, and
    made again."""
    press, acts = nights.press, []
    for number, day in enumerate((0, 1, 8, 21)):
        press.now = FIRST + day * DAY - HOUR
        if day == 1:
            press.edit(1, "Đính chính: tuyến kênh số 1 dài 3 km, không phải 5 km. " * 4)
            press.at = {"/bai-a2.html": 404, "/bai-a3.html": 500}
            press.publish(4, day=press.now)
        if day == 8:
            press.edit(4, "Bản thứ hai của bài số bốn, với một câu nữa về ruộng đồng hai bên bờ kênh. " * 3)
        if day == 21:
            press.at = {}
        if number == kill_in:
            with killed_at(step) as acts, suppress(Killed):
                nights(day)
        nights(day)
    return acts


def told(nights: Nights) -> tuple[Any, ...]:
    lines = {number: [each["revision"] for each in nights.lines(number)] for number in (1, 2, 3, 4)}
    record = nights.record()
    down = [each["id"] for run in record for each in run["counts"]["taken_down"]]
    back = [each["id"] for run in record for each in run["counts"]["came_back"]]
    return lines, down, back, marks(nights), states(nights)


@pytest.mark.parametrize("night_of_the_kill", [1, 2, 3])
def test_killed_at_each_step(night_of_the_kill: int) -> None:
    """Whatever was written by then, the story is the same."""
    step = 0
    while True:
        with tempfile.TemporaryDirectory(dir=FAST) as folder:
            press = Press()
            press.publish(1, 2, 3)
            nights = Nights(Path(folder), press)
            acts = story(nights, night_of_the_kill, step)
            assert told(nights) == (
                {1: [1, 2], 2: [1], 3: [1], 4: [1, 2]}, ["bao:2"], ["bao:2"], {}, {"done": 4},
            ), step  # fmt: skip
            for run in nights.record():
                counts = run["counts"]
                outcomes = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped", "pending")
                assert counts["found"] == sum(counts[name] for name in outcomes)
        if len(acts) < step:
            break
        step += 1
    assert step > 5


LIFE = st.lists(
    st.tuples(st.sampled_from(["edit", "publish", "404", "500", "well", "kill", "cut"]), st.integers(0, 9)), max_size=8
)


@settings(max_examples=12, deadline=None)
@given(LIFE)
def test_whatever_happens_revisions_follow_each_other(life: list[tuple[str, int]]) -> None:
    """... and the newest line of each article is what its page said when it was last had."""
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        press = Press()
        press.publish(1, 2, 3)
        nights = Nights(Path(folder), press)
        for day, (act, number) in enumerate(life):
            press.now = FIRST + day * DAY - HOUR
            chosen = press.listed[number % len(press.listed)]
            if act == "edit":
                press.edit(chosen, f"Bản của ngày thứ {day}, với một câu nữa về ruộng đồng hai bên bờ kênh. " * 3)
            elif act == "publish":
                press.publish(max(press.listed) + 1)
            elif act in ("404", "500"):
                press.at[f"/bai-a{chosen}.html"] = int(act)
            elif act == "well":
                press.at.clear()
            else:
                run = nights.open(day)
                nights.crawl(run, number)
                if act == "cut":
                    run.sync()
                kill(run)
            nights(day)
        press.at.clear()
        press.validators = ()
        for day in (8, 9, 11, 15, 29, 70, 77, 150):  # what was gone at first is had after a week
            nights(len(life) + day)
        assert looks(nights) == {}
        assert marks(nights) == {}
        for number in press.listed:
            revisions = nights.lines(number)
            assert [each["revision"] for each in revisions] == list(range(1, len(revisions) + 1))
            hashes = [each["content_hash"] for each in revisions]
            assert [each["previous_hash"] for each in revisions] == [None, *hashes[:-1]][: len(hashes)]
            assert [each["body"] for each in revisions[-1:]] == [press.texts[number].strip()][: len(hashes)]
            assert revisions or ("404" in dict(life)), "gone twice, and never had"


# --- a ledger that is made anew


def test_a_ledger_made_anew_knows_the_looks_to_come(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    press.at = {"/bai-a2.html": 404}
    press.now = FIRST + 12 * HOUR
    press.edit(1, "Đính chính: tuyến kênh số 1 dài 3 km, không phải 5 km. " * 4)
    nights(1)
    nights(8)
    (nights.folder / "ledger.sqlite").unlink()
    counts = nights(9)
    assert (counts["found"], nights.asked) == (0, [])
    assert marks(nights) == {"bao:2": utc(FIRST + DAY)}
    assert {number: row[0] for number, row in looks(nights).items()} == {
        f"bao:{number}": utc(FIRST + 21 * DAY - LEEWAY) for number in (1, 2, 3)
    }
    press.at.clear()
    counts = nights(21)
    assert (counts["unchanged"], len(counts["came_back"])) == (3, 1)
    (nights.folder / "ledger.sqlite").unlink()
    nights(22)
    assert marks(nights) == {}, "it came back, as runs.jsonl says"
    (nights.folder / "ledger.sqlite").unlink()
    nights(80)
    assert looks(nights) == {}


def test_a_line_without_a_time_costs_no_rebuild(press: Press, night: Any) -> None:
    nights = night(press)
    nights()
    for number, moment in enumerate(("2026-05-14T02:00:00", "gestern", "null")):
        file = nights.folder / f"2026051{number}T000000Z.jsonl"
        line = next(nights.folder.glob("20260513*.jsonl")).read_text("utf-8").splitlines()[0]
        made = line.replace('"2026-05-14T02:00:00+07:00"', f'"{moment}"' if moment != "null" else moment)
        file.write_text(made.replace('"bao:3"', f'"bao:9{number}"').replace("-a3.html", f"-a9{number}.html") + "\n")
    (nights.folder / "ledger.sqlite").unlink()
    assert nights(0.1)["found"] == 0
    assert set(looks(nights)) == {f"bao:{number}" for number in (1, 2, 3, 90, 91, 92)}


def version_2(folder: Path, day: str) -> None:
    """A ledger as the released steps made it, with an article of `day`."""
    folder.mkdir(parents=True)
    db = sqlite3.connect(folder / "ledger.sqlite")
    db.executescript(f"BEGIN; {_STEPS[0]} {_STEPS[1]} PRAGMA user_version = 2; COMMIT;")
    page = ("1", "https://bao.example.vn/bai-a1.html", "done", "listing", 0, day)
    db.execute("INSERT INTO page (key, url, state, via, depth, date) VALUES (?, ?, ?, ?, ?, ?)", page)
    db.execute("INSERT INTO article VALUES ('bao:1', 'aa', 2, '20260501T000000Z')")
    db.commit()
    db.close()


def test_a_ledger_of_version_2_goes_on(press: Press, night: Any) -> None:
    """What was stored before gets no looks; what is stored from now on does."""
    nights = night(press)
    version_2(nights.folder, "2026-05-13")
    counts = nights()
    assert (counts["stored"], counts["found"]) == (2, 2)
    assert set(looks(nights)) == {"bao:2", "bao:3"}
    assert nights(1)["unchanged"] == 2
    assert marks(nights) == {}
    db = sqlite3.connect(nights.folder / "ledger.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert db.execute("SELECT hash, revision, taken_down FROM article WHERE id = 'bao:1'").fetchone() == ("aa", 2, None)
    db.close()


def test_a_look_at_an_article_of_an_earlier_life_is_a_revision(press: Press, night: Any) -> None:
    nights = night(press)
    version_2(nights.folder, "2026-05-13")
    run = nights.open(0)
    run.ledger.looks.keep("bao:1", "1", press.now, press.now, Validators())
    run.ledger.commit()
    run.close()
    assert nights(1)["stored"] == 3
    assert [(each["revision"], each["previous_hash"]) for each in nights.lines(1)] == [(3, "aa")]


# --- the accounts


def test_a_killed_run_has_its_looks_in_the_accounts() -> None:
    accounts = Accounts(looks_due=5)
    accounts.looks.update(unchanged=2, pending=1)
    accounts.settled.update(unchanged=2)
    accounts.taken_down.append({"url": "u", "id": "i", "since": "2026"})
    counts = recovered_counts(accounts.balance(), 1)
    assert (counts["found"], counts["pending"], counts["looks"]) == (5, 2, 3)
    assert counts["taken_down"] == accounts.taken_down
    assert recovered_counts({"found": 1, "pending": 1}, 0)["looks"] == 0, "one of an earlier version"


def test_an_item_of_a_page_that_nobody_noted_gets_no_look(press: Press, night: Any) -> None:
    """As a spider of one's own may give it."""
    nights = night(press)
    run = nights.open(0)
    JsonLinesPipeline(run).process_item(Article(id="bao:7", url="https://bao.example.vn/x-a7.html", content_hash="aa"))
    run.finish("finished", 0, {}, press.now)
    assert looks(nights) == {}


def test_one_article_under_two_addresses_has_one_look(press: Press, night: Any) -> None:
    """That at the address of its newest line."""
    nights = night(press)
    nights()
    run = nights.open(0.5)
    run.ledger.looks.keep("bao:1", "2", press.now, press.now, Validators('"b"'))
    (look,) = [each for each in run.ledger.looks.take(9, FIRST + 4 * DAY, ("", "")) if each.id == "bao:1"]
    assert (look.entry.key, look.validators, look.stored) == ("2", Validators('"b"'), utc(FIRST))
    elsewhere = replace(look, entry=replace(look.entry, key="1"), validators=Validators('"a"'))
    for due in (FIRST + 9 * DAY, None):  # a look at the other address says nothing of this one
        run.ledger.looks.put(elsewhere, due)
        assert look in run.ledger.looks.take(9, FIRST + 4 * DAY, ("", ""))
    run.close()
