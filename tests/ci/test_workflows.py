"""The workflows, the action's description and its shell steps, by the checkers that people use; the examples that are shown are the files."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from ci.composite import ACTION, ROOT

WORKFLOWS = sorted((ROOT / "examples" / "ci").glob("github-*.yml")) + sorted(
    (ROOT / ".github" / "workflows").glob("*.yml")
)
SHELL = sorted((ROOT / "action").glob("*.sh"))
PAGE = (ROOT / "docs" / "pull-requests.md").read_text("utf-8")


def program(name: str) -> str:
    """A checker from the path, or from where `go install` puts it; the test is left out, loudly, where there is none."""
    places = f"{os.environ['PATH']}{os.pathsep}{Path(pwd.getpwuid(os.getuid()).pw_dir) / 'go' / 'bin'}"
    found = shutil.which(name, path=places)
    if found is None:
        pytest.skip(f"{name} IS NOT INSTALLED: the workflows were not checked by it")
    return found


def test_actionlint_has_nothing_to_say() -> None:
    done = subprocess.run(
        [program("actionlint"), "-no-color", "-shellcheck", shutil.which("shellcheck") or "", *WORKFLOWS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    inline = []
    for number, step in enumerate(ACTION["runs"]["steps"]):
        if "run" in step:
            inline.append(tmp_path / f"{number}.sh")
            inline[-1].write_text(f"#!/bin/bash\n{step['run']}\n", "utf-8")
    done = subprocess.run(
        [program("shellcheck"), "-x", *SHELL, *inline],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout + done.stderr == ""


def test_the_action_reads_what_it_declares() -> None:
    """Every input is read by a step, every step's input is declared, and no expression stands in a script."""
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "a value in a script is code"
        for place, name in re.findall(r"steps\.([\w-]+)\.outputs\.([\w-]+)", str(step)):
            assert place in {one.get("id") for one in ACTION["runs"]["steps"]}, (place, name)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_uses_the_inputs_that_there_are(file: Path) -> None:
    for job in yaml.safe_load(file.read_text("utf-8"))["jobs"].values():
        for step in job["steps"]:
            if "/catalogsync@" in step.get("uses", ""):
                assert set(step["with"]) <= set(ACTION["inputs"])


@pytest.mark.parametrize("name", ["github-plan.yml", "github-apply.yml"])
def test_the_page_shows_the_files(name: str) -> None:
    assert (ROOT / "examples" / "ci" / name).read_text("utf-8") in PAGE
