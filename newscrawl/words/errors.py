"""What can go wrong, and how it is told to a person.

Every error names the place (file, key, value) and the cause; who raises it is written beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Final

__all__ = ["REASONS", "ArgumentError", "NewscrawlError", "NotArticleError", "SiteError", "near"]

# Why a page gives no article, in words for people; `docs/extraction.md` says what a crawl does about each.
REASONS: Final = {
    "denied_address": "the site's rules say that this address is no article",
    "no_frame": "the page has no article frame: a listing or a service page",
    "many_teasers": "the page is a list of teasers",
    "many_articles": "the page is a listing that prints several articles whole",
    "no_body": "the article's body can't be found",
    "no_title": "the page has neither a heading nor a title",
    "needs_script": "the page is empty until its scripts have run",
    "only_media": "the page shows pictures, film or sound, and has no text of its own",
    "document_only": "the text stands in a document",
    "soft_404": "the page says that the article does not exist",
    "guard": "the page is a guard's or says that the site is being maintained",
    "server_error": "the page is an error message of the server, or a notice that the site is closed",
    "login": "the page asks for a login",
    "encrypted": "the body is no words, but long tokens or letters mixed with digits",
    "not_html": "the bytes are no HTML",
    "too_large": "the page is too large",
    "truncated": "the bytes end too early",
    "empty": "the page holds nothing",
}


class NewscrawlError(Exception):
    """The root of all errors that newscrawl raises on purpose."""


class SiteError(NewscrawlError):
    """A site or family file can't be used. Raised by `newscrawl.site`; a crawl of that site ends with exit code 4."""

    def __init__(self, file: Path, problem: str, *, key: str | None = None, value: object = None) -> None:
        where = str(file) if key is None else f"{file}: {key} = {value!r}"
        super().__init__(f"{where}: {problem}")
        self.file, self.key, self.value, self.problem = file, key, value, problem


class ArgumentError(NewscrawlError):
    """A spider argument or a setting has a value that can't be used. Raised where it is read; exit code 2."""


class NotArticleError(NewscrawlError):
    """A page holds no article. Raised by `newscrawl.loaders`; `reason` is one word for counting, `detail` is for
    people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


def near(name: str, known: Iterable[str]) -> str:
    """The tail of an error message: the known names nearest to `name`, or all of them if there are few.

    >>> near("ninhthuann", ["ninhthuan", "baocantho"])
    '; did you mean ninhthuan?'
    >>> near("x", ["limit", "since"])
    '; known: limit, since'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 25 else ""
