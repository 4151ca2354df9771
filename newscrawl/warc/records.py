"""What goes into a WARC file (ISO 28500, version 1.1), record by record: warcio makes them, uncompressed, in memory."""

from __future__ import annotations

import zlib
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from gzip import decompress
from hashlib import sha1
from io import BytesIO
from typing import Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

__all__ = ["Exchange", "Original", "Resource", "digest_of", "original_in", "records_of", "resource_record", "warcinfo"]

_VERSION: Final = "1.1"
_Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as they went over the wire. `url` is the real address, `moment` when the answer was
    asked for (aware). Header fields are Latin-1 text, byte for byte; `body` is free of transfer encodings, but not of
    content encodings."""

    url: str
    moment: datetime
    request: str  # the request line
    request_headers: _Headers
    protocol: str  # of the answer, as "HTTP/1.1"
    status: str  # with the reason phrase
    headers: _Headers
    body: bytes
    address: str | None = None  # the server's IP address


@dataclass(frozen=True, slots=True)
class Resource:
    """A page that a web archive gave. `url` and `moment` (aware) are the page's own, `source` is where the archive has
    it; `body` is free of encodings."""

    url: str
    moment: datetime
    content_type: str | None
    body: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Original:
    """The record that a revisit refers to."""

    id: str
    url: str
    date: str


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """warcio would percent-encode what is not ASCII; a record holds what was sent."""

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        """Called by warcio."""
        self.headers_buff = self.to_bytes(header_filter, "latin-1")


def digest_of(payload: bytes) -> bytes:
    """The SHA-1 of a payload: what archives tell repeats by, whatever wrote them."""
    return sha1(payload, usedforsecurity=False).digest()


def _label(digest: bytes) -> str:
    return f"sha1:{b32encode(digest).decode()}"


def warcinfo(file: str, facts: dict[str, str]) -> bytes:
    """The record that a file begins with: who made it, and how."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version=_VERSION)
    writer.write_record(writer.create_warcinfo_record(file, facts))
    return out.getvalue()


def records_of(exchange: Exchange, digest: bytes, original: Original | None) -> tuple[bytes, bytes]:
    """The response record (a revisit record, where the payload is that of `original`) and the request record."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version=_VERSION)
    common = {
        "WARC-Date": _date(exchange.moment),
        **({"WARC-IP-Address": exchange.address} if exchange.address else {}),
    }
    head = _Head(exchange.status, exchange.headers, protocol=exchange.protocol)
    if original is None:
        answer = writer.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=head,
            warc_headers_dict={**common, "WARC-Payload-Digest": _label(digest)},
        )
    else:
        answer = writer.create_revisit_record(
            exchange.url,
            _label(digest),
            original.url,
            original.date,
            http_headers=head,
            warc_headers_dict={**common, "WARC-Refers-To": original.id},
        )
    writer.write_record(answer)
    end = out.tell()
    asked = {**common, "WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID")}
    head = _Head(exchange.request, exchange.request_headers, is_http_request=True)
    writer.write_record(writer.create_warc_record(exchange.url, "request", http_headers=head, warc_headers_dict=asked))
    data = out.getvalue()
    return data[:end], data[end:]


def resource_record(resource: Resource, digest: bytes) -> bytes:
    """The resource record: what the page's own server said around the page is not known (ISO 28500, 6.4). The archive
    stands in WARC-Source-URI, as in pywb's own files."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version=_VERSION)
    writer.write_record(
        writer.create_warc_record(
            resource.url,
            "resource",
            payload=BytesIO(resource.body),
            length=len(resource.body),
            warc_content_type=resource.content_type or "text/html",
            warc_headers_dict={
                "WARC-Date": _date(resource.moment),
                "WARC-Payload-Digest": _label(digest),
                "WARC-Source-URI": resource.source,
            },
        )
    )
    return out.getvalue()


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def original_in(member: bytes, digest: bytes) -> Original | None:
    """The record in a compressed member of a file, if it is whole, is a page's, and holds the payload with this
    SHA-1."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(decompress(member)))), None)
    except (ArchiveLoadFailed, EOFError, OSError, zlib.error):  # the sum at the end of a member is compared, too
        return None
    head = record.rec_headers if record is not None and record.rec_type in ("response", "resource") else None
    if head is None or head.get_header("WARC-Payload-Digest") != _label(digest):
        return None
    return Original(*(head.get_header(name) for name in ("WARC-Record-ID", "WARC-Target-URI", "WARC-Date")))
