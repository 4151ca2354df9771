"""Pages made to be slow: read in bounded time and memory, and what was cut is said.

All kinds are read small, some that once took the square of their length larger. `python -m benchmarks bombs` reads all
at full size.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import fastjsonschema
import pytest

from benchmarks.bombs import ways_of
from newscrawl.extraction import extract
from newscrawl.pipelines import article_schema
from newscrawl.reading import bounded
from newscrawl.reading.bounded import parse_bounded
from newscrawl.reading.pages import Page
from newscrawl.words.text import fold
from newscrawl.words.tree import parse_html
from newscrawl.words.urls import resolve
from tests.bombs import BOMBS, FRAMES, LINE, ordinary

ROOT = Path(__file__).parents[1]
SHORTEST = 0.005  # CPU seconds that can be compared
ONCE_SLOW = (
    "attributes", "attributes in quotes", "boxes and links", "combining marks, mixed", "element names",
    "figures, captions apart", "links to one", "pager, current", "paragraphs, headings", "related blocks",
    "table with pictures", "title, parted",
)  # fmt: skip


def small(name: str) -> float:
    """The share of a bomb that is read quickly, and is deep all the same."""
    return 10_000 / BOMBS[name].count if name.startswith("nested") and BOMBS[name].count >= 5000 else 0.005


@pytest.mark.parametrize("name", BOMBS)
def test_every_bomb_is_read_in_every_way(name: str) -> None:
    """No way of reading ends in an error: a stack that is too deep, a text that can't be written."""
    for way in ways_of(BOMBS[name], min(small(name), 1.0)).values():
        json.dumps(way(), ensure_ascii=False).encode()


@pytest.mark.parametrize("name", ONCE_SLOW)
def test_four_times_the_page_takes_no_square_of_the_time(name: str) -> None:
    """A ratio of one turn: four where the time grows with the page, sixteen where with its square."""
    for way in ("plain", "ninhthuan, listing"):
        once, four = (clocked(ways_of(BOMBS[name], share)[way]) for share in (0.1, 0.4))
        assert four < 10 * max(once, SHORTEST), way


def clocked(call: Callable[[], object]) -> float:
    """CPU seconds, the better of two."""
    times = []
    for _ in range(2):
        began = process_time()
        call()
        times.append(process_time() - began)
    return min(times)


@pytest.mark.parametrize("name", ["attributes on many"])
def test_memory_has_an_end(name: str) -> None:
    """250 MB, of which Python and the libraries take 60."""
    command = [sys.executable, "-m", "benchmarks.bombs", name, "0.5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["peak"] <= 250


# --- what is said


def read(name: str, share: float = 1.0) -> dict[str, object]:
    frame = FRAMES["plain"]
    return extract(BOMBS[name].page(frame, share), frame.url)


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("attributes", "1 elements with over 200 attributes: the others were not read"),
        ("attributes, bare", "1 elements with over 200 attributes: the others were not read"),
        ("attributes in quotes", "1 elements with over 200 attributes: the others were not read"),
        ("attributes on many", "5000 elements with over 20 attributes: the others were not read"),
        ("nested div", "elements nested over 200 deep: read as if they stood beside each other"),
        ("links", "over 20,000 tags: what stands behind them was not read"),
        ("paragraph", "the page has 5,5"),
    ],
)
def test_a_page_that_was_cut_says_so(name: str, warning: str) -> None:
    warnings = read(name)["warnings"]
    assert isinstance(warnings, list)
    assert any(said.startswith(warning) for said in warnings), warnings


def test_so_does_one_that_is_no_article() -> None:
    answer = extract(b"<p>" + b"<b>" * 60_000 + b"</b>" * 60_000, "https://www.example.org/a")
    assert answer["not_article"]
    assert any("tags" in said for said in answer["warnings"])


def test_a_page_over_ten_megabytes_is_not_read() -> None:
    answer = extract(b"<p>" + b"a " * 5_300_000, "https://www.example.org/a")
    assert answer["not_article"] == "too_large"


def test_a_cut_article_is_a_valid_one() -> None:
    valid = fastjsonschema.compile({**article_schema(), "$schema": "http://json-schema.org/draft-07/schema#"})
    for name in ("attributes", "nested div", "paragraphs, long"):
        valid(read(name))


def test_an_ordinary_page_is_not_cut() -> None:
    page = ordinary()
    root, _, warnings = parse_bounded(page)
    plain = parse_html(page)
    assert root is not None
    assert plain is not None
    assert warnings == []
    assert [each.tag for each in root.iter()] == [each.tag for each in plain.iter()]


# --- attributes


def attributes_of(page: bytes) -> tuple[int, list[str]]:
    root, _, warnings = parse_bounded(page)
    assert root is not None
    element = next(root.iter("p"))
    assert element.text == "văn"
    return len(element.attrib), warnings


@pytest.mark.parametrize("form", ["a{}=1", "a{}", "a{} = '1'", 'a{}="<b>x"', "a{}='>'", "a{}=x/", "\na{}\t=\n1"])
def test_the_first_attributes_stay(form: str) -> None:
    given = " ".join(form.format(f"{n:012}") for n in range(19_000))
    page = f"<div class=x>trước</div><p {given}>văn</p><div>sau</div>".encode()
    count, warnings = attributes_of(page)
    assert count == 200
    assert len([each for each in warnings if "attributes" in each]) == 1


def test_two_hundred_attributes_are_allowed() -> None:
    given = " ".join(f"a{n}='{'x' * 900}'" for n in range(200))
    assert attributes_of(f"<p {given}>văn</p>".encode()) == (200, [])


def test_text_that_looks_like_a_tag_is_left_alone() -> None:
    """Of scripts, comments and styles nothing is cut, however many words stand behind a `<` in them."""
    words = " x" * 100_000
    for kind in (
        "<script>if (a<b {}) c()</script>",
        "<!-- <p {}> -->",
        "<style><p {}></style>",
        "<title><p {}</title>",
    ):
        page = (kind.format(words) + "<p a=1>văn</p>").encode()
        _, warnings = bounded._without_floods(page, 200)
        assert warnings == 0, kind
        assert attributes_of(page) == (1, [])


# --- depth


@pytest.mark.parametrize("depth", [10, 249, 250, 255, 256, 300, 5000])
def test_no_text_is_lost_by_depth(depth: int) -> None:
    page = "<div><p>đầu </p>" + "".join(f"<div>t{n} " for n in range(depth)) + "</div>" * depth + "<p>cuối</p></div>"
    root, _, warnings = parse_bounded(page.encode())
    assert root is not None
    text = "".join(root.itertext()).split()
    assert text == ["đầu", *(f"t{n}" for n in range(depth)), "cuối"]
    assert bool(warnings) == (depth >= 253)
    assert max(sum(1 for _ in each.iterancestors()) for each in root.iter()) <= 255


def test_a_flat_tree_has_what_a_reader_asks_for() -> None:
    """Names that XML refuses, and characters that it has not, stand on pages; nothing fails for them."""
    inner = '<div class=c @click=1 x:y=2 "q"=1><o:p>Hà\x02 Nội</o:p><a"b>x</a"b>'
    root, _, warnings = parse_bounded(("<html><body>" + "<div>" * 400 + inner).encode())
    assert root is not None
    assert "nested" in warnings[0]
    (found,) = root.iter("o:p")
    assert found.text == "Hà Nội"
    assert [each.get("class") for each in root.iter("div") if each.get("class")] == ["c"]


def test_what_is_deep_in_a_body_stays_in_it() -> None:
    page = FRAMES["plain"].page("<div>" * 230 + f"<p>{LINE} Rất sâu.</p>" + "</div>" * 230).encode()
    assert "Rất sâu." in extract(page, FRAMES["plain"].url)["body"]


# --- letters and addresses


def test_marks_upon_marks() -> None:
    assert fold("a" + "\u0301" * 1000) == "á" + "\u0301" * 29
    assert fold("Tiê\u0301ng Viê\u0323t " * 100) == ("Tiếng Việt " * 100).strip()


def test_an_endless_address_is_none() -> None:
    base = "https://www.example.org/"
    assert resolve(base, "/" + "a" * 1990) is not None
    assert resolve(base, "/" + "a" * 2001) is None
    page = Page.parse(BOMBS["href, long"].page(FRAMES["plain"]), base)
    assert all(len(url) < 2000 for _, url in page.links([page.root]))


def test_the_limits_are_those_of_the_documents() -> None:
    text = (ROOT / "docs/extraction.md").read_text("utf-8")
    for limit in (bounded._MOST_TAGS, bounded._MOST_VALUES, bounded._MOST_ATTRIBUTES, bounded._DEEPEST):
        assert f"ver {limit:,} " in text, limit
    assert f"{len(BOMBS)} kinds" in text
