"""A page as bytes made into a page as a tree: unpacked, decoded, parsed once."""

from __future__ import annotations

import codecs
import zlib
from datetime import datetime
from typing import Final

from w3lib.encoding import html_body_declared_encoding, html_to_unicode, http_content_type_encoding

from newscrawl.words.errors import NotArticleError
from newscrawl.words.tree import Element, parse_html
from newscrawl.words.urls import resolve, without_tracking

__all__ = ["Page"]

_LARGEST: Final = 10 * 1024 * 1024  # bytes after unpacking: news pages have 0.3 MB at most, bombs have more
_NOT_HTML: Final = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF", b"\xd0\xcf\x11\xe0")


class Page:
    """One fetched page: its address, its tree, and when it was fetched (aware, or None where that is not known)."""

    __slots__ = ("base", "fetched_at", "root", "url", "warnings")

    def __init__(self, root: Element, url: str, fetched_at: datetime | None, warnings: list[str]) -> None:
        self.root, self.url, self.fetched_at, self.warnings = root, url, fetched_at, warnings
        declared = next((href for element in root.iter("base") if (href := element.get("href"))), None)
        self.base = (resolve(url, declared) if declared else None) or url

    @classmethod
    def parse(
        cls, body: bytes, url: str, *, content_type: str | None = None, fetched_at: datetime | None = None
    ) -> Page:
        """Read the bytes of a response. `content_type` is the HTTP header's value.

        Raises NotArticleError with reason "not_html", "too_large", "truncated" or "empty".
        """
        body = _unpack(body)
        if body.startswith(_NOT_HTML) or b"<" not in body[:65536]:
            raise NotArticleError("not_html" if body.strip() else "empty", "the bytes are no HTML")
        utf8, warnings = _as_utf8(body, content_type)
        root = parse_html(utf8)
        if root is None:
            raise NotArticleError("empty", "the page holds no element")
        return cls(root, url, fetched_at, warnings)

    def links(self, elements: list[Element]) -> list[tuple[Element, str]]:
        """The absolute http(s) addresses that `elements` (or the links inside them) point to, in order, repeats
        included."""
        found = []
        for element in elements:
            for anchor in [element] if element.tag == "a" else element.iter("a"):
                if url := resolve(self.base, anchor.get("href") or ""):
                    found.append((anchor, without_tracking(url)))
        return found


def _unpack(body: bytes) -> bytes:
    """Some hosts answer gzip bytes without saying so (trap 73)."""
    if body[:2] != b"\x1f\x8b":
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, _LARGEST)
    except zlib.error as error:
        raise NotArticleError("not_html", f"broken gzip: {error}") from None
    if not unpacker.eof and not unpacker.unconsumed_tail:
        raise NotArticleError("truncated", "the gzip bytes end too early")
    if unpacker.unconsumed_tail:
        raise NotArticleError("too_large", f"over {_LARGEST} bytes when unpacked")
    return unpacked


def _as_utf8(body: bytes, content_type: str | None) -> tuple[bytes, list[str]]:
    """The page in UTF-8, and what was wrong with it.

    Bytes that are valid UTF-8 are UTF-8, whatever header and meta say: text in another encoding passes that test by
    chance only where it is plain ASCII. Only then are the declarations asked (WHATWG order: BOM, header, meta).
    """
    if b"\0" in body and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        body = body.replace(b"\0", b"")  # libxml2 would stop reading there
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return body, []
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    encoding, text = html_to_unicode(content_type, body)
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    warnings = [] if (declared or marked) and "�" not in text else [f"undecodable bytes, read as {encoding}"]
    return text.encode("utf-8", "replace"), warnings
