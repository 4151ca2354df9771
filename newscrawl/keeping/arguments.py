"""The arguments of a crawl (`-a name=value`), checked before anything is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from newscrawl.words.errors import ArgumentError, near

__all__ = ["Arguments", "read_day"]

_NAMES: Final = ("categories", "limit", "since")


@dataclass(frozen=True, slots=True)
class Arguments:
    """`since`: nothing older; `categories`: only these; `limit`: at most so many articles. None means no bound."""

    since: date | None = None
    categories: tuple[str, ...] | None = None
    limit: int | None = None

    @property
    def partial(self) -> bool:
        """Whether the run sees only a part of the site, so that no listing counts as walked to its end."""
        return self.since is not None or self.limit is not None

    @classmethod
    def read(cls, given: dict[str, str]) -> Arguments:
        """Check the texts of a command line. Raises ArgumentError that names argument and value."""
        for name in given:
            if name not in _NAMES:
                raise ArgumentError(f"unknown argument {name!r}{near(name, _NAMES)}")
        return cls(
            read_day("since", given.get("since")), _categories(given.get("categories")), _limit(given.get("limit"))
        )


def read_day(name: str, text: str | None) -> date | None:
    """The day that an argument gives. Raises ArgumentError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentError(f"{name}={text}: must be a day like 2018-01-01") from None


def _categories(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ArgumentError(f"categories={text}: must be names parted by commas")
    return names


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise ArgumentError(f"limit={text}: must be a whole number from 1")
    return int(text)
