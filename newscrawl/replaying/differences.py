"""What a new set of articles says otherwise than the old lines, field by field."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from newscrawl.replaying.oldlines import Lines, pairs, segments_of

__all__ = ["Difference", "Totals", "as_json", "as_text", "compare"]

# When and where a page was read is no part of what it says.
_NOT_COMPARED: Final = frozenset({"fetched_at", "raw"})
_SHORT: Final = 80  # characters of a value that is shown beside the other, on one line
_AROUND: Final = 30  # characters around what differs in a long text
_LONGEST: Final = 240  # characters of a row; `as_json` has all of it
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_WORDS: Final = {"changed": "changed", "only_old": "only in the old lines", "only_new": "only in the new set"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One article: `status` is "changed", "only_old" or "only_new"; `fields` maps each changed one to its old and its
    new value."""

    status: str
    site: str
    id: str
    url: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Totals:
    """How many articles differ, by status and by field: a field was `gained` where it was empty before, and `lost`
    where it is empty now."""

    articles: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, difference: Difference) -> None:
        """Count one more."""
        self.articles[difference.status] += 1
        for name, (old, new) in difference.fields.items():
            (self.gained if old in _EMPTY else self.lost if new in _EMPTY else self.changed)[name] += 1

    def rows(self) -> Iterator[tuple[str, int, int, int]]:
        """Each field that differs anywhere: its name, changed, gained, lost; the most frequent first."""
        both = self.changed + self.gained + self.lost
        for name, _ in sorted(both.items(), key=lambda item: (-item[1], item[0])):
            yield name, self.changed[name], self.gained[name], self.lost[name]


def compare(folder: Path, segment: Path) -> Iterator[Difference]:
    """What the articles in `segment` say otherwise than those in the finished segments of a site's folder: changed and
    new ones in the order of the new set, then those that only the old lines have. Raises OSError."""
    old, new = Lines(segments_of(folder)), Lines([segment] if segment.is_file() else [])
    try:
        partners = pairs(old, new)
        for line in new.names:
            before = old.record(partners[line]) if line in partners else None
            if difference := _difference(folder.name, before, new.record(line)):
                yield difference
        matched = set(partners.values())
        for line in (line for line in old.names if line not in matched):
            record = old.record(line)
            yield Difference("only_old", folder.name, record["id"], record["url"])
    finally:
        old.close()
        new.close()


def _difference(site: str, old: dict[str, Any] | None, new: dict[str, Any]) -> Difference | None:
    if old is None:
        return Difference("only_new", site, new["id"], new["url"])
    names = [name for name in {**old, **new} if name not in _NOT_COMPARED]
    fields = {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}
    return Difference("changed", site, new["id"], new["url"], fields) if fields else None


# --- shown


def as_json(difference: Difference) -> str:
    """One line of JSON; each field with its old and new value."""
    values = {name: {"old": old, "new": new} for name, (old, new) in difference.fields.items()}
    whole = {
        "status": difference.status,
        "site": difference.site,
        "id": difference.id,
        "url": difference.url,
        "fields": values,
    }
    return json.dumps(whole, ensure_ascii=False)


def as_text(difference: Difference) -> str:
    """Some lines for a person: short values as old → new, long ones with the paragraphs or entries that differ."""
    lines = [f"{_WORDS[difference.status]}: {difference.id}", f"  {difference.url}"]
    for name, (old, new) in difference.fields.items():
        before, after = _rows(old), _rows(new)
        if len(before) <= 1 and len(after) <= 1 and len("".join(before + after)) <= _SHORT:
            lines.append(f"  {name}: {''.join(before) or 'nothing'} → {''.join(after) or 'nothing'}")
            continue
        lines.append(f"  {name}:")
        lines += [f"    {row}" for row in _changes(before, after)]
    return "\n".join(lines)


def _changes(before: list[str], after: list[str]) -> Iterator[str]:
    """The rows that differ; of two that stand for each other, what differs in them and a little around it."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        old, new = before[a:b], after[c:d]
        if len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                yield from _change(one, other)
        else:
            yield from (f"- {_cut(row)}" for row in old)
            yield from (f"+ {_cut(row)}" for row in new)


def _change(old: str, new: str) -> tuple[str, str]:
    same = _alike(old, new)
    tail = _alike(old[same:][::-1], new[same:][::-1])
    start = same - _AROUND if same > _AROUND else 0
    begins = "…" if start else ""
    shown = []
    for text in (old, new):
        end = len(text) - tail + _AROUND
        shown.append(_cut(begins + text[start:end] + ("…" if end < len(text) else "")))
    return f"- {shown[0]}", f"+ {shown[1]}"


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs_of_letters = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs_of_letters if a != b), min(len(one), len(other)))


def _cut(row: str) -> str:
    return row if len(row) <= _LONGEST else f"{row[:_LONGEST]}…"


def _rows(value: Any) -> list[str]:
    """A value as rows: paragraphs of a text, entries of a list, or of an object by name."""
    if isinstance(value, str):
        return value.split("\n\n")
    if isinstance(value, list):
        return [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in value]
    if isinstance(value, dict):
        return [f"{key}: {each}" for key, each in sorted(value.items())]
    return [] if value is None else [str(value)]
