"""Ending a command that crawls nothing: each of the four signals means "now, and leave nothing behind"."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, Never

__all__ = ["StoppedError", "stoppable", "unstoppable"]

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


class StoppedError(BaseException):
    """A signal came. Raised wherever the process is at that moment, like KeyboardInterrupt; exit code 11."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Within, the first signal raises StoppedError, and others are ignored from then on. One that the process was
    started to ignore (nohup) stays ignored."""
    before = {number: handler for number in _SIGNALS if (handler := signal.getsignal(number)) != signal.SIG_IGN}
    try:
        for number in before:
            signal.signal(number, _stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unstoppable() -> Iterator[None]:
    """Within, signals wait: for what is done in a moment, or not at all."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(number: int, frame: FrameType | None) -> Never:  # noqa: ARG001
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise StoppedError
