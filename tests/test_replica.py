"""Holds the replica to its promises: sizes, truth, reachability, twins, faults, and the same bytes every time."""

import http.client
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from tests.replica import HOST, HOSTS, NOW, ROOT, Expected, Portal, Response, build, fold, serve

ROOT_DIR = Path(__file__).resolve().parent.parent
BLOCKS = "//div[@class='TD-other' or @class='tandan-div-article-other']"
HOME = ("/", "/Pages/Default.aspx", "/portal/Pages/default.aspx")


@pytest.fixture(scope="module")
def portal() -> Portal:
    return build()


def path_of(url: str) -> str:
    return url.removeprefix(ROOT)


def page(portal: Portal, path: str, host: str = HOST) -> html.HtmlElement:
    answer = portal.get(host, path)
    assert answer.status == 200, path
    return html.document_fromstring(answer.body.decode())


def find(tree: html.HtmlElement, query: str) -> Any:
    """XPath, whose results the stubs cannot know."""
    return tree.xpath(query)


def squeeze(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").replace("./.", ".").split())


def links(tree: html.HtmlElement, base: str, where: str = "//a") -> set[str]:
    """Folded addresses of this portal that the page links to."""
    found = {urljoin(base, href) for href in find(tree, f"{where}/@href")}
    return {fold(url) for url in found if (urlsplit(url).hostname or "").lower() in HOSTS}


def listing_pages(portal: Portal, head: str) -> list[html.HtmlElement]:
    """The pages of a listing, by following the link behind the current number."""
    pages: list[html.HtmlElement] = []
    url = head
    while url:
        assert len(pages) < 50
        pages.append(page(portal, path_of(url)))
        following = find(pages[-1], "//span[@class='CurrentPage']/following-sibling::a[1]/@href")
        url = urljoin(head, following[0]) if following else ""
    return pages


def on_listing(portal: Portal, head: str) -> set[str]:
    return set().union(
        *(links(tree, head, "//ul[@class='TD-channel-main']//a") for tree in listing_pages(portal, head))
    )


def test_counts_and_eras(portal: Portal) -> None:
    assert len(portal.articles) == 240
    assert len({fold(e.url) for e in portal.articles}) == 240
    assert {e.category[0] for e in portal.articles} == set(portal.categories)
    share = sum(e.era == "portal" for e in portal.articles) / 240
    assert 0.22 < share < 0.38
    for expected in portal.articles:
        if expected.era == "portal":
            year, month, day = map(int, expected.published[:10].split("-"))
            assert re.fullmatch(rf"/portal/Pages/{year}-{month}-{day}/[\w-]{{7,56}}\.aspx", path_of(expected.url))
        else:
            assert re.fullmatch(r"/chinhquyen/\w+/Pages/[\w-]+\.aspx", path_of(expected.url))
        assert "2016" <= expected.published[:10] < "2019-02-20"


def test_pages_weigh_40_to_80_kb(portal: Portal) -> None:
    paths = [path_of(e.url) for e in portal.articles] + [path_of(head) for head in portal.categories.values()]
    sizes = [len(portal.get(HOST, path).body) for path in (*paths, *HOME, "/sodotrang.aspx", "/lienhe.aspx")]
    assert min(sizes) >= 40_000
    assert max(sizes) <= 80_000
    assert len(build(padding=False).get(HOST, paths[0]).body) < 30_000


def test_two_builds_give_the_same_bytes(portal: Portal) -> None:
    again = build()
    paths = [path_of(e.url) for e in portal.articles] + [path_of(head) for head in portal.categories.values()]
    assert portal.articles == again.articles
    for path in (*paths, "/", path_of(portal.articles[7].print_url)):
        assert portal.get(HOST, path) == again.get(HOST, path)
    assert build(seed=7).articles[0].title != portal.articles[0].title


def test_text_is_nfc_and_truth_is_on_the_page(portal: Portal) -> None:
    for expected in portal.articles:
        raw = portal.get(HOST, path_of(expected.url)).body.decode()
        assert unicodedata.is_normalized("NFC", raw)
        tree = html.document_fromstring(raw)
        text = squeeze(find(tree, "string(//td[@class='TD-main'])"))
        places = [text.find(paragraph) for paragraph in expected.body]
        assert -1 not in places, expected.url
        assert places == sorted(places), expected.url
        said = [expected.title, expected.published_raw, *expected.byline, *expected.tags, *expected.category]
        said += [caption.text for caption in expected.captions] + [item.title for item in expected.attachments]
        assert all(part in text for part in said), expected.url
        images = {urljoin(expected.url, src) for src in find(tree, "//img/@src")}
        assert all(caption.image in images for caption in expected.captions)


def test_body_frames_hold_the_body(portal: Portal) -> None:
    """The frame of each era holds every paragraph, and no paragraph holds a caption, a byline or the end mark."""
    for expected in portal.articles:
        tree = page(portal, path_of(expected.url))
        frame = "//div[@id='art-content']" if expected.era == "chinhquyen" else "//div[contains(@class,'ms-rtestate')]"
        text = squeeze(find(tree, f"string({frame})"))
        assert all(paragraph in text for paragraph in expected.body)
        assert "Tin đã đưa" not in text
        for paragraph in expected.body:
            assert "./." not in paragraph
            assert not any(caption.text in paragraph for caption in expected.captions)
        wrappers = find(tree, "//p[@class='tandan-p-article-main']")
        assert all(not squeeze(p.text_content()) for p in wrappers)


def test_printed_dates_mean_the_published_date(portal: Portal) -> None:
    forms = Counter(re.sub(r"\d+", "9", e.published_raw) for e in portal.articles)
    assert set(forms) == {
        "9/9/9",
        "Đăng ngày 9 - 9 - 9",
        "Ngày cập nhật 9/9/9",
        "9/9/9 9:9",
        "9/9/9 9:9 SA",
        "9/9/9 9:9 CH",
    }
    for expected in portal.articles:
        day, month, year, *rest = map(int, re.findall(r"\d+", expected.published_raw))
        assert expected.published[:10] == f"{year}-{month:02d}-{day:02d}"
        assert len(expected.published) == (len("2018-08-01T14:30+07:00") if rest else 10)
        if rest:
            hour = rest[0] + 12 if expected.published_raw.endswith("CH") and rest[0] < 12 else rest[0]
            assert expected.published[11:16] == f"{hour:02d}:{rest[1]:02d}"


def test_every_shape_occurs(portal: Portal) -> None:
    source = "".join(portal.get(HOST, path_of(e.url)).body.decode() for e in portal.articles)
    marks = [
        "art-author",
        "img-cap",
        "<figcaption>",
        "MsoTableGrid",
        "./.",
        "_label",
        "TD-attach",
        "td-tags",
        "<h3>",
        "(Nguồn:",
        "Ảnh:",
    ]
    marks += ["thông tin đã đưa trên", "Theo báo cáo của", "Tin, ảnh:", "[if gte mso"]
    assert [mark for mark in marks if mark not in source] == []
    assert {len(e.byline) for e in portal.articles} == {0, 1, 2}
    assert any(e.lead is None for e in portal.articles)
    assert any(e.lead for e in portal.articles)
    assert any(c.text.endswith(".") for e in portal.articles for c in e.captions)
    assert any(not e.captions for e in portal.articles)
    assert any(e.tables for e in portal.articles)
    assert 'rel="canonical"' not in portal.get(HOST, path_of(first(portal, "chinhquyen").url)).body.decode()


def first(portal: Portal, era: str) -> Expected:
    return next(e for e in portal.articles if e.era == era)


def test_listings_hold_exactly_their_articles(portal: Portal) -> None:
    known = {fold(e.url) for e in portal.articles}
    for name, head in portal.categories.items():
        due = {fold(e.url) for e in portal.articles if name in e.listed_in}
        assert on_listing(portal, head) & known == due
        assert [fold(e.url) for e in portal.listing(name)]
        assert {fold(e.url) for e in portal.listing(name)} == due
    assert all((e.reachable == "listing") == bool(e.listed_in) for e in portal.articles)
    assert sum(len(e.listed_in) == 2 for e in portal.articles) == 1


def test_paging_ends_and_the_pinned_post_is_on_every_page(portal: Portal) -> None:
    name, head = next(iter(portal.categories.items()))
    pages = listing_pages(portal, head)
    assert len(pages) == -(-len(portal.listing(name)) // 15) >= 6
    top = "//ul[@class='TD-channel-main']/li[1]/a[1]"
    assert all(links(tree, head, top) == {fold(portal.pinned.url)} for tree in pages)
    assert all(len(find(tree, "//div[@class='TD-pager']/*")) == 5 for tree in pages)
    beyond, last = (portal.get(HOST, f"{path_of(head)}?PageIndex={n}").body for n in (999, len(pages)))
    assert beyond == last != portal.get(HOST, path_of(head)).body


def test_dates_beside_links_are_true(portal: Portal) -> None:
    short = 0
    for expected in portal.articles:
        for entry in expected.related:
            target, numbers = portal.expected_by_url[entry.url], [int(n) for n in re.findall(r"\d+", entry.date)]
            day = datetime.fromisoformat(target.published[:10])
            assert numbers == [day.day, day.month, day.year][: len(numbers)]
            short += len(numbers) == 2
            assert len(numbers) == 3 or NOW.date() - day.date() < timedelta(days=365)
    assert short > 1000
    for head in portal.categories.values():
        tree = page(portal, path_of(head))
        for item in find(tree, "//li[.//label[@class='pub-time']]"):
            listed = portal.find(urljoin(head, find(item, ".//a/@href")[0]))
            printed = find(item, "string(.//label)").split(" | ")[0]
            if listed:
                assert datetime.strptime(printed, "%d/%m/%Y").strftime("%Y-%m-%d") == listed.published[:10]


def test_related_blocks_match_the_truth(portal: Portal) -> None:
    full = 0
    for expected in portal.articles:
        tree = page(portal, path_of(expected.url))
        shown = find(tree, f"{BLOCKS}//a")
        assert [a.text_content() for a in shown] == [entry.title for entry in expected.related]
        assert [fold(urljoin(expected.url, a.get("href"))) for a in shown] == [fold(e.url) for e in expected.related]
        assert [a.getnext().text for a in shown] == [entry.date for entry in expected.related]
        full += len(shown) == 10
    assert full > 180


def test_some_articles_are_reachable_through_blocks_alone(portal: Portal) -> None:
    open_pages = {fold(ROOT + path) for path in (*HOME, "/sodotrang.aspx", "/lienhe.aspx")} | links_of_units(portal)
    reached = set().union(*(links(page(portal, path), ROOT) for path in open_pages))
    for head in portal.categories.values():
        reached |= set().union(*(links(tree, head) for tree in listing_pages(portal, head)))
    by_key = {fold(e.url): e for e in portal.articles}
    depth = {key: 0 for key in reached if key in by_key}
    edge = list(depth)
    while edge:
        key = edge.pop(0)
        for found in links(page(portal, path_of(by_key[key].url)), ROOT):
            if found in by_key and found not in depth:
                depth[found] = depth[key] + 1
                edge.append(found)
    assert {by_key[key].url: hops for key, hops in depth.items()} == {
        e.url: e.hops for e in portal.articles if e.hops >= 0
    }
    related = [e for e in portal.articles if e.reachable == "related"]
    assert len(related) >= 24
    assert {e.hops for e in related} == {1, 2, 3}
    assert any(e.reachable == "nowhere" for e in portal.articles)


def links_of_units(portal: Portal) -> set[str]:
    return {link for link in links(page(portal, "/sodotrang.aspx"), ROOT) if link.endswith("default.aspx")}


def test_twins_answer_like_the_page(portal: Portal) -> None:
    expected = first(portal, "portal")
    path = path_of(expected.url)
    body = portal.get(HOST, path).body
    for host in (*HOSTS, f"{HOST}:443", HOST.upper()):
        for twin in (path, path.lower(), path.upper(), path.replace("Pages", "pages"), path + "?fbclid=IwARx"):
            assert portal.get(host, twin).body == body
            assert portal.find(f"https://{host}{twin}") is expected
    printed = page(portal, path_of(expected.print_url))
    assert all(p in squeeze(printed.text_content()) for p in expected.body)
    assert fold(expected.print_url) in links(page(portal, path), ROOT)
    assert portal.get("soyte.ninhthuan.gov.vn", path).status == 421


def test_twins_are_sprinkled_over_listings_and_blocks(portal: Portal) -> None:
    heads = [path_of(head) for head in portal.categories.values()]
    pages = [page(portal, path) for path in (*heads, *(path_of(e.url) for e in portal.articles[:60]))]
    shown = " ".join(href for tree in pages for href in find(tree, "//td[@class='TD-main']//a/@href"))
    for mark in ("?fbclid=", ":443/", "http://ninhthuan", "https://ninhthuan", "/PAGES/", "/pages/"):
        assert mark in shown


def test_same_text_under_two_addresses(portal: Portal) -> None:
    pair = [e for e in portal.articles if e.same_text_as]
    assert len(pair) == 2
    assert pair[0].same_text_as == pair[1].url
    assert pair[1].same_text_as == pair[0].url
    assert (pair[0].title, pair[0].lead, pair[0].body) == (pair[1].title, pair[1].lead, pair[1].body)


def test_odd_addresses(portal: Portal) -> None:
    special = {name: path_of(url) for name, url in portal.special.items()}
    robots = portal.get(HOST, "/robots.txt")
    assert robots.status == 200
    assert b"Disallow: /chinhquyen/noibo/" in robots.body
    assert special["private"].startswith("/chinhquyen/noibo/")
    assert portal.find(portal.special["private"]) is None
    moved = portal.get(HOST, special["redirect"])
    assert moved.status == 301
    assert moved.headers["Location"] == special["redirect_to"]
    target = portal.find(ROOT + special["redirect_to"])
    assert target
    assert path_of(target.url) != special["redirect_to"]
    assert all(portal.get(HOST, special[f"missing{n}"]).status == 404 for n in (1, 2, 3))
    assert "không tồn tại" in portal.get(HOST, special["soft404"]).body.decode()
    fake = portal.get(HOST, special["mislabelled"])
    assert fake.headers["Content-Type"].startswith("text/html")
    assert fake.body.startswith(b"%PDF")
    everything = [*HOME[:1], *(f"{path_of(h)}?PageIndex={n}" for h in portal.categories.values() for n in (1, 2))]
    linked = set().union(*(links(page(portal, path), ROOT) for path in everything))
    named = {fold(url) for name, url in portal.special.items() if name not in ("redirect_to",)}
    assert named <= linked
    files = [a.url for e in portal.articles for a in e.attachments] + [
        c.image for e in portal.articles for c in e.captions
    ]
    kinds = {portal.get(HOST, path_of(url)).headers["Content-Type"] for url in files}
    assert kinds == {"application/pdf", "image/jpeg"}


def test_faults_and_changes() -> None:
    portal = build(articles=80)
    path = path_of(portal.articles[0].url)
    before = portal.get(HOST, path)
    portal.override(path.upper(), Response(503, {"Retry-After": "1"}, b""), times=2)
    assert [portal.get(host, path).status for host in (*HOSTS, HOST)] == [503, 503, 200]
    portal.override(path, Response(500, {}, b""))
    portal.override(path, None)
    assert portal.get(HOST, path) == before
    portal.edit(portal.articles[0].url, "Một đoạn mới được thêm vào bài.")
    assert portal.articles[0].body[-2] == "Một đoạn mới được thêm vào bài."
    assert "Một đoạn mới được thêm vào bài." in squeeze(page(portal, path).text_content())
    fresh = portal.publish(8)
    assert len(portal.articles) == 88
    assert len({fold(e.url) for e in portal.articles}) == 88
    for name in portal.categories:
        assert {e.url for e in portal.listing(name)[:2]} == {e.url for e in fresh if name in e.listed_in}
    later = NOW + timedelta(days=1)
    (newest,) = portal.publish(1, later)
    assert newest.published.startswith("2019-02-21")
    assert portal.listing(newest.category[0])[0] is newest
    assert "Thứ Năm, ngày 21 tháng 02 năm 2019" in portal.get(HOST, "/").body.decode()


def test_builds_of_other_sizes() -> None:
    large = build(articles=5000)
    assert len({fold(e.url) for e in large.articles}) == 5000
    for size in (1, 12, 60):
        small = build(articles=size)
        assert all(small.get(HOST, path_of(e.url)).status == 200 for e in small.articles)
        assert all(small.get(HOST, path_of(head)).status == 200 for head in small.categories.values())


def test_served_over_one_connection(portal: Portal) -> None:
    paths = [path_of(e.url) for e in portal.articles]
    with serve(portal) as server, closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as client:
        started = time.monotonic()
        for path in paths:
            assert fetch(client, path) == (200, portal.get(HOST, path).body)
        assert time.monotonic() - started < 3
        assert server.requests == [(f"{HOST}:{server.port}", path) for path in paths]
        server.clear()
        assert fetch(client, "/", "khac.example")[0] == 421
        assert server.requests == [(f"khac.example:{server.port}", "/")]
        client.request("HEAD", "/", headers={"Host": HOST})
        answer = client.getresponse()
        assert (answer.read(), int(answer.headers["Content-Length"]) > 40_000) == (b"", True)
        assert answer.headers["Date"] == "Wed, 20 Feb 2019 02:00:00 GMT"


def fetch(client: http.client.HTTPConnection, path: str, host: str = HOST) -> tuple[int, bytes]:
    client.request("GET", path, headers={"Host": f"{host}:{client.port}"})
    answer = client.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("end", ["eof", "term", "int"])
def test_as_a_process(tmp_path: Path, end: str) -> None:
    ready = tmp_path / "ready"
    command = [sys.executable, "-m", "tests.replica", "--articles", "30", "--ready-file", str(ready), "--until-eof"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT_DIR, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        assert process.stdin
        line = process.stdout.readline()
        port = int(line.removeprefix("replica listening on 127.0.0.1:"))
        deadline = time.monotonic() + 10
        while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)  # a look at the file, not a wait for luck
        assert int(ready.read_text()) == port
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as client:
            assert fetch(client, "/")[0] == 200
        if end == "eof":
            process.stdin.close()
            process.stdin = None
        else:
            process.send_signal(signal.SIGTERM if end == "term" else signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0


@cache
def _sources() -> dict[str, str]:
    folder = ROOT_DIR / "tests" / "replica"
    return {path.name: path.read_text() for path in folder.glob("*.py")}


def test_the_replica_knows_nothing_of_the_crawler() -> None:
    for name, text in _sources().items():
        assert not re.search(r"^\s*(from|import)\s+newscrawl", text, re.M), name
        assert unicodedata.is_normalized("NFC", text), name


def test_a_relaunch_changes_names_or_captions_and_can_be_taken_back() -> None:
    portal = build(articles=30, padding=False)
    article = next(each for each in portal.articles if each.captions)

    def printed() -> str:
        return portal.get(HOST, path_of(article.url)).body.decode()

    before = printed()
    portal.relaunch(renamed=True)
    renamed = printed()
    assert re.sub(r"<[^>]*>", "", renamed) == re.sub(r"<[^>]*>", "", before)
    assert "art-content" in before or "tandan-p-article-main" in before
    assert "art-content" not in renamed
    assert "tandan-p-article-main" not in renamed
    portal.relaunch(captions_in_body=True)
    moved = printed()
    assert moved != before
    assert "<figcaption>" not in moved
    words = " ".join(html.document_fromstring(moved).text_content().split())
    assert all(caption.text in words for caption in article.captions)
    assert portal.find(article.url) == article
    portal.relaunch()
    assert printed() == before
