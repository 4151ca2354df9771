"""`make demo`: the replica portal on loopback, and the ordinary `scrapy crawl ninhthuan` on it, into `output/demo/`."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.replica import build, serve

PROJECT = Path(__file__).parents[2]
OUTPUT = Path("output/demo")
VIETNAM = timezone(timedelta(hours=7))


def main() -> int:
    """Crawl, and end with the exit code of the crawl."""
    print("A replica of the Ninh Thuận portal starts on this machine; no other machine is asked for anything.")
    with serve(build(now=_portal_time())) as server:
        command = [
            "scrapy", "crawl", "ninhthuan", "-L", "WARNING",
            "-s", f"CONNECT_TO=127.0.0.1:{server.port}",
            "-s", f"OUTPUT_DIR={OUTPUT}",
            "-s", "PROGRESS_SECONDS=1",
        ]  # fmt: skip
        print("$", " ".join(command), flush=True)
        code = subprocess.call([str(Path(sys.executable).with_name(command[0])), *command[1:]], cwd=PROJECT)
    if code == 0:
        print(
            f"\nEach line of {OUTPUT}/ninhthuan/2*.jsonl is an article. Again: make demo. Start over: make clean-demo."
        )
    return code


def _portal_time() -> datetime:
    """The day on which the demo was first run: the replica's articles and the years of its "(19/02)" depend on it, and
    a second run should find the portal as it was."""
    file = PROJECT / OUTPUT / "first-run"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{datetime.now(VIETNAM):%Y-%m-%d}\n", encoding="utf-8")
    return datetime.fromisoformat(f"{file.read_text('utf-8').strip()}T09:00:00+07:00")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
