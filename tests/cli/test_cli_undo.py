"""`plan --undo PLANFILE`: from the saved plan alone, rehearsed and saved like any other plan."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalogsync.cli import run
from catalogsync.store import planfile

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"


@pytest.fixture
def done(tmp_path, monkeypatch, capsys):
    """A folder in which plan.json was applied to sandbox:f.db."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "catalog")
    assert run(["plan", "--url", "sandbox:f.db", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    capsys.readouterr()
    return tmp_path


def test_there_and_back(done, capsys):
    assert run(["plan", "--undo", "plan.json", "--rehearse", "--exit-code", "--out", "back.json"]) == 2
    out = capsys.readouterr().out
    assert "second plan empty" in out and "undo-incomplete" in out
    assert planfile.load(done / "back.json").target.url == "sandbox:f.db"
    shutil.rmtree(done / "catalog")
    assert run(["apply", "back.json", "--yes"]) == 0
    assert run(["plan", "--undo", "plan.json", "--exit-code"]) == 0


def test_what_does_not_go_together(done, capsys):
    assert run(["plan", "catalog", "--undo", "plan.json"]) == 64
    assert run(["plan", "--undo", "plan.json", "--url", "sandbox:other.db"]) == 3
    (done / "plan.json").write_text("{}", "utf-8")
    assert run(["plan", "--undo", "plan.json"]) == 3
    assert "Traceback" not in capsys.readouterr().err
