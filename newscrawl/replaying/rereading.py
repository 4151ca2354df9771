"""Records in, article lines out: what one process does with a portion of a WARC file. Nothing is written here."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, BinaryIO, Final

from newscrawl.crawling.visits import outcome_of
from newscrawl.items import has_text, json_line, record_of
from newscrawl.loaders import read_article
from newscrawl.pipelines import problem_of
from newscrawl.reading.dating import heed_listing
from newscrawl.reading.discovery import menu_links
from newscrawl.reading.pages import Page
from newscrawl.replaying.sites import Sites
from newscrawl.replaying.sources import Portion, Source
from newscrawl.site import Site
from newscrawl.warc.captures import Answer, answer_in, body_of, moment_of, url_of
from newscrawl.warc.reading import Damage, Record, WarcError, WarcFile
from newscrawl.words.dates import VIETNAM
from newscrawl.words.errors import NotArticleError
from newscrawl.words.urls import resolve

__all__ = ["Passage", "Place", "Reread", "Rereader", "Revisit"]

_ANSWERS: Final = ("response", "revisit", "resource")
_BUFFER: Final = 1 << 18  # bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where the record with a page's bytes lies, and of which site, address and time the page is."""

    source: int
    offset: int
    url: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Reread:
    """What a page of a site gave. `outcome` is "article", or what it counts as, for `reason`; `line` is the article's,
    as that of a first revision. `kind` is what the address says, `listings` are the pages that a home page's menu
    names, by their keys."""

    site: str
    url: str
    key: str
    kind: str | None
    outcome: str
    reason: str = ""
    detail: str = ""
    line: bytes = b""
    article_id: str = ""
    content_hash: str = ""
    has_text: bool = True
    layers: Mapping[str, str] = field(default_factory=dict)
    listings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revisit:
    """A page whose bytes are those of an earlier record, by any of these names."""

    site: str
    url: str
    moment: datetime
    names: tuple[str, ...]


@dataclass(slots=True)
class Passage:
    """What a portion gave, in the order of its records. `first` is where its first record begins, `following` where the
    first one behind it does; `passed` counts the records that are no page of a site, `originals` names the pages that
    later records may refer to, with their offsets."""

    first: int
    following: int = 0
    records: int = 0
    found: list[Reread | Revisit] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    damage: list[Damage] = field(default_factory=list)
    originals: list[tuple[str, int]] = field(default_factory=list)


class Rereader:
    """Reads by the rules of `sites`. `listed` has the days (with what was printed) that listings gave to articles
    without a date, by the articles' addresses."""

    def __init__(self, sources: list[Source], sites: Sites, listed: Mapping[str, tuple[str, str | None]]) -> None:
        self._sources, self._sites, self._listed = sources, sites, listed
        self._file: BinaryIO | None = None

    def close(self) -> None:
        """Let go of the file that was read last."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _archive(self, source: Source) -> WarcFile:
        if self._file is None or self._file.name != str(source.file):
            self.close()
            self._file = source.file.open("rb", buffering=_BUFFER)
        return source.opened(self._file)

    def read(self, portion: Portion) -> Passage:
        """All records of a portion. Raises WarcError, OSError."""
        source = self._sources[portion.source]
        archive = self._archive(source)
        passage = Passage(portion.start if portion.exact else archive.first_from(portion.start))
        records = archive.records(passage.first, portion.end)
        while True:
            try:
                each = next(records)
            except StopIteration as ended:
                passage.following = ended.value
                return passage
            if isinstance(each, Damage):
                passage.damage.append(each)
                continue
            passage.records += 1
            try:
                passage.found.append(self._page(each, portion.source, passage))
            except NotArticleError as passed:
                passage.passed[passed.reason] += 1

    def again(self, places: list[Place]) -> list[Reread]:
        """Pages whose bytes lie in records that were read before. Raises WarcError, OSError."""
        return [self._at(place) for place in places]

    def _at(self, place: Place) -> Reread:
        source = self._sources[place.source]
        with closing(self._archive(source).records(place.offset, place.offset + 1)) as records:
            record = next(records, None)
        site = self._sites.of(place.url)
        if not isinstance(record, Record) or isinstance(site, str):
            raise WarcError(f"{source.file} was changed while it was read")
        subject = _Subject(site, place.url, self._sites.address_kind(site, place.url), place.moment)
        try:
            return self._read(subject, record, answer_in(record), source)
        except NotArticleError as error:
            return subject.refused(error)

    def _page(self, record: Record, number: int, passage: Passage) -> Reread | Revisit:
        """The page in a record. Raises NotArticleError for what is no page of a site, with the reason."""
        subject = self._subject(record)
        if subject.kind is None:
            return self._read_menu(subject, record)
        try:
            answer = answer_in(record)
        except NotArticleError as error:
            if record.kind == "revisit" and error.reason == "no_http_head":  # it need not have one
                return subject.revisit(record)
            return subject.refused(error)
        if answer.status != 200:
            return subject.gives("skipped", f"http_{answer.status}")
        if record.kind == "revisit":
            return subject.revisit(record)
        if "html" in (answer.content_type or "html"):
            passage.originals += [(name, record.offset) for name in _names_of(record)]
        return self._read(subject, record, answer, self._sources[number])

    def _subject(self, record: Record) -> _Subject:
        """Raises NotArticleError for what is no page of a site, with the reason."""
        if record.kind not in _ANSWERS:
            raise NotArticleError(record.kind or "no_type")
        url, moment = url_of(record), moment_of(record)
        address = resolve(url, url) if url.startswith(("http://", "https://")) else None
        if address is None:
            raise NotArticleError("no_web_address")
        site = self._sites.of(address)
        if isinstance(site, str):
            raise NotArticleError(site)
        if moment is None:
            raise NotArticleError("no_date")
        return _Subject(site, address, self._sites.address_kind(site, address), moment)

    def _read_menu(self, subject: _Subject, record: Record) -> Reread:
        """A page that is no article by its address; the home page's menu names pages that are listings."""
        site, given = subject.site, subject.gives("skipped", "other_address")
        if not site.menu or record.kind != "response" or given.key != site.key(site.home):
            return given
        try:
            page = Page.parse(body_of(answer_in(record)), subject.url)
            return replace(given, listings=tuple(site.key(link.url) for link in menu_links(page, site)))
        except NotArticleError:
            return given
        except Exception:
            return subject.crashed()

    def _read(self, subject: _Subject, record: Record, answer: Answer, source: Source) -> Reread:
        try:
            page = Page.parse(
                body_of(answer), subject.url, content_type=answer.content_type, fetched_at=subject.fetched_at
            )
            raw: dict[str, str | int] = {"file": source.name, "offset": record.offset, "length": record.length}
            return self._article(subject, page, raw, record.head.get("warc-source-uri"))
        except NotArticleError as error:
            return subject.refused(error)
        except Exception:  # a defect of ours costs one page, as in a crawl
            return subject.crashed()

    def _article(self, subject: _Subject, page: Page, raw: dict[str, str | int], origin: str | None) -> Reread:
        """Raises NotArticleError."""
        article = read_article(page, subject.site)
        article.origin = origin
        if listed := self._listed.get(page.url):
            heed_listing(article, *listed)
            article.province = subject.site.province_on(article.published)
        article.raw = raw
        record = record_of(article)
        if problem := problem_of(record):
            raise NotArticleError("invalid", problem)
        return subject.gives(
            "article",
            line=json_line(record),
            article_id=article.id,
            content_hash=article.content_hash,
            has_text=has_text(article),
            layers=article.extracted_by,
        )


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a record is about. `kind` is what the address says: see `Sites.address_kind`."""

    site: Site
    url: str
    kind: str | None
    moment: datetime

    @property
    def fetched_at(self) -> datetime:
        """To the second, on Vietnam's clock, as a crawl has it."""
        return self.moment.astimezone(VIETNAM).replace(microsecond=0)

    def gives(self, outcome: str, reason: str = "", **more: Any) -> Reread:
        """What became of the page."""
        return Reread(self.site.name, self.url, self.site.key(self.url), self.kind, outcome, reason, **more)

    def crashed(self) -> Reread:
        """The page met the defect that is being handled."""
        return self.gives("failed", "crash", detail=traceback.format_exc())

    def refused(self, error: NotArticleError) -> Reread:
        """The page is no article."""
        return self.gives(outcome_of(error.reason, self.kind), error.reason, detail=error.detail)

    def revisit(self, record: Record) -> Revisit:
        """The page is in an earlier record."""
        return Revisit(self.site.name, self.url, self.moment, tuple(_refers_to(record)))


def _names_of(record: Record) -> Iterator[str]:
    """What a revisit record may call this one by (ISO 28500, 6.7)."""
    digest, record_id = record.head.get("warc-payload-digest"), record.head.get("warc-record-id")
    yield f"{url_of(record)} {record.head.get('warc-date', '')}"
    if digest:
        yield digest.lower()
    if record_id:
        yield record_id


def _refers_to(record: Record) -> Iterator[str]:
    """The names of the record with a revisit's payload, the surest first."""
    head = record.head
    if record_id := head.get("warc-refers-to"):
        yield record_id
    if digest := head.get("warc-payload-digest"):
        yield digest.lower()
    if address := head.get("warc-refers-to-target-uri"):
        yield f"{address.strip('<>')} {head.get('warc-refers-to-date', '')}"
