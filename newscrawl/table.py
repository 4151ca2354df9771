"""Strict reading of TOML tables: whatever is wrong is a `SiteError` that names file, key and value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from newscrawl.selectors import Selectors, compile_selectors
from newscrawl.words.backtracking import danger_of
from newscrawl.words.errors import SiteError, near
from newscrawl.words.urls import bare_host, resolve

__all__ = ["Table", "read_toml"]

_T = TypeVar("_T")


def read_toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SiteError(file, f"can't be read: {error}") from None


class Table:
    """One TOML table read key by key; every complaint names the file, the key and the value."""

    def __init__(self, file: Path, table: Mapping[str, Any], known: frozenset[str]) -> None:
        self.file, self.table = file, table
        for key, value in table.items():
            if key not in known:
                raise self.error(key, value, f"unknown key{near(key, known)}")

    def error(self, key: str, value: object, problem: str) -> SiteError:
        return SiteError(self.file, problem, key=key, value=value)

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if value is None:
            raise SiteError(self.file, f"the key {key!r} is missing")
        if not isinstance(value, str) or (not value.strip() and key in self.table):
            raise self.error(key, value, "must be a text that is not empty")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.table.get(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise self.error(key, value, "must be a text or a list of texts, none of them empty")
        return texts

    def choice(self, key: str, choices: tuple[str, ...], *, default: str | None = None) -> str:
        value = self.text(key, default=default)
        if value not in choices:
            raise self.error(key, value, f"must be one of {', '.join(choices)}")
        return value

    def number(self, key: str, default: float, most: float) -> float:
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise self.error(key, value, f"must be a number of seconds from 0 to {most:g}")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, value, "must be true or false")
        return value

    def day(self, key: str) -> date | None:
        value = self.table.get(key)
        if value is not None and type(value) is not date:
            raise self.error(key, value, "must be a date, like 2026-11-23, without quotes")
        return value

    def address(self, key: str) -> str:
        value = self.text(key)
        if not value.startswith(("http://", "https://")) or bare_host(resolve(value, value) or "") is None:
            raise self.error(key, value, "must be an http or https address, on the scheme's own port")
        return value

    def selectors(self, key: str) -> Selectors:
        return self._compiled(key, compile_selectors)

    def patterns(self, key: str) -> tuple[re.Pattern[str], ...]:
        return self._compiled(key, lambda texts: tuple(map(_compiled_safely, texts)))

    def _compiled(self, key: str, compile_: Callable[[list[str]], _T]) -> _T:
        texts = self.texts(key)
        try:
            return compile_(texts)
        except (ValueError, OverflowError, RecursionError, re.error) as error:
            raise self.error(key, self.table[key], str(error)) from None


def _compiled_safely(text: str) -> re.Pattern[str]:
    """Raises ValueError for an expression that could hold a run up. The square of the length is allowed: addresses
    have an end (`newscrawl.words.urls.resolve`)."""
    pattern = re.compile(text)
    danger = danger_of(pattern)
    if danger is not None and danger.power != 2:
        raise ValueError(f"{text!r} {danger}")
    return pattern
