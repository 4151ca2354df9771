"""`scrapy crawlall` through the real command line: little papers on loopback, one host each or one for two."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from newscrawl.keeping.lock import hold
from tests.crawls import hearing
from tests.replica import Response, Server, serve
from tests.scrapyrun import LONGEST, PROJECT, Result, articles, command, environment, manifests, runs
from tests.test_walks import SITE, Paper

pytestmark = pytest.mark.crawl


class Papers:
    """Papers by their hosts. Other hosts do not answer."""

    def __init__(self, papers: dict[str, Paper]) -> None:
        self.papers = papers
        self.now = datetime.fromisoformat("2026-05-14T07:00:00+07:00")

    def get(self, host: str, path: str) -> Response:
        paper = self.papers.get(host)
        return paper.get(host, path) if paper is not None else Response(200, {}, b"", cut=-1)


class Press:
    """Papers on a server, their site files, and the command that crawls them."""

    def __init__(self, server: Server, folder: Path, hosts: dict[str, str]) -> None:
        self.server, self.output, self.sites = server, folder / "out", folder / "sites"
        self.sites.mkdir()
        text = SITE.replace("{paging}", "link").replace("{next}", "a.next")
        for name, host in hosts.items():
            (self.sites / f"{name}.toml").write_text(text.replace("bao.example.vn", host), "utf-8")
        self.names = sorted(hosts)

    def command(self, name: str, *args: str) -> list[str]:
        settings = {
            "CONNECT_TO": f"127.0.0.1:{self.server.port}", "OUTPUT_DIR": self.output, "SITES": self.sites,
            "RETRY_TIMES": 0, "RETRY_WAIT": 0.05,
        }  # fmt: skip
        return command(name, *(part for key, value in settings.items() for part in ("-s", f"{key}={value}")), *args)

    def __call__(self, *args: str) -> Result:
        line = self.command("crawlall", *args)
        done = subprocess.run(
            line, cwd=PROJECT, env=environment(), capture_output=True, text=True, timeout=LONGEST, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, name: str, *args: str, **more: Any) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
        return subprocess.Popen(self.command(name, *args), cwd=PROJECT, env=environment(), **pipes)

    def stored(self, name: str) -> int:
        found = [article["id"] for article in articles(self.output / name)]
        assert len(found) == len(set(found))
        return len(found)

    def log(self, name: str) -> str:
        """Of the last run."""
        return sorted((self.output / name / "log").glob("*.log"))[-1].read_text("utf-8")

    def gaps(self, host: str) -> list[float]:
        """The seconds between requests to a host."""
        asked = zip(self.server.requests, self.server.moments, strict=True)
        return [later - earlier for earlier, later in pairwise(sorted(at for (to, _), at in asked if to == host))]

    def until_asked(self, host: str, path: str) -> None:
        deadline = time.monotonic() + 30
        while (host, path) not in self.server.requests:
            assert time.monotonic() < deadline, f"{host}{path} was not asked for"
            time.sleep(0.02)


@contextmanager
def press(folder: Path, hosts: dict[str, str], papers: dict[str, Paper]) -> Iterator[Press]:
    with serve(Papers(papers)) as server:  # type: ignore[arg-type]
        yield Press(server, folder, hosts)


def hanging(seconds: float = 40) -> Response:
    return Response(200, {"Content-Type": "text/html"}, b"<html></html>", delay=seconds)


SLOWLY = ("-s", "DOWNLOAD_DELAY=0.1", "-s", "DOWNLOAD_DELAY_JITTER=0", "-a", "limit=4")


def politely_asked(gaps: list[float]) -> bool:
    """Whether the delay was kept. All together, as single requests come late on a machine that does other things."""
    return len(gaps) > 6 and sum(gaps) > 0.09 * len(gaps)


def test_all_is_well_and_nothing_is_said(tmp_path: Path) -> None:
    """Three sites at once in one process, two of them on one host; then in three processes."""
    hosts = {"ba": "mot.example.vn", "hai": "hai.example.vn", "mot": "mot.example.vn"}
    with press(tmp_path, hosts, {"mot.example.vn": Paper(1), "hai.example.vn": Paper(2)}) as crawl:
        first = crawl(*crawl.names, *SLOWLY)
        assert (first.code, first.out, first.err) == (0, "", "")
        assert [crawl.stored(name) for name in crawl.names] == [4, 4, 4]
        assert politely_asked(crawl.gaps("mot.example.vn")), "two sites of one host are no faster than one"
        both = [to for to, _ in crawl.server.requests]
        assert both.index("hai.example.vn") < 6, "and the other host is crawled at the same time"
        crawl.server.clear()
        second = crawl(*crawl.names, *SLOWLY, "-j", "3")
        assert (second.code, second.out, second.err) == (0, "", "")
        assert [crawl.stored(name) for name in crawl.names] == [8, 8, 8]
        assert politely_asked(crawl.gaps("mot.example.vn")), "nor are three processes"


def test_one_sites_failure_is_not_anothers(tmp_path: Path) -> None:
    """A broken file, a dead host, a site with failing pages, and a good one; each log is about its own site."""
    names = ("chet", "hay", "hong", "tot")
    hosts = {name: f"{name}.example.vn" for name in names}
    hay = Paper(1)
    hay.at |= {f"/bai-a{number}.html": Response(500, {}, b"x") for number in range(1, 7)}
    with press(tmp_path, hosts, {"tot.example.vn": Paper(2), "hay.example.vn": hay}) as crawl:
        (crawl.sites / "hong.toml").write_text('tilte = "h1"', "utf-8")
        result = crawl(*names, *noting(tmp_path))
        assert (result.code, result.out) == (4, "")
        assert noted(tmp_path) == ["chet 10", "hay 9", "hong 4"], "each is told of once, and none that is well"
        notes = re.split(r"^(?=\S)", result.err, flags=re.MULTILINE)[1:]
        assert [note.splitlines()[0] for note in notes] == [
            "chet: nothing (exit code 10)", "hay: incomplete (exit code 9)", "hong: configuration (exit code 4)",
        ]  # fmt: skip
        for note in notes:
            assert len(note.splitlines()) <= 10
            assert "  what to do: " in note
        assert "hong.toml: tilte = 'h1': unknown key; did you mean title?" in notes[2]
        assert f"  log: {crawl.output}/chet/log/" in notes[0]
        assert crawl.stored("tot") == 20
        assert crawl.stored("hay") == 4
        for name in ("chet", "hay", "tot"):
            said = crawl.log(name)
            assert set(re.findall(r"(\w+)\.example\.vn", said)) <= {name}
            assert set(re.findall(r"^[-\d]+ [:\d]+ \[(\S+)\]", said, re.MULTILINE)) == (
                {name, "scrapy.downloadermiddlewares.robotstxt"} if name == "chet" else {name}
            )
        assert crawl.log("hay").count("http_500") >= 6
        assert "http_500" not in crawl.log("tot")


def test_a_killed_worker_costs_only_the_sites_it_had(tmp_path: Path) -> None:
    """Two processes with one site each: who kills one of them is told so, and a third takes what is left."""
    names = ("bon", "hai", "mot")
    papers = {f"{name}.example.vn": Paper(1) for name in names}
    papers["hai.example.vn"].at["/bai-a3.html"] = hanging()
    with press(tmp_path, {name: f"{name}.example.vn" for name in names}, papers) as crawl:
        talking = ("-s", "PROGRESS_SECONDS=0.5")
        with crawl.start(
            "crawlall", *names, "-j", "2", "-s", "SITES_AT_ONCE=1", *talking, *noting(tmp_path)
        ) as process:
            crawl.until_asked("hai.example.vn", "/bai-a3.html")
            victim = holder_of(crawl.output / "hai" / ".lock")
            assert victim != process.pid
            os.kill(victim, signal.SIGKILL)
            out, err = process.communicate(timeout=LONGEST)
        assert process.returncode == 1
        assert noted(tmp_path) == ["hai 1"]
        assert "hai: crash (exit code 1)\n  its process was killed by SIGKILL" in err
        assert [line.split()[:2] for line in out.splitlines()[1:4]] == [["bon", "0"], ["hai", "1"], ["mot", "0"]]
        assert out.splitlines()[-1].startswith("2 of 3 complete")
        assert (crawl.stored("bon"), crawl.stored("mot")) == (10, 10)


def noting(folder: Path) -> tuple[str, str]:
    """An ALERT_COMMAND that notes what it is told."""
    script = folder / "note.sh"
    script.write_text(f'#!/bin/sh\necho "$NEWSCRAWL_SITE $NEWSCRAWL_EXIT_CODE" >> {folder}/noted\n', "utf-8")
    script.chmod(0o755)
    return "-s", f"ALERT_COMMAND={script}"


def noted(folder: Path) -> list[str]:
    return sorted((folder / "noted").read_text("utf-8").splitlines())


def test_a_worker_whose_coordinator_died_ends_in_good_order(tmp_path: Path) -> None:
    paper = Paper(1)
    paper.at["/bai-a3.html"] = hanging(1)
    with press(tmp_path, {"mot": "mot.example.vn"}, {"mot.example.vn": paper}) as crawl:
        with crawl.start("crawlall", "mot") as process:
            crawl.until_asked("mot.example.vn", "/bai-a3.html")
            worker = holder_of(crawl.output / "mot" / ".lock")
            process.kill()
        deadline = time.monotonic() + 15
        while Path(f"/proc/{worker}").exists():
            assert time.monotonic() < deadline, "the worker goes on"
            time.sleep(0.02)
        (run,) = runs(crawl.output / "mot")
        assert (run["reason"], run["exit_code"]) == ("stopped", 11)


def holder_of(lock: Path) -> int:
    """The process that holds the file open."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(link.resolve() == lock for link in (folder / "fd").iterdir()):
                return int(folder.name)
    raise AssertionError(f"nobody holds {lock}")


def test_the_time_is_shared(tmp_path: Path) -> None:
    """One place for two sites: the one that would take long is cut at half of the time, and the other is crawled."""
    slow, quick = Paper(8), Paper(1)
    slow.at |= {f"/bai-a{each}.html": replace(slow.get("", f"/bai-a{each}.html"), delay=0.2) for each in slow.numbers}
    hosts = {"cham": "cham.example.vn", "nhanh": "nhanh.example.vn"}
    with press(tmp_path, hosts, {"cham.example.vn": slow, "nhanh.example.vn": quick}) as crawl:
        result = crawl("cham", "nhanh", "-s", "SITES_AT_ONCE=1", "--time-limit", "12")
        assert result.code == 15
        assert result.err.startswith("cham: time_limit (exit code 15)\n")
        assert "nhanh" not in result.err
        (manifest,) = manifests(crawl.output / "cham")
        assert manifest["reason"] == "time_limit"
        taken = datetime.fromisoformat(manifest["ended"]) - datetime.fromisoformat(manifest["started"])
        assert taken.total_seconds() <= 8, "half of twelve, less what it takes to begin, and the answer under way"
        assert 0 < crawl.stored("cham") < 80
        assert crawl.stored("nhanh") == 10


def test_ctrl_c_at_a_terminal(tmp_path: Path) -> None:
    """While another run holds one of the sites, and one hangs: all end in good order."""
    paper = Paper(1)
    paper.at["/bai-a3.html"] = hanging()
    head, tail = pty.openpty()
    hosts = {"ban": "ban.example.vn", "treo": "treo.example.vn"}
    with hearing(), press(tmp_path, hosts, {"treo.example.vn": paper}) as crawl:
        (crawl.output / "ban").mkdir(parents=True)
        lock = hold(crawl.output / "ban")
        with crawl.start("crawlall", *hosts, stdin=tail, stdout=tail, stderr=tail, text=False) as process:
            os.close(tail)
            crawl.until_asked("treo.example.vn", "/bai-a3.html")
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            shown = read_all(head)
            assert process.wait(LONGEST) == 11, shown
            assert time.monotonic() - began < 6, "a second signal waits for no answer"
        lock.release()
    assert "pages/min" in shown
    assert re.search(r"^treo +11 +stopped", shown, re.MULTILINE)
    assert re.search(r"^ban +75 +busy", shown, re.MULTILINE)
    assert "another run holds the site ban" in shown
    assert "Traceback" not in shown


def read_all(terminal: int) -> str:
    """What was written on a terminal until its last writer went."""
    data = b""
    with suppress(OSError):
        while part := os.read(terminal, 65536):
            data += part
    os.close(terminal)
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("ninhthuann",), "no site 'ninhthuann'; did you mean ninhthuan?"),
        (("--province", "Ninh Thuen"), "no site is of that province; did you mean ninh-thuan?"),
        (("-j", "0"), "-j 0: must be a whole number from 1 to 256"),
        (("--time-limit", "-5"), "--time-limit -5: must be a number of seconds above 0"),
        (("--time-limti=5",), "unknown option --time-limti=5; did you mean --time-limit?"),
        (("-a", "categories=a"), "categories differ from site to site"),
        (("-s", "SITES_AT_ONCE=0"), "SITES_AT_ONCE=0: must be a whole number from 1"),
        (("-s", "CONNECT_TO=10.0.0.1:80"), "must be a loopback address"),
        (("-s", "LOG_FILE=/no/such/folder/log"), "LOG_FILE=/no/such/folder/log: can't be written"),
        (("-L", "LOUD"), "LOG_LEVEL=LOUD: no such level"),
    ],
)
def test_a_wrong_command_fetches_nothing(
    args: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from scrapy.cmdline import execute
    from scrapy.utils.project import get_project_settings

    settings = get_project_settings()
    settings.set("OUTPUT_DIR", str(tmp_path / "out"), priority="cmdline")
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", "crawlall", *args], settings)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
