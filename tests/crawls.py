"""Crawls as processes of their own, to be killed at will: every wait is bounded, and no process stays behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.scrapyrun import PROJECT, command, environment, logged, logs

__all__ = ["GRACEFUL", "Crawls", "Ended", "OverError", "crawl_command", "hearing"]

GRACEFUL = (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGINT)
LONGEST = 120.0  # seconds for a run that nobody disturbs


class OverError(Exception):
    """The harness is being ended: nothing more is started."""


@dataclass(frozen=True)
class Ended:
    """How a process ended. `code` is None for one that had to be killed because it did not end in time."""

    code: int | None
    seconds: float  # from its start
    at: float  # the clock's time
    out: str
    err: str


class Crawl:
    """A process under way."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, output: Path | None) -> None:
        self.process, self.log, self.output = process, log, output
        self.before = logs(output) if output else set()
        self.started = time.monotonic()

    @property
    def logged(self) -> str:
        """What the log of the run says."""
        return logged(self.output, self.before) if self.output else ""

    def ends_within(self, seconds: float) -> bool:
        """Wait for the end, but not longer than `seconds`."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.poll() is not None

    def send(self, number: int) -> None:
        """Send a signal, if the process has not ended."""
        self.process.send_signal(number)


class Crawls:
    """Starts crawls. Leaving it as a context, or `stop` from any thread, kills those that are under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[subprocess.Popen[bytes]] = set()
        self._over = False

    def __enter__(self) -> Crawls:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill all that is under way, and start nothing more."""
        with self._lock:
            self._over = True
            for process in self._under_way:
                _kill(process)

    def start(self, command: Sequence[str], log: Path, variables: Mapping[str, str] | None = None) -> Crawl:
        """Start a command; what it prints goes to `log`.out and `log`.err. Raises OverError.

        It is the head of a session of its own: a terminal's Ctrl-C is for the harness alone.
        """
        with self._lock, open(f"{log}.out", "wb") as out, open(f"{log}.err", "wb") as err:
            if self._over:
                raise OverError
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**environment(), **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            self._under_way.add(process)
        return Crawl(process, log, _output_in(command))

    def end(self, crawl: Crawl, seconds: float = LONGEST) -> Ended:
        """Wait for a process; kill it after `seconds`."""
        in_time = crawl.ends_within(seconds)
        at, taken = time.time(), time.monotonic() - crawl.started
        with self._lock:
            _kill(crawl.process)
            self._under_way.discard(crawl.process)
        out, err = (Path(f"{crawl.log}.{end}").read_text("utf-8", "replace") for end in ("out", "err"))
        return Ended(crawl.process.returncode if in_time else None, taken, at, out, err + crawl.logged)

    def run(
        self, command: Sequence[str], log: Path, variables: Mapping[str, str] | None = None, seconds: float = LONGEST
    ) -> Ended:
        """Run a command to its end."""
        return self.end(self.start(command, log, variables), seconds)

    @contextmanager
    def threads(self, number: int) -> Iterator[ThreadPoolExecutor]:
        """Threads to run crawls from. When something is raised, they end at once, with the crawls they wait for."""
        with ThreadPoolExecutor(number) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.stop()
                raise


def crawl_command(port: int, output: Path, *args: str) -> list[str]:
    """The command line of a crawl of the replica."""
    target = ("-s", f"CONNECT_TO=127.0.0.1:{port}", "-s", f"OUTPUT_DIR={output}")
    return command("crawl", "ninhthuan", *target, *args)


@contextmanager
def hearing() -> Iterator[None]:
    """Let the processes started meanwhile hear every signal, and leave no core file. For the main thread.

    A signal that is ignored here, as under nohup or in a shell's background, would be ignored there, too.
    """
    before = {number: handler for number in GRACEFUL if (handler := signal.getsignal(number)) is not None}
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    for number, handler in before.items():
        if handler == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, limits)
        for number, handler in before.items():
            signal.signal(number, handler)


def _output_in(command: Sequence[str]) -> Path | None:
    values = [part.removeprefix("OUTPUT_DIR=") for part in command if part.startswith("OUTPUT_DIR=")]
    return Path(values[0]) if values else None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all of its session, and take it from the kernel's table."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
