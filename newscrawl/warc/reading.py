"""WARC files as they are found: records with their places, whatever was cut off, spoilt or left out in between.

ISO 28500 (WARC 1.0 and 1.1), one gzip member a record or not compressed. warcio and fastwarc say nothing of a file that
is cut, and read nothing behind a member that is spoilt (tried with warcio 1.8 and fastwarc 2.0). Here each such place
is told, and reading goes on at the next record; it costs no more than warcio's.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from isal import isal_zlib

from newscrawl.words.errors import NewscrawlError

__all__ = ["LARGEST", "Damage", "Record", "WarcError", "WarcFile", "fields_of", "split_head"]

LARGEST: Final = 10 * 1024 * 1024  # bytes of a page, as in the setting DOWNLOAD_MAXSIZE
_HEAD: Final = 1 << 16  # bytes that the head of a record, or of an answer, has at most
_KEPT: Final = LARGEST + _HEAD
_STEP: Final = 1 << 16  # bytes read at once: most members are smaller
_PIECE: Final = 1 << 20  # bytes unpacked at once
_GZIP: Final = b"\x1f\x8b\x08"
_WARC: Final = b"WARC/"
_START: Final = re.compile(rb"\nWARC/\d\.\d+\r?\n[A-Za-z-]+:")  # of a record that is not compressed
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
# What else is offered as a WARC file, and what helps.
_STRANGERS: Final = (
    (b"\x28\xb5\x2f\xfd", "is compressed by zstd: unpack it with `zstd -d` first"),
    (b"filedesc:", "is an ARC file: `warcio recompress` makes a WARC file of it"),
    (b"PK\x03\x04", "is a zip file; of these only .wacz files are read"),
)


class WarcError(NewscrawlError):
    """A file is no WARC file. Raised by `WarcFile`; exit code 4. Begins with what is wrong, without the file's name."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. The names of `head` are in lower case; `block` is what comes behind it, None where that is larger
    than a page may be. `offset` and `length` are bytes of the file."""

    kind: str
    head: dict[str, str]
    block: bytes | None
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in a file where no record can be read."""

    offset: int
    problem: str


class _SpoiltError(Exception):
    """What is wrong with the record at hand."""


class WarcFile:
    """The part of `file` from `start` to `end` that is a WARC file. Raises WarcError for one that is none."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file, self.start, self.end = file, start, end
        first = self._bytes(start, 16)
        self._packed = first.startswith(_GZIP[:2])
        first = self._unpacked(start) if self._packed else first
        if not first.startswith(_WARC) and self.first_from(start + 1) == end:  # and not its beginning alone is spoilt
            known = next((what for sign, what in _STRANGERS if first.startswith(sign)), None)
            raise WarcError(known or ("is empty" if start == end else "is no WARC file"))

    def first_from(self, at: int) -> int:
        """Where the first record from `at` on begins: the end, where there is none. What looks like a record, inside
        of one, is taken for one."""
        if at <= self.start:
            return self.start
        return self._next_packed(at) if self._packed else self._next_plain(at)

    def records(self, at: int, until: int) -> Generator[Record | Damage, None, int]:
        """The records that begin between the offsets `at`, where one has to begin, and `until`. Returns where the next
        one begins."""
        while at < min(until, self.end):
            try:
                record, at, problem = self._packed_record(at) if self._packed else self._plain_record(at)
                yield record
                if problem:
                    yield Damage(record.offset, problem)
            except _SpoiltError as spoilt:
                yield Damage(at, str(spoilt))
                at = self.first_from(at + 1)
        return at

    # --- one record

    def _packed_record(self, at: int) -> tuple[Record, int, str]:
        data, size, end = self._unpack(at)
        head, begins, length = _head_of(data)
        if size < begins + length:
            raise _SpoiltError("the record is shorter than it says")
        more = size > begins + length + 4 or data[begins + length :].strip(b"\r\n")
        problem = "a gzip member with several records: `warcio recompress` mends the file" if more else ""
        block = data[begins : begins + length] if begins + length <= len(data) and length <= _KEPT else None
        return Record(head.get("warc-type", ""), head, block, at, end - at), end, problem

    def _plain_record(self, at: int) -> tuple[Record, int, str]:
        data = self._bytes(at, _HEAD)
        head, begins, length = _head_of(data)
        end = at + begins + length
        if end > self.end:
            raise _SpoiltError("the file ends within this record")
        block = None
        if length <= _KEPT:
            block = data[begins : begins + length] if begins + length <= len(data) else self._bytes(at + begins, length)
        closing = self._bytes(end, 16)
        end += len(closing) - len(closing.lstrip(b"\r\n"))
        return Record(head.get("warc-type", ""), head, block, at, end - at), end, ""

    def _unpack(self, at: int) -> tuple[bytes, int, int]:
        """The gzip member at an offset: its bytes (its first ones, where they are too many), how many there are, and
        where it ends."""
        unpacker = isal_zlib.decompressobj(wbits=31)  # half of what zlib takes
        kept: list[bytes] = []
        size, place = 0, at
        while not unpacker.eof:
            packed = unpacker.unconsumed_tail
            if not packed:
                packed = self._bytes(place, _STEP)
                place += len(packed)
            if not packed:
                raise _SpoiltError("the file ends within this record")
            try:
                piece = unpacker.decompress(packed, _PIECE)
            except isal_zlib.error as error:  # type: ignore[misc]  # the stubs call it a function
                raise _SpoiltError(f"broken gzip ({error})") from None
            if size < _KEPT + _HEAD:
                kept.append(piece)
            size += len(piece)
        return b"".join(kept), size, place - len(unpacker.unused_data)

    # --- finding the next one

    def _next_packed(self, at: int) -> int:
        for found in self._search(at, re.compile(re.escape(_GZIP))):
            if self._unpacked(found).startswith(_WARC):
                return found
        return self.end

    def _unpacked(self, at: int) -> bytes:
        """The first bytes of what may be a gzip member: none, if it is not."""
        try:
            return zlib.decompressobj(wbits=31).decompress(self._bytes(at, 4096), 16)
        except zlib.error:
            return b""

    def _next_plain(self, at: int) -> int:
        return next((found + 1 for found in self._search(at - 1, _START)), self.end)

    def _search(self, at: int, sign: re.Pattern[bytes]) -> Iterator[int]:
        """Where `sign`, of at most 64 bytes, is found from an offset on."""
        while at < self.end:
            data = self._bytes(at, _PIECE)
            if not data:  # the file was cut meanwhile
                return
            last = len(data) if at + len(data) >= self.end else len(data) - 64
            yield from (at + match.start() for match in sign.finditer(data) if match.start() < last)
            at += max(last, 1)

    def _bytes(self, at: int, size: int) -> bytes:
        self._file.seek(at)
        return self._file.read(max(min(size, self.end - at), 0))


def _head_of(data: bytes) -> tuple[dict[str, str], int, int]:
    """The head of a record, where its block begins, and how long that is."""
    if not data.startswith(_WARC):
        raise _SpoiltError("no WARC record begins here")
    text, begins = split_head(data)
    if begins == len(text):
        raise _SpoiltError("the record's head has no end")
    head = fields_of(text)
    length = head.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise _SpoiltError(f"the record's Content-Length is {length[:40]!r}")
    return head, begins, int(length)


def split_head(data: bytes) -> tuple[bytes, int]:
    """A head, of a record or of an answer, and where begins what is behind the empty line that ends it."""
    end = _END_OF_HEAD.search(data, 0, _HEAD)
    return (data[: end.start()], end.end()) if end else (data, len(data))


def fields_of(head: bytes) -> dict[str, str]:
    """The fields behind the first line of a head, by their names in lower case; of repeats the first.

    WARC heads are UTF-8, those of HTTP any bytes: these become Latin-1 text, byte for byte, as Scrapy reads them.

    >>> fields_of(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html;\\r\\n charset=utf-8\\r\\nno field")
    {'content-type': 'text/html; charset=utf-8'}
    """
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    if "\n " in text or "\n\t" in text:  # lines that go on, RFC 9112, 5.2
        text = re.sub(r"\r?\n[ \t]+", " ", text)
    found: dict[str, str] = {}
    for line in text.split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found
