"""The arguments of a backfill, checked before anything is opened or asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from newscrawl.keeping.arguments import read_day
from newscrawl.webarchives.indexfile import check_index
from newscrawl.webarchives.sources import Source, server_of, source_of
from newscrawl.words.errors import ArgumentError, near

__all__ = ["BackfillArguments"]

_NAMES: Final = ("archive", "cdx", "limit", "since", "until", "warcs")


@dataclass(frozen=True, slots=True)
class BackfillArguments:
    """`index` is a file, or an address; `source` where captures are had from; `since` and `until` are days of captures,
    on Vietnam's clock; `given` is what the command line said."""

    index: Path | str
    source: Source
    since: date | None
    until: date | None
    given: dict[str, str]

    @property
    def servers(self) -> frozenset[tuple[str, int]]:
        """The hosts that may be asked, with their ports."""
        asked = {server_of(self.index)} if isinstance(self.index, str) else set[tuple[str, int]]()
        return self.source.servers | asked

    def facts(self) -> dict[str, Any]:
        """What the manifest says of the arguments."""
        return {name: int(text) if name == "limit" else text for name, text in sorted(self.given.items())}

    @classmethod
    def read(cls, given: dict[str, str]) -> BackfillArguments:
        """Check the texts of a command line. Raises ArgumentError that names argument and value."""
        for name in given:
            if name not in _NAMES:
                raise ArgumentError(f"unknown argument {name!r}{near(name, _NAMES)}")
        since, until = read_day("since", given.get("since")), read_day("until", given.get("until"))
        if since and until and until < since:
            raise ArgumentError(f"until={until}: lies before since={since}")
        text = given.get("cdx")
        if not text:
            raise ArgumentError("name an index of a web archive: --cdx FILE_OR_URL")
        index = _index(text)
        return cls(index, source_of(text, given.get("archive"), given.get("warcs")), since, until, given)


def _index(text: str) -> Path | str:
    if text.startswith(("http://", "https://")):
        try:
            host = server_of(text)[0]
        except ValueError:  # a port that is no number
            host = ""
        if not host or "#" in text or " " in text:
            raise ArgumentError(f"cdx={text}: is no address of a CDX server")
        return text
    file = Path(text)
    if not file.is_file():
        raise ArgumentError(f"cdx={text}: no such file, and no address that begins with http:// or https://")
    check_index(file)
    return file
