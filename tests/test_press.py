"""Every bundled site, crawled end to end: its family's pages under its own hosts, by `scrapy crawlall`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.papers import SITES, Paper, Press
from tests.replica import serve
from tests.scrapyrun import LONGEST, PROJECT, articles, command, environment
from tests.test_pages import picked

NAMES = sorted(file.stem for file in SITES.glob("*.toml"))


RULED = ("title", "published", "body")  # fields that a rule has to find, not the general layers behind it
RULES = ("site", "family", None)


def by(article: dict[str, Any], name: str) -> str | None:
    return article["extracted_by"].get(name)


def faults(paper: Paper, stored: list[dict[str, Any]]) -> list[str]:
    """What of a paper was lost, doubled or read wrong."""
    wanted = {each.url: each.fields for each in paper.articles}
    found = {each["url"]: each for each in stored}
    said = [f"{len(stored) - len(found)} doubled"] if len(found) < len(stored) else []
    if lost := wanted.keys() - found.keys():
        said.append(f"{len(lost)} of {len(wanted)} lost, as {min(lost)}")
    if more := found.keys() - wanted.keys():
        said.append(f"{len(more)} that are no articles, as {min(more)}")
    for url in wanted.keys() & found.keys():
        by_others = {name: layer for name in RULED if paper.key(name) and (layer := by(found[url], name)) not in RULES}
        said += [f"{name} of {url} by {layer}, not by a rule" for name, layer in by_others.items()]
        for name, value in wanted[url].items():
            if picked(found[url][name], value) != value:
                said.append(f"{name} of {url}: {found[url][name]!r}, not {value!r}")
    return [f"{paper.name}: {each}" for each in said[:5]]


@pytest.mark.crawl
def test_every_site_is_crawled(tmp_path: Path) -> None:
    """Nothing of it is lost or doubled, and each field of each article is as the family's pages say."""
    press = Press(NAMES)
    with serve(press) as server:  # type: ignore[arg-type]
        settings = {"CONNECT_TO": f"127.0.0.1:{server.port}", "OUTPUT_DIR": tmp_path, "RETRY_TIMES": 0}
        line = command("crawlall", *(part for key, value in settings.items() for part in ("-s", f"{key}={value}")))
        done = subprocess.run(line, cwd=PROJECT, env=environment(), capture_output=True, text=True, timeout=LONGEST)
    said = [fault for paper in press.papers.values() for fault in faults(paper, list(articles(tmp_path / paper.name)))]
    assert not said, "\n".join(said)
    assert done.returncode == 0, done.stderr[-3000:]
