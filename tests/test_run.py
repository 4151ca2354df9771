"""A run: its lock, the order of its writes, what is left when it dies at any point, and accounts that balance."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.arguments import Arguments
from newscrawl.errors import ArgumentError
from newscrawl.extraction import site_named
from newscrawl.items import Article, Link, record_of
from newscrawl.ledger import Entry, Kept, Ledger, LedgerError
from newscrawl.run import Run, SiteBusyError, is_disk_full
from newscrawl.segments import Segment

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SITE = site_named("baocantho")


def url(number: int) -> str:
    return f"https://baocantho.com.vn/vet-kenh-a{number}.html"


def entries(*numbers: int, **more: Any) -> list[Entry]:
    return [Entry(str(number), url(number), **more) for number in numbers]


def record(number: int, *related: int, text: str = "") -> dict[str, Any]:
    links = [Link(url(other), "Một", "2019-02-19", "(19/02)", "Tin đã đưa") for other in related]
    article = Article(id=f"baocantho:{number}", url=url(number), title="Vét kênh", body=text, related=links)
    return record_of(replace(article, content_hash=sha256(f"{number}{text}".encode()).hexdigest()))


def opened(folder: Path, now: datetime = NOW, arguments: Arguments | None = None) -> Run:
    return Run.open(folder, SITE, now, arguments)


def finished(run: Run, code: int = 0) -> dict[str, Any]:
    return run.finish("finished", code, {}, LATER)


def names(run: Run) -> set[str]:
    """The files of the site, without those that SQLite keeps beside its own."""
    return {file.name for file in run.folder.iterdir() if not file.name.startswith("ledger.sqlite-")}


def lines(folder: Path) -> list[str]:
    """The ids in all finished segments."""
    files = sorted((folder / "baocantho").glob("*.jsonl"))
    return [each["id"] for file in files if file.name != "runs.jsonl" for each in parsed(file)]


def runs(folder: Path) -> list[dict[str, Any]]:
    return parsed(folder / "baocantho" / "runs.jsonl")


def parsed(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


# --- a run from beginning to end


def test_a_run(tmp_path: Path) -> None:
    run = opened(tmp_path)
    assert run.note(entries(1, 2, 3)) == 3
    assert run.note(entries(3, 4)) == 1
    assert [entry.key for entry in run.take_new(10)] == ["1", "2", "3", "4"]
    run.store(record(1))
    run.store(record(2))
    run.drop(url(3), "duplicate", "baocantho:2")
    run.settle("4", "gone", "http_404")
    manifest = finished(run)
    assert manifest == runs(tmp_path)[0] == json.loads((run.folder / f"{run.name}.manifest.json").read_bytes())
    assert lines(tmp_path) == ["baocantho:1", "baocantho:2"]
    assert names(run) == {
        ".lock", "ledger.sqlite", "runs.jsonl", "20260314T020000Z.jsonl", "20260314T020000Z.manifest.json",
    }  # fmt: skip
    content = run.segment.file.read_bytes()
    assert (manifest["lines"], manifest["bytes"]) == (2, len(content))
    assert manifest["sha256"] == sha256(content).hexdigest()
    assert manifest["counts"]["duplicates"] == [{"url": url(3), "of": "baocantho:2"}]
    assert manifest["counts"]["reasons"] == {"gone/http_404": 1}


def test_a_run_without_articles(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.note(entries(1))
    run.settle("1", "skipped", "robots")
    manifest = finished(run)
    assert names(run) == {".lock", "ledger.sqlite", "runs.jsonl"}
    assert runs(tmp_path) == [manifest]
    assert "segment" not in manifest


def test_the_second_run_knows_the_first(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.note(entries(1, 2))
    run.store(record(1))
    finished(run)
    second = opened(tmp_path, LATER)
    assert second.accounts.carried == 1
    assert second.note(entries(1, 2, 3)) == 1
    assert second.kept("baocantho:1") == Kept(record(1)["content_hash"], 1)
    assert second.same_text(record(1)["content_hash"]) == "baocantho:1"
    assert [entry.key for entry in second.take_carried(10, LATER)] == ["2"]
    assert [entry.key for entry in second.take_new(10)] == ["3"]
    finished(second)


def test_two_runs_in_one_second_have_two_names(tmp_path: Path) -> None:
    found = []
    for number in range(3):
        run = opened(tmp_path)
        run.note(entries(number))
        run.store(record(number))
        finished(run)
        found.append(run.name)
    assert found == ["20260314T020000Z", "20260314T020001Z", "20260314T020002Z"]


def test_the_name_is_utc(tmp_path: Path) -> None:
    run = opened(tmp_path, NOW.astimezone())
    assert run.name == "20260314T020000Z"
    run.close()


def test_a_part_of_the_site(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.note([*entries(1, date="2018-07-31"), *entries(2, date="2018-08-01")])
    run.end_chain("/thoi-su", "end", complete=True)
    run.end_chain("/kinh-te", "broken/http_500", complete=False)
    finished(run)
    since = opened(tmp_path, LATER, Arguments(since=date(2018, 8, 1)))
    assert since.accounts.carried == 1
    assert [entry.key for entry in since.take_carried(10, LATER)] == ["2"]
    assert since.walked("/thoi-su")
    since.end_chain("/xa-hoi", "end", complete=True)
    assert not since.walked("/xa-hoi")
    since.end_chain("/thoi-su", "broken/http_500", complete=False)
    assert not since.walked("/thoi-su")
    finished(since)
    some = opened(tmp_path, LATER, Arguments(categories=("thoi-su",)))
    assert (some.accounts.carried, some.take_carried(10, LATER)) == (0, [])
    some.close()


WHOLE_AND_OTHERS = [(0, False), (0, False), (9, False), (0, False), (0, True), (0, False), (0, False), (0, False)]


def test_earlier_finds_are_those_of_whole_runs(tmp_path: Path) -> None:
    for number, (code, partial) in enumerate(WHOLE_AND_OTHERS):
        run = opened(tmp_path)
        run.count_on_head(number)
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
from newscrawl.run import Run, SiteBusyError
try:
    run = Run.open(Path(sys.argv[1]), site_named("baocantho"), datetime(2026, 3, 14, 2, tzinfo=UTC))
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
    run.note(entries(1))  # the refused one has changed nothing
    run.store(record(1))
    finished(run)
    finished(opened(tmp_path, LATER))


def test_the_kernel_lets_go_of_a_killed_holder(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        try:
            assert said(other) == "open\n"
            with pytest.raises(SiteBusyError, match="baocantho"):
                opened(tmp_path)
        finally:
            other.kill()
            other.wait(timeout=60)
    finished(opened(tmp_path))


def test_the_lock_is_let_go_when_opening_fails(tmp_path: Path) -> None:
    folder = tmp_path / "baocantho"
    folder.mkdir()
    (folder / "ledger.sqlite").write_bytes(b"garbage" * 200)
    errors = []  # they keep the frames alive in which the lock was taken
    for _ in range(2):
        with pytest.raises(LedgerError, match=r"ledger\.sqlite") as error:
            opened(tmp_path)
        errors.append(error)
    (folder / "ledger.sqlite").unlink()
    finished(opened(tmp_path))


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
    told(os, "replace", lambda *_: "manifest")
    told(os, "rename", lambda *_: "name")
    return calls


def test_line_then_done_then_sync_then_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.note(entries(1))
    calls = watched(monkeypatch)
    run.store(record(1))
    run.sync()
    assert calls == ["line", "done 1", "sync", "commit"]
    del calls[:]
    finished(run)
    assert calls[:2] == ["sync", "commit"]
    assert calls.index("commit") < calls.index("manifest") < calls.index("name")


def test_the_ledger_is_not_committed_when_the_segment_is_not_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = opened(tmp_path)
    run.note(entries(1))
    run.sync()
    run.store(record(1))

    def failing(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="Input/output"):
            run.sync()
    run.close()
    assert committed(tmp_path, "1") == "found"


def committed(folder: Path, key: str) -> str | None:
    """The state of a page as it is on disk."""
    db = sqlite3.connect(folder / "baocantho" / "ledger.sqlite")
    row = db.execute("SELECT state FROM page WHERE key = ?", (key,)).fetchone()
    db.close()
    return row[0] if row else None


def test_writes_are_grouped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.note(entries(*range(70)))
    calls = watched(monkeypatch)
    monkeypatch.setattr("newscrawl.run.monotonic", lambda: 0.0)
    run._synced = 0.0
    for number in range(70):
        run.store(record(number))
    assert calls.count("commit") == 2
    monkeypatch.setattr("newscrawl.run.monotonic", lambda: 60.0)
    run.settle("0", "gone", "http_404")
    assert calls.count("commit") == 3
    run.close()


def test_a_full_disk_loses_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.note(entries(1, 2))
    run.store(record(1))

    def failing(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", failing)
        with pytest.raises(OSError, match="No space") as error:
            run.store(record(2))
    assert is_disk_full(error.value)
    finished(run, 3)
    assert lines(tmp_path) == ["baocantho:1"]
    second = opened(tmp_path, LATER)
    assert [entry.key for entry in second.take_carried(10, LATER)] == ["2"]
    finished(second)


def test_a_disk_full_from_the_first_line_on_leaves_no_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.note(entries(1))

    def failing(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", failing)
        with pytest.raises(OSError, match="No space"):
            run.store(record(1))
    finished(run, 3)
    assert names(run) == {".lock", "ledger.sqlite", "runs.jsonl"}


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError(errno.EACCES, "x"), False),
        (sqlite3.OperationalError("database or disk is full"), True),
        (sqlite3.OperationalError("database is locked"), False),
        (ValueError("full"), False),
    ],
)
def test_disk_full(error: BaseException, full: bool) -> None:
    assert is_disk_full(error) is full


# --- killed, and opened again


def killed(folder: Path, *, synced: bool) -> Run:
    """A run that wrote two articles and then died: nothing is finished, and perhaps nothing is in the ledger."""
    run = opened(folder)
    run.note(entries(1, 2, 3))
    if synced:
        run.sync()
    run.store(record(1, 11, 12))
    run.store(record(2, 12, 3))
    if synced:
        run.sync()
    run.close()
    return run


@pytest.mark.parametrize("synced", [True, False])
def test_recovery(synced: bool, tmp_path: Path) -> None:
    dead = killed(tmp_path, synced=synced)
    run = opened(tmp_path, LATER)
    assert run.name != dead.name
    assert lines(tmp_path) == ["baocantho:1", "baocantho:2"]
    (manifest,) = runs(tmp_path)
    assert (manifest["run"], manifest["reason"], manifest["lines"]) == (dead.name, "recovered", 2)
    assert run.kept("baocantho:1") == Kept(record(1)["content_hash"], 1)
    carried = [entry.key for entry in run.take_carried(10, LATER)]
    assert sorted(carried) == ["11", "12", "3"]
    assert run.accounts.carried == 3
    assert run.note(entries(1, 2)) == 0
    for number in (3, 11, 12):
        run.store(record(number))
    finished(run)
    assert Counter(lines(tmp_path)) == Counter(f"baocantho:{number}" for number in (1, 2, 3, 11, 12))


def test_related_links_of_other_hosts_are_not_taken_in(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.note(entries(1))
    line = record(1, 11)
    line["related"][0]["url"] = "https://khac.example.vn/x-a11.html"
    run.store(line)
    run.close()
    again = opened(tmp_path, LATER)
    assert again.take_carried(10, LATER) == []
    again.close()


def test_a_torn_line_is_fetched_again(tmp_path: Path) -> None:
    dead = killed(tmp_path, synced=False)
    file = dead.segment.open_file
    file.write_bytes(file.read_bytes()[:-20])
    run = opened(tmp_path, LATER)
    assert lines(tmp_path) == ["baocantho:1"]
    assert run.kept("baocantho:2") is None
    run.close()


@pytest.mark.parametrize("name", ["write_manifest", "append_run"])
def test_killed_while_it_finishes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened(tmp_path)
    run.note(entries(1))
    run.store(record(1))
    with monkeypatch.context() as patch:
        patch.setattr(f"newscrawl.run.{name}", dies)
        with pytest.raises(KeyboardInterrupt):
            finished(run)
    run.close()
    finished(opened(tmp_path, LATER))
    assert lines(tmp_path) == ["baocantho:1"]


def dies(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["os.rename", "newscrawl.segments.write_manifest", "newscrawl.recovery.append_run"])
def test_killed_while_it_recovers(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovery can be killed too, at any of its steps: the next one does it, and lists the run once."""
    dead = killed(tmp_path, synced=False)
    with monkeypatch.context() as patch:
        patch.setattr(place, dies)
        with pytest.raises(KeyboardInterrupt):
            opened(tmp_path, LATER)
    run = opened(tmp_path, LATER)
    assert sorted(entry.key for entry in run.take_carried(10, LATER)) == ["11", "12", "3"]
    assert lines(tmp_path) == ["baocantho:1", "baocantho:2"]
    finished(run)
    assert [each["run"] for each in runs(tmp_path)].count(dead.name) == 1


# --- accounts

STEPS = st.lists(st.tuples(st.sampled_from(["note", "store", "drop", "fail", "gone", "skip", "leave"]), st.booleans()))


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_the_accounts_balance(steps: list[tuple[str, bool]]) -> None:
    """Every page found is stored, unchanged, a duplicate, failed, gone, skipped or pending, and pending is true."""
    with tempfile.TemporaryDirectory() as folder:
        run = opened(Path(folder))
        for number, (step, twice) in enumerate(steps):
            run.note(entries(number))
            if twice:
                run.note(entries(number))
            if step == "store":
                run.store(record(number))
            elif step == "drop":
                run.drop(url(number), "unchanged")
            elif step != "note" and step != "leave":
                run.settle(str(number), {"fail": "failed", "skip": "skipped"}.get(step, step), "why")
        counts = finished(run)["counts"]
        outcomes = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped", "pending")
        assert counts["found"] == len(steps) == sum(counts[name] for name in outcomes)
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


def test_pages_that_fall_due_while_the_run_works_are_counted(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.note(entries(1))
    run.settle("1", "failed", "http_503")  # due in three hours
    finished(run)
    start = datetime.now(UTC)
    second = opened(tmp_path, start)
    given = second.take_carried(10, start + timedelta(hours=4))
    for entry in given:
        second.settle(entry.key, "gone", "http_404")
    counts = finished(second)["counts"]
    assert counts["pending"] >= 0
    assert counts["found"] == len(given)


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
