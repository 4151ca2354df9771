"""The setting CONNECT_TO: a loopback address that stands for a site's hosts, in the demo and in tests."""

from __future__ import annotations

import ipaddress
import re

from scrapy.settings import BaseSettings

from newscrawl.words.errors import ArgumentError

__all__ = ["loopback_target"]


def loopback_target(settings: BaseSettings) -> str | None:
    """The `ADDRESS:PORT` of the setting CONNECT_TO, or None where it is not set.

    Raises ArgumentError unless it is a loopback address (127.0.0.0/8 or [::1]) with a port: only such hosts may be
    crawled without delay.
    """
    value = settings.get("CONNECT_TO")
    if not value:
        return None
    match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[0-9.]+):(\d{1,5})", value)
    try:
        if match and ipaddress.ip_address(match[1].strip("[]")).is_loopback and 0 < int(match[2]) < 65536:
            return str(value)
    except ValueError:
        pass
    raise ArgumentError(f"CONNECT_TO={value}: must be a loopback address and port, like 127.0.0.1:8080 or [::1]:8080")
