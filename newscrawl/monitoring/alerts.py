"""Telling somebody that a run did not end well: a command of the user's, and a webhook.

`alert` waits for both, a bounded time, and never raises: call it when the crawl has ended, or in a thread. What goes
wrong here is a warning and changes no exit code. The webhook's address is a secret and stands in no message.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from scrapy.settings import BaseSettings

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.outcomes import Outcome
from newscrawl.words.errors import ArgumentError

__all__ = ["AlertTargets", "alert", "deserves_alert", "news_of"]

logger = logging.getLogger(__name__)
# Whoever stopped a run knows of it, and so does who mistyped a command. Another run on the site speaks for itself.
_UNTOLD: Final = frozenset({ExitCode.COMPLETE, ExitCode.USAGE, ExitCode.STOPPED, ExitCode.BUSY})
_VARIABLES: Final = ("site", "run", "exit_code", "meaning", "reason", "detail")
_LONGEST_VARIABLE: Final = 4096  # characters: the system takes 128 KiB for one variable
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
_STDERR: Final = 2  # what the command prints goes where the crawl's own messages go


@dataclass(frozen=True, slots=True)
class AlertTargets:
    """Whom to tell: a command as words, run in `folder`; an address; and the seconds for each."""

    command: tuple[str, ...] = ()
    webhook: str = ""
    seconds: float = 10.0
    folder: Path = Path()

    @classmethod
    def read(cls, settings: BaseSettings) -> AlertTargets:
        """Those of the settings. Raises ArgumentError that names the setting; never the webhook's address."""
        command, webhook = str(settings.get("ALERT_COMMAND") or ""), str(settings.get("ALERT_WEBHOOK") or "")
        try:
            words = tuple(shlex.split(command))
        except ValueError as error:
            raise ArgumentError(f"ALERT_COMMAND={command}: can't be read as a command ({error})") from None
        if webhook and not _is_web_address(webhook):
            raise ArgumentError("ALERT_WEBHOOK: must be an http or https address")
        return cls(words, webhook, folder=Path(str(settings["PROJECT_DIR"])))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and text.isascii()
            and not any(letter <= " " for letter in text)
        )  # fmt: skip
    except ValueError:
        return False


def deserves_alert(code: int) -> bool:
    """Whether a run that ended with this code is told of."""
    return code not in _UNTOLD


def news_of(outcome: Outcome, manifest: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is told of a run; of one that never began there is no `manifest`."""
    manifest = manifest or {}
    return {
        "site": outcome.site,
        "run": manifest.get("run", ""),
        "exit_code": int(outcome.code),
        "meaning": outcome.code.name,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "alarms": manifest.get("alarms", []),
        "counts": {name: value for name, value in manifest.get("counts", {}).items() if isinstance(value, int)},
    }


def alert(news: Mapping[str, Any], targets: AlertTargets) -> None:
    """Tell the command and the webhook, if the news deserve it."""
    if not deserves_alert(news["exit_code"]):
        return
    text = json.dumps(news, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    if targets.command:
        _run(text, news, targets)
    if targets.webhook:
        _post(text, targets)


# --- the command


def _run(text: bytes, news: Mapping[str, Any], targets: AlertTargets) -> None:
    """Run the command without a shell, in a session of its own: when the time is up, what it started is killed with
    it."""
    try:
        with _signals_for_others():
            process = subprocess.Popen(
                targets.command,
                stdin=subprocess.PIPE,
                stdout=_STDERR,
                cwd=targets.folder,
                env={**os.environ, **_variables(news)},
                start_new_session=True,
            )
    except (OSError, ValueError) as error:  # ValueError: a zero byte in a word
        logger.warning("ALERT_COMMAND: %s can't be run (%s)", targets.command[0], getattr(error, "strerror", error))
        return
    try:
        process.communicate(text, timeout=targets.seconds)
    except subprocess.TimeoutExpired:
        logger.warning("ALERT_COMMAND: %s was ended after %g seconds", targets.command[0], targets.seconds)
    else:
        if process.returncode:
            logger.warning("ALERT_COMMAND: %s ended with code %d", targets.command[0], process.returncode)
    finally:
        _end(process)


@contextmanager
def _signals_for_others() -> Iterator[None]:
    """What this process ignores at its end (`Stop.over`), a command would ignore, too: not even `timeout` could end
    what it starts. A handler that does nothing is not handed on. Only the main thread may set one."""
    main = threading.current_thread() is threading.main_thread()
    ignored = [number for number in _SIGNALS if main and signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()


def _variables(news: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(news.get(name, "")).replace("\0", "")[:_LONGEST_VARIABLE] for name in _VARIABLES}
    return {f"NEWSCRAWL_{name.upper()}": value for name, value in values.items()}


# --- the webhook


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is followed by no POST, and may lead anywhere."""

    def redirect_request(self, *_: Any) -> None:
        """None: the answer then counts as an error."""


def _post(text: bytes, targets: AlertTargets) -> None:
    """Post the news in a thread: a server that answers drop by drop, or a name server that hangs, knows no timeout."""
    problems: list[str] = []
    thread = threading.Thread(target=_send, args=(text, targets, problems), daemon=True, name="alert")
    thread.start()
    thread.join(targets.seconds)
    if thread.is_alive():
        problems.append(f"no answer within {targets.seconds:g} seconds")
    if problems:
        logger.warning("ALERT_WEBHOOK: not told (%s)", problems[0])


def _send(text: bytes, targets: AlertTargets, problems: list[str]) -> None:
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "newscrawl"}
        request = Request(targets.webhook, text, headers, method="POST")
        build_opener(_NoRedirects()).open(request, timeout=targets.seconds).close()
    except HTTPError as error:
        problems.append(f"HTTP status {error.code}")
        error.close()
    except URLError as error:
        problems.append(getattr(error.reason, "strerror", None) or type(error.reason).__name__)
    except Exception as error:  # whatever it is, it may hold the address: its kind alone is told
        problems.append(type(error).__name__)
