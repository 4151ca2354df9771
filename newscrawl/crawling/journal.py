"""The log of a process that crawls: each line goes to the file of its site's run, and to whoever listens besides.

`output/<site>/log/<run>.log` holds what a run said. Several sites may be crawled at once in one process: a line is the
site's whose spider it names, else the one in whose crawl it was said (`SITE`), else it is everybody's.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from contextvars import ContextVar
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.utils.log import _get_handler

from newscrawl.crawling.diskwatch import DiskWatch
from newscrawl.keeping.disk import is_disk_full

__all__ = ["SITE", "Journal", "SiteLog", "is_asked_for"]

SITE: Final[ContextVar[str]] = ContextVar("SITE", default="")  # the site whose crawl the code at work belongs to

# A run of a day says some 100 kB, one that goes wrong at every page some 10 MB. Beyond that the beginning goes.
_LARGEST: Final = 8 << 20  # bytes; a run has two such files at most, `<run>.log.1` and after it `<run>.log`
_MOST_FILES: Final = 60  # of a site: two months of nights
_MOST_BYTES: Final = 64 << 20  # of a site


def is_asked_for(settings: BaseSettings, name: str) -> bool:
    """Whether the command line, and not only `settings.py`, sets this."""
    return (settings.getpriority(name) or 0) >= SETTINGS_PRIORITIES["cmdline"]


class _RunFile(RotatingFileHandler):
    def __init__(self, file: Path, watch: DiskWatch) -> None:
        super().__init__(file, maxBytes=_LARGEST, backupCount=1, encoding="utf-8", errors="backslashreplace")
        self._watch = watch

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        error = sys.exc_info()[1]
        if error is not None:
            self._watch.notice(error)


class SiteLog:
    """The log of one site. What is said before its run has a name waits here."""

    def __init__(self, site: str, formatter: logging.Formatter) -> None:
        self.site = site
        self._formatter = formatter
        self._waiting: list[logging.LogRecord] = []
        self._handler: _RunFile | None = None
        self._watch: DiskWatch | None = None
        self._missed: BaseException | None = None
        self.file: Path | None = None

    def open(self, folder: Path, run: str, watch: DiskWatch) -> None:
        """The run is open: from here on its lines go to a file of its own. Raises OSError."""
        self._attend(watch)
        folder.mkdir(exist_ok=True)
        prune(folder)
        self.file = folder / f"{run}.log"
        self._handler = _RunFile(self.file, watch)
        self._handler.setFormatter(self._formatter)
        for record in self._waiting:
            self._handler.handle(record)
        self._waiting.clear()

    def attend(self, watch: DiskWatch) -> None:
        """The run's lines go to no file of its own: Scrapy's settings say where. A full disk there is told all the
        same."""
        self._attend(watch)
        self._waiting.clear()

    def _attend(self, watch: DiskWatch) -> None:
        self._watch = watch
        if self._missed is not None:
            watch.notice(self._missed)

    def take(self, record: logging.LogRecord) -> None:
        """A line of this site."""
        if self._handler is not None:
            self._handler.handle(record)
        elif self._watch is None:
            self._waiting.append(record)

    def notice(self, error: BaseException) -> None:
        """Something could not be written."""
        if self._watch is not None:
            self._watch.notice(error)
        else:
            self._missed = error

    def unheard(self) -> list[str]:
        """The warnings and errors that no file has, because no run was opened."""
        waiting = [record for record in self._waiting if record.levelno >= logging.WARNING]
        return "\n".join(self._formatter.format(record) for record in waiting).splitlines()

    def close(self) -> None:
        """The crawl has ended."""
        if self._handler is not None:
            with suppress(OSError):  # told when it was said
                self._handler.close()


class Journal(logging.Handler):
    """The root logger's one handler while a process crawls. `listener` gets the lines of all sites, if there is one."""

    def __init__(self, settings: BaseSettings, *, listens: bool) -> None:
        """`listens`: somebody reads standard error. Raises OSError where LOG_FILE can't be opened, ValueError for no
        level."""
        super().__init__(logging.NOTSET)
        self.keeps_files = settings.getbool("LOG_ENABLED") and not settings.get("LOG_FILE")
        self.listener = _listener(settings, listens=listens)
        if self.listener is not None:
            self.listener.handleError = self._unlogged  # type: ignore[method-assign]
        self._level = logging._checkLevel(settings.get("LOG_LEVEL"))  # type: ignore[attr-defined]
        self._formatter = logging.Formatter(settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT"))
        self._logs: dict[str, SiteLog] = {}

    def install(self) -> None:
        """From here on all lines come here. Scrapy makes no handler of its own beside it (LOG_INSTALL_ROOT_HANDLER),
        for it would make a new one with every crawler."""
        logging.raiseExceptions = False  # what can't be logged is told by `DiskWatch`
        logging.root.setLevel(logging.NOTSET)
        logging.root.addHandler(self)

    def begin(self, site: str) -> SiteLog:
        """The crawl of a site begins."""
        log = self._logs[site] = SiteLog(site, self._formatter)
        return log

    def end(self, log: SiteLog) -> None:
        """The crawl of a site has ended."""
        log.close()
        self._logs.pop(log.site, None)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by Python's logging, for each line."""
        own = self._logs.get(_site_of(record))
        logs = [own] if own is not None else list(self._logs.values())
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_disk_full(error):
            record.exc_info = record.exc_text = None  # a full disk needs one line, and no traceback
            for log in logs:
                log.notice(error)
        if record.levelno >= self._level:
            for log in logs:
                log.take(record)
        if self.listener is not None and record.levelno >= self.listener.level:
            self.listener.handle(record)

    def _unlogged(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        error = sys.exc_info()[1]
        for log in list(self._logs.values()):
            if error is not None:
                log.notice(error)


def _site_of(record: logging.LogRecord) -> str:
    spider = getattr(record, "spider", None)
    return spider.name if spider is not None else SITE.get()


def _listener(settings: BaseSettings, *, listens: bool) -> logging.Handler | None:
    """Scrapy's handler where the command line or LOG_FILE asks for it; else warnings and errors for a terminal."""
    asked = is_asked_for(settings, "LOG_LEVEL") or bool(settings.get("LOG_FILE"))
    if not settings.getbool("LOG_ENABLED") or not (asked or listens):
        return None
    own: Any = settings.copy()
    if not asked:
        own.set("LOG_LEVEL", "WARNING", priority="cmdline")
    handler = _get_handler(own)
    if type(handler) is logging.StreamHandler:
        handler.setStream(_Stderr())
    return handler


class _Stderr:
    """Standard error as it is at each line: a progress display stands before it for a while."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def prune(folder: Path) -> None:
    """Make room for one more log: the oldest go, where there are too many or they are too large. Raises OSError."""
    size = 0
    for place, file in enumerate(sorted(folder.glob("2*.log*"), reverse=True), start=2):
        size += file.stat().st_size
        if place > _MOST_FILES or size > _MOST_BYTES:
            file.unlink(missing_ok=True)
