"""The floor of a crawl: a Scrapy spider that downloads a list of pages and looks at none of them.

`scrapy runspider benchmarks/bare.py -a pages=FILE -a port=PORT`, FILE being JSON: [[host, path], ...].
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response


class BareSpider(Spider):
    """Same pages, same order, one request at a time, no delay; everything that Scrapy can do without is off."""

    name = "bare"
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "COOKIES_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_ENABLED": False,
        "LOG_LEVEL": "INFO",
        "LOGSTATS_INTERVAL": 0,
    }

    def __init__(self, pages: str, port: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.pages: list[tuple[str, str]] = [tuple(page) for page in json.loads(Path(pages).read_text("utf-8"))]
        self.port = port

    async def start(self) -> AsyncIterator[Request]:
        """One request for each page of the list."""
        for host, path in self.pages:
            yield Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": host}, dont_filter=True)

    def parse(self, response: Response, **kwargs: Any) -> None:
        """Nothing."""
