"""The whole machine through the real command line, on a replica portal on loopback."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.pipelines import ValidatePipeline
from tests.replica import Portal, Response, Server, build, fold, serve
from tests.scrapyrun import PROJECT, Result, articles, balanced, command, crawl, environment, manifests, runs, scrapy

pytestmark = pytest.mark.crawl

HEADS = 2  # pages of a known listing that a run looks at


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Server, Path, Result, list[Any]]]:
    """One whole crawl of the replica, which many tests look at and none changes."""
    output = tmp_path_factory.mktemp("first")
    portal = build()
    with serve(portal) as server:
        result = crawl(server.port, output)
        yield portal, server, output / "ninhthuan", result, server.requests


@pytest.fixture
def small() -> Iterator[tuple[Portal, Server]]:
    """A small portal of one's own, to be changed at will."""
    portal = build(articles=60)
    with serve(portal) as server:
        yield portal, server


# --- a first crawl


def wanted(portal: Portal) -> dict[str, Any]:
    """What is to be found: all that links lead to, each text once."""
    reachable = {fold(article.url): article for article in portal.articles if article.reachable != "nowhere"}
    texts: dict[tuple[Any, ...], str] = {}
    for key, article in reachable.items():
        texts.setdefault((article.title, article.lead, tuple(article.body)), key)
    return {key: reachable[key] for key in texts.values()}


def test_every_article_is_found_once(first: Any) -> None:
    portal, _, folder, result, _ = first
    assert result.code == 0, result.err
    found = [fold(article["url"]) for article in articles(folder)]
    assert len(found) == len(set(found))
    twins = {fold(article.url) for article in portal.articles if article.same_text_as}
    twins |= {fold(article.same_text_as) for article in portal.articles if article.same_text_as}
    assert set(found) - twins == wanted(portal).keys() - twins
    assert len(found) == len(wanted(portal))
    assert len(found) >= 200


def test_some_articles_are_reachable_through_related_blocks_alone(first: Any) -> None:
    portal, _, folder, _, _ = first
    alone = {fold(article.url) for article in portal.articles if article.reachable == "related"}
    assert len(alone) >= 24
    assert alone <= {fold(article["url"]) for article in articles(folder)}


PLAIN = ("title", "lead", "published", "published_raw", "category", "byline", "byline_raw", "source", "tags")


@pytest.mark.parametrize("field", PLAIN)
def test_field_is_read_exactly(first: Any, field: str) -> None:
    portal, _, folder, _, _ = first
    truth = portal.expected_by_url
    by_key = {fold(url): article for url, article in truth.items()}
    wrong = [
        (article["url"], article[field], getattr(by_key[fold(article["url"])], field))
        for article in articles(folder)
        if article[field] != getattr(by_key[fold(article["url"])], field)
    ]
    assert wrong == []


def host_free(url: str | None) -> str:
    return (url or "").partition("://")[2].replace(":443/", "/").removeprefix("www.")


def test_bodies_captions_and_links_are_read_exactly(first: Any) -> None:
    portal, _, folder, _, _ = first
    by_key = {fold(url): article for url, article in portal.expected_by_url.items()}
    for article in articles(folder):
        truth = by_key[fold(article["url"])]
        # The replica keeps the cells of data tables apart from the body; newscrawl reads a row as a line.
        prose = [paragraph for paragraph in article["body"].split("\n\n") if " | " not in paragraph]
        assert prose == truth.body, article["url"]
        captions = [
            (caption["text"] + (f" Ảnh: {caption['credit']}" if caption["credit"] else ""), host_free(caption["image"]))
            for caption in article["captions"]
        ]
        assert captions == [(text, host_free(image)) for text, image in truth.captions], article["url"]
        related = [(link["title"], fold(link["url"]), link["date_raw"]) for link in article["related"]]
        assert related == [(title, fold(url), raw) for title, url, raw in truth.related], article["url"]
        documents = [(document["text"], host_free(document["url"])) for document in article["attachments"]]
        assert documents == [(text, host_free(url)) for text, url in truth.attachments], article["url"]


def test_every_line_is_valid_and_the_manifest_true(first: Any) -> None:
    _, _, folder, _, _ = first
    pipeline = ValidatePipeline(None)
    for article in articles(folder):
        pipeline.process_item(article)
    (manifest,) = manifests(folder)
    assert manifest["reason"] == "finished"
    assert manifest["counts"]["stored"] == manifest["lines"]
    assert balanced(manifest["counts"])
    assert not list(folder.glob("*.open"))


def test_the_winning_layers_are_counted(first: Any) -> None:
    _, _, folder, _, _ = first
    (manifest,) = manifests(folder)
    layers = manifest["extracted_by"]
    assert layers["title/site"] + layers["title/family"] == manifest["lines"]
    assert layers["body/site"] + layers["body/family"] == manifest["lines"]


def test_only_the_sites_own_hosts_are_asked(first: Any) -> None:
    *_, requests = first
    assert {host.partition(":")[0] for host, _ in requests} <= {"ninhthuan.gov.vn", "www.ninhthuan.gov.vn"}


def test_robots_and_twins(first: Any) -> None:
    *_, requests = first
    paths = [path.lower() for _, path in requests]
    assert "/robots.txt" in paths
    assert not [path for path in paths if path.startswith(("/chinhquyen/noibo/", "/_layouts/"))]
    assert not [path for path in paths if "print.aspx" in path]
    assert not [path for path in paths if "fbclid" in path]
    pages = [fold(f"http://{host}{path}") for host, path in requests if "/pages/" in path.lower()]
    assert len(pages) == len(set(pages)), "a page was asked for twice"


def test_summary_says_what_was_found_and_where(first: Any) -> None:
    _, _, folder, result, _ = first
    assert "235 articles (exit code 0)" in result.out
    assert str(next(folder.glob("2*.jsonl"))) in result.out


# --- further runs


def test_a_second_run_asks_for_listing_heads_only(small: Any, tmp_path: Path) -> None:
    portal, server = small
    assert crawl(server.port, tmp_path).code == 0
    server.clear()
    again = crawl(server.port, tmp_path)
    assert again.code == 0
    assert "nothing new" in again.out
    others = 2 + 2  # robots.txt and the home page; two menu entries that are no categories
    assert len(server.requests) <= HEADS * len(portal.categories) + others
    assert len(list((tmp_path / "ninhthuan").glob("2*.jsonl"))) == 1, "a run that stored nothing left a segment"
    assert len(runs(tmp_path / "ninhthuan")) == 2


def test_new_articles_cost_one_request_each(small: Any, tmp_path: Path) -> None:
    portal, server = small
    crawl(server.port, tmp_path)
    server.clear()
    crawl(server.port, tmp_path)
    heads = len(server.requests)
    new = portal.publish(7)
    server.clear()
    assert crawl(server.port, tmp_path).code == 0
    deeper = len(portal.categories)  # a listing with something new is followed until two pages have nothing new
    assert len(server.requests) <= heads + deeper + 1.2 * len(new)
    segment = sorted((tmp_path / "ninhthuan").glob("2*.jsonl"))[-1]
    newest = [json.loads(line) for line in segment.read_text("utf-8").splitlines()]
    assert {fold(article["url"]) for article in newest} == {fold(article.url) for article in new}


def test_a_killed_crawl_goes_on_where_it_was(small: Any, tmp_path: Path) -> None:
    portal, server = small
    folder = tmp_path / "ninhthuan"
    run_and_signal(server, tmp_path, signal.SIGKILL, when=lambda: len(server.requests) >= 25)
    assert list(folder.glob("*.open"))
    asked = {fold(f"http://{host}{path}") for host, path in server.requests}
    server.clear()
    assert crawl(server.port, tmp_path).code == 0
    found = [fold(article["url"]) for article in articles(folder)]
    assert len(found) == len(set(found)) == len(wanted(portal))
    reasons = [manifest["reason"] for manifest in manifests(folder)]
    assert reasons == ["recovered", "finished"]
    pages = {fold(f"http://{host}{path}") for host, path in server.requests} & asked & set(found)
    assert len(pages) <= 2, "stored articles were fetched again"


def test_a_stopped_crawl_says_so_and_goes_on(small: Any, tmp_path: Path) -> None:
    portal, server = small
    code = run_and_signal(server, tmp_path, signal.SIGTERM, when=lambda: len(server.requests) >= 25)
    assert code == 11
    (manifest,) = manifests(tmp_path / "ninhthuan")
    assert manifest["reason"] == "stopped"
    assert balanced(manifest["counts"])
    assert manifest["counts"]["pending"] > 0
    assert crawl(server.port, tmp_path).code == 0
    assert len(list(articles(tmp_path / "ninhthuan"))) == len(wanted(portal))


def run_and_signal(server: Server, output: Path, number: int, when: Callable[[], bool]) -> int:
    """Start a crawl, and send it a signal as soon as `when` is true."""
    args = ("crawl", "ninhthuan", "-s", f"CONNECT_TO=127.0.0.1:{server.port}", "-s", f"OUTPUT_DIR={output}")
    with subprocess.Popen(
        command(*args), cwd=PROJECT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 60
        while not when() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)  # a look at the server, not a wait for luck
        process.send_signal(number)
        return process.wait(60)


def test_two_runs_at_once(small: Any, tmp_path: Path) -> None:
    portal, server = small
    slow = fold(next(iter(portal.categories.values())))
    held = Response(200, {"Content-Type": "text/html"}, b"<html><body>slow</body></html>", delay=8)
    portal.override("/robots.txt", held, times=1)
    args = ("crawl", "ninhthuan", "-s", f"CONNECT_TO=127.0.0.1:{server.port}", "-s", f"OUTPUT_DIR={tmp_path}")
    with subprocess.Popen(
        command(*args), cwd=PROJECT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as holder:
        deadline = time.monotonic() + 60
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.002)
        server.clear()
        second = crawl(server.port, tmp_path)
        assert second.code == 75
        assert "another run holds the site ninhthuan" in second.err
        assert server.requests == [], slow
        holder.kill()
        holder.wait(60)
    assert crawl(server.port, tmp_path).code == 0, "the lock outlived its holder"


# --- arguments


def test_since(small: Any, tmp_path: Path) -> None:
    portal, server = small
    dates = sorted(article.published[:10] for article in wanted(portal).values())
    day = dates[len(dates) // 2]
    assert crawl(server.port, tmp_path, "-a", f"since={day}").code == 0
    some = list(articles(tmp_path / "ninhthuan"))
    assert some
    assert all(article["published"] >= day for article in some)
    listed = [a for a in wanted(portal).values() if a.published >= day and a.reachable == "listing"]
    listed = [article for article in listed if not article.same_text_as]
    assert {fold(a.url) for a in listed} <= {fold(article["url"]) for article in some}
    assert crawl(server.port, tmp_path).code == 0, "a later whole run takes the rest"
    assert len(list(articles(tmp_path / "ninhthuan"))) == len(wanted(portal))


def test_limit(small: Any, tmp_path: Path) -> None:
    portal, server = small
    result = crawl(server.port, tmp_path, "-a", "limit=9")
    assert result.code == 0
    assert len(list(articles(tmp_path / "ninhthuan"))) == 9
    assert balanced(manifests(tmp_path / "ninhthuan")[0]["counts"])
    assert crawl(server.port, tmp_path).code == 0
    assert len(list(articles(tmp_path / "ninhthuan"))) == len(wanted(portal)), "a limited run left a hole"


def test_categories(small: Any, tmp_path: Path) -> None:
    portal, server = small
    assert crawl(server.port, tmp_path, "-a", "categories=kinh-te", "-s", "RELATED_DEPTH=0").code == 0
    found = {fold(article["url"]) for article in articles(tmp_path / "ninhthuan")}
    listed = {fold(article.url) for article in portal.listing("Kinh tế")}
    assert found <= listed
    assert len(listed - found) <= 1, "the twin of a text that both categories have"
    unknown = crawl(server.port, tmp_path, "-a", "categories=kinhte")
    assert unknown.code == 2
    assert "categories=kinhte: ninhthuan has no such category; did you mean kinh-te?" in unknown.err


def test_exports(small: Any, tmp_path: Path) -> None:
    _, server = small
    lines, table = tmp_path / "articles.jsonl", tmp_path / "articles.csv"
    result = crawl(server.port, tmp_path / "out", "-a", "limit=12", "-O", str(lines), "-O", str(table))
    assert result.code == 0
    kept = list(articles(tmp_path / "out" / "ninhthuan"))
    assert [json.loads(line) for line in lines.read_text("utf-8").splitlines()] == kept
    with table.open(encoding="utf-8", newline="") as rows:
        read = list(csv.DictReader(rows))
    assert [row["title"] for row in read] == [article["title"] for article in kept]
    assert [json.loads(row["related"] or "[]") for row in read] == [article["related"] for article in kept]
    assert [row["byline"] for row in read] == ["; ".join(article["byline"]) for article in kept]
    assert list(read[0]) == list(kept[0])


def test_articles_to_standard_output(small: Any, tmp_path: Path) -> None:
    _, server = small
    result = crawl(server.port, tmp_path, "-a", "limit=2", "-o", "-:jsonl")
    assert [json.loads(line)["revision"] for line in result.out.splitlines()] == [1, 1]
    assert "2 articles, the limit is reached" in result.err


# --- bad input


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("crawl", "ninhthuann"), "no site 'ninhthuann'; did you mean ninhthuan?"),
        (("crawl",), "name one site"),
        (("crawl", "ninhthuan", "--limit", "5"), "unknown option --limit"),
        (("crawl", "ninhthuan", "--overwrite-outptu=x"), "did you mean --overwrite-output?"),
        (("crawl", "ninhthuan", "-a", "limt=5"), "unknown argument 'limt'; did you mean limit?"),
        (("crawl", "ninhthuan", "-a", "limit=0"), "limit=0: must be a whole number from 1"),
        (("crawl", "ninhthuan", "-a", "since=01/02/2018"), "since=01/02/2018: must be a day like 2018-01-01"),
        (("crawl", "baocantho", "-a", "categories=thoisu"), "did you mean thoi-su?"),
        (("crawl", "ninhthuan", "-s", "CONNECT_TO=10.0.0.1:80"), "must be a loopback address and port"),
        (("crawl", "ninhthuan", "-s", "RETRY_WAIT=soon"), "RETRY_WAIT=soon: must be a number from 0"),
        (("crawl", "ninhthuan", "-s", "DOWNLOAD_DELAY=-1"), "DOWNLOAD_DELAY=-1: must be a number from 0"),
        (("crawl", "ninhthuan", "-s", "RETRY_TIMES=1.5"), "RETRY_TIMES=1.5: must be a whole number from 0"),
        (("crawl", "ninhthuan", "-s", "CONCURRENT_REQUESTS=0"), "CONCURRENT_REQUESTS=0: must be a whole number from 1"),
        (
            ("crawl", "ninhthuan", "-s", "LOG_FILE=/no/such/folder/log"),
            "LOG_FILE=/no/such/folder/log: can't be written",
        ),
        (("crawl", "ninhthuan", "-s", "CONNECT_TO=localhost"), "must be a loopback address and port"),
        (("show", "no-such-file.html"), "no-such-file.html: can't be read"),
        (("edit", "ninhthuann"), "did you mean ninhthuan?"),
    ],
)
def test_usage_errors_name_the_place(args: tuple[str, ...], message: str, tmp_path: Path) -> None:
    result = scrapy(*args, *(("-s", f"OUTPUT_DIR={tmp_path / 'out'}") if args[0] == "crawl" else ()))
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert not (tmp_path / "out").exists()


def test_an_editor_that_is_not_there_is_named() -> None:
    result = scrapy("edit", "ninhthuan", "-s", "EDITOR=/nowhere/ed")
    assert result.code == 4
    assert result.err.splitlines() == [
        "scrapy edit: EDITOR=/nowhere/ed: can't be run ([Errno 2] No such file or directory: '/nowhere/ed')"
    ]


def test_a_broken_site_file_costs_its_own_site(small: Any, tmp_path: Path) -> None:
    _, server = small
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "hong.toml").write_text('publisher = "Báo Hỏng"\ntilte = "h1"\n', "utf-8")
    setting = ("-s", f"SITES={sites}")
    broken = scrapy("crawl", "hong", *setting, "-s", f"OUTPUT_DIR={tmp_path / 'out'}")
    assert broken.code == 4
    assert f"{sites / 'hong.toml'}: tilte = 'h1': unknown key; did you mean title?" in broken.err
    assert scrapy("list", *setting).out.split() == ["baocantho", "hong", "ninhthuan"]
    assert crawl(server.port, tmp_path / "out", "-a", "limit=1", *setting).code == 0


def test_a_site_of_ones_own_needs_no_change_in_the_package(small: Any, tmp_path: Path) -> None:
    _, server = small
    sites = tmp_path / "my-sites"
    sites.mkdir()
    text = (PROJECT / "newscrawl" / "sites" / "ninhthuan.toml").read_text("utf-8")
    (sites / "cua-toi.toml").write_text(text.replace("Cổng thông tin", "Bản sao của cổng"), "utf-8")
    result = crawl(server.port, tmp_path, "-s", f"SITES={sites}", "-a", "limit=3", site="cua-toi")
    assert result.code == 0, result.err
    found = list(articles(tmp_path / "cua-toi"))
    assert {article["site"] for article in found} == {"cua-toi"}
    assert found[0]["publisher"].startswith("Bản sao")


def answer(text: str, status: int = 200) -> Response:
    return Response(status, {"Content-Type": "text/html; charset=utf-8"}, text.encode())


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_a_category_that_answers_404(small: Any, tmp_path: Path) -> None:
    portal, server = small
    url = portal.categories["Kinh tế"]
    portal.override(path_of(url), answer("<html><body>404</body></html>", 404))
    result = crawl(server.port, tmp_path)
    assert result.code == 9
    assert "listing broken at page 1" in result.err
    assert "http_404" in result.err
    (manifest,) = manifests(tmp_path / "ninhthuan")
    assert manifest["counts"]["listings"]["broken/http_404"] == 1
    assert manifest["counts"]["stored"] > 20, "the other categories were crawled"


def test_an_empty_listing(small: Any, tmp_path: Path) -> None:
    portal, server = small
    portal.override(path_of(portal.categories["Kinh tế"]), answer("<html><body><p>Chưa có tin.</p></body></html>"))
    assert crawl(server.port, tmp_path).code == 0
    (manifest,) = manifests(tmp_path / "ninhthuan")
    assert manifest["counts"]["listings"]["empty"] == 3


def test_maintenance_in_the_middle_of_a_listing_leaves_no_hole(tmp_path: Path) -> None:
    portal = build(articles=150)
    head = path_of(portal.categories["Chính trị - Xã hội"])
    portal.override(f"{head}?PageIndex=2", answer("<html><body><p>Hệ thống đang bảo trì.</p></body></html>"), times=1)
    with serve(portal) as server:
        broken = crawl(server.port, tmp_path)
        assert broken.code == 9, broken.out
        assert "listing broken at page 2" in broken.err
        assert crawl(server.port, tmp_path).code == 0
    assert len(list(articles(tmp_path / "ninhthuan"))) == len(wanted(portal))


def test_a_ledger_that_is_gone_is_made_anew(small: Any, tmp_path: Path) -> None:
    portal, server = small
    assert crawl(server.port, tmp_path).code == 0
    (tmp_path / "ninhthuan" / "ledger.sqlite").unlink()
    again = crawl(server.port, tmp_path)
    assert again.code == 0
    assert "the ledger was gone" in again.err
    found = [article["id"] for article in articles(tmp_path / "ninhthuan")]
    assert len(found) == len(set(found)) == len(wanted(portal))


def test_a_guard_page_is_not_kept_for_articles(small: Any, tmp_path: Path) -> None:
    portal, server = small
    guard = (
        "<html><head><title>Xin chờ</title></head><body><div id='art-content'><div class='art-title'>Xin chờ</div>"
        f"<div class='art-body'><p>{'Trang này cần kiểm tra trình duyệt trước khi cho xem nội dung. ' * 6}</p></div>"
        "</div></body></html>"
    )
    listed = portal.listing("Kinh tế")[:12]
    for article in listed:
        portal.override(path_of(article.url), answer(guard))
    assert crawl(server.port, tmp_path).code == 9
    (manifest,) = manifests(tmp_path / "ninhthuan")
    assert manifest["counts"]["reasons"]["failed/same_text"] >= 8
    assert balanced(manifest["counts"])


def test_a_dead_host_is_named_without_a_traceback(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, but not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        result = crawl(taken.getsockname()[1], tmp_path, "-s", "RETRY_TIMES=0")
    assert result.code == 10
    assert "Connection was refused" in result.err
    assert "Traceback" not in result.err
    assert "no listing could be read: robots_unreachable" in result.out


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_can_not_be_had_forbids_all(status: int, small: Any, tmp_path: Path) -> None:
    portal, server = small
    portal.override("/robots.txt", answer("Lỗi", status))
    result = crawl(server.port, tmp_path, "-s", "RETRY_TIMES=0")
    assert result.code == 10
    assert "no listing could be read: robots_unreachable" in result.out
    assert {path for _, path in server.requests} == {"/robots.txt"}
    portal.override("/robots.txt", answer("", 404))
    assert crawl(server.port, tmp_path, "-a", "limit=1").code == 0


def test_pages_that_hold_no_article(small: Any, tmp_path: Path) -> None:
    portal, server = small
    listed = [a for a in portal.listing("Kinh tế") if "/portal/" in a.url][:1] + portal.listing("Giáo dục - Y tế")[:1]
    frame = "<html><head><title>Tin</title></head><body><div id='art-content'></div></body></html>"
    portal.override(path_of(listed[0].url), answer(frame))
    portal.override(path_of(listed[1].url), Response(200, {"Content-Type": "text/html"}, b"%PDF-1.4 \x00\xff"))
    result = crawl(server.port, tmp_path)
    assert result.code == 0
    assert f"failed: {listed[0].url}" in result.err.replace("https://", "http://")
    (manifest,) = manifests(tmp_path / "ninhthuan")
    reasons = manifest["counts"]["reasons"]
    assert reasons["failed/no_body"] == 1
    assert reasons["skipped/not_html"] >= 1
    assert balanced(manifest["counts"])


def test_many_failed_pages_make_a_run_incomplete(small: Any, tmp_path: Path) -> None:
    portal, server = small
    for article in portal.listing("Kinh tế")[:10]:
        portal.override(path_of(article.url), answer("Lỗi", 500))
    result = crawl(server.port, tmp_path, "-s", "RETRY_TIMES=0")
    assert result.code == 9
    (manifest,) = manifests(tmp_path / "ninhthuan")
    assert manifest["counts"]["failed"] == manifest["counts"]["reasons"]["failed/http_500"] == 10


def test_no_article_link_at_all(small: Any, tmp_path: Path) -> None:
    portal, server = small
    for path in ("/", "/Pages/Default.aspx"):
        portal.override(path, answer("<html><body><ul class='TD-menu'><li><a href='/x.aspx'>Tin</a></ul>"))
    portal.override("/x.aspx", answer("<html><body>Trang trống</body></html>"))
    result = crawl(server.port, tmp_path)
    assert result.code == 10
    assert "no article link on any listing" in result.out


def test_a_site_that_lost_most_of_its_links(small: Any, tmp_path: Path) -> None:
    portal, server = small
    assert crawl(server.port, tmp_path).code == 0
    nothing = answer("<html><body><p>Chưa có tin.</p></body></html>")
    for name in list(portal.categories)[:3]:
        portal.override(path_of(portal.categories[name]), nothing)
    menu = "".join(f"<li><a href='{url}'>{name}</a></li>" for name, url in portal.categories.items())
    for path in ("/", "/Pages/Default.aspx"):
        portal.override(path, answer(f"<html><body><ul class='TD-menu'>{menu}</ul></body></html>"))
    result = crawl(server.port, tmp_path)
    assert result.code == 10, result.out
    assert "are usual" in result.out


@pytest.mark.parametrize(
    ("heading", "why"),
    [("Trang mới", "the rule 'menu' finds no category"), ("Bảo trì", "(guard: the page is a guard's")],
)
def test_a_home_page_without_menu(heading: str, why: str, small: Any, tmp_path: Path) -> None:
    portal, server = small
    for path in ("/", "/Pages/Default.aspx"):
        portal.override(path, answer(f"<html><body><h1>{heading}</h1></body></html>"))
    result = crawl(server.port, tmp_path)
    assert result.code == 10
    assert why in result.err


# --- the other door: shell, parse, show, other folders


def test_parse_leaves_no_file_and_takes_no_lock(small: Any, tmp_path: Path) -> None:
    portal, server = small
    url = portal.listing("Kinh tế")[0].url
    setting = ("-s", f"CONNECT_TO=127.0.0.1:{server.port}", "-s", f"OUTPUT_DIR={tmp_path / 'out'}")
    result = scrapy("parse", "--spider", "ninhthuan", "--noitems", "--pipelines", url, *setting)
    assert "Requests" in result.out, result.err
    assert portal.listing("Kinh tế")[0].related[0].url.rpartition("/")[2][:20].lower() in result.out.lower()
    assert not (tmp_path / "out").exists()


def test_show_a_file_and_a_url(small: Any, tmp_path: Path) -> None:
    portal, server = small
    article = portal.listing("Kinh tế")[0]
    file = tmp_path / "page.html"
    file.write_bytes(portal.get("www.ninhthuan.gov.vn", path_of(article.url)).body)
    shown = scrapy("show", str(file), "--url", article.url, "--fetched-at", "2019-02-20T09:00:00+07:00")
    assert shown.code == 0, shown.err
    record = json.loads(shown.out)
    assert record["title"] == article.title
    assert record["extracted_by"]["title"] in ("site", "family")
    assert record["related"][0]["date"].startswith(("2018", "2019"))
    picture = tmp_path / "picture.html"
    fetched = scrapy("show", article.url, "--html", str(picture), "-s", f"CONNECT_TO=127.0.0.1:{server.port}")
    assert json.loads(fetched.out)["content_hash"] == record["content_hash"], fetched.err
    assert "Read by the rules of <b>ninhthuan</b>" in picture.read_text("utf-8")
    nameless = scrapy("show", str(file))
    assert nameless.code == 2
    assert "give it by --url" in nameless.err
    listing = scrapy("show", portal.categories["Kinh tế"], "-s", f"CONNECT_TO=127.0.0.1:{server.port}")
    assert listing.code == 1
    assert json.loads(listing.out)["not_article"] == "no_frame"


def test_output_stands_beside_scrapy_cfg_whatever_the_folder(small: Any, tmp_path: Path) -> None:
    _, server = small
    shutil.copy(PROJECT / "scrapy.cfg", tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    result = scrapy("crawl", "ninhthuan", "-s", f"CONNECT_TO=127.0.0.1:{server.port}", "-a", "limit=2", cwd=below)
    assert result.code == 0, result.err
    assert len(list(articles(tmp_path / "output" / "ninhthuan"))) == 2
    assert os.listdir(below) == []


# --- the second vocabulary: a newspaper with named categories and numbered pages


class Newspaper:
    """baocantho's pages of `tests/pages`, served under their own addresses; other articles are made from one of
    them."""

    def __init__(self) -> None:
        from datetime import datetime

        self.now = datetime.fromisoformat("2026-05-14T07:00:00+07:00")
        cases = PROJECT / "tests" / "pages" / "baocantho"
        self.listing = (cases / "04-listing" / "page.html").read_bytes()
        self.article = (cases / "03-date-only" / "page.html").read_text("utf-8")
        self.links = json.loads((cases / "04-listing" / "expected.json").read_text("utf-8"))["links"]

    def get(self, _host: str, path: str) -> Response:
        html = {"Content-Type": "text/html; charset=utf-8"}
        if path == "/robots.txt":
            return Response(404, html, b"")
        if path == "/kinh-te/":
            return Response(200, html, self.listing)
        if path == "/kinh-te?p=2":  # the last page: its pager names none behind it
            return Response(200, html, re.sub(rb"\?p=\d", b"", self.listing))
        number = path.rpartition("-a")[2].removesuffix(".html")
        if number.isdigit():
            return Response(200, html, self.article.replace("</p>", f" Bản tin số {number}.</p>", 1).encode())
        return Response(404, html, b"<html><body>404</body></html>")


def test_a_newspaper_with_numbered_pages(tmp_path: Path) -> None:
    paper = Newspaper()
    with serve(paper) as server:  # type: ignore[arg-type]
        result = crawl(server.port, tmp_path, "-a", "categories=kinh-te", site="baocantho")
        assert result.code == 0, result.err
        found = list(articles(tmp_path / "baocantho"))
        listed = {url.rpartition("-a")[2].removesuffix(".html") for url in paper.links}
        assert listed <= {article["id"].removeprefix("baocantho:") for article in found}
        assert all(article["site"] == "baocantho" and article["province"] == "Cần Thơ" for article in found)
        heads = [path for _, path in server.requests if path.startswith("/kinh-te")]
        assert heads == ["/kinh-te/", "/kinh-te?p=2"], "the same page again ends the walk"
