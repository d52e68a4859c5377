"""`promoteFrom` binds plans too: what is not proven there is told in each, and a protected environment takes none of it unless it was meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_recorded import METER, Place

OTHER = "---\nkind: meter\nslug: other\nname: Other\naggregation: COUNT\neventType: other\n"
CODES = ("not-promoted", "promotion-skipped")


def place(root: Path, said: str) -> Place:
    """Production as `said` in catalogsync.yaml, with the fuse of the first write off."""
    home = Place(root, str(root / "store"))
    config = home.root / "catalogsync.yaml"
    config.write_text(
        config.read_text().replace('production.db"', f'production.db", fuses: {{first-write: false}}, {said}')
    )
    return home


@pytest.fixture
def home(tmp_path: Path) -> Place:
    return place(tmp_path, "protected: true, promoteFrom: staging")


def told(home: Place, *words: str, code: int = 0) -> list[tuple[str, str]]:
    """Code and words of what is said of promotion."""
    done = home.run("plan", "-e", "production", *words, "--format", "json", code=code)
    return [
        (one["code"], one["summary"])
        for one in json.loads(done.stdout)["diagnostics"]
        if one["code"] in CODES
    ]


def test_nothing_is_proven(home: Place) -> None:
    (one,) = told(home, "--out", "plan.json")
    assert one == (
        "not-promoted",
        "nothing is proven on staging: production is promoted from staging; apply refuses this plan",
    )
    said = home.run("apply", "plan.json", "--yes", code=3).stderr
    assert "error[refused-not-promoted]: production is protected, and promoted from staging" in said
    assert "nothing is proven on staging" in said and "promote staging production --out FILE" in said
    assert home.runs("production")[0]["outcome"] == "refused"


def test_an_object_that_is_another_one_than_is_proven(home: Place) -> None:
    """Named at its manifest; what is proven and what does not change are not."""
    home.write("Calls", OTHER)
    home.run("apply", "-e", "staging", "--yes")
    assert told(home) == [], "what the overlays of production say needs no proof"
    home.run("promote", "staging", "production", "--out", "first.json")
    home.run("apply", "first.json", "--yes")
    home.write("Calls", OTHER.replace("name: Other", "name: Newer") + OTHER.replace("other", "more"))
    assert told(home, "--out", "plan.json") == [
        (
            "not-promoted",
            f"meter/{name} {why} staging, which production is promoted from; apply refuses this plan",
        )
        for name, why in (("more", "is not proven on"), ("other", "is another one than is proven on"))
    ]
    found = json.loads(home.run("plan", "-e", "production", "--format", "json").stdout)["diagnostics"]
    assert [(one["subject"], one["where"]["line"]) for one in found if one["code"] == CODES[0]] == [
        ("meter/more", 13),
        ("meter/other", 7),
    ]
    said = home.run("apply", "plan.json", "--yes", code=3).stderr
    assert "meter/other is another one than is proven on staging" in said
    home.run("apply", "-e", "staging", "--yes")
    home.run("apply", "plan.json", "--yes")
    assert home.runs("production")[0]["proven"], "proven by now, the very plan is taken"


def test_a_hotfix_is_said_to_be_one(home: Place) -> None:
    (one,) = told(home, "--unproven", "--out", "plan.json")
    assert one == (
        "promotion-skipped",
        "nothing is proven on staging: production is promoted from staging; planned with --unproven",
    )
    assert "planned with --unproven" in home.run("show", "plan.json").stdout
    markdown = home.run("show", "plan.json", "--format", "markdown").stdout
    assert "`promotion-skipped`" in markdown.partition("**Dangers**")[2].partition("**Notes**")[0]
    assert "warning[promotion-skipped]" in home.run("apply", "plan.json", "--yes").stderr


def test_unproven_for_apply_is_about_a_rehearsal_alone(home: Place) -> None:
    home.run("plan", "-e", "production", "--out", "plan.json")
    home.run("apply", "plan.json", "--yes", "--unproven", code=3)


def test_a_folder_of_plans_is_held_to_it_too(home: Place) -> None:
    home.run("plan", "-e", "prod*", "--out", "plans")
    assert "1 refused" in home.run("apply", "plans", "--yes", code=3).stdout
    home.run("plan", "-e", "prod*", "--unproven", "--out", "meant")
    assert "1 done" in home.run("apply", "meant", "--yes").stdout


def test_where_nothing_is_protected_it_is_a_warning(tmp_path: Path) -> None:
    home = place(tmp_path, "promoteFrom: staging")
    assert told(home) == [
        ("not-promoted", "nothing is proven on staging: production is promoted from staging")
    ]
    assert "warning[not-promoted]" in home.run("apply", "-e", "production", "--yes").stderr
    assert told(home) == [], "nothing is changed"


def test_without_promote_from_nothing_is_said(tmp_path: Path) -> None:
    home = place(tmp_path, "protected: true")
    assert told(home, "--out", "plan.json") == []
    home.run("apply", "plan.json", "--yes")


def test_a_promotion_is_none_of_it_even_when_staging_moves_on(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    home.run("promote", "staging", "production", "--out", "plan.json")
    home.write("Newer")
    home.run("apply", "-e", "staging", "--yes")
    home.run("apply", "plan.json", "--yes")


def test_the_way_back_needs_no_proof(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    home.run("promote", "staging", "production", "--out", "plan.json")
    home.run("apply", "plan.json", "--yes")
    home.run("plan", "--undo", "plan.json", "--out", "back.json")
    home.run("apply", "back.json", "--yes")


def test_what_is_pruned_has_to_be_gone_from_staging(home: Place) -> None:
    home.write("Calls", OTHER)
    home.run("apply", "-e", "staging", "--yes")
    home.run("promote", "staging", "production", "--out", "plan.json")
    home.run("apply", "plan.json", "--yes")
    home.write("Calls")
    assert told(home, "--prune") == [
        (
            "not-promoted",
            "meter/other is still there on staging, which production is promoted from; apply refuses this plan",
        )
    ]
    home.run("apply", "-e", "staging", "--prune", "--yes")
    assert told(home, "--prune") == []


def test_hours_and_rehearsals_that_are_asked_for(tmp_path: Path) -> None:
    home = place(tmp_path, "promoteFrom: {environment: staging, minHours: 24, rehearse: true}")
    home.run("apply", "-e", "staging", "--yes")
    bare, timed = (words for _, words in told(home))
    assert bare.startswith("promoteFrom of production asks for a rehearsal, and the plan had none")
    assert timed.startswith("meter/calls is proven on staging since 20")
    assert "not for 24 hours yet" in timed
    assert told(home, "--rehearse") == [("not-promoted", timed)]


def test_proof_that_cannot_be_read_is_no_proof(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    (home.root / "store" / "applied" / "staging.json").write_text("{}")
    ((code, said),) = told(home, "--out", "plan.json")
    assert code == "not-promoted" and said.startswith("what is proven on staging cannot be known: ")
    home.run("apply", "plan.json", "--yes", code=3)


def test_what_changed_without_proof_is_none(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    (home.root / "by-hand.yaml").write_text(METER.format(name="Theirs"))
    home.run("plan", "by-hand.yaml", "-e", "staging", "--out", "bare.json")
    for file in (home.root / "store" / "catalogs").iterdir():
        file.unlink()
    home.run("apply", "bare.json", "--yes")
    ((_, said),) = told(home)
    assert said.startswith(
        "meter/calls was changed on staging by a later run that proved nothing, which production"
    )
