"""Counting what leads nowhere, so that a trap ends after a bounded number of requests.

Source: field notes, traps 51, 59, 71.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

__all__ = ["Traps"]

# A text that a site gives under more addresses than these is a guard's or a maintenance page's, or that of links that
# feed themselves. Twins come in twos.
_MOST_TWINS: Final = 3
_MOST_BARREN: Final = 200  # pages in a row, from one listing, that gave no article


class Traps:
    """What this run's pages led to. An origin is a listing, or all listings found by chance together."""

    def __init__(self) -> None:
        self._origins: dict[str, str] = {}  # pages that a listing of this run led to, until they are settled
        self._barren: Counter[str] = Counter()
        self._texts: dict[str, list[str]] = {}  # pages that had a text which stands at another address, too
        self._unmasked: set[str] = set()

    def lead(self, keys: Iterable[str], origin: str) -> None:
        """A listing led to these pages."""
        self._origins.update((key, origin) for key in keys)

    def settle(self, key: str, outcome: str) -> None:
        """What became of a page. One that failed is tried again, and says nothing yet."""
        origin = self._origins.pop(key, None)
        if origin is None or outcome == "failed":
            return
        self._barren[origin] = 0 if outcome == "stored" else self._barren[origin] + 1

    def is_barren(self, origin: str) -> bool:
        """Whether so many pages in a row gave no article that nothing more is to be had from there."""
        return self._barren[origin] >= _MOST_BARREN

    def knows(self, content_hash: str) -> bool:
        """Whether a page of this run had this text of another."""
        return content_hash in self._texts

    def repeat(self, content_hash: str, *keys: str) -> None:
        """Pages have a text that stands at another address, too."""
        self._texts.setdefault(content_hash, []).extend(keys)

    def is_guard(self, content_hash: str) -> bool:
        """Whether a text was met at so many addresses that it is no article's."""
        return len(self._texts.get(content_hash, ())) > _MOST_TWINS

    def twins(self, content_hash: str) -> list[str]:
        """The pages that were taken for twins before it showed that the text is a guard's; asked for later, none."""
        if content_hash in self._unmasked:
            return []
        self._unmasked.add(content_hash)
        return self._texts[content_hash][:-1]
