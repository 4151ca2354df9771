"""Files that are on disk when a call returns, and there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["sync", "whole"]


def sync(path: Path) -> None:
    """Put a file on disk, or the names in a folder: a new or renamed file is only there after a power cut when its
    folder was synced too. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def whole(file: Path) -> Iterator[BinaryIO]:
    """What is written here becomes `file` when the block ends; one that is there stays as it is until all is on disk.
    What a kill leaves beside it ends with ".draft". Raises OSError; then nothing stays."""
    file = file.resolve()  # a link stays one
    draft = file.with_name(f"{file.name}.{os.getpid()}.draft")  # another process may write the same file
    try:
        with open(draft, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, file)
        sync(file.parent)
    finally:
        draft.unlink(missing_ok=True)
