"""What crawls left in their folder, held against the truth of the replica, for the torture and the tests with faults.

It reads files alone, and nothing of the crawler but its schema: whatever wrote the files, the same has to hold.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b32encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from scrapy.exceptions import DropItem

from newscrawl.pipelines import ValidatePipeline
from tests.replica import ROOT, Expected, Portal, fold

__all__ = ["Nature", "Outcome", "check", "refetches", "wanted"]

OUTCOMES = ("stored", "unchanged", "duplicate", "failed", "gone", "skipped", "pending")
NAMED = 3  # examples that a summary names


@dataclass
class Outcome:
    """What is wrong, each as a text that names the place."""

    lost: list[str] = field(default_factory=list)  # reachable articles that no finished segment holds
    doubled: list[str] = field(default_factory=list)  # texts that stand there more than once
    bad: list[str] = field(default_factory=list)  # lines that are torn, no JSON, or no valid article
    untrue: list[str] = field(default_factory=list)  # manifests, accounts, and files that should not be there

    @property
    def summary(self) -> str:
        """All that is wrong in one line; empty when nothing is."""
        parts = {"lost": self.lost, "doubled": self.doubled, "bad lines": self.bad, "untrue": self.untrue}
        return "; ".join(
            f"{name} {len(found)} ({', '.join(found[:NAMED])}{', …' if len(found) > NAMED else ''})"
            for name, found in parts.items()
            if found
        )


def wanted(portal: Portal) -> dict[str, Expected]:
    """What is to be found: all that links lead to, each text once."""
    truth = {fold(article.url): article for article in portal.articles}
    return {key: truth[key] for key in set(_texts(portal).values())}


def check(folder: Path, portal: Portal) -> Outcome:
    """Look through the folder of a site after a run that ended in good order."""
    outcome = Outcome()
    segments = {file.name: file.read_bytes() for file in sorted(folder.glob("2*.jsonl"))}
    records = [record for name, data in segments.items() for record in _articles(name, data, outcome)]
    _compare(records, portal, outcome)
    for record in records:
        _check_raw(folder, record, outcome)
    runs = list(_runs(folder, outcome))
    manifests = [_read(file, outcome) for file in sorted(folder.glob("*.manifest.json"))]
    for manifest in manifests:
        _check_sums(manifest, segments, outcome)
        _check_accounts(f"manifest {manifest.get('run')}", manifest, outcome)
    _check_warcs(folder, [*runs, *manifests], outcome)
    for number, run in enumerate(runs, 1):
        _check_accounts(f"runs.jsonl:{number}", run, outcome)
    _check_names(set(segments), manifests, runs, outcome)
    for pattern in ("*.open", "*.draft"):
        outcome.untrue += [f"{file.name} was left" for file in folder.glob(pattern)]
    return outcome


# --- articles


def _texts(portal: Portal) -> dict[str, str]:
    """For each reachable page the page that stands for its text: the first with it."""
    first: dict[tuple[Any, ...], str] = {}
    stands: dict[str, str] = {}
    for article in portal.articles:
        if article.reachable != "nowhere":
            key = fold(article.url)
            stands[key] = first.setdefault((article.title, article.lead, tuple(article.body)), key)
    return stands


def _articles(name: str, data: bytes, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The records of a segment; what is none is noted."""
    pipeline = ValidatePipeline(None)
    for place, line in _lines(name, data, outcome):
        record = _parse(place, line, outcome)
        if record is None:
            continue
        try:
            pipeline.process_item(record)
        except DropItem as error:
            outcome.bad.append(f"{place}: {error}")
        else:
            yield record


def _lines(name: str, data: bytes, outcome: Outcome) -> Iterator[tuple[str, bytes]]:
    *lines, rest = data.split(b"\n")
    yield from ((f"{name}:{number}", line) for number, line in enumerate(lines, 1))
    if rest:
        outcome.bad.append(f"{name}:{len(lines) + 1}: a torn line")


def _parse(place: str, line: bytes, outcome: Outcome) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        outcome.bad.append(f"{place}: no JSON")
        return None
    if not isinstance(record, dict):
        outcome.bad.append(f"{place}: no object")
        return None
    return record


def _compare(records: list[dict[str, Any]], portal: Portal, outcome: Outcome) -> None:
    stands = _texts(portal)
    found: Counter[str] = Counter()
    newest: dict[str, dict[str, Any]] = {}
    for record in records:
        truth = portal.find(record["url"])
        key = stands.get(fold(truth.url)) if truth else None
        if key is None:
            outcome.bad.append(f"{record['url']}: no article that links lead to")
        elif not _revises(record, newest.get(record["id"])):
            found[key] += 1
        newest[record["id"]] = record
    outcome.lost += sorted(set(stands.values()) - found.keys())
    outcome.doubled += sorted(key for key, count in found.items() if count > 1)


# --- raw pages


def _check_raw(folder: Path, record: dict[str, Any], outcome: Outcome) -> None:
    """The line points at a whole record, with the page that it was read from."""
    raw, url = record["raw"], record["url"]
    try:
        with open(folder / raw["file"], "rb") as warc:
            warc.seek(raw["offset"])
            data = warc.read(raw["length"])
        whole = gzip.decompress(data)
    except (OSError, TypeError, EOFError, zlib.error) as error:
        outcome.bad.append(f"{url}: no raw page at {raw} ({error})")
        return
    head, _, rest = whole.partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    body = rest.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
    kind, target = fields[b"WARC-Type"].decode(), fields[b"WARC-Target-URI"].decode()
    digest = f"sha1:{b32encode(sha1(body).digest()).decode()}"
    if (kind, target, fields[b"WARC-Payload-Digest"].decode()) != ("response", url, digest):
        outcome.bad.append(f"{url}: at {raw} is a {kind} record of {target}")


def _check_warcs(folder: Path, records: list[dict[str, Any]], outcome: Outcome) -> None:
    """Each WARC file is whole, and is what the accounts of its run say."""
    told = [record["warc"] for record in records if "warc" in record]
    facts = {file.name: _facts(file) for file in folder.glob("*.warc.gz")}
    outcome.untrue += [f"{each['name']}: told is {each}" for each in told if facts.get(each["name"]) != each]
    outcome.untrue += [f"{name}: no run tells of it" for name in facts.keys() - {each["name"] for each in told}]


def _facts(file: Path) -> dict[str, Any]:
    data = file.read_bytes()
    return {"name": file.name, "records": _members(data), "bytes": len(data), "sha256": sha256(data).hexdigest()}


def _members(data: bytes) -> int:
    """How many gzip members there are; -1 where they are not whole."""
    count = place = 0
    while place < len(data):
        member = zlib.decompressobj(31)
        while not member.eof:
            part = data[place : place + 65536]
            try:
                member.decompress(part)
            except zlib.error:
                return -1
            if not part:
                return -1
            place += len(part) - len(member.unused_data)
        count += 1
    return count


def _revises(record: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Whether a line is the next revision of the article whose newest line so far is `before`, with another text."""
    return (
        before is not None
        and record["revision"] == before["revision"] + 1
        and record["previous_hash"] == before["content_hash"] != record["content_hash"]
    )


# --- manifests and accounts


def _runs(folder: Path, outcome: Outcome) -> Iterator[dict[str, Any]]:
    file = folder / "runs.jsonl"
    if not file.is_file():
        outcome.untrue.append("no runs.jsonl")
        return
    for place, line in _lines(file.name, file.read_bytes(), outcome):
        record = _parse(place, line, outcome)
        if record is not None:
            yield record


def _read(file: Path, outcome: Outcome) -> dict[str, Any]:
    try:
        manifest = json.loads(file.read_bytes())
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        outcome.untrue.append(f"{file.name}: no JSON object")
        return {}
    if file.name != f"{manifest.get('run')}.manifest.json":
        outcome.untrue.append(f"{file.name}: is of the run {manifest.get('run')}")
    return manifest


def _check_sums(manifest: dict[str, Any], segments: dict[str, bytes], outcome: Outcome) -> None:
    name = manifest.get("segment")
    if name is None:
        return  # a run that stored nothing; `_check_names` finds the segment that should have been named
    if name not in segments:
        outcome.untrue.append(f"manifest {manifest.get('run')}: no segment {name}")
        return
    data = segments[name]
    facts = {"lines": data.count(b"\n"), "bytes": len(data), "sha256": sha256(data).hexdigest()}
    wrong = [key for key, value in facts.items() if manifest.get(key) != value]
    outcome.untrue += [f"manifest {manifest.get('run')}: {key} is wrong" for key in wrong]
    stored = manifest.get("counts", {}).get("stored", facts["lines"])
    if stored != facts["lines"]:
        outcome.untrue.append(f"manifest {manifest.get('run')}: stored {stored}, but {facts['lines']} lines")


def _check_accounts(place: str, record: dict[str, Any], outcome: Outcome) -> None:
    counts = record.get("counts")
    if counts is None:
        outcome.untrue.append(f"{place}: no counts")
    elif missing := [name for name in ("found", *OUTCOMES) if name not in counts]:
        outcome.untrue.append(f"{place}: counts without {', '.join(missing)}")
    elif counts["found"] != sum(counts[name] for name in OUTCOMES):
        numbers = " + ".join(str(counts[name]) for name in OUTCOMES)
        outcome.untrue.append(f"{place}: found {counts['found']} is not {numbers}")
    elif min(counts[name] for name in OUTCOMES) < 0:
        outcome.untrue.append(f"{place}: a count is below 0")


def _check_names(
    segments: set[str], manifests: list[dict[str, Any]], runs: list[dict[str, Any]], outcome: Outcome
) -> None:
    """Every segment has its manifest, and every run its one line."""
    named = {manifest.get("segment") for manifest in manifests}
    outcome.untrue += [f"{name}: no manifest" for name in sorted(segments - named)]
    lines = Counter(run.get("run") for run in runs)
    stored = {name.removesuffix(".jsonl") for name in segments}
    outcome.untrue += [f"runs.jsonl: no line for {run}" for run in sorted(stored - lines.keys())]
    outcome.untrue += [f"runs.jsonl: {count} lines for {run}" for run, count in lines.items() if count > 1]


# --- requests

Requests = list[tuple[str, str]]  # host and path, as the replica's server has them


@dataclass(frozen=True)
class Nature:
    """What undisturbed runs ask for: `counts` of a first crawl, and `free`, what every run has to ask for anew."""

    counts: Counter[str]
    free: frozenset[str]

    @classmethod
    def of(cls, portal: Portal, first: Requests, second: Requests) -> Nature:
        """From the requests of an undisturbed crawl, and of the run after it, which found nothing new.

        An article, or a later page of a listing, is never free, whatever the second run asked for.
        """
        heads = {
            fold(url) + page for url in portal.categories.values() for page in ("", "?pageindex=1", "?pageindex=2")
        }
        asked = {key for key in map(_key, second) if portal.find(ROOT + key) is None and "pageindex=" not in key}
        return cls(Counter(map(_key, first)), frozenset(heads | asked))


def refetches(runs: list[Requests], nature: Nature) -> list[int]:
    """For each run how many pages were asked for again because of how it ended.

    A page that was asked for once more than an undisturbed crawl does counts against the run that asked before.
    """
    charged = [0] * len(runs)
    asked: Counter[str] = Counter()
    last: dict[str, int] = {}
    for number, requests in enumerate(runs):
        for key in map(_key, requests):
            if key in nature.free:
                continue
            asked[key] += 1
            if asked[key] > max(1, nature.counts[key]):
                charged[last[key]] += 1
            last[key] = number
    return charged


def _key(request: tuple[str, str]) -> str:
    host, path = request
    return fold(f"http://{host}{path}")
