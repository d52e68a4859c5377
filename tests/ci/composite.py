"""Runs the steps of `action.yml` in their order, as a runner does: expressions, conditions, environment, outputs. Other actions are stood in for."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.S)
_NAME = re.compile(r"'[^']*'|(?<![\w.'-])(inputs|steps|github)((?:\.[\w-]+)+)")

Uses = Callable[[str, Mapping[str, str]], None]


@dataclass
class Job:
    """What a run of the action did. `log`: all that its steps wrote; `ran`: the names of the steps that were not left out."""

    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    ran: list[str] = field(default_factory=list)
    failed: str = ""
    code: int = 0


def holds(condition: str, names: Mapping[str, Any], *, failed: bool) -> bool:
    """Whether a step is run: after one that failed only with a status function."""
    return bool(evaluate(condition, names)) and (not failed or "always()" in condition)


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """An expression of a workflow, as far as the action uses them: names, texts, == != && || and status functions."""
    known: dict[str, Any] = {"always": lambda: True, "true": True, "false": False}

    def name(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        value: Any = names[found[1]]
        for part in found[2].strip(".").split("."):
            value = value.get(part, "") if isinstance(value, Mapping) else ""
        known[f"v{len(known)}"] = value
        return f"v{len(known) - 1}"

    python = _NAME.sub(name, text).replace("&&", " and ").replace("||", " or ")
    return eval(python, {"__builtins__": {}}, known)


def run(
    inputs: Mapping[str, str],
    *,
    github: Mapping[str, Any],
    environ: Mapping[str, str],
    workspace: Path,
    temp: Path,
    uses: Uses,
) -> Job:
    """Runs the action with these inputs. `uses` is told of each action of others, with its inputs."""
    job = Job()
    for name in inputs:
        assert name in ACTION["inputs"], f"the action has no input {name}"
    given = {name: str(inputs.get(name, one.get("default", ""))) for name, one in ACTION["inputs"].items()}
    names = SimpleNamespace(inputs=given, steps={}, github=github)

    def filled(text: Any) -> str:
        return _EXPRESSION.sub(lambda found: str(evaluate(found[1], vars(names)) or ""), str(text))

    given = {name: filled(value) for name, value in given.items()}
    names.inputs = given
    for step in ACTION["runs"]["steps"]:
        named = step.get("name", step.get("uses", ""))
        if not holds(step.get("if", "true"), vars(names), failed=bool(job.failed)):
            continue
        job.ran.append(named)
        if "uses" in step:
            uses(step["uses"], {name: filled(value) for name, value in step.get("with", {}).items()})
            names.steps[step.get("id", named)] = {"outputs": {"python-path": sys.executable}}
            continue
        code = _shell(
            job,
            step,
            {name: filled(value) for name, value in step.get("env", {}).items()} | dict(environ),
            workspace,
            temp,
        )
        if "id" in step:
            names.steps[step["id"]] = {"outputs": job.outputs.get(step["id"], {})}
        if code and not job.failed:
            job.failed, job.code = named, code
    return job


def _shell(job: Job, step: Mapping[str, Any], environ: Mapping[str, str], workspace: Path, temp: Path) -> int:
    assert step["shell"] == "bash"
    output, summary = temp / "output", temp / "summary"
    output.write_text("", "utf-8")
    summary.write_text("", "utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=workspace,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(temp),
            "PYTHONPATH": str(ROOT),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTIONS": "true",
            "RUNNER_TEMP": str(temp),
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    job.log += done.stdout + done.stderr
    job.summary += summary.read_text("utf-8")
    lines = [line.partition("=") for line in output.read_text("utf-8").splitlines()]
    job.outputs[step.get("id", "")] = {name: value for name, _, value in lines}
    return done.returncode


def packed(folder: Path) -> bytes:
    """A folder as upload-artifact packs it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for path in sorted(folder.iterdir()):
            file.write(path, path.name)
    return data.getvalue()
