"""Every regular expression of the package, how it is used, and texts that try to make it slow.

Found in two ways: as what the modules hold when they are loaded, and as calls of `re` in their source. From the source,
too, comes how each is asked: `search` begins at every place of a text, `match` at its start, `fullmatch` has to reach
its end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import newscrawl

__all__ = ["Expression", "attacks", "expressions"]

PACKAGE = Path(newscrawl.__file__).parent
METHODS = frozenset({"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression: where it stands, and the methods that are called on it."""

    name: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    @property
    def ways(self) -> set[tuple[bool, bool]]:
        """How it is asked: whether at every place, and whether it has to reach the end."""
        return {(method not in ("match", "fullmatch"), method == "fullmatch") for method in self.methods}


def expressions() -> list[Expression]:
    """All of them, those that several modules share under their first name."""
    trees = {file: ast.parse(file.read_text("utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}
    used = _usage(trees)
    found: dict[re.Pattern[Any], Expression] = {}
    for module in walk_packages(newscrawl.__path__, "newscrawl."):
        for name, value in vars(import_module(module.name)).items():
            for pattern in _held(value, 0):
                methods = used.get(f"{module.name}.{name}" if name.startswith("_") else name, METHODS)
                found.setdefault(pattern, Expression(f"{module.name}.{name}", pattern, frozenset(methods)))
    for expression in _called(trees):
        known = found.get(expression.pattern)
        if known is None or not known.methods >= expression.methods:
            methods = expression.methods | (known.methods if known else frozenset())
            found[expression.pattern] = Expression(expression.name, expression.pattern, methods)
    return list(found.values())


def _held(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _held(each, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        yield from _held(list(value.values()), depth)
    elif depth < 4 and is_dataclass(value) and not isinstance(value, type):
        yield from _held([getattr(value, field.name) for field in fields(value)], depth)


def _usage(trees: dict[Path, ast.Module]) -> dict[str, set[str]]:
    """Name of an expression, or of a tuple of some → the methods called on it. One that begins with `_` is its
    module's own, and named with it."""
    used: dict[str, set[str]] = {}
    for file, tree in trees.items():
        module = ".".join(("newscrawl", *file.relative_to(PACKAGE).with_suffix("").parts))
        for scope in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            aliases = dict(_looped(scope))
            for node in ast.walk(scope):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
                    name = aliases.get(node.value.id, node.value.id)
                    used.setdefault(f"{module}.{name}" if name.startswith("_") else name, set()).add(node.attr)
    return used


def _looped(scope: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """`for shape in SHAPES`: what is called on `shape` is called on each of SHAPES."""
    for node in ast.walk(scope):
        if (
            isinstance(node, ast.For | ast.comprehension)
            and isinstance(node.target, ast.Name)
            and isinstance(node.iter, ast.Name)
        ):
            yield node.target.id, node.iter.id


def _called(trees: dict[Path, ast.Module]) -> Iterator[Expression]:
    """The calls of `re` itself with an expression that the source prints."""
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            text = _text(node.args[0]) if of_re and node.func.attr in METHODS else None
            if text is not None:
                where = f"{file.relative_to(PACKAGE)}:{node.lineno}"
                yield Expression(where, re.compile(text), frozenset({node.func.attr}))


def _text(node: ast.expr) -> str | None:
    """A printed text; what is put into it counts as one letter."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "x" for part in node.values)
    return None


# --- texts that try to make an expression slow


def attacks(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of about `size` characters: for each repeat, what leads to it, its own text again and again, and an end
    that does not fit; and the same without what leads to it, for a search can begin in the middle."""
    tree = import_module("re._parser").parse(pattern.pattern, pattern.flags)
    seen = set()
    for before, pump in _repeats(list(tree), ""):
        for start in ("", before):
            for text in (pump, *pump[:1]) if pump else ():
                seen.add(start + text * (size // len(text)) + "\x00")
    for text in sorted(seen):
        yield text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _repeats(tree: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """For each repeat the text before it, and one of its own."""
    for operation, value in tree:
        name = str(operation)
        inner: list[Any] = []
        if name.endswith("_REPEAT"):
            inner = [list(value[2])]
            if int(value[1]) > 1:
                yield before, _sample(inner[0])
        elif name == "SUBPATTERN":
            inner = [list(value[3])]
        elif name == "BRANCH":
            inner = [list(each) for each in value[1]]
        elif name == "ATOMIC_GROUP":
            inner = [list(value)]
        for each in inner:
            yield from _repeats(each, before)
        before += _sample([(operation, value)])


def _sample(tree: list[Any]) -> str:
    """A text that a part of an expression reads, if it is a simple one."""
    parts = []
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL":
            parts.append(chr(value))
        elif name in ("IN", "ANY", "NOT_LITERAL"):
            parts.append(_letter(operation, value))
        elif name == "SUBPATTERN":
            parts.append(_sample(list(value[3])))
        elif name == "BRANCH":
            parts.append(_sample(list(value[1][0])))
        elif name.endswith("_REPEAT"):
            parts.append(_sample(list(value[2])) * max(int(value[0]), 1))
        elif name == "ATOMIC_GROUP":
            parts.append(_sample(list(value)))
    return "".join(parts)


def _letter(operation: Any, value: Any) -> str:
    tree = import_module("re._parser").SubPattern(import_module("re._parser").State(), [(operation, value)])
    one = import_module("re._compiler").compile(tree, 0)
    return next((letter for letter in " a0A-.(/:\u1ea1\t" + "".join(map(chr, range(256))) if one.match(letter)), "a")
