"""Answers in records: heads, bodies in transfer and content encodings, times."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from io import BytesIO

import brotli
import pytest
from scrapy.utils._compression import zstd

from newscrawl.warc.captures import answer_in, body_of, captures, moment_of
from newscrawl.warc.reading import LARGEST, Record, WarcFile
from newscrawl.words.errors import NotArticleError
from tests.warcs import http, page, record, url

BODY = page(1)
CHUNKED = b"5;x=y\r\n<html\r\n1\r\n>\r\n0\r\nTrailer: x\r\n\r\n"


def only(data: bytes) -> Record:
    (found,) = WarcFile(BytesIO(data), 0, len(data)).records(0, len(data))
    assert isinstance(found, Record)
    return found


def body(block: bytes, *fields: str) -> bytes:
    return body_of(answer_in(only(record("response", block, *fields))))


def refusal(block: bytes, *fields: str) -> str:
    with pytest.raises(NotArticleError) as refused:
        body(block, *fields)
    return refused.value.reason


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "payload"),
    [
        ("gzip", zlib.compress(BODY, 6, 31)),
        ("x-gzip", zlib.compress(BODY, 6, 31)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("br", brotli.compress(BODY)),
        ("zstd", zstd.compress(BODY)),
        ("gzip, br", brotli.compress(zlib.compress(BODY, 6, 31))),
        ("identity", BODY),
        ("x-unheard", BODY),
        ("", BODY),
    ],
)
def test_content_encodings(encoding: str, payload: bytes) -> None:
    assert body(http(payload, f"Content-Encoding: {encoding}")) == BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_encoded_as_its_head_says(encoding: str) -> None:
    assert body(http(BODY, f"Content-Encoding: {encoding}")) == BODY


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_bomb_is_refused(encoding: str) -> None:
    bomb = b"<" * (LARGEST + 1)
    pack = {"gzip": lambda data: zlib.compress(data, 6, 31), "br": lambda data: brotli.compress(data, quality=1)}
    payload = pack.get(encoding, zstd.compress)(bomb)
    assert refusal(http(payload, f"Content-Encoding: {encoding}")) == "too_large"


def test_chunks() -> None:
    assert body(http(CHUNKED, "Transfer-Encoding: chunked")) == b"<html>"


def test_chunks_that_were_undone_already() -> None:
    assert body(http(BODY, "Transfer-Encoding: chunked")) == BODY


def test_text_that_looks_like_a_chunk() -> None:
    assert body(http(b"a\r\n<html></html>", "Transfer-Encoding: chunked")) == b"a\r\n<html></html>"


@pytest.mark.parametrize(
    "block",
    [
        http(CHUNKED[:-20], "Transfer-Encoding: chunked"),
        http(BODY, f"Content-Length: {len(BODY) + 1}"),
        http(zlib.compress(BODY, 6, 31)[:-9], "Content-Encoding: gzip"),
    ],
)
def test_a_body_that_is_not_whole(block: bytes) -> None:
    assert refusal(block) == "truncated"


def test_a_body_that_the_crawler_cut() -> None:
    assert refusal(http(BODY), "WARC-Truncated: length") == "truncated"


@pytest.mark.parametrize(
    "block", [b"HTTP/1.1 200 OK\r\n\r\n" + BODY, b"HTTP/1.0 200\nServer: x\n\n" + BODY, b"HTTP/2 200 \r\n\r\n" + BODY]
)
def test_heads_of_all_kinds(block: bytes) -> None:
    answer = answer_in(only(record("response", block)))
    assert answer.status == 200
    assert answer.content_type is None
    assert body_of(answer) == BODY


def test_a_head_that_is_not_ascii() -> None:
    block = http(BODY, "X-Tỉnh: Cần Thơ".encode().decode("latin-1"), "X-Raw: \xff\xfe")
    assert body(block) == BODY
    assert answer_in(only(record("response", block))).content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("block", [b"", BODY, b"HTTP/1.1 abc\r\n\r\n", b"20260514\nexample. IN A 192.0.2.1\n"])
def test_without_a_head_nobody_knows_the_status(block: bytes) -> None:
    assert refusal(block) == "no_http_head"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-14T01:02:03Z", datetime(2026, 5, 14, 1, 2, 3, tzinfo=UTC)),
        ("2026-05-14T01:02:03.123456789Z", datetime(2026, 5, 14, 1, 2, 3, 123456, tzinfo=UTC)),
        ("2026-05-14T08:02:03+07:00", datetime(2026, 5, 14, 1, 2, 3, tzinfo=UTC)),
        ("2026-05-14", datetime(2026, 5, 14, tzinfo=UTC)),
        ("2026", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", None),  # the year 10000 in Vietnam
    ],
)
def test_times(text: str, expected: datetime | None) -> None:
    assert moment_of(only(record("response", b"", date=text))) == expected


def test_captures_of_a_file() -> None:
    target = f"WARC-Target-URI: <{url(1)}>"
    data = record("request", b"x", target) + record("response", http(BODY), target) + record("response", b"x", target)
    (capture,) = captures(BytesIO(data))
    assert (capture.url, capture.status, capture.body) == (url(1), 200, BODY)
    assert data[capture.offset : capture.offset + capture.length].startswith(b"WARC/1.0\r\nWARC-Type: response")
