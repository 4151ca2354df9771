"""Which sites a command is about: all, or those of some names, of a province, of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newscrawl.keeping.runlist import last_runs
from newscrawl.site import KINDS, Site
from newscrawl.sitefile import load_site, site_files
from newscrawl.words.errors import ArgumentError, SiteError, near
from newscrawl.words.text import slug

__all__ = ["Chosen", "choose", "longest_ago_first"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The names of the sites, and those whose files are broken, with what is wrong."""

    sites: tuple[str, ...]
    broken: dict[str, str]


def choose(folders: Iterable[Path], names: Sequence[str], province: str | None, kind: str | None) -> Chosen:
    """Pick from the site files. A broken file says nothing of province and kind: it is told of whatever is asked for.

    Raises ArgumentError for a name, province or kind that no site has, SiteError for a folder that is not there.
    """
    files = site_files(folders)
    for name in names:
        if name not in files:
            raise ArgumentError(f"no site {name!r}{near(name, files)}")
    if kind is not None and kind not in KINDS:
        raise ArgumentError(f"--kind {kind}: no such kind{near(kind, KINDS)}")
    sites, broken = _loaded({name: files[name] for name in names or files})
    if province is not None:
        sites = _of_province(sites, province)
    if kind is not None:
        sites = {name: site for name, site in sites.items() if site.kind == kind}
    if not sites and not broken:
        raise ArgumentError("no site is of that province and kind")
    return Chosen(tuple(sites), broken)


def _loaded(files: dict[str, Path]) -> tuple[dict[str, Site], dict[str, str]]:
    sites, broken = {}, {}
    for name, file in files.items():
        try:
            sites[name] = load_site(file)
        except SiteError as error:
            broken[name] = str(error)
    return sites, broken


def _of_province(sites: dict[str, Site], province: str) -> dict[str, Site]:
    """By the name before or after the merger of 2025, whatever its letter case and diacritics."""
    wanted = slug(province)
    found = {name: site for name, site in sites.items() if wanted in _provinces(site)}
    if not found:
        known = {each for site in sites.values() for each in _provinces(site)}
        raise ArgumentError(f"--province {province}: no site is of that province{near(wanted, known)}")
    return found


def _provinces(site: Site) -> set[str]:
    return {slug(site.province), slug(site.province_now)}


def longest_ago_first(sites: Iterable[str], output: Path) -> list[str]:
    """In the order of the end of their last run, sites without one first: whom a time limit cut off last night is early
    tonight, so that nobody starves."""

    def last_end(site: str) -> tuple[str, str]:
        try:
            runs = last_runs(output / site, 1)
        except OSError:  # the site's own run will tell
            runs = []
        return (str(runs[0].get("ended", "")) if runs else "", site)

    return sorted(sites, key=last_end)
