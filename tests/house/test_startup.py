"""What each verb loads: a verb that needs no server loads nothing that speaks to one, and what only tells loads nearly nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalogsync.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
EXAMPLE = "examples/catalog"
HEAVY = (
    "deepdiff dataclasses filelock hashlib httptools httpx jinja2 jsonschema jsonschema_rs obstore referencing rich shutil simplejson "
    "socket sqlite3 starlette unittest uvicorn yaml"
).split()
"""Packages that take long enough to load to be asked about."""
_FILES = "dataclasses hashlib jsonschema_rs simplejson socket yaml"
_ALL = f"{_FILES} filelock shutil sqlite3"
_ROOMS = "app checks cli codes core executor manifests metering money normalize openmeter planner render sandbox store targets"

LOADED = {
    "--help": ("", "cli core"),
    "--version": ("", "cli core"),
    "explain yaml-empty": ("", "cli codes core"),
    f"validate {EXAMPLE}": (
        _FILES,
        "app checks cli codes core manifests money openmeter render store",
    ),
    f"fmt --check {EXAMPLE}": (_FILES, "app cli codes core manifests openmeter render store"),
    f"plan {EXAMPLE} --url sandbox:": (
        f"{_ALL} httpx",
        _ROOMS,
    ),
}
"""Of each verb the heavy packages and the rooms of this one that it loads, and no others."""

_RUN = """
import sys
from catalogsync.cli import run
run(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
"""


def modules(arguments: list[str]) -> list[str]:
    """What is loaded by the time a verb has ended."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize("command", LOADED, ids=lambda command: command.split()[0].strip("-"))
def test_a_verb_loads_what_it_needs_and_no_more(command: str) -> None:
    packages, rooms = LOADED[command]
    loaded = modules(command.split())
    ours = {name.split(".")[1] for name in loaded if name.startswith("catalogsync.")}
    assert {name for name in loaded if name in HEAVY} == set(packages.split())
    assert {name for name in ours if not name.startswith("_")} == set(rooms.split())


def test_a_plan_of_a_server_loads_no_other_client() -> None:
    """Loading httpx takes as long as a hundred reads and more (docs/adr/0010)."""
    with Sandbox().serve() as url:
        loaded = modules(["plan", EXAMPLE, "--url", url])
    ours = {name.split(".")[1] for name in loaded if name.startswith("catalogsync.")}
    assert {name for name in loaded if name in HEAVY} == {*_ALL.split(), "httptools"}
    assert {name for name in ours if not name.startswith("_")} == set(_ROOMS.split())
