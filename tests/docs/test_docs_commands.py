"""Every `$ command` in a console block of the documents is run; what is shown below it must appear, in order (… stands for anything)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from forked import program

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if p.name != "sandbox.md")]
"""docs/tasks/sandbox.md starts a server that does not end; its examples have a test of their own."""
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.S | re.M)


def commands(text: str) -> list[tuple[str, int, list[str]]]:
    """Command, exit code and shown lines, in the order of the page."""
    found: list[tuple[str, int, list[str]]] = []
    for block in _BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                command, _, code = line[2:].partition("# exit ")
                found.append((command.strip(), int(code or 0), []))
            elif line.strip():
                found[-1][2].append(line)
    return found


@pytest.mark.parametrize("page", [p for p in PAGES if commands(p.read_text("utf-8"))], ids=lambda p: p.name)
def test_the_documents_tell_the_truth(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    ours = tmp_path / "bin"
    ours.mkdir()
    (ours / "catalogsync").symlink_to(program())
    here = Path(sys.executable).parent
    environment = {"PATH": os.pathsep.join((str(ours), str(here), "/usr/bin", "/bin")), "COLUMNS": "120"}
    for command, code, shown in commands(page.read_text("utf-8")):
        result = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == code, f"{command}\n{result.stdout}{result.stderr}"
        printed, at = result.stdout + result.stderr, 0
        for line in shown:
            for part in filter(None, (piece.strip() for piece in line.split("…"))):
                assert part in printed[at:], f"{command}\nshown: {part}\nprinted:\n{printed[-2000:]}"
                at = printed.index(part, at)
