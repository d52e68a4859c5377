"""Plans for many environments, saved in a folder and carried out from there: each with the guards of a single one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_recorded import METER, Place

CONFIG = """\
environments:
  tenant-a: {url: "sandbox:a.db"}
  tenant-b: {url: "sandbox:b.db", protected: true, fuses: {first-write: false}}
  tenant-c: {url: "sandbox:c.db"}
"""


@pytest.fixture
def tenants(tmp_path: Path) -> Place:
    home = Place(tmp_path, str(tmp_path / ".catalogsync"))
    (tmp_path / "catalogsync.yaml").write_text(CONFIG)
    return home


def summary(home: Place, *words: str, code: int = 0) -> dict[str, int]:
    found: dict[str, int] = json.loads(home.run(*words, "--format", "json", code=code).stdout)["summary"]
    return found


def test_each_plan_is_saved_and_carried_out_as_it_was_reviewed(tenants: Place) -> None:
    assert "saved: 3 plans in plans" in tenants.run("plan", "-e", "tenant-*", "--out", "plans").stderr
    assert {one.name for one in (tenants.root / "plans").iterdir()} == {
        "tenant-a.json",
        "tenant-b.json",
        "tenant-c.json",
    }
    assert "meter/calls" in tenants.run("show", "plans/tenant-a.json").stdout
    tenants.write("Changed since")
    assert summary(tenants, "apply", "plans", "--yes") == {"done": 3}
    for name in ("tenant-a", "tenant-b", "tenant-c"):
        (run,) = tenants.runs(name)
        assert (run["outcome"], run["proven"]) == ("done", True)
        applied = tenants.store.applied(name)
        assert applied is not None
        assert [one.content.resolved["name"] for one in applied.objects.values()] == ["Calls"]


def test_a_protected_environment_takes_part_with_a_saved_plan_alone(tenants: Place) -> None:
    assert summary(tenants, "apply", "-e", "tenant-*", "--yes", code=3) == {"done": 2, "refused": 1}
    tenants.run("plan", "-e", "tenant-*", "--out", "plans")
    assert "refused-unasked" in tenants.run("apply", "plans", code=3).stderr
    assert "tenant-b  planned    + meter/calls" in tenants.run("apply", "plans", code=3).stderr
    assert summary(tenants, "apply", "plans", "--yes") == {"done": 1, "in_step": 2}


def test_some_of_the_plans_can_be_named(tenants: Place) -> None:
    tenants.run("plan", "-e", "tenant-*", "--out", "plans")
    assert summary(tenants, "apply", "plans", "-e", "tenant-c", "--yes") == {"done": 1}
    assert summary(tenants, "apply", "plans", "--shard", "2/2", "--yes") == {"done": 1}
    assert [len(tenants.runs(f"tenant-{name}")) for name in "abc"] == [0, 1, 1]
    said = tenants.run("apply", "plans", "-e", "other", "--yes", code=64).stderr
    assert "holds no plan for other" in said and "tenant-a, tenant-b, tenant-c" in said


def test_a_plan_under_the_name_of_another_environment_is_refused(tenants: Place) -> None:
    tenants.run("plan", "-e", "tenant-*", "--out", "plans")
    (tenants.root / "plans" / "tenant-a.json").replace(tenants.root / "plans" / "tenant-c.json")
    done = tenants.run("apply", "plans", "--yes", "--format", "json", code=3)
    (refused,) = [one for one in json.loads(done.stdout)["environments"] if one["status"] == "refused"]
    assert refused["environment"] == "tenant-c"
    assert "made for environment tenant-a" in refused["message"]


def test_a_plan_that_is_stale_or_damaged_hinders_no_other(tenants: Place) -> None:
    tenants.run("plan", "-e", "tenant-*", "--out", "plans")
    (tenants.root / "other").mkdir()
    (tenants.root / "other" / "m.yaml").write_text(METER.format(name="By hand"))
    tenants.run("apply", "other", "--url", "sandbox:a.db", "--yes")
    (tenants.root / "plans" / "tenant-b.json").write_text("{}")
    assert summary(tenants, "apply", "plans", "--yes", code=3) == {"done": 1, "refused": 2}
    assert summary(tenants, "apply", "plans", "--yes", "--max-age", "0", code=3) == {"refused": 3}


def test_a_plan_that_cannot_be_made_is_not_saved_and_the_folder_holds_no_older_one(tenants: Place) -> None:
    config = tenants.root / "catalogsync.yaml"
    config.write_text(CONFIG + "  tenant-d: {url: 'http://127.0.0.1:1'}\n")
    assert summary(tenants, "plan", "-e", "tenant-*", "--out", "plans", code=4) == {"planned": 3, "failed": 1}
    assert not (tenants.root / "plans" / "tenant-d.json").exists()
    said = tenants.run("plan", "-e", "tenant-*", "--out", "plans", code=64).stderr
    assert "plans is there already, and holds something" in said


def test_a_shard_without_an_environment_has_nothing_to_do(tenants: Place) -> None:
    assert "0 environments" in tenants.run("apply", "-e", "tenant-*", "--shard", "4/4", "--yes").stdout


def test_what_vanished_is_pruned_on_each(tenants: Place) -> None:
    tenants.write("Calls", "---\n" + METER.format(name="More").replace("slug: calls", "slug: more"))
    tenants.run("plan", "-e", "tenant-*", "--out", "first")
    tenants.run("apply", "first", "--yes")
    tenants.write("Calls")
    assert summary(tenants, "plan", "-e", "tenant-*") == {"in_step": 3}
    done = tenants.run("plan", "-e", "tenant-*", "--prune", "--out", "plans", "--format", "json")
    told = json.loads(done.stdout)["environments"]
    assert [[one["action"] for one in each["changes"]] for each in told] == [["delete"]] * 3
    assert summary(tenants, "apply", "plans", "--yes") == {"done": 3}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("apply", "plans", "--url", "sandbox:", "--yes"), "one server"),
        (("apply", "plans", "--prune", "--yes"), "a saved plan is applied whole"),
        (("apply", "plans", "--recreate", "meter/calls", "--yes"), "a saved plan is applied whole"),
        (("plan", "-e", "tenant-*", "--out", "-"), "do not fit on stdout"),
    ],
)
def test_what_does_not_go_together_is_refused(tenants: Place, words: tuple[str, ...], said: str) -> None:
    tenants.run("plan", "-e", "tenant-*", "--out", "plans")
    assert said in tenants.run(*words, code=64).stderr
