"""A full disk that shows in the log: the log file itself can't be written, or an error tells of it in passing."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TextIO

from newscrawl.keeping.disk import is_disk_full

__all__ = ["DiskWatch", "say"]


class DiskWatch:
    """Calls `tell` with each error of a full disk that the log shows it (`newscrawl.crawling.journal`).

    Python prints a traceback for each line that it can't log, and goes on; so do Scrapy's exporters (`-o`).
    """

    def __init__(self, tell: Callable[[BaseException], object]) -> None:
        self._tell = tell
        self._telling = False
        self.seen = False

    def notice(self, error: BaseException) -> None:
        """An error that passed by; any other than a full disk is nothing to this watch."""
        if not is_disk_full(error):
            return
        self.seen = True
        if not self._telling:  # telling is logged, too
            self._telling = True
            self._tell(error)
            self._telling = False


def say(text: str, out: TextIO | None) -> bool:
    """Print a line; letters that the stream's encoding does not have are shown by their numbers. Returns whether that
    failed for a full disk; then nothing more is printed there, for Python would try again at its end, and end with
    code 120. A stream that was closed (`>&-`) is None, and hears nothing."""
    if out is None:
        return False
    encoding = out.encoding or "utf-8"  # io.StringIO has none
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=out, flush=True)
    except OSError as error:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), out.fileno())
        return is_disk_full(error)
    return False
