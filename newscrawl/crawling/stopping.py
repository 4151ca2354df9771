"""Ending a run that is told to: SIGTERM, SIGINT, SIGHUP and SIGQUIT all mean "stop in good order, and soon"."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, Final, Protocol

__all__ = ["Stop", "Stoppable"]

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
_GRACE: Final = 3.0  # seconds that an answer under way has to arrive
_LONGEST: Final = 9.0  # seconds until the process ends whatever holds it: what it leaves is what a kill leaves
_AGAIN: Final = 0.05


class Stoppable(Protocol):
    """The crawl of a site, or a process that crawls."""

    @property
    def is_open(self) -> bool:
        """Whether it can be stopped by now; one that is just being opened can't."""

    async def stop(self) -> None:
        """End it in good order."""

    def cut(self) -> None:
        """Wait no longer for what is under way."""


class Stop:
    """Scrapy's own handlers know two of the signals, and wait for a hanging response.

    `running` gives what is to be stopped; `code` is the exit code of a process that does not end within `longest`
    seconds. `begun` is set when the process is to end: nothing new may be begun then.
    """

    def __init__(self, running: Callable[[], Iterable[Stoppable]], code: int, longest: float = _LONGEST) -> None:
        self._running, self._code, self._longest = running, code, longest
        self.begun = asyncio.Event()
        self._timer: threading.Timer | None = None
        self._told: list[Stoppable] = []
        self._tasks: set[asyncio.Future[Any]] = set()

    def install(self) -> None:
        """From here on the signals end the crawl. One that the process was started to ignore (nohup) stays ignored."""
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._signalled)

    def over(self) -> None:
        """The crawl has ended and all is written: a signal from here on would only spoil the exit code, for Python
        gives the signals back to the system before it ends."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def begin(self) -> None:
        """End all that runs, in good order. Called within the loop."""
        self._hold_to_it()
        if not self.begun.is_set():
            self.begun.set()
            self._tell()

    def _signalled(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        loop = asyncio.get_event_loop()
        if self._timer is None:
            self._hold_to_it()
            loop.call_soon_threadsafe(self.begin)
        else:  # a second signal: now
            loop.call_soon_threadsafe(self._cut)

    def _hold_to_it(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._longest, os._exit, (self._code,))
            self._timer.daemon = True
            self._timer.start()

    def _tell(self) -> None:
        """Stop what runs; what is just being opened is stopped when it is open."""
        loop = asyncio.get_event_loop()
        for each in self._running():
            if each.is_open and each not in self._told:
                self._told.append(each)
                self._tasks.add(asyncio.ensure_future(each.stop()))
                loop.call_later(_GRACE, each.cut)
        loop.call_later(_AGAIN, self._tell)

    def _cut(self) -> None:
        for each in self._running():
            each.cut()
