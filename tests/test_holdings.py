"""Figures of finished segments and of the list of runs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.inventory import holdings
from newscrawl.inventory.holdings import OTHER, read_holdings
from newscrawl.inventory.runhistory import read_history
from newscrawl.items import json_line, record_of
from tests.madeup import NOW, MadeUp, layers


def site_in(folder: Path) -> MadeUp:
    return MadeUp(folder, "baocantho")


def append(file: Path, data: bytes) -> None:
    with open(file, "ab") as out:
        out.write(data)


# --- segments


def test_by_category_and_month(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    site.run(
        NOW, [site.article("2019-02", "Kinh tế"), site.article("2019-02", "Kinh tế"), site.article("2019-03", None)]
    )
    site.run(NOW + timedelta(1), [
        site.article("2019-03", "Y tế", published=None), site.article("2019-03", "Y tế", published="2019"),
        replace(site.article("2019-03", "Y tế", published="2019-03"), category=["Y tế", "Kinh tế"]),
    ])  # fmt: skip
    site.close()
    found = read_holdings(site.folder, 5)
    assert found.months == {
        ("Kinh tế", "2019-02"): 2, (None, "2019-03"): 1, ("Y tế", None): 2, ("Y tế", "2019-03"): 1,
    }  # fmt: skip
    assert (found.articles, found.segments, found.problems) == (6, 2, [])


def test_a_revised_article_counts_once_as_it_was_last(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    first, other = site.article("2019-02", "Kinh tế"), site.article("2019-02", "Kinh tế")
    again: dict[str, Any] = {"id": first.id, "revision": 2}
    twice: dict[str, Any] = {"id": other.id, "revision": 2}
    site.run(NOW, [first, other, site.article("2019-03", "Y tế", **twice), site.article("2019-03", "Y tế")])
    site.run(NOW + timedelta(1), [site.article("2019-04", "Y tế", **again)])
    site.run(NOW + timedelta(2), [site.article("2019-05", "Y tế", id=first.id, revision=3)])
    site.close()
    found = read_holdings(site.folder, 9)
    assert found.months == {("Y tế", "2019-03"): 2, ("Y tế", "2019-05"): 1}
    assert sorted(article["revision"] for article in found.newest) == [1, 2, 3]


def test_lines_of_another_order_are_read_as_well(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    record = record_of(site.article("2019-02", "Kinh tế"))
    site.close()
    tricky = record | {
        "id": 'baocantho:"x', "title": '", "published": "1999-01-01", "revision": 7, "previous_hash": ',
        "body": '\\", "published": "1998-01-01", "published_precision": \\', "category": ['], "title": "'],
    }  # fmt: skip
    backwards = dict(reversed(record.items()))
    data = json_line(tricky) + json.dumps(backwards).encode() + b"\n"
    (site.folder / "20190301T000000Z.jsonl").write_bytes(data)
    found = read_holdings(site.folder, 5)
    assert found.months == {('], "title": "', "2019-02"): 1, ("Kinh tế", "2019-02"): 1}
    assert found.problems == ["20190301T000000Z.jsonl: has no manifest"]


def test_lines_of_earlier_versions_have_blanks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = site_in(tmp_path)
    record = record_of(site.article("2019-02", "Kinh tế"))
    site.close()
    blanks = json.dumps(record | {"id": "baocantho:2"}, ensure_ascii=False).encode() + b"\n"
    (site.folder / "20190301T000000Z.jsonl").write_bytes(json_line(record) + blanks)
    monkeypatch.setattr(holdings, "is_article", lambda _: pytest.fail("a line was read as a whole"))
    assert read_holdings(site.folder, 1).months == {("Kinh tế", "2019-02"): 2}


def test_values_of_a_wrong_kind(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    record = record_of(site.article("2019-02", "Kinh tế"))
    odd = [{"published": 5, "fetched_at": 5}, {"category": "x"}, {"category": [5, "Y tế"]}, {"category": ["\ud800"]}]
    lines = [json.dumps({"more": 1} | record | each | {"id": f"baocantho:{n}"}) for n, each in enumerate(odd)]
    site.close()
    (site.folder / "20190301T000000Z.jsonl").write_text("\n".join([*lines, "5", ""]), "utf-8")
    found = read_holdings(site.folder, 5)
    assert sorted(found.months.values()) == [1, 1, 1, 1]
    assert found.months["Kinh tế", None] == found.months["Y tế", "2019-02"] == 1
    assert "1 of 5 lines" in found.problems[0]


def test_a_revision_in_another_order_is_the_same_article(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    record = record_of(site.article("2019-02", "Kinh tế")) | {"id": "baocantho:/kinh-tế"}
    site.close()
    later = json.dumps(dict(reversed((record | {"revision": 2}).items()))).encode()
    (site.folder / "20190301T000000Z.jsonl").write_bytes(json_line(record) + later + b"\n")
    assert read_holdings(site.folder, 5).articles == 1


def test_what_is_wrong_with_a_segment_is_said(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    run = site.run(NOW, [site.article("2019-02", "Kinh tế")])["run"]
    site.close()
    append(site.folder / f"{run}.jsonl", b'{"id": 3}\n\x00\x00\n{"format": 1, "id": "baocantho:')
    found = read_holdings(site.folder, 5)
    assert found.articles == 1
    assert found.problems == [
        f"{run}.jsonl: 3 of 4 lines can't be read",
        f"{run}.jsonl: 4 lines, and its manifest says 1",
    ]
    for damaged in (b"[]", b"{"):
        (site.folder / f"{run}.manifest.json").write_bytes(damaged)
        assert len(read_holdings(site.folder, 5).problems) == 2


def test_open_segments_are_not_read(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    (site.folder / "20190301T000000Z.jsonl.open").write_bytes(json_line(site.article("2019-02", "Y tế")))
    site.close()
    assert read_holdings(site.folder, 5).articles == 0


def test_the_newest_are_those_published_last(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    days = ("2019-02-01", "2019-02-03", "2019-02-02", None, "2999-01-01")
    site.run(NOW, [site.article("2019-02", "Y tế", published=day) for day in days])
    site.close()
    assert [article["published"] for article in read_holdings(site.folder, 3).newest] == sorted(
        ("2019-02-01", "2019-02-03", "2019-02-02"), reverse=True
    )


def test_ever_new_categories_are_put_together(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(holdings, "_MOST_CATEGORIES", 3)
    site = site_in(tmp_path)
    site.run(NOW, [site.article("2019-02", f"Mục {number}") for number in range(9)])
    site.close()
    found = read_holdings(site.folder, 1)
    assert found.months[OTHER, "2019-02"] == 6
    assert len(found.months) == 4


# --- runs


def test_the_last_runs_and_the_last_new_article(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    for day in range(5):
        articles = [site.article("2019-02", "Y tế")] if day == 2 else []
        site.run(NOW + timedelta(day), articles, exit_code=9 if day == 4 else 0)
    site.close()
    history = read_history(site.folder, 3)
    assert (history.runs, [run.exit_code for run in history.last]) == (5, [0, 0, 9])
    assert history.last_new == NOW + timedelta(2)
    assert [run.stored for run in history.last] == [1, 0, 0]


def test_coverage_by_run_then_by_month(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    start = datetime(2026, 1, 20, tzinfo=UTC)
    for day in range(24):
        site.run(start + timedelta(day), [site.article("2026-01", "Y tế")] * 1, extracted_by=layers(10, byline=0.5))
    by_run = read_history(site.folder, 3).coverage
    assert len(by_run) == 24
    site.run(start + timedelta(24), [site.article("2026-01", "Y tế")], extracted_by={"title/site": 1, "byline/meta": 1})
    site.close()
    by_month = read_history(site.folder, 3).coverage
    assert list(by_month) == ["2026-01", "2026-02"]
    assert by_month["2026-02"].articles == 13
    assert (by_month["2026-02"].filled["byline"], by_month["2026-02"].by_rules["byline"]) == (12 * 6 + 1, 12 * 4)


def test_torn_and_odd_lines_are_passed_over(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    site.run(NOW, [site.article("2019-02", "Y tế")])
    site.close()
    odd: list[Any] = [
        {}, [], {"run": 5}, {"run": "soon"}, {"run": "20190301T000000Z", "counts": [], "ended": "x", "reason": 3},
        {"run": "20190302T000000Z", "exit_code": "9", "counts": {"stored": "x", "broken_listings": 7, "hosts_gone": 3}},
        {"run": "20190303T000000Z", "counts": {"stored": 2}, "extracted_by": {"title": "x", "/": 1}, "alarms": ["x"]},
    ]  # fmt: skip
    append(site.folder / "runs.jsonl", b"".join(json.dumps(each).encode() + b"\n" for each in odd) + b'{"run": "2')
    history = read_history(site.folder, 9)
    assert [run.name for run in history.last] == [
        "20190301T000000Z", "20190302T000000Z", "20190303T000000Z", f"{NOW:%Y%m%dT%H%M%SZ}",
    ]  # fmt: skip
    assert history.last[1].exit_code is None
    assert history.problems == []


def test_warc_files_that_are_gone_are_told_in_one_line(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    for day in range(5):
        record = {"run": f"2019030{day + 1}T000000Z", "warc": {"name": f"2019030{day + 1}T000000Z.warc.gz"}}
        append(site.folder / "runs.jsonl", json.dumps(record).encode() + b"\n")
    site.close()
    (site.folder / "20190302T000000Z.warc.gz").write_bytes(b"")
    (told,) = read_history(site.folder, 9).problems
    names = ", ".join(f"2019030{day}T000000Z.warc.gz" for day in (1, 3, 4))
    assert told == f"4 WARC files that runs wrote are not here: {names}, …"


def test_a_run_that_has_a_manifest_and_no_line(tmp_path: Path) -> None:
    site = site_in(tmp_path)
    site.run(NOW, [site.article("2019-02", "Y tế")])
    site.close()
    (site.folder / "runs.jsonl").unlink()
    assert read_history(site.folder, 9).last[0].stored == 1
