"""When a walk over a listing stops: at its end, and not before (traps 46, 59, 63, 64)."""

from __future__ import annotations

import pytest

from newscrawl.walk import COMPLETE, Walk


def walk(pages: list[tuple[list[str], int]], *, known: bool = False) -> list[str | None]:
    """What the walk says after each page: its article links, and how many of them are new."""
    taken = Walk("/thoi-su", "Thời sự", known=known)
    return [taken.take(keys, new) for keys, new in pages]


def pages(*new: int) -> list[tuple[list[str], int]]:
    """Pages that all differ."""
    return [([f"{number}"], each) for number, each in enumerate(new)]


def test_it_goes_on_while_pages_differ() -> None:
    assert walk(pages(1, 1, 1)) == [None, None, None]


def test_an_empty_first_page_is_no_end() -> None:
    assert walk([([], 0)]) == ["empty"]
    assert "empty" not in COMPLETE


def test_an_empty_later_page_is_broken_unless_pages_are_asked_for_by_number() -> None:
    assert walk([(["1"], 1), ([], 0)]) == [None, "broken/no_links"]
    numbered = Walk("chain", "title")
    assert numbered.take(["1"], 1, numbered=True) is None
    assert numbered.take([], 0, numbered=True) == "end"


@pytest.mark.parametrize("again", [["1", "2"], ["3"]])
def test_a_page_seen_before_is_the_end(again: list[str]) -> None:
    """The first page again, or the last: both happen behind the last page."""
    assert walk([(["1", "2"], 2), (["3"], 1), (again, 0)])[-1] == "repeats"


def test_pinned_posts_do_not_end_a_walk() -> None:
    assert walk(pages(0, 1, 0, 1), known=True) == [None] * 4


def test_two_pages_without_news_end_a_walk_over_what_was_walked_before() -> None:
    assert walk(pages(3, 0, 0), known=True) == [None, None, "known"]


def test_nothing_new_ends_no_first_walk() -> None:
    """Else an interrupted first walk would leave a hole for ever."""
    assert walk(pages(*[0] * 99)) == [None] * 99


def test_a_trap_that_feeds_itself_ends() -> None:
    said = walk(pages(*[0] * 100))
    assert said[-1] == "idle"
    assert "idle" not in COMPLETE


def test_what_counts_as_walked() -> None:
    assert frozenset({"end", "repeats", "known"}) == COMPLETE
