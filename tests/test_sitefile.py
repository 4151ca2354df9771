"""Site files: what is wrong is told with file, key and value; what is right means what docs/site-files.md says."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from unicodedata import normalize

import pytest

from newscrawl.extraction import site_named
from newscrawl.site import READING, WHO
from newscrawl.sitefile import BUNDLED, find_site, load_site, site_files
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import SiteError

GOOD = {
    "publisher": '"Báo Ví Dụ"',
    "kind": '"newspaper"',
    "province": '"Long An"',
    "hosts": '["vidu.example.vn"]',
    "home": '"https://vidu.example.vn/"',
    "article_url": r"'-(?P<id>\d+)\.html'",
    "categories": '{ tin = "/tin/" }',
}


def toml(tail: str = "", **changes: str | None) -> str:
    """A site file that loads, with some keys changed (None: left out) and lines behind it."""
    keys = {**GOOD, **changes}
    return "\n".join([*(f"{key} = {value}" for key, value in keys.items() if value is not None), tail])


def write(folder: Path, text: str | bytes, name: str = "vidu.toml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal(file: Path) -> str:
    """The error's text; it names the file."""
    with pytest.raises(SiteError) as error:
        load_site(file)
    assert str(file) in str(error.value)
    return str(error.value)


# --- what is wrong

BAD = {
    # case: (keys changed, lines behind, what the error must say)
    "unknown key": ({"titel": '"h1"'}, "", ["titel", "'h1'", "did you mean title?"]),
    "unknown key in a layout": ({}, '[[layout]]\nuntil = 2024-10-14\nboddy = "p"', ["boddy", "'p'", "body"]),
    "who in a layout": ({}, '[[layout]]\nuntil = 2024-10-14\npublisher = "x"', ["publisher", "'x'"]),
    "css that does not compile": ({"title": '"h1["'}, "", ["title", "h1["]),
    "xpath that does not compile": ({"body": '["p", "//p["]'}, "", ["body", "//p["]),
    "xpath that no page can answer": ({"title": '"//h1[no-such-function()]"'}, "", ["title", "no-such-function"]),
    "selector in a layout": ({}, '[[layout]]\nuntil = 2024-10-14\nlead = "p:x"', ["lead", "p:x"]),
    "frame that does not compile": ({"frame": '"div >"'}, "", ["frame", "div >"]),
    "links that do not compile": ({"links": '"//["'}, "", ["links", "//["]),
    "bad regex": ({"article_url": "'-(\\d+'"}, "", ["article_url", "-("]),
    "bad regex in a list": ({"deny_url": "['^/a', '*']"}, "", ["deny_url", "'*'"]),
    "regex too large": ({"page_url": "'a{99999999999999999999}'"}, "", ["page_url", "a{9"]),
    "selector as number": ({"title": "5"}, "", ["title", "5"]),
    "selector empty": ({"title": '""'}, "", ["title", "''"]),
    "list with a number": ({"body": '["p", 5]'}, "", ["body", "5"]),
    "list with a blank": ({"body": '["p", " "]'}, "", ["body"]),
    "publisher as list": ({"publisher": '["a"]'}, "", ["publisher", "['a']"]),
    "publisher empty": ({"publisher": '" "'}, "", ["publisher", "' '"]),
    "province now empty": ({"province_now": '""'}, "", ["province_now", "''"]),
    "kind unknown": ({"kind": '"paper"'}, "", ["kind", "paper", "newspaper"]),
    "checked unknown": ({"checked": '"pages"'}, "", ["checked", "pages", "page"]),
    "checked_on in quotes": ({"checked_on": '"2026-11-23"'}, "", ["checked_on", "2026-11-23"]),
    "checked_on with a time": ({"checked_on": "2026-11-23T10:00:00"}, "", ["checked_on"]),
    "delay as text": ({"delay": '"5"'}, "", ["delay", "'5'"]),
    "delay as flag": ({"delay": "true"}, "", ["delay", "True"]),
    "delay negative": ({"delay": "-1"}, "", ["delay", "-1"]),
    "delay for ever": ({"delay": "inf"}, "", ["delay", "inf"]),
    "delay not a number": ({"delay": "nan"}, "", ["delay", "nan"]),
    "fold_case as text": ({"fold_case": '"yes"'}, "", ["fold_case", "'yes'"]),
    "datelines as number": ({"datelines": "5"}, "", ["datelines", "5"]),
    "home without scheme": ({"home": '"vidu.example.vn"'}, "", ["home", "vidu.example.vn"]),
    "home by ftp": ({"home": '"ftp://vidu.example.vn/"'}, "", ["home", "ftp://"]),
    "home elsewhere": ({"home": '"https://khac.example.vn/"'}, "", ["home", "khac.example.vn"]),
    "home on a subdomain": ({"home": '"https://xa.vidu.example.vn/"'}, "", ["home", "xa.vidu"]),
    "home that is no address": ({"home": '"http://[vidu/"'}, "", ["home", "http://[vidu/"]),
    "host with scheme": ({"hosts": '["https://vidu.example.vn"]'}, "", ["hosts", "https://"]),
    "host with port": ({"hosts": '["vidu.example.vn:443"]'}, "", ["hosts", ":443"]),
    "host with path": ({"hosts": '["vidu.example.vn/tin"]'}, "", ["hosts", "/tin"]),
    "host with a star": ({"hosts": '["*.example.vn"]'}, "", ["hosts", "*."]),
    "host of one word": ({"hosts": '["vidu"]'}, "", ["hosts", "vidu"]),
    "hosts as table": ({"hosts": "{ a = 1 }"}, "", ["hosts"]),
    "categories as list": ({"categories": '["/tin/"]'}, "", ["categories", "/tin/"]),
    "category as number": ({"categories": "{ tin = 5 }"}, "", ["categories", "5"]),
    "category with a bad name": ({"categories": '{ "Tin tức" = "/tin/" }'}, "", ["categories", "Tin tức"]),
    "category that is no address": ({"categories": '{ tin = "http://[x" }'}, "", ["categories", "http://[x"]),
    "unknown paging": ({"paging": '"pages"'}, "", ["paging", "pages"]),
    "link without next": ({"paging": '"link"'}, "", ["next", "link"]),
    "parameter without next": ({"paging": '"parameter"'}, "", ["next", "parameter"]),
    "next with none": ({"paging": '"none"', "next": '"p"'}, "", ["next", "'p'", "none"]),
    "next without paging": ({"next": '"p"'}, "", ["next", "'p'", "none"]),
    "parameter as list": ({"paging": '"parameter"', "next": '["p"]'}, "", ["next", "['p']"]),
    "path without a number": ({"paging": '"path"', "next": '"/page/"'}, "", ["next", "/page/", "{n}"]),
    "example elsewhere": ({"examples": '"https://khac.example.vn/a-1.html"'}, "", ["examples", "khac.example.vn"]),
    "counterexample as number": ({"counterexamples": "[5]"}, "", ["counterexamples", "5"]),
    "next that does not compile": ({"paging": '"link"', "next": '"a["'}, "", ["next", "a["]),
    "unknown family": ({"family": '"sharepoint"'}, "", ["family", "sharepoint", "did you mean sharepoint-td?"]),
    "family as path": ({"family": '"../ninhthuan"'}, "", ["family", "../ninhthuan"]),
    "layout without until": ({}, '[[layout]]\ntitle = "h1"', ["layout", "until"]),
    "layout as table": ({}, '[layout]\ntitle = "h1"', ["layout", "[[layout]]"]),
    "until in quotes": ({}, '[[layout]]\nuntil = "2024-10-14"', ["until", "2024-10-14"]),
    "until outside a layout": ({"until": "2024-10-14"}, "", ["until"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad(case: str, tmp_path: Path) -> None:
    changes, tail, said = BAD[case]
    message = refusal(write(tmp_path, toml(tail, **changes)))
    for part in said:
        assert part in message


@pytest.mark.parametrize("key", ["publisher", "kind", "province", "hosts", "home"])
def test_missing_key(key: str, tmp_path: Path) -> None:
    assert key in refusal(write(tmp_path, toml(**{key: None})))


@pytest.mark.parametrize(
    "text",
    [b"title = ", b"[categories\n", b"a = 1\na = 2", b"\xff\xfe", "tên = 'Báo'".encode("cp1258", "replace"), b"\0"],
)
def test_what_is_no_toml(text: bytes, tmp_path: Path) -> None:
    refusal(write(tmp_path, text))


@pytest.mark.parametrize("name", ["Vidu.toml", "vi du.toml", "vidu_1.toml", "ví-dụ.toml", f"{'a' * 64}.toml"])
def test_bad_name(name: str, tmp_path: Path) -> None:
    assert "name" in refusal(write(tmp_path, toml(), name))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    refusal(tmp_path / "vidu.toml")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="SITES") as error:
        site_files([tmp_path / "sites"])
    assert str(tmp_path / "sites") in str(error.value)


def test_a_family_with_a_key_of_sites(tmp_path: Path) -> None:
    write(tmp_path, 'publisher = "x"', "families/nha.toml")
    with pytest.raises(SiteError, match="publisher") as error:
        load_site(write(tmp_path, toml(family='"nha"')))
    assert str(tmp_path / "families/nha.toml") in str(error.value)


# --- a broken file costs its own site


@pytest.mark.parametrize("text", [b"\xff", b"titel = 1", toml(home='"http://[vidu/"').encode(), b"a = " + b"[" * 5000])
def test_a_broken_file_hides_no_other(text: bytes, tmp_path: Path) -> None:
    write(tmp_path, text, "aaa.toml")
    write(tmp_path, toml())
    assert {"aaa", "vidu", "ninhthuan", "baocantho"} <= site_files([tmp_path]).keys()
    for url, name in [("https://vidu.example.vn/x", "vidu"), ("http://ninhthuan.gov.vn/", "ninhthuan")]:
        site = find_site(url, [tmp_path])
        assert site is not None
        assert site.name == name


def test_nobodys_page() -> None:
    assert find_site("https://khac.example.vn/") is None


# --- where files lie


def test_files_are_listed_by_name(tmp_path: Path) -> None:
    write(tmp_path, "")
    write(tmp_path, "", "families/nha.toml")
    names = list(site_files([tmp_path]))
    assert names == sorted([*site_files(), "vidu"])


def test_ones_own_folder_wins(tmp_path: Path) -> None:
    own = write(tmp_path, toml(), "ninhthuan.toml")
    assert site_files([tmp_path])["ninhthuan"] == own
    assert site_named("ninhthuan", [tmp_path]).publisher == "Báo Ví Dụ"
    assert site_files()["ninhthuan"].parent == BUNDLED


def test_the_first_folder_wins(tmp_path: Path) -> None:
    first = write(tmp_path / "a", toml())
    write(tmp_path / "b", toml())
    assert site_files([tmp_path / "a", tmp_path / "b"])["vidu"] == first


def test_ones_own_family(tmp_path: Path) -> None:
    write(tmp_path, 'title = "h1.tua"', "families/nha.toml")
    site = load_site(write(tmp_path, toml(family='"nha"')))
    ((origin, rule),) = site.layouts[0].fields["title"]
    assert (origin, rule.alternatives[0].text) == ("family", "h1.tua")


def test_ones_own_family_before_the_bundled_one(tmp_path: Path) -> None:
    write(tmp_path, 'title = "h1.tua"', "families/n4.toml")
    site = load_site(write(tmp_path, toml(family='"n4"')))
    assert site.layouts[0].fields["title"][0][1].alternatives[0].text == "h1.tua"


# --- what is right


def test_the_least(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, toml()))
    assert (site.name, site.family, site.hosts) == ("vidu", None, ("vidu.example.vn",))
    assert (site.province, site.province_now) == ("Long An", "Long An")
    assert (site.checked, site.checked_on, site.delay) == ("none", None, 0.0)
    assert site.categories == {"tin": "https://vidu.example.vn/tin/"}
    assert site.paging.kind == "none"
    assert [layout.until for layout in site.layouts] == [None]


def test_examples_are_addresses_of_the_site(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, toml(examples='"/tin/a-1.html"', counterexamples='["/in/a-1.html", "/tin/"]')))
    assert site.examples == ("https://vidu.example.vn/tin/a-1.html",)
    assert site.counterexamples == ("https://vidu.example.vn/in/a-1.html", "https://vidu.example.vn/tin/")


def test_site_rules_stand_before_family_rules(tmp_path: Path) -> None:
    write(tmp_path, 'title = "h1"\nbody = "div"\nlinks = "li a"\ndeny_url = "^/in/"', "families/nha.toml")
    site = load_site(write(tmp_path, toml(family='"nha"', title='"h1.tua"', links='"h3 a"', deny_url='"^/en/"')))
    fields = site.layouts[0].fields
    assert [(origin, rule.alternatives[0].text) for origin, rule in fields["title"]] == [
        ("site", "h1.tua"),
        ("family", "h1"),
    ]
    assert [origin for origin, _ in fields["body"]] == ["family"]
    assert site.links.alternatives[0].text == "h3 a"
    assert site.denies("https://vidu.example.vn/in/1")
    assert site.denies("https://vidu.example.vn/en/1")


@pytest.mark.parametrize(
    ("family", "own", "kind", "following"),
    [
        ('paging = "parameter"\nnext = "p"', {}, "parameter", "p"),
        ('paging = "parameter"\nnext = "p"', {"paging": '"none"'}, "none", ""),
        ('paging = "parameter"\nnext = "p"', {"paging": '"parameter"', "next": '"trang"'}, "parameter", "trang"),
        ('paging = "parameter"\nnext = "p"', {"next": '"trang"'}, "parameter", "trang"),
        ('paging = "link"\nnext = "a.sau"', {"paging": '"parameter"', "next": '"p"'}, "parameter", "p"),
    ],
)
def test_paging_of_site_and_family(family: str, own: dict[str, str], kind: str, following: str, tmp_path: Path) -> None:
    write(tmp_path, family, "families/nha.toml")
    site = load_site(write(tmp_path, toml(family='"nha"', **own)))
    assert (site.paging.kind, site.paging.number) == (kind, following)


def test_a_next_that_nobody_reads_is_an_error(tmp_path: Path) -> None:
    """A key that does nothing would be believed for years."""
    write(tmp_path, 'title = "h1"', "families/nha.toml")
    assert "next" in refusal(write(tmp_path, toml(family='"nha"', next='"p"')))


LAYOUTS = '[[layout]]\nuntil = 2020-05-01\ntitle = "h1.cu"\n[[layout]]\nuntil = 2024-10-14\ntitle = "h1.giua"'


@pytest.mark.parametrize(
    ("fetched_on", "expected"),
    [
        (None, [None, date(2024, 10, 14), date(2020, 5, 1)]),
        (date(2019, 1, 1), [date(2020, 5, 1), date(2024, 10, 14), None]),
        (date(2020, 5, 1), [date(2020, 5, 1), date(2024, 10, 14), None]),
        (date(2020, 5, 2), [date(2024, 10, 14), None]),
        (date(2024, 10, 14), [date(2024, 10, 14), None]),
        (date(2024, 10, 15), [None]),
    ],
)
def test_layouts(fetched_on: date | None, expected: list[date | None], tmp_path: Path) -> None:
    site = load_site(write(tmp_path, toml(LAYOUTS, title='"h1"')))
    fetched_at = datetime(*fetched_on.timetuple()[:3], 9, tzinfo=VIETNAM) if fetched_on else None
    assert [layout.until for layout in site.layouts_on(fetched_at)] == expected


def test_an_old_layout_has_the_family_behind_it(tmp_path: Path) -> None:
    write(tmp_path, 'title = "h1"\nbody = "div"', "families/nha.toml")
    old = load_site(write(tmp_path, toml(LAYOUTS, family='"nha"'))).layouts[1]
    assert [origin for origin, _ in old.fields["title"]] == ["site", "family"]
    assert [origin for origin, _ in old.fields["body"]] == ["family"]


def test_the_province_changes_with_the_merger(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, toml(province_now='"Tây Ninh"')))
    assert site.province_on("2025-06-30T23:59+07:00") == "Long An"
    assert site.province_on("2025-07-01") == "Tây Ninh"
    assert site.province_on(None) == "Long An"


# --- the bundled sites


@pytest.mark.parametrize("name", site_files())
def test_a_bundled_site_loads(name: str) -> None:
    site = site_named(name)
    assert site.name == name
    assert site.has_host(site.home)
    assert all(site.has_host(url) and not site.denies(url) for url in site.categories.values())
    assert (site.checked == "none") == (site.checked_on is None)


@pytest.mark.parametrize("file", sorted(BUNDLED.glob("**/*.toml")), ids=lambda file: file.stem)
def test_a_bundled_file_is_short(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 40


def test_the_vocabulary_is_small() -> None:
    """Design: at most 20 keys for reading, 15 for who, where and how polite."""
    assert len(READING) <= 20
    assert len(WHO) <= 15
    assert not READING & WHO


def test_every_family_has_a_site() -> None:
    used = {tomllib.loads(file.read_text("utf-8")).get("family") for file in site_files().values()}
    assert {file.stem for file in (BUNDLED / "families").glob("*.toml")} <= used


# --- addresses of the field notes

NT, CT = "ninhthuan.gov.vn", "baocantho.com.vn"
KINDS = [
    (f"https://{NT}/portal/Pages/2024-4-25/Quy-hoach-phat-trien-do-thi-theo-huong-xanh-hien-dvv348x.aspx", "article"),
    (f"https://{NT}/portal/pages/2026-07-15/Vet-kenh-1234.aspx", "article"),
    (f"https://www.{NT}/chinhquyen/ubmttq/Pages/Chinh-tri-Xa-hoi.aspx", "page"),
    (f"https://www.{NT}/chinhquyen/ubmttq/Pages/Hoi-nghi-vet-kenh.aspx", "page"),
    (f"https://www.{NT}/chinhquyen/ubmttq/Pages/Default.aspx", None),
    (f"https://{NT}/chinhquyen/ubmttq/pages/default.aspx", None),
    (f"https://{NT}/portal/pages/print.aspx?p=31310", None),
    (f"https://{NT}/portal/Pages/login.aspx", None),
    (f"https://{NT}/portal/Pages/sitemap.aspx", None),
    (f"https://{NT}/portal/Photos/2024-04/0123456789abcdefkenh.jpg", None),
    (f"https://{NT}/chinhquyen/soyt/Admin/to-roi.pdf", None),
    (f"https://soxaydung.{NT}:443/portal/pages/print.aspx?p=31310", None),
    (f"https://ninhphuoc.{NT}/portal/Pages/2023-3-9/My-Nghiep--vung-van-hoa-ch8p98kq.aspx", None),
    (f"https://{NT}:8443/portal/Pages/2024-4-25/Vet-kenh-dvv348x.aspx", None),
    (f"https://{CT}/sap-xep-lai-ben-dau-ghe-a301112.html", "article"),
    (f"https://www.{CT}/sap-xep-lai-ben-dau-ghe-a301112.html", "article"),
    (f"https://{CT}/print/sap-xep-lai-ben-dau-ghe-a301112.html", None),
    (f"https://{CT}/khmer/detail-a301112.html", None),
    (f"https://{CT}/en/a-boat-a301112.html", None),
    (f"https://{CT}/tim-kiem/bến đậu.html", None),
    (f"https://{CT}/rao-vat/ban-ghe-a301112.html", None),
    (f"https://{CT}/le-hoi-event301.html", None),
    (f"https://{CT}/thoi-su/", None),
    (f"https://{CT}/thoi-su?p=2", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "kind"), KINDS)
def test_the_kind_of_an_address(url: str, kind: str | None) -> None:
    site = site_named("baocantho" if CT in url else "ninhthuan")
    assert site.address_kind(url) == kind


ARTICLE = f"https://{NT}/portal/Pages/2024-4-25/Quy-hoach-phat-trien-dvv348x.aspx"
SAME = [
    (ARTICLE, f"http://www.{NT}:80/portal/pages/2024-4-25/quy-hoach-phat-trien-dvv348x.ASPX"),
    (ARTICLE, f"https://{NT}:443/portal/Pages/2024-4-25/Quy-hoach-phat-trien-dvv348x.aspx?fbclid=x1"),
    (f"https://www.{NT}/chinhquyen/ubmttq/Pages/Default.aspx", f"http://{NT}/chinhquyen/ubmttq/Pages/default.aspx"),
    (f"https://{CT}/ben-ghe-a301112.html", f"https://{CT}/mot-bai-khac-a301112.html"),
    (f"https://{CT}/ben-ghe-a301112.html", f"http://www.{CT}/ben-ghe-a301112.html?utm_source=x#binh-luan"),
    (f"https://{CT}/thoi-su", f"https://{CT}/thoi-su/"),
    (f"https://{CT}/{normalize('NFC', 'bến')}", f"https://{CT}/{normalize('NFD', 'bến')}"),
]
OTHER = [
    (ARTICLE, ARTICLE.replace("2024-4-25", "2024-4-26")),
    (f"https://{NT}/chinhquyen/soyt/Pages/A.aspx?id=1", f"https://{NT}/chinhquyen/soyt/Pages/A.aspx?id=2"),
    (f"https://{CT}/ben-ghe-a301112.html", f"https://{CT}/ben-ghe-a301113.html"),
    (f"https://{CT}/thoi-su?p=2", f"https://{CT}/thoi-su?p=3"),
]


def keys(one: str, other: str) -> tuple[str, str]:
    site = site_named("baocantho" if CT in one else "ninhthuan")
    return site.key(one), site.key(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_twins_have_one_key(one: str, other: str) -> None:
    a, b = keys(one, other)
    assert a == b


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_pages_have_other_keys(one: str, other: str) -> None:
    a, b = keys(one, other)
    assert a != b


def test_the_day_in_an_address() -> None:
    rule = site_named("ninhthuan").urls.article[0]
    found = rule.search("/portal/Pages/2024-4-25/Vet-kenh-dvv348x.aspx")
    assert found is not None
    assert found.groupdict() == {"y": "2024", "m": "4", "d": "25"}
    assert not re.search(rule, "/portal/Pages/2024-4/Vet-kenh.aspx")


def test_exact_hosts_alone() -> None:
    site = site_named("ninhthuan")
    assert site.has_host(f"http://www.{NT.upper()}/x")
    assert not site.has_host(f"https://x{NT}/")
    assert not site.has_host(f"https://{NT}.example.vn/")


def test_one_moment_has_one_layout(tmp_path: Path) -> None:
    """`until` is a day in Vietnam; the zone in which the time of a fetch is written changes nothing."""
    site = load_site(write(tmp_path, toml(LAYOUTS, title='"h1"')))
    for hour in (1, 12, 23):
        moment = datetime(2024, 10, 15, hour, tzinfo=VIETNAM)
        assert site.layouts_on(moment.astimezone(UTC)) == site.layouts_on(moment)
