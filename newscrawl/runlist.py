"""`runs.jsonl`: one line for each run of a site, also for those that stored nothing and those that were killed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from newscrawl.segments import records_in, records_of

__all__ = ["all_runs", "append_run", "last_runs"]

_NAME: Final = "runs.jsonl"
_CHUNK: Final = 1 << 16


def append_run(folder: Path, record: dict[str, Any]) -> None:
    """Add one line to `runs.jsonl`, the list of all runs of the site, and put it on disk."""
    line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
    with open(folder / _NAME, "a+b") as out:
        if out.tell():
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":  # a run was killed while it wrote its line
                line = b"\n" + line
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def all_runs(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of `runs.jsonl`, oldest first; torn lines are passed over."""
    file = folder / _NAME
    if file.is_file():
        yield from records_of(file)


def last_runs(folder: Path, most: int) -> list[dict[str, Any]]:
    """The last `most` records of `runs.jsonl`, oldest first, read from its end: it grows for years."""
    file = folder / _NAME
    if not file.is_file():
        return []
    found: list[dict[str, Any]] = []
    for line in lines_backwards(file):
        if len(found) == most:
            break
        found.extend(records_in([line]))
    return found[::-1]


def lines_backwards(file: Path) -> Iterator[bytes]:
    """The lines of a file, the last one first."""
    with open(file, "rb") as data:
        start, rest = data.seek(0, os.SEEK_END), b""
        while start > 0:
            size = min(_CHUNK, start)
            start -= size
            data.seek(start)
            first, *lines = (data.read(size) + rest).split(b"\n")
            yield from reversed(lines)
            rest = first
        yield rest
