"""A run: its lock, the order of its writes, what is left when it dies at any point, and accounts that balance."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import DropItem

from newscrawl.keeping.accounts import OUTCOMES
from newscrawl.keeping.arguments import Arguments
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.ledger import Kept, Ledger, LedgerError
from newscrawl.keeping.lock import SiteBusyError
from newscrawl.keeping.openruns import OpenRuns
from newscrawl.keeping.run import Run
from newscrawl.keeping.segments import Segment
from newscrawl.keeping.walk import CHANCE, Noted
from newscrawl.pipelines import DeduplicatePipeline, JsonLinesPipeline
from newscrawl.words.errors import ArgumentError
from tests.onerun import (
    LATER,
    NOW,
    article,
    ended,
    entries,
    keys,
    kill,
    lines,
    manifests,
    opened,
    parsed,
    record,
    runs,
    segments,
    url,
)

ROOT = Path(__file__).parents[1]
SHORT_LIVED = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)  # nobody waits for a disk there


def names(run: Run) -> set[str]:
    """The files of the site, without those that SQLite keeps beside its own."""
    return {file.name for file in run.folder.iterdir() if not file.name.startswith("ledger.sqlite-")}


# --- a run from beginning to end


def test_a_run(tmp_path: Path) -> None:
    run = opened(tmp_path)
    assert run.frontier.note(entries(1, 2, 3, 3)) == Noted(3)
    assert run.frontier.note(entries(3, 4)) == Noted(1)
    assert keys(run.frontier.take_new(10)) == ["1", "2", "3", "4"]
    run.store(record(1))
    run.store(record(2))
    run.drop(url(3), "duplicate", "baocantho:2")
    run.frontier.settle("4", "gone", "http_404")
    manifest = ended(run)
    assert manifest == runs(tmp_path)[0] == manifests(tmp_path)[run.name]
    assert lines(tmp_path) == ["baocantho:1", "baocantho:2"]
    assert names(run) == {
        ".lock", "ledger.sqlite", "runs.jsonl", "20260314T020000Z.jsonl", "20260314T020000Z.manifest.json",
    }  # fmt: skip
    content = run.segment.file.read_bytes()
    assert (manifest["lines"], manifest["bytes"]) == (2, len(content))
    assert manifest["sha256"] == sha256(content).hexdigest()
    assert manifest["counts"]["duplicates"] == [{"url": url(3), "of": "baocantho:2"}]
    assert manifest["counts"]["reasons"] == {"gone/http_404": 1}
    assert manifest["counts"]["stored_via"] == {"listing": 2}
    assert run.ledger.file.exists()
    assert left_open(tmp_path) == []


def left_open(folder: Path) -> list[str]:
    """The runs that the ledger takes for not ended."""
    db = sqlite3.connect(folder / "baocantho" / "ledger.sqlite")
    found = [name for (name,) in db.execute("SELECT name FROM run")]
    db.close()
    return found


def test_a_run_without_articles(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.frontier.settle("1", "skipped", "robots")
    manifest = ended(run)
    assert names(run) == {".lock", "ledger.sqlite", "runs.jsonl"}
    assert runs(tmp_path) == [manifest]
    assert "segment" not in manifest


def test_the_second_run_knows_the_first(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    run.store(record(1))
    ended(run)
    second = opened(tmp_path, LATER)
    assert second.accounts.carried == 1
    assert second.frontier.note(entries(1, 2, 3)) == Noted(1)
    assert second.kept("baocantho:1") == Kept(record(1)["content_hash"], 1)
    assert second.same_text(record(1)["content_hash"]) == "baocantho:1"
    assert keys(second.frontier.take_carried(10)) == ["2"]
    assert keys(second.frontier.take_new(10)) == ["3"]
    ended(second)


def test_two_runs_in_one_second_have_two_names(tmp_path: Path) -> None:
    found = []
    for number in range(3):
        run = opened(tmp_path)
        run.frontier.note(entries(number))
        run.store(record(number))
        ended(run)
        found.append(run.name)
    assert found == ["20260314T020000Z", "20260314T020001Z", "20260314T020002Z"]


def test_a_clock_that_was_set_back_turns_no_order_round(tmp_path: Path) -> None:
    """Readers take the last line of an article, and so does a ledger that is made anew; a run that stored nothing has
    its name in `runs.jsonl` alone."""
    for days in (0, 20, *([1] * 12), 0, 1, 30):
        run = opened(tmp_path, NOW + timedelta(days=days))
        if days == 0:
            run.store({**record(1, text=str(run.name)), "revision": 2 if run.kept("baocantho:1") else 1})
        ended(run)
    names = [each["run"] for each in runs(tmp_path)]
    assert names == sorted(set(names))
    assert names[1:3] == ["20260403T020000Z", "20260403T020001Z"]
    assert names[-1] == "20260413T020000Z"
    assert [each["started"] for each in runs(tmp_path)][2] == "2026-03-15T02:00:00+00:00"
    (tmp_path / "baocantho" / "ledger.sqlite").unlink()
    anew = opened(tmp_path, NOW + timedelta(days=31))
    assert anew.kept("baocantho:1") == Kept(record(1, text=names[14])["content_hash"], 2)
    anew.close()


def test_files_of_another_hand_are_no_names_of_runs(tmp_path: Path) -> None:
    (tmp_path / "baocantho").mkdir()
    (tmp_path / "baocantho" / "2nd-try.txt").touch()
    run = opened(tmp_path)
    assert run.name == "20260314T020000Z"
    run.close()


def test_the_name_is_utc(tmp_path: Path) -> None:
    run = opened(tmp_path, NOW.astimezone())
    assert run.name == "20260314T020000Z"
    run.close()


def test_a_part_of_the_site(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note([*entries(1, date="2018-07-31"), *entries(2, date="2018-08-01")])
    run.frontier.end_walk(run.frontier.fresh_walk("/thoi-su", "Thời sự", "u", place="file"), "end", complete=True)
    run.frontier.end_walk(run.frontier.fresh_walk("/kinh-te", "Kinh tế", "u", place="file"), "empty", complete=False)
    ended(run)
    since = opened(tmp_path, LATER, Arguments(since=date(2018, 8, 1)))
    assert since.accounts.carried == 1
    assert keys(since.frontier.take_carried(10)) == ["2"]
    since.frontier.end_walk(since.frontier.fresh_walk("/xa-hoi", "Xã hội", "u", place="file"), "end", complete=True)
    assert since.accounts.listings == {"end": 1}
    ended(since)
    some = opened(tmp_path, LATER, Arguments(categories=("thoi-su",)))
    walked = {chain: not some.frontier.fresh_walk(chain, "", "u", place="file").deep for chain in CHAINS}
    assert walked == {"/thoi-su": True, "/kinh-te": False, "/xa-hoi": False}
    assert (some.accounts.carried, some.frontier.take_carried(10)) == (0, [])
    some.close()


CHAINS = ("/thoi-su", "/kinh-te", "/xa-hoi")


def test_what_a_listing_leads_to(tmp_path: Path) -> None:
    """A walk is told what earlier walks over the listing have seen, and is remembered with its first finds."""
    run = opened(tmp_path)
    first = run.frontier.fresh_walk("/thoi-su", "Thời sự", HEAD, place=CHANCE)
    run.frontier.note(entries(1, 2), first)
    run.frontier.end_walk(first, "end", complete=True)
    ended(run)
    run = opened(tmp_path, LATER)
    run.frontier.note(entries(3))
    walk = run.frontier.fresh_walk("/thoi-su", "Thời sự", HEAD, place=CHANCE)
    assert run.frontier.note(entries(1, 2, 3), walk) == Noted(0, 2)
    assert run.frontier.open_walks() == []
    assert run.frontier.note(entries(1, 3, 4), walk) == Noted(1, 1)
    kill_after_save(run)
    run = opened(tmp_path, LATER)
    (resumed,) = run.frontier.open_walks()
    assert (resumed.next, resumed.pages, resumed.floor) == (HEAD, 0, 2)
    run.close()


HEAD = "https://baocantho.com.vn/thoi-su/"


def kill_after_save(run: Run) -> None:
    run.save()
    kill(run)


def test_pages_of_a_barren_listing(tmp_path: Path) -> None:
    run = opened(tmp_path)
    walk = run.frontier.fresh_walk("/lich", "Lịch", "u", place=CHANCE)
    run.frontier.note(entries(*range(200)), walk)
    for number in range(200):
        assert not run.frontier.traps.is_barren(CHANCE)
        run.frontier.settle(str(number), "skipped", "listing")
    assert run.frontier.traps.is_barren(CHANCE)
    run.close()


WHOLE_AND_OTHERS = [(0, False), (0, False), (9, False), (0, False), (0, True), (0, False), (0, False), (0, False)]


def test_earlier_finds_are_those_of_whole_runs(tmp_path: Path) -> None:
    for number, (code, partial) in enumerate(WHOLE_AND_OTHERS):
        run = opened(tmp_path)
        run.frontier.count_on_head(number)
        run.finish("finished", code, {"partial": partial}, LATER)
    run = opened(tmp_path)
    assert run.earlier_finds() == [1, 3, 5, 6, 7]
    run.close()


# --- the lock

HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawl.extraction import site_named
from newscrawl.keeping.lock import SiteBusyError
from newscrawl.keeping.run import Run
from newscrawl.keeping.terms import Terms
try:
    run = Run.open(Path(sys.argv[1]), site_named("baocantho"), Terms(lambda: datetime(2026, 3, 14, 2, tzinfo=UTC)))
except SiteBusyError as error:
    print("busy:", error, flush=True)
else:
    print("open", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the site, or says why not."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_one_run_at_a_time(tmp_path: Path) -> None:
    run = opened(tmp_path)
    other = holder(tmp_path)
    out, _ = other.communicate(timeout=60)
    assert out.startswith("busy:")
    assert "baocantho" in out
    with pytest.raises(SiteBusyError):
        opened(tmp_path)
    run.frontier.note(entries(1))  # the refused one has changed nothing
    run.store(record(1))
    ended(run)
    ended(opened(tmp_path, LATER))


def test_the_kernel_lets_go_of_a_killed_holder(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        try:
            assert said(other) == "open\n"
            with pytest.raises(SiteBusyError, match="baocantho"):
                opened(tmp_path)
        finally:
            other.kill()
            other.wait(timeout=60)
    ended(opened(tmp_path))


def test_the_lock_is_let_go_when_opening_fails(tmp_path: Path) -> None:
    folder = tmp_path / "baocantho"
    folder.mkdir()
    newer = sqlite3.connect(folder / "ledger.sqlite")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    errors = []  # they keep the frames alive in which the lock was taken
    for _ in range(2):
        with pytest.raises(LedgerError, match="99") as error:
            opened(tmp_path)
        errors.append(error)
    (folder / "ledger.sqlite").unlink()
    ended(opened(tmp_path))


# --- the order of writes


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []

    def told(owner: Any, name: str, word: Callable[..., str]) -> None:
        call = getattr(owner, name)

        def telling(*args: Any, **more: Any) -> Any:
            calls.append(word(*args))
            return call(*args, **more)

        monkeypatch.setattr(owner, name, telling)

    told(Segment, "write", lambda *_: "line")
    told(Segment, "sync", lambda *_: "sync")
    told(Ledger, "settle", lambda _, key, state, *__: f"{state} {key}")
    told(Ledger, "commit", lambda *_: "commit")
    told(Ledger, "settle_on_disk", lambda *_: "ledger on disk")
    told(OpenRuns, "end", lambda *_: "ended")
    told(os, "replace", lambda *_: "manifest")
    told(os, "rename", lambda *_: "name")
    monkeypatch.setattr("newscrawl.keeping.run.append_run", lambda *_: calls.append("listed"))
    return calls


def test_line_then_sync_then_done_then_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    calls = watched(monkeypatch)
    run.store(record(1))
    run.save()
    assert calls == ["line", "commit"]  # what the ledger says by now is that the page is still to be had
    del calls[:]
    run.store(record(2))
    run.sync()
    assert calls == ["line", "sync", "done 1", "done 2", "commit"]
    del calls[:]
    run.save()
    assert calls == []
    ended(run)
    assert calls == ["sync", "commit", "ledger on disk", "manifest", "sync", "name", "listed", "ended", "commit"]


def test_what_was_said_is_saved_before_each_request(tmp_path: Path) -> None:
    """Everything but stored pages, whose lines may not be on disk."""
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2, 3, 4, 5, 6))
    assert committed(tmp_path, "1") is None
    run.store(record(1))
    run.drop(url(2), "unchanged")
    run.frontier.settle("3", "gone", "http_404")
    run.frontier.settle("4", "skipped", "robots")
    run.frontier.settle("5", "failed", "http_503")
    run.save()
    states = [committed(tmp_path, str(number)) for number in range(1, 7)]
    assert states == ["found", "done", "gone", "skipped", "failed", "found"]
    kill(run)


def test_articles_whose_line_is_not_on_disk_are_known(tmp_path: Path) -> None:
    """Else the same article would be written twice in one group."""
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.store(record(1))
    text = record(1)["content_hash"]
    assert (run.kept("baocantho:1"), run.same_text(text)) == (Kept(text, 1), "baocantho:1")
    assert run.ledger.article("baocantho:1") is None
    run.sync()
    assert run.ledger.article("baocantho:1") == Kept(text, 1)
    assert (run.kept("baocantho:1"), run.same_text(text)) == (Kept(text, 1), "baocantho:1")
    run.close()


def test_the_ledger_is_not_committed_when_the_segment_is_not_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.sync()
    run.store(record(1))

    def failing(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="Input/output"):
            run.sync()
    with pytest.raises(OSError, match="Input/output"):  # nothing more is kept: the next run reads the segment
        run.sync()
    run.frontier.note(entries(2))
    for write in (run.save, lambda: ended(run)):
        with pytest.raises(OSError, match="Input/output"):
            write()
    assert run.broken
    run.close()
    assert (committed(tmp_path, "1"), committed(tmp_path, "2")) == ("found", None)
    ended(opened(tmp_path, LATER))
    assert lines(tmp_path) == ["baocantho:1"]


def test_a_ledger_that_takes_no_more_leaves_the_segment_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    run.save()
    run.store(record(1))

    def failing(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(run.ledger, "commit", failing)
        with pytest.raises(sqlite3.OperationalError):
            run.sync()
    with pytest.raises(sqlite3.OperationalError, match="full"):
        ended(run, 3)
    run.close()
    assert committed(tmp_path, "1") == "found"
    second = opened(tmp_path, LATER)
    assert keys(second.frontier.take_carried(10)) == ["2"]
    ended(second)
    assert lines(tmp_path) == ["baocantho:1"]


def test_what_the_ledger_could_not_do_in_a_callback_is_a_failed_write(tmp_path: Path) -> None:
    """It may have forgotten more than that: nothing is committed after it. The first failure is told."""
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.save()
    run.frontier.note(entries(2))
    run.notice(KeyError("x"))
    assert not run.broken
    run.notice(sqlite3.OperationalError("disk I/O error"))
    run.notice(sqlite3.OperationalError("another"))
    for write in (run.sync, run.save, lambda: ended(run)):
        with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
            write()
    run.close()
    assert (committed(tmp_path, "1"), committed(tmp_path, "2")) == ("found", None)


def committed(folder: Path, key: str) -> str | None:
    """The state of a page as it is on disk."""
    db = sqlite3.connect(folder / "baocantho" / "ledger.sqlite")
    row = db.execute("SELECT state FROM page WHERE key = ?", (key,)).fetchone()
    db.close()
    return row[0] if row else None


def test_syncs_are_grouped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what a power cut could take back: 32 lines, or what was written for a second."""
    monkeypatch.setattr("newscrawl.keeping.run.monotonic", lambda: 0.0)
    run = opened(tmp_path)
    run.frontier.note(entries(*range(100)))
    calls = watched(monkeypatch)
    for number in range(70):
        run.store(record(number))
        assert calls[-1] == "line"  # the pipeline syncs nothing itself
        run.save()
    assert calls.count("sync") == 2
    assert [committed(tmp_path, str(number)) for number in (63, 64)] == ["done", "found"]
    monkeypatch.setattr("newscrawl.keeping.run.monotonic", lambda: 0.9)
    run.save()
    assert calls.count("sync") == 2
    monkeypatch.setattr("newscrawl.keeping.run.monotonic", lambda: 1.0)
    run.save()
    assert calls.count("sync") == 3
    assert committed(tmp_path, "69") == "done"
    monkeypatch.setattr("newscrawl.keeping.run.monotonic", lambda: 60.0)
    run.frontier.settle("70", "skipped", "listing")
    run.save()
    assert calls.count("sync") == 3  # no line, and so nothing to be synced
    assert committed(tmp_path, "70") == "skipped"
    run.close()


def test_what_changes_nothing_commits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    calls = watched(monkeypatch)
    run.frontier.take_new(10)
    run.save()
    assert calls == []
    run.close()


def test_a_full_disk_loses_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    run.store(record(1))

    def failing(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", failing)
        with pytest.raises(OSError, match="No space") as error:
            run.store(record(2))
    assert is_disk_full(error.value)
    ended(run, 3)
    assert lines(tmp_path) == ["baocantho:1"]
    second = opened(tmp_path, LATER)
    assert keys(second.frontier.take_carried(10)) == ["2"]
    ended(second)


def test_a_disk_full_from_the_first_line_on_leaves_no_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1))

    def failing(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", failing)
        with pytest.raises(OSError, match="No space"):
            run.store(record(1))
    ended(run, 3)
    assert names(run) == {".lock", "ledger.sqlite", "runs.jsonl"}


def as_sqlite_says(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError(errno.EFBIG, "x"), True),
        (OSError(errno.EACCES, "x"), False),
        (OSError("x"), False),
        (as_sqlite_says(sqlite3.SQLITE_FULL), True),
        (as_sqlite_says(sqlite3.SQLITE_BUSY), False),
        (as_sqlite_says(sqlite3.SQLITE_CORRUPT), False),
        (as_sqlite_says(sqlite3.SQLITE_CANTOPEN), False),
        (sqlite3.OperationalError("database or disk is full"), False),  # not one of SQLite's
        (ValueError("full"), False),
    ],
)
def test_disk_full(error: BaseException, full: bool, tmp_path: Path) -> None:
    assert is_disk_full(error) is full
    assert is_disk_full(error, tmp_path) is full
    assert list(tmp_path.iterdir()) == []


def test_what_sqlite_could_not_write_is_tried_where_the_folder_is_known(tmp_path: Path) -> None:
    """A limit on the size of files shows so, and a bad disk, too."""
    assert is_disk_full(as_sqlite_says(sqlite3.SQLITE_IOERR_WRITE))
    assert not is_disk_full(as_sqlite_says(sqlite3.SQLITE_IOERR_WRITE), tmp_path)


def test_sqlite_itself_says_that_the_disk_is_full(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "db")
    db.execute("PRAGMA max_page_count = 2")
    db.execute("CREATE TABLE t (x)")
    with pytest.raises(sqlite3.OperationalError) as error:
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    db.close()
    assert is_disk_full(error.value)


@pytest.mark.parametrize(("code", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EACCES, False)])
@pytest.mark.parametrize("call", ["open", "write", "fsync"])
@pytest.mark.parametrize("said", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR_WRITE])
def test_what_sqlite_does_not_say_is_tried(
    said: int, call: str, code: int, full: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def failing(*_: Any) -> int:
        raise OSError(code, "x")

    monkeypatch.setattr(os, call, failing)
    assert is_disk_full(as_sqlite_says(said), tmp_path) is full
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


# --- killed, and opened again (more: tests/test_recovery.py)


def killed(folder: Path, *, synced: bool) -> Run:
    """A run that wrote two articles and then died: nothing is finished, and perhaps nothing is in the ledger."""
    run = opened(folder)
    run.frontier.note(entries(1, 2, 3))
    if synced:
        run.sync()
    run.store(record(1, 11, 12))
    run.store(record(2, 12, 3))
    if synced:
        run.sync()
    kill(run)
    return run


@pytest.mark.parametrize("synced", [True, False])
def test_recovery(synced: bool, tmp_path: Path) -> None:
    dead = killed(tmp_path, synced=synced)
    run = opened(tmp_path, LATER)
    assert run.name != dead.name
    assert lines(tmp_path) == ["baocantho:1", "baocantho:2"]
    (manifest,) = runs(tmp_path)
    assert (manifest["run"], manifest["reason"], manifest["lines"]) == (dead.name, "recovered", 2)
    assert manifest["counts"]["stored"] == 2
    assert run.kept("baocantho:1") == Kept(record(1)["content_hash"], 1)
    assert sorted(keys(run.frontier.take_carried(10))) == ["11", "12", "3"]
    assert run.accounts.carried == 3
    assert run.frontier.note(entries(1, 2)) == Noted(0)
    for number in (3, 11, 12):
        run.store(record(number))
    ended(run)
    assert Counter(lines(tmp_path)) == Counter(f"baocantho:{number}" for number in (1, 2, 3, 11, 12))


def test_related_links_of_other_hosts_are_not_taken_in(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    line = record(1, 11)
    line["related"][0]["url"] = "https://khac.example.vn/x-a11.html"
    run.store(line)
    kill(run)
    again = opened(tmp_path, LATER)
    assert again.frontier.take_carried(10) == []
    again.close()


def test_a_torn_line_is_fetched_again(tmp_path: Path) -> None:
    dead = killed(tmp_path, synced=False)
    file = dead.segment.open_file
    file.write_bytes(file.read_bytes()[:-20])
    run = opened(tmp_path, LATER)
    assert lines(tmp_path) == ["baocantho:1"]
    assert run.kept("baocantho:2") is None
    run.close()


# --- accounts

STEPS = st.lists(st.tuples(st.sampled_from(["note", "store", "drop", "fail", "gone", "skip", "leave"]), st.booleans()))


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_the_accounts_balance(steps: list[tuple[str, bool]]) -> None:
    """Every page found is stored, unchanged, a duplicate, failed, gone, skipped or pending, and pending is true."""
    with tempfile.TemporaryDirectory(dir=SHORT_LIVED) as folder:
        run = opened(Path(folder))
        for number, (step, twice) in enumerate(steps):
            run.frontier.note(entries(number))
            if twice:
                run.frontier.note(entries(number))
            if step == "store":
                run.store(record(number))
            elif step == "drop":
                run.drop(url(number), "unchanged")
            elif step != "note" and step != "leave":
                run.frontier.settle(str(number), {"fail": "failed", "skip": "skipped"}.get(step, step), "why")
        counts = ended(run)["counts"]
        assert counts["found"] == len(steps)
        assert balances(counts)
        db = sqlite3.connect(run.folder / "ledger.sqlite")
        states = Counter(state for (state,) in db.execute("SELECT state FROM page"))
        db.close()
        assert counts["pending"] == states["found"]
        assert (counts["failed"], counts["gone"], counts["skipped"]) == (
            states["failed"],
            states["gone"],
            states["skipped"],
        )
        assert counts["stored"] == len(lines(Path(folder)))


def balances(counts: dict[str, Any]) -> bool:
    return bool(counts["found"] == sum(counts[name] for name in (*OUTCOMES, "pending")) and counts["pending"] >= 0)


def test_pages_that_fall_due_while_the_run_works_are_left_to_the_next(tmp_path: Path) -> None:
    """They were not counted when it began."""
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.frontier.settle("1", "failed", "http_503", timedelta(hours=3))
    ended(run)
    second = opened(tmp_path, LATER)
    second.frontier._clock = lambda: NOW + timedelta(hours=9)
    assert second.frontier.take_carried(10) == []
    assert ended(second)["counts"]["found"] == 0
    third = opened(tmp_path, NOW + timedelta(hours=9))
    assert keys(third.frontier.take_carried(10)) == ["1"]
    ended(third)


def test_a_page_that_is_tried_again_in_the_run_counts_once(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    run.frontier.put_off("1", "http_503", timedelta(seconds=10))
    run.frontier.put_off("1", "http_503", timedelta(seconds=60))
    assert run.accounts.attempted == 0
    run.store(record(1))
    run.frontier.settle("2", "failed", "http_503")
    counts = ended(run)["counts"]
    assert (counts["found"], counts["stored"], counts["failed"]) == (2, 1, 1)


def test_a_page_that_failed_for_five_days_counts_as_gone(tmp_path: Path) -> None:
    for day in range(6):
        run = opened(tmp_path, NOW + timedelta(days=day))
        run.frontier.note(entries(1))
        assert keys(run.frontier.take_new(1) + run.frontier.take_carried(1)) == ["1"]
        run.frontier.settle("1", "failed", "http_503")
        counts = ended(run)["counts"]
        gone = int(day == 5)
        assert (counts["gone"], counts["failed"], counts["found"]) == (gone, 1 - gone, 1)
    assert counts["reasons"] == {"gone/http_503": 1}


@pytest.mark.parametrize(
    ("outcome", "reason", "again"),
    [("gone", "http_404", True), ("skipped", "robots", True), ("skipped", "too_large", True),
     ("skipped", "listing", False), ("skipped", "other_host", False)],
)  # fmt: skip
def test_what_may_be_otherwise_in_a_week(outcome: str, reason: str, again: bool, tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.frontier.settle("1", outcome, reason)
    ended(run)
    for days, due in ((6, False), (7, again)):
        run = opened(tmp_path, NOW + timedelta(days=days))
        assert keys(run.frontier.take_carried(1)) == (["1"] if due else [])
        ended(run)


def test_what_is_looked_at_once_more_is_so_for_good_then(tmp_path: Path) -> None:
    for days, due in ((0, ["1"]), (7, ["1"]), (400, [])):
        run = opened(tmp_path, NOW + timedelta(days=days))
        run.frontier.note(entries(1))
        found = keys(run.frontier.take_new(9)) + keys(run.frontier.take_carried(9))
        assert found == due
        for key in found:
            run.frontier.settle(key, "skipped", "robots")
        counts = ended(run)["counts"]
        assert (counts["found"], counts["skipped"], counts["pending"]) == (len(due), len(due), 0)


@pytest.mark.parametrize("outcome", ["failed", "gone"])
def test_a_wait_that_a_wrong_clock_began_is_not_kept(outcome: str, tmp_path: Path) -> None:
    """The clock was ten years ahead, and the page would not be asked for before that."""
    run = opened(tmp_path, NOW + timedelta(days=3650))
    run.frontier.note(entries(1))
    run.frontier.settle("1", outcome, "http_503")
    ended(run)
    run = opened(tmp_path, NOW)
    assert keys(run.frontier.take_carried(9)) == ["1"]
    ended(run)


def test_a_page_whose_article_is_too_old_stays_for_a_run_that_wants_it(tmp_path: Path) -> None:
    run = opened(tmp_path, NOW, Arguments(since=date(2018, 8, 1)))
    run.frontier.note(entries(1))
    assert keys(run.frontier.take_new(9)) == ["1"]
    run.frontier.postpone("1", "2018-07-31")
    assert ended(run)["counts"]["pending"] == 1
    for since, left in ((date(2018, 8, 1), []), (date(2018, 7, 31), ["1"]), (None, ["1"])):
        run = opened(tmp_path, LATER, Arguments(since=since))
        assert keys(run.frontier.take_carried(9)) == left
        ended(run)


def test_a_guards_text_is_taken_back(tmp_path: Path) -> None:
    """The pages that were taken for twins of an article are tried again, and the accounts say so."""
    run = opened(tmp_path)
    run.frontier.note(entries(*range(1, 7)))
    text = record(1)["content_hash"]
    for number in range(1, 7):
        made = replace(article(number), content_hash=text, body="Một câu.")
        with suppress(DropItem):
            JsonLinesPipeline(run).process_item(DeduplicatePipeline(run).process_item(made))
        twins = run.accounts.settled["duplicate"]
        assert twins == (number - 1 if number <= 4 else 0)
    counts = ended(run)["counts"]
    assert (counts["stored"], counts["duplicate"], counts["failed"], counts["duplicates"]) == (1, 0, 5, [])
    assert counts["reasons"] == {"failed/same_text": 5}
    assert balances(counts)
    again = opened(tmp_path, LATER)
    assert sorted(keys(again.frontier.take_carried(9))) == list("23456")
    ended(again)


def test_a_guard_that_shows_itself_now_and_then_is_found_out(tmp_path: Path) -> None:
    """Two pages a night, which no run alone would take for more than twins."""
    text = record(1)["content_hash"]
    for night in range(3):
        run = opened(tmp_path, NOW + timedelta(days=night))
        for number in (2 * night + 1, 2 * night + 2):
            run.frontier.note(entries(number))
            made = replace(article(number), content_hash=text, body="Một câu.")
            with suppress(DropItem):
                JsonLinesPipeline(run).process_item(DeduplicatePipeline(run).process_item(made))
        counts = ended(run)["counts"]
        assert balances(counts)
        assert counts["failed"] == (2 if night == 2 else 0)
    again = opened(tmp_path, NOW + timedelta(days=4))
    assert sorted(keys(again.frontier.take_carried(9))) == list("23456"), "none is lost as a duplicate"
    ended(again)


# --- any life

# What happens, to which of the pages in hand: each is taken from the run, and settled once, as the spider does it.
ACTS = ("note", "note", "store", "store", "fail", "failed", "drop", "gone", "skip", "save", "sync", "kill", "end")
LIFE = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), max_size=30)


class Life:
    """Runs over one site, one after the other; what they were told, and what must not be lost of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, NOW
        self.noted = self.opened = 0
        self.heard: set[str] = set()  # noted, perhaps not saved
        self.saved: set[str] = set()
        self.written: list[str] = []
        self.closed: set[str] = set()  # dropped, gone or skipped
        self.open()

    def open(self) -> None:
        self.now += timedelta(hours=2)
        self.run = opened(self.folder, self.now)
        self.opened += 1
        self.hand: list[str] = []

    def act(self, name: str, number: int) -> None:
        self.hand += keys(self.run.frontier.take_new(10)) + keys(self.run.frontier.take_carried(10))
        if name in ("note", "save", "sync", "kill", "end"):
            getattr(self, name)(number)
        elif self.hand:
            page = self.hand[number % len(self.hand)]
            if name != "fail":
                self.hand.remove(page)
            getattr(self, name)(page)
        assert self.run.accounts.balance()["pending"] >= 0

    def note(self, number: int) -> None:
        """News, and a page that is known."""
        self.noted += number
        news = range(self.noted - number, self.noted)
        self.run.frontier.note(entries(*news, 0))
        self.heard |= {str(each) for each in (*news, 0)}

    def store(self, page: str, *, links: bool = True) -> None:
        """The article links to a page that nobody knows yet."""
        made = article(int(page), *([self.noted] if links else []))
        if links:
            self.note(1)
        try:
            JsonLinesPipeline(self.run).process_item(DeduplicatePipeline(self.run).process_item(made))
        except DropItem:
            self.closed.add(page)
        self.written.append(page)

    def fail(self, page: str) -> None:
        self.run.frontier.put_off(page, "http_503", timedelta(seconds=10))

    def failed(self, page: str) -> None:
        self.run.frontier.settle(page, "failed", "http_503")

    def drop(self, page: str) -> None:
        self.run.drop(url(int(page)), "duplicate", "baocantho:0")
        self.closed.add(page)

    def gone(self, page: str) -> None:
        self.run.frontier.settle(page, "gone", "http_404")
        self.closed.add(page)

    def skip(self, page: str) -> None:
        self.run.frontier.settle(page, "skipped", "robots")
        self.closed.add(page)

    def save(self, _: int = 0) -> None:
        self.run.save()
        self.saved |= self.heard

    def sync(self, _: int = 0) -> None:
        self.run.sync()
        self.saved |= self.heard

    def kill(self, _: int = 0) -> None:
        kill(self.run)
        self.heard = set(self.saved)
        self.open()

    def end(self, _: int = 0) -> None:
        assert balances(ended(self.run)["counts"])
        self.saved |= self.heard
        self.open()

    def finish(self) -> None:
        """A last run, in which all goes well."""
        self.end()
        self.now += timedelta(days=2)  # what failed is due by then
        self.end()
        for page in keys(self.run.frontier.take_new(1000)) + keys(self.run.frontier.take_carried(1000)):
            self.store(page, links=False)
        self.end()
        self.run.close()


@settings(max_examples=30, deadline=None)
@given(LIFE)
def test_whatever_happens_nothing_is_lost_or_doubled(life: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory(dir=SHORT_LIVED) as folder:
        told = Life(Path(folder))
        for name, number in life:
            told.act(name, number)
        told.finish()
        written = Counter(each.removeprefix("baocantho:") for each in lines(Path(folder)))
        assert set(written.values()) <= {1}
        assert told.saved - told.closed <= written.keys()
        assert set(told.written) == written.keys()
        listed = runs(Path(folder))
        assert len({each["run"] for each in listed}) == len(listed) == told.opened - 1
        assert all(balances(each["counts"]) for each in listed)
        assert {each["run"]: each for each in listed if "segment" in each} == manifests(Path(folder))
        stored = {each["run"]: each["counts"]["stored"] for each in listed if "segment" in each}
        assert stored == {file.stem: len(parsed(file)) for file in segments(Path(folder))}


# --- arguments


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, Arguments()),
        ({"since": "2018-01-01"}, Arguments(since=date(2018, 1, 1))),
        ({"categories": "thoi-su, kinh-te,"}, Arguments(categories=("thoi-su", "kinh-te"))),
        ({"limit": "5"}, Arguments(limit=5)),
    ],
)
def test_arguments(given: dict[str, str], read: Arguments) -> None:
    assert Arguments.read(given) == read
    assert read.partial == bool({"since", "limit"} & given.keys())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "01/01/2018"), ("since", ""), ("since", "2018-13-01"), ("categories", ""), ("categories", " , "),
        ("limit", "0"), ("limit", "-1"), ("limit", "5.0"), ("limit", "²"), ("limit", "nhiều"), ("limit", "9" * 5000),
        ("sinc", "2018-01-01"),
    ],
)  # fmt: skip
def test_arguments_that_are_none(name: str, value: str) -> None:
    with pytest.raises(ArgumentError) as error:
        Arguments.read({name: value})
    assert name in str(error.value)
