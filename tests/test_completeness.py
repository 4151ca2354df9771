"""What listings promised against what is stored; and reading it without touching anything."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.inventory import ledgerview
from newscrawl.inventory.completeness import Completeness, Fates, completeness
from newscrawl.inventory.ledgerview import LedgerView, view_ledger
from newscrawl.keeping.ledger import LedgerError
from newscrawl.keeping.schema import VERSION
from newscrawl.report.gathering import SiteFigures, gather, gather_ledger
from newscrawl.report.record import completeness_record
from tests.madeup import NOW, MadeUp, make_sites
from tests.onerun import SITE, ended, entries, kill, lines, manifests, opened, record
from tests.test_docs import REPORT, names


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("output")
    make_sites(output)
    return output


def whole_of(folder: Path, name: str = "baocantho") -> Completeness:
    whole = gather_ledger(folder, name, {name: SITE.file}).whole
    assert whole is not None
    return whole


def files_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.rglob("*") if file.is_file()}


# --- the figures


def test_totals_agree_with_ledger_and_manifests(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(*range(1, 9), listing="/thoi-su", date="2019-02-19"))
    run.frontier.note(entries(9, via="related"))
    for number in (1, 2, 3, 9):
        run.store(record(number))
    run.drop(record(4)["url"], "duplicate", "baocantho:1")
    run.frontier.settle("5", "failed", "http_503")
    run.frontier.settle("6", "gone", "http_404")
    run.frontier.settle("7", "skipped", "listing")
    ended(run)
    counts, whole = next(iter(manifests(tmp_path).values()))["counts"], whole_of(tmp_path)
    assert asdict(whole.total) == {name: counts[name] for name in asdict(whole.total)}
    assert whole.total == Fates(9, 4, 1, 1, 1, 1, 1)
    assert whole.listings[0].total == Fates(8, 3, 1, 1, 1, 1, 1)
    assert whole.elsewhere.total == Fates(1, stored=1)
    assert len(lines(tmp_path)) == whole.total.stored


def test_a_page_belongs_to_the_first_listing_that_shows_it(tmp_path: Path) -> None:
    """Whatever link was seen before: what a listing promised is what it shows."""
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2, via="related"))
    for chain, title in (("/tin-anh", "Tin ảnh"), ("/thoi-su", "thoi-su")):
        walk = run.frontier.fresh_walk(chain, title, f"https://baocantho.com.vn{chain}", place="file")
        run.frontier.note(entries(1, 3 if chain == "/tin-anh" else 4, listing=chain), walk)
        run.frontier.end_walk(walk, "end", complete=True)
    ended(run)
    whole = whole_of(tmp_path)
    shown = [(each.name, each.title, each.total.found) for each in whole.listings if each.total.found]
    assert shown == [("/tin-anh", "Tin ảnh", 2), ("/thoi-su", "thoi-su", 1)]
    assert whole.elsewhere.total.found == 1


def test_the_parts_add_up(output: Path) -> None:
    for name in ("baocantho", "ninhthuan"):
        whole = whole_of(output, name)
        parts: Counter[str] = Counter()
        for listing in [*whole.listings, whole.elsewhere]:
            months: Counter[str] = Counter()
            for fates in listing.months.values():
                months.update(asdict(fates))
                assert fates.found == sum(asdict(fates).values()) - fates.found
            assert months == Counter(asdict(listing.total))
            parts.update(months)
        assert parts == Counter(asdict(whole.total))
        db = sqlite3.connect(output / name / "ledger.sqlite")
        assert whole.total.found == db.execute("SELECT count(*) FROM page").fetchone()[0]
        assert whole.total.stored == db.execute("SELECT count(*) FROM article").fetchone()[0]
        db.close()


def test_months_are_those_of_the_article_or_the_link(tmp_path: Path) -> None:
    site = MadeUp(tmp_path, "baocantho")
    site.left("found", None, "thoi-su", "2019-02-19")
    site.left("found", None, "thoi-su", "2019")
    site.left("found", None, "thoi-su", "2019-13-01")
    site.left("found", None, "thoi-su")
    site.close()
    listing = whole_of(tmp_path).listings[0]
    assert {month: fates.pending for month, fates in listing.months.items()} == {"2019-02": 1, None: 3}


def test_proofs(output: Path) -> None:
    whole = {listing.title: listing.proof for listing in whole_of(output).listings}
    assert {title: proof.state for title, proof in whole.items() if "<" not in title} == {
        **dict.fromkeys(("thoi-su", "chinh-tri", "kinh-te", "xa-hoi-phap-luat", "quoc-phong-an-ninh"), "walked"),
        "giao-duc": "broken", "y-te": "on_its_way", "van-hoa-giai-tri": "never",
    }  # fmt: skip
    broken = whole["giao-duc"]
    assert (broken.page, broken.address) == (42, "https://baocantho.example/giao-duc?page=42")
    assert broken.broken_since == (NOW - timedelta(days=2)).isoformat()
    assert broken.walked == (NOW - timedelta(days=3)).isoformat()
    assert whole["y-te"].page == 13


def test_a_listing_that_was_never_walked_is_there() -> None:
    whole = completeness(LedgerView(), {"/thoi-su": "thoi-su"})
    assert [(each.title, each.proof.state, each.total.found) for each in whole.listings] == [("thoi-su", "never", 0)]


def test_of_two_walks_the_broken_one_counts(tmp_path: Path) -> None:
    site = MadeUp(tmp_path, "baocantho")
    site.walk("thoi-su", 5, broken=True)
    site.walk("thoi-su", 90)
    site.close()
    view = view_ledger(site.folder / "ledger.sqlite", 5)
    assert view is not None
    assert (view.proofs["/thoi-su"].state, view.proofs["/thoi-su"].page) == ("broken", 6)


# --- as JSON


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all keys; those of fates are left out, for they have a table of their own."""
    if isinstance(value, list):
        for each in value:
            yield from keys_of(each, f"{path}[]")
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in asdict(Fates()):
                whole = f"{path}.{key}".removeprefix(".")
                inner = set(keys_of(each, whole))
                yield from inner or {whole}
                if key in ("total", "completeness", "listings") and inner:
                    yield whole


def test_the_document_has_every_key(output: Path) -> None:
    files = {"baocantho": SITE.file}
    sites = [gather_ledger(output, name, files) for name in ("baocantho", "mat-song")]
    assert sorted(set(keys_of(completeness_record(sites, NOW)))) == sorted(names(REPORT, "Key"))
    assert names(REPORT, "Fate") == list(asdict(Fates()))
    assert set(names(REPORT, "Proof")) == {"walked", "on_its_way", "broken", "never"}


def test_the_record(tmp_path: Path) -> None:
    site = MadeUp(tmp_path, "vidu")
    site.left("failed", "timeout", "tin-tuc", "2020-01-02")
    site.left("gone", "http_404")
    site.walk("tin-tuc", 3)
    site.close()
    record = json.loads(json.dumps(completeness_record([gather_ledger(tmp_path, "vidu", {})], NOW)))
    none = asdict(Fates())
    assert record == {
        "format": 1, "made": "2026-11-20T19:15:00+00:00",
        "sites": [{
            "site": "vidu", "problems": [], "articles": 0, "taken_down": 0,
            "completeness": {
                "total": {**none, "found": 2, "failed": 1, "gone": 1},
                "listings": [{
                    "listing": "/tin-tuc", "title": "tin-tuc",
                    "proof": {
                        "state": "on_its_way", "walked": None, "pages": 0, "page": 4,
                        "address": "https://vidu.example/tin-tuc?page=4", "broken_since": None,
                    },
                    "total": {**none, "found": 1, "failed": 1},
                    "months": [{"month": "2020-01", **none, "found": 1, "failed": 1}],
                }],
                "elsewhere": {
                    "total": {**none, "found": 1, "gone": 1},
                    "months": [{"month": None, **none, "found": 1, "gone": 1}],
                },
            },
        }],
    }  # fmt: skip


# --- reading touches nothing


def test_reading_at_rest_leaves_no_trace(output: Path) -> None:
    before = files_in(output)
    for name in ("baocantho", "ninhthuan", "mat-song", "nie-da"):
        gather(output, name, {})
    assert files_in(output) == before


def test_an_output_folder_whose_path_is_no_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / "output\udcff"
    run = opened(folder)
    run.store(record(1))
    ended(run)
    figures = gather(folder, "baocantho", {})
    assert figures.view is not None
    assert figures.problems == []


def test_reading_beside_a_run(tmp_path: Path) -> None:
    run = opened(tmp_path)
    run.frontier.note(entries(1, 2, 3))
    run.store(record(1))
    run.sync()
    run.frontier.note(entries(4))  # not committed yet
    figures = gather(tmp_path, "baocantho", {})
    assert figures.view is not None
    assert figures.view.open_runs == figures.history.open_segments == [run.name]
    assert (figures.view.count("done"), figures.view.count("found"), figures.view.articles) == (1, 2, 1)
    assert (figures.holdings.articles, figures.problems) == (0, [])
    run.store(record(4))
    assert ended(run)["counts"]["stored"] == 2


def test_a_run_that_begins_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(opened(tmp_path))
    view, writers = ledgerview._view, []

    def disturbed(*args: Any) -> LedgerView:
        found = view(*args)
        if not writers:
            writers.append(opened(tmp_path))
            writers[0].frontier.note(entries(1))
            writers[0].save()
        return found

    monkeypatch.setattr(ledgerview, "_view", disturbed)
    found = view_ledger(tmp_path / "baocantho" / "ledger.sqlite", 5)
    assert found is not None
    assert found.count("found") == 1
    kill(writers[0])


def figures_of(folder: Path) -> SiteFigures:
    return gather(folder, "baocantho", {"baocantho": SITE.file})


def test_a_site_never_crawled(tmp_path: Path) -> None:
    figures = figures_of(tmp_path)
    assert (figures.crawled, figures.problems, figures.view) == (False, [], None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "said"), [(VERSION + 1, "a newer"), (1, "an older"), (0, "an older")])
def test_a_ledger_of_another_version(tmp_path: Path, version: int, said: str) -> None:
    MadeUp(tmp_path, "baocantho").close()
    file = tmp_path / "baocantho" / "ledger.sqlite"
    db = sqlite3.connect(file)
    db.execute(f"PRAGMA user_version = {version}")
    db.close()
    before = file.read_bytes()
    figures = figures_of(tmp_path)
    (remark,) = figures.problems + figures.remarks
    assert f"of {said} newscrawl (version {version}," in remark
    assert completeness_record([figures], NOW)["sites"][0]["problems"] == [remark]
    assert bool(figures.problems) == (version > VERSION)
    assert file.read_bytes() == before


def test_a_damaged_ledger(tmp_path: Path) -> None:
    make = MadeUp(tmp_path, "baocantho")
    make.run(NOW, [make.article("2026-11", "thoi-su") for _ in range(50)])
    make.close()
    file = tmp_path / "baocantho" / "ledger.sqlite"
    whole = file.read_bytes()
    for damaged in (b"", b"no ledger at all" * 99, whole[:512], whole[:4096] + bytes(len(whole) - 4096)):
        file.write_bytes(damaged)
        figures = figures_of(tmp_path)
        (problem,) = figures.problems + figures.remarks
        assert str(file) in problem
        assert figures.holdings.articles == 50
    assert sorted(each.name for each in file.parent.glob("ledger*")) == ["ledger.sqlite"]


def test_a_ledger_that_is_gone(tmp_path: Path) -> None:
    make = MadeUp(tmp_path, "baocantho")
    make.run(NOW, [make.article("2026-11", "thoi-su")])
    make.close()
    os.unlink(make.folder / "ledger.sqlite")
    assert "is not there" in figures_of(tmp_path).problems[0]


def test_a_ledger_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "baocantho" / "ledger.sqlite").mkdir(parents=True)
    assert figures_of(tmp_path).view is None


def test_a_name_that_an_address_would_misread(tmp_path: Path) -> None:
    folder = tmp_path / "a?mode=rwc#%41"
    MadeUp(folder, "baocantho").close()
    assert view_ledger(folder / "baocantho" / "ledger.sqlite", 5) is not None
    shutil.rmtree(folder)
    with pytest.raises(LedgerError):
        view_ledger(_file(tmp_path / "x", b"x" * 4096), 5)


def _file(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file
