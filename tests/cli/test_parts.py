"""Parts of a catalog on the command line: `--only`, and objects that another catalog owns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from texts import PRO

from catalogsync.cli import run
from catalogsync.store.runs.run_store import opened

PLATFORM = """\
{kind: meter, slug: calls, name: Calls, aggregation: COUNT, eventType: call, groupBy: {route: $.route}}
---
{kind: feature, key: calls, name: Calls, meterSlug: calls}
---
{kind: feature, key: support, name: Support}
---
kind: addon
key: seats
name: Seats
instanceType: multiple
currency: USD
rateCards:
  - {type: flat_fee, key: seat, name: Seat, billingCadence: P1M, price: {type: flat, amount: 5, paymentTerm: in_advance}}
"""
TEAM = (
    """\
{kind: meter, slug: calls, lifecycle: external}
---
{kind: feature, key: calls, lifecycle: external}
---
{kind: addon, key: seats, lifecycle: external}
---
{kind: feature, key: own, name: Own, meterSlug: calls, advancedMeterGroupByFilters: {route: {$eq: /v1}}}
---
"""
    + PRO
    + """\
      - {type: usage_based, key: calls, name: Calls, featureKey: calls, billingCadence: P1M, price: {type: unit, amount: 0.1}}
      - {type: flat_fee, key: own, name: Own, featureKey: own, billingCadence: P1M, price: {type: flat, amount: 5, paymentTerm: in_advance}}
addons:
  - {addon: seats, fromPlanPhase: default}
"""
)
URL = ("--url", "sandbox:live.db")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("platform", PLATFORM), ("team", TEAM)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "all.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*words, "--format", "json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def names(plan: dict[str, Any]) -> list[str]:
    return [f"{one['kind']}/{one['key']}" for one in plan["changes"]]


def test_only_plans_what_is_chosen_with_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    plan = told(capsys, "plan", "platform", *URL, "--only", "feature/c*", "--only", "addon/seats")
    assert names(plan) == ["meter/calls", "feature/calls", "addon/seats"]
    notes = {one["code"]: one["summary"] for one in plan["diagnostics"]}
    assert notes["only-needs"].endswith(": meter/calls")
    assert notes["only-waits"] == "1 change waits outside --only: feature/support (create)"


def test_what_was_chosen_is_applied_and_the_rest_waits(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "platform", *URL, "--only", "feature/calls", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    assert run(["apply", "platform", *URL, "--only", "addon/*", "--yes"]) == 0
    assert run(["plan", "platform", *URL, "--only", "feature/calls", "--exit-code"]) == 0
    assert "Nothing to do for what --only means" in capsys.readouterr().out
    assert names(told(capsys, "plan", "platform", *URL)) == ["feature/support"]
    assert run(["plan", "platform", *URL, "--only", "addon/*", "--rehearse"]) == 0


def test_a_rehearsal_of_a_part_proves_the_part() -> None:
    """What waits does not hinder the proof: an unproven plan would be refused."""
    assert run(["plan", "platform", *URL, "--only", "feature/calls", "--rehearse"]) == 0


def test_diff_of_a_part(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "other").mkdir()
    changed = PLATFORM.replace("name: Calls", "name: Other").replace("name: Support", "name: Help")
    (here / "other" / "all.yaml").write_text(changed, "utf-8")
    found = told(capsys, "diff", "platform", "other", "--only", "feature/calls")
    assert names(found) == ["meter/calls", "feature/calls"]
    assert run(["diff", "platform", "other", "--only", "feature/calls"]) == 0
    assert "outside --only, 1 more differ: feature/support" in capsys.readouterr().out


def test_a_part_is_proven_beside_what_was(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a run store: what a part does not hold stays proven as it was."""
    (here / "catalogsync.yaml").write_text('environments: {live: {url: "sandbox:live.db"}}\n', "utf-8")
    assert run(["apply", "platform", "-e", "live", "--only", "feature/calls", "--yes"]) == 0
    assert run(["plan", "platform", "-e", "live", "--only", "addon/*", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    runs = told(capsys, "history", "platform", "-e", "live")["runs"]
    assert [one["proven"] for one in runs] == [True, True]
    store = opened(str(here / ".catalogsync"), {})
    applied = store.applied("live")
    assert applied is not None
    assert sorted(map(str, applied.objects)) == ["addon/seats", "feature/calls", "meter/calls"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("feature/cals", "did you mean `feature/calls`?"),
        ("featur/calls", "did you mean `feature/calls`?"),
        ("calls", "not KIND/KEY"),
        ("plan/*", "means no object"),
    ],
)
def test_a_pattern_that_means_nothing(pattern: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "platform", *URL, "--only", pattern]) == 64
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        ("--only", "addon/*"),
        ("--prune",),
        ("--recreate", "feature/calls"),
        ("--keep", "plan/pro=01J0000000000000000000000A"),
    ],
)
def test_a_saved_plan_is_applied_whole(
    given: tuple[str, ...], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "platform", *URL, "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", *given, "--yes"]) == 64
    said = capsys.readouterr().err
    assert "a saved plan is applied whole" in said and f"give {given[0]} to `plan`" in said


def test_how_old_files_are_is_not_asked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "platform", *URL, "--max-age", "1", "--yes"]) == 64
    assert "--max-age is about a saved plan" in capsys.readouterr().err


def test_what_another_catalog_owns_must_be_live_and_is_never_written(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, "validate", "team")
    assert [(one["code"], one["subject"]) for one in found["diagnostics"]] == [
        ("external-unchecked", "meter/calls"),
        ("external-unchecked", "feature/calls"),
        ("external-unchecked", "addon/seats"),
    ]
    plan = told(capsys, "plan", "team", *URL, code=1)
    assert [one["where"]["line"] for one in plan["diagnostics"] if one["code"] == "external-not-live"] == [
        1,
        3,
        5,
    ]
    assert run(["apply", "team", *URL, "--yes"]) == 1
    assert run(["apply", "platform", *URL, "--yes"]) == 0
    plan = told(capsys, "plan", "team", *URL)
    assert names(plan) == ["feature/own", "plan/pro"]
    assert [one["code"] for one in plan["diagnostics"]] == ["live-only"]
    assert run(["apply", "team", *URL, "--yes"]) == 0
    assert run(["plan", "team", *URL, "--exit-code"]) == 0
    assert run(["plan", "platform", *URL, "--exit-code"]) == 0


def test_what_names_it_is_held_against_what_is_live(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "platform", *URL, "--yes"]) == 0
    text = TEAM.replace("{route: {$eq", "{rout: {$eq").replace("currency: USD", "currency: EUR")
    (here / "team" / "all.yaml").write_text(text, "utf-8")
    assert run(["validate", "team"]) == 0
    assert run(["plan", "team", *URL]) == 1
    said = capsys.readouterr().err
    assert "the meter has no dimension `rout`" in said and "add-on `seats` is in USD, the plan in EUR" in said


def test_only_of_what_another_catalog_owns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "team", *URL, "--only", "addon/seats"]) == 64
    assert "another catalog owns it" in capsys.readouterr().err


def test_an_external_object_is_written_short_or_whole(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whole it may stay as it was when an overlay gives it away; half it is a mistake."""
    (here / "team" / "all.yaml").write_text(
        PLATFORM.replace("name: Support}", "name: Support, lifecycle: external}")
    )
    assert run(["validate", "team"]) == 0
    (here / "team" / "all.yaml").write_text("{kind: plan, key: a, lifecycle: external, name: A}\n")
    assert run(["validate", "team"]) == 1
    (here / "team" / "all.yaml").write_text("{kind: plan, key: a, lifecycle: extrenal}\n")
    assert run(["validate", "team"]) == 1
    assert "write `external`" in capsys.readouterr().out
