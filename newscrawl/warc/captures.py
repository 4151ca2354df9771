"""Captures: pages as they were answered once, read from WARC files, our own and those of other crawlers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

from scrapy.utils._compression import _DecompressionMaxSizeExceeded, _inflate, _unbrotli, _unzstd

from newscrawl.warc.reading import LARGEST, Record, WarcFile, fields_of, split_head
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import NotArticleError

__all__ = ["Answer", "Capture", "answer_in", "body_of", "captures", "moment_of", "url_of"]

_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?=[ \r\n]|$)")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a record holds it: the status, the header fields by their names in lower case, and the body as it
    was received. `cut` says that the crawler itself told of having cut it."""

    status: int
    fields: dict[str, str]
    payload: bytes
    cut: bool

    @property
    def content_type(self) -> str | None:
        """The header's value."""
        return self.fields.get("content-type")


def captures(file: BinaryIO) -> Iterator[Capture]:
    """The answers in a WARC file (ISO 28500, any version, gzipped or not), in order; other records, and what can't be
    read, are passed over. Raises WarcError for what is no WARC file."""
    archive = WarcFile(file, 0, file.seek(0, 2))
    for record in archive.records(0, archive.end):
        moment = moment_of(record) if isinstance(record, Record) and record.kind == "response" else None
        if not isinstance(record, Record) or moment is None:
            continue
        try:
            answer = answer_in(record)
            body = body_of(answer)
        except NotArticleError:
            continue
        yield Capture(
            url_of(record), moment, answer.status, answer.content_type, body, record.offset, record.length
        )  # fmt: skip


def url_of(record: Record) -> str:
    """The address that a record is about; old versions of wget put it in angle brackets."""
    return record.head.get("warc-target-uri", "").strip("<>")


def moment_of(record: Record) -> datetime | None:
    """When a record was made, UTC; None where it does not say, or names an hour that Vietnam's clock can't show (at the
    end of the year 9999). WARC 1.1 allows fractions of a second, and days."""
    try:
        moment = datetime.fromisoformat(record.head.get("warc-date", ""))
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None
    return moment


def answer_in(record: Record) -> Answer:
    """The answer in a record of the kind "response" or "revisit", or the page in one of the kind "resource".

    Raises NotArticleError "too_large", and "no_http_head" for a record that does not say what the server's status was.
    """
    if record.block is None:
        raise NotArticleError("too_large", f"over {LARGEST} bytes")
    if record.kind == "resource":
        fields = {"content-type": record.head.get("content-type", "")}
        return Answer(200, fields, record.block, "warc-truncated" in record.head)
    status = _STATUS.match(record.block)
    if status is None:
        raise NotArticleError("no_http_head", "the record does not say what the server's status was")
    head, begins = split_head(record.block)
    return Answer(int(status[1]), fields_of(head), record.block[begins:], "warc-truncated" in record.head)


def body_of(answer: Answer) -> bytes:
    """The body, free of transfer and content encodings. What is not encoded as the header says is left as it is: some
    crawlers store bodies unpacked, and some servers say what is not so.

    Raises NotArticleError "too_large" or "truncated".
    """
    body = answer.payload
    if answer.cut:
        raise NotArticleError("truncated", "the crawler cut this page")
    if "chunked" in answer.fields.get("transfer-encoding", "").lower():
        body = _unchunk(body)
    elif len(body) < _number(answer.fields.get("content-length", "")):
        raise NotArticleError("truncated", "the body is shorter than the header says")
    for encoding in reversed(answer.fields.get("content-encoding", "").lower().split(",")):
        body = _decode(body, encoding.strip())
    if len(body) > LARGEST:
        raise NotArticleError("too_large", f"over {LARGEST} bytes")
    return body


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _unchunk(body: bytes) -> bytes:
    """Raises NotArticleError "truncated" where the last chunk is missing."""
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK.match(body, at):
        length = int(size[1], 16)
        if not length:
            return b"".join(parts)
        at = size.end() + length
        parts.append(body[size.end() : at])
        if body[at : at + 2] != b"\r\n":
            break
        at += 2
    if not parts or at < len(body):  # no chunks at all
        return body
    raise NotArticleError("truncated", "the last chunk is missing")


def _decode(body: bytes, encoding: str) -> bytes:
    """Undo one content encoding, by what Scrapy undoes it with in a crawl."""
    unpack = _DECODERS.get(encoding)
    if unpack is None:
        return body
    try:
        return unpack(body)
    except _DecompressionMaxSizeExceeded:
        raise NotArticleError("too_large", f"over {LARGEST} bytes when unpacked") from None
    except NotArticleError:
        raise
    except Exception:  # each library has errors of its own for what is not encoded so
        return body


def _gunzip(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = unpacker.decompress(body, LARGEST + 1)
    if len(unpacked) <= LARGEST and not unpacker.eof:
        raise NotArticleError("truncated", "the gzip bytes end too early")
    return unpacked


_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": lambda body: _inflate(body, max_size=LARGEST),
    "br": lambda body: _unbrotli(body, max_size=LARGEST),
    "zstd": lambda body: _unzstd(body, max_size=LARGEST),
}
