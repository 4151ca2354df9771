"""Addresses: resolving links, and the identity of a page behind its many spellings.

Source: field notes, traps 35 to 50. Nothing here knows a site; the rules that differ by site are parameters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

__all__ = ["bare_host", "identity", "is_file", "path_and_query", "resolve", "without_tracking"]

# Parameters that carry a visitor or a campaign, never a page (traps 35, 50).
_TRACKING: Final = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|gidzl|zarsrc|mibextid|_ga|dclid|msclkid|igshid|mc_[ce]id|sessionid|phpsessid|jsessionid|"
    r"asp\.net_sessionid|logout|itm_\w+|cmpid)$",
    re.IGNORECASE,
)
_SESSION_PATH: Final = re.compile(r";jsessionid=[^/?#]*|/\(S\([a-z0-9]+\)\)", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_PAPERS: Final = frozenset(["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "rar", "7z", "odt", "ods"])
_FILES: Final = _PAPERS | frozenset(["jpg", "jpeg", "png", "gif", "webp", "mp3", "mp4", "avi", "wmv", "flv"])
# What RFC 3986 allows in a path, plus "%": bytes that a site already escaped are kept as they are (trap 49).
# Links that need no work: a path without a scheme or a dot segment in it, all of it characters that may stand.
_SEGMENT: Final = r"[A-Za-z0-9_.~!$&'()*+,;=@%-]*"
_CLEAN: Final = rf"/(?![/.]|https?[:/]){_SEGMENT}(?:/(?!\.){_SEGMENT})*(?:\?[A-Za-z0-9_.~=&%+-]*)?"
_PLAIN_PATH: Final = re.compile(_CLEAN)
_PLAIN_URL: Final = re.compile(r"https?://[a-z0-9.-]+" + _CLEAN)
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?=[/?#]|$)")
_LONGEST: Final = 2000  # characters; browsers and servers have long agreed on no more, and rules of sites read them
_PATH_SAFE: Final = "/:@!$&'()*+,;=-._~%"


def resolve(base: str, href: str) -> str | None:
    """The absolute http(s) address of a link on a page, without its fragment; None for what can't be fetched.

    Skips other schemes, empty and endless links, and malformed ones with a scheme inside the path (trap 47); raw
    letters and blanks are escaped once as UTF-8 (trap 48).
    """
    if len(href) > _LONGEST:
        return None
    if _PLAIN_PATH.fullmatch(href) and (origin := _origin(base)):  # nine links in ten need nothing more
        return origin + href
    if _PLAIN_URL.fullmatch(href):
        return href
    href = href.strip()
    if not href or href[0] == "#" or href[:11].lower() == "javascript:":
        return None
    try:
        url = urljoin(base, re.sub(r"[\t\r\n]", "", href))
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a bracket or a port that is no number
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or re.match(r"/?https?[:/]", parts.path):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port is None else f"{host}:{port}"
    query = f"?{quote(parts.query, safe=_PATH_SAFE + '?[]')}" if parts.query else ""
    return f"{parts.scheme}://{netloc}{quote(parts.path, safe=_PATH_SAFE) or '/'}{query}"


def without_tracking(url: str) -> str:
    """`url` without the parameters that carry a visitor or a campaign; the others stay as they are, in their order.

    >>> without_tracking("https://x.vn/a.aspx?id=2&fbclid=IwAR0&b=%20"), without_tracking("https://x.vn/a?fbclid=1")
    ('https://x.vn/a.aspx?id=2&b=%20', 'https://x.vn/a')
    """
    path, mark, query = url.partition("?")
    if not mark:
        return url
    kept = [part for part in query.split("&") if not _TRACKING.match(part.partition("=")[0])]
    return f"{path}?{'&'.join(kept)}" if kept else path


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    """The scheme and host of an address, spelt as `resolve` spells them; empty for what has none of the web's."""
    match = _ORIGIN.match(base)
    return match[0].lower() if match else ""


def bare_host(url: str) -> str | None:
    """The host of `url` as identity: lower case, no `www.`, no trailing dot; None where the port is not the scheme's
    own.

    >>> bare_host("https://WWW.ninhthuan.gov.vn.:443/x"), bare_host("http://ninhthuan.gov.vn:8080/")
    ('ninhthuan.gov.vn', None)
    """
    parts = _split(url)
    host, _, port = parts.netloc.rpartition("@")[2].partition(":")
    if port and port != _DEFAULT_PORTS.get(parts.scheme):
        return None
    return host.lower().rstrip(".").removeprefix("www.")


@lru_cache(maxsize=8192)
def path_and_query(url: str) -> str:
    """What site rules are matched against: the decoded path, and `?query` where there is one, without scheme or
    host."""
    parts = _split(url)
    return unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def identity(url: str, *, fold_case: bool = False, keep_query: bool = True) -> str:
    """The path and query by which two addresses of one host are one page.

    Folds NFC and NFD, escapes, double and closing slashes, sessions, tracking parameters and the order of the others.
    `fold_case` also folds letter case (IIS hosts only: trap 41). With `keep_query` False the query is display only.

    >>> identity("https://x.vn/Pages/A%CC%81.aspx/?b=2&a=1&fbclid=z", fold_case=True)
    '/pages/á.aspx?a=1&b=2'
    """
    parts = _split(url)
    path = _SESSION_PATH.sub("", normalize("NFC", unquote(parts.path)))
    path = re.sub(r"/{2,}", "/", path).rstrip("/") or "/"
    query = ""
    if keep_query and parts.query:
        given = ((normalize("NFC", k), normalize("NFC", v)) for k, v in parse_qsl(parts.query, keep_blank_values=True))
        pairs = sorted((k, v) for k, v in given if not _TRACKING.match(k))
        query = "?" + urlencode(pairs) if pairs else ""
    whole = path + query
    return whole.casefold() if fold_case else whole


def _split(url: str) -> SplitResult:
    """`urlsplit`, with all of an address that is none as its path."""
    try:
        return urlsplit(url)
    except ValueError:
        path, _, query = url.partition("#")[0].partition("?")
        return SplitResult("", "", path, query, "")


def is_file(url: str, *, papers: bool = False) -> bool:
    """Whether the path ends like a file that is no page; `papers` leaves pictures, sound and film out."""
    _, dot, ending = url.partition("?")[0].partition("#")[0].rpartition(".")
    return bool(dot) and ending.lower() in (_PAPERS if papers else _FILES)
