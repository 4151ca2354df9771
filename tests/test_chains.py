"""How far listings were walked: whatever ends a walk too early, a later one comes to what lies behind."""

from __future__ import annotations

import itertools
import logging
import tempfile
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newscrawl.crawling.listings import Listings
from newscrawl.crawling.visits import Visit
from newscrawl.keeping.arguments import Arguments
from newscrawl.keeping.ledger import Entry, Ledger
from newscrawl.keeping.run import Run
from newscrawl.keeping.walk import KNOWN_PAGES, Noted, Walk
from newscrawl.reading.discovery import article_links
from newscrawl.reading.pages import Page
from newscrawl.words.errors import NotArticleError
from tests.onerun import LATER, NOW, SITE, ended, entries, kill, opened, record

CHAIN = "/thoi-su"
DAYS = timedelta(days=1)
MINUTES = timedelta(minutes=1)
Listing = list[list[int]]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def fresh(ledger: Ledger, chain: str = CHAIN) -> Walk:
    return ledger.chains.fresh(chain, "Thời sự", f"https://baocantho.com.vn{chain}", place="file")


def left(ledger: Ledger, chain: str = CHAIN, *, pages: int = 1, mark: int = 0) -> Walk:
    """A walk that has read so many pages."""
    walk = fresh(ledger, chain)
    walk.pages, walk.mark = pages, mark
    walk.previous, walk.next = f"{chain}?page={pages}", f"{chain}?page={pages + 1}"
    ledger.chains.save(walk, NOW)
    return walk


def taken_up(ledger: Ledger, now: datetime = NOW) -> list[Walk]:
    return list(ledger.chains.open(now))


def places(ledger: Ledger) -> list[str]:
    return [walk.next for walk in taken_up(ledger)]


# --- fresh walks


def test_a_listing_that_was_never_walked_is_walked_to_its_end(ledger: Ledger) -> None:
    ledger.note(entries(1, 2, 3))  # known from elsewhere
    walk = fresh(ledger)
    assert (walk.deep, walk.usual, walk.floor, walk.mark, walk.pages, walk.number) == (True, 0, 0, 0, 0, None)
    assert (walk.chain, walk.title, walk.place) == (CHAIN, "Thời sự", "file")
    assert walk.next == walk.previous == f"https://baocantho.com.vn{CHAIN}"
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


# --- the floor: what walks over this very listing have seen


def test_the_floor_is_the_listings_own(ledger: Ledger) -> None:
    ledger.chains.end(left(ledger, mark=30), NOW)
    ledger.note(entries(*range(90)))  # by another listing
    assert fresh(ledger).floor == 30
    assert fresh(ledger, "/kinh-te").floor == 0


def test_a_walk_for_news_raises_it_when_it_ends(ledger: Ledger) -> None:
    ledger.chains.end(left(ledger, mark=30), NOW)
    walk = fresh(ledger)
    walk.mark = 50
    assert fresh(ledger).floor == 30
    ledger.chains.end(walk, NOW)
    assert fresh(ledger).floor == 50
    for mark in (40, 45):  # one that was taken up after it, and a deep one
        slow = left(ledger, mark=mark)
        slow.deep = mark == 45
        ledger.chains.end(slow, NOW)
        assert fresh(ledger).floor == 50


def test_what_open_walks_have_seen_counts_while_they_are_open(ledger: Ledger) -> None:
    """They have the rest before them."""
    first = left(ledger, mark=30)
    second = left(ledger, mark=50)
    assert (first.floor, second.floor, fresh(ledger).floor) == (0, 30, 50)
    ledger.chains.drop(second)
    assert fresh(ledger).floor == 30


def test_a_walk_marks_what_is_known_while_it_reads_its_first_pages(tmp_path: Path) -> None:
    """What is found behind them, and later on other listings, it says nothing of."""
    run = opened(tmp_path)
    walk = run.frontier.fresh_walk(CHAIN, "Thời sự", "p1", place="file")
    for page in range(6):
        run.frontier.note(entries(3 * page, 3 * page + 1, 3 * page + 2), walk)
        assert walk.mark == 3 * min(page + 1, KNOWN_PAGES + 1)
        walk.pages += 1
        run.frontier.advance(walk)
        run.frontier.note(entries())
    run.frontier.end_walk(walk, "end", complete=True)
    assert run.frontier.fresh_walk(CHAIN, "Thời sự", "p1", place="file").floor == 3 * (KNOWN_PAGES + 1)
    ended(run)


# --- walks that go on

KEPT = (
    "chain", "title", "place", "deep", "floor", "mark", "previous", "next", "pages", "met", "more", "number", "usual",
)  # fmt: skip


def test_a_walk_goes_on_where_it_was(ledger: Ledger) -> None:
    walk = fresh(ledger)
    walk.pages, walk.mark, walk.previous, walk.next, walk.met, walk.more = 3, 7, "p3", "p4", True, True
    ledger.chains.save(walk, NOW)
    (resumed,) = taken_up(ledger)
    for name in KEPT:
        assert getattr(resumed, name) == getattr(walk, name), name
    resumed.pages, resumed.previous, resumed.next, resumed.more, resumed.mark = 4, "p4", "p5", False, 9
    ledger.chains.save(resumed, NOW)
    (again,) = taken_up(ledger)
    for name in KEPT:
        assert getattr(again, name) == getattr(resumed, name), name


@pytest.mark.parametrize(
    ("wait", "at", "pages"),
    [(0 * MINUTES, "p4", 3), (10 * MINUTES, "p4", 3), (11 * MINUTES, "p3", 2), (9 * DAYS, "p3", 2)],
)
def test_after_a_while_it_goes_on_one_page_before(wait: timedelta, at: str, pages: int, ledger: Ledger) -> None:
    """What was deleted since has moved articles up, from the page to be read to the one that was."""
    walk = fresh(ledger)
    walk.pages, walk.previous, walk.next = 3, "p3", "p4"
    ledger.chains.save(walk, NOW)
    (resumed,) = taken_up(ledger, NOW + wait)
    assert (resumed.next, resumed.pages) == (at, pages)
    (unharmed,) = taken_up(ledger)  # to take it up changes nothing
    assert (unharmed.next, unharmed.pages) == ("p4", 3)


def test_what_repeats_itself_is_counted_anew_by_each_run(ledger: Ledger) -> None:
    walk = fresh(ledger)
    walk.take([str(number) for number in range(50)], Noted(50))
    for number in range(49):
        assert walk.take([str(number), str(number + 1)], Noted(0)) is None
    assert walk.idle == 49
    ledger.chains.save(walk, NOW)
    (resumed,) = taken_up(ledger)
    assert (resumed.idle, resumed.links) == (0, set())
    assert resumed.take(["0", "1"], Noted(0)) is None
    assert resumed.idle == 0


def test_walks_go_on_oldest_first_each_on_its_own(ledger: Ledger) -> None:
    walks = [left(ledger, chain) for chain in (CHAIN, "/kinh-te", CHAIN)]
    walks[0].next = "further"
    ledger.chains.save(walks[0], NOW)
    ledger.chains.end(walks[1], NOW)
    assert places(ledger) == ["further", f"{CHAIN}?page=2"]


def test_the_page_read_last_in_another_run_is_no_repetition(ledger: Ledger) -> None:
    """News may have moved it to the page that is read next."""
    walk = fresh(ledger)
    assert walk.take(["1", "2"], Noted(2)) is None
    walk.next = "p2"
    ledger.chains.save(walk, NOW)
    (resumed,) = taken_up(ledger)
    assert resumed.take(["1", "2"], Noted(0)) is None
    assert resumed.take(["1", "2"], Noted(0)) == "repeats"


def test_a_resumed_walk_knows_how_far_the_listing_went(ledger: Ledger) -> None:
    ledger.chains.end(left(ledger, pages=12), NOW)
    left(ledger)
    (resumed,) = taken_up(ledger)
    assert (resumed.deep, resumed.usual) == (False, 12)
    assert resumed.ended() == "broken/next_vanished"


# --- walks that broke


def test_five_days_broken_is_no_news(ledger: Ledger) -> None:
    """But the walk is tried on: it may be the only one that has the rest before it."""
    walk = left(ledger, pages=3)
    assert not ledger.chains.breaks(walk, NOW)
    assert not ledger.chains.breaks(walk, NOW + 5 * DAYS - timedelta(seconds=1))
    for days in (5, 6, 600):
        assert ledger.chains.breaks(walk, NOW + days * DAYS)
        assert places(ledger) == [walk.next]


def test_a_page_that_is_had_again_begins_the_count_anew(ledger: Ledger) -> None:
    """That which was broken, not the one before, which is read again on the way to it."""
    walk = left(ledger, pages=3)
    ledger.chains.breaks(walk, NOW)
    ledger.chains.save(walk, NOW + DAYS)
    assert ledger.chains.breaks(walk, NOW + 5 * DAYS)
    walk.pages = 4
    ledger.chains.save(walk, NOW + 6 * DAYS)
    assert not ledger.chains.breaks(walk, NOW + 6 * DAYS)
    assert not ledger.chains.breaks(walk, NOW + 10 * DAYS)
    assert ledger.chains.breaks(walk, NOW + 11 * DAYS)


def test_what_a_run_makes_of_a_broken_walk(tmp_path: Path) -> None:
    run = opened(tmp_path)
    walk = run.frontier.fresh_walk(CHAIN, "Thời sự", "p1", place="file")
    run.frontier.break_walk(walk, "http_500")  # its first page: there is nowhere to go on
    assert run.frontier.open_walks() == []
    walk.pages, walk.previous, walk.next = 2, "p2", "p3"
    run.frontier.advance(walk)
    run.frontier.break_walk(walk, "http_500")
    counts = ended(run)["counts"]
    assert (counts["listings"], counts["broken_listings"]) == ({"broken/http_500": 2}, [CHAIN] * 2)
    for day in range(1, 9):
        run = opened(tmp_path, NOW + day * DAYS)
        (walk,) = run.frontier.open_walks()
        run.frontier.break_walk(walk, "http_500")
        assert [each.number for each in run.frontier.open_walks()] == [walk.number]
        assert not run.ledger.chains.walked(CHAIN)
        counts = ended(run)["counts"]
        assert counts["listings"] == {"broken/http_500": 1}
        assert counts["broken_listings"] == ([CHAIN] if day < 5 else [])


def test_a_first_page_that_is_broken_for_weeks_is_asked_again_by_every_run(tmp_path: Path) -> None:
    for day in range(20):
        run = opened(tmp_path, NOW + day * DAYS)
        assert run.frontier.open_walks() == []
        walk = run.frontier.fresh_walk(CHAIN, "Thời sự", "p1", place="file")
        assert walk.deep
        run.frontier.break_walk(walk, "http_500")
        assert ended(run)["counts"]["broken_listings"] == [CHAIN]


# --- too many of them


def test_where_four_walks_over_a_listing_are_open_the_next_is_deep(ledger: Ledger) -> None:
    """Where each run is killed, or sees its news only, they would pile up for ever."""
    other = left(ledger, "/kinh-te")
    deep = [left(ledger, pages=pages).deep for pages in (9, 2, 3, 4)]
    assert deep == [True, False, False, False]
    merging = left(ledger)
    assert merging.deep
    assert len(places(ledger)) == 6  # it has the rest of theirs before it; nothing is let go of yet
    younger = left(ledger)
    ledger.chains.end(merging, NOW)
    assert [walk.number for walk in taken_up(ledger)] == [other.number, younger.number]
    assert ledger.chains.walked(CHAIN)


def test_a_walk_for_news_that_ends_leaves_the_others_open(ledger: Ledger) -> None:
    first, second = left(ledger), left(ledger)
    ledger.chains.end(second, NOW)
    assert [walk.number for walk in taken_up(ledger)] == [first.number]


def test_a_deep_walk_that_was_never_remembered_ends_all_that_began_before(ledger: Ledger) -> None:
    """A listing that shows nothing new, and all of it on one page."""
    walks = [left(ledger) for _ in range(4)]
    walk = fresh(ledger)
    assert (walk.deep, walk.number, len(walks)) == (True, None, 4)
    ledger.chains.end(walk, NOW)
    assert places(ledger) == []


def replaced(ledger: Ledger) -> tuple[Walk, Walk]:
    """A walk that this run took up and that ended with a deep one since, and a walk that began after that."""
    for _ in range(4):
        left(ledger)
    old = taken_up(ledger)[-1]
    ledger.chains.end(left(ledger), NOW)
    assert places(ledger) == []
    return old, left(ledger, pages=4)


@pytest.mark.parametrize("act", ["save", "end", "breaks", "drop"])
def test_a_walk_whose_row_is_gone_takes_nothing_from_others(act: str, ledger: Ledger) -> None:
    old, young = replaced(ledger)
    assert (old.number or 0) < (young.number or 0)
    old.next = "old"
    if act == "save":
        ledger.chains.save(old, NOW)
    elif act == "end":
        ledger.chains.end(old, NOW)
    elif act == "drop":
        ledger.chains.drop(old)
    else:
        assert not ledger.chains.breaks(old, NOW - 6 * DAYS)
        assert not ledger.chains.breaks(young, NOW)
    assert places(ledger) == [young.next]


def test_a_number_is_never_given_twice(ledger: Ledger) -> None:
    numbers = []
    for _ in range(3):
        walk = left(ledger)
        numbers.append(walk.number)
        ledger.chains.drop(walk)
    assert len(set(numbers)) == 3
    assert numbers == sorted(numbers, key=lambda number: number or 0)


# --- runs over listings that grow


HTML = "<html><body><p><a href='/'>Trang chủ</a></p><div id='colcate1'>{}</div>{}</body></html>"
HEADS = {name: f"https://baocantho.com.vn/{name}/" for name in ("thoi-su", "kinh-te")}
LOG = logging.LoggerAdapter(logging.getLogger(__name__))
Shown = Mapping[str, Listing]  # the listings of a paper, by their names
Down = Collection[tuple[str, int]]  # pages of listings that can't be had


def step(run: Run, listings: Listings, visit: Visit, shown: Shown, down: Down = (), pager: int = 0) -> Visit | None:
    """Read a page as the spider does; the first `pager` pages link to the next one. Returns the visit of the next."""
    address = visit.entry.url
    name = address.split("/")[3].partition("?")[0]
    number = int(address.partition("?p=")[2] or 1)
    listing = shown[name]
    if (name, number) in down or number > len(listing):
        listings.breaks(visit, "http_500" if (name, number) in down else "http_404", address, "")
        return None
    links = "".join(f"<a href='/vet-kenh-a{each}.html'>Vét kênh số {each}</a>" for each in listing[number - 1])
    more = f"<a href='/{name}/?p={number + 1}'>{number + 1}</a>" if number <= pager else ""
    page = Page.parse(HTML.format(links, more).encode(), address, content_type="text/html; charset=utf-8")
    found = article_links(page, SITE)
    noted = run.frontier.note([Entry(SITE.key(link.url), link.url) for link in found], visit.walk)
    try:
        return listings.read(page, visit, found, noted)
    except NotArticleError as error:
        listings.breaks(visit, error.reason, address, error.detail)
        return None


def walked(run: Run, shown: Listing | Shown, most: int | None = None, *, down: Down = (), pager: int = 0) -> int:
    """The walks of a run, a page of each in turn, until all have ended or `most` pages are read. Returns the pages."""
    shown = shown if isinstance(shown, Mapping) else {"thoi-su": shown}
    listings = Listings(SITE, run.terms.arguments, run.frontier, LOG)
    resumed = list(listings.unfinished())
    visits = deque([*(listings.fresh(HEADS[name], name, "file") for name in shown), *resumed])
    pages = 0
    while visits and (most is None or pages < most):
        visit = visits.popleft()
        if visit is None:
            continue
        run.save()  # before each request
        visits.append(step(run, listings, visit, shown, down, pager))
        pages += 1
    return pages


def paged(numbers: Iterable[int]) -> Listing:
    """A listing of these, newest first, three a page."""
    newest = sorted(numbers, reverse=True)
    return [newest[start : start + 3] for start in range(0, len(newest), 3)]


def known(run: Run) -> set[int]:
    return {int(key) for (key,) in run.ledger._db.execute("SELECT key FROM page")}


def crawled(
    folder: Path, shown: Listing | Shown, hour: int, arguments: Arguments | None = None, down: Down = ()
) -> int:
    run = opened(folder, NOW + timedelta(hours=hour), arguments)
    pages = walked(run, shown, down=down)
    ended(run)
    return pages


def crawled_until_killed(
    folder: Path,
    shown: Listing | Shown,
    now: datetime,
    most: int,
    *,
    saved: bool = True,
    arguments: Arguments | None = None,
    down: Down = (),
) -> None:
    run = opened(folder, now, arguments)
    walked(run, shown, most, down=down)
    if saved:
        run.save()
    kill(run)


def holes(folder: Path, shown: Listing | Shown) -> set[int]:
    """What the listings show and the ledger does not know."""
    run = opened(folder, NOW + timedelta(days=90))
    listings = shown.values() if isinstance(shown, Mapping) else [shown]
    missing = {number for listing in listings for page in listing for number in page} - known(run)
    run.close()
    return missing


def hours(count: int) -> datetime:
    return NOW + timedelta(hours=count)


def test_a_first_run_sees_all_and_the_next_two_pages(tmp_path: Path) -> None:
    listing = paged(range(30))
    assert crawled(tmp_path, listing, 0) == 11  # and the one behind the last, which is not there
    assert holes(tmp_path, listing) == set()
    for hour in (1, 2):  # what the first run found behind its first pages may be news to the second
        assert crawled(tmp_path, listing, hour) <= 4
    assert crawled(tmp_path, listing, 3) == 2
    grown = paged(range(36))
    assert crawled(tmp_path, grown, 4) == 4
    assert holes(tmp_path, grown) == set()


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("most", range(1, 6))
def test_a_killed_first_walk_leaves_no_hole(most: int, saved: bool, tmp_path: Path) -> None:
    listing = paged(range(30))
    crawled_until_killed(tmp_path, listing, NOW, most, saved=saved)
    crawled(tmp_path, listing, 1)
    assert holes(tmp_path, listing) == set()
    assert crawled(tmp_path, listing, 2) == 2


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("most", range(1, 6))
def test_a_killed_walk_for_news_leaves_no_hole(most: int, saved: bool, tmp_path: Path) -> None:
    """Two pages of news that it noted would end the next walk before the rest of them."""
    crawled(tmp_path, paged(range(30)), 0)
    crawled_until_killed(tmp_path, paged(range(60)), LATER, most, saved=saved)
    listing = paged(range(63))
    crawled(tmp_path, listing, 2)
    assert holes(tmp_path, listing) == set()
    assert crawled(tmp_path, listing, 3) == 2


def test_runs_that_never_come_far_lose_nothing(tmp_path: Path) -> None:
    """Each is killed after its second page, and there are six new articles for each."""
    for hour in range(12):
        crawled_until_killed(tmp_path, paged(range(30 + 6 * hour)), hours(hour), 2)
    listing = paged(range(120))
    crawled(tmp_path, listing, 20)
    assert holes(tmp_path, listing) == set()
    run = opened(tmp_path, hours(21))
    assert run.frontier.open_walks() == []
    ended(run)


@pytest.mark.parametrize("news", [1, 2, 4])
def test_few_news_cost_few_pages(news: int, tmp_path: Path) -> None:
    """Also where they are no whole pages of them, and in the run behind the first."""
    crawled(tmp_path, paged(range(150)), 0)
    assert crawled(tmp_path, paged(range(150 + news)), 1) <= 6
    assert crawled(tmp_path, paged(range(150 + 2 * news)), 2) <= 6


def test_a_page_that_is_broken_for_weeks_is_no_news(tmp_path: Path) -> None:
    for day in range(9):
        run = opened(tmp_path, NOW + day * DAYS)
        walked(run, paged(range(30)), down={("thoi-su", 4)})
        assert run.accounts.listings["broken/http_500"] == 1
        assert ended(run)["counts"]["broken_listings"] == ([CHAIN] if day < 5 else [])


@pytest.mark.parametrize("how", ["broken", "killed"])
def test_what_another_listing_showed_hides_nothing(how: str, tmp_path: Path) -> None:
    """Sixty news stand in one listing, the newest twenty in another one, too, which alone is read: the first is walked
    down to what itself had seen."""
    old = {"thoi-su": paged(range(100, 130)), "kinh-te": paged(range(30))}
    crawled(tmp_path, old, 0)
    crawled(tmp_path, old, 1)
    news = range(200, 260)
    grown = {"thoi-su": paged([*range(100, 130), *news[-20:]]), "kinh-te": paged([*range(30), *news])}
    if how == "broken":
        crawled(tmp_path, grown, 2, down={("kinh-te", 1)})
    else:
        crawled_until_killed(tmp_path, {"thoi-su": grown["thoi-su"]}, hours(2), 99)
    assert holes(tmp_path, grown) == set(news[:-20])
    assert crawled(tmp_path, grown, 3) <= 2 + 4 + 20 + 2
    assert holes(tmp_path, grown) == set()
    assert crawled(tmp_path, grown, 4) == 4


def test_one_listing_that_shows_all_that_another_does_hides_nothing(tmp_path: Path) -> None:
    """The other's first walk is deep, whatever is known; the later ones end at what it had seen."""
    part, whole = paged(range(0, 60, 2)), paged(range(60))
    crawled(tmp_path, {"kinh-te": part}, 0)
    crawled(tmp_path, {"thoi-su": whole, "kinh-te": part}, 1)
    assert holes(tmp_path, whole) == set()


SHORT_LIVED = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)  # nobody waits for a disk there
NEWS_ONLY = Arguments(since=date(2018, 1, 1))  # such a run takes up no walk of others


@dataclass(frozen=True)
class Hours:
    """A run, what happens before it, and after how many pages it is killed."""

    news: tuple[str, ...] = ()  # where each new article stands: "t", "k" or both
    deleted: int | None = None  # which article is deleted, by its place in the newest twenty
    most: int = 9
    saved: bool = True  # whether its last words were kept
    only: bool = False  # whether it wants news only
    down: tuple[str, int] | None = None  # a page that can't be had
    soon: bool = False  # whether it is begun minutes after the last one


NEWS = st.lists(st.sampled_from(["t", "k", "tk"]), max_size=14) | st.builds(
    lambda where, count: [where] * count, st.sampled_from(["t", "k", "tk"]), st.integers(0, 24)
)
LIFE = st.lists(
    st.builds(
        Hours,
        news=NEWS.map(tuple),
        deleted=st.none() | st.integers(0, 19),
        most=st.integers(0, 16),
        saved=st.booleans(),
        only=st.booleans(),
        down=st.none() | st.tuples(st.sampled_from(["thoi-su", "kinh-te"]), st.integers(1, 4)),
        soon=st.booleans(),
    ),
    max_size=8,
)


class Paper:
    """Two listings that share articles."""

    def __init__(self) -> None:
        self.numbers = itertools.count()
        self.standing: dict[int, str] = {}
        self.deleted = 0
        self.add("tk" for _ in range(4))
        self.add("t" for _ in range(10))
        self.add("k" for _ in range(10))

    def add(self, news: Iterable[str]) -> None:
        self.standing.update((next(self.numbers), where) for where in news)

    def delete(self, place: int) -> None:
        """Three in all: a walk is ready for a page of them between two of its steps."""
        if self.deleted < 3:
            self.deleted += 1
            del self.standing[sorted(self.standing, reverse=True)[place]]

    @property
    def shown(self) -> Shown:
        return {name: paged(n for n, where in self.standing.items() if name[0] in where) for name in HEADS}


def lived(folder: Path, life: list[Hours]) -> tuple[Shown, datetime]:
    """The listings after such runs, and the time."""
    paper, now = Paper(), NOW
    for one in life:
        now += timedelta(minutes=5) if one.soon and one.deleted is None else timedelta(hours=1)
        paper.add(one.news)
        if one.deleted is not None:
            paper.delete(one.deleted)
        crawled_until_killed(
            folder, paper.shown, now, one.most, saved=one.saved, arguments=NEWS_ONLY if one.only else None,
            down={one.down} if one.down else (),
        )  # fmt: skip
    return paper.shown, now + timedelta(hours=1)


@settings(max_examples=40, deadline=None)
@example([Hours(most=99), Hours(("tk",) * 20, most=99, down=("kinh-te", 1)), Hours(("k",) * 9, most=3)])
@example([Hours(most=3), Hours(deleted=0, most=3), Hours(deleted=1, most=3), Hours(deleted=2, most=3)])
@given(LIFE)
def test_whatever_kills_the_runs_no_article_of_a_listing_is_lost(life: list[Hours]) -> None:
    """Nor where listings share articles, news come and articles are deleted between runs, and pages can't be had."""
    with tempfile.TemporaryDirectory(dir=SHORT_LIVED) as folder:
        shown, now = lived(Path(folder), life)
        run = opened(Path(folder), now)
        walked(run, shown)
        missing = {number for listing in shown.values() for page in listing for number in page} - known(run)
        assert missing == set()
        assert run.accounts.broken == []
        assert run.frontier.open_walks() == []
        run.close()


def test_a_walk_that_was_killed_between_two_others_is_not_broken(tmp_path: Path) -> None:
    """The first run is killed at its first page, the second when the first one's walk has come to the end."""
    listing = paged(range(12))
    crawled_until_killed(tmp_path, listing, NOW, 1)
    crawled_until_killed(tmp_path, listing, hours(1), 7, saved=False)
    run = opened(tmp_path, hours(2))
    walked(run, listing)
    assert run.accounts.broken == []
    assert run.frontier.open_walks() == []
    ended(run)


@pytest.mark.parametrize("deleted", [(11,), (11, 10, 9), (20, 19, 18), (29, 25, 22)])
def test_articles_that_are_deleted_while_a_walk_waits(deleted: tuple[int, ...], tmp_path: Path) -> None:
    """They move up those behind them, to the page that was read last."""
    crawled_until_killed(tmp_path, paged(range(30)), NOW, 4)
    listing = paged(set(range(30)) - set(deleted))
    crawled(tmp_path, listing, 1)
    assert holes(tmp_path, listing) == set()


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


@pytest.mark.parametrize("wait", [5 * MINUTES, 2 * DAYS])
@pytest.mark.parametrize("short", ["cut", "empty"])
def test_a_page_that_the_one_before_links_to_is_missed(short: str, wait: timedelta, tmp_path: Path) -> None:
    """404, or a page without articles, behind a page that names a next one is no end: not in this run, nor in the
    next."""
    whole = paged(range(30))
    part = whole[:4] if short == "cut" else [*whole[:4], []]
    why = "broken/http_404" if short == "cut" else "broken/no_links"
    for number in range(2):
        run = opened(tmp_path, NOW + number * wait)
        walked(run, part, pager=9)
        assert run.accounts.listings[why] == 1
        assert not run.ledger.chains.walked(CHAIN)
        ended(run, 9)
    run = opened(tmp_path, NOW + 2 * wait)
    walked(run, whole, pager=9)
    assert run.accounts.broken == []
    assert run.ledger.chains.walked(CHAIN)
    ended(run)
    assert holes(tmp_path, whole) == set()


# --- walks of one run that meet


def test_a_fresh_walk_joins_the_one_that_goes_on(tmp_path: Path) -> None:
    """What it has seen on the first pages is handed on."""
    crawled_until_killed(tmp_path, paged(range(30)), NOW, 3)
    listing = paged(range(33))
    run = opened(tmp_path, LATER)
    assert walked(run, listing) == 2 + 10  # pages 1 and 2; pages 3 to 11, and the one that is not there
    assert run.accounts.listings == {"joined": 1, "end": 1}
    assert run.frontier.open_walks() == []
    assert run.frontier.fresh_walk(CHAIN, "thoi-su", HEADS["thoi-su"], place="file").floor == 12  # 9, and 3 news
    ended(run)
    assert holes(tmp_path, listing) == set()


def test_a_walk_joins_none_that_stops_earlier(tmp_path: Path) -> None:
    """Behind the pages that both have before them stands what only the older walk takes for news: related links led to
    two whole pages there before the newer one began, which ends at them."""
    crawled(tmp_path, paged(range(30)), 0)
    listing = paged(range(66))  # 12 pages of news
    run = opened(tmp_path, hours(1))
    run.frontier.note(entries(*listing[6], *listing[7]), None)
    walked(run, listing, 1)
    run.save()
    kill(run)
    crawled_until_killed(tmp_path, listing, hours(2), 5, arguments=NEWS_ONLY)
    run = opened(tmp_path, hours(3))
    older, newer = run.frontier.open_walks()
    assert (older.next, newer.next) == (HEADS["thoi-su"], f"{HEADS['thoi-su'].rstrip('/')}?p=5")
    assert older.floor < newer.floor
    walked(run, listing)
    ended(run)
    assert holes(tmp_path, listing) == set()


def two_walks(run: Run) -> tuple[Listings, Visit, Visit]:
    listings = Listings(SITE, run.terms.arguments, run.frontier, LOG)
    (resumed,) = listings.unfinished()
    first = listings.fresh(HEADS["thoi-su"], "thoi-su", "file")
    assert first is not None
    return listings, first, resumed


@pytest.mark.parametrize("how", ["over", "broken", "killed"])
def test_one_that_joins_a_walk_ends_as_that_one_did(how: str, tmp_path: Path) -> None:
    crawled_until_killed(tmp_path, paged(range(30)), NOW, 3)
    shown = {"thoi-su": paged(range(33))}
    run = opened(tmp_path, LATER)
    listings, first, visit = two_walks(run)
    down = {("thoi-su", 6)} if how == "broken" else ()
    following: Visit | None = visit
    for _ in range(2 if how == "killed" else 99):
        following = following and step(run, listings, following, shown, down)
    second = step(run, listings, first, shown, down)
    assert second is not None
    assert step(run, listings, second, shown, down) is None
    assert run.accounts.listings["joined"] == 1
    assert first.walk is not None
    assert first.walk.over is (how == "over")
    assert len(run.frontier.open_walks()) == (0 if how == "over" else 1)
    run.save()
    kill(run)
    grown = paged(range(39))
    crawled(tmp_path, grown, 2)
    assert holes(tmp_path, grown) == set()


# --- traps, and what is no trap


def barren(run: Run) -> None:
    keys = [f"nothing{number}" for number in range(200)]
    run.frontier.traps.lead(keys, CHAIN)
    for key in keys:
        run.frontier.traps.settle(key, "skipped")


def test_a_walk_that_leads_to_no_article_is_left_open(tmp_path: Path) -> None:
    """For the listing may lead to articles behind that: the next run goes on there."""
    listing = paged(range(30))
    for hour in range(3):
        run = opened(tmp_path, hours(hour))
        barren(run)
        walked(run, listing)
        assert run.accounts.listings["barren"] >= 1
        assert run.accounts.broken == []
        assert run.frontier.open_walks() != []
        assert not run.ledger.chains.walked(CHAIN)
        ended(run)
    crawled(tmp_path, listing, 3)
    assert holes(tmp_path, listing) == set()
    run = opened(tmp_path, hours(4))
    assert run.ledger.chains.walked(CHAIN)
    assert run.frontier.open_walks() == []
    ended(run)


def test_after_the_ledger_was_lost_a_listing_is_walked_to_its_end(tmp_path: Path) -> None:
    """A hundred and twenty pages hold nothing but what the segments know, and behind them is what they do not."""
    run = opened(tmp_path)
    run.frontier.note(entries(*range(15, 375)))
    for number in range(15, 375):
        run.store(record(number))
    ended(run)
    for file in (tmp_path / "baocantho").glob("ledger.sqlite*"):
        file.unlink()
    listing = paged(range(375))
    run = opened(tmp_path, LATER)
    assert run.rebuilt == 360
    assert walked(run, listing) == 126
    assert run.accounts.listings == {"end": 1}
    ended(run)
    assert holes(tmp_path, listing) == set()
    run = opened(tmp_path, hours(2))
    assert walked(run, listing) == 2
    ended(run)


# --- runs that see a part


@pytest.mark.parametrize("arguments", [Arguments(since=date(2018, 1, 1)), Arguments(limit=5)])
def test_a_run_that_sees_a_part_marks_nothing_as_walked(arguments: Arguments, tmp_path: Path) -> None:
    listing = paged(range(12))
    crawled(tmp_path, listing, 0, arguments)
    run = opened(tmp_path, LATER)
    assert not run.ledger.chains.walked(CHAIN)
    ended(run)
    crawled(tmp_path, listing, 2)
    run = opened(tmp_path, hours(3))
    assert run.ledger.chains.walked(CHAIN)
    assert run.frontier.open_walks() == []
    ended(run)


def test_a_part_of_what_was_walked_leaves_no_walk_open(tmp_path: Path) -> None:
    crawled(tmp_path, paged(range(12)), 0)
    crawled(tmp_path, paged(range(18)), 1, Arguments(limit=5))
    run = opened(tmp_path, hours(2))
    assert run.frontier.open_walks() == []
    ended(run)
