"""`scrapy edit NAME`: opens the site's file."""

from __future__ import annotations

import argparse
import shlex
import subprocess
from pathlib import Path

from scrapy.commands.edit import Command as EditCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from newscrawl.commands.manners import fail
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.spiderloader import site_folders
from newscrawl.sitefile import site_files
from newscrawl.words.errors import near


class Command(EditCommand):
    """Scrapy's command would open the Python file that all sites share."""

    def short_desc(self) -> str:
        return "Edit a site's file"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Open the editor on the file; a broken site file can be opened too. Raises UsageError."""
        assert self.settings is not None
        files = site_files(site_folders(self.settings))
        if len(args) != 1:
            raise UsageError("name one site: scrapy edit NAME", print_help=False)
        if args[0] in files:
            self._edit(files[args[0]])
            return
        if args[0] not in (others := get_spider_loader(self.settings).list()):
            raise UsageError(f"no site {args[0]!r}{near(args[0], others)}", print_help=False)
        super().run(args, opts)

    def _edit(self, file: Path) -> None:
        assert self.settings is not None
        editor = str(self.settings["EDITOR"])
        try:
            self.exitcode = subprocess.call([*shlex.split(editor), str(file)])
        except (OSError, ValueError) as error:
            fail(self, ExitCode.CONFIGURATION, f"EDITOR={editor}: can't be run ({error})")
