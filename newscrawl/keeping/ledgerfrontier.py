"""The frontier of a crawl: what the spider says of pages and listings goes to the ledger, and the scheduler takes from
there what is to be fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from newscrawl.keeping.accounts import Accounts, Head
from newscrawl.keeping.ledger import Entry, Ledger
from newscrawl.keeping.looking import Looking
from newscrawl.keeping.looks import Look, Validators
from newscrawl.keeping.terms import Terms
from newscrawl.keeping.traps import Traps
from newscrawl.keeping.walk import KNOWN_PAGES, Noted, Walk

__all__ = ["LedgerFrontier"]

# Why a page was skipped that may be otherwise another day: it is looked at once more.
_PASSING: Final = frozenset({"robots", "not_html", "too_large"})


class LedgerFrontier:
    """The part of a run that spider and scheduler know. `keeps` tells the spider that links it notes will be fetched
    from here (see `newscrawl.crawling.frontier.Frontier`). Nothing is written here: `Run.save` commits."""

    keeps: Final = True

    def __init__(self, ledger: Ledger, accounts: Accounts, terms: Terms, run: str) -> None:
        self._ledger, self._accounts = ledger, accounts
        self._clock, self._first_wait = terms.clock, terms.first_wait
        self._arguments = arguments = terms.arguments
        self._started = terms.clock()
        self.traps = Traps()
        # A run for some categories leaves what is pending to the next whole run: it can't tell whose it is.
        self._carries = arguments.categories is None
        if self._carries:
            accounts.carried = ledger.count_carried(self._started, arguments.since)
        # Nor does one that was asked for a part of the site look again at the rest.
        whole = self._carries and not arguments.partial
        self.looking = Looking(ledger.looks, accounts, terms.clock, run, terms.looks if whole else 0)
        self._validators: dict[str, Validators] = {}
        self._earlier: set[str] = set()  # pages of earlier runs that have the text of another

    # --- pages

    def note(self, entries: Iterable[Entry], walk: Walk | None = None) -> Noted:
        """Remember found pages, those of a listing with the walk that found them; those not yet known are fetched in
        this run."""
        batch = {entry.key: entry for entry in entries}
        known = self._ledger.known(batch.keys())
        new = [entry for key, entry in batch.items() if key not in known]
        self._ledger.note(new)
        self._accounts.new += len(new)
        self._accounts.known += len(known)
        if walk is None:
            return Noted(len(new))
        self._ledger.list_pages(known, walk.chain)
        if walk.pages <= KNOWN_PAGES:  # news may move what is on these pages by a part of one
            walk.mark = self._ledger.top
        if new:
            self.traps.lead((entry.key for entry in new), walk.origin)
            if walk.number is None:  # remembered with its links: a walk that is killed here leaves no hole behind them
                self._ledger.chains.save(walk, self._clock())
        return Noted(len(new), sum(1 for seq in known.values() if seq <= walk.floor))

    def settle(self, key: str, outcome: str, reason: str, wait: timedelta | None = None) -> None:
        """What became of a page without a line: "gone" or "skipped", or "failed" for good as far as this run goes; with
        the reason for the manifest. The next run tries a failed page, not before `wait`. A look at a stored article can
        be "unchanged", too."""
        if key in self.looking:
            self._validators.pop(key, None)
            self.looking.end(key, outcome, reason, wait=wait)
            return
        now = self._clock()
        if outcome == "failed":
            long_enough = self._ledger.fail(key, reason, now, self._first_wait, now + wait if wait else None)
            outcome = "gone" if long_enough else outcome
        elif outcome == "gone" or reason in _PASSING:
            self._ledger.bury(key, outcome, reason, now)
        elif outcome == "skipped":
            self._ledger.skip(key, reason, now)
        self._accounts.reasons[f"{outcome}/{reason}"] += 1
        self.count(key, outcome)

    def put_off(self, key: str, reason: str, wait: timedelta) -> None:
        """A page could not be had, and is tried again by this run after `wait`."""
        now = self._clock()
        self._ledger.put_off(key, reason, now, now + wait)

    def drop(self, key: str, outcome: str) -> None:
        """A page needs no line: "unchanged" or "duplicate"."""
        self._ledger.settle(key, "done", outcome)
        self.count(key, outcome)

    def repeat(self, content_hash: str, key: str, other: str) -> None:
        """A page has the text of the article `other`, as pages of earlier runs may have: a guard that stands before two
        new pages a night is one, too."""
        if not self.traps.knows(content_hash):
            self._earlier = {*self._earlier, *(earlier := self._ledger.twins.of(other))}
            self.traps.repeat(content_hash, *earlier)
        self.traps.repeat(content_hash, key)

    def unmask(self, content_hash: str) -> None:
        """A text that was taken for articles is a guard's: the pages that had it are tried again, too. Those of earlier
        runs are no part of this run's accounts."""
        for key in self.traps.twins(content_hash):
            self._ledger.twins.forget(key)
            if key in self._earlier:
                self._ledger.fail(key, "same_text", self._clock(), self._first_wait)
                continue
            self._accounts.settled["duplicate"] -= 1
            self.settle(key, "failed", "same_text")

    def postpone(self, key: str, day: str) -> None:
        """The page's article is of `day`, older than this run asks for: it stays pending for a run that wants it."""
        self._validators.pop(key, None)
        self._ledger.date_page(key, day)

    def answered(self, key: str, validators: Validators) -> None:
        """A page was had, with these validators. They are worth something when its text is kept."""
        self._validators[key] = validators

    def validators_of(self, key: str) -> Validators:
        """Those that a page was answered with."""
        return self._validators.get(key, Validators())

    def look_later(self, reasons: Collection[str], since: datetime) -> None:
        """The site is broken, and has been since then: pages that were given up for one of `reasons` may be articles.
        They are pending for a later run, and again for one after that, as long as the alarm lasts."""
        self._ledger.look_later(reasons, since, self._clock())

    # --- listings

    def fresh_walk(self, chain: str, title: str, url: str, *, place: str) -> Walk:
        """A walk over a listing from its first page on."""
        return self._ledger.chains.fresh(chain, title, url, place=place)

    def open_walks(self) -> list[Walk]:
        """The walks that earlier runs left unfinished."""
        return list(self._ledger.chains.open(self._clock()))

    def advance(self, walk: Walk) -> None:
        """A page of the listing was read, and all its links are noted. A walk that has met nothing but what was known
        before leaves no hole when it is killed."""
        if walk.number is not None or walk.deep or walk.known < walk.pages:
            self._ledger.chains.save(walk, self._clock())

    def end_walk(self, walk: Walk, reason: str, *, complete: bool) -> None:
        """A walk ended; `complete` says that it reached the end, or what an earlier walk had seen. A run that sees only
        a part of the site marks no listing as walked."""
        self._accounts.listings[reason] += 1
        if complete and not (walk.deep and self._arguments.partial):
            self._ledger.chains.end(walk, self._clock())
        elif reason == "joined":  # another walk goes on from here
            self._ledger.chains.drop(walk)

    def break_walk(self, walk: Walk, reason: str) -> None:
        """A listing page could not be had or read: later runs go on there. What has been so for days is no news, and
        makes no run incomplete."""
        self._accounts.listings[f"broken/{reason}"] += 1
        if walk.pages == 0:
            self._accounts.heads.setdefault(walk.chain, Head(walk.title, walk.next, None))
        if walk.pages == 0 or not self._ledger.chains.breaks(walk, self._clock()):
            self._accounts.broken.append(walk.chain)

    def count_on_head(self, links: int, new: int = 0, walk: Walk | None = None) -> None:
        """The first page of a listing held so many article links, `new` of which its earlier walks had not seen. First
        pages alone are counted: only they can be compared between a run that walks a listing to its end and one that
        looks at its news."""
        self._accounts.on_heads += links
        if walk is not None:
            self._accounts.heads[walk.chain] = Head(walk.title, walk.next, links, new)

    def lose_host(self, host: str) -> None:
        """The name of a host no longer resolves."""
        if host not in self._accounts.hosts_gone:
            self._accounts.hosts_gone.append(host)

    # --- what the scheduler asks

    def take_new(self, most: int) -> list[Entry]:
        """The next pages to fetch among those found in this run, in the order they were found."""
        return self._ledger.take_new(most, self._arguments.since)

    def take_carried(self, most: int) -> list[Entry]:
        """The next pages to fetch among those that earlier runs left behind, newest first: those due when the run
        began, for they were counted then."""
        return self._ledger.take_carried(most, self._started, self._arguments.since) if self._carries else []

    def take_looks(self, most: int) -> list[Look]:
        """The next stored articles to look at again."""
        return self.looking.take(most)

    def count(self, key: str, outcome: str) -> None:
        """What became of a page, for the accounts."""
        validators = self._validators.pop(key, None)
        if key in self.looking:
            self.looking.end(key, outcome, validators=validators)
            return
        self._accounts.settled[outcome] += 1
        self.traps.settle(key, outcome)

    def synced(self) -> None:
        """The lines of all stored articles are on disk, and their pages about to be settled. They are in the ledger."""
