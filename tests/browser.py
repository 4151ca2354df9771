"""A headless Chromium, driven over a pipe by the DevTools protocol: no port is opened, and no library is needed."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

__all__ = ["CHROMIUM", "Browser"]

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
_SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
# Chromium hears on descriptor 3 and answers on 4; a small Python puts the pipe's ends there and becomes Chromium.
_START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
_LONGEST = 20.0  # seconds for any answer


class Browser:
    """One page in one browser. Leaving it as a context ends the process."""

    def __init__(self) -> None:
        assert CHROMIUM is not None
        self._home = TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)  # for all that it writes
        places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), self._home.name)
        ends = [*os.pipe(), *os.pipe()]
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
        for end in ends:
            os.close(end)
        hears, self._to, self._from, answers = high
        starts = [sys.executable, "-c", _START, str(hears), str(answers), CHROMIUM, *_SWITCHES]
        self._process = subprocess.Popen(
            [*starts, f"--user-data-dir={self._home.name}/profile", "about:blank"],
            pass_fds=(hears, answers), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env={**os.environ, **places},
        )  # fmt: skip
        os.close(hears)
        os.close(answers)
        self._number, self._read, self._session = 0, b"", ""
        self.complaints: list[str] = []  # what stands in the console
        self.requests: list[str] = []  # what the page asked for

    def __enter__(self) -> Browser:
        try:
            found = self.ask("Target.getTargets")["targetInfos"]
            target = next(each["targetId"] for each in found if each["type"] == "page")
            self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.ask(f"{domain}.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        os.close(self._to)
        os.close(self._from)
        self._home.cleanup()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        """The next message; what happens in the page is noted on the way."""
        until = time.monotonic() + _LONGEST
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._from], [], [], max(until - time.monotonic(), 0))
            data = os.read(self._from, 1 << 20) if ready else b""
            assert data, "the browser does not answer"
            self._read += data
        first, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        event, facts = message.get("method"), message.get("params", {})
        if event == "Log.entryAdded":
            self.complaints.append(facts["entry"]["text"])
        elif event == "Runtime.consoleAPICalled":
            self.complaints.append(str(facts["args"]))
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(facts["exceptionDetails"]))
        elif event == "Network.requestWillBeSent":
            self.requests.append(facts["request"]["url"])
        return message

    def open(self, file: Path, *, width: int, dark: bool = False) -> None:
        """Show a file at this width, in CSS pixels."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
        self.ask("Page.navigate", url=file.as_uri())
        until = time.monotonic() + _LONGEST
        while self.evaluate("document.readyState") != "complete" or self.evaluate("location.protocol") != "file:":
            assert time.monotonic() < until

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def screenshot(self, file: Path, y: int = 0, height: int = 2000) -> None:
        """Save a part of the page, from `y` on, as a PNG."""
        width = self.evaluate("innerWidth")
        clip = {"x": 0, "y": y, "width": width, "height": height, "scale": 1}
        shot = self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        file.write_bytes(b64decode(shot["data"]))


def main() -> None:
    """Screenshots of a report, to be looked at: `python -m tests.browser REPORT FOLDER`."""
    report, folder = (Path(arg).resolve() for arg in sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        for width in (360, 1280):
            for dark in (False, True):
                browser.open(report, width=width, dark=dark)
                browser.evaluate(
                    "document.querySelectorAll('details:nth-of-type(-n+2)').forEach(each => each.open = true)"
                )
                total = browser.evaluate("document.documentElement.scrollHeight")
                for part, y in enumerate(range(0, min(total, 8000), 2000)):
                    name = f"{width}-{'dark' if dark else 'light'}-{part}.png"
                    browser.screenshot(folder / name, y, min(2000, total - y))
    print(*browser.complaints, sep="\n")


if __name__ == "__main__":
    main()
