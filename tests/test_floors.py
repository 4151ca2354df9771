"""The floors of the design: a module imports only from its own floor and those below, and never in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "newscrawl"

FLOORS = {
    "words": "words words.* items",
    "sites": "selectors site table sitefile",
    "reading": "reading reading.* loaders extraction",
    "keeping": "inventory inventory.* keeping keeping.* warc warc.* webarchives webarchives.*",
    "crawling": (
        "crawling crawling.* fleet fleet.* monitoring monitoring.* backfilling backfilling.* replaying replaying.* "
        "spiders spiders.* pipelines middlewares"
    ),
    "door": "settings commands commands.* picture picture.* report report.*",
}
PURE = ("words", "sites", "reading")  # these know nothing of Scrapy's engine
LONGEST_FILE = 350  # lines; the aim is 200
LONGEST_FUNCTION = 40  # lines with the docstring; the aim is 25

FILES = {
    ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}
TREES = {module: ast.parse(file.read_text("utf-8")) for module, file in FILES.items()}
MODULES = [module for module in FILES if module != "__init__"]


def floor_of(module: str) -> int | None:
    for number, names in enumerate(FLOORS.values()):
        if module in names.split() or f"{module.partition('.')[0]}.*" in names.split():
            return number
    return None


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """The modules that import statements name, in full."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def own(names: set[str]) -> set[str]:
    """Those of our own modules among them, without the package's name."""
    short = {name.removeprefix("newscrawl.") for name in names if name.startswith("newscrawl.")}
    return {name for name in short if name in FILES}


def eager(module: str) -> set[str]:
    """What is imported when the module is: statements outside of functions."""

    def outside(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                yield child
                yield from outside(child)

    return imported(outside(TREES[module]))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_stands_on_a_floor(module: str) -> None:
    assert floor_of(module) is not None, f"{module}.py is new: name its floor in this file and in the design"


def test_the_floors_name_modules_that_exist() -> None:
    named = {name for names in FLOORS.values() for name in names.split() if not name.endswith(".*")}
    assert named <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module: str) -> None:
    floor = floor_of(module)
    assert floor is not None
    names = list(FLOORS)
    for other in own(imported(ast.walk(TREES[module]))):
        above = floor_of(other)
        assert above is not None
        assert above <= floor, f"{module} ({names[floor]}) imports {other} ({names[above]})"


def test_no_imports_in_a_circle() -> None:
    graph = {module: own(eager(module)) - {module} for module in MODULES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize("module", [module for module in MODULES if floor_of(module) in range(len(PURE))])
def test_the_lower_floors_know_nothing_of_the_engine(module: str) -> None:
    tops = {name.partition(".")[0] for name in imported(ast.walk(TREES[module]))}
    assert not tops & {"scrapy", "twisted"}


def fresh(code: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_reading_loads_no_date_library_before_it_is_needed() -> None:
    assert fresh("import sys, newscrawl.extraction; print('dateparser' in sys.modules)") == "False"


def test_a_site_is_read_without_the_engine() -> None:
    code = (
        "import sys, newscrawl.sitefile, newscrawl.words.dates; print(sorted({'scrapy', 'twisted'} & {*sys.modules}))"
    )
    assert fresh(code) == "[]"


def test_the_package_imports_nothing_eagerly() -> None:
    assert {name.partition(".")[0] for name in eager("__init__")} <= {"__future__", "datetime", "typing"}
    code = "import sys, newscrawl; print([name for name in sys.modules if name.startswith(('newscrawl.', 'lxml'))])"
    assert fresh(code) == "[]"


def test_the_library_call_leads_to_reading() -> None:
    assert own(imported(ast.walk(TREES["__init__"]))) == {"extraction"}


# --- house rules


@pytest.mark.parametrize("module", FILES)
def test_no_bare_except(module: str) -> None:
    for node in ast.walk(TREES[module]):
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"{module}.py line {node.lineno}"


@pytest.mark.parametrize("module", FILES)
def test_no_pickle(module: str) -> None:
    tops = {name.partition(".")[0] for name in imported(ast.walk(TREES[module]))}
    assert not tops & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


@pytest.mark.parametrize("module", FILES)
def test_sizes(module: str) -> None:
    assert len(FILES[module].read_text("utf-8").splitlines()) <= LONGEST_FILE
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{module}.{node.name} has {lines} lines"


@pytest.mark.parametrize("module", FILES)
def test_a_module_says_what_it_is(module: str) -> None:
    assert ast.get_docstring(TREES[module])


@pytest.mark.parametrize("module", MODULES)
def test_names_that_say_nothing(module: str) -> None:
    assert not {"util", "utils", "helpers", "base", "manager", "common", "misc"} & set(module.split("."))
