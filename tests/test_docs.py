"""The documents say what the code does: fields, keys, settings, exit codes, counts, commands, targets and examples."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
import scrapy.commands
from scrapy.settings import Settings

import newscrawl.commands
from newscrawl import settings
from newscrawl.crawling.exitcodes import ExitCode
from newscrawl.items import Article, Attachment, Caption, Link, content_hash
from newscrawl.keeping.accounts import Accounts
from newscrawl.pipelines import article_schema
from newscrawl.site import READING, WHO
from newscrawl.sitefile import load_site
from newscrawl.words.encodings import CHARSETS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
FORMAT = ROOT / "docs/article-format.md"
SITES = ROOT / "docs/site-files.md"
SETTINGS = ROOT / "docs/settings.md"
OUTPUT = ROOT / "docs/output.md"
RELIABILITY = ROOT / "docs/reliability.md"
OPERATIONS = ROOT / "docs/operations.md"
MONITORING = ROOT / "docs/monitoring.md"
REPLAY = ROOT / "docs/replay.md"
REPORT = ROOT / "docs/report.md"
BACKFILL = ROOT / "docs/backfill.md"
ADDED = {"origin"}  # fields that lines of earlier versions lack
DOWNSTREAM = ROOT / "docs/downstream.md"
OTHERS = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "output/README.md"]
DOCS = [README, *OTHERS, *sorted((ROOT / "docs").glob("*.md"))]
IDS = [doc.name if doc.parent.name != "output" else "output" for doc in DOCS]


def text_of(doc: Path) -> str:
    return doc.read_text("utf-8")


def tables(doc: Path, first: str) -> Iterator[list[str]]:
    """The rows of all tables of `doc` whose first column is headed `first`."""
    inside = False
    for line in text_of(doc).splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] if line.startswith("|") else []
        if not cells:
            inside = False
        elif not inside and cells[0] == first:
            inside = True
        elif inside and not set("".join(cells)) <= set("-: "):
            yield cells


def names(doc: Path, first: str) -> list[str]:
    return [row[0].strip("`") for row in tables(doc, first)]


def blocks(doc: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(doc), re.MULTILINE | re.DOTALL)


def site_examples() -> Iterator[Any]:
    """The TOML blocks that begin with the name of a file: whole site files."""
    for doc in (README, SITES):
        for block in blocks(doc, "toml"):
            if match := re.match(r"# \S*?([a-z0-9-]+)\.toml\n", block):
                yield pytest.param(match[1], block, id=f"{doc.name}-{match[1]}")


# --- the article


def test_every_field_has_its_row() -> None:
    assert names(FORMAT, "Field") == [field.name for field in fields(Article)]


def test_the_schema_has_the_same_fields() -> None:
    schema = article_schema()
    assert list(schema["properties"]) == names(FORMAT, "Field")
    assert [name for name in schema["properties"] if name not in ADDED] == schema["required"]


def test_objects_in_lists() -> None:
    parts = [("captions", Caption), ("attachments", Attachment), ("related", Link)]
    assert names(FORMAT, "Part") == [f"{name}[].{field.name}" for name, kind in parts for field in fields(kind)]


def test_examples_in_the_field_table_are_valid() -> None:
    for name, _, _, example, _ in tables(FORMAT, "Field"):
        assert example.startswith("`"), name
        json.loads(example.strip("`"))


def test_precisions() -> None:
    known = article_schema()["properties"]["published_precision"]["enum"]
    assert names(FORMAT, "Precision") == [precision for precision in known if precision]


def test_reasons_are_those_of_the_code() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "newscrawl").rglob("*.py"))
    for reason in names(FORMAT, "Reason"):
        assert f'"{reason}"' in code, reason


def test_reasons_of_a_replay_are_those_of_the_code() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "newscrawl").rglob("*.py"))
    reasons = [row[0].strip("`") for row in tables(REPLAY, "Reason") if "…" not in row[0]]
    assert len(reasons) > 10
    for reason in reasons:
        assert f'"{reason}"' in code, reason


def test_layers_are_those_of_the_code() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "newscrawl").rglob("*.py"))
    for layer in names(FORMAT, "Layer"):
        assert f'"{layer}"' in code, layer


def test_the_recipe_of_the_hash() -> None:
    (recipe,) = (block for block in blocks(FORMAT, "python") if "def hash_of" in block)
    scope: dict[str, Any] = {}
    exec(recipe, scope)
    article = {"title": "Mùa vàng", "lead": None, "body": "Một.\n\nHai."}
    assert scope["hash_of"](article) == content_hash(article["title"], article["lead"], article["body"])


@pytest.mark.parametrize("doc", [README, FORMAT], ids=["README.md", "article-format.md"])
def test_json_blocks(doc: Path) -> None:
    found = [json.loads(block) for block in blocks(doc, "json")]
    assert found
    for record in found:
        if "not_article" in record:
            assert set(record) == {"url", "fetched_at", "not_article", "warnings"}
        else:
            assert set(record) <= set(names(FORMAT, "Field"))


# --- site files


def test_every_key_has_its_row() -> None:
    documented = names(SITES, "Key")
    assert sorted(documented) == sorted(WHO | READING | {"layout", "until"})


@pytest.mark.parametrize(("name", "text"), list(site_examples()))
def test_an_example_site_loads(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.toml"
    file.write_text(text, "utf-8")
    assert load_site(file).name == name


def test_there_are_example_sites() -> None:
    assert any(block.startswith("# ") for block in blocks(README, "toml"))


def test_snippets_have_known_keys() -> None:
    for block in blocks(SITES, "toml"):
        data = tomllib.loads(block)
        keys = set(data).union(*(layout for layout in data.get("layout", [])))
        assert keys <= WHO | READING | {"layout", "until"}


# --- settings, exit codes, counts


def test_settings_have_the_printed_defaults() -> None:
    rows = [*tables(SETTINGS, "Setting"), *tables(MONITORING, "Setting")]
    assert rows
    for name, default, _ in rows:
        assert getattr(settings, name.strip("`")) == ast.literal_eval(default.strip("`")), name


@pytest.mark.parametrize("doc", DOCS, ids=IDS)
def test_settings_in_commands_exist(doc: Path) -> None:
    known = Settings()
    for name in re.findall(r"-s ([A-Z_]+)=", text_of(doc).replace("NAME=VALUE", "")):
        assert hasattr(settings, name) or name in known, name


def test_exit_codes() -> None:
    assert [(int(row[0]), row[1].strip("`")) for row in tables(README, "Code")] == [
        (int(code), code.name) for code in ExitCode
    ]


def test_exit_codes_of_an_export() -> None:
    assert {int(row[0]) for row in tables(DOWNSTREAM, "Exit code")} <= {int(code) for code in ExitCode}


def test_counts_of_the_manifest() -> None:
    assert names(OUTPUT, "Count") == [*Accounts().balance(), "duplicates"]


def test_monitors_and_their_settings() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "newscrawl/monitoring").glob("*.py"))
    rows = list(tables(MONITORING, "Monitor"))
    assert len(rows) == 4
    for monitor, _, _, named in rows:
        assert monitor.replace("`", '"') in code
        assert all(hasattr(settings, name) for name in re.findall(r"`([A-Z_]+)`", named))


# --- commands, targets, files


@pytest.mark.parametrize("doc", DOCS, ids=IDS)
def test_commands_exist(doc: Path) -> None:
    known = {
        module.name for package in (scrapy.commands, newscrawl.commands) for module in iter_modules(package.__path__)
    }
    text = text_of(doc)
    code = "\n".join(re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    code += "\n" + "\n".join(re.findall(r"`([^`\n]+)`", text))
    assert set(re.findall(r"(?:^|[\s/`])scrapy ([a-z]+)\b", code, re.MULTILINE)) <= known


@pytest.mark.parametrize("doc", DOCS, ids=IDS)
def test_make_targets_exist(doc: Path) -> None:
    makefile = ROOT / "Makefile"
    if not makefile.is_file():
        pytest.skip("there is no Makefile")
    rules = re.findall(r"^([a-z][\w -]*?)\s*:(?!=)", makefile.read_text("utf-8"), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    code = re.findall(r"`make ([a-z-]+)", text_of(doc)) + re.findall(r"^    make ([a-z-]+)", text_of(doc), re.MULTILINE)
    assert set(code) <= targets


@pytest.mark.parametrize("doc", DOCS, ids=IDS)
def test_linked_files_exist(doc: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(doc)):
        if not link.startswith(("http://", "https://")):
            assert (doc.parent / link).is_file(), link


def test_files_named_for_contributors_exist() -> None:
    doc = ROOT / "CONTRIBUTING.md"
    for name in re.findall(r"`((?:newscrawl|tests)/[\w./-]+)`", text_of(doc)):
        assert (ROOT / name).exists(), name
    for row in tables(doc, "Floor"):
        for name in re.findall(r"`([\w./]+)`", row[2]):
            assert (ROOT / "newscrawl" / name).exists(), name


# --- old encodings


def test_old_encodings() -> None:
    rows = {row[0]: tuple(re.findall(r"`([^`]+)`", row[2])) for row in tables(ROOT / "docs/encodings.md", "Encoding")}
    assert rows == {charset.name: charset.labels for charset in CHARSETS}


# --- what a crawl survives


def test_each_fault_names_a_test_that_exists() -> None:
    rows = list(tables(RELIABILITY, "Fault"))
    assert len(rows) > 30
    source = "\n".join(file.read_text("utf-8") for file in (ROOT / "tests").glob("test_*.py"))
    known = set(re.findall(r"^def (test_\w+)\(", source, re.MULTILINE))
    assert {row[3].strip("`") for row in rows} <= known
    assert all(row[1] and row[2] for row in rows)


def test_each_exit_code_of_a_crawl_is_shown_by_a_fault() -> None:
    shown = {int(code) for row in tables(RELIABILITY, "Fault") for code in re.findall(r"\d+", row[2])}
    assert shown == {int(code) for code in ExitCode} - {ExitCode.USAGE}
