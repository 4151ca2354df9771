"""Whether a regular expression can take far longer than its text is long.

Python's engine tries one way through an expression after the other. Where a stretch of text can be read in several
ways and then fails, it tries all of them: the square of the length (`\\s+$`), or twice as many for each letter
(`(a+)+$`). On a page of megabytes that is a stop. Here the expression is laid out as an automaton, and asked for loops
between which a repeated text can be shared out in more than one way (Weideman et al., "Analyzing Matching Time Behavior
of Backtracking Regular Expression Matchers", 2016). A search begins at every letter, which is a loop too.

It errs on the safe side: what stands around a place (`\\b`, lookarounds) is taken to be fulfilled, a possessive repeat
to be a plain one, and a long counted repeat to be endless.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

__all__ = ["Danger", "danger_of"]

# Private modules, but the only reading of an expression that is the engine's own. They are loaded when asked for.
_MOST_COPIES: Final = 120  # places that a counted repeat is laid out as
_START: Final = 0  # the place of the loop that a search is: any letter, before the match begins
# Letters among which those are that an expression tells apart, besides those that it names: Latin-1, and of each other
# kind one: marks, Vietnamese, blanks, dashes, foreign digits and letters, what is no letter.
_LETTERS: Final = "".join(map(chr, range(256))) + "\u0301\u01b0\u1ea1\u2003\u2014\u0663\u3042\ufffd"
_BYTES: Final = "".join(map(chr, range(256)))


@dataclass(frozen=True, slots=True)
class Danger:
    """A text on which an expression takes too long: `pump`, many times, between `prefix` and an end that does not fit.
    The time grows as the `power` of the length, or, where that is 0, doubles again and again."""

    power: int
    prefix: str
    pump: str

    def __str__(self) -> str:
        growth = f"power {self.power} of the length" if self.power else "twice the time for each letter more"
        return f"takes too long ({growth}) for a text like {self.prefix + self.pump * 3 + '…'!r}"


@lru_cache(maxsize=1024)
def danger_of(pattern: re.Pattern[Any], *, search: bool = True, whole: bool = False) -> Danger | None:
    """The danger in `pattern`, or None. `search` says that it is looked for at every place of a text, `whole` that it
    has to reach the text's end."""
    tree = import_module("re._parser").parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    net = _Net(tree.state, pattern)
    whole_net = net.sequence(tree, sure=False)
    if not net.loops:
        return None
    net.letters()
    sure = _Net(tree.state, pattern).sequence(tree, sure=True)
    net.accepting = set() if whole else set(sure.last)
    anywhere = search and not _is_anchored(tree) and (whole or not sure.nullable)
    net.begin(whole_net.first, anywhere=anywhere)
    return _Ways(net).danger()


def _is_anchored(tree: Any) -> bool:
    """Whether a match can begin at the start of the text only."""
    for operation, value in tree:
        name = str(operation)
        if name == "AT":
            return str(value) in ("AT_BEGINNING", "AT_BEGINNING_STRING")
        if name == "SUBPATTERN":
            return _is_anchored(value[3])
        if name == "BRANCH":
            return all(map(_is_anchored, value[1]))
        if name not in ("ASSERT", "ASSERT_NOT"):
            return False
    return False


# --- the automaton: a place for each letter of the expression, and which place may follow which (Glushkov)


@dataclass(slots=True)
class _Part:
    """A part of an expression: whether it can be empty, and the places that it can begin and end with."""

    nullable: bool = True
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


@dataclass(slots=True)
class _Net:
    """The places of an expression. `follow` has each place that may follow, as often as there are ways to it."""

    state: Any
    pattern: re.Pattern[Any]
    items: list[tuple[str, int]] = field(default_factory=list)  # for each place the item that it reads, and its flags
    kinds: dict[tuple[str, int], Any] = field(default_factory=dict)
    follow: dict[int, list[int]] = field(default_factory=lambda: {_START: []})
    loops: bool = False
    reads: list[int] = field(default_factory=list)  # for each place the letters that it reads, as bits
    alphabet: list[str] = field(default_factory=list)
    accepting: set[int] = field(default_factory=set)
    initial: tuple[int, ...] = ()
    groups: dict[int, tuple[Any, int]] = field(default_factory=dict)

    def sequence(self, tree: Iterable[Any], *, sure: bool, flags: int | None = None) -> _Part:
        """One part behind the other. `sure`: conditions are not taken to be fulfilled."""
        whole = _Part()
        for operation, value in tree:
            part = self._part(str(operation), value, sure, self.pattern.flags if flags is None else flags)
            whole = self._behind(whole, part)
        return whole

    def _behind(self, one: _Part, other: _Part) -> _Part:
        self._link(one.last, other.first)
        return _Part(
            one.nullable and other.nullable,
            one.first + other.first if one.nullable else one.first,
            other.last + one.last if other.nullable else other.last,
        )

    def _link(self, before: Iterable[int], behind: tuple[int, ...]) -> None:
        for place in before:
            self.follow[place] += behind

    def _part(self, name: str, value: Any, sure: bool, flags: int) -> _Part:
        if name in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            return self._letter(name, value, flags)
        if name == "SUBPATTERN":
            group, added, removed, tree = value
            flags = (flags | added) & ~removed
            if group is not None:
                self.groups[group] = tree, flags
            return self.sequence(tree, sure=sure, flags=flags)
        if name == "ATOMIC_GROUP":
            return self.sequence(value, sure=sure, flags=flags)
        if name == "BRANCH":
            return self._either(value[1], sure, flags)
        if name == "GROUPREF":
            tree, flags = self.groups.get(value, ((), flags))
            return self.sequence(tree, sure=sure, flags=flags)
        if name == "GROUPREF_EXISTS":
            return self._either([value[1], value[2] or ()], sure, flags)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, tree = value
            return self._repeat(int(least), int(most), tree, sure, flags)
        return _Part(nullable=not sure)  # a condition: `$`, `\b`, a lookaround

    def _letter(self, name: str, value: Any, flags: int) -> _Part:
        item = f"{name} {value}", flags
        self.kinds.setdefault(item, (import_module("re._constants").__dict__[name], value))
        self.items.append(item)
        place = len(self.items)
        self.follow[place] = []
        return _Part(False, (place,), (place,))

    def _either(self, trees: Iterable[Any], sure: bool, flags: int) -> _Part:
        parts = [self.sequence(tree, sure=sure, flags=flags) for tree in trees]
        return _Part(
            any(part.nullable for part in parts),
            tuple(place for part in parts for place in part.first),
            tuple(place for part in parts for place in part.last),
        )

    def _repeat(self, least: int, most: int, tree: Any, sure: bool, flags: int) -> _Part:
        before = len(self.items)
        part = self.sequence(tree, sure=sure, flags=flags)
        size = len(self.items) - before
        endless = most > 1 and most * size > _MOST_COPIES
        first, last, nullable = part.first, part.last, part.nullable
        for copy in range(2, (min(least, 2) if endless else most) + 1):
            following = self.sequence(tree, sure=sure, flags=flags)
            self._link(part.last, following.first)
            first += following.first if nullable else ()
            last = following.last + (last if copy > least or nullable else ())
            part = following
        if endless:
            self.loops = True
            self._link(part.last, part.first)
        return _Part(nullable or least == 0, first, last)

    # --- letters

    def letters(self) -> None:
        """Settle which letters each place reads. Of letters that all places treat alike, one stands for all."""
        letters = _BYTES if isinstance(self.pattern.pattern, bytes) else _LETTERS + self._named()
        read = {item: self._read(item, letters) for item in self.kinds}
        alike: dict[tuple[bool, ...], str] = {}
        for letter in sorted(set(letters), key=lambda letter: (not letter.isalnum(), letter)):
            alike.setdefault(tuple(letter in read[item] for item in self.kinds), letter)
        self.alphabet = list(alike.values())
        bits = {
            item: sum(1 << at for at, letter in enumerate(self.alphabet) if letter in read[item]) for item in self.kinds
        }
        self.reads = [(1 << len(self.alphabet)) - 1, *(bits[item] for item in self.items)]

    def _named(self) -> str:
        """The letters that the expression itself names, with those beside them."""
        numbers = {int(number) for name, _ in self.kinds for number in re.findall(r"\d+", name)}
        return "".join(
            chr(near) for number in numbers for near in (number - 1, number, number + 1) if 0 <= near < 0xD800
        )

    def _read(self, item: tuple[str, int], letters: str) -> frozenset[str]:
        tree = import_module("re._parser").SubPattern(self.state, [self.kinds[item]])
        compiled = import_module("re._compiler").compile(tree, item[1])
        if isinstance(self.pattern.pattern, bytes):
            return frozenset(chr(found[0][0]) for found in compiled.finditer(letters.encode("latin-1")))
        return frozenset(found[0] for found in compiled.finditer(letters))

    def begin(self, first: tuple[int, ...], *, anywhere: bool) -> None:
        """Settle where a match begins; `anywhere`: behind any letters."""
        self.initial = first
        if anywhere:
            self.follow[_START] = [_START, *first]
            self.initial = (_START, *first)


# --- the ways through it


class _Ways:
    """The search for loops that can share out a text in several ways."""

    def __init__(self, net: _Net) -> None:
        self.net = net
        self.after = {place: tuple(dict.fromkeys(places)) for place, places in net.follow.items()}
        self.reach = {place: self._reached(place) for place in net.follow}
        self.looped = [place for place in net.follow if place in self.reach[place]]

    def danger(self) -> Danger | None:
        """The worst danger, or None."""
        alive = set(self.net.initial).union(*(self.reach[place] for place in self.net.initial))
        looped = [place for place in self.looped if place in alive and place not in self.net.accepting]
        for place in looped:
            if pump := self._twice(place):
                return Danger(0, self._to(place), pump)
        shares: dict[int, list[tuple[int, str]]] = {}
        for one in self.looped:
            for other in looped if one in alive else ():
                apart = other in self.reach[one] and one not in self.reach[other]  # others are seen by `_twice`
                if apart and (pump := self._shared(one, other)):
                    shares.setdefault(one, []).append((other, pump))
        if not shares:
            return None
        start = max(shares, key=lambda one: self._chain(one, shares))
        return Danger(self._chain(start, shares), self._to(start), shares[start][0][1])

    def _chain(self, one: int, shares: dict[int, list[tuple[int, str]]]) -> int:
        """How many loops behind each other share out a text, from one on."""
        return 1 + max((self._chain(other, shares) for other, _ in shares.get(one, ())), default=0)

    def _reached(self, start: int) -> set[int]:
        found: set[int] = set()
        waiting = [start]
        while waiting:
            for place in self.after[waiting.pop()]:
                if place not in found:
                    found.add(place)
                    waiting.append(place)
        return found

    def _twice(self, start: int) -> str:
        """A text that leads from a place back to it in two ways; empty if there is none."""
        within = {place for place in self.reach[start] if start in self.reach[place]}

        def steps(state: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
            one, other, parted = state
            for first in within.intersection(self.after[one]):
                for second in within.intersection(self.after[other]):
                    if both := self.net.reads[first] & self.net.reads[second]:
                        twice = one == other and first == second and self.net.follow[one].count(first) > 1
                        yield (first, second, int(parted or twice or first != second)), both

        return self._text((start, start, 0), (start, start, 1), steps)

    def _shared(self, one: int, other: int) -> str:
        """A text that leads from `one` to itself, from `one` to `other`, and from `other` to itself; or nothing."""
        loop = {place for place in self.reach[one] if one in self.reach[place]}
        between = {place for place in self.reach[one] if other in self.reach[place]} | {other}
        second = {place for place in self.reach[other] if other in self.reach[place]}

        def steps(state: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
            for first in self.after[state[0]]:
                for middle in self.after[state[1]] if first in loop else ():
                    both = self.net.reads[first] & self.net.reads[middle]
                    for last in self.after[state[2]] if both and middle in between else ():
                        if last in second and (all_three := both & self.net.reads[last]):
                            yield (first, middle, last), all_three

        return self._text((one, one, other), (one, other, other), steps)

    def _text(self, start: tuple[int, ...], end: tuple[int, ...], steps: Any) -> str:
        """The shortest text that leads from one state to another, in one step or more."""
        texts: dict[tuple[int, ...], str] = {}
        waiting = deque([(start, "")])
        while waiting:
            state, text = waiting.popleft()
            for following, letters in steps(state):
                if following not in texts:
                    texts[following] = text + self.net.alphabet[(letters & -letters).bit_length() - 1]
                    if following == end:
                        return texts[end]
                    waiting.append((following, texts[following]))
        return ""

    def _to(self, end: int) -> str:
        """A text that leads to a place."""
        if end == _START:
            return ""
        texts = {place: self._letter(place) for place in self.net.initial}
        waiting = deque(texts)
        while waiting and end not in texts:
            place = waiting.popleft()
            for following in self.after[place]:
                if following not in texts:
                    texts[following] = texts[place] + self._letter(following)
                    waiting.append(following)
        return texts.get(end, "")

    def _letter(self, place: int) -> str:
        letters = self.net.reads[place]
        return "" if place == _START or not letters else self.net.alphabet[(letters & -letters).bit_length() - 1]
