"""What a bag says of itself: `README.txt` for whoever opens it in twenty years, and the lines of `bag-info.txt`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from newscrawl.keeping.finishedfiles import FinishedFiles
from newscrawl.words.errors import ArgumentError

__all__ = ["bag_info", "readme"]

_LABEL: Final = re.compile(r"[^\s:]([^:\r\n]*[^\s:])?")  # RFC 8493, 2.2.2
_OURS: Final = ("Bag-Software-Agent", "Bagging-Date", "Payload-Oxum")

_README: Final = """\
News articles from Vietnam, kept by newscrawl {version}

{sites}

What lies where
---------------

output/<site>/<run>.jsonl          A segment: the articles that one run stored, one JSON object a line, UTF-8. A run
                                   is named by its start in UTC, like 20261123T143600Z.
output/<site>/<run>.manifest.json  The accounts of that run, with the SHA-256 of its segment.
output/<site>/*.warc.gz            The pages as the servers sent them (WARC, ISO 28500), where they were kept.
output/<site>/runs.jsonl           One line for each run, also for those that stored nothing.
sites/                             The rules by which the articles were read from the pages (TOML).
article.schema.json                The form of a line in a segment (JSON Schema).

The same article can stand in more than one line: lines with the same `id` are its revisions, and the one with the
highest `revision` is the latest. `raw`, where it is not null, names a WARC file of the same folder, and where in it the
page lies.
{notes}
To go on crawling from here, put the content of output/ into newscrawl's output folder. The ledger, newscrawl's memory
of a site, is not in the bag, for the next crawl makes it anew from the segments.
"""


def readme(kept: Sequence[FinishedFiles], since: date | None, without_rules: Collection[str], version: str) -> str:
    """The text of `README.txt`."""
    notes = []
    if since:
        notes.append(
            f"\nOnly what runs stored that began on {since} (UTC) or later is here; runs.jsonl lists all runs. Articles"
            "\nmay be revisions of earlier ones, and `raw` and revisit records may name WARC files of earlier runs.\n"
        )
    if lost := [f"{held.site}/{name}" for held in kept for name in held.lost_warcs]:
        notes.append(f"\nThese WARC files were not at hand, and lines may name them: {', '.join(lost)}.\n")
    if without_rules:
        notes.append(f"\nThere was no site file, and so there are no rules, for: {', '.join(sorted(without_rules))}.\n")
    return _README.format(version=version, sites="\n".join(map(_line, kept)), notes="".join(notes))


def _line(held: FinishedFiles) -> str:
    articles = sum(segment.lines for segment in held.segments)
    first, last = (held.segments[0].run, held.segments[-1].run) if held.segments else ("", "")
    span = f", from run {first} to run {last}" if held.segments else ""
    return f"{held.site}: {articles} lines in {len(held.segments)} segments{span}; {len(held.warcs)} WARC files"


def bag_info(
    given: Mapping[str, Any], kept: Sequence[FinishedFiles], since: date | None, agent: str
) -> dict[str, str | list[str]]:
    """The lines of `bag-info.txt`: those of the setting BAG_INFO, and what newscrawl knows. Raises ArgumentError."""
    info: dict[str, str | list[str]] = {}
    for label, value in given.items():
        texts = value if isinstance(value, list) else [value]
        if not _LABEL.fullmatch(label) or label in _OURS:
            raise ArgumentError(f"BAG_INFO: {label!r} is no label that can be given")
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise ArgumentError(f"BAG_INFO: {label} = {value!r}: must be a text or a list of texts")
        info[label] = [" ".join(text.split()) for text in texts]
    sites = ", ".join(held.site for held in kept)
    part = f", of runs since {since}" if since else ""
    info.setdefault("External-Description", f"News articles of {sites}{part}, kept by newscrawl. See data/README.txt.")
    return {**info, "Bag-Software-Agent": agent}
