"""`python -m benchmarks [SECTION ...] [--quick] [--check] [--profile]`: see README.md."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from time import perf_counter
from typing import Final

from benchmarks.report import Budget, MeasurementError, Report, print_budgets

_SECTIONS: Final = ("extraction", "crawl", "recrawl", "breadth", "replay", "ledger")
_APART: Final = ("bombs",)  # takes ten minutes, and only when it is named
_HELP: Final = f"{', '.join(_SECTIONS)}, which are all without any; {', '.join(_APART)}"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What newscrawl costs, in ratios.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=_HELP)
    parser.add_argument("--quick", action="store_true", help="fewer pages and rounds: a first look, not a verdict")
    parser.add_argument("--check", action="store_true", help="end with 1 when a budget is exceeded")
    parser.add_argument("--profile", action="store_true", help="print where read_article spends its time, and end")
    options = parser.parse_args(argv)
    if unknown := [name for name in options.sections if name not in _SECTIONS + _APART]:
        parser.error(f"no such section: {', '.join(unknown)} (there are {', '.join(_SECTIONS + _APART)})")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Returns 0; 1 with --check when a budget is exceeded; 2 when a measurement failed."""
    options = _arguments(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that children end and folders go
    if options.profile:
        from benchmarks.profiling import print_profile

        print_profile(quick=options.quick)
        return 0
    budgets: list[Budget] = []
    failed = False
    for name in options.sections or _SECTIONS:
        began = perf_counter()
        measure: Callable[..., Report] = import_module(f"benchmarks.{name}").measure
        try:
            report = measure(quick=options.quick)
        except MeasurementError as error:
            print(f"\n== {name}: could not be measured\n\n{error}", file=sys.stderr)
            failed = True
            continue
        for table in report.tables:
            table.print()
        print(f"  ({perf_counter() - began:.0f} s)", flush=True)
        budgets += report.budgets
    print_budgets(budgets)
    if failed:
        return 2
    return 1 if options.check and not all(budget.kept for budget in budgets) else 0


if __name__ == "__main__":
    sys.exit(main())
