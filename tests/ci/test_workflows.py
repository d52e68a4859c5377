"""The workflows, the action's description and its shell steps, by the checkers that people use; the examples that are shown are the files."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

import forked
import pytest
import yaml
from ci.composite import ACTION, ROOT

WORKFLOWS = sorted((ROOT / "examples" / "ci").glob("github-*.yml")) + sorted(
    (ROOT / ".github" / "workflows").glob("*.yml")
)
SHELL = sorted((ROOT / "action").glob("*.sh"))
PAGE = (ROOT / "docs" / "tasks" / "pull-requests.md").read_text("utf-8")


def program(name: str) -> str:
    """A checker from the path, or from where `go install` puts it; the test is left out, loudly, where there is none."""
    places = [
        os.environ["PATH"],
        str(Path(sys.executable).parent),
        f"{pwd.getpwuid(os.getuid()).pw_dir}/go/bin",
    ]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"{name} IS NOT INSTALLED: the workflows were not checked by it")
    return found


def test_actionlint_has_nothing_to_say() -> None:
    done = subprocess.run(
        [
            program("actionlint"),
            "-no-color",
            "-shellcheck",
            "" if shutil.which("shellcheck") is None else "shellcheck",
            *WORKFLOWS,
        ],
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


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("action.yml", "vendor.github-actions"),
        ("examples/ci/gitlab-ci.yml", "vendor.gitlab-ci"),
        ("examples/ci/github-plan.yml", "vendor.github-workflows"),
        ("examples/ci/github-apply.yml", "vendor.github-workflows"),
    ],
)
def test_the_schemas_have_nothing_to_say(file: str, schema: str) -> None:
    if importlib.util.find_spec("check_jsonschema") is None:
        pytest.skip(f"check-jsonschema IS NOT INSTALLED: {file} was not checked by it")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, ROOT / file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_is_built_from_what_there_is() -> None:
    """Each folder and file that the Dockerfile copies is here, and is let through."""
    copied = [
        word
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert copied
    through = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name}" not in through] == []
    links = [path for path in (ROOT / "catalogsync").rglob("*") if path.is_symlink()]
    assert len(links) > 2
    for link in links:
        target = (link.parent / link.readlink()).resolve().relative_to(ROOT.resolve()).as_posix()
        assert target in copied, f"{link.name} leads to {target}, which is not copied"


def test_gitlab_s_jobs_run_in_their_order(tmp_path: Path) -> None:
    """The scripts as they are, for a catalog whose production is kept in a file."""
    shutil.copytree(ROOT / "examples" / "catalog", tmp_path / "catalog")
    (tmp_path / "catalogsync.yaml").write_text(
        "environments: {production: {url: 'sandbox:production.db'}}\n", "utf-8"
    )
    (tmp_path / "catalogsync").symlink_to(forked.program())
    jobs = yaml.safe_load((ROOT / "examples" / "ci" / "gitlab-ci.yml").read_text("utf-8"))
    for name in ("validate", "review", "plan", "apply"):
        done = subprocess.run(
            ["sh", "-ec", "\n".join(jobs[name]["script"])],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        for file in [
            *jobs[name]["artifacts"].get("paths", ()),
            *jobs[name]["artifacts"].get("reports", {}).values(),
        ]:
            assert (tmp_path / file).is_file(), file
    assert "Applied: 35 done." in done.stdout


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
