"""A made-up copy of the Ninh Thuận portal for tests, written from the field notes alone. See README.md."""

from .build import NOW, build
from .model import HOST, HOSTS, ROOT, Attachment, Caption, Expected, Related, Response, fold
from .portal import Portal
from .server import Server, serve

__all__ = [
    "HOST",
    "HOSTS",
    "NOW",
    "ROOT",
    "Attachment",
    "Caption",
    "Expected",
    "Portal",
    "Related",
    "Response",
    "Server",
    "build",
    "fold",
    "serve",
]
