"""Runs the real `scrapy` command line, bounded in time, and reads what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
LONGEST = 120  # seconds for any one command


@dataclass
class Result:
    """What a command gave."""

    code: int
    out: str
    err: str


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", *args]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}


def scrapy(*args: str, cwd: Path = PROJECT) -> Result:
    """Run a command to its end."""
    done = subprocess.run(command(*args), cwd=cwd, env=environment(), capture_output=True, text=True, timeout=LONGEST)
    return Result(done.returncode, done.stdout, done.stderr)


# Without it a run that ends well says nothing where there is no terminal.
TALKING = ("-s", "PROGRESS_SECONDS=3600")


def crawl(port: int, output: Path, *args: str, site: str = "ninhthuan") -> Result:
    """`scrapy crawl` against a server on loopback. `err` has the run's log, too."""
    before = logs(output)
    target = ("-s", f"CONNECT_TO=127.0.0.1:{port}", "-s", f"OUTPUT_DIR={output}")
    result = scrapy("crawl", site, *target, *TALKING, *args)
    return Result(result.code, result.out, result.err + logged(output, before))


def logs(output: Path) -> set[Path]:
    """The log files of all sites."""
    return set(output.glob("*/log/*.log"))


def logged(output: Path, before: set[Path]) -> str:
    """What the log files say that were not there before."""
    return "".join(file.read_text("utf-8") for file in sorted(logs(output) - before))


def articles(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of all finished segments, oldest first. A torn line fails."""
    for file in sorted(folder.glob("2*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            yield json.loads(line)


def runs(folder: Path) -> list[dict[str, Any]]:
    """The records of all runs, oldest first."""
    return [json.loads(line) for line in (folder / "runs.jsonl").read_text("utf-8").splitlines()]


def manifests(folder: Path) -> list[dict[str, Any]]:
    """The manifests, oldest first, each checked against the segment it speaks of."""
    found = []
    for file in sorted(folder.glob("*.manifest.json")):
        manifest = json.loads(file.read_text("utf-8"))
        data = (folder / manifest["segment"]).read_bytes()
        assert sha256(data).hexdigest() == manifest["sha256"]
        assert (len(data), data.count(b"\n")) == (manifest["bytes"], manifest["lines"])
        found.append(manifest)
    return found


def balanced(counts: dict[str, Any]) -> bool:
    """Whether the accounts of a run add up."""
    outcomes = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped", "pending")
    return bool(counts["found"] == sum(counts[name] for name in outcomes))
