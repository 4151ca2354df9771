"""No regular expression of newscrawl, or of a site file, can take far longer than its text is long."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from newscrawl.sitefile import load_site
from newscrawl.words.backtracking import danger_of
from newscrawl.words.errors import SiteError
from tests.regexes import Expression, attacks, expressions

ROOT = Path(__file__).parents[1]
ALL = expressions()
ALLOWED = {
    "newscrawl.inventory.holdings._LINE": "reads lines that newscrawl wrote: each key stands in them once",
    "newscrawl.selectors._CALL": "reads selectors of site files, once when a file is loaded: nothing of a page",
}
BAD = {
    r"(a+)+$": 0,
    r"(a|aa)+$": 0,
    r"(\w+\s?)*:": 0,
    r"^(\d+)*x": 0,
    r"^(a*)*b": 0,
    r"(?:a|ab|b)*c": 0,
    r"(?i)^(?:[a-z]+\.?)+@": 0,
    r"\s+$": 2,
    r"a+b": 2,
    r"\s*\./": 2,
    r"^\s*a?\s*$": 2,
    r"x[^<>]*y": 2,
    r"^.*,.*,x": 2,
    r"^.*,.*,.*,x": 3,
    r"tin/.*-.*x": 3,
}
GOOD = (
    r"^\d+x", r"\d+", r"[^\W\d_]+", r"-a(?P<id>\d+)\.html", r"\s+x?", r"(?<!a)b", r"^[^/]+/[^/]+$", r"\bfoo\b",
    r"^(?:ab|ac)*d", r"(?i)^/portal/(?P<y>\d{4})-(?P<m>\d{1,2})/[^/?#]+\.aspx", r"[a-z]{2,3}(?:-[a-z]{2,8}){0,3}$",
)  # fmt: skip


# --- the check itself


@pytest.mark.parametrize("text", BAD)
def test_what_is_known_to_be_slow_is_found(text: str) -> None:
    found = danger_of(re.compile(text))
    assert found is not None
    assert found.power == BAD[text]


@pytest.mark.parametrize("text", BAD)
def test_the_text_that_it_names_is_slow(text: str) -> None:
    """Eight times as long, a text takes over twenty times as long; where each repeat doubles the time, some are
    enough."""
    pattern = re.compile(text)
    found = danger_of(pattern)
    assert found is not None
    short, long = (3, 14) if not found.power else (60, 480) if found.power > 2 else (400, 3200)

    def took(count: int) -> float:
        attack = found.prefix + found.pump * count + "\x00"
        return min(_timed(pattern, attack) for _ in range(3))

    assert took(long) > 20 * took(short)


def _timed(pattern: re.Pattern[str], text: str) -> float:
    began = process_time()
    pattern.search(text)
    return process_time() - began


@pytest.mark.parametrize("text", GOOD)
def test_what_is_quick_is_left_alone(text: str) -> None:
    assert danger_of(re.compile(text)) is None


def test_how_an_expression_is_asked_makes_a_difference() -> None:
    pattern = re.compile(r"\s*([0-9]{1,5})(?:px)?\s*")
    assert danger_of(pattern) is not None
    assert danger_of(pattern, search=False) is None
    assert danger_of(pattern, search=False, whole=True) is None
    assert danger_of(re.compile(r"\s*a?\s*"), search=False) is None
    assert danger_of(re.compile(r"\s*a?\s*"), search=False, whole=True) is not None


# --- those of the package


def test_all_expressions_are_found() -> None:
    names = {expression.name for expression in ALL}
    assert len(ALL) > 100
    assert {"newscrawl.words.date_shapes.FULL", "newscrawl.words.bylines._LABELLED"} <= names
    assert any(name.startswith("words/text.py:") for name in names)  # one that only a function has
    assert set(ALLOWED) <= names


@pytest.mark.parametrize("expression", ALL, ids=lambda expression: expression.name)
def test_no_expression_backtracks(expression: Expression) -> None:
    if expression.name in ALLOWED:
        pytest.skip(ALLOWED[expression.name])
    for search, whole in sorted(expression.ways):
        found = danger_of(expression.pattern, search=search, whole=whole)
        assert found is None, f"{expression.pattern.pattern[:100]!r} {found}"


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_would_be_found(name: str) -> None:
    (expression,) = (each for each in ALL if each.name == name)
    assert any(danger_of(expression.pattern, search=search, whole=whole) for search, whole in expression.ways)


def test_no_expression_is_slow_when_attacked() -> None:
    """The same by the clock: texts of 20,000 letters made from each expression's own repeats. What takes the square of
    the length takes a second and more, all others together less. In a process of its own, for the worst never end."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.test_regexes"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
    assert int(done.stdout.split()[-1]) > 150


def attack_all() -> None:
    count = 0
    for expression in ALL:
        if expression.name in ALLOWED:
            continue
        print(expression.name, flush=True)  # the last that is printed is the one that never ended
        for text in attacks(expression.pattern, 20_000):
            for search, whole in expression.ways:
                ask = expression.pattern.search if search else expression.pattern.match
                ask = expression.pattern.fullmatch if whole else ask
                began = process_time()
                ask(text)
                took = process_time() - began
                count += 1
                if took > 0.5:
                    sys.exit(f"{expression.name}: {took:.1f} s for {text[:60]!r}")
    print(count)


# --- those of site files

SITE = """
publisher = "Cổng thông tin điện tử tỉnh Ví Dụ"
kind = "portal"
province = "Ví Dụ"
hosts = ["vidu.example"]
home = "https://vidu.example/"
categories = {{ tin = "/tin" }}
article_url = ['{}']
"""


@pytest.mark.parametrize("text", [r"(?:[a-z]+-?)+\.html$", r"tin/.*-.*\.htm"])
def test_a_site_file_with_a_slow_expression_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "vidu.toml"
    file.write_text(SITE.format(text), "utf-8")
    with pytest.raises(SiteError, match="takes too long") as caught:
        load_site(file)
    assert caught.value.key == "article_url"


def test_a_site_file_may_search_an_address_for_digits(tmp_path: Path) -> None:
    """The square of an address's length is soon over: none is longer than what a server has to take."""
    file = tmp_path / "vidu.toml"
    file.write_text(SITE.format(r"\d+\.html$"), "utf-8")
    assert load_site(file).urls.article


if __name__ == "__main__":
    attack_all()
