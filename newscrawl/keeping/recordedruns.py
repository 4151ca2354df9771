"""What is on record of the runs of a site: the lines of `runs.jsonl` and, where one is missing there, the manifest
beside the run's segment, which says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newscrawl.keeping.runlist import all_runs
from newscrawl.keeping.runrecords import Record, table
from newscrawl.keeping.segments import manifest_of

__all__ = ["lost_warcs", "recorded_runs", "recorded_warcs", "warc_of"]


def recorded_runs(folder: Path, problems: list[str]) -> Iterator[dict[str, Any]]:
    """The records of all runs: those in `runs.jsonl`, then those of which only a segment's manifest tells. The list may
    be lost, or a run was killed before its line was written. A manifest that can't be read is a line in `problems`.
    Raises OSError for `runs.jsonl`."""
    listed = set()
    for record in all_runs(folder):
        listed.add(record.get("run"))
        yield record
    for file in sorted(folder.glob("2*.jsonl")):
        if file.stem in listed:
            continue
        try:
            manifest = manifest_of(folder, file.stem)
        except (OSError, ValueError) as error:
            problems.append(f"{file.stem}.manifest.json: can't be read ({error})")
            continue
        if isinstance(manifest, dict):
            yield manifest


def recorded_warcs(folder: Path) -> dict[str, str]:
    """The WARC files that runs wrote, by their names, each with its SHA-256 as it was then (hexadecimal). Raises
    OSError."""
    found = {}
    for run in recorded_runs(folder, []):
        if name := warc_of(run):
            found[name] = str(table(run, "warc").get("sha256"))
    return found


def lost_warcs(folder: Path) -> list[str]:
    """The names of WARC files that runs wrote and that are not here: moved away, or lost. Raises OSError."""
    return [name for name in recorded_warcs(folder) if not (folder / name).is_file()]


def warc_of(run: Record) -> str:
    """The name of the WARC file that a run wrote, by its record; empty where it wrote none."""
    name = table(run, "warc").get("name")
    return name if isinstance(name, str) else ""
