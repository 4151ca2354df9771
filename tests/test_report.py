"""The page of `scrapy report`: what it says, that nothing of a stranger's gets into it but text, and how it looks."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newscrawl.commands.report import Command
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.inventory.completeness import Fates, Listing
from newscrawl.inventory.proofs import NEVER
from newscrawl.report import page as page_module
from newscrawl.report.gathering import crawled, gather
from newscrawl.report.health import health, in_words
from newscrawl.report.heatmap import grids, heat_grid
from newscrawl.report.months import month_rows
from newscrawl.report.page import render
from newscrawl.report.readable import readable, web_address
from newscrawl.sitefile import site_files
from tests.browser import CHROMIUM, Browser
from tests.madeup import NOW, MadeUp, make_sites
from tests.replica import build, serve
from tests.scrapyrun import crawl, runs, scrapy

STYLE = (Path(page_module.__file__).parent / "style.css").read_text("utf-8")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on PATH")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("output")
    make_sites(output)
    return output


@pytest.fixture(scope="module")
def text(output: Path) -> str:
    files = site_files() | {"vang-mat": site_files()["baocantho"]}
    return render([gather(output, name, files) for name in [*crawled(output), "vang-mat"]], NOW)


@pytest.fixture(scope="module")
def page(text: str) -> Any:
    return html.document_fromstring(text)


# --- the command


def report(folder: Path, *names: str, **options: Any) -> int:
    command = Command()
    command.settings = Settings()
    command.settings.setmodule("newscrawl.settings")
    command.settings.setdict({"PROJECT_DIR": str(folder.parent), "OUTPUT_DIR": str(folder), "SITES": ""})
    command.run([*names], SimpleNamespace(**{"json": False, "output": None} | options))
    return command.exitcode


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.crawl
def test_a_crawl_and_its_report_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(build(articles=60)) as server:
        assert crawl(server.port, tmp_path / "output").code == 0
    before = contents(tmp_path / "output")
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "newscrawl.settings")
    options = ("-s", f"OUTPUT_DIR={tmp_path / 'output'}")
    done = scrapy("report", "ninhthuan", "-o", "seen.html", *options, cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")  # a cron line that went well sends no mail
    done = scrapy("report", "--json", *options, cwd=tmp_path)
    (site,) = (each for each in json.loads(done.out)["sites"] if each["site"] == "ninhthuan")
    counts = runs(tmp_path / "output" / "ninhthuan")[0]["counts"]
    assert site["completeness"]["total"] == {key: counts[key] for key in site["completeness"]["total"]}
    listings = [each for each in site["completeness"]["listings"] if each["total"]["stored"]]
    assert listings
    assert {each["proof"]["state"] for each in listings} == {"walked"}
    assert site["articles"] == counts["stored"] > 50
    assert f"{counts['stored']} articles" in (tmp_path / "seen.html").read_text("utf-8")
    assert contents(tmp_path / "output") == before


def test_one_file_and_nothing_beside_it(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    before = {file.name for file in output.iterdir()}
    assert report(output) == 0
    assert {file.name for file in output.iterdir()} - before == {"report.html"}
    assert capsys.readouterr().out == f"{output / 'report.html'}\n"
    os.unlink(output / "report.html")
    target = tmp_path / "link.html"
    target.symlink_to(tmp_path / "kept.html")
    assert report(output, "ninhthuan", output=str(target)) == 0
    assert target.is_symlink()
    assert "Báo Cần Thơ" not in (tmp_path / "kept.html").read_text("utf-8")


def test_nothing_was_crawled_yet(tmp_path: Path) -> None:
    assert report(tmp_path / "output") == 0
    said = html.document_fromstring((tmp_path / "output" / "report.html").read_text("utf-8"))
    assert said.xpath("//td[contains(., 'never crawled')]")
    assert not said.xpath("//section[@class='site']")


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["baocanto"], {}, "no site 'baocanto'; did you mean baocantho?"),
        (["--jsn"], {}, "unknown option --jsn"),
        ([], {"json": True, "output": "x.html"}, "--json prints to standard output"),
        ([], {"output": "/nowhere/at/all/x.html"}, "there is no folder /nowhere/at/all"),
        ([], {"output": "/dev/null"}, "/dev/null: is no file"),
        ([], {"output": ""}, "is no file"),
    ],
)
def test_what_the_command_line_gets_wrong(output: Path, names: list[str], options: Any, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        report(output, *names, **options)


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, ExitCode.DISK_FULL), (errno.EROFS, ExitCode.CONFIGURATION)]
)
def test_a_disk_that_takes_no_more(output: Path, number: int, code: ExitCode, monkeypatch: pytest.MonkeyPatch) -> None:
    (output / "report.html").write_text("the one before")
    before = {file.name for file in output.iterdir()}

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    assert report(output, "ninhthuan") == code
    assert (output / "report.html").read_text() == "the one before"
    assert {file.name for file in output.iterdir()} == before
    os.unlink(output / "report.html")


def test_an_output_that_may_not_be_read(
    output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refused)
    assert report(output) == ExitCode.CONFIGURATION
    assert f"{output}" in capsys.readouterr().err


def test_a_folder_that_may_not_be_read_costs_its_own_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a folder of another user, with rights for nobody else. The tests may run as one who may read all."""
    look, closed = Path.stat, tmp_path / "output" / "ninhthuan"
    closed.mkdir(parents=True)
    MadeUp(tmp_path / "output", "baocantho").close()

    def looked(path: Path, **more: Any) -> os.stat_result:
        if path.parent == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, **more)

    monkeypatch.setattr(Path, "stat", looked)
    assert crawled(tmp_path / "output") == ["baocantho", "ninhthuan"]
    assert report(tmp_path / "output") == 0
    page = html.document_fromstring((tmp_path / "output" / "report.html").read_text("utf-8"))
    (said,) = (
        part.text_content() for part in page.xpath("//section[@class='site']") if "Ninh Thuận" in part.text_content()
    )
    assert "ledger.sqlite: can't be read (Permission denied)" in said
    assert "runs.jsonl: can't be read (Permission denied)" in said
    capsys.readouterr()
    assert report(tmp_path / "output", json=True) == 0
    problems = {site["site"]: site["problems"] for site in json.loads(capsys.readouterr().out)["sites"]}
    assert problems.pop("ninhthuan") == [f"{closed}/ledger.sqlite: can't be read (Permission denied)"]
    assert not any(problems.values())


def test_a_site_file_that_is_broken_costs_its_own_site(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "kaputt.toml").write_text("kind = 3")
    figures = gather(tmp_path, "kaputt", site_files([tmp_path / "sites"]))
    assert "kaputt.toml" in figures.problems[0]
    assert "kaputt.toml" in render([figures], NOW)


# --- health


def test_health(output: Path) -> None:
    files = site_files()
    found = {name: health(gather(output, name, files), NOW) for name in ("baocantho", "ninhthuan", "mat-song", "x")}
    assert {name: each.level for name, each in found.items()} == {
        "baocantho": "bad", "ninhthuan": "good", "mat-song": "bad", "x": "none",
    }  # fmt: skip
    assert found["baocantho"].words == "incomplete (9)"
    assert found["baocantho"].notes == ("1 alarm", "1 broken listing")
    assert found["mat-song"].notes == (
        "2 problems with its files", "no run for 30 days", "its ledger can't be shown", "a run is on, or was cut off",
    )  # fmt: skip
    late = health(gather(output, "ninhthuan", files), NOW + timedelta(days=4))
    assert (late.level, late.notes) == ("watch", ("no run for 4 days",))


def test_every_exit_code_has_words() -> None:
    assert all(in_words(code, "?") != f"? ({int(code)})" for code in ExitCode)


# --- heat maps


def test_holes_are_months_between_months_with_articles() -> None:
    grid = heat_grid("x", {"2019-11": 3, "2020-02": 12, None: 2, "2031-01": 1}, NOW)
    assert grid.holes == ("2019-12", "2020-01")
    assert (grid.total, grid.unknown, grid.later) == (18, 2, 1)
    assert [row.label for row in grid.rows] == ["2020", "2019"]
    assert {cell.month: cell.level for row in grid.rows for cell in row.cells if cell.level} == {
        "2019-11": 1,
        "2020-02": 4,
    }
    assert "2 empty months: 2019-12, 2020-01" in grid.summary


def test_long_times_are_few_rows() -> None:
    grid = heat_grid("x", {"0001-01": 1, "1970-01": 1, "2010-05": 5, "2026-11": 5}, NOW)
    assert [(row.label, row.text) for row in grid.rows if not row.cells] == [
        ("2011–2025", "no article"), ("2002–2009", "no article"), ("0001–2001", "2 articles"),
    ]  # fmt: skip
    assert len(heat_grid("x", {"0001-01": 1, "2026-11": 1}, NOW).rows) < 30


def test_many_categories_are_put_together() -> None:
    months: Counter[tuple[str | None, str | None]] = Counter({(f"Mục {n:02}", "2020-01"): 100 - n for n in range(40)})
    whole, found = grids(months, NOW)
    assert len(found) == 25
    assert found[-1].title == "all other categories"
    assert sum(each.total for each in found) == whole.total


def test_months_of_a_listing() -> None:
    listing = Listing("/x", "x", NEVER)
    for year in (2021, 2022, 2023, 2024):
        for month in range(1, 13):
            listing.months[f"{year}-{month:02}"] = Fates(2, 2)
    listing.months["2021-05"] = Fates(2, 1, failed=1)
    listing.months[None] = Fates(1, pending=1)
    rows = month_rows(listing)
    assert [label for label, _ in rows[-5:]] == [
        "2023-01",
        "2022, all months",
        "2021-05",
        "2021, other months",
        "not known",
    ]
    assert sum(fates.found for _, fates in rows) == 48 * 2 + 1


# --- what the page says


def test_the_overview(page: Any) -> None:
    rows = {
        row.xpath("th/a/text()|th/text()")[0].strip(): row for row in page.xpath("//table[@class='overview']/tbody/tr")
    }
    assert list(rows) == ["baocantho", "mat-song", "ninhthuan", "vang-mat"]
    assert "incomplete (9)" in rows["baocantho"].text_content()
    assert "never crawled" in rows["vang-mat"].text_content()
    assert page.xpath("//tfoot//th[contains(., 'All')]")


def test_what_needs_a_person(page: Any) -> None:
    said = " ".join(each.text_content() for each in page.xpath("//*[@class='alarm']"))
    assert "monitor: field_coverage; subject: byline; old: 0.8; new: 0.13; urls: https://baocantho" in said
    assert page.xpath("//*[@class='alarm']//a/@href") == ["https://baocantho.example/bai-viet-a1.html"]
    assert (
        "of an older newscrawl (version 1,"
        in page.xpath("//section[@aria-labelledby='site-mat-song']")[0].text_content()
    )
    assert "1 of 10 lines can't be read" in said


def test_parts_of_a_site(page: Any) -> None:
    (site,) = page.xpath("//section[@aria-labelledby='site-baocantho']")
    assert [each.text_content() for each in site.xpath("./h3")] == [
        "Articles by category and month", "Completeness", "Fields over time", "Pages without an article",
        "What broke in the last run", "Articles taken down", "Latest articles",
    ]  # fmt: skip
    holes = [cell.text_content() for cell in site.xpath(".//table[@class='months']//td[@class='hole']")]
    assert holes == ["✕ no article"] * 2
    assert "broken since 2026-11-18 at page 42; walked to the end on 2026-11-17" in site.text_content()
    assert len(site.xpath(".//details[@class='article']")) == 10
    fallen = site.xpath(".//figcaption[contains(., 'has fallen')]/span[1]/text()")
    assert fallen == ["byline", "captions"]


# --- security


def test_nothing_of_a_page_but_its_text(page: Any, text: str) -> None:
    assert page.xpath("//script|//img|//iframe|//link|//object|//base|//form|//*[@style]") == []
    attributes = [name for each in page.iter() for name in each.attrib]
    assert not [name for name in attributes if name.startswith("on")]
    hrefs = page.xpath("//@href")
    assert {re.match(r"https?://|#", href) is not None for href in hrefs} == {True}
    assert "{{ 7 * 7 }}" in page.text_content()
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "http-equiv" in text
    assert re.search(r"url\((?!#)|@import", text) is None


def test_the_policy_fits_the_style_sheet(page: Any) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", " javascript:x", "http:", "https://", "//x.vn/",
     "file:///etc/passwd", "http://x.vn/\"onclick='x'", "http://x.vn/ y", "https://[x", "java\nscript:x", "", None],
)  # fmt: skip
def test_addresses_that_become_no_links(url: str | None) -> None:
    assert web_address(url) is None


def test_odd_articles() -> None:
    odd = {"title": 3, "body": ["x"], "byline": "x", "captions": [3, {"text": 4}], "language": 7, "revision": "x"}
    for record in ({}, odd, {"title": "\ud800", "published": "\ud800", "url": "http://x.vn/\ud800"}):
        assert readable(record).paragraphs == ()
    site = gather(Path("/nowhere"), "x", {})
    site.holdings.newest, site.problems = [{"title": "\ud800\u2028x", "url": "http://x.vn/\udfff"}, odd], ["\ud801"]
    render([site], NOW).encode("utf-8")


def test_a_long_article_is_cut() -> None:
    article = readable({"title": "x" * 999, "body": "y" * 99_999})
    assert (len(article.title), article.cut, sum(map(len, article.paragraphs))) == (301, True, 5000)


def test_the_size_is_bounded(tmp_path: Path) -> None:
    site = MadeUp(tmp_path, "baocantho")
    articles = [
        replace(site.article(f"{1990 + n % 36}-{n % 12 + 1:02}", f"Mục {n % 99}"), title="T" * 9999, body="ế" * 9999)
        for n in range(400)
    ]
    site.run(NOW, articles)
    for number in range(400):
        site.left(("failed", "found", "gone")[number % 3], "x" * 20, f"m{number % 200}", f"20{number % 26:02}-01-01")
    site.close()
    assert len(render([gather(tmp_path, "baocantho", {})], NOW).encode()) < 450_000


# --- for everybody


def test_headings_are_in_order(page: Any) -> None:
    levels = [int(each.tag[1]) for each in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_names_for_those_who_do_not_see_it(page: Any) -> None:
    assert page.get("lang") == "en"
    assert page.xpath("//article[not(@lang='vi')]") == []
    assert page.xpath("//table[not(caption)]") == []
    assert page.xpath("//th[not(@scope)]") == []
    assert page.xpath("//svg[not(@role='img') and not(@aria-hidden)]|//svg[@role='img'][not(title)]") == []
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    referred = {each for value in page.xpath("//@aria-labelledby") for each in value.split()}
    assert referred | {href[1:] for href in page.xpath("//@href") if href[0] == "#"} <= set(ids)
    scrolling = page.xpath("//*[@class='scroll']")
    assert all((each.get("tabindex"), each.get("role")) == ("0", "region") for each in scrolling)
    assert all(table.getparent().get("class") == "scroll" for table in page.xpath("//table"))


def test_names_of_sites_are_no_names_of_parts(tmp_path: Path) -> None:
    for name in ("all", "main", "a", "a-months", "hatch"):
        site = MadeUp(tmp_path, name)
        site.run(NOW, [site.article("2026-11", "x")])
        site.close()
    ids = html.document_fromstring(render([gather(tmp_path, name, {}) for name in crawled(tmp_path)], NOW)).xpath(
        "//@id"
    )
    assert len(ids) == len(set(ids)) > 5 * 5


def colours() -> Iterator[tuple[str, dict[str, str]]]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    for scheme, block in (("light", light), ("dark", dark)):
        yield scheme, dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("scheme", "colour"), list(colours()), ids=["light", "dark"])
def test_contrast(scheme: str, colour: dict[str, str]) -> None:
    pairs = [
        (ink, ground) for ink in ("text", "quiet", "link", "good", "watch", "bad") for ground in ("ground", "card")
    ]
    pairs += [("text", "alarm"), ("bad", "alarm"), ("cross", "hole"), *((f"on{n}", f"l{n}") for n in range(1, 5))]
    for ink, ground in pairs:
        assert contrast(colour[ink], colour[ground]) >= 4.5, (scheme, ink, ground)
    for mark in ("bar", "others", "cross", "focus"):
        assert contrast(colour[mark], colour["card"]) >= 3, (scheme, mark)


@needs_chromium
def test_in_a_browser(text: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(text, "utf-8")
    with Browser() as browser:
        for width, dark in ((360, False), (1280, True)):
            browser.open(file, width=width, dark=dark)
            browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert browser.evaluate("document.documentElement.scrollWidth") <= width
            ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
            assert ground == ("rgb(20, 24, 27)" if dark else "rgb(251, 250, 246)")
            for kind in ("keyDown", "keyUp"):
                browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            assert browser.evaluate("document.activeElement.className") == "skip"
            assert browser.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        assert browser.complaints == []
        assert set(browser.requests) == {file.as_uri()}
