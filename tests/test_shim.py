"""The shim does what the tests with faults believe of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults import NoCompilerError, Report, Shim

SCRIPT = """
import os, sqlite3, threading
os.mkdir("made")
file = os.open("lines.txt", os.O_WRONLY | os.O_CREAT, 0o644)
os.write(file, b"0123456789")
os.writev(file, [b"abcd", b"efgh"])
os.fsync(file)
os.rename("lines.txt", "renamed.txt")
folder = os.open(".", os.O_RDONLY)
os.close(os.open("beside.txt", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=folder))
os.unlink("beside.txt", dir_fd=folder)
os.ftruncate(file, 4)
db = sqlite3.connect("ledger.sqlite", isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE page (key TEXT)")
db.execute("INSERT INTO page VALUES ('a')")
print("through")
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Shim:
    try:
        return Shim.build(tmp_path_factory.mktemp("shim"))
    except NoCompilerError as error:
        pytest.skip(f"the shim can't be built: {error}")


class Ground:
    """A folder in which a script runs under the shim."""

    def __init__(self, shim: Shim, path: Path) -> None:
        self.shim, self.folder, self.file = shim, path / "below", path / "report"
        self.folder.mkdir()

    def run(self, script: str = SCRIPT, **chosen: object) -> subprocess.CompletedProcess[str]:
        variables = self.shim.environment(self.folder, report=self.file, **chosen)  # type: ignore[arg-type]
        return subprocess.run(
            [sys.executable, "-c", script],
            cwd=self.folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=30,
        )

    @property
    def report(self) -> Report:
        return Report.read(self.file)


@pytest.fixture
def ground(shim: Shim, tmp_path: Path) -> Ground:
    return Ground(shim, tmp_path)


def test_all_calls_are_seen_in_their_order(ground: Ground) -> None:
    assert ground.run(trace=True).stdout == "through\n"
    ours = [call for call in ground.report.calls if call[1].endswith("txt") or call[1] == "made"]
    assert ours == [
        ("open", "made"),
        ("open", "lines.txt"),
        ("write", "lines.txt"),
        ("write", "lines.txt"),
        ("sync", "lines.txt"),
        ("rename", "lines.txt"),
        ("open", "beside.txt"),
        ("unlink", "beside.txt"),
        ("truncate", "renamed.txt"),
    ]
    assert ground.report.total == len(ground.report.calls)


def test_sqlite_is_seen(ground: Ground) -> None:
    ground.run(trace=True)
    calls = set(ground.report.calls)
    assert {("open", "ledger.sqlite"), ("write", "ledger.sqlite"), ("write", "ledger.sqlite-wal")} <= calls
    assert {("sync", "ledger.sqlite-wal"), ("unlink", "ledger.sqlite-wal")} <= calls


def test_only_what_is_asked_for_counts(ground: Ground) -> None:
    ground.run(kind="write", name="lines")
    assert ground.report.total == 2
    assert ground.report.calls == []


def test_files_elsewhere_pass(ground: Ground) -> None:
    ground.run(f"open('{ground.folder}-not', 'w').write('x')", n=1)
    assert ground.report.total == 0
    assert (ground.folder.parent / "below-not").read_text() == "x"


def test_a_kill_before_and_after_the_call(ground: Ground) -> None:
    assert ground.run(kind="rename", n=1, action="kill-before").returncode == -9
    assert ground.report.hit == "rename lines.txt"
    assert ground.report.total is None
    assert [file.name for file in ground.folder.glob("*.txt")] == ["lines.txt"]
    (ground.folder / "made").rmdir()
    assert ground.run(kind="rename", n=1, action="kill-after").returncode == -9
    assert [file.name for file in ground.folder.glob("*.txt")] == ["renamed.txt"]


def test_a_full_disk_takes_half_of_the_first_write_and_nothing_more(ground: Ground) -> None:
    script = """
import os
file = os.open("lines.txt", os.O_WRONLY | os.O_CREAT, 0o644)
old = os.open("old.txt", os.O_WRONLY | os.O_CREAT, 0o644)
print(os.write(file, b"0123456789"))
for what in (lambda: os.write(file, b"x"), lambda: os.pwrite(old, b"x", 0), lambda: os.fsync(old),
             lambda: open("new.txt", "w"), lambda: os.mkdir("new"), lambda: os.ftruncate(file, 100)):
    try:
        what()
        print("done")
    except OSError as error:
        print(error.errno)
os.ftruncate(file, 0)
os.rename("old.txt", "older.txt")
open("older.txt", "r+").close()
"""
    before = time.time()
    result = ground.run(script, kind="write", n=1)
    assert result.stdout.split() == ["5", *["28"] * 6], result.stderr
    assert result.returncode == 0
    assert before - 1 < (ground.report.hit_at or 0) < time.time() + 1


def test_a_full_disk_reaches_sqlite(ground: Ground) -> None:
    result = ground.run(kind="write", n=3, name="ledger.sqlite-wal")
    assert result.returncode == 1
    assert "database or disk is full" in result.stderr


def test_a_single_failure(ground: Ground) -> None:
    script = """
import os
file = os.open("lines.txt", os.O_WRONLY | os.O_CREAT, 0o644)
for _ in range(3):
    try:
        print(os.write(file, b"0123456789"))
    except OSError as error:
        print(-error.errno)
"""
    assert ground.run(script, kind="write", n=2, action="once").stdout.split() == ["10", "-28", "10"]


def test_threads_are_counted_together(ground: Ground) -> None:
    script = """
import os, threading
file = os.open("lines.txt", os.O_WRONLY | os.O_CREAT, 0o644)
threads = [threading.Thread(target=lambda: [os.write(file, b"x") for _ in range(500)]) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    ground.run(script, kind="write")
    assert ground.report.total == 2000
