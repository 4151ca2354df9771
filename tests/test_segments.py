"""Segments: whole lines or none, the manifest before the name, and what a killed run leaves (contract 7)."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.segments import Segment, append_run, last_runs, recover, write_manifest

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
            calls.append(f"{act} {'folder' if Path(path).is_dir() else str(path).rpartition(RUN)[2]}")
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
    assert last_runs(tmp_path, 5) == []
    for number in range(7):
        append_run(tmp_path, {"run": number, "reason": "lũ về"})
    assert [run["run"] for run in last_runs(tmp_path, 5)] == [2, 3, 4, 5, 6]


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
    assert last_runs(tmp_path, 5) == [{"run": 1}, {"run": 3}]


# --- recovery


def left(folder: Path, content: bytes) -> Path:
    file = folder / f"{RUN}.jsonl.open"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("torn", [b"", b'{"id": "vidu:9", "bo', "đ".encode()[:1], line(9)[:-1]])
def test_a_torn_segment_is_trimmed_and_named(torn: bytes, tmp_path: Path) -> None:
    good = line(1) + line(2)
    left(tmp_path, good + torn)
    ((file, manifest, records),) = list(recover(tmp_path))
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"{RUN}.jsonl", f"{RUN}.manifest.json"]
    assert file.read_bytes() == good
    assert [record["id"] for record in records] == ["vidu:1", "vidu:2"]
    assert manifest == json.loads((tmp_path / f"{RUN}.manifest.json").read_bytes())
    assert manifest == {
        "run": RUN,
        "reason": "recovered",
        "segment": f"{RUN}.jsonl",
        "lines": 2,
        "bytes": len(good),
        "sha256": sha256(good).hexdigest(),
    }


@pytest.mark.parametrize("content", [b"", b'{"id": "vidu:9'])
def test_an_empty_segment_vanishes(content: bytes, tmp_path: Path) -> None:
    left(tmp_path, content)
    assert list(recover(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_comes_first(tmp_path: Path) -> None:
    """While the caller takes in the records the segment is still open: a kill there finds it again."""
    left(tmp_path, line(1))
    for _ in range(2):
        for _ in recover(tmp_path):
            assert [file.name for file in tmp_path.iterdir()] == [f"{RUN}.jsonl.open"]
            break
    assert len(list(recover(tmp_path))) == 1


def test_finished_segments_never_change(tmp_path: Path) -> None:
    segment = Segment(tmp_path, RUN)
    segment.write(line(1))
    segment.finish()
    write_manifest(tmp_path, RUN, {"reason": "finished"})
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert list(recover(tmp_path)) == []
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_manifest_that_was_never_finished_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f"{RUN}.manifest.json.draft").write_bytes(b'{"ru')
    assert list(recover(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_killed_between_manifest_and_name(tmp_path: Path) -> None:
    left(tmp_path, line(1))
    write_manifest(tmp_path, RUN, {"reason": "finished", "lines": 1})
    ((file, manifest, _),) = list(recover(tmp_path))
    assert file.read_bytes() == line(1)
    assert (manifest["lines"], manifest["sha256"]) == (1, sha256(line(1)).hexdigest())


def test_several_killed_runs(tmp_path: Path) -> None:
    for hour in (3, 1, 2):
        (tmp_path / f"20260314T0{hour}0000Z.jsonl.open").write_bytes(line(hour))
    assert [manifest["run"] for _, manifest, _ in recover(tmp_path)] == [
        "20260314T010000Z",
        "20260314T020000Z",
        "20260314T030000Z",
    ]
