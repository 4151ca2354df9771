"""Stored articles looked at again through the real command line: what the server is asked, stored and told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.words.dates import VIETNAM
from tests.outcome import check
from tests.replica import Portal, Server, build, fold, serve
from tests.scrapyrun import articles, balanced, crawl, manifests, runs
from tests.test_crawl import answer, path_of

pytestmark = pytest.mark.crawl

ONCE = ("-s", "RETRY_TIMES=0", "-s", "RETRY_WAIT=0.2")


@pytest.fixture
def validating() -> Iterator[tuple[Portal, Server]]:
    """A small portal of today, whose server answers conditional requests."""
    portal = build(articles=30, now=datetime.now(VIETNAM))
    portal.publish(6)
    with serve(portal, validates=True) as server:
        yield portal, server


def due(folder: Path, days: int) -> None:
    """So many days pass, for the looks to come."""
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        for name in ("stored", "due", "missing"):
            for article, moment in db.execute(f"SELECT id, {name} FROM look WHERE {name} NOT NULL").fetchall():
                past = datetime.fromisoformat(moment) - timedelta(days=days)
                db.execute(f"UPDATE look SET {name} = ? WHERE id = ?", (past.isoformat(timespec="seconds"), article))
    db.close()


def test_three_nights(validating: tuple[Portal, Server], tmp_path: Path) -> None:
    portal, server = validating
    folder = tmp_path / "ninhthuan"
    assert crawl(server.port, tmp_path, *ONCE).code == 0
    pages = {fold(article["url"]): article for article in articles(folder)}
    changed, lost, failing, spared = list(dict.fromkeys(fold(each.url) for each in portal.articles[-6:]))[:4]
    server.clear()
    portal.edit(changed, "Đính chính: số liệu của bài này đã được sửa theo báo cáo mới.")
    portal.override(path_of(pages[lost]["url"]), answer("Không có trang này", 404))
    portal.override(path_of(pages[failing]["url"]), answer("Lỗi", 500))
    due(folder, 1)

    second = crawl(server.port, tmp_path, *ONCE)
    assert second.code == 0
    counts = runs(folder)[-1]["counts"]
    assert balanced(counts)
    assert (counts["stored"], counts["pending"]) == (1, 2)
    assert counts["looks"] == counts["found"] == counts["unchanged"] + 3
    assert counts["reasons"] == {"look/http_404": 1, "look/http_500": 1}
    assert f"looked again at {counts['looks']} stored articles: 1 changed" in second.out
    assert "look failed" in second.err
    asked = [fold(f"http://{host}{path}") for host, path in server.requests]
    assert {changed, lost, failing, spared} <= set(asked)
    assert spared in {fold(f"http://www.ninhthuan.gov.vn{path}") for path in server.spared}
    assert runs(folder)[-1]["statuses"]["304"] == counts["unchanged"] == len(server.spared)
    revised = [article for article in articles(folder) if fold(article["url"]) == changed]
    assert [each["revision"] for each in revised] == [1, 2]
    assert revised[1]["previous_hash"] == revised[0]["content_hash"]
    assert "Đính chính" in revised[1]["body"]
    manifests(folder)

    due(folder, 7)
    third = crawl(server.port, tmp_path, *ONCE)
    assert third.code == 0
    (down,) = runs(folder)[-1]["counts"]["taken_down"]
    assert fold(down["url"]) == lost
    assert datetime.fromisoformat(down["since"]) < datetime.now(UTC)
    assert f"taken down: {down['url']}" in third.out
    assert f"taken down: {down['url']}" in third.err
    found = check(folder, portal)
    assert (found.doubled, found.bad, found.untrue) == ([], [], [])
