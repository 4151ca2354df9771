"""What is done about a visit that gave nothing: another try while the run lasts, one by a later run, or none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scrapy.exceptions import CloseSpider
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.crawling.frontier import Frontier
from newscrawl.crawling.visits import Visit, is_passing, is_silent, reason_of
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.retries import PATIENCE, retry_after, wait_after

__all__ = ["Failed", "Failures"]

_MOST_SILENCE = 10  # requests in a row without any answer: the host is down, and what is pending waits for a later run


class Failed(NamedTuple):
    """A visit that gave nothing, and why."""

    visit: Visit
    reason: str
    url: str
    detail: str = ""
    wait: timedelta | None = None  # what the server asked for


class Failures:
    """The failures of one run. `first_wait` is the wait after a first failure, in seconds; `most` how often a visit is
    tried again while the run lasts."""

    def __init__(self, settings: BaseSettings, clock: Callable[[], datetime], log: logging.LoggerAdapter[Any]) -> None:
        self.most, self.first_wait = settings.getint("RETRY_TIMES"), settings.getfloat("RETRY_WAIT")
        self._clock, self._log = clock, log
        self._silence = 0
        self._unheard: list[Failed] = []

    def heard(self) -> list[Failed]:
        """The host answered: what failed before that, without an answer, was not the host's fault. Returns it."""
        unheard, self._unheard, self._silence = self._unheard, [], 0
        return unheard

    def keep(self, failed: Failed) -> None:
        """A page that was not answered. Unless the host answers others, it stays as it is."""
        self._unheard.append(failed)

    def judge(self, error: BaseException) -> str | None:
        """One word for why a request failed; None where the page stays as it is, for the run is ending.

        Raises CloseSpider where going on is of no use, and `error` itself where the disk is full.
        """
        if is_disk_full(error):
            raise error
        reason = reason_of(error)
        if reason == "rate_limited":
            self._log.error("%s", error)
            raise CloseSpider("rate_limited")
        self._silence += is_silent(reason)
        if self._silence >= _MOST_SILENCE:
            self._log.error("%d requests in a row were not answered (%s): the host is down", self._silence, reason)
            raise CloseSpider("host_down")
        return None if reason == "stopped" else reason

    def wait(self, visit: Visit, reason: str, error: BaseException, frontier: Frontier) -> timedelta | None:
        """How long the visit waits for another try in this run; None where it gets none. A page's failure is noted, so
        that it is known when the run is killed before that."""
        wait = max(wait_after(visit.failures + 1, self.first_wait), self.asked(error) or timedelta())
        if not is_passing(reason) or visit.failures >= self.most or wait > PATIENCE:
            return None
        if visit.role == "page" and not is_silent(reason):
            frontier.put_off(visit.entry.key, reason, wait)
        self._log.info("%s: %s, again in %.0f s", reason, visit.entry.url, wait.total_seconds())
        return wait

    def asked(self, error: BaseException) -> timedelta | None:
        """How long the server asked to wait, if it did."""
        headers: Mapping[str, Any] = error.response.headers if isinstance(error, HttpError) else {}
        return retry_after(headers.get("Retry-After"), self._clock())
