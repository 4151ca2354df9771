"""What a crawl survives, through the real command line: stops, failures, overload, dead hosts, damage, and a move."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.replica import Portal, Response, Server, build, fold, serve
from tests.scrapyrun import (
    LONGEST,
    PROJECT,
    TALKING,
    articles,
    balanced,
    command,
    crawl,
    environment,
    manifests,
    runs,
    scrapy,
)
from tests.test_crawl import answer, path_of, wanted

pytestmark = pytest.mark.crawl

QUICK = ("-s", "RETRY_WAIT=0.2")
ONCE = ("-s", "RETRY_TIMES=0", *QUICK)


@pytest.fixture
def small() -> Iterator[tuple[Portal, Server]]:
    portal = build(articles=60)
    with serve(portal) as server:
        yield portal, server


def start(port: int, output: Path, *args: str, site: str = "ninhthuan") -> subprocess.Popen[str]:
    """A crawl of its own, to be stopped or killed."""
    setting = ("-s", f"CONNECT_TO=127.0.0.1:{port}", "-s", f"OUTPUT_DIR={output}")
    line = command("crawl", site, *setting, *TALKING, *args)
    pipe = subprocess.PIPE
    return subprocess.Popen(line, cwd=PROJECT, env=environment(), stdout=pipe, stderr=pipe, text=True)


def until(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)


def asked(server: Server, url: str) -> list[float]:
    """When a page was asked for."""
    path = path_of(url).lower()
    return [moment for (_, each), moment in zip(server.requests, server.moments, strict=True) if each.lower() == path]


def spent(act: Callable[[], Any]) -> float:
    """Seconds of processor time that the commands run by `act` took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def whole(portal: Portal, folder: Path) -> None:
    """Everything is there, once, and the books are in order."""
    found = [fold(article["url"]) for article in articles(folder)]
    assert len(found) == len(set(found)) == len(wanted(portal))
    assert not list(folder.glob("*.open"))
    for manifest in [*manifests(folder), *runs(folder)]:
        assert balanced(manifest["counts"]), manifest["run"]


# --- stopped


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_run_in_good_order(number: int, small: Any, tmp_path: Path) -> None:
    portal, server = small
    hanging = portal.listing("Kinh tế")[3].url
    portal.override(path_of(hanging), answer("", 200), times=None)
    portal.override(path_of(hanging), replace(answer("x"), delay=40))
    with start(server.port, tmp_path) as process:
        until(lambda: asked(server, hanging))
        began = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=LONGEST)
        assert process.returncode == 11
        assert time.monotonic() - began < 10, "a hanging answer is not waited for"
        assert "Traceback" not in err
    portal.override(path_of(hanging), None)
    server.clear()
    assert crawl(server.port, tmp_path).code == 0
    whole(portal, tmp_path / "ninhthuan")
    assert runs(tmp_path / "ninhthuan")[0]["reason"] == "stopped"


def test_a_signal_at_the_very_end_spoils_no_exit_code(small: Any, tmp_path: Path) -> None:
    """All is written and told by then; Python is only tidying up."""
    _, server = small
    assert crawl(server.port, tmp_path).code == 0
    for _ in range(3):
        with start(server.port, tmp_path) as process:
            assert process.stdout is not None
            process.stdout.readline()  # the summary
            while process.poll() is None:
                process.send_signal(signal.SIGTERM)
            assert process.returncode == 0


def test_a_second_signal_waits_for_nothing(small: Any, tmp_path: Path) -> None:
    portal, server = small
    hanging = portal.listing("Kinh tế")[3].url
    portal.override(path_of(hanging), replace(answer("x"), delay=40))
    with start(server.port, tmp_path) as process:
        until(lambda: asked(server, hanging))
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONGEST)
        assert process.returncode == 11
        assert time.monotonic() - began < 2.5


def test_a_name_server_that_hangs_keeps_no_process_alive(tmp_path: Path) -> None:
    """Its threads can't be stopped: the process ends without them."""
    line = command("crawl", "ninhthuan", "-s", f"OUTPUT_DIR={tmp_path}")
    line += ["-s", "TWISTED_DNS_RESOLVER=tests.nonames.HangingNames"]
    with open(tmp_path / "err", "w+b") as err:
        process = subprocess.Popen(line, cwd=PROJECT, env=environment(), stdout=subprocess.DEVNULL, stderr=err)
        until(lambda: b"asked for an address" in (tmp_path / "err").read_bytes())
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LONGEST) == 11
        assert time.monotonic() - began < 10
    (run,) = runs(tmp_path / "ninhthuan")
    assert run["reason"] == "stopped"


def test_a_process_that_ignores_hangups_goes_on(small: Any, tmp_path: Path) -> None:
    """As under nohup."""
    portal, server = small
    line = command("crawl", "ninhthuan", "-s", f"CONNECT_TO=127.0.0.1:{server.port}", "-s", f"OUTPUT_DIR={tmp_path}")
    ignoring = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *line]
    pipe = subprocess.PIPE
    with subprocess.Popen(ignoring, cwd=PROJECT, env=environment(), stdout=pipe, stderr=pipe) as process:
        until(lambda: len(server.requests) > 5)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=LONGEST)
        assert process.returncode == 0
    whole(portal, tmp_path / "ninhthuan")


def test_a_time_limit(small: Any, tmp_path: Path) -> None:
    portal, server = small
    for article in portal.articles:
        portal.override(path_of(article.url), replace(portal.get(portal.hosts[0], path_of(article.url)), delay=0.15))
    limited = crawl(server.port, tmp_path, "-s", "CLOSESPIDER_TIMEOUT=1")
    assert limited.code == 15, limited.err
    assert "time_limit" in limited.out
    for article in portal.articles:
        portal.override(path_of(article.url), None)
    assert crawl(server.port, tmp_path).code == 0
    whole(portal, tmp_path / "ninhthuan")


# --- one run at a time, one line before each host


def test_a_second_run_sends_nothing_and_ends_at_once(small: Any, tmp_path: Path) -> None:
    portal, server = small
    hanging = portal.listing("Kinh tế")[3].url
    portal.override(path_of(hanging), replace(answer("x"), delay=20))
    with start(server.port, tmp_path) as first:
        until(lambda: asked(server, hanging))
        before = len(server.requests)
        starting = spent(lambda: scrapy("version"))
        second: Any = None

        def run() -> None:
            nonlocal second
            second = crawl(server.port, tmp_path)

        assert spent(run) - starting < 1, "beside what it takes to start Scrapy"
        assert second.code == 75
        assert "another run holds the site ninhthuan" in second.err
        assert len(server.requests) == before
        first.kill()
        first.communicate(timeout=LONGEST)
    portal.override(path_of(hanging), None)
    assert crawl(server.port, tmp_path).code == 0, "the kernel has let go of the lock"
    whole(portal, tmp_path / "ninhthuan")


def test_the_delay_holds_across_processes(small: Any, tmp_path: Path) -> None:
    _, server = small
    sites = tmp_path / "sites"
    sites.mkdir()
    text = (PROJECT / "newscrawl" / "sites" / "ninhthuan.toml").read_text("utf-8")
    (sites / "ban-sao.toml").write_text(text, "utf-8")
    slow = ("-s", f"SITES={sites}", "-s", "DOWNLOAD_DELAY=0.25", "-s", "DOWNLOAD_DELAY_JITTER=0", "-a", "limit=2")
    with start(server.port, tmp_path, *slow) as one, start(server.port, tmp_path, *slow, site="ban-sao") as two:
        one.communicate(timeout=LONGEST)
        two.communicate(timeout=LONGEST)
        assert (one.returncode, two.returncode) == (0, 0)
    moments = server.moments
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) > 10
    assert min(gaps) > 0.2, "two runs together are no faster than one"
    before = server.moments[-1]
    crawl(server.port, tmp_path, *slow[:-1], "limit=1")
    assert server.moments[len(moments)] - before > 0.2, "nor is one run after the other"


# --- failures are remembered


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_a_page_that_fails_once_is_had_in_the_same_run(status: int, small: Any, tmp_path: Path) -> None:
    portal, server = small
    url = portal.listing("Kinh tế")[3].url
    portal.override(path_of(url), answer("Lỗi", status), times=1)
    assert crawl(server.port, tmp_path, *QUICK).code == 0
    assert len(asked(server, url)) == 2
    whole(portal, tmp_path / "ninhthuan")


@pytest.mark.parametrize("cut", [-1, 0, 2000])
def test_resets_and_truncated_bodies_are_failures(cut: int, small: Any, tmp_path: Path) -> None:
    portal, server = small
    url = portal.listing("Kinh tế")[3].url
    torn = replace(portal.get(portal.hosts[0], path_of(url)), cut=cut)
    portal.override(path_of(url), torn)
    first = crawl(server.port, tmp_path, *ONCE)
    (run,) = runs(tmp_path / "ninhthuan")
    assert first.code == 0, first.err
    assert sum(run["counts"]["reasons"].get(f"failed/{why}", 0) for why in ("truncated", "connection_failed")) == 1
    assert fold(url) not in {fold(article["url"]) for article in articles(tmp_path / "ninhthuan")}
    portal.override(path_of(url), None)
    time.sleep(0.3)
    assert crawl(server.port, tmp_path, *ONCE).code == 0
    whole(portal, tmp_path / "ninhthuan")


def test_waits_grow_in_a_run_and_over_runs(small: Any, tmp_path: Path) -> None:
    portal, server = small
    url = portal.listing("Kinh tế")[3].url
    portal.override(path_of(url), answer("Lỗi", 500))
    assert crawl(server.port, tmp_path, *QUICK).code == 0
    moments = asked(server, url)
    assert len(moments) == 3
    first, second = moments[1] - moments[0], moments[2] - moments[1]
    assert first >= 0.2
    assert 1.2 <= second < 7, "six times as long; a busy machine adds to both"
    assert crawl(server.port, tmp_path, *QUICK).code == 0
    assert len(asked(server, url)) == 3, "the third wait is 7.2 s: not in the run right behind"
    due(tmp_path / "ninhthuan")
    portal.override(path_of(url), None)
    assert crawl(server.port, tmp_path, *QUICK).code == 0
    whole(portal, tmp_path / "ninhthuan")


def due(folder: Path, days: int = 0) -> None:
    """Turn the clock of failures and later looks forward."""
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        past = (datetime.now(UTC) - timedelta(days=days, seconds=1)).isoformat(timespec="seconds")
        db.execute("UPDATE page SET not_before = ? WHERE not_before IS NOT NULL", (past,))
        db.execute("UPDATE page SET failed_since = ? WHERE failed_since IS NOT NULL", (past,))
    db.close()


def test_after_five_days_a_page_is_gone_and_looked_at_once_more(small: Any, tmp_path: Path) -> None:
    portal, server = small
    folder = tmp_path / "ninhthuan"
    url = portal.listing("Kinh tế")[3].url
    portal.override(path_of(url), answer("Lỗi", 500))
    for days in (0, 1, 2, 4, 6):
        crawl(server.port, tmp_path, *ONCE)
        due(folder, days)
    assert [run["counts"]["failed"] for run in runs(folder)] == [1] * 5
    server.clear()
    crawl(server.port, tmp_path, *ONCE)
    assert runs(folder)[-1]["counts"]["reasons"]["gone/http_500"] == 1
    due(folder)
    portal.override(path_of(url), None)
    assert crawl(server.port, tmp_path, *ONCE).code == 0
    whole(portal, folder)


def test_what_is_gone_is_looked_at_once_more_and_never_again(small: Any, tmp_path: Path) -> None:
    portal, server = small
    folder = tmp_path / "ninhthuan"
    url = portal.listing("Kinh tế")[3].url
    portal.override(path_of(url), answer("404", 404))
    assert crawl(server.port, tmp_path).code == 0
    for _ in range(3):
        assert crawl(server.port, tmp_path).code == 0
    assert len(asked(server, url)) == 1
    for _ in range(3):
        due(folder)
        assert crawl(server.port, tmp_path).code == 0
    assert len(asked(server, url)) == 2
    for run in runs(folder):
        assert balanced(run["counts"])


# --- hosts that are overloaded, asked too much, or gone


@pytest.mark.parametrize("date", [False, True])
def test_retry_after_is_kept_to_the_second(date: bool, small: Any, tmp_path: Path) -> None:
    portal, server = small
    url = portal.listing("Kinh tế")[3].url
    wanted_at = datetime.now(UTC) + timedelta(seconds=7)
    value = format_datetime(wanted_at, usegmt=True) if date else "3"
    busy = answer("Bận", 503)
    busy.headers["Retry-After"] = value
    portal.override(path_of(url), busy, times=1)
    assert crawl(server.port, tmp_path, *QUICK).code == 0
    asked_at = asked(server, url)
    assert len(asked_at) == 2
    moments = server.moments
    following = moments[moments.index(asked_at[0]) + 1]
    expected = wanted_at.timestamp() if date else asked_at[0] + 3
    assert -1 <= following - expected <= 2.5, "nobody else is asked meanwhile: the host wants rest, not the page"
    whole(portal, tmp_path / "ninhthuan")


def test_a_host_that_asks_for_an_hour_gets_it(small: Any, tmp_path: Path) -> None:
    portal, server = small
    busy = answer("Bận", 429)
    busy.headers["Retry-After"] = "3600"
    portal.override(path_of(portal.listing("Kinh tế")[3].url), busy)
    limited = crawl(server.port, tmp_path)
    assert limited.code == 18, limited.err
    assert "asked to be left alone until" in limited.err
    assert "Traceback" not in limited.err
    server.clear()
    assert crawl(server.port, tmp_path).code == 18
    assert server.requests == [], "the next run knows it, too"
    for file in (tmp_path / ".hosts").iterdir():
        file.unlink()
    portal.override(path_of(portal.listing("Kinh tế")[3].url), None)
    due(tmp_path / "ninhthuan")
    assert crawl(server.port, tmp_path).code == 0
    whole(portal, tmp_path / "ninhthuan")


def test_an_overloaded_host_is_asked_less_and_then_as_before(small: Any, tmp_path: Path) -> None:
    portal, server = small
    get, refused = portal.get, []

    def busy(host: str, path: str) -> Response:
        if len(server.requests) > 20 and len(refused) < 2:
            refused.append(len(server.requests) - 1)
            return answer("Bận", 503)
        return get(host, path)

    portal.get = busy
    assert crawl(server.port, tmp_path, *QUICK).code == 0
    assert refused[1] == refused[0] + 1
    gaps = [later - earlier for earlier, later in pairwise(server.moments[refused[0] :])]
    assert gaps[0] >= 0.99, "after the first refusal"
    assert gaps[1] >= 1.99, "after the second"
    assert gaps[2] >= 1.4, "after one good answer"
    assert gaps[-1] < 0.2, "at last as before"
    whole(portal, tmp_path / "ninhthuan")


def test_a_name_that_no_longer_resolves(tmp_path: Path) -> None:
    result = scrapy(
        "crawl", "ninhthuan", "-s", f"OUTPUT_DIR={tmp_path}", "-s", "RETRY_WAIT=0.1",
        "-s", "TWISTED_DNS_RESOLVER=tests.nonames.NoNames", *TALKING,
    )  # fmt: skip
    assert result.code == 10, result.err
    assert "no longer known by name: www.ninhthuan.gov.vn" in result.out
    assert result.err.count("asked for an address") <= 3, "as often as a page is tried"
    assert "Traceback" not in result.err
    (run,) = runs(tmp_path / "ninhthuan")
    assert run["counts"]["hosts_gone"] == ["www.ninhthuan.gov.vn"]


def test_a_host_that_falls_silent_ends_the_run_and_loses_nothing(tmp_path: Path) -> None:
    portal = build(articles=60)
    with serve(portal) as server:
        process = start(server.port, tmp_path, *ONCE)
        until(lambda: len(server.requests) > 20)
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 9, err
    assert "the host stopped answering" in out
    (run,) = runs(tmp_path / "ninhthuan")
    assert run["counts"]["failed"] < 10 < run["counts"]["pending"]
    assert balanced(run["counts"])
    time.sleep(0.3)
    with serve(portal) as server:
        assert crawl(server.port, tmp_path, *ONCE).code == 0
    whole(portal, tmp_path / "ninhthuan")


# --- what is broken here


def test_an_exception_of_ours_is_a_crash_and_loses_nothing(small: Any, tmp_path: Path) -> None:
    portal, server = small
    failing = json.dumps({"tests.nonames.FailsOnce": 150})
    broken = crawl(server.port, tmp_path, "-s", f"ITEM_PIPELINES={failing}", *QUICK)
    assert broken.code == 1
    assert "1 exceptions in callbacks or pipelines" in broken.out
    assert runs(tmp_path / "ninhthuan")[0]["counts"]["reasons"]["failed/crash"] == 1
    time.sleep(0.3)
    assert crawl(server.port, tmp_path).code == 0
    whole(portal, tmp_path / "ninhthuan")


@pytest.mark.parametrize("damage", ["garbage", "middle"])
def test_a_damaged_ledger_is_set_aside_and_made_anew(damage: str, small: Any, tmp_path: Path) -> None:
    portal, server = small
    folder = tmp_path / "ninhthuan"
    assert crawl(server.port, tmp_path).code == 0
    file = folder / "ledger.sqlite"
    data = bytearray(file.read_bytes())
    if damage == "garbage":
        data[:100] = b"x" * 100
    else:
        data[4096:] = b"\xff" * (len(data) - 4096)
    file.write_bytes(data)
    codes = [crawl(server.port, tmp_path).code for _ in range(3)]
    assert codes[-1] == 0
    assert set(codes) <= {0, 1}, "damage that shows only in use ends one run"
    assert len(list(folder.glob("ledger.sqlite.damaged-*"))) == 1
    whole(portal, folder)


def test_a_ledger_made_anew_by_hand(small: Any, tmp_path: Path) -> None:
    portal, server = small
    assert crawl(server.port, tmp_path).code == 0
    setting = ("-s", f"OUTPUT_DIR={tmp_path}")
    result = scrapy("ledger", "rebuild", "ninhthuan", *setting, *TALKING)
    assert result.code == 0, result.err
    assert f"made anew from {len(wanted(portal))} articles; the old one is now ledger.sqlite.replaced-" in result.out
    assert crawl(server.port, tmp_path).code == 0
    whole(portal, tmp_path / "ninhthuan")
    for args, code, message in (
        (("rebuild", "ninhthuann"), 2, "did you mean ninhthuan?"),
        (("rebild", "ninhthuan"), 2, "scrapy ledger rebuild SITE"),
        (("rebuild", "baocantho"), 4, "nothing was crawled yet"),
    ):
        refused = scrapy("ledger", *args, *setting)
        assert (refused.code, message in refused.err) == (code, True), refused.err


def test_the_output_can_be_moved(small: Any, tmp_path: Path) -> None:
    """Also that of a killed run, with its open segment and SQLite's log."""
    portal, server = small
    here, there = tmp_path / "here", tmp_path / "there"
    with start(server.port, here) as process:
        until(lambda: len(server.requests) > 25)
        process.kill()
        process.communicate(timeout=LONGEST)
    shutil.copytree(here, there)
    shutil.rmtree(here)
    assert crawl(server.port, there).code == 0
    whole(portal, there / "ninhthuan")
    assert str(here) not in (there / "ninhthuan" / "runs.jsonl").read_text("utf-8")
