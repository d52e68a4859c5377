"""The wheel and the sdist in clean environments, and the release script on a clone: dry by default, a tag on request, refusals that say why."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ci.composite import ROOT

import catalogsync

VERSION = catalogsync.__version__


def needs(*modules: str) -> None:
    for name in modules:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} IS NOT INSTALLED: no release was built (make tools)")


def run(folder: Path, *words: str | Path, check: str = "true") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHON": sys.executable,
            "CHECK": check,
            "PYTHONPATH": str(folder),
            "HOME": str(folder.parent),
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    run(tmp_path, "git", "clone", "-q", ROOT, folder)
    run(folder, "git", "config", "user.name", "Tester")
    run(folder, "git", "config", "user.email", "tester@example.com")
    for tag in run(folder, "git", "tag").stdout.split():
        run(folder, "git", "tag", "-d", tag)
    changelog = folder / "CHANGELOG.md"
    changelog.write_text(
        re.sub(rf"## {re.escape(VERSION)} .*", f"## {VERSION} (2026-01-02)", changelog.read_text("utf-8")),
        "utf-8",
    )
    run(folder, "git", "commit", "-qam", "The day of the release")
    return folder


@pytest.mark.slow
def test_a_release_is_built_tried_and_tagged_on_request(clone: Path) -> None:
    needs("build", "twine")
    dry = run(clone, "scripts/release", VERSION)
    assert dry.returncode == 0, dry.stderr
    assert "installs, does the main job, and serves an agent" in dry.stdout
    assert "does so with the oldest versions that it takes" in dry.stdout
    assert "nothing was tagged" in dry.stdout
    assert run(clone, "git", "tag").stdout == ""
    done = run(clone, "scripts/release", VERSION, "--really")
    assert done.returncode == 0, done.stderr
    assert run(clone, "git", "tag").stdout == f"v{VERSION}\n"
    assert "is tagged already" in run(clone, "scripts/release", VERSION).stderr


def test_what_is_not_ready_is_refused(clone: Path) -> None:
    for words, said in (
        ((), "say which version"),
        (("1.2",), "say which version"),
        ((VERSION, "--now"), "--now is not --really"),
        (("99.0.0",), f"catalogsync/__init__.py says {VERSION}, not 99.0.0"),
    ):
        done = run(clone, "scripts/release", *words)
        assert done.returncode == 1
        assert said in done.stderr
    (clone / "left.txt").write_text("", "utf-8")
    assert "changes that are not committed" in run(clone, "scripts/release", VERSION).stderr
    (clone / "left.txt").unlink()
    assert run(clone, "scripts/release", VERSION, check="false").returncode != 0
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(
        changelog.read_text("utf-8").replace(f"## {VERSION} (2026-01-02)", f"## {VERSION} (soon)"), "utf-8"
    )
    assert "CHANGELOG.md has no heading" in run(clone, "scripts/release", VERSION).stderr
    assert run(clone, "git", "tag").stdout == ""
