"""`scrapy replay`: files of several crawlers, accounts, deduplication, whole sets or none, differences."""

from __future__ import annotations

import argparse
import errno
import io
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

import newscrawl.settings
from newscrawl.commands.replay import Command
from newscrawl.items import json_line
from newscrawl.keeping import segments
from newscrawl.keeping.lock import hold
from newscrawl.keeping.segments import Segment
from newscrawl.replaying import replay as replay_module
from newscrawl.replaying import rereading, sources
from newscrawl.replaying.differences import Difference, as_text
from tests.scrapyrun import manifests
from tests.warcs import (
    SITE,
    browsertrix,
    digest,
    heritrix,
    http,
    packed,
    page,
    record,
    response,
    revisit,
    url,
    wacz,
    wget,
)


class Paper:
    """A project folder with one made-up site, `bao`, and what replays of it give."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.output = folder, folder / "output"
        self.site = self.output / "bao"
        self.talking = 3600.0  # PROGRESS_SECONDS
        self.site.mkdir(parents=True)
        (folder / "sites").mkdir()
        self.rules(SITE)

    def rules(self, text: str) -> None:
        (self.folder / "sites" / "bao.toml").write_text(text, "utf-8")

    def file(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def run(self, name: str, data: bytes) -> None:
        """A finished WARC file of the site's own."""
        (self.site / f"{name}.warc.gz").write_bytes(data)

    def replay(self, *args: str) -> int:
        command = Command()
        command.settings = Settings()
        command.settings.setmodule(newscrawl.settings)
        command.settings.setdict(
            {
                "PROJECT_DIR": str(self.folder),
                "OUTPUT_DIR": "output",
                "SITES": str(self.folder / "sites"),
                "PROGRESS_SECONDS": self.talking,
            }
        )
        parser = argparse.ArgumentParser(conflict_handler="resolve")
        command.add_options(parser)
        options, rest = parser.parse_known_args(list(args))
        command.run(rest, options)
        return int(command.exitcode)

    def sets(self) -> list[Path]:
        return sorted((self.site / "replays").glob("*"))

    def made(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The articles and the manifest of the newest set."""
        (manifest,) = manifests(self.sets()[-1])
        counts, records = manifest["counts"], manifest["records"]
        outcomes = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped")
        assert counts["found"] == sum(counts[name] for name in outcomes) == records["pages"]
        assert records["read"] == records["pages"] + sum(records["passed_over"].values())
        lines = (self.sets()[-1] / manifest["segment"]).read_bytes().splitlines()
        return [json.loads(line) for line in lines], manifest

    def becomes_old(self) -> None:
        """The newest set's segment becomes one of the site's own."""
        made = self.sets()[-1]
        (self.site / "20260101T000000Z.jsonl").write_bytes((made / f"{made.name}.jsonl").read_bytes())


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(tmp_path)


def numbers(articles: list[dict[str, Any]]) -> list[int]:
    return [int(article["id"].rpartition(":")[2]) for article in articles]


# --- files of crawlers


@pytest.mark.parametrize("shape", [wget, heritrix, browsertrix])
def test_files_of_other_crawlers(paper: Paper, shape: Callable[..., bytes]) -> None:
    data = shape(1, 2)
    assert paper.replay(paper.file("theirs.warc.gz", data)) == 0
    articles, manifest = paper.made()
    assert numbers(articles) == [1, 2]
    first = articles[0]
    assert first["title"] == "Bài viết số 1"
    assert first["published"] == "2026-05-14"
    assert first["fetched_at"] == "2026-05-14T08:00:00+07:00"
    assert first["raw"]["file"] == "theirs.warc.gz"
    member = data[first["raw"]["offset"] :][: first["raw"]["length"]]
    assert zlib_text(member).count(url(1).encode()) == 1
    assert manifest["files"] == [
        {"file": "theirs.warc.gz", "path": str(paper.folder / "theirs.warc.gz"), "bytes": len(data)}
    ]


def zlib_text(member: bytes) -> bytes:
    import zlib

    return zlib.decompress(member, 31)


def test_a_file_that_is_not_compressed(paper: Paper) -> None:
    assert paper.replay(paper.file("x.warc", response(1) + response(2))) == 0
    assert numbers(paper.made()[0]) == [1, 2]


def test_a_wacz_file(paper: Paper) -> None:
    file = paper.folder / "x.wacz"
    wacz(file, browsertrix(1, 2))
    assert paper.replay(str(file)) == 0
    (article, _), _ = paper.made()
    member = file.read_bytes()[article["raw"]["offset"] :][: article["raw"]["length"]]
    assert url(1).encode() in zlib_text(member)


def test_a_wacz_file_that_is_compressed_once_more(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    wacz(paper.folder / "x.wacz", wget(1), zipfile.ZIP_DEFLATED)
    assert paper.replay(str(paper.folder / "x.wacz")) == 4
    assert "unzip it" in capsys.readouterr().err


def test_nothing_is_passed_over_in_silence(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = f"WARC-Target-URI: {url(1, 'www.example.org')}"
    data = packed(
        record("warcinfo"),
        record("response", http(b"", status="404 Not Found"), f"WARC-Target-URI: {url(5)}"),
        record("response", http(b"%PDF-1.4"), f"WARC-Target-URI: {url(6)}"),
        record("response", http(page(1)), elsewhere),
        record("response", http(b"<html></html>"), f"WARC-Target-URI: {url(7)}"),
        record("response", http(page(1)), "WARC-Target-URI: https://bao.example.vn/lien-he"),
        record("response", b"no head", f"WARC-Target-URI: {url(8)}"),
        record("response", http(page(9)), f"WARC-Target-URI: {url(9)}", date="once"),
        record("conversion", b"x"),
        response(1),
    )
    assert paper.replay(paper.file("x.warc.gz", data)) == 0
    _, manifest = paper.made()
    passed = {"conversion": 1, "no_date": 1, "no_site": 1, "warcinfo": 1}
    assert manifest["records"]["passed_over"] == passed
    assert manifest["counts"]["reasons"] == {
        "failed/no_body": 1,
        "failed/no_http_head": 1,
        "skipped/http_404": 1,
        "skipped/not_html": 1,
        "skipped/other_address": 1,
    }
    told = capsys.readouterr().out
    for reason in (*passed, *manifest["counts"]["reasons"]):
        assert f"{reason}: 1" in told


def test_a_large_page_is_refused_and_counted(paper: Paper) -> None:
    large = response(1, b"<" * (11 << 20))
    assert paper.replay(paper.file("x.warc.gz", packed(large, response(2)))) == 0
    assert paper.made()[1]["counts"]["reasons"] == {"skipped/too_large": 1}


# --- what a crawl does, too


def test_the_files_of_a_site_oldest_first(paper: Paper) -> None:
    paper.run("20260102T000000Z", packed(response(1, page(1, "Đã sửa"), date="2026-01-02T00:00:00Z"), response(2)))
    paper.run("20260101T000000Z", packed(response(1, date="2026-01-01T00:00:00Z")))
    (paper.site / "20260103T000000Z.warc.gz.open").write_bytes(packed(response(3)))
    assert paper.replay("bao") == 0
    articles, _ = paper.made()
    assert numbers(articles) == [1, 1, 2]
    assert [article["revision"] for article in articles] == [1, 2, 1]
    assert articles[1]["previous_hash"] == articles[0]["content_hash"]
    assert articles[1]["raw"]["file"] == "20260102T000000Z.warc.gz"


def test_given_files_are_read_oldest_first_too(paper: Paper) -> None:
    late = paper.file("a.warc.gz", packed(response(1, page(1, "Đã sửa"), date="2026-02-01T00:00:00Z")))
    early = paper.file("b.warc.gz", packed(response(1, date="2026-01-01T00:00:00Z")))
    assert paper.replay(late, early) == 0
    assert [article["raw"]["file"] for article in paper.made()[0]] == ["b.warc.gz", "a.warc.gz"]


def test_unchanged_and_duplicate_articles(paper: Paper) -> None:
    data = packed(response(1), response(1), response(2, page(1)))
    assert paper.replay(paper.file("x.warc.gz", data)) == 0
    _, manifest = paper.made()
    counts = manifest["counts"]
    assert (counts["stored"], counts["unchanged"], counts["duplicate"]) == (1, 1, 1)
    assert counts["duplicates"] == [{"url": url(2), "of": "bao:1"}]


def test_one_text_for_many_articles_is_a_guards(paper: Paper) -> None:
    data = packed(*(response(number, page(1)) for number in range(1, 7)))
    assert paper.replay(paper.file("x.warc.gz", data)) == 9
    _, manifest = paper.made()
    assert manifest["counts"]["reasons"] == {"failed/same_text": 5}
    assert manifest["counts"]["duplicates"] == []


@pytest.mark.parametrize("blanks", [False, True], ids=["lines of today", "lines of earlier versions"])
def test_the_day_that_a_listing_printed_is_kept(paper: Paper, blanks: bool) -> None:
    data = packed(response(1, page(1, date="")), response(2, page(2, date="")))
    paper.run("20260101T000000Z", data)
    assert paper.replay("bao") == 0
    articles, _ = paper.made()
    old = articles[0] | {"published": "2018-08-01", "published_raw": "(01/08)", "published_precision": "day"}
    old["extracted_by"] = old["extracted_by"] | {"published": "listing"}
    line = json.dumps(old, ensure_ascii=False).encode() + b"\n" if blanks else json_line(old)
    (paper.site / "20260101T000000Z.jsonl").write_bytes(line + json_line(articles[1]))
    assert paper.replay("bao") == 0
    first, second = paper.made()[0]
    assert first == old
    assert second["published"] is None


def test_the_day_that_a_listing_printed_is_held_against_the_page(paper: Paper) -> None:
    """A crawl warned of it; reading anew gives the same line."""
    paper.run("20260101T000000Z", packed(response(1)))
    assert paper.replay("bao") == 0
    (old,), _ = paper.made()
    warned = [f"published: the page prints {old['published']}, the listing prints 2018-08-01"]
    (paper.site / "20260101T000000Z.jsonl").write_bytes(json_line(old | {"warnings": warned}))
    assert paper.replay("bao") == 0
    (new,), _ = paper.made()
    assert new["published"] == old["published"]
    assert [warning.rpartition(", ")[2] for warning in new["warnings"]] == ["the listing prints 2018-08-01"]


def test_the_spare_listing_is_no_article(paper: Paper) -> None:
    """A listing whose address could be an article's is known by the site file."""
    paper.rules(SITE.replace("'^/ngay/'", "'^/tin'"))
    target = "WARC-Target-URI: https://bao.example.vn/tin/"
    assert paper.replay(paper.file("x.warc.gz", packed(response(1), record("response", http(page(3)), target)))) == 0
    assert paper.made()[1]["counts"]["reasons"] == {"skipped/other_address": 1}


def test_what_the_menu_names_is_no_article(paper: Paper) -> None:
    paper.rules(SITE.partition("[categories]")[0].replace("'^/ngay/'", "'^/tin'") + 'menu = "nav a"')
    home = b"<html><nav><a href='/tin-tuc/'>Tin</a></nav></html>"
    data = packed(
        record("response", http(home), "WARC-Target-URI: https://bao.example.vn/"),
        record("response", http(page(3)), "WARC-Target-URI: https://bao.example.vn/tin-tuc"),
        record("response", http(page(4)), "WARC-Target-URI: https://bao.example.vn/tin-khac"),
    )
    assert paper.replay(paper.file("x.warc.gz", data)) == 0
    articles, manifest = paper.made()
    assert [article["id"] for article in articles] == ["bao:/tin-khac"]
    assert manifest["counts"]["reasons"] == {"skipped/listing": 1, "skipped/other_address": 1}


# --- revisit records


@pytest.mark.parametrize(
    "fields",
    [
        (f"WARC-Payload-Digest: {digest(page(1))}",),
        ("WARC-Refers-To: <urn:uuid:7>",),
        (f"WARC-Refers-To-Target-URI: {url(1)}", "WARC-Refers-To-Date: 2026-05-14T01:00:00Z"),
    ],
    ids=["digest", "record", "address"],
)
def test_a_revisit_is_read_where_its_bytes_lie(paper: Paper, fields: tuple[str, ...]) -> None:
    target = f"WARC-Target-URI: {url(1)}"
    first = record(
        "response", http(page(1)), target, "WARC-Record-ID: <urn:uuid:7>", f"WARC-Payload-Digest: {digest(page(1))}"
    )
    between = response(1, page(1, "Đã sửa"))
    paper.run("20260101T000000Z", packed(first))
    paper.run("20260102T000000Z", packed(between, revisit(1, page(1), *fields, date="2026-05-20T01:00:00Z")))
    assert paper.replay("bao") == 0
    articles, _ = paper.made()
    assert [article["revision"] for article in articles] == [1, 2, 3]
    assert articles[2]["content_hash"] == articles[0]["content_hash"]
    assert articles[2]["fetched_at"] == "2026-05-20T08:00:00+07:00"
    assert articles[2]["raw"] == articles[0]["raw"]


def test_a_revisit_of_what_comes_later(paper: Paper) -> None:
    data = packed(revisit(1, page(1), head=b""), response(2), response(1))
    assert paper.replay(paper.file("x.warc.gz", data)) == 0
    _, manifest = paper.made()
    assert (manifest["counts"]["stored"], manifest["counts"]["unchanged"]) == (2, 1)


def test_a_revisit_of_what_is_not_there(paper: Paper) -> None:
    not_modified = revisit(3, b"", head=http(b"", status="304 Not Modified"))
    assert paper.replay(paper.file("x.warc.gz", packed(revisit(1, b"?"), not_modified, response(2)))) == 0
    assert paper.made()[1]["counts"]["reasons"] == {"skipped/http_304": 1, "skipped/revisit_unresolved": 1}


# --- one site, or each page's own


def test_one_site_only(paper: Paper) -> None:
    theirs = record("response", http(page(9)), "WARC-Target-URI: https://baocantho.com.vn/bai-a9.html")
    moved = record("response", http(page(4)), f"WARC-Target-URI: {url(4, 'cu.example.vn')}")
    file = paper.file("x.warc.gz", packed(response(1), theirs, moved))
    assert paper.replay(file) == 0
    articles, manifest = paper.made()
    assert numbers(articles) == [1]
    assert manifest["records"]["passed_over"] == {"no_site": 1, "site/baocantho": 1}
    assert (paper.output / "baocantho" / "replays").is_dir()
    assert paper.replay(file, "--site", "bao") == 0
    articles, manifest = paper.made()
    assert numbers(articles) == [1, 4]  # also from a host that the site has left
    assert manifest["records"]["passed_over"] == {"other_site": 1}
    assert manifest["arguments"] == {"site": "bao"}


def test_a_broken_site_file_costs_its_own_site(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    (paper.folder / "sites" / "hong.toml").write_text("x", "utf-8")
    file = paper.file("x.warc.gz", packed(response(1)))
    assert paper.replay(file) == 0
    assert capsys.readouterr().err == "", "every page belonged to another site"
    assert paper.replay(file, "--site", "hong") == 4


def test_pages_that_may_be_those_of_broken_site_files(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    paper.talking = 0.0
    for number in range(12):
        (paper.folder / "sites" / f"hong{number:02}.toml").write_text("x", "utf-8")
    theirs = record("response", http(page(9)), f"WARC-Target-URI: {url(9, 'www.example.org')}")
    data = packed(response(1), theirs)
    file = paper.file("x.warc.gz", data)
    assert paper.replay(file) == 9
    said = capsys.readouterr()
    assert "pages may have been passed over for 12 broken site files (exit code 9)" in said.out
    *told, more = said.err.splitlines()
    assert [line.count("hong") for line in told] == [1] * 10
    assert more == "… and 2 more"
    assert (paper.made()[1]["reason"], paper.made()[1]["exit_code"]) == ("site_files", 9)
    paper.run("20260101T000000Z", data)
    assert paper.replay("bao") == paper.replay(file, "--site", "bao") == 0
    assert capsys.readouterr() == ("", ""), "no other site was asked for"


# --- what goes wrong


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("nirgends",),
        ("bao", "baocantho"),
        ("bao", "--site", "baocantho"),
        ("bao", "--site", "x"),
        ("bao", "-j", "0"),
        ("bao", "-j", "many"),
        ("bao", "-j", "9999"),
        ("bao", "--json"),
        ("bao", "--nonsense"),
    ],
)
def test_wrong_usage(paper: Paper, args: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        paper.replay(*args)


def test_a_folder_is_told_from_what_is_not_there(paper: Paper) -> None:
    with pytest.raises(UsageError, match=r"is a folder; name its files, like .*/\*\.warc\.gz"):
        paper.replay(str(paper.folder))


def test_what_is_no_warc_file_is_told(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = paper.file("x.warc.gz", wget(1)), paper.file("x.html", b"<html>")
    assert paper.replay(good, bad) == 4
    assert "x.html is no WARC file" in capsys.readouterr().err
    assert paper.replay("bao") == 4  # no files yet
    assert not paper.sets()


def test_files_of_the_same_name_can_not_be_told_apart(paper: Paper) -> None:
    (paper.folder / "b").mkdir()
    assert paper.replay(paper.file("x.warc.gz", wget(1)), paper.file("b/x.warc.gz", wget(2))) == 4


@pytest.mark.parametrize(("date", "passed"), [("9999-12-31T23:59:59Z", {"no_date": 1}), ("0001-01-01T00:00:00Z", {})])
def test_the_first_and_the_last_moment_of_all_calendars(paper: Paper, date: str, passed: dict[str, int]) -> None:
    odd = response(1, page(1, date="(19/02)"), date=date)
    assert paper.replay(paper.file("x.warc.gz", packed(odd, response(2)))) == 0
    assert paper.made()[1]["records"]["passed_over"] == passed


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_of_a_killed_crawler(paper: Paper, capsys: pytest.CaptureFixture[str], jobs: str) -> None:
    data = packed(response(1), response(2))
    last = len(packed(response(1)))
    file = paper.file("x.warc.gz", data[:-30])
    assert paper.replay(file, "-j", jobs) == 9
    assert f"{file}, offset {last}: the file ends within this record" in capsys.readouterr().err
    articles, manifest = paper.made()
    assert numbers(articles) == [1]
    assert manifest["damage"] == [{"file": "x.warc.gz", "offset": last, "problem": "the file ends within this record"}]
    assert (manifest["reason"], manifest["exit_code"]) == ("damaged", 9)


@pytest.mark.parametrize("said_by", ["runs.jsonl", "manifest"])
def test_files_of_the_site_that_are_gone_are_told(
    paper: Paper, capsys: pytest.CaptureFixture[str], said_by: str
) -> None:
    for number in range(1, 14):
        run = f"202601{number:02}T000000Z"
        paper.run(run, packed(response(number)))
        written = json.dumps({"run": run, "warc": {"name": f"{run}.warc.gz"}}) + "\n"
        if said_by == "runs.jsonl":
            with open(paper.site / "runs.jsonl", "a") as runs:
                runs.write(written)
        else:
            (paper.site / f"{run}.manifest.json").write_text(written)
            (paper.site / f"{run}.jsonl").write_text("")
    assert paper.replay("bao") == 0
    last = paper.site / "20260113T000000Z.warc.gz"
    last.unlink()
    capsys.readouterr()
    assert paper.replay("bao") == 9
    said = capsys.readouterr()
    assert said.err == f"lost: {last}: a run wrote this file, and it is not there\n"
    assert "1 WARC file is not there (exit code 9)" in said.out
    articles, manifest = paper.made()
    assert len(articles) == 12
    assert manifest["damage"] == [{"file": last.name, "offset": None, "problem": "the file is not there"}]
    assert (manifest["reason"], manifest["exit_code"]) == ("damaged", 9)
    files = sorted(paper.site.glob("*.warc.gz"))
    assert paper.replay("--site", "bao", *map(str, files)) == 0, "these were all that was asked for"
    for file in files[:-1]:
        file.unlink()
    assert paper.replay("bao") == 9
    assert "… and 2 more" in capsys.readouterr().err
    files[-1].unlink()
    assert paper.replay("bao") == 4
    assert "of the WARC files that runs wrote (13), none is here" in capsys.readouterr().err


def test_no_article_leaves_no_set(paper: Paper) -> None:
    assert paper.replay(paper.file("x.warc.gz", packed(record("warcinfo"), response(1, b"<html>")))) == 10
    assert not (paper.site / "replays").exists()


def test_a_defect_costs_one_page(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = rereading.read_article

    def broken(page: Any, site: Any) -> Any:
        if page.url == url(1):
            raise ZeroDivisionError
        return read(page, site)

    monkeypatch.setattr(rereading, "read_article", broken)
    file = paper.file("x.warc.gz", wget(1, 2))
    for jobs in ("1", "2"):
        assert paper.replay(file, "-j", jobs) == 1
        articles, manifest = paper.made()
        assert numbers(articles) == [2]
        assert manifest["counts"]["reasons"] == {"failed/crash": 1}
        told = capsys.readouterr().err
        assert url(1) in told
        assert "ZeroDivisionError" in told


def test_a_worker_that_is_killed_ends_the_replay(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rereading, "read_article", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    file = paper.file("x.warc.gz", wget(1, 2))
    assert paper.replay(file, "-j", "2") == 1
    assert f"a worker process was killed by signal 9, while it read {file} from offset 0" in capsys.readouterr().err
    assert not paper.sets()
    assert not multiprocessing.active_children()


def test_a_full_disk_leaves_nothing(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Segment, "write", full)
    assert paper.replay(paper.file("x.warc.gz", wget(1))) == 3
    assert not paper.sets()


@pytest.mark.parametrize("act", ["fsync", "rename", "replace"])
def test_a_full_disk_at_the_end_leaves_nothing(paper: Paper, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(segments.os, act, full)
    assert paper.replay(paper.file("x.warc.gz", wget(1))) == 3
    assert not paper.sets()


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, jobs: str, number: signal.Signals
) -> None:
    read = rereading.read_article

    def slow(*args: Any) -> Any:
        time.sleep(0.05)
        return read(*args)

    monkeypatch.setattr(rereading, "read_article", slow)
    monkeypatch.setattr(sources, "_PORTION", 500)
    before = signal.getsignal(number)
    timer = threading.Timer(0.4, os.kill, (os.getpid(), number))
    file = paper.file("x.warc.gz", wget(*range(100)))
    timer.start()
    began = time.monotonic()
    assert paper.replay(file, "-j", jobs) == 11
    assert time.monotonic() - began < 3
    assert not paper.sets()
    assert not multiprocessing.active_children()
    assert signal.getsignal(number) == before


def test_what_a_killed_replay_left_is_cleared_away_and_what_is_on_is_not(paper: Paper) -> None:
    dead, alive = (paper.site / "replays" / f"2026010{day}T000000Z.draft" for day in (1, 2))
    for draft in (dead, alive):
        draft.mkdir(parents=True)
        (draft / "x.jsonl.open").touch()
    lock = hold(alive)
    try:
        assert paper.replay(paper.file("x.warc.gz", wget(1))) == 0
    finally:
        lock.release()
    assert not dead.exists()
    assert alive.exists()


def test_nothing_of_the_site_is_touched(paper: Paper) -> None:
    paper.run("20260101T000000Z", wget(1))
    before = {file.name: file.read_bytes() for file in paper.site.iterdir()}
    assert paper.replay("bao") == 0
    assert {file.name: file.read_bytes() for file in paper.site.iterdir() if file.is_file()} == before
    assert [file.name for file in paper.sets()[0].iterdir() if file.name.startswith(".")] == []


# --- several processes


def mixed() -> bytes:
    """Pages, twins, revisits, a member that is spoilt, and one that holds what looks like records."""
    records = []
    for number in range(40):
        records += [response(number, page(number % 30)), record("request", b"GET / HTTP/1.1\r\n\r\n")]
        if number % 5 == 0:
            records.append(revisit(number, page(number % 30), date="2026-06-01T00:00:00Z"))
    data = packed(*records[:50])
    nested = record("resource", packed(*(response(number) for number in range(50, 60))))
    spoilt = bytearray(packed(response(90)))
    spoilt[40] ^= 0xFF
    stored = io.BytesIO()
    import gzip

    with gzip.GzipFile(fileobj=stored, mode="wb", compresslevel=0) as out:  # as they are: each looks like a record
        out.write(nested)
    return data + stored.getvalue() + bytes(spoilt) + packed(*records[50:])


@pytest.mark.parametrize("portion", [300, 5000, 1 << 20])
def test_the_number_of_processes_and_the_portions_change_nothing(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    files = [paper.file("a.warc.gz", mixed()), paper.file("b.warc", b"".join((response(7, page(70)), response(1))))]
    assert paper.replay(*files) == 9
    whole, manifest = paper.made()
    monkeypatch.setattr(sources, "_PORTION", portion)
    for jobs in ("1", "2"):
        assert paper.replay(*files, "-j", jobs) == 9
        articles, again = paper.made()
        assert articles == whole
        assert again["sha256"] == manifest["sha256"]
        for name in ("counts", "records", "damage"):
            assert again[name] == manifest[name]
    assert 50 not in numbers(whole)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_spoilt_file_gives_the_same_in_any_portions(paper: Paper, draw: st.DataObject) -> None:
    data = bytearray(wget(1, 2, 3)[: draw.draw(st.integers(1, 4000))])
    for at in draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=3)):
        data[at] = draw.draw(st.integers(0, 255))
    file, made = paper.file("x.warc.gz", bytes(data)), []
    with pytest.MonkeyPatch.context() as patch:
        for portion in (1 << 20, draw.draw(st.integers(50, 2000))):
            patch.setattr(sources, "_PORTION", portion)
            count = len(paper.sets())
            code = paper.replay(file)
            made.append((code, paper.made()[0] if len(paper.sets()) > count else None))
            assert code in (0, 4, 9, 10)
    assert made[0] == made[1]


# --- differences


def differences(paper: Paper, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[list[dict[str, Any]], str]:
    capsys.readouterr()
    paper.replay(*args, "--diff", "--json")
    told = capsys.readouterr()
    return [json.loads(line) for line in told.out.splitlines()], told.err


def test_cron_has_nothing_to_mail_of_what_ends_well(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    paper.talking = 0.0
    paper.run("20260101T000000Z", packed(response(1)))
    assert paper.replay("bao") == 0
    paper.becomes_old()
    assert paper.replay("bao", "--diff", "--json") == 0
    assert capsys.readouterr() == ("", "")
    assert paper.replay("bao", "--diff") == 0
    assert "0 changed" in capsys.readouterr().out, "that was asked for"
    assert paper.replay(paper.file("x.warc.gz", packed(record("warcinfo")))) == 10
    assert "no article of a known site" in capsys.readouterr().out


def test_the_same_rules_make_no_difference(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    paper.run("20260101T000000Z", packed(response(1), response(1, page(1, "Đã sửa")), response(2)))
    paper.replay("bao")
    paper.becomes_old()
    found, summary = differences(paper, capsys, "bao")
    assert found == []
    assert "0 changed, 0 only there, 0 only in the new set" in summary


def test_a_better_rule_mends_the_past(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    paper.run("20260101T000000Z", packed(response(1), response(2), response(3, page(3, date=""))))
    paper.rules(SITE.replace('title = "h1"', 'title = "time"').replace('published = "time"', 'published = "b"'))
    paper.replay("bao")
    paper.becomes_old()
    old = {article["id"]: article for article in paper.made()[0]}
    paper.rules(SITE)
    found, summary = differences(paper, capsys, "bao")
    changed = {each["id"]: each for each in found}
    title = changed["bao:1"]["fields"]["title"]
    assert title == {"old": old["bao:1"]["title"], "new": "Bài viết số 1"}
    assert changed["bao:1"]["status"] == "changed"
    assert "fetched_at" not in changed["bao:1"]["fields"]
    assert "title" in summary
    assert "changed" in summary


def test_differences_are_shown_to_people(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    paper.run("20260101T000000Z", packed(response(1), response(2)))
    paper.replay("bao")
    first, second = paper.made()[0]
    old = first | {"title": "Cũ", "byline": ["An"], "body": "Một.\n\nHai."}
    gone = second | {"id": "bao:77", "raw": None, "fetched_at": None}
    (paper.site / "20260101T000000Z.jsonl").write_bytes(json_line(old) + json_line(gone))
    capsys.readouterr()
    assert paper.replay("bao", "--diff") == 0
    told = capsys.readouterr().out
    assert "changed: bao:1\n  " + url(1) in told
    assert "title: Cũ → Bài viết số 1" in told
    assert "byline: An → nothing" in told
    assert "    - Hai." in told
    assert "only in the old lines: bao:77" in told
    assert "only in the new set: bao:2" in told
    assert "1 changed, 1 only there, 1 only in the new set" in told
    rows = {row[0]: row[1:] for line in told.splitlines() if len(row := line.split()) == 4}
    assert rows["byline"] == ["0", "0", "1"]
    assert rows["title"] == ["1", "0", "0"]


def test_letters_that_the_terminal_can_not_show(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    paper.run("20260101T000000Z", packed(response(1)))
    paper.replay("bao")
    paper.becomes_old()
    paper.rules(SITE.replace('title = "h1"', 'title = "time"'))
    shown = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", shown)
    assert paper.replay("bao", "--diff") == 0
    shown.seek(0)
    assert r"title: Bài vi\u1ebft s\u1ed1 1 \u2192 " in shown.read()


def test_long_texts_are_shown_around_what_differs() -> None:
    text = "Mở đầu. " * 20
    old, new = f"{text}cũ hết.\n\nHai.", f"{text}mới hết.\n\nHai."
    difference = Difference("changed", "bao", "bao:1", url(1), {"body": (old, new)})
    shown = as_text(difference).splitlines()[-2:]
    assert [line.strip()[:3] for line in shown] == ["- …", "+ …"]
    assert shown[0].endswith("Mở đầu. cũ hết.")
    assert shown[1].endswith("Mở đầu. mới hết.")
    assert all(len(line) < 60 for line in shown)


def test_only_layers_that_differ_are_shown() -> None:
    layers = {"byline": "site", "category": "site", "related": "family"}, {"category": "site", "byline": "site"}
    shown = as_text(Difference("changed", "bao", "bao:1", url(1), {"extracted_by": layers})).splitlines()
    assert shown[3:] == ["    - related: family"]


def test_a_line_is_found_again_under_another_id(paper: Paper, capsys: pytest.CaptureFixture[str]) -> None:
    paper.run("20260101T000000Z", packed(response(1)))
    paper.replay("bao")
    paper.becomes_old()
    paper.rules(SITE.replace(r"-a(?P<id>\d+)\.html", r"(?P<id>a\d+)\.html"))
    (found,), _ = differences(paper, capsys, "bao")
    assert found["fields"]["id"] == {"old": "bao:1", "new": "bao:a1"}


def test_the_batches_of_revisits(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "_BATCH", 3)
    data = packed(*(response(number) for number in range(10)), *(revisit(number, page(number)) for number in range(10)))
    assert paper.replay(paper.file("x.warc.gz", data), "-j", "2") == 0
    assert paper.made()[1]["counts"]["unchanged"] == 10
