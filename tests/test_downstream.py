"""docs/downstream.md: every code block is run as it stands there, against runs of a made-up site."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import bagit
import pytest
import sqlite_utils

from newscrawl.items import Article, Attachment, Caption, record_of
from tests.onerun import NOW, article, ended, opened
from tests.scrapyrun import PROJECT

DOC = PROJECT / "docs/downstream.md"
FORMAT = PROJECT / "docs/article-format.md"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", DOC.read_text("utf-8"), re.MULTILINE | re.DOTALL)
SCRIPTS = {re.match(r"# (\w+\.py)", code)[1]: code for kind, code in BLOCKS if kind == "python"}  # type: ignore[index]
COMMANDS = [code for kind, code in BLOCKS if kind == "sh"]
(METADATA,) = (code for kind, code in BLOCKS if kind == "json")
LONGEST = 60  # seconds for any one command
SWEEP = os.environ.get("NEWSCRAWL_SWEEP") == "all"
SECOND = NOW + timedelta(days=1)


def rich(number: int, title: str, published: str | None, precision: str | None, **more: Any) -> dict[str, Any]:
    made = article(number, 5, text="Người dân Phước Dân, Ninh Phước.")
    made = replace(made, site="baocantho", title=title, published=published, published_precision=precision)
    return record_of(replace(made, **more))


FIRST = [
    rich(1, "Đánh giá lễ hội Katê", "2018-08-01T01:21+07:00", "minute", extracted_by={"title": "site"}),
    rich(2, "Mùa vàng", "2018-07-31T23:00:05+07:00", "second", warnings=["undecodable bytes, read as cp1258"]),
    rich(3, "Một tháng", "2018-08", "month", raw={"file": "20260314T020000Z.warc.gz", "offset": 5, "length": 7}),
    rich(4, "Một năm", "2019", "year"),
    rich(
        5, "Vét kênh", "2019-02-03", "day", category=["Xã hội"], byline=["Vĩnh Miên"], publisher="Báo Cần Thơ",
        captions=[Caption("Kênh", "Gia Chi", "https://a.vn/1.jpg"), Caption("Ruộng")],
        images=["https://a.vn/1.jpg", "https://a.vn/2.jpg"],
        attachments=[Attachment(None, "https://a.vn/kh.pdf")], updated="2019-02-04", lead="Sáng nay, trên đường.",
    ),
    rich(6, "Không ngày", None, None),
]  # fmt: skip
NEWS = [rich(7, "Tin mới", "2019-02-03", "day"), rich(1, "Đánh giá lại lễ hội", "2018-08-01", "day", revision=2)]


def night(folder: Path, now: datetime, records: list[dict[str, Any]]) -> str:
    """One run, and its name."""
    run = opened(folder, now)
    for record in records:
        run.store(record)
    run.drop("https://baocantho.com.vn/khac-a8.html", "duplicate", "baocantho:5")
    return str(ended(run)["run"])


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the output of one night, and all that the page says to save."""
    night(tmp_path / "output", NOW, FIRST)
    for name, code in SCRIPTS.items():
        (tmp_path / name).write_text(code, "utf-8")
    (tmp_path / "metadata.json").write_text(METADATA, "utf-8")
    shutil.copy(PROJECT / "scrapy.cfg", tmp_path)
    return tmp_path


def environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}


def run(desk: Path, *line: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(line, cwd=desk, env=environment(), capture_output=True, text=True, timeout=LONGEST)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def load(desk: Path) -> subprocess.CompletedProcess[str]:
    return run(desk, sys.executable, "load_sqlite.py")


def query(desk: Path, sql: str) -> list[Any]:
    db = sqlite3.connect(desk / "articles.db")
    rows = db.execute(sql).fetchall()
    db.close()
    return rows


def asked(desk: Path, sql: str) -> Any:
    """The rows of a query to DuckDB."""
    code = f"import json; from duck import connect; print(json.dumps(connect().sql({sql!r}).fetchall(), default=str))"
    done = run(desk, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- the page from top to bottom


@pytest.mark.crawl
def test_every_command_of_the_page(desk: Path) -> None:
    said = {}
    for block in COMMANDS:
        if not block.startswith("datasette "):  # it serves until it is ended; see below
            done = run(desk, "bash", "-e", "-c", block)
            assert done.returncode == 0, block + done.stderr
            said[block.split()[1]] = done.stdout
    assert (desk / "articles.tsv").read_text("utf-8").splitlines()[0] == (
        "baocantho:1\t1\t2018-08-01T01:21+07:00\tĐánh giá lễ hội Katê"
    )
    assert said["accounts.py"].split("\t")[2:] == [
        "duplicate", "https://baocantho.com.vn/khac-a8.html", "baocantho:5\n",
    ]  # fmt: skip
    assert said["load_sqlite.py"] == "baocantho 20260314T020000Z: 6 articles\n"
    assert "Đánh giá lễ hội Katê" in said["search"]
    assert "undecodable bytes" in said["articles.db"]
    assert "2018-08" in said["per_month.py"]
    assert "read back and compared" in said["to_parquet.py"]
    assert len((desk / "news.jsonl").read_text("utf-8").splitlines()) == 6
    assert bagit.Bag(str(desk / "newscrawl-2026")).is_valid()
    with closing(sqlite3.connect(desk / "restored" / "output" / "baocantho" / "ledger.sqlite")) as ledger:
        assert ledger.execute("SELECT count(*) FROM article").fetchone() == (6,), "made anew from the bag"


def test_accounts_of_articles_that_went_and_came_back(desk: Path) -> None:
    gone = {"url": "https://baocantho.com.vn/x-a3.html", "id": "baocantho:3"}
    runs = [{"taken_down": [gone | {"since": "2026-03-20T02:00:00+00:00"}]}, {"came_back": [gone]}]
    lines = [{"run": "R", "site": "baocantho", "counts": {"duplicates": []} | counts} for counts in runs]
    file = desk / "output/baocantho/runs.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"run": "20260321T02', "utf-8")
    said = run(desk, sys.executable, "accounts.py").stdout.splitlines()
    assert said == [f"baocantho\tR\t{what}\t{gone['url']}\t{gone['id']}" for what in ("taken down", "came back")]


def test_every_script_is_run_by_a_command_or_a_script() -> None:
    used = "\n".join(COMMANDS)
    imported = {f"{name}.py" for code in SCRIPTS.values() for name in re.findall(r"^from (\w+) import", code, re.M)}
    for name in SCRIPTS:
        assert f"python {name}" in used or name in imported, name


def test_all_blocks_are_of_a_kind_that_is_run() -> None:
    assert {kind for kind, _ in BLOCKS} == {"python", "sh", "json"}
    assert set(SCRIPTS) == {
        "segments.py", "accounts.py", "load_sqlite.py", "duck.py", "per_month.py", "to_parquet.py", "to_schema_org.py",
    }  # fmt: skip


# --- SQLite


def test_a_second_night_adds_just_its_segment(desk: Path) -> None:
    load(desk)
    assert load(desk).stdout == ""
    before = query(desk, "SELECT number, id, title FROM revision ORDER BY number")
    night(desk / "output", SECOND, NEWS)
    assert load(desk).stdout == "baocantho 20260315T020000Z: 2 articles\n"
    after = query(desk, "SELECT number, id, title FROM revision ORDER BY number")
    assert after == [*before, (7, "baocantho:7", "Tin mới"), (8, "baocantho:1", "Đánh giá lại lễ hội")]
    assert query(desk, "SELECT run FROM taken ORDER BY run") == [("20260314T020000Z",), ("20260315T020000Z",)]
    latest = dict(query(desk, "SELECT id, revision FROM article"))
    assert latest == {f"baocantho:{number}": 1 + (number == 1) for number in range(1, 8)}


def test_a_segment_that_appears_late_under_an_older_name(desk: Path) -> None:
    night(desk / "output", SECOND, NEWS)
    site = desk / "output/baocantho"
    (site / "20260314T020000Z.jsonl").rename(site / "20260314T020000Z.jsonl.open")
    assert load(desk).stdout == "baocantho 20260315T020000Z: 2 articles\n"
    (site / "20260314T020000Z.jsonl.open").rename(site / "20260314T020000Z.jsonl")
    assert load(desk).stdout == "baocantho 20260314T020000Z: 6 articles\n"
    assert query(desk, "SELECT title FROM article WHERE id = 'baocantho:1'") == [("Đánh giá lại lễ hội",)]


def test_what_is_not_finished_is_not_read(desk: Path) -> None:
    site = desk / "output/baocantho"
    line = (site / "20260314T020000Z.jsonl").read_bytes()
    (site / "20260316T020000Z.jsonl.open").write_bytes(line)
    (site / "20260316T020000Z.manifest.json").write_text("{}")  # a run that ends at this moment
    (site / "20260317T020000Z.jsonl").write_bytes(line)  # without a manifest
    (site / "20260318T020000Z.manifest.json.draft").write_text("{")
    assert load(desk).stdout == "baocantho 20260314T020000Z: 6 articles\n"
    assert asked(desk, "SELECT count(*) FROM revision") == [[6]]


@pytest.mark.crawl
def test_a_damaged_segment_is_refused_and_the_others_are_taken(desk: Path) -> None:
    night(desk / "output", SECOND, NEWS)
    segment = desk / "output/baocantho/20260314T020000Z.jsonl"
    segment.write_bytes(segment.read_bytes().replace(b"2018", b"2019", 1))
    done = load(desk)
    assert (done.returncode, done.stdout) == (1, "baocantho 20260315T020000Z: 2 articles\n")
    assert re.fullmatch(r"output/\S+/20260314T020000Z.jsonl: SHA-256 is \w+, and the manifest says \w+\n", done.stderr)
    assert query(desk, "SELECT run FROM taken") == [("20260315T020000Z",)]
    for script in ("segments.py", "to_parquet.py"):
        again = run(desk, sys.executable, script)
        assert (again.returncode, again.stderr) == (1, done.stderr)


def test_without_any_segment_duckdb_says_so(desk: Path) -> None:
    shutil.rmtree(desk / "output")
    done = run(desk, sys.executable, "per_month.py")
    assert (done.returncode, done.stderr) == (1, "there is no finished segment\n")


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")  # the child starts no thread
def test_killed_at_any_statement_nothing_is_lost_or_doubled(desk: Path) -> None:
    night(desk / "output", SECOND, NEWS)
    for step in count(3, 1 if SWEEP else 11):
        (desk / "articles.db").unlink(missing_ok=True)
        if child(desk, step) == 0:
            break
        assert child(desk, None) == 0
        rows = query(desk, "SELECT id, revision FROM revision ORDER BY number")
        assert rows == [(each["id"], each["revision"]) for each in [*FIRST, *NEWS]], step
        assert len(query(desk, "SELECT * FROM taken")) == 2
        assert len(query(desk, "SELECT * FROM revision_fts WHERE revision_fts MATCH 'danh gia'")) == 2
    assert step > 50


def child(desk: Path, step: int | None) -> int:
    """Load in a process of its own, killed at its `step`-th statement. Returns the exit code."""
    process = os.fork()
    if process == 0:
        code = 70
        try:
            code = loaded(desk, step)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def loaded(desk: Path, step: int | None) -> int:
    os.chdir(desk)
    sys.path.insert(0, str(desk))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    steps = count(1)
    execute = sqlite_utils.Database.execute

    def dying(self: Any, *args: Any) -> Any:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(self, *args)

    sqlite_utils.Database.execute = dying  # type: ignore[method-assign]
    return int(runpy.run_path("load_sqlite.py")["main"]())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("đánh giá", [1]), ("danh gia", [1]), ("ĐÁNH GIÁ", [1]), ("Danh Gia", [1]), ("đanh gia", [1]),
        ("le hoi kate", [1]), ("lễ hội", [1]), ("vet kenh", [5]), ("vét kênh", [5]), ("sang nay", [5]),
        ("duong", [5]), ("đường", [5]),
        ("phước dân", [1, 2, 3, 4, 5, 6]), ("phuoc dan", [1, 2, 3, 4, 5, 6]), ("khánh hòa", []),
    ],
)  # fmt: skip
def test_searches_with_and_without_marks(loaded_desk: Path, words: str, found: list[int]) -> None:
    sql = "SELECT article.id FROM revision_fts JOIN article ON article.number = revision_fts.rowid"
    rows = query(loaded_desk, f"{sql} WHERE revision_fts MATCH '{words}' ORDER BY article.id")
    assert [row[0] for row in rows] == [f"baocantho:{number}" for number in found]


@pytest.fixture(scope="module")
def loaded_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    night(desk / "output", NOW, FIRST)
    for name in ("segments.py", "load_sqlite.py"):
        (desk / name).write_text(SCRIPTS[name], "utf-8")
    assert load(desk).returncode == 0
    return desk


def test_lists_and_objects_are_json(loaded_desk: Path) -> None:
    rows = query(
        loaded_desk, "SELECT captions, byline, raw, format FROM article WHERE number IN (3, 5) ORDER BY number"
    )
    assert [[json.loads(cell) if isinstance(cell, str) else cell for cell in row] for row in rows] == [
        [[], [], FIRST[2]["raw"], 1],
        [FIRST[4]["captions"], ["Vĩnh Miên"], None, 1],
    ]


# --- Datasette


@pytest.mark.crawl
def test_datasette_serves_it_for_reading(desk: Path) -> None:
    load(desk)
    (block,) = (block for block in COMMANDS if block.startswith("datasette "))
    assert "--port 8001" in block
    log = desk / "datasette.log"
    with open(log, "wb") as out:
        line = ["bash", "-c", block.replace("--port 8001", "--port 0")]  # any port that is free
        server = subprocess.Popen(line, cwd=desk, env=environment(), stdout=out, stderr=out, start_new_session=True)
    try:
        place = address(log)
        rows = answer(f"{place}/articles/article.json?_shape=array&_search=danh+gia&_col=id&_col=title")
        assert rows == [{"id": "baocantho:1", "title": "Đánh giá lễ hội Katê"}]
        months = answer(f"{place}/articles/per_month.json?_shape=array")
        assert [(row["month"], row["articles"]) for row in months] == [("2018-07", 1), ("2018-08", 2), ("2019-02", 1)]
        night(desk / "output", SECOND, NEWS)
        assert load(desk).returncode == 0  # while it is served
        assert len(answer(f"{place}/articles/article.json?_shape=array&_col=id")) == 7
        facts = answer(f"{place}/-/databases.json")
        assert [(each["name"], each["is_mutable"]) for each in facts] == [("articles", True)]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(LONGEST)


def address(log: Path) -> str:
    """Where the server listens."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8")):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))


def answer(url: str) -> Any:
    with urlopen(url, timeout=LONGEST) as response:
        return json.load(response)


# --- DuckDB and Parquet

DATES = [
    ["baocantho:1", "2018-08", "2018-08-01", "2018-07-31 18:21:00+00:00", 2018],
    ["baocantho:2", "2018-07", "2018-07-31", "2018-07-31 16:00:05+00:00", 2018],
    ["baocantho:3", "2018-08", None, None, 2018],
    ["baocantho:4", None, None, None, 2019],
    ["baocantho:5", "2019-02", "2019-02-03", None, 2019],
    ["baocantho:6", None, None, None, None],
]


def test_duckdb_reads_dates_as_far_as_they_go(desk: Path) -> None:
    sql = "SELECT id, month, day, moment AT TIME ZONE 'UTC' || '+00:00', year FROM article ORDER BY id"
    assert asked(desk, sql) == DATES


def test_the_columns_are_the_fields() -> None:
    (columns,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(SCRIPTS["duck.py"]).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COLUMNS"
    )
    assert list(columns) == [field.name for field in fields(Article)]


@pytest.mark.crawl
def test_types_do_not_flip_with_what_a_night_brings(desk: Path) -> None:
    types = "SELECT (SELECT count(*) FROM article), column_name, column_type FROM (DESCRIBE article)"
    before = asked(desk, types)
    night(desk / "output", SECOND, NEWS)  # all dates are whole days
    (desk / "output/baocantho/20260314T020000Z.manifest.json").unlink()
    assert asked(desk, types) == [[2, *row[1:]] for row in before]
    assert before[0][0] == 6


def test_nested_values_can_be_asked_for(desk: Path) -> None:
    sql = """SELECT id, captions[1].credit, raw."offset", extracted_by['title'] FROM article ORDER BY id"""
    none = [None, None, None]
    assert [row[1:] for row in asked(desk, sql)] == [
        [None, None, "site"], none, [None, 5, None], none, ["Gia Chi", None, None], none,
    ]  # fmt: skip


@pytest.mark.crawl
def test_parquet_read_by_another_program(desk: Path) -> None:
    (desk / "parquet.draft").mkdir()  # of a run that was killed
    (desk / "parquet.draft" / "half.parquet").write_bytes(b"PAR1")
    (desk / "parquet" / "year=1999").mkdir(parents=True)  # of the night before
    done = run(desk, sys.executable, "to_parquet.py")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (desk / "parquet").iterdir()) == [
        "year=2018", "year=2019", "year=__HIVE_DEFAULT_PARTITION__",
    ]  # fmt: skip
    assert not (desk / "parquet.draft").exists()
    code = f"import duckdb, json; print(json.dumps(duckdb.sql({PARQUET!r}).fetchall(), default=str))"
    assert json.loads(run(desk, sys.executable, "-c", code).stdout) == DATES


PARQUET = """
    SELECT id, month, CAST(day AS DATE), moment AT TIME ZONE 'UTC' || '+00:00', year
    FROM read_parquet('parquet/*/*.parquet') ORDER BY id
"""


# --- schema.org


def test_news_articles_have_the_properties_of_the_table(desk: Path) -> None:
    done = run(desk, sys.executable, "to_schema_org.py")
    found = {each["identifier"]: each for each in map(json.loads, done.stdout.splitlines())}
    whole = found["baocantho:5"]
    assert whole["headline"] == "Vét kênh"
    assert whole["author"] == [{"@type": "Person", "name": "Vĩnh Miên"}]
    assert whole["publisher"] == {"@type": "Organization", "name": "Báo Cần Thơ"}
    assert whole["image"] == [
        {"@type": "ImageObject", "contentUrl": "https://a.vn/1.jpg", "caption": "Kênh", "creditText": "Gia Chi"},
        {"@type": "ImageObject", "caption": "Ruộng"},
        {"@type": "ImageObject", "contentUrl": "https://a.vn/2.jpg"},
    ]
    assert whole["associatedMedia"] == [{"@type": "MediaObject", "contentUrl": "https://a.vn/kh.pdf"}]
    assert found["baocantho:3"]["datePublished"] == "2018-08"
    assert not {"datePublished", "publisher", "image"} & set(found["baocantho:6"])
    table = re.findall(r"^\| `(?:\w+|\w+\[\]\.\w+)` \|.*\| `([\w.\[\]]+)` \|$", FORMAT.read_text("utf-8"), re.MULTILINE)
    known = {name for entry in table for name in re.split(r"[.\[\]]+", entry)}
    assert names(list(found.values())) <= known | {"@context", "@type"}


def names(value: Any) -> set[str]:
    """All the names in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()
