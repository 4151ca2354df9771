"""A page as bytes made into a page as a tree: unpacked, decoded, parsed once."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Final

from newscrawl.reading.decoding import put_right, tree_of
from newscrawl.words.errors import NotArticleError
from newscrawl.words.misread import may_be_misread
from newscrawl.words.tree import Element
from newscrawl.words.urls import resolve, without_tracking

__all__ = ["Page"]

_LARGEST: Final = 10 * 1024 * 1024  # bytes after unpacking: news pages have 0.3 MB at most, bombs have more
_NOT_HTML: Final = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF", b"\xd0\xcf\x11\xe0")


class Page:
    """One fetched page: its address, its tree, and when it was fetched (aware, or None where that is not known)."""

    __slots__ = ("base", "fetched_at", "judged", "root", "url", "warnings")

    def __init__(self, root: Element, url: str, fetched_at: datetime | None, warnings: list[str]) -> None:
        self.root, self.url, self.fetched_at, self.warnings = root, url, fetched_at, warnings
        self.judged = False
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
        if len(body) > _LARGEST:
            raise NotArticleError("too_large", f"over {_LARGEST} bytes")
        if body.startswith(_NOT_HTML) or body.find(b"<", 0, 65536) < 0:
            raise NotArticleError("not_html" if body.strip() else "empty", "the bytes are no HTML")
        root, warnings = tree_of(body, content_type)
        if root is None:
            raise NotArticleError("empty", "the page holds no element")
        return cls(root, url, fetched_at, warnings)

    def reread(self, *texts: str | None) -> bool:
        """Whether the tree had to be read anew in another encoding, because `texts` of it look as if it should be. The
        page is judged once."""
        if self.judged or not may_be_misread("\n".join(filter(None, texts))):
            return False
        self.judged = True
        changed, warnings = put_right(self.root)
        self.warnings += warnings
        return changed

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
