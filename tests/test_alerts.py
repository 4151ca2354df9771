"""Alerts: the command and the webhook are told, and whatever goes wrong with them harms nothing and leaks nothing."""

from __future__ import annotations

import csv
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from scrapy.settings import Settings

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.outcomes import Outcome
from newscrawl.monitoring.alarms import Alarm
from newscrawl.monitoring.alerts import AlertTargets, alert, deserves_alert, news_of
from newscrawl.words.errors import ArgumentError
from tests.test_docs import ROOT, blocks

MONITORING = ROOT / "docs/monitoring.md"
ALARM = Alarm("filled", "captions", 0.7, 0.0, "2026-11-23T19:15:00+00:00", "captions: gone", ("u1", "u2"), 200, 25)
MANIFEST = {"run": "20261123T191500Z", "alarms": [ALARM.record()], "counts": {"stored": 25, "reasons": {}}}
NEWS = news_of(
    Outcome("ninhthuan", ExitCode.INCOMPLETE, "incomplete", "captions: gone; $(touch hacked) `id`\nline"), MANIFEST
)
SECRET = "T0KEN"


def targets(folder: Path, *command: str, webhook: str = "", seconds: float = 30.0) -> AlertTargets:
    return AlertTargets(command, webhook, seconds, folder)


def python(code: str) -> tuple[str, str, str]:
    return sys.executable, "-c", code


# --- when


@pytest.mark.parametrize("code", list(ExitCode))
def test_which_codes_are_told(code: ExitCode, tmp_path: Path) -> None:
    alert(news_of(Outcome("bao", code, "")), targets(tmp_path, *python("open('told', 'w')")))
    assert (tmp_path / "told").exists() is deserves_alert(code) is (code not in (0, 2, 11, 75))


def test_nobody_is_told_where_nobody_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    alert(NEWS, targets(tmp_path))
    assert caplog.records == []


# --- the command


def test_the_command_gets_json_and_variables(tmp_path: Path) -> None:
    code = "import os, sys; open('in', 'w').write(sys.stdin.read()); open('detail', 'w').write(os.environ[sys.argv[1]])"
    alert(NEWS, targets(tmp_path, *python(code), "NEWSCRAWL_DETAIL"))
    assert json.loads((tmp_path / "in").read_text("utf-8")) == NEWS
    assert (tmp_path / "detail").read_text("utf-8") == NEWS["detail"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["detail", "in"], "no shell read the detail"


def test_a_detail_that_names_a_path_which_is_no_utf_8(tmp_path: Path) -> None:
    news = news_of(Outcome("bao", ExitCode.CONFIGURATION, "configuration", "/sites\udcff/bao.toml: broken"))
    alert(news, targets(tmp_path, *python("import sys; open('in', 'wb').write(sys.stdin.buffer.read())")))
    assert json.loads((tmp_path / "in").read_bytes())["detail"] == "/sites\udcff/bao.toml: broken"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("./not-there",), "can't be run (No such file or directory)"),
        (("a\0b",), "can't be run"),
        (python("raise SystemExit(7)"), "ended with code 7"),
        (("true",), ""),  # it does not read its input
    ],
)
def test_a_command_that_fails_is_a_warning(
    command: tuple[str, ...], words: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alert(NEWS | {"detail": "x" * 300_000 + "\0"}, targets(tmp_path, *command))
    assert [record.levelno for record in caplog.records] == ([logging.WARNING] if words else [])
    assert words in caplog.text


def test_a_command_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    alert(NEWS, targets(tmp_path, "sh", "-c", "sleep 60 & echo $! > pid; wait", seconds=1.0))
    assert time.monotonic() - begun < 30
    assert "was ended after 1 seconds" in caplog.text
    child = int((tmp_path / "pid").read_text("ascii"))
    for _ in range(100):
        if _has_ended(child):
            break
        time.sleep(0.02)
    assert _has_ended(child)


def _has_ended(process: int) -> bool:
    """Whether a process is gone, or waits for whoever adopted it to take note."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_command_hears_signals_though_the_crawl_does_not_any_more(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        alert(NEWS, targets(tmp_path, *python("import signal; open('told', 'w').write(str(signal.getsignal(1)))")))
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (tmp_path / "told").read_text("ascii") == str(signal.SIG_DFL)


# --- the webhook


@contextmanager
def hook(
    status: int = 200, *, wait: float = 0.0, drops: int = 0, location: str = ""
) -> Iterator[tuple[str, list[Any]]]:
    """A server on loopback; yields its address, with a secret in it, and what was posted."""
    posted: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            for _ in range(drops):
                self.wfile.write(b"HTTP/1.0 100 Continue\r\n\r\n")
                time.sleep(0.1)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, self.headers["Content-Type"], json.loads(body)))
            time.sleep(wait)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook/{SECRET}", posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_webhook_gets_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with hook() as (address, posted):
        alert(NEWS, targets(tmp_path, webhook=address))
    assert posted == [(f"/hook/{SECRET}", "application/json; charset=utf-8", NEWS)]
    assert caplog.records == []


@pytest.mark.parametrize(("status", "location"), [(404, ""), (500, ""), (302, "/other"), (307, "/other")])
def test_a_webhook_that_refuses_is_a_warning(
    status: int, location: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with hook(status, location=location) as (address, posted):
        alert(NEWS, targets(tmp_path, webhook=address))
    assert f"HTTP status {status}" in caplog.text
    assert SECRET not in caplog.text
    assert len(posted) == 1, "a redirect is not followed"


def test_a_webhook_that_hangs_or_is_not_there_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begun = time.monotonic()
    with hook(wait=0.6) as (address, _):
        alert(NEWS, targets(tmp_path, webhook=address, seconds=0.2))
    with hook(drops=8) as (address, _):  # each answer comes in time
        alert(NEWS, targets(tmp_path, webhook=address, seconds=0.3))
        assert "no answer within 0.3 seconds" in caplog.text
    alert(NEWS, targets(tmp_path, webhook=address))
    assert time.monotonic() - begun < 30
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 3
    assert "refused" in caplog.text
    assert SECRET not in caplog.text


# --- settings


@pytest.mark.parametrize(
    "address",
    ["ftp://a.vn/T0KEN", "file:///T0KEN", "a.vn/T0KEN", "http://", "http://a.vn:x/T0KEN", "http://a.vn/T0KEN b", "http://[T0KEN"],
)  # fmt: skip
def test_a_webhook_that_is_no_web_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ArgumentError, match="ALERT_WEBHOOK: must be an http or https address") as error:
        AlertTargets.read(Settings({"PROJECT_DIR": "/", "ALERT_WEBHOOK": address}))
    assert SECRET not in str(error.value)


def test_a_command_is_read_as_words() -> None:
    given = {"PROJECT_DIR": "/p", "ALERT_COMMAND": "./notify.sh 'Ban Biên tập' a@example.org"}
    assert AlertTargets.read(Settings(given)) == AlertTargets(
        ("./notify.sh", "Ban Biên tập", "a@example.org"), "", 10.0, Path("/p")
    )
    with pytest.raises(ArgumentError, match=r"ALERT_COMMAND=\./notify 'a: can't be read"):
        AlertTargets.read(Settings(given | {"ALERT_COMMAND": "./notify 'a"}))


# --- the examples of docs/monitoring.md


def test_the_example_of_a_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (script,) = (block for block in blocks(MONITORING, "sh") if "notify.sh" in block)
    tools = tmp_path / "bin"
    tools.mkdir()
    for file, text in (
        (tmp_path / "notify.sh", script),
        (tools / "mail", '#!/bin/sh\nprintf "%s|" "$@" > sent; cat >> sent\n'),
    ):
        file.write_text(text, "utf-8")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    alert(NEWS, targets(tmp_path, "./notify.sh", "archive@example.org"))
    sent = (tmp_path / "sent").read_text("utf-8")
    assert sent.startswith("-s|newscrawl: ninhthuan ended with code 9|archive@example.org|{")
    assert json.loads(sent.rpartition("|")[2]) == NEWS


def test_the_example_of_a_list(tmp_path: Path) -> None:
    (script,) = (block for block in blocks(MONITORING, "python") if "keep.py" in block)
    (tmp_path / "keep.py").write_text(script, "utf-8")
    alert(NEWS, targets(tmp_path, sys.executable, "keep.py", "alarms.csv"))
    with open(tmp_path / "alarms.csv", newline="", encoding="utf-8") as rows:
        assert list(csv.reader(rows)) == [["ninhthuan", "2026-11-23T19:15:00+00:00", "captions", "0.7", "0.0"]]


def test_the_news_look_as_documented() -> None:
    (example,) = (json.loads(block) for block in blocks(MONITORING, "json"))
    assert list(example) == list(NEWS)
    assert list(example["alarms"][0]) == list(NEWS["alarms"][0])
