"""A listing's months as rows: the newest and those where something is missing by themselves, older ones by year."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from newscrawl.inventory.completeness import Fates, Listing

__all__ = ["month_rows"]

_NEWEST: Final = 24
_MOST_MISSING: Final = 24


def month_rows(listing: Listing) -> list[tuple[str, Fates]]:
    """What became of the pages of each month, newest first, and of those of no known month at the end."""
    known = sorted(((month, fates) for month, fates in listing.months.items() if month is not None), reverse=True,
                   key=lambda pair: pair[0])  # fmt: skip
    rows = known[:_NEWEST]
    missing = [pair for pair in known[_NEWEST:] if pair[1].missing][:_MOST_MISSING]
    years: dict[str, Fates] = {}
    for month, fates in known[_NEWEST:]:
        if (month, fates) not in missing:
            _add(years.setdefault(month[:4], Fates()), fates)
    by_year = [(f"{year}, {'other months' if _split(year, rows, missing) else 'all months'}", fates)
               for year, fates in years.items()]  # fmt: skip
    rows = sorted([*rows, *missing, *by_year], key=lambda pair: pair[0], reverse=True)
    return [*rows, ("not known", listing.months[None])] if None in listing.months else rows


def _split(year: str, *parts: list[tuple[str, Fates]]) -> bool:
    return any(month.startswith(year) for part in parts for month, _ in part)


def _add(total: Fates, fates: Fates) -> None:
    for each in fields(Fates):
        setattr(total, each.name, getattr(total, each.name) + getattr(fates, each.name))
