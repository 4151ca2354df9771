"""Records in WARC files, and what is told of places where none can be read."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.warc import reading
from newscrawl.warc.captures import captures
from newscrawl.warc.reading import LARGEST, Damage, Record, WarcError, WarcFile
from tests.warcs import heritrix, packed, record, response, url, wget

PLAIN = record("warcinfo", b"software: x\r\n") + b"".join(response(number) for number in range(4))
PACKED = packed(record("warcinfo", b"software: x\r\n"), *(response(number) for number in range(4)))


def all_of(data: bytes) -> list[Record | Damage]:
    archive = WarcFile(BytesIO(data), 0, len(data))
    return list(archive.records(0, len(data)))


def targets(found: list[Record | Damage]) -> list[str | None]:
    return [each.head.get("warc-target-uri") if isinstance(each, Record) else None for each in found]


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "packed"])
def test_records_with_their_places(data: bytes) -> None:
    found = all_of(data)
    assert targets(found)[1:] == [url(number) for number in range(4)]
    places = [(each.offset, each.length) for each in found if isinstance(each, Record)]
    assert sum(length for _, length in places) == len(data)
    for offset, length in places:
        ((again),) = all_of(data[offset : offset + length])
        assert isinstance(again, Record)


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "packed"])
def test_a_file_that_was_cut(data: bytes) -> None:
    *whole, last = all_of(data[:-20])
    assert targets(whole)[1:] == [url(number) for number in range(3)]
    assert isinstance(last, Damage)
    assert "ends within this record" in last.problem
    assert last.offset == all_of(data)[4].offset


def test_a_spoilt_member_costs_itself_alone() -> None:
    spoilt = all_of(PACKED)[2]
    data = bytearray(PACKED)
    data[spoilt.offset + 60] ^= 0xFF
    found = all_of(bytes(data))
    assert targets(found) == [None, url(0), None, url(2), url(3)]
    assert [each.offset for each in found if isinstance(each, Damage)] == [spoilt.offset]


def test_a_spoilt_head_costs_itself_alone() -> None:
    spoilt = all_of(PLAIN)[2]
    data = bytearray(PLAIN)
    data[spoilt.offset] = ord("X")
    found = all_of(bytes(data))
    assert targets(found) == [None, url(0), None, url(2), url(3)]


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "packed"])
def test_a_spoilt_beginning(data: bytes) -> None:
    spoilt = bytearray(data)
    spoilt[3:40] = bytes(37)
    assert targets(all_of(bytes(spoilt))) == [None, url(0), url(1), url(2), url(3)]


@pytest.mark.parametrize("length", ["-1", "many", "", "9" * 30])
def test_a_length_that_is_none(length: str) -> None:
    data = record("request", b"x").replace(b"Content-Length: 1", f"Content-Length: {length}".encode()) + response(1)
    found = all_of(data)
    assert isinstance(found[0], Damage)
    assert targets(found[1:]) == [url(1)]


def test_several_records_in_one_member_are_told_with_what_helps() -> None:
    found = all_of(packed(PLAIN) + packed(response(7)))
    assert isinstance(found[1], Damage)
    assert "warcio recompress" in found[1].problem
    assert targets(found[2:]) == [url(7)]


@pytest.mark.parametrize("pack", [packed, lambda data: data], ids=["packed", "plain"])
def test_a_body_that_is_too_large_is_not_read(pack: object) -> None:
    assert callable(pack)
    data = pack(response(1, b"<" * (LARGEST + (1 << 17)))) + pack(response(2))
    large, small = all_of(data)
    assert isinstance(large, Record)
    assert isinstance(small, Record)
    assert large.block is None
    assert small.block


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"<html>", "no WARC file"),
        (b"\x28\xb5\x2f\xfd....", "zstd"),
        (b"filedesc://x", "ARC file"),
        (b"PK\x03\x04", "zip"),
        (packed(b"filedesc://x.arc 0.0.0.0"), "ARC file"),
        (packed(b"tar", b"tar"), "no WARC file"),
    ],
)
def test_what_is_no_warc_file(data: bytes, problem: str) -> None:
    with pytest.raises(WarcError, match=problem):
        WarcFile(BytesIO(data), 0, len(data))


@pytest.mark.parametrize(
    "data", [PLAIN, PACKED, wget(1, 2), heritrix(1, 2)], ids=["plain", "packed", "wget", "heritrix"]
)
def test_reading_may_begin_anywhere(data: bytes) -> None:
    archive = WarcFile(BytesIO(data), 0, len(data))
    starts = [each.offset for each in all_of(data)]
    for at in range(0, len(data) + 1, 7):
        assert archive.first_from(at) == next((start for start in starts if start >= at), len(data))


def test_a_search_goes_over_the_edge_of_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PIECE", 100)
    for data in (PLAIN, PACKED):
        archive = WarcFile(BytesIO(data), 0, len(data))
        assert archive.first_from(1) == all_of(data)[1].offset


@given(st.binary(max_size=300), st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", PACKED[:400]]))
def test_any_bytes(data: bytes, start: bytes) -> None:
    try:
        found = all_of(start + data)
        list(captures(BytesIO(start + data)))
    except WarcError:
        return
    assert all(0 <= each.offset < len(start + data) for each in found)


@given(st.sampled_from([PLAIN, PACKED, wget(1)]), st.data())
def test_any_cut_and_any_spoilt_bytes(whole: bytes, draw: st.DataObject) -> None:
    data = bytearray(whole[: draw.draw(st.integers(0, len(whole)))])
    for at in draw.draw(st.lists(st.integers(0, max(len(data) - 1, 0)), max_size=4)) if data else ():
        data[at] = draw.draw(st.integers(0, 255))
    try:
        found = all_of(bytes(data))
    except WarcError:
        return
    offsets = [each.offset for each in found if isinstance(each, Record)]
    assert offsets == sorted(set(offsets))
    if len(data) < len(whole):
        assert sum(each.length for each in found if isinstance(each, Record)) <= len(data)
    list(captures(BytesIO(data)))
