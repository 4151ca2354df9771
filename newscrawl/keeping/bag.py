"""Bags: what is kept of some sites, packed as a BagIt bag (RFC 8493, version 1.0) for another archive.

A bag is made beside its place, under a draft's name, and gets its own name when it is complete, valid and on disk. A
draft that was left by a kill is made anew.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import bagit

from newscrawl.keeping.finishedfiles import RUNS, DamagedFileError, FinishedFiles
from newscrawl.keeping.ondisk import sync
from newscrawl.keeping.runlist import lines_backwards
from newscrawl.words.errors import NewscrawlError

__all__ = ["BagBusyError", "BagExistsError", "write_bag"]

# RFC 8493, 2.4, advises SHA-512; SHA-256 is what the manifests of segments have.
_CHECKSUMS: Final = ["sha256", "sha512"]
_VERSION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"  # the library writes 0.97
_DRAFT: Final = ".newscrawl-draft"


class BagExistsError(NewscrawlError):
    """There is something at the bag's place. Raised by `write_bag`; exit code 2."""


class BagBusyError(NewscrawlError):
    """Another process makes this bag. Raised by `write_bag`; exit code 75."""


def write_bag(
    bag: Path,
    kept: Sequence[FinishedFiles],
    site_files: Mapping[str, Path],
    texts: Mapping[str, str],
    info: Mapping[str, str | list[str]],
) -> None:
    """Make the bag: `output/<site>/…` is what is kept, `sites/…` are the site files by their names, and `texts` are
    more files by theirs; `info` goes to `bag-info.txt`.

    Raises BagExistsError, BagBusyError, DamagedFileError, OSError (ENOSPC among them, also at once when the bag
    can't fit).
    """
    logging.getLogger("bagit").addHandler(logging.NullHandler())  # it logs tracebacks of what it also raises
    if os.path.lexists(bag):
        raise BagExistsError(f"{bag} is there already; a bag is made in a new folder")
    _check_room(bag.parent, kept)
    with _draft(bag) as draft:
        for held in kept:
            _copy_site(held, draft / "output" / held.site)
        for name, text in texts.items():
            (draft / name).write_text(text, "utf-8")
        for name, file in site_files.items():
            _copy(file, draft / "sites" / name)
        made = _bagged(draft, info)
        _check(made, kept)
        made.validate()
        _sync_all(draft)


@contextmanager
def _draft(bag: Path) -> Iterator[Path]:
    """An empty folder that no other process uses; it becomes the bag, or goes."""
    draft = bag.with_name(f"{bag.name}{_DRAFT}")
    draft.mkdir(exist_ok=True)
    fd = os.open(draft, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _hold(fd, draft)
        try:
            _clear(draft)
            yield draft
            os.rename(draft, bag)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync(bag.parent)
    finally:
        os.close(fd)


def _hold(fd: int, draft: Path) -> None:
    """Lock the draft; the kernel lets go when its holder dies. Raises BagBusyError."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ours = draft.exists() and os.path.samestat(os.fstat(fd), draft.stat())  # else it became a bag meanwhile
    except BlockingIOError:
        ours = False
    if not ours:
        raise BagBusyError(f"another process makes this bag ({draft})")


def _clear(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _check_room(folder: Path, kept: Sequence[FinishedFiles]) -> None:
    """A bag that fills the disk would end the crawls that write there."""
    needed = sum(file.stat().st_size for held in kept for file in held.files)
    free = shutil.disk_usage(folder).free
    if needed >= free:
        raise OSError(errno.ENOSPC, f"the bag needs {needed} bytes, and {free} are free", str(folder))


def _copy_site(held: FinishedFiles, folder: Path) -> None:
    folder.mkdir(parents=True)
    for file in held.files:
        _copy(file, folder / file.name)
    if held.runs:
        runs = folder / RUNS
        os.truncate(runs, runs.stat().st_size - len(next(lines_backwards(runs))))  # to the end of the last whole line


def _copy(file: Path, to: Path) -> None:
    """Copy without reading the file into memory."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


def _bagged(draft: Path, info: Mapping[str, str | list[str]]) -> bagit.Bag:
    made = bagit.make_bag(str(draft), dict(info), checksums=_CHECKSUMS)
    (draft / "bagit.txt").write_text(_VERSION, "ascii")
    made.save()  # the tag manifests anew
    return bagit.Bag(str(draft))


def _check(made: bagit.Bag, kept: Sequence[FinishedFiles]) -> None:
    """The copies are what the manifests say: no damage goes into an archive unseen."""
    for held in kept:
        for file, told in held.checksums():
            found = made.entries[f"data/output/{held.site}/{file.name}"]["sha256"]
            if found != told:
                raise DamagedFileError(f"{file}: is not what its manifest says (SHA-256 {found})")


def _sync_all(folder: Path) -> None:
    for parent, _, names in os.walk(folder):
        for name in names:
            sync(Path(parent, name))
        sync(Path(parent))
