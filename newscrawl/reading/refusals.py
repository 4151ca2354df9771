"""What is no article, and how it is told. Source: field notes, traps 43, 44, 51, 56, 58, 71, 72.

An article refused is an article lost: each of these asks for more than one sign, and a page that says to machines that
it is one article is believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import punctuation
from typing import Final

from newscrawl.reading.anatomy import Anatomy
from newscrawl.reading.dating import dates_of
from newscrawl.reading.embedded import document_in, has_pictures, has_player, heart_of, is_shell
from newscrawl.reading.entries import listing_in
from newscrawl.reading.notices import claims_article, in_page, in_text, in_title
from newscrawl.reading.pages import Page
from newscrawl.reading.reading import Reading
from newscrawl.reading.structured import read_structured
from newscrawl.words.errors import REASONS, NotArticleError
from newscrawl.words.tree import Element, string_of
from newscrawl.words.urls import resolve

__all__ = [
    "is_long_enough",
    "refuse_address",
    "refuse_gone",
    "refuse_guard",
    "refuse_listing",
    "refuse_repeats",
    "refuse_text",
    "refused",
]

_SHORTEST_BODY: Final = 40  # characters; the shortest real notice in the evidence has 60
_WHOLE: Final = 200  # characters of a text that is more than a teaser
_LEAST_WHOLE: Final = 3
_SENTENCE: Final = 100  # characters of a line that is prose, and no teaser's
_MOST_PROSE: Final = 400  # characters of them
_LISTINGS: Final = frozenset({"no_frame", "many_teasers", "many_articles"})  # a box of them may ask for a login
_GUARDED: Final = ("guard", "server_error", "login")  # what stands before the page for a time, whatever page it is
_FOLDER: Final = "Index of /"  # Apache, nginx
_LONGEST_WORD: Final = 500  # characters without a blank: an encrypted print page (trap 44)
_LATIN: Final = re.compile(r"[!-~À-ɏḀ-ỹ]+")  # written with blanks between words: Chinese and Thai have none
_TO_READER: Final = re.compile(r"\bbạn (?!đọc\b)|\bquý (?:vị|khách|độc giả)|xin lỗi|rất tiếc", re.IGNORECASE)
_MARKS: Final = punctuation + "“”‘’…–—"
_LONGEST_NUMBER: Final = 20  # a telephone's, an account's
_WORDY: Final = 7  # characters of a word and a blank in the mean; Vietnamese has 5, English 6


def refuse_address(reading: Reading) -> None:
    """Raises NotArticleError "denied_address" for what the site's rules exclude, and "no_frame" for a page of the site
    whose address may be anything and that has no article frame."""
    site, page = reading.site, reading.page
    if site is None or not site.has_host(page.url):
        return
    if site.denies(page.url):
        raise _refusal("denied_address")
    framed = not reading.layout.frame or bool(reading.layout.frame.all(page.root))
    if not framed and site.address_kind(page.url) != "article":
        raise refused(reading, "no_frame")


def refuse_listing(reading: Reading, body: Element) -> None:
    """Raises NotArticleError "many_teasers" or "many_articles" where a body that no rule found is a listing's."""
    if not claims_article(reading.structured):
        reason = listing_in(body, reading.page, reading.structured)
        if reason is not None:
            raise refused(reading, reason, body)


def refuse_repeats(reading: Reading, bodies: Sequence[Element]) -> None:
    """Raises NotArticleError "many_articles" where the rules for title and body both find several (trap 56)."""
    whole = sum(len(string_of(body)) >= _WHOLE for body in bodies) if len(bodies) >= _LEAST_WHOLE else 0
    if whole >= _LEAST_WHOLE and any(len(found) >= _LEAST_WHOLE for _, found in reading.found("title")):
        raise _refusal("many_articles")


def refuse_gone(reading: Reading) -> None:
    """Raises NotArticleError where the page itself says why it has no text under the site's rule."""
    if reason := in_page(reading.page.root, reading.structured):
        raise _refusal(reason)


def refuse_guard(page: Page) -> None:
    """Raises NotArticleError "guard", "server_error" or "login" for a page without the links of a listing that says
    itself why it has none."""
    reason = in_page(page.root, read_structured(page.root))
    if reason in _GUARDED:
        raise _refusal(reason)


def refuse_text(reading: Reading, title: str | None, parts: Anatomy) -> None:
    """Raises NotArticleError for a text that is none, or that says so itself."""
    size = sum(map(len, parts.paragraphs))
    if size < _SHORTEST_BODY and not _is_media(reading, parts):
        raise refused(reading, "no_body")
    root, structured = reading.page.root, reading.structured
    if reason := in_title(root, structured, title, size):
        raise _refusal(reason)
    reason = in_text(root, structured, parts.paragraphs)
    if reason and (reason == "guard" or _speaks_to_reader(parts) or not _is_dated(reading)):
        raise _refusal(reason)
    if _is_encrypted(parts.paragraphs, size):
        raise _refusal("encrypted")
    if not title:
        raise refused(reading, "no_title")


def _speaks_to_reader(parts: Anatomy) -> bool:
    return any(map(_TO_READER.search, parts.paragraphs))


def _is_dated(reading: Reading) -> bool:
    """Whether the page prints when its text was published, as news do and error messages do not. Addresses have days
    also where nothing is left. (Guards print the moment.)"""
    published = dates_of(reading).published
    return published is not None and published.layer != "address"


def _is_media(reading: Reading, parts: Anatomy) -> bool:
    """Whether a page without a body tells something all the same: pictures or film, under a lead or with captions."""
    told = len(parts.lead or "") + sum(len(caption.text) for caption in parts.pictures.captions)
    if told < _SHORTEST_BODY:
        return False
    heart = heart_of(reading.page.root)
    return bool(parts.pictures.images) or (heart is not None and has_player(heart))


def refused(reading: Reading, reason: str, listing: Element | None = None) -> NotArticleError:
    """The error, or the better one for a page that says itself why there is nothing (traps 71, 72), or that shows
    something else in the place of a text, beside which a `listing` may stand."""
    said = in_page(reading.page.root, reading.structured)
    if said and not (said == "login" and reason in _LISTINGS):
        return _refusal(said)
    if (reading.structured.head_title or "").startswith(_FOLDER):
        return _refusal("many_teasers", "a folder's files")
    other = _instead_of_text(reading, listing) if reason in ("no_body", "no_title", "many_teasers") else None
    return other or _refusal(reason)


def _instead_of_text(reading: Reading, listing: Element | None) -> NotArticleError | None:
    """What a page shows that has next to no prose."""
    if sum(len(run.text) for run in reading.survey.prose if len(run.text) >= _SENTENCE) >= _MOST_PROSE:
        return None
    root = reading.page.root
    heart = heart_of(root)
    if heart is not None and (listing is None or heart not in (listing, *listing.iterancestors())):
        if address := document_in(heart):
            return _refusal("document_only", resolve(reading.page.base, address) or address)
        if has_player(heart) or has_pictures(heart):
            return _refusal("only_media")
    return _refusal("needs_script") if listing is None and is_shell(root) else None


def _refusal(reason: str, more: str = "") -> NotArticleError:
    return NotArticleError(reason, f"{REASONS[reason]}: {more}" if more else REASONS[reason])


def _is_encrypted(paragraphs: Sequence[str], size: int) -> bool:
    """Whether a body is no words: hardly anything but an endless one, or most of them mixed of letters and digits."""
    if size < _LONGEST_WORD:
        return False
    text = " ".join(paragraphs)
    if size < text.count(" ") * _WORDY:
        return False
    tokens = text.split()
    endless = sum(len(token) for token in tokens if len(token) > _LONGEST_WORD and _LATIN.fullmatch(token))
    if endless and size - endless < _WHOLE:
        return True
    letters = [token for token in tokens if token.isascii()]
    strange = sum(not _is_word(token) for token in letters)
    return len(letters) * 5 >= len(tokens) * 4 and strange * 2 > len(tokens)


def _is_word(token: str) -> bool:
    """Whether a token is a word, or a number: small letters, capitals, or one capital before small letters."""
    core = token.strip(_MARKS).replace("-", "")
    if not any(map(str.isalpha, core)):
        return len(core) <= _LONGEST_NUMBER
    return core.isalpha() and (core[1:].islower() or core.isupper() or core.islower())


def is_long_enough(element: Element) -> bool:
    """Whether an element can be a body by its length."""
    return len(string_of(element).strip()) >= _SHORTEST_BODY
