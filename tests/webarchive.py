"""Web archives played on loopback: a Wayback machine, Common Crawl's index and files, and a small pywb.

Which one answers is told by the Host header, as the crawler's setting CONNECT_TO leaves it. What is served is a list of
captures; faults are set by address.
"""

from __future__ import annotations

import json
import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

WAYBACK, INDEX, DATA, PYWB = "web.archive.org", "index.commoncrawl.org", "data.commoncrawl.org", "arc.example.org"
HTML = "text/html; charset=utf-8"
_PIECE = 1 << 14
FILE = "crawl-data/CC-MAIN-2019-09/segments/1/warc/part-00000.warc.gz"


@dataclass(frozen=True)
class Shot:
    """A capture. `stamp` is 14 digits, UTC."""

    url: str
    stamp: str
    body: str = ""
    status: int = 200
    mime: str = "text/html"
    digest: str = ""
    leads_to: str = ""  # the archive answers with a redirect to the capture of this time

    @property
    def key(self) -> str:
        parts = urlsplit(self.url)
        host = (parts.hostname or "").removeprefix("www.")
        return ",".join(reversed(host.split("."))) + ")" + parts.path.lower()

    @property
    def sum(self) -> str:
        return self.digest or f"SHA{abs(hash(self.body)):X}"


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def article(number: int, more: str = "") -> str:
    """A page of the paper in `SITE`."""
    prose = f"Hôm nay, tuyến kênh số {number}{more} được vét xong, bà con hai bên bờ lấy nước vào ruộng. " * 3
    links = "<aside><a href='/bai-a9001.html'>Bài cũ</a></aside>"
    return f"<html><body><article><h1>Vét kênh số {number}{more}</h1><div><p>{prose}</p></div>{links}</article></body>"


SOFT_404 = "<html><body><article><h1>Thông báo</h1><div><p>Bài viết này không tồn tại trên hệ thống của báo.</p></div>"


class WebArchive:
    """`page` is how many lines an answer of an index has. `at` replaces what answers an address, `faults` only the next
    answers. `ranges` says whether the file server takes notice of ranges."""

    def __init__(self, shots: list[Shot], page: int = 4) -> None:
        self.shots = sorted(shots, key=lambda shot: (shot.key, shot.stamp))
        self.page, self.ranges = page, True
        self.at: dict[str, Answer] = {}
        self.faults: dict[str, list[Answer]] = {}
        self.warc, self.places = warc_of(self.shots)
        self.seen: list[tuple[str, str]] = []
        self.moments: list[float] = []
        self.agents: set[str] = set()
        self.sent = 0
        self.hook: Callable[[str], object] = len  # is told of each address before it is answered

    def get(self, host: str, path: str, headers: dict[str, str]) -> Answer:
        self.seen.append((host, path))
        self.moments.append(time.monotonic())
        self.agents.add(headers.get("User-Agent", ""))
        self.hook(path)
        for sign, answers in self.faults.items():
            if sign in path and answers:
                return answers.pop(0)
        if path in self.at:
            return self.at[path]
        if path == "/robots.txt":
            return Answer(404)
        parts = urlsplit(path)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        filters = parse_qs(parts.query).get("filter", [])
        if (host, parts.path) == (WAYBACK, "/cdx/search/cdx"):
            return self.wayback_index(asked, filters)
        if host == INDEX and parts.path == "/CC-MAIN-2019-09-index":
            return self.common_crawl_index(asked, filters)
        if host == DATA:
            return self.file(parts.path, headers)
        if (host, parts.path) == (PYWB, "/coll/cdx"):
            return Answer(body=b"".join(map(self.cdxj, self.of_host(asked, filters))))
        if found := re.fullmatch(r"/(?:web|coll)/(\d{14})id_/(.+)", path):
            return self.raw_page(host, *found.groups())
        return Answer(404, b"<html>Not found</html>", {"Content-Type": HTML})

    # --- indexes

    def of_host(self, asked: dict[str, str], filters: list[str]) -> list[Shot]:
        assert asked["matchType"] == "host"
        assert asked["output"] == "json"
        of_host = [shot for shot in self.shots if urlsplit(shot.url).hostname in (asked["url"], f"www.{asked['url']}")]
        if "statuscode:200" in filters:
            of_host = [shot for shot in of_host if shot.status == 200]
        if "mimetype:text/html" in filters:
            of_host = [shot for shot in of_host if shot.mime == "text/html"]
        return [shot for shot in of_host if asked.get("from", "") <= shot.stamp[:8] <= asked.get("to", "9")]

    def wayback_index(self, asked: dict[str, str], filters: list[str]) -> Answer:
        found = self.of_host(asked, filters)
        if "showNumPages" in asked:
            return Answer(body=b"1\n")
        assert asked["showResumeKey"] == "true"
        start = int(asked.get("resumeKey", "at+0").rpartition("+")[2])
        rows = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]] if found else []
        rows += [[s.key, s.stamp, s.url, s.mime, str(s.status), s.sum, "900"] for s in found[start : start + self.page]]
        if start + self.page < len(found):
            rows += [[], [f"at+{start + self.page}"]]
        text = ",\n ".join(json.dumps(row) for row in rows)
        return Answer(body=f"[{text}]\n".encode(), headers={"Content-Type": "application/json"})

    def common_crawl_index(self, asked: dict[str, str], filters: list[str]) -> Answer:
        found = self.of_host(asked, filters)
        if not found:
            return Answer(404, b'{"message": "No Captures found for: x"}')
        if "showNumPages" in asked:
            pages = -(-len(found) // self.page)
            return Answer(body=json.dumps({"pages": pages, "pageSize": 5, "blocks": pages}).encode())
        start = int(asked["page"]) * self.page
        return Answer(body=b"".join(self.json_line(shot) for shot in found[start : start + self.page]))

    def json_line(self, shot: Shot, *, key: bool = True) -> bytes:
        offset, length = self.places[shot]
        names = {"urlkey": shot.key, "timestamp": shot.stamp} if key else {}
        line = {
            **names, "url": shot.url, "mime": shot.mime, "mime-detected": shot.mime, "status": str(shot.status),
            "digest": shot.sum, "length": str(length), "offset": str(offset), "filename": FILE,
        }  # fmt: skip
        return json.dumps(line).encode() + b"\n"

    def cdxj(self, shot: Shot) -> bytes:
        return f"{shot.key} {shot.stamp} ".encode() + self.json_line(shot, key=False)

    # --- pages and files

    def raw_page(self, host: str, stamp: str, url: str) -> Answer:
        of_page = [shot for shot in self.shots if shot.url == url]
        if not of_page:
            return Answer(404, b"<html>The archive has not archived that page.</html>")
        shot = min(of_page, key=lambda each: abs(int(each.stamp) - int(stamp)))
        to = shot.leads_to if shot.stamp == stamp else shot.stamp
        if to:
            place = "web" if host == WAYBACK else "coll"
            return Answer(302, headers={"Location": f"http://{host}/{place}/{to}id_/{url}"})
        moment = datetime.strptime(shot.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        headers = {"Content-Type": HTML, "Memento-Datetime": format_datetime(moment, usegmt=True)}
        return Answer(shot.status, shot.body.encode(), headers)

    def file(self, path: str, headers: dict[str, str]) -> Answer:
        if path != f"/{FILE}":
            return Answer(404)
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("Range", ""))
        if not asked or not self.ranges:
            return Answer(body=self.warc)
        return Answer(206, self.warc[int(asked[1]) : int(asked[2]) + 1])


def warc_of(shots: list[Shot]) -> tuple[bytes, dict[Shot, tuple[int, int]]]:
    """A WARC file with all captures, and where each lies in it."""
    out, places = BytesIO(), {}
    writer = WARCWriter(out, gzip=True)
    for shot in shots:
        head = StatusAndHeaders(f"{shot.status} OK", [("Content-Type", HTML)], protocol="HTTP/1.1")
        moment = datetime.strptime(shot.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        record = writer.create_warc_record(
            shot.url,
            "response",
            payload=BytesIO(shot.body.encode()),
            length=len(shot.body.encode()),
            http_headers=head,
            warc_headers_dict={"WARC-Date": f"{moment:%Y-%m-%dT%H:%M:%SZ}"},
        )
        start = out.tell()
        writer.write_record(record)
        places[shot] = (start, out.tell() - start)
    return out.getvalue(), places


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    server: _Tcp

    def do_GET(self) -> None:
        archive = self.server.archive
        answer = archive.get(self.headers.get("Host", ""), self.path, dict(self.headers))
        lines = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {value}" for name, value in answer.headers.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(answer.body)}"]) + "\r\n\r\n"
        try:
            self.wfile.write(head.encode())
            for start in range(0, len(answer.body), _PIECE):
                self.wfile.write(answer.body[start : start + _PIECE])
                archive.sent += len(answer.body[start : start + _PIECE])
        except OSError:  # the client hung up
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, archive: WebArchive) -> None:
        self.archive = archive
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error worth a traceback."""


@contextmanager
def serve(archive: WebArchive) -> Iterator[int]:
    """Serves the archive on 127.0.0.1 until the block is left; gives the port."""
    tcp = _Tcp(archive)
    thread = threading.Thread(target=tcp.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield tcp.server_address[1]
    finally:
        tcp.shutdown()
        thread.join(5)
        tcp.server_close()
