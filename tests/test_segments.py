"""Segments: whole lines or none, the manifest before the name, and what a killed run leaves (contract 7)."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.keeping.runlist import all_runs, append_run, last_runs
from newscrawl.keeping.segments import OpenSegment, Segment, finished, is_article, open_segments, write_manifest

RUN = "20260314T020000Z"
FULL = OSError(errno.ENOSPC, "No space left on device")
Plan = list[int]


def line(number: int, size: int = 40) -> bytes:
    return json.dumps({"id": f"vidu:{number}", "body": "đ" * size}, ensure_ascii=False).encode() + b"\n"


def torn_writes(plan: Plan) -> Callable[[int, bytes], int]:
    """`os.write` of a disk that fills up: each call takes as many bytes as the plan says, and fails at 0."""
    write, left = os.write, list(plan)

    def written(fd: int, data: bytes) -> int:
        if not left:
            return write(fd, data)
        most = left.pop(0)
        if most == 0:
            raise FULL
        return write(fd, data[:most])

    return written


# --- writing


def test_lines_stand_in_the_open_segment(tmp_path: Path) -> None:
    segment = Segment(tmp_path, RUN)
    assert list(tmp_path.iterdir()) == []
    segment.write(line(1))
    segment.write(line(2))
    assert [file.name for file in tmp_path.iterdir()] == [f"{RUN}.jsonl.open"]
    assert segment.open_file.read_bytes() == line(1) + line(2)
    segment.abandon()


def test_a_finished_segment(tmp_path: Path) -> None:
    segment = Segment(tmp_path, RUN)
    for number in range(3):
        segment.write(line(number))
    segment.finish()
    content = (tmp_path / f"{RUN}.jsonl").read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == [f"{RUN}.jsonl"]
    assert segment.facts == {
        "segment": f"{RUN}.jsonl",
        "lines": 3,
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
    }


def test_an_open_segment_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / f"{RUN}.jsonl.open").write_bytes(line(1))
    with pytest.raises(FileExistsError):
        Segment(tmp_path, RUN).write(line(2))
    assert (tmp_path / f"{RUN}.jsonl.open").read_bytes() == line(1)


def test_a_segment_that_got_no_line_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = Segment(tmp_path, RUN)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", torn_writes([0]))
        with pytest.raises(OSError, match="No space"):
            segment.write(line(1))
    segment.abandon()
    assert list(tmp_path.iterdir()) == []


def test_an_abandoned_segment_stays_open_for_the_next_run(tmp_path: Path) -> None:
    segment = Segment(tmp_path, RUN)
    segment.write(line(1))
    segment.abandon()
    assert [file.name for file in tmp_path.iterdir()] == [f"{RUN}.jsonl.open"]


def test_nothing_written_is_nothing_left(tmp_path: Path) -> None:
    segment = Segment(tmp_path, RUN)
    segment.sync()
    segment.finish()
    segment.abandon()
    assert list(tmp_path.iterdir()) == []


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = Segment(tmp_path, RUN)
    monkeypatch.setattr(os, "write", torn_writes([1, 2, 3, 5]))
    segment.write(line(1))
    segment.write(line(2))
    assert segment.open_file.read_bytes() == line(1) + line(2)
    segment.abandon()


@pytest.mark.parametrize("whole", [0, 1, 3])
@pytest.mark.parametrize("torn", [[0], [1, 0], [17, 4, 0]])
def test_a_full_disk_leaves_whole_lines(
    whole: int, torn: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = Segment(tmp_path, RUN)
    before = b"".join(map(line, range(whole)))
    for number in range(whole):
        segment.write(line(number))
    monkeypatch.setattr(os, "write", torn_writes(torn))
    with pytest.raises(OSError, match="No space"):
        segment.write(line(9))
    assert segment.open_file.read_bytes() == before
    assert segment.lines == whole
    segment.write(line(10))  # somebody made room
    assert segment.open_file.read_bytes() == before + line(10)
    assert segment.facts["sha256"] == sha256(before + line(10)).hexdigest()
    segment.abandon()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 30), st.lists(st.integers(1, 20), max_size=2), st.booleans()), max_size=8))
def test_whatever_the_disk_does(tmp_path: Path, writes: list[tuple[int, Plan, bool]]) -> None:
    """The file is what was written without an error, line by line."""
    segment, good = Segment(tmp_path, RUN), b""
    for size, partial, fails in writes:
        data = line(size, size)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "write", torn_writes([*partial, 0] if fails else partial))
            try:
                segment.write(data)
                good += data
            except OSError:
                pass
        assert segment.open_file.read_bytes() == good
    assert segment.facts["sha256"] == sha256(good).hexdigest()
    segment.abandon()
    segment.open_file.unlink(missing_ok=True)


def test_sync_puts_the_file_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = watched(monkeypatch)
    segment = Segment(tmp_path, RUN)
    segment.write(line(1))
    segment.sync()
    segment.abandon()
    assert calls == ["sync folder", "sync .jsonl.open"]


# --- manifest and name


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced and renamed, in order, by the end of the file's name."""
    calls: list[str] = []

    def told(name: str, act: str, at: int) -> None:
        call = getattr(os, name)

        def telling(*args: Any) -> Any:
            path = args[at] if name != "fsync" else Path(os.readlink(f"/proc/self/fd/{args[0]}"))
            name_end = re.sub(r"\.\d+\.draft", ".draft", str(path).rpartition(RUN)[2])
            calls.append(f"{act} {'folder' if Path(path).is_dir() else name_end}")
            return call(*args)

        monkeypatch.setattr(os, name, telling)

    told("fsync", "sync", 0)
    told("rename", "name", 1)
    told("replace", "name", 1)
    return calls


def test_the_manifest_is_on_disk_before_the_segment_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = Segment(tmp_path, RUN)
    segment.write(line(1))
    calls = watched(monkeypatch)
    write_manifest(tmp_path, RUN, {"run": RUN})
    segment.finish()
    assert calls == [
        "sync .manifest.json.draft",
        "name .manifest.json",
        "sync folder",
        "sync .jsonl.open",
        "name .jsonl",
        "sync folder",
    ]


def test_a_manifest_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_manifest(tmp_path, RUN, {"reason": "trước"})

    def failing(*_: Any) -> None:
        raise FULL

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="No space"):
        write_manifest(tmp_path, RUN, {"reason": "sau"})
    assert json.loads((tmp_path / f"{RUN}.manifest.json").read_bytes()) == {"reason": "trước"}


# --- the list of runs


def test_runs_are_listed(tmp_path: Path) -> None:
    assert last_runs(tmp_path, 5) == list(all_runs(tmp_path)) == []
    for number in range(7):
        append_run(tmp_path, {"run": number, "reason": "lũ về"})
    assert [run["run"] for run in last_runs(tmp_path, 5)] == [2, 3, 4, 5, 6]
    assert [run["run"] for run in all_runs(tmp_path)] == [0, 1, 2, 3, 4, 5, 6]


def test_a_listed_run_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []
    fsync = os.fsync

    def syncing(fd: int) -> None:
        calls.append((tmp_path / "runs.jsonl").read_bytes())
        fsync(fd)

    monkeypatch.setattr(os, "fsync", syncing)
    append_run(tmp_path, {"run": 1})
    assert calls == [b'{"run": 1}\n']


@pytest.mark.parametrize("torn", [b'{"run": 2', '{"reason": "đ'.encode()[:-1], b"\0\0\0", b"5\n", b"\n\n"])
def test_a_torn_line_is_passed_over(torn: bytes, tmp_path: Path) -> None:
    append_run(tmp_path, {"run": 1})
    with open(tmp_path / "runs.jsonl", "ab") as runs:
        runs.write(torn)
    assert last_runs(tmp_path, 5) == [{"run": 1}]


@pytest.mark.parametrize("torn", [b'{"run": 2', '{"reason": "đ'.encode()[:-1]])
def test_a_torn_line_costs_no_other(torn: bytes, tmp_path: Path) -> None:
    """The run after the one that was killed while it wrote its line gets a line of its own."""
    append_run(tmp_path, {"run": 1})
    with open(tmp_path / "runs.jsonl", "ab") as runs:
        runs.write(torn)
    append_run(tmp_path, {"run": 3})
    assert (tmp_path / "runs.jsonl").read_bytes() == b'{"run": 1}\n{"run": 3}\n', "and no torn line stays"
    assert last_runs(tmp_path, 5) == [{"run": 1}, {"run": 3}]


# --- what killed runs left


WHOLE = [b"{}\n", b'{"a": 1}\n', b"\n"]


def is_object(text: bytes) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def left(folder: Path, content: bytes) -> Path:
    file = folder / f"{RUN}.jsonl.open"
    file.write_bytes(content)
    return file


def named(folder: Path) -> list[str]:
    """The killed runs, each given its manifest and its name."""
    found = []
    for segment in open_segments(folder):
        segment.finish({"run": segment.run, **segment.facts()})
        found.append(segment.run)
    return found


def test_a_hole_that_a_power_cut_left_is_taken_out(tmp_path: Path) -> None:
    left(tmp_path, line(1) + b"\0" * 4096 + b"\n" + line(2) + b"5\n" + line(3))
    (segment,) = open_segments(tmp_path)
    assert segment.file.read_bytes() == line(1) + line(2) + line(3)
    assert segment.facts()["lines"] == 3
    assert [file.name for file in tmp_path.iterdir()] == [f"{RUN}.jsonl.open"]


@pytest.mark.parametrize(
    "torn", [b"", b'{"id": "vidu:9", "bo', "đ".encode()[:1], line(9)[:-1], b"\0" * 5000, line(9, 1 << 20)[:-1]]
)
def test_a_torn_segment_is_trimmed_and_named(torn: bytes, tmp_path: Path) -> None:
    good = line(1) + line(2)
    left(tmp_path, good + torn)
    (segment,) = open_segments(tmp_path)
    assert segment.file.read_bytes() == good
    assert [record["id"] for record in segment.records()] == ["vidu:1", "vidu:2"]
    facts = segment.facts()
    assert facts == {
        "segment": f"{RUN}.jsonl",
        "lines": 2,
        "bytes": len(good),
        "sha256": sha256(good).hexdigest(),
    }
    segment.finish({"run": RUN, **facts})
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"{RUN}.jsonl", f"{RUN}.manifest.json"]
    assert (tmp_path / f"{RUN}.jsonl").read_bytes() == good
    assert json.loads((tmp_path / f"{RUN}.manifest.json").read_bytes()) == {"run": RUN, **facts}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.binary(max_size=20) | st.sampled_from([b"{}\n", b'{"a": 1}\n', b"\n"])).map(b"".join), st.integers(1, 9)
)
def test_any_content_is_trimmed_to_its_last_whole_line(tmp_path: Path, content: bytes, chunk: int) -> None:
    """However the file's chunks fall."""
    file = left(tmp_path, content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newscrawl.keeping.segments._CHUNK", chunk)
        found = [segment.facts()["lines"] for segment in open_segments(tmp_path)]
    whole = [each for each in re.findall(rb"[^\n]*\n", content) if is_object(each)]
    assert found == ([len(whole)] if whole else [])
    assert (file.read_bytes() if file.exists() else b"") == b"".join(whole)


def test_a_trimmed_segment_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the ledger is told of its lines."""
    left(tmp_path, line(1) + b"{")
    calls = watched(monkeypatch)
    for segment in open_segments(tmp_path):
        assert calls == ["sync .jsonl.open"]
        segment.finish({})
    assert calls[1:] == [
        "sync .manifest.json.draft",
        "name .manifest.json",
        "sync folder",
        "name .jsonl",
        "sync folder",
    ]


@pytest.mark.parametrize("content", [b"", b'{"id": "vidu:9'])
def test_an_empty_segment_vanishes(content: bytes, tmp_path: Path) -> None:
    left(tmp_path, content)
    write_manifest(tmp_path, RUN, {"reason": "finished", "lines": 1})  # and so does a manifest that speaks of it
    assert named(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_comes_first(tmp_path: Path) -> None:
    """While the caller takes in the records the segment is still open: a kill there finds it again."""
    left(tmp_path, line(1))
    for _ in range(2):
        for _ in open_segments(tmp_path):
            assert [file.name for file in tmp_path.iterdir()] == [f"{RUN}.jsonl.open"]
            break
    assert named(tmp_path) == [RUN]


def test_finished_segments_never_change(tmp_path: Path) -> None:
    segment = Segment(tmp_path, RUN)
    segment.write(line(1))
    segment.finish()
    write_manifest(tmp_path, RUN, {"reason": "finished"})
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert named(tmp_path) == []
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_manifest_that_was_never_finished_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f"{RUN}.manifest.json.draft").write_bytes(b'{"ru')
    assert named(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_killed_between_manifest_and_name(tmp_path: Path) -> None:
    left(tmp_path, line(1))
    write_manifest(tmp_path, RUN, {"reason": "finished", "lines": 1})
    assert named(tmp_path) == [RUN]
    assert (tmp_path / f"{RUN}.jsonl").read_bytes() == line(1)
    manifest = json.loads((tmp_path / f"{RUN}.manifest.json").read_bytes())
    assert (manifest["lines"], manifest["sha256"]) == (1, sha256(line(1)).hexdigest())


def test_several_killed_runs_oldest_first(tmp_path: Path) -> None:
    for hour in (3, 1, 2):
        (tmp_path / f"20260314T0{hour}0000Z.jsonl.open").write_bytes(line(hour))
    assert named(tmp_path) == ["20260314T010000Z", "20260314T020000Z", "20260314T030000Z"]


# --- what segments hold


def test_finished_segments_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    for hour in (2, 1):
        (tmp_path / f"20260314T0{hour}0000Z.jsonl").write_bytes(line(hour) + b"torn\n" + line(10 * hour))
    left(tmp_path, line(9))
    append_run(tmp_path, {"run": 1})
    found = [(run, [record["id"] for record in records]) for run, records in finished(tmp_path)]
    assert found == [("20260314T010000Z", ["vidu:1", "vidu:10"]), ("20260314T020000Z", ["vidu:2", "vidu:20"])]


@pytest.mark.parametrize("torn", [b"\0" * 9 + b"\n", b"[]\n", b"7\n", b"\xff\n", b"\n", line(9)[:9] + b"\n"])
def test_a_damaged_line_costs_no_other(torn: bytes, tmp_path: Path) -> None:
    """A power cut can leave a hole in the middle of a file."""
    segment = OpenSegment(left(tmp_path, line(1) + torn + line(2)))
    assert [record["id"] for record in segment.records()] == ["vidu:1", "vidu:2"]


ARTICLE = {"id": "a", "url": "u", "content_hash": "c", "revision": 1, "related": [{"url": "u"}]}


@pytest.mark.parametrize(
    ("changed", "whole"),
    [
        ({}, True), ({"related": []}, True), ({"id": None}, False), ({"url": 7}, False), ({"content_hash": []}, False),
        ({"revision": "1"}, False), ({"related": None}, False), ({"related": ["u"]}, False),
        ({"related": [{}]}, False), ({"related": {"url": "u"}}, False),
    ],
)  # fmt: skip
def test_what_is_an_article(changed: dict[str, Any], whole: bool) -> None:
    assert is_article({**ARTICLE, **changed}) is whole
    for name in ARTICLE:
        assert not is_article({key: value for key, value in ARTICLE.items() if key != name})
