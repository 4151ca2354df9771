"""Made-up outputs of sites over years, with holes, failures and fields that broke: something to show in a report.

To look at one: `python -m tests.madeup FOLDER`, then `scrapy report -s OUTPUT_DIR=FOLDER`.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from newscrawl.extraction import site_named
from newscrawl.items import Article, Caption, json_line, record_of
from newscrawl.keeping.ledger import Entry, Kept, Ledger
from newscrawl.keeping.runlist import append_run
from newscrawl.keeping.segments import Segment, write_manifest
from newscrawl.keeping.walk import Walk

__all__ = ["NOW", "MadeUp", "hostile", "make_sites"]

NOW = datetime(2026, 11, 20, 19, 15, tzinfo=UTC)
_SENTENCES = (
    "Mưa lớn kéo dài từ đêm qua khiến nhiều tuyến đường trong xã ngập sâu, người dân phải đi lại bằng thuyền.",
    "Theo kế hoạch, công trình sẽ hoàn thành trước mùa khô và phục vụ tưới tiêu cho hơn 300 ha lúa.",
    "Đại diện hợp tác xã cho biết giá thu mua năm nay cao hơn năm trước, bà con phấn khởi.",
    "Các em học sinh được tặng sách vở, áo ấm và học bổng nhân dịp năm học mới.",
    "Đoàn công tác đề nghị địa phương tiếp tục rà soát, bảo đảm không hộ nào bị bỏ lại phía sau.",
)
_WHERE = ("xã Ba Mùa", "thị trấn Cây Bàng", "huyện Sông Trăng", "phường Bến Gỗ", "thôn Mười Giếng")
_WHAT = ("Vét kênh", "Khánh thành cầu", "Trao học bổng", "Mùa lúa được giá", "Hội chợ nông sản", "Ngày hội đọc sách")


class MadeUp:
    """The output of one site, made as runs make it: segments, manifests, `runs.jsonl` and a ledger."""

    def __init__(self, output: Path, name: str, *, seed: int = 1) -> None:
        self.folder = output / name
        self.folder.mkdir(parents=True)
        self.name, self.random = name, random.Random(seed)
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.number = 0

    def url(self, number: int) -> str:
        return f"https://{self.name}.example/bai-viet-a{number}.html"

    def article(self, month: str, category: str | None, **more: Any) -> Article:
        """The next article, published in that month."""
        self.number += 1
        day = f"{month}-{self.random.randint(1, 18):02}"
        texts = self.random.sample(_SENTENCES, 4)
        title = f"{self.random.choice(_WHAT)} ở {self.random.choice(_WHERE)}"
        made = Article(
            id=f"{self.name}:{self.number}", url=self.url(self.number), site=self.name, title=title, lead=texts[0],
            category=[category] if category else [], published=day, published_precision="day",
            body="\n\n".join(texts[1:]), byline=["Vĩnh Miên"], captions=[Caption("Bà con gặt lúa.")], language="vi",
            fetched_at=f"{day}T09:30:00+07:00", content_hash=sha256(str(self.number).encode()).hexdigest(),
        )  # fmt: skip
        return replace(made, **more)

    def run(self, started: datetime, articles: Sequence[Article], **facts: Any) -> dict[str, Any]:
        """A run that stored these articles, each first shown by the listing of its category. Returns its manifest."""
        name = f"{started:%Y%m%dT%H%M%SZ}"
        segment = Segment(self.folder, name)
        for article in articles:
            segment.write(json_line(record_of(article)))
            self.found(int(article.id.partition(":")[2]), article.category[0] if article.category else None)
            key = article.id.partition(":")[2]
            self.ledger.keep_article(article.id, Kept(article.content_hash, article.revision), name)
            self.ledger.settle(key, "done", day=(article.published or "")[:10] or None)
        self.ledger.commit()
        counts = {"stored": len(articles), "broken_listings": [], "hosts_gone": []} | facts.pop("counts", {})
        manifest = {
            "run": name, "site": self.name, "started": started.isoformat(), "reason": "finished", "exit_code": 0,
            "ended": (started + timedelta(minutes=20)).isoformat(), "counts": counts,
            "extracted_by": layers(len(articles)) if articles else {}, **facts,
        }  # fmt: skip
        if articles:
            manifest |= segment.facts
            write_manifest(self.folder, name, manifest)
            segment.finish()
        append_run(self.folder, manifest)
        return manifest

    def found(self, number: int, category: str | None = None, day: str | None = None) -> str:
        """A page that a listing showed, or none. Returns its key."""
        listing = f"/{category}" if category else None
        via = "listing" if category else "related"
        self.ledger.note([Entry(str(number), self.url(number), via, date=day, listing=listing)])
        return str(number)

    def left(self, state: str, reason: str | None, category: str | None = None, day: str | None = None) -> str:
        """A page without an article. Returns its key."""
        self.number += 1
        key = self.found(self.number, category, day)
        if state == "failed":
            self.ledger.fail(key, reason or "", NOW, 10.0)
        elif state == "gone":
            self.ledger.bury(key, state, reason or "", NOW)
        elif state != "found":
            self.ledger.settle(key, state, reason)
        return key

    def walk(self, category: str, pages: int, *, ended: bool = False, broken: bool = False) -> None:
        """A walk over a category's listing."""
        address = f"https://{self.name}.example/{category}"
        walk = Walk(f"/{category}", category, f"{address}?page={pages + 1}", address, pages=pages, mark=1)
        self.ledger.chains.save(walk, NOW - timedelta(days=3))
        if ended:
            self.ledger.chains.end(walk, NOW - timedelta(days=3))
        elif broken:
            self.ledger.chains.breaks(walk, NOW - timedelta(days=2))

    def close(self) -> None:
        """Commit all, and let go of the ledger."""
        self.ledger.commit()
        self.ledger.settle_on_disk()
        self.ledger.close()


def layers(articles: int, **lost: float) -> dict[str, int]:
    """`extracted_by` of a run; `lost` says what share of a field the rules no longer find."""
    usual = {"title": 1.0, "published": 0.99, "body": 1.0, "byline": 0.8, "captions": 0.7, "category": 1.0, "lead": 0.9}
    found = {}
    for name, share in usual.items():
        gone = lost.get(name, 0.0)
        found[f"{name}/family"] = round(articles * share * (1 - gone))
        found[f"{name}/readable"] = round(articles * share * gone * 0.6)
    return {key: number for key, number in found.items() if number}


def months(first: str, last: str) -> Iterator[str]:
    """All months from the first to the last."""
    day = date.fromisoformat(f"{first}-01")
    while f"{day:%Y-%m}" <= last:
        yield f"{day:%Y-%m}"
        day = (day + timedelta(days=31)).replace(day=1)


def hostile(site: MadeUp) -> Article:
    """An article from a server that means harm."""
    return site.article(
        "2026-11",
        '"><script>alert(1)</script>',
        title="</script></style><img src=x onerror=alert(1)>\u202egnp.exe\x00 " + "dài" * 200,
        url="javascript:alert(document.domain)",
        body="{{ 7 * 7 }} <iframe src='https://evil.example/'></iframe>\n\n" + "x" * 20_000,
        byline=["<b>Miên</b>"],
        source="</details></section>",
        captions=[Caption("<svg onload=alert(1)>")],
        language='vi" onmouseover="alert(1)',
        published="2026-11-18",
        fetched_at="2026-11-19T08:00:00+07:00",
    )


def make_sites(output: Path) -> None:
    """Several sites: a long one with all that can be missing, a young one, a killed one and one without a ledger."""
    with patch("os.fsync"):  # hundreds of files that no power cut will harm
        _long(output)
        _young(output)
        _broken(output)


def _long(output: Path) -> None:
    site = MadeUp(output, "baocantho")
    chance = site.random
    categories = list(site_named("baocantho").categories)
    holes = {("kinh-te", month) for month in months("2019-04", "2019-08")} | {("giao-duc", "2024-02")}
    silent = set(months("2021-07", "2021-08"))
    for number, month in enumerate(months("2017-03", "2026-11")):
        articles = [
            site.article(month, category)
            for rank, category in enumerate(categories)
            for _ in range(chance.randint(1, 14 - rank))
            if (category, month) not in holes and month not in silent and not (rank == 7 and number < 30)
        ]
        if month == "2026-11":
            articles += [site.article("2026-11", "thoi-su", published=None), hostile(site)]
        started = datetime(int(month[:4]), int(month[5:]), 19, 19, 15, tzinfo=UTC)
        lost = {"byline": 0.9, "captions": 0.5} if month >= "2026-10" else {"lead": 0.3} if month < "2018" else {}
        code, reason = (9, "incomplete") if month in ("2026-05", "2026-11") else (0, "finished")
        facts: dict[str, Any] = {"exit_code": code, "reason": reason, "extracted_by": layers(len(articles), **lost)}
        if month == "2026-11":
            facts["counts"] = {"broken_listings": ["/giao-duc"]}
            alarm = {"monitor": "field_coverage", "subject": "byline", "old": 0.8, "new": 0.13}
            facts["alarms"] = [{**alarm, "urls": [site.url(1), "javascript:alert(1)"], "more": {}}]
        site.run(started, articles, **facts)
    for category in categories[:6]:
        site.walk(category, chance.randint(20, 200), ended=True)
    site.walk("giao-duc", 41, broken=True)
    site.walk("y-te", 12)
    for number in range(160):
        category, day = chance.choice(categories), f"20{chance.randint(17, 26)}-{chance.randint(1, 10):02}-12"
        state, reason = chance.choice((
            ("failed", "http_503"), ("failed", "timeout"), ("gone", "http_404"), ("gone", "soft_404"), ("found", None),
            ("skipped", "robots"), ("done", "duplicate"),
        ))  # fmt: skip
        site.left(state, reason, category if number % 5 else None, day if number % 3 else None)
    site.ledger._db.execute("UPDATE article SET taken_down = '2026-10-02T19:20:00+00:00' WHERE id LIKE '%77'")
    site.close()


def _young(output: Path) -> None:
    site = MadeUp(output, "ninhthuan", seed=2)
    for days in (5, 4, 3, 2, 1, 0):
        articles = [site.article("2026-11", "Tin tức – Sự kiện") for _ in range(30 // (6 - days))] if days % 2 else []
        site.run(NOW - timedelta(days=days, hours=2), articles)
    site.left("found", None, "tin-tuc", "2026-11-19")
    site.close()


def _broken(output: Path) -> None:
    """A folder without a site file: its last run was killed, a line is torn, its ledger is of an earlier version."""
    site = MadeUp(output, "mat-song", seed=3)
    manifest = site.run(NOW - timedelta(days=40), [site.article("2026-10", "Tin tức") for _ in range(9)])
    site.close()
    with open(site.folder / f"{manifest['run']}.jsonl", "ab") as segment:
        segment.write(b'{"format": 1, "id": "mat-song:')
    with open(site.folder / "runs.jsonl", "ab") as runs:
        late = {"run": f"{NOW - timedelta(days=30):%Y%m%dT%H%M%SZ}", "reason": "recovered", "counts": {"stored": "?"}}
        runs.write(json.dumps(late).encode() + b'\n{"run": "2026')
    (site.folder / "20261101T000000Z.jsonl.open").write_bytes(b"")
    db = sqlite3.connect(site.folder / "ledger.sqlite")
    db.execute("PRAGMA user_version = 1")
    db.close()


if __name__ == "__main__":
    make_sites(Path(sys.argv[1]))
