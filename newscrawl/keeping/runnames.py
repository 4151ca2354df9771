"""The names of runs. The files of a run bear its name, so it also tells them from what others put beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

__all__ = ["is_run", "run_name", "started_at"]

_FORM: Final = "%Y%m%dT%H%M%SZ"  # a run is named by its start, UTC


def run_name(started: datetime) -> str:
    """The name of a run that began then."""
    return started.astimezone(UTC).strftime(_FORM)


def started_at(run: str) -> datetime:
    """When a run began, by its name. Raises ValueError.

    >>> started_at("20260314T020000Z").isoformat()
    '2026-03-14T02:00:00+00:00'
    """
    return datetime.strptime(run, _FORM).replace(tzinfo=UTC)


def is_run(name: str) -> bool:
    """Whether this is how a run is named, to the letter: a file without such a name is of another hand.

    >>> is_run("20260314T020000Z"), is_run("20260314T020000Z copy"), is_run("2026314T20000Z")
    (True, False, False)
    """
    try:
        return run_name(started_at(name)) == name
    except ValueError:
        return False
