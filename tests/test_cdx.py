"""Indexes of web archives: every form that they come in, and what a broken line costs."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.backfilling.arguments import BackfillArguments
from newscrawl.extraction import site_named
from newscrawl.webarchives.cdx import Broken, IndexReader, Memento, Place
from newscrawl.webarchives.cdxserver import Query, queries
from newscrawl.webarchives.choosing import Choice
from newscrawl.webarchives.sources import Source, source_of
from newscrawl.words.errors import ArgumentError

URL = "http://baocantho.com.vn:80/vet-kenh-a7.html"
STAMP = "20190219231500"
PLACE = Place("a.warc.gz", 2048, 900)
WHOLE = Memento(URL, STAMP, "200", "text/html", "ABC", PLACE)
N9 = f"vn,com,baocantho)/vet-kenh-a7.html {STAMP} {URL} text/html 200 ABC - 2048 a.warc.gz"
N11 = f"vn,com,baocantho)/vet-kenh-a7.html {STAMP} {URL} text/html 200 ABC - - 900 2048 a.warc.gz"
N7 = f"vn,com,baocantho)/vet-kenh-a7.html {STAMP} {URL} text/html 200 ABC 900"
JSON: dict[str, Any] = {
    "url": URL, "mime": "text/html", "status": "200", "digest": "ABC", "length": "900", "offset": "2048",
    "filename": "a.warc.gz",
}  # fmt: skip
ROWS = [
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
    ["vn,com,baocantho)/a7", STAMP, URL, "text/html", "200", "ABC", "900"],
]


def read(text: str | bytes) -> tuple[IndexReader, list[Memento | Broken]]:
    reader = IndexReader()
    data = text.encode() if isinstance(text, str) else text
    return reader, list(reader.read(data.splitlines(keepends=True)))


# --- the forms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f" CDX N b a m s k r M S V g\n{N11}\n", WHOLE),
        (f" CDX N b a m s k r V g\n{N9}\n", replace(WHOLE, place=Place("a.warc.gz", 2048, None))),
        (f" CDX g V S k s m a b N\na.warc.gz 2048 900 ABC 200 text/html {URL} {STAMP} key\n", WHOLE),
        (f"\tCDX\tb\ta\n{STAMP}\t{URL}\n", Memento(URL, STAMP)),
        (f"{N11}\n", WHOLE),
        (f"{N9}\n", replace(WHOLE, place=Place("a.warc.gz", 2048, None))),
        (f"{N7}\n", Memento(URL, STAMP, "200", "text/html", "ABC")),
        (f"!meta {{}}\nvn,com,baocantho)/a7 {STAMP} {json.dumps(JSON)}\n", WHOLE),
        (json.dumps({"urlkey": "k", "timestamp": STAMP, **JSON}) + "\n", WHOLE),
        (json.dumps({"timestamp": STAMP, **JSON, "offset": 2048, "length": 900, "status": 200}) + "\n", WHOLE),
        (json.dumps(ROWS), Memento(URL, STAMP, "200", "text/html", "ABC")),
        (json.dumps(ROWS, indent=1), Memento(URL, STAMP, "200", "text/html", "ABC")),
        (f"\n\n[{json.dumps(ROWS[0])},\n {json.dumps(ROWS[1])}]\n", Memento(URL, STAMP, "200", "text/html", "ABC")),
    ],
    ids=["header-11", "header-9", "any-order", "tabs", "bare-11", "bare-9", "bare-7", "cdxj", "objects", "numbers",
         "array", "indented", "row-a-line"],
)  # fmt: skip
def test_a_form(text: str, found: Memento) -> None:
    reader, got = read(text)
    assert got == [found]
    assert (reader.good, reader.broken, reader.is_index) == (1, 0, True)
    assert read(text.replace("\n", "\r\n"))[1] == [found], "also with the line ends of Windows"


def test_what_common_crawl_saw_in_the_bytes_counts() -> None:
    line = {"timestamp": STAMP, **JSON, "mime": "unk", "mime-detected": "application/xhtml+xml"}
    assert read(json.dumps(line))[1] == [Memento(URL, STAMP, "200", "text/html", "ABC", PLACE)]


def test_an_empty_index_is_one() -> None:
    for text in ("", "\n", "[]", " CDX N b a m s k r M S V g\n", '{"message": "No Captures found for: x"}'):
        reader, found = read(text)
        assert (found, reader.is_index) == ([], True), text


# --- broken lines


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("what is this", "no known form of index line (3 fields)"),
        (N11.replace(STAMP, "20190231000000"), "20190231000000 is no time"),
        (N11.replace(STAMP, "2019"), "2019 is no time of 14 digits"),
        (N11.replace(URL, "mailto:a@b.vn"), "mailto:a@b.vn is no address of a page"),
        (N11.replace(" 2048 ", " x "), "offset x or length 900 is no number"),
        (N11.replace(URL, "-"), "no url"),
        ('{"timestamp": "2019', "Unterminated string starting at"),
        (f"key {STAMP} {{torn", "Expecting property name enclosed in double quotes"),
        ("12", "no known form of index line (1 fields)"),
    ],
)
def test_a_broken_line_is_named_and_is_not_the_end(line: str, cause: str) -> None:
    reader, found = read(f"{N11}\n{line}\n{N11}\n")
    assert found == [WHOLE, Broken(2, cause), WHOLE]
    assert (reader.good, reader.broken) == (2, 1)


def test_bytes_that_are_no_text_are_a_broken_line() -> None:
    (broken, good) = read(b"\xff\xfe\n" + N11.encode())[1]
    assert isinstance(broken, Broken)
    assert good == WHOLE


def test_too_few_fields_for_the_header() -> None:
    found = read(f" CDX N b a m s k r M S V g\n{N9}\n{N11}\n")[1]
    assert found == [Broken(2, "9 fields, where the header names 11"), WHOLE]


def test_an_array_that_was_cut_off() -> None:
    text = ",\n ".join(json.dumps(row) for row in [ROWS[0], ROWS[1], ROWS[1]])
    found = read(f"[{text[:-30]}")[1]
    assert [type(each) for each in found] == [Memento, Broken]
    assert isinstance(found[1], Broken)
    assert found[1].number == 3


def test_json_without_bottom() -> None:
    assert isinstance(read("[" * 100_000)[1][0], Broken)


@given(st.binary(max_size=300))
def test_nothing_stops_the_reader(data: bytes) -> None:
    reader, found = read(data)
    assert len(found) == reader.good + reader.broken


# --- what a server says of itself


def test_resumption_keys() -> None:
    keyed = [*ROWS, [], ["org%2C+1%21"]]
    assert read(json.dumps(keyed))[0].resume_key == "org%2C+1%21"
    reader, found = read(f"{N7}\n\nvn,com,baocantho)/+1!\n")
    assert (reader.resume_key, len(found)) == ("vn,com,baocantho)/+1!", 1)


def answer(text: str) -> IndexReader:
    return read(text)[0]


def test_a_server_that_counts_pages_is_read_page_by_page() -> None:
    count = Query("http://i/x", "bao.vn")
    page = count.following(answer('{"pages": 2, "pageSize": 5, "blocks": 7}'))
    assert page is not None
    assert dict(parse_qsl(urlsplit(page.url).query))["page"] == "0"
    last = page.following(answer(N7))
    assert last is not None
    assert (last.page, last.following(answer(N7))) == (1, None)
    assert count.following(answer('{"pages": 0}')) is None


def test_a_server_that_knows_keys_is_read_by_them() -> None:
    keys = Query("http://i/x", "bao.vn").following(answer("25\n"))
    assert keys is not None
    assert dict(parse_qsl(urlsplit(keys.url).query))["showResumeKey"] == "true"
    again = keys.following(answer(json.dumps([*ROWS, [], ["k"]])))
    assert again is not None
    assert dict(parse_qsl(urlsplit(again.url).query))["resumeKey"] == "k"
    assert again.following(answer(json.dumps([*ROWS, [], ["k"]]))) is None, "the same key again leads nowhere"
    assert again.following(answer(json.dumps(ROWS))) is None


def test_a_server_that_answers_with_lines_has_told_all() -> None:
    assert Query("http://i/x", "bao.vn").following(answer(N11)) is None


def test_a_query_says_which_days_and_what_is_wanted() -> None:
    (query,) = queries("https://web.archive.org/cdx/search/cdx", ("bao.vn",), date(2019, 3, 1), date(2019, 3, 31))
    asked = parse_qsl(urlsplit(query.url).query)
    assert {("url", "bao.vn"), ("matchType", "host"), ("output", "json"), ("filter", "statuscode:200")} <= {*asked}
    assert {("from", "20190228"), ("to", "20190331")} <= {*asked}


def test_an_address_with_a_query_is_taken_as_it_is() -> None:
    (query,) = queries("http://i/x?url=bao.vn&limit=3", ("bao.vn", "bao2.vn"), None, None)
    assert query.url == "http://i/x?url=bao.vn&limit=3"
    again = query.following(answer(json.dumps([*ROWS, [], ["k"]])))
    assert again is not None
    assert again.url == "http://i/x?url=bao.vn&limit=3&resumeKey=k"


# --- where captures are had from

RECORD = Memento(URL, STAMP, place=Place("crawl-data/a b.warc.gz", 10, 5))


def way(source: Source, memento: Memento = RECORD) -> tuple[str, int | None]:
    found = source.way_to(memento)
    assert found is not None
    return found.url, found.size


def test_the_places_that_are_known() -> None:
    raw = f"https://web.archive.org/web/{STAMP}id_/{URL}"
    file = "https://data.commoncrawl.org/crawl-data/a%20b.warc.gz"
    assert way(source_of("https://web.archive.org/cdx/search/cdx", None, None)) == (raw, None)
    assert way(source_of("https://index.commoncrawl.org/CC-MAIN-2019-09-index", None, None)) == (file, 5)
    assert way(source_of("a.cdx", None, None)) == (file, 5)
    assert way(source_of("a.cdx", None, None), WHOLE) == (raw, None)
    assert way(source_of("http://arc.vn/coll/cdx?url=x", None, None))[0] == f"http://arc.vn/coll/{STAMP}id_/{URL}"
    assert way(source_of("a.cdx", "http://arc.vn/all", None))[0] == f"http://arc.vn/all/{STAMP}id_/{URL}"
    assert way(source_of("a.cdx", None, "http://arc.vn/w"))[0] == "http://arc.vn/w/crawl-data/a%20b.warc.gz"
    assert source_of("https://index.commoncrawl.org/x-index", None, None).way_to(Memento(URL, STAMP)) is None


def test_a_folder_of_files_is_never_left(tmp_path: Path) -> None:
    (tmp_path / "warcs/crawl-data").mkdir(parents=True)
    (tmp_path / "warcs/crawl-data/a b.warc.gz").touch()
    (tmp_path / "secret.warc.gz").touch()
    source = source_of("a.cdx", None, str(tmp_path / "warcs"))
    assert way(source)[0] == f"warc://localhost{tmp_path}/warcs/crawl-data/a%20b.warc.gz"
    for name in ("../secret.warc.gz", "/etc/passwd", f"{tmp_path}/secret.warc.gz"):
        assert way(source, Memento(URL, STAMP, place=Place(name, 0, 1)))[0].startswith(
            f"warc://localhost{tmp_path}/warcs/"
        )


def test_only_raw_pages_are_read_behind_a_redirect() -> None:
    source = Source("https://arc.vn/web/")
    assert source.read(f"http://arc.vn/web/{STAMP}id_/{URL}") == (STAMP, URL)
    for other in (f"https://arc.vn/web/{STAMP}/{URL}", f"https://arc.vn/{STAMP}id_/{URL}", "https://arc.vn/web/"):
        assert source.read(other) is None


def test_the_origin_of_a_record_is_file_and_bytes() -> None:
    found = Source(None, Path("/srv")).way_to(RECORD)
    assert found is not None
    assert found.origin == "crawl-data/a b.warc.gz#bytes=10-14"


# --- which of them are chosen

SITE = site_named("baocantho")


def chosen(*mementos: Memento, **more: Any) -> Choice:
    choice = Choice(SITE, Source("http://arc.vn/"), **more)
    for memento in mementos:
        choice.take(memento)
    return choice


def shot(number: int, stamp: str = STAMP, digest: str | None = None, **more: Any) -> Memento:
    return Memento(f"https://baocantho.com.vn/x-a{number}.html", stamp, digest=digest, **more)


def test_what_is_passed_over_and_why() -> None:
    choice = chosen(
        shot(1), shot(2, status="404"), shot(3, status="-"), shot(4, mime="image/png"), shot(5, mime="warc/revisit"),
        Memento("https://baocantho.com.vn/thoi-su/", STAMP), Memento("https://example.vn/x-a1.html", STAMP),
        shot(6, mime="text/html; charset=utf-8"), shot(7, mime="application/xhtml+xml"),
    )  # fmt: skip
    assert sorted(choice.pages) == ["1", "6", "7"]
    assert choice.passed == {"status": 2, "not_html": 1, "revisit": 1, "no_article_address": 1, "other_host": 1}


def test_the_newest_comes_first_and_the_same_bytes_once() -> None:
    stamps = [f"20{year}0101000000" for year in (12, 19, 15)]
    choice = chosen(*(shot(1, stamp, f"D{stamp}") for stamp in stamps), shot(1, "20200101000000", f"D{stamps[0]}"))
    assert [each.stamp[:4] for each in choice.pages["1"]] == ["2020", "2019", "2015"]
    assert choice.passed == {"same_bytes": 1}
    choice = chosen(*(shot(1, f"20{year}0101000000", str(year)) for year in range(10, 20)))
    assert [each.stamp[:4] for each in choice.pages["1"]] == ["2019", "2018", "2017", "2016", "2015"]
    assert choice.passed == {"older": 5}


def test_days_are_vietnams() -> None:
    late = shot(1, "20190228170000")  # midnight in Vietnam: 1 March
    assert chosen(late, since=date(2019, 3, 1)).pages
    assert chosen(late, until=date(2019, 2, 28)).passed == {"other_day": 1}


# --- arguments


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "name an index"),
        ({"cdx": "nowhere.cdx"}, "cdx=nowhere.cdx: no such file"),
        ({"cdx": "ftp://x/y"}, "cdx=ftp://x/y: no such file, and no address"),
        ({"cdx": "http://[/"}, "is no address of a CDX server"),
        ({"cdx": "http://arc.vn/search"}, "say where its captures are had from"),
        ({"cdx": "http://arc.vn/cdx", "archive": "arc.vn"}, "archive=arc.vn: must be an address"),
        ({"cdx": "http://arc.vn/cdx", "warcs": "/nowhere"}, "warcs=/nowhere: no such folder"),
        ({"cdx": "http://arc.vn/cdx", "warcs": ".", "archive": "http://a/"}, "are had from one of them"),
        ({"cdx": "http://arc.vn/cdx", "since": "yesterday"}, "since=yesterday: must be a day"),
        ({"cdx": "http://arc.vn/cdx", "since": "2019-02-01", "until": "2019-01-01"}, "lies before since"),
        ({"cdx": "http://arc.vn/cdx", "categories": "x"}, "unknown argument 'categories'"),
    ],
)
def test_arguments_that_are_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        BackfillArguments.read(given)
    assert message in str(caught.value)


def test_files_are_looked_at_before_anything_is_opened(tmp_path: Path) -> None:
    good, prose, torn = tmp_path / "good", tmp_path / "prose", tmp_path / "torn"
    good.write_bytes(gzip.compress(f"broken\n{N11}\n".encode()))
    prose.write_text("This is no index.\n" * 3)
    torn.write_bytes(gzip.compress(N11.encode() * 99)[:40])
    assert BackfillArguments.read({"cdx": str(good)}).index == good
    with pytest.raises(ArgumentError, match="no index of a web archive"):
        BackfillArguments.read({"cdx": str(prose)})
    with pytest.raises(ArgumentError, match="can't be read"):
        BackfillArguments.read({"cdx": str(torn)})
