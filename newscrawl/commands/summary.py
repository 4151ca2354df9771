"""The short summary that ends a crawl."""

from __future__ import annotations

import os
from pathlib import Path

from newscrawl.crawling.monitors import ExitCode, Verdict
from newscrawl.keeping.run import Run

__all__ = ["short_path", "summary"]

_VIA = {
    "home": "on the home page",
    "listing": "on listings",
    "related": 'in "Tin đã đưa" blocks',
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
        lines.append(f"  {verdict.detail}")
    lines.append(
        f"  {accounts.found} pages found: {settled['stored']} articles stored" + "".join(f", {o}" for o in outcomes)
    )
    if accounts.stored_via:
        lines.append("  first seen " + ", ".join(f"{_VIA[via]}: {n}" for via, n in sorted(accounts.stored_via.items())))
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


def short_path(path: Path, here: Path) -> str:
    """`path`, relative to `here` where that is shorter."""
    relative = os.path.relpath(path, here)
    return relative if not relative.startswith("..") else str(path)
