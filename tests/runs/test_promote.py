"""Promotion: exactly what is proven on one environment, with the other's overlays; everything else is refused by name."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from test_recorded import METER, Place

FEATURE = "---\nkind: feature\nkey: calls\nname: Calls\nmeterSlug: calls\n"
OTHER = "---\nkind: meter\nslug: other\nname: Other\naggregation: COUNT\neventType: other\n"


@pytest.fixture
def home(tmp_path: Path) -> Place:
    place = Place(tmp_path, str(tmp_path / "store"))
    place.write("Calls", FEATURE + OTHER)
    return place


def promote(home: Place, *arguments: str, code: int = 0) -> dict:
    done = home.run("promote", "staging", "production", *arguments, "--format", "json", code=code)
    found: dict = json.loads(done.stdout)
    return found


def live(home: Place, env: str) -> dict[str, str]:
    """Names by key of what is live, as an export tells."""
    out = home.root / f"export-{env}"
    home.run("export", "-e", env, "--out", str(out))
    found = {}
    for path in out.rglob("*.yaml"):
        text = path.read_text()
        name = next(line for line in text.splitlines() if line.startswith("name: "))
        found[f"{path.parent.name}/{path.stem}"] = name.removeprefix("name: ")
    return found


def by_hand(home: Place, env: str, name: str) -> None:
    """Somebody changes the meter on a server, past every store."""
    manifest = home.root / "by-hand.yaml"
    manifest.write_text(METER.format(name=name))
    home.run("apply", str(manifest), "--url", f"sandbox:{env}.db", "--yes")


def test_what_was_not_proven_is_refused(home: Place) -> None:
    said = home.run("promote", "staging", "production", code=3).stderr
    assert "error[promote-unproven]: nothing is proven on staging" in said
    assert "catalogsync apply -e staging" in said


def test_what_is_proven_comes_with_the_others_overlays(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    made = promote(home, "--out", "plan.json")
    assert made["target"]["environment"] == "production"
    assert [d["code"] for d in made["diagnostics"]] == ["promote-first"]
    home.run("apply", "plan.json", "--yes")
    names = live(home, "production")
    assert (names["meters/calls"], names["features/calls"]) == ("Production", "Calls")
    assert home.runs("production")[0]["proven"]
    again = promote(home)
    assert (again["steps"], again["diagnostics"]) == ([], [])


def test_names_that_look_like_marks_of_the_store_come_as_they_are(home: Place) -> None:
    home.write("Calls", OTHER + 'metadata: {$: a, $$: b, "$$$": c, "$x": d}\n')
    home.run("apply", "-e", "staging", "--yes")
    home.run("promote", "staging", "production", "--yes")
    assert promote(home)["changes"] == []
    home.run("export", "-e", "production", "--out", str(home.root / "there"))
    home.run("export", "-e", "staging", "--out", str(home.root / "here"))
    there, here = ((home.root / name / "meters" / "other.yaml").read_text() for name in ("there", "here"))
    assert there == here


def test_the_files_may_be_ahead_and_stay_behind(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    home.write("Later", FEATURE)
    made = promote(home, "--yes")
    told = {d["subject"]: d for d in made["diagnostics"] if d["code"] == "promote-files-ahead"}
    assert list(told) == ["meter/calls"]
    assert told["meter/calls"]["where"]["file"].endswith("m.yaml")
    names = live(home, "production")
    assert names["meters/other"] == "Other"  # proven, though the files do not have it any more


def test_drift_is_refused_by_name_and_field_unless_accepted(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    promote(home, "--yes")
    by_hand(home, "production", "Changed by hand")
    said = home.run("promote", "staging", "production", code=3).stderr
    assert "error[promote-drift]" in said and "meter/calls: name" in said
    made = promote(home, "--accept-drift")
    assert [step["key"] for step in made["steps"]] == ["calls"]
    assert "promote-drift" in [d["code"] for d in made["diagnostics"]]
    promote(home, "--accept-drift", "--yes")
    assert promote(home)["steps"] == []


def test_what_was_deleted_by_hand_is_said_to_be_gone(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    promote(home, "--yes")
    (home.root / "gone.yaml").write_text("{kind: feature, key: calls, lifecycle: archived}\n")
    home.run("apply", "gone.yaml", "--url", "sandbox:production.db", "--yes")
    said = home.run("promote", "staging", "production", code=3).stderr
    assert "\n  feature/calls: not live any more\n" in said


def test_drift_that_was_accepted_into_the_overlay_is_no_drift_any_more(home: Place) -> None:
    """Promote, change by hand, accept, promote again."""
    home.run("apply", "-e", "staging", "--yes")
    promote(home, "--yes")
    by_hand(home, "production", "Changed by hand")
    assert "promote-drift" in home.run("promote", "staging", "production", code=3).stderr
    said = home.run("drift", "-e", "production", "--accept", "meter/calls").stderr
    assert "changed: overlays/production/m.yaml (meter/calls)" in said
    home.run("drift", "-e", "production")
    made = promote(home, "--yes")
    assert made["steps"] == []
    assert live(home, "production")["meters/calls"] == "Changed by hand"
    by_hand(home, "production", "Again by hand")
    assert "promote-drift" in home.run("promote", "staging", "production", code=3).stderr


def test_drift_of_what_is_not_promoted_does_not_hinder(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    promote(home, "--yes")
    by_hand(home, "production", "Changed by hand")
    assert promote(home, "--only", "meter/other")["steps"] == []


def test_only_takes_what_it_needs_and_leaves_the_rest(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    made = promote(home, "--only", "feature/*", "--yes")
    assert [(step["kind"], step["key"]) for step in made["steps"]] == [
        ("meter", "calls"),
        ("feature", "calls"),
    ]
    applied = home.store.applied("production")
    assert applied is not None
    assert [str(ref) for ref in applied.objects] == ["meter/calls", "feature/calls"]
    promote(home, "--only", "meter/other", "--yes")
    applied = home.store.applied("production")
    assert applied is not None and len(applied.objects) == 3


def test_only_of_what_is_not_proven_is_refused_by_name(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    home.write("Calls", FEATURE + OTHER.replace("other", "newer"))
    said = home.run("promote", "staging", "production", "--only", "meter/newer", code=3).stderr
    assert "not proven on staging: meter/newer" in said
    assert (
        "nothing of this name"
        in home.run("promote", "staging", "production", "--only", "meter/nowhere", code=64).stderr
    )


def test_an_overlay_of_what_is_not_proven_is_refused_by_name(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    home.write("Calls", FEATURE + OTHER + OTHER.replace("other", "newer"))
    overlay = home.root / "overlays" / "production" / "n.yaml"
    overlay.write_text("kind: meter\nslug: newer\nname: New\n")
    said = home.run("promote", "staging", "production", code=3).stderr
    assert "overlays for what is not proven on staging: meter/newer" in said


@pytest.mark.parametrize(
    ("policy", "arguments", "code", "said"),
    [
        ("other", (), 3, "promote-other-source"),
        ("{environment: staging, minHours: 24}", (), 3, "not proven on staging for 24 hours yet"),
        ("{environment: staging, minHours: 0}", (), 0, ""),
        ("staging", (), 0, ""),
    ],
)
def test_policies_hold(home: Place, policy: str, arguments: tuple[str, ...], code: int, said: str) -> None:
    config = home.root / "catalogsync.yaml"
    config.write_text(
        config.read_text().replace('production.db"', f'production.db", promoteFrom: {policy}')
        + '  other: {url: "sandbox:other.db"}\n'
    )
    home.run("apply", "-e", "staging", "--yes")
    assert said in home.run("promote", "staging", "production", *arguments, code=code).stderr


def test_a_required_rehearsal_is_in_the_plan(home: Place) -> None:
    config = home.root / "catalogsync.yaml"
    policy = "promoteFrom: {environment: staging, rehearse: true}"
    config.write_text(config.read_text().replace('production.db"', f'production.db", {policy}'))
    home.run("apply", "-e", "staging", "--yes")
    assert promote(home)["rehearsal"]["secondPlanEmpty"]


def test_a_protected_environment_takes_a_saved_promotion_only(home: Place) -> None:
    config = home.root / "catalogsync.yaml"
    config.write_text(config.read_text().replace('production.db"', 'production.db", protected: true'))
    home.run("apply", "-e", "staging", "--yes")
    said = home.run("promote", "staging", "production", "--yes", code=3).stderr
    assert "refused-protected" in said and "catalogsync plan -e production --out FILE" in said
    promote(home, "--out", "plan.json")
    home.run("apply", "plan.json", "--yes")
    assert home.runs("production")[0]["outcome"] == "done"


def test_what_is_protected_is_promoted_where_the_file_says_from_where(home: Place) -> None:
    config = home.root / "catalogsync.yaml"
    config.write_text(
        config.read_text().replace('production.db"', 'production.db", protected: true, promoteFrom: staging')
    )
    said = home.run("apply", "-e", "production", "--yes", code=3).stderr
    assert "refused-protected" in said and "catalogsync promote staging production --out FILE" in said


def test_what_is_carried_out_at_once_is_shown_before(home: Place) -> None:
    """As `apply --yes` does: on stderr, before the first step is done; not where only a machine reads."""
    home.run("apply", "-e", "staging", "--yes")
    said = home.run("promote", "staging", "production", "--yes").stderr
    assert "+ feature/calls  create" in said.partition("✓")[0]
    assert "Plan: 3 to create; 3 calls." in said
    home.write("Later", FEATURE)
    home.run("apply", "-e", "staging", "--yes")
    assert "calls" not in home.run("promote", "staging", "production", "--yes", "--format", "json").stderr


def test_a_secret_of_the_base_is_promoted_as_its_reference(home: Place) -> None:
    channel = (
        "---\nkind: notification_channel\nkey: ops\ntype: WEBHOOK\nname: Ops\nurl: {file: secrets/hook}\n"
    )
    (home.root / "catalog" / "secrets").mkdir()
    (home.root / "catalog" / "secrets" / "hook").write_text("https://hooks.example.com/hidden")
    home.write("Calls", FEATURE + OTHER + channel)
    home.run("apply", "-e", "staging", "--yes")
    done: subprocess.CompletedProcess[str] = home.run("promote", "staging", "production", "--yes")
    assert "hidden" not in done.stdout + done.stderr
    applied = home.store.applied("production")
    assert applied is not None
    (url,) = [str(one.content.resolved["url"]) for ref, one in applied.objects.items() if ref.key == "ops"]
    assert url == "{file: catalog/secrets/hook}"
    assert all(b"hidden" not in path.read_bytes() for path in Path(home.place).rglob("*") if path.is_file())


def test_the_same_environment_is_no_promotion(home: Place) -> None:
    assert "itself" in home.run("promote", "staging", "staging", code=64).stderr


def test_what_another_catalog_owns_is_named_and_not_promoted(home: Place) -> None:
    by_hand(home, "staging", "Calls")
    by_hand(home, "production", "Calls")
    owned = "kind: meter\nslug: calls\nlifecycle: external\n"
    (home.root / "catalog" / "m.yaml").write_text(owned + FEATURE)
    (home.root / "overlays" / "production" / "m.yaml").write_text(
        "kind: feature\nkey: calls\nname: Production\n"
    )
    home.run("plan", "-e", "staging", "--out", "plan.json")
    home.run("apply", "plan.json", "--yes")
    assert home.runs()[0]["proven"]
    made = promote(home, "--yes")
    assert [(step["kind"], step["key"]) for step in made["steps"]] == [("feature", "calls")]
    assert home.runs("production")[0]["proven"]


def test_a_hotfix_that_a_promotion_would_take_back_is_said(home: Place) -> None:
    """Not what TO's overlays changed since, and not what is newer on FROM."""
    home.run("apply", "-e", "staging", "--yes")
    promote(home, "--yes")
    time.sleep(1.1)  # instants of runs are whole seconds
    home.write("Calls", FEATURE + OTHER.replace("name: Other", "name: Repaired"))
    (home.root / "overlays" / "production" / "m.yaml").write_text("kind: meter\nslug: calls\nname: Sold\n")
    home.run("apply", "-e", "production", "--yes")
    (home.root / "overlays" / "production" / "m.yaml").write_text(
        "kind: meter\nslug: calls\nname: Sold again\n"
    )
    made = promote(home)
    (said,) = [one for one in made["diagnostics"] if one["code"] == "promote-takes-back"]
    assert said["subject"] == "meter/other"
    assert said["summary"].startswith("meter/other on production is newer than what is proven on staging (")
    assert {change["key"] for change in made["changes"]} == {"calls", "other"}
    markdown = home.run("promote", "staging", "production", "--format", "markdown").stdout
    assert "`promote-takes-back`" in markdown.partition("**Dangers**")[2].partition("| object |")[0]
    time.sleep(1.1)
    home.write("Calls", FEATURE + OTHER.replace("name: Other", "name: Newer"))
    home.run("apply", "-e", "staging", "--yes")
    assert not [one for one in promote(home)["diagnostics"] if one["code"] == "promote-takes-back"]


def test_findings_about_what_is_proven_name_it_and_no_folder(home: Place) -> None:
    """It stands in no file: a path to one would lead nowhere."""
    home.write("Calls", FEATURE + OTHER)
    home.run("apply", "-e", "staging", "--yes")
    home.run("apply", "-e", "production", "--yes")
    home.write("Calls", FEATURE + OTHER.replace("slug: other", "slug: other\ndescription: Some"))
    home.run("apply", "-e", "production", "--yes")
    (one,) = [one for one in promote(home)["diagnostics"] if one["code"] == "meter-description-kept"]
    assert one["where"]["file"] == "meter other (proven on staging)"
