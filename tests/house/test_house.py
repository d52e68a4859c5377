"""How the house is kept: verbs stand side by side, nothing below the command line knows of it, no import circle, kinds in their one home."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from catalogsync.cli import VERBS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "catalogsync"
PROGRAMS = ("cli", "sandbox", "money/__main__.py", "codes/__main__.py")
"""What a process is: only there may its streams, its terminal and its environment be known."""
CONSTANTS = frozenset({"METER", "FEATURE", "ADDON", "PLAN", "CHANNEL", "RULE"})
HOMES = ("openmeter/kinds", "schemagen", "sandbox", "checks", "manifests/scaffold.py")
"""Where a particular kind may be named: its home, the tables of what is drawn, the other witness, rules of the server, an example."""
NAMED = {"app/last_month.py": 2, "app/quote.py": 4, "app/try_meter.py": 2}
"""A quote is one of a plan with its add-ons, usage is that of a feature, and what is tried is a meter: the question itself names the kind."""


@functools.cache
def trees() -> Mapping[str, ast.Module]:
    """Every module by its path below the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def is_in(file: str, places: tuple[str, ...]) -> bool:
    return any(file == place or file.startswith(f"{place}/") for place in places)


def imported(tree: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    """The modules (of `known` by their names, else by what is written) that code imports, in function bodies too, but not for types alone."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for branch in node.body
        for inner in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def named_modules() -> dict[str, str]:
    """Files by the name that imports give them."""
    found = {}
    for file in trees():
        parts = ["catalogsync", *file.removesuffix(".py").split("/")]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def circles(graph: Mapping[str, frozenset[str]]) -> list[str]:
    """What can be reached from itself."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += graph[here]
        return seen

    return [name for name in graph if name in reached(name)]


def process_words(tree: ast.AST) -> list[str]:
    """What code reads of the process: click, the environment, the standard streams, whether one is a terminal."""
    found = [name for name in imported(tree, {}) if name.split(".")[0] == "click"]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("os", "sys"):
            found += [
                a.name for a in node.names if a.name in ("environ", "getenv", "stdin", "stdout", "stderr")
            ]
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if (owner, node.attr) in {
            ("os", "environ"),
            ("os", "getenv"),
            ("sys", "stdin"),
            ("sys", "stdout"),
            ("sys", "stderr"),
        } or node.attr == "isatty":
            found.append(f"{owner}.{node.attr}")
    return found


def kinds_named(tree: ast.AST) -> int:
    """How often code speaks of a particular kind: `kinds.PLAN`, or the constant itself. Declarations and imports do not count."""
    return sum(
        (isinstance(node, ast.Attribute) and node.attr in CONSTANTS and isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.Name) and node.id in CONSTANTS and isinstance(node.ctx, ast.Load))
        for node in ast.walk(tree)
    )


def test_no_verb_imports_another() -> None:
    verbs = {f"catalogsync.cli.{verb}": verb for verb in (*VERBS, "try_")}
    wrong = [
        f"{file} imports {name}"
        for file, tree in trees().items()
        if is_in(file, ("cli",))
        for name in imported(tree, verbs)
        if name in verbs
    ]
    assert wrong == []


def test_nothing_below_the_command_line_knows_of_the_process() -> None:
    found = {file: process_words(tree) for file, tree in trees().items() if not is_in(file, PROGRAMS)}
    assert {file: words for file, words in found.items() if words} == {}


def test_no_import_circle_not_even_in_a_function_body() -> None:
    known = named_modules()
    graph = {
        name: frozenset(other for other in imported(trees()[file], known) if other in known and other != name)
        for name, file in known.items()
    }
    assert circles(graph) == []


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in PACKAGE.rglob("*.py")}), ids=lambda p: p.name
)
def test_each_package_says_what_belongs_there(folder: Path) -> None:
    said = ast.get_docstring(trees()[(folder / "__init__.py").relative_to(PACKAGE).as_posix()])
    assert said and len(said.split()) >= 6


def test_a_particular_kind_is_named_in_its_home_alone() -> None:
    counts = Counter({file: kinds_named(tree) for file, tree in trees().items() if not is_in(file, HOMES)})
    assert +counts == NAMED


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("if kind is kinds.PLAN: pass", 1),
        ("from catalogsync.openmeter.kinds import PLAN\nref = Ref(PLAN, key)", 1),
        ("kinds.METER == kind or kind == kinds.RULE", 2),
        ("PLAN: ClassVar[Kind]\nPLAN = 1", 0),
        ("'kinds.PLAN'", 0),
    ],
)
def test_a_named_kind_is_found(code: str, count: int) -> None:
    assert kinds_named(ast.parse(code)) == count


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f():\n    import click", ["click"]),
        ("from click.testing import CliRunner", ["click.testing"]),
        ("import os\nos.environ.get('A')", ["os.environ"]),
        ("from os import getenv", ["getenv"]),
        ("import sys\nprint(file=sys.stderr)", ["sys.stderr"]),
        ("stream.isatty()", ["stream.isatty"]),
        ("import os\nos.open('a', os.O_RDONLY)", []),
    ],
)
def test_what_reads_the_process_is_found(code: str, found: list[str]) -> None:
    assert process_words(ast.parse(code)) == found


def test_a_circle_is_found() -> None:
    tangled = {"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"b"}), "d": frozenset({"a"})}
    assert circles(tangled) == ["b", "c"]


def test_an_import_in_a_function_counts_and_one_for_types_does_not() -> None:
    lazy = "def f():\n    from catalogsync.app import plan"
    typed = "if TYPE_CHECKING:\n    from catalogsync.app import plan"
    known = {"catalogsync.app.plan": "", "catalogsync.app": ""}
    assert list(imported(ast.parse(lazy), known)) == ["catalogsync.app.plan"]
    assert list(imported(ast.parse(typed), known)) == []
