"""What stands beside the picture: each field with its layer, its values, and where they are, if they are anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from newscrawl.picture.marks import Mark
from newscrawl.picture.search import INVISIBLE, Placed

__all__ = ["FIELDS", "LAYERS", "NAMES", "Entry", "Value", "legend", "missing"]

FIELDS: Final = (
    "title", "lead", "dateline", "published", "updated", "byline", "source", "body", "captions", "images",
    "attachments", "related", "tags", "category",
)  # fmt: skip
NAMES: Final = {"captions": "caption", "images": "image", "attachments": "attachment", "tags": "tag"}  # of one value
LAYERS: Final = {
    "site": "a selector of the site file",
    "family": "a selector of the family file",
    "jsonld": "JSON-LD, which no element shows",
    "meta": "a meta element, which no element shows",
    "readable": "words, markup and place, without a rule for the site",
    "address": "the page's address",
    "listing": "the listing that leads to the page",
}
_WITH_BODY: Final = frozenset({"images"})  # they come out of the body, and have no layer of their own
_LONGEST: Final = 300  # characters of a value that can be read in place
_LONGEST_UNPLACED: Final = 3000
_MOST: Final = 100  # values of a field


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text, what belongs to it, and its mark, if it has a place."""

    text: str
    beside: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One field. `values` are those to be read here; `count` is how many it has, `nowhere` how many have no place."""

    field: str
    layer: str
    values: tuple[Value, ...]
    count: int
    nowhere: int
    letters: int

    @property
    def first(self) -> Mark | None:
        """The first place."""
        return next((value.mark for value in self.values if value.mark), None)

    @property
    def invisible(self) -> bool:
        """Whether the layer is one whose values no element shows."""
        return self.layer in INVISIBLE


def legend(record: dict[str, Any], placed: Placed) -> list[Entry]:
    """The fields that have a value, in the order of `FIELDS`."""
    return [_entry(record, field, placed) for field in FIELDS if record.get(field)]


def missing(record: dict[str, Any]) -> list[str]:
    """The fields that have none."""
    return [field for field in FIELDS if not record.get(field)]


def _entry(record: dict[str, Any], field: str, placed: Placed) -> Entry:
    layers = record["extracted_by"]
    texts = _values(record, field)
    marks = placed.fields.get(field) or [None] * len(texts)
    values = [
        Value(_cut(text, _LONGEST if mark else _LONGEST_UNPLACED), _cut(beside, _LONGEST), mark)
        for (text, beside), mark in zip(texts, marks, strict=True)
    ]
    return Entry(
        field,
        layers.get(field) or (layers.get("body", "") if field in _WITH_BODY else ""),
        tuple(values[:_MOST]),
        len(values),
        sum(value.mark is None for value in values),
        sum(len(text) for text, _ in texts),
    )


def _values(record: dict[str, Any], field: str) -> list[tuple[str, str]]:
    """The values of a field in the order in which `Placed` has their marks, each with what belongs to it."""
    value = record[field]
    if field == "published":
        return [(value, _printed_as(record["published_raw"], value))]
    if field == "byline":
        lines = (record["byline_raw"] or "").split("\n") if record["byline_raw"] else value
        return [(line, "") for line in lines]
    if field == "body":
        return [(paragraph, "") for paragraph in value.split("\n\n")]
    if field == "captions":
        return [(each["text"], each["credit"] or "") for each in value]
    if field == "attachments":
        return [(each["text"] or each["url"], each["url"]) for each in value]
    if field == "related":
        return [
            (each["title"] or each["url"], " · ".join(p for p in (each["date"], each["url"]) if p)) for each in value
        ]
    return [(each, "") for each in ([value] if isinstance(value, str) else value)]


def _printed_as(raw: str | None, value: str) -> str:
    return f"printed: {raw}" if raw and raw != value else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rstrip() + "…"
