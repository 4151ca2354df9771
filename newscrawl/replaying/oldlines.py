"""The articles in segments: what a new set is compared with, and what only a crawl could know."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from newscrawl.keeping.segments import is_article

__all__ = ["Line", "Lines", "listed_days", "pairs", "segments_of"]

# Lines of earlier versions have a blank behind the colon. The second is a warning of `newscrawl.reading.dating`.
_BY_LISTING: Final = re.compile(rb'"published": ?"listing"|the listing prints')
_LISTED: Final = re.compile(r"the listing prints ([0-9]{4}-[0-9]{2}-[0-9]{2})")
Line: TypeAlias = tuple[int, int]  # the number of the segment, and the offset in it
_Names: TypeAlias = tuple[bytes | None, ...]


def segments_of(folder: Path) -> list[Path]:
    """The finished segments of a site, oldest first."""
    return sorted(folder.glob("2*.jsonl"))


def listed_days(folder: Path) -> dict[str, tuple[str, str | None]]:
    """The day (ISO 8601), and what was printed, that a listing gave to each article that has no date of its own or
    another one, by the article's address: no page says it, so only the old lines can. Raises OSError."""
    found: dict[str, tuple[str, str | None]] = {}
    for segment in segments_of(folder):
        for _, record in _records(segment, _BY_LISTING):
            if record.get("extracted_by", {}).get("published") == "listing":
                found.setdefault(record["url"], (record["published"], record["published_raw"]))
            elif warned := _LISTED.search("\n".join(record.get("warnings", []))):
                found.setdefault(record["url"], (warned[1], None))
    return found


class Lines:
    """The lines of some segments with their names; the lines themselves stay on disk, and a line takes about 400 bytes
    of memory. Raises OSError."""

    def __init__(self, segments: list[Path]) -> None:
        self._files = [segment.open("rb") for segment in segments]
        self.names: dict[Line, _Names] = {
            (number, offset): _names_of(record)
            for number, segment in enumerate(segments)
            for offset, record in _records(segment)
        }

    def record(self, line: Line) -> dict[str, Any]:
        """A line's article. Raises OSError."""
        file = self._files[line[0]]
        file.seek(line[1])
        record: dict[str, Any] = json.loads(file.readline())
        return record

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()


def pairs(old: Lines, new: Lines) -> dict[Line, Line]:
    """The old line for each new one that is of the same reading: told by the surest name first, for all lines."""
    found: dict[Line, Line] = {}
    taken: set[Line] = set()
    for rank in range(4):
        by_name: dict[bytes, Line] = {}
        for line, names in old.names.items():
            if line not in taken and (name := names[rank]) is not None:
                by_name.setdefault(name, line)
        for line, names in new.names.items():
            partner = by_name.pop(names[rank] or b"", None) if line not in found else None
            if partner is not None:
                found[line] = partner
                taken.add(partner)
    return found


def _names_of(record: dict[str, Any]) -> _Names:
    """By what a line is known: the record its page was read from, with the article's id and without (a better rule can
    give another id); the time of the fetch; the place among the article's revisions."""
    raw, article_id = record.get("raw"), record["id"]
    place = f"{raw.get('file')} {raw.get('offset')}" if isinstance(raw, dict) else None
    fetched = record.get("fetched_at")
    return (
        _short(f"{place} {article_id}") if place else None,
        _short(place) if place else None,
        _short(f"{fetched} {article_id}") if fetched else None,
        _short(f"{record['revision']} {article_id}"),
    )


def _records(segment: Path, sign: re.Pattern[bytes] | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The article lines that hold `sign`, with their offsets; damaged ones are passed over."""
    offset = 0
    with open(segment, "rb") as lines:
        for line in lines:
            if sign is None or sign.search(line):
                try:
                    record = json.loads(line)
                except ValueError:
                    record = None
                if isinstance(record, dict) and is_article(record):
                    yield offset, record
            offset += len(line)


def _short(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=12).digest()
