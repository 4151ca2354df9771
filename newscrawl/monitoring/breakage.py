"""Fields that broke: the share of articles in which a field is filled, or won by the site's own rules, has fallen.

How it is told from chance:

- The fall must be over `FIELD_FALL` percentage points. The run alone must show it, too, so that a mended site is quiet
  at once; while an alarm lasts, a third of it is enough, for a few articles may look better than the site is.
- It must lie beyond chance. The articles of now and before are put into one urn, and the hypergeometric distribution
  says how probable it is to draw the new ones with so few filled among them, if nothing has changed. That has to be
  under one in ten thousand. None of 5 articles where all of 60 had it is beyond chance; none of 5 where half had it is
  not; none of 20 is. On random histories of fields that a third to most of the articles have, 8 of 24,000 judgements
  were false: for a site with four such fields, one alarm in two years.
- A run with few articles is taken together with the runs before it, one by one, until they make 60 articles. So a
  small site has to wait for some days only where it has to: for fields that are not on every page.

What is usual are the ten runs before those, or more until they have 60 articles. A run in which the field was in alarm
is not part of it, and as long as the alarm lasts, the usual share is the one that it began with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Final

from newscrawl.crawling.visits import SUSPECT
from newscrawl.keeping.runrecords import Record, number, table
from newscrawl.monitoring.alarms import RUNS, Alarm, Thresholds, alarm_of, begun, is_alarmed, since_accepted
from newscrawl.monitoring.fieldcounts import FIELDS, RULES, SAMPLE

__all__ = ["ARTICLE", "Share", "chance", "field_alarms", "share_of"]

ARTICLE: Final = "article"  # the subject that is no field: whether pages give an article at all
_SUBJECTS: Final = (ARTICLE, *FIELDS)
_MONITORS: Final = ("filled", "rules")  # in this order: what is missing is won by no rule either
_LAYERED: Final = frozenset(FIELDS) - {"images", "attachments", "dateline"}
_ENOUGH: Final = 60  # articles
_CHANCE: Final = 1e-4
_LASTING: Final = 1 / 3

Examples = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Share:
    """So many `filled` out of so many."""

    filled: int
    of: int

    @property
    def part(self) -> float:
        """From 0 to 1."""
        return self.filled / self.of if self.of else 0.0

    def __add__(self, other: Share) -> Share:
        return Share(self.filled + other.filled, self.of + other.of)


@dataclass(frozen=True, slots=True)
class _Fall:
    old: Share
    new: Share
    runs: int  # how many runs `new` is of
    first: Record | None  # the earliest of them, if that is not the run itself


def field_alarms(now: Record, earlier: Sequence[Record], examples: Examples, thresholds: Thresholds) -> Iterator[Alarm]:
    """What broke in the run `now`, as its manifest tells; `earlier` are the comparable runs, oldest first. `examples`
    are addresses by monitor and subject."""
    for subject in _SUBJECTS:
        runs = since_accepted(earlier, subject)
        for monitor in _MONITORS:
            own = share_of(now, monitor, subject)
            if own is None or not own.of or own.filled == own.of:
                continue
            evidence = [(run, share) for run in runs if (share := share_of(run, monitor, subject)) and share.of]
            fall = _fall(own, evidence, monitor, subject, thresholds.field_fall / 100)
            if fall is not None:
                yield _alarm(fall, monitor, subject, now, evidence, examples.get((monitor, subject), ()))
                break


def _fall(
    own: Share, evidence: Sequence[tuple[Record, Share]], monitor: str, subject: str, points: float
) -> _Fall | None:
    """The fall, if there is one: of the run alone, or with as many before it as make enough articles."""
    lasting = _lasting(evidence, monitor, subject)
    new = own
    for at in range(len(evidence), -1, -1):
        old = lasting or _usual(evidence[:at], subject)
        enough = points * _LASTING if lasting else points  # of the run alone
        if old.part - new.part > points and old.part - own.part > enough and chance(new, old) < _CHANCE:
            return _Fall(old, new, len(evidence) - at + 1, evidence[at][0] if at < len(evidence) else None)
        if new.of >= _ENOUGH or not at:
            break
        new = evidence[at - 1][1] + new
    return None


def _lasting(evidence: Sequence[tuple[Record, Share]], monitor: str, subject: str) -> Share | None:
    """The share that was usual when an alarm began that the last run with articles still gave."""
    alarm = alarm_of(evidence[-1][0], monitor, subject) if evidence else None
    if alarm is None:
        return None
    part, of = number(alarm.get("old")), int(min(number(alarm.get("old_of")) or 0, SAMPLE * RUNS))
    return Share(round(min(part, 1) * of), of) if part is not None and of else None


def _usual(evidence: Sequence[tuple[Record, Share]], subject: str) -> Share:
    found = Share(0, 0)
    sound = (share for run, share in reversed(evidence) if not is_alarmed(run, subject))
    for count, share in enumerate(sound):
        if count >= RUNS and found.of >= _ENOUGH:
            break
        found += share
    return found


def chance(new: Share, old: Share) -> float:
    """How probable it is that so few of the new articles have the field, or fewer, if nothing has changed.

    >>> chance(Share(0, 5), Share(60, 60)) < 1e-6
    True
    >>> round(chance(Share(0, 5), Share(30, 60)), 3)
    0.017
    """
    filled, of = new.filled + old.filled, new.of + old.of
    fewest = max(0, new.of - (of - filled))
    ways = sum(comb(filled, few) * comb(of - filled, new.of - few) for few in range(fewest, new.filled + 1))
    return ways / comb(of, new.of)


# --- what a manifest says


def share_of(record: Record, monitor: str, subject: str) -> Share | None:
    """A share in one run, or None where its record does not tell. Runs of older versions have `extracted_by` alone."""
    if subject == ARTICLE:
        return _pages(table(record, "counts")) if monitor == "filled" else None
    counts = table(record, "fields")
    if counts:
        kept = table(counts, "filled" if monitor == "filled" else "by_rules")
        return _share(kept.get(subject), counts.get("of"))
    layers = table(record, "extracted_by")
    if subject not in _LAYERED or not layers:
        return None
    won = {layer: number(count) or 0 for name, count in layers.items() for field, _, layer in [str(name).partition("/")]
           if field == subject}  # fmt: skip
    found = sum(count for layer, count in won.items() if monitor == "filled" or layer in RULES)
    return _share(found, table(record, "counts").get("stored"))


def _pages(counts: Record) -> Share | None:
    """Of the pages that could have been articles, those that were."""
    good = sum(int(number(counts.get(name)) or 0) for name in ("stored", "unchanged", "duplicate"))
    reasons = table(counts, "reasons").items()
    bad = sum(int(number(count) or 0) for reason, count in reasons if str(reason).rpartition("/")[2] in SUSPECT)
    return _share(good, good + bad)


def _share(filled: object, of: object) -> Share | None:
    """Of large runs no more than a sample's weight: the first crawl is not to outweigh all that follow."""
    some, all_ = number(filled), number(of)
    if some is None or all_ is None:
        return None
    some = min(some, all_)
    if all_ > SAMPLE:
        return Share(int(some * SAMPLE / all_), SAMPLE)
    return Share(int(some), int(all_))


# --- in words


def _alarm(
    fall: _Fall, monitor: str, subject: str, now: Record, evidence: Sequence[tuple[Record, Share]], urls: Sequence[str]
) -> Alarm:
    since = begun(now, evidence[-1][0] if evidence else None, monitor, subject)
    text = (
        f"{subject}: {_said(monitor, subject, fall.new)}"
        + (f" of the last {fall.runs} runs" if fall.runs > 1 else "")
        + f" ({fall.new.part:.0%}), where {fall.old.part:.0%} are usual"
        + (f": {' '.join(urls)}" if urls else "")
    )
    first = str((fall.first or now).get("started") or since)
    return Alarm(
        monitor, subject, fall.old.part, fall.new.part, since, text, tuple(urls), fall.old.of, fall.new.of, first
    )


def _said(monitor: str, subject: str, new: Share) -> str:
    if subject == ARTICLE:
        return f"read on {new.filled} of {new.of} pages"
    how = "filled" if monitor == "filled" else "found by the site's rules"
    return f"{how} in {new.filled} of {new.of} articles"
