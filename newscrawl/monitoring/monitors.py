"""The monitors: what holds a run against the site's earlier ones. They are four: "filled" and "rules"
(`newscrawl.monitoring.breakage`), "silent" and "late" (`newscrawl.monitoring.rhythm`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from newscrawl.keeping.runrecords import Record, moment, table
from newscrawl.monitoring.alarms import Alarm, Thresholds, comparable, is_crawl
from newscrawl.monitoring.breakage import Examples, field_alarms
from newscrawl.monitoring.rhythm import late_alarms, silent_alarms

__all__ = ["Watched", "watch"]


@dataclass(frozen=True, slots=True)
class Watched:
    """What the monitors say: their alarms, and the subjects whose state is from now on taken for the usual one."""

    alarms: tuple[Alarm, ...] = ()
    accepted: tuple[str, ...] = ()


def watch(
    now: Record, earlier: Sequence[Record], examples: Examples, *, menu: bool = False, thresholds: Thresholds
) -> Watched:
    """Hold a crawl, as its manifest will tell of it, against the records of earlier runs, oldest first.

    An alarm that a person accepts, or that has lasted for `ALARM_DAYS`, is none any more: that is how the site is now.
    """
    if not is_crawl(now):
        return Watched()
    runs = comparable(earlier, table(now, "arguments").get("categories"))
    found = [
        *field_alarms(now, runs, examples, thresholds),
        *silent_alarms(now, runs, menu, thresholds),
        *late_alarms(now, runs, thresholds),
    ]
    usual = {
        alarm.subject for alarm in found if alarm.subject in thresholds.accepted or _is_old(alarm, now, thresholds)
    }
    return Watched(tuple(alarm for alarm in found if alarm.subject not in usual), tuple(sorted(usual)))


def _is_old(alarm: Alarm, now: Record, thresholds: Thresholds) -> bool:
    since, today = moment(alarm.since), moment(now.get("started"))
    return since is not None and today is not None and today - since >= timedelta(days=thresholds.alarm_days)
