"""An index in a file, plain or gzipped, whatever its name says."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from newscrawl.webarchives.cdx import IndexReader
from newscrawl.words.errors import ArgumentError

__all__ = ["UNREADABLE", "check_index", "lines_of"]

UNREADABLE: Final = (
    OSError,
    EOFError,
    zlib.error,
)  # what reading raises: the disk, a gzip file that was cut off or torn
_LOOK: Final = 1000  # lines among which one has to be known


def lines_of(file: Path) -> Iterator[bytes]:
    """The lines. Raises one of UNREADABLE."""
    with open(file, "rb") as data:
        packed = data.read(2) == b"\x1f\x8b"
        data.seek(0)
        yield from gzip.GzipFile(fileobj=data) if packed else data


def check_index(file: Path) -> None:
    """Raises ArgumentError for a file that can't be read, or has no line of a known form at its beginning."""
    reader = IndexReader()
    try:
        for _ in reader.read(islice(lines_of(file), _LOOK)):
            if reader.good:
                return
    except UNREADABLE as error:
        raise ArgumentError(f"cdx={file}: can't be read ({getattr(error, 'strerror', None) or error})") from None
    if not reader.is_index:
        raise ArgumentError(f"cdx={file}: no index of a web archive: none of its first lines is of a known form")
