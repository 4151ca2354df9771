"""Nights of a little paper, crawled in the process and on a clock of its own: spider, scheduler, pipelines and run are
the real ones, and between them stands no engine and no network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newscrawl.crawling.exitcodes import Verdict
from newscrawl.crawling.scheduler import LedgerScheduler
from newscrawl.crawling.spiderloader import spider_of
from newscrawl.keeping.arguments import Arguments
from newscrawl.keeping.run import Run
from newscrawl.keeping.terms import Terms
from newscrawl.monitoring.judging import judge
from newscrawl.pipelines import DeduplicatePipeline, JsonLinesPipeline, ValidatePipeline
from newscrawl.sitefile import load_site
from newscrawl.spiders.site import SiteSpider
from tests.onerun import Killed, kill, parsed
from tests.scrapyrun import articles, balanced, runs

FIRST = datetime.fromisoformat("2026-05-14T02:00:00+07:00")
DAY = timedelta(days=1)
SITE = r"""
publisher = "Báo Thử"
kind = "newspaper"
province = "Cần Thơ"
hosts = ["bao.example.vn"]
home = "https://bao.example.vn/"
article_url = '-a(?P<id>\d+)\.html'
page_url = '^/muc/'
links = "ul a"
paging = "link"
next = "a.next"
frame = "article"
title = "h1"
published = "time"
body = "article div.text"
related = "aside"
checked = "none"
[categories]
tin = "/tin/"
"""


@dataclass
class Press:
    """A paper: one listing, newest first, and articles by their numbers, each with its text and its day. Around the
    text stand a visitor counter, an advertisement and the block of related links. `validators` says what the server
    sends with a page: "etag", "modified", both, or none. `at` is what answers at an address instead: a status, a status
    and a place to go to, or an error."""

    texts: dict[int, str] = field(default_factory=dict)
    days: dict[int, datetime | None] = field(default_factory=dict)
    changed: dict[int, datetime] = field(default_factory=dict)
    listed: list[int] = field(default_factory=list)
    validators: tuple[str, ...] = ("etag", "modified")
    advert: str = "Mua một tặng một"
    now: datetime = FIRST
    visitors: int = 0
    at: dict[str, Any] = field(default_factory=dict)
    requests: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)

    def publish(self, *numbers: int, day: datetime | None = None) -> None:
        for number in numbers:
            self.edit(number, f"Tuyến kênh số {number} được vét xong, bà con hai bên bờ lấy nước vào ruộng. " * 3)
            self.days[number] = day or self.now
            self.listed.insert(0, number)

    def edit(self, number: int, text: str) -> None:
        self.texts[number], self.changed[number] = text, self.now

    def answer(self, request: Request) -> HtmlResponse:
        """Raises what stands in `at`."""
        path = urlsplit(request.url).path
        place = self.at.get(path)
        if isinstance(place, Exception):
            raise place
        headers = {name.decode(): request.headers[name].decode() for name in request.headers}
        status, sent, body = place if isinstance(place, tuple) else self._page(path, headers)
        if isinstance(place, int):
            status, body = place, "<html><body><p>Lỗi</p></body></html>"
        self.requests.append((path, status, headers))
        return HtmlResponse(request.url, status, sent, body.encode(), request=request, encoding="utf-8")

    def _page(self, path: str, asked: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if path == "/tin/":
            return 200, {}, self._listing()
        if path.startswith("/muc/"):
            return 200, {}, self._article(self.listed[0])
        number = int(path.rpartition("-a")[2].removesuffix(".html"))
        if number not in self.texts:
            return 404, {}, "<html><body><p>Không có</p></body></html>"
        sent = self._sent(number)
        if "If-None-Match" in asked:
            same = asked["If-None-Match"] == sent.get("ETag")
        else:
            same = "Last-Modified" in sent and asked.get("If-Modified-Since") == sent["Last-Modified"]
        return (304, sent, "") if same else (200, sent, self._article(number))

    def _sent(self, number: int) -> dict[str, str]:
        moment = self.changed[number]
        every = {"etag": ("ETag", f'W/"{number}-{moment:%Y%m%d%H}"'), "modified": ("Last-Modified", _date(moment))}
        return dict(every[name] for name in self.validators)

    def _listing(self) -> str:
        entries = "".join(f"<li><a href='/bai-a{number}.html'>Bản tin {number}</a></li>" for number in self.listed)
        return f"<html><body><ul>{entries}</ul></body></html>"

    def _article(self, number: int) -> str:
        self.visitors += 1
        day = self.days[number]
        when = f"<time>{day:%d/%m/%Y %H:%M}</time>" if day else ""
        others = "".join(f"<li><a href='/bai-a{each}.html'>Bản tin {each}</a></li>" for each in self.listed[:5])
        return (
            f"<html><body><p>{self.now:%d/%m/%Y %H:%M} Lượt truy cập: {self.visitors}</p><article><h1>Vét kênh {number}"
            f"</h1>{when}<div class='ad'><a href='https://ad.example/'>{self.advert}</a></div><div class='text'><p>"
            f"{self.texts[number]}</p></div><aside><h3>Tin đã đưa</h3><ul>{others}</ul></aside></article></body></html>"
        )


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


class Nights:
    """Runs over the paper, each at a time of its own."""

    def __init__(self, folder: Path, press: Press, looks: int = 100) -> None:
        self.press, self.output, self.looks = press, folder / "out", looks
        self.folder = self.output / "bao"
        file = folder / "bao.toml"
        file.write_text(SITE, "utf-8")
        self.spider = spider_of(load_site(file))
        self.settings = Settings({"RETRY_TIMES": 0, "RETRY_WAIT": 10.0, "RELATED_DEPTH": 20})

    def __call__(self, days: float = 0, **arguments: str) -> dict[str, Any]:
        """A run so many days after the first. Returns its counts."""
        run = self.open(days, **arguments)
        try:
            self.crawl(run)
            self.verdict = self.judge(run)
            run.finish(self.verdict.reason, int(self.verdict.code), {}, self.press.now)
        except Killed:
            kill(run)
            raise
        counts = dict(runs(self.folder)[-1]["counts"])
        assert balanced(counts)
        assert counts["pending"] >= 0
        return counts

    def open(self, days: float, **arguments: str) -> Run:
        self.press.now = FIRST + days * DAY
        self.press.requests.clear()
        self.arguments = Arguments.read(arguments)
        return Run.open(self.output, self.spider.site, Terms(lambda: self.press.now, self.arguments, looks=self.looks))

    def judge(self, run: Run) -> Verdict:
        return judge(run.accounts, "finished", crashes=0, earlier=[], partial=self.arguments.partial)

    def crawl(self, run: Run, most: int = 10_000) -> None:
        """At most so many requests."""
        spider = self.spider()
        spider.arguments, spider.frontier = self.arguments, run.frontier
        spider.settings, spider.clock = self.settings, lambda: self.press.now  # type: ignore[assignment]
        keeper: Any = SimpleNamespace(run=run, crashed=_raise)
        scheduler = LedgerScheduler(SimpleNamespace(engine=None), keeper)  # type: ignore[arg-type]
        scheduler.open(spider)
        for request in asyncio.run(_all(spider)):
            scheduler.enqueue_request(request)
        pipelines = [kind(run) for kind in (ValidatePipeline, DeduplicatePipeline, JsonLinesPipeline)]
        for _ in range(most):
            request = scheduler.next_request()
            if request is None:
                break
            for each in self._answer(spider, request):
                if isinstance(each, Request):
                    scheduler.enqueue_request(each)
                else:
                    _process(each, pipelines)

    def _answer(self, spider: SiteSpider, request: Request) -> Iterator[Any]:
        try:
            response = self.press.answer(request)
            if response.status in (301, 302):
                place = response.urljoin(response.headers["Location"].decode())  # type: ignore[union-attr]
                meta = {**request.meta, "redirect_times": 1, "redirect_reasons": [response.status]}
                return self._answer(spider, request.replace(url=place, meta=meta))
            if response.status != 200 and response.status not in request.meta.get("handle_httpstatus_list", ()):
                raise HttpError(response, "ignored")
        except Exception as error:
            failure = Failure(error)
            failure.request = request  # type: ignore[attr-defined]
            return spider.failed(failure)
        return spider.parse(response)

    # --- what is there

    @property
    def asked(self) -> list[str]:
        """The articles that the last run asked for."""
        return [path for path, *_ in self.press.requests if path != "/tin/"]

    def lines(self, number: int) -> list[dict[str, Any]]:
        """The lines of an article, oldest first."""
        return [each for each in articles(self.folder) if each["id"] == f"bao:{number}"]

    def numbers(self) -> list[int]:
        return sorted(int(each["id"].removeprefix("bao:")) for each in articles(self.folder))

    def record(self) -> list[dict[str, Any]]:
        return parsed(self.folder / "runs.jsonl")


async def _all(spider: SiteSpider) -> list[Request]:
    return [request async for request in spider.start()]


def _process(item: Any, pipelines: list[Any]) -> None:
    try:
        for pipeline in pipelines:
            item = pipeline.process_item(item)
    except DropItem:
        pass


def _raise(error: BaseException) -> None:
    raise error
