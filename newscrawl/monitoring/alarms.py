"""Alarms: what a monitor says of a site that broke, the thresholds, and which earlier runs an alarm is held against.

All of it works on the records of `runs.jsonl` as they are read: dicts that a person may have edited and that older
versions wrote. What is not there, or of another type, says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from scrapy.settings import BaseSettings

from newscrawl.keeping.runrecords import Record, table, texts

__all__ = [
    "RUNS", "Alarm", "Thresholds", "alarm_of", "begun", "comparable", "is_alarmed", "is_crawl",
    "since_accepted",
]  # fmt: skip

RUNS: Final = 10  # earlier runs that are compared with


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that broke. `subject` is a field, a listing (`Walk.chain`) or "site"; `old` is what was usual and `new`
    what is: shares from 0 to 1, links or days, as the monitor counts. `since` (ISO 8601) is the start of the first run
    that said so. `old_of` and `new_of` are the articles that shares are of, and `first` is the start of the first run
    that `new` is of."""

    monitor: str
    subject: str
    old: float
    new: float
    since: str
    text: str
    urls: tuple[str, ...] = ()
    old_of: int = 0
    new_of: int = 0
    first: str = ""

    def record(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {**asdict(self), "old": round(self.old, 4), "new": round(self.new, 4), "urls": list(self.urls)}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The settings of the monitors; `newscrawl/settings.py` has the reasons."""

    field_fall: float = 30.0  # percentage points
    listing_share: float = 0.30
    late_factor: float = 4.0
    late_days: float = 5.0
    alarm_days: float = 30.0
    accepted: frozenset[str] = frozenset()

    @classmethod
    def read(cls, settings: BaseSettings) -> Thresholds:
        """Those of a run, checked before by `check_settings`."""
        return cls(
            field_fall=settings.getfloat("FIELD_FALL"),
            listing_share=settings.getfloat("LISTING_SHARE"),
            late_factor=settings.getfloat("LATE_FACTOR"),
            late_days=settings.getfloat("LATE_DAYS"),
            alarm_days=settings.getfloat("ALARM_DAYS"),
            accepted=frozenset(name.strip() for name in settings.getlist("ALARMS_ACCEPTED") if name.strip()),
        )


# --- earlier runs


def comparable(records: Iterable[Record], categories: object = None) -> list[Record]:
    """The runs that may be compared with one over `categories` (as the manifest has them): those over the same ones. A
    killed run has no counts of fields."""
    return [
        record
        for record in records
        if isinstance(record, Mapping)
        and is_crawl(record)
        and record.get("reason") != "recovered"
        and table(record, "arguments").get("categories") == categories
    ]


def is_crawl(record: Record) -> bool:
    """Whether a run crawled the site itself. What was read anew from stored pages, or taken from a web archive, says
    nothing of the site today."""
    return record.get("command", "crawl") == "crawl" and not record.get("replay")


def since_accepted(records: Sequence[Record], subject: str) -> Sequence[Record]:
    """The runs since the one in which the state of `subject` was taken for the usual one, that run among them."""
    for at in range(len(records) - 1, -1, -1):
        if subject in texts(records[at].get("accepted")):
            return records[at:]
    return records


def alarm_of(record: Record, monitor: str, subject: str) -> Record | None:
    """The alarm that a monitor gave in an earlier run, or None."""
    given = record.get("alarms")
    for alarm in given if isinstance(given, list) else ():
        if isinstance(alarm, Mapping) and (alarm.get("monitor"), alarm.get("subject")) == (monitor, subject):
            return alarm
    return None


def is_alarmed(record: Record, subject: str) -> bool:
    """Whether any monitor gave an alarm about `subject` in that run: what is broken is not what is usual."""
    given = record.get("alarms")
    return isinstance(given, list) and any(isinstance(one, Mapping) and one.get("subject") == subject for one in given)


def begun(now: Record, before: Record | None, monitor: str, subject: str) -> str:
    """When an alarm of the run `now` began: with the run `before`, if that gave it, too."""
    alarm = alarm_of(before, monitor, subject) if before is not None else None
    return str((alarm or {}).get("since") or now.get("started") or "")
