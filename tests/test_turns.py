"""Turns: no host is asked more often than it bears, whoever asks and whatever it says (traps 70, 77)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.keeping.retries import PATIENCE
from newscrawl.keeping.turns import HeldError, Turns

ROOT = Path(__file__).parents[1]
HOST = "baocantho.com.vn"
START = datetime(2026, 3, 14, 2, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def turns(folder: Path, clock: Clock, delay: float = 2.0, jitter: float = 0.0) -> Turns:
    return Turns(folder / ".hosts", delay, jitter, clock)


def asked(of: Turns, clock: Clock) -> float:
    """The moment of the next request; the clock has come to it."""
    clock.now += of.take(HOST)
    return clock.now - START


def distances(of: Turns, clock: Clock, most: int) -> list[float]:
    """Between so many requests, each made as soon as it may be."""
    moments = [asked(of, clock) for _ in range(most + 1)]
    return [pytest.approx(after - before, abs=1e-3) for before, after in pairwise(moments)]


# --- the distance


def test_the_first_turn_is_now_and_the_next_after_the_delay(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    assert mine.take(HOST) == 0
    assert mine.take(HOST) == pytest.approx(2)
    clock.now += 60
    assert mine.take(HOST) == 0


def test_a_slow_answer_is_part_of_the_distance(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    mine.take(HOST)
    clock.now += 1.5
    assert mine.take(HOST) == pytest.approx(0.5)


def test_hosts_do_not_wait_for_each_other(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    assert [mine.take(host) for host in ("a.vn", "b.vn", "www.a.vn", "a.vn/../b", "::1")] == [0] * 5
    assert {file.parent.name for file in tmp_path.rglob("*") if file.is_file()} == {".hosts"}


def test_two_runs_on_one_folder_keep_one_distance(tmp_path: Path, clock: Clock) -> None:
    """Side by side, and one after the other."""
    one, other = turns(tmp_path, clock), turns(tmp_path, clock)
    assert [each.take(HOST) for each in (one, other)] == [0, pytest.approx(2)]
    clock.now += 2
    assert turns(tmp_path, clock).take(HOST) == pytest.approx(2)


def test_many_runs_at_once_queue_up(tmp_path: Path, clock: Clock) -> None:
    assert [turns(tmp_path, clock).take(HOST) for _ in range(6)] == pytest.approx([0, 2, 4, 6, 8, 10])


def test_who_waited_for_the_same_moment_keeps_the_distance(tmp_path: Path, clock: Clock) -> None:
    one, other = turns(tmp_path, clock), turns(tmp_path, clock)
    one.take(HOST)
    one.answered(HOST, 503, b"60")
    assert [one.take(HOST), other.take(HOST)] == [60, pytest.approx(64)]


def test_a_slower_run_keeps_its_distance_from_a_faster_one(tmp_path: Path, clock: Clock) -> None:
    """As two sites on one host can have it, of which one asks for a longer delay."""
    slow, fast = turns(tmp_path, clock, 10), turns(tmp_path, clock, 2)
    slow.take(HOST)
    assert fast.take(HOST) == pytest.approx(10)


@pytest.mark.parametrize("jitter", [0.25, 0.9])
def test_jitter_stays_in_its_bounds(jitter: float, tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock, 4, jitter)
    moments = [asked(mine, clock) for _ in range(60)]
    found = [after - before for before, after in pairwise(moments)]
    assert 4 * (1 - jitter) - 1e-3 <= min(found) < 4 < max(found) <= 4 * (1 + jitter) + 1e-3
    assert len(set(found)) > 50


def test_without_jitter_the_distance_is_the_delay(tmp_path: Path, clock: Clock) -> None:
    assert distances(turns(tmp_path, clock), clock, 5) == [2] * 5


WORKER = """
import sys, time
from pathlib import Path
from newscrawl.keeping.turns import Turns
turns = Turns(Path(sys.argv[1]), 0.5, 0.0, lambda: now)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(200):
    now = time.time()
    print(now + turns.take("baocantho.com.vn"))
"""


def worker(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_side_by_side_keep_the_distance(tmp_path: Path) -> None:
    """None waits for its turns, so that they ask for them at the same moments; the turns lie apart all the same."""
    with worker(tmp_path) as one, worker(tmp_path) as other:
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        said = [[float(word) for word in process.communicate(timeout=60)[0].split()] for process in (one, other)]
    moments = sorted(said[0] + said[1])
    assert len(moments) == 400
    assert min(after - before for before, after in pairwise(moments)) > 0.5 - 1e-4


# --- what the host says


@pytest.mark.parametrize("status", [429, 503])
def test_refusals_double_the_delay_up_to_two_minutes(status: int, tmp_path: Path, clock: Clock) -> None:
    mine, waits = turns(tmp_path, clock), []
    mine.take(HOST)
    for _ in range(7):
        mine.answered(HOST, status)
        waits.append(mine.take(HOST))
        clock.now += waits[-1]
    assert waits == pytest.approx([4, 8, 16, 32, 64, 120, 120])


def test_the_next_run_knows_of_the_refusal(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    mine.take(HOST)
    mine.answered(HOST, 429)
    next_run = turns(tmp_path, clock)
    assert asked(next_run, clock) == pytest.approx(4)
    assert next_run.take(HOST) == pytest.approx(4)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("seconds", [0, 3, 90, 300])
def test_who_asks_for_time_gets_it(seconds: int, status: int, tmp_path: Path, clock: Clock) -> None:
    """By seconds or by a date, to the second."""
    moment = datetime.fromtimestamp(START, UTC) + timedelta(seconds=seconds)
    for number, value in enumerate([str(seconds).encode(), format_datetime(moment, usegmt=True).encode()]):
        mine = turns(tmp_path / str(number), clock)
        mine.take(HOST)
        clock.now += 10
        mine.answered(HOST, status, value)
        wanted = seconds if number == 0 else max(seconds - 10, 0)
        assert mine.take(HOST) == pytest.approx(wanted, abs=1)
        clock.now = START


def test_a_shorter_hold_takes_none_back(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    mine.answered(HOST, 429, b"200")
    mine.answered(HOST, 429, b"10")
    assert mine.take(HOST) == pytest.approx(200)


@pytest.mark.parametrize("status", [200, 301, 404, 500, 502, 504])
def test_other_answers_hold_nobody(status: int, tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    mine.take(HOST)
    clock.now += 2
    mine.answered(HOST, status, b"250")
    assert mine.take(HOST) == 0


def test_good_answers_bring_the_delay_back_and_never_below(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    for _ in range(4):
        asked(mine, clock)
        mine.answered(HOST, 503)
    waits = []
    for _ in range(20):
        asked(mine, clock)
        mine.answered(HOST, 200)
        waits.append(mine.take(HOST))
        clock.now += waits[-1]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == pytest.approx(24, abs=9)
    assert waits[-5:] == pytest.approx([2] * 5)
    assert min(waits) >= 2 - 1e-6


@pytest.mark.parametrize("status", [404, 410, 500])
def test_errors_are_no_good_answers(status: int, tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    mine.answered(HOST, 429)
    mine.answered(HOST, 429)
    asked(mine, clock)
    for _ in range(20):
        mine.answered(HOST, status)
    asked(mine, clock)
    assert mine.take(HOST) == pytest.approx(8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from([200, 404, 429, 503]), st.sampled_from([None, b"0", b"1", b"9"])), max_size=12),
    st.sampled_from([1.0, 2.0, 30.0]),
)
def test_whatever_a_host_says_the_set_delay_is_kept(
    tmp_path: Path, answers: list[tuple[int, bytes | None]], delay: float
) -> None:
    clock = Clock()
    clock.now += 10 * 365 * 24 * HOUR * (1 + len(list(tmp_path.iterdir())))
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    last = clock.now - delay
    for status, wait in answers:
        mine = turns(folder, clock, delay)  # each answer in a run of its own
        try:
            clock.now += mine.take(HOST)
        except HeldError:  # eight refusals in a row
            break
        assert clock.now - last >= delay - 1e-3
        last = clock.now
        mine.answered(HOST, status, wait)


# --- a host that wants to be left alone


def test_a_run_does_not_wait_longer_than_its_patience(tmp_path: Path, clock: Clock) -> None:
    patience = PATIENCE.total_seconds()
    mine = turns(tmp_path, clock)
    mine.answered(HOST, 429, b"301")
    with pytest.raises(HeldError, match=r"baocantho\.com\.vn.*2026-03-14T02:05:01\+00:00") as error:
        mine.take(HOST)
    assert error.value.until == START + patience + 1
    clock.now += 1
    assert mine.take(HOST) == pytest.approx(patience)


def test_who_was_refused_took_no_turn(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    mine.answered(HOST, 429, b"400")
    for _ in range(5):
        with pytest.raises(HeldError):
            mine.take(HOST)
    clock.now += 400
    assert mine.take(HOST) == 0


def refused(mine: Turns, clock: Clock, times: int) -> None:
    for _ in range(times):
        asked(mine, clock)
        mine.answered(HOST, 503)


def test_eight_refusals_in_a_row_are_an_hour_of_rest(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    refused(mine, clock, 7)
    assert mine.take(HOST) == pytest.approx(120)
    clock.now += 120
    mine.answered(HOST, 503)
    with pytest.raises(HeldError) as error:
        turns(tmp_path, clock).take(HOST)
    assert error.value.until == pytest.approx(clock.now + HOUR)
    clock.now += HOUR
    assert turns(tmp_path, clock).take(HOST) == 0


@pytest.mark.parametrize(("asked_for", "rest"), [(b"5", HOUR), (b"7200", 2 * HOUR)])
def test_at_the_eighth_refusal_an_hour_is_the_least(
    asked_for: bytes, rest: float, tmp_path: Path, clock: Clock
) -> None:
    mine = turns(tmp_path, clock)
    refused(mine, clock, 7)
    asked(mine, clock)
    mine.answered(HOST, 503, asked_for)
    with pytest.raises(HeldError) as error:
        mine.take(HOST)
    assert error.value.until == pytest.approx(clock.now + rest)


def test_a_good_answer_in_between_begins_the_count_anew(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock)
    refused(mine, clock, 7)
    asked(mine, clock)
    mine.answered(HOST, 200)
    refused(mine, clock, 7)
    assert mine.take(HOST) <= 120


# --- on loopback, without a delay


def test_without_a_delay_nothing_is_kept_of_a_host_that_is_well(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock, 0)
    for _ in range(3):
        assert mine.take(HOST) == 0
        mine.answered(HOST, 200)
    assert [file.read_bytes() for file in tmp_path.rglob(HOST)] == [b""]


def test_without_a_delay_a_refusal_counts_all_the_same(tmp_path: Path, clock: Clock) -> None:
    mine = turns(tmp_path, clock, 0)
    mine.take(HOST)
    mine.answered(HOST, 429)
    assert asked(mine, clock) == pytest.approx(1)
    mine.answered(HOST, 429, b"7")
    assert turns(tmp_path, clock, 0).take(HOST) == pytest.approx(7)
    clock.now += 7
    for _ in range(15):
        asked(mine, clock)
        mine.answered(HOST, 200)
    assert distances(mine, clock, 5) == [0] * 5


# --- the file


def spoilt(folder: Path, content: bytes) -> None:
    (folder / ".hosts").mkdir()
    (folder / ".hosts" / HOST).write_bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[1]", b'"x"', b"7", b'{"x": 1}', b'{"free": NaN}', b"\0" * 100, b"\xff\xfe",
        b'{"delay": -5, "free": -1e300}', b'{"free": 1e300}',
        b'{"free": "x"}', b'{"free": null}', b'{"refusals": "x"}', b'{"held": 1e300}', b'{"delay": 1e300}',
        b'{"held": 1e999, "free": -1e999}', b'{"delay": 300}', b'{"free": true, "delay": []}',
        b"\0" * 300, b"x" * 5000, b"[" * 4000, b"[" * 500 + b"]" * 500,
    ],
)  # fmt: skip
def test_a_spoilt_file_costs_one_distance(content: bytes, tmp_path: Path, clock: Clock) -> None:
    spoilt(tmp_path, content)
    mine = turns(tmp_path, clock)
    assert mine.take(HOST) <= 2
    assert distances(turns(tmp_path, clock), clock, 3) == [2] * 3
    mine.answered(HOST, 429)
    assert turns(tmp_path, clock).take(HOST) == pytest.approx(4)


def test_what_is_written_over_a_longer_record_is_whole(tmp_path: Path, clock: Clock) -> None:
    spoilt(tmp_path, json.dumps({"free": START - 0.123456789, "held": START - 0.123456789, "delay": 1e-300}).encode())
    assert distances(turns(tmp_path, clock), clock, 2) == [2] * 2
    json.loads((tmp_path / ".hosts" / HOST).read_bytes())


@pytest.mark.parametrize(("back", "wait"), [(10, 12), (2 * HOUR, 0), (20 * 365 * 24 * HOUR, 0)])
def test_a_clock_that_is_set_back(back: float, wait: float, tmp_path: Path, clock: Clock) -> None:
    """A little costs as much, and more costs nothing: no run waits for years."""
    mine = turns(tmp_path, clock)
    asked(mine, clock)
    clock.now -= back
    assert mine.take(HOST) == pytest.approx(wait)
    clock.now += wait
    assert distances(mine, clock, 3) == [2] * 3


def test_a_hold_outlives_no_clock_that_is_set_back(tmp_path: Path, clock: Clock) -> None:
    """Nobody is held for longer than a day: what lies further ahead was written by a clock that was wrong."""
    mine = turns(tmp_path, clock)
    mine.answered(HOST, 429, b"60")
    clock.now -= 20 * 365 * 24 * HOUR
    assert mine.take(HOST) <= 60


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / ".hosts").write_bytes(b"")
    with pytest.raises(OSError, match="hosts"):
        turns(tmp_path, clock).take(HOST)
