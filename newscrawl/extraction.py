"""The library call behind `newscrawl.extract` and `scrapy show`: one page, no crawl."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawl.items import record_of
from newscrawl.loaders import read_article
from newscrawl.reading.pages import Page
from newscrawl.site import Site
from newscrawl.sitefile import cached_site, find_site, site_files
from newscrawl.words.errors import NotArticleError, SiteError, near
from newscrawl.words.urls import resolve

__all__ = ["extract", "site_named"]


def extract(
    html: bytes,
    url: str,
    *,
    site: str | None = None,
    fetched_at: datetime | None = None,
    content_type: str | None = None,
    folders: Iterable[Path] = (),
) -> dict[str, Any]:
    """See `newscrawl.extract`; `folders` are folders of the user's own site files."""
    if not url.startswith(("http://", "https://")) or resolve(url, url) is None:
        raise ValueError(f"{url!r} is no http or https address")
    if fetched_at is not None and fetched_at.tzinfo is None:
        raise ValueError(f"fetched_at = {fetched_at} has no time zone")
    folders = list(folders)
    found = site_named(site, folders) if site is not None else find_site(url, folders)
    warnings: list[str] = []
    try:
        page = Page.parse(html, url, content_type=content_type, fetched_at=fetched_at)
        warnings = page.warnings
        return record_of(read_article(page, found))
    except NotArticleError as error:
        return {
            "url": url,
            "fetched_at": fetched_at.isoformat() if fetched_at else None,
            "not_article": error.reason,
            "warnings": [*warnings, *([error.detail] if error.detail else [])],
        }


def site_named(name: str, folders: Iterable[Path] = ()) -> Site:
    """The site of that name. Raises SiteError for one that is not there, with near matches, or that can't be read."""
    files = site_files(folders)
    if name not in files:
        raise SiteError(Path(f"{name}.toml"), f"no such site{near(name, files)}")
    return cached_site(files[name])
