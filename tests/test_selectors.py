"""Selectors of site files: what they find, what is refused when a file is loaded, and fast searches."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from newscrawl.reading.pages import Page
from newscrawl.selectors import Selectors, compile_selectors
from newscrawl.sitefile import load_site, site_files
from newscrawl.words.tree import Element, parse_html, text_of

PAGES = sorted((Path(__file__).parent / "pages").glob("*/*/page.html"))
HTML = b"""<html><body>
<div id="khung"><h1 class="tua lon">Mot</h1><p class="sapo">Hai</p><a href="/ba" title="Ba">Bon</a></div>
<div class="AMN_res_vidu.example.vn_mid">Nam</div>
<div id="hai lan">Sau</div><p id="x">Bay</p><p id="x">Tam</p><p class="sapo-cu" data-a="b">Chin</p>
</body></html>"""


def root() -> Element:
    found = parse_html(HTML)
    assert found is not None
    return found


def texts(*selectors: str) -> list[str]:
    return [one if isinstance(one, str) else text_of(one) for one in compile_selectors(list(selectors)).all(root())]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("h1", ["Mot"]),
        ("h1.tua", ["Mot"]),
        ("#khung p.sapo", ["Hai"]),
        ("#khung > a::text", ["Bon"]),
        ("a::attr(href)", ["/ba"]),
        ("p.sapo, h1", ["Mot", "Hai"]),
        (r".AMN_res_vidu\.example\.vn_mid", ["Nam"]),
        ("[class^='AMN_res']", ["Nam"]),
        ("[id*='hai']", ["Sau"]),
        ("#x", ["Bay"]),
        ("[id=x]", ["Bay", "Tam"]),
        ("p[data-a=b]", ["Chin"]),
        ("p.sapo", ["Hai"]),
        ("//h1", ["Mot"]),
        ("//p[@id='x'] | //h1", ["Mot", "Bay", "Tam"]),
        ("(//p)[last()]", ["Chin"]),
        ("./body/div[1]/h1", ["Mot"]),
        ("//a/@href", ["/ba"]),
        ("//p[contains(@class, 'sapo')]/text()", ["Hai", "Chin"]),
        ("h2", []),
    ],
)
def test_finds(selector: str, expected: list[str]) -> None:
    assert texts(selector) == expected


def test_the_first_alternative_that_answers() -> None:
    assert texts("h2", ".sapo", "h1") == ["Hai"]
    assert texts("h2", "h3") == []


def test_all_answers_in_order() -> None:
    found = compile_selectors(["h2", ".sapo", "h1"])
    assert [[text_of(one) for one in answer] for answer in found.answers(root())] == [["Hai"], ["Mot"]]


def test_xpath_searches_below_the_element() -> None:
    frame = root().find(".//div")
    assert frame is not None
    assert [text_of(one) for one in compile_selectors(["//p"]).elements(frame)] == ["Hai"]


def test_elements_leave_texts_out() -> None:
    assert compile_selectors(["a::attr(href)"]).elements(root()) == []


def test_no_selectors_are_false() -> None:
    assert not Selectors()
    assert compile_selectors(["h1"])


@pytest.mark.parametrize(
    "selector",
    [
        "", "h1[", "h1 >", "div:no-such-pseudo", "p::no-such-element", "//h1[", "//h1[@class='a]", "./", "(//p",
        "h1..b", "//h1[no-such-function()]", "//x:h1", "//h1[$value]",
    ],
)  # fmt: skip
def test_what_does_not_compile(selector: str) -> None:
    """Also XPath that parses, and that no page could ever answer: unknown functions, prefixes, variables."""
    with pytest.raises(ValueError, match="compile") as error:
        compile_selectors([selector])
    assert repr(selector) in str(error.value)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=20), st.text(alphabet="ap.#[]()=:'\"*/@> ,|1$\\", max_size=15)))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    said = None
    try:
        compile_selectors([text])
    except ValueError as error:
        said = str(error)
    assert said is None or repr(text) in said


# --- searches are rewritten to be fast, and must find the same


def bundled() -> list[str]:
    sites = [load_site(file) for file in site_files().values()]
    rules = [rule for site in sites for layout in site.layouts for pairs in layout.fields.values() for _, rule in pairs]
    rules += [rule for site in sites for rule in (site.links, site.menu, site.paging.next)]
    rules += [layout.frame for site in sites for layout in site.layouts]
    texts = (selector.text for rule in rules for selector in rule.alternatives)
    return list(dict.fromkeys(text for text in texts if not text.startswith(("/", "(", "./"))))


TRICKY = [
    "p:not(.sapo)", "p:not([class])", "[class]", "h1.tua.lon", "h1.lon, .sapo", "p[class^=sapo]", "p[class$=cu]",
    "[class~=lon]", "#khung > .sapo", "#khung .sapo", ".sapo ~ a", "h1 + .sapo", "div[id] a[href]", "a[href*='/b']",
    "a[href*='b'][title]", "[id='hai lan']", "p[data-a='b'].sapo-cu", "p:nth-child(2)", "div > p.sapo:nth-of-type(1)",
    "[title='a and b']",
    "body > div > *", "#khung, #x", "[class|='sapo']", "a[href='/ba']::text", ".sapo::text", "a[title]::attr(title)",
]  # fmt: skip


def plainly(text: str, element: Element) -> list[object]:
    return list(etree.XPath(HTMLTranslator().css_to_xpath(text), smart_strings=False)(element))


@pytest.mark.parametrize("text", TRICKY)
def test_a_fast_search_finds_what_a_plain_one_finds(text: str) -> None:
    page = root()
    found = compile_selectors([text]).all(page)
    if "#x" in text:  # an id that stands twice is found once; `[id=x]` finds both
        assert [one.get("id") for one in found if not isinstance(one, str)] == ["khung", "x"]
    else:
        assert found == plainly(text, page)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: f"{file.parts[-3]}/{file.parts[-2]}")
def test_a_fast_search_on_pages(file: Path) -> None:
    page = Page.parse(file.read_bytes(), "https://vidu.example.vn/")
    for text in bundled():
        found, plain = compile_selectors([text]).all(page.root), plainly(text, page.root)
        if text.startswith("#") and len(found) < len(plain):
            plain = plain[: len(found)]  # an id that stands twice
        assert found == plain, text
