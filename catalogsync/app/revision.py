"""The commit that a catalog is at, for the reader of a plan."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git_revision(path: Path) -> str:
    """The commit that holds the catalog, with `+changes` when the work tree differs; empty outside git."""
    folder = path if path.is_dir() else path.parent
    try:
        head = _git(folder, "rev-parse", "HEAD").strip()
        return head + ("+changes" if _git(folder, "status", "--porcelain", "--", ".").strip() else "")
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *words],
        check=True,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=10,
    ).stdout
