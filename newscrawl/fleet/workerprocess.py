"""A worker process as its coordinator holds it: orders go in, words come out, and its end is noticed."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from newscrawl.crawling.diskwatch import say

__all__ = ["WorkerProcess"]

_PATIENCE: Final = 10.5  # seconds that a worker has to end: it ends itself after nine
_LONGEST_WORD: Final = 1 << 20  # bytes


class WorkerProcess:
    """Starts at once. `heard` gets each word (see `newscrawl.fleet.worker`); `lost` is called when it has ended,
    with the sites whose outcome it still owed, how it ended, and what it said last. `sites` are those it has."""

    def __init__(
        self,
        command: Sequence[str],
        heard: Callable[[dict[str, Any]], None],
        lost: Callable[[Sequence[str], str, str], None],
        *,
        loud: bool,
    ) -> None:
        self._command, self._heard, self._lost, self._loud = command, heard, lost, loud
        self.sites: list[str] = []
        self.has_ended = False
        self._orders: list[bytes] = []
        self._process: Process | None = None
        self._is_closed = False
        self._last_words: deque[str] = deque(maxlen=3)
        self._life = asyncio.create_task(self._live())

    def give(self, site: str, until: float | None) -> None:
        """One more site to crawl."""
        self.sites.append(site)
        order = json.dumps({"site": site, "until": until}).encode() + b"\n"
        if self._process is None:
            self._orders.append(order)
        elif self._process.stdin is not None:
            self._process.stdin.write(order)

    async def end(self) -> None:
        """It is needed no more: let it end, and wait for that."""
        await self.stop()
        await self._life

    def end_soon(self) -> None:
        """The same, without waiting."""
        self._close()
        asyncio.get_running_loop().call_later(_PATIENCE, self._kill)

    # --- stopping

    @property
    def is_open(self) -> bool:
        """Whether the process is there."""
        return self._process is not None

    async def stop(self) -> None:
        """Its input ends: it stops its crawls in good order, and ends."""
        self.end_soon()

    def cut(self) -> None:
        """It waits no longer for what is under way: a second sign to stop."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)

    def _close(self) -> None:
        self._is_closed = True
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    # --- its life

    async def _live(self) -> None:
        """The head of a session of its own: a terminal's Ctrl-C is for the coordinator, which passes it on."""
        how = "could not be started"
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True, limit=_LONGEST_WORD
            )
            assert self._process.stdin is not None
            self._process.stdin.writelines(self._orders)
            if self._is_closed:
                self._close()
            await asyncio.gather(self._listen(self._process.stdout), self._listen_to_errors(self._process.stderr))
            how = _told(await self._process.wait())
        except OSError as error:
            how = f"could not be started: {error.strerror}"
        finally:
            self.has_ended = True
            self._lost(self.sites, how, "\n".join(self._last_words))

    async def _listen(self, words: asyncio.StreamReader | None) -> None:
        assert words is not None
        while line := await words.readline():
            with suppress(ValueError):  # its last word, torn
                word = json.loads(line)
                if "outcome" in word:
                    self.sites.remove(word["outcome"]["site"])
                self._heard(word)

    async def _listen_to_errors(self, errors: asyncio.StreamReader | None) -> None:
        """Its log, where somebody listens. Else only Python speaks here, when it dies: that is told with the sites."""
        assert errors is not None
        while line := await errors.readline():
            text = line.decode("utf-8", "replace").rstrip()
            if self._loud:
                say(text, sys.stderr)
            else:
                self._last_words.append(text)


def _told(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
