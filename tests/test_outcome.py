"""The checks of the torture find what they are there for: each kind of damage, made by hand, is told."""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crawls import Ended
from tests.outcome import Nature, Outcome, check, refetches, wanted
from tests.replica import HOST, Portal, build, fold, serve
from tests.scrapyrun import crawl
from tests.torture import Story, Total, judge_kill, judge_last

# --- what lies in the folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Portal, Path]:
    """A crawl that nobody disturbed."""
    portal, output = build(articles=40, padding=False), tmp_path_factory.mktemp("whole")
    with serve(portal) as server:
        assert crawl(server.port, output).code == 0
    return portal, output / "ninhthuan"


@pytest.fixture
def left(whole: tuple[Portal, Path], tmp_path: Path) -> tuple[Portal, Path]:
    """A copy of it, to be damaged."""
    portal, folder = whole
    return portal, Path(shutil.copytree(folder, tmp_path / "left"))


Left = tuple[Portal, Path]


def segment(folder: Path) -> Path:
    return next(folder.glob("2*.jsonl"))


def change_lines(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    file = segment(folder)
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = next(folder.glob("*.manifest.json"))
    manifest = json.loads(file.read_bytes())
    change(manifest)
    file.write_text(json.dumps(manifest), "utf-8")


def key_of(line: bytes) -> str:
    return fold(json.loads(line)["url"])


@pytest.mark.crawl
def test_nothing_is_wrong_with_a_whole_crawl(whole: Left) -> None:
    portal, folder = whole
    assert check(folder, portal) == Outcome()
    assert Outcome().summary == ""


@pytest.mark.crawl
def test_a_lost_article(left: Left) -> None:
    portal, folder = left
    line = segment(folder).read_bytes().splitlines()[3]
    change_lines(folder, lambda lines: lines[:3] + lines[4:])
    outcome = check(folder, portal)
    assert outcome.lost == [key_of(line)]
    assert (outcome.doubled, outcome.bad) == ([], [])
    assert "lost 1" in outcome.summary


@pytest.mark.crawl
def test_all_articles_lost(left: Left) -> None:
    portal, folder = left
    segment(folder).unlink()
    outcome = check(folder, portal)
    assert set(outcome.lost) == wanted(portal).keys()
    assert any("no segment" in text for text in outcome.untrue)


@pytest.mark.crawl
def test_a_doubled_line(left: Left) -> None:
    portal, folder = left
    line = segment(folder).read_bytes().splitlines()[3]
    change_lines(folder, lambda lines: [*lines, lines[3]])
    outcome = check(folder, portal)
    assert outcome.doubled == [key_of(line)]
    assert (outcome.lost, outcome.bad) == ([], [])


@pytest.mark.crawl
@pytest.mark.parametrize(
    ("change", "doubled"),
    [({}, 0), ({"revision": 1}, 1), ({"revision": 3}, 1), ({"previous_hash": "b" * 64}, 1)],
)
def test_a_revision_is_no_doubled_line(change: dict[str, Any], doubled: int, left: Left) -> None:
    portal, folder = left
    before = json.loads(segment(folder).read_bytes().splitlines()[3])
    text = {"content_hash": "a" * 64, "revision": 2, "previous_hash": before["content_hash"]}
    change_lines(folder, lambda lines: [*lines, json.dumps({**before, **text, **change}).encode() + b"\n"])
    outcome = check(folder, portal)
    assert (len(outcome.doubled), outcome.lost, outcome.bad) == (doubled, [], [])


@pytest.mark.crawl
def test_a_line_doubled_in_another_segment(left: Left) -> None:
    portal, folder = left
    (folder / "20991231T000000Z.jsonl").write_bytes(segment(folder).read_bytes().splitlines(keepends=True)[0])
    outcome = check(folder, portal)
    assert len(outcome.doubled) == 1
    assert "20991231T000000Z.jsonl: no manifest" in outcome.untrue
    assert "runs.jsonl: no line for 20991231T000000Z" in outcome.untrue


@pytest.mark.crawl
def test_the_same_text_under_its_other_address_is_doubled(left: Left) -> None:
    portal, folder = left
    twin = next(article for article in portal.articles if article.same_text_as)
    keys = {fold(twin.url), fold(str(twin.same_text_as))}

    def add(lines: list[bytes]) -> list[bytes]:
        (line,) = (line for line in lines if key_of(line) in keys)
        record = json.loads(line)
        (other,) = (url for url in (twin.url, twin.same_text_as) if fold(str(url)) != key_of(line))
        return [*lines, json.dumps({**record, "url": other}).encode() + b"\n"]

    change_lines(folder, add)
    outcome = check(folder, portal)
    assert len(outcome.doubled) == 1
    assert outcome.doubled[0] in keys
    assert outcome.lost == []
    assert len(outcome.bad) == 1  # the raw page that the line points at is of the first address


@pytest.mark.crawl
@pytest.mark.parametrize("raw", [None, {"offset": 0}, {"offset": 7}, {"length": 100}, {"file": "x.warc.gz"}])
def test_a_line_without_its_raw_page(raw: dict[str, Any] | None, left: Left) -> None:
    portal, folder = left

    def spoil(lines: list[bytes]) -> list[bytes]:
        record = json.loads(lines[3])
        record["raw"] = raw and {**record["raw"], **raw}
        return [*lines[:3], json.dumps(record).encode() + b"\n", *lines[4:]]

    change_lines(folder, spoil)
    outcome = check(folder, portal)
    assert len(outcome.bad) == 1
    assert "raw" in outcome.bad[0] or " at " in outcome.bad[0]


@pytest.mark.crawl
def test_a_warc_file_that_is_not_what_was_told(left: Left) -> None:
    portal, folder = left
    file = next(folder.glob("*.warc.gz"))
    file.write_bytes(file.read_bytes()[:-1])
    (folder / "20991231T000000Z.warc.gz").write_bytes(b"")
    untrue = check(folder, portal).untrue
    assert [text.partition(": ")[0] for text in untrue] == [file.name] * 2 + ["20991231T000000Z.warc.gz"]
    assert "'records': " in untrue[0]


@pytest.mark.crawl
def test_a_torn_line(left: Left) -> None:
    portal, folder = left
    lines = segment(folder).read_bytes().splitlines()
    change_lines(folder, lambda lines: [*lines[:-1], lines[-1][:-40]])
    outcome = check(folder, portal)
    assert outcome.bad == [f"{segment(folder).name}:{len(lines)}: a torn line"]
    assert outcome.lost == [key_of(lines[-1])]


@pytest.mark.crawl
@pytest.mark.parametrize("damage", [lambda line: line[:-40] + b"\n", lambda _: b"[]\n", lambda _: b"\n"])
def test_a_line_that_is_no_record(damage: Callable[[bytes], bytes], left: Left) -> None:
    portal, folder = left
    change_lines(folder, lambda lines: [damage(lines[0]), *lines[1:]])
    outcome = check(folder, portal)
    assert [text.partition(": ")[0] for text in outcome.bad] == [f"{segment(folder).name}:1"]
    assert len(outcome.lost) == 1


@pytest.mark.crawl
def test_a_line_that_is_no_valid_article(left: Left) -> None:
    portal, folder = left
    change_lines(folder, lambda lines: [json.dumps({**json.loads(lines[0]), "body": 7}).encode() + b"\n", *lines[1:]])
    assert "invalid article" in check(folder, portal).bad[0]


@pytest.mark.crawl
@pytest.mark.parametrize(("key", "value"), [("sha256", "0" * 64), ("lines", 1), ("bytes", 1)])
def test_a_manifest_with_wrong_sums(key: str, value: Any, left: Left) -> None:
    portal, folder = left
    change_manifest(folder, lambda manifest: manifest.update({key: value}))
    (told,) = check(folder, portal).untrue
    assert told.endswith(f"{key} is wrong")


@pytest.mark.crawl
def test_a_segment_changed_under_its_manifest(left: Left) -> None:
    portal, folder = left
    data = segment(folder).read_bytes()
    segment(folder).write_bytes(data.replace(b'"revision":1', b'"revision":2', 1))
    (told,) = check(folder, portal).untrue
    assert told.endswith("sha256 is wrong")


def counts_of(manifest: dict[str, Any]) -> dict[str, Any]:
    counts: dict[str, Any] = manifest["counts"]
    return counts


@pytest.mark.crawl
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda manifest: manifest.pop("counts"), "no counts"),
        (lambda manifest: counts_of(manifest).pop("gone"), "counts without gone"),
        (lambda manifest: counts_of(manifest).update(found=1000), "found 1000 is not"),
        (lambda manifest: counts_of(manifest).update(failed=-1, pending=1), "below 0"),
        (lambda manifest: counts_of(manifest).update(stored=0, pending=counts_of(manifest)["stored"]), "stored 0, but"),
        (lambda manifest: manifest.update(run="20000101T000000Z"), "is of the run 20000101T000000Z"),
        (lambda manifest: manifest.update(segment="20000101T000000Z.jsonl"), "no segment 20000101T000000Z.jsonl"),
        (lambda manifest: manifest.pop("segment"), "no manifest"),
    ],
)
def test_a_manifest_that_is_not_true(change: Callable[[dict[str, Any]], None], message: str, left: Left) -> None:
    portal, folder = left
    change_manifest(folder, change)
    assert any(message in text for text in check(folder, portal).untrue)


@pytest.mark.crawl
def test_a_torn_manifest(left: Left) -> None:
    portal, folder = left
    file = next(folder.glob("*.manifest.json"))
    file.write_bytes(file.read_bytes()[:-9])
    assert f"{file.name}: no JSON object" in check(folder, portal).untrue


@pytest.mark.crawl
def test_the_list_of_runs(left: Left) -> None:
    portal, folder = left
    file = folder / "runs.jsonl"
    line = file.read_bytes()
    file.write_bytes(line * 2)
    assert check(folder, portal).untrue[0].startswith("runs.jsonl: 2 lines for")
    file.write_bytes(line[:100] + b"\n" + line)
    assert check(folder, portal).bad == ["runs.jsonl:1: no JSON"]
    file.write_bytes(line.replace(b'"found": ', b'"found": 9'))
    assert "runs.jsonl:1: found 9" in check(folder, portal).untrue[0]
    file.unlink()
    assert "no runs.jsonl" in check(folder, portal).untrue


@pytest.mark.crawl
@pytest.mark.parametrize("name", ["20991231T000000Z.jsonl.open", "20991231T000000Z.manifest.json.draft"])
def test_what_should_have_been_cleared_away(name: str, left: Left) -> None:
    portal, folder = left
    (folder / name).write_bytes(b"")
    assert check(folder, portal).untrue == [f"{name} was left"]


@pytest.mark.crawl
def test_a_last_run_that_found_something(left: Left) -> None:
    _, folder = left
    (found,) = judge_last(folder, {segment(folder).name})
    assert found.startswith("it took up ")
    assert judge_last(folder, set())[0] == f"{segment(folder).name} is new"
    (folder / "runs.jsonl").unlink()
    assert "has no accounts" in judge_last(folder, {segment(folder).name})[0]


# --- requests


@pytest.fixture(scope="module")
def portal() -> Portal:
    return build(articles=60, padding=False)


@pytest.fixture(scope="module")
def nature(portal: Portal) -> Nature:
    heads = [(HOST, "/robots.txt"), (HOST, "/"), *((HOST, path(url)) for url in portal.categories.values())]
    twice = [(HOST, path(portal.articles[0].url))] * 2
    once = [(HOST, path(article.url)) for article in portal.articles[1:]]
    return Nature.of(portal, [*heads, *twice, *once], heads)


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_a_page_asked_for_again_counts_against_the_run_before(portal: Portal, nature: Nature) -> None:
    first, second, third = ((HOST, path(article.url)) for article in portal.articles[1:4])
    assert refetches([[first, second], [second, third], [first]], nature) == [2, 0, 0]
    assert refetches([[first], [first], [first]], nature) == [1, 1, 0]
    assert refetches([[first, first]], nature) == [1]


def test_twins_are_one_page(portal: Portal, nature: Nature) -> None:
    page = path(portal.articles[1].url)
    assert refetches([[(HOST, page)], [("ninhthuan.gov.vn", page.upper() + "?fbclid=1")]], nature) == [1, 0]


def test_what_every_run_asks_for_is_free(portal: Portal, nature: Nature) -> None:
    listing = path(portal.categories["Kinh tế"])
    heads = [(HOST, "/robots.txt"), (HOST, "/"), (HOST, listing), (HOST, f"{listing}?PageIndex=2")]
    assert refetches([heads, heads, heads], nature) == [0, 0, 0]


def test_a_later_page_of_a_listing_is_not_free(portal: Portal, nature: Nature) -> None:
    later = (HOST, path(portal.categories["Kinh tế"]) + "?PageIndex=3")
    assert refetches([[later], [later]], nature) == [1, 0]
    greedy = Nature.of(portal, [later], [later, (HOST, path(portal.articles[1].url))])
    assert refetches([[later], [later]], greedy) == [1, 0], "a second run that asks for it makes it free"


def test_what_an_undisturbed_crawl_asks_for_twice_may_be_asked_for_twice(portal: Portal, nature: Nature) -> None:
    page = (HOST, path(portal.articles[0].url))
    assert refetches([[page], [page], [page]], nature) == [0, 1, 0]


# --- the verdict


def ended(code: int | None) -> Ended:
    return Ended(code, 1.0, 0.0, "", "")


@pytest.mark.parametrize(
    ("number", "code", "asked", "wrong"),
    [
        (signal.SIGKILL, -9, True, 0),
        (signal.SIGKILL, 0, True, 0),
        (signal.SIGKILL, 1, True, 1),
        (signal.SIGTERM, 11, True, 0),
        (signal.SIGTERM, 0, True, 0),
        (signal.SIGTERM, -15, False, 0),
        (signal.SIGTERM, -15, True, 1),
        (signal.SIGHUP, 1, True, 1),
        (signal.SIGHUP, -15, False, 1),
        (signal.SIGINT, None, True, 1),
    ],
)
def test_how_a_run_may_end_after_a_signal(number: signal.Signals, code: int | None, asked: bool, wrong: int) -> None:
    story = Story(1)
    judge_kill(ended(code), number, asked, story)
    assert len(story.wrong) == wrong
    assert story.early == (number != signal.SIGKILL and not asked and not wrong)


def test_two_pages_after_a_kill_are_allowed_and_none_after_the_last_runs() -> None:
    assert Story(1, charged=[2, 2, 0, 0]).problems == ""
    assert Story(1, charged=[2, 3, 0, 0]).problems == "3 pages fetched again after run 2"
    assert Story(1, charged=[0, 0, 1, 0]).problems == "1 pages fetched again after run 3"


def test_the_last_line() -> None:
    total = Total()
    total.add(Story(1, kills=Counter(SIGKILL=2, SIGHUP=1), charged=[1, 2, 0, 0]))
    assert total.failed == 0
    total.add(Story(2, kills=Counter(SIGKILL=3), charged=[0, 5, 0, 0], outcome=Outcome(["a"], ["b", "c"], ["d"])))
    assert total.failed == 1
    assert total.line == (
        "crawls 2 / kills 6 / lost 1 / doubled 2 / bad lines 1 / refetches 8 (worst 5 after one kill, allowed 2)"
    )
