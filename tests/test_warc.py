"""The WARC file of a run: whole records or none, repeats told by their payload, and what a killed run leaves of it."""

from __future__ import annotations

import errno
import gzip
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from newscrawl.commands.ledger import rebuilt
from newscrawl.keeping.run import Run
from newscrawl.keeping.segments import manifest_of
from newscrawl.warc.captures import captures
from tests.onerun import (
    LATER,
    NOW,
    SITE,
    Killed,
    ended,
    entries,
    exchange,
    kept,
    keys,
    kill,
    killed_at,
    lines,
    opened,
    parsed,
    record,
    runs,
    segments,
    url,
    warcs,
)

SHORT_LIVED = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)  # nobody waits for a disk there
NAME = "20260314T020000Z.warc.gz"


def records(file: Path) -> list[Any]:
    """All records of a file, with their blocks read."""
    found = []
    with open(file, "rb") as warc:
        for each in ArchiveIterator(warc):
            each.block = each.content_stream().read()
            found.append(each)
    return found


def types(file: Path) -> list[str]:
    return [each.rec_type for each in records(file)]


def begun(folder: Path, *numbers: int) -> Run:
    """A run that has stored these articles."""
    run = opened(folder)
    run.frontier.note(entries(*numbers))
    for number in numbers:
        kept(run, number)
    return run


# --- what is written


def test_a_line_points_at_its_page(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2))
    told = [kept(run, number) for number in (1, 2)]
    ended(run)
    (file,) = warcs(tmp_path)
    assert types(file) == ["warcinfo", *["response", "request"] * 2]
    for number, line in zip((1, 2), told, strict=True):
        raw = line["raw"]
        member = file.read_bytes()[raw["offset"] :][: raw["length"]]
        (capture,) = captures(BytesIO(member))
        assert (capture.url, capture.body, capture.moment) == (url(number), exchange(number).body, NOW)
        assert [raw["offset"], raw["length"]] in [[each.offset, each.length] for each in captures(open_(file))]
    assert [each["raw"] for each in parsed(segments(tmp_path)[0])] == [each["raw"] for each in told]


def open_(file: Path) -> BytesIO:
    return BytesIO(file.read_bytes())


def test_what_a_record_says(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.warc.info = {"software": "newscrawl", "robots": "obey"}
    fields = [("Set-Cookie", "a=1"), ("X-Tin", "Vét kênh".encode().decode("latin-1")), ("Set-Cookie", "b=2")]
    run.warc.write(exchange(1, b"tin", NOW + timedelta(microseconds=5), headers=fields))
    ended(run)
    head, answer, request = records(warcs(tmp_path)[0])
    assert head.rec_headers.get_header("WARC-Filename") == NAME
    assert b"software: newscrawl\r\nrobots: obey\r\n" in head.block
    said = answer.rec_headers
    assert said.protocol == "WARC/1.1"
    assert said.get_header("WARC-Target-URI") == request.rec_headers.get_header("WARC-Target-URI") == url(1)
    assert said.get_header("WARC-Date") == request.rec_headers.get_header("WARC-Date") == "2026-03-14T02:00:00Z"
    assert said.get_header("WARC-IP-Address") == "127.0.0.1"
    assert said.get_header("WARC-Payload-Digest") == "sha1:6JURS5UGYVWEHI2SKTMHPJYZSTALK4BQ"  # openssl and base32
    assert request.rec_headers.get_header("WARC-Concurrent-To") == said.get_header("WARC-Record-ID")
    data = gzip.decompress(warcs(tmp_path)[0].read_bytes())
    assert (
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Tin: Vét kênh\r\nSet-Cookie: b=2\r\n\r\ntin\r\n\r\n".encode() in data
    )
    assert b"GET / HTTP/1.1\r\nHost: baocantho.com.vn\r\n\r\n\r\n\r\n" in data


def test_the_manifest_tells_of_the_file(tmp_path: Path) -> None:
    run = begun(tmp_path, 1, 2)
    manifest = ended(run)
    data = warcs(tmp_path)[0].read_bytes()
    assert manifest["warc"] == {"name": NAME, "records": 5, "bytes": len(data), "sha256": sha256(data).hexdigest()}
    assert manifest_of(run.folder, run.name) == runs(tmp_path)[0] == manifest


def test_a_run_without_an_article_keeps_its_pages(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.warc.write(exchange(1))
    assert ended(run)["warc"]["records"] == 3
    assert [file.name for file in warcs(tmp_path)] == [NAME]
    assert segments(tmp_path) == []
    assert runs(tmp_path)[0]["warc"]["name"] == NAME


def test_a_run_without_a_page_leaves_no_file(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.store(record(1))
    assert "warc" not in ended(run)
    assert warcs(tmp_path) == []


# --- repeats


def test_a_repeat_is_a_revisit_record(tmp_path: Path) -> None:
    first = begun(tmp_path, 1)
    ended(first)
    second = opened(tmp_path, LATER)
    place = second.warc.write(exchange(1, moment=LATER))
    again = second.warc.write(exchange(2, exchange(1).body, LATER))  # under another address, too
    other = second.warc.write(exchange(3, moment=LATER))
    ended(second)
    (line,) = parsed(segments(tmp_path)[0])
    assert place.record() == again.record() == line["raw"]
    assert other.file == warcs(tmp_path)[1].name
    original = records(warcs(tmp_path)[0])[1].rec_headers
    _, revisit, request, *_ = records(warcs(tmp_path)[1])
    assert revisit.rec_type == "revisit"
    assert {name: revisit.rec_headers.get_header(f"WARC-{name}") for name in (
        "Profile", "Target-URI", "Date", "Refers-To", "Refers-To-Target-URI", "Refers-To-Date", "Payload-Digest",
    )} == {
        "Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "Target-URI": url(1),
        "Date": "2026-03-14T03:00:00Z",
        "Refers-To": original.get_header("WARC-Record-ID"),
        "Refers-To-Target-URI": url(1),
        "Refers-To-Date": "2026-03-14T02:00:00Z",
        "Payload-Digest": original.get_header("WARC-Payload-Digest"),
    }  # fmt: skip
    assert request.rec_headers.get_header("WARC-Concurrent-To") == revisit.rec_headers.get_header("WARC-Record-ID")


def test_a_repeat_within_a_run(tmp_path: Path) -> None:
    run = opened(tmp_path)
    places = []
    for _ in range(2):
        places += [run.warc.write(exchange(1)), run.warc.write(exchange(2))]
        run.sync()
    assert places[:2] == places[2:]
    ended(run)
    assert types(warcs(tmp_path)[0]) == ["warcinfo", *["response", "request"] * 2, *["revisit", "request"] * 2]


def test_an_empty_payload_is_no_repeat(tmp_path: Path) -> None:
    run = opened(tmp_path)
    for number in (1, 2):
        run.warc.write(replace(exchange(number), body=b""))
    ended(run)
    assert types(warcs(tmp_path)[0]).count("response") == 2


@pytest.mark.parametrize("what", ["moved", "damaged", "another", "ledger"])
def test_a_payload_that_is_not_there_is_stored_once_more(what: str, tmp_path: Path) -> None:
    run = begun(tmp_path, 1)
    ended(run)
    (file,) = warcs(tmp_path)
    if what == "moved":
        file.rename(tmp_path / "elsewhere")
    elif what == "damaged":
        file.write_bytes(b"\x1f\x8b" + bytes(file.stat().st_size))
    elif what == "another":
        shutil.copy(other_warc(tmp_path), file)
    else:
        rebuilt(run.folder, SITE)
    second = opened(tmp_path, LATER)
    assert second.warc.write(exchange(1, moment=LATER)).file == "20260314T030000Z.warc.gz"
    ended(second)
    assert types(warcs(tmp_path)[-1]) == ["warcinfo", "response", "request"]


def test_a_page_that_the_disk_has_spoilt_is_stored_once_more(tmp_path: Path) -> None:
    """Its record's head is as it was, far before the damage."""
    page = random.Random(7).randbytes(1 << 16)
    run = opened(tmp_path)
    place = run.warc.write(exchange(1, page))
    ended(run)
    with open(warcs(tmp_path)[0], "r+b") as file:
        file.seek(place.offset + place.length // 2)
        file.write(b"\0\0\0\0")
    second = opened(tmp_path, LATER)
    assert second.warc.write(exchange(1, page, moment=LATER)).file == "20260314T030000Z.warc.gz"
    ended(second)


def other_warc(tmp_path: Path) -> Path:
    """Of another site, with another page in the same place."""
    ended(begun(tmp_path / "other", 2))
    return warcs(tmp_path / "other")[0]


def test_the_ledger_hears_of_what_is_on_disk_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(tmp_path, 1)
    order: list[str] = []
    for owner, name in ((run.warc, "sync"), (run.segment, "sync"), (run.warc, "settle"), (run.ledger, "settle")):
        monkeypatch.setattr(owner, name, noting(getattr(owner, name), f"{type(owner).__name__}.{name}", order))
    run.sync()
    assert order == ["Warc.sync", "Segment.sync", "Warc.settle", "Ledger.settle"]
    run.close()


def noting(act: Callable[..., Any], name: str, order: list[str]) -> Callable[..., Any]:
    def acting(*args: Any, **more: Any) -> Any:
        order.append(name)
        return act(*args, **more)

    return acting


def test_what_waits_for_a_sync_does_not_grow(tmp_path: Path) -> None:
    """Also in a run that stores no article."""
    run = opened(tmp_path)
    for number in range(100):
        run.warc.write(exchange(number))
        run.save()
        assert len(run.warc) <= 32
    ended(run)


# --- a full disk


@pytest.mark.parametrize("whole", [0, 2])
def test_a_full_disk_leaves_whole_records(whole: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(tmp_path, *range(whole))
    write = os.write
    with monkeypatch.context() as patch:
        left = [100]

        def full(fd: int, data: bytes) -> int:
            if not left:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(fd, data[: left.pop()])

        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            run.warc.write(exchange(9))
    assert len(run.warc) == whole
    ended(run, 3)
    assert [types(file) for file in warcs(tmp_path)] == ([["warcinfo", *["response", "request"] * whole]] * bool(whole))


# --- a killed run


PLACES = {1: 2, 4: 4, 2: 6, 3: 8}  # the record that holds the page of an article there


def left_open(folder: Path, members: int, more: int = 0) -> Path:
    """What a killed run left that stored 1 and 4, which were settled, and then 2 and 3. Its file of 9 records was cut
    behind so many of them, and so many bytes."""
    run = begun(folder, 1, 4)
    run.sync()
    run.frontier.note(entries(2, 3))
    kept(run, 2)
    kept(run, 3)
    run.save()
    kill(run)
    file = run.folder / f"{NAME}.open"
    with open(file, "rb") as warc:
        records = ArchiveIterator(warc)
        ends = [records.get_record_offset() + records.get_record_length() for _ in records]
    assert len(ends) == 9
    os.truncate(file, min(ends[members - 1] + more, ends[-1]))
    return file


@pytest.mark.parametrize("more", [0, -1, 5, 40])
@pytest.mark.parametrize("members", [5, 6, 8, 9])
def test_a_torn_file(members: int, more: int, tmp_path: Path) -> None:
    """A power cut: the lines whose pages are gone go, and their pages are fetched again."""
    left_open(tmp_path, members, more)
    stays = [number for number, place in PLACES.items() if place <= members - (more < 0)]
    run = opened(tmp_path, LATER)
    assert lines(tmp_path) == [f"baocantho:{number}" for number in stays]
    assert sorted(keys(run.frontier.take_carried(9))) == [str(number) for number in (2, 3) if number not in stays]
    ended(run)
    (file,) = warcs(tmp_path)
    assert runs(tmp_path)[0]["warc"]["records"] == len(records(file)) == members - (more < 0)
    assert list(run.folder.glob("*.open")) == []


def test_a_hole_ends_the_file(tmp_path: Path) -> None:
    file = left_open(tmp_path, 5)
    end = file.stat().st_size
    os.truncate(file, end + 10_000)
    ended(opened(tmp_path, LATER))
    assert warcs(tmp_path)[0].stat().st_size == end


def test_a_settled_page_keeps_its_line(tmp_path: Path) -> None:
    """What the ledger took for done is not fetched again: whatever ate its raw page, the line stays."""
    left_open(tmp_path, 3)
    ended(opened(tmp_path, LATER))
    found = {line["id"]: line["raw"] for line in parsed(segments(tmp_path)[0])}
    assert found.keys() == {"baocantho:1", "baocantho:4"}
    assert found["baocantho:1"]["file"] == NAME
    assert found["baocantho:4"] is None


def test_a_file_with_nothing_but_its_head_goes(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.warc.write(exchange(1))
    kill(run)
    file = run.folder / f"{NAME}.open"
    os.truncate(file, file.stat().st_size // 2)
    ended(opened(tmp_path, LATER))
    assert list(run.folder.glob("*.warc.gz*")) == []
    assert [each["run"] for each in runs(tmp_path)] == [run.name, "20260314T030000Z"]
    assert "warc" not in runs(tmp_path)[0]


@pytest.mark.parametrize("lost", [True, False])
def test_a_killed_run_without_an_article_is_told_of(lost: bool, tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.warc.write(exchange(1))
    run.save()
    kill(run)
    if lost:
        (run.folder / "ledger.sqlite").unlink()
    ended(opened(tmp_path, LATER))
    assert [file.name for file in warcs(tmp_path)] == [NAME]
    assert (runs(tmp_path)[0]["run"], runs(tmp_path)[0]["warc"]["records"]) == (run.name, 3)


def whole_run(folder: Path) -> None:
    """A run that stores two articles, keeps one page more, and ends; it dies where a `Killed` is raised."""
    run = opened(folder)
    try:
        run.frontier.note(entries(1, 2))
        kept(run, 1)
        run.save()
        kept(run, 2)
        run.warc.write(exchange(3))
        ended(run)
    except Killed:
        kill(run)
        raise


def recovering_run(folder: Path) -> None:
    kill(opened(folder, LATER))


@pytest.mark.parametrize("what", ["run", "recovery"])
def test_killed_at_each_step(what: str) -> None:
    """Whatever is in between, the next run makes it good: every line points at a whole record, no file stays open."""
    with TemporaryDirectory(dir=SHORT_LIVED) as temp:
        assert die_at_each_step(what, Path(temp)) > 6


def die_at_each_step(what: str, within: Path) -> int:
    """Returns how many steps there were."""
    act, step, died = (whole_run if what == "run" else recovering_run), 0, True
    while died:
        folder = within / str(step)
        if what == "recovery":
            left_open(folder, 6, 3)
        with killed_at(step):
            try:
                act(folder)
                died = False
            except Killed:
                step += 1
        run = opened(folder, LATER + timedelta(hours=1))
        run.frontier.note(entries(1, 2))  # what a listing shows every run
        for key in keys(run.frontier.take_carried(9) + run.frontier.take_new(9)):
            kept(run, int(key))
        ended(run)
        check(folder, 2 if what == "run" else 4)
    return step


def check(folder: Path, articles: int) -> None:
    site = folder / "baocantho"
    assert sorted(lines(folder)) == [f"baocantho:{number}" for number in range(1, articles + 1)]
    assert [file.name for file in site.iterdir() if file.suffix in (".open", ".draft")] == []
    told = {each["warc"]["name"]: each["warc"] for each in runs(folder) if "warc" in each}
    assert sorted(told) == [file.name for file in warcs(folder)]
    for file in warcs(folder):
        assert told[file.name]["sha256"] == sha256(file.read_bytes()).hexdigest()
        assert told[file.name]["records"] == len(records(file))
    for segment in segments(folder):
        for line in parsed(segment):
            raw = line["raw"]
            data = (site / raw["file"]).read_bytes()[raw["offset"] :][: raw["length"]]
            assert [capture.url for capture in captures(BytesIO(data))] == [line["url"]]
