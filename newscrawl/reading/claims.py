"""What the layers state of an article's dates, and what of it is believed.

Not believed are a time after the fetch, the time of the fetch itself, the day of the fetch where the page prints an
earlier one, and local hours under another zone's name. Where layers name different days, a warning names both. Source:
field notes, formats.md 1.5 (R3, R5) and traps 25, 26, 30, 33.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from newscrawl.reading.reading import Reading
from newscrawl.words.dates import VIETNAM, DateStamp, is_ahead, is_now, read_date
from newscrawl.words.text import language_of
from newscrawl.words.urls import bare_host

__all__ = ["Claim", "Dates", "Judge", "claim_of"]

_SAYS: Final = {"readable": "the page prints", "address": "the address says", "listing": "the listing prints"}
_ZONE: Final = timedelta(hours=7)  # between our hours and those of UTC
_DAY: Final = timedelta(days=1)
_NEVER: Final = 1970
_BEGINS: Final = "the day that clocks begin with"
_AHEAD: Final = "after the fetch"
_NOW: Final = "the time of the fetch"
_TODAY: Final = "the day of the fetch"
_BEFORE: Final = "before it was published"
_ZONES: Final = "before it was published, as far as zones are known"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one layer states. With a `doubt`, the reason, it is not believed."""

    layer: str
    stamp: DateStamp
    doubt: str = ""

    def __str__(self) -> str:
        said = f"{_SAYS.get(self.layer, f'{self.layer} says')} {self.stamp.isoformat()}"
        return f"{said}, {self.doubt}" if self.doubt else said


def claim_of(layer: str, stamp: DateStamp, fetched_at: datetime | None) -> Claim:
    """What a page shows, or its address; doubted if it lies after the fetch, or where programs' clocks begin."""
    if stamp.when.year == _NEVER:
        return Claim(layer, stamp, _BEGINS)
    return Claim(layer, stamp, _AHEAD if is_ahead(stamp, fetched_at) else "")


@dataclass(slots=True)
class Dates:
    """What is taken, and what a person may want to look at."""

    published: Claim | None = None
    updated: Claim | None = None
    warnings: list[str] = field(default_factory=list)


class Judge:
    """Believes or doubts what a page states, by the time of the fetch and by what the page shows to people."""

    def __init__(self, reading: Reading, shown: Claim | None) -> None:
        self.fetched_at = reading.page.fetched_at
        self.structured = reading.structured
        self.shown = shown
        self._reading = reading
        self.warnings: list[str] = []

    @cached_property
    def is_ours(self) -> bool:
        """Whether the page is Vietnamese, by its site, host, or title: then its hours are Vietnam's."""
        if self._reading.site is not None or (bare_host(self._reading.page.url) or "").endswith(".vn"):
            return True
        return language_of(self.structured.title or self.structured.head_title or "", None) == "vi"

    def machines(self) -> tuple[list[Claim], list[Claim]]:
        """What JSON-LD and meta elements state: publications, and changes."""
        page = self.structured
        texts = {"jsonld": (page.published, page.updated), "meta": (page.meta_published, page.meta_updated)}
        different = {text for pair in texts.values() for text in pair if text}  # most pages say one thing four times
        read = {text: read_date(text, seen_at=self.fetched_at) for text in different}
        published: list[Claim] = []
        changed: list[Claim] = []
        for layer, pair in texts.items():
            begun, ended = (read.get(text or "") for text in pair)
            if begun is None and ended is None:
                continue
            shift = self._shift(layer, begun or ended)
            begun, ended = (_without_fault(stamp, shift) for stamp in (begun, ended))
            made_anew = self._is_made_anew(begun, ended)
            if begun and not (shift and self.shown and self.shown.stamp.has_time):  # else what is shown is right
                published.append(Claim(layer, begun, self._doubt(begun) or (_TODAY if made_anew else "")))
            if ended:
                same = made_anew and begun is not None and ended.when == begun.when
                changed.append(Claim(layer, ended, _TODAY if same else self._doubt(ended)))
        return published, changed

    def dates(self, claims: list[Claim], changes: list[Claim]) -> Dates:
        """The first believed claims, refined, and a warning for each other day that is stated."""
        published = _first(claims)
        seen: set[date] = set()
        for claim in claims:
            if self._is_worth_a_look(claim, published) and claim.stamp.day not in seen:
                seen.add(claim.stamp.day)
                self.warnings.append(f"published: {', '.join(str(each) for each in (published, claim) if each)}")
        updated = _first(self._since(published, changes))
        return Dates(published, updated, self.warnings)

    def _since(self, published: Claim | None, changes: list[Claim]) -> list[Claim]:
        """The changes that may be: not after the fetch, and not before the publication, when it was a draft."""
        kept: list[Claim] = []
        seen: set[datetime] = set()
        for claim in changes:
            doubt = claim.doubt
            if not doubt and published and claim.stamp.is_before(published.stamp):
                doubt = _BEFORE if self.is_ours or published.stamp.day - claim.stamp.day > _DAY else _ZONES
            if doubt in (_AHEAD, _BEFORE) and claim.stamp.when not in seen:
                seen.add(claim.stamp.when)
                self.warnings.append(f"updated: {Claim(claim.layer, claim.stamp, doubt)}")
            if not doubt:
                kept.append(claim)
        return kept

    def _shift(self, layer: str, stamp: DateStamp | None) -> timedelta:
        """How far a time is off that has our hours under UTC's name, or UTC's under ours: told by the hours that the
        page prints, by its day, or by the fetch."""
        none = timedelta()
        shown = self.shown.stamp if self.shown else None
        if stamp is None or not stamp.has_time:
            return none
        if shown and shown.has_time:
            apart = shown.when.replace(second=0) - stamp.when.replace(second=0)
        elif not stamp.when.utcoffset() and self._is_local(stamp, shown):
            apart = -_ZONE
        else:
            return none
        if abs(apart) != _ZONE or not self.is_ours:
            return none
        if not self.warnings:
            self.warnings.append(f"published: {Claim(layer, stamp)}, {self.shown or _AHEAD}: another zone's hours")
        return apart

    def _is_local(self, stamp: DateStamp, shown: DateStamp | None) -> bool:
        """Whether a time labelled as UTC's fits what is shown, or the fetch, only if its hours are ours."""
        local = stamp.moved(-_ZONE)
        if shown and local.agrees_with(shown) and not stamp.agrees_with(shown):
            return True
        return is_ahead(stamp, self.fetched_at) and not is_ahead(local, self.fetched_at)

    def _doubt(self, stamp: DateStamp) -> str:
        return _NOW if is_now(stamp, self.fetched_at) else _AHEAD if is_ahead(stamp, self.fetched_at) else ""

    def _is_made_anew(self, begun: DateStamp | None, ended: DateStamp | None) -> bool:
        """Whether a page says each day that it was published and changed today, and prints the day when it was."""
        if self.fetched_at is None or self.shown is None or begun is None:
            return False
        if begun.has_time and (ended is None or ended.when != begun.when):
            return False
        return begun.day == self.fetched_at.astimezone(VIETNAM).date() and self.shown.stamp.is_before(begun)

    def _is_worth_a_look(self, claim: Claim, published: Claim | None) -> bool:
        """Whether a claim names another day than the one that is taken; of pages from elsewhere the day before or after
        may be the same, for their zones are not known."""
        if published is None or published is claim:
            return claim.doubt == _AHEAD
        one, other = published.stamp, claim.stamp
        if one.agrees_with(other) or one.day == other.day or one.when.date() == other.when.date():
            return False
        apart = one.day - other.day
        written = claim.layer == "address" and apart == _DAY  # in the evening before it was published
        return (self.is_ours and not written) or abs(apart) > _DAY


def _first(claims: list[Claim]) -> Claim | None:
    """The first that is believed, or a later one that agrees and says the time of day, too."""
    best: Claim | None = None
    for claim in claims:
        if claim.doubt:
            continue
        finer = best and not best.stamp.has_time and claim.stamp.is_finer_than(best.stamp)
        if best is None or (finer and claim.stamp.agrees_with(best.stamp)):
            best = claim
    return best


def _without_fault(stamp: DateStamp | None, shift: timedelta) -> DateStamp | None:
    """A time of a program without what programs make of it: another zone's hours, midnight for no time, and the day on
    which their clocks begin."""
    if stamp and shift:
        stamp = stamp.moved(shift)
    return stamp.without_midnight() if stamp and stamp.when.year != _NEVER else None
