"""When a stored article is looked at again: soon at first, then seldom, then never."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from newscrawl.words.dates import VIETNAM

__all__ = ["DISTANCES", "LEEWAY", "MOST_FAILURES", "RECENT", "TRIED_AGAIN", "is_recent", "next_look"]

# Counted from when an article was first stored. Slips and wrong numbers are put right on the next days, names are taken
# out and articles taken down within weeks; what has stood for two months stands. A changed text does not begin this
# anew: a page that says something else each time costs no more than any other.
DISTANCES: Final = tuple(timedelta(days=days) for days in (1, 3, 7, 21, 60))
# Only what was published within so many days before it was stored: the archive that a first crawl brings home has had
# its corrections. A fortnight, so that what a holiday without runs has missed is looked at, too.
RECENT: Final = timedelta(days=14)
# A run that begins at the same hour every night comes some hours before a full day is over.
LEEWAY: Final = timedelta(hours=6)
TRIED_AGAIN: Final = timedelta(days=1)  # a look that failed is made again after so long ...
MOST_FAILURES: Final = 3  # ... so often in a row; then it is left out


def next_look(stored: datetime, now: datetime) -> datetime | None:
    """When an article that was first stored then is looked at after `now`; None where that was for the last time. Looks
    that came late are not made up for.

    >>> from datetime import UTC
    >>> stored = datetime(2026, 5, 14, 2, 0, tzinfo=UTC)
    >>> for days in (0, 1, 5, 60):
    ...     print(next_look(stored, stored + timedelta(days=days)))
    2026-05-14 20:00:00+00:00
    2026-05-16 20:00:00+00:00
    2026-05-20 20:00:00+00:00
    None
    """
    moments = (stored + distance - LEEWAY for distance in DISTANCES)
    return next((moment for moment in moments if moment > now + LEEWAY), None)


def is_recent(day: str | None, stored: datetime) -> bool:
    """Whether an article of `day` (ISO 8601; a month or a year may be all that is known) was news when it was stored.
    Without a day it is taken to be.

    >>> stored = datetime(2026, 5, 14, 2, 0, tzinfo=VIETNAM)
    >>> [is_recent(day, stored) for day in ("2026-05-13", "2026-04-29", "2026-04", "2015", None)]
    [True, False, True, False, True]
    """
    first = (stored - RECENT).astimezone(VIETNAM).date().isoformat()
    return day is None or day >= first[: len(day)]
