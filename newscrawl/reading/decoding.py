"""From bytes to a tree: which encoding the bytes are in, whatever header and meta say."""

from __future__ import annotations

import codecs
import re
from typing import Final

from w3lib.encoding import html_body_declared_encoding, html_to_unicode, http_content_type_encoding

from newscrawl.reading.bounded import parse_bounded
from newscrawl.reading.recoding import recode, texts_of
from newscrawl.words.encodings import TWICE_UTF8, Charset, charset_named, latin_letters
from newscrawl.words.misread import judge, may_be_misread
from newscrawl.words.tree import Element

__all__ = ["put_right", "tree_of"]

_LABEL: Final = re.compile(r"charset[ =\"']{1,8}([\w.:-]{1,40})", re.IGNORECASE)
_UNDECLARED: Final = "which the page does not declare"
_HEAD: Final = 4096  # bytes in which a page declares its encoding


def tree_of(body: bytes, content_type: str | None) -> tuple[Element | None, list[str]]:
    """The root of the page in Unicode (None where there is no element), and what was wrong with the bytes.

    Bytes that are valid UTF-8 are UTF-8, whatever header and meta say: text in another encoding passes that test by
    chance only where it is plain ASCII. Only then the words are asked, and then the declarations (WHATWG order: BOM,
    header, meta): a page in an old encoding declares none, or the one of its editor's template.
    """
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in body and not marked:
        body = body.replace(b"\0", b"")  # libxml2 would stop reading there
    root, is_utf8, cut = parse_bounded(body)
    if is_utf8:
        return root, cut
    charset, warnings = (None, []) if marked else _old_charset(body, content_type)
    if charset is not None:
        return _tree_in(charset, body, warnings)
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    encoding, text = html_to_unicode(content_type, body)
    if codecs.lookup(encoding).name == "utf-8" and _has_lost_most(text):
        root, _, cut = parse_bounded(latin_letters(body).encode())
        return root, [f"read as windows-1252, {_UNDECLARED}", *cut]
    warnings = [] if (declared or marked) and "�" not in text else [f"undecodable bytes, read as {encoding}"]
    root, _, cut = parse_bounded(text.encode("utf-8", "replace"))
    return root, [*warnings, *cut]


def _has_lost_most(text: str) -> bool:
    """Whether most letters beyond ASCII could not be read as UTF-8: then it is none, and not damaged UTF-8. Browsers
    take windows-1252 for a page that declares nothing (WHATWG Encoding, legacy single-byte encodings)."""
    lost = text.count("\ufffd")
    return lost * 2 > sum(not letter.isascii() for letter in text)


def put_right(root: Element) -> tuple[bool, list[str]]:
    """Read anew what was in the wrong encoding before the page was sent, as UTF-8 or as entities. Whether the tree was
    changed, and the warnings."""
    found = judge(texts_of(root))
    if found is None:
        return False, []
    if not found.sure:
        return False, [_doubt(found.charset)]
    whole = recode(root, found.charset)
    return True, _with_losses([_guess(found.charset)], whole)


def _old_charset(body: bytes, content_type: str | None) -> tuple[Charset | None, list[str]]:
    """The old encoding that the page's words are in or, where they can't tell, that the page declares; and a warning
    where the page does not say so."""
    declared = _declared(body, content_type)
    text = latin_letters(body)
    root = parse_bounded(text.encode())[0] if may_be_misread(text) else None
    found = judge(texts_of(root)) if root is not None else None
    if found is None or not found.sure or found.charset is declared:
        return declared, []
    if found.charset is TWICE_UTF8:  # UTF-8, but for a few bytes
        return TWICE_UTF8, ["undecodable bytes, read as utf-8"]
    return found.charset, [_guess(found.charset)]


def _declared(body: bytes, content_type: str | None) -> Charset | None:
    """The old encoding that the header or, where it names none at all, the page declares."""
    label = _LABEL.search(content_type or "") or _LABEL.search(latin_letters(body[:_HEAD]))
    return charset_named(label[1]) if label else None


def _tree_in(charset: Charset, body: bytes, warnings: list[str]) -> tuple[Element | None, list[str]]:
    if charset is TWICE_UTF8:
        root, _, cut = parse_bounded(body.decode("utf-8", "replace").encode())
        return root, [*warnings, *cut]
    root, _, cut = parse_bounded(latin_letters(body).translate(charset.early).encode())
    whole = root is None or recode(root, charset)
    return root, [*_with_losses(warnings, whole), *cut]


def _with_losses(warnings: list[str], whole: bool) -> list[str]:
    return warnings if whole else ["; ".join([*warnings, "some letters are lost"])]


def _guess(charset: Charset) -> str:
    if charset is TWICE_UTF8:
        return "UTF-8 decoded twice, read anew"
    return f"read as {charset.name}, {_UNDECLARED}"


def _doubt(charset: Charset) -> str:
    if charset is TWICE_UTF8:
        return "the text may be UTF-8 decoded twice"
    return f"the text may be in {charset.name}, {_UNDECLARED}"
