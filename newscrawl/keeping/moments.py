"""Moments as the ledger has them."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["utc"]


def utc(moment: datetime) -> str:
    """A moment with its zone as UTC, ISO 8601, to the second: so texts are ordered as moments are.

    >>> utc(datetime.fromisoformat("2026-05-14T09:00:00.5+07:00"))
    '2026-05-14T02:00:00+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="seconds")
