"""A page as bytes made into a page as a tree: unpacked, decoded, parsed once."""

from __future__ import annotations

from datetime import datetime

from newscrawl.reading.decoding import put_right, tree_of
from newscrawl.reading.sniffing import page_bytes
from newscrawl.words.errors import NotArticleError
from newscrawl.words.misread import may_be_misread
from newscrawl.words.tree import Element
from newscrawl.words.urls import resolve, without_tracking

__all__ = ["Page"]


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
        root, warnings = tree_of(page_bytes(body), content_type)
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
