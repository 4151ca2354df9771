"""The ledger: what is noted once is known for ever, given once a run, and forgotten only with the transaction."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.keeping.ledger import DamagedLedgerError, Entry, Kept, Ledger, LedgerError, is_damage
from newscrawl.keeping.walk import Walk

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
    found = ledger.known([str(number) for number in range(10_000)])
    assert found == {str(number): number // 2 + 1 for number in range(0, 10_000, 2)}  # in the order of finding
    assert ledger.known([]) == {}
    assert ledger.known(["0", "0"]) == {"0": 1}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=4), max_size=5))
def test_any_keys(batches: list[list[str]]) -> None:
    opened = Ledger(Path(":memory:"))
    for batch in batches:
        opened.note(Entry(key, "https://vidu.example.vn/") for key in batch)
    everything = list(dict.fromkeys(key for batch in batches for key in batch))
    assert sorted(opened.known(everything), key=opened.known(everything).get) == everything  # type: ignore[arg-type]
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


def test_what_was_given_up_since_then_is_looked_at_later(ledger: Ledger) -> None:
    ledger.note(entry(number) for number in range(4))
    ledger.skip("0", "no_frame", NOW - timedelta(days=2))
    ledger.skip("1", "no_frame", NOW)
    ledger.skip("2", "denied_address", NOW)
    ledger.settle("3", "done")
    later = NOW + timedelta(days=8)
    assert again(ledger).count_carried(later) == 0
    ledger.look_later(["no_frame"], NOW - timedelta(days=1), NOW)
    assert again(ledger).count_carried(NOW + timedelta(days=6)) == 0
    assert keys(again(ledger).take_carried(10, later)) == ["1"]
    ledger.skip("1", "no_frame", later)  # the second look has shown the same, and there is no alarm
    assert again(ledger).count_carried(later + timedelta(days=99)) == 0


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


def test_a_run_that_was_given_all_is_given_no_more(ledger: Ledger) -> None:
    """What falls due later is left to the next, and a million pages that wait are not looked through again."""
    ledger.note([entry(1), entry(2)])
    ledger.fail("1", "http_503", NOW, 600)
    again(ledger)
    assert keys(ledger.take_carried(10, NOW)) == ["2"]
    assert ledger.take_carried(10, NOW) == []
    assert ledger.take_carried(10, NOW + timedelta(hours=1)) == []
    assert keys(again(ledger).take_carried(10, NOW + timedelta(hours=1))) == ["2", "1"]


@pytest.mark.parametrize("outcome", ["done", "skipped"])
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
    (carried,) = again(ledger).take_carried(10, NOW, date(2018, 7, 31))
    assert (carried.date, carried.date_raw) == ("2018-07-31T10:00+07:00", None)


# --- what failed (the waits: tests/test_retries.py)


def test_a_failed_page_waits(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    assert not ledger.fail("1", "http_503", NOW, 600)
    again(ledger)
    assert ledger.count_carried(NOW) == 0
    assert ledger.take_carried(10, NOW + timedelta(minutes=9, seconds=59)) == []
    again(ledger)
    assert ledger.count_carried(NOW + timedelta(minutes=10)) == 1
    assert keys(ledger.take_carried(10, NOW + timedelta(minutes=10))) == ["1"]
    assert state(ledger, "1") == ("failed", "http_503")


def test_what_failed_is_not_given_again_as_new(ledger: Ledger) -> None:
    """The run that saw the failure holds the page itself, until it is due."""
    ledger.note([entry(1), entry(2)])
    ledger.fail("1", "http_503", NOW, 0)
    assert keys(ledger.take_new(10)) == ["2"]


def test_a_zone_makes_no_difference(ledger: Ledger) -> None:
    vietnam = timezone(timedelta(hours=7))
    ledger.note([entry(1), entry(2)])
    ledger.fail("1", "x", NOW.astimezone(vietnam), 600)
    ledger.bury("2", "gone", "x", NOW.astimezone(vietnam))
    again(ledger)
    assert keys(ledger.take_carried(1, (NOW + timedelta(minutes=10)).astimezone(vietnam))) == ["1"]
    assert keys(again(ledger).take_carried(9, NOW + timedelta(days=7))) == ["2", "1"]


def test_what_is_settled_at_last_waits_no_more(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    ledger.fail("1", "x", NOW, 600)
    ledger.settle("1", "done")
    assert again(ledger).count_carried(NOW + timedelta(days=365)) == 0


def test_tries_of_one_run_bury_nothing(ledger: Ledger) -> None:
    """They count for the waits; what comes of the page is said when the run gives it up. A look at what is gone is one
    look, however often the run tries."""
    ledger.note([entry(1)])
    for day in range(7):
        for _ in range(3):
            ledger.put_off("1", "http_503", NOW + timedelta(days=day), NOW + timedelta(days=day, seconds=60))
            assert state(ledger, "1") == ("failed", "http_503")
    assert ledger.fail("1", "http_503", NOW + timedelta(days=7), 10)
    look = NOW + timedelta(days=14)
    assert keys(again(ledger).take_carried(1, look)) == ["1"]
    ledger.put_off("1", "http_503", look, look + timedelta(seconds=60))
    assert state(ledger, "1")[0] == "gone"
    assert ledger.fail("1", "http_503", look, 10)
    assert again(ledger).take_carried(1, look + timedelta(days=400)) == []


def test_an_unknown_page_can_not_fail(ledger: Ledger) -> None:
    assert not ledger.fail("no", "x", NOW, 10)
    ledger.bury("no", "gone", "x", NOW)
    assert ledger.settle("no", "done") is None
    assert ledger.known(["no"]) == {}


# --- what was known before


def test_the_top_parts_what_was_known_from_what_is_new(ledger: Ledger) -> None:
    assert ledger.top == 0
    ledger.note([entry(1), entry(2)])
    top = ledger.top
    ledger.note([entry(3), entry(1)])
    known = ledger.known(["1", "2", "3"])
    assert {key for key, seq in known.items() if seq <= top} == {"1", "2"}
    assert ledger.top == top + 1


# --- articles


def test_articles(ledger: Ledger) -> None:
    assert ledger.article("vidu:1") is None
    ledger.keep_article("vidu:1", Kept("aa", 1), "run1")
    ledger.keep_article("vidu:1", Kept("bb", 2), "run2")
    assert ledger.article("vidu:1") == Kept("bb", 2)
    assert ledger.same_text("bb") == "vidu:1"
    assert ledger.same_text("aa") is None


def test_twins(ledger: Ledger) -> None:
    ledger.twins.keep("b", "https://vidu.example.vn/b", "vidu:1", "run1")
    ledger.twins.keep("a", "https://vidu.example.vn/a", "vidu:1", "run1")
    ledger.twins.keep("b", "https://vidu.example.vn/b", "vidu:2", "run1")
    ledger.twins.keep("c", "https://vidu.example.vn/c", "vidu:1", "run2")
    ledger.twins.keep("d", "https://vidu.example.vn/d", "vidu:1", "run1")
    ledger.twins.forget("d")
    ledger.twins.forget("no")
    assert ledger.twins.met_by("run1") == [
        {"url": "https://vidu.example.vn/a", "of": "vidu:1"},
        {"url": "https://vidu.example.vn/b", "of": "vidu:2"},
    ]
    assert ledger.twins.met_by("run3") == []


def test_where_the_link_stood(ledger: Ledger) -> None:
    ledger.note([entry(1, via="related")])
    assert ledger.settle("1", "done") == "related"


# --- runs


def test_runs_that_have_not_ended(ledger: Ledger) -> None:
    assert ledger.runs.all() == {}
    ledger.runs.save("run1", NOW, {"found": 1})
    ledger.runs.save("run2", NOW.astimezone(timezone(timedelta(hours=7))), {"reasons": {"lũ": 2}})
    ledger.runs.save("run1", NOW + timedelta(days=1), {"found": 3})
    started = NOW.isoformat(timespec="seconds")
    assert ledger.runs.all() == {"run1": (started, {"found": 3}), "run2": (started, {"reasons": {"lũ": 2}})}
    ledger.runs.end("run1")
    ledger.runs.end("run1")
    assert list(ledger.runs.all()) == ["run2"]
    assert ledger.is_empty()  # a run is nothing that a rebuild could bring back


def test_a_run_that_ended_with_its_system(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill can't harm the file, a power cut can: then it is worth reading all of it."""
    ledger.runs.save("run1", NOW, {})
    assert not ledger.runs.was_cut_off()
    monkeypatch.setattr("newscrawl.keeping.openruns._boot", lambda: "another")
    assert ledger.runs.was_cut_off()
    ledger.runs.end("run1")
    assert not ledger.runs.was_cut_off()
    monkeypatch.setattr("newscrawl.keeping.openruns._boot", lambda: "")  # a system without such a name
    ledger.runs.save("run2", NOW, {})
    assert ledger.runs.was_cut_off()


@pytest.mark.parametrize("what", ["page", "article"])
def test_empty(what: str, ledger: Ledger) -> None:
    assert ledger.is_empty()
    if what == "page":
        ledger.note([entry(1)])
    else:
        ledger.keep_article("vidu:1", Kept("aa", 1), "run1")
    assert not ledger.is_empty()


# --- the transaction and the file


def test_what_is_committed_stays_and_the_rest_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    first = Ledger(file)
    first.note([entry(1)])
    first.commit()
    first.note([entry(2)])
    first.settle("1", "done")
    first.keep_article("vidu:1", Kept("aa", 1), "run1")
    first.runs.save("run1", NOW, {})
    first.chains.end(Walk("/thoi-su", "Thời sự"), NOW)
    first.close()
    second = Ledger(file)
    assert second.known(["1", "2"]) == {"1": 1}
    assert keys(second.take_carried(10, NOW)) == ["1"]
    assert second.article("vidu:1") is None
    assert second.runs.all() == {}
    assert not second.chains.walked("/thoi-su")
    second.close()


def test_what_was_said_is_a_change_until_it_is_committed(ledger: Ledger) -> None:
    ledger.commit()
    for say in (
        lambda: ledger.note([entry(1)]),
        lambda: ledger.bury("1", "gone", "http_404", NOW),
        lambda: ledger.runs.save("run1", NOW, {}),
        lambda: ledger.chains.end(Walk("/thoi-su", "Thời sự"), NOW),
    ):
        assert not ledger.changed
        say()
        assert ledger.changed
        ledger.commit()
    ledger.note([entry(1)])
    ledger.known(["1"])
    assert not ledger.changed


def test_settled_on_disk_is_committed_and_out_of_the_log(tmp_path: Path) -> None:
    """What a power cut can take back is what lies in the log (-wal) alone."""
    file = tmp_path / "ledger.sqlite"
    first = Ledger(file)
    first.note([entry(number) for number in range(100)])
    first.commit()
    shutil.copy(file, tmp_path / "before")
    first.settle_on_disk()
    shutil.copy(file, tmp_path / "after")
    first.note([entry("more")])  # the next transaction is open
    first.close()
    assert [count_pages(tmp_path / name) for name in ("before", "after")] == [0, 100]
    assert count_pages(file) == 100


def count_pages(file: Path) -> int:
    db = sqlite3.connect(f"file:{file}?immutable=1", uri=True)
    rows = db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'page'").fetchone()[0]
    rows = db.execute("SELECT count(*) FROM page").fetchone()[0] if rows else 0
    db.close()
    return int(rows)


def test_a_commit_that_fails_forgets_all_and_the_next_may_succeed(ledger: Ledger) -> None:
    ledger.note([entry(1)])
    ledger.commit()
    ledger.note([entry(2)])
    ledger.settle("1", "done")
    real, ledger._db = ledger._db, FullAtCommit(ledger._db)  # type: ignore[assignment]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        ledger.commit()
    ledger._db = real
    assert ledger.known(["1", "2"]) == {"1": 1}
    assert state(ledger, "1") == ("found", None)
    ledger.note([entry(3)])
    ledger.commit()
    assert ledger.known(["3"]) == {"3": 2}


class FullAtCommit:
    """A connection whose disk takes no more when it is to commit."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def execute(self, sql: str) -> sqlite3.Cursor:
        if sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self.db.execute(sql)

    def __getattr__(self, name: str) -> object:
        return getattr(self.db, name)


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
    with pytest.raises(DamagedLedgerError) as error:
        Ledger(file)
    assert str(file) in str(error.value)


def test_the_whole_file_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    ledger = Ledger(file)
    ledger.note(entry(number) for number in range(3000))
    ledger.settle_on_disk()
    ledger.check()
    ledger.close()
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 8192 * 4096] + b"\xa5" * 4096 + data[len(data) // 8192 * 4096 + 4096 :])
    damaged = Ledger(file)  # a page in the middle shows when it is read
    with pytest.raises(DamagedLedgerError) as error:
        damaged.check()
    assert str(file) in str(error.value)
    damaged.close()


@pytest.mark.parametrize(
    ("code", "damage"),
    [
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_CORRUPT_INDEX, True),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_IOERR_SHORT_READ, False),
        (None, False),
    ],
)
def test_damage(code: int | None, damage: bool) -> None:
    error = sqlite3.DatabaseError("x")
    if code is not None:
        error.sqlite_errorcode = code
    assert is_damage(error) is damage


def test_a_ledger_that_can_not_be_opened(tmp_path: Path) -> None:
    """Also a folder of that name is told with its name, and as an error of ours."""
    file = tmp_path / "ledger.sqlite"
    file.mkdir()
    with pytest.raises(LedgerError) as error:
        Ledger(file)
    assert str(file) in str(error.value)
    assert not isinstance(error.value, DamagedLedgerError)  # else it would be set aside


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE page (x)")
    db.close()
    before = file.read_bytes()
    with pytest.raises(LedgerError) as error:
        Ledger(file)
    assert not isinstance(error.value, DamagedLedgerError)
    assert tables(file) == {"page"}
    assert len(file.read_bytes()) == len(before)


def tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as db:
        found = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    db.close()
    return found
