"""Every `$ command` in a console block of the documents is run; what is shown below it must appear, in order (… stands for anything).

A YAML block with a title is written to that file first. A command that ends with & runs until the page ends; port 8765 is a free one in the test.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from forked import program

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if p.name != "sandbox.md")]
"""docs/tasks/sandbox.md starts a server that does not end; its examples have a test of their own."""
_BLOCK = re.compile(r'^```(?:console|yaml title="(?P<file>[^"]+)")\n(?P<text>.*?)^```', re.S | re.M)
PORT = "8765"


@dataclass
class Command:
    """A command line, how it ends, and what is shown of its output."""

    line: str
    code: int = 0
    shown: list[str] = field(default_factory=list)


@dataclass
class Written:
    """A file that the page shows whole."""

    path: str
    text: str


def read(page: str) -> list[Command | Written]:
    """The commands and files of a page, in their order."""
    found: list[Command | Written] = []
    for block in _BLOCK.finditer(page):
        if block["file"]:
            found.append(Written(block["file"], block["text"]))
        else:
            found += commands(block["text"])
    return found


def commands(block: str) -> list[Command]:
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            command, _, code = line[2:].partition("# exit ")
            found.append(Command(command.strip(), int(code or 0)))
        elif line.strip():
            found[-1].shown.append(line)
    return found


def test_a_page_is_read_in_its_order() -> None:
    page = 'a\n```yaml title="x.yaml"\na: 1\n```\n```yaml\nb: 2\n```\n```console\n$ one   # exit 3\nsaid\n$ two &\n```\n'
    assert read(page) == [Written("x.yaml", "a: 1\n"), Command("one", 3, ["said"]), Command("two &")]


def test_no_command_needs_the_tools_of_one_system() -> None:
    """`sed -i` without a suffix is GNU's: on macOS it takes the expression for one."""
    found = [one.line for page in PAGES for one in read(page.read_text("utf-8")) if isinstance(one, Command)]
    assert not [
        line
        for line in found
        if re.search(r"\bsed (?:-\w+ )*-i(?: |$)|\bgrep -P|\breadlink -f|\bdate -d", line)
    ]


@pytest.mark.parametrize("page", [p for p in PAGES if read(p.read_text("utf-8"))], ids=lambda p: p.name)
def test_the_documents_tell_the_truth(page: Path, tmp_path: Path) -> None:
    if page.name != "tutorial.md":  # which begins in an empty folder
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    port = free_port()
    with contextlib.ExitStack() as servers:
        for one in read(page.read_text("utf-8").replace(PORT, port)):
            if isinstance(one, Written):
                file = tmp_path / one.path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(one.text, "utf-8")
            elif one.line.endswith("&"):
                servers.enter_context(served(one, tmp_path))
            else:
                run(one, tmp_path)


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


PROGRAMS = os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin"))


def environment(folder: Path) -> dict[str, str]:
    ours = folder.parent / f"{folder.name}.bin"
    ours.mkdir(exist_ok=True)
    if not (ours / "catalogsync").exists():
        (ours / "catalogsync").symlink_to(program())
    return {"PATH": f"{ours}{os.pathsep}{PROGRAMS}", "COLUMNS": "120"}


def run(command: Command, folder: Path) -> None:
    result = subprocess.run(
        ["/bin/sh", "-c", command.line],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == command.code, f"{command.line}\n{result.stdout}{result.stderr}"
    said = result.stdout + result.stderr
    assert shows(command, said), (
        f"{command.line}\nshown:\n{chr(10).join(command.shown)}\nprinted:\n{said[-2000:]}"
    )


@contextlib.contextmanager
def served(command: Command, folder: Path) -> Iterator[None]:
    """Runs a command beside the others from the moment at which it says what the page shows."""
    output = folder.parent / f"{folder.name}.served"
    with output.open("w") as file:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command.line.removesuffix('&')}"],
            cwd=folder,
            env={
                "PATH": PROGRAMS,
                "PYTHONPATH": str(ROOT),
                "COLUMNS": "120",
            },  # the real one: it is stopped by a signal
            stdout=file,
            stderr=file,
        )
    try:
        until = time.monotonic() + 60
        while not shows(command, output.read_text("utf-8")):
            assert process.poll() is None and time.monotonic() < until, output.read_text("utf-8")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(60)


def shows(command: Command, printed: str) -> bool:
    """Whether all that the page shows is in the output, in its order."""
    at = 0
    for part in (piece.strip() for line in command.shown for piece in line.split("…")):
        at = printed.find(part, at)
        if at < 0:
            return False
    return True
