"""Which WARC files a replay reads, in which order, and in which portions."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from newscrawl.keeping.recordedruns import lost_warcs
from newscrawl.warc.captures import moment_of
from newscrawl.warc.reading import Record, WarcError, WarcFile

__all__ = ["Portion", "Source", "given_sources", "lost_files", "portions", "site_sources"]

# Portions are the same whatever the number of processes is, and small enough that the last one keeps nobody waiting:
# about 250 articles.
_PORTION: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A WARC file, or one within a .wacz file: its bytes from `start` to `end`. Lines name it by `name`."""

    file: Path
    name: str
    start: int
    end: int

    def opened(self, file: BinaryIO) -> WarcFile:
        """Its records. Raises WarcError."""
        return WarcFile(file, self.start, self.end)

    def began(self) -> datetime:
        """When its first record was made. Raises WarcError that names the file, OSError."""
        with open(self.file, "rb") as file:
            try:
                first = next(self.opened(file).records(self.start, self.start + 1), None)
            except WarcError as error:
                raise WarcError(f"{self.file} {error}") from None
        return (moment_of(first) if isinstance(first, Record) else None) or datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Portion:
    """The records of a source that begin from `start` on and before `end`. `exact` says that one begins at `start`."""

    source: int
    start: int
    end: int
    exact: bool = False


def site_sources(folder: Path) -> list[Source]:
    """The finished WARC files of a site's output, oldest first. Raises WarcError where there is none, OSError."""
    files = sorted(folder.glob("2*.warc.gz"))
    if not files and (lost := lost_warcs(folder)):
        raise WarcError(f"{folder}: of the WARC files that runs wrote ({len(lost)}), none is here")
    if not files:
        raise WarcError(f"{folder} holds no WARC files: nothing was crawled yet, or no raw pages were kept")
    return _in_order(source for file in files for source in _sources_in(file))


def lost_files(folder: Path) -> list[Path]:
    """Where WARC files of a site should lie that runs wrote, and do not. Raises OSError."""
    return [folder / name for name in lost_warcs(folder)]


def given_sources(files: Iterable[Path]) -> list[Source]:
    """WARC files, and those in .wacz files, oldest first. Raises WarcError that names the file, OSError."""
    found = _in_order(source for file in files for source in _sources_in(file))
    for one, other in zip(
        ordered := sorted(found, key=lambda source: (source.name, str(source.file))), ordered[1:], strict=False
    ):
        if one.name == other.name and one.file != other.file:
            raise WarcError(f"{one.file} and {other.file} have the same name: lines could not tell them apart")
    return found


def _in_order(sources: Iterable[Source]) -> list[Source]:
    return sorted(dict.fromkeys(sources), key=lambda source: (source.began(), source.name, source.start))


def _sources_in(file: Path) -> Iterator[Source]:
    if file.suffix == ".wacz":
        yield from _packaged(file)
    else:
        yield Source(file, _printable(file.name), 0, file.stat().st_size)


def _printable(name: str) -> str:
    """A file's name as lines and manifests have it: bytes that are no UTF-8 stand there as `\\udcff`."""
    return name.encode("utf-8", "backslashreplace").decode()


def _packaged(file: Path) -> Iterator[Source]:
    """The WARC files in a .wacz file (https://specs.webrecorder.net/wacz/), which lie there as they are."""
    try:
        with zipfile.ZipFile(file) as package, open(file, "rb") as data:
            for entry in package.infolist():
                if entry.filename.startswith("archive/") and entry.filename.endswith((".warc", ".warc.gz")):
                    if entry.compress_type != zipfile.ZIP_STORED:
                        raise WarcError(f"{file}: {entry.filename} is compressed once more; unzip it first")
                    data.seek(entry.header_offset + 26)  # the lengths of name and extra field, of the local header
                    lengths = data.read(4)
                    names = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
                    start = entry.header_offset + 30 + names
                    yield Source(file, _printable(file.name), start, start + entry.compress_size)
    except zipfile.BadZipFile as error:
        raise WarcError(f"{file} is no .wacz file: {error}") from None


def portions(sources: list[Source]) -> Iterator[Portion]:
    """All sources, portion by portion."""
    for number, source in enumerate(sources):
        for start in range(source.start, source.end, _PORTION):
            yield Portion(number, start, min(start + _PORTION, source.end))
