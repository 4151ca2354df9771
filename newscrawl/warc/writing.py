"""The WARC file of a run: the raw pages beside its segment, and what is left of it when the run was killed.

A run writes `<run>.warc.gz.open`, one gzip member a record (ISO 28500, annex on compression). At its end the file gets
its own name before the segment does, for the segment's lines point into it.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from isal import isal_zlib

from newscrawl.keeping.appending import OPEN, AppendedFile
from newscrawl.keeping.ondisk import sync
from newscrawl.keeping.payloads import Payloads, Place
from newscrawl.keeping.runnames import is_run
from newscrawl.warc.records import (
    Exchange,
    Original,
    Resource,
    digest_of,
    original_in,
    records_of,
    resource_record,
    warcinfo,
)

__all__ = ["OpenWarc", "Warc", "open_warcs", "warc_facts"]

_END: Final = ".warc.gz"
# zlib's level 9, which warcio takes, costs over 12 times the CPU of this one for 15 % less on disk, its level 2 five
# times the CPU for 2 % less (newspaper pages of 145 KB). What comes as gzip is made no smaller by any.
_LEVEL: Final = 2
_GZIP: Final = 31  # zlib's window bits for the gzip format
_CHUNK: Final = 1 << 16


class Warc:
    """The WARC file that a run writes. It appears with its first record. `info` is what the record at its head says."""

    def __init__(self, folder: Path, run: str, payloads: Payloads) -> None:
        self.folder = folder
        self.info: dict[str, str] = {}
        self.records = 0
        self._out = AppendedFile(folder / f"{run}{_END}")
        self._payloads = payloads
        self._unsynced: dict[bytes, Place] = {}

    def __len__(self) -> int:
        """How many payloads the ledger does not know of yet."""
        return len(self._unsynced)

    def write(self, exchange: Exchange) -> Place:
        """Append request and answer, whole or not at all; an answer whose payload is in one of the site's files already
        as a revisit record. Returns where the payload lies. Raises OSError (ENOSPC among them)."""
        digest = digest_of(exchange.body)
        place, original = self._earlier(digest) if exchange.body else (None, None)
        written = self._append(*records_of(exchange, digest, original))
        if place is None:
            place = self._unsynced[digest] = written
        return place

    def write_resource(self, resource: Resource) -> Place:
        """Append a page that a web archive gave, unless its payload is in one of the site's files already. Returns
        where the payload lies. Raises OSError."""
        digest = digest_of(resource.body)
        place, _ = self._earlier(digest)
        if place is None:
            place = self._unsynced[digest] = self._append(resource_record(resource, digest))
        return place

    def _append(self, *records: bytes) -> Place:
        """Append records, with the file's head before the first. Returns where the first of them lies."""
        head = b"" if self.records else _member(warcinfo(self._out.file.name, self.info))
        members = [_member(record) for record in records]
        start = self._out.size + len(head)
        self._out.append(head + b"".join(members))
        self.records += len(members) + bool(head)
        return Place(self._out.file.name, start, len(members[0]))

    def _earlier(self, digest: bytes) -> tuple[Place, Original] | tuple[None, None]:
        """Where the payload lies already. A file that was moved away since is none to point at."""
        place = self._unsynced.get(digest) or self._payloads.find(digest)
        if place is None:
            return None, None
        file = self._out.open_file if place.file == self._out.file.name else self.folder / place.file
        try:
            with open(file, "rb") as warc:
                warc.seek(place.offset)
                original = original_in(warc.read(place.length), digest)
        except OSError:
            return None, None
        return (place, original) if original is not None else (None, None)

    def sync(self) -> None:
        """Put all records on disk. Raises OSError."""
        self._out.sync()

    def settle(self) -> None:
        """All records are on disk: tell the ledger."""
        for digest, place in self._unsynced.items():
            self._payloads.note(digest, place)
        self._unsynced = {}

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of the file: nothing, where there is none."""
        if not self.records:
            return {}
        return _facts(self._out.file, self.records, self._out.size, self._out.sha256)

    def finish(self) -> None:
        """Sync, close and rename. Raises OSError."""
        self._out.finish()

    def abandon(self) -> None:
        """Close without the name of a finished file; the next run recovers it."""
        self._out.abandon()


class OpenWarc:
    """A killed run's file, trimmed to its whole records."""

    def __init__(self, file: Path) -> None:
        """Raises OSError."""
        self.file = file
        self.run = file.name.removesuffix(f"{_END}{OPEN}")
        self.records, self.size = _whole(file)
        with open(file, "r+b") as warc:
            warc.truncate(self.size)
            os.fsync(warc.fileno())

    def holds(self, raw: Any) -> bool:
        """Whether the record that a line points at is here, or should be in another file."""
        if not isinstance(raw, dict) or raw.get("file") != f"{self.run}{_END}":
            return True
        return bool(raw["offset"] + raw["length"] <= self.size)

    def finish(self) -> None:
        """Give the file its own name; one that has nothing but its head goes. Raises OSError."""
        if self.records > 1:
            os.rename(self.file, self.file.with_name(f"{self.run}{_END}"))
        else:
            self.file.unlink()
        sync(self.file.parent)


def open_warcs(folder: Path) -> Iterator[OpenWarc]:
    """What killed runs left, oldest first; a file of another hand, which no run is named like, is passed over."""
    for file in sorted(folder.glob(f"2*{_END}{OPEN}")):
        if is_run(file.name.removesuffix(f"{_END}{OPEN}")):
            yield OpenWarc(file)


def warc_facts(folder: Path, run: str) -> dict[str, Any]:
    """What a run's manifest says of its finished file: nothing, where there is none. Raises OSError."""
    file = folder / f"{run}{_END}"
    if not file.is_file():
        return {}
    digest = sha256()
    with open(file, "rb") as warc:
        while chunk := warc.read(_CHUNK):
            digest.update(chunk)
    return _facts(file, *_whole(file), digest.hexdigest())


def _facts(file: Path, records: int, size: int, digest: str) -> dict[str, Any]:
    return {"warc": {"name": file.name, "records": records, "bytes": size, "sha256": digest}}


def _member(record: bytes) -> bytes:
    packed: bytes = isal_zlib.compress(record, _LEVEL, _GZIP)
    return packed


def _whole(file: Path) -> tuple[int, int]:
    """How many whole gzip members a file begins with, and where the last of them ends."""
    records = end = read = 0
    with open(file, "rb") as warc:
        member, rest = zlib.decompressobj(_GZIP), b""
        while chunk := rest or warc.read(_CHUNK):
            read += 0 if rest else len(chunk)
            try:
                member.decompress(chunk)  # checks its sum at the end
            except zlib.error:
                break
            rest = member.unused_data
            if member.eof:
                records, end = records + 1, read - len(rest)
                member = zlib.decompressobj(_GZIP)
    return records, end
