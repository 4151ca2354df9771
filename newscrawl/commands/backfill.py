"""`scrapy backfill SITE --cdx FILE_OR_URL`: a site's articles from web archives, through the same rules and run."""

from __future__ import annotations

import argparse
from typing import ClassVar

from scrapy import Spider
from scrapy.exceptions import UsageError

from newscrawl.commands import crawl
from newscrawl.crawling.spiderloader import spider_of
from newscrawl.spiders.backfill import BackfillSpider
from newscrawl.spiders.site import SiteSpider

_OPTIONS = {
    "cdx": (
        "FILE_OR_URL",
        "index of the captures: a file (CDX, CDXJ or JSON, also gzipped), or a CDX server's address",
    ),
    "archive": ("URL", "where the archive's pages are had from, like https://web.archive.org/web/"),
    "warcs": ("FOLDER_OR_URL", "where the WARC files are had from that the index names"),
    "limit": ("N", "end the run when N articles are stored"),
    "since": ("DAY", "only captures of this day or later, like 2012-01-01"),
    "until": ("DAY", "only captures of this day or earlier"),
}


class Command(crawl.Command):
    """Exit codes: contract 8, `newscrawl.crawling.exitcodes.ExitCode`. There are no listings, so that none can fail."""

    verb: ClassVar[str] = "backfill"

    def syntax(self) -> str:
        return "[options] <site> --cdx <file or URL>"

    def short_desc(self) -> str:
        return "Take a site's articles from web archives"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        for name, (value, meaning) in _OPTIONS.items():
            parser.add_argument(f"--{name}", metavar=value, help=meaning)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raises UsageError (exit code 2) for what the command line gets wrong."""
        given = {name: value for name in _OPTIONS if (value := getattr(opts, name)) is not None}
        opts.spargs = {**opts.spargs, **given}
        assert self.settings is not None
        handlers = {**self.settings.getdict("DOWNLOAD_HANDLERS"), "warc": "newscrawl.backfilling.warcfolder.WarcFolder"}
        self.settings.set("DOWNLOAD_HANDLERS", handlers, priority="project")
        super().run(args, opts)

    def _spider(self, name: str) -> type[Spider]:
        spidercls = super()._spider(name)
        if not issubclass(spidercls, SiteSpider):
            raise UsageError(f"{name}: has no site file, and so no rules to read captures by", print_help=False)
        return spider_of(spidercls.site, BackfillSpider)
