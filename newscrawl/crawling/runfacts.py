"""What the manifest says of a run beside its counts."""

from __future__ import annotations

from typing import Any

from scrapy.statscollectors import StatsCollector

from newscrawl.crawling.versions import versions
from newscrawl.keeping.accounts import Accounts
from newscrawl.monitoring.fieldcounts import FieldCounts
from newscrawl.spiders.site import SiteSpider

__all__ = ["EXTRACTED", "run_facts"]

EXTRACTED = "extract/"  # in Scrapy's stats: field and layer, with how often that won
_STATUSES = "downloader/response_status_count/"


def run_facts(stats: StatsCollector, spider: SiteSpider, accounts: Accounts, fields: FieldCounts) -> dict[str, Any]:
    """What was asked and answered, which layers won, and how full the fields are."""
    return {
        **spider.facts(),
        "requests": stats.get_value("downloader/request_count", 0),
        "statuses": _below(stats, _STATUSES),
        "extracted_by": _below(stats, EXTRACTED),
        "fields": fields.record(),
        "first_pages": accounts.first_pages(),
        "versions": versions(),
    }


def _below(stats: StatsCollector, start: str) -> dict[str, Any]:
    every = sorted(stats.get_stats().items())
    return {key.removeprefix(start): value for key, value in every if key.startswith(start)}
