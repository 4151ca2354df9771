"""`scrapy show --html`: what is coloured is what was read, and nothing of the page runs, loads or leads away."""

from __future__ import annotations

import errno
import json
import os
import re
from argparse import Namespace
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newscrawl.commands.show import Command
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.extraction import extract, site_named
from newscrawl.picture import copying
from newscrawl.picture import page as page_module
from newscrawl.picture.inorder import in_order, in_parts
from newscrawl.picture.legend import FIELDS
from newscrawl.picture.marks import Mark, Marks
from newscrawl.picture.page import render
from newscrawl.picture.printed import Printed, Span, squeeze
from newscrawl.site import Site
from newscrawl.sitefile import find_site
from tests.browser import CHROMIUM, Browser
from tests.test_pages import OWN, cases, expected
from tests.test_report import contrast

STYLE = (Path(page_module.__file__).parent / "style.css").read_text("utf-8")
URL = "https://bao.example.vn/thoi-su/ho-nuoc-day-a1.html"
LONG = "Mưa lớn trong đêm làm hồ chứa trên núi đầy nước, người dân dưới chân đập thức đến sáng để canh mực nước dâng. "
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on PATH")


def article(inside: str, head: str = "", *, above: str = "", behind: str = "") -> bytes:
    """A page that no site file knows."""
    return (
        f"<html><head><title>Hồ nước đầy sau một đêm mưa</title>{head}</head><body>{above}"
        f"<h1>Hồ nước đầy sau một đêm mưa</h1><div>{inside}</div>{behind}</body></html>"
    ).encode()


def picture(body: bytes, *, site: Site | None = None, url: str = URL, fetched_at: datetime | None = None) -> Any:
    """The picture of a page, as a tree."""
    name = site.name if site else None
    record = extract(body, url, site=name, fetched_at=fetched_at)
    return html.document_fromstring(render(record, body, site=site, fetched_at=fetched_at))


def coloured(tree: Any, field: str) -> list[str]:
    """The words in a field's colour, without labels: one text for each value, what belongs to it included."""
    found: list[str] = []
    for mark in tree.xpath(f"//div[@class='copy']//mark[@class='f-{field}']"):
        label = mark.find("span[@class='label']")
        words = (label.tail or "") if label is not None else mark.text_content()
        if mark.get("id"):
            found.append(words)
        else:
            found[-1] += f" {words}"
    return found


def entry(tree: Any, field: str) -> str:
    """What the legend says of a field."""
    (found,) = tree.xpath(f"//ul[@class='fields']/li[@class='f-{field}']")
    return " ".join(found.text_content().split())


# --- what is coloured is what was read


def articles() -> list[Any]:
    own = [case for case in cases(OWN) if "title" in expected(case)]
    return [pytest.param(case, id=f"{case.parent.name}/{case.name}") for case in own]


@pytest.mark.parametrize("case", articles())
def test_every_value_of_the_test_pages_has_its_place(case: Path) -> None:
    want, body = expected(case), (case / "page.html").read_bytes()
    fetched_at = datetime.fromisoformat(want["fetched_at"]) if "fetched_at" in want else None
    site = site_named(want["site"]) if want["site"] else find_site(want["url"], [])
    record = extract(body, want["url"], site=want["site"], fetched_at=fetched_at)
    tree = html.document_fromstring(render(record, body, site=site, fetched_at=fetched_at))
    assert [squeeze(text).rstrip(".") for text in coloured(tree, "body")] == [
        squeeze(text).rstrip(".") for text in record["body"].split("\n\n")
    ]
    for field in ("title", "lead", "dateline"):
        assert [squeeze(text) for text in coloured(tree, field)] == [squeeze(each) for each in [record[field]] if each]
    assert len(tree.xpath("//*[contains(@class, 'box taken')]")) == len(record["images"])
    for field in ("captions", "attachments", "related", "byline"):
        lines = record["byline_raw"].split("\n") if field == "byline" and record["byline_raw"] else record[field]
        lines = [line for line in lines if line != record["source"]]  # the source has a colour of its own
        assert len([text for text in coloured(tree, field) if text]) >= len(lines), field
    for field, layer in record["extracted_by"].items():
        assert layer in entry(tree, field)
        if layer in ("site", "family", "readable"):
            assert "not found" not in entry(tree, field).lower()


def test_paragraphs_between_line_breaks() -> None:
    tree = picture(article(f"<p>{LONG}<br>{LONG[:60]}.<br><b>Hồ</b>&nbsp;đã {LONG}</p>"))
    assert len(coloured(tree, "body")) == 3
    assert coloured(tree, "body")[2].split()[:2] == ["Hồ", "đã"]


def test_a_dateline_and_what_belongs_to_a_caption() -> None:
    inside = (
        f"<p>(CTO) - {LONG}</p><figure><img src='/a.jpg' alt='Hồ'><figcaption>Hồ lúc rạng sáng. Ảnh: Vĩnh Miên"
        f"</figcaption></figure><p>{LONG}{LONG}</p><p style='text-align:right'><b>Bích Trà (Theo TTXVN)</b></p>"
    )
    tree = picture(article(inside))
    assert coloured(tree, "dateline") == ["CTO"]
    assert coloured(tree, "captions") == ["Hồ lúc rạng sáng. Vĩnh Miên"]
    assert tree.xpath("//*[@id='images-1']//*[@class='address']/text()") == ["https://bao.example.vn/a.jpg"]
    record = extract(article(inside), URL)
    assert record["source"]
    assert coloured(tree, "source") == [record["source"]], "it stands within the byline"
    assert "Bích Trà" in coloured(tree, "byline")[0]


def test_words_that_stand_twice_are_taken_where_they_belong() -> None:
    menu = "<ul><li><a href='/x'>Mực nước</a></li><li><a href='/y'>Hồ nước đầy sau một đêm mưa</a></li></ul>"
    body = article(f"<h3>Mực nước</h3><p>{LONG}</p><p>Sau đó, {LONG}</p>", above=menu, behind=menu)
    record = extract(body, URL)
    record["body"] = f"Mực nước\n\n{LONG}\n\nSau đó, {LONG}"
    tree = html.document_fromstring(render(record, body))
    assert coloured(tree, "body")[0] == "Mực nước"
    (title,) = tree.xpath("//mark[@class='f-title']/..")
    assert title.get("role") == "heading"
    assert not tree.xpath("//*[@role='listitem']//mark")


def test_related_links_with_date_and_heading() -> None:
    block = "<div><h3>Tin đã đưa</h3><ul><li><a href='/cu-a2.html'>Hồ cạn vào mùa khô</a> (19/02/2019)</li></ul></div>"
    tree = picture(article(f"<p>{LONG}</p><p>{LONG}{LONG}</p>", behind=block))
    assert coloured(tree, "related") == ["Tin đã đưa", "Hồ cạn vào mùa khô (19/02/2019)"]
    assert tree.xpath("//ul[@class='fields']/li[@class='f-related']//a/@href") == ["#related-1"]


def test_an_attachment_within_a_sentence_of_the_body() -> None:
    tree = picture(article(f"<p>{LONG} Xem <a href='/kh.pdf'>kế hoạch ứng phó</a> đã ban hành.</p><p>{LONG}</p>"))
    assert coloured(tree, "attachments") == ["kế hoạch ứng phó"]
    assert coloured(tree, "body")[0].endswith("đã ban hành.")


def test_what_no_element_shows_stands_in_the_legend() -> None:
    head = (
        "<meta property='article:published_time' content='2019-02-20T08:00:00+07:00'>"
        "<meta property='article:tag' content='Mưa'>"
    )
    tree = picture(article(f"<p>{LONG}</p><p>Mưa. {LONG}</p>", head, behind="<p>Mưa</p>"))
    assert coloured(tree, "published") == coloured(tree, "tags") == []
    assert "meta Not taken from what is printed. 2019-02-20T08:00:00+07:00" in entry(tree, "published")
    assert "Mưa" in entry(tree, "tags")
    assert "dateline, updated" in tree.xpath("//section")[0].text_content()


def test_a_time_element_that_prints_something_else() -> None:
    body = article(f"<p>{LONG}</p><p>{LONG}</p>", above="<time datetime='2019-02-20T08:00:00+07:00'>hôm qua</time>")
    record = extract(body, URL)
    record["published"] = record["published_raw"] = "2019-02-20T08:00:00+07:00"
    record["extracted_by"]["published"] = "readable"
    assert coloured(html.document_fromstring(render(record, body)), "published") == ["hôm qua"]


def test_what_cannot_be_found_is_said() -> None:
    body = article(f"<p>{LONG}</p><p>Sau đó, {LONG}</p><div style='display: none'>Văn Hậu</div>")
    record = extract(body, URL)
    record["body"] += "\n\nMột đoạn không có trên trang."
    record["byline_raw"], record["byline"] = "Văn Hậu", ["Văn Hậu"]
    tree = html.document_fromstring(render(record, body))
    assert "1 of 3 not found on the page as printed" in entry(tree, "body")
    assert entry(tree, "body").endswith("? Một đoạn không có trên trang.")
    assert entry(tree, "byline").endswith("Not found on the page as it is printed. Văn Hậu")
    assert coloured(tree, "byline") == []


def test_a_paragraph_that_stands_there_in_parts() -> None:
    body = article(f"<p>{LONG}<span>{{{{quang_cao}}}}</span> Đến trưa, nước rút dần và trẻ em lại đến trường.</p>")
    record = extract(body, URL)
    record["body"] = f"{LONG.strip()} Đến trưa, nước rút dần và trẻ em lại đến trường."
    (found,) = coloured(html.document_fromstring(render(record, body)), "body")
    assert squeeze(found) == squeeze(record["body"])


def test_what_was_left_is_folded_only_if_it_is_links() -> None:
    menu = "".join(f"<li><a href='/{n}'>Chuyên mục số {n}</a></li>" for n in range(40))
    tree = picture(
        article(f"<p>{LONG}</p><p>{LONG}</p>", above=f"<ul>{menu}</ul>", behind=f"<footer>{LONG * 4}</footer>")
    )
    (fold,) = tree.xpath("//details[@class='fold']")
    assert "Chuyên mục số 39" in fold.text_content()
    assert fold.find("summary").text_content().startswith("Left, ")


# --- pages that are no article, or can't be shown


def test_a_page_that_is_no_article() -> None:
    body = "<html><body><h1>Thông báo</h1><p>Trang này không tồn tại.</p></body></html>".encode()
    tree = picture(body)
    assert tree.xpath("//h2/code/text()") == ["soft_404"]
    assert "the page says that the article does not exist" in tree.xpath("//*[@class='alarm']")[0].text_content()
    assert "Trang này không tồn tại." in tree.xpath("//div[@class='copy']")[0].text_content()
    assert not tree.xpath("//mark|//section")


def test_bytes_that_are_no_page() -> None:
    tree = picture(b"%PDF-1.4 ...")
    assert tree.xpath("//h2/code/text()") == ["not_html"]
    assert "The page can't be shown: the bytes are a PDF, no page." in tree.text_content()


def test_pages_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    body = article(f"<p>{LONG}</p>" * 40)
    monkeypatch.setattr(copying, "_MOST", 50)
    tree = picture(body)
    assert "The page goes on." in tree.text_content()
    assert tree.xpath("/html/body/footer")
    assert tree.xpath("//mark[@class='f-body']")
    monkeypatch.setattr(page_module, "_LARGEST", 1000)
    assert "bytes; over 1,000 are not shown" in picture(body).text_content()


def test_warnings() -> None:
    tree = picture(article(f"<p>{LONG}</p><p>{LONG}\xff").replace("\xff".encode(), b"\xff\xfe\x81"))
    assert tree.xpath("//section/p[@class='alarm'][contains(., 'undecodable bytes')]")


# --- where words are


def test_whole_words_only() -> None:
    printed = Printed()
    for text in ("Ban An Giang", " AN", "toàn ", "giao thông|thủy lợi"):
        printed.part()
        printed.add(text)
    assert [printed.text[span.start : span.end] for span in printed.places("An")] == ["An"]
    assert [span.start for span in printed.places("an toàn")] == [10], "in other letters' case, where there is none"
    assert next(printed.places("giao thông | thủy lợi."), None), "as newscrawl writes a row"
    assert list(printed.places("")) == list(printed.places("hông")) == []


def test_texts_in_order() -> None:
    printed = Printed()
    printed.add("Mực nước dâng. Một đoạn dài hơn hẳn. Mực nước. Đoạn cuối. Mực nước.")

    page = Span(0, len(printed))
    found = in_order(["Một đoạn dài hơn hẳn.", "Không có", "Mực nước.", "Đoạn cuối."], page, printed.places)
    assert [span and printed.text[span.start : span.end] for span in found] == [
        "Mộtđoạndàihơnhẳn.", None, "Mựcnước.", "Đoạncuối.",
    ]  # fmt: skip
    assert in_parts("Một đoạn dài hơn hẳn, và rất nhiều chữ khác không có ở đó.", page, printed.places) == []


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=25))
def test_marks_never_overlap(stretches: list[tuple[int, int]]) -> None:
    marks, wanted = Marks(), [0] * 50
    for number, (start, size) in enumerate(stretches, 1):
        if size:
            marks.add(Span(start, start + size), Mark("body", number))
            wanted[start : start + size] = [number] * size
    got = [0] * 50
    for span, mark in marks.within(Span(0, 50)):
        assert got[span.start : span.end] == [0] * (span.end - span.start)
        got[span.start : span.end] = [mark.number] * (span.end - span.start)
    assert got == wanted
    assert marks.letters == sum(map(bool, wanted))
    assert all(marks.is_free(Span(at, at + 1)) == (not wanted[at]) for at in range(50))


# --- nothing of the page but its words

HOSTILE = article(
    f"""<p onclick="hit()">{LONG}<svg onload="hit()"><script>hit()</script></svg></p>
    <img src="https://evil.invalid/p.png" onerror="hit()" alt='"><script>hit()</script>'>
    <p>&lt;/script&gt;&lt;script&gt;hit()&lt;/script&gt; &lt;img src=x onerror=hit()&gt; \u202e{{{{ 7 * 7 }}}}{LONG}</p>
    <p>Ảnh: <a href="javascript:hit()">bấm</a> <a href="jAvA&#10;script:hit()">vào</a> <a href="https://evil.invalid/"
    target="_top" ping="https://evil.invalid/ping">đây</a> <a href="data:text/html,<script>hit()</script>">nữa</a></p>
    <iframe srcdoc="<script>parent.hit()</script>" src="https://evil.invalid/frame"></iframe>
    <object data="https://evil.invalid/o"><embed src="https://evil.invalid/e"></object>
    <video src="https://evil.invalid/v" autoplay poster="https://evil.invalid/poster"></video>
    <script>var inside = hit()</script>
    <form action="https://evil.invalid/form"><input name="a" autofocus onfocus="hit()"><button>Gửi</button></form>
    <style>@import url(https://evil.invalid/i.css); .legend {{ display: none !important }}</style>
    <div class="legend" id="page" style="background: url(https://evil.invalid/bg); position: fixed; inset: 0">x</div>
    <math><mtext></form><form><mglyph><style></math><img src onerror=hit()></style></mtext></math>
    <details open ontoggle="hit()"><summary>Thêm</summary></details><marquee onstart="hit()">chữ chạy</marquee>
    <p>{"W" * 400}</p><table>{("<tr>" + "<td>số liệu dài</td>" * 30 + "</tr>") * 3}</table>""",
    """<meta http-equiv="refresh" content="0;url=https://evil.invalid/"><base href="https://evil.invalid/">
    <link rel="stylesheet" href="https://evil.invalid/s.css"><link rel="preload" href="https://evil.invalid/f">
    <script>function hit() { document.title = "hit" } hit()</script>
    <meta property="og:title" content="&quot;&gt;&lt;script&gt;hit()&lt;/script&gt; Hồ nước đầy sau một đêm mưa">
    <script type="application/ld+json">{"@type": "NewsArticle", "headline": "</title><script>hit()<\\/script> Hồ nước",
    "datePublished": "2019-02-20T08:00:00+07:00"}</script>""",
)
KNOWN_TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "b", "code", "div", "section",
    "ul", "li", "span", "i", "details", "summary", "ol", "dl", "dt", "dd", "main", "mark", "br", "footer", "table",
    "thead", "tbody", "tfoot", "tr", "td", "th", "caption",
}  # fmt: skip
KNOWN_ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "tabindex", "aria-labelledby",
    "aria-label", "aria-level", "role", "title", "colspan", "rowspan", "open",
}  # fmt: skip


def hold(tree: Any) -> None:
    """What holds for every picture, whatever the page."""
    assert {each.tag for each in tree.iter() if isinstance(each.tag, str)} <= KNOWN_TAGS
    assert {name for each in tree.iter() for name in each.attrib} <= KNOWN_ATTRIBUTES
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in tree.xpath("//@href")} <= set(ids)
    assert {href[:1] for href in tree.xpath("//@href")} <= {"#"}
    assert len(tree.xpath("/html/body/footer")) == len(tree.xpath("/html/body/div/main")) == 1


def test_nothing_of_a_page_but_its_words() -> None:
    tree = picture(HOSTILE)
    hold(tree)
    assert "evil.invalid/p.png" in tree.text_content(), "an address is shown"
    assert "var inside" not in tree.text_content()
    assert len(tree.xpath("//div[@class='scroll']/table//td")) == 90
    assert "</script><script>hit()</script>" in tree.text_content()
    assert "\u202e" not in tree.text_content()
    assert not [each for each in tree.xpath("//@title") if "script" in each]
    (style,) = tree.xpath("//style/text()")
    assert style == STYLE
    assert re.search(r"url\(|@import", style) is None
    (policy,) = tree.xpath("//meta[@http-equiv]/@content")
    own = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"


PARTS = st.sampled_from([
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=/x>", "</a>", "<table>", "<tr>", "<td>", "</table>",
    "<ul>", "<li>", "</ul>", "<h2>", "<font>", "<o:p>", "<br>", "<img src=/i.jpg>", "<form>", "</form>",
    "<select><option>", "<svg>", "<title>", "</body>", "</html>", "<frameset>", "<svg><p>", "<button>", "<math><mi>",
    "<!--", "<plaintext>", "]]>", "<caption>", "<source src=x>", "Chữ nghĩa. ", LONG, "&lt;p&gt;", "\u200f",
    "<td colspan=-1 rowspan=9999999>",
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=25))
def test_pages_nested_in_any_way(parts: list[str]) -> None:
    hold(picture(article("".join(parts))))
    hold(picture(("<p>" + "".join(parts)).encode()))


def test_deep_pages() -> None:
    for tag in ("div", "b", "table><tr><td"):
        hold(picture(article(f"<{tag}>" * 3000 + LONG * 3)))


# --- for everybody


def test_headings_and_names() -> None:
    for tree in (picture(HOSTILE), picture(article(f"<p>{LONG}</p><p>{LONG}</p>"))):
        levels = [int(each.tag[1]) for each in tree.iter("h1", "h2", "h3")]
        assert levels[0] == levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert tree.get("lang") == "en"
        assert tree.xpath("//div[@class='copy']/@lang") == ["vi"]
        assert all(each.get("tabindex") == "0" for each in tree.xpath("//*[@class='scroll' or @class='legend']"))


def colours() -> list[Any]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return [
        pytest.param(dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)), id=name)
        for name, block in (("light", light), ("dark", dark))
    ]


@pytest.mark.parametrize("colour", colours())
def test_contrast(colour: dict[str, str]) -> None:
    pairs = [(ink, "card") for ink in ("text", "quiet", "link", "bad")]
    pairs += [("text", "ground"), ("quiet", "ground"), ("link", "ground"), ("text", "alarm"), ("bad", "alarm")]
    for field in FIELDS:
        pairs += [("text", f"{field}-wash"), ("onink", field)]
        assert contrast(colour[field], colour["card"]) >= 3
    for ink, ground in pairs:
        assert contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
    assert len({colour[f"{field}-wash"] for field in FIELDS}) == len(FIELDS)


@needs_chromium
def test_in_a_browser(tmp_path: Path) -> None:
    case = OWN / "ninhthuan" / "09-data-table"
    bodies = {
        "hostile": (HOSTILE, URL, None),
        "table": ((case / "page.html").read_bytes(), expected(case)["url"], site_named("ninhthuan")),
    }
    files = [tmp_path / f"{name}.html" for name in bodies]
    for file, (body, url, site) in zip(files, bodies.values(), strict=True):
        file.write_text(render(extract(body, url), body, site=site), "utf-8")
    with Browser() as browser:
        for file in files:
            for width, dark in ((360, False), (1280, True)):
                browser.open(file, width=width, dark=dark)
                browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
                assert browser.evaluate("document.documentElement.scrollWidth") <= width
                ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
                assert ground == ("rgb(20, 24, 27)" if dark else "rgb(244, 242, 236)")
                shown = "getComputedStyle(document.querySelector('section.legend')).display"
                assert browser.evaluate(shown) == "block"
                box = "document.querySelector('section.legend').getBoundingClientRect()"
                assert browser.evaluate(f"{box}.width") > 300
                assert browser.evaluate("document.querySelector('mark.f-body').closest('.copy') !== null")
                assert browser.evaluate("document.body.lastElementChild.tagName") == "FOOTER"
                assert browser.evaluate("document.title").startswith("What newscrawl reads: ")
                for kind in ("keyDown", "keyUp"):
                    browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
                assert browser.evaluate("document.activeElement.className") == "skip"
                browser.evaluate("document.querySelectorAll('.copy *').forEach(each => each.click())")
                assert browser.evaluate("location.protocol") == "file:"
        assert browser.complaints == []
        assert set(browser.requests) == {file.as_uri() for file in files}


# --- the command


def show(page: Path | str, target: Path | str, *, url: str | None = URL) -> int:
    command = Command()
    command.settings = Settings()
    command.settings.setmodule("newscrawl.settings")
    command.settings.setdict({"SITES": ""})
    command.run([str(page)], Namespace(url=url, site=None, fetched_at=None, html=str(target)))
    return command.exitcode


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_bytes(article(f"<p>{LONG}</p><p>{LONG}</p>"))
    return file


def test_one_file_beside_the_json(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(saved, saved.with_name("out.html")) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Hồ nước đầy sau một đêm mưa"
    hold(html.document_fromstring(saved.with_name("out.html").read_text("utf-8")))
    saved.write_bytes(b"<html><body>404</body></html>")
    assert show(saved, saved.with_name("out.html")) == 1
    assert "No article" in saved.with_name("out.html").read_text("utf-8")
    assert sorted(os.listdir(saved.parent)) == ["out.html", "page.html"]


def test_what_may_not_be_written_over(saved: Path) -> None:
    os.mkfifo(saved.with_name("pipe"))
    for target, said in (
        (saved.parent / "no" / "out.html", f"there is no folder {saved.parent / 'no'}"),
        (saved.parent, "is no file"),
        (saved.with_name("pipe"), "is no file"),
        ("/dev/null", "is no file"),
        ("", "is no file"),
        (saved, "is the page itself"),
        (saved.parent / ("x" * 300), "can't be written (File name too long)"),
    ):
        with pytest.raises(UsageError, match=re.escape(said)):
            show(saved, target)
    assert saved.read_bytes() == article(f"<p>{LONG}</p><p>{LONG}</p>")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_no_more(
    saved: Path, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = saved.with_name("out.html")
    target.write_text("the one before")

    def refused(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refused)
    if number == errno.ENOSPC:
        assert show(saved, target) == ExitCode.DISK_FULL
        assert capsys.readouterr().err == f"scrapy show: {target}: can't be written (No space left on device)\n"
    else:
        with pytest.raises(UsageError, match=rf"^--html {re.escape(str(target))}: can't be written \("):
            show(saved, target)
    assert target.read_text() == "the one before"
    assert sorted(os.listdir(saved.parent)) == ["out.html", "page.html"]
