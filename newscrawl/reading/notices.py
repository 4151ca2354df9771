"""Pages that speak of themselves instead of telling news: not there, being checked, broken, closed. All with status
200 (field notes, traps 71 and 72; the pages of IIS, ASP.NET, nginx, PHP, cPanel and of guards as they come).

News speaks of missing pages, captchas and servers, too. So a title has to be a notice as a whole; and a line has to
speak to the reader, on a page that has hardly any other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from newscrawl.reading.blocks import Block, blocks_of
from newscrawl.reading.structured import Structured
from newscrawl.words.tree import Element, text_of

__all__ = ["claims_article", "in_page", "in_text", "in_title"]

_LONGEST_TITLE: Final = 120
_LONGEST_LINE: Final = 250
_PROSE: Final = 100  # characters of a line that is more than a notice
_MOST_LINES: Final = 400  # of them the notice is one of the first
_FEW_LINKS: Final = 5  # a page without a menu
_PARTS: Final = re.compile(r"\s[-–—|»•]\s|\s?[|»]\s?")


class _Notice(NamedTuple):
    """Words, in small letters, and what they say. They count in a text of fewer than `most` characters; `bare`: on a
    page without a menu."""

    reason: str
    most: int
    bare: bool
    words: re.Pattern[str]


def _notice(reason: str, most: int, words: str, *, bare: bool = False) -> _Notice:
    return _Notice(reason, most, bare, re.compile(words))


_ANY: Final = 1 << 20
_SHORT: Final = 300
_GONE: Final = r"(?:không (?:còn )?tồn tại|không tìm thấy|không được tìm thấy|đã bị (?:xóa|xoá|gỡ))"
_CLOSED: Final = r"(?:được )?(?:bảo trì|nâng cấp|ngừng hoạt động)"
# A title that is one of these as a whole.
_TITLES: Final = (
    _notice(
        "soft_404",
        _ANY,
        r"(?:(?:lỗi|error|http)[ :]{0,3})?(?:404[ :.-]{0,4})?(?:404|\(?not found\)?[!\d]{0,4}|404 error|"
        r"(?:file|page|object|content|article)(?: or directory)? (?:was )?not found|"
        r"không (?:tìm thấy|có) (?:trang|bài|bài viết|nội dung|đường dẫn|dữ liệu)(?: này| yêu cầu| web)?|"
        rf"(?:trang|bài viết|nội dung|tin|tin bài|đường dẫn|liên kết)(?: này| web| yêu cầu)? {_GONE})[.!]?",
    ),
    _notice(
        "guard",
        _SHORT,
        r"just a moment[.…]{0,3}|attention required!?|ddos-guard|please wait[.…]{0,3}|request rejected|forbidden|"
        r"sucuri website firewall.{0,40}|access denied.{0,40}|403 forbidden|human verification|security check|"
        r"are you a robot\??|robot check|pardon our interruption[.…]{0,3}|"
        r"(?:bot )?verification|chờ một chút[.…]{0,3}|truy cập bị (?:từ chối|chặn)|"
        r"xác (?:nhận|minh) (?:truy cập|bạn (?:không phải )?là (?:con )?người)",
    ),
    _notice(
        "guard",
        _SHORT,
        rf"(?:website|trang web|trang|hệ thống|site)(?: này)? (?:đang|tạm) {_CLOSED}|"
        r"(?:thông báo )?bảo trì(?: hệ thống| website)?|(?:site |website )?under maintenance|maintenance(?: mode)?",
        bare=True,
    ),
    _notice(
        "server_error",
        _SHORT,
        r"(?:5\d\d )?(?:bad gateway|service (?:temporarily )?unavailable|gateway time-?out|internal server error|"
        r"bandwidth limit exceeded|server error(?: in '[^']{0,40}' application\.?)?)|runtime error|database error|"
        r"error establishing a database connection|account suspended|(?:this )?domain (?:is )?(?:parked|for sale)|"
        r"object reference not set to an instance of an object\.?|lỗi (?:hệ thống|máy chủ|kết nối)|"
        r"(?:đã )?(?:có|xảy ra) lỗi(?: xảy ra)?|"
        r"welcome to nginx!|iis windows server|apache2? \w{0,20} ?default page.{0,20}",
    ),
)
# What a line says of its page: a subject, what the reader did, what became of it.
_SUBJECT: Final = (
    r"(?<!\w)(?:(?:trang|bài|tin|mục)(?: web| tin| viết| báo| bài| tức)?|nội dung|thông tin|dữ liệu|văn bản|"
    r"tài (?:liệu|nguyên)|chuyên mục|(?:đường |địa chỉ )?(?:liên kết|dẫn|link)|địa chỉ|url)"
)
_ASKED: Final = (
    r"(?: (?:này|trên|web|mà|bạn|quý|vị|khách|đọc|đang|vừa|cần|muốn|tìm|kiếm|xem|được|yêu|cầu|truy|cập|hiện|có|thể|đã))"
    r"{0,12}"
)
_AWAY: Final = (
    r" (?:không (?:còn )?tồn tại|không có trên hệ thống|không (?:được )?tìm thấy|bị (?:xóa|xoá|gỡ)|"
    r"(?:được )?(?:xóa|xoá|gỡ) bỏ|hết hạn)"
)
# A line with one of these. The rarer the words, the longer the text around them may be.
_LINES: Final = (
    _notice(
        "guard",
        1500,
        r"checking your browser before|cloudflare ray id|ddos protection by|incapsula incident|"
        r"sucuri website firewall|consult with your administrator|your support id is|made us think you were a bot",
    ),
    _notice(
        "server_error",
        1000,
        r"server error in '|fatal error.{0,5}: {1,2}uncaught|sqlstate\[|unhandled exception occurred|"
        r"error establishing a database connection|this account has been suspended|\bcorrelation id:|"
        r"(?:reaching|exceeded) .{0,20}bandwidth limit",
    ),
    _notice(
        "guard",
        600,
        r"(?:bảo trì|nâng cấp|maintenance).{0,100}(?:quay lại|trở lại|thông cảm|come back|try again)|"
        r"lưu lượng (?:truy cập )?bất thường|unusual traffic|"
        r"nhập (?:các |mã )?(?:ký tự|mã xác (?:nhận|thực|minh)|captcha)\b.{0,60}để tiếp tục",
        bare=True,
    ),
    _notice(
        "soft_404",
        _SHORT,
        rf"{_SUBJECT}{_ASKED}{_AWAY}|"
        r"không tìm thấy (?:trang|bài viết|nội dung|đường dẫn)(?: này| web| yêu cầu| bạn| mà|[.!,]|$)|lỗi 404[.!:]?$|"
        r"không (?:tìm thấy|có) kết quả (?:nào )?(?:phù hợp|cho|với)|"
        r"(?:page|article|story|content|item|file|resource)(?: or directory)?(?: you[^.]{0,40})? (?:not found|"
        r"does(?: not|n.t) exist|no longer exists|(?:can|could)(?:not|n.t| not) be found|was not found|"
        r"(?:might have|has) been (?:removed|deleted))|requested url (?:\S{1,200} )?was not found",
    ),
    _notice(
        "no_body",
        100,
        r"^(?:nội dung|bài viết|chuyên mục|dữ liệu|thông tin)(?: này)? (?:đang|sẽ) (?:được )?(?:cập nhật|xây dựng)\b",
    ),
    _notice(
        "login",
        _SHORT,
        r"(?:cần|phải|vui lòng|hãy) đăng nhập (?:để|trước khi) (?:xem|đọc|truy cập|tiếp tục|sử dụng)|"
        r"(?:must|need to|please) (?:sign|log) ?in (?:to|before) (?:view|read|access|continue|see)",
    ),
    _notice(
        "server_error",
        _SHORT,
        r"this domain (?:is|has|may be) (?:for sale|parked|expired)|tên miền này (?:đã hết hạn|đang được rao bán)|"
        r"(?:service|server) is (?:temporarily )?(?:unavailable|unable)|hệ thống đang (?:gặp sự cố|quá tải)|"
        r"(?:đã có lỗi xảy ra|đã xảy ra lỗi|lỗi hệ thống)[.!,]?$",
    ),
    _notice(
        "guard",
        200,
        r"captcha|xác (?:nhận|minh) bạn là (?:con )?người|(?:bạn|tôi) không phải (?:là )?(?:robot|người máy)|"
        r"(?:you.re|you are|i.m|i am) not a robot|"
        r"checking your browser|just a moment|access denied|"
        r"truy cập (?:của bạn )?(?:đã )?bị (?:từ chối|chặn)|đang (?:được )?bảo trì|under maintenance",
    ),
)
_LONGEST: Final = max(notice.most for notice in _LINES)
_GUARDS: Final = re.compile(r"challenge-platform|_Incapsula_Resource|ddos-guard|hcaptcha\.com|recaptcha/")
_SETS_COOKIE: Final = re.compile(r"document\.cookie\s?=")
_LOADS_ANEW: Final = re.compile(r"location\.(?:reload|replace|assign)\s?\(|location(?:\.href)?\s?=")


def claims_article(structured: Structured) -> bool:
    """Whether the page says to machines that it is one article, and not by a word that its template says of all."""
    return structured.title is not None or structured.first_meta("article:published_time") is not None


def in_title(root: Element, structured: Structured, title: str | None, size: int) -> str | None:
    """The reason why a text of `size` characters is no article's, by its title: a part of the head's title counts
    only where the headline does not go on, as in "Lỗi 404 - Nỗi lo của bạn đọc"."""
    if claims_article(structured):
        return None
    head, headline = structured.head_title, title or ""
    spans = _spans(head)
    if headline != head or headline in _headings(root):
        spans = [headline, *(span for span in spans if span not in headline)]
    return _said(_TITLES, spans, size, root, whole=True)


def in_text(root: Element, structured: Structured, lines: Sequence[str]) -> str | None:
    """The reason why a text, in `lines`, is no article's, by what one of the lines says."""
    size = sum(map(len, lines))
    return None if size >= _LONGEST or claims_article(structured) else _said(_LINES, lines, size, root)


def in_page(root: Element, structured: Structured) -> str | None:
    """The reason that a page gives on which no article was found: in its heading, in a line of its own, or by what it
    loads."""
    if claims_article(structured):
        return None
    blocks = [block for block in blocks_of(root) if block.text and block.linked * 2 < block.letters]
    lines = [block.text for block in blocks[:_MOST_LINES] if not _is_imprint(block)]
    size = sum(len(line) for line in lines if len(line) >= _PROSE)
    if reason := _said(_TITLES, _spans(structured.head_title, *_headings(root)), size, root, whole=True):
        return reason
    bare = _is_bare(root)
    if bare and _loads_guard(root):
        return "guard"
    reason = _said(_LINES, [line for line in lines if len(line) <= _LONGEST_LINE], size, root)
    return reason if bare or reason in ("soft_404", "login") else None


def _headings(root: Element) -> list[str]:
    return [text_of(heading) for heading in islice(root.iter("h1"), 3)]


def _said(
    notices: Iterable[_Notice], lines: Sequence[str], size: int, root: Element, *, whole: bool = False
) -> str | None:
    """The reason that one of the lines gives. They are searched in small letters: to leave the case to the expressions
    takes several times as long."""
    small = [line.lower() for line in lines]
    for reason, most, bare, words in notices:
        said = words.fullmatch if whole else words.search
        if size < most and any(map(said, small)) and not (bare and not _is_bare(root)):
            return reason
    return None


def _spans(*titles: str | None) -> list[str]:
    """Titles, each whole and in its parts: one of them is the site's name."""
    known = [title for title in titles if title and len(title) <= _LONGEST_TITLE]
    return known + [part for title in known for part in _PARTS.split(title)]


def _is_bare(root: Element) -> bool:
    return sum(1 for _ in islice(root.iter("a"), _FEW_LINKS)) < _FEW_LINKS


def _is_imprint(block: Block) -> bool:
    return any(ancestor.tag == "footer" for ancestor in block.element.iterancestors())


def _loads_guard(root: Element) -> bool:
    """Whether a page loads a guard's script, or sets a cookie and loads itself anew."""
    for element in root.iter("script", "iframe"):
        code = f"{element.get('src') or ''}\n{element.text or ''}"
        if _GUARDS.search(code) or (_SETS_COOKIE.search(code) and _LOADS_ANEW.search(code)):
            return True
    return False
