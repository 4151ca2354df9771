"""One run over one site: its lock, ledger, segment and accounts, and the order in which they are written.

The order is the promise. Children are noted before their page is settled, and saved before they are fetched; a stored
page is settled only after its line is on disk. So whatever kills the process, the ledger never says more than the
segments hold, and what a segment holds beyond the ledger is found again at the next start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final

from filelock import FileLock

from newscrawl.accounts import Accounts
from newscrawl.arguments import Arguments
from newscrawl.items import json_line
from newscrawl.ledger import Entry, Kept, is_damage
from newscrawl.lock import hold
from newscrawl.recovery import LEDGER, bring_up, open_ledger, set_aside
from newscrawl.runlist import append_run, last_runs
from newscrawl.segments import Segment, write_manifest
from newscrawl.site import Site
from newscrawl.traps import Traps
from newscrawl.unsynced import Unsynced
from newscrawl.walk import Noted, Walk

__all__ = ["Run"]

# A sync costs milliseconds, a page costs one: so they are grouped. What a group holds is at most what a power cut can
# make the next run fetch again; a killed process loses less, for the system keeps what it was given.
_GROUP_PAGES: Final = 32
_GROUP_SECONDS: Final = 1.0


class Run:
    """An open run. `keeps` tells the spider that links it notes will be fetched from here (see `Frontier`)."""

    keeps: Final = True

    def __init__(
        self,
        folder: Path,
        site: Site,
        lock: FileLock,
        clock: Callable[[], datetime],
        arguments: Arguments,
        first_wait: float,
    ) -> None:
        self.arguments, self.clock, self.first_wait = arguments, clock, first_wait
        self.folder, self.site, self._lock = folder, site, lock
        self.started = clock()
        self.accounts, self.traps = Accounts(), Traps()
        self.failure: Exception | None = None  # the first write that failed
        self.damaged = False
        self._unsynced = Unsynced()
        self._changed = False
        self._waiting = 0
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
            self.name = _free_name(self.folder, self.started)
            self.segment = Segment(self.folder, self.name)
            # A run for some categories leaves what is pending to the next whole run: it can't tell whose it is.
            self._carries = self.arguments.categories is None
            if self._carries:
                self.accounts.carried = self.ledger.count_carried(self.started, self.arguments.since)
            self._changed = True
            self.save()
        except BaseException:
            self.ledger.close()
            raise

    @classmethod
    def open(
        cls,
        output: Path,
        site: Site,
        clock: Callable[[], datetime],
        arguments: Arguments | None = None,
        first_wait: float = 10.0,
    ) -> Run:
        """Take the site's lock, recover what a killed run left, and open a new run in `output`/<site>/.

        `first_wait` is the wait, in seconds, after the first failure of a page. Raises SiteBusyError, LedgerError,
        OSError, sqlite3.Error.
        """
        folder = output / site.name
        folder.mkdir(parents=True, exist_ok=True)
        lock = hold(folder)
        try:
            return cls(folder, site, lock, clock, arguments or Arguments(), first_wait)
        except BaseException:
            lock.release()
            raise

    # --- what the spider says of pages (newscrawl.frontier.Frontier)

    def note(self, entries: Iterable[Entry], walk: Walk | None = None) -> Noted:
        """Remember found pages, those of a listing with the walk that found them; those not yet known are fetched in
        this run."""
        batch = {entry.key: entry for entry in entries}
        known = self.ledger.known(batch.keys())
        new = [entry for key, entry in batch.items() if key not in known]
        self.ledger.note(new)
        if walk is not None and new:
            if walk.number is None:
                self.ledger.chains.begin(walk)
            self.traps.lead((entry.key for entry in new), walk.origin)
        self.accounts.new += len(new)
        self.accounts.known += len(known)
        self._changed = True
        floor = walk.floor if walk is not None else 0
        return Noted(len(new), sum(1 for seq in known.values() if seq <= floor))

    def settle(self, key: str, outcome: str, reason: str, wait: timedelta | None = None) -> None:
        """What became of a page without a line: "gone" or "skipped", or "failed" for good as far as this run goes; with
        the reason for the manifest. The next run tries a failed page, not before `wait`."""
        if outcome == "failed" and self.fail(key, reason, wait):
            outcome = "gone"
        elif outcome == "gone":
            self.ledger.bury(key, reason, self.clock())
        elif outcome == "skipped":
            self.ledger.settle(key, outcome, reason)
        self.accounts.reasons[f"{outcome}/{reason}"] += 1
        self._count(key, outcome)

    def fail(self, key: str, reason: str, wait: timedelta | None = None) -> bool:
        """A page could not be had, and is tried again, by this run or a later one: not before `wait`. Returns whether
        it was tried for long enough."""
        now = self.clock()
        self._changed = True
        return self.ledger.fail(key, reason, now, self.first_wait, now + wait if wait else None)

    def postpone(self, key: str, day: str) -> None:
        """The page's article is of `day`, older than this run asks for: it stays pending for a run that wants it."""
        self.ledger.date_page(key, day)
        self._changed = True

    # --- what the spider says of listings

    def fresh_walk(self, chain: str, title: str, url: str, *, place: str) -> Walk:
        """A walk over a listing from its first page on."""
        return self.ledger.chains.fresh(chain, title, url, place=place, floor=self.ledger.floor)

    def open_walks(self) -> list[Walk]:
        """The walks that earlier runs left unfinished."""
        return list(self.ledger.chains.open())

    def advance(self, walk: Walk) -> None:
        """A page of the listing was read, and all its links are noted. A walk that has met nothing but what was known
        before leaves no hole when it is killed."""
        if walk.number is not None or walk.deep or walk.known < walk.pages:
            self.ledger.chains.save(walk)
            self._changed = True

    def end_walk(self, walk: Walk, reason: str, *, complete: bool) -> None:
        """A walk ended; `complete` says that it reached the end, or what an earlier walk had seen. A run that sees only
        a part of the site marks no listing as walked."""
        self.accounts.listings[reason] += 1
        if reason == "joined":  # another walk goes on from here
            self.ledger.chains.drop(walk)
        elif complete and not (walk.deep and self.arguments.partial):
            self.ledger.chains.end(walk, self.clock())
        self._changed = True

    def break_walk(self, walk: Walk, reason: str) -> bool:
        """A listing page could not be had or read: a later run goes on there. Returns whether the walk was broken for
        long enough, and is given up."""
        self.accounts.listings[f"broken/{reason}"] += 1
        self.accounts.broken.append(walk.chain)
        self._changed = True
        if walk.pages == 0 or not self.ledger.chains.breaks(walk, self.clock()):
            return False
        self.end_walk(walk, "given_up", complete=True)
        return True

    def count_on_head(self, links: int) -> None:
        """The first page of a listing held so many article links. First pages alone are counted: only they can be
        compared between a run that walks a listing to its end and one that looks at its news."""
        self.accounts.on_heads += links

    def lose_host(self, host: str) -> None:
        """The name of a host no longer resolves."""
        if host not in self.accounts.hosts_gone:
            self.accounts.hosts_gone.append(host)

    # --- what the scheduler asks

    def take_new(self, most: int) -> list[Entry]:
        """The next pages to fetch among those found in this run, in the order they were found."""
        return self.ledger.take_new(most, self.arguments.since)

    def take_carried(self, most: int) -> list[Entry]:
        """The next pages to fetch among those that earlier runs left behind, newest first: those due when the run
        began, for they were counted then."""
        return self.ledger.take_carried(most, self.started, self.arguments.since) if self._carries else []

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
        self._unsynced.add(key, record["id"], Kept(record["content_hash"], record["revision"]))
        self._count(key, "stored")

    def drop(self, url: str, outcome: str, other: str | None = None) -> None:
        """Settle a page whose article needs no line: "unchanged", or "duplicate" of the article `other`."""
        key = self.site.key(url)
        self.ledger.settle(key, "done", outcome)
        if other is not None:
            self.ledger.keep_twin(url, other, self.name)
        self._count(key, outcome)

    def _count(self, key: str, outcome: str) -> None:
        self.accounts.settled[outcome] += 1
        self.traps.settle(key, outcome)
        self._changed = True
        self._waiting += 1
        if self._waiting >= _GROUP_PAGES or monotonic() - self._synced >= _GROUP_SECONDS:
            self.sync()

    # --- writing

    @property
    def broken(self) -> bool:
        """Whether a write failed. What the ledger forgot then stands in the segment alone: it stays open for the next
        run to recover, and nothing more may be committed."""
        return self.failure is not None

    def save(self) -> None:
        """Let what was said so far outlive the process. Called before each request. Raises sqlite3.Error."""
        if self._changed and not self.broken:
            with self._writing():
                self.ledger.begin_run(self.name, self.started, self.accounts.balance())
                self.ledger.commit()
            self._changed = False

    def sync(self) -> None:
        """Put lines on disk, then settle their pages. Raises OSError or sqlite3.Error when the disk takes no more, and
        the same again when it is called after that."""
        if self.failure is not None:
            raise self.failure
        with self._writing():
            self.segment.sync()
            for via in self._unsynced.settle(self.ledger, self.name):
                self.accounts.stored_via[via or "unknown"] += 1
        self._changed = True
        self.save()
        self._waiting, self._synced = 0, monotonic()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self.failure = error
            raise

    def finish(self, reason: str, exit_code: int, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
        """End the run: sync, manifest, rename, one line in `runs.jsonl`; lets go of the lock. Returns the manifest.
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
            "counts": {**self.accounts.balance(), "duplicates": self.ledger.twins(self.name)},
            **facts,
        }
        if self.segment.lines:
            manifest |= self.segment.facts
            write_manifest(self.folder, self.name, manifest)
            self.segment.finish()
        append_run(self.folder, manifest)
        self.ledger.end_run(self.name)
        self.ledger.commit()
        self.close()
        return manifest

    def close(self) -> None:
        """Let go of everything without ending the run in good order; the next run recovers what is left."""
        self.segment.abandon()
        self.ledger.close()
        if self.damaged:
            set_aside(self.ledger.file, self.clock())
        self._lock.release()

    def notice(self, error: BaseException) -> None:
        """An error that a callback, a pipeline or the scheduler raised: one that tells of a damaged ledger has it made
        anew by the next run."""
        self.damaged = self.damaged or (isinstance(error, sqlite3.Error) and is_damage(error))

    def earlier_finds(self, most: int = 5) -> list[int]:
        """How many article links the last whole runs found on the first pages of listings, oldest first."""
        runs = [run for run in last_runs(self.folder, 50) if run.get("exit_code") == 0 and not run.get("partial")]
        return [int(run["counts"]["found_on_listings"]) for run in runs][-most:]


def _free_name(folder: Path, now: datetime) -> str:
    """The run's name: its UTC start to the second, the next free second where a run of the same second left files."""
    name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    taken = {file.name.partition(".")[0] for file in folder.glob("2*.*")}
    taken |= {str(record.get("run")) for record in last_runs(folder, 10)}
    while name in taken:
        now = datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        name = datetime.fromtimestamp(now.timestamp() + 1, UTC).strftime("%Y%m%dT%H%M%SZ")
    return name
