"""A process that crawls sites for `scrapy crawlall`: names come in, progress and outcomes go out, as lines of JSON.

In, on standard input: `{"site": …, "until": …}`, the time by `time.monotonic` at which the site's share of the time
ends (one clock for all processes of a machine), or null. Out, on standard output: `{"at": {…}}`, a `Standing`, and
`{"outcome": {…}}`, an `Outcome`. When the input ends, the coordinator needs no more or has died: what runs is stopped
in good order, and the process ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from time import monotonic
from typing import Any, Final

from scrapy.crawler import Crawler

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.journal import Journal
from newscrawl.crawling.outcomes import Outcome
from newscrawl.crawling.siterun import SiteRun
from newscrawl.crawling.stopping import Stop
from newscrawl.words.errors import ArgumentError, SiteError

__all__ = ["Worker"]

_LOOKS: Final = 0.3  # seconds between two words on progress
_SHORTEST: Final = 0.1  # seconds; 0 would be no limit


class Worker:
    """Crawls what it is told to, with the same spider `arguments` for all sites."""

    def __init__(self, process: Any, arguments: dict[str, str], journal: Journal) -> None:
        self._process, self._arguments, self._journal = process, arguments, journal
        self._runs: list[SiteRun] = []
        self._crawls: set[asyncio.Task[None]] = set()
        self._out = os.dup(1)
        os.dup2(2, 1)  # what any code of a site prints is no word to the coordinator
        self.stop = Stop(lambda: list(self._runs), int(ExitCode.STOPPED))

    async def work(self) -> None:
        """Until the input ends, or a signal comes."""
        orders = asyncio.create_task(self._take_orders())
        stopped = asyncio.create_task(self.stop.begun.wait())
        progress = asyncio.create_task(self._tell_progress())
        await asyncio.wait({orders, stopped}, return_when=asyncio.FIRST_COMPLETED)
        orders.cancel()
        if self._crawls:
            self.stop.begin()
            await asyncio.wait(self._crawls)
        for task in (stopped, progress):
            task.cancel()

    async def _take_orders(self) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            order = json.loads(line)
            crawl = asyncio.create_task(self._crawl(order["site"], order["until"]))
            self._crawls.add(crawl)
            crawl.add_done_callback(partial(self._ended, order["site"]))

    def _ended(self, site: str, crawl: asyncio.Task[None]) -> None:
        """The coordinator waits for a word on each site, also where our own code failed."""
        self._crawls.discard(crawl)
        if error := crawl.exception():
            detail = f"{type(error).__name__}: {error}"
            self._say({"outcome": asdict(Outcome(site, ExitCode.CRASH, "crash", detail))})

    async def _crawl(self, site: str, until: float | None) -> None:
        try:
            run = SiteRun(self._process, self._crawler(site, until), self._journal)
        except (SiteError, ArgumentError, KeyError) as error:  # the file was changed since the coordinator read it
            self._say({"outcome": asdict(Outcome(site, ExitCode.CONFIGURATION, "configuration", str(error)))})
            return
        self._runs.append(run)
        try:
            outcome = await run.crawl(self._arguments)
        finally:
            self._runs.remove(run)
        self._say({"outcome": asdict(outcome)})

    def _crawler(self, site: str, until: float | None) -> Crawler:
        crawler: Crawler = self._process.create_crawler(site)
        if until is not None:
            limit = crawler.settings.getfloat("CLOSESPIDER_TIMEOUT")
            share = max(until - monotonic(), _SHORTEST)
            crawler.settings.set("CLOSESPIDER_TIMEOUT", min(share, limit or share), priority="cmdline")
        return crawler

    async def _tell_progress(self) -> None:
        while True:
            await asyncio.sleep(_LOOKS)
            for run in self._runs:
                self._say({"at": asdict(run.standing())})

    def _say(self, word: dict[str, Any]) -> None:
        data = json.dumps(word).encode() + b"\n"
        with suppress(BrokenPipeError):  # the coordinator has died: the input has ended, too
            while data:
                data = data[os.write(self._out, data) :]
