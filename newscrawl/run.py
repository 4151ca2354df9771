"""One run over one site: its lock, ledger, segment and accounts, and the order in which they are written.

The order is the promise. Children are noted before their page is settled; a page is settled only with its line in the
segment; the ledger commits only after the segment is synced. So whatever kills the process, the ledger never says more
than the segments hold, and what a segment holds beyond the ledger is found again at the next start.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from filelock import FileLock, Timeout

from newscrawl.accounts import Accounts
from newscrawl.arguments import Arguments
from newscrawl.errors import NewscrawlError
from newscrawl.items import json_line
from newscrawl.ledger import Entry, Kept, Ledger, is_full
from newscrawl.recovery import bring_up
from newscrawl.segments import Segment, append_run, last_runs, write_manifest
from newscrawl.site import Site

__all__ = ["Run", "SiteBusyError", "is_disk_full"]

# A sync costs milliseconds, a page costs one: so they are grouped. What a group holds is at most what a power cut can
# make the next run fetch again; a killed process loses less, for the page cache survives it.
_GROUP_PAGES: Final = 32
_GROUP_SECONDS: Final = 1.0


class SiteBusyError(NewscrawlError):
    """Another run holds the site. Raised by `Run.open`; exit code 75."""


class Run:
    """An open run. `keeps` tells the spider that links it notes will be fetched from here (see `Frontier`)."""

    keeps: Final = True

    def __init__(self, folder: Path, site: Site, lock: FileLock, now: datetime, arguments: Arguments) -> None:
        self.arguments = arguments
        self.folder, self.site, self._lock = folder, site, lock
        self.started = now
        self.name = _free_name(folder, now)
        self.accounts = Accounts()
        self.segment = Segment(folder, self.name)
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.broken = False
        self._waiting = 0
        self._synced = monotonic()
        self.rebuilt = bring_up(self.ledger, folder, site)
        # A run for some categories leaves what is pending to the next whole run: it can't tell whose it is.
        self._carries = arguments.categories is None
        self.accounts.carried = self.ledger.count_carried(now, arguments.since) if self._carries else 0

    @classmethod
    def open(cls, output: Path, site: Site, now: datetime, arguments: Arguments | None = None) -> Run:
        """Take the site's lock, recover what a killed run left, and open a new run in `output`/<site>/.

        Raises SiteBusyError, LedgerError, OSError.
        """
        folder = output / site.name
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", blocking=False)  # flock: the kernel lets go when the holder dies
        try:
            lock.acquire()
        except Timeout:
            raise SiteBusyError(f"another run holds the site {site.name} ({folder / '.lock'})") from None
        try:
            return cls(folder, site, lock, now, arguments or Arguments())
        except BaseException:
            lock.release()
            raise

    # --- what the spider says (newscrawl.frontier.Frontier)

    def note(self, entries: Iterable[Entry]) -> int:
        """Remember found pages; those not yet known are fetched in this run. Returns how many were new."""
        batch = {entry.key: entry for entry in entries}
        known = self.ledger.known(batch.keys())
        new = [entry for key, entry in batch.items() if key not in known]
        self.ledger.note(new)
        self.accounts.new += len(new)
        self.accounts.known += len(known)
        return len(new)

    def settle(self, key: str, outcome: str, reason: str | None = None) -> None:
        """What became of a page without a line: "failed", "gone" or "skipped", with the reason for the manifest."""
        if outcome == "failed":
            self.ledger.fail(key, reason or "unknown", datetime.now(UTC))
        else:
            self.ledger.settle(key, outcome, reason)
        self._count(outcome, reason)
        self._group()

    def postpone(self, key: str, day: str) -> None:
        """The page's article is of `day`, older than this run asks for: it stays pending for a run that wants it."""
        self.ledger.date_page(key, day)
        self.accounts.postponed += 1

    def walked(self, chain: str) -> bool:
        """Whether the listing was once walked to its end."""
        return self.ledger.walked(chain)

    def end_chain(self, chain: str, reason: str, *, complete: bool) -> None:
        """A listing's walk ended; `complete` says that it reached the end, or what an earlier complete walk had
        seen."""
        self.accounts.listings[reason] += 1
        if complete and not self.arguments.partial:
            self.ledger.mark_walked(chain, datetime.now(UTC))
        if reason.startswith("broken"):
            self.accounts.broken.append(chain)
            self.ledger.forget_walked(chain)

    def count_on_head(self, links: int) -> None:
        """The first page of a listing held so many article links. First pages alone are counted: only they can be
        compared between a run that walks a listing to its end and one that looks at its news."""
        self.accounts.on_heads += links

    # --- what the scheduler asks

    def take_new(self, most: int) -> list[Entry]:
        """The next pages to fetch among those found in this run, in the order they were found."""
        return self.ledger.take_new(most, self.arguments.since)

    def take_carried(self, most: int, now: datetime) -> list[Entry]:
        """The next pages to fetch among those that earlier runs left behind, newest first: those due when the run
        began, for they were counted then."""
        due = min(now, self.started)
        return self.ledger.take_carried(most, due, self.arguments.since) if self._carries else []

    # --- what the pipelines say

    def kept(self, article_id: str) -> Kept | None:
        """What is kept of an article, or None."""
        return self.ledger.article(article_id)

    def same_text(self, content_hash: str) -> str | None:
        """The id of an article of the site with this very text, or None."""
        return self.ledger.same_text(content_hash)

    def store(self, record: dict[str, Any]) -> None:
        """Write an article's line, then settle its page. Raises OSError when the disk takes no more."""
        self.segment.write(json_line(record))
        self.ledger.keep_article(record["id"], Kept(record["content_hash"], record["revision"]), self.name)
        via = self.ledger.settle(self.site.key(record["url"]), "done")
        self.accounts.stored_via[via or "unknown"] += 1
        self._count("stored", None)
        self._group()

    def repeats(self, content_hash: str) -> int:
        """How often this run has met a text under another address already, this time included."""
        self.accounts.same_text[content_hash] += 1
        return self.accounts.same_text[content_hash]

    def drop(self, url: str, outcome: str, other: str | None = None) -> None:
        """Settle a page whose article needs no line: "unchanged", or "duplicate" of the article `other`."""
        self.ledger.settle(self.site.key(url), "done", f"{outcome}: {other}" if other else outcome)
        if other is not None:
            self.accounts.duplicates.append({"url": url, "of": other})
        self._count(outcome, None)
        self._group()

    def _count(self, outcome: str, reason: str | None) -> None:
        self.accounts.settled[outcome] += 1
        if reason:
            self.accounts.reasons[f"{outcome}/{reason}"] += 1

    # --- writing

    def _group(self) -> None:
        self._waiting += 1
        if self._waiting >= _GROUP_PAGES or monotonic() - self._synced >= _GROUP_SECONDS:
            self.sync()

    def sync(self) -> None:
        """Put lines, then ledger on disk. Raises OSError or sqlite3.OperationalError when the disk takes no more.

        Then the run is broken: what the ledger forgot stands in the segment alone, so that the segment has to stay open
        for the next run to recover, and nothing more may be committed.
        """
        if self.broken:
            raise OSError(errno.ENOSPC, "an earlier write of this run failed")
        self.broken = True
        self.segment.sync()
        self.ledger.commit()
        self.broken = False
        self._waiting, self._synced = 0, monotonic()

    def finish(self, reason: str, exit_code: int, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
        """End the run: sync, manifest, rename, one line in `runs.jsonl`; lets go of the lock. Returns the manifest."""
        self.sync()
        manifest = {
            "run": self.name,
            "site": self.site.name,
            "started": self.started.isoformat(timespec="seconds"),
            "ended": now.isoformat(timespec="seconds"),
            "reason": reason,
            "exit_code": exit_code,
            "counts": self.accounts.balance(),
            **facts,
        }
        if self.segment.lines:
            manifest |= self.segment.facts
            write_manifest(self.folder, self.name, manifest)
            self.segment.finish()
        append_run(self.folder, manifest)
        self.close()
        return manifest

    def close(self) -> None:
        """Let go of everything without ending the run in good order; the next run recovers what is left."""
        self.segment.abandon()
        self.ledger.close()
        self._lock.release()

    def earlier_finds(self, most: int = 5) -> list[int]:
        """How many article links the last whole runs found on the first pages of listings, oldest first."""
        runs = [run for run in last_runs(self.folder, 50) if run.get("exit_code") == 0 and not run.get("partial")]
        return [int(run["counts"]["found_on_listings"]) for run in runs][-most:]


def is_disk_full(error: BaseException) -> bool:
    """Whether the disk, or the user's share of it, takes no more."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return isinstance(error, sqlite3.Error) and is_full(error)


def _free_name(folder: Path, now: datetime) -> str:
    """The run's name: its UTC start to the second, the next free second where a run of the same second left files."""
    name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    taken = {file.name.partition(".")[0] for file in folder.glob("2*.*")}
    while name in taken:
        now = datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        name = datetime.fromtimestamp(now.timestamp() + 1, UTC).strftime("%Y%m%dT%H%M%SZ")
    return name
