"""`python -m benchmarks.score FOLDER`: what newscrawl and others read from pages whose truth is known.

FOLDER holds either `ground-truth.json` ({id: {url, articleBody}}) with `html/<id>.html.gz`, as the Article Extraction
Benchmark of Zyte has them, or folders with `article.html` and `expected.json`, as `tests/pages` has them.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from time import thread_time
from typing import Any, Final

import lxml.html

import newscrawl
from benchmarks.report import Table

_WORD: Final = re.compile(r"\w+")
_SHINGLE: Final = 4  # words, as in that benchmark
_FIELDS: Final = ("title", "published", "byline")
Reading = dict[str, Any]
Reader = Callable[["Sample"], Reading]


@dataclass(frozen=True, slots=True)
class Sample:
    """A page and what is to be read from it. `held` pages are not looked at while rules are made."""

    name: str
    html: bytes
    url: str
    truth: Reading
    fetched_at: datetime | None = None

    @property
    def held(self) -> bool:
        """A third of the pages, by the names that the benchmark gave them (hexadecimal digests)."""
        digits = re.sub(r"[^0-9a-f]", "", self.name)
        return bool(digits) and int(digits, 16) % 3 == 0


@dataclass(slots=True)
class Score:
    """What one reader made of the pages: precision and recall of each body, hits of other fields, and parses' time."""

    bodies: list[tuple[float, float]] = field(default_factory=list)
    fields: dict[str, list[bool]] = field(default_factory=dict)
    costs: list[float] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Of mean precision and mean recall, as that benchmark has it."""
        precision, recall = (mean(each) for each in zip(*self.bodies, strict=True))
        return _f1(precision, recall)

    @property
    def mean_f1(self) -> float:
        """The mean of the pages' own F1."""
        return mean(_f1(*each) for each in self.bodies)


def samples_in(folder: Path) -> Iterator[Sample]:
    """The pages of a folder, by name. Raises OSError, ValueError, KeyError."""
    truths = folder / "ground-truth.json"
    if truths.is_file():
        for name, facts in sorted(json.loads(truths.read_text("utf-8")).items()):
            html = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
            yield Sample(name, html, facts["url"], {"body": facts["articleBody"]})
        return
    for file in sorted(folder.glob("*/expected.json")):
        facts = json.loads(file.read_text("utf-8"))
        page = file.with_name("article.html")
        if page.is_file() and "body" in facts:
            moment = datetime.fromisoformat(facts["fetched_at"]) if facts.get("fetched_at") else None
            yield Sample(file.parent.name, page.read_bytes(), facts["url"], facts, moment)


# --- who reads


def _newscrawl(sample: Sample) -> Reading:
    return newscrawl.extract(sample.html, "http://news.example.org/page", fetched_at=sample.fetched_at)


def _trafilatura() -> Reader:
    read = importlib.import_module("trafilatura").bare_extraction

    def reader(sample: Sample) -> Reading:
        found = read(sample.html, url=sample.url, with_metadata=True, include_comments=False)
        if found is None:
            return {}
        return {"title": found.title, "published": found.date, "byline": found.author, "body": found.text}

    return reader


def _newspaper() -> Reader:
    article = importlib.import_module("newspaper").Article

    def reader(sample: Sample) -> Reading:
        page = article(sample.url, fetch_images=False)  # it would ask the site for them
        page.download(input_html=_text(sample.html))
        page.parse()
        day = page.publish_date.isoformat() if page.publish_date else None
        return {"title": page.title, "published": day, "byline": "; ".join(page.authors), "body": page.text}

    return reader


def _readability() -> Reader:
    document = importlib.import_module("readability").Document

    def reader(sample: Sample) -> Reading:
        page = document(_text(sample.html))
        body = "".join(lxml.html.fromstring(page.summary()).itertext())
        return {"title": page.short_title(), "body": body}

    return reader


def _resiliparse() -> Reader:
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text

    def reader(sample: Sample) -> Reading:
        return {"body": extract(_text(sample.html), main_content=True, alt_texts=False)}

    return reader


def _text(html: bytes) -> str:
    return html.decode("utf-8", "replace")


_OTHERS: Final[dict[str, Callable[[], Reader]]] = {
    "trafilatura": _trafilatura,
    "newspaper4k": _newspaper,
    "readability-lxml": _readability,
    "resiliparse": _resiliparse,
}


# --- how well


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words, with how often each stands there; a shorter text is one."""
    found = _WORD.findall(text)
    return Counter(tuple(found[at : at + _SHINGLE]) for at in range(max(len(found) - _SHINGLE + 1, min(len(found), 1))))


def body_score(truth: str, read: str) -> tuple[float, float]:
    """Precision and recall of a body, by its shingles."""
    wanted, found = shingles(truth), shingles(read)
    both = (wanted & found).total()
    if not wanted and not found:
        return 1.0, 1.0
    return both / found.total() if found else 0.0, both / wanted.total() if wanted else 0.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _same(name: str, truth: Any, read: Any) -> bool:
    """Whether a field is what it should be: a day is enough of a date; of several authors all have to be there."""
    if name == "published":
        return str(read or "")[:10] == str(truth or "")[:10]
    said = "; ".join(read) if isinstance(read, list) else str(read or "")
    wanted = truth if isinstance(truth, list) else [str(truth or "")]
    return said == "; ".join(wanted) if name == "byline" else " ".join(said.split()) == " ".join(wanted[0].split())


def score(sample: Sample, reader: Reader, into: Score) -> None:
    """Have a page read, and add what came out."""
    began = thread_time()
    lxml.html.document_fromstring(sample.html)
    parse = thread_time() - began
    began = thread_time()
    try:
        read = reader(sample)
    except Exception as error:
        print(f"{sample.name}: {type(error).__name__}: {error}", file=sys.stderr)
        read = {}
    into.costs.append((thread_time() - began) / parse)
    into.bodies.append(body_score(sample.truth["body"] or "", read.get("body") or ""))
    for name in _FIELDS:
        if name in sample.truth:
            into.fields.setdefault(name, []).append(_same(name, sample.truth[name], read.get(name)))


def _readers() -> Iterator[tuple[str, Reader]]:
    yield "newscrawl, site=None", _newscrawl
    for name, make in _OTHERS.items():
        try:
            yield name, make()
        except ImportError:
            print(f"{name} is not installed, and left out: pip install -e '.[peers]'", file=sys.stderr)


def _table(title: str, scores: dict[str, Score]) -> Table:
    fields = [name for name in _FIELDS if any(name in each.fields for each in scores.values())]
    columns = ["reader", "F1", "mean F1", "precision", "recall", *fields, "x parse"]
    rows = []
    for name, each in scores.items():
        precision, recall = (mean(values) for values in zip(*each.bodies, strict=True))
        hits = [f"{sum(each.fields[name])}/{len(each.fields[name])}" for name in fields]
        figures = [f"{value:.3f}" for value in (each.f1, each.mean_f1, precision, recall)]
        rows.append([name, *figures, *hits, f"{median(each.costs):.1f}"])
    return Table(title, columns, rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables. Returns 2 for a folder without pages."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.score", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--alone", action="store_true", help="newscrawl only")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N worst pages; none held back")
    options = parser.parse_args(argv)
    samples = list(samples_in(options.folder))
    if not samples:
        print(f"{options.folder}: no ground-truth.json, and no folder with expected.json", file=sys.stderr)
        return 2
    seen: dict[str, Score] = {}
    held: dict[str, Score] = {}
    for name, reader in _readers():
        if options.alone and name in _OTHERS:
            continue
        for sample in samples:
            score(sample, reader, (held if sample.held else seen).setdefault(name, Score()))
    for title, scores in (("pages to look at", seen), ("pages held back", held)):
        if scores:
            _table(f"{len(next(iter(scores.values())).bodies)} {title}", scores).print()
    if options.worst:
        _print_worst([sample for sample in samples if not sample.held], options.worst)
    return 0


def _print_worst(samples: Sequence[Sample], most: int) -> None:
    scored = [(_f1(*found), found, sample) for sample in samples if (found := _own(sample))]
    for f1, (precision, recall), sample in sorted(scored, key=lambda each: each[0])[:most]:
        print(f"{f1:.3f}  precision {precision:.2f}  recall {recall:.2f}  {sample.name[:12]}  {sample.url}")


def _own(sample: Sample) -> tuple[float, float]:
    return body_score(sample.truth["body"] or "", _newscrawl(sample).get("body") or "")


if __name__ == "__main__":
    sys.exit(main())
