"""Which worker gets which site, for how long, and what becomes of the sites of one that dies; with workers that crawl
nothing and speak as real ones do. And which sites a command is about."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newscrawl.commands.manners import read_jobs, talks
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.outcomes import Outcome, note, worst
from newscrawl.crawling.progress import Standing, State, table
from newscrawl.fleet.choosing import choose, longest_ago_first
from newscrawl.fleet.coordinator import Coordinator, Plan, share
from newscrawl.keeping.runlist import append_run
from newscrawl.words.errors import ArgumentError, SiteError

# Takes orders as a worker does. What it does is the beginning of the site's name; it notes who had which site, when,
# and how much time the site was given.
FAKE = """
import json, os, sys, threading, time
out, lock = open(sys.argv[1], "a", buffering=1), threading.Lock()
def say(**word):
    with lock:
        sys.stdout.write(json.dumps(word) + "\\n")
        sys.stdout.flush()
def outcome(site, code=0):
    say(outcome={"site": site, "code": code, "reason": "x", "stored": 1})
def crawl(site, given):
    act = site.partition("-")[0]
    if act == "die":
        time.sleep(0.2)
        sys.stderr.write("Killed by a test\\n")
        sys.stderr.flush()
        os.kill(os.getpid(), 9)
    if act == "garbage":
        os.write(1, b'{"outcome": {"si')
        os._exit(3)
    say(at={"site": site, "found": 5, "stored": 2})
    time.sleep({"quick": 0.02, "slow": 0.3}.get(act, 0))
    if act == "use":
        time.sleep(max(0, given))
        outcome(site, 15)
    elif act != "hang":
        outcome(site)
hanging = []
for line in sys.stdin:
    order = json.loads(line)
    given = order["until"] and order["until"] - time.monotonic()
    out.write(json.dumps([os.getpid(), order["site"], given]) + "\\n")
    hanging += [order["site"]] * order["site"].startswith("hang")
    threading.Thread(target=crawl, args=(order["site"], given), daemon=True).start()
for site in hanging:
    outcome(site, 11)
"""


def carried_out(
    folder: Path, sites: list[str], workers: int = 1, each: int = 2, limit: float | None = None, stop: float = 0
) -> tuple[dict[str, Outcome], list[Any]]:
    """The outcomes of a plan, and what workers were told: [pid, site, seconds]."""
    told = folder / "told"
    told.touch()

    async def run() -> dict[str, Outcome]:
        coordinator = Coordinator(
            Plan(sites, [sys.executable, "-S", "-E", "-c", FAKE, str(told)], workers, each, limit)
        )
        if stop:
            asyncio.get_running_loop().call_later(stop, coordinator.stop.begin)
        await asyncio.wait_for(coordinator.run(), 20)
        timer = coordinator.stop._timer
        if timer is not None:
            timer.cancel()
        return coordinator.outcomes

    outcomes = asyncio.run(run())
    assert sorted(outcomes) == sorted(sites), "each site has an outcome"
    return outcomes, [json.loads(line) for line in told.read_text().splitlines()]


def codes(outcomes: dict[str, Outcome]) -> dict[str, int]:
    return {site: int(outcome.code) for site, outcome in outcomes.items()}


def test_sites_are_given_out_in_order_and_over_all_workers(tmp_path: Path) -> None:
    sites = [f"slow-{number}" for number in range(5)]
    outcomes, told = carried_out(tmp_path, sites, workers=2, each=2)
    assert set(codes(outcomes).values()) == {0}
    assert sorted(site for _, site, _ in told[:4]) == sites[:4]
    assert told[4][1] == "slow-4", "the fifth waits for a free place"
    pids = [pid for pid, *_ in told[:4]]
    assert sorted(pids.count(pid) for pid in set(pids)) == [2, 2]


def test_a_worker_that_dies_takes_only_its_own_sites_with_it(tmp_path: Path) -> None:
    outcomes, told = carried_out(tmp_path, ["die", "slow-1", "slow-2", "quick-3"], workers=2, each=1)
    assert codes(outcomes) == {"die": 1, "slow-1": 0, "slow-2": 0, "quick-3": 0}
    assert "was killed by SIGKILL" in outcomes["die"].detail
    assert "Killed by a test" in outcomes["die"].detail
    assert len({pid for pid, *_ in told}) == 3, "a new worker took the rest"


def test_all_sites_of_a_dead_worker_are_told_of(tmp_path: Path) -> None:
    outcomes, _ = carried_out(tmp_path, ["hang-1", "die", "quick"], each=2)
    assert codes(outcomes) == {"hang-1": 1, "die": 1, "quick": 0}
    assert outcomes["hang-1"].stored == 2, "its last word on progress"


def test_a_torn_word_and_a_command_that_is_not_there(tmp_path: Path) -> None:
    outcomes, _ = carried_out(tmp_path, ["garbage", "quick"], each=1)
    assert codes(outcomes) == {"garbage": 1, "quick": 0}
    assert "ended with code 3" in outcomes["garbage"].detail

    async def run() -> Coordinator:
        coordinator = Coordinator(Plan(["a", "b", "c"], ["/no/such/command"], 2, 1))
        await asyncio.wait_for(coordinator.run(), 20)
        return coordinator

    outcomes = asyncio.run(run()).outcomes
    assert set(codes(outcomes).values()) == {1}
    assert "could not be started: No such file" in outcomes["c"].detail


def test_a_stop_ends_all_and_begins_nothing_new(tmp_path: Path) -> None:
    outcomes, told = carried_out(tmp_path, ["hang-1", "hang-2", "quick"], stop=0.4)
    assert codes(outcomes) == {"hang-1": 11, "hang-2": 11, "quick": 11}
    assert outcomes["quick"].detail == "stopped by a signal before its turn came"
    assert [site for _, site, _ in told] == ["hang-1", "hang-2"]


def test_time_is_shared_and_what_is_left_falls_to_the_others(tmp_path: Path) -> None:
    outcomes, told = carried_out(tmp_path, ["use-1", "quick-2", "use-3", "use-4"], each=1, limit=2)
    given = {site: seconds for _, site, seconds in told}
    assert given["use-1"] == pytest.approx(0.5, abs=0.3), "one of four"
    assert given["use-4"] == pytest.approx(given["use-3"], abs=0.2), "what the second left is shared"
    assert given["use-4"] > 0.55
    assert codes(outcomes) == {"use-1": 15, "quick-2": 0, "use-3": 15, "use-4": 15}


def test_a_turn_that_does_not_come(tmp_path: Path) -> None:
    outcomes, told = carried_out(tmp_path, ["slow-1", "slow-2"], each=1, limit=0.2)
    assert codes(outcomes)["slow-2"] == 15
    assert outcomes["slow-2"].detail == "its turn did not come within the time limit"
    assert [site for _, site, _ in told] == ["slow-1"]


def test_shares() -> None:
    assert [share(100, slots, sites) for slots, sites in ((1, 4), (2, 4), (8, 4), (1, 1))] == [25, 50, 100, 100]


# --- what is told at the end


def test_the_first_code_in_the_order_of_the_contract_wins() -> None:
    order = [4, 3, 1, 11, 15, 18, 10, 9, 75, 0]
    for place, code in enumerate(order):
        assert worst(map(ExitCode, order[place:])) == code


def test_a_note_has_ten_lines_at_most(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.touch()
    long = Outcome("a", ExitCode.CRASH, "crash", "\n".join(f"line {n} " + "x" * 999 for n in range(50)), log=str(log))
    lines = note(long).splitlines()
    assert len(lines) == 10
    assert lines[0] == "a: crash (exit code 1)"
    assert lines[-3].startswith("  line 49")
    assert (lines[-2][:14], lines[-1]) == ("  what to do: ", f"  log: {log}")
    assert max(map(len, lines)) < 410


def test_the_table_of_progress_shows_each_site_and_all() -> None:
    from rich.console import Console

    running = [Standing("a", 20, 10, 8, 1, 60), Standing("b")]
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(table(State(running, [Standing("c", 5, 5, 5)], 4), 60))
    rows = [line.split()[:5] for line in console.export_text().splitlines()]
    assert rows[1] == ["a", "20", "8", "1", "10"]
    assert rows[2] == ["b", "0", "0", "0", "0"]
    assert " ".join(rows[3]) == "1 of 4 sites 25"


# --- which sites

SITE = """
family = "n4"
publisher = "Báo {name}"
kind = "{kind}"
province = "{province}"
hosts = ["{name}.example"]
home = "https://{name}.example/"
[categories]
tin = "/tin/"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, kind, province in (
        ("hanam", "newspaper", 'Hà Nam"\nprovince_now = "Ninh Bình'),
        ("dak", "portal", "Đắk Lắk"),
    ):
        (tmp_path / f"{name}.toml").write_text(SITE.format(name=name, kind=kind, province=province), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "province", "kind", "found"),
    [
        ([], None, None, ("baocantho", "dak", "hanam", "ninhthuan")),
        (["ninhthuan", "dak", "dak"], None, None, ("ninhthuan", "dak")),
        ([], "Ninh Bình", None, ("hanam",)),
        ([], "hà nam", None, ("hanam",)),
        ([], "DAK LAK", None, ("dak",)),
        ([], "khanh hoa", None, ("ninhthuan",)),
        ([], None, "newspaper", ("baocantho", "hanam")),
        (["hanam", "ninhthuan"], None, "portal", ("ninhthuan",)),
    ],
)
def test_sites_by_name_province_and_kind(
    names: list[str], province: str | None, kind: str | None, found: tuple[str, ...], folder: Path
) -> None:
    assert choose([folder], names, province, kind).sites == found


@pytest.mark.parametrize(
    ("names", "province", "kind", "message"),
    [
        (["ninhthuann"], None, None, "no site 'ninhthuann'; did you mean ninhthuan?"),
        (
            [],
            "Ninh Thuânn",
            None,
            "--province Ninh Thuânn: no site is of that province; did you mean ninh-thuan or ninh-binh?",
        ),
        ([], None, "newpaper", "--kind newpaper: no such kind; did you mean newspaper?"),
        ([], "Hà Nam", "portal", "no site is of that province and kind"),
    ],
)
def test_what_no_site_has_is_refused(
    names: list[str], province: str | None, kind: str | None, message: str, folder: Path
) -> None:
    with pytest.raises(ArgumentError) as raised:
        choose([folder], names, province, kind)
    assert str(raised.value) == message


def test_a_broken_file_is_told_of_whatever_is_asked_for(folder: Path) -> None:
    (folder / "hong.toml").write_text("tilte = 'h1'", "utf-8")
    for chosen in (choose([folder], [], "Hà Nam", None), choose([folder], ["hong", "hanam"], None, None)):
        assert chosen.sites == ("hanam",)
        assert "tilte = 'h1': unknown key" in chosen.broken["hong"]
    assert choose([folder], ["hanam"], None, None).broken == {}, "not asked for"
    with pytest.raises(SiteError, match="no such folder"):
        choose([folder / "no"], [], None, None)


def test_who_ran_longest_ago_is_first(tmp_path: Path) -> None:
    for day, site in ((3, "late"), (1, "early"), (2, "middle")):
        (tmp_path / site).mkdir()
        for hour in (1, 2):
            ended = datetime(2026, 3, day, hour, tzinfo=UTC).isoformat()
            append_run(tmp_path / site, {"run": f"2026030{day}T0{hour}0000Z", "ended": ended})
    assert longest_ago_first(["late", "middle", "new", "early"], tmp_path) == ["new", "early", "middle", "late"]


def test_a_site_whose_runs_can_not_be_read_is_crawled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(folder: Path, most: int) -> list[dict[str, Any]]:
        if folder.name == "b":
            raise PermissionError(13, "Permission denied", str(folder))
        return [{"ended": folder.name}][:most]

    monkeypatch.setattr("newscrawl.fleet.choosing.last_runs", denied)
    assert longest_ago_first(["c", "b", "a"], tmp_path) == ["b", "a", "c"]


@pytest.mark.parametrize("text", ["0", "257", "00012345", "1" * 5000, "²", "-1", ""])
def test_numbers_of_processes_that_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="must be a whole number from 1 to 256"):
        read_jobs(text)


def test_nobody_listens_where_the_streams_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert talks(Settings({"PROGRESS_SECONDS": 0})) is False
