"""The same findings in every format, each readable by what it is for."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from catalogsync.cli import run

BROKEN = """\
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
alignment: {billablesMustAlign: true}
phases:
  - key: default
    name: Default
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        billingCadence: P1W
        price: {type: unit, amount: -1}
"""


@pytest.fixture
def outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    (tmp_path / "pro.yaml").write_text(BROKEN, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    found = {}
    for name in ("text", "json", "sarif", "junit", "github"):
        assert run(["validate", "pro.yaml", "--format", name]) == 1
        found[name] = capsys.readouterr().out
    return found


def test_all_formats_tell_the_same(outputs: dict[str, str]) -> None:
    findings = json.loads(outputs["json"])["diagnostics"]
    told = [(f["code"], f["where"]["line"], f["where"]["column"]) for f in findings]
    assert {code for code, _, _ in told} >= {
        "price-negative", "usage_based_price_with_no_feature", "rate_card_billing_cadence_unaligned", "plan-alignment-dropped",
    }  # fmt: skip
    sarif = json.loads(outputs["sarif"])["runs"][0]["results"]
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in sarif]
    assert [
        (r["ruleId"], g["startLine"], g["startColumn"]) for r, g in zip(sarif, regions, strict=True)
    ] == told
    for code, line, column in told:
        assert f"[{code}]" in outputs["text"]
        assert f"pro.yaml:{line}:{column}" in outputs["text"]
        assert f"col={column},file=pro.yaml,line={line},title={code}::" in outputs["github"]


def test_junit_is_read_by_a_parser(outputs: dict[str, str]) -> None:
    suite = Xml.fromstring(outputs["junit"]).find("testsuite")
    assert suite is not None
    errors = [d for d in json.loads(outputs["json"])["diagnostics"] if d["severity"] == "error"]
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == len(errors)


def test_sarif_has_what_the_standard_requires(outputs: dict[str, str]) -> None:
    log = json.loads(outputs["sarif"])
    assert log["version"] == "2.1.0"
    (scan,) = log["runs"]
    rules = [rule["id"] for rule in scan["tool"]["driver"]["rules"]]
    for result in scan["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]


def test_a_workflow_sees_them_beside_the_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pro.yaml").write_text(BROKEN, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(["validate", "pro.yaml"]) == 1
    assert "::error " in capsys.readouterr().err


def test_odd_names_and_characters_stay_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "50% off, d'été.yaml").write_text("kind: plan\nname: \x01bell <b>&amp;\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    said = {}
    for name in ("sarif", "junit", "github"):
        assert run(["validate", ".", "--format", name]) == 1
        said[name] = capsys.readouterr().out
    place = json.loads(said["sarif"])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "50%25%20off%2C%20d%27%C3%A9t%C3%A9.yaml"
    assert Xml.fromstring(said["junit"]).find("testsuite/testcase/failure") is not None
    assert "file=50%25 off%2C d'été.yaml," in said["github"]
