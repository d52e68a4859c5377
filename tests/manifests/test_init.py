"""`init` writes a catalog that loads without a word, in the house style, with its schemas."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from forked import program

from catalogsync.app.init import WORKFLOWS
from catalogsync.cli.init import command
from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.manifests import load
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile
from catalogsync.openmeter import schemas

ROOT = Path(__file__).parents[2]


def test_the_new_catalog_is_valid_and_in_the_house_style(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(tmp_path / "new")])
    assert result.exit_code == 0, result.output
    loaded = load([tmp_path / "new" / "catalog"])
    assert loaded.diagnostics == ()
    assert len(loaded.catalog.resources) == 5
    for name in loaded.files:
        text = Path(name).read_text(encoding="utf-8")
        assert format_text(SourceFile(name, text)) == (text, ())
        schema = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert schema
        target = Path(name).parent / schema[1]
        assert target.read_text(encoding="utf-8") == schemas.text(target.name)


def test_a_fresh_folder_needs_no_option(tmp_path: Path) -> None:
    """From nothing to an applied catalog; the folder of the sandbox's file is made on the way."""
    for words, code in (
        (("init",), 0),
        (("validate",), 0),
        (("plan", "--exit-code"), 2),
        (("apply", "--yes"), 0),
        (("plan", "--exit-code"), 0),
    ):
        result = subprocess.run(
            [program(), *words],
            cwd=tmp_path,
            env={},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == code, f"{words}: {result.stdout}{result.stderr}"
    assert (tmp_path / ".catalogsync" / "sandbox.db").is_file()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "catalogsync.yaml").write_text("mine\n", encoding="utf-8")
    result = CliRunner().invoke(command, [str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert "catalogsync.yaml" in result.exception.message
    assert [path.name for path in tmp_path.iterdir()] == ["catalogsync.yaml"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ".catalogsync/\n"),
        ("*.log", "*.log\n.catalogsync/\n"),
        ("*.log\n.catalogsync/\n*.tmp\n", "*.log\n.catalogsync/\n*.tmp\n"),
    ],
)
def test_git_leaves_out_what_runs_leave_behind(tmp_path: Path, before: str | None, after: str) -> None:
    ignored = tmp_path / ".gitignore"
    if before is not None:
        ignored.write_text(before, encoding="utf-8")
    assert CliRunner().invoke(command, [str(tmp_path)]).exit_code == 0
    assert ignored.read_text(encoding="utf-8") == after


def test_a_gitignore_that_is_no_text_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xff")
    result = CliRunner().invoke(command, [str(tmp_path)])
    assert isinstance(result.exception, CatalogsyncError)
    assert [path.name for path in tmp_path.iterdir()] == [".gitignore"]


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_workflows_on_request(tmp_path: Path, ci: str) -> None:
    done = CliRunner().invoke(command, [str(tmp_path), "--ci", ci])
    assert done.exit_code == 0 and "`catalogsync help pull-requests`" in done.stderr
    for place, example in WORKFLOWS[ci].items():
        written = (tmp_path / place).read_text(encoding="utf-8")
        assert written == (ROOT / "examples" / "ci" / example).read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = CliRunner().invoke(command, [str(tmp_path / "file" / "below")])
    assert isinstance(result.exception, CatalogsyncError)
