"""Listings that fell silent, and sites and listings that are late against their own rhythm.

Silent: the first page of a listing has under `LISTING_SHARE` of the article links that it usually has (the median of
the last ten runs that read it), or the menu no longer leads to it. If most of the site is silent, that is no listing's
fault, and exit code 10 says so.

Late: no article that was not seen before, for more than `LATE_FACTOR` times the longest of the last ten gaps between
days with news, and for more than `LATE_DAYS` days. Days are those of Vietnam. A portal that rests at weekends shows
gaps of three days, and so may be silent for twelve; a daily paper for five.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Final

from newscrawl.keeping.runrecords import Record, moment, number, table
from newscrawl.monitoring.alarms import RUNS, Alarm, Thresholds, alarm_of, begun, is_alarmed, since_accepted
from newscrawl.words.dates import VIETNAM

__all__ = ["SITE", "late_alarms", "silent_alarms", "usual_links"]

SITE: Final = "site"  # the subject that is no listing
_GAPS: Final = 5  # fewer are no rhythm
# Tết, the lunar new year, falls between 21 January and 20 February. Offices close for nine days, with the weekends, and
# what they publish before and after is thin; so between these days (month, day) a silence of twelve days is no alarm.
_TET: Final = ((1, 15), (3, 5))
_TET_DAYS: Final = 12
_NOTHING: Final = 10  # the exit code of a run that found nothing: it says nothing of one listing


# --- silent


def silent_alarms(now: Record, earlier: Sequence[Record], menu: bool, thresholds: Thresholds) -> Iterator[Alarm]:
    """The listings that fell silent in the run `now`. `menu` says that the site's menu names the listings: then one
    that it no longer leads to is silent, too. `earlier` are the comparable runs, oldest first."""
    pages = table(now, "first_pages")
    usual = {
        chain: links for chain in pages if (links := usual_links(earlier, chain)) and _links(now, chain) is not None
    }
    found = sum(_links(now, chain) or 0 for chain in usual)
    if usual and found < thresholds.listing_share * sum(usual.values()):
        return
    if menu and pages and now.get("reason") == "finished":
        usual |= {chain: links for chain in _named(earlier) - pages.keys() if (links := usual_links(earlier, chain))}
    for chain, links in sorted(usual.items()):
        if (_links(now, chain) or 0) < thresholds.listing_share * links:
            yield _silent(now, earlier, chain, links)


def usual_links(earlier: Sequence[Record], chain: str) -> float | None:
    """How many article links the first page of a listing usually has: as the last alarm says, while it lasts, else the
    median of the last ten runs that read the page. None where there is none, or the listing has long left the menu."""
    records = since_accepted(earlier, chain)
    if records and (alarm := alarm_of(records[-1], "silent", chain)):
        return number(alarm.get("old"))
    sound = [run for run in records if not is_alarmed(run, chain) and run.get("exit_code") != _NOTHING]
    last = [links for run in sound[-RUNS:] if (links := _links(run, chain)) is not None]
    return median(last) if last and 2 * len(last) >= len(sound[-RUNS:]) else None


def _named(earlier: Sequence[Record]) -> set[str]:
    """The listings of the last ten runs."""
    return {str(chain) for run in earlier[-RUNS:] for chain in table(run, "first_pages")}


def _silent(now: Record, earlier: Sequence[Record], chain: str, usual: float) -> Alarm:
    links = _links(now, chain)
    head = _head(now, chain) or next((head for run in reversed(earlier) if (head := _head(run, chain))), {})
    what = "the menu no longer leads to it" if links is None else f"{links:g} article links on its first page"
    text = f"{_titled(chain, head)}: {what}, where {usual:g} links are usual"
    since = begun(now, earlier[-1], "silent", chain)
    return Alarm("silent", chain, usual, links or 0, since, text, _urls(head))


# --- late


def late_alarms(now: Record, earlier: Sequence[Record], thresholds: Thresholds) -> Iterator[Alarm]:
    """The site, or else the listings, that are late in the run `now`; `earlier` are the comparable runs, oldest
    first."""
    today = _day(now)
    read = [chain for chain in table(now, "first_pages") if _links(now, chain)]
    if today is None or not read:
        return
    if alarm := _late(now, earlier, SITE, today, thresholds):
        yield alarm
        return
    for chain in sorted(read):
        if alarm := _late(now, earlier, chain, today, thresholds):
            yield alarm


def _late(now: Record, earlier: Sequence[Record], subject: str, today: date, thresholds: Thresholds) -> Alarm | None:
    if _news(now, subject):
        return None
    runs = since_accepted(earlier, subject)
    days = sorted({day for run in runs if _news(run, subject) and (day := _day(run)) is not None and day <= today})
    gaps = [(later - sooner).days for sooner, later in pairwise(days)][-RUNS:]
    if len(gaps) < _GAPS:
        return None
    silence, usual = (today - days[-1]).days, max(gaps)
    least = max(thresholds.late_days, _TET_DAYS) if _is_tet(today) else thresholds.late_days
    if silence <= max(least, thresholds.late_factor * usual):
        return None
    head = _head(now, subject)
    text = (
        f"{_titled(subject, head)}: no new article for {silence} days, where the longest of the last gaps was {usual}"
    )
    return Alarm("late", subject, usual, silence, begun(now, runs[-1], "late", subject), text, _urls(head))


def _is_tet(day: date) -> bool:
    return _TET[0] <= (day.month, day.day) <= _TET[1]


def _news(run: Record, subject: str) -> bool:
    """Whether a run saw articles that were new to the listing, or to any of the site."""
    chains = table(run, "first_pages") if subject == SITE else [subject]
    return any(number(_head(run, str(chain)).get("new")) for chain in chains)


def _day(run: Record) -> date | None:
    started: datetime | None = moment(run.get("started"))
    try:
        return started.astimezone(VIETNAM).date() if started is not None else None
    except OverflowError:  # the first or the last day of the calendar
        return None


# --- what a manifest says


def _head(run: Record, chain: str) -> Record:
    return table(table(run, "first_pages"), chain)


def _links(run: Record, chain: str) -> float | None:
    """Article links on a first page; None where it was not read."""
    return number(_head(run, chain).get("links"))


def _titled(subject: str, head: Record) -> str:
    if subject == SITE:
        return SITE
    title = head.get("title")
    return f"listing {title} ({subject})" if isinstance(title, str) and title != subject else f"listing {subject}"


def _urls(head: Record) -> tuple[str, ...]:
    url = head.get("url")
    return (url,) if isinstance(url, str) else ()
