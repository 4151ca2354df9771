"""`scrapy ledger rebuild SITE`: a site's ledger made anew from its segments.

A crawl does that by itself when it finds the ledger gone or damaged.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from newscrawl.commands.manners import check_call, fail, talks
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.project import output_of
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.ledger import LedgerError
from newscrawl.keeping.lock import SiteBusyError, hold
from newscrawl.keeping.recovery import LEDGER, bring_up, open_ledger, put_back, set_aside
from newscrawl.site import Site
from newscrawl.words.errors import SiteError, near


class Command(ScrapyCommand):
    """What is rebuilt: articles, their pages and related links, and addresses with the same text. What was pending,
    failed or gone and how far listings were walked is found again by the next crawl, which walks all of them."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "rebuild <site>"

    def short_desc(self) -> str:
        return "Make a site's ledger anew from its articles"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002
        """Raises UsageError (exit code 2) for what the command line gets wrong."""
        check_call(args, self)
        if len(args) != 2 or args[0] != "rebuild":
            raise UsageError("scrapy ledger rebuild SITE (scrapy list shows the sites)", print_help=False)
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        folder = output_of(self.settings) / args[1]
        try:
            try:
                site = loader.load(args[1]).site  # type: ignore[attr-defined]
            except KeyError:
                raise UsageError(f"no site {args[1]!r}{near(args[1], loader.list())}", print_help=False) from None
            if not folder.is_dir():
                raise LedgerError(f"{folder}: nothing was crawled yet")
            done = rebuilt(folder, site)
            if talks(self.settings) and say(done, sys.stdout):
                self.exitcode = int(ExitCode.DISK_FULL)
        except SiteBusyError as error:
            fail(self, ExitCode.BUSY, error)
        except (SiteError, LedgerError, OSError, sqlite3.Error) as error:
            fail(self, ExitCode.DISK_FULL if is_disk_full(error, folder) else ExitCode.CONFIGURATION, error)


def rebuilt(folder: Path, site: Site) -> str:
    """Set the ledger aside, make it anew, and say what was done. A kill in between loses nothing: the next crawl makes
    a ledger that is not there anew, too. Raises SiteBusyError, OSError, sqlite3.Error."""
    now, file = datetime.now(UTC), folder / LEDGER
    with hold(folder):
        aside = set_aside(file, now, "replaced") if file.exists() else None
        try:
            articles = _made_anew(folder, site, now)
        except BaseException:
            if aside is not None:
                put_back(aside, file)
            raise
    kept = f"; the old one is now {aside.name}" if aside else ""
    return f"{file}: made anew from {articles} articles{kept}"


def _made_anew(folder: Path, site: Site, now: datetime) -> int:
    ledger, articles = open_ledger(folder, site, now)
    try:
        bring_up(ledger, folder, site)
        ledger.settle_on_disk()
    finally:
        ledger.close()
    return articles or 0
