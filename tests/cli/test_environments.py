"""Environments on the command line: variables for URLs, protection, one environment's catalog on another server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogsync.cli import run

METER = "kind: meter\nslug: m\nname: M\naggregation: COUNT\neventType: e\n"
CONFIG = """\
default: test
environments:
  test: {url: "sandbox:test.db"}
  moved: {url: {env: WHERE}}
  live: {url: "sandbox:live.db", protected: true, overlays: [over]}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "catalogsync.yaml").write_text(CONFIG, "utf-8")
    for name, text in (("catalog", METER), ("over", "kind: meter\nslug: m\nname: Live\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert run(["plan", *words, "--format", "json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_url_in_a_variable(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "-e", "moved"]) == 0
    capsys.readouterr()
    assert run(["plan", "-e", "moved"]) == 64
    assert "the variable WHERE is not set" in capsys.readouterr().err
    monkeypatch.setenv("WHERE", "sandbox:")
    assert planned(capsys, "-e", "moved")["summary"]


def test_a_protected_environment_takes_saved_plans_only(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "-e", "live", "--yes"]) == 3
    said = capsys.readouterr().err
    assert "refused-protected" in said and "plan -e live --out FILE" in said
    assert not (here / "live.db").exists()
    assert run(["plan", "-e", "live", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    assert run(["plan", "-e", "live", "--exit-code"]) == 0


def test_one_environments_catalog_goes_to_another_server(capsys: pytest.CaptureFixture[str]) -> None:
    """Its overlays are merged, though it is protected: the other server is none of that name."""
    told = planned(capsys, "-e", "live", "--url", "sandbox:")
    (step,) = told["steps"]  # type: ignore[misc]
    assert step["body"]["name"] == "Live"
    assert told["target"]["environment"] == "" and told["target"]["url"] == "sandbox:"  # type: ignore[index]
    assert run(["apply", "-e", "live", "--url", "sandbox:other.db", "--yes"]) == 0
    assert run(["plan", "--url", "sandbox:other.db", "-e", "live", "--exit-code"]) == 0
    assert run(["plan", "--url", "sandbox:other.db", "--exit-code"]) == 2


def test_all_that_is_wrong_is_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "catalogsync.yaml").write_text("defalt: x\nenvironments: {test: {}}\n", "utf-8")
    assert run(["plan"]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert "did you mean `default`?" in said.err and "`url` is missing" in said.err
    assert "catalogsync.yaml:1:1" in said.err and " 1 | defalt: x" in said.err
