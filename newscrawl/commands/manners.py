"""How commands that crawl behave toward who called them: a person at a terminal, or cron."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, Settings
from scrapy.utils.log import install_scrapy_root_handler

from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.journal import Journal
from newscrawl.crawling.settingvalues import check_settings
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.ondisk import whole
from newscrawl.words.errors import ArgumentError, near

__all__ = [
    "check_call",
    "check_log",
    "check_target",
    "fail",
    "open_journal",
    "open_scrapys_log",
    "read_jobs",
    "talks",
    "write_page",
]  # fmt: skip

_MOST_JOBS: Final = 256


def talks(settings: BaseSettings) -> bool:
    """Whether somebody listens: at a terminal, or by the setting PROGRESS_SECONDS. Else what ends well says nothing,
    so that cron has nothing to mail; only what was asked for is printed, like differences or JSON."""
    heard = any(out is not None and out.isatty() for out in (sys.stderr, sys.stdout))  # None: it was closed
    return heard or settings.getfloat("PROGRESS_SECONDS") > 0


def fail(command: ScrapyCommand, code: ExitCode, error: object) -> None:
    """End a command with `code`, and one line on standard error."""
    command.exitcode = int(code)
    say(f"scrapy {type(command).__module__.rpartition('.')[2]}: {error}", sys.stderr)


def check_target(file: Path, option: str | None) -> None:
    """Whether a page can be written to `file`, which an option names or none, before any work is done for it. Raises
    UsageError for a folder, a device or a pipe, and for an option's file whose folder is not there."""
    named = f"{option} {file}" if option else str(file)
    try:
        if option and not file.parent.is_dir():
            raise UsageError(f"{named}: there is no folder {file.parent}", print_help=False)
        if file.exists() and not file.is_file():
            raise UsageError(f"{named}: is no file", print_help=False)
    except OSError as error:
        raise UsageError(f"{named}: can't be written ({error.strerror})", print_help=False) from None


def write_page(command: ScrapyCommand, file: Path, page: str, option: str | None) -> bool:
    """Write a page whole, or leave the file as it is; False if that failed, then the command has its exit code. Raises
    UsageError where an option names a file that may not be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole(file) as out:
            out.write(page.encode())
    except OSError as error:
        if not is_disk_full(error) and option:
            raise UsageError(f"{option} {file}: can't be written ({error.strerror})", print_help=False) from None
        code = ExitCode.DISK_FULL if is_disk_full(error) else ExitCode.CONFIGURATION
        fail(command, code, f"{file}: can't be written ({error.strerror})")
        return False
    return True


def read_jobs(text: str) -> int:
    """The number of processes that -j asks for. Raises UsageError."""
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= _MOST_JOBS):
        raise UsageError(f"-j {text}: must be a whole number from 1 to {_MOST_JOBS}", print_help=False)
    return int(text)


def open_journal(settings: BaseSettings, *, listens: bool) -> Journal:
    """Let the log begin. Raises UsageError for a LOG_FILE that can't be written; ends the process when its disk is
    full."""
    with _log_settings(settings):
        journal = Journal(settings, listens=listens)
    journal.install()
    return journal


def check_log(settings: BaseSettings) -> None:
    """Whether other processes will be able to open their logs. Raises UsageError; see `open_journal`."""
    with _log_settings(settings):
        listener = Journal(settings, listens=False).listener
        if listener is not None:
            listener.close()


def open_scrapys_log(settings: Settings) -> None:
    """The log as Scrapy keeps it, for hand-written spiders. Raises UsageError; see `open_journal`."""
    with _log_settings(settings):
        install_scrapy_root_handler(settings)


@contextmanager
def _log_settings(settings: BaseSettings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            sys.exit(int(ExitCode.DISK_FULL))
        file = settings.get("LOG_FILE")
        raise UsageError(f"LOG_FILE={file}: can't be written ({error.strerror})", print_help=False) from None
    except ValueError:
        raise UsageError(f"LOG_LEVEL={settings.get('LOG_LEVEL')}: no such level", print_help=False) from None


def check_call(args: list[str], command: ScrapyCommand) -> None:
    """What the command line says of options and settings. Scrapy passes over options it does not know; a mistyped one
    would change what a cron line does for years.

    Raises UsageError: for options with near matches, for a setting with its value.
    """
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    known = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    for arg in args:
        if arg.startswith("-"):
            hint = near(arg.partition("=")[0], known)
            raise UsageError(f"unknown option {arg}{hint if 'did you mean' in hint else ''}", print_help=False)
    assert command.settings is not None
    try:
        check_settings(command.settings)
    except ArgumentError as error:
        raise UsageError(str(error), print_help=False) from None
