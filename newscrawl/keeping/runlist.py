"""The runs of a site: their names, and `runs.jsonl` with a line for each, also for those that stored nothing and those
that were killed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from newscrawl.keeping.runnames import run_name, started_at
from newscrawl.keeping.segments import records_in, records_of

__all__ = ["all_runs", "append_run", "free_name", "last_runs"]

_NAME: Final = "runs.jsonl"
_CHUNK: Final = 1 << 16
_SECOND: Final = timedelta(seconds=1)


def append_run(folder: Path, record: dict[str, Any]) -> None:
    """Add one line to `runs.jsonl`, the list of all runs of the site, and put it on disk. A torn line that a killed run
    left there goes: its run is listed anew. Raises OSError; then no part of the line stays."""
    line = json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"  # a path can be any bytes
    with open(folder / _NAME, "a+b", buffering=0) as out:
        end = size = out.seek(0, os.SEEK_END)
        if size:
            torn = next(lines_backwards(folder / _NAME))
            end -= len(torn)
        if end < size:
            out.truncate(end)
        try:
            written = out.write(line) or 0
            while written < len(line):
                written += out.write(line[written:]) or 0
            os.fsync(out.fileno())
        except OSError:
            out.truncate(end)
            raise


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


def free_name(folder: Path, now: datetime) -> str:
    """The name of a run: its start to the second. Readers take files in the order of their names, so it comes behind
    all others, also where the clock was set back since: then it is the second after the last one."""
    names = {file.name.partition(".")[0] for file in folder.glob("2*.*")}
    names |= {str(record.get("run")) for record in last_runs(folder, 10)}
    last = max((start for start in map(_start, names) if start is not None), default=None)
    return run_name(now) if last is None or last < now.replace(microsecond=0) else run_name(last + _SECOND)


def _start(name: str) -> datetime | None:
    try:
        return started_at(name)
    except ValueError:  # a file of another hand
        return None
