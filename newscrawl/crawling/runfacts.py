"""What the manifest says of a run beside its counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newscrawl.crawling.versions import versions
from newscrawl.keeping.accounts import Accounts
from newscrawl.monitoring.fieldcounts import FieldCounts
from newscrawl.spiders.site import SiteSpider

__all__ = ["EXTRACTED", "run_facts"]

EXTRACTED = "extract/"  # in Scrapy's stats: field and layer, with how often that won
_STATUSES = "downloader/response_status_count/"


def run_facts(stats: Mapping[str, Any], spider: SiteSpider, accounts: Accounts, fields: FieldCounts) -> dict[str, Any]:
    """What was asked and answered, which layers won, and how full the fields are; `stats` are Scrapy's."""
    return {
        **spider.facts(),
        "requests": stats.get("downloader/request_count", 0),
        "statuses": _below(stats, _STATUSES),
        "extracted_by": _below(stats, EXTRACTED),
        "fields": fields.record(),
        "first_pages": accounts.first_pages(),
        "versions": versions(),
    }


def _below(stats: Mapping[str, Any], start: str) -> dict[str, Any]:
    return {key.removeprefix(start): value for key, value in sorted(stats.items()) if key.startswith(start)}
