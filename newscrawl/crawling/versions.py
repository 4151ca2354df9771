"""What a manifest says of the program that wrote it."""

from __future__ import annotations

import platform
from importlib.metadata import version

import newscrawl

__all__ = ["versions"]


def versions() -> dict[str, str]:
    """The versions of what an article depends on."""
    return {
        "newscrawl": newscrawl.__version__,
        "scrapy": version("scrapy"),
        "lxml": version("lxml"),
        "python": platform.python_version(),
    }
