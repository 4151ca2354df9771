"""What commands end with. Contract 8."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["ExitCode", "Verdict"]


class ExitCode(IntEnum):
    """What every crawling command ends with."""

    COMPLETE = 0
    CRASH = 1
    USAGE = 2
    DISK_FULL = 3
    CONFIGURATION = 4
    INCOMPLETE = 9
    NOTHING = 10
    STOPPED = 11
    TIME_LIMIT = 15
    RATE_LIMITED = 18
    BUSY = 75


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code, one word for it, and a sentence that says what is wrong (empty when nothing is)."""

    code: ExitCode
    reason: str
    detail: str = ""
