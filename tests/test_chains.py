"""How far listings were walked: whatever ends a walk too early, a later one comes to what lies behind."""

from __future__ import annotations

import logging
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.arguments import Arguments
from newscrawl.discovery import article_links
from newscrawl.errors import NotArticleError
from newscrawl.ledger import Entry, Ledger
from newscrawl.listings import Listings
from newscrawl.pages import Page
from newscrawl.run import Run
from newscrawl.visits import Visit
from newscrawl.walk import Noted, Walk
from tests.onerun import LATER, NOW, SITE, ended, kill, opened

CHAIN = "/thoi-su"
DAYS = timedelta(days=1)
Listing = list[list[int]]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def fresh(ledger: Ledger, chain: str = CHAIN, *, floor: int = 0) -> Walk:
    return ledger.chains.fresh(chain, "Thời sự", f"https://baocantho.com.vn{chain}", place="file", floor=floor)


def left(ledger: Ledger, chain: str = CHAIN, *, pages: int = 1) -> Walk:
    """A walk that has read so many pages."""
    walk = fresh(ledger, chain)
    walk.pages, walk.next = pages, f"{chain}?page={pages + 1}"
    ledger.chains.save(walk)
    return walk


def places(ledger: Ledger) -> list[str]:
    return [walk.next for walk in ledger.chains.open()]


# --- fresh walks


def test_a_listing_that_was_never_walked_is_walked_to_its_end(ledger: Ledger) -> None:
    walk = fresh(ledger, floor=7)
    assert (walk.deep, walk.usual, walk.floor, walk.pages, walk.number) == (True, 0, 7, 0, None)
    assert (walk.chain, walk.title, walk.place) == (CHAIN, "Thời sự", "file")
    assert walk.next == f"https://baocantho.com.vn{CHAIN}"
    assert places(ledger) == []  # it leaves a trace when it finds something


def test_one_that_was_walked_is_looked_at_for_news(ledger: Ledger) -> None:
    ledger.chains.end(left(ledger, pages=12), NOW)
    assert ledger.chains.walked(CHAIN)
    assert (fresh(ledger).deep, fresh(ledger).usual) == (False, 12)
    assert fresh(ledger, "/kinh-te").deep


def test_an_open_walk_has_the_rest_before_it(ledger: Ledger) -> None:
    """Then the next one has only the news to see; and it is told how far the other had come."""
    left(ledger, pages=12)
    assert (fresh(ledger).deep, fresh(ledger).usual) == (False, 13)
    assert not ledger.chains.walked(CHAIN)


def test_a_walk_for_news_says_nothing_of_the_listings_end(ledger: Ledger) -> None:
    deep = left(ledger, pages=12)
    news = left(ledger, pages=2)
    ledger.chains.end(news, NOW)
    assert not ledger.chains.walked(CHAIN)
    ledger.chains.end(deep, NOW)
    ledger.chains.end(left(ledger, pages=2), NOW)
    assert fresh(ledger).usual == 12
    assert places(ledger) == []


# --- walks that go on


def test_a_walk_goes_on_where_it_was(ledger: Ledger) -> None:
    walk = fresh(ledger, floor=7)
    walk.pages, walk.idle, walk.next, walk.met = 3, 2, "p4", True
    ledger.chains.save(walk)
    (resumed,) = ledger.chains.open()
    for name in ("chain", "title", "place", "deep", "floor", "next", "pages", "idle", "met", "number"):
        assert getattr(resumed, name) == getattr(walk, name), name
    resumed.pages, resumed.idle, resumed.next = 4, 0, "p5"
    ledger.chains.save(resumed)
    assert [(each.pages, each.idle, each.next) for each in ledger.chains.open()] == [(4, 0, "p5")]


def test_walks_go_on_oldest_first_each_on_its_own(ledger: Ledger) -> None:
    walks = [left(ledger, chain) for chain in (CHAIN, "/kinh-te", CHAIN)]
    walks[0].next = "further"
    ledger.chains.save(walks[0])
    ledger.chains.end(walks[1], NOW)
    assert places(ledger) == ["further", f"{CHAIN}?page=2"]


def test_the_page_read_last_in_another_run_is_no_repetition(ledger: Ledger) -> None:
    """News may have moved it to the page that is read next."""
    walk = fresh(ledger)
    assert walk.take(["1", "2"], Noted(2)) is None
    walk.next = "p2"
    ledger.chains.save(walk)
    (resumed,) = ledger.chains.open()
    assert resumed.take(["1", "2"], Noted(0)) is None
    assert resumed.take(["1", "2"], Noted(0)) == "repeats"


def test_a_resumed_walk_knows_how_far_the_listing_went(ledger: Ledger) -> None:
    ledger.chains.end(left(ledger, pages=12), NOW)
    left(ledger)
    (resumed,) = ledger.chains.open()
    assert (resumed.deep, resumed.usual) == (False, 12)
    assert resumed.ended() == "broken/next_vanished"


# --- walks that broke


def test_five_days_broken_is_given_up(ledger: Ledger) -> None:
    walk = left(ledger, pages=3)
    assert not ledger.chains.breaks(walk, NOW)
    assert not ledger.chains.breaks(walk, NOW + 5 * DAYS - timedelta(seconds=1))
    assert places(ledger) == [walk.next]
    assert ledger.chains.breaks(walk, NOW + 5 * DAYS)


def test_a_page_that_is_had_again_begins_the_count_anew(ledger: Ledger) -> None:
    walk = left(ledger, pages=3)
    ledger.chains.breaks(walk, NOW)
    ledger.chains.save(walk)
    assert not ledger.chains.breaks(walk, NOW + 5 * DAYS)
    assert not ledger.chains.breaks(walk, NOW + 9 * DAYS)


def broken(run: Run, walk: Walk) -> bool:
    return run.break_walk(walk, "http_500")


def test_what_a_run_makes_of_a_broken_walk(tmp_path: Path) -> None:
    run = opened(tmp_path)
    walk = run.fresh_walk(CHAIN, "Thời sự", "p1", place="file")
    assert not broken(run, walk)  # its first page: there is nowhere to go on
    assert run.open_walks() == []
    walk.pages, walk.next = 1, "p2"
    run.advance(walk)
    assert not broken(run, walk)
    run.clock = lambda: NOW + 5 * DAYS
    assert broken(run, walk)
    assert run.open_walks() == []
    assert run.ledger.chains.walked(CHAIN)  # as far as it goes: the next runs look for its news
    counts = ended(run)["counts"]
    assert counts["listings"] == {"broken/http_500": 3, "given_up": 1}
    assert counts["broken_listings"] == [CHAIN] * 3


def test_a_first_page_that_is_broken_for_weeks_is_asked_again_by_every_run(tmp_path: Path) -> None:
    for day in range(20):
        run = opened(tmp_path, NOW + day * DAYS)
        assert run.open_walks() == []
        walk = run.fresh_walk(CHAIN, "Thời sự", "p1", place="file")
        assert walk.deep
        assert not broken(run, walk)
        ended(run)


# --- too many of them


def test_at_most_four_walks_over_a_listing_are_open(ledger: Ledger) -> None:
    """Where each run is killed, or sees its news only, they would pile up for ever."""
    other = left(ledger, "/kinh-te")
    for pages in (9, 2, 3, 4):
        left(ledger, pages=pages)
    assert len(places(ledger)) == 5
    merged = left(ledger, pages=1)
    assert merged.deep
    assert places(ledger) == [other.next, merged.next]
    assert [walk.deep for walk in ledger.chains.open()] == [True, True]
    left(ledger)
    assert len(places(ledger)) == 3


def replaced(ledger: Ledger) -> tuple[Walk, Walk]:
    """A walk that this run took up, and the deep one that has replaced it since."""
    for _ in range(4):
        left(ledger)
    old = next(ledger.chains.open())
    merged = fresh(ledger)
    merged.pages, merged.next = 1, "merged"
    ledger.chains.save(merged)
    return old, merged


@pytest.mark.parametrize("act", ["save", "end", "breaks"])
def test_a_walk_that_was_replaced_takes_nothing_from_the_one_that_replaced_it(act: str, ledger: Ledger) -> None:
    old, merged = replaced(ledger)
    old.deep, old.next = False, "old"
    if act == "save":
        ledger.chains.save(old)
    elif act == "end":
        ledger.chains.end(old, NOW)
    else:
        assert not ledger.chains.breaks(old, NOW - 6 * DAYS)
        assert not ledger.chains.breaks(merged, NOW)
    assert places(ledger) == ["merged"]


# --- runs over a listing that grows


HTML = "<html><body><p><a href='/'>Trang chủ</a></p><div id='colcate1'>{}</div></body></html>"
HEAD = "https://baocantho.com.vn/thoi-su/"
LOG = logging.LoggerAdapter(logging.getLogger(__name__))


def step(run: Run, listings: Listings, visit: Visit, listing: Listing) -> Visit | None:
    """Read a page as the spider does. Returns the visit of the next one."""
    address = visit.entry.url
    number = int(address.partition("?p=")[2] or 1)
    if number > len(listing):
        listings.breaks(visit, "http_404", address, "")
        return None
    links = "".join(f"<a href='/vet-kenh-a{each}.html'>Vét kênh số {each}</a>" for each in listing[number - 1])
    page = Page.parse(HTML.format(links).encode(), address, content_type="text/html; charset=utf-8")
    found = article_links(page, SITE)
    noted = run.note([Entry(SITE.key(link.url), link.url) for link in found], visit.walk)
    try:
        return listings.read(page, visit, found, noted)
    except NotArticleError as error:
        listings.breaks(visit, error.reason, address, error.detail)
        return None


def walked(run: Run, listing: Listing, most: int | None = None) -> int:
    """The walks of a run, a page of each in turn, until all have ended or `most` pages are read. Returns the pages."""
    listings = Listings(SITE, run.arguments, run, LOG)
    resumed = list(listings.unfinished())
    visits = deque([listings.fresh(HEAD, "thoi-su", "file"), *resumed])
    pages = 0
    while visits and (most is None or pages < most):
        visit = visits.popleft()
        run.save()  # before each request
        assert visit is not None
        following = step(run, listings, visit, listing)
        if following is not None:
            visits.append(following)
        pages += 1
    return pages


def paged(numbers: Iterable[int]) -> Listing:
    """A listing of these, newest first, three a page."""
    newest = sorted(numbers, reverse=True)
    return [newest[start : start + 3] for start in range(0, len(newest), 3)]


def known(run: Run) -> set[int]:
    return {int(key) for (key,) in run.ledger._db.execute("SELECT key FROM page")}


def crawled(folder: Path, listing: Listing, hour: int, arguments: Arguments | None = None) -> int:
    run = opened(folder, NOW + timedelta(hours=hour), arguments)
    pages = walked(run, listing)
    ended(run)
    return pages


def crawled_until_killed(
    folder: Path, listing: Listing, hour: int, most: int, *, saved: bool = True, arguments: Arguments | None = None
) -> None:
    run = opened(folder, NOW + timedelta(hours=hour), arguments)
    walked(run, listing, most)
    if saved:
        run.save()
    kill(run)


def holes(folder: Path, listing: Listing) -> set[int]:
    """What the listing shows and the ledger does not know."""
    run = opened(folder, NOW + timedelta(days=90))
    missing = {number for page in listing for number in page} - known(run)
    run.close()
    return missing


def test_a_first_run_sees_all_and_the_next_two_pages(tmp_path: Path) -> None:
    listing = paged(range(30))
    assert crawled(tmp_path, listing, 0) == 11  # and the one behind the last, which is not there
    assert holes(tmp_path, listing) == set()
    assert crawled(tmp_path, listing, 1) == 2
    grown = paged(range(36))
    assert crawled(tmp_path, grown, 2) == 4
    assert holes(tmp_path, grown) == set()


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("most", range(1, 6))
def test_a_killed_first_walk_leaves_no_hole(most: int, saved: bool, tmp_path: Path) -> None:
    listing = paged(range(30))
    crawled_until_killed(tmp_path, listing, 0, most, saved=saved)
    crawled(tmp_path, listing, 1)
    assert holes(tmp_path, listing) == set()
    assert crawled(tmp_path, listing, 2) == 2


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("most", range(1, 6))
def test_a_killed_walk_for_news_leaves_no_hole(most: int, saved: bool, tmp_path: Path) -> None:
    """Two pages of news that it noted would end the next walk before the rest of them."""
    crawled(tmp_path, paged(range(30)), 0)
    crawled_until_killed(tmp_path, paged(range(60)), 1, most, saved=saved)
    listing = paged(range(63))
    crawled(tmp_path, listing, 2)
    assert holes(tmp_path, listing) == set()
    assert crawled(tmp_path, listing, 3) == 2


def test_runs_that_never_come_far_lose_nothing(tmp_path: Path) -> None:
    """Each is killed after its second page, and there are six new articles for each."""
    for hour in range(12):
        crawled_until_killed(tmp_path, paged(range(30 + 6 * hour)), hour, 2)
    listing = paged(range(120))
    crawled(tmp_path, listing, 20)
    assert holes(tmp_path, listing) == set()


NEWS_ONLY = Arguments(since=date(2018, 1, 1))  # such a run takes up no walk of others
Life = list[tuple[int, int, bool, bool]]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 13), st.integers(0, 9), st.booleans(), st.booleans()), max_size=10))
def test_whatever_kills_the_runs_no_article_of_a_listing_is_lost(life: Life) -> None:
    """For each run: how much is new, after how many pages it is killed, whether its last words were kept, and whether
    it wants news only."""
    with tempfile.TemporaryDirectory() as folder:
        listing = lived(Path(folder), life)
        crawled(Path(folder), listing, len(life))
        assert holes(Path(folder), listing) == set()


def lived(folder: Path, life: Life) -> Listing:
    """The listing after such runs."""
    count = 12
    for hour, (news, most, saved, only) in enumerate(life):
        count += news
        arguments = NEWS_ONLY if only else None
        crawled_until_killed(folder, paged(range(count)), hour, most, saved=saved, arguments=arguments)
    return paged(range(count))


def test_a_walk_that_was_killed_between_two_others_is_not_broken(tmp_path: Path) -> None:
    """The first run is killed at its first page, the second when the first one's walk has come to the end."""
    listing = lived(tmp_path, [(0, 1, True, False), (0, 7, False, False)])
    run = opened(tmp_path, NOW + timedelta(hours=2))
    walked(run, listing)
    assert run.accounts.broken == []
    assert run.open_walks() == []
    ended(run)


def test_a_pager_that_vanishes_for_a_day_costs_nothing(tmp_path: Path) -> None:
    crawled(tmp_path, paged(range(30)), 0)
    first = [paged(range(60))[0]]
    run = opened(tmp_path, LATER)
    walked(run, first)
    assert run.accounts.listings == {"broken/http_404": 1}
    ended(run, 9)
    listing = paged(range(63))
    crawled(tmp_path, listing, 2)
    assert holes(tmp_path, listing) == set()


# --- runs that see a part


@pytest.mark.parametrize("arguments", [Arguments(since=date(2018, 1, 1)), Arguments(limit=5)])
def test_a_run_that_sees_a_part_marks_nothing_as_walked(arguments: Arguments, tmp_path: Path) -> None:
    listing = paged(range(12))
    crawled(tmp_path, listing, 0, arguments)
    run = opened(tmp_path, LATER)
    assert not run.ledger.chains.walked(CHAIN)
    ended(run)
    crawled(tmp_path, listing, 2)
    run = opened(tmp_path, NOW + timedelta(hours=3))
    assert run.ledger.chains.walked(CHAIN)
    assert run.open_walks() == []
    ended(run)


def test_a_part_of_what_was_walked_leaves_no_walk_open(tmp_path: Path) -> None:
    crawled(tmp_path, paged(range(12)), 0)
    crawled(tmp_path, paged(range(18)), 1, Arguments(limit=5))
    run = opened(tmp_path, NOW + timedelta(hours=2))
    assert run.open_walks() == []
    ended(run)
