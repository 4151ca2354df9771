"""The pages that reading is measured on: the replica's articles of both eras, and real pages where there are some."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from newscrawl.extraction import site_named
from newscrawl.site import Site
from newscrawl.sitefile import find_site
from tests.replica import HOST, build

__all__ = ["Sample", "real_samples", "replica_samples"]

SMALLEST: Final = 40_000  # bytes; the budgets speak of pages of 40 KB and more


@dataclass(frozen=True, slots=True)
class Sample:
    """One page. `strange_url` is the same address on a host that no site file knows."""

    group: str
    html: bytes
    url: str
    strange_url: str
    site: Site | None
    fetched_at: datetime


def replica_samples(count: int) -> list[Sample]:
    """So many article pages of the replica, half of each era, 40 KB and larger."""
    portal = build(seed=2018, articles=count * 3)
    site = site_named("ninhthuan")
    found: list[Sample] = []
    for era in ("chinhquyen", "portal"):
        of_era: list[Sample] = []
        for article in portal.articles:
            path = article.url.partition(HOST)[2]
            if article.era == era and len(of_era) < count // 2:
                html = portal.get(HOST, path).body
                if len(html) >= SMALLEST:
                    strange = f"http://www.example.org{path}"
                    of_era.append(Sample(f"replica {era}", html, article.url, strange, site, portal.now))
        found += of_era
    # One of each in turn, so that no era has the quieter minutes of the machine.
    return [sample for pair in zip(found[: count // 2], found[count // 2 :], strict=False) for sample in pair]


def real_samples() -> Iterator[Sample]:
    """The real pages of the folder that the environment variable NEWSCRAWL_PAGES names; none without it."""
    folder = os.environ.get("NEWSCRAWL_PAGES")
    for name in ("baocantho", "vnexpress") if folder else ():
        page = Path(str(folder)) / name / "article.html"
        expected = page.with_name("expected.json")
        if not (page.is_file() and expected.is_file()):
            continue
        facts = json.loads(expected.read_text("utf-8"))
        url, html = str(facts["url"]), page.read_bytes()
        parts = urlsplit(url)
        strange = url if find_site(url) is None else parts._replace(netloc="www.example.org").geturl()
        site = site_named(facts["site"]) if facts.get("site") else None
        yield Sample(f"real {name}", html, url, strange, site, datetime.fromisoformat(facts["fetched_at"]))
