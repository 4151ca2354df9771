"""All that the report says of one site, gathered from its files. What can't be read is said, and costs only itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from newscrawl.inventory.completeness import Completeness, completeness
from newscrawl.inventory.holdings import Holdings, read_holdings
from newscrawl.inventory.ledgerview import LedgerView, OlderLedgerError, view_ledger
from newscrawl.inventory.runhistory import RunHistory, read_history
from newscrawl.keeping.ledger import LedgerError
from newscrawl.keeping.recovery import LEDGER
from newscrawl.site import NAME, Site
from newscrawl.sitefile import load_site
from newscrawl.words.errors import SiteError

__all__ = ["SiteFigures", "crawled", "gather", "gather_ledger"]

_MOST_ARTICLES: Final = 10
_MOST_PAGES: Final = 15  # of each kind: pending, failed, gone, taken down
_MOST_RUNS: Final = 14


@dataclass(slots=True)
class SiteFigures:
    """One site. `site` is None without a site file that can be used, `view` and `whole` without such a ledger."""

    name: str
    site: Site | None = None
    history: RunHistory = field(default_factory=RunHistory)
    holdings: Holdings = field(default_factory=Holdings)
    view: LedgerView | None = None
    whole: Completeness | None = None
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # what passes by itself

    @property
    def crawled(self) -> bool:
        """Whether a run ever began here."""
        parts = (self.history.runs, self.history.open_segments, self.holdings.segments, self.view, self.problems)
        return any(parts) or bool(self.remarks)


def crawled(output: Path) -> list[str]:
    """The sites that have something in `output`, by the names of their folders."""
    if not output.is_dir():
        return []
    return sorted(
        folder.name
        for folder in output.iterdir()
        if folder.is_dir() and NAME.fullmatch(folder.name) and _is_output(folder)
    )


def _is_output(folder: Path) -> bool:
    """Whether a crawl left something in a folder. One that can't be looked into counts: `gather` says what is wrong."""
    marks = (folder / LEDGER, folder / "runs.jsonl")
    try:
        return any(mark.exists() for mark in marks) or any(folder.glob("2*.jsonl*"))
    except OSError:
        return True


def gather(output: Path, name: str, files: dict[str, Path]) -> SiteFigures:
    """All figures of a site; `files` are the site files by name."""
    figures = gather_ledger(output, name, files)
    folder = output / name
    if folder.is_dir():
        figures.history = read_history(folder, _MOST_RUNS)
        figures.holdings = read_holdings(folder, _MOST_ARTICLES)
        figures.problems += [*figures.history.problems, *figures.holdings.problems]
    return figures


def gather_ledger(output: Path, name: str, files: dict[str, Path]) -> SiteFigures:
    """What the site file and the ledger say, without the segments."""
    figures = SiteFigures(name)
    if name in files:
        try:
            figures.site = load_site(files[name])
        except SiteError as error:
            figures.problems.append(str(error))
    ledger = output / name / LEDGER
    try:
        figures.view = view_ledger(ledger, _MOST_PAGES)
        if figures.view is None and any(ledger.parent.glob("2*.jsonl")):
            figures.problems.append(f"{ledger}: is not there; the next crawl makes it anew")
    except OlderLedgerError as error:
        figures.remarks.append(str(error))
    except LedgerError as error:
        figures.problems.append(str(error))
    if figures.view is not None:
        figures.whole = completeness(figures.view, _listings(figures.site))
    return figures


def _listings(site: Site | None) -> dict[str, str]:
    """The listings that the site file names: identity → title."""
    pairs: Iterable[tuple[str, str]] = site.categories.items() if site else ()
    return {site.key(address): title for title, address in pairs} if site else {}
