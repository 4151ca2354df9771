"""What is no article, and how it is told. Source: field notes, traps 43, 44, 51, 56, 72."""

from __future__ import annotations

import re
from typing import Final

from newscrawl.reading.body import linked_headings
from newscrawl.reading.reading import Reading
from newscrawl.words.errors import NotArticleError
from newscrawl.words.tree import Element, string_of, text_of

__all__ = ["refuse_address", "refuse_body", "refuse_teasers", "refused"]

_SHORTEST_BODY: Final = 40  # characters; the shortest real notice in the evidence has 60
_SHORT_BODY: Final = 300  # characters; what says "không tồn tại" in so few words is no article about it
_LONG_PARAGRAPH: Final = 200  # characters; teasers have fewer
_LONGEST_TEASER: Final = 600  # characters, title and all
_LONGEST_WORD: Final = 500  # characters without a blank: an encrypted print page (trap 44)
_GUARD_BODY: Final = 200  # characters; a notice about maintenance has more
_GUARD: Final = re.compile(
    r"captcha|not a robot|không phải (?:là )?(?:robot|người máy)|checking your browser|just a moment|access denied|"
    r"truy cập bị từ chối|đang (?:được )?bảo trì|under maintenance",
    re.IGNORECASE,
)
_ENDLESS: Final = re.compile(rf"[^ ]{{{_LONGEST_WORD + 1}}}")
_GONE: Final = re.compile(
    r"không tồn tại|không tìm thấy (?:trang|bài|nội dung)|đã bị xóa|page not found|not be found|lỗi 404", re.IGNORECASE
)
# In a short text, prose can say of anything that it does not exist: here it has to be the page.
_GONE_HERE: Final = re.compile(
    r"(?:trang|bài|nội dung|liên kết|đường dẫn|dữ liệu|mục|tin)(?: \w+){0,6} (?:không tồn tại|đã bị xóa)|"
    r"không tìm thấy (?:trang|bài|nội dung)|page not found|not be found|lỗi 404|^.{0,40}không tồn tại",
    re.IGNORECASE,
)


def refuse_address(reading: Reading) -> None:
    """Raises NotArticleError "denied_address" for what the site's rules exclude, and "no_frame" for a page of the site
    whose address may be anything and that has no article frame."""
    site, page = reading.site, reading.page
    if site is None or not site.has_host(page.url):
        return
    if site.denies(page.url):
        raise NotArticleError("denied_address", "the site's rules say that this address is no article")
    framed = not reading.layout.frame or bool(reading.layout.frame.all(page.root))
    if not framed and site.address_kind(page.url) != "article":
        raise refused(reading, "no_frame", "the page has no article frame: a listing or a service page")


def refuse_teasers(reading: Reading, body: Element) -> None:
    """Raises NotArticleError "many_teasers" for a list of teasers: prose by its looks, but each with a link of its own
    (traps 51, 56). A page that calls itself an article is believed: better a listing too many than an article lost."""
    if reading.structured.jsonld or reading.structured.first_meta("og:type") == "article":
        return
    headings = linked_headings(body)
    long = sum(len(run.text) >= _LONG_PARAGRAPH for run in reading.survey.prose_of_body())
    items = [item for item in body.iter("li", "article") if next(item.iter("a"), None) is not None]
    sizes = [size for item in items if (size := len(text_of(item))) <= _LONGEST_TEASER]
    if (headings >= 5 and long * 2 <= headings) or (len(sizes) >= 8 and sum(sizes) >= len(text_of(body)) * 0.8):
        raise refused(reading, "many_teasers", "the page is a list of teasers")


def refuse_body(reading: Reading, title: str | None, paragraphs: list[str], *, pictures: bool) -> None:
    """Raises NotArticleError for a body that is none: "no_body", "soft_404", "guard", "encrypted"."""
    size = sum(map(len, paragraphs))
    if size < _SHORTEST_BODY and not pictures:
        raise refused(reading, "no_body", "the article's body can't be found")
    if size < _SHORT_BODY and any(_GONE_HERE.search(text) for text in paragraphs):
        raise NotArticleError("soft_404", "the page says that the article does not exist")
    if size < _SHORT_BODY and (
        _GUARD.search(title or "") or (size < _GUARD_BODY and any(map(_GUARD.search, paragraphs)))
    ):
        raise NotArticleError("guard", "the page is a guard's or says that the site is being maintained")
    if any(len(text) > _LONGEST_WORD and _ENDLESS.search(text) for text in paragraphs):
        raise NotArticleError("encrypted", f"the body holds a word of over {_LONGEST_WORD} characters")


def refused(reading: Reading, reason: str, detail: str) -> NotArticleError:
    """The error, or the better one for a page that says itself that there is nothing (trap 72)."""
    if says_gone(reading):
        return NotArticleError("soft_404", "the page says that the article does not exist")
    return NotArticleError(reason, detail)


def says_gone(reading: Reading) -> bool:
    """Whether the words "does not exist" stand anywhere on the page."""
    return _GONE.search(string_of(reading.page.root)) is not None


def is_long_enough(element: Element) -> bool:
    """Whether an element can be a body by its length."""
    return len(string_of(element).strip()) >= _SHORTEST_BODY
