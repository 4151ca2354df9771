"""Writing the report's file: whole or not at all, and nothing stays beside it."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(file: Path, text: str) -> None:
    """Put `text` into `file`, as UTF-8; one that is there stays as it is until all is on disk. Raises OSError."""
    file = file.resolve()  # a link stays one
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        with open(draft, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)
