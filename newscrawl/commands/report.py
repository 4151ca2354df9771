"""`scrapy report [SITE…]`: one HTML page over all sites; with `--json` what listings promised and what is stored."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.commands.manners import check_call, check_target, fail, talks, write_page
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.project import output_of
from newscrawl.crawling.spiderloader import site_folders
from newscrawl.report.gathering import crawled, gather, gather_ledger
from newscrawl.report.page import render
from newscrawl.report.record import completeness_record
from newscrawl.sitefile import site_files
from newscrawl.words.errors import SiteError, near


class Command(ScrapyCommand):
    """Reads while crawls run: takes no lock, and changes nothing but the file that it writes."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [site ...]"

    def short_desc(self) -> str:
        return "Show all sites on one HTML page"

    def long_desc(self) -> str:
        return "Write one HTML page over all sites, or those that are named: health, articles by month, what is missing"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="where to write it (default: report.html in OUTPUT_DIR)"
        )
        parser.add_argument("--json", action="store_true", help="print how complete the sites are, as JSON, instead")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raises UsageError (exit code 2) for what the command line gets wrong."""
        check_call(args, self)
        if opts.json and opts.output is not None:
            raise UsageError("--json prints to standard output; it does not go with -o", print_help=False)
        assert self.settings is not None
        output = output_of(self.settings)
        try:
            files = site_files(site_folders(self.settings))
            names = self._names(args, output, files)
            if opts.json:
                self._print(output, names, files)
            else:
                self._write(output, names, files, opts.output)
        except (SiteError, OSError) as error:
            fail(self, ExitCode.CONFIGURATION, str(error))

    @staticmethod
    def _names(args: list[str], output: Path, files: dict[str, Path]) -> list[str]:
        """The sites that are asked for: all that have a site file or output, if none is named."""
        known = sorted({*files, *crawled(output)})
        for name in args:
            if name not in known:
                raise UsageError(f"no site {name!r}{near(name, known)}", print_help=False)
        return sorted(set(args)) or known

    def _print(self, output: Path, names: list[str], files: dict[str, Path]) -> None:
        sites = (gather_ledger(output, name, files) for name in names)
        record = completeness_record(sites, datetime.now(UTC))
        if say(json.dumps(record, ensure_ascii=True, indent=1), sys.stdout):
            fail(self, ExitCode.DISK_FULL, "the disk took no more")

    def _write(self, output: Path, names: list[str], files: dict[str, Path], target: str | None) -> None:
        file = output / "report.html" if target is None else Path(target)
        option = None if target is None else "-o"
        check_target(file, option)
        page = render([gather(output, name, files) for name in names], datetime.now(UTC))
        if not write_page(self, file, page, option):
            return
        assert self.settings is not None
        if talks(self.settings) and say(str(file), sys.stdout):
            fail(self, ExitCode.DISK_FULL, "the disk took no more")
