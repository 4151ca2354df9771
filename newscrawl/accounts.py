"""The accounts of a run: what became of every page it took up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Accounts"]


@dataclass(slots=True)
class Accounts:
    """What became of the pages a run took up, for the manifest. `found` = all the others together."""

    carried: int = 0
    new: int = 0
    known: int = 0
    on_heads: int = 0
    postponed: int = 0
    settled: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    stored_via: Counter[str] = field(default_factory=Counter)
    same_text: Counter[str] = field(default_factory=Counter)
    duplicates: list[dict[str, str]] = field(default_factory=list)
    listings: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        """Pages this run took up: left behind by earlier runs, or first seen now."""
        return self.carried + self.new

    @property
    def attempted(self) -> int:
        """Pages that were tried."""
        return self.settled.total()

    def balance(self) -> dict[str, Any]:
        """The accounts as the manifest has them."""
        outcomes = {
            name: self.settled[name] for name in ("stored", "unchanged", "duplicate", "failed", "gone", "skipped")
        }
        return {
            "found": self.found,
            **outcomes,
            "pending": self.found - self.attempted,
            "stored_via": dict(sorted(self.stored_via.items())),
            "already_known": self.known,
            "found_on_listings": self.on_heads,
            "reasons": dict(sorted(self.reasons.items())),
            "listings": dict(sorted(self.listings.items())),
            "broken_listings": self.broken,
            "duplicates": self.duplicates,
        }
