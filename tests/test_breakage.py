"""What the monitors make of histories: fields, listings and rhythm, on made-up manifests."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.items import Article
from newscrawl.keeping.accounts import Accounts
from newscrawl.monitoring.alarms import Alarm, Thresholds, comparable
from newscrawl.monitoring.breakage import Share, chance, share_of
from newscrawl.monitoring.fieldcounts import FIELDS, SAMPLE, FieldCounts
from newscrawl.monitoring.judging import judge
from newscrawl.monitoring.monitors import Watched, watch

FIRST = datetime(2026, 6, 1, 19, 15, tzinfo=UTC)  # 02:15 of the next day in Vietnam
Run = dict[str, Any]


def run(day: int, *, of: int = 20, rules: int | None = None, heads: dict[str, Any] | None = None, **filled: int) -> Run:
    """The record of a run on a day, counted from the first; fields not named are filled in all articles, `rules` says
    how many titles the site's rules won."""
    full = dict.fromkeys(FIELDS, of)
    return {
        "started": (FIRST + timedelta(days=day)).isoformat(timespec="seconds"),
        "reason": "finished",
        "exit_code": 0,
        "counts": {"stored": of, "reasons": {}},
        "fields": {"of": of, "filled": full | filled, "by_rules": full | ({} if rules is None else {"title": rules})},
        "first_pages": heads if heads is not None else {"/tin": head(10, 2)},
    }


def head(links: int | None, new: int = 0) -> Run:
    return {"title": "Tin", "url": "https://bao.vn/tin", "links": links, "new": new}


def lived(days: Iterable[Run], thresholds: Thresholds | None = None, *, menu: bool = False) -> list[Watched]:
    """What the monitors say of each run in turn, each with the ones before as the manifests would have them."""
    records: list[Run] = []
    said = []
    for now in days:
        examples = {("filled", "captions"): ["https://bao.vn/1", "https://bao.vn/2"]}
        found = watch(now, records, examples, menu=menu, thresholds=thresholds or Thresholds())
        alarms = [alarm.record() for alarm in found.alarms]
        code = 9 if alarms else now["exit_code"]
        records.append(now | {"alarms": alarms, "accepted": list(found.accepted), "exit_code": code})
        said.append(found)
    return said


def subjects(found: Watched) -> list[tuple[str, str]]:
    return [(alarm.monitor, alarm.subject) for alarm in found.alarms]


CAPTIONS = [("filled", "captions")]


# --- fields


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([(60, 60)], (5, 0), True),  # the same night, with five articles
        ([(60, 60)], (2, 0), False),  # two say nothing yet
        ([(60, 60)], (5, 3), False),
        ([(60, 30)], (5, 0), False),  # sparse by nature, and few
        ([(60, 30)], (25, 0), True),
        ([(20, 16)] * 10, (40, 12), True),
        ([(20, 16)] * 10, (40, 21), False),  # a fall of 28 points
        ([(200, 62)] * 10, (200, 1), True),
        ([(200, 60)] * 10, (200, 0), False),  # a fall of 30 points, and not over
        ([(5, 5)], (5, 0), False),  # nobody knows yet what is usual
        ([(5, 5)] * 2, (5, 0), False),
        ([(5, 5)] * 10, (5, 0), True),
        ([(60, 0)], (60, 60), False),  # a rise
        ([], (60, 0), False),
        ([(60, 60)], (0, 0), False),
    ],
)
def test_a_fall_of_thirty_points_beyond_chance(
    before: list[tuple[int, int]], now: tuple[int, int], expected: bool
) -> None:
    days = [run(day, of=of, captions=filled) for day, (of, filled) in enumerate([*before, now])]
    assert subjects(lived(days)[-1]) == (CAPTIONS if expected else [])


def test_an_alarm_names_field_shares_and_two_addresses() -> None:
    (alarm,) = lived([run(0, of=50, captions=35), run(1, of=25, captions=1)])[-1].alarms
    assert (alarm.subject, alarm.old, alarm.new) == ("captions", 0.7, 0.04)
    assert alarm.text == (
        "captions: filled in 1 of 25 articles (4%), where 70% are usual: https://bao.vn/1 https://bao.vn/2"
    )
    assert alarm.urls == ("https://bao.vn/1", "https://bao.vn/2")
    assert alarm.since == "2026-06-02T19:15:00+00:00"
    assert alarm.record()["urls"] == ["https://bao.vn/1", "https://bao.vn/2"]


def test_a_field_that_rules_no_longer_find() -> None:
    said = lived([run(0, of=60), run(1, of=10, rules=0)])
    (alarm,) = said[-1].alarms
    assert alarm.text.startswith("title: found by the site's rules in 0 of 10 articles (0%), where 100% are usual")


def test_what_is_missing_is_told_once_though_no_rule_finds_it_either() -> None:
    broken = run(1, captions=0)
    broken["fields"]["by_rules"]["captions"] = 0
    assert subjects(lived([run(0, of=60), broken])[-1]) == CAPTIONS


def test_a_site_without_rules_for_a_field_is_not_to_blame() -> None:
    days = [run(day, rules=0) for day in range(12)]
    assert not any(found.alarms for found in lived(days))


def test_a_small_site_does_not_wait_for_ever() -> None:
    """One article a night: captions on two of three of them, then on none."""
    good = [run(day, of=1, captions=int(day % 3 > 0)) for day in range(60)]
    bad = [run(60 + night, of=1, captions=0) for night in range(20)]
    nights = [number for number, found in enumerate(lived([*good, *bad])) if found.alarms]
    assert nights, "never noticed"
    assert 62 <= nights[0] <= 70
    assert nights == list(range(nights[0], 80)), "and it stays so"


def test_titles_of_a_small_site_are_missed_the_same_week() -> None:
    days = [run(day, of=1) for day in range(60)] + [run(60 + night, of=1, rules=0) for night in range(4)]
    assert [bool(found.alarms) for found in lived(days)][60:] == [False, False, True, True]


def test_an_alarm_does_not_fall_silent_when_broken_runs_have_become_the_norm() -> None:
    days = [run(day) for day in range(12)] + [run(12 + night, captions=0) for night in range(29)]
    said = lived(days)
    assert all(subjects(found) == CAPTIONS for found in said[12:])
    assert {alarm.old for found in said[12:] for alarm in found.alarms} == {1.0}
    assert {alarm.since for found in said[12:] for alarm in found.alarms} == {days[12]["started"]}


def test_after_thirty_days_it_is_how_the_site_is() -> None:
    days = [run(day) for day in range(12)] + [run(12 + night, captions=0) for night in range(60)]
    said = lived(days)
    assert [subjects(found) for found in said[12:42]] == [CAPTIONS] * 30
    assert said[42].accepted == ("captions",)
    assert not any(found.alarms or found.accepted for found in said[43:])


def test_what_is_broken_again_after_that_is_noticed_again() -> None:
    days = [run(day, captions=10) for day in range(12)] + [run(12 + night, captions=0) for night in range(40)]
    days += [run(52 + night, captions=12) for night in range(12)] + [run(64, captions=0)]
    assert subjects(lived(days)[-1]) == CAPTIONS


def test_a_person_can_say_that_it_is_meant_so() -> None:
    said = lived([run(0, of=60), run(1, captions=0)], Thresholds(accepted=frozenset({"captions"})))
    assert (said[-1].alarms, said[-1].accepted) == ((), ("captions",))
    accepted = run(1, captions=0) | {"accepted": ["captions"]}
    assert watch(run(2, captions=0), [run(0, of=60), accepted], {}, thresholds=Thresholds()).alarms == ()


def test_a_mended_site_is_quiet_at_once() -> None:
    days = [run(day) for day in range(12)] + [run(12, captions=0), run(13, captions=0), run(14, of=5, captions=5)]
    said = lived(days)
    assert [bool(found.alarms) for found in said[12:]] == [True, True, False]


def test_runs_in_alarm_do_not_become_usual_after_the_site_was_mended() -> None:
    """Eight broken nights and four good ones lie behind: with the broken ones, a third would be usual."""
    days = [run(0), *(run(1 + night, captions=0) for night in range(8)), *(run(9 + night) for night in range(4))]
    (alarm,) = lived([*days, run(13, captions=6)])[-1].alarms
    assert alarm.old == 1


@pytest.mark.parametrize(("captions", "expected"), [(5, False), (4, False), (3, True), (0, True)])
def test_a_night_that_looks_a_little_better_ends_no_alarm(captions: int, expected: bool) -> None:
    """Four of five articles had captions, then none."""
    days = [run(day, of=5, captions=4) for day in range(20)] + [run(20 + night, of=5, captions=0) for night in range(5)]
    assert bool(lived([*days, run(25, of=5, captions=captions)])[-1].alarms) is expected


def test_a_night_without_articles_says_nothing_and_ends_no_alarm() -> None:
    days = [run(day) for day in range(12)] + [run(12, captions=0), run(13, of=0), run(14, of=2, captions=0)]
    assert [bool(found.alarms) for found in lived(days)[12:]] == [True, False, True]


def test_the_first_crawl_does_not_outweigh_the_days_that_follow() -> None:
    large = run(0, of=10_000, tags=7_000)
    assert share_of(large, "filled", "tags") == Share(140, SAMPLE)
    days = [large, *(run(day, of=60, tags=30) for day in range(1, 11)), run(11, of=60, tags=20)]
    assert lived(days)[-1].alarms == ()


def test_pages_that_are_no_longer_taken_for_articles() -> None:
    """They fall out of the fields' shares altogether: nothing of them is stored."""
    broken = run(1, of=2)
    broken["counts"]["reasons"] = {"skipped/no_frame": 20, "gone/http_404": 3, "failed/http_500": 1}
    (alarm,) = lived([run(0, of=60), broken])[-1].alarms
    assert (alarm.subject, alarm.text) == ("article", "article: read on 2 of 22 pages (9%), where 100% are usual")


def test_since_when_a_small_site_has_been_broken() -> None:
    """One page that is not read says nothing, five in five nights do: those of all five may be articles."""
    nights = [run(0, of=60), *(run(day, of=0) for day in range(1, 9))]
    for each in nights[1:]:
        each["counts"]["reasons"] = {"skipped/no_frame": 1}
    found = [(at, alarm) for at, watched in enumerate(lived(nights)) for alarm in watched.alarms]
    at, alarm = found[0]
    assert at > 1
    assert (alarm.subject, alarm.since, alarm.first) == ("article", nights[at]["started"], nights[1]["started"])


def test_runs_of_earlier_versions_have_layers_alone() -> None:
    old = {"counts": {"stored": 40}, "extracted_by": {"title/site": 30, "title/jsonld": 10, "lead/meta": 5}}
    assert share_of(old, "filled", "title") == Share(40, 40)
    assert share_of(old, "rules", "title") == Share(30, 40)
    assert share_of(old, "filled", "captions") == Share(0, 40)
    assert share_of(old, "filled", "images") is None
    now = run(1, rules=0)
    assert subjects(watch(now, [old | {"started": now["started"]}], {}, thresholds=Thresholds())) == [
        ("rules", "title")
    ]


@pytest.mark.parametrize(
    "other",
    [{"reason": "recovered"}, {"replay": True}, {"command": "backfill"}, {"arguments": {"categories": "('tin',)"}}],
    ids=["killed", "replayed", "backfilled", "other categories"],
)
def test_runs_that_are_not_comparable(other: Run) -> None:
    assert comparable([run(0) | other]) == []
    assert watch(run(1, captions=0), [run(0, of=60) | other], {}, thresholds=Thresholds()).alarms == ()


def test_what_is_no_crawl_of_the_site_gives_no_alarm() -> None:
    now = run(1, captions=0) | {"command": "backfill"}
    assert watch(now, [run(0, of=60)], {}, thresholds=Thresholds()) == Watched()


def test_runs_over_the_same_categories_are_compared() -> None:
    given = {"arguments": {"categories": "('tin',)", "limit": 50}}
    days = [run(0, of=60) | given, run(1, captions=0) | given]
    assert subjects(lived(days)[-1]) == CAPTIONS


@pytest.mark.parametrize(("points", "expected"), [(10.0, True), (30.0, False)])
def test_the_threshold_is_a_setting(points: float, expected: bool) -> None:
    said = lived([run(0, of=200), run(1, of=100, captions=80)], Thresholds(field_fall=points))
    assert bool(said[-1].alarms) is expected


def test_chance_gives_few_alarms() -> None:
    """Forty sites for a hundred nights, with fields that are sparse by nature."""
    dice = random.Random(2026)
    alarms = 0
    for site in range(8):
        often = 0.2 + 0.08 * site
        nights = [(of, sum(dice.random() < often for _ in range(of))) for of in [60, *dice.choices(range(1, 9), k=100)]]
        alarms += sum(
            len(found.alarms) for found in lived(run(n, of=of, captions=c) for n, (of, c) in enumerate(nights))
        )
    assert alarms <= 2


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60), st.integers(1, 60))
def test_chance_is_a_probability(new: int, more: int, old: int, missing: int) -> None:
    found = chance(Share(new, new + more), Share(old, old + missing))
    assert 0 <= found <= 1


# --- listings


def heads(**links: int | None) -> dict[str, Any]:
    return {f"/{name}": head(count) for name, count in links.items()}


@pytest.mark.parametrize(("links", "expected"), [(0, True), (2, True), (3, False), (10, False), (None, False)], ids=str)
def test_a_category_that_went_silent(links: int | None, expected: bool) -> None:
    """One that could not be had is broken, and counted so."""
    days = [run(day, heads=heads(tin=10, kinhte=15)) for day in range(3)]
    said = lived([*days, run(3, heads=heads(tin=links, kinhte=15))])
    assert subjects(said[-1]) == ([("silent", "/tin")] if expected else [])


def test_a_silent_category_is_named_with_what_is_usual_and_what_is_now() -> None:
    said = lived([run(0, heads=heads(tin=10, kinhte=15)), run(1, heads=heads(tin=0, kinhte=15))])
    (alarm,) = said[-1].alarms
    assert alarm.text == "listing Tin (/tin): 0 article links on its first page, where 10 links are usual"
    assert (alarm.old, alarm.new, alarm.urls) == (10, 0, ("https://bao.vn/tin",))


def test_a_whole_site_that_is_silent_is_no_categorys_fault() -> None:
    said = lived([run(0, heads=heads(tin=10, kinhte=15)), run(1, heads=heads(tin=0, kinhte=1))])
    assert said[-1].alarms == ()


def test_a_category_stays_silent_for_thirty_days_and_then_is_so() -> None:
    days = [run(day, heads=heads(tin=10, kinhte=15)) for day in range(12)]
    days += [run(12 + night, heads=heads(tin=0, kinhte=15)) for night in range(40)]
    said = lived(days)
    assert [subjects(found) for found in said[12:42]] == [[("silent", "/tin")]] * 30
    assert said[42].accepted == ("/tin",)
    assert not any(found.alarms for found in said[43:])


def test_a_silent_night_does_not_become_usual() -> None:
    """Neither one of a category, after it came back, nor one of the whole site (exit code 10)."""
    quiet = [run(1 + night, heads=heads(tin=0, kinhte=15)) for night in range(4)]
    assert lived([run(0, heads=heads(tin=10, kinhte=15)), *quiet, run(5, heads=heads(tin=10, kinhte=15)),
                  run(6, heads=heads(tin=1, kinhte=15))])[-1].alarms  # fmt: skip
    down = [run(1 + night, heads=heads(tin=0, kinhte=0)) | {"exit_code": 10} for night in range(4)]
    assert lived([run(0, heads=heads(tin=10, kinhte=15)), *down, run(5, heads=heads(tin=1, kinhte=15))])[-1].alarms


def test_a_category_that_always_was_empty_is_none() -> None:
    assert lived(run(day, heads=heads(tin=0, kinhte=15)) for day in range(5))[-1].alarms == ()


@pytest.mark.parametrize(
    ("menu", "reason", "expected"), [(True, "finished", 1), (True, "limit", 0), (False, "finished", 0)]
)
def test_a_category_that_left_the_menu(menu: bool, reason: str, expected: int) -> None:
    """Where a site file names the categories, its owner took it out."""
    days = [run(day, heads=heads(tin=10, kinhte=15)) for day in range(3)]
    said = lived([*days, run(3, heads=heads(kinhte=15)) | {"reason": reason}], menu=menu)
    assert len(said[-1].alarms) == expected
    assert not expected or "no longer leads to it, where 10 links are usual" in said[-1].alarms[0].text


# --- rhythm


def rhythm(days: Sequence[int], until: int, *, first: int = 0) -> list[Watched]:
    """A run each night; news of both listings on the named days."""
    made = []
    for day in range(until + 1):
        new = 2 * (day in days)
        made.append(run(first + day, of=new, heads={"/tin": head(10, new), "/kinhte": head(10, new)}))
    return lived(made)


def late_on(said: list[Watched]) -> list[int]:
    return [day for day, found in enumerate(said) if found.alarms]


WEEKDAYS = [day for day in range(60) if day % 7 < 5]


def test_a_daily_paper_that_stops() -> None:
    said = rhythm(range(20), 40)
    assert late_on(said)[0] == 25, "six days after the last news"
    assert subjects(said[25]) == [("late", "site")], "the site, and not each of its listings"
    assert said[25].alarms[0].text == "site: no new article for 6 days, where the longest of the last gaps was 1"


def test_a_portal_that_rests_at_weekends() -> None:
    assert late_on(rhythm(WEEKDAYS, 60)) == []
    stopped = [day for day in WEEKDAYS if day < 33]
    assert late_on(rhythm(stopped, 50))[0] == stopped[-1] + 13


def test_a_long_holiday_is_no_alarm() -> None:
    assert late_on(rhythm([day for day in range(40) if not 20 < day < 26], 40)) == []


@pytest.mark.parametrize(("first", "expected"), [(0, True), (245, False)], ids=["june", "february"])
def test_at_tet_offices_close(first: int, expected: bool) -> None:
    """Ten days without news: in June an alarm, in February (2 June is day 1) none."""
    said = rhythm([day for day in range(40) if not 10 < day < 20], 40, first=first)
    assert bool(late_on(said)) is expected


def test_a_listing_that_is_late_while_the_site_is_not() -> None:
    nights = [run(day, heads={"/tin": head(10, 2), "/thethao": head(10, 3 * (day < 20))}) for day in range(30)]
    said = lived(nights)
    assert subjects(said[25]) == [("late", "/thethao")]
    assert "listing Tin (/thethao): no new article for 6 days" in said[25].alarms[0].text


def test_a_listing_without_rhythm_is_not_late() -> None:
    assert late_on(rhythm([0, 1, 2, 3], 60)) == []


def test_a_run_every_hour_shows_days_all_the_same() -> None:
    """Ten gaps of an hour are no rhythm."""
    nights = [run(0, heads={"/tin": head(10, int(hour < 100))}) | {
        "started": (FIRST + timedelta(hours=hour)).isoformat()} for hour in range(200)]  # fmt: skip
    assert not any(found.alarms for found in lived(nights))


# --- the verdict


def test_the_verdict_has_a_line_for_each_alarm() -> None:
    alarms = [Alarm("filled", name, 1, 0, "", f"{name}: filled in 0 of 9 articles") for name in FIELDS[:6]]
    verdict = judge(Accounts(on_heads=20), "finished", crashes=0, earlier=(), partial=False, alarms=alarms)
    assert (verdict.code, verdict.reason) == (ExitCode.INCOMPLETE, "incomplete")
    lines = verdict.detail.splitlines()
    assert lines[0] == "title: filled in 0 of 9 articles"
    assert lines[4:] == ["2 more: byline, source; see the log"]


def test_what_failed_is_told_beside_the_alarms() -> None:
    accounts = Accounts(on_heads=20, broken=["/tin"])
    alarms = [Alarm("late", "site", 1, 9, "", "site: no new article for 9 days")]
    verdict = judge(accounts, "finished", crashes=0, earlier=(), partial=False, alarms=alarms)
    assert verdict.detail == "1 listings broke; see the log\nsite: no new article for 9 days"


@pytest.mark.parametrize(("reason", "code"), [("shutdown", 11), ("closespider_timeout", 15), ("rate_limited", 18)])
def test_alarms_come_last(reason: str, code: int) -> None:
    alarms = [Alarm("late", "site", 1, 9, "", "site")]
    assert judge(Accounts(on_heads=2), reason, crashes=0, earlier=(), partial=False, alarms=alarms).code == code
    assert judge(Accounts(), "finished", crashes=0, earlier=(), partial=False, alarms=alarms).code == 10


# --- whatever stands in the list of runs


def test_counts_of_articles() -> None:
    counts = FieldCounts()
    full = Article(url="u1", title="Vét kênh", body="Một.", tags=["a"], extracted_by={"title": "site", "tags": "meta"})
    for article in (full, Article(url="u2", title="Hai"), Article(url="u3"), Article(url="u4")):
        counts.take(article)
    record = counts.record()
    assert (record["of"], record["filled"]["title"], record["by_rules"]["title"]) == (4, 2, 1)
    assert (record["filled"]["tags"], record["by_rules"]["tags"]) == (1, 0)
    assert counts.examples["filled", "title"] == ["u3", "u4"]
    assert counts.examples["rules", "title"] == ["u2", "u3"]
    assert counts.examples["rules", "tags"] == ["u1", "u2"]


def test_counts_end_with_the_sample() -> None:
    counts = FieldCounts()
    for _ in range(SAMPLE + 5):
        counts.take(Article(title="a"))
    assert (counts.of, counts.filled["title"]) == (SAMPLE, SAMPLE)


KEYS = st.sampled_from(
    ["counts", "stored", "reasons", "skipped/no_frame", "fields", "of", "filled", "by_rules", "title", "captions",
     "extracted_by", "title/site", "first_pages", "/tin", "links", "new", "url", "alarms", "accepted", "monitor",
     "subject", "old", "old_of", "since", "started", "arguments", "categories", "reason", "exit_code"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.datetimes().map(str)
    | st.sampled_from(["title", "captions", "site", "/tin", "filled", "rules", "late", "silent", "0001-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)  # fmt: skip
RECORDS = st.dictionaries(KEYS, VALUES, max_size=8)
PLAIN = st.builds(
    lambda day, of, captions, links: run(day, of=of, captions=min(of, captions), heads={"/tin": head(links, of)}),
    st.integers(0, 99), st.integers(0, 30), st.integers(0, 30), st.none() | st.integers(0, 20),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(RECORDS | PLAIN | VALUES, max_size=12), RECORDS | PLAIN, st.booleans())
def test_no_history_raises(history: list[Any], now: Run, menu: bool) -> None:
    watch(now, history, {}, menu=menu, thresholds=Thresholds())
