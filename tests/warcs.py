"""WARC files written by hand, in the shapes of several crawlers; and a little paper whose pages they hold."""

from __future__ import annotations

import zipfile
import zlib
from base64 import b32encode
from hashlib import sha1, sha256
from pathlib import Path

HOST = "bao.example.vn"
SITE = r"""
publisher = "Báo Thử"
kind = "newspaper"
province = "Cần Thơ"
hosts = ["bao.example.vn"]
home = "https://bao.example.vn/"
article_url = '-a(?P<id>\d+)\.html'
page_url = '^/ngay/'
links = "ul a"
frame = "article"
title = "h1"
published = "time"
body = "article div"
checked = "none"
[categories]
tin = "/tin/"
"""
HTML = "text/html; charset=utf-8"
SENTENCE = "Mưa lớn kéo dài trong đêm làm nước trên các kênh dâng cao, người dân phải kê đồ đạc lên cao"


def url(number: int, host: str = HOST) -> str:
    return f"https://{host}/bai-viet-a{number}.html"


def page(number: int, text: str = "", date: str = "14/05/2026") -> bytes:
    """An article page; `text` is what stands in its body besides."""
    body = f"<p>{SENTENCE} (bài {number}).</p><p>{text or SENTENCE}.</p>"
    shown = f"<time>{date}</time>" if date else ""
    return f"<html><body><article><h1>Bài viết số {number}</h1>{shown}<div>{body}</div></article></html>".encode()


def digest(payload: bytes) -> str:
    return f"sha1:{b32encode(sha1(payload).digest()).decode()}"


def http(body: bytes, *fields: str, status: str = "200 OK", kind: str = HTML) -> bytes:
    """An answer as it went over the wire."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *fields]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def record(
    kind: str, block: bytes = b"", *fields: str, version: str = "1.0", date: str = "2026-05-14T01:00:00Z"
) -> bytes:
    head = [f"WARC/{version}", f"WARC-Type: {kind}", f"WARC-Date: {date}", *fields, f"Content-Length: {len(block)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def packed(*records: bytes) -> bytes:
    """One gzip member a record."""
    return b"".join(zlib.compress(each, 6, 31) for each in records)


def response(number: int, body: bytes | None = None, **more: str) -> bytes:
    """A response record with an article's page, and its digest."""
    body = page(number) if body is None else body
    target = f"WARC-Target-URI: {url(number)}"
    return record("response", http(body), target, f"WARC-Payload-Digest: {digest(body)}", **more)


def wget(*numbers: int) -> bytes:
    """As wget 1.19 writes it: WARC 1.0, addresses in angle brackets, its log as a resource at the end."""
    records = [record("warcinfo", b"software: Wget/1.19.4\r\n", "Content-Type: application/warc-fields")]
    for number in numbers:
        target = f"WARC-Target-URI: <{url(number)}>"
        records += [
            record("request", b"GET / HTTP/1.1\r\n\r\n", target),
            record("response", http(page(number)), target, "Content-Type: application/http;msgtype=response"),
        ]
    records.append(record("metadata", b"x", "WARC-Target-URI: <metadata://gnu.org/software/wget/warc/MANIFEST.txt>"))
    records.append(record("resource", b"log", "WARC-Target-URI: <metadata://gnu.org/software/wget/warc/wget.log>"))
    return packed(*records)


def heritrix(*numbers: int) -> bytes:
    """As Heritrix 3 writes it: names looked up as dns: records, bodies still in chunks, metadata behind each page."""
    records = [record("warcinfo", b"software: Heritrix/3.4.0\r\n")]
    records.append(
        record("response", b"20260514010000\nbao.example.vn.\t300\tIN\tA\t192.0.2.7\n", f"WARC-Target-URI: dns:{HOST}")
    )
    for number in numbers:
        body = page(number)
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:99], body[99:])) + b"0\r\n\r\n"
        target = f"WARC-Target-URI: {url(number)}"
        records += [
            record(
                "response", http(chunks, "Transfer-Encoding: chunked"), target, f"WARC-Payload-Digest: {digest(body)}"
            ),
            record("request", b"GET / HTTP/1.0\r\n\r\n", target),
            record("metadata", b"fetchTimeMs: 12\r\n", target),
        ]
    return packed(*records)


def browsertrix(*numbers: int) -> bytes:
    """As browsertrix writes it: WARC 1.1, times with fractions, SHA-256, pictures, and what the browser saw as urn:."""
    records = [record("warcinfo", b"software: Browsertrix-Crawler 1.5\r\n", version="1.1")]
    for number in numbers:
        body, date = page(number), "2026-05-14T01:00:00.123Z"
        fields = [f"WARC-Target-URI: {url(number)}", f"WARC-Payload-Digest: sha256:{sha256(body).hexdigest()}"]
        packed_body = zlib.compress(body, 6, 31)
        block = http(packed_body, "content-encoding: gzip", "x-orig-date: Thứ năm".encode().decode("latin-1"))
        picture = f"WARC-Target-URI: https://{HOST}/anh{number}.jpg"
        records += [
            record("response", block, *fields, version="1.1", date=date),
            record("response", http(b"\xff\xd8\xff", kind="image/jpeg"), picture, version="1.1", date=date),
            record("resource", b"{}", f"WARC-Target-URI: urn:pageinfo:{url(number)}", version="1.1", date=date),
        ]
    return packed(*records)


def revisit(number: int, payload: bytes, *fields: str, head: bytes | None = None, **more: str) -> bytes:
    """A revisit record of an article whose page's bytes lie elsewhere."""
    block = http(b"") if head is None else head
    given = fields or (f"WARC-Payload-Digest: {digest(payload)}",)
    profile = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    return record("revisit", block, f"WARC-Target-URI: {url(number)}", profile, *given, version="1.1", **more)


def wacz(file: Path, data: bytes, compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(file, "w", compression) as package:
        package.writestr("datapackage.json", "{}")
        package.writestr("archive/data.warc.gz", data)
