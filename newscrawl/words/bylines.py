"""Who wrote it: bylines, sources, photo credits and datelines, out of the short lines that hold them.

Source: field notes, formats.md 2 to 4 and traps 79 to 83. A line is judged whole: prose that begins with "Theo báo cáo
của …" is prose, however a byline may begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from newscrawl.words.text import fold, words

__all__ = [
    "AUTHOR_HINT",
    "Byline",
    "is_outlet",
    "is_role_label",
    "looks_like_name",
    "read_byline",
    "split_credit",
    "split_dateline",
    "whole_credit",
]

AUTHOR_HINT: Final = re.compile(r"author|pseudonym|byline|tac-?gia|butdanh|but-danh", re.IGNORECASE)  # class names

_LONGEST_CREDIT: Final = 120  # characters of a line that is one: a name or a stock phrase, and its label
_LONGEST_LABEL: Final = 30  # characters of "Bài và ảnh:"
# All texts here are folded: a blank is one character, and there are never two. `\s*` would be read in many ways.
_MOST_WORDS: Final = 8  # formats.md 2: a byline has at most eight words
_ROLES: Final = (
    r"(?:tin ?(?:,|và|&|-|/)? ?(?:bài ?(?:,|và|&|-|/)? ?)?(?:ảnh|hình)|(?:bài|ảnh|clip|video|tin) ?(?:,|và|&|-|/) ?"
    r"(?:bài|ảnh|hình|clip|video)(?: ?(?:,|và|&) ?(?:ảnh|clip|video))?|tin|bài(?: viết)?|ảnh|thực hiện|tác giả|"
    r"người viết|bt|(?:ghi chép|phóng sự|ký sự|bút ký)(?: của)?|t ?/ ?h|tổng hợp|phóng viên|pv|bài và ảnh|"
    r"translated by|reported by|by)"
)
_LABELLED: Final = re.compile(
    rf"^\(? ?(?P<role>{_ROLES}) ?(?:: ?|(?<=by) |(?<=của) )(?P<names>[^()]+?) ?\)?\.?$", re.IGNORECASE
)
_SOURCE: Final = re.compile(
    r"^\(? ?(?:nguồn(?: tin)?|source)(?: ?(?P<colon>:) ?| )(?P<source>.+?) ?\)?\.?$", re.IGNORECASE
)
_LABEL: Final = re.compile(rf"^\(? ?{_ROLES} ?:$", re.IGNORECASE)
_NEXT_LABEL: Final = re.compile(rf" ?[-–—.,|]? (?=(?:{_ROLES}|nguồn) ?:)", re.IGNORECASE)
_ACCORDING: Final = re.compile(r"^\(? ?theo (?P<source>[^,;:]+?) ?\)?\.?$", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[.!?…:;]$")
_INITIALS: Final = re.compile(r"^(?:\w\.\s?){1,4}\w{0,3}\.?$")
_NAME_WORD: Final = re.compile(r"^[^\W\d_]+(?:[.\-’'][^\W\d_]+)*[.’']?$")
_DASHES: Final = re.compile(r" [–—-] | ?; ?")
_SPLIT: Final = re.compile(r" ?[,&/] ?| và | and ", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r" ?\((?P<inner>[^()]+)\) ?$")
_ROLE_WORD: Final = re.compile(
    r"^(?:tổng hợp|t ?[./]? ?h\.?|s\.?t\.?|sưu tầm|b\.?t\.?|thực hiện|ctv|biên tập|dịch|lược ghi|ghi)$", re.IGNORECASE
)
_RECORDED: Final = re.compile(r" (?:lược ghi|ghi|thực hiện|tổng hợp|sưu tầm|biên soạn|dịch)$")  # "Minh An ghi"

# Codes of desks and newsrooms: they say which outlet, not which person (formats.md 2).
_DESK: Final = re.compile(r"^(?:[A-ZĐ]{2,6}(?:NO|GP|TTĐT)|BTNO|BGP|TTXVN|VGP|CTTĐT|TTĐT|BBT|Ban biên tập|Theo VGP)$")
_STAFF: Final = re.compile(
    r"^(?:pv|p\.v|nhóm pv|nhóm phóng viên|phóng viên|ban biên tập|bbt|tổng hợp|ctv)$", re.IGNORECASE
)
# "Đài Trang" and "Trang Minh" are persons.
_OUTLET: Final = re.compile(
    r"^(?:báo|đài(?= (?:\S+ |ptth|pt-th))|cổng|trang (?:tin|thông tin|web|tttđt)|theo|tạp chí|thông tấn xã|"
    r"sở|ubnd|[uủ][yỷ] ban|văn phòng|phòng|trung tâm|công an|cục|chi cục|thư viện|bệnh viện|"
    r"ban(?= (?:quản|biên|tổ chức|chỉ đạo|chấp hành|tuyên|dân vận))|hội(?= (?:đồng|nông dân|liên hiệp|cựu chiến binh))|"
    r"trường(?= (?:thpt|thcs|tiểu học|mầm non|đại học|cao đẳng|trung)))\s",
    re.IGNORECASE,
)

# A label counts behind a full stop, a comma, a dash or a bracket, or with its capital: "Những hình ảnh: …" and "Bắt
# nguồn: …" are prose, and "(Trong ảnh: …)" says who is shown.
_BEFORE: Final = r"(?:(?:^|[.,;–—(-] ?)(?i:{0})|\s(?:{0}))"
_CREDIT: Final = re.compile(_BEFORE.format("Nguồn ảnh|Ảnh|Nguồn|Photo") + r" ?: ?(?P<credit>[^():]{2,60}?) ?\)?\.?$")
_STOCK: Final = re.compile(
    _BEFORE.format(r"(?:Ảnh|ảnh) (?:minh họa|minh hoạ|sưu tầm|tư liệu|internet)(?: ?\([^()]*\))?") + r" ?\)?\.?$"
)

_CODE: Final = (
    r"CTO|CT|BHG|BTO|GLO|BĐ|HBĐT|CMO|PTO|LCĐT|QBĐT|CTTĐT|TTĐT|PORTAL|BP Portal|PLVN|TPO|GD&TĐ|VOV\.VN|TTXVN|VGP|NTO|"
    r"BNT|BKHO|BLĐO"
)
_HOST: Final = r"[A-Za-z0-9-]{3,30}\.(?:com\.vn|vn|org\.vn|net)"
_KNOWN: Final = re.compile(f"{_CODE}|{_HOST}")
_DATELINE: Final = re.compile(
    rf"^(?:\((?P<bracket>(?:{_CODE}|{_HOST})(?=\))|[A-ZĐ&. ]{{2,15}}(?=\)))\) ?[-–—:]? ?|"
    rf"(?P<bare>{_CODE}|{_HOST}) ?[-–—] ?)(?=[^\s–—-])"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Who a line names. `names` are persons as printed, `source` an outlet, `role` the label before them; any may be
    empty."""

    names: tuple[str, ...] = ()
    source: str | None = None
    role: str | None = None


def looks_like_name(text: str) -> bool:
    """Whether `text` may be one person's printed name: one to five words, each with a capital first, or initials.

    >>> [looks_like_name(t) for t in ("Văn Tiến", "P.Y", "TRẦN AN", "Theo báo cáo", "Hội nghị kết thúc.")]
    [True, True, True, False, False]
    """
    if _INITIALS.match(text):
        return True
    parts = text.split()
    return 1 <= len(parts) <= 5 and all(_NAME_WORD.match(part) and part[0].isupper() for part in parts)


def read_byline(line: str, *, marked: bool = False) -> Byline | None:
    """The byline that the whole of `line` is, or None where it is prose.

    `marked` says that markup sets the line apart (right-aligned, bold, an author element): then a bare name is enough,
    and an outlet's name counts as source. Without it only labels, two-word names and source lines are taken.

    >>> read_byline("Tin, ảnh: P.Y")
    Byline(names=('P.Y',), source=None, role='Tin, ảnh')
    >>> read_byline("Theo báo cáo của Sở Nội vụ, 6 tháng đầu năm đạt kế hoạch") is None
    True
    """
    line = fold(line)
    if not line or words(line) > _MOST_WORDS + 4:
        return None
    if ";" in line:
        first, *others = (part.strip() for part in line.split(";"))
        return _together([_labelled(first), *(_labelled(part) or _who(part) for part in others)])
    if len(parts := _by_labels(line)) > 1:
        return _together([read_byline(part) for part in parts])
    if (match := _SOURCE.match(line)) and (match["colon"] or is_outlet(match["source"])):
        return Byline(source=match["source"])
    if _LABELLED.match(line):
        return _labelled(line)
    if words(_DASHES.sub(" ", line)) > _MOST_WORDS:
        return None
    if (match := _ACCORDING.match(line)) and (marked or match["source"][0].isupper()):
        return Byline(source=match["source"])
    return _bare(line, marked)


def _by_labels(line: str) -> list[str]:
    """The parts of a line that has several labels: "Tin: Minh An - Ảnh: Thu Hà"."""
    parts: list[str] = []
    start = 0
    for label in _NEXT_LABEL.finditer(line) if line.count(":") > 1 else ():
        if ":" in line[start : label.start()]:  # else it is a label of two words: "Tin, ảnh: Minh An"
            parts.append(line[start : label.start()])
            start = label.end()
    return [*parts, line[start:]]


def _labelled(text: str) -> Byline | None:
    """What a label introduces: "Tin, ảnh: P.Y"."""
    match = _LABELLED.match(text)
    if match is None or words(match["names"]) > _MOST_WORDS:
        return None
    found = _who(match["names"])
    return replace(found, role=fold(match["role"])) if found else None


def _together(parts: list[Byline | None]) -> Byline | None:
    """Several labelled parts of one line as one; None if any part is something else."""
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    names = tuple(dict.fromkeys(name for part in found for name in part.names))
    source = next((part.source for part in found if part.source), None)
    return Byline(names, source, "; ".join(part.role for part in found if part.role))


def _bare(line: str, marked: bool) -> Byline | None:
    """A line without a label. Unmarked, it has to be a desk's code or one or two whole names."""
    found = _who(line)
    if found is None or (_SENTENCE_END.search(line) and not _INITIALS.match(line)):
        return None
    if marked or _DESK.match(line) or _STAFF.match(line):
        return found
    if not all(2 <= words(name) <= 4 or _INITIALS.match(name) for name in found.names):
        return None
    # Three and more, parted by commas alone, are as often places as persons.
    listed = len(found.names) > 2 and not re.search(r"\s(?:và|–|-|&)\s", line)
    return None if listed or (len(found.names) == 1 and words(found.names[0]) == 1) or not found.names else found


def _who(text: str) -> Byline | None:
    """Persons, and an outlet or desk beside them, that the whole of a text lists; None if a part of it is neither."""
    source = None
    if match := _IN_BRACKETS.search(text):
        inner = match["inner"]
        given = _SOURCE.match(inner) or _ACCORDING.match(inner)
        source = given["source"] if given else None if _ROLE_WORD.match(inner) else inner
        if source == inner and not is_outlet(inner):
            return None
        text = text[: match.start()]
    text = _RECORDED.sub("", text)
    names: list[str] = []
    for part in _parts(text):
        name = part if _INITIALS.match(part) else part.strip(" .()")
        if is_outlet(name):
            source = source or name
        elif looks_like_name(name):
            names.append(name)
        elif name:
            return Byline(source=text) if is_outlet(text) else None
    return Byline(tuple(names), source) if names or source else None


def _parts(text: str) -> list[str]:
    """The persons and outlets of a list; an outlet's name may hold an "và" of its own."""
    found: list[str] = []
    for part in (piece.strip() for piece in _DASHES.split(text)):
        found += [part] if is_outlet(part) else [piece.strip() for piece in _SPLIT.split(part)]
    return found


def is_outlet(text: str) -> bool:
    """Whether a text names a newsroom, a desk or an office: by its code, or by its first word."""
    return any(pattern.match(text) for pattern in (_DESK, _STAFF, _OUTLET))


def is_role_label(line: str) -> bool:
    """Whether the whole of a line is a label that a name follows: "Tin, ảnh:"."""
    return len(line) < _LONGEST_LABEL and _LABEL.match(line) is not None


def whole_credit(line: str) -> str | None:
    """The credit that the whole of a line is ("Ảnh: Minh An"), or None.

    >>> whole_credit("(Ảnh: Minh An)"), whole_credit("Ảnh hưởng của bão")
    ('Minh An', None)
    """
    text, credit = split_credit(line) if len(line) <= _LONGEST_CREDIT else (line, None)
    return credit if credit and not text else None


def split_credit(caption: str) -> tuple[str, str | None]:
    """A caption without its credit, and the credit.

    >>> split_credit("Nội soi cho bệnh nhân. Ảnh: Minh An")
    ('Nội soi cho bệnh nhân.', 'Minh An')
    >>> split_credit("Toàn cảnh hội nghị (Ảnh minh họa)")
    ('Toàn cảnh hội nghị', 'Ảnh minh họa')
    """
    if (match := _CREDIT.search(caption)) and (credit := match["credit"].strip(" .…")):
        return _before(caption, match.start()), credit
    if match := _STOCK.search(caption):
        return _before(caption, match.start()), match[0].strip(" .,;–—-(").removesuffix(")") + _closing(match[0])
    return caption, None


def _before(caption: str, at: int) -> str:
    """The caption before its credit, with the full stop that ends it."""
    stop = caption[at] if caption[at] in ".;" else ""
    return (caption[:at] + stop).rstrip(" ,;–—-(")


def _closing(text: str) -> str:
    """The bracket that closes one opened within a credit: "Ảnh minh họa (nguồn Internet)"."""
    return ")" if text.lstrip(" .,;–—-(").count("(") > text.lstrip(" .,;–—-(").rstrip(" .)").count(")") else ""


def _goes_on(match: re.Match[str]) -> bool:
    """Whether capitals in brackets, which are no known code, begin the sentence: "(OCOP) đổi đời cho xóm"."""
    code = match["bracket"]
    dashed = not match[0].rstrip().endswith(")")
    return bool(code) and not dashed and match.string[match.end()].islower() and _KNOWN.fullmatch(code) is None


def split_dateline(paragraph: str, codes: tuple[str, ...] = ()) -> tuple[str | None, str]:
    """The desk code before the first sentence, and the paragraph without it; formats.md 3.

    Ordinary capitals stay ("UBND tỉnh …"): a code counts in brackets, or when it is known (`codes` are the site's own).

    >>> split_dateline("(CTO) - Ngày 8-1, hội nghị")
    ('CTO', 'Ngày 8-1, hội nghị')
    >>> split_dateline("UBND tỉnh - cơ quan")
    (None, 'UBND tỉnh - cơ quan')
    """
    if (match := _DATELINE.match(paragraph)) and not _goes_on(match):
        return match["bracket"] or match["bare"], paragraph[match.end() :]
    for code in codes:
        if match := re.match(rf"\(?{re.escape(code)}\)?\s*[-–—]\s*(?=\S)", paragraph):
            return code, paragraph[match.end() :]
    if match := re.match(r"[-–—]\s+(?=\w)", paragraph):  # An Giang, Tuyên Quang: a bare dash
        return None, paragraph[match.end() :]
    return None, paragraph
