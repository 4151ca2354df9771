"""`scrapy show FILE_OR_URL`: what newscrawl reads from one page, as JSON; by `--html` also as a picture of it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.http import Response

from newscrawl.commands.manners import check_call, check_target, fail, write_page
from newscrawl.crawling.diskwatch import say
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.loopback import loopback_target
from newscrawl.crawling.spiderloader import site_folders
from newscrawl.extraction import extract, site_named
from newscrawl.picture.page import render
from newscrawl.reading.pages import Page
from newscrawl.reading.structured import read_structured
from newscrawl.sitefile import find_site, site_files
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import NotArticleError, SiteError, near
from newscrawl.words.urls import resolve


class Command(ScrapyCommand):
    """Leaves no file but the one that `--html` names, and takes no lock. A URL is fetched once, politely: robots.txt is
    asked first."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] <file or URL>"

    def short_desc(self) -> str:
        return "Show what newscrawl reads from a page"

    def long_desc(self) -> str:
        return "Show the article on a page as JSON, with the layer that found each field (extracted_by)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", metavar="URL", help="the address of a page that is given as a file")
        parser.add_argument(
            "--site", metavar="NAME", help="read by this site's rules (default: the site of the address)"
        )
        parser.add_argument(
            "--fetched-at", metavar="TIME", help="when a file was fetched, like 2019-02-20T09:00:00+07:00"
        )

        parser.add_argument(
            "--html", metavar="FILE", help="also write the page to this file, with each field in its colour and place"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Called by Scrapy before its log begins: the answer is JSON, and nothing should stand around it."""
        super().process_options(args, opts)
        assert self.settings is not None
        self.settings.set("LOG_LEVEL", "WARNING", priority="project")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the article, and write its picture. Raises UsageError for what the command line gets wrong."""
        check_call(args, self)
        if len(args) != 1:
            raise UsageError("name one file or URL", print_help=False)
        fetched_at = _time(opts.fetched_at)
        assert self.settings is not None
        files = site_files(site_folders(self.settings))
        if opts.site is not None and opts.site not in files:
            raise UsageError(f"no site {opts.site!r}{near(opts.site, files)}", print_help=False)
        if opts.html is not None:
            check_target(Path(opts.html), "--html")
            if Path(opts.html).resolve() == Path(args[0]).resolve():
                raise UsageError(f"--html {opts.html}: is the page itself", print_help=False)
        try:
            if args[0].startswith(("http://", "https://")):
                had = self._fetch(args[0], opts.site, fetched_at)
            else:
                had = _read(Path(args[0]), opts.url, fetched_at)
            if had is not None:
                self._show(had, opts.site, opts.html)
        except SiteError as error:
            self.exitcode = int(ExitCode.CONFIGURATION)
            print(f"scrapy show: {error}", file=sys.stderr)

    def _show(self, had: _Had, name: str | None, target: str | None) -> None:
        assert self.settings is not None
        folders = site_folders(self.settings)
        given: dict[str, Any] = {"fetched_at": had.fetched_at, "content_type": had.content_type}
        record = extract(had.body, had.url, site=name, folders=folders, **given)
        if target is not None:
            site = site_named(name, folders) if name else find_site(had.url, folders)
            if not write_page(self, Path(target), render(record, had.body, site=site, **given), "--html"):
                return
        self.exitcode = int("not_article" in record)
        if say(json.dumps(record, ensure_ascii=False, indent=2), sys.stdout):
            fail(self, ExitCode.DISK_FULL, "the disk took no more")

    def _fetch(self, url: str, name: str | None, fetched_at: datetime | None) -> _Had | None:
        """The page at an address; None, with an exit code and a line that says so, if it could not be had."""
        assert self.settings is not None
        assert self.crawler_process is not None
        folders = site_folders(self.settings)
        site = site_named(name, folders) if name else find_site(url, folders)
        if loopback_target(self.settings) and site is None:
            raise UsageError("CONNECT_TO maps the hosts of sites; this address belongs to none", print_help=False)
        answers: list[Response] = []
        self.crawler_process.crawl(_OnePage, url=url, answers=answers)
        self.crawler_process.start()
        if not answers:
            print(f"scrapy show: {url} could not be fetched; see the log above", file=sys.stderr)
            self.exitcode = 1
            return None
        response = answers[0]
        header = (response.headers.get("Content-Type") or b"").decode("latin-1")
        fetched_at = fetched_at or datetime.now(UTC).astimezone(VIETNAM).replace(microsecond=0)
        return _Had(response.body, response.url, fetched_at, header)


@dataclass(frozen=True, slots=True)
class _Had:
    """A page as it was had, from a file or a server."""

    body: bytes
    url: str
    fetched_at: datetime | None
    content_type: str | None = None


class _OnePage(Spider):
    name = "show"

    def __init__(self, url: str, answers: list[Response]) -> None:
        super().__init__()
        self.start_urls = [url]
        self.answers = answers

    def parse(self, response: Response, **kwargs: Any) -> None:  # noqa: ARG002
        self.answers.append(response)


def _read(file: Path, url: str | None, fetched_at: datetime | None) -> _Had:
    """A page that was saved. Raises UsageError for a file that can't be read or has no address."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: can't be read: {error.strerror}", print_help=False) from None
    url = url or _address_in(body)
    if url is None or resolve(url, url) is None:
        raise UsageError(f"{file}: the page does not say its address; give it by --url", print_help=False)
    return _Had(body, url, fetched_at)


def _time(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--fetched-at {text}: must be like 2019-02-20T09:00:00+07:00", print_help=False) from None
    return moment.replace(tzinfo=VIETNAM) if moment and moment.tzinfo is None else moment


def _address_in(body: bytes) -> str | None:
    """The address that a saved page gives for itself."""
    try:
        page = Page.parse(body, "http://localhost/")
    except NotArticleError:
        return None
    found = read_structured(page.root)
    return found.canonical or found.first_meta("og:url")
