"""A replay: the pages of WARC files, in their order, into a new set of each site they belong to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from newscrawl.replaying.newset import NewSet
from newscrawl.replaying.rereading import Passage, Place, Reread, Rereader, Revisit
from newscrawl.replaying.sites import Sites
from newscrawl.replaying.sources import Portion, Source, portions
from newscrawl.replaying.workers import Workers
from newscrawl.site import Site
from newscrawl.warc.reading import Damage

__all__ = ["Replay", "Work", "work_of"]

_BATCH: Final = 64  # pages read again at once
_Task: TypeAlias = Portion | list[Place]
_Result: TypeAlias = Passage | list[Reread]
Work: TypeAlias = Workers[_Task, _Result]


def work_of(reader: Rereader) -> Callable[[_Task], _Result]:
    """What a worker does."""
    return lambda task: reader.read(task) if isinstance(task, Portion) else reader.again(task)


class Replay:
    """Hands out the portions, and takes what they give in the order of the records, whoever read them first. `lost` are
    files that should have been among the sources, and are not there."""

    def __init__(
        self, sources: list[Source], output: Path, workers: Work, now: datetime, lost: Sequence[Path] = ()
    ) -> None:
        self._sources, self._output, self._workers, self._now = sources, output, workers, now
        self.lost = lost
        self.sets: dict[str, NewSet] = {}
        self.records = 0
        self.passed: Counter[str] = Counter()
        self.damage: list[tuple[Source, Damage]] = []
        self.crashes: list[Reread] = []
        self._originals: dict[bytes, tuple[int, int]] = {}  # short for the names of records: where these lie
        self._unresolved: list[Revisit] = []
        self._following = (-1, 0)  # where the next record begins: number of the source, offset

    def run(self, advance: Callable[[int], object]) -> None:
        """Read everything; `advance` hears how many bytes were read. Raises OSError, WarcError, WorkerError."""
        for portion, passage in self._workers.results(portions(self._sources)):
            assert isinstance(portion, Portion)
            assert isinstance(passage, Passage)
            whole = self._exact(portion, passage)
            if whole is not None:
                self._take(portion.source, whole)
            advance(portion.end - portion.start)
        self._resolve(self._unresolved, last=True)

    def abandon(self) -> None:
        """Clear away what was begun."""
        for new in self.sets.values():
            new.abandon()

    # --- portions

    def _exact(self, portion: Portion, passage: Passage) -> Passage | None:
        """A portion in the middle of a file begins at what looks like a record. If the one before did not end there,
        that lay inside of a record, and the portion is read again from where it really begins."""
        source, following = self._following if self._following[0] == portion.source else (portion.source, portion.start)
        if following >= portion.end and following > portion.start:
            return None
        if portion.start > self._sources[source].start and passage.first != following:
            ((_, again),) = self._workers.results([Portion(source, following, portion.end, exact=True)], urgent=True)
            assert isinstance(again, Passage)
            passage = again
        self._following = (source, passage.following)
        return passage

    def _take(self, source: int, passage: Passage) -> None:
        self.records += passage.records
        self.passed += passage.passed
        self.damage += [(self._sources[source], damage) for damage in passage.damage]
        for name, offset in passage.originals:
            self._originals.setdefault(_short(name), (source, offset))
        self._resolve(passage.found)

    # --- pages

    def _resolve(self, found: Iterable[Reread | Revisit], *, last: bool = False) -> None:
        """Take pages in their order; those of revisit records are read where their bytes lie."""
        found = list(found)
        places = [self._place(each) for each in found if isinstance(each, Revisit)]
        again = self._again([place for place in places if place is not None])
        where = iter(places)
        for each in found:
            if isinstance(each, Reread):
                self._page(each)
            elif next(where) is not None:
                self._page(next(again))
            elif last:
                self._page(Reread(each.site, each.url, each.url, "page", "skipped", "revisit_unresolved"))
            else:
                self._unresolved.append(each)

    def _place(self, revisit: Revisit) -> Place | None:
        for name in revisit.names:
            if (found := self._originals.get(_short(name))) is not None:
                return Place(*found, revisit.url, revisit.moment)
        return None

    def _again(self, places: list[Place]) -> Iterator[Reread]:
        batches: list[_Task] = [places[at : at + _BATCH] for at in range(0, len(places), _BATCH)]
        for _, pages in self._workers.results(batches, urgent=True):
            assert isinstance(pages, list)
            yield from pages

    def _page(self, page: Reread) -> None:
        if page.site not in self.sets:
            self.sets[page.site] = NewSet(self._output / page.site, self._now)
        self.sets[page.site].take(page)
        if page.reason == "crash":
            self.crashes.append(page)

    # --- the end

    def finish(self, reason: str, exit_code: int, facts: dict[str, Any], sites: Sites) -> None:
        """Give all sets their names. Raises OSError."""
        found = {name: new.settled.total() for name, new in self.sets.items()}
        common = {
            "replay": True,
            "started": self._now.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "reason": reason,
            "exit_code": exit_code,
            **facts,
            "files": [
                {"file": source.name, "path": str(source.file.absolute()), "bytes": source.end - source.start}
                for source in self._sources
            ],
            "damage": [
                *({"file": file.name, "offset": None, "problem": "the file is not there"} for file in self.lost),
                *({"file": one.name, "offset": each.offset, "problem": each.problem} for one, each in self.damage),
            ],
        }
        for name, new in self.sets.items():
            others = {f"site/{other}": count for other, count in found.items() if other != name}
            passed = dict(sorted((self.passed + Counter(others)).items()))
            records = {"read": self.records, "pages": found[name], "passed_over": passed}
            new.finish({**common, "records": records, "rules": _rules(sites.named(name))})


def _short(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=12).digest()


def _rules(site: Site) -> dict[str, str]:
    """The files of a site's rules, by SHA-256: what the articles were read by."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file, *_ in site.stamp}
