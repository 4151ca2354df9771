"""`scrapy report --json`: how complete each site is, for programs. `docs/report.md` explains every key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from newscrawl.report.gathering import SiteFigures

__all__ = ["completeness_record"]

_FORMAT: Final = 1


def completeness_record(sites: Iterable[SiteFigures], now: datetime) -> dict[str, Any]:
    """The whole answer."""
    return {
        "format": _FORMAT,
        "made": now.astimezone(UTC).isoformat(timespec="seconds"),
        "sites": [_site(figures) for figures in sites],
    }


def _site(figures: SiteFigures) -> dict[str, Any]:
    view, whole = figures.view, figures.whole
    return {
        "site": figures.name,
        "problems": figures.problems + figures.remarks,
        "articles": view.articles if view else None,
        "taken_down": view.taken_down if view else None,
        "completeness": whole.record() if whole else None,
    }
