"""What listings promised, by month, against what became of it: the proof that an archive is whole, or where it is not.

A page belongs to the first listing that showed it, whether or not a link elsewhere was seen before. Pages that no
listing showed (but a "Tin đã đưa" block, the home page, or a segment that the ledger was made anew from) belong to
none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from newscrawl.inventory.ledgerview import Group, LedgerView
from newscrawl.inventory.proofs import NEVER, Proof

__all__ = ["Completeness", "Fates", "Listing", "completeness"]


@dataclass(slots=True)
class Fates:
    """What became of some pages. `found` = all the others together."""

    found: int = 0
    stored: int = 0
    duplicate: int = 0  # the site has this very text at another address
    pending: int = 0
    failed: int = 0
    gone: int = 0
    skipped: int = 0

    def add(self, group: Group, number: int) -> None:
        """Count `number` pages of a group."""
        fate = _fate(group)
        self.found += number
        setattr(self, fate, getattr(self, fate) + number)

    @property
    def missing(self) -> int:
        """Pages whose article is wanted and not there yet."""
        return self.pending + self.failed


def _fate(group: Group) -> str:
    if group.state == "done":
        return "duplicate" if group.reason == "duplicate" else "stored"
    return "pending" if group.state == "found" else group.state


@dataclass(slots=True)
class Listing:
    """One listing: `name` is its first page as identity, and `months` are by YYYY-MM, None where it is not known."""

    name: str | None
    title: str
    proof: Proof
    total: Fates = field(default_factory=Fates)
    months: dict[str | None, Fates] = field(default_factory=dict)

    def add(self, group: Group, number: int) -> None:
        """Count `number` pages of a group."""
        self.total.add(group, number)
        self.months.setdefault(group.month, Fates()).add(group, number)


@dataclass(slots=True)
class Completeness:
    """A site's listings, those with most pages first, and what was first seen elsewhere."""

    total: Fates
    listings: list[Listing]
    elsewhere: Listing

    def record(self) -> dict[str, Any]:
        """As `scrapy report --json` has it; `docs/report.md` explains every key."""
        return {
            "total": asdict(self.total),
            "listings": [
                {"listing": each.name, "title": each.title, "proof": _proof(each.proof), **_numbers(each)}
                for each in self.listings
            ],
            "elsewhere": _numbers(self.elsewhere),
        }


def _proof(proof: Proof) -> dict[str, Any]:
    facts = {name: getattr(proof, name) for name in (each.name for each in fields(Proof)) if name != "title"}
    return {"state": proof.state, **facts}


def _numbers(listing: Listing) -> dict[str, Any]:
    months = sorted(listing.months.items(), key=lambda pair: pair[0] or "")
    return {
        "total": asdict(listing.total),
        "months": [{"month": month, **asdict(fates)} for month, fates in months],
    }


def completeness(view: LedgerView, categories: Mapping[str, str]) -> Completeness:
    """From what the ledger says. `categories` maps the listings that the site file names to their titles: one that was
    never walked is listed, too."""
    listings = {
        name: Listing(name, categories.get(name) or (proof.title or name), proof)
        for name, proof in (dict.fromkeys(categories, NEVER) | view.proofs).items()
    }
    whole = Completeness(Fates(), [], Listing(None, "", NEVER))
    for group, number in view.pages.items():
        whole.total.add(group, number)
        name = group.listing
        if name is None:
            whole.elsewhere.add(group, number)
        else:
            listings.setdefault(name, Listing(name, name, NEVER)).add(group, number)
    whole.listings = sorted(listings.values(), key=lambda each: (-each.total.found, each.title))
    return whole
