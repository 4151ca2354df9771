"""The capture in a piece of a WARC file."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Final

from newscrawl.warc.captures import Capture, captures
from newscrawl.warc.reading import WarcError
from newscrawl.words.errors import NotArticleError

__all__ = ["capture_in"]

_LARGEST: Final = 20 * 1024 * 1024  # bytes of a record when unpacked: a page of the largest size, and its head


def capture_in(piece: bytes) -> Capture:
    """The answer in the first record of a piece of a WARC file: one gzip member, or the record itself.

    Raises NotArticleError "truncated", "too_large", "no_record", and "revisit" for a record that only says that the
    bytes are those of another one.
    """
    record = _unpack(piece) if piece[:2] == b"\x1f\x8b" else piece
    try:
        found = next(captures(BytesIO(record)), None)
    except WarcError as error:
        raise NotArticleError("no_record", f"no readable WARC record: {error}") from None
    if found is None:
        kind = "revisit" if b"WARC-Type: revisit" in record[:2000] else "no_record"
        raise NotArticleError(kind, "the piece of the WARC file holds no answer of a server")
    return found


def _unpack(piece: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        record = unpacker.decompress(piece, _LARGEST)
    except zlib.error as error:
        raise NotArticleError("no_record", f"broken gzip: {error}") from None
    if unpacker.unconsumed_tail:
        raise NotArticleError("too_large", f"over {_LARGEST} bytes when unpacked")
    if not unpacker.eof:
        raise NotArticleError("truncated", "the record ends too early")
    return record
