"""One run at a time over a site: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from newscrawl.words.errors import NewscrawlError

__all__ = ["SiteBusyError", "hold"]


class SiteBusyError(NewscrawlError):
    """Another run holds the site. Raised by `hold`; exit code 75."""


def hold(folder: Path) -> FileLock:
    """Take the lock of the site whose output lies in `folder`. Raises SiteBusyError, OSError."""
    lock = FileLock(folder / ".lock", blocking=False)  # flock
    try:
        lock.acquire()
    except Timeout:
        raise SiteBusyError(f"another run holds the site {folder.name} ({lock.lock_file})") from None
    return lock
