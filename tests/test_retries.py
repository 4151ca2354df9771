"""How long a page waits for its next try, what a server may ask for, and when a page is given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newscrawl.keeping.ledger import Entry, Ledger
from newscrawl.keeping.retries import LATER_LOOK, LEAST_TRIES, LONGEST_TRY, PATIENCE, retry_after, wait_after

NOW = datetime(2026, 5, 14, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_PAST = timedelta(days=365)


# --- the wait


@pytest.mark.parametrize(
    ("failures", "first", "seconds"),
    [
        (1, 10, 10), (2, 10, 60), (3, 10, 360), (4, 10, 2160), (5, 10, 12_960), (6, 10, 77_760), (7, 10, 86_400),
        (1, 0.5, 0.5), (2, 0.5, 3), (1, 0, 0), (9, 0, 0), (1, 1e6, 86_400), (15, 10, 86_400),
    ],
)  # fmt: skip
def test_the_wait_grows_sixfold_up_to_a_day(failures: int, first: float, seconds: float) -> None:
    assert wait_after(failures, first) == timedelta(seconds=seconds)


@given(st.integers(1, 10_000), st.floats(0, 1e6))
def test_the_wait_never_shrinks(failures: int, first: float) -> None:
    assert timedelta() <= wait_after(failures, first) <= wait_after(failures + 1, first) <= DAY


# --- Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0), (b"90", 90), (b" 90 ", 90), (b"86400", 86_400), (b"86401", 86_400), (b"9" * 5000, 86_400),
        (b"Thu, 14 May 2026 07:02:00 GMT", 120),
        (b"Thursday, 14-May-26 07:02:00 GMT", 120),  # the two obsolete forms of RFC 9110, 5.6.7
        (b"Thu May 14 07:02:00 2026", 120),
        (b"Thu, 14 May 2026 07:02:00 -0000", 120),
        (b"Thu, 14 May 2026 14:02:00 +0700", 120),
        (b"Thu, 14 May 2026 06:59:59 GMT", 0),
        (b"Thu, 01 Jan 1970 00:00:00 GMT", 0),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)  # fmt: skip
def test_what_a_server_asks_for(value: bytes, seconds: int) -> None:
    assert retry_after(value, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        None, b"", b" ", b"-5", b"-0", b"+5", b"1.5", b"1e3", b"5 s", b"soon", b"\xb2", b"\xff\xfe", b"\0",
        b"1,2,3,4", b"Thu", b"99:99", b"Thu, 99 May 2026 07:02:00 GMT", b"Thu, 14 May 2026 99:02:00 GMT",
        b"Thu, 14 May 2026 07:02:00 +9999", b"2026-05-14T07:02:00Z",
    ],
)  # fmt: skip
def test_what_says_nothing(value: bytes | None) -> None:
    assert retry_after(value, NOW) is None


@pytest.mark.parametrize(
    "value",
    [
        b"Thu, 14 May 99999999999 07:02:00 GMT",
        b"Thu, 14 May 2026 07:02:99999999999999999999 GMT",
        b"Thu, 14 May 2026 07:02:00 +999999999999999",
    ],
)
def test_numbers_too_large_for_a_date_say_nothing(value: bytes) -> None:
    assert retry_after(value, NOW) is None


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
def test_any_date(moment: datetime) -> None:
    wait = retry_after(format_datetime(moment.replace(tzinfo=UTC), usegmt=True).encode(), NOW)
    exact = min(max(moment.replace(tzinfo=UTC) - NOW, timedelta()), DAY)
    assert wait is not None
    assert abs(wait - exact) <= timedelta(seconds=1)


@given(st.binary(max_size=60) | st.text("0123456789 -+:,GMTthuMay", max_size=40).map(str.encode))
def test_any_bytes(value: bytes) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or timedelta() <= wait <= DAY


# --- in the ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    opened.note([Entry("1", "https://vidu.example.vn/1")])
    opened.commit()
    opened.refresh()
    yield opened
    opened.close()


def state(ledger: Ledger) -> str:
    return str(ledger._db.execute("SELECT state FROM page").fetchone()[0])


def is_due(ledger: Ledger, moment: datetime) -> bool:
    """Whether a run that begins then is given the page."""
    ledger.refresh()
    return bool(ledger.take_carried(1, moment))


def wait_of(ledger: Ledger, moment: datetime) -> timedelta | None:
    """How long from `moment` on the page is not given, found by halving; None where it is for ever."""
    low, high = -1, int(LONG_PAST.total_seconds())
    if not is_due(ledger, moment + timedelta(seconds=high)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_due(ledger, moment + timedelta(seconds=middle)) else (middle, high)
    return timedelta(seconds=high)


def test_a_page_that_fails_is_tried_for_five_days_and_looked_at_once_more(ledger: Ledger) -> None:
    moment, waits, gone = NOW, [], False
    while not gone:
        gone = ledger.fail("1", "http_503", moment, 10)
        wait = wait_of(ledger, moment)
        assert wait is not None
        waits.append(wait)
        moment += wait
    assert [each.total_seconds() for each in waits[:7]] == [10, 60, 360, 2160, 12_960, 77_760, 86_400]
    assert LONGEST_TRY <= sum(waits[:-1], timedelta()) < LONGEST_TRY + DAY
    assert waits[-1] == LATER_LOOK == timedelta(days=7)
    assert state(ledger) == "gone"
    assert ledger.fail("1", "http_503", moment, 10)
    assert wait_of(ledger, moment) is None


def test_five_days_to_the_second(ledger: Ledger) -> None:
    for _ in range(LEAST_TRIES - 1):
        assert not ledger.fail("1", "timeout", NOW, 10)
    assert not ledger.fail("1", "timeout", NOW + LONGEST_TRY - timedelta(seconds=1), 10)
    assert state(ledger) == "failed"
    assert ledger.fail("1", "timeout", NOW + LONGEST_TRY, 10)
    assert state(ledger) == "gone"


def test_who_runs_once_a_week_gives_nothing_up_after_two_tries(ledger: Ledger) -> None:
    gone = [ledger.fail("1", "timeout", NOW + week * timedelta(weeks=1), 10) for week in range(LEAST_TRIES + 1)]
    assert gone == [False] * LEAST_TRIES + [True]
    assert LEAST_TRIES == 5


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(None, 10), (timedelta(seconds=3), 10), (timedelta(seconds=10), 10), (timedelta(minutes=9), 540)],
)
def test_a_server_can_ask_for_more_time_and_not_for_less(asked: timedelta | None, seconds: int, ledger: Ledger) -> None:
    ledger.fail("1", "http_503", NOW, 10, NOW + asked if asked else None)
    assert wait_of(ledger, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("outcome", "reason"), [("gone", "http_404"), ("skipped", "robots")])
def test_what_may_be_otherwise_another_day_is_looked_at_once_more(outcome: str, reason: str, ledger: Ledger) -> None:
    """An outage can look like 404, too."""
    ledger.bury("1", outcome, reason, NOW)
    assert wait_of(ledger, NOW) == LATER_LOOK
    ledger.bury("1", outcome, reason, NOW + LATER_LOOK)
    assert wait_of(ledger, NOW) is None
    assert state(ledger) == outcome


@pytest.mark.parametrize("outcome", ["done", "skipped"])
def test_the_later_look_can_find_it(outcome: str, ledger: Ledger) -> None:
    ledger.bury("1", "gone", "http_404", NOW)
    ledger.settle("1", outcome)
    assert wait_of(ledger, NOW) is None
    assert state(ledger) == outcome


def test_a_later_look_that_fails_is_tried_again(ledger: Ledger) -> None:
    ledger.bury("1", "gone", "http_404", NOW)
    moment = NOW + LATER_LOOK
    assert not ledger.fail("1", "timeout", moment, 10)
    assert wait_of(ledger, moment) == timedelta(seconds=10)


@given(st.lists(st.sampled_from(["gone", "skipped", "failed"]), min_size=80, max_size=80))
@example(["gone", "failed"] * 40)  # the longest: a week for each failure that is let pass, and one more
def test_whatever_a_page_says_it_is_given_up_within_seven_weeks(answers: list[str]) -> None:
    """404, 503 and a robots.txt that forbids it, in any order: nothing is asked for for ever."""
    ledger = Ledger(Path(":memory:"))
    ledger.note([Entry("1", "https://vidu.example.vn/1")])
    moment = NOW
    for answer in answers:
        if answer == "failed":
            ledger.fail("1", "http_503", moment, 10)
        else:
            ledger.bury("1", answer, "why", moment)
        due = ledger._db.execute("SELECT not_before FROM page").fetchone()[0]
        if due is None:
            break
        moment = max(datetime.fromisoformat(due), moment)
    ledger.close()
    assert due is None
    assert moment - NOW < timedelta(weeks=7)


def test_a_run_waits_for_minutes_and_leaves_days_to_the_next() -> None:
    assert wait_after(2, 10) < PATIENCE < wait_after(3, 10)
