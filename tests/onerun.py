"""Runs of one made-up site without Scrapy, for the tests of what survives them; and how such a run is killed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from newscrawl.extraction import site_named
from newscrawl.items import Article, Link, record_of
from newscrawl.keeping.arguments import Arguments
from newscrawl.keeping.ledger import Entry, Ledger
from newscrawl.keeping.run import Run
from newscrawl.keeping.terms import Terms
from newscrawl.warc.records import Exchange

NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SITE = site_named("baocantho")


class Killed(BaseException):
    """The process dies here."""


def url(number: int) -> str:
    return f"https://baocantho.com.vn/vet-kenh-a{number}.html"


def entries(*numbers: int, **more: Any) -> list[Entry]:
    return [Entry(str(number), url(number), **more) for number in numbers]


def keys(found: list[Entry]) -> list[str]:
    return [entry.key for entry in found]


def article(number: int, *related: int, text: str = "") -> Article:
    links = [Link(url(other), "Một", "2019-02-19", "(19/02)", "Tin đã đưa") for other in related]
    made = Article(id=f"baocantho:{number}", url=url(number), title="Vét kênh", body=text, related=links)
    return replace(made, content_hash=sha256(f"{number}{text}".encode()).hexdigest())


def record(number: int, *related: int, text: str = "") -> dict[str, Any]:
    return record_of(article(number, *related, text=text))


def exchange(number: int, body: bytes = b"", moment: datetime = NOW, **more: Any) -> Exchange:
    """The page of an article, as it was asked for and answered."""
    asked = [("Host", "baocantho.com.vn")]
    made = Exchange(url(number), moment, "GET / HTTP/1.1", asked, "HTTP/1.1", "200 OK", [], body, "127.0.0.1")
    return replace(made, body=body or f"<p>{number}</p>".encode() * 40, **more)


def kept(run: Run, number: int, *related: int, text: str = "") -> dict[str, Any]:
    """Store an article with its raw page; its line."""
    line = {**record(number, *related, text=text), "raw": run.warc.write(exchange(number, text.encode())).record()}
    run.store(line)
    return line


def warcs(folder: Path) -> list[Path]:
    """The WARC files with their own names, oldest first."""
    return sorted((folder / "baocantho").glob("2*.warc.gz"))


def opened(folder: Path, now: datetime = NOW, arguments: Arguments | None = None, first_wait: float = 10.0) -> Run:
    return Run.open(folder, SITE, Terms(lambda: now, arguments or Arguments(), first_wait))


def ended(run: Run, code: int = 0) -> dict[str, Any]:
    return run.finish("finished", code, {}, LATER)


def kill(run: Run) -> None:
    """What is left of a run whose process was killed: nothing is committed, synced or named any more."""
    run.warc.abandon()
    run.segment.abandon()
    run.ledger.close()
    run._lock.release()


def segments(folder: Path) -> list[Path]:
    """The finished segments, oldest first."""
    return sorted((folder / "baocantho").glob("2*.jsonl"))


def lines(folder: Path) -> list[str]:
    """The ids in all finished segments."""
    return [each["id"] for file in segments(folder) for each in parsed(file)]


def manifests(folder: Path) -> dict[str, dict[str, Any]]:
    """The manifests by their runs."""
    files = (folder / "baocantho").glob("*.manifest.json")
    return {manifest["run"]: manifest for file in files for manifest in [json.loads(file.read_bytes())]}


def runs(folder: Path) -> list[dict[str, Any]]:
    return parsed(folder / "baocantho" / "runs.jsonl")


def parsed(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


@contextmanager
def killed_at(step: int) -> Iterator[list[str]]:
    """The process dies just before its `step`-th act that changes something on disk; yields the acts so far."""
    acts: list[str] = []
    places: list[tuple[Any, str]] = [
        (os, "fsync"), (os, "rename"), (os, "replace"), (Ledger, "commit"), (Ledger, "settle_on_disk"),
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in places:
            patch.setattr(owner, name, _dying(getattr(owner, name), name, step, acts))
        yield acts


def _dying(act: Callable[..., Any], name: str, step: int, acts: list[str]) -> Callable[..., Any]:
    def acting(*args: Any, **more: Any) -> Any:
        if len(acts) == step:
            raise Killed(name)
        acts.append(name)
        return act(*args, **more)

    return acting
