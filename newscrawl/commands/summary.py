"""The short summary that ends a crawl, and the table that ends a crawl of many sites."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.crawling.outcomes import Outcome
from newscrawl.keeping.accounts import Accounts
from newscrawl.keeping.run import Run

__all__ = ["many", "short_path", "summary"]

_VIA = {
    "home": "on the home page",
    "listing": "on listings",
    "related": 'in "Tin đã đưa" blocks',
    "archive": "in web archives",
    "unknown": "elsewhere",
}


def summary(run: Run, verdict: Verdict, here: Path) -> str:
    """What was found and where it lies, in a few lines; paths relative to `here` where that is shorter."""
    accounts = run.accounts
    settled = accounts.settled
    pending = accounts.found - accounts.attempted
    outcomes = [
        f"{settled[name]} {name}" for name in ("unchanged", "duplicate", "failed", "gone", "skipped") if settled[name]
    ]
    outcomes += [f"{pending} left for the next run"] if pending else []
    lines = [f"{run.site.name}: {_headline(run, verdict)} (exit code {int(verdict.code)})"]
    if verdict.detail:
        lines += [f"  {line}" for line in verdict.detail.splitlines()]
    lines.append(
        f"  {accounts.found} pages found: {settled['stored']} articles stored" + "".join(f", {o}" for o in outcomes)
    )
    if accounts.stored_via:
        lines.append("  first seen " + ", ".join(f"{_VIA[via]}: {n}" for via, n in sorted(accounts.stored_via.items())))
    if accounts.looks:
        lines.append(_looks(accounts))
    lines += [f"  taken down: {article['url']}" for article in accounts.taken_down]
    lines += [f"  came back: {article['url']}" for article in accounts.came_back]
    if accounts.reasons:
        lines.append("  " + ", ".join(f"{reason}: {count}" for reason, count in sorted(accounts.reasons.items())))
    if run.broken:
        lines.append(f"  left open for the next run: {short_path(run.segment.open_file, here)}")
    elif run.segment.lines:
        lines.append(f"  articles: {short_path(run.segment.file, here)}")
        lines.append(f"  manifest: {short_path(run.folder / f'{run.name}.manifest.json', here)}")
    else:
        lines.append(f"  all runs: {short_path(run.folder / 'runs.jsonl', here)}")
    return "\n".join(lines)


def _headline(run: Run, verdict: Verdict) -> str:
    if verdict.code is not ExitCode.COMPLETE:
        return verdict.reason
    stored = run.accounts.settled["stored"]
    if stored == 0:
        return "nothing new"
    number = "1 article" if stored == 1 else f"{stored} articles"
    return number + (", the limit is reached" if verdict.reason == "limit" else "")


def _looks(accounts: Accounts) -> str:
    number = accounts.looks.total()
    what = "1 stored article" if number == 1 else f"{number} stored articles"
    return f"  looked again at {what}: {accounts.looks['stored']} changed"


def short_path(path: Path, here: Path) -> str:
    """`path`, relative to `here` where that is shorter."""
    relative = os.path.relpath(path, here)
    return relative if not relative.startswith("..") else str(path)


def many(outcomes: Sequence[Outcome], seconds: float, code: ExitCode) -> str:
    """One row a site, and one for all together."""
    table = Table(box=None, pad_edge=False, show_footer=True)
    complete = sum(not outcome.code for outcome in outcomes)
    table.add_column("site", f"{complete} of {len(outcomes)} complete", overflow="fold")
    table.add_column("code", str(int(code)), justify="right")
    table.add_column("reason", code.name.lower())
    for name in ("found", "stored", "failed"):
        table.add_column(name, str(sum(getattr(outcome, name) for outcome in outcomes)), justify="right")
    table.add_column("time", _clock(seconds), justify="right")
    for each in outcomes:
        numbers = (each.found, each.stored, each.failed)
        table.add_row(each.site, str(int(each.code)), each.reason, *map(str, numbers), _clock(each.seconds))
    out = StringIO()
    Console(file=out, width=100, no_color=True).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _clock(seconds: float) -> str:
    """
    >>> _clock(3725.4)
    '1:02:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
