"""The downloader's end for WARC files in a folder: `warc:` addresses, of which a piece is read."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from newscrawl.crawling.underway import RefusedError
from newscrawl.webarchives.sources import Way, path_of

__all__ = ["WarcFolder"]


class WarcFolder(BaseDownloadHandler):
    """Answers like a web server that is asked for a range of bytes. Only `scrapy backfill` knows it."""

    async def download_request(self, request: Request) -> Response:
        """Called by Scrapy's downloader. Raises RefusedError "no_warc_file"."""
        way: Way = request.meta["way"]
        file = path_of(request.url)
        try:
            with open(file, "rb") as data:
                data.seek(way.first)
                piece = data.read(min(way.size or 0, request.meta["download_maxsize"]))
        except OSError as error:
            raise RefusedError("no_warc_file", f"{file}: {error.strerror}") from None
        return Response(request.url, status=206, body=piece)
