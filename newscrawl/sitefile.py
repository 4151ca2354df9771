"""Site and family files: TOML in, `Site` out. Whatever is wrong is a `SiteError` that names file, key and value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from newscrawl.selectors import Selectors
from newscrawl.site import CHECKED, FIELDS, KINDS, NAME, PAGING, READING, WHO, Layout, Paging, Site, UrlRules
from newscrawl.table import Table, read_toml
from newscrawl.words.errors import SiteError, near
from newscrawl.words.urls import bare_host, resolve

__all__ = ["BUNDLED", "cached_site", "find_site", "load_site", "site_files"]

BUNDLED: Final = Path(__file__).parent / "sites"
_GROUPS: Final = frozenset({"id", "y", "m", "d", "ym"})
_LONGEST_DELAY: Final = 120.0  # seconds; more would be a way to switch a site off without saying so
_CACHE: Final[dict[Path, Site]] = {}


def site_files(folders: Iterable[Path] = ()) -> dict[str, Path]:
    """Site name → file, from the file names alone: the user's `folders` first, then the package's own sites.

    No file is opened, so that one broken file hides no other. Raises SiteError for a folder that is not there.
    """
    found: dict[str, Path] = {}
    for folder in [*folders, BUNDLED]:
        if not folder.is_dir():
            raise SiteError(folder, "no such folder (setting SITES)")
        for file in sorted(folder.glob("*.toml")):
            found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def find_site(url: str, folders: Iterable[Path] = ()) -> Site | None:
    """The site that has the host of `url`, or None. Files that can't be read are passed over: they are nobody's
    site."""
    for file in site_files(folders).values():
        try:
            site = cached_site(file)
        except SiteError:
            continue
        if site.has_host(url):
            return site
    return None


def cached_site(file: Path) -> Site:
    """`load_site`, read again only when one of the files has changed. Raises SiteError."""
    site = _CACHE.get(file)
    if site is None or site.stamp != _stamp([each for each, *_ in site.stamp]):
        site = _CACHE[file] = load_site(file)
    return site


def load_site(file: Path) -> Site:
    """Read one site file, and the family file it names (beside it in `families/`, else the package's).

    Raises SiteError.
    """
    if not NAME.fullmatch(file.stem):
        raise SiteError(file, "a site's name is its file's name: a-z, 0-9 and -, at most 63 characters")
    table = Table(file, read_toml(file), WHO | READING | {"layout"})
    family = table.text("family", default="")
    layers = [table, *(_family(file, family) if family else [])]
    home = table.address("home")
    hosts = _hosts(table, home)
    _check_ways_in(table, layers)
    return Site(
        name=file.stem,
        file=file,
        stamp=_stamp([layer.file for layer in layers]),
        family=family or None,
        publisher=table.text("publisher"),
        kind=table.choice("kind", KINDS),
        province=table.text("province"),
        province_now=table.text("province_now", default=table.text("province")),
        hosts=hosts,
        home=home,
        categories=_categories(table, home, hosts),
        delay=table.number("delay", 0.0, _LONGEST_DELAY),
        checked=table.choice("checked", CHECKED, default="none"),
        checked_on=table.day("checked_on"),
        examples=_addresses(table, "examples", home, hosts),
        counterexamples=_addresses(table, "counterexamples", home, hosts),
        urls=_url_rules(layers),
        menu=_first(layers, "menu"),
        links=_first(layers, "links"),
        paging=_paging(layers),
        layouts=_layouts(layers),
        datelines=tuple(code for layer in layers for code in layer.texts("datelines")),
    )


def _check_ways_in(table: Table, layers: list[Table]) -> None:
    """A site must say where its listings are and what an article's address is, or every crawl of it finds nothing."""

    def given(*keys: str) -> bool:
        return any(key in layer.table for layer in layers for key in keys)

    if {"categories", "menu"} <= table.table.keys():
        raise table.error("menu", table.table["menu"], "contradicts categories: the listings come from one of them")
    if not given("categories", "menu"):
        raise SiteError(table.file, "has neither categories nor a menu: no listing can be found")
    if not given("article_url") and not (given("page_url") and given("links")):
        raise SiteError(table.file, "has no article_url, and not both page_url and links: no article can be found")


def _stamp(files: list[Path]) -> tuple[tuple[Path, int, int], ...]:
    try:
        return tuple((file, (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files)
    except OSError as error:
        raise SiteError(files[0], f"can't be read: {error}") from None


def _family(file: Path, family: str) -> list[Table]:
    family_file = _family_file(file, family)
    return [Table(family_file, read_toml(family_file), READING)]


def _family_file(file: Path, family: str) -> Path:
    folders = [file.parent / "families", BUNDLED / "families"]
    for folder in folders:
        if NAME.fullmatch(family) and (folder / f"{family}.toml").is_file():
            return folder / f"{family}.toml"
    known = {found.stem for folder in folders for found in folder.glob("*.toml")}
    raise SiteError(file, f"no such family{near(family, known)}", key="family", value=family)


def _hosts(table: Table, home: str) -> tuple[str, ...]:
    hosts = [host.lower().removeprefix("www.") for host in table.texts("hosts")]
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]+", host):
            raise table.error("hosts", host, "must be a bare host name, without scheme, port or path")
    if bare_host(home) not in hosts:
        raise table.error(
            "home", home, f"is on none of the site's hosts ({', '.join(hosts) or 'the key hosts is missing'})"
        )
    return tuple(dict.fromkeys(hosts))


def _categories(table: Table, home: str, hosts: tuple[str, ...]) -> dict[str, str]:
    value = table.table.get("categories", {})
    if not isinstance(value, dict) or not all(isinstance(address, str) and address for address in value.values()):
        raise table.error("categories", value, 'must be a table of name = "address"')
    for name in value:
        if not NAME.fullmatch(name):
            raise table.error("categories", name, "a category's name is a-z, 0-9 and -")
    addresses = {name: resolve(home, address) for name, address in value.items()}
    for name, address in addresses.items():
        if address is None or bare_host(address) not in hosts:
            raise table.error("categories", f"{name} = {value[name]}", "is no address on the site's hosts")
    return {name: address for name, address in addresses.items() if address}


def _addresses(table: Table, key: str, home: str, hosts: tuple[str, ...]) -> tuple[str, ...]:
    addresses = {text: resolve(home, text) for text in table.texts(key)}
    for text, address in addresses.items():
        if address is None or bare_host(address) not in hosts:
            raise table.error(key, text, "is no address on the site's hosts")
    return tuple(address for address in addresses.values() if address)


def _first(layers: list[Table], key: str) -> Selectors:
    return next((found for layer in layers if (found := layer.selectors(key))), Selectors())


def _url_rules(layers: list[Table]) -> UrlRules:
    def rules(key: str) -> tuple[re.Pattern[str], ...]:
        return next((found for layer in layers if (found := layer.patterns(key))), ())

    for layer in layers:
        for pattern in layer.patterns("article_url"):
            _check_groups(layer, pattern)
    deny = tuple(pattern for layer in layers for pattern in layer.patterns("deny_url"))
    fold_case = any(layer.flag("fold_case") for layer in layers)
    return UrlRules(rules("article_url"), rules("page_url"), deny, fold_case)


def _check_groups(layer: Table, pattern: re.Pattern[str]) -> None:
    """Named groups say what a part of the address is; a name that nobody reads would be a rule that does nothing."""
    groups = set(pattern.groupindex)
    if unknown := sorted(groups - _GROUPS):
        raise layer.error("article_url", pattern.pattern, f"unknown group {unknown[0]!r}{near(unknown[0], _GROUPS)}")
    if ("y" in groups) != ("m" in groups):
        raise layer.error("article_url", pattern.pattern, "the groups y and m go together")


def _paging(layers: list[Table]) -> Paging:
    layer = next((layer for layer in layers if "paging" in layer.table), layers[-1])
    kind = layer.choice("paging", PAGING, default="none")
    following = next((layer for layer in layers if "next" in layer.table), None)
    if kind == "none":
        if following is not None and following is layers[0]:
            raise following.error("next", following.table["next"], "contradicts paging = 'none'")
        return Paging()
    if following is None:
        raise layer.error("next", None, f"must be given with paging = {kind!r}")
    if kind == "path" and following.text("next").count("{n}") != 1:
        raise following.error("next", following.table["next"], "must be the end of a path with {n}, like '/page/{n}'")
    if kind != "link":
        return Paging(kind, number=following.text("next"))
    return Paging(kind, following.selectors("next"))


def _layouts(layers: list[Table]) -> tuple[Layout, ...]:
    """Today's layout and the site's old ones, each with the family's rules behind its own."""
    site, *family = layers
    tables = site.table.get("layout", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise site.error("layout", tables, "must be tables, written [[layout]]")
    readers = [Table(site.file, table, frozenset({*FIELDS, "frame", "until"})) for table in tables]
    for reader in readers:
        if "until" not in reader.table:
            raise site.error("layout", reader.table, "every [[layout]] needs the key until, its last day")
    return tuple(_layout([reader, *family]) for reader in [site, *readers])


def _layout(layers: list[Table]) -> Layout:
    origins = list(zip(("site", "family"), layers, strict=False))
    fields = {
        key: tuple((origin, layer.selectors(key)) for origin, layer in origins if key in layer.table) for key in FIELDS
    }
    return Layout(
        {key: rules for key, rules in fields.items() if rules}, _first(layers, "frame"), layers[0].day("until")
    )
