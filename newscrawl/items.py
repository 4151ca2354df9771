"""The article, as it leaves newscrawl: one object, one JSON line. `docs/article-format.md` explains every field."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date as date_
from hashlib import sha256
from typing import Any
from unicodedata import normalize

import orjson
from itemadapter import ItemAdapter

__all__ = [
    "Article", "Attachment", "Caption", "Link", "content_hash", "day_of", "has_text", "json_line",
    "record_of",
]  # fmt: skip

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Caption:
    """Text under a picture. `image` is the picture's absolute address, where one can be told."""

    text: str
    credit: str | None = None
    image: str | None = None


@dataclass(slots=True)
class Link:
    """A link to an article, with what is printed beside it: in a listing, or in a block like "Tin đã đưa".

    `date` is the ISO day, as evidence: None where a year would have to be guessed. `heading` is the block's. (Not
    frozen: a page has dozens, and freezing doubles what they cost.)
    """

    url: str
    title: str | None = None
    date: str | None = None
    date_raw: str | None = None
    heading: str | None = None

    def before(self, day: date_) -> bool:
        """Whether the printed date, if there is one, lies before `day`."""
        return self.date is not None and self.date < day.isoformat()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that the article links to (PDF, Word, …)."""

    text: str | None
    url: str


@dataclass(slots=True)
class Article:
    """One article. Unknown is None or an empty list, never a guess; times are ISO 8601, hashes hex SHA-256.

    Not frozen and with a default everywhere, because item loaders and pipelines set its fields one by one.
    """

    format: int = FORMAT
    id: str = ""
    url: str = ""
    canonical_url: str | None = None
    kind: str = "article"
    site: str | None = None
    publisher: str | None = None
    province: str | None = None
    province_now: str | None = None
    category: list[str] = field(default_factory=list)
    title: str | None = None
    lead: str | None = None
    dateline: str | None = None
    published: str | None = None
    published_precision: str | None = None
    published_raw: str | None = None
    updated: str | None = None
    byline: list[str] = field(default_factory=list)
    byline_raw: str | None = None
    source: str | None = None
    body: str | None = None
    captions: list[Caption] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    related: list[Link] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    language: str | None = None
    fetched_at: str | None = None
    content_hash: str = ""
    revision: int = 1
    previous_hash: str | None = None
    duplicate_of: str | None = None
    raw: dict[str, Any] | None = None
    origin: str | None = None
    extracted_by: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


_FIELDS = tuple(each.name for each in fields(Article))
_NESTED = ("captions", "attachments", "related")


def content_hash(title: str | None, lead: str | None, body: str | None) -> str:
    """SHA-256 (hex) of the NFC title, lead and body, each ended by a line feed: what an article says, and nothing else.

    Dates, related links and pictures change on every fetch or redesign; they are left out (field notes, ninhthuan.md
    4).
    """
    text = "".join(f"{part or ''}\n" for part in (title, lead, body))
    return sha256(normalize("NFC", text).encode()).hexdigest()


def has_text(item: Any) -> bool:
    """Whether the hash of an article's text tells it from others. That of pictures alone is made of their title, and
    "Ảnh đẹp trong tuần" has other pictures every week."""
    return bool(ItemAdapter(item).get("lead") or ItemAdapter(item).get("body"))


def day_of(record: dict[str, Any]) -> str | None:
    """The day on which an article was published, ISO 8601, as far as it is known: a month or a year may be all.

    >>> day_of({"published": "2018-08-01T18:21+07:00"})
    '2018-08-01'
    """
    published = record.get("published")
    return published[:10] if isinstance(published, str) and published else None


def record_of(item: Any) -> dict[str, Any]:
    """`item` as plain dicts and lists, in the order of its fields.

    An `Article` is taken apart here, at a tenth of what `dataclasses.asdict` costs; any other item by itemadapter.
    """
    if not isinstance(item, Article):
        return ItemAdapter(item).asdict()
    record = {name: getattr(item, name) for name in _FIELDS}
    for name in _NESTED:
        record[name] = [{part: getattr(value, part) for part in value.__slots__} for value in record[name]]
    return record


def json_line(record: Article | dict[str, Any]) -> bytes:
    """`record` as one line of JSON Lines (RFC 8259, no blanks between values): UTF-8, ended by a line feed; a NaN or an
    infinity becomes null. Raises TypeError for what JSON or UTF-8 can't hold, as half a surrogate pair."""
    data = record_of(record) if isinstance(record, Article) else record
    return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE)
