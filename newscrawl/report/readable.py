"""An article to be read in the page. Its text comes from a stranger's server: all of it is escaped where it is written,
and only web addresses become links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

__all__ = ["ReadableArticle", "readable", "web_address"]

_MOST_TEXT: Final = 5000  # characters of a body; the rest is in the segment
_LONGEST: Final = 300  # characters of what should be a line
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_UNSAFE: Final = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\^`{|}]")


@dataclass(frozen=True, slots=True)
class ReadableArticle:
    """What the page shows of an article. `cut` says that there is more of the body."""

    title: str
    published: str | None
    byline: str
    source: str
    category: str
    lead: str
    paragraphs: tuple[str, ...]
    cut: bool
    captions: tuple[str, ...]
    url: str
    language: str
    fetched_at: str
    revision: int


def readable(record: dict[str, Any]) -> ReadableArticle:
    """An article for the page; what a damaged line lacks is empty."""
    body, language = _text(record.get("body")), record.get("language")
    captions = [caption for caption in _list(record.get("captions")) if isinstance(caption, dict)]
    return ReadableArticle(
        title=_line(record.get("title")) or "(no title)",
        published=_line(record.get("published")) or None,
        byline=_line(", ".join(_texts(record.get("byline")))),
        source=_line(record.get("source")),
        category=_line(" › ".join(_texts(record.get("category")))),
        lead=_text(record.get("lead"))[:_MOST_TEXT],
        paragraphs=tuple(part for part in body[:_MOST_TEXT].split("\n\n") if part.strip()),
        cut=len(body) > _MOST_TEXT,
        captions=tuple(text for caption in captions[:20] if (text := _line(caption.get("text")))),
        url=_text(record.get("url")),
        language=language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else "vi",
        fetched_at=_line(record.get("fetched_at")),
        revision=record["revision"] if isinstance(record.get("revision"), int) else 1,
    )


def web_address(url: str | None) -> str | None:
    """`url`, if it may become a link: http or https with a host, and nothing in it that an address may not have.

    >>> web_address("https://baocantho.com.vn/a1.html"), web_address("javascript:alert(1)"), web_address("http:x")
    ('https://baocantho.com.vn/a1.html', None, None)
    """
    if not url or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(value: object) -> str:
    text = _text(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str)]
