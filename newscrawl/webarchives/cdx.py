"""Indexes of web archives, read line by line.

The forms: CDX lines with or without their header (9, 10 or 11 fields, or the 7 that CDX servers give), CDXJ
(`key timestamp {…}`), JSON objects one a line (Common Crawl, pywb), and the JSON array of a CDX server. Each line says
by its shape what it is, so that one broken line costs nothing but itself. Source: "CDX File Format" and "Legend" of the
Internet Archive, pywb's manual ("Indexing", "CDXJ Server API"), the README of wayback-cdx-server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from newscrawl.words.urls import resolve, without_tracking

__all__ = ["Broken", "IndexReader", "Memento", "Place", "moment_of", "page_address"]

# The letters of a CDX header, as far as they matter here, and the orders in which lines without header stand.
_LETTERS: Final = {
    "b": "timestamp", "a": "url", "m": "mime", "s": "status", "k": "digest", "S": "length", "V": "offset",
    "g": "filename",
}  # fmt: skip
_ORDERS: Final = {9: "NbamskrVg", 10: "NbamskrMVg", 11: "NbamskrMSVg", 7: "NbamskS"}
# What the fields are called in JSON.
_NAMES: Final = {"original": "url", "statuscode": "status", "mimetype": "mime"}
_STAMP: Final = re.compile(r"\d{14}")
_RESUME_KEY: Final = re.compile(rb"[^\s{}\[\]]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a capture's record lies: a WARC file by the index's name for it, and bytes in it as they are on disk.
    `length` is None where the index does not say (CDX of 9 fields)."""

    file: str
    offset: int
    length: int | None


@dataclass(frozen=True, slots=True)
class Memento:
    """A capture of a page, as an index lists it (RFC 7089 calls it so). `stamp` is 14 digits, UTC. `status`, `mime` and
    `digest` are as the line has them: None where it has no such field."""

    url: str
    stamp: str
    status: str | None = None
    mime: str | None = None
    digest: str | None = None
    place: Place | None = None

    @property
    def page(self) -> str:
        """The address of the page itself: `url` as links have it."""
        return page_address(self.url)


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that can't be read. Lines are counted from 1; in a JSON array on one line, its rows are."""

    number: int
    cause: str


class _BrokenLineError(ValueError):
    """Says why a line can't be read."""


class IndexReader:
    """Reads one index: a file, or one answer of a server. `good` and `broken` count its lines. `pages` is what a server
    says of itself when it is asked for the number of its pages, `resume_key` where the next answer begins."""

    def __init__(self) -> None:
        self.good = self.broken = 0
        self.pages: int | None = None
        self.resume_key: str | None = None
        self._fields: tuple[str, ...] | None = None  # as the header orders them
        self._separator = " "
        self._blank = False  # a blank line comes before the key

    @property
    def is_index(self) -> bool:
        """Whether anything was recognised, or there was nothing at all."""
        return self.good > 0 or not self.broken

    def read(self, lines: Iterable[bytes]) -> Iterator[Memento | Broken]:
        """The captures, and the lines that can't be read."""
        lines = iter(lines)
        rows: Iterable[Any]
        read: Callable[[Any], Memento | None]
        head: list[bytes] = []
        for line in lines:
            head.append(line)
            if line.strip():
                break
        if head and head[-1].lstrip().startswith(b"["):
            rows, read = _rows(head, lines), self._row
        else:
            rows, read = chain(head, lines), self._line
        for number, row in enumerate(rows, 1):
            try:
                found = read(row)
            except (ValueError, RecursionError) as error:  # of json and of UTF-8, too
                self.broken += 1
                yield Broken(number, str(error).partition(": line 1")[0])
            else:
                if found is not None:
                    self.good += 1
                    yield found

    def _line(self, line: bytes) -> Memento | None:
        """A line of text. Raises ValueError."""
        stripped = line.strip()
        blank, self._blank = self._blank, not stripped
        if not stripped or stripped.startswith(b"!"):  # CDXJ files have remarks
            return None
        if blank and self.good and _RESUME_KEY.fullmatch(stripped):
            self.resume_key = stripped.decode("ascii")
            return None
        text = line.decode("utf-8").rstrip("\r\n")
        if text[1:5] in ("CDX ", f"CDX{text[0]}"):  # the first letter parts the fields
            self._separator, self._fields = text[0], _ordered(text[5:].split(text[0]))
            return None
        if stripped.startswith(b"{"):
            return self._object(json.loads(text))
        parts = text.strip().split(" ", 2)
        if len(parts) == 3 and parts[2].startswith("{"):
            return self._object({"timestamp": parts[1], **json.loads(parts[2])})
        return self._fielded(text.strip("\r\n").split(self._separator))

    def _fielded(self, values: list[str]) -> Memento:
        fields = self._fields
        if fields is None:
            fields = _ordered(list(_ORDERS.get(len(values), "")))
            if not fields:
                raise _BrokenLineError(f"no known form of index line ({len(values)} fields)")
        elif len(fields) != len(values):
            raise _BrokenLineError(f"{len(values)} fields, where the header names {len(fields)}")
        return _memento(dict(zip(fields, values, strict=True)))

    def _object(self, data: Any) -> Memento | None:
        if not isinstance(data, dict):
            raise _BrokenLineError("no JSON object")
        if "pages" in data and "url" not in data:
            self.pages = int(data["pages"])
            return None
        if data.keys() <= {"message", "error"}:  # "No Captures found"
            return None
        return _memento({_named(name): str(value) for name, value in data.items() if value is not None})

    def _row(self, row: Any) -> Memento | None:
        """A row of a JSON array, or the text of one that could not be read. Raises ValueError."""
        blank, self._blank = self._blank, row == []
        if isinstance(row, bytes):
            row = json.loads(row)
        if not isinstance(row, list) or not all(isinstance(value, str) for value in row):
            raise _BrokenLineError("no row of texts")
        if not row:
            return None
        if blank and len(row) == 1:
            self.resume_key = row[0]
            return None
        if self._fields is None:
            if "timestamp" not in row:
                raise _BrokenLineError("the first row does not name the fields")
            self._fields = tuple(_named(name) for name in row)
            return None
        return self._fielded(row)


def _rows(head: list[bytes], lines: Iterator[bytes]) -> Iterable[Any]:
    """The rows of a JSON array. One that was cut off is taken line by line: servers write one row a line."""
    text = [*head, *lines]
    try:
        rows = json.loads(b"".join(text))
    except (ValueError, RecursionError):
        bare = (line.strip().strip(b",") for line in text)
        return [line.replace(b"[[", b"[", 1).replace(b"]]", b"]") for line in bare if line]
    return rows if isinstance(rows, list) else [rows]


def _named(name: str) -> str:
    return _NAMES.get(name, name)


def _ordered(letters: list[str]) -> tuple[str, ...]:
    return tuple(_LETTERS.get(letter, letter) for letter in letters if letter)


def _memento(fields: dict[str, str]) -> Memento:
    """Raises ValueError for a line without a time or an address, or with a time that is none."""
    for name in ("timestamp", "url"):
        if fields.get(name, "-") == "-":
            raise _BrokenLineError(f"no {name}")
    url, stamp = fields["url"], fields["timestamp"]
    if resolve(url, url) is None:
        raise _BrokenLineError(f"{url[:80]} is no address of a page")
    moment_of(stamp)
    html = "html" in fields.get("mime-detected", "")  # Common Crawl looks at the bytes, too
    mime = "text/html" if html else fields.get("mime")
    return Memento(url, stamp, fields.get("status"), mime, _given(fields.get("digest")), _place(fields))


def _given(text: str | None) -> str | None:
    return None if text in (None, "", "-") else text


def _place(fields: dict[str, str]) -> Place | None:
    file, offset, length = (_given(fields.get(name)) for name in ("filename", "offset", "length"))
    if file is None or offset is None:
        return None
    if not offset.isdecimal() or not (length is None or length.isdecimal()):
        raise _BrokenLineError(f"offset {offset} or length {length} is no number")
    return Place(file, int(offset), int(length) if length and int(length) else None)


def page_address(url: str) -> str:
    """An address as links have it: without the scheme's own port, which indexes put behind the host, without tracking
    parameters, and escaped.

    >>> page_address("http://www.ninhthuan.gov.vn:80/Pages/Bài.aspx")
    'http://www.ninhthuan.gov.vn/Pages/B%C3%A0i.aspx'
    """
    scheme, _, rest = without_tracking(resolve(url, url) or url).partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.removesuffix({'http': ':80', 'https': ':443'}.get(scheme, ' '))}{slash}{path}"


def moment_of(stamp: str) -> datetime:
    """The moment of a 14-digit timestamp (UTC). Raises ValueError.

    >>> moment_of("20190219231500").isoformat()
    '2019-02-19T23:15:00+00:00'
    """
    if not _STAMP.fullmatch(stamp):
        raise _BrokenLineError(f"{stamp[:40]} is no time of 14 digits")
    try:
        return datetime.fromisoformat(f"{stamp[:8]}T{stamp[8:]}").replace(tzinfo=UTC)
    except ValueError:
        raise _BrokenLineError(f"{stamp} is no time") from None
