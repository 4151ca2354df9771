"""Many sites, crawled by worker processes: who crawls which site, for how long, and what became of it.

The coordinator itself crawls nothing, so that nothing a site does can end it. A worker that is killed or crashes takes
only the sites with it that it had; a new one takes the rest.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.outcomes import Outcome
from newscrawl.crawling.progress import Standing, State
from newscrawl.crawling.stopping import Stop
from newscrawl.fleet.workerprocess import WorkerProcess

__all__ = ["Coordinator", "Plan"]

_LATE: Final = 15.0  # seconds after the time limit; then a worker that has not ended is ended
_LONGEST: Final = 12.0  # seconds from a signal to the end of the process: workers take up to nine


@dataclass(frozen=True, slots=True)
class Plan:
    """`sites` in the order in which they are begun; `command` starts a worker, of which there are up to `workers` with
    up to `each` sites at once; `limit` is the time for all together, in seconds, or None. `loud`: what workers print on
    standard error is for a person."""

    sites: Sequence[str]
    command: Sequence[str]
    workers: int
    each: int
    limit: float | None = None
    loud: bool = False

    @property
    def slots(self) -> int:
        """How many sites are crawled at once."""
        return self.workers * self.each


def share(remaining: float, slots: int, sites: int) -> float:
    """How many seconds a site gets that begins now, when `sites` have not ended, this one among them. What a site does
    not need falls to those that begin after it.

    >>> share(3600, 2, 4), share(3600, 8, 4)
    (1800.0, 3600)
    """
    return min(remaining, remaining * slots / sites)


class Coordinator:
    """Carries out one plan. `outcomes` grows while it does."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._waiting = deque(plan.sites)
        self._workers: list[WorkerProcess] = []
        self._standings: dict[str, Standing] = {}
        self._done = asyncio.Event()
        self._end: float | None = None
        self.outcomes: dict[str, Outcome] = {}
        self.stop = Stop(lambda: list(self._workers), int(ExitCode.STOPPED), _LONGEST)

    async def run(self) -> None:
        """Until all sites have an outcome and all workers have ended."""
        stopping = asyncio.create_task(self._give_up_when_stopped())
        late = None
        if self._plan.limit is not None:
            self._end = monotonic() + self._plan.limit
            loop = asyncio.get_running_loop()
            loop.call_later(self._plan.limit, self._go_on)
            late = loop.call_later(self._plan.limit + _LATE, self._end_workers)
        self._go_on()
        await self._done.wait()
        await asyncio.gather(*(worker.end() for worker in self._workers))
        stopping.cancel()
        if late is not None:
            late.cancel()

    def state(self) -> State:
        """For the display of progress."""
        ended = [self._standings.get(site, Standing(site)) for site in self.outcomes]
        running = [at for site, at in self._standings.items() if site not in self.outcomes]
        return State(running, ended, len(self._plan.sites))

    # --- handing out

    def _go_on(self) -> None:
        """Give out sites while there are free places; see whether all is done."""
        while self._waiting and not self.stop.begun.is_set():
            seconds = None if self._end is None else self._end - monotonic()
            if seconds is not None and seconds <= 0:
                self._settle_waiting(ExitCode.TIME_LIMIT, "time_limit", "its turn did not come within the time limit")
                break
            worker = self._free_worker()
            if worker is None:
                break
            self._give(worker, self._waiting.popleft(), seconds)
        if len(self.outcomes) == len(self._plan.sites):
            self._done.set()

    def _free_worker(self) -> WorkerProcess | None:
        """The one with the fewest sites; a new one where there may be more and none is idle."""
        alive = [worker for worker in self._workers if not worker.has_ended]
        least = min(alive, key=lambda worker: len(worker.sites), default=None)
        if least is None or (least.sites and len(alive) < self._plan.workers):
            least = WorkerProcess(self._plan.command, self._heard, self._lost, loud=self._plan.loud)
            self._workers.append(least)
        return least if len(least.sites) < self._plan.each else None

    def _give(self, worker: WorkerProcess, site: str, remaining: float | None) -> None:
        until = None
        if remaining is not None:
            unended = len(self._plan.sites) - len(self.outcomes)
            until = monotonic() + share(remaining, self._plan.slots, unended)
        self._standings[site] = Standing(site)
        worker.give(site, until)

    # --- what workers say

    def _heard(self, word: dict[str, Any]) -> None:
        if "outcome" in word:
            outcome = Outcome.read(word["outcome"])
            self.outcomes[outcome.site] = outcome
            self._go_on()
        else:
            at = Standing(**word["at"])
            self._standings[at.site] = at

    def _lost(self, sites: Sequence[str], how: str, last_words: str) -> None:
        """A worker has ended, and owed the outcomes of these sites. Also called with none."""
        stopped = self.stop.begun.is_set()
        code, reason = (ExitCode.STOPPED, "stopped") if stopped else (ExitCode.CRASH, "crash")
        for site in sites:
            at = self._standings[site]
            detail = f"its process {how}; the next run goes on from here\n{last_words}".rstrip()
            self.outcomes[site] = Outcome(
                site, code, reason, detail, at.found, at.stored, at.failed, at.seconds, at.log
            )  # fmt: skip
        self._go_on()

    # --- ending

    async def _give_up_when_stopped(self) -> None:
        await self.stop.begun.wait()
        self._settle_waiting(ExitCode.STOPPED, "stopped", "stopped by a signal before its turn came")
        self._go_on()

    def _settle_waiting(self, code: ExitCode, reason: str, detail: str) -> None:
        for site in self._waiting:
            self.outcomes[site] = Outcome(site, code, reason, detail)
        self._waiting.clear()

    def _end_workers(self) -> None:
        for worker in self._workers:
            worker.end_soon()
