"""What a page shows in the place of a text: a film, pictures, a document in a viewer, or nothing before its scripts
ran. Asked only about pages that have no text, or hardly any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from newscrawl.reading.blocks import image_url
from newscrawl.reading.clutter import names_of
from newscrawl.words.tree import Element, string_of
from newscrawl.words.urls import is_file

__all__ = ["PLAYERS", "VIEWERS", "document_in", "has_pictures", "has_player", "heart_of", "is_shell", "viewed"]

VIEWERS: Final = ("iframe", "embed", "object")
PLAYERS: Final = ("video", "audio", *VIEWERS)
_FILM: Final = re.compile(
    r"youtube(?:-nocookie)?\.com/(?:embed|v)/|youtu\.be/|player\.vimeo\.|dailymotion\.com/embed|"
    r"facebook\.com/plugins/video|soundcloud\.com/player|/(?:embed|player)[/.?]|\.(?:mp4|mp3|m3u8|flv|swf)\b",
    re.IGNORECASE,
)
_NAMING: Final = frozenset({"file", "url", "src", "doc", "path", "pdf"})  # parameters that name the document
_ASIDE: Final = frozenset({"aside", "footer", "header", "nav"})
_BESIDE: Final = frozenset(
    {"sidebar", "right", "widget", "banner", "ads", "advert", "quangcao", "footer", "logo", "comments"}
)
_LEAST_PICTURES: Final = 2  # one alone is a logo or a banner, as often as not
_MOUNTS: Final = frozenset({"app", "root", "__next", "__nuxt", "___gatsby", "svelte"})
_SCRIPTS_WANTED: Final = re.compile(
    r"(?:enable|turn on|requires?|need|without|bật|kích hoạt|cần)\b.{0,40}\bjavascript|"
    r"javascript\b.{0,40}\b(?:is (?:required|disabled|not enabled)|to run)",
    re.IGNORECASE,
)


def heart_of(root: Element) -> Element | None:
    """The element around the page's first `h1`, or `h2` where it has none, two levels up but never the page itself,
    unless nothing else is around the heading."""
    heading = next(root.iter("h1"), None)
    heading = heading if heading is not None else next(root.iter("h2"), None)
    if heading is None:
        return None
    heart = heading
    for _ in range(2):
        parent = heart.getparent()
        if parent is None or (parent.tag in ("body", "form", "html") and heart is not heading):
            break
        heart = parent
    return heart


def has_player(place: Element) -> bool:
    """Whether a film or sound can be played in `place`, and not at its side."""
    return any(_plays(element) and not _is_beside(element, place) for element in place.iter(*PLAYERS))


def has_pictures(place: Element) -> bool:
    """Whether `place` shows pictures of its own: such as lead nowhere, or to a larger one."""
    own = (image for image in place.iter("img") if image_url(image) and not _leads_away(image, place))
    return sum(1 for _ in own) >= _LEAST_PICTURES


def document_in(place: Element) -> str | None:
    """The address, as printed, of the document that `place` shows in a viewer, or of the one that it links to."""
    for element in place.iter(*VIEWERS):
        if (found := viewed(element)) and not _is_beside(element, place):
            return found
    files = ((link, href) for link in place.iter("a") if is_file(href := link.get("href") or "", papers=True))
    return next((href for link, href in files if not _is_beside(link, place)), None)


def viewed(element: Element) -> str | None:
    """The address, as printed, of the document that an `iframe`, `embed` or `object` shows: its own, or the one it
    names to a viewer as a parameter."""
    source = (element.get("src") or element.get("data") or element.get("data-src") or "").strip()
    if is_file(source, papers=True) or element.get("type") == "application/pdf":
        return source or None
    try:
        given = parse_qsl(urlsplit(source).query)
    except ValueError:
        return None
    return next((value for name, value in given if name.lower() in _NAMING and is_file(value, papers=True)), None)


def is_shell(root: Element) -> bool:
    """Whether the page is empty before its scripts run: it says so, or has the empty place that they fill."""
    if any(_SCRIPTS_WANTED.search(string_of(element)) for element in root.iter("noscript")):
        return True
    if next(root.iter("script"), None) is None:
        return False
    places = [*root.iter("app-root"), *(each for each in root.iter("div") if each.get("id") in _MOUNTS)]
    return any(not string_of(place).strip() for place in places)


def _plays(element: Element) -> bool:
    if element.tag in ("video", "audio"):
        return True
    return _FILM.search(element.get("src") or element.get("data") or element.get("data-src") or "") is not None


def _is_beside(element: Element, place: Element) -> bool:
    """Whether an element stands at the side of `place`, by the names around it."""
    return any(around.tag in _ASIDE or not _BESIDE.isdisjoint(names_of(around)) for around in _between(element, place))


def _leads_away(image: Element, place: Element) -> bool:
    for around in _between(image, place):
        if around.tag == "a" and (href := around.get("href")) and not is_file(href):
            return True
    return _is_beside(image, place)


def _between(element: Element, place: Element) -> Iterator[Element]:
    """`element` and what is around it, up to `place`, which is not among them."""
    if element is place:
        return
    yield element
    for ancestor in element.iterancestors():
        if ancestor is place:
            return
        yield ancestor
