"""A site that changes overnight, through the real command line: noticed with the next run, named, and told."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.replica import Portal, Response, Server, build, serve
from tests.scrapyrun import Result, balanced, crawl, runs

pytestmark = pytest.mark.crawl

NEWS = 40
KEEP = "import os, sys; open(sys.argv[1], 'a').write(os.environ['NEWSCRAWL_SITE'] + ' ' + sys.stdin.read())"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Server, Path]]:
    """A portal with news since its first crawl, and the folder of that crawl."""
    portal = build(articles=90, padding=False)
    output = tmp_path_factory.mktemp("night")
    with serve(portal) as server:
        assert crawl(server.port, output).code == 0
        portal.publish(NEWS)
        yield portal, server, output


def next_crawl(night: Any, folder: Path, *args: str) -> tuple[Result, dict[str, Any]]:
    """The crawl after, on a copy of what the first one left."""
    _, server, output = night
    copy = folder / "out"
    shutil.copytree(output, copy)
    result = crawl(server.port, copy, *args)
    return result, runs(copy / "ninhthuan")[-1]


def test_a_site_that_stays_as_it_is(night: Any, tmp_path: Path) -> None:
    night[0].relaunch()
    result, manifest = next_crawl(night, tmp_path)
    assert (result.code, manifest["alarms"], manifest["fields"]["of"]) == (0, [], NEWS), result.out
    assert manifest["first_pages"]["/portal/pages/van-hoa-du-lich.aspx"]["new"] == NEWS // 4
    assert sum(head["new"] for key, head in manifest["first_pages"].items() if key != "/") == NEWS


def test_class_names_that_change_overnight(night: Any, tmp_path: Path) -> None:
    """Older pages are no longer known as articles; of the younger the general layers read what they can. A command is
    told."""
    night[0].relaunch(renamed=True)
    told = tmp_path / "told"
    keep = f"{sys.executable} -c {json.dumps(KEEP)} {told}"
    result, manifest = next_crawl(
        night, tmp_path, "-s", f"ALERT_COMMAND={keep}", "-s", "ALERT_WEBHOOK=http://127.0.0.1:9/T0KEN"
    )
    assert result.code == 9, result.out
    found = {(alarm["monitor"], alarm["subject"]): alarm for alarm in manifest["alarms"]}
    assert {("filled", "article"), ("rules", "title"), ("rules", "body"), ("rules", "published")} <= found.keys()
    for alarm in found.values():
        assert alarm["old"] - alarm["new"] > 0.3
        assert len(alarm["urls"]) == 2
        assert all(night[0].find(url) is not None for url in alarm["urls"])
        assert f"ERROR: {alarm['text']}" in result.err
    title = found["rules", "title"]
    assert "title: found by the site's rules in 0 of " in title["text"]
    assert "(0%), where 100% are usual: http" in title["text"]
    assert title["text"] in result.out
    site, _, news = told.read_text("utf-8").partition(" ")
    assert (site, json.loads(news)["alarms"]) == ("ninhthuan", manifest["alarms"])
    assert "ALERT_WEBHOOK: not told (Connection refused)" in result.err
    everything = [result.out, result.err, *(file.read_text("utf-8") for file in (tmp_path / "out").rglob("*.json*"))]
    assert not any("T0KEN" in text for text in everything)


def test_what_a_broken_site_hid_is_had_when_it_is_mended(night: Any, tmp_path: Path) -> None:
    """Articles that nothing but their frame tells from listings are skipped while it has another name."""
    portal, server, _ = night
    portal.relaunch(renamed=True)
    _, broken = next_crawl(night, tmp_path)
    with closing(sqlite3.connect(tmp_path / "out/ninhthuan/ledger.sqlite")) as ledger:
        given_up = "SELECT url FROM page WHERE state = 'skipped' AND reason IN ('no_frame', 'listing')"
        hidden = {url for (url,) in ledger.execute(given_up) if portal.find(url)}
        assert len(hidden) > 5
        with ledger:  # a week goes by
            ledger.execute("UPDATE page SET not_before = '2026-01-01' WHERE not_before IS NOT NULL")
        portal.relaunch()
        crawl(server.port, tmp_path / "out")
        assert not hidden & {url for (url,) in ledger.execute(given_up)}
    mended = runs(tmp_path / "out/ninhthuan")[-1]
    assert "article" not in {alarm["subject"] for alarm in mended["alarms"]}
    assert mended["counts"]["stored"] >= len(hidden)
    assert balanced(broken["counts"])
    assert balanced(mended["counts"])


def test_captions_that_move_into_the_body(night: Any, tmp_path: Path) -> None:
    night[0].relaunch(captions_in_body=True)
    result, manifest = next_crawl(night, tmp_path)
    assert result.code == 9, result.out
    (alarm,) = manifest["alarms"]
    assert (alarm["monitor"], alarm["subject"], len(alarm["urls"])) == ("filled", "captions", 2)
    assert "\n  captions: filled in " in result.out


def test_a_person_says_that_it_is_meant_so(night: Any, tmp_path: Path) -> None:
    night[0].relaunch(captions_in_body=True)
    result, manifest = next_crawl(night, tmp_path, "-s", "ALARMS_ACCEPTED=captions, capions")
    assert (result.code, manifest["alarms"], manifest["accepted"]) == (0, [], ["captions"]), result.out
    assert "captions: how it is now is taken for usual from here on" in result.err
    assert "ALARMS_ACCEPTED: capions gave no alarm" in result.err


def test_a_category_that_falls_silent(night: Any, tmp_path: Path) -> None:
    portal = night[0]
    portal.relaunch()
    path = "/portal/Pages/Van-hoa-Du-lich.aspx"
    page = "<html><body><p>Chuyên mục đang được cập nhật.</p></body></html>".encode()
    portal.override(path, Response(200, {"Content-Type": "text/html; charset=utf-8"}, page))
    try:
        result, manifest = next_crawl(night, tmp_path)
    finally:
        portal.override(path, None)
    assert result.code == 9, result.out
    assert [alarm["subject"] for alarm in manifest["alarms"]] == [path.lower()]
    assert (
        "listing Văn hóa - Du lịch (/portal/pages/van-hoa-du-lich.aspx): 0 article links on its first page"
        in result.out
    )


def test_a_run_that_never_began_is_told(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/bao.toml").write_text("kind = 'paper'\n", "utf-8")
    told = tmp_path / "told"
    keep = f"{sys.executable} -c {json.dumps(KEEP)} {told}"
    result = crawl(9, tmp_path / "out", "-s", f"SITES={tmp_path / 'sites'}", "-s", f"ALERT_COMMAND={keep}", site="bao")
    assert result.code == 4, result.err
    news = json.loads(told.read_text("utf-8").partition(" ")[2])
    assert (news["exit_code"], news["run"], news["alarms"]) == (4, "", [])
    assert "bao.toml" in news["detail"]
