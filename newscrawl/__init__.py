"""newscrawl: a Scrapy crawler that keeps Vietnam's provincial news sites.

`newscrawl.extract` reads one page; everything else is reached through the `scrapy` command. Nothing is imported here
before it is asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

__all__ = ["__version__", "extract"]
__version__ = "0.1.0"


def extract(
    html: bytes,
    url: str,
    *,
    site: str | None = None,
    fetched_at: datetime | None = None,
    content_type: str | None = None,
) -> dict[str, Any]:
    """The article on a page, as it would stand in JSON Lines. Pure: no network, no clock.

    `html` are the bytes of the response, `url` its absolute address, `site` a site's name (None picks the site by the
    address, else the generic layers read alone), `fetched_at` an aware time against which dates without a year are
    resolved, `content_type` the HTTP header's value. `revision`, `previous_hash` and `duplicate_of` are 1, None, None.

    A page that is no article gives `{"url", "fetched_at", "not_article": reason, "warnings"}`.

    Raises `newscrawl.words.errors.SiteError` for an unknown or broken site, ValueError for an address that is none
    or a time without a zone.
    """
    from newscrawl.extraction import extract as extract_

    return extract_(html, url, site=site, fetched_at=fetched_at, content_type=content_type)
