"""Pages that cost far more to read than their size says, made in memory: each with a name and a count to turn.

Nobody has to be malicious for one: a template that loops, a broken editor, a binary in HTML's clothes. The content
stands in the frame of an ordinary article, in the markup of no site or of one that has rules, or on a listing.
`python -m benchmarks bombs` reads all of them at full size; the tests read them smaller.
"""

# ruff: noqa: E501 (a line is a kind of page)

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["BOMBS", "FRAMES", "Bomb", "Frame", "ordinary"]

TITLE: Final = "Hội nghị tổng kết phong trào thi đua yêu nước ở huyện Ví Dụ"
LINE: Final = "Sáng nay, hội nghị đã nghe báo cáo kết quả của năm qua và bàn phương hướng cho năm tới ở địa phương."
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Bomb:
    """One kind of page. `inner(count)` is what stands in the article's body, `head(count)` in the head of the page;
    `count` is that of the full size. `endless`: a bare parse of the full size takes a minute or more."""

    name: str
    count: int
    inner: Callable[[int], str] = lambda _: ""
    head: Callable[[int], str] = lambda _: ""
    endless: bool = False

    def page(self, frame: Frame, share: float = 1.0) -> bytes:
        """The page in a frame, with a share of the full count."""
        count = max(int(self.count * share), 1)
        return frame.page(self.inner(count), self.head(count)).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around: the markup of a site, or of none. `before` and `behind` are the two sides of the body."""

    name: str
    site: str | None
    url: str
    before: str
    behind: str

    def page(self, inner: str, head: str = "") -> str:
        """A whole page around `inner`."""
        return (
            f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{TITLE}</title>{head}</head><body>"
            f"{self.before}{inner}{self.behind}</body></html>"
        )


_PROSE: Final = f"<p>{LINE}</p>" * 3
FRAMES: Final = {
    frame.name: frame
    for frame in (
        Frame(
            "plain",
            None,
            "https://www.example.org/tin/hoi-nghi.html",
            f"<h1>{TITLE}</h1><div class=content>{_PROSE}",
            f"{_PROSE}<p align=right><b>Văn Tiến</b></p></div><h3>Tin liên quan</h3><ul><li><a href=/a-1.html>Một</a></ul>",
        ),
        Frame(
            "ninhthuan",
            "ninhthuan",
            "http://www.ninhthuan.gov.vn/portal/Pages/2020-5-6/Hoi-nghi-tong-ket.aspx",
            f"<div id=art-content><p class=tandan-p-article-news-title>{TITLE}</p><span class=tandan-span-date-publish>"
            f"06/05/2020</span><div class=ms-rtestate-field>{_PROSE}",
            f"{_PROSE}<p align=right><b>Văn Tiến</b></p></div><div class=tandan-div-article-other><b>Tin đã đưa</b>"
            "<ul><li><a href=/portal/Pages/2020-5-5/a.aspx>Một</a></ul></div></div>",
        ),
        Frame(
            "baocantho",
            "baocantho",
            "https://baocantho.com.vn/hoi-nghi-tong-ket-a123456.html",
            f"<div id=colcate1><h1>{TITLE}</h1><span class=pubdate>06/05/2020 - 10:00</span><div id=newscontents>"
            f"<div class=content-fck>{_PROSE}",
            f"{_PROSE}<p align=right><b>Văn Tiến</b></p></div></div><div class=detail-related><b>Tin liên quan</b>"
            "<ul><li><a href=/mot-a123.html>Một</a></ul></div></div>",
        ),
    )
}


def ordinary(frame: str = "plain") -> bytes:
    """An article of some size in which nothing is odd."""
    return FRAMES[frame].page(_PROSE * 60).encode()


def _times(text: str) -> Callable[[int], str]:
    return text.__mul__


def _numbered(form: str) -> Callable[[int], str]:
    """`form` so many times, with its number in place of `{n}`."""
    return lambda count: "".join(form.replace("{n}", str(n)) for n in range(count))


def _nested(*tags: str, close: bool = True, within: str = LINE) -> Callable[[int], str]:
    """Elements in elements, `count` deep."""

    def inner(count: int) -> str:
        names = [tags[n % len(tags)] for n in range(count)]
        ends = "".join(f"</{name.split()[0]}>" for name in reversed(names)) if close else ""
        return "".join(f"<{name}>" for name in names) + within + ends + _PROSE

    return inner


def _soup(count: int) -> str:
    """Formatting elements closed in the wrong order, which a browser would open again in each paragraph."""
    return "".join(f"<p><b><i><font color={n % 7}><u><em>từ {n} </b></i>của</p>" for n in range(count))


def _script(data: str) -> str:
    return f'<script type="application/ld+json">{data}</script>'


def _links(count: int, form: str = '<a href="/bai-viet-so-{n}-a{n}.html">Bài viết số {n}</a> ') -> str:
    return _numbered(form)(count)


def _related(form: str) -> Callable[[int], str]:
    return lambda count: f"<h3>Tin liên quan</h3><div class=detail-related>{_links(count, form)}</div>"


def _svg(count: int) -> str:
    return "<svg viewBox='0 0 9 9'>" + "<path d='M0 0L9 9Z'/>" * count + "</svg>"


def _random(count: int) -> str:
    """Base64 data: no blank in it."""
    return base64.b64encode(bytes((n * 7919 + n // 256 * 31) % 256 for n in range(count * 3 // 4))).decode()


def _graph(count: int) -> str:
    return _script(json.dumps({"@graph": [{"@type": "NewsArticle", "headline": f"Tin {n}"} for n in range(count)]}))


def _article_data(**fields: object) -> str:
    return _script(json.dumps({"@type": "NewsArticle", **fields}, ensure_ascii=False))


def _all() -> Iterator[Bomb]:
    yield from _attributes()
    yield from _depths()
    yield from _texts()
    yield from _lines()
    yield from _linked()
    yield from _media()
    yield from _heads()


def _attributes() -> Iterator[Bomb]:
    yield Bomb("attributes", 100_000, lambda n: "<p " + _numbered("a{n}=1 ")(n) + f">{LINE}</p>", endless=True)
    yield Bomb("attributes, bare", 1_000_000, lambda n: "<p " + _numbered("x{n} ")(n) + f">{LINE}</p>", endless=True)
    yield Bomb("attributes of one name", 1_000_000, lambda n: "<p " + "class=a " * n + f">{LINE}</p>")
    yield Bomb(
        "attributes in quotes", 100_000, lambda n: "<p " + _numbered("a{n}='>' ")(n) + f">{LINE}</p>", endless=True
    )
    yield Bomb("attributes on many", 5_000, lambda n: f"<p {_numbered('a{n}=1 ')(200)}>{LINE}</p>" * n)
    yield Bomb("attributes on body", 100_000, lambda n: ("<body " + _numbered("a{n}=1 ")(20) + ">") * (n // 20))
    yield Bomb("classes", 600_000, lambda n: f"<div class='{_numbered('c{n} ')(n)}'>{_PROSE}</div>")
    yield Bomb("attribute, long", 5 * MEGABYTE, lambda n: f"<p title='{'a' * n}'>{LINE}</p>")
    yield Bomb("style, long", 5 * MEGABYTE, lambda n: f"<p style='{'display ' * (n // 8)}'>{LINE}</p>")
    yield Bomb("href, long", 5 * MEGABYTE, lambda n: f"<a href='/{'a' * n}-a1.html'>{LINE}</a>")
    yield Bomb("href, blanks", 5 * MEGABYTE, lambda n: f"<a href='{' ' * n}x'>{LINE}</a>")
    yield Bomb("href, brackets", 5 * MEGABYTE, lambda n: f"<a href='http://x.vn/{'/(S(' * (n // 4)}'>{LINE}</a>")
    yield Bomb("class, long", 5 * MEGABYTE, lambda n: f"<div class='{'a' * n}'>{_PROSE}</div>")


def _depths() -> Iterator[Bomb]:
    yield Bomb("nested div", 10_000, _nested("div"))
    yield Bomb("nested span", 10_000, _nested("span"))
    yield Bomb("nested b i font", 10_000, _nested("b", "i", "font color=red"))
    yield Bomb("nested tables", 5_000, _nested("table", "tr", "td"))
    yield Bomb("nested lists", 10_000, _nested("ul", "li"))
    yield Bomb("nested quotes", 10_000, _nested("blockquote"))
    yield Bomb("nested, no ends", 100_000, _nested("div", close=False))
    yield Bomb("nested, text in each", 3_000, lambda n: f"<div>{LINE}" * n + "</div>" * n)
    yield Bomb("nested, many times", 400, lambda n: ("<div>" * 240 + LINE + "</div>" * 240) * n)
    yield Bomb("nested foreign", 240, lambda n: f"<div class=comment>{LINE}" * n + "</div>" * n)
    yield Bomb("nested links", 10_000, _nested("a href=/x-a1.html", "div"))
    yield Bomb("ends without starts", 500_000, _times("</div>"))
    yield Bomb("soup", 30_000, _soup)
    yield Bomb("soup, one deep", 5_000, lambda n: "<b><p>" * n + LINE)
    yield Bomb("open p", 80_000, _times("<p>tin "))
    yield Bomb("open a", 50_000, _times("<a href=/tin-a1.html>tin "))
    yield Bomb("open td", 50_000, lambda n: "<table>" + "<tr><td>tin " * n + "</table>")
    yield Bomb("open li", 80_000, lambda n: "<ul>" + "<li>tin " * n)
    yield Bomb("open select", 50_000, lambda n: "<select>" + "<option>tin " * n)
    yield Bomb("less-than signs", 5 * MEGABYTE, _times("<"))
    yield Bomb("less-than letters", 5 * MEGABYTE // 2, _times("<a"))
    yield Bomb("namespaces", 50_000, _numbered("<st1:c{n}>tin</st1:c{n}> "))
    yield Bomb("element names", 100_000, _numbered("<e{n}>tin</e{n}>"))


def _texts() -> Iterator[Bomb]:
    yield Bomb("paragraph", 5 * MEGABYTE, lambda n: f"<p>{(LINE + ' ') * (n // 120)}</p>")
    yield Bomb("paragraph of capitals", 5 * MEGABYTE, lambda n: f"<p>{'Nguyễn Văn An ' * (n // 18)}</p>")
    yield Bomb("word", 5 * MEGABYTE, lambda n: f"<p>{'a' * n}</p>")
    yield Bomb("digits", 5 * MEGABYTE, lambda n: f"<p>{'1' * n}</p>")
    yield Bomb("numbers", 5 * MEGABYTE, lambda n: f"<p>{'1/1/20 ' * (n // 7)}</p>")
    yield Bomb("blanks", 5 * MEGABYTE, lambda n: f"<p>{LINE}{' ' * n}{LINE}</p>")
    yield Bomb("line feeds", 5 * MEGABYTE, lambda n: f"<p>{LINE}" + "\n" * n + "</p>")
    yield Bomb("dots", 5 * MEGABYTE, lambda n: f"<p>{LINE}{'.' * n}</p>")
    yield Bomb("dots and slashes", 5 * MEGABYTE, lambda n: f"<p>{LINE}{'./' * (n // 2)}</p>")
    yield Bomb("brackets", 5 * MEGABYTE, lambda n: f"<p>{'(Ảnh: ' * (n // 8)}</p>")
    yield Bomb("braces", 5 * MEGABYTE, lambda n: f"<p>{'{{' * (n // 2)}</p>")
    yield Bomb("braces, wide", 5 * MEGABYTE, lambda n: f"<p>{'{{ x ' * (n // 5)}</p>")
    yield Bomb("nbsp", 800_000, lambda n: f"<p>{LINE}{'&nbsp;' * n}x</p>")
    yield Bomb("entities", 800_000, lambda n: f"<p>{'&#7843;' * n}</p>")
    yield Bomb("entities, unknown", 800_000, lambda n: f"<p>{'&xyzzy;' * n}</p>")
    yield Bomb("ampersands", 5 * MEGABYTE, lambda n: f"<p>{'&' * n}</p>")
    yield Bomb("amp amp", 4 * MEGABYTE, lambda n: f"<p title='&{'amp;' * (n // 4)}'>&{'amp;' * (n // 4)}</p>")
    yield Bomb("combining marks", 2_500_000, lambda n: "<p>a" + "\u0301" * n + "</p>")
    yield Bomb("combining marks, mixed", 1_250_000, lambda n: "<p>a" + "\u0301\u0323" * n + "</p>")
    yield Bomb("invisible", 1_600_000, lambda n: "<p>" + "\u200b" * n + "</p>" + _PROSE)
    yield Bomb("private letters", 1_600_000, lambda n: "<p>" + "\ue000" * n + "</p>")
    yield Bomb("soft hyphens", 2_500_000, lambda n: "<p>" + "a\u00ad" * n + "</p>")
    yield Bomb("NULs", 5 * MEGABYTE, lambda n: "<p>" + LINE + "\0" * n + "</p>")
    yield Bomb("controls", 5 * MEGABYTE, lambda n: "<p>" + LINE * (5000 // len(LINE)) + "\x02" * n + "</p>")
    yield Bomb("misread letters", 2_500_000, lambda n: f"<p>{'µ¸®' * (n // 3)}</p>")
    yield Bomb("misread words", 5 * MEGABYTE, lambda n: f"<p>{'®Êt n­íc ViÖt Nam ' * (n // 22)}</p>")
    yield Bomb("misread, all different", 300_000, lambda n: f"<p>{_numbered('®Êt{n} ')(n)}</p>")
    yield Bomb("comments", 500_000, _times("<!-- x -->"))
    yield Bomb("comment, open", 5 * MEGABYTE, lambda n: "<!--" + "-" * n)
    yield Bomb("comment dashes", MEGABYTE, _times("<!--"))
    yield Bomb("CDATA", 500_000, _times("<![CDATA["))
    yield Bomb("declarations", 500_000, _times("<!DOCTYPE "))
    yield Bomb("instructions", 500_000, _times("<?php x ?>"))
    yield Bomb("textarea", 5 * MEGABYTE, lambda n: f"<textarea>{'a ' * (n // 2)}</textarea>")


def _lines() -> Iterator[Bomb]:
    yield Bomb("paragraphs, short", 80_000, _numbered("<p>Tin số {n}</p>"))
    yield Bomb("paragraphs, equal", 80_000, _times("<p>Tin đã đưa hôm nay</p>"))
    yield Bomb("paragraphs, headings", 80_000, _times("<p>Tin đã đưa</p>"))
    yield Bomb("paragraphs, tails", 80_000, _times("<p>Từ khóa</p>"))
    yield Bomb("paragraphs, long", 40_000, _numbered(f"<p>{{n}} {LINE}</p>"))
    yield Bomb("paragraphs, equal long", 40_000, _times(f"<p>{LINE}</p>"))
    yield Bomb("paragraphs in boxes", 30_000, _numbered(f"<div><p>{{n}} {LINE}</p></div>"))
    yield Bomb(
        "boxes and links", 15_000, _times(f"<h3>Tin liên quan</h3><p><a href=/x-a1.html>Bài khác</a></p><p>{LINE}</p>")
    )
    yield Bomb(
        "boxes by heading", 15_000, lambda n: "<p>Tin liên quan</p><p><a href=/x>Bài</a></p>" * n + f"<p>{LINE}</p>"
    )
    yield Bomb("title, many times", 40_000, _times(f"<p>{TITLE}</p>"))
    yield Bomb("bylines", 80_000, _times("<p align=right><b>Văn Tiến</b></p>"))
    yield Bomb("author classes", 60_000, _times("<p class=author>Tin, ảnh: Văn Tiến</p>"))
    yield Bomb("captions", 40_000, _times("<figure><img src=/a.jpg><figcaption>Ảnh: An</figcaption></figure>"))
    yield Bomb("br", 500_000, _times("<br>"))
    yield Bomb("br and words", 200_000, _times("từ <br>"))
    yield Bomb("headings", 50_000, _numbered("<h2>Mục số {n} của bài</h2>"))
    yield Bomb("linked headings", 40_000, _numbered("<h2><a href=/x-a{n}.html>Mục số {n} của bài</a></h2>"))
    yield Bomb("h1", 50_000, _times(f"<h1>{TITLE}</h1>"))
    yield Bomb("table of data", 20_000, lambda n: "<table>" + _numbered("<tr><td>{n}<td>xã<td>12</tr>")(n) + "</table>")
    yield Bomb("table, one row", 60_000, lambda n: "<table><tr>" + _numbered("<td>ô {n}</td>")(n) + "</table>")
    yield Bomb("tables", 20_000, _times("<table><tr><td>một</td><td>hai</td></tr></table>"))
    yield Bomb(
        "table with pictures",
        20_000,
        lambda n: "<table>" + "<tr><td>một<td>hai" * n + "<tr><td><img src=/a.jpg></table>",
    )
    yield Bomb("tables of layout", 10_000, _times(f"<table><tr><td><p>{LINE}</p><p>x</p></td><td>b</td></tr></table>"))
    yield Bomb("cells in cells", 250, lambda n: "<table><tr><td>a</td><td>" * n + LINE)
    yield Bomb("hidden", 80_000, _times("<p style='display:none'>tin</p>"))
    yield Bomb("styled", 40_000, _times("<p style='text-align: right'><span style='font-weight: bold'>tin</span></p>"))
    yield Bomb("drop", 40_000, _times("<div class=social-share>Chia sẻ</div><div class=sprite>x</div>"))
    yield Bomb("clutter", 60_000, _times("<div class=share>Chia sẻ bài viết</div>"))
    yield Bomb("lines beside", 60_000, lambda n: "</div>" + _numbered(f"<div>{{n}} {LINE}</div>")(n))
    yield Bomb("asides", 40_000, _times(f"<aside><p>{LINE}</p></aside>"))


def _linked() -> Iterator[Bomb]:
    yield Bomb("links", 50_000, _links)
    yield Bomb("links to one", 60_000, _times("<a href=/mot-bai-viet-a1.html>Bài viết</a> "))
    yield Bomb("links, bare", 60_000, _numbered("<a href=/b-a{n}.html></a>"))
    yield Bomb("links in items", 50_000, _numbered("<li><a href=/b-a{n}.html>Bài số {n}</a> (01/02)</li>"))
    yield Bomb(
        "links with dates", 40_000, _numbered("<div><a href=/b-a{n}.html>Bài {n}</a><span>01/02/2020</span></div>")
    )
    yield Bomb("links, one item", 60_000, lambda n: "<li>" + _links(n, "<a href=/b-a1.html>Bài {n}</a>") + "</li>")
    yield Bomb("links, text behind", 30_000, lambda n: "<a href=/b-a1.html>Bài</a>" + "<i>tin</i> x " * n)
    yield Bomb("link, text beside", 30_000, lambda n: "<li><a href=/b-a1.html>Bài</a>" + "<i>1</i> 2 " * n + "</li>")
    yield Bomb(
        "links deep",
        2_000,
        lambda n: (
            "<div><div><div><div><div><a href=/b-a1.html>B</a><a href=/c-a1.html>C</a>" * 20
            + "<li><a href=/d-a1.html>D</a></li>" * n
        ),
    )
    yield Bomb("related", 50_000, _related("<li><a href=/b-a{n}.html>Bài số {n}</a> (01/02)</li>"))
    yield Bomb("related, bare", 50_000, _related("<a href=/b-a{n}.html><img src=/x.jpg></a>"))
    yield Bomb(
        "related blocks",
        20_000,
        _times("<div class=detail-related><b>Tin liên quan</b><a href=/b-a1.html>Bài</a></div>"),
    )
    yield Bomb("related headings", 30_000, _times("<h3>Tin đã đưa</h3>"))
    yield Bomb(
        "related words",
        30_000,
        lambda n: "<div><div><div><div><div>" + "<b>Tin đã đưa</b> x " * n + "</div></div></div></div></div>",
    )
    yield Bomb("attachments", 40_000, _numbered("<p><a href=/tep{n}.pdf>Tệp {n}</a></p>"))
    yield Bomb("queries", 40_000, _numbered("<a href='/b-a{n}.html?utm_source=1&p={n}&a=b'>Bài</a>"))
    yield Bomb("query, long", MEGABYTE, lambda n: f"<a href='/b-a1.html?{'a=1&' * n}'>Bài</a>")
    yield Bomb(
        "pager",
        40_000,
        lambda n: (
            "<div class=pager><span class=CurrentPage>1</span>" + _numbered("<a href='?p={n}'>{n}</a>")(n) + "</div>"
        ),
    )
    yield Bomb(
        "pager, current", 5_000, lambda n: "<div>" + "<span class=CurrentPage>1</span><a href=/x>2</a>" * n + "</div>"
    )
    yield Bomb(
        "menu", 40_000, lambda n: "<ul class=TD-menu>" + _numbered("<li><a href=/muc-{n}>Mục {n}</a></li>")(n) + "</ul>"
    )
    yield Bomb(
        "listing",
        40_000,
        lambda n: (
            "<div id=colcate1>"
            + _numbered("<li class=TD-channel-main-td><a href='/portal/Pages/2020-1-2/b-a{n}.aspx'>Bài {n}</a></li>")(n)
            + "</div>"
        ),
    )
    yield Bomb("base", 40_000, _times("<base href=/x/>"))


def _media() -> Iterator[Bomb]:
    yield Bomb("img", 80_000, _numbered("<img src=/anh-{n}.jpg>"))
    yield Bomb("img, one address", 80_000, _times("<img src=/anh.jpg width=500 height=400>"))
    yield Bomb("figures", 40_000, _numbered("<figure><img src=/{n}.jpg><figcaption>Ảnh số {n}</figcaption></figure>"))
    yield Bomb(
        "figures, captions apart",
        40_000,
        _numbered("<p><img src=/{n}.jpg></p><p align=center><i>Người dân thu hoạch vụ {n}</i></p>"),
    )
    yield Bomb("data addresses", 100, lambda n: f"<img src='data:image/png;base64,{_random(50_000)}'>" * n)
    yield Bomb("data address, long", 5 * MEGABYTE, lambda n: f"<img src='data:image/png;base64,{_random(n)}'>")
    yield Bomb("data as text", 5 * MEGABYTE, lambda n: f"<p>{_random(n)}</p>")
    yield Bomb("svg", 50_000, _svg)
    yield Bomb("time", 50_000, _times("<time datetime=2020-05-06T10:00:00+07:00>06/05/2020</time>"))
    yield Bomb("dates", 50_000, _times("<p>Ngày 06/05/2020 10:00</p>"))
    yield Bomb("dates, one line", 50_000, _times("06/05/2020 "))
    yield Bomb("dates in brackets", 50_000, _times("(06/05) "))
    yield Bomb(
        "pubdate", 30_000, _numbered("<span class=pubdate>số {n}</span><span class=tandan-span-date-publish>x</span>")
    )
    yield Bomb("pubdate, long", 2 * MEGABYTE, lambda n: f"<span class=art-date>{'12 ' * (n // 3)}</span>")
    yield Bomb(
        "forms", 10_000, _times("<form><input name=a><select><option>1<option>2</select><button>Gửi</button></form>")
    )
    yield Bomb(
        "options", 100_000, lambda n: "<select>" + _numbered("<option value={n}>Số {n}</option>")(n) + "</select>"
    )
    yield Bomb("iframes", 50_000, _times("<iframe src=/x></iframe>"))
    yield Bomb("embeds", 10_000, _times("<embed src=/x>"))
    yield Bomb("tags", 40_000, _numbered("<a class=tag_item href=/x{n}>Nhãn {n}</a>"))
    yield Bomb("script", 5 * MEGABYTE, lambda n: f"<script>{'var a=1;' * (n // 8)}</script>")
    yield Bomb("scripts", 100_000, _times("<script>a</script>"))
    yield Bomb("styles", 100_000, _times("<style>a</style>"))


def _heads() -> Iterator[Bomb]:
    def head(name: str, count: int, make: Callable[[int], str]) -> Bomb:
        return Bomb(name, count, head=make)

    yield head("meta", 50_000, _numbered("<meta name=n{n} content=v{n}>"))
    yield head("meta tags", 50_000, _numbered("<meta property=article:tag content='Nhãn {n}'>"))
    yield head("link elements", 50_000, _times("<link rel=stylesheet href=/x.css>"))
    yield head("script elements", 50_000, _times("<script src=/x.js></script>"))
    yield head("titles", 50_000, _times("<title>x</title>"))
    yield head("title, long", 200_000, lambda n: f"<meta property=og:title content='{'Tin mới ' * (n // 10)}'>")
    yield head("title, parted", 200_000, lambda n: f"<meta property=og:title content='{'Tin | ' * (n // 6)}'>")
    yield head("title, blanks", 200_000, lambda n: f"<meta property=og:title content='{'Tin - ' * (n // 6)}'>")
    yield head("summary", 5 * MEGABYTE, lambda n: f"<meta name=description content='{(LINE + ' ') * (n // 120)}'>")
    yield head("summary, escaped", 5 * MEGABYTE, lambda n: f"<meta name=description content='&{'amp;' * (n // 4)}'>")
    yield head("JSON-LD", 5 * MEGABYTE, lambda n: _article_data(headline=TITLE, articleBody=(LINE + " ") * (n // 120)))
    yield head("JSON-LD, title", 2 * MEGABYTE, lambda n: _article_data(headline="Tin - " * (n // 6)))
    yield head("JSON-LD, lists", 10_000, lambda n: _script("[" * n + "]" * n))
    yield head("JSON-LD, objects", 10_000, lambda n: _script('{"a":' * n + "1" + "}" * n))
    yield head("JSON-LD, open", MEGABYTE, lambda n: _script("[" * n))
    yield head("JSON-LD, blocks", 20_000, _times(_script('{"@type":"BreadcrumbList","itemListElement":[]}')))
    yield head("JSON-LD, graph", 100_000, _graph)
    yield head("JSON-LD, number", MEGABYTE, lambda n: _script('{"@type":"NewsArticle","x":' + "1" * n + "}"))
    yield head("JSON-LD, keys", 300_000, lambda n: _script("{" + _numbered('"k{n}":1,')(n) + '"@type":"NewsArticle"}'))
    yield head(
        "JSON-LD, authors",
        50_000,
        lambda n: _article_data(author=[{"@type": "Person", "name": f"An {k}"} for k in range(n)]),
    )
    yield head("JSON-LD, date", MEGABYTE, lambda n: _article_data(datePublished="12 " * (n // 3)))
    yield head(
        "JSON-LD, crumbs",
        50_000,
        lambda n: _script(
            json.dumps({"@type": "BreadcrumbList", "itemListElement": [{"name": f"Mục {k}"} for k in range(n)]})
        ),
    )


BOMBS: Final = {bomb.name: bomb for bomb in _all()}
