"""How a site is, in words: what its last run ended with, how long ago that was, and whether a person should look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.report.gathering import SiteFigures

__all__ = ["Health", "Level", "ago", "health", "in_words"]

_LATE: Final = timedelta(days=3)  # a site that is crawled every night and was not for so long has lost its cron line
_WORDS: Final = {
    ExitCode.COMPLETE: "complete",
    ExitCode.CRASH: "crashed",
    ExitCode.USAGE: "wrong command",
    ExitCode.DISK_FULL: "disk full",
    ExitCode.CONFIGURATION: "bad configuration",
    ExitCode.INCOMPLETE: "incomplete",
    ExitCode.NOTHING: "found nothing",
    ExitCode.STOPPED: "stopped by a signal",
    ExitCode.TIME_LIMIT: "time limit reached",
    ExitCode.RATE_LIMITED: "the host asked for rest",
    ExitCode.BUSY: "another run held the site",
}
_REASONS: Final = {"host_down": "the host stopped answering", "limit": "its limit was reached"}
_PASSING: Final = (ExitCode.STOPPED, ExitCode.TIME_LIMIT, ExitCode.RATE_LIMITED, ExitCode.BUSY)


class Level:
    """How pressing it is. The words are class names in the page."""

    GOOD: Final = "good"
    WATCH: Final = "watch"
    BAD: Final = "bad"
    NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Health:
    """`words` say how the last run ended, `notes` what else a person should know."""

    level: str
    words: str
    notes: tuple[str, ...] = ()


def health(figures: SiteFigures, now: datetime) -> Health:
    """The health of a site at `now`."""
    last = figures.history.last[-1] if figures.history.last else None
    worries, alarms = _worries(figures, now), _alarms(figures)
    notes = tuple(alarms + worries + (["a run is on, or was cut off"] if figures.history.open_segments else []))
    if last is None:
        words = "no run has ended yet" if figures.crawled else "never crawled"
        return Health(Level.BAD if alarms else Level.NONE, words, notes)
    level = level_of(last.exit_code)
    if alarms:
        level = Level.BAD
    elif worries and level == Level.GOOD:
        level = Level.WATCH
    return Health(level, in_words(last.exit_code, last.reason), notes)


def _alarms(figures: SiteFigures) -> list[str]:
    """What needs a person now."""
    last = figures.history.last[-1] if figures.history.last else None
    notes = [_number(len(last.alarms), "alarm")] if last and last.alarms else []
    return notes + ([f"{_number(len(figures.problems), 'problem')} with its files"] if figures.problems else [])


def _worries(figures: SiteFigures, now: datetime) -> list[str]:
    """What the exit code of the last run does not say."""
    notes = []
    last = figures.history.last[-1] if figures.history.last else None
    if last and (since := now - (last.ended or last.started)) >= _LATE:
        notes.append(f"no run for {since.days} days")
    broken = sum(proof.state == "broken" for proof in figures.view.proofs.values()) if figures.view else 0
    notes += [_number(broken, "broken listing")] if broken else []
    return notes + (["its ledger can't be shown"] if figures.remarks else [])


def level_of(code: int | None) -> str:
    """How pressing an exit code is; None is a run that was killed."""
    if code == ExitCode.COMPLETE:
        return Level.GOOD
    return Level.WATCH if code is None or code in _PASSING else Level.BAD


def in_words(code: int | None, reason: str) -> str:
    """An exit code and its reason.

    >>> in_words(9, "host_down"), in_words(None, "recovered"), in_words(77, "odd")
    ('incomplete: the host stopped answering (9)', 'was killed; recovered since', 'odd (77)')
    """
    if code is None:
        return "was killed; recovered since"
    words = _WORDS.get(ExitCode(code)) if code in set(ExitCode) else reason
    more = f": {_REASONS[reason]}" if reason in _REASONS else ""
    return f"{words}{more} ({code})"


def _number(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that is full.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 14, 12, tzinfo=UTC)
    >>> [ago(noon - timedelta(minutes=minutes), noon) for minutes in (0, 59, 60, 47 * 60, 48 * 60)]
    ['just now', '59 minutes ago', '1 hour ago', '47 hours ago', '2 days ago']
    """
    minutes = max(int((now - then).total_seconds() // 60), 0)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{_number(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{_number(hours, 'hour')} ago" if hours < 48 else f"{_number(hours // 24, 'day')} ago"
