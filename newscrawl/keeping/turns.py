"""Turns: how often a host may be asked, over all processes that write into one output folder.

A host that says 429 or 503 is asked less often, and one that asks for time (Retry-After) gets it; good answers bring it
back to the set delay, and never below. What is known of a host lies in a small file of its own, under a lock that the
kernel releases, so that runs side by side and runs one after the other keep the same distance. Source: field notes,
traps 70 and 77; RFC 9110, 10.2.3.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from newscrawl.keeping.retries import PATIENCE, retry_after
from newscrawl.words.errors import NewscrawlError

__all__ = ["HeldError", "Turns"]

_LONGEST_DELAY: Final = 120.0  # seconds between two requests to a host that is overloaded
_SLOWER: Final = 2.0
_FASTER: Final = 0.75
_LEAST_SLOWER: Final = 1.0
_MOST_REFUSALS: Final = 8  # in a row: then it is no hiccup, and the host is left alone for an hour
_REST: Final = 3600.0
_LONGEST_HOLD: Final = 86400.0 + _REST  # the longest Retry-After that is heeded, and a little more
_LONGEST_QUEUE: Final = PATIENCE.total_seconds() + 2 * _LONGEST_DELAY  # nobody queues up for longer
_LATEST: Final = 1e11  # seconds since 1970: the year 5138


class HeldError(NewscrawlError):
    """The host asked to be left alone for longer than a run waits. Raised by `Turns.take`; exit code 18."""

    def __init__(self, host: str, until: float) -> None:
        moment = datetime.fromtimestamp(until, UTC).isoformat(timespec="seconds")
        super().__init__(f"{host} asked to be left alone until {moment}")
        self.until = until


@dataclass(slots=True)
class _Host:
    """`free` and `held` are seconds since 1970: no request before. `delay` is 0 while the host was not slowed down."""

    free: float = 0.0
    held: float = 0.0
    delay: float = 0.0
    refusals: int = 0


class Turns:
    """The turns of this process. `delay` is the set one, in seconds; `jitter` is the share by which it varies."""

    def __init__(self, folder: Path, delay: float, jitter: float, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.delay, self.jitter, self._clock = folder, delay, jitter, clock
        self._slowed: set[str] = set()
        self._met: set[str] = set()

    def take(self, host: str) -> float:
        """Take the next turn: how many seconds to wait for it. Raises HeldError, OSError."""
        if not self.delay and host in self._met and host not in self._slowed:
            return 0.0  # a loopback address: nothing is kept of it while it is well
        self._met.add(host)
        with self._open(host) as known:
            now = self._clock()
            delay = max(self.delay, known.delay)
            turn = max(now, known.free, known.held)
            if turn - now > PATIENCE.total_seconds():
                raise HeldError(host, turn)
            known.free = turn + delay * (1 + random.uniform(-self.jitter, self.jitter))
        return turn - now

    def answered(self, host: str, status: int, wait: bytes | None = None) -> None:
        """What the host said to a request: its status and the value of Retry-After. Raises OSError."""
        refused = status in (429, 503)
        if not refused and (host not in self._slowed or status >= 400):
            return
        with self._open(host) as known:
            if refused:
                self._slow_down(known, wait)
            else:
                known.refusals = 0
                faster = known.delay * _FASTER
                known.delay = faster if faster > max(self.delay, _LEAST_SLOWER / 10) else 0.0

    def _slow_down(self, known: _Host, wait: bytes | None) -> None:
        now = self._clock()
        known.refusals += 1
        known.delay = min(max(known.delay, self.delay, _LEAST_SLOWER / _SLOWER) * _SLOWER, _LONGEST_DELAY)
        asked = retry_after(wait, datetime.fromtimestamp(now, UTC))
        rest = known.delay if asked is None else asked.total_seconds()
        if known.refusals >= _MOST_REFUSALS:
            rest = max(rest, _REST)
        known.held = max(known.held, now + rest)

    @contextmanager
    def _open(self, host: str) -> Iterator[_Host]:
        """The host's file, locked; what is changed is written back."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.folder / quote(host, safe=""), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            known = _read(os.pread(fd, 4096, 0))
            _forget_the_future(known, self._clock())
            before = asdict(known)
            yield known
            if asdict(known) != before and (self.delay or known.delay or before["delay"]):
                data = json.dumps(asdict(known)).encode() + b"\n"
                os.pwrite(fd, data, 0)
                os.ftruncate(fd, len(data))
            self._slowed.add(host) if known.delay or known.held > self._clock() else self._slowed.discard(host)
        finally:
            os.close(fd)


def _forget_the_future(known: _Host, now: float) -> None:
    """What no clock that goes right can have written: it was set back since."""
    if known.held > now + _LONGEST_HOLD:
        known.held = 0.0
    if known.free > max(now, known.held) + _LONGEST_QUEUE:
        known.free = 0.0


def _read(data: bytes) -> _Host:
    """What a host's file says; one that a full disk or another hand has spoilt says nothing."""
    try:
        known = _Host(**json.loads(data or b"{}"))
    except (ValueError, TypeError, RecursionError):
        return _Host()
    sound = all(isinstance(value, int | float) and 0 <= value < _LATEST for value in asdict(known).values())
    return known if sound and known.delay <= _LONGEST_DELAY else _Host()
