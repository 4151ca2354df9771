"""A full disk that shows in the log: the log file itself can't be written, or an error tells of it in passing."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import TextIO

from newscrawl.keeping.disk import is_disk_full

__all__ = ["DiskWatch", "say"]


class DiskWatch(logging.Filter):
    """Sits on the handlers of the root logger; calls `tell` with each error of a full disk that passes by.

    Python prints a traceback for each line that it can't log, and goes on; so do Scrapy's exporters (`-o`).
    """

    def __init__(self, tell: Callable[[BaseException], object]) -> None:
        super().__init__()
        self._tell = tell
        self._telling = False
        self.seen = False

    def install(self) -> None:
        """Watch from here on. What could not be logged before is tried once more, and told."""
        for handler in logging.root.handlers:
            handler.addFilter(self)
            handler.handleError = self._unlogged  # type: ignore[method-assign]
            try:
                handler.flush()
            except OSError as error:
                self._notice(error)

    def filter(self, record: logging.LogRecord) -> bool:
        """A full disk needs one line, and no traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_disk_full(error):
            record.exc_info = record.exc_text = None
            self._notice(error)
        return True

    def _unlogged(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        error = sys.exc_info()[1]
        if error is not None and is_disk_full(error):
            self._notice(error)

    def _notice(self, error: BaseException) -> None:
        self.seen = True
        if not self._telling:  # telling is logged, too
            self._telling = True
            self._tell(error)
            self._telling = False


def say(text: str, out: TextIO) -> bool:
    """Print a line. Returns whether that failed for a full disk; then nothing more is printed there, for Python would
    try again at its end, and end with code 120."""
    try:
        print(text, file=out, flush=True)
    except OSError as error:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), out.fileno())
        return is_disk_full(error)
    return False
