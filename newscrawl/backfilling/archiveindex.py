"""The index of an archive while it is read: what is still to be asked, and what was chosen so far."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any, Final

from newscrawl.backfilling.arguments import BackfillArguments
from newscrawl.site import Site
from newscrawl.webarchives.cdx import Broken, IndexReader, Memento
from newscrawl.webarchives.cdxserver import Query, queries
from newscrawl.webarchives.choosing import Choice
from newscrawl.webarchives.indexfile import UNREADABLE
from newscrawl.words.errors import ArgumentError

__all__ = ["LARGEST_ANSWER", "ArchiveIndex"]

LARGEST_ANSWER: Final = 64 * 1024 * 1024  # bytes: some 300,000 lines
_MOST_NAMED: Final = 10  # broken lines that the log names


class ArchiveIndex:
    """`lack` is told of each part that could not be had, with the reason."""

    def __init__(
        self, site: Site, order: BackfillArguments, log: logging.LoggerAdapter[Any], lack: Callable[[str, str], object]
    ) -> None:
        self._log, self._lack, self._name = log, lack, str(order.index)
        self.choice = Choice(site, order.source, order.since, order.until)
        self.captures = self.broken = 0
        address = order.index if isinstance(order.index, str) else None
        self._due = queries(address, site.hosts, order.since, order.until) if address else []
        self._asked: dict[str, Query] = {}

    @property
    def is_told(self) -> bool:
        """Whether nothing more is to be asked."""
        return not self._due and not self._asked

    def to_ask(self) -> Iterator[str]:
        """The addresses to be asked now."""
        while self._due:
            query = self._due.pop(0)
            self._asked[query.url] = query
            yield query.url

    def take(self, found: Iterable[Memento | Broken], name: str) -> int:
        """Choose among lines of the index `name`. Returns how many there were."""
        number = 0
        for each in found:
            number += 1
            if isinstance(each, Broken):
                self._pass_over(name, each.number, each.cause)
                continue
            try:
                self.choice.take(each)
            except (ValueError, OverflowError, OSError) as error:  # a name that no file, or a day no calendar, can have
                self._pass_over(name, number, str(error))
            else:
                self.captures += 1
        return number

    def _pass_over(self, name: str, line: int, cause: str) -> None:
        self.broken += 1
        if self.broken <= _MOST_NAMED:
            self._log.warning("%s, line %d: passed over: %s", name, line, cause)

    def answered(self, url: str, status: int, body: bytes) -> None:
        """A CDX server answered, with status 200 or 404. Raises ArgumentError where that is no index at all."""
        query, reader = self._asked[url], IndexReader()
        try:
            found = list(reader.read(_lines_in(body)))
        except UNREADABLE as error:
            self.failed(url, "unreadable", str(error))
            return
        is_index = reader.is_index and (status == 200 or not reader.good)
        if not is_index and query.ask != "count" and not self.captures:
            raise ArgumentError(f"cdx={self._name}: what answers there is no index of a web archive")
        if not is_index:
            self.failed(url, f"http_{status}" if status != 200 else "no_index")
            return
        del self._asked[url]
        self.take(found, url)
        self._ask(query.following(reader))

    def failed(self, url: str, reason: str, detail: str = "") -> None:
        """An answer could not be had or read: all may be had in another way, or else the next page."""
        query = self._asked.pop(url)
        instead = query.by_keys() if reason == "no_index" or reason.startswith("http_4") else None
        if instead is None:
            self.lacks(url, reason, detail)
            instead = query.next_page()
        self._ask(instead)

    def _ask(self, query: Query | None) -> None:
        self._due += [query] if query else []

    def lacks(self, name: str, reason: str, detail: str = "") -> None:
        """A part of the index is missing."""
        self._log.error("a part of the index is missing: %s (%s%s)", name, reason, f": {detail}" if detail else "")
        self._lack(name, reason)


def _lines_in(body: bytes) -> list[bytes]:
    """The lines of an answer; a gzipped file on a web server is unpacked. Raises one of UNREADABLE."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.GzipFile(fileobj=BytesIO(body)).read(4 * LARGEST_ANSWER)
    return body.splitlines(keepends=True)
