"""Which answers go to the run's WARC file, what is left out of them, and how long they are held."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.settings import Settings

from newscrawl import settings
from newscrawl.crawling.rawpages import RawPages, exchange_of
from newscrawl.crawling.settingvalues import check_settings
from newscrawl.keeping.run import Run
from newscrawl.pipelines import RawPagePipeline, ValidatePipeline, article_schema
from newscrawl.words.errors import ArgumentError
from tests.onerun import NOW, article, ended, opened, url, warcs


def answer(number: int, body: bytes = b"<p>", **more: Any) -> tuple[Request, Response]:
    address = more.pop("url", url(number))
    return Request(address), Response(address, body=body, protocol="HTTP/1.1", **more)


def begun(folder: Path, choice: str) -> tuple[Run, RawPages]:
    run = opened(folder)
    return run, RawPages(run.warc, choice)


# --- which


@pytest.mark.parametrize(("choice", "records"), [("off", 0), ("articles", 0), ("all", 3)])
def test_what_is_written_as_it_comes(choice: str, records: int, tmp_path: Path) -> None:
    run, pages = begun(tmp_path, choice)
    pages.answered(*answer(1), NOW)
    assert run.warc.records == records
    run.close()


@pytest.mark.parametrize("choice", ["articles", "all"])
def test_what_is_kept_is_written_once(choice: str, tmp_path: Path) -> None:
    run, pages = begun(tmp_path, choice)
    request, response = answer(1)
    pages.answered(request, response, NOW)
    places = [pages.keep(url(1)), pages.keep(url(1))]
    assert run.warc.records == 3
    assert places[0] == places[1]
    assert places[0] is not None
    assert places[0].keys() == article_schema()["properties"]["raw"]["properties"].keys()
    run.close()


def test_nothing_to_keep(tmp_path: Path) -> None:
    """Without an answer, as from a cache of Scrapy's, and by choice."""
    run, pages = begun(tmp_path, "off")
    request, response = answer(1)
    pages.answered(request, response, NOW)
    assert pages.keep(url(1)) is pages.keep(url(2)) is None
    run.close()


@pytest.mark.parametrize("choice", ["articles", "all"])
def test_an_answer_goes_with_its_request(choice: str, tmp_path: Path) -> None:
    """The memory of a run does not grow with its pages."""
    run, pages = begun(tmp_path, choice)
    tracemalloc.start()
    try:
        for number in range(100):
            request, response = answer(number, bytes(100_000))
            pages.answered(request, response, NOW)
            assert pages.keep(url(number)) if number % 2 else True
        del request, response
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()
    assert pages.keep(url(98)) is None
    run.close()


# --- what


def test_what_went_over_the_wire() -> None:
    request = Request(
        "https://baocantho.com.vn:8443/tin?a=1&b=%C3%A9#x",
        headers={"User-Agent": "newscrawl", "Cookie": "c", "Authorization": "a", "Proxy-Authorization": "p"},
    )
    fields = {"Set-Cookie": ["a=1", "b=2"], "Content-Encoding": "gzip"}
    response = Response(
        request.url, 299, headers=fields, body=b"\x1f\x8b", protocol="HTTP/1.0", ip_address=ip_address("::1")
    )
    exchange = exchange_of(request, response, NOW)
    assert exchange.url == "https://baocantho.com.vn:8443/tin?a=1&b=%C3%A9"
    assert exchange.request == "GET /tin?a=1&b=%C3%A9 HTTP/1.1"
    assert exchange.request_headers == [("Host", "baocantho.com.vn:8443"), ("User-Agent", "newscrawl")]
    assert (exchange.protocol, exchange.status, exchange.address) == ("HTTP/1.0", "299 Unknown", "::1")
    assert exchange.headers == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Encoding", "gzip")]
    assert exchange.body == b"\x1f\x8b"


def test_the_home_page_and_a_usual_answer() -> None:
    request = Request("http://baocantho.com.vn", headers={"Host": "baocantho.com.vn"})
    exchange = exchange_of(request, Response(request.url, 404), datetime.now(UTC))
    assert (exchange.request, exchange.status) == ("GET / HTTP/1.1", "404 Not Found")
    assert exchange.request_headers == [("Host", "baocantho.com.vn")]
    assert exchange.address is None


# --- the pipelines


def test_an_article_points_at_its_page(tmp_path: Path) -> None:
    run, pages = begun(tmp_path, "articles")
    request, response = answer(1)
    pages.answered(request, response, NOW)
    item = RawPagePipeline(run, pages).process_item(article(1))
    assert item.raw == pages.keep(url(1))
    assert RawPagePipeline(None).process_item(article(2)).raw is None
    ended(run)
    assert len(warcs(tmp_path)) == 1


def test_a_page_that_gave_an_invalid_article_is_kept(tmp_path: Path) -> None:
    run, pages = begun(tmp_path, "articles")
    request, response = answer(1)
    pages.answered(request, response, NOW)
    with pytest.raises(DropItem):
        ValidatePipeline(run, pages).process_item(replace(article(1), title=""))
    assert run.warc.records == 3
    run.close()


@pytest.mark.parametrize("raw", [{}, {"file": "a", "offset": -1, "length": 1}, {"file": "a", "offset": 0, "length": 0}])
def test_what_is_no_place(raw: dict[str, Any]) -> None:
    with pytest.raises(DropItem):
        ValidatePipeline(None).process_item(replace(article(1), body="Một.", raw=raw))
    ValidatePipeline(None).process_item(replace(article(1), body="Một.", raw={"file": "a", "offset": 0, "length": 1}))


# --- the setting


@pytest.mark.parametrize("word", ["article", "ALL", "", None, True])
def test_a_wrong_word(word: object) -> None:
    with pytest.raises(ArgumentError, match=f"RAW_PAGES={word}: must be one of articles, all, off"):
        check_settings(configured(RAW_PAGES=word))
    check_settings(configured())


def configured(**more: object) -> Settings:
    found = Settings()
    found.setmodule(settings)
    found.setdict(more)
    return found
