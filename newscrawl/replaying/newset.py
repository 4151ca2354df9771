"""The set of articles that a replay makes of a site: a folder with a segment and its manifest, there whole or not at
all.

It lies in `output/<site>/replays/<run>/`, and until it is whole in `<run>.draft/`, whose lock the replay holds.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from newscrawl.items import json_line
from newscrawl.keeping.accounts import OUTCOMES
from newscrawl.keeping.deduplication import Texts
from newscrawl.keeping.lock import SiteBusyError, hold
from newscrawl.keeping.ondisk import sync
from newscrawl.keeping.runnames import run_name
from newscrawl.keeping.segments import Segment, write_manifest
from newscrawl.keeping.traps import Traps
from newscrawl.replaying.rereading import Reread

__all__ = ["REPLAYS", "NewSet"]

REPLAYS: Final = "replays"
_DRAFT: Final = ".draft"


class NewSet:
    """The set of one site, and the accounts of what became of its pages. Its folder appears with the first article.
    Raises OSError."""

    def __init__(self, site_folder: Path, now: datetime) -> None:
        self.site, self._now = site_folder.name, now
        self.folder = site_folder / REPLAYS  # that of all sets, until the first article
        self._draft: Path | None = None
        self._lock: FileLock | None = None
        self._segment: Segment | None = None
        _clear_away(self.folder)
        self._texts, self._traps = Texts(), Traps()
        self._listings: set[str] = set()
        self._twins: dict[str, dict[str, str]] = {}
        self.settled: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.layers: Counter[str] = Counter()

    @property
    def run(self) -> str:
        """The name of the set: when the replay began, UTC."""
        return self.folder.name

    @property
    def segment(self) -> Path:
        """The segment, once the set is whole."""
        return self.folder / f"{self.run}.jsonl"

    @property
    def stored(self) -> int:
        """How many articles it holds."""
        return self._segment.lines if self._segment is not None else 0

    def _begun(self) -> Segment:
        """The segment that is being written. Its set gets the next free second for its name."""
        if self._segment is None:
            sets, moment = self.folder, self._now
            while self._draft is None:
                name = run_name(moment)
                moment += timedelta(seconds=1)
                if not (sets / name).exists():
                    with suppress(FileExistsError):
                        (sets / f"{name}{_DRAFT}").mkdir(parents=True)
                        self.folder, self._draft = sets / name, sets / f"{name}{_DRAFT}"
            self._lock = hold(self._draft)
            self._segment = Segment(self._draft, self.run)
        return self._segment

    # --- what is read

    def take(self, page: Reread) -> None:
        """A page of the site was read. Raises OSError when the disk takes no more."""
        self._listings.update(page.listings)
        if page.outcome != "article":
            self._settle(page.outcome, page.reason)
            return
        if page.kind == "page" and page.key in self._listings:  # as in a crawl, whatever it looks like
            self._settle("skipped", "listing")
            return
        decision = self._texts.decide(page.article_id, page.content_hash, has_text=page.has_text)
        if decision.outcome == "stored":
            self._begun().write(_revised(page.line, decision.revision, decision.previous_hash))
            self.layers.update(f"{field}/{layer}" for field, layer in page.layers.items())
        elif decision.other is not None and self._is_guard(page):
            self._settle("failed", "same_text")
            return
        elif decision.other is not None:
            self._twins[page.key] = {"url": page.url, "of": decision.other}
        self.settled[decision.outcome] += 1

    def _settle(self, outcome: str, reason: str) -> None:
        self.settled[outcome] += 1
        self.reasons[f"{outcome}/{reason}"] += 1

    def _is_guard(self, page: Reread) -> bool:
        """Whether the text of a twin shows to be a guard's, as in a crawl; then its other twins are none, too."""
        if page.key in self._twins:
            return False
        self._traps.repeat(page.content_hash, page.key)
        if not self._traps.is_guard(page.content_hash):
            return False
        for key in self._traps.twins(page.content_hash):
            if self._twins.pop(key, None):
                self.settled["duplicate"] -= 1
                self._settle("failed", "same_text")
        return True

    # --- its end

    def counts(self) -> dict[str, Any]:
        """What became of the pages; `found` = all the others together."""
        return {
            "found": self.settled.total(),
            **{name: self.settled[name] for name in OUTCOMES},
            "reasons": dict(sorted(self.reasons.items())),
            "duplicates": list(self._twins.values()),
        }

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest, and give the set its name; one without articles leaves nothing. Raises OSError; then
        `abandon` clears it away."""
        if self._segment is None or self._draft is None:
            return
        manifest = {"run": self.run, "site": self.site, **facts, "counts": self.counts()}
        manifest["extracted_by"] = dict(sorted(self.layers.items()))
        write_manifest(self._draft, self.run, manifest | self._segment.facts)
        self._segment.finish()
        os.rename(self._draft, self.folder)
        sync(self.folder.parent)
        self.folder.joinpath(".lock").unlink(missing_ok=True)  # last: a draft without its lock would be cleared away
        self._unlock()

    def abandon(self) -> None:
        """Clear the draft away, where there is one."""
        if self._segment is not None:
            self._segment.abandon()
        if self._draft is not None:
            shutil.rmtree(self._draft, ignore_errors=True)
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()


def _clear_away(folder: Path) -> None:
    """What killed replays left; a draft of one that is on is left alone."""
    for draft in folder.glob(f"2*{_DRAFT}"):
        try:
            lock = hold(draft)
        except (SiteBusyError, FileNotFoundError):
            continue
        shutil.rmtree(draft, ignore_errors=True)
        lock.release()


def _revised(line: bytes, revision: int, previous_hash: str | None) -> bytes:
    if revision == 1:
        return line
    return json_line({**json.loads(line), "revision": revision, "previous_hash": previous_hash})
