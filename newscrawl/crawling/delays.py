"""The delay between two requests to a host, in seconds."""

from __future__ import annotations

from typing import Final

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from newscrawl.crawling.loopback import loopback_target

__all__ = ["set_delay"]

_SHORTEST: Final = 1.0  # whatever the jitter; field notes, trap 77
_FINAL: Final = SETTINGS_PRIORITIES["cmdline"] + 1  # above what any command line says


def set_delay(settings: BaseSettings, own: float) -> None:
    """Set DOWNLOAD_DELAY: the policy's or the site's `own`, whichever is slower; on loopback none but what the command
    line asks for (contract 9). Raises ArgumentError for a CONNECT_TO that is no loopback address."""
    shortest = _SHORTEST / (1 - min(settings.getfloat("DOWNLOAD_DELAY_JITTER"), 0.9))
    slowest = max(settings.getfloat("DOWNLOAD_DELAY"), own, shortest)
    if loopback_target(settings):
        named = (settings.getpriority("DOWNLOAD_DELAY") or 0) >= SETTINGS_PRIORITIES["cmdline"]
        slowest = settings.getfloat("DOWNLOAD_DELAY") if named else 0.0
    settings.set("DOWNLOAD_DELAY", slowest, priority=_FINAL)
