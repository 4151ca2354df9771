"""The files of a site that no run changes any more. They can be read and copied while a crawl is on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from newscrawl.keeping.recordedruns import lost_warcs, recorded_warcs
from newscrawl.keeping.segments import manifest_of
from newscrawl.site import NAME
from newscrawl.words.errors import NewscrawlError

__all__ = ["RUNS", "DamagedFileError", "FinishedFiles", "FinishedSegment", "crawled_sites", "finished_files"]

RUNS: Final = "runs.jsonl"
_SEGMENTS: Final = "2*.jsonl"  # a run is named by its start: until the year 3000
_WARCS: Final = "2*.warc.gz"


class DamagedFileError(NewscrawlError):
    """A finished file is not what its manifest says. Raised by `finished_files` and by those who copy; exit code 1."""


@dataclass(frozen=True, slots=True)
class FinishedSegment:
    """A segment with what its manifest says of it: `sha256` in hexadecimal letters, `lines` articles."""

    file: Path
    manifest: Path
    sha256: str
    lines: int

    @property
    def run(self) -> str:
        """The run that wrote it."""
        return self.file.name.removesuffix(".jsonl")


@dataclass(frozen=True, slots=True)
class FinishedFiles:
    """What can be copied of a site, oldest first. `runs` is None where no run has ended; it is still appended to, and
    a copy of it may end in the middle of a line. `lost_warcs` are WARC files that runs wrote and that are not here:
    moved away, or lost."""

    folder: Path
    segments: tuple[FinishedSegment, ...]
    warcs: tuple[Path, ...]
    runs: Path | None
    lost_warcs: tuple[str, ...] = ()

    @property
    def site(self) -> str:
        """Its name."""
        return self.folder.name

    @property
    def files(self) -> list[Path]:
        """All of them, `runs.jsonl` last: so it lists the run of every segment but one that ends just now."""
        found = [file for segment in self.segments for file in (segment.file, segment.manifest)]
        return [*found, *self.warcs, *([self.runs] if self.runs else [])]

    def checksums(self) -> Iterator[tuple[Path, str]]:
        """The SHA-256 of each file of which a manifest, or a line in `runs.jsonl`, tells it. Raises OSError."""
        for segment in self.segments:
            yield segment.file, segment.sha256
        told = recorded_warcs(self.folder)  # also those of runs that stored nothing
        for file in self.warcs:
            if file.name in told:
                yield file, told[file.name]


def crawled_sites(output: Path) -> list[str]:
    """The sites that have ended a run in this output folder, by the names of their folders."""
    folders = (folder for folder in output.glob("*") if NAME.fullmatch(folder.name))
    return sorted(folder.name for folder in folders if (folder / RUNS).is_file() or any(folder.glob(_SEGMENTS)))


def finished_files(folder: Path, since: date | None = None) -> FinishedFiles:
    """The finished files of a site, of the runs that began on the day `since` (UTC) or later; `runs.jsonl` is whole.

    A run names its WARC file before its segment: listed after the segments, no WARC file of theirs is missing. Raises
    DamagedFileError, OSError.
    """
    first = f"{since:%Y%m%d}" if since else ""
    segments = [_segment(file) for file in sorted(folder.glob(_SEGMENTS)) if file.name >= first]
    warcs = [file for file in sorted(folder.glob(_WARCS)) if file.name >= first]
    runs = folder / RUNS
    lost = tuple(name for name in lost_warcs(folder) if name >= first)
    return FinishedFiles(folder, tuple(segments), tuple(warcs), runs if runs.is_file() else None, lost)


def _segment(file: Path) -> FinishedSegment:
    run = file.name.removesuffix(".jsonl")
    manifest = file.with_name(f"{run}.manifest.json")
    try:
        facts = manifest_of(file.parent, run)
        if facts is None:
            raise DamagedFileError(f"{file}: its manifest is not there")
        return FinishedSegment(file, manifest, str(facts["sha256"]), int(facts["lines"]))
    except (ValueError, KeyError, TypeError) as error:  # no JSON; a key is not there; no object
        raise DamagedFileError(f"{manifest}: is damaged ({error!r})") from None
