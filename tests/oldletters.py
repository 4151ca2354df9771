"""Vietnamese written in the encodings before Unicode, by charts that newscrawl does not use.

The charts are in the form in which conversion tables are printed: a row for each vowel, a column for each tone. VISCII
is in the mnemonics of RFC 1456, table 1; TCVN3 and VPS follow the tables of xvnkb (`tcvn.h`, `vps.h`), VPS's capitals
those of Mozilla (`vps.ut`), VNI those of UniKey (`VNI-WIN`).
"""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

TONES = {"'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
VOWELS = "aâăeêoôơuưiy"

# Rows: the vowel and its byte (none where it is ASCII), then ' ` ? ~ .
TCVN3 = """
a -- B8 B5 B6 B7 B9 | â A9 CA C7 C8 C9 CB | ă A8 BE BB BC BD C6 | e -- D0 CC CE CF D1 | ê AA D5 D2 D3 D4 D6
o -- E3 DF E1 E2 E4 | ô AB E8 E5 E6 E7 E9 | ơ AC ED EA EB EC EE | u -- F3 EF F1 F2 F4 | ư AD F8 F5 F6 F7 F9
i -- DD D7 D8 DC DE | y -- FD FA FB FC FE | đ AE | Â A2 | Ă A1 | Ê A3 | Ô A4 | Ơ A5 | Ư A6 | Đ A7
"""
VPS = """
a -- E1 E0 E4 E3 E5 | â E2 C3 C0 C4 C5 C6 | ă E6 A1 A2 A3 A4 A5 | e -- E9 E8 C8 EB CB | ê EA 89 8A 8B CD 8C
o -- F3 F2 D5 F5 86 | ô F4 D3 D2 B0 87 B6 | ơ D6 A7 A9 AA AB AE | u -- FA F9 FB DB F8 | ư DC D9 D8 BA BB BF
i -- ED EC CC EF CE | y -- 9A FF 9B CF 9C | đ C7
A -- C1 80 81 82 02 | Â C2 83 84 85 1C 03 | Ă 88 8D 8E 8F F0 04 | E -- C9 D7 DE FE 05 | Ê CA 90 93 94 95 06
O -- B9 BC BD BE 11 | Ô D4 96 97 98 99 12 | Ơ F7 9D 9E 9F A6 13 | U -- DA A8 D1 AC 14 | Ư D0 AD AF B1 1D 15
I -- B4 B5 B7 B8 10 | Y -- DD B2 FD B3 19 | Đ F1
"""
# RFC 1456: rows by the low half of the byte, columns 8x to Fx; then what stands among the control codes.
VISCII = """
A. O^` O~ o^` A` DD a` dd     | A(' O^? a(' o^? A' u+' a' u+. | A(` O^~ a(` o^~ A^ O` a^ o`
A(. O^. a(. O+~ A~ O' a~ o'   | A^' O+. a^' O+ A? O^ a? o^    | A^` O+' a^` o^. A( a. a( o~
A^? O+` a^? o+` a(? y? u+~ o? | A^. O+? a^. o+? a(~ u+` a^~ o. | E~ I. e~ i. E` u+? e` u.
E. O? e. U+. E' U` e' u`      | E^' O. e^' U+' E^ U' e^ u'    | E^` I? e^` U+` E? y~ e? u~
E^? U? e^? U+? I` y. i` u?    | E^~ U~ e^~ o+ I' Y' i' y'     | E^. U. e^. o+' I~ o+~ i~ o+.
O^' Y` o^' U+ y` u+ i? U+~
"""
VISCII_CONTROLS = {0x02: "A(?", 0x05: "A(~", 0x06: "A^~", 0x14: "Y?", 0x19: "Y~", 0x1E: "Y."}
VNI_MARKS = {
    "a": "ù ø û õ ï", "â": "á à å ã ä", "ă": "é è ú ü ë", "e": "ù ø û õ ï", "ê": "á à å ã ä", "o": "ù ø û õ ï",
    "ô": "á à å ã ä", "ơ": "ù ø û õ ï", "u": "ù ø û õ ï", "ư": "ù ø û õ ï",
}  # fmt: skip
VNI_BASES = {"â": "aâ", "ă": "aê", "ê": "eâ", "ô": "oâ", "ơ": "ô", "ư": "ö", "đ": "ñ"}


def viqr(mnemonic: str) -> str:
    """A letter from the form that RFC 1456 writes it in."""
    if mnemonic in ("DD", "dd"):
        return {"DD": "Đ", "dd": "đ"}[mnemonic]
    marks = {"^": "\u0302", "(": "\u0306", "+": "\u031b", **TONES}
    return normalize("NFC", mnemonic[0] + "".join(marks[mark] for mark in mnemonic[1:]))


def rows(chart: str) -> dict[str, int]:
    """Letter → byte."""
    found = {}
    for row in chart.replace("\n", "|").split("|"):
        if cells := row.split():
            letters = [normalize("NFC", cells[0] + tone) for tone in ("", *TONES.values())]
            found |= {one: int(cell, 16) for one, cell in zip(letters, cells[1:], strict=False) if cell != "--"}
    return found


def viscii() -> dict[str, int]:
    found = {viqr(mnemonic): byte for byte, mnemonic in VISCII_CONTROLS.items()}
    for low, row in enumerate(VISCII.strip().replace("\n", "|").split("|")):
        found |= {viqr(mnemonic): 0x80 + 16 * high + low for high, mnemonic in enumerate(row.split())}
    return found


def vni() -> dict[str, str]:
    found = dict(VNI_BASES)
    for vowel, marks in VNI_MARKS.items():
        stem = "a" if vowel in "âă" else "e" if vowel == "ê" else "o" if vowel == "ô" else VNI_BASES.get(vowel, vowel)
        found |= {
            normalize("NFC", vowel + tone): stem + mark
            for tone, mark in zip(TONES.values(), marks.split(), strict=True)
        }
    found |= {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ý": "yù", "ỳ": "yø", "ỷ": "yû", "ỹ": "yõ", "ỵ": "î"}
    return found | {letter.upper(): old.upper() for letter, old in found.items()}


def windows(byte: int) -> str:
    """The letter that a browser shows for a byte of windows-1252 (WHATWG)."""
    return bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)


def as_windows_1258(text: str) -> str:
    """As Windows writes it: the letter, and behind it the tone."""
    letters = []
    for letter in text:
        parts = normalize("NFD", letter)
        tone = "".join(part for part in parts if part in TONES.values())
        base = normalize("NFC", "".join(part for part in parts if part not in TONES.values()))
        letters.append("".join(windows(byte) for byte in (base + tone).encode("cp1258")))
    return "".join(letters)


def by(chart: dict[str, str]) -> Callable[[str], str]:
    return lambda text: "".join(chart.get(letter, letter) for letter in text)


def _letters(chart: dict[str, int]) -> dict[str, str]:
    return {letter: windows(byte) for letter, byte in chart.items()}


def _without_capitals(chart: dict[str, str]) -> dict[str, str]:
    """A chart in which capitals that it lacks are small letters, as in a font of capitals."""
    return {letter.upper(): old for letter, old in chart.items()} | chart


# How a text in Unicode stands on a page in each encoding, in Latin-1 letters.
WRITTEN: dict[str, Callable[[str], str]] = {
    "TCVN3 (ABC)": by(_without_capitals(_letters(rows(TCVN3)))),
    "VISCII": by(_letters(viscii())),
    "VPS": by(_letters(rows(VPS))),
    "VNI": by(vni()),
    "windows-1258": as_windows_1258,
    "UTF-8 decoded twice": lambda text: "".join(windows(byte) for byte in text.encode()),
}


_BYTES = {windows(byte): byte for byte in range(256)}


def to_bytes(written: str) -> bytes:
    """A page of Latin-1 letters as the bytes that were sent."""
    return bytes(_BYTES[letter] for letter in written)
