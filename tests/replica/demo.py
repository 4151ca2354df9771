"""`make demo`: the replica portal on loopback, and the ordinary `scrapy crawl ninhthuan` on it, into `output/demo/`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.replica import build, serve

PROJECT = Path(__file__).parents[2]
OUTPUT = Path("output/demo")


def main() -> int:
    """Crawl, and end with the exit code of the crawl."""
    print("A replica of the Ninh Thuận portal starts on this machine; no other machine is asked for anything.")
    with serve(build()) as server:
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
            f"\nEvery line of {OUTPUT}/ninhthuan/*.jsonl is one article. Again: make demo. Start over: make clean-demo."
        )
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
