"""Pages in the encodings before Unicode, from bytes to the article: declared or not, as bytes, UTF-8 and entities."""

from __future__ import annotations

import json
from html.entities import codepoint2name
from pathlib import Path
from typing import Any

import pytest

from newscrawl.extraction import extract, site_named
from newscrawl.reading.discovery import article_links
from newscrawl.reading.pages import Page
from tests.oldletters import WRITTEN, to_bytes

URL = "https://vidu.example.vn/tin/de-song.html"
PAGES = sorted((Path(__file__).parent / "pages").glob("*/*/page.html"))
LABELS = {
    "TCVN3 (ABC)": "x-viet-tcvn5712", "VISCII": "viscii", "VPS": "x-viet-vps", "VNI": "x-viet-vni",
    "windows-1258": "windows-1258",
}  # fmt: skip
LIES = [
    "utf-8",
    "iso-8859-1",
    "windows-1252",
    "windows-1258",
    "x-user-defined",
    "us-ascii",
    "gb2312",
    "viscii",
    "khong-co",
]
TITLE = "Nước sông dâng nhanh, dân xóm Cái Nai đắp đê suốt đêm"
LEAD = "Mưa lớn từ đêm qua làm nước dâng cao, cả xóm thức trắng để giữ đoạn đê cũ trước nhà văn hóa ấp."
BODY = [
    "Sáng 12/3, nhiều hộ dân trong xóm phải kê đồ đạc lên cao và đưa người già, trẻ nhỏ đến nhà văn hóa ấp.",
    "Ông Lê Văn Bền cho biết địa phương đã huy động hơn 200 người đắp lại đoạn đê bị sạt lở, dự kiến hoàn thành trước "
    "17 giờ cùng ngày; chi phí khoảng 50.000.000đ.",
    "Bé",
    '"Bà con rất lo vì lúa sắp chín, nhưng đến trưa mực nước đã rút được gần nửa mét", chị Hường ở ấp Mỹ Phước nói.',
    "Trong hai ngày tới mưa giảm dần, nhiệt độ từ 24 đến 30°C.",
]
CAPTION, AUTHOR = "Người dân chuyển đất ra đoạn đê bị sạt lở.", "Trần Văn Đức"


def page(name: str | None, *, head: str = "", menu: str = "", unlike: str = "") -> str:
    """A page whose texts are written in the encoding of that name; `menu` and `unlike` stay as they are."""
    write = WRITTEN[name] if name else str
    title, lead, caption, author = map(write, (TITLE, LEAD, CAPTION, AUTHOR))
    paragraphs = "".join(f"<p>{write(text)}</p>" for text in BODY)
    return (
        f'<html><head>{head}<title>{title}</title><meta name="description" content="{lead}"></head><body>{menu}<div>'
        f'<h1>{title}</h1><p>12/03/2007</p><p><b>{lead}</b></p><table><tr><td><img src="/anh/1.jpg"></td></tr><tr><td>'
        f'<em>{caption}</em></td></tr></table>{paragraphs}{unlike}<p align="right"><b>{author}</b></p></div></body>'
    )


def meta(label: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={label}">'


def check(got: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    assert got.get("not_article") is None
    assert got["title"] == TITLE
    assert got["body"].split("\n\n")[-len(BODY) :] == BODY
    assert got["byline"] == [AUTHOR]
    assert [caption["text"] for caption in got["captions"]] == [CAPTION]
    assert got["language"] == "vi"
    assert got["warnings"] == warnings
    return got


def guessed(name: str) -> list[str]:
    return [f"read as {name}, which the page does not declare" if name in LABELS else "UTF-8 decoded twice, read anew"]


def test_the_page_itself_is_read() -> None:
    check(extract(page(None).encode(), URL), [])


@pytest.mark.parametrize("name", LABELS)
def test_declared(name: str) -> None:
    label = LABELS[name]
    check(extract(to_bytes(page(name, head=meta(label))), URL), [])
    check(extract(to_bytes(page(name)), URL, content_type=f"text/html; charset={label.upper()}"), [])


@pytest.mark.parametrize("name", LABELS)
def test_undeclared(name: str) -> None:
    check(extract(to_bytes(page(name)), URL), guessed(name))


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("name", LABELS)
def test_declared_wrongly(name: str, lie: str) -> None:
    want = [] if LABELS[name] == lie else guessed(name)
    check(extract(to_bytes(page(name, head=meta(lie))), URL), want)
    check(extract(to_bytes(page(name)), URL, content_type=f"text/html; charset={lie}"), want)


@pytest.mark.parametrize("name", WRITTEN)
def test_latin_letters_in_utf_8(name: str) -> None:
    check(extract(page(name, head=meta("utf-8")).encode(), URL), guessed(name))


@pytest.mark.parametrize("name", WRITTEN)
def test_latin_letters_as_entities(name: str) -> None:
    names = {code: f"&{entity};" for code, entity in codepoint2name.items() if code > 127}
    check(extract(page(name).translate(names).encode("ascii", "xmlcharrefreplace"), URL), guessed(name))
    check(extract(page(name).encode("ascii", "xmlcharrefreplace"), URL), guessed(name))


@pytest.mark.parametrize("name", LABELS)
def test_bytes_and_entities_on_one_page(name: str) -> None:
    """Editors write some letters as entities, and the others as they are."""
    mixed = page(name).translate({ord(letter): f"&#{ord(letter)};" for letter in "®§©Çðñéô"})
    check(extract(to_bytes(mixed), URL), guessed(name))


MENU = "<ul><li>Văn hóa - Xã hội</li><li><a href=/t/>Hà Giang</a></li><li>Thanh Hóa</li><li>Y tế</li></ul>"


@pytest.mark.parametrize("name", WRITTEN)
def test_an_article_in_a_template_in_unicode(name: str) -> None:
    """The template's words are no evidence, and stay."""
    html = page(name, head=meta("utf-8"), menu=MENU).replace("</title>", " - Báo Vĩnh Thủy</title>")
    check(extract(html.encode(), URL), guessed(name))
    root = Page.parse(html.encode(), URL)
    assert root.reread("µ")
    assert [item.xpath("string()") for item in root.root.iter("li")] == [
        "Văn hóa - Xã hội", "Hà Giang", "Thanh Hóa", "Y tế",
    ]  # fmt: skip


# A menu with no letter that only Unicode has.
SHORT = "Thông báo, Pháp lý, Giao thông, Công an, Nhà nông, Cà Mau, Tài chính, Nhân ái, Thông tin, Xe máy, Khám phá"


@pytest.mark.parametrize("name", WRITTEN)
def test_only_the_title(name: str) -> None:
    """In the heading, in the head behind the site's name, and in JSON-LD beside an author in Unicode."""
    old = WRITTEN[name](TITLE)
    data = json.dumps({"@type": "NewsArticle", "headline": old, "author": {"@type": "Person", "name": AUTHOR}})
    data = json.dumps(json.loads(data), ensure_ascii=False)
    menu = "".join(f"<li>{text}</li>" for text in SHORT.split(", "))
    html = page(None, head=f'<script type="application/ld+json">{data}</script>', menu=menu).replace(TITLE, old)
    check(extract(html.replace("</title>", " | Báo Vĩnh Thủy</title>").encode(), URL), guessed(name))


def test_what_people_read_in_attributes() -> None:
    old = WRITTEN["TCVN3 (ABC)"](LEAD)
    html = page("TCVN3 (ABC)", unlike=f'<p><img alt="{old}" src=a.jpg><a title="{old}" name="{old}">x</a></p>')
    read = Page.parse(html.encode(), URL)
    assert read.reread(old)
    for path, text in {"//meta/@content": LEAD, "//p/img/@alt": LEAD, "//a/@title": LEAD, "//a/@name": old}.items():
        assert read.root.xpath(path) == [text]


def test_addresses_stay_as_the_browser_reads_them() -> None:
    body = to_bytes(page("TCVN3 (ABC)", unlike='<p><a href="/t\xb5i/1.html">\xae\xe4c</a> t\xb5i li\xd6u</p>'))
    read = Page.parse(body, URL)
    link = read.root.find(".//a")
    assert link is not None
    assert (link.text, link.get("href")) == ("đọc", "/tµi/1.html")


def test_the_letters_among_the_control_codes() -> None:
    """VISCII's Ỵ and Õ, and what an entity makes of that byte."""
    body = to_bytes(page("VISCII", head=meta("viscii"), unlike="<p id=x>\x1e \xa0 V\xa0&nbsp;N</p>"))
    found = Page.parse(body, URL).root.find(".//p[@id='x']")
    assert found is not None
    assert found.text == "Ỵ Õ VÕ\u00a0N"


@pytest.mark.parametrize("label", LABELS.values())
def test_a_page_of_few_words_is_read_as_it_declares(label: str) -> None:
    name = next(name for name, each in LABELS.items() if each == label)
    body = to_bytes(meta(label) + WRITTEN[name]("<p>Đê cũ</p>"))
    read = Page.parse(body, URL)
    assert ("".join(read.root.itertext()), read.warnings) == ("Đê cũ", [])


def test_a_doubt_says_less_than_the_declaration() -> None:
    """These five words would be syllables in TCVN3, too."""
    read = Page.parse(to_bytes(meta("viscii") + WRITTEN["VISCII"]("<p>Sáng dâng nhỏ hoàn hơn</p>")), URL)
    assert ("".join(read.root.itertext()), read.warnings) == ("Sáng dâng nhỏ hoàn hơn", [])


def test_few_words_are_flagged_and_left_alone() -> None:
    old = WRITTEN["TCVN3 (ABC)"]("Đồng chí Đức đắp đê, HĐND bàn bạc")
    read = Page.parse(f"<h1>{old}</h1>".encode(), URL)
    assert not read.reread(old)
    assert not read.reread(old)
    assert read.warnings == ["the text may be in TCVN3 (ABC), which the page does not declare"]
    assert "".join(read.root.itertext()) == old


@pytest.mark.parametrize("name", ["UTF-8 decoded twice", "TCVN3 (ABC)"])
def test_letters_of_which_a_half_was_cleaned_away(name: str) -> None:
    html = page(name).replace("\u00a0", " ").replace("\u00ad", "")
    got = extract(html.encode(), URL)
    assert got["warnings"] == [f"{guessed(name)[0]}; some letters are lost"]
    assert "đoạn đê bị sạt lở" in got["body"]


def test_bytes_of_which_some_were_cleaned_away() -> None:
    body = to_bytes(page("TCVN3 (ABC)", head=meta("tcvn"))).replace(b"\xad", b"")
    assert extract(body, URL)["warnings"] == ["some letters are lost"]


def test_a_doubt_is_told_once() -> None:
    old = WRITTEN["TCVN3 (ABC)"]("Đồng chí Đức đắp đê, HĐND bàn bạc ")
    html = f"<title>{old}</title><h1>{old}</h1><p>{old}</p><p>{'Tin moi ve con de nay. ' * 9}</p>"
    got = extract(to_bytes(html), URL, content_type="text/html; charset=windows-1252")
    assert got["warnings"] == ["the text may be in TCVN3 (ABC), which the page does not declare"]


def test_utf_8_with_a_broken_letter_that_declares_another() -> None:
    got = extract(page(None, head=meta("iso-8859-1")).encode().replace("lên cao".encode(), b"l\xc3 cao"), URL)
    assert got["title"] == TITLE
    assert got["warnings"] == ["undecodable bytes, read as utf-8", "U+FFFD in the body: letters are lost"]


def test_lost_letters_are_told() -> None:
    html = page(None).replace("nhanh", "nha\ufffdh").replace("hoàn thành", "ho\ufffdn th\ufffdnh")
    assert extract(html.encode(), URL)["warnings"] == ["U+FFFD in the title and the body: letters are lost"]


def test_leftovers_of_templates_are_taken_away() -> None:
    html = page(None).replace("</h1>", " {{ vm.title }}</h1>").replace("sạt lở.", "sạt lở{{ caption | trim }}.")
    html = html.replace("<p>Bé", "<p>{{bé\n}}Bé").replace("</title>", "{{site}}</title>")
    check(extract(html.encode(), URL), [])


def test_what_xml_can_t_hold() -> None:
    """A tree is written to only with what lxml takes."""
    got = extract(page("TCVN3 (ABC)", unlike="<p>n\xad\xedc \x01\x0c&#12;&#65535;&#xFFFE; l\xadu</p>").encode(), URL)
    assert "nước" in got["body"]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
def test_pages_in_unicode_are_left_alone(file: Path) -> None:
    read = Page.parse(file.read_bytes(), URL)
    before = "".join(read.root.itertext())
    assert not read.reread("µ")
    assert (read.warnings, "".join(read.root.itertext())) == ([], before)


@pytest.mark.parametrize("name", [*LABELS, "UTF-8 decoded twice"])
def test_the_links_of_a_listing_in_latin_letters(name: str) -> None:
    write = WRITTEN[name]
    titles = [TITLE, BODY[0][:60], LEAD[:70]]
    entries = (f'<a href="/tin-{at}-a12345{at}.html">{write(title)}</a>' for at, title in enumerate(titles))
    html = f'<div id="colcate1">{"".join(f"<h3>{entry}</h3>" for entry in entries)}</div>'
    site = site_named("baocantho")
    found = Page.parse(html.encode(), f"{site.home}thoi-su/")
    assert [link.title for link in article_links(found, site)] == [title.strip() for title in titles]
    assert len(found.warnings) == 1


@pytest.mark.parametrize("label", ["", '<meta charset="utf-8">'])
def test_other_languages_as_bytes_of_windows(label: str) -> None:
    body = "La marée monte très vite à l’étale, dit le pêcheur, et les barques rentrent déjà près de la jetée."
    html = f"<html><head>{label}<title>La marée à la jetée</title></head><body><h1>La marée à la jetée</h1>"
    html += "".join(f"<p>{at}. {body}</p>" for at in range(5))
    got = extract(html.encode("cp1252"), URL)
    assert got["body"].startswith(f"0. {body}")
    assert got["warnings"] == ["read as windows-1252, which the page does not declare"]


def test_damaged_utf_8_stays_utf_8() -> None:
    got = extract(page(None).encode().replace("Bền".encode(), b"B\xe1\xbbn"), URL)
    assert "Ông Lê Văn B\ufffdn cho biết" in got["body"]
    assert got["warnings"][0] == "undecodable bytes, read as utf-8"
