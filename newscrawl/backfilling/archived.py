"""What an archive answers for a capture: the page's bytes as they were, and when that was."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from scrapy.http import Response

from newscrawl.site import Site
from newscrawl.warc.piece import capture_in
from newscrawl.webarchives.cdx import Memento, moment_of, page_address
from newscrawl.webarchives.sources import Source, Way
from newscrawl.words.errors import NotArticleError

__all__ = ["Archived", "archived"]


class Archived(NamedTuple):
    """A page as its server once gave it to the archive, at `moment` (UTC). `origin` is where that lies now."""

    body: bytes
    content_type: str | None
    moment: datetime
    origin: str


def archived(response: Response, site: Site, source: Source) -> Archived:
    """The page in the answer to a request that has `memento` and `way` in its meta.

    Raises NotArticleError: "redirected" to another page, "no_range" for a server that gives whole files only,
    "other_record", "http_…" for an answer of the page's server that is no page, and those of `capture_in`.
    """
    memento: Memento = response.meta["memento"]
    way: Way = response.meta["way"]
    key = site.key(memento.page)
    return _raw_page(response, memento, source, site, key) if way.size is None else _record(response, way, site, key)


def _raw_page(response: Response, memento: Memento, source: Source, site: Site, key: str) -> Archived:
    """The archive may lead to another capture of the page, close in time: the time is that one's."""
    stamp = memento.stamp
    if "redirect_times" in response.meta:
        found = source.read(response.url)
        if found is None or site.key(page_address(found[1])) != key:
            raise NotArticleError("redirected", f"redirected to {response.url}")
        stamp = found[0]
    header = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Archived(response.body, header, _memento_datetime(response) or _moment(stamp), response.url)


def _memento_datetime(response: Response) -> datetime | None:
    """When the archive says that the page was captured (RFC 7089, 2.1.1)."""
    text = (response.headers.get("Memento-Datetime") or b"").decode("latin-1")
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _moment(stamp: str) -> datetime:
    try:
        return moment_of(stamp)
    except ValueError as error:
        raise NotArticleError("redirected", str(error)) from None


def _record(response: Response, way: Way, site: Site, key: str) -> Archived:
    if response.status == 200 and way.first:
        raise NotArticleError("no_range", "the server gives whole files only")
    capture = capture_in(response.body)
    if site.key(page_address(capture.url)) != key:
        raise NotArticleError("other_record", f"the record is of {capture.url}")
    if capture.status != 200:
        raise NotArticleError(f"http_{capture.status}", "as captured")
    return Archived(capture.body, capture.content_type, capture.moment, way.origin)
