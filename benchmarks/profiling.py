"""Where the time of `read_article` goes beyond the parse: cProfile over the replica's pages."""

from __future__ import annotations

import cProfile
import pstats

from benchmarks.samples import replica_samples
from newscrawl.loaders import read_article
from newscrawl.reading.pages import Page

__all__ = ["print_profile"]


def print_profile(*, quick: bool) -> None:
    """Read pages under the profiler, parsed before it runs; print the top 25 by both orders, rules and generic."""
    samples = replica_samples(32 if quick else 120)
    for name in ("site rules", "generic layers"):
        by_rules = name == "site rules"
        profile = cProfile.Profile()
        for at, sample in enumerate([*samples[:10], *samples]):
            url = sample.url if by_rules else sample.strange_url
            page = Page.parse(sample.html, url, fetched_at=sample.fetched_at)
            if at < 10:  # caches that a crawl fills with its first pages
                read_article(page, sample.site if by_rules else None)
                continue
            profile.enable()
            read_article(page, sample.site if by_rules else None)
            profile.disable()
        print(f"\n== read_article, {name}, {len(samples)} pages, parse not included")
        for order in ("cumulative", "tottime"):
            pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(25)
