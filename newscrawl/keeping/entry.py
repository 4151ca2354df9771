"""A page that was found, as the ledger keeps it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that was found, with the evidence of the link that led to it."""

    key: str
    url: str
    via: str = "listing"
    depth: int = 0
    found_on: str | None = None
    date: str | None = None
    date_raw: str | None = None
    listing: str | None = None  # the first listing that showed the page
