"""How long to wait before a page is asked for again, and when to stop asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["LATER_LOOK", "LEAST_TRIES", "LONGEST_TRY", "PATIENCE", "retry_after", "wait_after"]

LONGEST_TRY: Final = timedelta(days=5)  # after its first failure a page is tried for so long; then it counts as gone
LEAST_TRIES: Final = 5  # and so often at least, where runs are rare
LATER_LOOK: Final = timedelta(days=7)  # a page that is gone is looked at once more: an outage can look like 404, too
PATIENCE: Final = timedelta(minutes=5)  # a run waits for what is due within this time, and leaves the rest to the next
_GROWTH: Final = 6
_LONGEST_WAIT: Final = timedelta(days=1)


def wait_after(failures: int, first: float) -> timedelta:
    """The wait after so many failures in a row, the first of `first` seconds: each is six times as long as the one
    before, up to a day. With 10 s: 10 s, 1 min, 6 min, 36 min, 3.6 h, 21.6 h, 24 h.

    >>> [str(wait_after(failures, 10)) for failures in (1, 2, 5, 7, 5000)]
    ['0:00:10', '0:01:00', '3:36:00', '1 day, 0:00:00', '1 day, 0:00:00']
    """
    return timedelta(seconds=min(first * _GROWTH ** min(failures - 1, 10), _LONGEST_WAIT.total_seconds()))


def retry_after(value: bytes | None, now: datetime) -> timedelta | None:
    """What the header Retry-After asks for (RFC 9110, 10.2.3): seconds, or a date; at most a day. None where there is
    no such header or it says neither.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 5, 14, 7, 0, tzinfo=UTC)
    >>> print(retry_after(b"90", now), retry_after(b"Thu, 14 May 2026 07:02:00 GMT", now), retry_after(b"soon", now))
    0:01:30 0:02:00 None
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal() and text.isascii():
        return min(timedelta(seconds=int(text[:9])), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000": UTC, and nothing is known of the local time
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta()), _LONGEST_WAIT)
