"""`scrapy export --bag`: a bag holds what is finished and nothing else, is valid, and appears whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import bagit
import pytest
from scrapy.cmdline import execute
from scrapy.utils.project import get_project_settings

from newscrawl.commands.ledger import rebuilt
from newscrawl.inventory.runhistory import read_history
from newscrawl.keeping import bag as bag_module
from newscrawl.keeping.ledger import Kept
from tests.crawls import hearing
from tests.onerun import LATER, SITE, article, ended, opened, record, runs
from tests.scrapyrun import LONGEST, TALKING, Result, command, environment

RUN = "20260314T020000Z"
SECOND = "20260314T030000Z"
WARC = bytes(range(256)) * 40


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Two finished runs of one site, the first with a WARC file."""
    folder = tmp_path / "output"
    run = opened(folder)
    run.store(record(1))
    run.store(record(2, 3))
    warc = {"name": f"{RUN}.warc.gz", "records": 3, "bytes": len(WARC), "sha256": sha256(WARC).hexdigest()}
    run.finish("finished", 0, {"warc": warc}, LATER)
    (folder / "baocantho" / f"{RUN}.warc.gz").write_bytes(WARC)
    run = opened(folder, LATER)
    run.store(record(3))
    ended(run)
    return folder


@pytest.fixture
def export(
    tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """The command, in this process, called from some folder."""
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "newscrawl.settings")
    monkeypatch.chdir(tmp_path)

    def run(*args: str, bag: str = "bag") -> Result:
        with pytest.raises(SystemExit) as end:
            execute(["scrapy", "export", "--bag", bag, "-s", f"OUTPUT_DIR={output}", *args], get_project_settings())
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Result(end.value.code or 0, said.out, said.err)  # type: ignore[arg-type]

    return run


def payload(bag: Path) -> set[str]:
    return {str(file.relative_to(bag / "data")) for file in (bag / "data").rglob("*") if file.is_file()}


def left(folder: Path) -> list[str]:
    """What lies there beside the output."""
    return sorted(each.name for each in folder.iterdir() if each.name != "output")


KEPT = {
    "README.txt", "article.schema.json", "sites/baocantho.toml", "sites/families/n4.toml",
    "output/baocantho/runs.jsonl", f"output/baocantho/{RUN}.warc.gz",
    *(f"output/baocantho/{run}.{end}" for run in (RUN, SECOND) for end in ("jsonl", "manifest.json")),
}  # fmt: skip

# --- what is in it


def test_a_bag_is_valid_and_holds_what_is_kept(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    done = export(*TALKING)
    bag = bagit.Bag(str(tmp_path / "bag"))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert sorted(bag.algorithms) == ["sha256", "sha512"]
    assert payload(tmp_path / "bag") == KEPT
    for file in (output / "baocantho").glob("2*.*"):
        assert (tmp_path / "bag/data/output/baocantho" / file.name).read_bytes() == file.read_bytes()
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{tmp_path}/bag: a valid bag of 1 site, 2 segments, 3 articles, 1 WARC file, ")
    assert len(done.out.splitlines()) == 1
    assert left(tmp_path) == ["bag"]


def test_what_the_bag_says_of_itself(export: Callable[..., Result], tmp_path: Path) -> None:
    given = {"Source-Organization": "Thư viện  Cần Thơ", "Contact-Email": ["a@example.org", "b@example.org"]}
    export("-s", f"BAG_INFO={json.dumps(given)}")
    info = bagit.Bag(str(tmp_path / "bag")).info
    assert info["Source-Organization"] == "Thư viện Cần Thơ"
    assert info["Contact-Email"] == given["Contact-Email"]
    assert info["External-Description"].startswith("News articles of baocantho, kept by newscrawl.")
    assert info["Bag-Software-Agent"].startswith("newscrawl 0.")
    assert {"Bagging-Date", "Payload-Oxum"} <= set(info)
    text = (tmp_path / "bag/data/README.txt").read_text("utf-8")
    assert f"baocantho: 3 lines in 2 segments, from run {RUN} to run {SECOND}; 1 WARC files" in text
    assert "Only what runs stored" not in text
    assert max(map(len, text.splitlines())) <= 120


def test_what_is_not_finished_stays_out(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    site = output / "baocantho"
    run = opened(output, LATER)
    run.store(record(4))  # a run is on: it holds the site
    (site / "20260315T020000Z.warc.gz.open").write_bytes(WARC)
    (site / "20260315T020000Z.manifest.json.draft").write_text("{")
    (site / "log").mkdir()
    (site / "log" / "20260314.log").write_text("…")
    (output / ".hosts").mkdir()
    with open(site / "runs.jsonl", "ab") as file:
        file.write(b'{"run": "20260315T02')
    assert export().code == 0
    run.close()
    assert payload(tmp_path / "bag") == KEPT
    assert [each["run"] for each in runs(tmp_path / "bag/data/output")] == [RUN, SECOND]


def test_a_warc_file_that_was_moved_away(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    (output / "baocantho" / f"{RUN}.warc.gz").unlink()
    done = export(*TALKING)
    assert done.code == 0
    assert "; 1 WARC files that runs wrote were not at hand" in done.out
    assert payload(tmp_path / "bag") == KEPT - {f"output/baocantho/{RUN}.warc.gz"}
    told = (tmp_path / "bag/data/README.txt").read_text("utf-8")
    assert f"were not at hand, and lines may name them: baocantho/{RUN}.warc.gz." in told
    assert export("--since", "2026-03-15", bag="later").code == 0
    assert "not at hand" not in (tmp_path / "later/data/README.txt").read_text("utf-8")


def test_only_runs_since_a_day(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    old = output / "baocantho" / "20251231T235959Z.jsonl"
    shutil.copy(output / "baocantho" / f"{RUN}.jsonl", old)
    shutil.copy(output / "baocantho" / f"{RUN}.manifest.json", old.with_name("20251231T235959Z.manifest.json"))
    old.with_name("20251231T235959Z.warc.gz").write_bytes(WARC)
    assert export("--since", "2026-01-01").code == 0
    assert payload(tmp_path / "bag") == KEPT
    assert "2026-01-01" in (tmp_path / "bag/data/README.txt").read_text("utf-8")
    assert "2026-01-01" in bagit.Bag(str(tmp_path / "bag")).info["External-Description"]
    assert export(bag="whole").code == 0
    assert len(payload(tmp_path / "whole")) == len(KEPT) + 3


def test_sites_by_name_and_one_without_a_site_file(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    shutil.copytree(output / "baocantho", output / "vidu")
    (output / "demo").mkdir()  # no site's folder
    assert export("baocantho", "baocantho").code == 0
    assert payload(tmp_path / "bag") == KEPT
    assert export(bag="both").code == 0
    more = {name.replace("baocantho", "vidu") for name in KEPT if name.startswith("output/")}
    assert payload(tmp_path / "both") == KEPT | more
    text = (tmp_path / "both/data/README.txt").read_text("utf-8")
    assert "There was no site file, and so there are no rules, for: vidu." in text


def test_two_families_of_one_name_are_not_mixed_up(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    text = SITE.file.read_text("utf-8")
    for folder, name in (("one", "baocantho"), ("two", "vidu")):
        families = tmp_path / folder / "families"
        families.mkdir(parents=True)
        shutil.copy(SITE.file.parent / "families/n4.toml", families)
        (tmp_path / folder / f"{name}.toml").write_text(text, "utf-8")
    shutil.copytree(output / "baocantho", output / "vidu")
    folders = ("-s", f"SITES={tmp_path}/one,{tmp_path}/two")
    done = export(*folders)
    assert done.code == 4
    assert "vidu.toml: another family n4 is in the bag already" in done.err
    assert export("vidu", *folders).code == 0


# --- it is proof against damage


@pytest.mark.parametrize("name", [f"data/output/baocantho/{RUN}.warc.gz", "data/README.txt", "bag-info.txt"])
def test_a_flipped_byte_is_found_also_in_a_copy(export: Callable[..., Result], tmp_path: Path, name: str) -> None:
    export()
    copy = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / "bag", copy)
    assert bagit.Bag(str(copy)).is_valid()
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    assert not bagit.Bag(str(copy)).is_valid()


def flip(site: Path) -> None:
    file = site / f"{RUN}.jsonl"
    file.write_bytes(file.read_bytes().replace(b"V", b"W", 1))


DAMAGES = {
    f"{RUN}.jsonl: is not what its manifest says": flip,
    f"{RUN}.warc.gz: is not what its manifest says": lambda site: (site / f"{RUN}.warc.gz").write_bytes(WARC[1:]),
    f"{RUN}.jsonl: its manifest is not there": lambda site: (site / f"{RUN}.manifest.json").unlink(),
    f"{RUN}.manifest.json: is damaged": lambda site: (site / f"{RUN}.manifest.json").write_text('{"lines": 2'),
    f"{SECOND}.manifest.json: is damaged": lambda site: (site / f"{SECOND}.manifest.json").write_text("{}"),
}


def test_without_the_list_of_runs_the_manifests_tell_of_warc_files(
    export: Callable[..., Result], output: Path, tmp_path: Path
) -> None:
    site = output / "baocantho"
    (site / "runs.jsonl").unlink()
    assert export().code == 0
    (site / f"{RUN}.warc.gz").write_bytes(WARC[1:])
    done = export(bag="damaged")
    assert (done.code, left(tmp_path)) == (1, ["bag"])
    assert f"{RUN}.warc.gz: is not what its manifest says" in done.err
    (site / f"{RUN}.warc.gz").unlink()
    done = export(*TALKING, bag="lost")
    assert done.code == 0
    assert "; 1 WARC files that runs wrote were not at hand" in done.out
    assert f"{RUN}.warc.gz" in (tmp_path / "lost/data/README.txt").read_text("utf-8")
    assert "not here" in read_history(site, 9).problems[0]


@pytest.mark.parametrize("said", DAMAGES)
def test_damage_is_told_and_not_packed(export: Callable[..., Result], output: Path, tmp_path: Path, said: str) -> None:
    DAMAGES[said](output / "baocantho")
    done = export()
    assert (done.code, left(tmp_path)) == (1, [])
    assert said in done.err
    assert len(done.err.splitlines()) == 1


# --- a bag brought back


def test_a_bag_brought_back_is_crawled_on(export: Callable[..., Result], tmp_path: Path) -> None:
    export()
    again = tmp_path / "again"
    shutil.copytree(tmp_path / "bag/data/output", again)
    assert "made anew from 3 articles" in rebuilt(again / "baocantho", SITE)
    (again / "baocantho" / "ledger.sqlite").unlink()
    run = opened(again, LATER)
    kept = run.kept("baocantho:3")
    assert run.rebuilt == 3
    assert kept == Kept(article(3).content_hash, 1)
    assert run.kept("baocantho:9") is None
    ended(run)


def test_bags_of_years_are_put_together(export: Callable[..., Result], output: Path, tmp_path: Path) -> None:
    export()
    run = opened(output, LATER + timedelta(days=365))
    run.store(record(4))
    ended(run)
    export("--since", "2027-01-01", bag="next")
    again = tmp_path / "again"
    for bag in ("bag", "next"):
        shutil.copytree(tmp_path / bag / "data/output", again, dirs_exist_ok=True)
    assert "made anew from 4 articles" in rebuilt(again / "baocantho", SITE)
    assert len(runs(again)) == 3


# --- what the command line gets wrong


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("baocanto",), 2, "no site 'baocanto'; did you mean baocantho?"),
        (("ninhthuan",), 4, "ninhthuan: nothing was crawled yet"),
        (("--since", "2026"), 2, "--since 2026: must be a day like 2026-01-01"),
        (("--sinze=2026-01-01",), 2, "unknown option --sinze=2026-01-01; did you mean --since"),
        (("-s", "BAG_INFO=[3]"), 2, "BAG_INFO=[3]: must be a JSON object of texts"),
        (("-s", 'BAG_INFO={"Payload-Oxum": "1.1"}'), 2, "BAG_INFO: 'Payload-Oxum' is no label that can be given"),
        (("-s", 'BAG_INFO={"a:b": "c"}'), 2, "BAG_INFO: 'a:b' is no label that can be given"),
        (("-s", 'BAG_INFO={"Contact-Name": 3}'), 2, "BAG_INFO: Contact-Name = 3: must be a text or a list of texts"),
        (("-s", "SITES=nowhere"), 4, "no such folder (setting SITES)"),
        (("-s", "OUTPUT_DIR=nowhere"), 4, "nowhere: nothing was crawled yet"),
    ],
)
def test_wrong_arguments(
    export: Callable[..., Result], tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    done = export(*args)
    assert (done.code, done.out, left(tmp_path)) == (code, "", [])
    assert said in done.err


@pytest.mark.parametrize(
    ("bag", "said"),
    [
        ("there", "is there already"),
        ("output/bag", "lies in the output folder"),
        ("a/b", "there is no folder"),
        ("", ""),
    ],
)
def test_places_that_are_refused(export: Callable[..., Result], tmp_path: Path, bag: str, said: str) -> None:
    (tmp_path / "there").mkdir()
    done = export(bag=bag)
    assert done.code == 2
    assert said in done.err
    assert left(tmp_path) == ["there"]
    assert not any((tmp_path / "there").iterdir())


# --- whole or not at all


def test_a_bag_that_another_process_makes(export: Callable[..., Result], tmp_path: Path) -> None:
    draft = tmp_path / "bag.newscrawl-draft"
    draft.mkdir()
    (draft / "half").touch()
    fd = os.open(draft, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    done = export()
    os.close(fd)
    assert (done.code, left(tmp_path)) == (75, [draft.name])
    assert (draft / "half").exists()
    assert export().code == 0  # what was left is made anew
    assert payload(tmp_path / "bag") == KEPT
    assert left(tmp_path) == ["bag"]


def full(*args: Any, **more: Any) -> Any:  # noqa: ARG001
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


PLACES = [(shutil, "copyfile"), (bagit, "make_manifests"), (bagit.Bag, "save"), (os, "fsync"), (os, "rename")]


@pytest.mark.parametrize(("owner", "name"), PLACES)
def test_a_full_disk_leaves_nothing(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        done = export()
    assert (done.code, left(tmp_path)) == (3, [])
    assert "No space left" in done.err
    assert export().code == 0


def test_a_bag_that_can_not_fit_is_not_begun(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bag_module.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6, 5000))
    monkeypatch.setattr(shutil, "copyfile", pytest.fail)
    done = export()
    assert (done.code, left(tmp_path)) == (3, [])
    assert "and 5000 are free" in done.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize(("owner", "name"), [(shutil, "copyfile"), (bagit.Bag, "validate")])
def test_a_signal_leaves_nothing(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, number: int
) -> None:
    with hearing(), monkeypatch.context() as patch:
        before = signal.getsignal(number)
        patch.setattr(owner, name, lambda *_: os.kill(os.getpid(), number))
        done = export()
        assert signal.getsignal(number) == before
    assert (done.code, left(tmp_path)) == (11, [])
    assert "stopped by a signal" in done.err


# --- as a process


def anywhere() -> dict[str, str]:
    """What tells a process in any folder where the project is."""
    return {**environment(), "SCRAPY_SETTINGS_MODULE": "newscrawl.settings"}


def exported(output: Path, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    line = [*command("export", "--bag", "bag"), "-s", f"OUTPUT_DIR={output}"]
    return subprocess.run(line, cwd=cwd, env=anywhere(), capture_output=True, text=True, timeout=LONGEST, **more)


@pytest.mark.crawl
def test_from_any_folder_and_by_the_validator_of_others(output: Path, tmp_path: Path) -> None:
    done = exported(output, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    check = [sys.executable, "-m", "bagit", "--validate", "bag"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, timeout=LONGEST).returncode == 0


@pytest.mark.crawl
def test_a_file_that_grows_no_further(output: Path, tmp_path: Path) -> None:
    done = exported(output, tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))
    assert (done.returncode, left(tmp_path)) == (3, [])
    assert len(done.stderr.splitlines()) == 1


_PATCHED = """
import bagit, errno, os, signal, sys
from scrapy.cmdline import execute

def kill(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)

def full(*args, **more):
    raise OSError(errno.ENOSPC, "No space left on device")

{where} = {act}
sys.argv = ["scrapy", *sys.argv[1:]]
execute()
"""


def patched(output: Path, cwd: Path, where: str, act: str) -> subprocess.CompletedProcess[str]:
    """The command in a process in which a function does something else."""
    code = _PATCHED.format(where=where, act=act)
    line = [sys.executable, "-c", code, "export", "--bag", "bag", "-s", f"OUTPUT_DIR={output}"]
    return subprocess.run(line, env=anywhere(), cwd=cwd, capture_output=True, text=True, timeout=LONGEST)


@pytest.mark.crawl
def test_a_full_disk_is_told_in_one_line(output: Path, tmp_path: Path) -> None:
    done = patched(output, tmp_path, "bagit.make_manifests", "full")
    assert (done.returncode, left(tmp_path)) == (3, [])
    assert done.stderr == "scrapy export: [Errno 28] No space left on device\n"


@pytest.mark.crawl
@pytest.mark.parametrize("where", ["bagit.make_manifests", "os.rename"])
def test_a_killed_export_leaves_no_bag_and_is_made_anew(
    export: Callable[..., Result], output: Path, tmp_path: Path, where: str
) -> None:
    assert patched(output, tmp_path, where, "kill").returncode == -signal.SIGKILL
    assert left(tmp_path) == ["bag.newscrawl-draft"]
    assert export().code == 0
    assert bagit.Bag(str(tmp_path / "bag")).is_valid()
    assert left(tmp_path) == ["bag"]
