"""Serves a portal on loopback: keep-alive, one write per answer, rendered bytes from the portal's cache."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC
from email.utils import format_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from .model import Response
from .portal import Portal


class _Handler(BaseHTTPRequestHandler):
    """One connection. The answer leaves in a single write, so that small packets never wait for each other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: "_Tcp"

    def do_GET(self) -> None:
        """Routes by the Host header; a request line with a whole address (as sent to a proxy) counts as well."""
        host, path = self.headers.get("Host", ""), self.path
        if path.startswith(("http://", "https://")):
            parts = urlsplit(path)
            host, path = parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.server.note(host, path)
        answer = self.server.portal.get(host, path)
        if self.server.validates and answer.status == 200:
            answer = self._validated(answer, path)
        if answer.delay:
            time.sleep(answer.delay)
        head = self._head(answer)
        whole = head if self.command == "HEAD" else head + answer.body
        if answer.cut is not None:
            self.close_connection = True
            whole = whole[: len(head) + answer.cut] if answer.cut >= 0 else b""
        self.wfile.write(whole)

    def _validated(self, answer: Response, path: str) -> Response:
        """The answer with an ETag; 304 for a client that has this one already."""
        tag = f'W/"{sha256(answer.body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") != tag:
            return replace(answer, headers={**answer.headers, "ETag": tag})
        self.server.spare(path)
        return Response(304, {"ETag": tag}, b"")

    def do_HEAD(self) -> None:
        """The head alone."""
        self.do_GET()

    def _head(self, answer: Response) -> bytes:
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {answer.status} {phrase}", "Server: Microsoft-IIS/7.5", "X-Powered-By: ASP.NET"]
        lines.append(f"Date: {format_datetime(self.server.portal.now.astimezone(UTC), usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if "Transfer-Encoding" not in answer.headers:  # RFC 9112, section 6.2: not both
            lines.append(f"Content-Length: {len(answer.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, format: str, *args: object) -> None:
        """Silent: a log line per request would cost more than the request."""


class _Tcp(socketserver.ThreadingTCPServer):
    """The bare listener; the HTTP server of the library would look up its own name first, which can hang."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, portal: Portal, port: int, validates: bool) -> None:
        self.portal, self.validates = portal, validates
        self.spared: list[str] = []
        self.sockets: set[socket.socket] = set()
        self.seen: list[tuple[str, str]] = []
        self.moments: list[float] = []
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keeps the connection in sight from the moment it is accepted."""
        self.sockets.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serves one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.sockets.discard(request)

    def cut_all(self, patience: float = 2.0) -> None:
        """Ends all connections and waits for their threads, so that nothing is left open behind the server."""
        deadline = time.monotonic() + patience
        while self.sockets and time.monotonic() < deadline:
            for connection in list(self.sockets):
                with suppress(OSError):  # the client may have been faster
                    connection.shutdown(socket.SHUT_RDWR)
            time.sleep(0.002)

    def note(self, host: str, path: str) -> None:
        """Remembers one request."""
        with self.lock:
            self.seen.append((host, path))
            self.moments.append(time.time())

    def spare(self, path: str) -> None:
        """Remembers a page that was not sent again."""
        with self.lock:
            self.spared.append(path)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error worth a traceback."""


class Server:
    """A running replica."""

    def __init__(self, tcp: _Tcp) -> None:
        self._tcp = tcp
        self.port: int = tcp.server_address[1]
        self.portal = tcp.portal

    @property
    def requests(self) -> list[tuple[str, str]]:
        """All requests so far, as (host header, path with query), in order of arrival."""
        with self._tcp.lock:
            return list(self._tcp.seen)

    @property
    def moments(self) -> list[float]:
        """When each request came, in seconds since 1970."""
        with self._tcp.lock:
            return list(self._tcp.moments)

    @property
    def spared(self) -> list[str]:
        """What was answered with 304."""
        with self._tcp.lock:
            return list(self._tcp.spared)

    def clear(self) -> None:
        """Forgets the requests."""
        with self._tcp.lock:
            self._tcp.spared.clear()
            self._tcp.seen.clear()
            self._tcp.moments.clear()


@contextmanager
def serve(portal: Portal, port: int = 0, *, validates: bool = False) -> Iterator[Server]:
    """Serves the portal on 127.0.0.1 until the block is left; open connections are cut then. With `validates`, pages
    have ETags, and what a client has already is not sent again; the portal that it copies has none."""
    tcp = _Tcp(portal, port, validates)
    thread = threading.Thread(target=tcp.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="replica")
    thread.start()
    try:
        yield Server(tcp)
    finally:
        tcp.shutdown()
        thread.join(5)
        tcp.cut_all()
        tcp.server_close()
