"""The files that a run writes, segment and WARC: they grow by whole pieces, and get their own name at the end."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from newscrawl.keeping.ondisk import sync

__all__ = ["OPEN", "AppendedFile"]

OPEN: Final = ".open"  # behind the name of a file whose run is on, or was killed


class AppendedFile:
    """`file`, which is called `<file>.open` until it is finished. It appears with its first piece."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.open_file = file.with_name(f"{file.name}{OPEN}")
        self.size = 0  # bytes
        self._hash = sha256()
        self._fd: int | None = None

    def append(self, piece: bytes) -> None:
        """Append a piece, whole or not at all. Raises OSError (ENOSPC among them) after cutting a torn piece off."""
        if self._fd is None:
            self._fd = os.open(self.open_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            sync(self.file.parent)
        try:
            written = os.write(self._fd, piece)
            while written < len(piece):
                written += os.write(self._fd, piece[written:])
        except OSError:
            os.ftruncate(self._fd, self.size)
            os.lseek(self._fd, self.size, os.SEEK_SET)
            raise
        self.size += len(piece)
        self._hash.update(piece)

    @property
    def sha256(self) -> str:
        """Of all pieces, hexadecimal."""
        return self._hash.hexdigest()

    def sync(self) -> None:
        """Put all pieces on disk. Raises OSError."""
        if self._fd is not None:
            os.fsync(self._fd)

    def finish(self) -> None:
        """Sync, close and rename. Raises OSError."""
        if not self.size:
            self.abandon()
        elif self._fd is not None:
            self.sync()
            os.close(self._fd)
            self._fd = None
            os.rename(self.open_file, self.file)
            sync(self.file.parent)

    def abandon(self) -> None:
        """Close without the name of a finished file; the next run recovers it. Without a piece there is nothing to
        recover, and no file stays."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
            if not self.size:
                self.open_file.unlink(missing_ok=True)
