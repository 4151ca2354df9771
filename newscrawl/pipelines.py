"""Item pipelines: validate → deduplicate → raw page → JSON Lines. They take any item, through itemadapter.

Without a run (as in `scrapy parse --pipelines`) nothing is kept and items pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import fastjsonschema
from itemadapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawl.crawling.rawpages import RawPages
from newscrawl.crawling.runkeeper import RunKeeper
from newscrawl.items import has_text, record_of
from newscrawl.keeping.deduplication import decide
from newscrawl.keeping.run import Run

__all__ = [
    "DeduplicatePipeline", "JsonLinesPipeline", "RawPagePipeline", "ValidatePipeline", "article_schema", "problem_of",
]  # fmt: skip


def article_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an article line, which ships with the package."""
    schema: dict[str, Any] = json.loads(files("newscrawl").joinpath("article.schema.json").read_text("utf-8"))
    return schema


@cache
def _validator() -> Callable[[dict[str, Any]], Any]:
    # The compiler knows drafts up to 7; what the schema uses is the same in all of them.
    schema = {**article_schema(), "$schema": "http://json-schema.org/draft-07/schema#"}
    validator: Callable[[dict[str, Any]], Any] = fastjsonschema.compile(schema)
    return validator


def problem_of(record: dict[str, Any]) -> str | None:
    """What makes a record no valid article line; None for a valid one."""
    try:
        _validator()(record)
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error)
    return None


class _RunPipeline:
    """A pipeline that works on the run, if there is one."""

    def __init__(self, run: Run | None, raw_pages: RawPages | None = None) -> None:
        self.run, self.raw_pages = run, raw_pages

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _RunPipeline:
        """Called by Scrapy."""
        keeper = crawler.get_extension(RunKeeper)
        return cls(keeper.run, keeper.raw_pages) if keeper else cls(None)


class ValidatePipeline(_RunPipeline):
    """Drops what is no valid article line; its page counts as failed, and is tried again by a later run."""

    def process_item(self, item: Any) -> Any:
        """Raises DropItem with the field and the cause."""
        if problem := problem_of(record_of(item)):
            url = ItemAdapter(item).get("url", "")
            if self.raw_pages is not None:
                self.raw_pages.keep(url)
            if self.run is not None:
                self.run.frontier.settle(self.run.site.key(url), "failed", "invalid")
            raise DropItem(f"invalid article from {url}: {problem}", log_level="ERROR")
        return item


class DeduplicatePipeline(_RunPipeline):
    """One line for each article and each text of a site: drops what is kept already, and numbers changed articles."""

    def process_item(self, item: Any) -> Any:
        """Raises DropItem for an unchanged article, and for a text that the site has under another address."""
        if self.run is None:
            return item
        adapter = ItemAdapter(item)
        article_id, content_hash, url = adapter["id"], adapter["content_hash"], adapter["url"]
        kept = self.run.kept(article_id)
        frontier, key = self.run.frontier, self.run.site.key(url)
        looked_at = key in frontier.looking
        wanted = has_text(item) and (kept is None or looked_at)
        other = self.run.same_text(content_hash) if wanted else None
        decision = decide(content_hash, kept, other if kept is None else None)
        if decision.outcome == "unchanged":
            self.run.drop(url, "unchanged")
            raise DropItem(f"unchanged: {article_id}", log_level="DEBUG")
        if looked_at and other not in (None, article_id):
            # A guard's page, or another article in its place: in any case no new text of this one.
            frontier.settle(key, "failed", "same_text")
            raise DropItem(f"the text of {other} at the address of {article_id}: {url}", log_level="WARNING")
        if (other := decision.other) is not None:
            frontier.repeat(content_hash, key, other)
            if frontier.traps.is_guard(content_hash):  # its pages are tried again by later runs
                frontier.unmask(content_hash)
                frontier.settle(key, "failed", "same_text")
                raise DropItem(f"the text of {other} again, like a guard page: {url}", log_level="WARNING")
            self.run.drop(url, "duplicate", other)
            raise DropItem(f"duplicate of {other}: {article_id}", log_level="DEBUG")
        adapter["revision"], adapter["previous_hash"] = decision.revision, decision.previous_hash
        return item


class RawPagePipeline(_RunPipeline):
    """Writes the article's page to the run's WARC file, as it was received."""

    def process_item(self, item: Any) -> Any:
        """Sets `raw`. Raises OSError when the disk takes no more; see `JsonLinesPipeline`."""
        if self.raw_pages is not None:
            adapter = ItemAdapter(item)
            adapter["raw"] = self.raw_pages.keep(adapter["url"])
        return item


class JsonLinesPipeline(_RunPipeline):
    """Writes the article's line to the run's segment, then settles its page."""

    def process_item(self, item: Any) -> Any:
        """Raises OSError when the disk takes no more; the run then ends, and the article is fetched by the next one."""
        if self.run is not None:
            self.run.store(record_of(item))
        return item
