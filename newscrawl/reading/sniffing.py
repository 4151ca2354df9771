"""What bytes are, whatever their name says: a page, or a PDF, a picture, a feed, data, an archive (field notes, trap
73)."""

from __future__ import annotations

import codecs
import json
import re
import zlib
from typing import Final

from newscrawl.words.errors import REASONS, NotArticleError

__all__ = ["LARGEST", "page_bytes"]

LARGEST: Final = 10 * 1024 * 1024  # bytes after unpacking: news pages have 0.3 MB at most, bombs have more
_GZIP: Final = b"\x1f\x8b"
_DEEPEST: Final = 3  # gzip in gzip: a cache that stored what the server had packed
_MOST_MEMBERS: Final = 100  # in one gzip file; each costs a copy of what is behind it
_SNIFFED: Final = 4096  # bytes
_BLANK: Final = b" \t\r\n\f\0"
# What a file begins with (WHATWG, MIME Sniffing, section 6; the libmagic database for the rest).
_SIGNATURES: Final = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"GIF8": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"RIFF": "a picture, sound or film",
    b"ID3": "sound",
    b"PK\x03\x04": "an archive or an Office document",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"{\\rtf": "an RTF document",
}
_FEED: Final = re.compile(
    rb"(?:<\?xml[^>]{0,500}>\s{0,50}|<!--[^>]{0,500}-->\s{0,50}){0,5}"
    rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex|opml)[\s>]",
    re.IGNORECASE,
)
_CONTROLS: Final = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
_MOST_CONTROLS: Final = 0.03  # share; VISCII has six letters among them, all rare


def page_bytes(body: bytes) -> bytes:
    """The bytes of a page: those of `body`, unpacked where they are gzip without a header that says so.

    Raises NotArticleError with reason "empty", "not_html", "too_large" or "truncated".
    """
    for _ in range(_DEEPEST):
        if body[:2] != _GZIP:
            break
        body = _unpacked(body)
    if len(body) > LARGEST:
        raise NotArticleError("too_large", f"over {LARGEST} bytes")
    head = body[:_SNIFFED].removeprefix(codecs.BOM_UTF8).lstrip(_BLANK)
    if kind := _kind_of(head, body):
        raise NotArticleError("not_html", f"the bytes are {kind}, no page")
    if body.find(b"<", 0, 65536) < 0:
        if body.strip(_BLANK):
            raise NotArticleError("not_html", "the bytes are no HTML")
        raise NotArticleError("empty", REASONS["empty"])
    return body


def _kind_of(head: bytes, body: bytes) -> str | None:
    """What the bytes are, if they are no page."""
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head[4:8] == b"ftyp":
        return "a film"
    if head[:1] in (b"{", b"[") and _is_json(body):
        return "JSON"
    if _FEED.match(head):
        return "a feed or a sitemap"
    utf16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not utf16 and len(head) - len(head.translate(None, _CONTROLS)) > len(head) * _MOST_CONTROLS:
        return "no text"
    return None


def _is_json(body: bytes) -> bool:
    """Whether all of it is JSON: a page may begin with a brace, too, where a template was left unfilled."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _unpacked(body: bytes) -> bytes:
    """All members of it (RFC 1952, 2.2): programs that flush while they write make several. What else stands behind
    the last one is passed over."""
    members: list[bytes] = []
    left = LARGEST
    while body[:2] == _GZIP:
        if left <= 0 or len(members) == _MOST_MEMBERS:
            raise NotArticleError(
                "too_large", f"over {LARGEST} bytes when unpacked, or {_MOST_MEMBERS} members of gzip"
            )
        unpacker = zlib.decompressobj(wbits=31)
        try:
            members.append(unpacker.decompress(body, left))
        except zlib.error as error:
            raise NotArticleError("not_html", f"broken gzip: {error}") from None
        if not unpacker.eof and not unpacker.unconsumed_tail:
            raise NotArticleError("truncated", "the gzip bytes end too early")
        if unpacker.unconsumed_tail:
            raise NotArticleError("too_large", f"over {LARGEST} bytes when unpacked")
        left -= len(members[-1])
        body = unpacker.unused_data
    return b"".join(members)
