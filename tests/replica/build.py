"""Arranges the articles: which are listed, which only related blocks lead to, which nothing leads to."""

import random
from datetime import date, datetime, timedelta, timezone

from .factory import Factory
from .model import CATEGORIES, Article, Category
from .portal import Portal

HANOI = timezone(timedelta(hours=7))
NOW = datetime(2019, 2, 20, 9, 0, tzinfo=HANOI)
_OLDEST = date(2016, 1, 4)
_CARRIED = 4  # at most so many hidden articles in one block, so that chains spread


def build(seed: int = 2018, articles: int = 240, now: datetime = NOW, padding: bool = True) -> Portal:
    """The portal as it is at `now`; without `padding` the pages lose most of their 40-80 KB."""
    rng, factory = random.Random(seed), Factory(seed)
    shares = [category.share for category in CATEGORIES]
    made = [factory.make(rng.choices(CATEGORIES, shares)[0], _moment(rng, now)) for _ in range(articles)]
    fresh = sorted(made, key=lambda article: article.order)[articles // 2 :]
    _repost(made, fresh, factory)
    _second_category(fresh)
    old = [article for article in made if article not in _Ids(fresh)]
    rng.shuffle(old)
    hidden = old[: min(max(24, articles // 8), articles // 3)]
    lost = old[len(hidden) : len(hidden) + min(max(3, articles // 60), articles // 10)]
    for article in lost:
        article.truth.reachable, article.truth.hops, article.truth.listed_in = "nowhere", -1, []
    for category in CATEGORIES:
        _hide([a for a in hidden if a.category == category.name], made, rng)
    return Portal(seed, now, padding, made, factory)


class _Ids:
    """Membership by identity: comparing dataclasses field by field would take minutes on 5,000 articles."""

    def __init__(self, articles: list[Article]) -> None:
        self._ids = {id(article) for article in articles}

    def __contains__(self, article: object) -> bool:
        return id(article) in self._ids


def _moment(rng: random.Random, now: datetime) -> datetime:
    """A working moment before `now`; recent days are denser, as ten latest entries span days rather than months."""
    span = max(200, (now.date() - _OLDEST).days)
    day = now.date() - timedelta(days=1 + int((span - 4) * rng.random() ** 2))
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime(day.year, day.month, day.day, rng.randint(7, 17), rng.randint(0, 59), tzinfo=now.tzinfo)


def _of(category: Category, fresh: list[Article]) -> list[Article]:
    return [a for a in fresh if a.category == category.name and a.truth.era == "chinhquyen"]


def _repost(made: list[Article], fresh: list[Article], factory: Factory) -> None:
    """Two articles of one text: a younger one is replaced by a copy under another unit."""
    same = _of(CATEGORIES[0], fresh)
    if len(same) < 4:
        return
    original, other = same[1], same[3]
    copy = factory.repost(original, other)
    made[next(i for i, a in enumerate(made) if a is other)] = copy
    fresh[next(i for i, a in enumerate(fresh) if a is other)] = copy


def _second_category(fresh: list[Article]) -> None:
    """One article stands in two listings; its page still shows the first category alone."""
    economy = _of(CATEGORIES[1], fresh)
    if economy:
        economy[len(economy) // 2].truth.listed_in.append(CATEGORIES[2].name)


def _hide(hidden: list[Article], made: list[Article], rng: random.Random) -> None:
    """Takes the articles of one category out of the listings and hangs them into blocks: a third in chains of three."""
    hidden.sort(key=lambda article: article.order, reverse=True)
    for article in hidden:
        article.truth.reachable, article.truth.listed_in = "related", []
    chained = max(len(hidden) // 9, 1) * 3 if len(hidden) >= 3 else 0
    for start in range(0, chained, 3):
        first, second, third = hidden[start : start + 3]
        _carry(first, second)
        _carry(second, third)
        second.truth.hops, third.truth.hops = 2, 3
    listed = [a for a in made if hidden and a.category == hidden[0].category and a.truth.reachable == "listing"]
    for article in hidden:
        if article.truth.hops < 2:
            article.truth.hops = 1
            for carrier in _carriers(article, listed, rng):
                _carry(carrier, article)


def _carriers(article: Article, listed: list[Article], rng: random.Random) -> list[Article]:
    """One or two listed articles that are younger than the hidden one: their block shows what came before them."""
    fit = [a for a in listed if a.order > article.order and len(a.older) < _CARRIED] or listed
    return rng.sample(fit, min(len(fit), rng.choice((1, 1, 2))))


def _carry(carrier: Article, article: Article) -> None:
    shape = carrier.shape
    shape.other_mode = "older"
    if shape.other == "none":
        shape.other = "TD"
    carrier.older.append(article)
