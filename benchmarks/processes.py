"""Child processes: what one used until it ended, and the replica portal in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.report import MeasurementError

__all__ = ["ROOT", "Replica", "Usage", "crawl_site", "replica", "run"]

ROOT: Final = Path(__file__).resolve().parents[1]
_POLL: Final = 0.02  # seconds between two looks at a child's memory
_LONGEST: Final = 300.0  # seconds after which a child hangs


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child used: seconds of its life, of CPU (user and system), its peak memory in bytes, and its output."""

    wall: float
    cpu: float
    peak: int
    output: str


def run(argv: Sequence[str], *, folder: Path, log: Path) -> Usage:
    """Run `python argv...` in `folder` to its end; its messages go to the file `log`.

    Raises MeasurementError for an exit code other than 0. The child is ended when anything goes wrong here.
    """
    out = log.with_suffix(".out")
    began, peak = time.perf_counter(), 0
    with open(log, "wb") as messages, open(out, "wb") as output:
        child = subprocess.Popen(
            [sys.executable, *argv], cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=output,
            stderr=messages,
        )  # fmt: skip
    try:
        while True:
            # wait4, and not the sum over all children: each contender is measured for itself.
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            if pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                break
            if time.perf_counter() - began > _LONGEST:
                raise MeasurementError(f"{' '.join(argv[:4])} did not end within {_LONGEST:.0f} s")
            peak = _peak(child.pid) or peak
            time.sleep(_POLL)
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()
    if child.returncode:
        tail = log.read_text("utf-8", "replace")[-2000:]
        raise MeasurementError(f"{' '.join(argv[:4])} ended with {child.returncode}:\n{tail}")
    # Without /proc: the maximum that wait4 gives. On Linux that one would hold this process's own peak too.
    peak = peak or used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Usage(time.perf_counter() - began, used.ru_utime + used.ru_stime, peak, out.read_text("utf-8"))


def crawl_site(port: int, output: Path, *options: str) -> Usage:
    """The ordinary `scrapy crawl ninhthuan`, sent to the replica at `port`, with `output` as its output folder."""
    output.mkdir(parents=True, exist_ok=True)
    argv = ["-m", "scrapy", "crawl", "ninhthuan", "-s", f"CONNECT_TO=127.0.0.1:{port}", "-s", f"OUTPUT_DIR={output}"]
    argv += options
    return run(argv, folder=ROOT, log=output / "crawl.log")


class Replica:
    """A replica portal that runs in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._answer()["port"])

    def requests(self) -> list[tuple[str, str]]:
        """(host, path with query) of each request since the last call, in order."""
        return [(host, path) for host, path in self._ask("requests")]

    def publish(self, count: int) -> list[str]:
        """Publish new articles; returns their addresses."""
        return list(self._ask(f"publish {count}"))

    def kinds(self) -> dict[str, list[str]]:
        """The addresses of "article", "listing" and "odd" pages, as the portal itself knows them."""
        kinds: dict[str, list[str]] = self._ask("kinds")[0]
        return kinds

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise MeasurementError("the replica's process ended; its message stands above")
        return json.loads(line)


@contextmanager
def replica(articles: int) -> Iterator[Replica]:
    """A replica of so many articles on a free loopback port, ended when the block is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", str(articles)], cwd=ROOT, env=_environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Replica(process)
    finally:
        with suppress(OSError, subprocess.TimeoutExpired):
            process.communicate(timeout=10)  # closes its input, and the replica ends with it
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _environment() -> dict[str, str]:
    """This process's environment, without what would change how Scrapy or Python run, and with the project's root."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCRAPY_", "PYTHON"))}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _peak(pid: int) -> int:
    """The largest memory a running process has had so far, in bytes; 0 where the system doesn't tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024
