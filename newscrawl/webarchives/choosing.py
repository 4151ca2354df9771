"""Which captures of an index are worth asking for: those of the site's articles, the newest first for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from newscrawl.site import Site
from newscrawl.webarchives.cdx import Memento, moment_of
from newscrawl.webarchives.sources import Source
from newscrawl.words.dates import VIETNAM
from newscrawl.words.urls import is_file

__all__ = ["Candidates", "Choice"]

# So many captures of a page are tried, with different bytes each: after a relaunch an archive may have years of pages
# that say "not found" under old addresses (field notes, trap 72).
_MOST: Final = 5
_HTML: Final = ("text/html", "application/xhtml+xml")
Candidates = dict[str, list[Memento]]


@dataclass(slots=True)
class Choice:
    """Takes captures, and keeps those to be tried: by key, the newest first. `passed` counts the others by reason."""

    site: Site
    source: Source
    since: date | None = None
    until: date | None = None
    passed: Counter[str] = field(default_factory=Counter)
    pages: Candidates = field(default_factory=dict)

    def take(self, memento: Memento) -> None:
        """One capture of the index."""
        url = memento.page
        reason = self._reason_against(memento, url)
        if reason is None:
            reason = self._keep(self.pages.setdefault(self.site.key(url), []), memento)
        if reason is not None:
            self.passed[reason] += 1

    def _reason_against(self, memento: Memento, url: str) -> str | None:
        if not self.site.has_host(url):
            return "other_host"
        if self.site.address_kind(url) is None or is_file(url):
            return "no_article_address"
        if memento.mime == "warc/revisit":
            return "revisit"
        if memento.status not in (None, "200"):
            return "status"
        if memento.mime is not None and memento.mime.partition(";")[0].strip().lower() not in _HTML:
            return "not_html"
        day = moment_of(memento.stamp).astimezone(VIETNAM).date()
        if (self.since and day < self.since) or (self.until and day > self.until):
            return "other_day"
        return "no_place" if self.source.way_to(memento) is None else None

    @staticmethod
    def _keep(kept: list[Memento], memento: Memento) -> str | None:
        """Of captures with the same bytes the newest is enough, and of the others the newest few."""
        reason = None
        for place, other in enumerate(kept):
            if other.stamp == memento.stamp or (memento.digest is not None and other.digest == memento.digest):
                if other.stamp >= memento.stamp:
                    return "same_bytes"
                del kept[place]
                reason = "same_bytes"
                break
        kept.append(memento)
        kept.sort(key=lambda each: each.stamp, reverse=True)
        if len(kept) > _MOST:
            kept.pop()
            return "older"
        return reason
