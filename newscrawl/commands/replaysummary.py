"""The short summary that ends a replay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from newscrawl.commands.summary import short_path
from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.keeping.accounts import OUTCOMES
from newscrawl.replaying.differences import Totals
from newscrawl.replaying.newset import NewSet
from newscrawl.replaying.replay import Replay

__all__ = ["replay_summary"]


def replay_summary(replay: Replay, verdict: Verdict, totals: Mapping[str, Totals], here: Path) -> str:
    """What was read and where it lies, in a few lines for each site; paths relative to `here` where that is shorter."""
    code = f"(exit code {int(verdict.code)})"
    lines = []
    if verdict.detail:
        lines.append(f"replay: {verdict.detail} {code}")
    for name, new in replay.sets.items():
        lines += _of_site(name, new, totals.get(name), here, "" if verdict.detail else f" {code}")
    passed = ", ".join(f"{reason}: {count}" for reason, count in sorted(replay.passed.items()))
    lines.append(f"  {replay.records} records read" + (f", passed over: {passed}" if passed else ""))
    if verdict.code is ExitCode.INCOMPLETE and (replay.lost or replay.damage):
        lines.append("  where: the warnings above, and `damage` in the manifest")
    return "\n".join(lines)


def _of_site(name: str, new: NewSet, totals: Totals | None, here: Path, code: str) -> list[str]:
    found = new.settled.total()
    outcomes = ", ".join(f"{new.settled[each]} {each}" for each in OUTCOMES if new.settled[each] or each == "stored")
    lines = [
        f"{name}: {new.stored} article{'' if new.stored == 1 else 's'} read anew{code}",
        f"  {found} pages: {outcomes}",
    ]
    if new.reasons:
        lines.append("  " + ", ".join(f"{reason}: {count}" for reason, count in sorted(new.reasons.items())))
    if new.stored:
        lines.append(f"  articles: {short_path(new.segment, here)}")
        lines.append(f"  manifest: {short_path(new.segment.with_name(f'{new.run}.manifest.json'), here)}")
    return lines + (_differences(totals) if totals is not None else [])


def _differences(totals: Totals) -> list[str]:
    count = totals.articles
    lines = [
        f"  against the old lines: {count['changed']} changed, {count['only_old']} only there, "
        f"{count['only_new']} only in the new set"
    ]
    rows = [("field", "changed", "gained", "lost"), *([str(cell) for cell in row] for row in totals.rows())]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    for name, *numbers in rows if len(rows) > 1 else ():
        cells = [name.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])]
        lines.append("    " + "  ".join(cells))
    return lines
