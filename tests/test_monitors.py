"""The verdict on a run: contract 8, every cause alone and every two of them together."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from newscrawl.crawling.exitcodes import ExitCode, Verdict
from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.crawling.spiderloader import spider_of
from newscrawl.crawling.visits import Visit
from newscrawl.extraction import site_named
from newscrawl.items import Article
from newscrawl.keeping.accounts import Accounts
from newscrawl.keeping.ledger import Entry
from newscrawl.monitoring.judging import judge
from tests.onerun import record


def verdict(
    reason: str = "finished",
    *,
    crashes: int = 0,
    earlier: tuple[int, ...] = (),
    partial: bool = False,
    heads: int = 20,
    failed: int = 0,
    stored: int = 20,
    broken: int = 0,
) -> Verdict:
    accounts = Accounts(on_heads=heads, broken=["/thoi-su"] * broken)
    accounts.settled.update(stored=stored, failed=failed)
    return judge(accounts, reason, crashes=crashes, earlier=earlier, partial=partial)


# What can happen to a run, and its code, in the order of contract 8: the first that applies wins.
CAUSES: dict[str, tuple[dict[str, Any], ExitCode]] = {
    "disk full": ({"reason": "disk_full"}, ExitCode.DISK_FULL),
    "crash": ({"crashes": 1}, ExitCode.CRASH),
    "signal": ({"reason": "shutdown"}, ExitCode.STOPPED),
    "time limit": ({"reason": "closespider_timeout"}, ExitCode.TIME_LIMIT),
    "rate limited": ({"reason": "rate_limited"}, ExitCode.RATE_LIMITED),
    "nothing": ({"heads": 0}, ExitCode.NOTHING),
    "few finds": ({"heads": 2, "earlier": (10, 10, 10)}, ExitCode.NOTHING),
    "host down": ({"reason": "host_down"}, ExitCode.INCOMPLETE),
    "failed pages": ({"failed": 5}, ExitCode.INCOMPLETE),
    "broken listing": ({"broken": 1}, ExitCode.INCOMPLETE),
}
ORDER = [4, 3, 1, 11, 15, 18, 10, 9]


def test_the_causes_stand_in_the_order_of_the_contract() -> None:
    codes = [int(code) for _, code in CAUSES.values()]
    assert codes == sorted(codes, key=ORDER.index)


@pytest.mark.parametrize("cause", CAUSES)
def test_one_cause(cause: str) -> None:
    given, code = CAUSES[cause]
    assert verdict(**given).code == code
    assert verdict(**given).detail or code == ExitCode.COMPLETE


# A run has one reason, and its listings have one count.
PAIRS = [pair for pair in combinations(CAUSES, 2) if not CAUSES[pair[0]][0].keys() & CAUSES[pair[1]][0].keys()]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_causes(first: str, second: str) -> None:
    one, other = CAUSES[first], CAUSES[second]
    assert verdict(**one[0], **other[0]).code == one[1]


def test_all_causes_at_once() -> None:
    everything = {"crashes": 1, "heads": 0, "failed": 50, "broken": 1}
    assert verdict("disk_full", **everything).code == ExitCode.DISK_FULL
    assert verdict("shutdown", **everything).code == ExitCode.CRASH


@pytest.mark.parametrize("reason", ["finished", "limit"])
def test_complete(reason: str) -> None:
    assert verdict(reason) == Verdict(ExitCode.COMPLETE, reason)


def test_nothing_new_is_complete() -> None:
    assert verdict(stored=0).code == ExitCode.COMPLETE


@pytest.mark.parametrize(
    ("listings", "hosts", "words"),
    [
        ({}, [], "did the site move"),
        ({"end": 1, "broken/http_500": 1}, [], "did the site move"),
        ({"broken/timeout": 1, "broken/http_500": 2}, [], "no listing could be read: http_500, timeout"),
        ({"broken/no_such_host": 1}, ["vidu.vn"], "no longer known by name: vidu.vn"),
    ],
)
def test_nothing_says_why(listings: dict[str, int], hosts: list[str], words: str) -> None:
    accounts = Accounts(hosts_gone=hosts)
    accounts.listings.update(listings)
    found = judge(accounts, "finished", crashes=0, earlier=(), partial=False)
    assert found.code == ExitCode.NOTHING
    assert words in found.detail


def test_usage() -> None:
    assert verdict("usage").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("failed", "others", "code"),
    [
        (4, 0, ExitCode.COMPLETE),
        (5, 0, ExitCode.INCOMPLETE),
        (5, 45, ExitCode.COMPLETE),
        (5, 44, ExitCode.INCOMPLETE),
        (100, 900, ExitCode.COMPLETE),
        (101, 900, ExitCode.INCOMPLETE),
    ],
)
def test_over_ten_per_cent_and_at_least_five(failed: int, others: int, code: ExitCode) -> None:
    assert verdict(failed=failed, stored=others).code == code


@pytest.mark.parametrize(
    ("heads", "earlier", "code"),
    [
        (3, (10,), ExitCode.COMPLETE),
        (2, (10,), ExitCode.NOTHING),
        (2, (10, 1, 1), ExitCode.COMPLETE),
        (2, (1, 10, 10, 10, 1), ExitCode.NOTHING),
        (1, (), ExitCode.COMPLETE),
        (0, (), ExitCode.NOTHING),
        (0, (0, 0), ExitCode.NOTHING),
    ],
)
def test_under_thirty_per_cent_of_the_median(heads: int, earlier: tuple[int, ...], code: ExitCode) -> None:
    assert verdict(heads=heads, earlier=earlier).code == code


def test_a_part_of_the_site_is_not_compared() -> None:
    assert verdict(heads=1, earlier=(100,), partial=True).code == ExitCode.COMPLETE
    assert verdict(heads=0, partial=True).code == ExitCode.NOTHING


def test_the_codes_of_the_contract() -> None:
    assert {int(code) for code in ExitCode} == {0, 1, 2, 3, 4, 9, 10, 11, 15, 18, 75}


# --- what the run's keeper makes of a disk that takes no more


def keeper(folder: Path) -> RunKeeper:
    """The extension with an open run, and as much of a crawler as it asks for."""
    stats = SimpleNamespace(set_value=lambda *_: None, get_stats=dict)
    known = {"PROJECT_DIR": str(folder), "OUTPUT_DIR": "output", "RETRY_WAIT": 10, "DOWNLOAD_DELAY": 0}
    known |= {"RAW_PAGES": "articles"}
    crawler = SimpleNamespace(settings=Settings(known), stats=stats)
    spider = spider_of(site_named("baocantho"))()
    kept = RunKeeper(crawler, spider)  # type: ignore[arg-type]
    kept._close = lambda _: None  # type: ignore[method-assign, misc]  # no engine is there to be closed
    kept.run.frontier.count_on_head(20)
    return kept


def code_of(kept: RunKeeper, reason: str) -> int:
    kept.spider_closed(reason)
    assert kept.verdict is not None
    return int(kept.verdict.code)


def test_a_clean_end(tmp_path: Path) -> None:
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE


def told(code: int, text: str) -> sqlite3.OperationalError:
    """An error as SQLite gives it."""
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    told(sqlite3.SQLITE_FULL, "database or disk is full"),
]
WHERE = ["segment", "quota", "ledger"]


@pytest.mark.parametrize("error", FULL, ids=WHERE)
def test_a_disk_that_is_full_at_the_very_end(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last sync fails: no exit code 0, and the site is let go of."""

    def full(*_: Any) -> None:
        raise error

    kept = keeper(tmp_path)
    monkeypatch.setattr(kept.run, "sync", full)
    assert code_of(kept, "finished") == ExitCode.DISK_FULL
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE


def test_another_error_at_the_very_end_is_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keeper(tmp_path)
    monkeypatch.setattr(kept.run, "sync", lambda: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
    assert code_of(kept, "finished") == ExitCode.CRASH
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE


@pytest.mark.parametrize("reason", ["shutdown", "closespider_timeout", "limit", "finished"])
@pytest.mark.parametrize("error", FULL, ids=WHERE)
def test_a_disk_that_fills_up_while_the_run_ends(error: Exception, reason: str, tmp_path: Path) -> None:
    """Scrapy keeps its first reason for closing; the contract's order holds all the same: 3 before 11, 15 and 0."""
    kept = keeper(tmp_path)
    kept.item_error(SimpleNamespace(value=error), None)
    assert code_of(kept, reason) == ExitCode.DISK_FULL


@pytest.mark.parametrize(("full", "code"), [(True, ExitCode.DISK_FULL), (False, ExitCode.CRASH)])
def test_an_io_error_of_the_ledger(full: bool, code: ExitCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not say why: it is tried whether the disk takes writes. Where it does not, no page is to blame."""
    kept = keeper(tmp_path)
    item = Article(url="https://baocantho.com.vn/vet-kenh-a1.html")
    if full:
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    kept.item_error(SimpleNamespace(value=told(sqlite3.SQLITE_IOERR_WRITE, "disk I/O error")), item)
    assert kept.run.accounts.attempted == 0
    monkeypatch.undo()
    assert code_of(kept, "shutdown") == code
    assert kept.manifest == {}  # nothing is written after a write that failed
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE


@pytest.mark.parametrize(
    ("error", "goes_on"),
    [(KeyError("x"), True), (OSError(errno.EIO, "x"), False), (sqlite3.OperationalError("locked"), False)],
)
def test_a_defect_of_ours_ends_no_run(error: Exception, goes_on: bool, tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    assert kept.crashed(error) is goes_on
    assert not kept.disk_full
    assert code_of(kept, "finished") == ExitCode.CRASH


def test_another_exception_is_a_crash(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    kept.spider_error(SimpleNamespace(value=KeyError("x")), None)
    assert code_of(kept, "shutdown") == ExitCode.CRASH


def answered(visit: Visit) -> SimpleNamespace:
    return SimpleNamespace(request=SimpleNamespace(meta={"visit": visit}), url=visit.entry.url)


def test_a_page_that_a_callback_breaks_down_over_is_failed(tmp_path: Path) -> None:
    """It is in the accounts, and a later run tries it again; its raw page is kept."""
    kept = keeper(tmp_path)
    page = Entry("1", "https://baocantho.com.vn/vet-kenh-a1.html")
    kept.run.frontier.note([page])
    request = Request(page.url)
    kept.raw_pages.answered(request, Response(page.url, body=b"<p>"), datetime.now(UTC))
    kept.spider_error(SimpleNamespace(value=KeyError("x")), answered(Visit("page", page)))
    assert code_of(kept, "finished") == ExitCode.CRASH
    counts = kept.manifest["counts"]
    assert (counts["failed"], counts["pending"], counts["reasons"]) == (1, 0, {"failed/crash": 1})
    assert kept.manifest["warc"]["records"] == 3


def test_a_listing_that_a_callback_breaks_down_over_is_broken(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    walk = kept.run.frontier.fresh_walk("/thoi-su", "Thời sự", "u", place="file")
    kept.spider_error(SimpleNamespace(value=KeyError("x")), answered(Visit("listing", Entry("/thoi-su", "u"), walk)))
    assert code_of(kept, "finished") == ExitCode.CRASH
    assert kept.manifest["counts"]["broken_listings"] == ["/thoi-su"]


def test_an_item_that_a_pipeline_breaks_down_over_is_failed(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    item = Article(url="https://baocantho.com.vn/vet-kenh-a1.html")
    kept.run.frontier.note([Entry("1", item.url)])
    kept.item_error(SimpleNamespace(value=KeyError("x")), item)
    assert code_of(kept, "finished") == ExitCode.CRASH
    assert kept.manifest["counts"]["reasons"] == {"failed/crash": 1}


def test_a_callback_that_meets_a_damaged_ledger(tmp_path: Path) -> None:
    """The run ends as a crash, and the next one makes the ledger anew."""
    kept = keeper(tmp_path)
    kept.spider_error(SimpleNamespace(value=told(sqlite3.SQLITE_CORRUPT, "database disk image is malformed")), None)
    assert code_of(kept, "finished") == ExitCode.CRASH
    assert [file.name.partition(".damaged")[0] for file in kept.run.folder.glob("*.damaged-*")] == ["ledger.sqlite"]
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE


def test_an_end_that_breaks_down_is_a_crash_and_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keeper(tmp_path)
    kept.run.store(record(1))
    monkeypatch.setattr(kept.run, "finish", lambda *_: "\udcff".encode())
    assert code_of(kept, "finished") == ExitCode.CRASH
    monkeypatch.undo()
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE
    assert len(list(kept.run.folder.glob("2*.jsonl"))) == 1, "the next run has recovered it"


@pytest.mark.parametrize("when", ["in the run", "at its end"])
def test_what_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    kept = keeper(tmp_path)
    error = PermissionError(errno.EACCES, "Permission denied", "/output/baocantho/log")
    if when == "in the run":
        kept.crashed(error)
    else:
        monkeypatch.setattr(kept.run, "finish", lambda *_: (_ for _ in ()).throw(error))
    assert code_of(kept, "finished") == ExitCode.CONFIGURATION
    assert kept.verdict is not None
    assert kept.verdict.detail == "/output/baocantho/log: Permission denied"


def test_records_that_a_person_has_edited(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    assert code_of(kept, "finished") == ExitCode.COMPLETE
    odd: list[Any] = [{}, None, {"found_on_listings": "x"}]
    with open(kept.run.folder / "runs.jsonl", "ab") as runs:
        for counts in odd:
            runs.write(json.dumps({"run": "20260101T000000Z", "exit_code": 0, "counts": counts}).encode() + b"\n")
    assert code_of(keeper(tmp_path), "finished") == ExitCode.COMPLETE
