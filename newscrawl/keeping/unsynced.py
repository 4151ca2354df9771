"""Articles whose lines are written, but not yet known to be on disk: the ledger does not hear of them before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from newscrawl.keeping.ledger import Kept, Ledger
from newscrawl.keeping.looks import Validators

__all__ = ["Unsynced"]


class Unsynced:
    """What the ledger will say of them, for look-ups until then."""

    def __init__(self) -> None:
        # Keys of pages, ids of their articles, days of these, when the lines were written, and validators.
        self._pages: list[tuple[str, str, str | None, datetime, Validators | None]] = []
        self._kept: dict[str, Kept] = {}
        self._texts: dict[str, str] = {}

    def __len__(self) -> int:
        """How many lines."""
        return len(self._pages)

    def add(
        self, key: str, article_id: str, kept: Kept, day: str | None, now: datetime, validators: Validators | None
    ) -> None:
        """The line of an article of `day` (ISO 8601) was written; it stands on the page `key`, which was answered with
        `validators`: None for one that is not to be looked at again."""
        self._pages.append((key, article_id, day, now, validators))
        self._kept[article_id] = kept
        self._texts[kept.hash] = article_id

    def article(self, article_id: str) -> Kept | None:
        """What is kept of an article, or None."""
        return self._kept.get(article_id)

    def same_text(self, content_hash: str) -> str | None:
        """The id of an article with exactly this text, or None."""
        return self._texts.get(content_hash)

    def settle(self, ledger: Ledger, run: str) -> Iterator[str | None]:
        """All lines are on disk: tell the ledger. Yields where the link to each page stood, if it is known."""
        for key, article_id, day, written, validators in self._pages:
            ledger.keep_article(article_id, self._kept[article_id], run)
            via = ledger.settle(key, "done", day=day)
            if validators is not None:
                ledger.looks.keep(article_id, key, written, written, validators)
            yield via
        self._pages, self._kept, self._texts = [], {}, {}
