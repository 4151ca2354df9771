"""Where a capture's bytes are had from: an archive's raw pages, or a record cut out of a WARC file.

A raw page is `<archive>/<timestamp>id_/<address>`: the bytes as they were captured, without the archive's own banner
and links (the modifier `id_` of Wayback machines and pywb). A record is had by a range request (RFC 9110, 14): each
record of a compressed WARC file is a gzip member of its own (ISO 28500, annex D).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from newscrawl.webarchives.cdx import Memento, Place
from newscrawl.words.errors import ArgumentError

__all__ = ["WARC_SCHEME", "Source", "Way", "path_of", "server_of", "source_of"]

WARC_SCHEME: Final = "warc"  # addresses of files in a folder: `warc://localhost/srv/a.warc.gz`
_WAYBACK: Final = "https://web.archive.org/web/"
_COMMON_CRAWL: Final = "https://data.commoncrawl.org/"
_COMMON_CRAWL_FILES: Final = "crawl-data/"
# Bytes of a record that are asked for where the index does not say: the largest page in evidence has 0.3 MB.
_UNKNOWN_LENGTH: Final = 1 << 20
_ENDPOINT: Final = re.compile(r"(https?://.+?)(?:/cdx|-cdx|-index)/?")
_OWN_PORTS: Final = frozenset({("http", 80), ("https", 443)})


@dataclass(frozen=True, slots=True)
class Way:
    """What to ask for a capture: an address, and for a record in a WARC file its first and last byte. `origin` is how
    the article will name it."""

    url: str
    origin: str
    first: int = 0
    last: int | None = None

    @property
    def size(self) -> int | None:
        """How many bytes a record has at most; None for a raw page."""
        return None if self.last is None else self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Source:
    """`pages` is the address before the timestamp of raw pages, or None; `files` that of WARC files or a folder, which
    has those files whose names in the index begin with `beginning`."""

    pages: str | None
    files: str | Path | None = None
    beginning: str = ""

    @property
    def servers(self) -> frozenset[tuple[str, int]]:
        """The hosts that may be asked, with their ports."""
        return frozenset(server_of(base) for base in (self.pages, self.files) if isinstance(base, str))

    def way_to(self, memento: Memento) -> Way | None:
        """How the capture is had; None where the index does not say in which file it lies, and nothing else is had."""
        place = memento.place
        if self.files is not None and place is not None and place.file.startswith(self.beginning):
            return _way_in_file(self.files, place)
        if self.pages is None:
            return None
        url = f"{self.pages}{memento.stamp}id_/{memento.url}"
        return Way(url, url)

    def read(self, url: str) -> tuple[str, str] | None:
        """The timestamp and the page's address in the address of a raw page, as after a redirect; None for another,
        also of a page that the archive has rewritten for readers."""
        base = urlsplit(self.pages or "")
        found = re.fullmatch(rf"https?://{re.escape(base.netloc + base.path)}(\d{{14}})id_/(.+)", url)
        return (found[1], found[2]) if found else None


def _way_in_file(files: str | Path, place: Place) -> Way:
    last = place.offset + (place.length or _UNKNOWN_LENGTH) - 1
    part = f"#bytes={place.offset}-{last}"
    if isinstance(files, str):
        url = files + quote(place.file.lstrip("/"), safe="/%:@!$&'()*+,;=~")
        return Way(url, url + part, place.offset, last)
    file = _within(files, place.file)
    return Way(f"{WARC_SCHEME}://localhost{quote(str(file))}", place.file + part, place.offset, last)


def _within(folder: Path, name: str) -> Path:
    """The file in the folder: by the whole name that the index has for it, or by the last part. An index may name
    anything, but nothing outside of the folder is read."""
    whole = (folder / name.lstrip("/")).resolve()
    return whole if whole.is_relative_to(folder) and whole.is_file() else folder / Path(name).name


def path_of(url: str) -> Path:
    """The file that a `warc:` address names."""
    return Path(unquote(urlsplit(url).path))


def server_of(url: str) -> tuple[str, int]:
    """Host and port; 0 is the scheme's own port, for archives lead from http to https. Raises ValueError."""
    parts = urlsplit(url)
    port = parts.port or 0
    return (parts.hostname or "").rstrip("."), 0 if (parts.scheme, port) in _OWN_PORTS else port


def source_of(index: str, archive: str | None, warcs: str | None) -> Source:
    """Where the captures of an index are had from: `archive` (raw pages) or `warcs` (an address or a folder), where one
    is given; else what is known of the index. Raises ArgumentError."""
    if archive and warcs:
        raise ArgumentError("archive and warcs: captures are had from one of them")
    if archive:
        return Source(_address("archive", archive))
    if warcs:
        return Source(None, _address("warcs", warcs) if "://" in warcs else _folder(warcs))
    if not index.startswith(("http://", "https://")):
        return Source(_WAYBACK, _COMMON_CRAWL, _COMMON_CRAWL_FILES)
    host = server_of(index)[0]
    if host == "web.archive.org":
        return Source(_WAYBACK)
    if host.endswith("commoncrawl.org"):
        return Source(None, _COMMON_CRAWL)
    if endpoint := _ENDPOINT.fullmatch(index.partition("?")[0]):
        return Source(f"{endpoint[1]}/")
    raise ArgumentError(f"cdx={index}: say where its captures are had from, by --archive or --warcs")


def _address(name: str, text: str) -> str:
    try:
        host = server_of(text)[0]
    except ValueError:  # a port that is no number
        host = ""
    if not text.startswith(("http://", "https://")) or not host or set("?# ") & set(text):
        raise ArgumentError(f"{name}={text}: must be an address like {_WAYBACK}")
    return text.rstrip("/") + "/"


def _folder(text: str) -> Path:
    folder = Path(text).resolve()
    if not folder.is_dir():
        raise ArgumentError(f"warcs={text}: no such folder")
    return folder
