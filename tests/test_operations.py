"""docs/operations.md: its lines for cron, systemd, other folders and backups do what it says, with paths put in."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.crawling.project import project_folder
from tests.replica import Portal, Server, build, serve
from tests.scrapyrun import LONGEST, PROJECT, articles, crawl, runs
from tests.test_crawl import path_of, wanted
from tests.test_crawlall import hanging
from tests.test_docs import blocks, names
from tests.test_durable import asked, start, until

OPERATIONS = PROJECT / "docs" / "operations.md"
PLACE = "/srv/newscrawl"


@pytest.fixture(scope="module")
def portal() -> Iterator[tuple[Portal, Server]]:
    portal = build(articles=16, padding=False)
    with serve(portal) as server:
        yield portal, server


@pytest.fixture(scope="module")
def checkout(portal: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout as it may lie in /srv, with one site, whose settings lead to the replica."""
    folder = tmp_path_factory.mktemp("srv") / "newscrawl"
    shutil.copytree(PROJECT / "newscrawl", folder / "newscrawl", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "scrapy.cfg", folder)
    (folder / "newscrawl" / "sites" / "baocantho.toml").unlink()
    with open(folder / "newscrawl" / "settings.py", "a", encoding="utf-8") as settings:
        settings.write(f'CONNECT_TO = "127.0.0.1:{portal[1].port}"\n')
    script(folder, f'PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={folder} exec {sys.executable} -P -m scrapy "$@"')
    return folder


def script(checkout: Path, line: str) -> None:
    """What stands in for `.venv/bin/scrapy`."""
    file = checkout / ".venv" / "bin" / "scrapy"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)


def crontab(block: str, checkout: Path) -> tuple[dict[str, str], str]:
    """The variables of a crontab, and the command of its last line."""
    lines = block.replace(PLACE, str(checkout)).splitlines()
    variables = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    return variables, lines[-1].split(None, 5)[5]


def run(command: str, variables: dict[str, str], folder: str | Path = "/") -> subprocess.CompletedProcess[str]:
    """As cron does it: by /bin/sh, with next to no environment."""
    environment = {"HOME": "/", "LOGNAME": "newscrawl", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", **variables}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST,
        check=False,
    )  # fmt: skip


@pytest.mark.crawl
def test_the_line_for_cron_and_the_one_for_any_folder(portal: Any, checkout: Path) -> None:
    variables, command = crontab(blocks(OPERATIONS, "crontab")[0], checkout)
    done = run(command, variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    output = checkout / "output" / "ninhthuan"
    assert len(list(articles(output))) == len(wanted(portal[0]))
    (line,) = (block for block in blocks(OPERATIONS, "sh") if block.startswith("cd /"))
    done = run(line.replace(PLACE, str(checkout)), {})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(runs(output)) == 2
    assert len(list((output / "log").glob("*.log"))) == 2


@pytest.mark.parametrize("code", [0, 9, 15])
def test_the_line_that_passes_over_time_limits(code: int, tmp_path: Path) -> None:
    script(tmp_path, f'echo said by "$@"; exit {code}')
    variables, command = crontab(blocks(OPERATIONS, "crontab")[1], tmp_path)
    said = "said by crawlall --time-limit 14400\n" if code == 9 else ""
    done = run(command, variables)
    assert (done.stdout, done.stderr) == (said, "")


def test_the_units_for_systemd(checkout: Path, tmp_path: Path) -> None:
    units = {}
    for block in blocks(OPERATIONS, "ini"):
        name = block.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(block.replace(PLACE, str(checkout)), "utf-8")
        units[name] = ConfigParser(interpolation=None, strict=True)
        units[name].optionxform = str  # type: ignore[assignment,method-assign]
        units[name].read_string(block)
    service, timer = units["newscrawl.service"], units["newscrawl.timer"]
    assert service["Unit"]["OnFailure"] in units
    assert service["Service"]["ExecStart"] == crontab(blocks(OPERATIONS, "crontab")[0], Path(PLACE))[1]
    passed = {int(code) for code in service["Service"]["SuccessExitStatus"].split()}
    assert passed == {ExitCode.STOPPED, ExitCode.TIME_LIMIT, ExitCode.BUSY}
    assert timer["Timer"]["OnCalendar"]
    for unit in (service, units["newscrawl-failed.service"]):
        program = shlex.split(unit["Service"]["ExecStart"])[0].replace(PLACE, str(checkout))
        assert shutil.which(program) == program
    if shutil.which("systemd-analyze") is None:
        return  # then their form alone is tested
    verify = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    about_ours = [line for line in done.stderr.splitlines() if "newscrawl" in line]
    assert about_ours == []


@pytest.mark.crawl
def test_a_backup_while_a_run_is_on(tmp_path: Path) -> None:
    """Restored elsewhere, the next crawl has everything, once."""
    portal = build(articles=30, padding=False)
    here, there = tmp_path / "here", tmp_path / "there"
    there.mkdir()
    stuck = portal.listing("Kinh tế")[3].url
    portal.override(path_of(stuck), hanging(), times=1)
    (command,) = (block for block in blocks(OPERATIONS, "sh") if "--exclude" in block)
    with serve(portal) as server, start(server.port, here / "output") as process:
        until(lambda: asked(server, stuck))
        done = run(command.replace(PLACE, str(here)), {}, tmp_path)
        assert done.returncode in (0, 1), done.stderr
        process.kill()
        process.communicate(timeout=LONGEST)
        assert run(f"tar -C {there} -xf newscrawl-output.tar", {}, tmp_path).returncode == 0
        folder = there / "output" / "ninhthuan"
        assert list(folder.glob("*.open"))
        assert not list(folder.glob("ledger*"))
        assert crawl(server.port, there / "output").code == 0
    ids = [article["id"] for article in articles(folder)]
    assert len(ids) == len(set(ids)) == len(wanted(portal))


def test_each_exit_code_asks_for_something() -> None:
    assert names(OPERATIONS, "Exit code") == [str(int(code)) for code in ExitCode]


# --- where the project is


@pytest.fixture
def folders(tmp_path: Path) -> Callable[[str], Path]:
    """A folder below one whose scrapy.cfg names the given settings."""

    def below(settings: str) -> Path:
        (tmp_path / "scrapy.cfg").write_text(f"[settings]\ndefault = {settings}\n", "utf-8")
        (tmp_path / "a" / "b").mkdir(parents=True)
        return tmp_path / "a" / "b"

    return below


@pytest.mark.parametrize(
    ("used", "named", "found"),
    [
        (None, "newscrawl.settings", True),
        ("newscrawl.settings", "newscrawl.settings", True),
        ("newscrawl.settings", "others.settings", False),
        (None, "others.settings", False),
        ("mine.settings", "mine.settings", True),  # a project of one's own that builds on newscrawl's settings
        (None, "broken\n[", False),
    ],
)
def test_output_stands_beside_the_scrapy_cfg_that_is_in_use(
    used: str | None, named: str, found: bool, folders: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCRAPY_SETTINGS_MODULE", raising=False)
    if used is not None:
        monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", used)
    below = folders(named)
    assert project_folder(below) == (below.parents[1] if found else PROJECT)
    assert project_folder(Path("/")) == PROJECT
