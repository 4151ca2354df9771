"""What a killed run left, brought back into the ledger before the next run begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newscrawl.ledger import Entry, Kept, Ledger
from newscrawl.segments import append_run, finished, is_article, last_runs, recover
from newscrawl.site import Site

__all__ = ["bring_up"]


def bring_up(ledger: Ledger, folder: Path, site: Site) -> int:
    """Bring the ledger up to what the segments in `folder` hold: articles, their pages, their related links.

    A killed run's segment has more than the ledger. A ledger that is gone is made anew from all of them: returns how
    many articles that took in, else 0.
    """
    rebuilt = 0
    if ledger.is_empty():
        for run, lines in finished(folder):
            for record in lines:
                _take_in(ledger, site, record, run)
                rebuilt += 1
    for file, manifest, records in recover(folder):
        run = file.name.removesuffix(".jsonl")
        for record in records:
            _take_in(ledger, site, record, run)
        ledger.commit()
        if not any(each.get("run") == run for each in last_runs(folder, 10)):
            append_run(folder, manifest)
    ledger.refresh()
    return rebuilt


def _take_in(ledger: Ledger, site: Site, record: dict[str, Any], run: str) -> None:
    if not is_article(record):
        return
    url, key = record["url"], site.key(record["url"])
    links = [link for link in record["related"] if site.address_kind(link["url"])]
    ledger.note([Entry(key, url)])
    ledger.note(
        Entry(site.key(link["url"]), link["url"], "related", 1, url, link.get("date"), link.get("date_raw"))
        for link in links
    )
    ledger.keep_article(record["id"], Kept(record["content_hash"], record["revision"]), run)
    ledger.settle(key, "done")
