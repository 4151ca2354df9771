"""Values in the records of `runs.jsonl`, which earlier and later versions wrote and a person may have edited: what is
not there, or of another type, says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

__all__ = ["Record", "entries", "moment", "number", "table", "texts"]

Record: TypeAlias = Mapping[str, Any]


def table(record: Record, name: str) -> Record:
    """A table in a record; an empty one where there is none."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def entries(record: Record, name: str, *keys: str) -> list[dict[str, str]]:
    """The tables of a list in a record that have a text for each of `keys`."""
    value = record.get(name)
    tables = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    return [one for one in tables if all(isinstance(one.get(key), str) for key in keys)]


def number(value: object) -> float | None:
    """A number from 0 that can be counted with, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        return None
    return value


def moment(text: object) -> datetime | None:
    """A time (ISO 8601; UTC where it names no zone), or None."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def texts(value: object) -> list[str]:
    """The texts in a list; none where it is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
