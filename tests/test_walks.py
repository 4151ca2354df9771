"""Listings that break, end or never end, through the real command line, on a little paper of scripted pages."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.replica import Response, Server, serve
from tests.scrapyrun import Result, articles, balanced, crawl, runs, scrapy

pytestmark = pytest.mark.crawl

SITE = r"""
publisher = "Báo Thử"
kind = "newspaper"
province = "Cần Thơ"
hosts = ["bao.example.vn"]
home = "https://bao.example.vn/"
article_url = '-a(?P<id>\d+)\.html'
page_url = '^/ngay/'
links = "ul a"
paging = "{paging}"
next = "{next}"
frame = "article"
title = "h1"
body = "article div"
related = "aside"
checked = "none"
[categories]
tin = "/tin/"
"""
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Paper:
    """`pages` numbered pages of ten articles each, newest first; `more` adds news on top. Everything can be replaced by
    `at`: an address and what answers there."""

    def __init__(self, pages: int, *, linked: bool = True) -> None:
        self.numbers = list(range(pages * 10, 0, -1))
        self.linked = linked
        self.now = datetime.fromisoformat("2026-05-14T07:00:00+07:00")
        self.at: dict[str, Callable[[], Response] | Response] = {}

    def more(self, count: int) -> None:
        top = self.numbers[0]
        self.numbers[:0] = range(top + count, top, -1)

    def get(self, _host: str, path: str) -> Response:
        found = self.at.get(path)
        if found is not None:
            return found if isinstance(found, Response) else found()
        if path == "/robots.txt":
            return page("", 404)
        address, _, query = path.partition("?p=")
        if address.rstrip("/") == "/tin":
            return self.listing(int(query or "1"))
        number = path.rpartition("-a")[2].removesuffix(".html")
        return article(int(number)) if number.isdigit() and int(number) in self.numbers else page("404", 404)

    def listing(self, number: int, *, following: bool | None = None) -> Response:
        shown = self.numbers[(number - 1) * 10 : number * 10]
        last = number * 10 >= len(self.numbers)
        following = self.linked and not last if following is None else following
        return listing([f"/bai-a{each}.html" for each in shown], f"/tin/?p={number + 1}" if following else None)


def page(text: str, status: int = 200) -> Response:
    return Response(status, HTML, f"<html><body>{text}</body></html>".encode())


def listing(links: list[str], following: str | None = None) -> Response:
    entries = "".join(f"<li><a href='{link}'>Bản tin {link}</a></li>" for link in links)
    menu = "".join(f"<a href='/muc-{number}'>Mục</a>" for number in range(20))
    more = f"<a class='next' href='{following}'>Tiếp</a>" if following else ""
    return page(f"<nav>{menu}</nav><ul>{entries}</ul>{more}")


def article(number: int, aside: str = "", text: str | None = None) -> Response:
    prose = f"Hôm nay, tuyến kênh số {text or number} được vét xong, bà con hai bên bờ lấy nước vào ruộng. " * 3
    title = f"<h1>Vét kênh số {text or number}</h1>"
    return page(f"<article>{title}<div><p>{prose}</p></div>{aside}</article>")


class Crawls:
    """Crawls of one paper into one folder."""

    def __init__(self, server: Server, folder: Path, sites: Path) -> None:
        self.server, self.output, self.sites = server, folder, sites

    def __call__(self, *args: str) -> Result:
        self.server.clear()
        setting = ("-s", f"SITES={self.sites}", "-s", "RETRY_TIMES=0", "-s", "RETRY_WAIT=0.05")
        return crawl(self.server.port, self.output, *setting, *args, site="bao")

    @property
    def folder(self) -> Path:
        return self.output / "bao"

    @property
    def numbers(self) -> list[int]:
        return sorted(int(each["id"].removeprefix("bao:")) for each in articles(self.folder))

    @property
    def counts(self) -> dict[str, Any]:
        """Those of the last run."""
        counts = runs(self.folder)[-1]["counts"]
        assert balanced(counts)
        return dict(counts)

    @property
    def listed(self) -> list[str]:
        """The listing pages that the last run asked for."""
        return [path for _, path in self.server.requests if path.startswith("/tin")]


@pytest.fixture
def sites(tmp_path: Path) -> Callable[[Paper], Path]:
    """A folder with the paper's site file."""

    def written(paper: Paper) -> Path:
        folder = tmp_path / "sites"
        folder.mkdir(exist_ok=True)
        kind, how = ("link", "a.next") if paper.linked else ("parameter", "p")
        (folder / "bao.toml").write_text(SITE.replace("{paging}", kind).replace("{next}", how), "utf-8")
        return folder

    return written


def crawls(server: Server, tmp_path: Path, sites: Any) -> Crawls:
    return Crawls(server, tmp_path / "out", sites(server.portal))


# --- walked to the end, and no further than needed


@pytest.mark.parametrize("linked", [True, False])
def test_to_the_end_and_then_to_what_is_known(linked: bool, tmp_path: Path, sites: Any) -> None:
    paper = Paper(5, linked=linked)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again().code == 0
        assert again.numbers == list(range(1, 51))
        assert again().code == 0
        assert len(again.listed) == 2
        paper.more(25)
        assert again().code == 0
        assert again.numbers == list(range(1, 76))
        assert len(again.listed) == 5, "three pages with news, two without"


# --- broken, recorded, and walked again from there


@pytest.mark.parametrize("linked", [True, False])
def test_a_failed_page_is_where_the_next_run_goes_on(linked: bool, tmp_path: Path, sites: Any) -> None:
    paper = Paper(8, linked=linked)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {path: page("Lỗi", 500) for path in ("/tin/?p=4", "/tin?p=4")}
        broken = again()
        assert broken.code == 9
        assert "listing broken at page 4" in broken.err
        assert len(again.counts["broken_listings"]) == 1
        assert again.numbers == list(range(51, 81))
        paper.at = {}
        assert again().code == 0
        assert again.numbers == list(range(1, 81))
        assert [path.rpartition("=")[2] for path in again.listed][:3].count("3") == 0, "page 3 is not read again"
        assert len(again.listed) <= 2 + 6
        assert again().code == 0
        assert len(again.listed) == 2


def test_news_that_come_while_a_listing_is_broken_leave_no_hole(tmp_path: Path, sites: Any) -> None:
    """News move the pages: what was on page 4 is on page 6 when the run goes on there."""
    paper = Paper(8)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {"/tin/?p=4": page("Lỗi", 500)}
        assert again().code == 9
        paper.at = {}
        paper.more(20)
        assert again().code == 0
        assert again.numbers == list(range(1, 101))


def test_a_walk_over_news_that_breaks_leaves_no_hole(tmp_path: Path, sites: Any) -> None:
    """Two pages without news are no reason to stop above the place where the last walk broke off."""
    paper = Paper(3)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again().code == 0
        paper.more(60)
        paper.at = {"/tin/?p=4": page("Lỗi", 500)}
        assert again().code == 9
        assert len(again.numbers) == 60
        paper.at = {}
        assert again().code == 0
        assert again.numbers == list(range(1, 91))


def test_a_next_link_that_vanishes_before_what_is_known(tmp_path: Path, sites: Any) -> None:
    paper = Paper(4)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again().code == 0
        paper.more(40)
        paper.at = {"/tin/?p=2": lambda: paper.listing(2, following=False)}
        broken = again()
        assert broken.code == 9
        assert "next_vanished" in broken.err
        assert again.counts["listings"] == {"broken/next_vanished": 1}
        assert again().code == 9, "it is still gone"
        paper.at = {}
        assert again().code == 0
        assert again.numbers == list(range(1, 81))


def test_a_listing_without_pager_is_not_broken_by_many_news(tmp_path: Path, sites: Any) -> None:
    paper = Paper(1)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again().code == 0
        paper.numbers = list(range(20, 10, -1))
        assert again().code == 0
        assert again.numbers == list(range(1, 21))


@pytest.mark.parametrize("linked", [True, False])
def test_a_page_equal_to_the_one_before_that_names_a_next_one(linked: bool, tmp_path: Path, sites: Any) -> None:
    """The server takes no notice of the number: the rest of the listing can't be had."""
    paper = Paper(6, linked=linked)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        first = [f"/bai-a{each}.html" for each in range(51, 61)]
        paper.at = {"/tin/": listing(first, "/tin/?p=2")}
        paper.at |= {path: listing(first, "/tin/?p=3") for path in ("/tin/?p=2", "/tin?p=2")}
        broken = again()
        assert broken.code == 9
        assert "the page is the same as the one before, and names a next one" in broken.err
        paper.at = {}
        paper.linked = True
        assert again().code == 0
        assert 1 in again.numbers


def test_the_last_page_again_is_the_end(tmp_path: Path, sites: Any) -> None:
    """Many servers answer any number behind the last with the last page."""
    paper = Paper(3, linked=False)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {"/tin?p=4": lambda: paper.listing(3)}
        assert again().code == 0
        assert again.counts["listings"] == {"repeats": 1}
        assert again.numbers == list(range(1, 31))


def test_a_run_that_sees_a_part_leaves_the_rest_to_the_next(tmp_path: Path, sites: Any) -> None:
    paper = Paper(6)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again("-a", "limit=3").code == 0
        assert again.counts["stored"] == 3
        assert again().code == 0
        assert again.numbers == list(range(1, 61))


# --- traps


def requests_of(server: Server) -> int:
    assert len(server.requests) <= 500
    return len(server.requests)


def test_a_listing_that_repeats_its_news_for_ever(tmp_path: Path, sites: Any) -> None:
    paper = Paper(2)
    get = paper.get

    def answered(host: str, path: str) -> Response:
        if not path.startswith("/tin/?p="):
            return get(host, path)
        number = int(path.rpartition("=")[2])
        shown = random.Random(number).sample(range(1, 11), 8)  # never the same page, and soon never anything new
        return listing([f"/bai-a{each}.html" for each in shown], f"/tin/?p={number + 1}")

    paper.get = answered  # type: ignore[method-assign]
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        result = again()
        assert requests_of(server) > 100
        assert again.counts["listings"] == {"idle": 1}
        assert result.code == 0
        assert again().code == 0
        assert requests_of(server) < 10, "once is enough"


def test_a_listing_of_ever_new_addresses_that_lead_nowhere(tmp_path: Path, sites: Any) -> None:
    paper = Paper(2)
    paper.get = endless(paper.get)  # type: ignore[method-assign]
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        result = again()
        assert again.counts["listings"] == {"barren": 1}
        assert "nothing that it leads to is an article" in result.err
        assert requests_of(server) > 200


def endless(get: Callable[[str, str], Response]) -> Callable[[str, str], Response]:
    def answered(host: str, path: str) -> Response:
        if path.startswith("/tin/?p="):
            number = int(path.rpartition("=")[2])
            links = [f"/lich-a{9_000_000 + number * 10 + each}.html" for each in range(10)]
            return listing(links, f"/tin/?p={number + 1}")
        return get(host, path)

    return answered


def test_a_calendar(tmp_path: Path, sites: Any) -> None:
    """Each day is a listing that links the days around it, and nothing else."""
    paper = Paper(1)
    get = paper.get

    def answered(host: str, path: str) -> Response:
        if path.startswith("/ngay/"):
            day = int(path.removeprefix("/ngay/"))
            return listing([f"/ngay/{day + step}" for step in range(-3, 30)])
        return get(host, path)

    paper.get = answered  # type: ignore[method-assign]
    paper.at["/tin/"] = listing(["/bai-a1.html", "/bai-a2.html", "/ngay/1000"])
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again().code == 0
        assert requests_of(server) > 30
        assert again.numbers == [1, 2]
        assert again.counts["reasons"].get("skipped/listing_trap", 0) > 0


def test_links_that_feed_themselves(tmp_path: Path, sites: Any) -> None:
    """The same article under ever new addresses, each of which links to more of them."""
    paper = Paper(1)
    get = paper.get

    def answered(host: str, path: str) -> Response:
        number = path.rpartition("-a")[2].removesuffix(".html")
        if path.startswith("/vong"):
            links = "".join(f"<a href='/vong-a{int(number) * 20 + each}.html'>Vòng</a>" for each in range(20))
            return article(0, f"<aside><h3>Tin đã đưa</h3>{links}</aside>", text="vòng")
        return get(host, path)

    paper.get = answered  # type: ignore[method-assign]
    paper.at["/tin/"] = listing(["/bai-a1.html", "/bai-a2.html", "/vong-a1000.html"])
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        again()
        assert requests_of(server) > 30
        assert again.counts["stored"] == 3


# --- holes that a second look found


def test_what_another_listing_showed_is_not_taken_for_this_ones_own(tmp_path: Path, sites: Any) -> None:
    """The newest articles stand in two listings. One can't be read for a day, the other shows the top of the news: the
    next walk over the first goes down to what it has seen itself."""
    paper = Paper(4)
    folder = sites(paper)
    site = folder / "bao.toml"
    site.write_text(site.read_text("utf-8").replace('tin = "/tin/"', 'moi = "/moi/"\ntin = "/tin/"'), "utf-8")
    paper.at["/moi/"] = lambda: listing([f"/bai-a{each}.html" for each in paper.numbers[:20]])
    with serve(paper) as server:  # type: ignore[arg-type]
        again = Crawls(server, tmp_path / "out", folder)
        assert again().code == 0
        paper.more(60)
        paper.at["/tin/"] = page("Lỗi", 500)
        assert again().code == 9
        assert len(again.numbers) == 60
        del paper.at["/tin/"]
        assert again().code == 0
        assert again.numbers == list(range(1, 101))


def test_a_ledger_made_anew_walks_listings_to_their_end(tmp_path: Path, sites: Any) -> None:
    """Whatever it knows by then: 105 pages of a listing were stored before it was lost."""
    paper = Paper(108)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {"/tin/?p=106": page("Lỗi", 500)}
        assert again().code == 9
        assert len(again.numbers) == 1050
        (again.folder / "ledger.sqlite").unlink()
        paper.at = {}
        assert again().code == 0
        assert len(again.numbers) == 1080


def elsewhere(to: str) -> Response:
    return Response(302, {**HTML, "Location": to}, b"")


def test_a_listing_page_that_leads_elsewhere_is_no_page_of_it(tmp_path: Path, sites: Any) -> None:
    paper = Paper(5)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {"/tin/?p=3": elsewhere("/"), "/": listing(["/bai-a50.html"])}
        broken = again()
        assert broken.code == 9
        assert "redirected" in broken.err
        paper.at = {}
        assert again().code == 0
        assert again.numbers == list(range(1, 51))


def test_a_404_before_a_page_that_the_pager_names_is_not_the_end(tmp_path: Path, sites: Any) -> None:
    paper = Paper(5, linked=False)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {"/tin?p=2": lambda: paper.listing(2, following=True), "/tin?p=3": page("404", 404)}
        assert again().code == 9
        paper.at = {}
        assert again().code == 0
        assert again.numbers == list(range(1, 51))


@pytest.mark.parametrize("to", ["https://bao-tri.example.vn/", "/bao-tri.html"])
def test_a_day_of_maintenance_elsewhere_costs_no_article(to: str, tmp_path: Path, sites: Any) -> None:
    paper = Paper(2)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        get = paper.get
        paper.at["/bao-tri.html"] = page("Hệ thống đang bảo trì")
        paper.get = lambda host, path: elsewhere(to) if path.startswith("/bai") else get(host, path)  # type: ignore[method-assign]
        assert again().code == 9
        assert again.counts["reasons"] == {"failed/diverted": 20}
        paper.get = get  # type: ignore[method-assign]
        time.sleep(0.1)
        assert again().code == 0
        assert again.numbers == list(range(1, 21))


def test_a_robots_txt_that_leads_elsewhere_forbids_all_for_now(tmp_path: Path, sites: Any) -> None:
    paper = Paper(2)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at["/robots.txt"] = elsewhere("https://bao-tri.example.vn/")
        assert again().code == 10
        paper.at = {}
        assert again().code == 0
        assert again.numbers == list(range(1, 21))


def test_a_host_that_is_down_from_the_start_ages_no_page(tmp_path: Path, sites: Any) -> None:
    paper = Paper(4)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again("-a", "limit=5").code == 0
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at["/robots.txt"] = page("Lỗi", 503)
        assert again().code == 10
        assert again.counts["failed"] == 0
        assert again.counts["pending"] == 5
        paper.at = {}
        (tmp_path / "out" / ".hosts" / "bao.example.vn").unlink()
        assert again().code == 0
        assert again.numbers == list(range(1, 41))


def test_pages_that_a_guard_stood_before_are_all_tried_again(tmp_path: Path, sites: Any) -> None:
    """Also those that were taken for twins before it showed what they are."""
    paper = Paper(1)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {f"/bai-a{number}.html": article(0, text="kiểm tra") for number in range(3, 11)}
        assert again().code == 9
        assert again.counts["reasons"] == {"failed/same_text": 7}
        assert again.counts["duplicate"] == 0
        paper.at = {}
        time.sleep(0.1)
        assert again().code == 0
        assert len(again.numbers) == 10
        assert again.counts["stored"] == 7


# --- what a listing says of its articles


def test_the_day_on_the_listing_is_held_against_that_on_the_page(tmp_path: Path, sites: Any) -> None:
    paper = Paper(0)
    dated = {1: "", 2: "<p>Đăng ngày 12/05/2026</p>", 3: "<p>Đăng ngày 10/05/2026</p>"}
    entries = "".join(
        f"<li><a href='/bai-a{number}.html'>Bản tin số {number}</a> (12/05/2026)</li>" for number in dated
    )
    menu = "".join(f"<a href='/muc-{number}'>Mục</a>" for number in range(20))
    paper.at = {"/tin/": page(f"<nav>{menu}</nav><ul>{entries}</ul>")}
    for number, line in dated.items():
        made = article(number)
        paper.at[f"/bai-a{number}.html"] = Response(200, HTML, made.body.replace(b"</h1>", b"</h1>" + line.encode()))
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        file = again.sites / "bao.toml"
        file.write_text(file.read_text("utf-8").replace('"Cần Thơ"', '"Hậu Giang"\nprovince_now = "Cần Thơ"'), "utf-8")
        assert again().code == 0
        found = sorted(articles(again.folder), key=lambda each: each["id"])
    assert [each["published"] for each in found] == ["2026-05-12", "2026-05-12", "2026-05-10"]
    assert [each["extracted_by"]["published"] for each in found] == ["listing", "readable", "readable"]
    warning = "published: the page prints 2026-05-10, the listing prints 2026-05-12"
    assert [each["warnings"] for each in found] == [[], [], [warning]]
    assert {each["province"] for each in found} == {"Cần Thơ"}  # the day is after the merger


def test_pictures_without_a_text_are_no_twins_of_others_with_their_title(tmp_path: Path, sites: Any) -> None:
    paper = Paper(1)
    for number in range(1, 7):
        shown = (
            f"<img src='/{number}.jpg'><figcaption>Ghe số {number} về bến trong nắng chiều muộn bên sông.</figcaption>"
        )
        story = f"<article><h1>Ảnh đẹp trong tuần</h1><div><figure>{shown}</figure></div></article>"
        paper.at[f"/bai-a{number}.html"] = page(story)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        assert again().code == 0
        assert again.numbers == list(range(1, 11))
        result = scrapy("replay", "bao", "--diff", "-s", f"OUTPUT_DIR={again.output}", "-s", f"SITES={again.sites}")
        assert result.code == 0
        assert "0 changed, 0 only there, 0 only in the new set" in result.out


GUARD = Response(200, HTML, b"<html><head><title>Just a moment...</title></head><body><p>Checking</p></body></html>")
FILM = page("<article><h1>Bản tin</h1><video src='/a.mp4'></video></article>")


def test_a_guard_with_status_200_costs_no_article_and_no_listing(tmp_path: Path, sites: Any) -> None:
    """It is never stored and always tried again; a film without a text is neither."""
    paper = Paper(3)
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.at = {"/bai-a30.html": GUARD, "/bai-a29.html": FILM, "/tin/?p=2": GUARD}
        broken = again()
        assert broken.code == 9
        assert again.counts["reasons"] == {"failed/guard": 1, "skipped/only_media": 1}
        assert "listing broken at page 2" in broken.err
        assert "(guard: the page is a guard's" in broken.err
        paper.at = {}
        time.sleep(0.1)
        assert again().code == 0
        assert again.numbers == [*range(1, 29), 30]


def test_a_listing_that_prints_whole_articles_is_walked_and_never_stored(tmp_path: Path, sites: Any) -> None:
    """Under an address that says nothing, and with the frame of an article (field notes, F2)."""
    paper = Paper(1)
    whole = "".join(article(number).body.decode() for number in (71, 72, 73))
    with serve(paper) as server:  # type: ignore[arg-type]
        again = crawls(server, tmp_path, sites)
        paper.numbers += [71, 72, 73]
        links = "".join(f"<li><a href='/bai-a{number}.html'>Bản tin</a></li>" for number in (71, 72, 73))
        paper.at = {
            "/tin/": listing([*(f"/bai-a{number}.html" for number in range(1, 11)), "/ngay/tong-quat"]),
            "/ngay/tong-quat": page(f"{whole}<ul>{links}</ul>"),
        }
        assert again().code == 0
        assert again.numbers == [*range(1, 11), 71, 72, 73]
        assert again.counts["reasons"] == {"skipped/listing": 1}
