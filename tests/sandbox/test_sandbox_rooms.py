"""The sandbox's own order: rules know no API and no transport, the APIs do not know each other, and a test run that does not
use the fixture loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from catalogsync.sandbox.descriptions import drawn, operations
from catalogsync.sandbox.v1.routes import HANDLERS as V1
from catalogsync.sandbox.v3.routes import HANDLERS as V3

SANDBOX = Path(__file__).parents[2] / "catalogsync" / "sandbox"
STRANGERS = {"domain": ("v1", "v3", "transport"), "v1": ("v3", "transport"), "v3": ("v1", "transport")}


def imported(path: Path) -> list[str]:
    """The modules of the sandbox that a file imports, inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("catalogsync.sandbox"):
            found += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name.removeprefix("catalogsync.sandbox.") for name in found]


@pytest.mark.parametrize("room", STRANGERS)
def test_a_room_imports_none_of_its_strangers(room: str) -> None:
    files = list((SANDBOX / room).glob("*.py"))
    assert len(files) > 10
    wrong = [
        f"{path.name} imports {name}"
        for path in files
        for name in imported(path)
        if name.split(".")[0] in STRANGERS[room]
    ]
    assert not wrong


def test_no_import_hides_in_a_function_but_the_heavy_ones() -> None:
    hidden = {
        (path.name, node.module)
        for path in SANDBOX.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom)
    }
    assert hidden == {
        ("embedded.py", "catalogsync.sandbox.transport.in_process"),
        ("embedded.py", "catalogsync.sandbox.transport.served"),
        ("pytest_plugin.py", "catalogsync.sandbox"),
    }


@pytest.mark.parametrize(("version", "handlers"), [("v1", V1), ("v3", V3)])
def test_every_route_is_an_operation_of_the_description(version: str, handlers: dict[str, object]) -> None:
    assert set(handlers) <= {one.name for one in operations(drawn(version))}


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (
            "import catalogsync.sandbox.pytest_plugin",
            "httpx starlette uvicorn simplejson catalogsync.sandbox.embedded",
        ),
        ("from catalogsync.sandbox import Sandbox; Sandbox()", "starlette uvicorn httpx"),
        ("from catalogsync.sandbox import Sandbox; Sandbox().transport()", "starlette uvicorn"),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_used(code: str, unwanted: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split()
    assert not set(unwanted.split()) & set(shown)
