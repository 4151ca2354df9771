"""What is under way in the downloader, and how a run that has to end cuts it off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scrapy.exceptions import IgnoreRequest

__all__ = ["RefusedError", "UnderWay"]


class RefusedError(IgnoreRequest):
    """A request that is not sent, or whose answer is not waited for. `reason` is one word for counting."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class UnderWay:
    """The requests that are under way: a run that has to end does not wait for a server, nor for a turn."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._cut = False

    @contextmanager
    def request(self) -> Iterator[None]:
        """A request is under way. Raises RefusedError "stopped" when it is cut off."""
        task = asyncio.current_task()
        if self._cut or task is None:
            raise RefusedError("stopped", "the run is ending")
        self._tasks.add(task)
        try:
            yield
        except asyncio.CancelledError:
            raise RefusedError("stopped", "the run is ending") from None
        finally:
            self._tasks.discard(task)

    def cut(self) -> None:
        """Cut off what is under way, and refuse what comes."""
        self._cut = True
        for task in self._tasks - {asyncio.current_task()}:  # who cuts goes on, and ends by itself
            task.cancel()
