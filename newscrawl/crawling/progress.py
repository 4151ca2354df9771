"""Progress while crawls work: a table on a terminal, lines now and then elsewhere, if they are asked for."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final, NamedTuple

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from newscrawl.crawling.diskwatch import say

__all__ = ["Display", "Standing", "State"]

_LOOKS: Final = 0.3  # seconds between two looks on a terminal


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the crawl of a site has come: pages found and done, articles stored, pages that failed; `seconds` since
    it began; `log` is the run's file."""

    site: str
    found: int = 0
    done: int = 0
    stored: int = 0
    failed: int = 0
    seconds: float = 0.0
    log: str = ""


class State(NamedTuple):
    """All at one moment: the sites that are crawled, the last standing of those that have ended, and how many sites
    there are in all."""

    running: Sequence[Standing]
    ended: Sequence[Standing]
    sites: int


class _Console(Console):
    def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002
        """It stays visible: a process that is killed could not give it back."""
        return False


class Display:
    """Shows what `look` says, until `show` is cancelled. `seconds` is the time between lines where there is no
    terminal; 0 is silence."""

    def __init__(self, look: Callable[[], State], seconds: float) -> None:
        self._look, self._seconds = look, seconds
        self._began = monotonic()

    async def show(self) -> None:
        """Run beside the crawls, as a task; cancel it at their end."""
        with suppress(OSError):  # the terminal has gone
            if sys.stderr.isatty():
                await self._table()
            elif self._seconds > 0:
                await self._lines()

    async def _lines(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            for at in self._look().running:
                say(
                    f"{at.site}: {at.found} pages found, {at.done} done, {at.stored} stored, {at.failed} failed",
                    sys.stderr,
                )

    async def _table(self) -> None:
        with Live(console=_Console(stderr=True), auto_refresh=False, transient=True) as live:
            while True:
                live.update(table(self._look(), monotonic() - self._began), refresh=True)
                await asyncio.sleep(_LOOKS)


def table(state: State, seconds: float) -> Table:
    """A row for each site that is crawled, and one for all together where there are several."""
    shown = Table(box=None, header_style="dim", pad_edge=False)
    shown.add_column("site")
    for name in ("found", "stored", "failed", "pages/min"):
        shown.add_column(name, justify="right")
    shown.add_column("")
    for at in state.running:
        bar = ProgressBar(total=max(at.found, 1), completed=at.done, width=24)
        shown.add_row(at.site, *_numbers(at, at.seconds), bar)
    if state.sites > 1:
        whole = [*state.running, *state.ended]
        sums = [sum(getattr(at, name) for at in whole) for name in ("found", "done", "stored", "failed")]
        bar = ProgressBar(total=state.sites, completed=len(state.ended), width=24)
        name = f"{len(state.ended)} of {state.sites} sites"
        shown.add_row(name, *_numbers(Standing("", *sums), seconds), bar, style="bold")
    return shown


def _numbers(at: Standing, seconds: float) -> list[str]:
    rate = at.done * 60 / seconds if seconds > 0 else 0.0
    return [str(at.found), str(at.stored), str(at.failed), f"{rate:.0f}"]
