"""Captures: pages as they were answered once, read from WARC files, our own and those of other crawlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator

__all__ = ["Capture", "captures"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a server. `moment` is when it came (UTC); `body` is free of transfer and content encodings;
    `offset` and `length` say where its record lies in the file, in bytes as they are on disk."""

    url: str
    moment: datetime
    status: int
    content_type: str | None
    body: bytes
    offset: int
    length: int


def captures(file: BinaryIO) -> Iterator[Capture]:
    """The answers in a WARC file (ISO 28500, any version, gzipped or not), in order; other records are passed over."""
    records = ArchiveIterator(file)
    for record in records:
        if record.rec_type != "response" or record.http_headers is None:
            continue
        head = record.rec_headers
        body = record.content_stream().read()
        yield Capture(
            url=head.get_header("WARC-Target-URI").strip("<>"),  # wget wrote them so for years
            moment=datetime.fromisoformat(head.get_header("WARC-Date")).astimezone(UTC),
            status=int(record.http_headers.get_statuscode()),
            content_type=record.http_headers.get_header("Content-Type"),
            body=body,
            offset=records.get_record_offset(),
            length=records.get_record_length(),
        )
