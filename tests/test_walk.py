"""When a walk over a listing stops: at its end, and not before (traps 46, 59, 63, 64)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from newscrawl.keeping.walk import CHANCE, COMPLETE, Noted, Walk

Page = tuple[list[str], Noted]
NEW, MIXED, OLD = Noted(1), Noted(1, 1), Noted(0, 2)
MET = Noted(0)  # known by now, but not when the walk began: another walk of this run was faster


def said(walk: Walk, pages: Iterable[Page]) -> list[str | None]:
    """What the walk says after each page: its article links, and what is known of them."""
    return [walk.take(keys, noted) for keys, noted in pages]


def pages(*noted: Noted) -> list[Page]:
    """Pages of two links each that all differ."""
    return [([f"{number}a", f"{number}b"], each) for number, each in enumerate(noted)]


def deep() -> Walk:
    return Walk("/thoi-su", "Thời sự")


def shallow(*, usual: int = 0) -> Walk:
    return Walk("/thoi-su", "Thời sự", deep=False, usual=usual)


def test_it_goes_on_while_pages_differ() -> None:
    assert said(deep(), pages(NEW, NEW, NEW)) == [None, None, None]


def test_an_empty_first_page_is_no_end() -> None:
    assert deep().take([], Noted(0)) == "empty"
    assert "empty" not in COMPLETE


def test_an_empty_later_page_is_broken_unless_pages_are_asked_for_by_number() -> None:
    assert said(deep(), [(["1"], NEW), ([], Noted(0))]) == [None, "broken/no_links"]
    numbered = deep()
    assert numbered.take(["1"], NEW, numbered=True) is None
    assert numbered.take([], Noted(0), numbered=True) == "end"


def test_an_empty_page_by_number_before_what_was_known_is_no_end() -> None:
    numbered = shallow(usual=9)
    numbered.take(["1"], NEW, numbered=True)
    assert numbered.take([], Noted(0), numbered=True) == "broken/next_vanished"


def test_the_last_page_again_is_the_end() -> None:
    assert said(deep(), [(["1", "2"], NEW), (["3"], NEW), (["3"], OLD)])[-1] == "repeats"


@pytest.mark.parametrize("again", [["1", "2"], ["3"]])
def test_any_page_seen_before_is_the_end(again: list[str]) -> None:
    """Behind the last page of some sites comes the first again."""
    assert said(deep(), [(["1", "2"], NEW), (["3"], NEW), (["4"], NEW), (again, OLD)])[-1] == "round"


# --- what was known before


def test_two_pages_known_before_end_a_walk_that_is_not_deep() -> None:
    assert said(shallow(), pages(NEW, OLD, OLD)) == [None, None, "known"]


def test_nothing_new_ends_no_deep_walk() -> None:
    """Else an interrupted first walk would leave a hole for ever."""
    assert said(deep(), pages(*[OLD] * 99)) == [None] * 99


def test_pinned_posts_do_not_end_a_walk() -> None:
    assert said(shallow(), pages(OLD, NEW, OLD, MIXED, OLD)) == [None] * 5


def test_what_became_known_since_the_walk_began_does_not_end_it() -> None:
    """Another walk of the same run, or of one that was killed, may have been there, and not have gone on."""
    assert said(shallow(), pages(NEW, MET, MET, Noted(0, 1), MET)) == [None] * 5


def test_a_trap_that_feeds_itself_ends() -> None:
    """A hundred pages in a row, each another mixture of what it has shown before."""
    walk = deep()
    assert walk.take([str(number) for number in range(200)], Noted(200)) is None
    assert said(walk, shuffled(99)) == [None] * 99
    assert walk.take(["0", "199"], MET) == "idle"


def shuffled(count: int) -> list[Page]:
    return [([str(number), str(number + 1)], MET) for number in range(count)]


def test_what_it_has_not_shown_before_begins_the_count_anew() -> None:
    """Also where it is known from elsewhere."""
    walk = deep()
    walk.take([str(number) for number in range(200)], Noted(200))
    assert said(walk, shuffled(99)) == [None] * 99
    assert walk.take(["0", "x"], MET) is None
    assert said(walk, [(["9", each], MET) for each in map(str, range(100, 199))]) == [None] * 99


def test_a_deep_walk_over_what_is_known_from_elsewhere_goes_on() -> None:
    assert said(deep(), pages(*[MET] * 300)) == [None] * 300


def test_a_page_that_names_a_next_one_is_not_the_last() -> None:
    numbered = deep()
    numbered.take(["1"], NEW, numbered=True)
    numbered.more = True
    assert numbered.take([], Noted(0), numbered=True) == "broken/no_links"


def test_a_link_that_stands_twice_counts_once() -> None:
    assert said(shallow(), [(["1", "1"], Noted(0, 1)), (["2", "2"], Noted(0, 1))]) == [None, "known"]


def test_what_leads_to_no_articles_is_left() -> None:
    assert deep().take(["1"], NEW, barren=True) == "barren"


# --- the end


@pytest.mark.parametrize(
    ("walk", "noted", "how"),
    [
        (deep(), NEW, "end"),
        (Walk("/thoi-su", "Thời sự", usual=40), NEW, "end"),  # deep: the listing itself has become shorter
        (shallow(usual=40), NEW, "broken/next_vanished"),
        (shallow(usual=2), NEW, "broken/next_vanished"),
        (shallow(usual=40), MIXED, "end"),
        (shallow(usual=40), OLD, "end"),
        (shallow(usual=1), NEW, "end"),  # it never had a second page
        (shallow(usual=0), NEW, "end"),
    ],
)
def test_no_further_page(walk: Walk, noted: Noted, how: str) -> None:
    """A page that names no next one is the end, unless the walk has not come to what the last one saw: a page that lost
    its pager looks just so."""
    assert said(walk, pages(noted)) == [None]
    assert walk.ended() == how


def test_what_counts_as_walked() -> None:
    assert frozenset({"end", "repeats", "round", "known", "idle"}) == COMPLETE


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ({"deep": False, "floor": 7}, {"deep": True, "floor": 9}, True),
        ({"deep": True, "floor": 9}, {"deep": True, "floor": 0}, True),
        ({"deep": True, "floor": 9}, {"deep": False, "floor": 0}, False),
        ({"deep": False, "floor": 7}, {"deep": False, "floor": 7}, True),
        ({"deep": False, "floor": 7}, {"deep": False, "floor": 6}, True),
        ({"deep": False, "floor": 7}, {"deep": False, "floor": 8}, False),
    ],
)
def test_a_walk_joins_one_that_goes_at_least_as_far(one: dict[str, Any], other: dict[str, Any], may: bool) -> None:
    """Else what the other takes for known would be the end of both."""
    assert Walk("/thoi-su", "Thời sự", **one).may_join(Walk("/thoi-su", "Thời sự", **other)) is may


def test_listings_found_by_chance_are_one_origin() -> None:
    assert Walk("/thoi-su", "Thời sự").origin == "/thoi-su"
    assert {Walk(f"/lich/{day}", "Lịch", place=CHANCE).origin for day in range(3)} == {CHANCE}
