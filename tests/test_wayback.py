"""Raw pages of real crawls: what went over the wire is what other programs find in the files."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from warcio.archiveiterator import ArchiveIterator

from newscrawl.warc.captures import captures
from tests.replica import Response, Server, serve
from tests.scrapyrun import PROJECT, Result, articles, crawl, runs
from tests.test_walks import HTML, SITE, Paper, article, page

pytestmark = pytest.mark.crawl

HOME = "https://bao.example.vn"
GZIP = {**HTML, "Content-Encoding": "gzip"}
CHUNKED = {**HTML, "Transfer-Encoding": "chunked"}
FIELDS = {**HTML, "Set-Cookie": "phien=1; path=/", "X-Tin": "Vét kênh".encode().decode("latin-1")}
UNREADABLE = page("<article><h1>Vét kênh</h1><div></div></article>")
PYWB = Path(sys.prefix) / "pywb" / "bin"


def chunked(body: bytes) -> bytes:
    """RFC 9112, section 7.1."""
    parts = [body[:100], body[100:]]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def paper() -> Paper:
    """Ten articles: 1 comes as gzip, 2 in chunks, 3 with fields of its own; 4 can't be read."""
    made = Paper(1)
    packed = gzip.compress(article(1).body, mtime=0)
    made.at["/bai-a1.html"] = Response(200, GZIP, packed)
    made.at["/bai-a2.html"] = Response(200, CHUNKED, chunked(article(2).body))
    made.at["/bai-a3.html"] = Response(200, FIELDS, article(3).body)
    made.at["/bai-a4.html"] = UNREADABLE
    return made


class Crawls:
    """Two crawls of that paper: the second one keeps all that is answered."""

    def __init__(self, server: Server, folder: Path) -> None:
        (folder / "sites").mkdir()
        (folder / "sites" / "bao.toml").write_text(
            SITE.replace("{paging}", "link").replace("{next}", "a.next"), "utf-8"
        )
        self.server, self.output, self.sites = server, folder / "out", folder / "sites"
        self.folder = self.output / "bao"

    def __call__(self, *args: str) -> Result:
        options = ("-s", f"SITES={self.sites}", "-s", "RETRY_TIMES=0", "-s", "RETRY_WAIT=0.01", *args)
        return crawl(self.server.port, self.output, *options, site="bao")

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.warc.gz"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    with serve(paper()) as server:  # type: ignore[arg-type]
        crawls = Crawls(server, tmp_path_factory.mktemp("kept"))
        first = crawls("-s", "USER_AGENT=newscrawl (thu vien)")
        assert first.code == 0, first.err
        time.sleep(0.1)  # until the page that can't be read is due again
        second = crawls("-s", "RAW_PAGES=all")
        assert second.code == 0, second.err
        yield crawls


def records(file: Path) -> list[tuple[str, str, Any]]:
    """Type, address and record, blocks read."""
    found = []
    with open(file, "rb") as warc:
        for each in ArchiveIterator(warc):
            each.block = each.raw_stream.read()
            found.append((each.rec_type, each.rec_headers.get_header("WARC-Target-URI") or "", each))
    return found


def one(file: Path, kind: str, path: str) -> Any:
    (found,) = (record for each, url, record in records(file) if (each, url) == (kind, HOME + path))
    return found


# --- what is kept


def test_articles_and_what_could_not_be_read_are_kept(kept: Crawls) -> None:
    first = [url.removeprefix(HOME) for kind, url, _ in records(kept.files[0]) if kind == "response"]
    assert sorted(first) == sorted(f"/bai-a{number}.html" for number in range(1, 11))


def test_all_is_kept_by_choice(kept: Crawls) -> None:
    second = {(kind, url.removeprefix(HOME)) for kind, url, _ in records(kept.files[1]) if kind != "request"}
    assert second == {("warcinfo", ""), ("response", "/robots.txt"), ("response", "/tin/"), ("revisit", "/bai-a4.html")}
    assert one(kept.files[1], "response", "/robots.txt").http_headers.get_statuscode() == "404"
    last = runs(kept.folder)[-1]
    assert "segment" not in last
    assert last["warc"]["name"] == kept.files[1].name


def test_lines_point_at_their_pages(kept: Crawls) -> None:
    found = list(articles(kept.folder))
    assert len(found) == 9
    for line in found:
        with open(kept.folder / line["raw"]["file"], "rb") as file:
            (capture,) = [each for each in captures(file) if each.offset == line["raw"]["offset"]]
        assert (capture.url, capture.length) == (line["url"], line["raw"]["length"])
        number = int(line["id"].removeprefix("bao:"))
        assert capture.body == article(number).body


def test_the_recipe_of_the_documents(kept: Crawls) -> None:
    text = (PROJECT / "docs" / "article-format.md").read_text("utf-8")
    (recipe,) = (block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def page_of" in block)
    scope: dict[str, Any] = {}
    exec(recipe, scope)
    for line in articles(kept.folder):
        assert scope["page_of"](line, kept.folder) == article(int(line["id"].removeprefix("bao:"))).body


def test_bodies_are_kept_as_they_came(kept: Crawls) -> None:
    packed = one(kept.files[0], "response", "/bai-a1.html")
    assert packed.http_headers.get_header("Content-Encoding") == "gzip"
    assert packed.block == kept.server.portal.at["/bai-a1.html"].body  # type: ignore[attr-defined]
    assert int(packed.http_headers.get_header("Content-Length")) == len(packed.block)
    whole = one(kept.files[0], "response", "/bai-a2.html")
    assert whole.block == article(2).body
    assert whole.http_headers.get_header("Transfer-Encoding") is None
    assert whole.http_headers.get_header("Content-Length") is None


def test_fields_are_kept_as_they_came(kept: Crawls) -> None:
    fields = one(kept.files[0], "response", "/bai-a3.html").http_headers
    assert (fields.protocol, fields.statusline) == ("HTTP/1.1", "200 OK")
    assert fields.get_header("Set-Cookie") == FIELDS["Set-Cookie"]
    assert fields.get_header("X-Tin") == "Vét kênh"
    request = one(kept.files[0], "request", "/bai-a3.html").http_headers
    assert request.protocol == "GET"
    assert request.statusline == "/bai-a3.html HTTP/1.1"
    assert request.get_header("Host") == "bao.example.vn"
    assert request.get_header("User-Agent") == "newscrawl (thu vien)"


def test_the_head_says_who_made_the_file_and_how(kept: Crawls) -> None:
    (kind, _, head) = records(kept.files[0])[0]
    assert kind == "warcinfo"
    said = dict(line.split(": ", 1) for line in head.block.decode().splitlines() if line)
    assert said["http-header-user-agent"] == "newscrawl (thu vien)"
    assert (said["robots"], said["isPartOf"], said["format"]) == ("obey", "bao", "WARC File Format 1.1")


# --- other programs


@pytest.mark.parametrize("program", ["warcio.cli", "fastwarc.cli"])
def test_other_programs_accept_the_files(program: str, kept: Crawls) -> None:
    for file in kept.files:
        done = checked(program, "check", str(file))
        assert done.returncode == 0, done.stdout + done.stderr


def test_digests_of_payloads(kept: Crawls) -> None:
    """Where there is no revisit record: fastwarc holds those against a payload that they have not."""
    done = checked("fastwarc.cli", "check", "--verify-payloads", str(kept.files[0]))
    assert done.returncode == 0, done.stdout + done.stderr


def checked(*program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *program], capture_output=True, text=True, timeout=60)


@contextmanager
def wayback(folder: Path, files: list[Path]) -> Iterator[str]:
    """A pywb over copies of the files, in a collection `raw`; yields its address."""
    collection = folder / "collections" / "raw"
    for name in ("archive", "indexes"):
        (collection / name).mkdir(parents=True)
    for file in files:
        shutil.copy(file, collection / "archive")
    index = ("cdx-indexer", "-j", "-s", "-o", "collections/raw/indexes/index.cdxj", "collections/raw/archive")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run([PYWB / index[0], *index[1:]], cwd=folder, env=environment, check=True, timeout=60)
    with socket.socket() as free:  # pywb does not tell which port it got
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(folder / "log", "wb") as log:
        command = [PYWB / "wayback", "-b", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port, server, folder / "log")
        yield f"http://127.0.0.1:{port}/raw"
    finally:
        server.kill()
        server.wait(10)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"pywb did not start: {log.read_text('utf-8')[-2000:]}")


def replayed(address: str) -> tuple[bytes, Any]:
    request = Request(address, headers={"Accept-Encoding": "gzip"})
    with urlopen(request, timeout=20) as answer:
        return answer.read(), answer.headers


@pytest.mark.skipif(not (PYWB / "wayback").is_file(), reason=f"no pywb at {PYWB}: `make setup` puts it there")
def test_pywb_replays_what_was_served(kept: Crawls, tmp_path: Path) -> None:
    first, second = (run["run"][:8] + run["run"][9:15] for run in runs(kept.folder))
    with wayback(tmp_path, kept.files) as address:
        for number in (2, 3, 10):
            assert replayed(f"{address}/{first}id_/{HOME}/bai-a{number}.html")[0] == article(number).body
        body, headers = replayed(f"{address}/{first}id_/{HOME}/bai-a1.html")
        assert gzip.decompress(body) if headers["Content-Encoding"] == "gzip" else body == article(1).body
        body, headers = replayed(f"{address}/{second}id_/{HOME}/bai-a4.html")  # a revisit
        assert body == UNREADABLE.body
        with pytest.raises(URLError):
            replayed(f"{address}/{first}id_/{HOME}/bai-a11.html")
    places = {(each["filename"], int(each["offset"]), int(each["length"])) for each in index_of(tmp_path)}
    assert {tuple(line["raw"].values()) for line in articles(kept.folder)} < places


def index_of(folder: Path) -> Iterator[dict[str, Any]]:
    for line in (folder / "collections/raw/indexes/index.cdxj").read_text("utf-8").splitlines():
        if line.partition(" ")[0] != "!meta":
            yield json.loads(line.split(" ", 2)[2])
