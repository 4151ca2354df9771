"""The ledger: what is noted once is known for ever, given once a run, and forgotten only with the transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.ledger import Entry, Kept, Ledger, LedgerError

NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def entry(key: object, **more: object) -> Entry:
    return Entry(str(key), f"https://vidu.example.vn/{key}", **more)  # type: ignore[arg-type]


def keys(entries: list[Entry]) -> list[str]:
    return [each.key for each in entries]


def again(ledger: Ledger) -> Ledger:
    """The ledger as the next run opens it."""
    ledger.commit()
    ledger.refresh()
    return ledger


def state(ledger: Ledger, key: str) -> tuple[str, str | None]:
    ledger.commit()
    with sqlite3.connect(ledger.file) as db:
        row = db.execute("SELECT state, reason FROM page WHERE key = ?", (key,)).fetchone()
    db.close()
    return row


# --- noting


def test_noting_twice_changes_nothing(ledger: Ledger) -> None:
    ledger.note([entry(1, date="2026-03-01", via="listing"), entry(2)])
    ledger.note([entry(1, date="2020-01-01", via="related", depth=7), entry(3)])
    found = ledger.take_new(10)
    assert keys(found) == ["1", "2", "3"]
    assert found[0] == entry(1, date="2026-03-01", via="listing")


def test_noting_again_brings_nothing_back(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    ledger.settle("1", "done")
    ledger.note([entry(1)])
    assert ledger.take_new(10) == []
    assert state(ledger, "1") == ("done", None)


def test_an_entry_comes_back_as_it_was(ledger: Ledger) -> None:
    full = Entry("k", "https://vidu.example.vn/k", "related", 3, "https://vidu.example.vn/a", "2019-02-19", "(19/02)")
    ledger.note([full])
    assert ledger.take_new(1) == [full]


def test_ten_thousand_keys(ledger: Ledger) -> None:
    """More than SQLite takes variables in one statement: 999, as older ones are built."""
    ledger._db.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    ledger.note(entry(number) for number in range(0, 10_000, 2))
    assert ledger.known([str(number) for number in range(10_000)]) == {str(number) for number in range(0, 10_000, 2)}
    assert ledger.known([]) == set()
    assert ledger.known(["0", "0"]) == {"0"}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=4), max_size=5))
def test_any_keys(batches: list[list[str]]) -> None:
    opened = Ledger(Path(":memory:"))
    for batch in batches:
        opened.note(Entry(key, "https://vidu.example.vn/") for key in batch)
    everything = list(dict.fromkeys(key for batch in batches for key in batch))
    assert opened.known(everything) == set(everything)
    assert keys(opened.take_new(100)) == everything
    opened.close()


# --- what is new


def test_new_pages_in_the_order_they_were_found(ledger: Ledger) -> None:
    ledger.note([entry("c"), entry("a"), entry("b")])
    assert keys(ledger.take_new(2)) == ["c", "a"]
    ledger.note([entry("d")])
    assert keys(ledger.take_new(10)) == ["b", "d"]
    assert ledger.take_new(10) == []


def test_what_is_settled_before_it_is_taken_is_not_given(ledger: Ledger) -> None:
    ledger.note([entry(1), entry(2)])
    ledger.settle("1", "skipped", "robots")
    assert keys(ledger.take_new(10)) == ["2"]


def test_new_pages_since(ledger: Ledger) -> None:
    ledger.note([entry(1, date="2018-07-31"), entry(2, date="2018-08-01"), entry(3)])
    assert keys(ledger.take_new(10, date(2018, 8, 1))) == ["2", "3"]
    assert keys(again(ledger).take_carried(10, NOW)) == ["3", "2", "1"]


# --- what earlier runs left


def test_carried_pages_newest_first_and_each_once(ledger: Ledger) -> None:
    ledger.note(entry(number) for number in range(7))
    assert ledger.take_carried(10, NOW) == []
    again(ledger)
    assert ledger.take_new(10) == []
    assert ledger.count_carried(NOW) == 7
    assert keys(ledger.take_carried(3, NOW)) == ["6", "5", "4"]
    assert ledger.count_carried(NOW) == 4
    ledger.note([entry("new")])
    assert keys(ledger.take_carried(10, NOW)) == ["3", "2", "1", "0"]
    assert ledger.take_carried(10, NOW) == []
    assert keys(ledger.take_new(10)) == ["new"]


@pytest.mark.parametrize("outcome", ["done", "gone", "skipped"])
def test_what_is_settled_is_not_carried(outcome: str, ledger: Ledger) -> None:
    ledger.note([entry(1), entry(2)])
    ledger.settle("1", outcome, "why")
    assert keys(again(ledger).take_carried(10, NOW)) == ["2"]
    assert state(ledger, "1") == (outcome, "why")


def test_carried_pages_since(ledger: Ledger) -> None:
    ledger.note([entry(1, date="2018-07-31"), entry(2, date="2018-08-01"), entry(3)])
    again(ledger)
    since = date(2018, 8, 1)
    assert ledger.count_carried(NOW, since) == 2
    assert keys(ledger.take_carried(10, NOW, since)) == ["3", "2"]
    assert keys(again(ledger).take_carried(10, NOW)) == ["3", "2", "1"]


def test_a_page_gets_its_date(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    ledger.date_page("1", "2018-07-31T10:00+07:00")
    again(ledger)
    assert ledger.take_carried(10, NOW, date(2018, 8, 1)) == []
    (carried,) = ledger.take_carried(10, NOW, date(2018, 7, 31))
    assert (carried.date, carried.date_raw) == ("2018-07-31T10:00+07:00", None)


# --- what failed


def test_a_failed_page_waits(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    ledger.fail("1", "http_503", NOW)
    again(ledger)
    assert ledger.take_carried(10, NOW + timedelta(hours=2, minutes=59)) == []
    assert ledger.count_carried(NOW) == 0
    assert keys(ledger.take_carried(10, NOW + timedelta(hours=3))) == ["1"]


def test_the_wait_doubles_and_ends_after_five_days(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    moment, waits = NOW, []
    for _ in range(10):
        ledger.fail("1", "http_503", moment)
        hours = 1
        while hours <= 200 and not again(ledger).take_carried(1, moment + timedelta(hours=hours)):
            hours += 1
        if hours > 200:
            break
        waits.append(hours)
        moment += timedelta(hours=hours)
    assert waits[:5] == [3, 6, 12, 24, 48]
    assert sum(waits) == 5 * 24
    assert state(ledger, "1") == ("gone", "http_503")


def test_a_zone_makes_no_difference(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    ledger.fail("1", "x", NOW.astimezone())
    again(ledger)
    assert keys(ledger.take_carried(1, (NOW + timedelta(hours=3)).astimezone())) == ["1"]


def test_an_unknown_page_can_not_fail(ledger: Ledger) -> None:
    ledger.fail("no", "x", NOW)
    assert ledger.known(["no"]) == set()


# --- articles and listings


def test_articles(ledger: Ledger) -> None:
    assert ledger.article("vidu:1") is None
    ledger.keep_article("vidu:1", Kept("aa", 1), "run1")
    ledger.keep_article("vidu:1", Kept("bb", 2), "run2")
    assert ledger.article("vidu:1") == Kept("bb", 2)
    assert ledger.same_text("bb") == "vidu:1"
    assert ledger.same_text("aa") is None


def test_listings(ledger: Ledger) -> None:
    assert not ledger.walked("/thoi-su")
    ledger.mark_walked("/thoi-su", NOW)
    ledger.mark_walked("/thoi-su", NOW + timedelta(days=1))
    assert ledger.walked("/thoi-su")
    assert not ledger.walked("/kinh-te")
    ledger.forget_walked("/thoi-su")
    ledger.forget_walked("/thoi-su")
    assert not ledger.walked("/thoi-su")


# --- the transaction and the file


def test_what_is_committed_stays_and_the_rest_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    first = Ledger(file)
    first.note([entry(1)])
    first.commit()
    first.note([entry(2)])
    first.settle("1", "done")
    first.keep_article("vidu:1", Kept("aa", 1), "run1")
    first.mark_walked("/thoi-su", NOW)
    first.close()
    second = Ledger(file)
    assert second.known(["1", "2"]) == {"1"}
    assert keys(second.take_carried(10, NOW)) == ["1"]
    assert second.article("vidu:1") is None
    assert not second.walked("/thoi-su")
    second.close()


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(file).close()
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LedgerError, match="99") as error:
        Ledger(file)
    assert str(file) in str(error.value)


@pytest.mark.parametrize("content", [b"garbage" * 200, b"SQLite format 3\0" + b"\xff" * 4000])
def test_what_is_no_ledger(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(content)
    with pytest.raises(LedgerError) as error:
        Ledger(file)
    assert str(file) in str(error.value)


def test_a_ledger_that_can_not_be_opened(tmp_path: Path) -> None:
    """Also a folder of that name is told with its name, and as an error of ours."""
    file = tmp_path / "ledger.sqlite"
    file.mkdir()
    with pytest.raises(LedgerError) as error:
        Ledger(file)
    assert str(file) in str(error.value)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE page (x)")
    db.close()
    with pytest.raises(LedgerError):
        Ledger(file)
