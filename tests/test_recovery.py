"""What is left of a killed run, a damaged ledger, an older version or another machine: nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.commands import ledger as ledger_command
from newscrawl.inventory.runhistory import read_history
from newscrawl.items import json_line
from newscrawl.keeping.ledger import Kept, Ledger, LedgerError
from newscrawl.keeping.recovery import LEDGER, bring_up, rebuild
from newscrawl.keeping.run import Run
from newscrawl.keeping.runlist import append_run
from newscrawl.keeping.schema import VERSION
from newscrawl.keeping.walk import Noted
from tests.onerun import (
    LATER,
    NOW,
    SITE,
    Killed,
    ended,
    entries,
    keys,
    kill,
    killed_at,
    lines,
    manifests,
    opened,
    parsed,
    record,
    runs,
    segments,
    url,
)
from tests.scrapyrun import balanced

DAYS = timedelta(days=1)
# The tables of version 1, as newscrawl 0.1.0 made them (commit f7d17b2).
VERSION_1 = """
CREATE TABLE page (
    seq       INTEGER PRIMARY KEY,          -- the order in which pages were found
    key       TEXT NOT NULL UNIQUE,         -- Site.key: the identity of the page within the site
    url       TEXT NOT NULL,                -- the address as it was first seen
    state     TEXT NOT NULL DEFAULT 'found' CHECK (state IN ('found', 'done', 'failed', 'gone', 'skipped')),
    via       TEXT NOT NULL,                -- listing | related | home: where the link stood
    depth     INTEGER NOT NULL,             -- related links between the page and a listing
    found_on  TEXT,                         -- the page that holds the link
    date      TEXT,                         -- ISO 8601, as printed beside the link: evidence
    date_raw  TEXT,
    tries     INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,                        -- UTC, ISO 8601: a failed page is not asked again before
    reason    TEXT
);
CREATE INDEX page_pending ON page (state, seq) WHERE state IN ('found', 'failed');
CREATE TABLE article (
    id       TEXT PRIMARY KEY,              -- Article.id
    hash     TEXT NOT NULL,                 -- content_hash of the newest revision
    revision INTEGER NOT NULL,
    run      TEXT NOT NULL                  -- the run whose segment holds it
) WITHOUT ROWID;
CREATE INDEX article_hash ON article (hash);
CREATE TABLE chain (
    name   TEXT PRIMARY KEY,                -- the first page of a listing, as identity
    walked TEXT NOT NULL                    -- UTC, ISO 8601: when it was last walked to its end
) WITHOUT ROWID;
"""
# state, date, tries, not_before, reason
OLD_PAGES = [
    ("found", None, 0, None, None),
    ("found", "2018-08-01", 0, None, None),
    ("done", None, 0, None, "unchanged"),
    ("failed", None, 2, "2026-03-14T01:00:00+00:00", "http_503"),
    ("failed", None, 3, "2026-03-14T12:00:00+00:00", "timeout"),
    ("gone", None, 5, "2026-03-13T00:00:00+00:00", "http_503"),  # tried for five days
    ("gone", None, 0, None, "http_404"),
    ("skipped", None, 0, None, "robots"),
]


def version_1(folder: Path) -> Path:
    """A ledger of version 1 with pages in all states, as a run left it."""
    file = folder / "baocantho" / LEDGER
    file.parent.mkdir(parents=True)
    db = sqlite3.connect(file)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(f"BEGIN; {VERSION_1} PRAGMA user_version = 1; COMMIT;")
    for number, (state, date, tries, due, reason) in enumerate(OLD_PAGES, 1):
        row = (number, str(number), url(number), state, "listing", 0, date, tries, due, reason)
        db.execute(
            "INSERT INTO page (seq, key, url, state, via, depth, date, tries, not_before, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    db.execute("INSERT INTO article VALUES ('baocantho:3', 'aa', 2, '20260101T000000Z')")
    db.execute("INSERT INTO chain VALUES ('/thoi-su', '2026-01-01T00:00:00+00:00')")
    db.commit()
    db.close()
    return file


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(file)
    found = db.execute(sql).fetchall()
    db.close()
    return found


# --- an older version


def test_a_ledger_of_version_1_goes_on(tmp_path: Path) -> None:
    file = version_1(tmp_path)
    run = opened(tmp_path)
    # What was pending and due, and one last look at what was given up: newest first.
    assert keys(run.frontier.take_carried(10)) == ["6", "4", "2", "1"]
    assert run.frontier.note(entries(*range(1, 10))) == Noted(1)
    assert keys(run.frontier.take_new(10)) == ["9"]
    assert run.kept("baocantho:3") == Kept("aa", 2)
    walk = run.frontier.fresh_walk("/thoi-su", "Thời sự", "u", place="file")
    assert (walk.deep, walk.usual, walk.ended()) == (False, 0, "end")
    assert walk.floor == len(OLD_PAGES)  # all that was known then counts as seen by walks over it
    assert run.frontier.fresh_walk("/kinh-te", "Kinh tế", "u", place="file").deep
    run.frontier.settle("4", "failed", "http_503")  # its first failure that is dated: five days from here
    run.frontier.settle("6", "gone", "http_404")
    ended(run)
    assert rows(file, "PRAGMA user_version") == [(VERSION,)]
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]
    states = [state for (state,) in rows(file, "SELECT state FROM page ORDER BY seq")]
    assert states == [*(state for state, *_ in OLD_PAGES), "found"]
    assert balanced(runs(tmp_path)[0]["counts"])
    late = opened(tmp_path, NOW + 300 * DAYS)
    assert keys(late.frontier.take_carried(10)) == ["9", "5", "4", "2", "1"]
    late.close()


def test_an_old_ledger_becomes_what_a_new_one_is(tmp_path: Path) -> None:
    old, new = version_1(tmp_path), tmp_path / "new.sqlite"
    Ledger(old).close()
    Ledger(new).close()
    names = "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    assert rows(old, names) == rows(new, names)
    for kind, name in rows(new, names):
        info = f"SELECT name, type, \"notnull\", pk FROM pragma_{kind}_info('{name}') ORDER BY name"
        if kind == "table":
            assert rows(old, info) == rows(new, info), name


def test_a_killed_run_of_version_1_is_recovered(tmp_path: Path) -> None:
    file = version_1(tmp_path)
    line = json_line(record(1, 20))
    file.with_name("20260301T000000Z.jsonl.open").write_bytes(line + line[:50])
    run = opened(tmp_path)
    assert lines(tmp_path) == ["baocantho:1"]
    assert "1" not in (carried := keys(run.frontier.take_carried(10)))
    assert "20" in carried
    (manifest,) = runs(tmp_path)
    assert (manifest["run"], manifest["counts"]["stored"]) == ("20260301T000000Z", 1)
    assert balanced(manifest["counts"])
    ended(run)


def test_a_migration_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """What is in its way is not half overcome."""
    file = version_1(tmp_path)
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE run (x)")
    db.commit()
    before = [rows(file, "SELECT sql FROM sqlite_schema ORDER BY name"), rows(file, "SELECT * FROM page")]
    db.close()
    with pytest.raises(LedgerError, match="run already exists"):
        Ledger(file)
    assert rows(file, "PRAGMA user_version") == [(1,)]
    assert [rows(file, "SELECT sql FROM sqlite_schema ORDER BY name"), rows(file, "SELECT * FROM page")] == before


# --- a killed run


def killed(folder: Path) -> Run:
    """A run that was killed: two articles are settled, one is written only; one page is gone; 4, 5 and 6 are left."""
    run = opened(folder)
    run.frontier.note(entries(*range(1, 7)))
    run.store(record(1, 11))
    run.store(record(2))
    run.frontier.settle("4", "gone", "http_404")
    run.sync()
    run.store(record(3, 12, 5))
    run.save()
    kill(run)
    return run


def whole(folder: Path, articles: int) -> None:
    """All is in order: no line twice, each segment with its true manifest, each run listed once, accounts balanced."""
    assert Counter(lines(folder)) == Counter(f"baocantho:{number}" for number in range(1, articles + 1))
    assert list((folder / "baocantho").glob("*.open")) == list((folder / "baocantho").glob("*.draft")) == []
    told = manifests(folder)
    assert sorted(told) == [file.stem for file in segments(folder)]
    for file in segments(folder):
        assert told[file.stem]["lines"] == told[file.stem]["counts"]["stored"] == len(parsed(file))
    listed = [each["run"] for each in runs(folder)]
    assert len(set(listed)) == len(listed)
    assert set(told) <= set(listed)
    for counts in [each["counts"] for each in [*told.values(), *runs(folder)]]:
        assert balanced(counts)
        assert counts["pending"] >= 0


def go_on(folder: Path, now: datetime = LATER) -> list[str]:
    """The next run, which stores all that it is given; what it was given."""
    run = opened(folder, now)
    given = keys(run.frontier.take_carried(100))
    for key in given:
        run.store(record(int(key)))
    ended(run)
    return given


def test_a_recovered_manifest(tmp_path: Path) -> None:
    dead = killed(tmp_path)
    opened(tmp_path, LATER).close()
    manifest = manifests(tmp_path)[dead.name]
    assert manifest == runs(tmp_path)[0]
    assert (manifest["site"], manifest["started"]) == ("baocantho", NOW.isoformat())
    assert (manifest["reason"], manifest["segment"]) == ("recovered", f"{dead.name}.jsonl")
    counts = manifest["counts"]
    assert {name: counts[name] for name in ("found", "stored", "gone", "pending")} == {
        "found": 6, "stored": 3, "gone": 1, "pending": 2,
    }  # fmt: skip
    assert (counts["reasons"], counts["duplicates"]) == ({"gone/http_404": 1}, [])


def test_a_killed_run_tells_of_the_twins_that_it_met(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    run.store(record(1))
    run.drop(url(2), "duplicate", "baocantho:1")
    run.save()
    kill(run)
    opened(tmp_path, LATER).close()
    assert runs(tmp_path)[0]["counts"]["duplicates"] == [{"url": url(2), "of": "baocantho:1"}]


def test_lines_that_the_ledger_knows_nothing_of_balance_too(tmp_path: Path) -> None:
    """A power cut can take the ledger's last words back."""
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2, 3))
    for number in (1, 2, 3):
        run.store(record(number))
    kill(run)
    opened(tmp_path, LATER).close()
    counts = runs(tmp_path)[0]["counts"]
    assert (counts["found"], counts["stored"], counts["pending"]) == (3, 3, 0)


def test_a_killed_run_without_an_article_is_listed(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    run.frontier.settle("1", "skipped", "robots")
    run.save()
    kill(run)
    ended(opened(tmp_path, LATER))
    dead, _ = runs(tmp_path)
    assert (dead["run"], dead["reason"]) == (run.name, "recovered")
    assert "segment" not in dead
    assert "exit_code" not in dead  # its finds are no measure for others
    assert {name: dead["counts"][name] for name in ("found", "stored", "skipped", "pending")} == {
        "found": 2, "stored": 0, "skipped": 1, "pending": 1,
    }  # fmt: skip
    ended(opened(tmp_path, LATER))
    assert len(runs(tmp_path)) == 3


def test_a_run_that_is_killed_before_its_first_word_is_listed(tmp_path: Path) -> None:
    kill(opened(tmp_path))
    ended(opened(tmp_path, LATER))
    assert [each["reason"] for each in runs(tmp_path)] == ["recovered", "finished"]
    whole(tmp_path, 0)


@pytest.mark.parametrize(
    "name", ["2026.jsonl.open", "copy.jsonl.open", "2copy.warc.gz.open", "2026314T20000Z.jsonl.open"]
)
def test_a_file_of_another_hand_holds_no_run_up(name: str, tmp_path: Path) -> None:
    killed(tmp_path)
    site = tmp_path / "baocantho"
    (open_file,) = site.glob("2*.jsonl.open")
    theirs = open_file.read_bytes() + b"torn"
    (site / name).write_bytes(theirs)
    go_on(tmp_path)
    assert (site / name).read_bytes() == theirs, "it is left as it is"
    assert list(site.glob("*.open")) == [site / name]
    assert f"made anew from {len(lines(tmp_path))} articles" in ledger_command.rebuilt(site, SITE)
    assert read_history(site, 9).open_segments == []


def test_many_killed_runs_one_after_the_other(tmp_path: Path) -> None:
    for number in range(1, 13):
        run = opened(tmp_path, NOW + number * timedelta(minutes=1))
        run.frontier.note(entries(number))
        run.store(record(number))
        kill(run)
    assert go_on(tmp_path, LATER) == []
    whole(tmp_path, 12)
    assert len(runs(tmp_path)) == 13


# --- killed at each step


def steps(tmp_path: Path, make: Callable[[Path], object], act: Callable[[Path], object]) -> list[Path]:
    """What is left when the process dies at each step of `act` over what `make` made, one folder for each."""
    base = tmp_path / "base"
    base.mkdir()
    make(base)
    left: list[Path] = []
    while True:
        folder = tmp_path / str(len(left))
        shutil.copytree(base, folder)
        with killed_at(len(left)) as acts:
            try:
                act(folder)
            except Killed:
                left.append(folder)
                continue
        assert len(acts) == len(left) > 2
        return left


def finish(folder: Path) -> None:
    """A run from its first word to its end; where that is a `Killed`, it is left as it is."""
    run = opened(folder)
    try:
        run.frontier.note(entries(1, 2, 3))
        run.save()
        run.store(record(1, 4))
        run.frontier.settle("2", "skipped", "robots")
        ended(run)
    except Killed:
        kill(run)
        raise


def found(folder: Path) -> list[str]:
    """The rest of a listing that every run sees."""
    run = opened(folder, LATER)
    run.frontier.note(entries(1, 2, 3, 4))
    given = keys(run.frontier.take_new(10)) + keys(run.frontier.take_carried(10))
    for key in given:
        run.store(record(int(key)))
    ended(run)
    return given


def test_a_run_that_is_killed_at_each_step_loses_nothing(tmp_path: Path) -> None:
    for folder in steps(tmp_path, lambda _: None, finish):
        found(folder)
        ids = Counter(lines(folder))
        assert {"baocantho:1", "baocantho:3", "baocantho:4"} <= ids.keys()
        assert set(ids.values()) == {1}
        assert all(balanced(each["counts"]) for each in runs(folder))
        assert sorted(manifests(folder)) == [file.stem for file in segments(folder)]


def test_a_recovery_that_is_killed_at_each_step_loses_nothing(tmp_path: Path) -> None:
    for folder in steps(tmp_path, killed, lambda folder: kill(opened(folder, LATER))):
        assert sorted(go_on(folder, LATER + timedelta(hours=1))) == ["11", "12", "5", "6"]
        assert Counter(lines(folder)) == Counter(f"baocantho:{number}" for number in (1, 2, 3, 5, 6, 11, 12))
        assert [each["run"] for each in runs(folder)].count("20260314T020000Z") == 1
        assert all(balanced(each["counts"]) for each in runs(folder))


def told_alike(folder: Path) -> bool:
    """Whether `runs.jsonl` says of each run with a segment what its manifest says."""
    told = {each["run"]: each["counts"]["stored"] for each in runs(folder)}
    return all(told[run] == manifest["counts"]["stored"] for run, manifest in manifests(folder).items())


@pytest.mark.parametrize("what", ["run", "recovery"])
def test_the_list_of_runs_says_what_the_manifests_say(what: str, tmp_path: Path) -> None:
    if what == "run":
        left = steps(tmp_path, lambda _: None, finish)
    else:
        left = steps(tmp_path, killed, lambda folder: kill(opened(folder, LATER)))
    for folder in left:
        ended(opened(folder, LATER + timedelta(hours=1)))
    assert [folder.name for folder in left if not told_alike(folder)] == []


def test_a_rebuild_that_is_killed_at_each_step_is_done_by_the_next_run(tmp_path: Path) -> None:
    def spoil(folder: Path) -> None:
        two_runs(folder)
        (folder / "baocantho" / LEDGER).write_bytes(b"garbage" * 2000)

    for folder in steps(tmp_path, spoil, lambda folder: kill(opened(folder, LATER))):
        run = opened(folder, LATER + timedelta(hours=1))
        assert all(run.kept(f"baocantho:{number}") for number in (1, 2))
        assert sorted(keys(run.frontier.take_carried(10))) == ["11"]
        ended(run)
        assert Counter(lines(folder)) == Counter(("baocantho:1", "baocantho:2"))


def killed_without_ledger(folder: Path) -> None:
    killed(folder)
    for file in (folder / "baocantho").glob(f"{LEDGER}*"):
        file.unlink()


def test_a_recovery_without_a_ledger_that_is_killed_at_each_step(tmp_path: Path) -> None:
    for folder in steps(tmp_path, killed_without_ledger, lambda folder: kill(opened(folder, LATER))):
        assert sorted(go_on(folder, LATER + timedelta(hours=1))) == ["11", "12", "5"]
        assert Counter(lines(folder)) == Counter(f"baocantho:{number}" for number in (1, 2, 3, 5, 11, 12))


def test_such_a_recovery_lists_the_killed_run_all_the_same(tmp_path: Path) -> None:
    """The open segment alone tells of it, and then its manifest."""
    for folder in steps(tmp_path, killed_without_ledger, lambda folder: kill(opened(folder, LATER))):
        go_on(folder, LATER + timedelta(hours=1))
        assert [each["run"] for each in runs(folder)].count("20260314T020000Z") == 1, folder.name


# --- a ledger that is gone or damaged


def two_runs(folder: Path) -> None:
    """Two articles in two segments, a twin, a related link, and a page that is pending."""
    run = opened(folder)
    run.frontier.note(entries(1, 2, 3, 9))
    run.store(record(1, 11))
    ended(run)
    run = opened(folder, NOW + timedelta(minutes=1))
    run.store(record(2))
    run.drop(url(3), "duplicate", "baocantho:2")
    ended(run)


def aside(folder: Path) -> list[str]:
    """What was set aside."""
    return sorted(file.name for file in (folder / "baocantho").glob("*.damaged-*"))


def rebuilt(folder: Path, *, articles: int = 2, now: datetime = LATER) -> None:
    """The next run makes the ledger anew, and neither loses nor doubles anything."""
    run = opened(folder, now)
    assert run.rebuilt == articles
    assert run.frontier.note(entries(1, 2, 3)) == Noted(0)
    assert run.kept("baocantho:1") == Kept(record(1)["content_hash"], 1)
    assert run.same_text(record(2)["content_hash"]) == "baocantho:2"
    assert run.ledger.twins.met_by("20260314T020100Z") == [{"url": url(3), "of": "baocantho:2"}]
    assert keys(run.frontier.take_carried(10)) == ["11"]
    assert run.frontier.note(entries(9)) == Noted(1)  # a listing shows it again
    assert run.frontier.fresh_walk("/thoi-su", "Thời sự", "u", place="file").deep
    run.store(record(11))
    ended(run)
    assert Counter(lines(folder)) == Counter(f"baocantho:{number}" for number in (1, 2, 11))
    again = opened(folder, now + timedelta(hours=1))
    assert again.rebuilt is None
    again.close()


ODD_COUNTS = [
    None, [], {"duplicates": [{"url": "https://baocantho.com.vn/x-a7.html"}, 5], "taken_down": [{"id": "baocantho:1"}]},
    {"duplicates": 5, "came_back": [{}, None]},
]  # fmt: skip


@pytest.mark.parametrize("counts", ODD_COUNTS)
def test_records_that_a_person_has_edited(counts: Any, tmp_path: Path) -> None:
    two_runs(tmp_path)
    with open(tmp_path / "baocantho" / "runs.jsonl", "ab") as file:
        file.write(json.dumps({"counts": counts}).encode() + b"\n")
    (tmp_path / "baocantho" / LEDGER).unlink()
    rebuilt(tmp_path)


def test_a_line_whose_day_is_a_number(tmp_path: Path) -> None:
    two_runs(tmp_path)
    segment = min((tmp_path / "baocantho").glob("2*.jsonl"))
    segment.write_bytes(json_line(record(1, 11) | {"published": 20190101}))
    (tmp_path / "baocantho" / LEDGER).unlink()
    rebuilt(tmp_path)


def test_a_rebuild_that_breaks_down_leaves_the_old_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_runs(tmp_path)
    folder = tmp_path / "baocantho"
    before = (folder / LEDGER).read_bytes()
    monkeypatch.setattr("newscrawl.commands.ledger.bring_up", lambda *_: {}["x"])
    with pytest.raises(KeyError):
        ledger_command.rebuilt(folder, SITE)
    assert (folder / LEDGER).read_bytes() == before
    assert [file.name for file in folder.glob("ledger*")] == [LEDGER]


GARBAGE = [b"garbage" * 2000, b"\0" * 8192, b"SQLite format 3\0" + b"\xff" * 8000]


@pytest.mark.parametrize("content", GARBAGE, ids=["garbage", "zeros", "head only"])
def test_garbage_is_set_aside(content: bytes, tmp_path: Path) -> None:
    two_runs(tmp_path)
    (tmp_path / "baocantho" / LEDGER).write_bytes(content)
    rebuilt(tmp_path)
    assert aside(tmp_path) == ["ledger.sqlite.damaged-20260314T030000Z"]
    assert (tmp_path / "baocantho" / aside(tmp_path)[0]).read_bytes() == content


@pytest.mark.parametrize("content", [None, b"", b"x"])
def test_a_ledger_that_is_gone(content: bytes | None, tmp_path: Path) -> None:
    two_runs(tmp_path)
    file = tmp_path / "baocantho" / LEDGER
    file.unlink() if content is None else file.write_bytes(content)
    rebuilt(tmp_path)
    assert aside(tmp_path) == []


def test_without_segments_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    run = opened(tmp_path)
    assert run.rebuilt is None
    run.close()


def test_what_is_no_article_in_a_segment_costs_no_rebuild(tmp_path: Path) -> None:
    two_runs(tmp_path)
    file = tmp_path / "baocantho" / "20200101T000000Z.jsonl"
    file.write_bytes(
        b'\0\0\n[]\n{"id": 7}\n{"id": "a", "url": "u", "content_hash": "c", "revision": 1, "related": 5}\n'
    )
    (tmp_path / "baocantho" / LEDGER).unlink()
    run = opened(tmp_path, LATER)
    assert run.rebuilt == 2
    run.close()


def test_the_newest_revision_is_rebuilt(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1))
    run.store(record(1))
    ended(run)
    run = opened(tmp_path, LATER)
    run.store({**record(1, text="sửa"), "revision": 2})
    ended(run)
    (tmp_path / "baocantho" / LEDGER).unlink()
    run = opened(tmp_path, LATER + timedelta(hours=1))
    assert run.kept("baocantho:1") == Kept(record(1, text="sửa")["content_hash"], 2)
    run.close()


def many(folder: Path) -> Path:
    """Two runs, and a ledger of some hundred pages of SQLite's."""
    two_runs(folder)
    run = opened(folder, NOW + timedelta(minutes=2))
    run.frontier.note(entries(*range(1000, 4000)))
    ended(run)
    return folder / "baocantho" / LEDGER


def live(folder: Path, copy: Path) -> None:
    """A copy of the folder as a kill leaves it, with the ledger's log: a run has noted a page more."""
    run = opened(folder, NOW + timedelta(minutes=3))
    run.frontier.note(entries(50))
    run.save()
    shutil.copytree(folder, copy)
    assert (copy / "baocantho" / f"{LEDGER}-wal").stat().st_size > 0
    run.close()


def test_a_ledger_that_a_power_cut_has_cut_off_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle; the head alone still looks well."""
    file = many(tmp_path)
    power_cut(tmp_path, monkeypatch)
    os.truncate(file, file.stat().st_size // 8192 * 4096)
    rebuilt(tmp_path)
    assert len(aside(tmp_path)) == 1


def damaged_in_the_middle(file: Path, share: float) -> None:
    data = bytearray(file.read_bytes())
    at = int(len(data) // 4096 * share) * 4096
    data[at : at + 4096] = b"\xa5" * 4096
    file.write_bytes(data)


def power_cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run died, and the system with it."""
    run = opened(folder, NOW + timedelta(minutes=3))
    run.save()
    kill(run)
    monkeypatch.setattr("newscrawl.keeping.openruns._boot", lambda: "another")


def test_only_a_power_cut_has_the_whole_ledger_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes long where there is much; a kill can't harm the file."""
    checked = []
    real = Ledger.check
    monkeypatch.setattr(Ledger, "check", lambda ledger: (checked.append(ledger.file.name), real(ledger)))
    two_runs(tmp_path)
    kill(opened(tmp_path, LATER))
    ended(opened(tmp_path, LATER))
    assert checked == []
    power_cut(tmp_path, monkeypatch)
    for _ in range(2):
        run = opened(tmp_path, LATER)
        assert run.rebuilt is None  # it was sound
        ended(run)
    assert checked == [LEDGER]


SHARES = [share / 20 for share in range(20)]  # where in the file the damage is


@pytest.mark.parametrize("share", SHARES)
def test_damage_by_a_power_cut_is_found_at_the_start(
    share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is: no run begins that would meet it later."""
    file = many(tmp_path)
    power_cut(tmp_path, monkeypatch)
    damaged_in_the_middle(file, share)
    rebuilt(tmp_path)
    assert len(aside(tmp_path)) == 1


@pytest.mark.parametrize("share", SHARES)
def test_damage_after_a_clean_end_ends_no_crawl_for_ever(share: float, tmp_path: Path) -> None:
    """A bad sector shows when it is read, at the start or later; then the next run repairs it. Nothing is doubled."""
    damaged_in_the_middle(many(tmp_path), share)
    for minute in (5, 6):
        run = opened(tmp_path, NOW + timedelta(minutes=minute))
        try:
            run.frontier.note(entries(1, 2, 3, *range(1000, 4000)))
            assert all(run.kept(f"baocantho:{number}") for number in (1, 2))
            run.frontier.take_carried(5000)
            ended(run)
        except sqlite3.DatabaseError as error:
            assert minute == 5
            run.notice(error)
            run.close()
            assert aside(tmp_path)
    assert Counter(lines(tmp_path)) == Counter(("baocantho:1", "baocantho:2"))


def test_damage_that_a_run_meets_is_repaired_by_the_next(tmp_path: Path) -> None:
    two_runs(tmp_path)
    run = opened(tmp_path, NOW + timedelta(minutes=3))
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_INDEX
    run.notice(KeyError("x"))
    run.notice(error)
    run.notice(KeyError("x"))
    run.close()
    assert len(aside(tmp_path)) == 1
    rebuilt(tmp_path)


@pytest.mark.parametrize("error", [KeyError("x"), sqlite3.OperationalError("database is locked"), OSError(5, "x")])
def test_other_errors_set_nothing_aside(error: Exception, tmp_path: Path) -> None:
    two_runs(tmp_path)
    run = opened(tmp_path, NOW + timedelta(minutes=3))
    run.notice(error)
    run.close()
    assert aside(tmp_path) == []


def test_a_log_beside_no_ledger(tmp_path: Path) -> None:
    """The file was deleted, and its -wal was forgotten."""
    two_runs(tmp_path / "a")
    live(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "baocantho" / LEDGER).unlink()
    rebuilt(tmp_path / "b")


def test_a_log_beside_an_older_ledger(tmp_path: Path) -> None:
    """A backup of the file alone was put back: whatever the two make together, nothing is lost or doubled."""
    two_runs(tmp_path / "a")
    old = (tmp_path / "a" / "baocantho" / LEDGER).read_bytes()
    many(tmp_path / "c")
    live(tmp_path / "c", tmp_path / "b")
    (tmp_path / "b" / "baocantho" / LEDGER).write_bytes(old)
    for hour in range(1, 4):
        try:
            found_again = opened(tmp_path / "b", NOW + timedelta(hours=hour))
        except sqlite3.DatabaseError:
            continue
        assert all(found_again.kept(f"baocantho:{number}") for number in (1, 2))
        ended(found_again)
        break
    assert Counter(lines(tmp_path / "b")) == Counter(("baocantho:1", "baocantho:2"))


def test_a_damaged_ledger_with_its_log(tmp_path: Path) -> None:
    """Both are set aside: a new file beside an old log would be no sound one."""
    two_runs(tmp_path / "a")
    live(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "baocantho" / LEDGER).write_bytes(b"garbage" * 2000)
    rebuilt(tmp_path / "b")
    assert "ledger.sqlite.damaged-20260314T030000Z" in aside(tmp_path / "b")


def test_a_damaged_ledger_and_a_killed_run(tmp_path: Path) -> None:
    """What the open segment holds is taken in as well."""
    killed(tmp_path)
    (tmp_path / "baocantho" / LEDGER).write_bytes(b"garbage" * 2000)
    run = opened(tmp_path, LATER)
    assert run.rebuilt == 0  # no finished segment
    assert sorted(keys(run.frontier.take_carried(10))) == ["11", "12", "5"]
    assert run.frontier.note(entries(1, 2, 3, 4, 6)) == Noted(2)
    ended(run)
    whole(tmp_path, 3)


def test_a_ledger_can_be_rebuilt_beside_itself(tmp_path: Path) -> None:
    """By hand, as `scrapy ledger rebuild` does it: twice is as good as once."""
    two_runs(tmp_path)
    folder = tmp_path / "baocantho"
    ledger = Ledger(tmp_path / "new.sqlite")
    for _ in range(2):
        assert rebuild(ledger, folder, SITE, NOW) == 2
        bring_up(ledger, folder, SITE)
        assert keys(ledger.take_carried(10, LATER)) == ["11"]
    ledger.close()


def test_a_run_line_that_is_not_ours_costs_no_rebuild(tmp_path: Path) -> None:
    two_runs(tmp_path)
    append_run(tmp_path / "baocantho", {"run": "20200101T000000Z"})
    with open(tmp_path / "baocantho" / "runs.jsonl", "ab") as out:
        out.write(b"torn\n")
    (tmp_path / "baocantho" / LEDGER).unlink()
    rebuilt(tmp_path)


# --- another machine


def test_a_copy_goes_on_elsewhere(tmp_path: Path) -> None:
    """Copied while a run was killed in it, with an open segment and the ledger's log; then the original is deleted."""
    here, there = tmp_path / "here", tmp_path / "there"
    two_runs(here)
    run = opened(here, NOW + timedelta(minutes=3))
    run.frontier.note(entries(21, 22))
    run.store(record(21, 23))
    run.save()
    shutil.copytree(here, there)
    kill(run)
    shutil.rmtree(here)
    left = {file.name for file in (there / "baocantho").iterdir()}
    assert {f"{run.name}.jsonl.open", f"{LEDGER}-wal"} <= left
    with open(there / "baocantho" / f"{run.name}.jsonl.open", "ab") as segment:
        segment.write(json_line(record(22))[:-9])  # and it was copied while a line was written
    given = go_on(there)
    assert sorted(given) == ["22", "23", "9"]
    assert Counter(lines(there)) == Counter(f"baocantho:{number}" for number in (1, 2, 21, *map(int, given)))
    assert aside(there) == []
    assert [each["reason"] for each in runs(there)] == ["finished", "finished", "recovered", "finished"]
    assert all(balanced(each["counts"]) for each in runs(there))
    assert not here.exists()


def test_a_copy_without_what_begins_with_the_ledgers_name(tmp_path: Path) -> None:
    """Segments and runs.jsonl alone are enough to go on."""
    two_runs(tmp_path / "a")
    for file in (tmp_path / "a" / "baocantho").glob("ledger*"):
        file.unlink()
    (tmp_path / "a" / "baocantho" / ".lock").unlink(missing_ok=True)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    rebuilt(tmp_path / "b")


# --- memory


def test_a_large_open_segment_is_not_held_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "baocantho"
    folder.mkdir()
    text = "Bà con vét kênh. " * 400
    with open(folder / "20260301T000000Z.jsonl.open", "wb") as out:
        for number in range(1500):
            out.write(json_line(record(number, text=text)))
        out.write(b'{"torn": "' + b"x" * (3 << 20))
        size = out.tell()
    assert size > 14 << 20
    tracemalloc.start()
    try:
        run = opened(tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    run.close()
    assert json.loads((folder / "20260301T000000Z.manifest.json").read_bytes())["lines"] == 1500
    assert peak < 6 << 20
