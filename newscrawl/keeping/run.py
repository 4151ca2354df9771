"""One run over one site: its lock, ledger, segment and accounts, and the order in which they are written.

The order is the promise. Children are noted before their page is settled, and saved before they are fetched; a stored
page is settled only after its line is on disk, and a line goes there only after the raw page that it points at. So
whatever kills the process, the ledger never says more than the segments hold, and what a segment holds beyond the
ledger is found again at the next start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from filelock import FileLock

from newscrawl.items import day_of, json_line
from newscrawl.keeping.accounts import Accounts
from newscrawl.keeping.ledger import Kept, is_damage
from newscrawl.keeping.ledgerfrontier import LedgerFrontier
from newscrawl.keeping.lock import hold
from newscrawl.keeping.recovery import LEDGER, bring_up, open_ledger, set_aside
from newscrawl.keeping.runlist import append_run, free_name, last_runs
from newscrawl.keeping.runrecords import number, table
from newscrawl.keeping.segments import Segment, write_manifest
from newscrawl.keeping.terms import Terms
from newscrawl.keeping.unsynced import Unsynced
from newscrawl.site import Site
from newscrawl.warc.writing import Warc

__all__ = ["Run"]

# A sync costs milliseconds, a page costs one: so they are grouped. What a group holds is at most what a power cut can
# make the next run fetch again; a killed process loses less, for the system keeps what it was given.
_GROUP_PAGES: Final = 32
_GROUP_SECONDS: Final = 1.0


class Run:
    """An open run. `frontier` is for the spider and the scheduler, the rest for pipelines and the run's keeper."""

    def __init__(
        self,
        folder: Path,
        site: Site,
        lock: FileLock,
        terms: Terms,
        frontier: type[LedgerFrontier],
    ) -> None:
        self.folder, self.site, self._lock = folder, site, lock
        self.terms, self._frontier = terms, frontier
        self.started = terms.clock()
        self.accounts = Accounts()
        self.failure: Exception | None = None  # the first write that failed
        self.damaged = False
        self._unsynced = Unsynced()
        self._synced = monotonic()
        try:
            self._begin()
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            set_aside(folder / LEDGER, self.started)  # damage that shows only when the page that has it is read
            self._begin()

    def _begin(self) -> None:
        """Open the ledger and bring it up to what killed runs left. Raises LedgerError, OSError, sqlite3.Error."""
        self.ledger, self.rebuilt = open_ledger(self.folder, self.site, self.started)
        try:
            bring_up(self.ledger, self.folder, self.site)
            self.name = free_name(self.folder, self.started)
            self.segment = Segment(self.folder, self.name)
            self.warc = Warc(self.folder, self.name, self.ledger.payloads)
            self.frontier = self._frontier(self.ledger, self.accounts, self.terms, self.name)
            self._commit()
        except BaseException:
            self.ledger.close()
            raise

    @classmethod
    def open(cls, output: Path, site: Site, terms: Terms, frontier: type[LedgerFrontier] = LedgerFrontier) -> Run:
        """Take the site's lock, recover what a killed run left, and open a new run in `output`/<site>/. Raises
        SiteBusyError, LedgerError, OSError, sqlite3.Error."""
        folder = output / site.name
        folder.mkdir(parents=True, exist_ok=True)
        lock = hold(folder)
        try:
            return cls(folder, site, lock, terms, frontier)
        except BaseException:
            lock.release()
            raise

    # --- what the pipelines say

    def kept(self, article_id: str) -> Kept | None:
        """What is kept of an article, or None."""
        return self._unsynced.article(article_id) or self.ledger.article(article_id)

    def same_text(self, content_hash: str) -> str | None:
        """The id of an article of the site with this very text, or None."""
        return self._unsynced.same_text(content_hash) or self.ledger.same_text(content_hash)

    def store(self, record: dict[str, Any]) -> None:
        """Write an article's line. Raises OSError when the disk takes no more."""
        self.segment.write(json_line(record))
        key = self.site.key(record["url"])
        kept = Kept(record["content_hash"], record["revision"])
        # What an archive gave says nothing of the live page.
        validators = None if record.get("origin") else self.frontier.validators_of(key)
        self._unsynced.add(key, record["id"], kept, day_of(record), self.terms.clock(), validators)
        self.frontier.count(key, "stored")

    def drop(self, url: str, outcome: str, other: str | None = None) -> None:
        """Settle a page whose article needs no line: "unchanged", or "duplicate" of the article `other`."""
        key = self.site.key(url)
        self.frontier.drop(key, outcome)
        if other is not None:
            self.ledger.twins.keep(key, url, other, self.name)

    # --- writing

    @property
    def broken(self) -> bool:
        """Whether a write failed. What the ledger forgot then stands in the segment alone: it stays open for the next
        run to recover, and nothing more may be committed."""
        return self.failure is not None

    def save(self) -> None:
        """Let what was said so far outlive the process, and now and then a power cut. Called before each request.
        Raises OSError, sqlite3.Error."""
        pages = max(len(self._unsynced), len(self.warc))
        if pages >= _GROUP_PAGES or (pages and monotonic() - self._synced >= _GROUP_SECONDS):
            self.sync()
        elif self.ledger.changed:
            self._commit()

    def _commit(self) -> None:
        self._raise_again()
        with self._writing():
            counts = {"command": self.terms.command, **self.accounts.balance()}
            self.ledger.runs.save(self.name, self.started, counts)
            self.ledger.commit()

    def sync(self) -> None:
        """Put raw pages on disk, then lines, then settle their pages. Raises OSError or sqlite3.Error when the disk
        takes no more, and the same again when it is called after that."""
        self._raise_again()
        with self._writing():
            self.warc.sync()
            self.segment.sync()
            self.warc.settle()
            self.frontier.synced()
            for via in self._unsynced.settle(self.ledger, self.name):
                self.accounts.stored_via[via or "unknown"] += 1
        self._commit()
        self._synced = monotonic()

    def _raise_again(self) -> None:
        if self.failure is not None:
            raise self.failure

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self.failure = error
            raise

    def finish(self, reason: str, exit_code: int, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
        """End the run: sync, manifest, renames, one line in `runs.jsonl`; lets go of the lock. Returns the manifest.
        Raises OSError, sqlite3.Error; then the next run recovers what is left."""
        self.sync()
        self.ledger.settle_on_disk()
        manifest = {
            "run": self.name,
            "site": self.site.name,
            "started": self.started.isoformat(timespec="seconds"),
            "ended": now.isoformat(timespec="seconds"),
            "reason": reason,
            "exit_code": exit_code,
            "counts": {**self.accounts.balance(), "duplicates": self.ledger.twins.met_by(self.name)},
            **facts,
            **self.warc.facts,
        }
        if self.segment.lines:
            manifest |= self.segment.facts
            write_manifest(self.folder, self.name, manifest)
        self.warc.finish()
        self.segment.finish()
        append_run(self.folder, manifest)
        self.ledger.runs.end(self.name)
        self.ledger.commit()
        self.close()
        return manifest

    def close(self) -> None:
        """Let go of everything without ending the run in good order; the next run recovers what is left."""
        self.warc.abandon()
        self.segment.abandon()
        self.ledger.close()
        if self.damaged:
            set_aside(self.ledger.file, self.terms.clock())
        self._lock.release()

    def notice(self, error: BaseException) -> None:
        """An error that a callback, a pipeline or the scheduler raised: what the ledger could not do is a failed write,
        and one that tells of damage has the ledger made anew by the next run."""
        if isinstance(error, sqlite3.Error):
            self.failure = self.failure or error
            self.damaged = self.damaged or is_damage(error)

    def earlier(self, most: int) -> list[dict[str, Any]]:
        """The records of the last runs, oldest first."""
        return last_runs(self.folder, most)

    def earlier_finds(self, most: int = 5) -> list[int]:
        """How many article links the last whole runs found on the first pages of listings, oldest first."""
        crawls = (run for run in last_runs(self.folder, 50) if run.get("command", "crawl") == "crawl")
        runs = [run for run in crawls if run.get("exit_code") == 0 and not run.get("partial")]
        finds = (number(table(run, "counts").get("found_on_listings")) for run in runs)
        return [int(found) for found in finds if found is not None][-most:]
