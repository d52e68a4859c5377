"""The commit that a catalog is at, for the reader of a plan."""

from __future__ import annotations

import subprocess
from pathlib import Path

_HEAD = "# branch.oid "
"""What the line of the commit begins with; `(initial)` stands there before the first one."""


def git_revision(path: Path) -> str:
    """The commit that holds the catalog, with `+changes` when the work tree differs; empty outside git."""
    folder = path if path.is_dir() else path.parent
    try:
        said = _git(folder, "status", "--porcelain=v2", "--branch", "--", ".").splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    head = next((line.removeprefix(_HEAD) for line in said if line.startswith(_HEAD)), "(")
    differs = any(not line.startswith("#") for line in said)
    return "" if head.startswith("(") else head + ("+changes" if differs else "")


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *words],
        check=True,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=10,
    ).stdout
