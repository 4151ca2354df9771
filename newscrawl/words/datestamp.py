"""A point in time as precise as it was printed, and how two of them compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final, Literal

__all__ = ["VIETNAM", "DateStamp", "Precision", "is_ahead", "is_now"]

# Asia/Ho_Chi_Minh. A fixed offset is exact: the whole country has kept +07:00 without summer time since 1975, and
# no page carries a time of day that is older than the web. So no time zone database is needed.
VIETNAM: Final = timezone(timedelta(hours=7))
Precision = Literal["second", "minute", "day", "month", "year"]

_PARTS: Final[dict[Precision, int]] = {"year": 1, "month": 2, "day": 3, "minute": 5, "second": 6}
_CLOCK: Final = timedelta(minutes=3)
_SKEW: Final = timedelta(hours=1)  # what a server's clock may be fast
_FIRST_DAY: Final = timedelta(hours=7)  # the new day begins on earth (UTC+14) so much earlier than in Vietnam
_FORMATS: Final = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


@dataclass(frozen=True, slots=True)
class DateStamp:
    """A point in time as precise as it was printed.

    `when` is aware, and its parts finer than `precision` are zero (or one, for month and day).
    `raw` is the printed text, blanks folded, NFC. Source: field notes, formats.md 1.5 (R3).
    """

    when: datetime
    precision: Precision
    raw: str

    def isoformat(self) -> str:
        """ISO 8601 text, cut at the precision; the offset stays as printed.

        >>> DateStamp(datetime(2026, 1, 8, 18, 21, tzinfo=VIETNAM), "minute", "").isoformat()
        '2026-01-08T18:21+07:00'
        >>> DateStamp(datetime(2018, 8, 1, tzinfo=VIETNAM), "month", "").isoformat()
        '2018-08'
        """
        if self.precision in _FORMATS:
            return self.when.strftime(_FORMATS[self.precision])
        return self.when.isoformat(timespec="seconds" if self.precision == "second" else "minutes")

    @property
    def day(self) -> date:
        """The calendar day in Vietnam.

        >>> DateStamp(datetime(2018, 8, 1, 20, 0, tzinfo=timezone.utc), "minute", "").day
        datetime.date(2018, 8, 2)
        """
        return self.when.astimezone(VIETNAM).date()

    @property
    def has_time(self) -> bool:
        """Whether it says the time of day."""
        return _PARTS[self.precision] > _PARTS["day"]

    def agrees_with(self, other: DateStamp) -> bool:
        """True if both say the same at the coarser of the two precisions, compared in Vietnam time."""
        mine, theirs = self._beside(other)
        return mine == theirs

    def is_before(self, other: DateStamp) -> bool:
        """Whether it lies before the other at the coarser of the two precisions, compared in Vietnam time."""
        mine, theirs = self._beside(other)
        return mine < theirs

    def is_finer_than(self, other: DateStamp) -> bool:
        """Whether it is the more precise of the two."""
        return _PARTS[self.precision] > _PARTS[other.precision]

    def moved(self, by: timedelta) -> DateStamp:
        """The same text read as another time, on Vietnam's clock."""
        return DateStamp((self.when + by).astimezone(VIETNAM), self.precision, self.raw)

    def without_midnight(self) -> DateStamp:
        """The day alone where the time is midnight to the second, as printed or in Vietnam: programs write midnight
        where they know no time.

        >>> DateStamp(datetime(2018, 8, 1, 17, 0, tzinfo=timezone.utc), "second", "").without_midnight().isoformat()
        '2018-08-02'
        """
        if self.has_time and not self.when.minute and not self.when.second:
            for local in (self.when, self.when.astimezone(VIETNAM)):
                if (local.hour, local.minute) == (0, 0):
                    return DateStamp(datetime(local.year, local.month, local.day, tzinfo=VIETNAM), "day", self.raw)
        return self

    def _beside(self, other: DateStamp) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The parts of both, as many as both have."""
        parts = min(_PARTS[self.precision], _PARTS[other.precision])
        mine, theirs = self.when.astimezone(VIETNAM), other.when.astimezone(VIETNAM)
        return mine.timetuple()[:parts], theirs.timetuple()[:parts]


def is_now(stamp: DateStamp, fetched_at: datetime | None) -> bool:
    """Whether a time is that of the fetch: a clock's (R5)."""
    return fetched_at is not None and stamp.has_time and abs(stamp.when - fetched_at) < _CLOCK


def is_ahead(stamp: DateStamp, fetched_at: datetime | None) -> bool:
    """Whether it lies after the fetch, by more than clocks and time zones explain."""
    if fetched_at is None:
        return False
    if stamp.has_time:
        return stamp.when > fetched_at + _SKEW
    return stamp.day > (fetched_at + _FIRST_DAY).astimezone(VIETNAM).date()
