"""The accounts of a run: what became of every page it took up."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

__all__ = ["OUTCOMES", "Accounts", "Head", "recovered_counts"]

OUTCOMES: Final = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped")


@dataclass(frozen=True, slots=True)
class Head:
    """What the first page of a listing showed: how many article `links`, None where it could not be had, and how many
    of them no earlier walk over this listing had seen."""

    title: str
    url: str
    links: int | None
    new: int = 0


@dataclass(slots=True)
class Accounts:
    """What became of the pages a run took up, for the manifest. `found` = all the others together."""

    carried: int = 0
    new: int = 0
    known: int = 0
    on_heads: int = 0
    settled: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    stored_via: Counter[str] = field(default_factory=Counter)
    listings: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    hosts_gone: list[str] = field(default_factory=list)
    looks_due: int = 0
    looks: Counter[str] = field(default_factory=Counter)  # those made, by what they came to
    taken_down: list[dict[str, str]] = field(default_factory=list)
    came_back: list[dict[str, str]] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)  # by listing (`Walk.chain`)

    @property
    def found(self) -> int:
        """Pages this run took up: left behind by earlier runs, due for another look, or first seen now."""
        return self.carried + self.new + self.looks_due

    @property
    def attempted(self) -> int:
        """Pages of which it is known what became of them."""
        return self.settled.total()

    @property
    def news(self) -> int:
        """Those among them that were not had before: looks at stored articles tell little of what is new."""
        return self.attempted - self.looks.total() + self.looks["pending"]

    def balance(self) -> dict[str, Any]:
        """The accounts as the manifest has them."""
        return {
            "found": self.found,
            **{name: self.settled[name] for name in OUTCOMES},
            "pending": self.found - self.attempted,
            "stored_via": dict(sorted(self.stored_via.items())),
            "already_known": self.known,
            "found_on_listings": self.on_heads,
            "reasons": dict(sorted(self.reasons.items())),
            "listings": dict(sorted(self.listings.items())),
            "broken_listings": self.broken,
            "hosts_gone": self.hosts_gone,
            "looks": self.looks.total(),
            "taken_down": self.taken_down,
            "came_back": self.came_back,
        }

    def first_pages(self) -> dict[str, dict[str, Any]]:
        """The first pages of listings as the manifest has them."""
        return {chain: asdict(head) for chain, head in sorted(self.heads.items())}


def recovered_counts(counts: dict[str, Any], lines: int) -> dict[str, Any]:
    """The last counts of a killed run, made to fit the lines that its segment holds.

    >>> recovered_counts({"found": 9, "stored": 3, "gone": 1, "pending": 5}, 4)["pending"]
    4
    """
    whole = {**Accounts().balance(), **counts, "stored": lines}
    attempted = sum(whole[name] for name in OUTCOMES)
    found = max(whole["found"], attempted)  # a power cut can take back the ledger's last words, but no line
    return {**whole, "found": found, "pending": found - attempted}
