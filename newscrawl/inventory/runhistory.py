"""The runs of a site as the report shows them: the last ones, and how often each field was found over the years.

`runs.jsonl` may have torn lines, and lines of later versions: what is not as expected is passed over.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from newscrawl.keeping.recordedruns import recorded_runs, warc_of
from newscrawl.keeping.runnames import is_run, started_at
from newscrawl.keeping.runrecords import moment, number, table, texts
from newscrawl.keeping.segments import OPEN

__all__ = ["Coverage", "PastRun", "RunHistory", "read_history"]

_OWN_RULES: Final = ("site", "family")
_FEW_RUNS: Final = 24  # that stored something; more are put together by month


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run that ended. `exit_code` is None for one that was killed."""

    name: str
    started: datetime
    ended: datetime | None
    exit_code: int | None
    reason: str
    stored: int
    broken: list[str]
    hosts_gone: list[str]
    alarms: list[dict[str, Any]]


@dataclass(slots=True)
class Coverage:
    """Of `articles` stored, how many had each field, and how many got it from a rule of the site or its family."""

    articles: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    by_rules: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class RunHistory:
    """`last` are the last runs, oldest first. `coverage` is by the time at which articles were stored, oldest first: by
    run (its name) as long as those are few, else by month (YYYY-MM)."""

    runs: int = 0
    last: list[PastRun] = field(default_factory=list)
    last_new: datetime | None = None  # the start of the last run that stored an article
    coverage: dict[str, Coverage] = field(default_factory=dict)
    open_segments: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_history(folder: Path, most: int) -> RunHistory:
    """The history of a site, with its last `most` runs. What can't be read is a line in `problems`."""
    history = RunHistory()
    lost: list[str] = []
    last: deque[PastRun] = deque(maxlen=most)
    single: deque[tuple[str, Coverage]] = deque(maxlen=_FEW_RUNS + 1)
    try:
        for record in recorded_runs(folder, history.problems):
            if (warc := warc_of(record)) and not (folder / warc).is_file():
                lost.append(warc)
            run = _past_run(record)
            if run is not None:
                history.runs += 1
                last.append(run)
                if (coverage := _coverage(history, run, record)) is not None:
                    single.append((run.name, coverage))
    except OSError as error:
        history.problems.append(f"runs.jsonl: can't be read ({error.strerror})")
    if lost:
        history.problems.append(f"{len(lost)} WARC files that runs wrote are not here: {_some(lost)}")
    history.last = sorted(last, key=lambda run: run.started)
    history.coverage = dict(sorted(single if len(single) <= _FEW_RUNS else history.coverage.items()))
    left = (file.name.removesuffix(OPEN) for file in folder.glob(f"2*{OPEN}"))
    history.open_segments = sorted(name for name in left if is_run(name))
    return history


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _past_run(record: dict[str, Any]) -> PastRun | None:
    name = record.get("run")
    try:
        started = started_at(name) if isinstance(name, str) else None
    except ValueError:
        return None
    if started is None or not isinstance(name, str):
        return None
    counts = table(record, "counts")
    code, reason, alarms = record.get("exit_code"), record.get("reason"), record.get("alarms")
    return PastRun(
        name,
        started,
        moment(record.get("ended")),
        code if isinstance(code, int) else None,
        reason if isinstance(reason, str) else "",
        _whole(counts.get("stored")),
        texts(counts.get("broken_listings")),
        texts(counts.get("hosts_gone")),
        [alarm for alarm in alarms if isinstance(alarm, dict)] if isinstance(alarms, list) else [],
    )


def _coverage(history: RunHistory, run: PastRun, record: dict[str, Any]) -> Coverage | None:
    """Add a run's coverage to its month's. None where it stored nothing, or was killed and took its counts with it."""
    if not run.stored:
        return None
    history.last_new = max(history.last_new or run.started, run.started)
    layers = table(record, "extracted_by")
    if not layers:
        return None
    own = Coverage(run.stored)
    for key, count in layers.items():
        name, _, layer = key.partition("/")
        own.filled[name] += _whole(count)
        if layer in _OWN_RULES:
            own.by_rules[name] += _whole(count)
    month = history.coverage.setdefault(f"{run.started:%Y-%m}", Coverage())
    month.articles += own.articles
    month.filled += own.filled
    month.by_rules += own.by_rules
    return own


def _whole(value: object) -> int:
    return int(number(value) or 0)
