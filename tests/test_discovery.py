"""Links out of pages: articles, menu, next page, "Tin đã đưa" (formats.md 5; traps 32, 51, 54, 59 to 63)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction import site_named
from newscrawl.items import Link
from newscrawl.reading.discovery import article_links, menu_links, related_links
from newscrawl.reading.pages import Page
from newscrawl.reading.paging import KINDS, names_next, next_page
from newscrawl.site import PAGING, Site
from newscrawl.sitefile import load_site
from newscrawl.words.dates import VIETNAM

HOST = "https://baocantho.com.vn"
SEEN = datetime(2019, 2, 20, 9, 0, tzinfo=VIETNAM)
PAGES = sorted((Path(__file__).parent / "pages").glob("*/*/page.html"))
A = "/ben-ghe-moi-a301.html"
B = "/cho-noi-xua-a302.html"


def page(body: str, url: str = f"{HOST}/thoi-su/", *, seen: datetime | None = SEEN) -> Page:
    return Page.parse(f"<html><body>{body}</body></html>".encode(), url, fetched_at=seen)


def listing(body: str) -> list[Link]:
    return article_links(page(f'<div id="colcate1">{body}</div>'), site_named("baocantho"))


def dates(body: str) -> list[tuple[str | None, str | None]]:
    return [(link.date, link.date_raw) for link in listing(body)]


# --- listings


def test_the_links_of_a_listing() -> None:
    found = listing(
        f'<li><a href="{A}"><img src="/a.jpg"></a><a href="{A}" title="x">Bến ghe mới</a></li>'
        f'<li><a href="{B}?fbclid=1">Chợ nổi xưa</a></li><a href="{HOST}:443{A}#top">Xem tiếp</a>'
        '<a href="/print/ben-ghe-moi-a301.html">In</a><a href="https://khac.example.vn/x-a303.html">khác</a>'
        '<a href="javascript:x(-a1.html)">x</a><a href="/thoi-su/">Thời sự</a>'
    )
    assert [(link.url, link.title) for link in found] == [
        (f"{HOST}{A}", "Bến ghe mới"),
        (f"{HOST}{B}", "Chợ nổi xưa"),
    ]


def test_only_where_the_rule_looks() -> None:
    assert article_links(page(f'<div id="colcate2"><a href="{A}">Bến ghe mới</a></div>'), site_named("baocantho")) == []


def test_without_a_rule_every_article_counts(tmp_path: Path) -> None:
    site = own_site(tmp_path)
    found = article_links(page('<nav><a href="/tin/1.html">Một</a><a href="/en/2">x</a></nav>', f"{V}/"), site)
    assert [link.url for link in found] == [f"{V}/tin/1.html"]


V = "https://vidu.example.vn"


def own_site(folder: Path, more: str = "") -> Site:
    file = folder / "vidu.toml"
    file.write_text(
        'publisher = "Báo Ví Dụ"\nkind = "newspaper"\nprovince = "Long An"\nhosts = ["vidu.example.vn"]\n'
        f'home = "{V}/"\narticle_url = "^/tin/"\nmenu = "nav a"\ndeny_url = "^/en/"\n{more}',
        "utf-8",
    )
    return load_site(file)


def test_a_title_from_the_picture_alone() -> None:
    (link,) = listing(f'<a href="{A}" title="Bến ghe mới"><img src="/a.jpg"></a>')
    assert link.title == "Bến ghe mới"


def test_a_link_without_a_title() -> None:
    assert listing(f'<a href="{A}"><img src="/a.jpg"></a>')[0].title is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'<li><a href="{A}">Một</a> <span>(01/08/2018)</span></li>', [("2018-08-01", "(01/08/2018)")]),
        (f'<li><a href="{A}">Một</a> (19/02)</li>', [("2019-02-19", "(19/02)")]),
        (f'<li><a href="{A}">Một</a></li><li><a href="{B}">Hai</a> (01/08/2018)</li>',
         [(None, None), ("2018-08-01", "(01/08/2018)")]),
        (f'<a href="{A}">Một</a> (01/08/2018)<br><a href="{B}">Hai</a> (02/08/2018)',
         [("2018-08-01", "(01/08/2018)"), ("2018-08-02", "(02/08/2018)")]),
        (f'<p><a href="{A}">Một</a><span class="ngay">(01/08/2018)</span></p>', [("2018-08-01", "(01/08/2018)")]),
        (f'<li><a href="{A}">Một ( 01/08/2018 )</a></li>', [("2018-08-01", "01/08/2018")]),
        (f'<li><a href="{A}">Một</a><p>Sáng 28/07/2018, bà con họp.</p><i>01/08/2018</i></li>',
         [("2018-08-01", "01/08/2018")]),
        (f'<li><h3><a href="{A}">Một</a></h3><p>Ngày 1 và ngày 2 họp xóm.</p><i>16:19 | 13/08/2018</i></li>',
         [("2018-08-13", "16:19 | 13/08/2018")]),
        (f'<li><a href="{A}">Một</a> <span>không ngày</span></li>', [(None, None)]),
        (f'<li><a href="{A}">Một</a> <span>(31/02)</span></li>', [(None, "(31/02)")]),
    ],
)  # fmt: skip
def test_the_date_beside_a_link(body: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert dates(body) == expected


def test_a_date_is_cut_off_the_title() -> None:
    (link,) = listing(f'<li><a href="{A}">Bến ghe mới (01/08/2018)</a></li>')
    assert (link.title, link.date) == ("Bến ghe mới", "2018-08-01")


def test_a_year_is_never_guessed() -> None:
    body = f'<div id="colcate1"><li><a href="{A}">Một</a> (19/02)</li></div>'
    (link,) = article_links(page(body, seen=None), site_named("baocantho"))
    assert (link.date, link.date_raw) == (None, "(19/02)")


def test_before() -> None:
    assert Link("x", date="2018-07-31").before(date(2018, 8, 1))
    assert not Link("x", date="2018-08-01").before(date(2018, 8, 1))
    assert not Link("x").before(date(2018, 8, 1))


# --- menu


def test_menu(tmp_path: Path) -> None:
    body = (
        '<nav><a href="/">Trang chủ</a><a href="/thoi-su/">Thời sự</a><a href="/thoi-su">Thời sự lần nữa</a>'
        '<a href="/en/">English</a><a href="/to-roi.pdf">Tờ rơi</a><a href="https://khac.example.vn/x">Khác</a>'
        '<a href="/khong-ten/"><img src="/a.gif"></a><a href="#">Đầu trang</a></nav><a href="/ngoai/">Ngoài</a>'
    )
    found = menu_links(page(body, f"{V}/"), own_site(tmp_path))
    assert [(link.title, link.url) for link in found] == [("Thời sự", f"{V}/thoi-su/")]


# --- the next page


@pytest.mark.parametrize(
    ("url", "following"),
    [
        (f"{HOST}/thoi-su/", f"{HOST}/thoi-su?p=2"),
        (f"{HOST}/thoi-su?p=2", f"{HOST}/thoi-su?p=3"),
        (f"{HOST}/thoi-su?p=99&x=1", f"{HOST}/thoi-su?p=100&x=1"),
        (f"{HOST}/thoi-su?p=", f"{HOST}/thoi-su?p=2"),
        (f"{HOST}/thoi-su?p=hai", f"{HOST}/thoi-su?p=2"),
        (f"{HOST}/thoi-su?p=%C2%B2", f"{HOST}/thoi-su?p=2"),
        (f"{HOST}/", f"{HOST}/?p=2"),
    ],
)
def test_paging_by_parameter(url: str, following: str) -> None:
    assert next_page(page("", url), site_named("baocantho")) == following


@pytest.mark.parametrize(
    ("shape", "path", "following"),
    [
        ("/page/{n}", "/kinh-te/", "/kinh-te/page/2"),
        ("/page/{n}", "/kinh-te/page/2", "/kinh-te/page/3"),
        ("/page/{n}", "/kinh-te/page/9/", "/kinh-te/page/10"),
        ("/page/{n}", "/homepage/2", "/homepage/2/page/2"),
        ("/page/{n}/", "/tin/", "/tin/page/2/"),
        ("-{n}.html", "/chuyen-muc-a-c216-1.html", "/chuyen-muc-a-c216-2.html"),
    ],
)
def test_paging_by_path(shape: str, path: str, following: str, tmp_path: Path) -> None:
    site = own_site(tmp_path, f'paging = "path"\nnext = "{shape}"')
    assert next_page(page("", f"{V}{path}"), site) == f"{V}{following}"


@pytest.mark.parametrize(
    ("href", "named"),
    [("/tin/page/3", True), ("/tin/page/1", False), ("/khac/page/3", False), ("/tin", False)],
)
def test_a_page_names_a_next_one_by_its_path(href: str, named: bool, tmp_path: Path) -> None:
    site = own_site(tmp_path, 'paging = "path"\nnext = "/page/{n}"')
    assert names_next(page(f'<a href="{href}">3</a>', f"{V}/tin/page/2"), site) is named


@pytest.mark.parametrize(
    ("href", "followed"),
    [
        ("?page=3", True),
        ("/thoi-su?page=3", True),
        ("/thoi-su/page/3", True),
        ("?page=2", False),
        ("javascript:__doPostBack('x')", False),
        ("#", False),
        ("https://khac.example.vn/thoi-su?page=3", False),
        ("/kinh-te?page=3", False),
    ],
)
def test_paging_by_link(href: str, followed: bool, tmp_path: Path) -> None:
    site = own_site(tmp_path, 'paging = "link"\nnext = "b + a"')
    found = next_page(page(f'<a href="?page=1">1</a><b>2</b><a href="{href}">3</a>', f"{V}/thoi-su?page=2"), site)
    assert (found is not None) is followed


def test_every_kind_of_paging_has_its_class() -> None:
    assert KINDS.keys() == set(PAGING)


def test_no_paging(tmp_path: Path) -> None:
    assert next_page(page('<b>1</b><a href="?page=2">2</a>', f"{V}/thoi-su"), own_site(tmp_path)) is None


# --- related links


def related(body: str, *, seen: datetime | None = SEEN) -> list[Link]:
    found = page(f'<div id="bai">{body}</div><div class="menu"><a href="/xa">Xa</a></div>', f"{V}/bai", seen=seen)
    return related_links(found, list(found.root.iter("h3", "b")))


def test_links_below_the_heading() -> None:
    found = related(
        '<p><a href="/trong-bai">trong bài</a></p><h3>Tin đã đưa</h3>'
        '<ul><li><a href="/1">Một</a> <span>(19/02)</span></li><li><a href="/2">Hai</a> <span>(18/02)</span></li></ul>'
    )
    assert [(link.url, link.title, link.date, link.date_raw, link.heading) for link in found] == [
        (f"{V}/1", "Một", "2019-02-19", "(19/02)", "Tin đã đưa"),
        (f"{V}/2", "Hai", "2019-02-18", "(18/02)", "Tin đã đưa"),
    ]


def test_without_a_time_of_fetch_dates_stay_raw() -> None:
    (link,) = related('<h3>Tin đã đưa</h3><p><a href="/1">Một</a> (19/02)</p>', seen=None)
    assert (link.date, link.date_raw) == (None, "(19/02)")


def test_two_blocks() -> None:
    found = related(
        '<div><h3>Tin đã đưa</h3><ul><li><a href="/1">Một</a></li></ul></div>'
        '<div><h3>Tin liên quan</h3><ul><li><a href="/2">Hai</a></li><li><a href="/1">Một</a></li></ul></div>'
    )
    assert [(link.title, link.heading) for link in found] == [("Một", "Tin đã đưa"), ("Hai", "Tin liên quan")]


def test_the_block_ends_at_a_tail() -> None:
    found = related('<h3>Tin đã đưa</h3><p><a href="/1">Một</a></p><p>Từ khóa</p><p><a href="/the">thẻ</a></p>')
    assert [link.title for link in found] == ["Một"]


def test_a_heading_without_links() -> None:
    found = page("<h3>Tin đã đưa</h3>", f"{V}/bai")
    assert related_links(found, list(found.root.iter("h3"))) == []


def test_a_menu_is_cut() -> None:
    links = "".join(f'<li><a href="/{number}">Bài số {number}</a></li>' for number in range(200))
    assert len(related(f"<h3>Tin đã đưa</h3><ul>{links}</ul>")) == 60


def test_the_block_itself() -> None:
    found = page('<div class="khac"><p>Các tin khác</p><a href="/1">Một</a></div>', f"{V}/bai")
    (link,) = related_links(found, list(found.root.iter("div")))
    assert (link.title, link.heading) == ("Một", "Các tin khác")


# --- any page


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PAGES), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["baocantho", "ninhthuan"]))
def test_a_cut_page(file: Path, one: float, other: float, name: str) -> None:
    """Whatever is missing: each article once, all on the site, none denied; dates are days or stay raw."""
    html, site = file.read_bytes(), site_named(name)
    low, high = sorted((int(one * len(html)), int(other * len(html))))
    found = Page.parse(b"<html>" + html[:low] + html[high:], site.home, fetched_at=SEEN)
    links = article_links(found, site)
    assert len({site.key(link.url) for link in links}) == len(links)
    for link in links:
        assert site.has_host(link.url)
        assert not site.denies(link.url)
        assert link.date is None or (link.date_raw and date.fromisoformat(link.date))
    assert all(link.title for link in [*menu_links(found, site), *related_links(found, [found.root])])
    next_page(found, site)
