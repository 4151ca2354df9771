"""Faults at a chosen call: a shim, preloaded into a crawl, that kills it there or makes the disk full from there on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = ["Action", "Kind", "NoCompilerError", "Report", "Shim"]

Kind = Literal["write", "sync", "rename", "open", "truncate", "unlink", "any"]
Action = Literal["kill-before", "kill-after", "full", "once"]
SOURCE = Path(__file__).with_name("shim.c")


class NoCompilerError(Exception):
    """The shim can't be built on this machine."""


@dataclass
class Report:
    """What the shim saw. `total` is None when the process was killed."""

    calls: list[tuple[str, str]] = field(default_factory=list)  # (kind, name of the file), if it was to trace them
    hit: str | None = None  # kind and name of the call that was chosen, if it came to that
    hit_at: float | None = None  # the clock's time of it
    total: int | None = None

    @classmethod
    def read(cls, file: Path) -> Report:
        """Read the file that the shim wrote; without one there was nothing to see."""
        report = cls()
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            word, _, rest = line.partition(" ")
            if word == "call":
                kind, _, name = rest.partition(" ")
                report.calls.append((kind, name))
            elif word == "hit":
                report.hit, _, moment = rest.rpartition(" ")
                report.hit_at = float(moment)
            elif word == "total":
                report.total = int(rest)
        return report

    def count(self, kind: Kind, name: str = "") -> int:
        """How many of the traced calls were of this kind, on files whose name holds this text."""
        return sum(kind in ("any", each) and name in of for each, of in self.calls)


@dataclass(frozen=True)
class Shim:
    """The built shim. What its variables mean stands in `shim.c`."""

    library: Path

    @classmethod
    def build(cls, folder: Path) -> Shim:
        """Build it into `folder`. Raises NoCompilerError; CalledProcessError if the source is wrong."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise NoCompilerError("no C compiler (cc, gcc or clang)")
        if sys.platform != "linux" or sys.maxsize < 2**32:
            raise NoCompilerError("it is made for Linux on 64 bits")
        library = folder / "shim.so"
        options = ("-shared", "-fPIC", "-O2", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra")
        subprocess.run([compiler, *options, "-o", str(library), str(SOURCE)], check=True, timeout=60)
        return cls(library)

    def environment(
        self,
        folder: Path,
        kind: Kind = "any",
        n: int = 0,
        action: Action = "full",
        *,
        name: str = "",
        report: Path,
        trace: bool = False,
    ) -> dict[str, str]:
        """The variables for a process whose n-th call of a kind below `folder` is to go wrong; 0 only counts."""
        variables = {
            "LD_PRELOAD": str(self.library),
            "FAULTS_FOLDER": str(folder.resolve()),
            "FAULTS_KIND": kind,
            "FAULTS_NAME": name,
            "FAULTS_AT": str(n),
            "FAULTS_ACTION": action,
            "FAULTS_REPORT": str(report.resolve()),
        }
        return variables | ({"FAULTS_TRACE": "1"} if trace else {})
