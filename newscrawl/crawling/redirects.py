"""What it says of a page that its address led to another one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newscrawl.crawling.visits import Visit
from newscrawl.site import Site
from newscrawl.words.errors import NotArticleError

__all__ = ["away", "moved_to"]


def away(redirects: Sequence[object]) -> str:
    """What a redirect to where no article is says, by the statuses on the way: "moved" for good, or "diverted" for now,
    as to a page of maintenance."""
    return "moved" if redirects and all(status in (301, 308) for status in redirects) else "diverted"


def moved_to(site: Site, visit: Visit, url: str, redirects: Sequence[object]) -> str | None:
    """The other page of the site that a redirect led to, which is a page of its own (traps 38, 72); None where `url` is
    what the visit asked for: print twins, letter case and `www` are the same page.

    Raises NotArticleError for a redirect to what is no page, and for one within a listing.
    """
    key, home = site.key(url), site.key(site.home)
    if visit.role == "listing" and visit.walk is not None and key != site.key(visit.entry.url):
        if visit.walk.pages or key == home:
            raise NotArticleError("redirected", f"redirected to {url}")
        return None
    if visit.role != "page" or key == visit.entry.key:
        return None
    kind = site.address_kind(url)
    if key == home or (kind != "article" and re.search(r"(?<!\d)404(?!\d)", url.rpartition("/")[2])):
        raise NotArticleError("redirected_home", f"redirected to {url}")
    if kind is None:
        raise NotArticleError(away(redirects), f"redirected to {url}")
    return url
