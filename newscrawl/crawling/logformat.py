"""What Scrapy says of articles in the log: their address, not their whole text."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter
from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

__all__ = ["ShortLogFormatter"]


class ShortLogFormatter(LogFormatter):
    """For the setting LOG_FORMATTER."""

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A pipeline raised."""
        result = super().item_error(item, exception, response, spider)
        return {**result, "args": {"item": ItemAdapter(item).get("url") if ItemAdapter.is_item(item) else item}}
