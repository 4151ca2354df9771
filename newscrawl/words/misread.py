"""Whether a text was read in the wrong encoding, judged by its words, and how it reads in the right one.

The evidence: as they stand, few of the words with foreign letters can be Vietnamese syllables; read in an old encoding,
nearly all can; and such words are frequent, as in Vietnamese they are. Other languages fail the second test and most of
them the third, Vietnamese in Unicode fails the first. A text with too little evidence is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from newscrawl.words.capitals import raise_capitals
from newscrawl.words.encodings import CHARSETS, TWICE_UTF8, Charset
from newscrawl.words.syllables import is_syllable

__all__ = ["Judgement", "gain", "judge", "may_be_misread", "reread"]

# Letters of which each old encoding has one in nearly every sentence, and Vietnamese in Unicode none: à, á and đ in
# TCVN3, à, đ and ư in VNI, đ in VISCII and windows-1258 (and a tone), đ and ư in VPS, ư and đ in UTF-8 decoded twice.
_MARKS: Final = "µμ¸®øñöðÞÇÜÆÄ"
# What may be a word, or one with its quotes. NBSP is half a letter in UTF-8 decoded twice.
_WORD: Final = re.compile(r"[^\t\n\r\f -/:-@\[-`{-~]+")
_LETTER: Final = re.compile(r"[^\W\d_]|[®¸]")  # of some encoding; without one it is quotes or a number
_QUOTES: Final = "“”‘’„«»‹›…–—•·\u00a0"
_BREAK: Final = re.compile(rf"[\s{_QUOTES}]+")
_UNICODE: Final = re.compile(r"[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
_SIGNS: Final = re.compile(r"[\d\W_]+C?")  # ©, », 30°C
_LONGEST: Final = 24  # characters of a word in any of the encodings, with its quotes
_CUT: Final = 4 * _LONGEST  # four letters at most are read as one: what is cut stays too long for a word
_ENOUGH_TEXT: Final = 50_000  # characters of one text
_MOST: Final = 400  # different words that are looked at
_DENSITY: Final = 0.3  # share of words with foreign letters among all; Vietnamese has over half, French a fifth
_FEWEST: Final = 4  # different words with foreign letters that can tell anything
_ENOUGH: Final = 10  # words from which on a few foreign names among them do not matter
_SURE: Final = 0.85  # share of syllables among the words
_DOUBT: Final = 0.6
_MARGIN: Final = 0.3  # by which the share has to be higher than that of the text as it stands


@dataclass(frozen=True, slots=True)
class Judgement:
    """The encoding that suits a text best. `sure` says whether the evidence is enough to read the text in it."""

    charset: Charset
    sure: bool


def may_be_misread(text: str) -> bool:
    """Whether it is worth while to judge `text`. Costs a microsecond for a long article."""
    return not text.isascii() and any(mark in text for mark in _MARKS)


def judge(texts: Iterable[str], charsets: Sequence[Charset] = (*CHARSETS, TWICE_UTF8)) -> Judgement | None:
    """The encoding that `texts`, parts of one page, were written in, or may have been. None for texts that read well as
    they stand or badly in all encodings, and for those with hardly a word to judge by. Parts that read well as they
    stand are no evidence: the template of a page may be in Unicode, and the article in it not.
    """
    words = _foreign_words(text for text in texts if not _reads_well(text))
    counts = [_count(map(charset.read, words)) for charset in charsets]
    best = max(counts, key=_share)
    good, judged = best
    if judged < _FEWEST or _share(best) < _DOUBT or _share(best) - _share(_count(words)) < _MARGIN:
        return None
    sure = good >= judged * (_SURE if judged >= _ENOUGH else 1) and counts.count(best) == 1
    return Judgement(charsets[counts.index(best)], sure)


def gain(text: str, charset: Charset) -> int:
    """How many more words of `text` are syllables when it is read in `charset`; negative where it is the worse reading,
    and where the text has letters that only Unicode has."""
    words = _foreign_words([text])
    if not words:
        return -bool(_UNICODE.search(text))
    return _count(map(charset.read, words))[0] - _count(words)[0]


def reread(text: str, charset: Charset) -> str:
    """`text` as it reads in `charset`, in NFC, in capitals where it was set in capitals."""
    if text.isascii():
        return text
    return raise_capitals(_WORD.sub(lambda match: _reread_word(match[0], charset), text))


def _reread_word(word: str, charset: Charset) -> str:
    """Signs, numbers, and the quotes and dashes at both ends stay as they are where they are no letters of a word."""
    if word.isascii():
        return word
    read = charset.read(word)
    if _is_vietnamese(read):
        return read
    if _SIGNS.fullmatch(word) and not read.lower().endswith("đ"):  # 50.000đ, Đ/c
        return word
    core = word.strip(_QUOTES)
    if core != word and (core.isascii() or _is_vietnamese(charset.read(core))):
        before, _, behind = word.partition(core)
        return before + charset.read(core) + behind
    return read


def _foreign_words(texts: Iterable[str]) -> list[str]:
    """The different words with letters beyond ASCII, in order, up to a number that is enough to judge by. None where
    they are too rare for Vietnamese."""
    found: dict[str, None] = {}
    foreign = plain = 0
    for text in texts:
        if _UNICODE.search(text):
            continue
        words = [word[:_CUT] for word in _WORD.findall(text[:_ENOUGH_TEXT]) if _LETTER.search(word)]
        beyond = [word for word in words if not word.isascii()]
        foreign, plain = foreign + len(beyond), plain + len(words) - len(beyond)
        found.update(dict.fromkeys(beyond))
        if len(found) >= _MOST:
            break
    return list(found)[:_MOST] if foreign >= (foreign + plain) * _DENSITY else []


def _reads_well(text: str) -> bool:
    """Whether a text is no evidence of an old encoding: it has letters that only Unicode has, or all of its words are
    syllables as they stand."""
    if text.isascii() or _UNICODE.search(text):
        return True
    good, judged = _count(_foreign_words([text]))
    return good == judged > 0


def _count(words: Iterable[str]) -> tuple[int, int]:
    """How many of the words are syllables, and of how many that can be said."""
    verdicts = [verdict for verdict in map(_is_vietnamese, words) if verdict is not None]
    return sum(verdicts), len(verdicts)


def _share(count: tuple[int, int]) -> float:
    good, judged = count
    return good / judged if judged else 0.0


def _is_vietnamese(word: str) -> bool | None:
    """Whether all parts of a word beyond ASCII are syllables; None where nothing but quotes is beyond ASCII."""
    if len(word) > _LONGEST:
        return False
    parts = [part for part in _BREAK.split(word) if not part.isascii()]
    return all(map(is_syllable, parts)) if parts else None
