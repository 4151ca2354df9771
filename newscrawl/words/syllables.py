"""Whether a word can be a Vietnamese syllable, by the rules of its spelling.

Vietnamese is written syllable by syllable: an onset, a rime, a tone. There are 26 onsets, about 150 rimes and six
tones, and rimes that end in a stop take two tones only. A text that was read in the wrong encoding breaks these rules
at nearly every word, and so do other languages. Source: the spelling (quốc ngữ) as schools teach it; what only names
and loan words have (Đắk, Pleiku, pin) is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

__all__ = ["is_syllable"]

_ACUTE, _DOT = "\u0301", "\u0323"
_TONES: Final = frozenset(("\u0300", "\u0303", "\u0309", _ACUTE, _DOT))
_STOPS: Final = ("c", "ch", "p", "t")
_ONSETS: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh ph qu r s t th tr v x"
_RIMES: Final = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y ych yêm yên yêng yêt yêu ynh yt
o oa oac oach oai oam oan oang oanh oao oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut
uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
"""
_FRONT: Final = ("e", "ê", "i", "y")
_BEFORE_FRONT: Final = ("k", "gh", "ngh")  # so spelled before front vowels, and there only
_BEFORE_OTHERS: Final = ("c", "g", "ng")  # the same sounds before all other vowels
_LONGEST: Final = 7  # letters: nghiêng
_SMALL: Final = re.compile("[a-z]")


def _plain_syllables() -> frozenset[str]:
    """All pairs of onset and rime that the spelling allows, without tones."""
    rimes = _RIMES.split()
    pairs = [(onset, rime) for onset in ("", *_ONSETS.split()) for rime in rimes]
    fitting = {
        onset + rime
        for onset, rime in pairs
        if not (onset in _BEFORE_FRONT and not rime.startswith(_FRONT))
        and not (onset in _BEFORE_OTHERS and rime.startswith(_FRONT))
    }
    return frozenset(fitting | {"g" + rime for rime in rimes if rime.startswith("i")})  # gì, giếng


_SYLLABLES: Final = _plain_syllables()


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Whether `word` can be one syllable: its letters fit, it has at most one tone, which its end allows, and no
    capital within. (A word without small letters of ASCII may have some: it can be set in a font of capitals.)

    >>> [is_syllable(word) for word in ("nghiêng", "GIẾNG", "quốc", "thường", "hoà", "hòa")]
    [True, True, True, True, True, True]
    >>> [is_syllable(word) for word in ("tr\\xadêng", "®îc", "nöôùc", "été", "måste", "kạch", "màc", "uỢ")]
    [False, False, False, False, False, False, False, False]
    """
    if len(word) > 2 * _LONGEST or (_SMALL.search(word) and not word[1:].islower()):  # twice as many in NFD
        return False
    letters = normalize("NFD", word.lower())
    tones = [letter for letter in letters if letter in _TONES]
    plain = normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    if plain not in _SYLLABLES or len(tones) > 1:
        return False
    return not plain.endswith(_STOPS) or tones in ([_ACUTE], [_DOT])
