"""Whether an error means that the disk takes no more."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final

__all__ = ["is_disk_full"]

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PROBE: Final = bytes(1 << 16)


def is_disk_full(error: BaseException, folder: Path | None = None) -> bool:
    """Whether the disk, or the user's share of it, takes no more. SQLite does not say why it could not open a file or
    why it could not write: with `folder`, it is tried there."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and folder is not None:
        return _takes_no_more(folder)
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def _takes_no_more(folder: Path) -> bool:
    probe = folder / ".probe"
    try:
        fd = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.write(fd, _PROBE) < len(_PROBE):
                return True
            os.fsync(fd)
        finally:
            os.close(fd)
            os.unlink(probe)
    except OSError as error:
        return error.errno in _FULL
    return False
