"""A sample of the torture: `make torture` kills hundreds of crawls."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tests.crawls import Crawls, hearing
from tests.replica import build
from tests.torture import survey, torture_many

pytestmark = pytest.mark.crawl


def test_killed_crawls_lose_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    options = argparse.Namespace(crawls=2, kills=3, jobs=2, seed=2018)
    with hearing(), Crawls() as crawls:
        ground = survey(build(articles=150, padding=False), crawls, options.jobs, tmp_path)
        total = torture_many(ground, crawls, options, told.append)
    assert told == []
    assert (total.crawls, total.failed) == (2, 0), total.details
    assert total.kills.total() + total.missed == 6
