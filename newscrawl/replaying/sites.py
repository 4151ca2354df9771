"""Whose rules read a page: the site that has its host, or the one that a person names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from newscrawl.extraction import site_named
from newscrawl.site import Site
from newscrawl.sitefile import cached_site, site_files
from newscrawl.words.errors import SiteError
from newscrawl.words.urls import bare_host

__all__ = ["Sites"]


class Sites:
    """All sites by their hosts. With `only` there is that one, which then also has the hosts that no site knows: what
    was crawled under a host that the site has left, or from a copy.

    `broken` are the site files that can't be read: the pages of their sites are passed over as "no_site". With `only`
    they are of no matter, and not named. Raises SiteError for `only`.
    """

    def __init__(self, folders: Iterable[Path], only: str | None = None) -> None:
        folders = list(folders)
        self.only = site_named(only, folders) if only is not None else None
        self.broken: list[SiteError] = []
        self._by_host: dict[str, Site] = {}
        for file in site_files(folders).values():
            try:
                site = cached_site(file)
            except SiteError as error:
                if self.only is None:
                    self.broken.append(error)
                continue
            for host in site.hosts:
                self._by_host.setdefault(host, site)
        for host in self.only.hosts if self.only else ():
            self._by_host[host] = self.only  # type: ignore[assignment]

    def of(self, url: str) -> Site | str:
        """The site that a page belongs to, or why it belongs to none."""
        site = self._by_host.get(bare_host(url) or "")
        if self.only is None:
            return site or "no_site"
        return self.only if site is None or site is self.only else "other_site"

    def named(self, name: str) -> Site:
        """The site of that name, which has pages."""
        return next(site for site in self._by_host.values() if site.name == name)

    @staticmethod
    def address_kind(site: Site, url: str) -> str | None:
        """What the address says, as in a crawl: "article", "page", or None for what is not to be read. A listing, or
        the home page, is no article, whatever the rule for its address says."""
        if not site.has_host(url):
            url = urlsplit(url)._replace(scheme="https", netloc=site.hosts[0]).geturl()
        kind = site.address_kind(url)
        if kind == "page" and site.key(url) in {site.key(one) for one in (site.home, *site.categories.values())}:
            return None
        return kind
