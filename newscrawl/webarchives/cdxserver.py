"""Asking a CDX server for all it has of a host, answer by answer.

A server is asked for the number of its pages first. One that knows pages (Common Crawl, large collections of pywb) is
read page by page. One that answers with lines at once (a small collection of pywb, an index file on a web server) has
told all. Any other (web.archive.org) is read by resumption keys, for there pages can lack the newest captures. Source:
README of wayback-cdx-server, "Resumption Key" and "Pagination API"; pywb's manual, "CDXJ Server API".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from newscrawl.webarchives.cdx import IndexReader

__all__ = ["Query", "queries"]

_LINES: Final = 15_000  # lines an answer, about 3 MB
# Both spellings of filters are understood: a pattern at web.archive.org, a part of the text at pywb. Revisits have no
# status; their bytes are those of an earlier capture, which is in the index, too.
_FILTERS: Final = (("filter", "statuscode:200"), ("filter", "mimetype:text/html"))


@dataclass(frozen=True, slots=True)
class Query:
    """One request to a CDX server. `ask` is "count", "page", "keys", or "given" for an address that already has a
    query."""

    endpoint: str
    host: str = ""
    since: date | None = None
    until: date | None = None
    ask: str = "count"
    page: int = 0
    pages: int = 0
    key: str = ""

    @property
    def url(self) -> str:
        """The address to ask. Days are Vietnam's, which begin seven hours before those of the index."""
        if self.ask == "given":
            return f"{self.endpoint}&{urlencode({'resumeKey': self.key})}" if self.key else self.endpoint
        given = [("url", self.host), ("matchType", "host"), ("output", "json"), *_FILTERS]
        if self.since:
            given.append(("from", f"{self.since - timedelta(days=1):%Y%m%d}"))
        if self.until:
            given.append(("to", f"{self.until:%Y%m%d}"))
        if self.ask == "count":
            given.append(("showNumPages", "true"))
        elif self.ask == "page":
            given.append(("page", str(self.page)))
        else:
            given += [("limit", str(_LINES)), ("showResumeKey", "true")]
            given += [("resumeKey", self.key)] if self.key else []
        return f"{self.endpoint}?{urlencode(given)}"

    def following(self, answer: IndexReader) -> Query | None:
        """What to ask next, or None where all is told."""
        if self.ask == "count":
            if answer.pages is not None:
                return replace(self, ask="page", pages=answer.pages) if answer.pages > 0 else None
            return None if answer.is_index else self.by_keys()
        if self.ask == "page":
            return self.next_page()
        key = answer.resume_key
        return replace(self, key=key) if key and key != self.key else None

    def next_page(self) -> Query | None:
        """The page behind this one, whatever became of it."""
        return replace(self, page=self.page + 1) if self.ask == "page" and self.page + 1 < self.pages else None

    def by_keys(self) -> Query | None:
        """For a server that counts no pages."""
        return replace(self, ask="keys") if self.ask == "count" else None


def queries(address: str, hosts: tuple[str, ...], since: date | None, until: date | None) -> list[Query]:
    """The first query for each of a site's hosts. An address that already has a query is taken as it is. (A CDX
    server's keys have no `www.`: the bare host finds both.)"""
    if urlsplit(address).query:
        return [Query(address, ask="given")]
    return [Query(address.rstrip("?"), host, since, until) for host in hosts]
