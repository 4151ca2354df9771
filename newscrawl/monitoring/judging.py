"""Judging a run: what its accounts say about the site, and the exit code that tells it to cron. Contract 8."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.keeping.accounts import Accounts
from newscrawl.monitoring.alarms import Alarm

__all__ = ["judge"]

_FAILED_SHARE: Final = 0.10  # of the attempted pages
_FAILED_LEAST: Final = 5
_FINDS_SHARE: Final = 0.30  # of the median of the last five whole runs
_MOST_TOLD: Final = 4  # alarms in the summary; the log and the manifest have all


def judge(
    accounts: Accounts,
    reason: str,
    *,
    crashes: int,
    earlier: Sequence[int] | None,
    partial: bool,
    alarms: Sequence[Alarm] = (),
) -> Verdict:
    """The verdict on a run that Scrapy closed for `reason`.

    `crashes` are exceptions in callbacks and pipelines; `earlier` the finds of earlier whole runs on the first pages of
    listings, or None for a run that reads none; `partial` says that arguments showed the run a part of the site only;
    `alarms` are those of `watch`. If several apply, the first in the order of contract 8 wins.
    """
    if reason == "disk_full":
        return Verdict(ExitCode.DISK_FULL, reason, "the disk took no more; what was not written is fetched next time")
    if reason == "usage":
        return Verdict(ExitCode.USAGE, reason)
    if crashes:
        return Verdict(ExitCode.CRASH, "crash", f"{crashes} exceptions in callbacks or pipelines; see the log")
    if reason == "shutdown":
        return Verdict(ExitCode.STOPPED, "stopped", "stopped by a signal; the next run goes on from here")
    if reason == "closespider_timeout":
        return Verdict(ExitCode.TIME_LIMIT, "time_limit", "the time limit was reached; the next run goes on from here")
    if reason == "rate_limited":
        return Verdict(ExitCode.RATE_LIMITED, reason, "the host asked to be left alone for now; see the log")
    complete = Verdict(ExitCode.COMPLETE, reason)
    if earlier is None:
        why = ", ".join(sorted(ended.removeprefix("broken/") for ended in accounts.listings))
        return _incomplete(accounts, reason, f"parts of the archive's index are missing ({why})") or complete
    return _nothing(accounts, earlier, partial) or _incomplete(accounts, reason, "listings broke", alarms) or complete


def _nothing(accounts: Accounts, earlier: Sequence[int], partial: bool) -> Verdict | None:
    if accounts.on_heads == 0:
        why = "no article link on any listing; did the site move or change?"
        if accounts.listings and all(reason.startswith("broken/") for reason in accounts.listings):
            broken = ", ".join(sorted(reason.removeprefix("broken/") for reason in accounts.listings))
            why = f"no listing could be read: {broken}; see the log"
        if accounts.hosts_gone:
            why += f"; no longer known by name: {', '.join(accounts.hosts_gone)}"
        return Verdict(ExitCode.NOTHING, "nothing", why)
    usual = median(earlier) if earlier else 0
    if not partial and accounts.on_heads < usual * _FINDS_SHARE:
        return Verdict(
            ExitCode.NOTHING, "nothing", f"{accounts.on_heads} article links on listings, where {usual:g} are usual"
        )
    return None


def _incomplete(accounts: Accounts, reason: str, broken: str, alarms: Sequence[Alarm] = ()) -> Verdict | None:
    """All that is wrong, a line each."""
    lines = [*_failures(accounts, reason, broken), *(alarm.text for alarm in alarms[:_MOST_TOLD])]
    if len(alarms) > _MOST_TOLD:
        more = ", ".join(dict.fromkeys(alarm.subject for alarm in alarms[_MOST_TOLD:]))
        lines.append(f"{len(alarms) - _MOST_TOLD} more: {more}; see the log")
    if not lines:
        return None
    word = reason if reason in ("host_down", "refused") else "incomplete"
    return Verdict(ExitCode.INCOMPLETE, word, "\n".join(lines))


def _failures(accounts: Accounts, reason: str, broken: str) -> Iterator[str]:
    failed, attempted = accounts.settled["failed"], accounts.news
    if reason == "host_down":
        yield "the host stopped answering; the next run goes on from here"
        return
    if reason == "refused":
        yield "the archive refused to answer; see the log"
        return
    if accounts.broken:
        yield f"{len(accounts.broken)} {broken}; see the log"
    if failed >= _FAILED_LEAST and failed > attempted * _FAILED_SHARE:
        yield f"{failed} of {attempted} pages failed"
