"""Spiders from site files: `scrapy list` prints every site, `scrapy crawl NAME` finds a spider of that name.

Names come from the file names alone, and a site is read when its spider is asked for: a broken file costs its own site.
"""

from __future__ import annotations

import builtins
from pathlib import Path

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from newscrawl.site import Site
from newscrawl.sitefile import load_site, site_files
from newscrawl.spiders.site import SiteSpider
from newscrawl.words.errors import SiteError

__all__ = ["SiteSpiderLoader", "site_folders", "spider_of"]


def site_folders(settings: BaseSettings) -> list[Path]:
    """The folders of the user's own site files (setting SITES), relative ones beside `scrapy.cfg`."""
    project = Path(settings.get("PROJECT_DIR", "."))
    return [project / folder for folder in settings.getlist("SITES") if folder]


def spider_of(site: Site, kind: type[SiteSpider] = SiteSpider) -> type[SiteSpider]:
    """A spider class for one site. Its own delay counts only if it is slower than the policy's (see settings)."""
    name = "".join(part.capitalize() for part in site.name.split("-")) + "Spider"
    return type(name, (kind,), {"name": site.name, "site": site, "__module__": kind.__module__})


class SiteSpiderLoader(SpiderLoader):
    """Hand-written spiders as Scrapy finds them, and one for each site file. A hand-written one wins over a file."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.folders = site_folders(settings)

    def list(self) -> builtins.list[str]:
        """All names, sorted. Raises SiteError for a folder that is not there."""
        return sorted({*super().list(), *site_files(self.folders)})

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of that name. Raises KeyError for an unknown one, SiteError for a broken site file."""
        if spider_name in self._spiders:
            return self._spiders[spider_name]
        files = site_files(self.folders)
        if spider_name not in files:
            raise KeyError(f"Spider not found: {spider_name}")
        return spider_of(load_site(files[spider_name]))

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The names of the sites on the request's host; files that can't be read are nobody's."""
        found = super().find_by_request(request)
        for name, file in site_files(self.folders).items():
            try:
                site = load_site(file)
            except SiteError:
                continue
            if site.has_host(request.url):
                found.append(name)
        return found
