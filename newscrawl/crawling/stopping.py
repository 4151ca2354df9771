"""Ending a run that is told to: SIGTERM, SIGINT, SIGHUP and SIGQUIT all mean "stop in good order, and soon"."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any, Final

from scrapy.crawler import Crawler

__all__ = ["Stop"]

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
_GRACE: Final = 3.0  # seconds that an answer under way has to arrive
_LONGEST: Final = 9.0  # seconds until the process ends whatever holds it: what it leaves is what a kill leaves
_AGAIN: Final = 0.05


class Stop:
    """Scrapy's own handlers know two of the signals, and wait for a hanging response.

    `stop` ends all crawls in good order; `cut` cuts off the requests under way; `code` is the exit code of a process
    that does not end in time.
    """

    def __init__(
        self, crawler: Crawler, stop: Callable[[], Awaitable[Any]], cut: Callable[[], None], code: int
    ) -> None:
        self._crawler, self._stop, self._cut, self._code = crawler, stop, cut, code
        self._timer: threading.Timer | None = None
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

    def _signalled(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        from twisted.internet import reactor

        if self._timer is None:
            self._timer = threading.Timer(_LONGEST, os._exit, (self._code,))
            self._timer.daemon = True
            self._timer.start()
            reactor.callFromThread(self._begin)
        else:  # a second signal: now
            reactor.callFromThread(self._cut)

    def _begin(self) -> None:
        """End the crawl; one that is just being opened is ended when it is open."""
        loop = asyncio.get_event_loop()
        if self._is_open():
            self._tasks.add(asyncio.ensure_future(self._stop()))
            loop.call_later(_GRACE, self._cut)
        else:
            loop.call_later(_AGAIN, self._begin)

    def _is_open(self) -> bool:
        engine = getattr(self._crawler, "_engine", None)
        return engine is not None and engine.running and engine.spider is not None
