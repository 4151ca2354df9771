"""What a killed run left, and a ledger that is gone or damaged, put in order before the next run begins."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from newscrawl.items import day_of, json_line
from newscrawl.keeping.accounts import recovered_counts
from newscrawl.keeping.ledger import DamagedLedgerError, Entry, Kept, Ledger
from newscrawl.keeping.looks import Validators
from newscrawl.keeping.runlist import all_runs, append_run, last_runs
from newscrawl.keeping.runnames import started_at
from newscrawl.keeping.runrecords import entries, table
from newscrawl.keeping.segments import OPEN, finished, is_article, manifest_of, open_segments, records_in, rewrite
from newscrawl.site import Site
from newscrawl.warc.writing import open_warcs, warc_facts

__all__ = ["LEDGER", "bring_up", "open_ledger", "put_back", "rebuild", "set_aside"]

LEDGER: Final = "ledger.sqlite"


def open_ledger(folder: Path, site: Site, now: datetime) -> tuple[Ledger, int | None]:
    """The ledger of a site. One that is damaged is set aside, and one that is gone or damaged made anew from the
    segments: then the second value says how many articles it knows, else it is None.

    Raises LedgerError, OSError, sqlite3.Error.
    """
    file = folder / LEDGER
    try:
        ledger = Ledger(file)
        if ledger.runs.was_cut_off():
            _check(ledger)
        damaged = False
    except DamagedLedgerError:
        set_aside(file, now)
        ledger, damaged = Ledger(file), True
    if not damaged and not (ledger.is_empty() and any(finished(folder))):
        return ledger, None
    try:
        return ledger, rebuild(ledger, folder, site, now)
    except BaseException:
        ledger.close()
        raise


def _check(ledger: Ledger) -> None:
    try:
        ledger.check()
    except DamagedLedgerError:
        ledger.close()
        raise


def set_aside(file: Path, now: datetime, state: str = "damaged") -> Path:
    """Give a ledger another name that says its `state`: what it holds may be of use to a person. Returns the name."""
    while (aside := file.with_name(f"{file.name}.{state}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")).exists():
        now += timedelta(seconds=1)
    file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
    log = file.with_name(f"{file.name}-wal")
    if log.exists():  # first, for a log without its file is harmless, and a new file beside an old log is not
        os.replace(log, aside.with_name(f"{aside.name}-wal"))
    os.replace(file, aside)
    return aside


def put_back(aside: Path, file: Path) -> None:
    """Undo `set_aside`."""
    for name in (f"{file.name}-wal", f"{file.name}-shm", file.name):
        file.with_name(name).unlink(missing_ok=True)
    log = aside.with_name(f"{aside.name}-wal")
    if log.exists():
        os.replace(log, file.with_name(f"{file.name}-wal"))
    os.replace(aside, file)


def rebuild(ledger: Ledger, folder: Path, site: Site, now: datetime) -> int:
    """Fill an empty ledger from the finished segments and `runs.jsonl`: articles, their pages and related links, the
    addresses that have the same text, and what was taken down. Returns the number of articles."""
    articles = 0
    for run, records in finished(folder):
        articles += _take_in(ledger, site, records, run, now)
    for record in all_runs(folder):
        counts, run = table(record, "counts"), str(record.get("run"))
        for twin in entries(counts, "duplicates", "url", "of"):
            key = site.key(twin["url"])
            if record.get("command", "crawl") == "crawl":  # what an archive's page says, the live one need not
                ledger.note([Entry(key, twin["url"])])
                ledger.settle(key, "done", "duplicate")
            ledger.twins.keep(key, twin["url"], twin["of"], run)
        for article in entries(counts, "taken_down", "id", "since"):
            ledger.looks.take_down(article["id"], article["since"], run)
        for article in entries(counts, "came_back", "id"):
            ledger.looks.bring_back(article["id"])
    ledger.commit()
    ledger.refresh()
    return articles


def bring_up(ledger: Ledger, folder: Path, site: Site) -> None:
    """End what killed runs left open: their segments get their manifests and names, the ledger learns what they hold,
    and each run has its line in `runs.jsonl`. A kill at any moment in between is made good by the next call."""
    listed = {record.get("run") for record in last_runs(folder, 10)}
    _finish_warcs(ledger, folder)
    left = ledger.runs.all()
    for segment in open_segments(folder):
        lines = _take_in(ledger, site, segment.records(), segment.run, started_at(segment.run))
        if segment.run not in left:  # the ledger is new; a kill behind the segment's new name must find the run here
            ledger.runs.save(segment.run, started_at(segment.run), {})
            left = ledger.runs.all()
        ledger.settle_on_disk()
        manifest = _manifest(site, segment.run, left, lines, ledger) | segment.facts() | warc_facts(folder, segment.run)
        segment.finish(manifest)
        if segment.run not in listed:
            append_run(folder, manifest)
        _end(ledger, segment.run, left)
    for run in list(left):
        if run not in listed:  # it ended without a segment, or had finished its segment and no more
            bare = _manifest(site, run, left, 0, ledger) | warc_facts(folder, run)
            append_run(folder, manifest_of(folder, run) or bare)
        _end(ledger, run, left)
    ledger.commit()
    ledger.refresh()


def _finish_warcs(ledger: Ledger, folder: Path) -> None:
    """Trim what killed runs left of raw pages, and give it its own name.

    A power cut can leave a line without its raw page: neither was synced, nor the page settled, so the line goes and
    the page is fetched again. A page that was settled all the same lost its raw page otherwise, and keeps its line.
    """

    def judged(line: bytes) -> bytes | None:
        record = next(records_in([line]), None)
        if record is None or warc.holds(record.get("raw")):
            return line
        kept = ledger.article(str(record.get("id")))
        return json_line({**record, "raw": None}) if kept and kept.hash == record.get("content_hash") else None

    for warc in open_warcs(folder):
        if warc.run not in ledger.runs.all():  # the ledger is new; see `bring_up`
            ledger.runs.save(warc.run, started_at(warc.run), {})
            ledger.settle_on_disk()
        segment = folder / f"{warc.run}{OPEN}"
        if segment.exists():
            rewrite(segment, judged)
        warc.finish()


def _end(ledger: Ledger, run: str, left: dict[str, Any]) -> None:
    ledger.runs.end(run)
    ledger.commit()
    left.pop(run, None)


def _manifest(site: Site, run: str, left: dict[str, Any], lines: int, ledger: Ledger) -> dict[str, Any]:
    started, counts = left.get(run, (None, {}))
    facts = {"run": run, "site": site.name, "started": started, "reason": "recovered"}
    if command := counts.pop("command", None):  # earlier versions did not say
        facts["command"] = command
    return facts | {"counts": {**recovered_counts(counts, lines), "duplicates": ledger.twins.met_by(run)}}


def _take_in(ledger: Ledger, site: Site, records: Iterable[dict[str, Any]], run: str, now: datetime) -> int:
    """Note what lines of a segment tell; looks at them that were due before `now` are not made up for. With which
    validators their texts came is not known any more: the next looks ask without. Returns how many are articles."""
    articles = 0
    for record in records:
        if not is_article(record):
            continue
        articles += 1
        url, key = record["url"], site.key(record["url"])
        archived = record.get("origin")  # what a page linked to years ago is no find of the live site
        links = [] if archived else [link for link in record["related"] if site.address_kind(link["url"])]
        ledger.note([Entry(key, url)])
        ledger.note(
            Entry(site.key(link["url"]), link["url"], "related", 1, url, link.get("date"), link.get("date_raw"))
            for link in links
        )
        ledger.keep_article(record["id"], Kept(record["content_hash"], record["revision"]), run)
        ledger.settle(key, "done", day=day_of(record))
        if not archived:
            ledger.looks.keep(record["id"], key, _fetched(record) or now, now, Validators())
    return articles


def _fetched(record: dict[str, Any]) -> datetime | None:
    """When the page of a record was had; None where the record does not say."""
    try:
        moment = datetime.fromisoformat(record.get("fetched_at") or "")
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
