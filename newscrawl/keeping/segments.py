"""Segments: the JSON Lines files of runs, their manifests, and what is left of a run that was killed.

A run writes `<run>.jsonl.open`. At its end the manifest is synced first, then the segment gets its own name, so that a
segment with that name always has a true manifest. Finished segments never change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from newscrawl.keeping.appending import AppendedFile
from newscrawl.keeping.ondisk import sync, whole
from newscrawl.keeping.runnames import is_run

__all__ = [
    "OPEN",
    "OpenSegment",
    "Segment",
    "finished",
    "is_article",
    "manifest_of",
    "open_segments",
    "records_in",
    "records_of",
    "rewrite",
    "write_manifest",
]

OPEN: Final = ".jsonl.open"
_CHUNK: Final = 1 << 20


class Segment(AppendedFile):
    """The segment that a run writes. It appears with its first line: a run without articles leaves none. The manifest
    must be on disk before it is finished."""

    def __init__(self, folder: Path, run: str) -> None:
        super().__init__(folder / f"{run}.jsonl")
        self.lines = 0

    def write(self, line: bytes) -> None:
        """Append one line, whole or not at all. Raises OSError (ENOSPC among them)."""
        self.append(line)
        self.lines += 1

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of the segment."""
        return {"segment": self.file.name, "lines": self.lines, "bytes": self.size, "sha256": self.sha256}


def write_manifest(folder: Path, run: str, manifest: dict[str, Any]) -> Path:
    """Write `<run>.manifest.json` so that it is there whole or not at all, and on disk when this returns."""
    file = folder / f"{run}.manifest.json"
    with whole(file) as out:
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        out.write(text.encode("utf-8", "backslashreplace") + b"\n")  # a path can be any bytes
    return file


def manifest_of(folder: Path, run: str) -> dict[str, Any] | None:
    """The manifest of a finished segment, or None."""
    file = folder / f"{run}.manifest.json"
    if not file.is_file() or not folder.joinpath(f"{run}.jsonl").is_file():
        return None
    manifest: dict[str, Any] = json.loads(file.read_bytes())
    return manifest


def open_segments(folder: Path) -> Iterator[OpenSegment]:
    """What killed runs left, oldest first, each trimmed to its last whole line; what holds none is cleared away. A file
    of another hand, which no run is named like, is passed over."""
    for draft in folder.glob("2*.draft"):
        draft.unlink()
    for open_file in sorted(file for file in folder.glob(f"*{OPEN}") if is_run(file.name.removesuffix(OPEN))):
        _trim(open_file)
        _drop_spoilt_lines(open_file)
        if open_file.stat().st_size:
            yield OpenSegment(open_file)
        else:
            open_file.unlink()
            folder.joinpath(f"{open_file.name.removesuffix(OPEN)}.manifest.json").unlink(missing_ok=True)


class OpenSegment:
    """A killed run's segment."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.run = file.name.removesuffix(OPEN)

    def records(self) -> Iterator[dict[str, Any]]:
        """Its lines."""
        return records_of(self.file)

    def facts(self) -> dict[str, Any]:
        """What its manifest says of it."""
        return {"segment": f"{self.run}.jsonl", **_sums(self.file)}

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, then give the segment its own name; the ledger must know its lines before."""
        write_manifest(self.file.parent, self.run, manifest)
        os.rename(self.file, self.file.with_name(f"{self.run}.jsonl"))
        sync(self.file.parent)


def finished(folder: Path) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The finished segments of a site, oldest first: (run, its records)."""
    for file in sorted(folder.glob("2*.jsonl")):
        yield file.name.removesuffix(".jsonl"), records_of(file)


def is_article(record: dict[str, Any]) -> bool:
    """Whether a record has what the ledger keeps of an article; a damaged line has not."""
    texts = all(isinstance(record.get(name), str) for name in ("id", "url", "content_hash"))
    links = record.get("related")
    return (
        texts
        and isinstance(record.get("revision"), int)
        and isinstance(links, list)
        and all(isinstance(link, dict) and isinstance(link.get("url"), str) for link in links)
    )


def _trim(file: Path) -> None:
    """Cut a torn last line off."""
    with open(file, "r+b") as segment:
        end = size = segment.seek(0, os.SEEK_END)
        while end > 0:
            start = max(end - _CHUNK, 0)
            segment.seek(start)
            at = segment.read(end - start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            segment.truncate(end)
        os.fsync(segment.fileno())


def _drop_spoilt_lines(file: Path) -> None:
    """A power cut can leave a hole in the middle of what was not synced: the lines in it were not settled, and their
    pages are fetched again."""
    rewrite(file, lambda line: line if _record(line) is not None else None)


def rewrite(file: Path, change: Callable[[bytes], bytes | None]) -> None:
    """Put what `change` gives in the place of each line of an open segment; None drops the line. The file is the old or
    the new one, whatever happens. Raises OSError."""
    if all(change(line) == line for line in _lines(file)):
        return
    with whole(file) as out:
        out.writelines(new for line in _lines(file) if (new := change(line)) is not None)


def records_of(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file, one a line; torn lines are passed over."""
    yield from records_in(_lines(file))


def records_in(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The JSON objects in some lines; torn lines are passed over."""
    for line in lines:
        record = _record(line)
        if record is not None:
            yield record


def _lines(file: Path) -> Iterator[bytes]:
    with open(file, "rb") as lines:
        yield from lines


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:  # torn, also in the middle of a letter
        return None
    return record if isinstance(record, dict) else None


def _sums(file: Path) -> dict[str, Any]:
    digest, size, lines = sha256(), 0, 0
    with open(file, "rb") as segment:
        while chunk := segment.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            lines += chunk.count(b"\n")
    return {"lines": lines, "bytes": size, "sha256": digest.hexdigest()}
