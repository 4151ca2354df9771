"""Backfill: what archives still hold of a site, through the same rules and the same run, and nobody else is asked."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request
from scrapy.exceptions import CloseSpider, DropItem, UsageError
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure
from warcio.archiveiterator import ArchiveIterator

from newscrawl.backfilling.frontier import BackfillFrontier
from newscrawl.commands.backfill import Command as BackfillCommand
from newscrawl.commands.crawl import check_call
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.spiderloader import spider_of
from newscrawl.crawling.visits import Visit
from newscrawl.items import json_line, record_of
from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.run import Run
from newscrawl.keeping.terms import Terms
from newscrawl.monitoring.judging import judge
from newscrawl.pipelines import DeduplicatePipeline, _validator
from newscrawl.sitefile import load_site
from newscrawl.spiders.backfill import BackfillSpider
from tests.crawls import Crawls
from tests.onerun import LATER, NOW, kill, parsed
from tests.onerun import record as line_of
from tests.scrapyrun import TALKING, Result, articles, balanced, command, manifests, runs, scrapy
from tests.webarchive import DATA, FILE, INDEX, PYWB, SOFT_404, WAYBACK, Answer, Shot, WebArchive, article, serve

SITE = r"""
publisher = "Báo Thử"
kind = "newspaper"
province = "Cần Thơ"
hosts = ["bao.example.vn"]
home = "https://bao.example.vn/"
article_url = '-a(?P<id>\d+)\.html'
page_url = '^/muc/'
links = "ul a"
frame = "article"
title = "h1"
body = "article div"
related = "aside"
checked = "none"
[categories]
tin = "/tin/"
[[layout]]
until = 2015-12-31
title = "h2.old"
body = "article div"
frame = "article"
"""
OLD, NEW = "20190105030000", "20200105030000"
CDX = {
    WAYBACK: "https://web.archive.org/cdx/search/cdx",
    INDEX: "https://index.commoncrawl.org/CC-MAIN-2019-09-index",
    PYWB: "http://arc.example.org/coll/cdx",
}


def url(number: int) -> str:
    return f"http://www.bao.example.vn:80/bai-a{number}.html"


def shots(*numbers: int, stamp: str = OLD) -> list[Shot]:
    return [Shot(url(number), stamp, article(number)) for number in numbers]


@pytest.fixture(autouse=True)
def sites(tmp_path: Path) -> Path:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "bao.toml").write_text(SITE, "utf-8")
    return folder


# --- in one process, without Scrapy's engine


class Backfill:
    """A run over an archive. Each request is answered at once."""

    def __init__(self, archive: WebArchive, folder: Path, **arguments: str) -> None:
        site = load_site(folder / "sites" / "bao.toml")
        crawler = get_crawler(spider_of(site, BackfillSpider), {"RETRY_TIMES": 0})
        self.spider: Any = crawler._create_spider(**({"cdx": CDX[WAYBACK]} | arguments))
        self.spider._set_crawler(crawler)
        self.run = Run.open(folder / "out", site, Terms(lambda: NOW), BackfillFrontier)
        self.frontier = self.spider.frontier = self.run.frontier
        self.archive, self.reason = archive, "finished"

    def __call__(self) -> dict[str, Any]:
        """Run to the end. Gives the manifest's counts."""
        try:
            self._all(asyncio.run(self._start()))
            while entries := self.frontier.take_new(3):
                for entry in entries:
                    self._all([self.spider.request(Visit("page", entry))])
                self.run.save()
        except CloseSpider as error:
            self.reason = error.reason
        verdict = judge(self.run.accounts, self.reason, crashes=0, earlier=None, partial=False)
        self.code = verdict.code
        manifest = self.run.finish(verdict.reason, int(verdict.code), self.spider.facts(), LATER)
        assert balanced(manifest["counts"])
        self.manifest = manifest
        return dict(manifest["counts"])

    async def _start(self) -> list[Request]:
        return [request async for request in self.spider.start()]

    def _all(self, requests: Iterable[Request]) -> None:
        for request in requests:
            for found in self._answers(request):
                if isinstance(found, Request):
                    self._all([found])
                else:
                    with suppress(DropItem):
                        self.run.store(record_of(DeduplicatePipeline(self.run).process_item(found)))

    def _answers(self, request: Request) -> Iterator[Any]:
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        answer = self.archive.get(parts.netloc, path, request.headers.to_unicode_dict())
        response = HtmlResponse(
            request.url, status=answer.status, headers=answer.headers, body=answer.body, request=request
        )
        if answer.status in (200, 206, *request.meta.get("handle_httpstatus_list", ())):
            yield from self.spider.parse(response)
            return
        failure = Failure(HttpError(response, "Ignoring non-200 response"))
        failure.request = request
        yield from self.spider.failed(failure)

    def accounts_of_index(self) -> tuple[int, int]:
        """Captures and broken lines."""
        return self.spider.index.captures, self.spider.index.broken

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(articles(self.run.folder))

    def page(self, key: str) -> tuple[str, str | None] | None:
        """What the ledger says of a page."""
        run = Run.open(self.run.folder.parent, self.run.site, Terms(lambda: LATER))
        row = run.ledger._db.execute("SELECT state, reason FROM page WHERE key = ?", (key,)).fetchone()
        run.close()
        return tuple(row) if row else None


def live(folder: Path, sites: Path, *settled: tuple[str, str]) -> None:
    """What a crawl of the live site left: pages with their outcome."""
    run = Run.open(folder / "out", load_site(sites / "bao.toml"), Terms(lambda: NOW - timedelta(days=1)))
    for key, outcome in settled:
        run.frontier.note([Entry(key, f"https://bao.example.vn/bai-a{key}.html")])
        if outcome == "done":
            run.drop(f"https://bao.example.vn/bai-a{key}.html", "unchanged")
        elif outcome != "found":
            run.frontier.settle(key, outcome, "http_404")
    run.finish("finished", 0, {}, NOW)


def test_what_is_done_is_left_out_and_what_is_gone_is_what_it_is_for(tmp_path: Path, sites: Path) -> None:
    live(tmp_path, sites, ("1", "done"), ("2", "gone"), ("3", "failed"), ("4", "found"))
    backfill = Backfill(WebArchive(shots(1, 2, 3, 4, 5)), tmp_path)
    counts = backfill()
    assert (counts["stored"], counts["already_known"], backfill.code) == (4, 1, 0)
    assert counts["pending"] == 0, "what the crawl left behind is not this run's"
    assert {line["id"] for line in backfill.lines} == {f"bao:{number}" for number in (2, 3, 4, 5)}
    assert [backfill.page(key) for key in "2345"] == [("done", None)] * 4
    assert backfill.page("9001") is None, "what an archived page links to is no find of the live site"


def test_a_failure_is_none_of_the_live_page(tmp_path: Path, sites: Path) -> None:
    live(tmp_path, sites, ("1", "found"), ("2", "gone"))
    archive = WebArchive(shots(1, 2, 3))
    archive.at = {f"/web/{OLD}id_/{url(number)}": Answer(503) for number in (1, 2, 3)}
    backfill = Backfill(archive, tmp_path)
    counts = backfill()
    assert (counts["failed"], counts["reasons"]) == (3, {"failed/http_503": 3})
    assert [backfill.page(key) for key in "123"] == [("found", None), ("gone", "http_404"), None]


def test_the_line_says_when_and_where_from(tmp_path: Path) -> None:
    backfill = Backfill(WebArchive(shots(1)), tmp_path)
    assert backfill()["stored_via"] == {"archive": 1}
    (line,) = backfill.lines
    assert line["url"] == "http://www.bao.example.vn/bai-a1.html"
    assert line["fetched_at"] == "2019-01-05T10:00:00+07:00"
    assert line["origin"] == f"https://web.archive.org/web/{OLD}id_/{url(1)}"
    assert backfill.manifest["command"] == "backfill"
    assert backfill.manifest["arguments"] == {"cdx": CDX[WAYBACK]}
    assert backfill.manifest["index"]["articles"] == 1


def test_the_layout_of_its_time_reads_a_capture(tmp_path: Path) -> None:
    old = article(1).replace("<h1>Vét kênh số 1</h1>", "<h1>Báo Thử</h1><h2 class='old'>Vét kênh năm ấy</h2>")
    backfill = Backfill(WebArchive([Shot(url(1), "20140105030000", old)]), tmp_path)
    backfill()
    assert [line["title"] for line in backfill.lines] == ["Vét kênh năm ấy"]


def test_an_older_capture_where_the_newest_gives_no_article(tmp_path: Path) -> None:
    bad = [Shot(url(1), f"202{year}0105030000", f"{SOFT_404}<!-- {year} -->") for year in range(4)]
    archive = WebArchive([*shots(1), *bad, *shots(2), Shot(url(2), NEW, "<html>torn")])
    archive.at = {f"/web/{NEW}id_/{url(2)}": Answer(500)}
    backfill = Backfill(archive, tmp_path)
    counts = backfill()
    assert {line["id"]: line["fetched_at"][:4] for line in backfill.lines} == {"bao:1": "2019", "bao:2": "2019"}
    assert (counts["gone"], counts["failed"]) == (0, 0)
    assert backfill.manifest["index"]["older_captures_tried"] == {"http_500": 1, "soft_404": 4}


def test_a_page_that_is_no_article_gets_one_more_look(tmp_path: Path) -> None:
    listing = "<html><body><ul>" + "<li><a href='/bai-a1.html'>Bản tin</a></li>" * 9
    pages = [Shot("http://bao.example.vn/muc/tin", f"20{year}0105030000", f"{listing}{year}") for year in range(10, 20)]
    archive = WebArchive(pages)
    backfill = Backfill(archive, tmp_path)
    counts = backfill()
    assert (counts["skipped"], counts["reasons"], backfill.code) == (1, {"skipped/no_frame": 1}, 0)
    asked = [path[5:9] for _, path in archive.seen if path.startswith("/web/")]
    assert asked == ["2019", "2015"], "the newest of the ten, and the oldest of those worth a try"


def test_one_text_for_many_pages_is_a_guards(tmp_path: Path) -> None:
    same = article(0)
    archive = WebArchive([*shots(1, 2), *(Shot(url(n), NEW, same + " " * n) for n in range(1, 7))])
    backfill = Backfill(archive, tmp_path)
    counts = backfill()
    assert counts["reasons"] == {"failed/same_text": 4}
    assert (counts["stored"], counts["duplicates"]) == (2, [])
    times = {line["id"]: line["fetched_at"][:4] for line in backfill.lines}
    assert times["bao:2"] == "2019", "the older capture was tried when it showed"
    assert [backfill.page(key) for key in "3456"] == [None] * 4


def test_the_time_is_what_the_archive_says(tmp_path: Path) -> None:
    archive = WebArchive(shots(1))
    headers = {"Memento-Datetime": "Sun, 03 Mar 2013 17:30:00 GMT"}
    archive.at = {f"/web/{OLD}id_/{url(1)}": Answer(200, article(1).encode(), headers)}
    backfill = Backfill(archive, tmp_path)
    backfill()
    assert backfill.lines[0]["fetched_at"] == "2013-03-04T00:30:00+07:00"


def test_a_text_that_is_kept_under_another_address(tmp_path: Path, sites: Path) -> None:
    live(tmp_path, sites, ("2", "gone"))
    archive = WebArchive([*shots(1), Shot(url(2), OLD, article(1))])
    backfill = Backfill(archive, tmp_path)
    counts = backfill()
    assert (counts["stored"], counts["duplicate"]) == (1, 1)
    assert backfill.page("2") == ("gone", "http_404")
    archive.seen.clear()
    assert Backfill(archive, tmp_path)()["already_known"] == 2
    assert not [path for _, path in archive.seen if path.startswith("/web/")]


def test_an_archive_that_refuses_is_left_alone(tmp_path: Path) -> None:
    archive = WebArchive(shots(*range(1, 99)))
    archive.faults = {"/web/": [Answer(403)] * 99}
    backfill = Backfill(archive, tmp_path)
    counts = backfill()
    assert (backfill.reason, backfill.code) == ("refused", ExitCode.INCOMPLETE)
    assert (counts["failed"], counts["pending"]) == (20, 78)


def test_the_verdict(tmp_path: Path, sites: Path) -> None:
    assert Backfill(WebArchive([]), tmp_path)()["found"] == 0
    for wrong, code in ((4, ExitCode.COMPLETE), (5, ExitCode.INCOMPLETE)):
        archive = WebArchive(shots(*range(10)))
        archive.faults = {"id_/": [Answer(500)] * wrong}
        folder = tmp_path / str(wrong)
        folder.mkdir()
        sites.rename(folder / "sites")
        backfill = Backfill(archive, folder)
        backfill()
        assert backfill.code is code
        (folder / "sites").rename(sites)


def test_an_index_with_a_hole_makes_a_run_incomplete(tmp_path: Path) -> None:
    archive = WebArchive(shots(*range(1, 13)))
    archive.faults = {"page=1": [Answer(500)]}
    backfill = Backfill(archive, tmp_path, cdx=CDX[INDEX])
    counts = backfill()
    assert (counts["stored"], backfill.code) == (8, ExitCode.INCOMPLETE)
    assert counts["listings"] == {"broken/http_500": 1}
    assert "page=1" in counts["broken_listings"][0]


def test_a_server_that_counts_no_pages_is_read_by_keys(tmp_path: Path) -> None:
    archive = WebArchive(shots(*range(1, 13)))
    archive.faults = {"showNumPages": [Answer(400, b"not supported")]}
    assert Backfill(archive, tmp_path)()["stored"] == 12


def test_an_archive_that_holds_nothing(tmp_path: Path) -> None:
    for number, cdx in enumerate(CDX.values()):
        backfill = Backfill(WebArchive([]), tmp_path, cdx=cdx)
        assert (backfill()["found"], backfill.code) == (0, ExitCode.COMPLETE), number


def test_an_address_where_no_index_is(tmp_path: Path) -> None:
    backfill = Backfill(WebArchive([]), tmp_path, cdx="http://arc.example.org/nothing/cdx")
    backfill()
    assert backfill.reason == "usage"
    assert str(backfill.spider.usage_error).endswith("is no index of a web archive")


def test_an_index_file_with_broken_lines_and_a_folder_of_warc_files(tmp_path: Path, caplog: Any) -> None:
    archive = WebArchive([*shots(1, 2), Shot(url(1), NEW, SOFT_404)])
    folder = tmp_path / "warcs" / Path(FILE).parent
    folder.mkdir(parents=True)
    (folder / Path(FILE).name).write_bytes(archive.warc)
    index = tmp_path / "index.cdxj"
    index.write_bytes(b"torn\n" + b"".join(map(archive.cdxj, archive.shots)) + b"torn again\n")
    backfill = Backfill(archive, tmp_path, cdx=str(index), warcs=str(tmp_path / "warcs"))
    asyncio.run(backfill._start())
    assert backfill.spider.index.broken == 2
    assert f"{index}, line 1: passed over: no known form of index line (1 fields)" in caplog.text
    assert f"{index}, line 5: passed over" in caplog.text
    requests = [backfill.spider.request(Visit("page", entry)) for entry in backfill.frontier.take_new(9)]
    assert {request.url for request in requests} == {f"warc://localhost{tmp_path}/warcs/{FILE}"}
    backfill.run.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FILE, "a\\ud83d.warc.gz"), (FILE, "a\\u0000.warc.gz"), (FILE, "a" * 300), (OLD, "99991231235959"),
    ],
    ids=["half a pair", "zero byte", "long name", "last day"],
)  # fmt: skip
def test_an_odd_line_of_an_index_costs_itself(tmp_path: Path, old: str, new: str, caplog: Any) -> None:
    archive = WebArchive(shots(1, 2))
    folder = tmp_path / "warcs" / Path(FILE).parent
    folder.mkdir(parents=True)
    (folder / Path(FILE).name).write_bytes(archive.warc)
    first, second = map(archive.cdxj, archive.shots)
    index = tmp_path / "index.cdxj"
    index.write_bytes(first.replace(old.encode(), new.encode()) + second)
    backfill = Backfill(archive, tmp_path, cdx=str(index), warcs=str(tmp_path / "warcs"))
    asyncio.run(backfill._start())
    assert backfill.accounts_of_index() == (1, 1)
    assert f"{index}, line 1: passed over" in caplog.text
    assert [entry.key for entry in backfill.frontier.take_new(9)] == ["2"]
    backfill.run.close()


def test_a_path_that_is_no_utf_8(tmp_path: Path) -> None:
    archive = WebArchive(shots(1))
    index = tmp_path / "index\udcff.cdxj"
    index.write_bytes(archive.cdxj(archive.shots[0]))
    (tmp_path / "warcs").mkdir()
    backfill = Backfill(archive, tmp_path, cdx=str(index), warcs=str(tmp_path / "warcs"))
    asyncio.run(backfill._start())
    backfill.run.finish("finished", 0, backfill.spider.facts(), LATER)
    (line,) = parsed(backfill.run.folder / "runs.jsonl")
    assert line["arguments"]["cdx"] == str(index)


def record(archive: WebArchive, folder: Path, body: bytes, status: int = 206) -> tuple[str, dict[str, Any]]:
    """What becomes of a page whose record is answered so."""
    backfill = Backfill(archive, folder, cdx=CDX[INDEX])
    backfill._all(asyncio.run(backfill._start()))
    request = backfill.spider.request(Visit("page", Entry("2", url(2))))
    found = list(backfill.spider.parse(Response(request.url, status=status, body=body, request=request)))
    reasons = dict(backfill.run.accounts.reasons)
    backfill.run.close()
    return request.headers["Range"].decode(), reasons if not found else record_of(found[0])


def test_records_of_warc_files(tmp_path: Path) -> None:
    archive = WebArchive(shots(1, 2))
    (_, first), (start, length) = archive.places.values()
    piece = archive.warc[start : start + length]
    asked, line = record(archive, tmp_path, piece)
    assert asked == f"bytes={start}-{start + length - 1}"
    assert line["origin"] == f"https://{DATA}/{FILE}#bytes={start}-{start + length - 1}"
    assert line["fetched_at"] == "2019-01-05T10:00:00+07:00"
    for body, status, reason in (
        (piece[:-9], 206, "truncated"), (archive.warc[:first], 206, "other_record"), (b"<html>", 206, "no_record"),
        (b"\x1f\x8bxx", 206, "no_record"), (archive.warc[:first], 200, "no_range"),
    ):  # fmt: skip
        assert record(archive, tmp_path, body, status)[1] == {f"failed/{reason}": 1}


def test_nobody_but_the_archive_is_asked(tmp_path: Path) -> None:
    spider = Backfill(WebArchive([]), tmp_path).spider
    assert spider.may_ask("http://web.archive.org:80/web/x")
    for other in (
        "https://bao.example.vn/",
        "https://archive.org/",
        "https://web.archive.org:8080/",
        "http://x.archive.org",
    ):
        assert not spider.may_ask(other)


def test_the_delay_is_that_for_archives(sites: Path) -> None:
    text = (sites / "bao.toml").read_text("utf-8")
    (sites / "bao.toml").write_text(f"delay = 60\n{text}", "utf-8")
    for asked, kept in ((2.0, 3.0), (0.1, 3.0), (20.0, 20.0)):
        settings = Settings({"DOWNLOAD_DELAY": asked, "DOWNLOAD_DELAY_JITTER": 0.25})
        spider_of(load_site(sites / "bao.toml"), BackfillSpider).update_settings(settings)
        assert settings.getfloat("DOWNLOAD_DELAY") == kept


def test_a_backfill_is_no_measure_for_a_crawl(tmp_path: Path, sites: Path) -> None:
    Backfill(WebArchive(shots(1)), tmp_path)()
    run = Run.open(tmp_path / "out", load_site(sites / "bao.toml"), Terms(lambda: LATER))
    assert run.earlier_finds() == []
    run.close()


def test_a_killed_backfill_notes_no_links_when_it_is_recovered(tmp_path: Path) -> None:
    backfill = Backfill(WebArchive(shots(1)), tmp_path)
    backfill.run.close = lambda: None  # type: ignore[method-assign]
    backfill.run.finish = lambda *_: {"counts": {"found": 0} | dict.fromkeys(_COUNTS, 0)}  # type: ignore[method-assign]
    backfill()
    backfill.run.segment.abandon()
    backfill.run.ledger.close()
    backfill.run._lock.release()
    assert backfill.page("1") == ("done", None)
    assert backfill.page("9001") is None
    assert len(backfill.lines) == 1


def test_a_page_whose_capture_was_a_duplicate_is_crawled_after_a_lost_ledger(tmp_path: Path) -> None:
    backfill = Backfill(WebArchive([*shots(1), Shot(url(2), OLD, article(1))]), tmp_path)
    assert backfill()["duplicate"] == 1
    assert len(backfill.manifest["counts"]["duplicates"]) == 1
    (backfill.run.folder / "ledger.sqlite").unlink()
    known = {key: backfill.page(key) for key in ("1", "2")}
    assert sorted(map(str, known.values())) == ["('done', None)", "None"]


def test_a_killed_backfill_is_told_from_a_crawl(tmp_path: Path, sites: Path) -> None:
    site = load_site(sites / "bao.toml")
    run = Run.open(tmp_path / "out", site, Terms(lambda: NOW, command="backfill"), BackfillFrontier)
    kill(run)
    Run.open(tmp_path / "out", site, Terms(lambda: LATER)).finish("finished", 0, {}, LATER)
    dead, _ = parsed(run.folder / "runs.jsonl")
    assert (dead["reason"], dead["command"]) == ("recovered", "backfill")
    assert "command" not in dead["counts"]


_COUNTS = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped", "pending")


def test_lines_of_earlier_versions_stay_valid() -> None:
    line = line_of(1)
    del line["origin"]
    _validator()(line)


def test_an_odd_address_has_one_key(tmp_path: Path) -> None:
    odd = "http://bao.example.vn:80/b%C3%A0i%20m%e1%bb%9bi-a1.html?fbclid=x"
    backfill = Backfill(WebArchive([Shot(odd, OLD, article(1))]), tmp_path)
    assert backfill()["stored"] == 1
    assert backfill.lines[0]["url"] == "http://bao.example.vn/b%C3%A0i%20m%e1%bb%9bi-a1.html"


def test_unknown_options_are_refused() -> None:
    door = BackfillCommand()
    door.settings = Settings()
    with pytest.raises(UsageError, match="unknown option --archve; did you mean --archive"):
        check_call(["--archve"], door)


# --- by the command line, over loopback


class Command:
    """`scrapy backfill bao` against a played archive."""

    def __init__(self, port: int, folder: Path) -> None:
        self.output = folder / "out"
        self.args = (
            "backfill", "bao", "-s", f"CONNECT_TO=127.0.0.1:{port}", "-s", f"OUTPUT_DIR={self.output}", "-s",
            f"SITES={folder / 'sites'}", "-s", "RETRY_WAIT=0.05", *TALKING,
        )  # fmt: skip

    def __call__(self, *args: str) -> Result:
        return scrapy(*self.args, *args)

    @property
    def ids(self) -> list[str]:
        return sorted(line["id"] for line in articles(self.output / "bao"))


@contextmanager
def played(archive: WebArchive, folder: Path) -> Iterator[Command]:
    with serve(archive) as port:
        yield Command(port, folder)


@pytest.mark.crawl
def test_a_wayback_machine(tmp_path: Path) -> None:
    archive = WebArchive([
        *shots(*range(1, 8)), Shot(url(1), NEW, SOFT_404), Shot(url(2), NEW, leads_to=OLD),
        Shot("http://bao.example.vn/x.css", OLD, mime="text/css"), Shot("http://other.vn/bai-a9.html", OLD, article(9)),
    ])  # fmt: skip
    archive.faults = {"a7.html": [Answer(429, headers={"Retry-After": "1"})]}
    with played(archive, tmp_path) as backfill:
        done = backfill("--cdx", CDX[WAYBACK])
        assert (done.code, backfill.ids) == (0, [f"bao:{number}" for number in range(1, 8)]), done.err
        assert {host for host, _ in archive.seen} == {WAYBACK}
        assert all(agent.startswith("newscrawl/") for agent in archive.agents)
        asked = [path for _, path in archive.seen]
        assert (asked[0], len([path for path in asked if "/cdx/" in path])) == ("/robots.txt", 4)
        assert len([path for path in asked if path.startswith("/web/")]) == 7 + 3
        refused = next(n for n, path in enumerate(asked) if "a7.html" in path)
        assert archive.moments[refused + 1] - archive.moments[refused] >= 1.0, "Retry-After is kept"
        times = {line["id"]: line["fetched_at"][:4] for line in articles(backfill.output / "bao")}
        assert set(times.values()) == {"2019"}, "the time is that of the capture that it was led to"
        archive.seen.clear()
        assert backfill("--cdx", CDX[WAYBACK]).code == 0
        assert not [path for _, path in archive.seen if path.startswith("/web/")]
    (manifest,) = manifests(backfill.output / "bao")
    assert manifest["index"]["older_captures_tried"] == {"soft_404": 1}
    assert [run["counts"]["stored"] for run in runs(backfill.output / "bao")] == [7, 0]
    for line in articles(backfill.output / "bao"):
        assert_kept(backfill.output / "bao", line)
    replayed = scrapy("replay", "bao", *backfill.args[2:], "--diff")
    assert replayed.code == 0, replayed.err
    (again,) = (backfill.output / "bao" / "replays").glob("*/*.jsonl")
    assert sorted(again.read_text("utf-8").splitlines()) == sorted(map(to_line, articles(backfill.output / "bao")))


def to_line(record: dict[str, Any]) -> str:
    return json_line(record).decode().removesuffix("\n")


def assert_kept(folder: Path, line: dict[str, Any]) -> None:
    """The page is in the run's WARC file, as the archive gave it, under its own address and time."""
    with open(folder / line["raw"]["file"], "rb") as warc:
        warc.seek(line["raw"]["offset"])
        record = next(iter(ArchiveIterator(warc)))
        head = record.rec_headers.get_header
        assert (record.rec_type, head("WARC-Target-URI")) == ("resource", line["url"])
        assert datetime.fromisoformat(head("WARC-Date")) == datetime.fromisoformat(line["fetched_at"])
        assert head("WARC-Source-URI") == line["origin"]
        assert article(int(line["id"].partition(":")[2])).encode() in record.content_stream().read()


@pytest.mark.crawl
def test_common_crawl_killed_and_taken_up(tmp_path: Path) -> None:
    archive = WebArchive(shots(*range(1, 31)), page=8)
    with played(archive, tmp_path) as backfill, Crawls() as crawls:
        args = command(*backfill.args, "--cdx", CDX[INDEX], "-L", "ERROR")
        first = crawls.start(args, tmp_path / "first")
        pieces = 0

        def kill(path: str) -> None:
            nonlocal pieces
            pieces += path == f"/{FILE}"
            if pieces == 12:
                first.send(signal.SIGKILL)
                time.sleep(0.05)

        archive.hook = kill
        crawls.end(first)
        archive.hook = len
        assert backfill("--cdx", CDX[INDEX]).code == 0
        assert backfill.ids == sorted(f"bao:{number}" for number in range(1, 31)), "nothing lost, nothing doubled"
        asked = [path for _, path in archive.seen].count(f"/{FILE}")
        assert 30 <= asked <= 32, "at most what was under way is asked again"
        assert {host for host, _ in archive.seen} == {INDEX, DATA}
    assert [run["reason"] for run in runs(backfill.output / "bao")] == ["recovered", "finished"]


@pytest.mark.crawl
def test_a_server_that_gives_whole_files_only_is_not_read(tmp_path: Path) -> None:
    archive = WebArchive(shots(*range(1, 31)))
    archive.warc += bytes(32 * 1024 * 1024)
    archive.ranges = False
    with played(archive, tmp_path) as backfill:
        done = backfill("--cdx", CDX[INDEX], "-L", "ERROR")
        assert done.code == 9
        assert "the archive is left alone" in done.err
    asked = [path for _, path in archive.seen].count(f"/{FILE}")
    assert 20 <= asked <= 21, "the next one may be under way"
    assert archive.sent < asked * len(archive.warc) / 4
    assert runs(backfill.output / "bao")[0]["counts"]["reasons"] == {"failed/no_range": asked}


@pytest.mark.crawl
def test_index_files_and_robots(tmp_path: Path) -> None:
    archive = WebArchive(shots(*range(1, 7)))
    archive.at = {"/robots.txt": Answer(200, b"User-agent: *\nDisallow: /web/\n")}
    index = tmp_path / "index.json"
    rows = [["timestamp", "original"], *([shot.stamp, shot.url] for shot in archive.shots)]
    index.write_text(json.dumps(rows))
    (tmp_path / "part-00000.warc.gz").write_bytes(archive.warc)
    cdxj = tmp_path / "index.cdxj"
    cdxj.write_bytes(b"".join(map(archive.cdxj, archive.shots)))
    with played(archive, tmp_path) as backfill:
        done = backfill("--cdx", str(index))
        assert (done.code, [path for _, path in archive.seen]) == (9, ["/robots.txt"])
        assert "failed/robots: 6" in done.out
        archive.seen.clear()
        done = backfill("--cdx", str(cdxj), "--warcs", str(tmp_path), "--limit", "2")
        assert (done.code, len(backfill.ids), archive.seen) == (0, 2, [])
        assert all("part-00000.warc.gz#bytes=" in line["origin"] for line in articles(backfill.output / "bao"))
