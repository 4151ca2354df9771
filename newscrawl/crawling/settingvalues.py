"""The settings that are numbers or words of a list, checked before a crawl begins: a mistyped one would show in the
middle of it."""

from __future__ import annotations

import math
from typing import Final

from scrapy.settings import BaseSettings

from newscrawl.words.errors import ArgumentError

__all__ = ["check_settings"]

_LEAST: Final = {
    "ALARM_DAYS": 0,
    "CLOSESPIDER_TIMEOUT": 0,
    "CONCURRENT_REQUESTS": 1,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_DELAY_JITTER": 0,
    "DOWNLOAD_MAXSIZE": 1,
    "DOWNLOAD_TIMEOUT": 1,
    "LOOKS_PER_RUN": 0,
    "FIELD_FALL": 0,
    "LATE_DAYS": 0,
    "LATE_FACTOR": 1,
    "LISTING_SHARE": 0,
    "PROGRESS_SECONDS": 0,
    "RELATED_DEPTH": 0,
    "RETRY_TIMES": 0,
    "RETRY_WAIT": 0,
    "SITES_AT_ONCE": 1,
}
_WHOLE: Final = frozenset({
    "CONCURRENT_REQUESTS", "DOWNLOAD_MAXSIZE", "LOOKS_PER_RUN", "RELATED_DEPTH", "RETRY_TIMES", "SITES_AT_ONCE",
})  # fmt: skip
_WORDS: Final = {"RAW_PAGES": ("articles", "all", "off")}


def check_settings(settings: BaseSettings) -> None:
    """Raises ArgumentError that names the setting and its value."""
    for name, least in _LEAST.items():
        value = settings.get(name)
        try:
            number = int(value) if name in _WHOLE else float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not least <= number < math.inf:
            kind = "whole number" if name in _WHOLE else "number"
            raise ArgumentError(f"{name}={value}: must be a {kind} from {least}")
    for name, words in _WORDS.items():
        if settings.get(name) not in words:
            raise ArgumentError(f"{name}={settings.get(name)}: must be one of {', '.join(words)}")
