"""Selectors of site files, compiled once: CSS or XPath in, elements or texts out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from cssselect import SelectorError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from newscrawl.words.tree import Element

__all__ = ["Selector", "Selectors", "compile_selectors"]

Found: TypeAlias = Element | str  # an element, or the text of an attribute

_TRANSLATOR = HTMLTranslator()
_CALL = re.compile(r"([A-Za-z][\w.:-]*)\s*\((?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)")
# XPath 1.0, sections 2.3 and 4; libxml2 would tell of another name only on a page that gets that far.
_FUNCTIONS = frozenset({
    "node", "text", "comment", "processing-instruction", "last", "position", "count", "id", "local-name",
    "namespace-uri", "name", "string", "concat", "starts-with", "contains", "substring-before", "substring-after",
    "substring", "string-length", "normalize-space", "translate", "boolean", "not", "true", "false", "lang", "number",
    "sum", "floor", "ceiling", "round", "and", "or", "div", "mod",
})  # fmt: skip
_PROBE = etree.fromstring("<html/>")
# libxml2 keeps an index of ids, but uses it only for the function: `id('x')` takes 2 µs where `*[@id = 'x']` walks
# the whole page (0.2 ms). Where a page gives one id twice, `[id=x]` in the site file still finds both (trap 17).
_ATTRIBUTE_TEST = re.compile(r"\[@(?P<name>[a-z][a-z-]*) and (?P<test>[^\[\]]+)\]")
_HAS_WORD = re.compile(r"\[contains\(concat\(' ', normalize-space\(\.\), ' '\), ' (?P<word>[^' ]+) '\)\]")
_BEFORE = re.compile(
    r"descendant-or-self::((?:[\w-]+|\*)(?:\[[^\[\]]*\])?)(/following-sibling::(?!\*\[[^\[\]]*position))"
)
_NEXT_TEST = re.compile(r"following-sibling::\*\[([^\[\]]*) and \(position\(\) = 1\)\]")
_ID_TEST = re.compile(r"descendant-or-self::\*\[@id = ('[^']+')\](?=/| \||$)")


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector: the text of the site file and its compiled XPath."""

    text: str
    xpath: etree.XPath

    def __call__(self, element: Element) -> list[Found]:
        """What the selector finds in and below `element`, in document order."""
        found: Any = self.xpath(element)
        return found if isinstance(found, list) else [str(found)]


@dataclass(frozen=True, slots=True)
class Selectors:
    """Selectors in order of preference."""

    alternatives: tuple[Selector, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    def answers(self, element: Element) -> Iterator[list[Found]]:
        """What each alternative finds, best first, those that find nothing left out."""
        for selector in self.alternatives:
            if found := selector(element):
                yield found

    def all(self, element: Element) -> list[Found]:
        """What the first alternative that answers finds."""
        return next(self.answers(element), [])

    def elements(self, element: Element) -> list[Element]:
        """The elements among `all`."""
        return [found for found in self.all(element) if isinstance(found, Element)]


def compile_selectors(texts: list[str]) -> Selectors:
    """Compile `texts`: XPath where one begins with `/`, `./` or `(`, else CSS with `::text` and `::attr(name)`.

    Raises ValueError, with the selector and the cause, for one that doesn't compile.
    """
    return Selectors(tuple(_compile(text) for text in texts))


def _compile(text: str) -> Selector:
    try:
        if text.startswith(("/", "./", "(")):
            # Relative to the element at hand: a leading `//` would search the whole page.
            xpath = re.sub(r"(?<![\w)\]*/.])//", ".//", text)
        else:
            xpath = _TRANSLATOR.css_to_xpath(text)
            xpath = _by_first(xpath) if "/following-sibling::" in xpath else _by_attribute(xpath)
            if "[id=" not in text:
                xpath = _ID_TEST.sub(r"id(\1)", xpath)
        if unknown := [name for name in _CALL.findall(xpath) if name not in _FUNCTIONS]:
            raise ValueError(f"unknown function {unknown[0]}()")
        if re.search(r"\$\w", re.sub(r"'[^']*'|\"[^\"]*\"", "", xpath)):
            raise ValueError("variables are not set")
        compiled = etree.XPath(xpath, smart_strings=False)
        compiled(_PROBE)  # an unknown prefix shows only when it is used
        return Selector(text, compiled)
    except (SelectorError, etree.XPathError, ValueError) as error:
        raise ValueError(f"{text!r} does not compile: {error}") from None


def _by_first(xpath: str) -> str:
    """The same search for `a ~ b` from the first `a` of each parent, and for `a + b` by the next element alone: from
    each `a`, libxml2 would go through all that follows, and compare it with what it has."""
    return _NEXT_TEST.sub(r"following-sibling::*[1]/self::*[\1]", _BEFORE.sub(r"descendant-or-self::*/\1[1]\2", xpath))


def _by_attribute(xpath: str) -> str:
    """The same search from the attributes: `*/@class[contains(., 'x')]/parent::*` takes a quarter of the time of
    `*[contains(@class, 'x')]`, for most elements have no such attribute and drop out before any text is compared."""

    def turned(match: re.Match[str]) -> str:
        name, test = match["name"], match["test"]
        if test.count("@") != test.count(f"@{name}"):
            return match[0]
        test = test.replace(f"@{name}", ".")
        return f"/@{name}{_HAS_WORD.sub(_with_short_test, f'[{test}]')}/parent::*"

    return _ATTRIBUTE_TEST.sub(turned, xpath)


def _with_short_test(match: re.Match[str]) -> str:
    """The test for a whole word behind one for its letters alone, which fails nearly always and in half the time."""
    return f"[contains(., '{match['word']}')]{match[0]}"
