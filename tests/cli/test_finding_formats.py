"""The same findings in every format, each readable by what it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from junitparser import JUnitXml
from sarif_kit import validation_errors as sarif_errors

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


FORMATS = ("text", "json", "sarif", "junit", "github")


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], dict[str, str]]:
    """What is said of a manifest, by format."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)

    def of(text: str) -> dict[str, str]:
        Path("pro.yaml").write_text(text, "utf-8")
        found = {}
        for name in FORMATS:
            run(["validate", "pro.yaml", "--format", name])
            found[name] = capsys.readouterr().out
        return found

    return of


@pytest.fixture
def outputs(said: Callable[[str], dict[str, str]]) -> dict[str, str]:
    return said(BROKEN)


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
    (suite,) = JUnitXml.fromstring(outputs["junit"].encode())
    findings = json.loads(outputs["json"])["diagnostics"]
    cases = list(suite)
    assert [(case.name.split()[0], case.classname, bool(case.result)) for case in cases] == [
        (found["code"], found["subject"], found["severity"] == "error") for found in findings
    ]
    assert len({case.name for case in cases}) == len(cases)
    failed = [result for case in cases for result in case.result]
    assert [(one.type, one.message) for one in failed] == [
        (found["code"], found["summary"]) for found in findings if found["severity"] == "error"
    ]


def test_junit_counts_agree(outputs: dict[str, str]) -> None:
    root = Xml.fromstring(outputs["junit"])
    for counted in (root, *root.findall("testsuite")):
        assert int(counted.attrib["tests"]) == len(list(counted.iter("testcase")))
        assert int(counted.attrib["failures"]) == len(list(counted.iter("failure"))) > 0
        assert int(counted.attrib["errors"]) == len(list(counted.iter("error"))) == 0
        assert int(counted.attrib["skipped"]) == len(list(counted.iter("skipped"))) == 0


def test_two_of_a_kind_in_one_place_are_two_junit_cases(said: Callable[[str], dict[str, str]]) -> None:
    (suite,) = JUnitXml.fromstring(said("kind: meter\nslug: a\n")["junit"].encode())
    assert len(list(suite)) == len({case.name for case in suite}) == 2


def test_sarif_is_valid_by_its_schema(outputs: dict[str, str]) -> None:
    log = json.loads(outputs["sarif"])
    assert sarif_errors(log) == []
    assert sarif_errors({**log, "version": "2.0.0"}) != []
    (scan,) = log["runs"]
    rules = [rule["id"] for rule in scan["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in scan["results"]] == [
        result["ruleId"] for result in scan["results"]
    ]


CATALOGS = {
    "nothing wrong": "kind: meter\nslug: a\nname: A\neventType: a\naggregation: COUNT\n---\nkind: feature\nkey: a\nname: A\n",
    "nothing there": "",
    "no YAML": "a: b: c",
    "no manifest": "- 1",
    "two places": "kind: feature\nkey: a\nname: A\n---\nkind: feature\nkey: a\nname: A\n",
    "characters that XML cannot hold": 'kind: feature\nkey: a\nname: A\nlifecycle: "\\x01\\uFFFE"\n',
    "a line break in a message": 'kind: feature\nkey: a\nname: A\nlifecycle: "a\\r\\nb\\u2028c\\x85d, 100%: ::error ::e"\n',
    "a terminal's commands": 'kind: feature\nkey: a\nname: A\nlifecycle: "\\e[31m\\a\\b\\x7f\\x9b"\n',
    "text turned round": "kind: feature\nkey: a\nname: A\nlifecycle: \u202eabc\n",
}


@pytest.mark.parametrize("text", CATALOGS.values(), ids=CATALOGS)
def test_every_format_holds_whatever_is_found(said: Callable[[str], dict[str, str]], text: str) -> None:
    outputs = said(text)
    findings = json.loads(outputs["json"])["diagnostics"]
    log = json.loads(outputs["sarif"])
    assert sarif_errors(log) == []
    assert len(log["runs"][0]["results"]) == len(findings)
    assert len(Xml.fromstring(outputs["junit"]).findall(".//testcase")) == max(1, len(findings))
    assert len(outputs["github"].splitlines()) == len(findings)
    assert sum(line.startswith(("error[", "warning[")) for line in outputs["text"].splitlines()) == len(
        findings
    )
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", outputs["text"] + outputs["github"])


CHANNEL = "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\nurl: https://example.com\n"
SECRETS = {
    "a header that lint names": "customHeaders:\n  X-Secret: hunter2\n",
    "a header beside a wrong one": "customHeaders: {X-A: hunter2, X-B: 5}\n",
    "headers written twice": "customHeaders: {X-A: hunter2}\ncustomHeaders: {X-A: hunter2}\n",
    "a header written twice": "customHeaders:\n  X-A: hunter2\n  X-A: hunter2\n",
    "a header with an anchor": "customHeaders:\n  X-A: &hunter2 hunter2\n",
    "a secret of the wrong form": "signingSecret: hunter2\n",
    "an object on one line": "metadata: {password: hunter2, a: 5}\n",
    "a password in the address": "disabled: {a: https://someone:hunter2@example.com}\n",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_no_format_tells_a_secret(said: Callable[[str], dict[str, str]], text: str) -> None:
    outputs = said(CHANNEL + text)
    assert json.loads(outputs["json"])["diagnostics"]
    assert [name for name, output in outputs.items() if "hunter2" in output] == []


def test_a_file_named_from_the_root_has_a_whole_uri(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a b.yaml").write_text("- 1", "utf-8")
    assert run(["validate", str(tmp_path), "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": f"file://{tmp_path}/a%20b.yaml"}
    assert sarif_errors(log) == []


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
    assert place["artifactLocation"] == {
        "uri": "50%25%20off%2C%20d%27%C3%A9t%C3%A9.yaml",
        "uriBaseId": "%SRCROOT%",
    }
    assert Xml.fromstring(said["junit"]).find("testsuite/testcase/failure") is not None
    assert "file=50%25 off%2C d'été.yaml," in said["github"]
