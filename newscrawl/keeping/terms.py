"""On what terms a run works: what command line and settings say that concerns its keeping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from newscrawl.keeping.arguments import Arguments

__all__ = ["Terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """`clock` tells the time, with its zone. `first_wait` is the wait, in seconds, after the first failure of a page;
    `looks` is how many stored articles are looked at again, at most; `command` is what began the run: "crawl" or
    "backfill"."""

    clock: Callable[[], datetime]
    arguments: Arguments = field(default_factory=Arguments)
    first_wait: float = 10.0
    looks: int = 0
    command: str = "crawl"
