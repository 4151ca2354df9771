"""`scrapy list`: the names of all sites, from the names of their files."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands.list import Command as ListCommand

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.words.errors import SiteError


class Command(ListCommand):
    """Scrapy's command, with a message instead of a traceback where a folder of sites is not there."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print one name a line."""
        try:
            super().run(args, opts)
        except SiteError as error:
            self.exitcode = int(ExitCode.CONFIGURATION)
            print(f"scrapy list: {error}", file=sys.stderr)
