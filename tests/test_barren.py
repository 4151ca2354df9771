"""What leads nowhere is counted, so that a trap ends (traps 51, 59, 71)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newscrawl.keeping.traps import Traps
from tests.onerun import NOW, ended, entries, opened, url
from tests.scrapyrun import balanced

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


def test_a_text_at_more_than_three_other_addresses_is_a_guards() -> None:
    traps = Traps()
    for key in "123":
        traps.repeat("aa", key)
        assert not traps.is_guard("aa")
    traps.repeat("aa", "4")
    assert traps.is_guard("aa")
    assert not traps.is_guard("bb")


def test_what_was_taken_for_twins_before_is_told_once() -> None:
    """Those pages are tried again, too; the one that gave it away, and those behind it, count as failed anyway."""
    traps = Traps()
    for key in "1234":
        traps.repeat("aa", key)
    assert traps.twins("aa") == ["1", "2", "3"]
    traps.repeat("aa", "5")
    assert traps.twins("aa") == []


def test_pages_that_were_taken_for_twins_are_tried_again(tmp_path: Path) -> None:
    """And each of them counts once."""
    run = opened(tmp_path)
    run.frontier.note(entries(*range(1, 6)))
    for number in (1, 2, 3):
        run.frontier.traps.repeat("aa", str(number))
        run.drop(url(number), "duplicate", "baocantho:9")
    run.drop(url(5), "duplicate", "baocantho:8")  # another text
    run.frontier.traps.repeat("aa", "4")
    for _ in range(2):  # told once
        run.frontier.unmask("aa")
        run.frontier.traps.repeat("aa", "4")
    run.frontier.settle("4", "failed", "same_text")
    counts = ended(run)["counts"]
    assert (counts["found"], counts["duplicate"], counts["failed"], counts["pending"]) == (5, 1, 4, 0)
    assert counts["reasons"] == {"failed/same_text": 4}
    assert counts["duplicates"] == [{"url": url(5), "of": "baocantho:8"}]
    assert balanced(counts)
    again = opened(tmp_path, NOW + timedelta(days=1))
    assert sorted(entry.key for entry in again.frontier.take_carried(9)) == ["1", "2", "3", "4"]
    again.close()
