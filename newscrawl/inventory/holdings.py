"""What a site's finished segments hold, in figures, read in one stream: by category and month, and the newest articles.

Finished segments never change, so this may be done while a crawl runs. A million lines take half a minute: of a line
only the four values are read that are counted here, not its text.
"""

from __future__ import annotations

import heapq
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from newscrawl.inventory.ledgerview import month_of
from newscrawl.keeping.segments import is_article, manifest_of, records_in

__all__ = ["OTHER", "Holdings", "read_holdings"]

OTHER: Final = "…"  # stands for all categories beyond the first `_MOST_CATEGORIES` that were met
_MOST_CATEGORIES: Final = 1000  # pages can name ever new ones; a site has dozens
# The order is that of `newscrawl.items.Article`. No text can look like a key: in JSON its quotes have a backslash.
# Lines of earlier versions have a blank behind each comma and colon.
_LINE: Final = re.compile(
    rb'\{"format": ?1, ?"id": ?("(?:[^"\\]|\\.)*"),.*?, ?"category": ?(\[.*?\]), ?"title":.*?, ?"published": ?'
    rb'(?:null|"([^"]*)"), ?"published_precision":.*, ?"fetched_at": ?(?:null|"([^"]*)"),.*'
    rb', ?"revision": ?(\d+), ?"previous_hash":.*\}\n',
    re.DOTALL,
)


class _Row(NamedTuple):
    """What is counted of a line. `id` and `category` are JSON, as they stand there."""

    id: bytes
    category: bytes
    published: str | None
    fetched: str
    revision: int

    @property
    def day(self) -> str:
        """The article's day, for finding the newest. One after the day on which it was fetched is wrong, and would
        stay the newest for years."""
        day = (self.published or "")[:10]
        return day if day <= self.fetched[:10] else ""


@dataclass(slots=True)
class Holdings:
    """An article that was revised counts once, as it was last. `months` counts by category (the first that the article
    names, or None) and month (YYYY-MM, or None). `newest` are whole lines, newest first."""

    segments: int = 0
    articles: int = 0
    months: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    newest: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_holdings(folder: Path, most: int) -> Holdings:
    """Read all finished segments of a site, and keep its newest `most` articles. What is wrong with a file is a line in
    `problems`."""
    holdings, reader = Holdings(), _Reader(most)
    for file in sorted(folder.glob("2*.jsonl"), reverse=True):
        try:
            part = reader.read(file)
        except OSError as error:
            holdings.problems.append(f"{file.name}: can't be read ({error.strerror})")
            continue
        holdings.segments += 1
        holdings.problems += _problems(file, part)
    holdings.articles = reader.months.total()
    holdings.months = reader.months
    holdings.newest = reader.newest()
    return holdings


def _problems(file: Path, part: _Part) -> Iterator[str]:
    if part.unreadable:
        yield f"{file.name}: {part.unreadable} of {part.lines} lines can't be read"
    try:
        manifest = manifest_of(file.parent, file.stem)
    except (OSError, ValueError):
        yield f"{file.stem}.manifest.json: can't be read"
        return
    if manifest is None:
        yield f"{file.name}: has no manifest"
    elif not isinstance(manifest, dict) or manifest.get("lines") != part.lines:
        said = manifest.get("lines") if isinstance(manifest, dict) else None
        yield f"{file.name}: {part.lines} lines, and its manifest says {said}"


@dataclass(slots=True)
class _Part:
    """What one segment adds. `revised` are the articles of which it holds a later revision than the first, with the
    last one in it; `newest` is a heap of (day, place in the segment, line)."""

    lines: int = 0
    unreadable: int = 0
    months: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    newest: list[tuple[str, int, bytes]] = field(default_factory=list)
    revised: dict[bytes, int] = field(default_factory=dict)


class _Reader:
    """Takes in segments, the newest first: so the last revision of an article comes before those it replaced."""

    def __init__(self, most: int) -> None:
        self.months: Counter[tuple[str | None, str | None]] = Counter()
        self._most = most
        self._newest: list[tuple[str, str, int, bytes]] = []  # day, run, place in the segment, line
        self._replaced: set[bytes] = set()  # articles whose last revision was counted
        self._categories: dict[bytes, str | None] = {}

    def read(self, file: Path) -> _Part:
        """Take in one segment. Raises OSError."""
        part = self._count(file, {})
        if part.revised:  # the revision that was replaced may stand in this segment, too
            part = self._count(file, part.revised)
        self.months += part.months
        self._replaced.update(part.revised)
        newest = [*self._newest, *((day, file.stem, place, line) for day, place, line in part.newest)]
        self._newest = heapq.nlargest(self._most, newest)
        return part

    def _count(self, file: Path, last: dict[bytes, int]) -> _Part:
        part = _Part()
        with open(file, "rb") as segment:
            for line in segment:
                part.lines += 1
                row = _row(line)
                if row is None:
                    part.unreadable += 1
                    continue
                if row.revision > 1:
                    part.revised[row.id] = max(row.revision, part.revised.get(row.id, 0))
                if row.id in self._replaced or last.get(row.id, row.revision) != row.revision:
                    continue
                part.months[self._category(row.category), month_of(row.published)] += 1
                self._offer(part, (row.day, part.lines, line))
        return part

    def _offer(self, part: _Part, article: tuple[str, int, bytes]) -> None:
        if len(part.newest) < self._most:
            heapq.heappush(part.newest, article)
        elif article > part.newest[0]:
            heapq.heapreplace(part.newest, article)

    def _category(self, names: bytes) -> str | None:
        """The first of an article's categories."""
        if names not in self._categories:
            if len(self._categories) >= _MOST_CATEGORIES:
                return OTHER
            try:
                self._categories[names] = next((name for name in json.loads(names) if isinstance(name, str)), None)
            except ValueError:  # half a surrogate pair
                self._categories[names] = None
        return self._categories[names]

    def newest(self) -> list[dict[str, Any]]:
        """The newest articles, the newest one first."""
        return list(records_in(line for *_, line in self._newest))


def _row(line: bytes) -> _Row | None:
    """What is counted of a line; None for one that is torn or no article."""
    match = _LINE.fullmatch(line)
    if match is not None:
        article_id, category, published, fetched, revision = match.groups()
        return _Row(article_id, category, _text(published), _text(fetched) or "", int(revision))
    record = next(records_in([line]), None)  # written by others, or by a later version: in another order
    if record is None or not is_article(record):
        return None
    categories, published, fetched = (record.get(name) for name in ("category", "published", "fetched_at"))
    return _Row(
        _json(record["id"]),
        _json(categories if isinstance(categories, list) else []),
        published if isinstance(published, str) else None,
        fetched if isinstance(fetched, str) else "",
        record["revision"],
    )


def _json(value: object) -> bytes:
    """As `newscrawl.items.json_line` writes it; half a surrogate pair, which it would not write, stays half a pair."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _text(value: bytes | None) -> str | None:
    return value.decode("utf-8", "replace") if value is not None else None
