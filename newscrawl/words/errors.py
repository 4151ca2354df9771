"""What can go wrong, and how it is told to a person.

Every error names the place (file, key, value) and the cause; who raises it is written beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

__all__ = ["ArgumentError", "NewscrawlError", "NotArticleError", "SiteError", "near"]


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
