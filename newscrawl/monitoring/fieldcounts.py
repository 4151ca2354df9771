"""Counting, article by article, which fields are filled, and which of them by the rules of the site or its family."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from newscrawl.items import Article

__all__ = ["FIELDS", "RULES", "SAMPLE", "FieldCounts"]

# The fields that come from the page, as far as a reader would miss them.
FIELDS: Final = (
    "title", "lead", "dateline", "published", "byline", "source", "body", "captions", "images", "attachments",
    "category", "related", "tags",
)  # fmt: skip
RULES: Final = frozenset({"site", "family"})  # the layers that are the site's own
# Articles of a run that are counted. Listings show the newest first: of the first crawl of an archive of ten years,
# with its older habits, only the newest are held against the articles of the days that follow.
SAMPLE: Final = 200
_EXAMPLES: Final = 2  # addresses that show what is wrong


class FieldCounts:
    """The counts of one run, and for each field the first articles that lack it, or have it by a later layer."""

    def __init__(self) -> None:
        self.of = 0
        self.filled: Counter[str] = Counter()
        self.by_rules: Counter[str] = Counter()
        self.examples: dict[tuple[str, str], list[str]] = {}

    def take(self, article: Article) -> None:
        """An article was stored."""
        if self.of == SAMPLE:
            return
        self.of += 1
        for field in FIELDS:
            if not getattr(article, field):
                self._note("filled", field, article.url)
                self._note("rules", field, article.url)
                continue
            self.filled[field] += 1
            if article.extracted_by.get(field) in RULES:
                self.by_rules[field] += 1
            else:
                self._note("rules", field, article.url)

    def _note(self, monitor: str, field: str, url: str) -> None:
        found = self.examples.setdefault((monitor, field), [])
        if len(found) < _EXAMPLES:
            found.append(url)

    def record(self) -> dict[str, Any]:
        """As it stands in the manifest: `of` how many articles, and of these how many."""
        return {
            "of": self.of,
            "filled": {field: self.filled[field] for field in FIELDS},
            "by_rules": {field: self.by_rules[field] for field in FIELDS},
        }
