"""How a listing goes on: a small class for each kind of paging that a site file can name.

Source: field notes, families.md (paging) and traps 46, 59, 60, 64. To add a kind, add its name to `PAGING` in
`newscrawl/site.py` and its class here.
"""

from __future__ import annotations

import re
from typing import Final, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from newscrawl.reading.pages import Page
from newscrawl.site import Site
from newscrawl.words.tree import Element
from newscrawl.words.urls import path_and_query

__all__ = ["KINDS", "names_next", "next_page"]

_PAGE_NUMBER: Final = re.compile(r"/page/[0-9]+/?$")


class _Kind(Protocol):
    def after(self, page: Page, site: Site) -> str | None:
        """The address of the listing page behind `page`, or None where there is none."""

    def names_next(self, page: Page, site: Site) -> bool:
        """Whether the page itself says that there is one behind it."""


class OnePage:
    """The listing has one page."""

    def after(self, page: Page, site: Site) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def names_next(self, page: Page, site: Site) -> bool:  # noqa: ARG002
        """It does not."""
        return False


class NextLink:
    """The page links to the next one."""

    def after(self, page: Page, site: Site) -> str | None:
        """The first link that the site's selectors find and that leads to another page of the same listing."""
        here = site.key(page.url)
        for found in site.paging.next.answers(page.root):
            for _, url in page.links([one for one in found if isinstance(one, Element)]):
                if site.has_host(url) and site.key(url) != here and _stem(url).startswith(_stem(page.url)):
                    return url
        return None

    def names_next(self, page: Page, site: Site) -> bool:
        """Whether it links to one."""
        return self.after(page, site) is not None


class NumberedPages:
    """The pages are numbered by a parameter, the first has none. Pagers show a few of them only (trap 59), so the next
    one is always asked for: the walk ends when pages repeat."""

    def after(self, page: Page, site: Site) -> str | None:
        """The address with the next number."""
        parameter = site.paging.number
        parts = urlsplit(page.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        query[parameter] = str(_number(page.url, parameter) + 1)
        return urlunsplit(parts._replace(path=parts.path.rstrip("/") or "/", query=urlencode(query)))

    def names_next(self, page: Page, site: Site) -> bool:
        """Whether it links to a page of the same listing with a higher number."""
        parameter, stem = site.paging.number, _stem(page.url)
        here = _number(page.url, parameter)
        links = (url for _, url in page.links(list(page.root.iter("a"))))
        return any(_number(url, parameter) > here and _stem(url) == stem for url in links)


class NumberedPaths:
    """The pages are numbered at the end of their path, as in `/page/2` or `-2.html`; the first may have no number."""

    def after(self, page: Page, site: Site) -> str | None:
        """The address with the next number."""
        parts = urlsplit(page.url)
        stem, number = _numbered(parts.path, site.paging.number)
        return urlunsplit(parts._replace(path=stem + site.paging.number.replace("{n}", str(number + 1))))

    def names_next(self, page: Page, site: Site) -> bool:
        """Whether it links to a page of the same listing with a higher number."""
        shape = site.paging.number
        stem, here = _numbered(urlsplit(page.url).path, shape)
        places = (_numbered(urlsplit(url).path, shape) for _, url in page.links(list(page.root.iter("a"))))
        return any(there == stem and number > here for there, number in places)


KINDS: Final[dict[str, _Kind]] = {
    "none": OnePage(),
    "link": NextLink(),
    "parameter": NumberedPages(),
    "path": NumberedPaths(),
}


def next_page(page: Page, site: Site) -> str | None:
    """The address of the listing page behind this one, by the site's kind of paging; None at the end."""
    return KINDS[site.paging.kind].after(page, site)


def names_next(page: Page, site: Site) -> bool:
    """Whether a listing page itself says that there is one behind it."""
    return KINDS[site.paging.kind].names_next(page, site)


def _number(url: str, parameter: str) -> int:
    """The number of a listing page by its address; the first has none."""
    number = dict(parse_qsl(urlsplit(url).query)).get(parameter, "1")
    return int(number) if re.fullmatch("[0-9]{1,9}", number) else 1


def _numbered(path: str, shape: str) -> tuple[str, int]:
    """A listing page's path without what numbers it, and the number."""
    before, behind = map(re.escape, shape.split("{n}"))
    found = re.search(f"{before}([0-9]{{1,9}}){behind}/?$", path)
    return (path[: found.start()], int(found[1])) if found else (path.rstrip("/"), 1)


def _stem(url: str) -> str:
    """What all pages of a listing share: the path, without case and without a page number at its end."""
    return _PAGE_NUMBER.sub("", path_and_query(url).partition("?")[0].casefold()).rstrip("/") + "/"
