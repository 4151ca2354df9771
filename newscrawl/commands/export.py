"""`scrapy export --bag FOLDER [SITE…]`: what is kept of all or some sites, as a BagIt bag for another archive."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Final

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from newscrawl import __version__
from newscrawl.commands.interruption import StoppedError, stoppable
from newscrawl.commands.manners import check_call, fail, talks
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.project import output_of
from newscrawl.crawling.spiderloader import site_folders
from newscrawl.keeping.bag import BagBusyError, BagExistsError, write_bag
from newscrawl.keeping.bagtext import bag_info, readme
from newscrawl.keeping.disk import is_disk_full
from newscrawl.keeping.finishedfiles import DamagedFileError, FinishedFiles, crawled_sites, finished_files
from newscrawl.sitefile import load_site, site_files
from newscrawl.words.errors import ArgumentError, SiteError, near

_SCHEMA: Final = Path(__file__).parents[1] / "article.schema.json"


class Command(ScrapyCommand):
    """Takes no lock of a site: what is finished never changes, and crawls go on meanwhile."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "--bag FOLDER [--since DAY] [site ...]"

    def short_desc(self) -> str:
        return "Pack what is kept of sites as a BagIt bag"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--bag", metavar="FOLDER", help="make the bag here; the folder must not be there yet")
        parser.add_argument("--since", metavar="DAY", help="only runs that began on this day (UTC) or later")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raises UsageError (exit code 2) for what the command line gets wrong."""
        check_call(args, self)
        if not opts.bag:
            raise UsageError("name a new folder: scrapy export --bag FOLDER [SITE ...]", print_help=False)
        try:
            with stoppable():
                self._export(self._place(opts.bag), _day(opts.since), args)
        except (ArgumentError, BagExistsError) as error:
            raise UsageError(str(error), print_help=False) from None
        except StoppedError:
            fail(self, ExitCode.STOPPED, "stopped by a signal")
        except BagBusyError as error:
            fail(self, ExitCode.BUSY, error)
        except DamagedFileError as error:
            fail(self, ExitCode.CRASH, error)
        except (SiteError, OSError) as error:
            fail(self, ExitCode.DISK_FULL if is_disk_full(error) else ExitCode.CONFIGURATION, error)

    @property
    def _output(self) -> Path:
        assert self.settings is not None
        return output_of(self.settings)

    def _place(self, name: str) -> Path:
        """Where the bag goes, as the shell's user means it: relative to the working directory."""
        bag = Path(os.path.abspath(name))
        if not bag.parent.is_dir():  # not made: a disk that is not mounted would be missed
            raise ArgumentError(f"--bag {name}: there is no folder {bag.parent}")
        if bag.resolve().is_relative_to(self._output.resolve()):
            raise ArgumentError(f"--bag {name}: lies in the output folder that it would keep")
        return bag

    def _export(self, bag: Path, since: date | None, names: list[str]) -> None:
        assert self.settings is not None
        files = site_files(site_folders(self.settings))
        sites = self._sites(names, files)
        kept = [finished_files(self._output / site, since) for site in sites]
        info = bag_info(_given(self.settings), kept, since, _agent())
        texts = {
            "README.txt": readme(kept, since, set(sites) - set(files), __version__),
            _SCHEMA.name: _SCHEMA.read_text("utf-8"),
        }
        write_bag(bag, kept, _rules({site: files[site] for site in sites if site in files}), texts, info)
        if talks(self.settings) and say(f"{bag}: {_summary(bag, kept)}", sys.stdout):
            self.exitcode = int(ExitCode.DISK_FULL)

    def _sites(self, names: list[str], files: dict[str, Path]) -> list[str]:
        """The sites to keep, each once. Raises ArgumentError for an unknown one, SiteError for one never crawled."""
        crawled = crawled_sites(self._output)
        known = {*files, *crawled}
        for name in names:
            if name not in known:
                raise ArgumentError(f"no site {name!r}{near(name, known)}")
            if name not in crawled:
                raise SiteError(self._output / name, "nothing was crawled yet")
        if not crawled:
            raise SiteError(self._output, "nothing was crawled yet")
        return sorted(set(names)) or crawled


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise ArgumentError(f"--since {text}: must be a day like 2026-01-01") from None


def _given(settings: BaseSettings) -> dict[str, Any]:
    try:
        return settings.getdict("BAG_INFO")
    except (ValueError, TypeError):  # no JSON; no object
        raise ArgumentError(f"BAG_INFO={settings.get('BAG_INFO')}: must be a JSON object of texts") from None


def _agent() -> str:
    return f"newscrawl {__version__} with bagit.py {version('bagit')}"


def _rules(files: dict[str, Path]) -> dict[str, Path]:
    """The site files by their names, with the family files they use. Raises SiteError."""
    found: dict[str, Path] = {}
    for file in files.values():
        own, *families = (each for each, *_ in load_site(file).stamp)
        found[own.name] = own
        for family in families:
            if found.setdefault(f"families/{family.name}", family) != family:
                raise SiteError(file, f"another family {family.stem} is in the bag already; export this site alone")
    return found


def _summary(bag: Path, kept: list[FinishedFiles]) -> str:
    counts = {
        "site": len(kept),
        "segment": sum(len(held.segments) for held in kept),
        "article": sum(segment.lines for held in kept for segment in held.segments),
        "WARC file": sum(len(held.warcs) for held in kept),
    }
    size = sum(file.stat().st_size for file in bag.rglob("*") if file.is_file())
    parts = [f"{number:,} {name}{'' if number == 1 else 's'}" for name, number in counts.items()]
    lost = sum(len(held.lost_warcs) for held in kept)
    without = f"; {lost:,} WARC files that runs wrote were not at hand" if lost else ""
    return f"a valid bag of {', '.join(parts)}, {size:,} bytes{without}"
