"""What `--format json` gives fits its published schema, and every member of the schema is one that is given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from forked import program
from jsonschema import Draft202012Validator

from catalogsync.cli import run
from catalogsync.render import output_schemas

ROOT = Path(__file__).parents[2]
CONFIG = """\
default: one
environments:
  one: {url: "sandbox:one.db"}
  two: {url: "sandbox:two.db"}
runStore: runs
"""


def catalogsync(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [program(), *arguments],
        cwd=folder, env=env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def problems(name: str, said: subprocess.CompletedProcess[str]) -> list[str]:
    """What of an output does not fit its schema."""
    validator = Draft202012Validator(output_schemas.OUTPUTS[name])
    return [f"{one.json_path}: {one.message[:200]}" for one in validator.iter_errors(json.loads(said.stdout))]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with two environments, the first one applied, with a price and a meter changed since."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "examples" / "catalog", folder / "catalog")
    shutil.copy(ROOT / "examples" / "events.jsonl", folder / "events.jsonl")
    (folder / "catalogsync.yaml").write_text(CONFIG, "utf-8")
    shutil.copytree(folder / "catalog", folder / "before")
    assert catalogsync("apply", "--yes", "-e", "one", folder=folder).returncode == 0
    pro = folder / "catalog" / "plans" / "pro.yaml"
    pro.write_text(pro.read_text("utf-8").replace("0.0004", "0.0006"), "utf-8")
    yield folder


JSON = ("--format", "json")
COMMANDS = {
    "plan": ("plan", "-e", "one"),
    "plan of an empty server, rehearsed": (
        "plan",
        "before/features",
        "before/meters",
        "before/addons",
        "--url",
        "sandbox:",
        "--rehearse",
    ),
    "plan that tries its meters": ("plan", "--url", "sandbox:", "--events", "events.jsonl"),
    "apply": ("apply", "--yes", "--url", "sandbox:"),
    "validate": ("validate",),
    "diff": ("diff", "before", "catalog"),
    "drift": ("drift", "-e", "one"),
    "quote": ("quote", "catalog", "--plan", "pro", "--at", "api_requests=250000"),
    "try": ("try", "api_requests", "--events", "events.jsonl"),
    "history": ("history", "-e", "one"),
    "doctor": ("doctor", "-e", "one"),
    "explain": ("explain", "price-double-billing"),
    "explain everything": ("explain",),
    "environments": ("plan", "-e", "*"),
    "resolved": ("show", "--resolved", "-e", "one"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_an_output_fits_its_schema(case: str, home: Path) -> None:
    said = catalogsync(*COMMANDS[case], *JSON, folder=home)
    assert said.returncode in (0, 2, 5), said.stderr
    assert problems(case.split(" ", maxsplit=1)[0], said) == []


def test_a_run_fits_its_schema(home: Path) -> None:
    runs = json.loads(catalogsync("history", "-e", "one", *JSON, folder=home).stdout)["runs"]
    assert problems("run", catalogsync("show", runs[0]["id"], *JSON, folder=home)) == []


def test_findings_fit_their_schema(home: Path, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("kind: feature\nkey: a\nname: A\nmeterSlug: b\nmetar: c\n", "utf-8")
    said = catalogsync("validate", str(tmp_path), *JSON, folder=home)
    assert said.returncode == 1 and problems("validate", said) == []


@pytest.mark.parametrize("lacking", [True, False])
def test_a_comparison_of_descriptions_fits_its_schema(lacking: bool, home: Path) -> None:
    spec = ROOT / ("tests/data/small-openapi.yaml" if lacking else "schemas/wire-v1.json")
    said = catalogsync("schema", "check", "--spec", str(spec), *JSON, folder=home)
    assert said.returncode == int(lacking), said.stderr
    assert problems("schema-check", said) == [] and bool(json.loads(said.stdout)["lacks"]) is lacking


@pytest.mark.parametrize("name", output_schemas.OUTPUTS)
def test_the_published_schema_is_in_step(name: str) -> None:
    Draft202012Validator.check_schema(output_schemas.OUTPUTS[name])
    assert (ROOT / "schemas" / "output" / f"{name}.schema.json").read_text("utf-8") == output_schemas.text(
        name
    )


def test_a_schema_refuses_what_it_does_not_name() -> None:
    said = {"diagnostics": [], "summary": {"error": 0, "warning": 0, "note": 0}, "more": 1}
    assert not Draft202012Validator(output_schemas.OUTPUTS["validate"]).is_valid(said)


def test_they_are_written_into_a_folder_that_is_not_there_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "schemas" / "output"
    assert run(["schema", "output", "--out", str(out)]) == 0
    assert {path.name.removesuffix(".schema.json") for path in out.iterdir()} == set(output_schemas.OUTPUTS)
    (tmp_path / "file").write_text("")
    assert run(["schema", "output", "--out", str(tmp_path / "file" / "x")]) == 1
    assert "error[file-unwritable]" in capsys.readouterr().err
