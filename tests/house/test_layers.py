"""The house keeps its order: a module imports lower layers only, the sandbox knows nothing of the engine, start-up loads nothing heavy."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from catalogsync.cli import VERBS, group

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "catalogsync"

LAYERS = (
    "codes core",
    "openmeter",
    "normalize schemagen",
    "manifests money metering",
    "checks",
    "planner",
    "store",
    "targets",
    "executor",
    "app",
    "render",
    "mcp",
    "cli",
)
"""The rooms from the words at the bottom to the command line at the top; a module imports its own room and those before it in this list.
The sandbox stands apart."""
ENTRANCES = {"app", "cli"}
"""Who may go through the sandbox's front door."""
_RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names.split()}


def imports(path: Path) -> Iterator[str]:
    """The names of our own modules that a file imports, lazily too: the first part below the package."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "catalogsync":
            names = [f"catalogsync.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("catalogsync."))


def modules() -> Iterator[tuple[str, Path]]:
    """Every file with the name of the module or package below `catalogsync` that it belongs to."""
    for path in sorted(PACKAGE.rglob("*.py")):
        first = path.relative_to(PACKAGE).parts[0]
        if first not in ("__init__.py", "__main__.py"):
            yield first.removesuffix(".py"), path


def test_a_module_imports_lower_layers_only() -> None:
    wrong = []
    for name, path in modules():
        if name == "sandbox":
            continue
        assert name in _RANK, f"{name} has no place: put it into LAYERS"
        for other in imports(path):
            if other == "sandbox":
                if name not in ENTRANCES:
                    wrong.append(f"{path.relative_to(ROOT)} imports the sandbox")
            elif other != "__version__" and _RANK[other] > _RANK[name]:
                wrong.append(f"{path.relative_to(ROOT)} imports {other}, which is above it")
    assert not wrong


def test_the_sandbox_knows_nothing_of_the_engine() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for name, path in modules()
        if name == "sandbox"
        for other in imports(path)
        if other
        not in (
            "sandbox",
            "openmeter",
            "__version__",
        )  # of openmeter the releases alone: tests/sandbox holds it
    ]
    assert not wrong


def test_only_use_cases_know_which_target_there_is() -> None:
    """What people and agents see is made of what `app` gives: types aside, it names no dialect."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for name, path in modules()
        if name in ("render", "mcp", "cli")
        for node in loaded(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("catalogsync.targets.")
    ]
    assert not wrong


def loaded(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are more than a type checker's."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from loaded(node)


def test_the_engine_enters_the_sandbox_by_its_front_door() -> None:
    wrong = []
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if name == "sandbox" or not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            wrong += [f"{path.relative_to(ROOT)}: {n}" for n in named if n.startswith("catalogsync.sandbox.")]
    assert not wrong


def test_imports_are_written_in_full() -> None:
    """What the other tests of this file read: a relative import would go past them."""
    relative = [
        path.relative_to(ROOT)
        for _, path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str) -> None:
    command = group.get_command(None, verb)  # type: ignore[arg-type]
    assert command is not None
    assert command.help


def handed_over(command: click.Command) -> Iterator[tuple[click.Command, set[str], set[str]]]:
    """A command, and those below it: the names of its options, and of what its function takes."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from handed_over(one)
    elif command.callback is not None:
        options = {one.name for one in command.params if one.expose_value and one.name}
        yield command, options, set(inspect.signature(command.callback).parameters)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_the_options_that_it_has(verb: str) -> None:
    command = group.get_command(None, verb)  # type: ignore[arg-type]
    assert command is not None
    for one, options, taken in handed_over(command):
        assert options == taken, one.name


def test_help_loads_nothing_heavy() -> None:
    heavy = (
        "httpx",
        "deepdiff",
        "jsonschema",
        "jsonschema_rs",
        "starlette",
        "uvicorn",
        "rich",
        "yaml",
        "simplejson",
    )
    code = f"import sys; from catalogsync.cli import run; run(['--help']); print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_no_committed_file_names_a_registry_or_a_machine_path() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    ).stdout
    words = ("py" + "pi.org", "python" + "hosted", "npm" + "js.", "crates" + ".io")
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in (".gz",) or not path.is_file():
            continue
        text = path.read_text("utf-8", errors="replace")
        if any(word in text for word in words) or re.search(r"(^|[^A-Za-z])/(work|farm)/[a-z]", text):
            found.append(name)
    assert not found
