"""Raw pages: which answers of servers go to the run's WARC file, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit, urlunsplit
from weakref import WeakValueDictionary

from scrapy import Request
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings

import newscrawl
from newscrawl.keeping.payloads import Place
from newscrawl.warc.records import Exchange, Resource
from newscrawl.warc.writing import Warc

__all__ = ["RawPages", "exchange_of", "warc_info"]

# What lets somebody in, and what is between this machine and its proxy, is nobody else's business.
_SECRET: Final = ("authorization", "cookie", "proxy-")


@dataclass(slots=True, weakref_slot=True)
class _Answer:
    """What is to be written, until it is; then where its payload lies."""

    page: Exchange | Resource | None
    place: Place | None = None


class RawPages:
    """`choice` is the setting RAW_PAGES. "all" writes each answer as it comes. "articles" writes those that `keep` is
    called for: an answer is held by its request, and goes with it when the page is dealt with. Without a WARC file
    nothing is kept."""

    def __init__(self, warc: Warc | None = None, choice: str = "off") -> None:
        self._warc, self._choice = warc, choice
        self._answers: WeakValueDictionary[str, _Answer] = WeakValueDictionary()

    def answered(self, request: Request, response: Response, moment: datetime) -> None:
        """A server answered a request that was sent at `moment`. Raises OSError."""
        if self._choice == "off":
            return
        answer = _Answer(exchange_of(request, response, moment))
        request.meta["raw_page"] = self._answers[response.url] = answer
        if self._choice == "all":
            self.keep(response.url)

    def keep_archived(self, request: Request, resource: Resource) -> None:
        """What an archive answered to `request` is this page: it is written if it gives an article."""
        if self._choice != "off":
            request.meta["raw_page"] = self._answers[resource.url] = _Answer(resource)

    def keep(self, url: str) -> dict[str, Any] | None:
        """Write the page with this address, unless it is written. Returns where its bytes lie, as an article's line
        has it; None where there is nothing to keep. Raises OSError."""
        answer = self._answers.get(url)
        if answer is None or self._warc is None:
            return None
        if answer.page is not None:
            page, answer.page = answer.page, None
            answer.place = self._warc.write(page) if isinstance(page, Exchange) else self._warc.write_resource(page)
        return answer.place.record() if answer.place is not None else None


def warc_info(settings: BaseSettings, site: str, run: str) -> dict[str, str]:
    """What the head of a run's WARC file says; the names are those of ISO 28500 and of Dublin Core."""
    return {
        "software": f"newscrawl/{newscrawl.__version__} scrapy/{version('scrapy')} warcio/{version('warcio')}",
        "http-header-user-agent": settings["USER_AGENT"],
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": site,
        "description": f"run {run} of scrapy crawl {site}, raw pages: {settings['RAW_PAGES']}",
    }


def exchange_of(request: Request, response: Response, moment: datetime) -> Exchange:
    """What went over the wire. Scrapy does not hand on the reason phrase (RFC 9112, section 4: to be ignored), so it is
    the usual one; nor the fields that concern the connection alone, such as Transfer-Encoding."""
    parts = urlsplit(request.url)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    host = [] if "Host" in request.headers else [("Host", parts.netloc.rpartition("@")[2])]
    sent = [field for field in _fields(request.headers) if not field[0].lower().startswith(_SECRET)]
    return Exchange(
        url=urldefrag(request.url).url,
        moment=moment,
        request=f"{request.method} {path} HTTP/1.1",
        request_headers=host + sent,
        protocol=response.protocol or "HTTP/1.1",
        status=f"{response.status} {_phrase(response.status)}",
        headers=_fields(response.headers),
        body=response.body,
        address=str(response.ip_address) if response.ip_address else None,
    )


def _fields(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name in headers for value in headers.getlist(name)]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
