"""Why a page is fetched, and what a page that gave no article counts as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.keeping.ledger import Entry
from newscrawl.keeping.looks import Look
from newscrawl.keeping.walk import Walk

__all__ = [
    "BREAKAGE", "SUSPECT", "UNREAD", "Visit", "is_breakage", "is_listing", "is_passing", "is_silent",
    "look_outcome_of", "outcome_of", "reason_of",
]  # fmt: skip

_GONE = frozenset({"http_404", "http_410", "soft_404", "redirected_home", "moved"})
# Scrapy's errors in the words of the manifest.
_WORDS = {
    "DownloadCancelledError": "too_large",
    "DownloadFailedError": "connection_failed",
    "DownloadConnectionRefusedError": "connection_refused",
    "DownloadTimeoutError": "timeout",
    "CannotResolveHostError": "no_such_host",
    "ResponseDataLossError": "truncated",
}
_SIGNS = {"robots.txt": "robots", "redirection": "redirect_loop", "size": "too_large"}
_TEXTLESS = frozenset({"only_media", "document_only"})
_NOT_OURS = _TEXTLESS | {
    "robots", "other_host", "redirected", "not_html", "too_large", "denied_address", "listing", "listing_trap", "login",
}  # fmt: skip
_LISTINGS = frozenset({"no_frame", "many_teasers", "many_articles"})
# What is worth another try while the run lasts: it says nothing of the page.
_PASSING = frozenset(
    {"connection_failed", "connection_refused", "no_such_host", "robots_unreachable", "timeout", "truncated"}
    | {f"http_{status}" for status in (408, 429, 500, 502, 503, 504, 522, 524)}
)
# What says more of the host than of the page, until the host answers others.
_SILENT = frozenset({"connection_failed", "connection_refused", "no_such_host", "robots_unreachable", "timeout"})
# Why a page under an article's address gives no article: these are breakage, to be tried again and to be counted
# against the run. The others are the page's nature.
BREAKAGE: Final = _LISTINGS | {"no_body", "no_title", "empty", "encrypted", "needs_script"}
# The same, with what is a page's nature as long as few pages are so: a film without a text. Where suddenly many are, it
# is the rule for the text that misses it.
SUSPECT: Final = BREAKAGE | _TEXTLESS
# Why a page gives no article while its site is broken: without its frame it looks like a listing, too.
UNREAD: Final = SUSPECT | {"listing", "listing_trap"}


@dataclass(frozen=True, slots=True)
class Visit:
    """Why a page is fetched: its role ("home", "listing" or "page"), and what is known of it. A page with a `look` is
    that of a stored article."""

    role: str
    entry: Entry
    walk: Walk | None = None
    failures: int = 0  # in this run
    look: Look | None = None


def is_breakage(reason: str) -> bool:
    """Whether a page is there, but can't be read: other rules may be able to."""
    return reason in BREAKAGE


def is_listing(reason: str, address_kind: str | None) -> bool:
    """Whether a page turned out to be a listing, and its address does not say that it is an article."""
    return reason in _LISTINGS and address_kind != "article"


def is_passing(reason: str) -> bool:
    """Whether a failure is worth another try while the run lasts."""
    return reason in _PASSING


def is_silent(reason: str) -> bool:
    """Whether the host may be to blame, and not the page."""
    return reason in _SILENT


def outcome_of(reason: str, address_kind: str | None) -> str:
    """What a page that gave no article counts as: "gone", "skipped", or "failed" (to be tried again by later runs)."""
    if reason in _GONE:
        return "gone"
    if reason in BREAKAGE:
        return "failed" if address_kind == "article" else "skipped"
    return "skipped" if reason in _NOT_OURS else "failed"


def look_outcome_of(reason: str) -> str:
    """The same for the page of a stored article: one that moved away for good, as when a site gets a new host, was not
    taken down."""
    return "skipped" if reason == "moved" else outcome_of(reason, "article")


def reason_of(error: BaseException | None) -> str:
    """One word for why a page could not be had. Scrapy tells of robots.txt, loops and sizes by its message alone."""
    if isinstance(error, HttpError):
        return f"http_{error.response.status}"
    if reason := getattr(error, "reason", None):
        return str(reason)
    if isinstance(error, IgnoreRequest):
        return next((word for sign, word in _SIGNS.items() if sign in str(error)), "refused")
    name = type(error).__name__
    return _WORDS.get(name, name)
