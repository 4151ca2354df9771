"""A crawl of the replica, and a replay of what its server answered: nothing may differ."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.replica import build, serve
from tests.scrapyrun import articles, crawl, manifests, scrapy
from tests.warcs import http, packed, record

pytestmark = pytest.mark.crawl


def test_a_replay_without_new_rules_makes_no_difference(tmp_path: Path) -> None:
    portal = build(articles=24)
    with serve(portal) as server:
        assert crawl(server.port, tmp_path).code == 0
        asked = server.requests
    folder = tmp_path / "ninhthuan"
    old = list(articles(folder))
    fetched = {article["url"]: article["fetched_at"] for article in old}
    records = []
    for host, path in asked:
        answer = portal.get(host, path)
        url = next((known for known in fetched if known.partition("://")[2] == host + path), f"http://{host}{path}")
        moment = datetime.fromisoformat(fetched.get(url, old[0]["fetched_at"]))
        fields = [f"{name}: {value}" for name, value in answer.headers.items() if name != "Content-Type"]
        kind = answer.headers.get("Content-Type", "")
        block = http(answer.body, *fields, status=f"{answer.status} X", kind=kind)
        records.append(record("response", block, f"WARC-Target-URI: {url}", date=moment.isoformat()))
    (tmp_path / "all.warc.gz").write_bytes(packed(*records))

    told = scrapy("replay", str(tmp_path / "all.warc.gz"), "-j", "2", "--diff", "-s", f"OUTPUT_DIR={tmp_path}")
    assert told.err == ""
    assert told.code == 0
    assert told.out.startswith(f"ninhthuan: {len(old)} articles read anew (exit code 0)")
    assert "0 changed, 0 only there, 0 only in the new set" in told.out
    (manifest,) = manifests(next((folder / "replays").iterdir()))
    (before,) = manifests(folder)
    assert manifest["extracted_by"] == before["extracted_by"]
    assert manifest["counts"]["stored"] == len(old)
    assert manifest["counts"]["failed"] == 0
    assert json.dumps(manifest["versions"]) == json.dumps(before["versions"])
