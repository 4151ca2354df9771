"""What leads nowhere is counted, so that a trap ends (traps 51, 59, 71)."""

from __future__ import annotations

import pytest

from newscrawl.traps import Traps

MOST = 200


def led(traps: Traps, origin: str, *outcomes: str) -> None:
    """A listing leads to a page for each outcome."""
    for number, outcome in enumerate(outcomes):
        traps.lead([f"{origin}{number}"], origin)
        traps.settle(f"{origin}{number}", outcome)


@pytest.mark.parametrize("outcome", ["skipped", "gone", "unchanged", "duplicate"])
def test_two_hundred_pages_in_a_row_without_an_article(outcome: str) -> None:
    traps = Traps()
    led(traps, "/lich", *[outcome] * (MOST - 1))
    assert not traps.is_barren("/lich")
    led(traps, "/lich", outcome)
    assert traps.is_barren("/lich")
    assert not traps.is_barren("/thoi-su")


def test_an_article_begins_the_count_anew() -> None:
    traps = Traps()
    led(traps, "/lich", *["skipped"] * (MOST - 1), "stored", *["skipped"] * (MOST - 1))
    assert not traps.is_barren("/lich")


def test_what_failed_says_nothing() -> None:
    """It is tried again: an outage makes no listing barren."""
    traps = Traps()
    led(traps, "/lich", *["failed"] * 2 * MOST)
    assert not traps.is_barren("/lich")
    led(traps, "/lich", *["skipped"] * (MOST - 1), "failed")
    assert not traps.is_barren("/lich")


def test_pages_that_no_listing_of_this_run_led_to_say_nothing() -> None:
    traps = Traps()
    for number in range(2 * MOST):
        traps.settle(str(number), "skipped")
    traps.lead(map(str, range(2 * MOST)), "/lich")
    assert not traps.is_barren("/lich")


def test_a_page_counts_once() -> None:
    traps = Traps()
    traps.lead(["1"], "/lich")
    for _ in range(2 * MOST):
        traps.settle("1", "skipped")
    assert not traps.is_barren("/lich")


def test_settled_pages_are_forgotten() -> None:
    """A run of a million pages holds those under way."""
    traps = Traps()
    led(traps, "/lich", *["stored"] * 1000)
    assert traps._origins == {}


def test_a_text_under_more_than_three_other_addresses_is_a_guards() -> None:
    traps = Traps()
    for _ in range(3):
        traps.repeat("aa")
    assert not traps.is_guard("aa")
    traps.repeat("aa")
    assert traps.is_guard("aa")
    assert not traps.is_guard("bb")
