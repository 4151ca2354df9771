"""Capitals that an old encoding has no letters for.

TCVN3 has capitals without tones only, and the fonts for VISCII and VPS show some small letters as capitals: headlines
were typed in capitals and set in a font (.VnTimeH) whose small letters look like capitals. In Unicode "TØNH" becomes
"TỉNH", and has to become "TỈNH", as it was printed.
"""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import Final

from newscrawl.words.syllables import is_syllable

__all__ = ["raise_capitals"]

_WORD: Final = re.compile(r"[^\W\d_]+")
_ASCII_SMALL: Final = re.compile(r"[a-z]")
_SUPPORT: Final = frozenset({"set in capitals", "capitals"})


def raise_capitals(text: str) -> str:
    """`text` with those words in capitals that were set in capitals.

    A word with a capital behind a small letter was. A word without a small letter of ASCII that can be either ("Hà",
    "ở") follows its neighbours; abbreviations say nothing of theirs.

    >>> raise_capitals("TỉNH Hà NộI: ở UBND TỉNH"), raise_capitals("UBND Hà Nội, ở TP Mỹ")
    ('TỈNH HÀ NỘI: Ở UBND TỈNH', 'UBND Hà Nội, ở TP Mỹ')
    """
    words = list(_WORD.finditer(text))
    kinds = [_kind(match[0]) for match in words]
    if "set in capitals" not in kinds and "either" not in kinds:
        return text
    for at in chain(range(len(kinds)), reversed(range(len(kinds)))):
        beside = {*kinds[max(at - 1, 0) : at], *kinds[at + 1 : at + 2]}
        if kinds[at] == "either" and beside & _SUPPORT and "small" not in beside:
            kinds[at] = "set in capitals"
    parts, end = [], 0
    for match, kind in zip(words, kinds, strict=True):
        if kind == "set in capitals":
            parts += [text[end : match.start()], match[0].upper()]
            end = match.end()
    return "".join([*parts, text[end:]])


def _kind(word: str) -> str:
    if _ASCII_SMALL.search(word):
        return "small"
    if word.isupper():
        return "capitals" if len(word) > 1 and is_syllable(word) else "abbreviation"
    behind_small = any(before.islower() and letter.isupper() for before, letter in pairwise(word))
    return "set in capitals" if behind_small else "either"
