"""Runs the replica as a process of its own: `python -m tests.replica`."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .build import build
from .server import serve


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.replica", description="Serve the replica portal on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="port, 0 for any free one")
    parser.add_argument("--articles", type=int, default=240)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--ready-file", type=Path, help="file that receives the port once the replica listens")
    parser.add_argument("--until-eof", action="store_true", help="also end when standard input closes")
    return parser.parse_args(argv)


def _watch_input(done: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    done.set()


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until a signal or the end of input; always ends quietly with 0."""
    options, done = _arguments(argv), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with serve(build(options.seed, options.articles), options.port) as server:
        print(f"replica listening on 127.0.0.1:{server.port}", flush=True)
        if options.ready_file:
            part = options.ready_file.with_name(options.ready_file.name + ".part")
            part.write_text(f"{server.port}\n")
            part.replace(options.ready_file)  # whoever waits for the file never sees it half written
        if options.until_eof:
            threading.Thread(target=_watch_input, args=(done,), daemon=True).start()
        done.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
