"""The encodings that Vietnamese was written in before Unicode, each as a way to read letters taken for Latin-1.

Such text reaches a page in three ways: as bytes, as entities (an editor wrote `&reg;` for `®`), and as UTF-8 of the
Latin-1 letters, shown right only in a font like .VnTime. In all three there is a moment at which it is a text of
Latin-1 letters, and there it is read. Windows-1252 and its control codes stand for one another.

Sources of the tables. TCVN3 (ABC): TCVN 5712:1993, VN3, whose 74 letters are those of glibc's TCVN5712-1 at the same
bytes; fonts leave windows-1252's quotes in place. VISCII: RFC 1456, table 1. VPS: Mozilla's `vps.ut` (x-viet-vps). VNI:
the tables of UniKey (`VNI-WIN`) and xvnkb (`vni.h`), which agree. windows-1258: Python's codec. UTF-8 read as
windows-1252 and written as UTF-8 again (trap 74) is one more such encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

__all__ = ["CHARSETS", "TWICE_UTF8", "Charset", "charset_named", "latin_letters"]

# U+0000 to U+00FF as browsers read windows-1252: bytes that it leaves open are control codes.
_WINDOWS: Final = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_BYTES: Final = {letter: byte for byte, letter in enumerate(_WINDOWS)} | {chr(byte): byte for byte in range(256)}

_TCVN3: Final = """
.ĂÂÊÔƠƯĐăâêôơưđ.
.....àảãáạ.ằẳẵắ.
......ặầẩẫấậè.ẻẽ
éẹềểễếệìỉ...ĩíịò
.ỏõóọồổỗốộờởỡớợù
.ủũúụừửữứựỳỷỹýỵ.
"""
_VISCII: Final = """
ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ
ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ
.ắằặấầẩậẽẹếềểễệố
ồổỗỠƠộờởịỰỨỪỬơớƯ
ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ
ĐứÒÓÔạỷừửÙÚỹỵÝỡư
àáâãảăữẫèéêẻìíĩỉ
đựòóôõỏọụùúũủýợỮ
"""
_VPS: Final = """
ÀẢÃẤẦẨọỗĂếềểệẮẰẲ
Ế‘’ỀỂỄỐỒỔỖýỷỵỚỜỞ
.ắằẳẵặỠớÙờởỡŨỨợỪ
ổỬỲỸÍÌộỈĨÓửữÒỎÕự
ầÁÂấẩẫậđẻÉÊẹỉễịỹ
ƯỦồốÔỏơÈừứÚũưÝẺß
àáâãảạăçèéêẽìíîĩ
ẴĐòóôõöƠụùúủüỶẼỳ
"""
_CP1258: Final = bytes(range(0x80, 0x100)).decode("cp1258", "replace").replace("\ufffd", ".")


@dataclass(frozen=True, slots=True)
class Charset:
    """One old encoding: its name for people, the labels that declare it (lower case), and how it reads a word that
    stands there as Latin-1 letters. `early` translates bytes that have to be read before the page is parsed: letters
    among the control codes, and VISCII's Õ, at whose byte everybody else has NBSP. `loss` finds what is left in a read
    text where a half of letters was cleaned away before the page was published: a soft hyphen, an NBSP."""

    name: str
    labels: tuple[str, ...]
    read: Callable[[str], str]
    early: dict[int, str] = field(default_factory=dict)
    loss: re.Pattern[str] | None = None


def latin_letters(body: bytes) -> str:
    """`body` as windows-1252 the way browsers read it: every byte is a character."""
    return codecs.charmap_decode(body, "strict", _WINDOWS)[0]


def charset_named(label: str | None) -> Charset | None:
    """The charset that a page declares by `label`, in any case, or None.

    >>> charset_named("X-Viet-TCVN5712").name
    'TCVN3 (ABC)'
    """
    label = (label or "").lower()
    return next((charset for charset in CHARSETS if label in charset.labels), None)


def _table(letters: str, start: int) -> dict[int, str]:
    """Translation of Latin-1 letters: `letters` from the byte `start` on; a dot is a byte that is left as it is."""
    read = {byte: letter for byte, letter in enumerate(letters.replace("\n", ""), start) if letter != "."}
    return read | {ord(_WINDOWS[byte]): letter for byte, letter in read.items()}


def _in_parts(letters: dict[int, str]) -> dict[int, str]:
    """The same in NFD: ASCII and marks, which no table reads a second time."""
    return {byte: normalize("NFD", letter) for byte, letter in letters.items()}


def _by_table(table: dict[int, str]) -> Callable[[str], str]:
    return lambda word: normalize("NFC", word.translate(table))


# --- VNI: a vowel, and behind it a letter that stands for its marks

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT, _ROOF, _BREVE = "\u0300\u0301\u0309\u0303\u0323\u0302\u0306"
_VNI_MARKS: Final = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _ROOF, "à": _ROOF + _GRAVE, "á": _ROOF + _ACUTE, "å": _ROOF + _HOOK, "ã": _ROOF + _TILDE, "ä": _ROOF + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS: Final = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR: Final = re.compile(
    f"([aeouyôöAEOUYÔÖ])([{''.join(_VNI_MARKS)}{''.join(_VNI_MARKS).upper()}])|(.)", re.DOTALL
)
_VNI_BOTH: Final = _VNI_LETTERS | {old.upper(): new.upper() for old, new in _VNI_LETTERS.items()}


def _read_vni(word: str) -> str:
    def letter(match: re.Match[str]) -> str:
        base, mark, other = match.groups()
        if other:
            return _VNI_BOTH.get(other, other)
        return _VNI_BOTH.get(base, base) + _VNI_MARKS[mark.lower()]

    return normalize("NFC", _VNI_PAIR.sub(letter, word))


# --- UTF-8 that was decoded twice

_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _read_twice(word: str) -> str:
    """`word` with each well-formed UTF-8 sequence read. Nothing is lost: to encode the letter gives the sequence."""
    try:
        body = bytes(_BYTES[letter] for letter in word)
    except KeyError:
        return normalize("NFC", word)
    parts, at = [], 0
    for match in _SEQUENCE.finditer(body):
        try:
            letter = match[0].decode()
        except UnicodeDecodeError:  # an overlong form, or half of a pair
            continue
        parts += [word[at : match.start()], letter]
        at = match.end()
    return normalize("NFC", "".join([*parts, word[at:]]))


TWICE_UTF8: Final = Charset("UTF-8 decoded twice", (), _read_twice, loss=re.compile(r"[a-zà-ỹ][ÃÄÆ](?![a-zà-ỹ])|á[º»]"))
CHARSETS: Final = (
    Charset(
        "TCVN3 (ABC)",
        ("tcvn", "tcvn3", "tcvn-5712", "tcvn5712-1", "tcvn5712-1:1993", "x-viet-tcvn5712"),
        _by_table(_table(_TCVN3, 0xA0) | {ord("\u2212"): "ư", ord("\u03bc"): "à"}),  # so written by way of PDF
        loss=re.compile(r"(?<![ưƯ])[ơờớởỡợ](?:c|ng)\b"),  # ươ without its ư
    ),
    Charset(
        "VISCII",
        ("viscii", "csviscii", "viscii1.1-1"),
        _by_table(_table(_VISCII, 0x80)),
        _in_parts({0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ", 0xA0: "Õ"}),
    ),
    Charset(
        "VPS",
        ("vps", "x-vps", "x-viet-vps"),
        _by_table(_table(_VPS, 0x80)),
        _in_parts({
            0x02: "Ạ", 0x03: "Ậ", 0x04: "Ặ", 0x05: "Ẹ", 0x06: "Ệ", 0x10: "Ị", 0x11: "Ọ", 0x12: "Ộ", 0x13: "Ợ",
            0x14: "Ụ", 0x15: "Ự", 0x19: "Ỵ", 0x1C: "Ẫ", 0x1D: "Ữ",
        }),
    ),
    Charset("VNI", ("vni", "x-vni", "x-viet-vni"), _read_vni),
    Charset("windows-1258", ("windows-1258", "cp1258", "x-cp1258"), _by_table(_table(_CP1258, 0x80))),
)  # fmt: skip
