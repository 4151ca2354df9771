"""Judging a replay: the exit code, in the words of contract 8."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.replaying.replay import Replay
from newscrawl.words.errors import SiteError

__all__ = ["judge_replay"]

_FAILED_SHARE: Final = 0.10  # of the pages that were to be articles, as in a crawl
_FAILED_LEAST: Final = 5


def judge_replay(replay: Replay, hiding: Sequence[SiteError]) -> Verdict:
    """The verdict on a replay that came to its end; if several apply, the first of 1, 10, 9 wins. `hiding` are broken
    site files for which pages may have been passed over."""
    sets = replay.sets.values()
    failed = sum(new.settled["failed"] for new in sets)
    tried = failed + sum(new.settled[name] for new in sets for name in ("stored", "unchanged", "duplicate"))
    if replay.crashes:
        return Verdict(ExitCode.CRASH, "crash", f"{len(replay.crashes)} pages met a defect of the program")
    if not any(new.stored for new in sets):
        return Verdict(ExitCode.NOTHING, "nothing", "no article of a known site in the files")
    if replay.lost or replay.damage:
        return Verdict(ExitCode.INCOMPLETE, "damaged", "; ".join(_unread(replay)))
    if hiding:
        files = "1 broken site file" if len(hiding) == 1 else f"{len(hiding)} broken site files"
        return Verdict(ExitCode.INCOMPLETE, "site_files", f"pages may have been passed over for {files}")
    if failed >= _FAILED_LEAST and failed > tried * _FAILED_SHARE:
        return Verdict(ExitCode.INCOMPLETE, "incomplete", f"{failed} of {tried} articles could not be read")
    return Verdict(ExitCode.COMPLETE, "finished")


def _unread(replay: Replay) -> Iterator[str]:
    if lost := len(replay.lost):
        yield "1 WARC file is not there" if lost == 1 else f"{lost} WARC files are not there"
    if places := len(replay.damage):
        yield f"{places} place{'' if places == 1 else 's'} in the files could not be read"
