"""How the crawl of a site ended, as people and other processes are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from newscrawl.crawling.exitcodes import ExitCode

__all__ = ["ADVICE", "Outcome", "note", "worst"]

ADVICE: Final = {
    ExitCode.CRASH: "report it with the log; the next run goes on from here",
    ExitCode.USAGE: "correct the command",
    ExitCode.DISK_FULL: "make room; what was not written is fetched by the next run",
    ExitCode.CONFIGURATION: "correct the file or folder that is named",
    ExitCode.INCOMPLETE: "look at the log if it happens again; the next run tries again",
    ExitCode.NOTHING: "look at the site: has it moved or changed?",
    ExitCode.STOPPED: "nothing; the next run goes on from here",
    ExitCode.TIME_LIMIT: "nothing; the next run goes on from here",
    ExitCode.RATE_LIMITED: "nothing; until then no run sends the host a request",
    ExitCode.BUSY: "nothing, or wait for the other run",
}
# Contract 8: the first that is there wins. What the command line gets wrong is told before any site is begun.
_ORDER: Final = (
    ExitCode.USAGE, ExitCode.CONFIGURATION, ExitCode.DISK_FULL, ExitCode.CRASH, ExitCode.STOPPED, ExitCode.TIME_LIMIT,
    ExitCode.RATE_LIMITED, ExitCode.NOTHING, ExitCode.INCOMPLETE, ExitCode.BUSY,
)  # fmt: skip
_MOST_DETAIL: Final = 7  # lines; a note has ten at most
_LONGEST: Final = 400  # characters of a line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one site. `seconds` is how long it took, `log` the file of the run's log ("" where there is
    none); the numbers are those of the manifest. `told`: its alert was given already, with the run's alarms."""

    site: str
    code: ExitCode
    reason: str
    detail: str = ""
    found: int = 0
    stored: int = 0
    failed: int = 0
    seconds: float = 0.0
    log: str = ""
    told: bool = False

    @classmethod
    def read(cls, record: dict[str, Any]) -> Outcome:
        """What `asdict` gave, after its way through JSON."""
        outcome = cls(**record)
        return replace(outcome, code=ExitCode(outcome.code))


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The code of many sites.

    >>> int(worst([ExitCode.COMPLETE, ExitCode.BUSY, ExitCode.NOTHING])), int(worst([]))
    (10, 0)
    """
    found = set(codes)
    return next((code for code in _ORDER if code in found), ExitCode.COMPLETE)


def note(outcome: Outcome) -> str:
    """What cron mails of a site that did not end well: site, code, reason, what to do; at most ten lines."""
    lines = [f"{outcome.site}: {outcome.reason} (exit code {int(outcome.code)})"]
    lines += [f"  {line[:_LONGEST]}" for line in outcome.detail.splitlines()[-_MOST_DETAIL:]]
    if advice := ADVICE.get(outcome.code):
        lines.append(f"  what to do: {advice}")
    if outcome.log and Path(outcome.log).is_file():
        lines.append(f"  log: {outcome.log}")
    return "\n".join(lines)
