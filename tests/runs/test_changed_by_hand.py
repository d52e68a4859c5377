"""A plan says what it overwrites of what somebody changed by hand since the last run: field by field, in every format, without a call more."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from test_recorded import CHANNEL, METER, Place

from catalogsync.app import plan
from catalogsync.app.environments import Target
from catalogsync.app.plan_request import QUIETLY
from catalogsync.app.runtime import Runtime

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
OTHER = "---\nkind: meter\nslug: other\nname: Other\naggregation: COUNT\neventType: other\n"
CODE = "changed-by-hand"


@pytest.fixture
def home(tmp_path: Path) -> Place:
    return Place(tmp_path, str(tmp_path / "store"))


def by_hand(home: Place, text: str, **variables: str) -> None:
    (home.root / "by-hand.yaml").write_text(text)
    home.run("apply", "by-hand.yaml", "--url", "sandbox:staging.db", "--yes", **variables)


def warned(home: Place, *words: str) -> list[str]:
    found = json.loads(home.run("plan", "-e", "staging", *words, "--format", "json").stdout)
    return [one["summary"] for one in found["diagnostics"] if one["code"] == CODE]


def test_a_rule_is_not_changed_by_who_disables_its_channel(home: Place) -> None:
    """Reads of rules leave disabled channels out; what the plan writes again was not changed."""
    hook = (
        "kind: notification_channel\nkey: hook\ntype: WEBHOOK\nname: Hook\nurl: https://hooks.example.com/a\n"
    )
    rule = "---\nkind: notification_rule\nkey: billed\ntype: invoice.created\nname: Billed\nchannels: [hook, other]\n"
    other = hook.replace("hook", "other").replace("Hook", "Other") + "disabled: false\n"
    (home.root / "catalog" / "hooks.yaml").write_text(f"{hook}---\n{other}{rule}")
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, hook + "disabled: true\n")
    (said,) = warned(home)
    assert said.startswith("disabled of notification_channel/hook was changed by hand")


def test_a_field_of_a_published_plan_that_is_taken_back(home: Place) -> None:
    """Of an object that is versioned too, where the plan makes a version that has it as it was."""
    (home.root / "catalog" / "m.yaml").unlink()
    shutil.rmtree(home.root / "overlays")
    shutil.copytree(EXAMPLE, home.root / "catalog", dirs_exist_ok=True)
    config = home.root / "catalogsync.yaml"
    config.write_text(config.read_text().replace(", overlays: [overlays/production]", ""))
    home.run("apply", "-e", "staging", "--yes")
    assert warned(home) == []
    pro = home.root / "catalog" / "plans" / "pro.yaml"
    mine = pro.read_text()
    assert mine.count("maxQuantity: 20") == 1
    pro.write_text(mine.replace("maxQuantity: 20", "maxQuantity: 30"))
    home.run("apply", "--url", "sandbox:staging.db", "--yes")
    pro.write_text(mine)
    (said,) = warned(home)
    run = home.runs()[0]["id"]
    assert said == (
        f"addons.seat_pack.maxQuantity of plan/pro was changed by hand since run {run} (20 → 30); this plan takes it back"
    )
    told = json.loads(home.run("plan", "-e", "staging", "--format", "json").stdout)["diagnostics"]
    (one,) = [one for one in told if one["code"] == CODE]
    line = mine[: mine.index("maxQuantity: 20")].count("\n") + 1
    assert (one["severity"], one["subject"], one["where"]["line"]) == ("warning", "plan/pro", line)
    pro.write_text(mine.replace("amount: 49,", "amount: 59,"))
    assert warned(home) == [said], "the price is the files' own change"
    assert warned(home, "--only", "plan/free") == []


def test_what_somebody_archived_is_said_to_be_archived(home: Place) -> None:
    (home.root / "catalog" / "m.yaml").unlink()
    shutil.copytree(EXAMPLE, home.root / "catalog", dirs_exist_ok=True)
    home.run("apply", "-e", "staging", "--yes")
    shutil.copytree(EXAMPLE, home.root / "other")
    for name in ("free", "enterprise"):
        manifest = home.root / "other" / "plans" / f"{name}.yaml"
        manifest.write_text(manifest.read_text() + "lifecycle: archived\n")
    home.run("apply", "other", "--url", "sandbox:staging.db", "--yes")
    run = home.runs()[0]["id"]
    assert warned(home) == [
        f"plan/enterprise, plan/free of run {run} are archived by now; this plan makes a new version of them"
    ]


def test_a_plan_that_follows_its_addon_was_not_changed_itself(home: Place) -> None:
    (home.root / "catalog" / "m.yaml").unlink()
    shutil.copytree(EXAMPLE, home.root / "catalog", dirs_exist_ok=True)
    home.run("apply", "-e", "staging", "--yes")
    pack = home.root / "catalog" / "addons" / "seat_pack.yaml"
    mine = pack.read_text()
    pack.write_text(mine.replace("name: Pack of five seats", "name: Theirs"))
    home.run("apply", "--url", "sandbox:staging.db", "--yes")
    pack.write_text(mine)
    made = json.loads(home.run("plan", "-e", "staging", "--format", "json").stdout)
    assert "plan/pro" in [f"{one['kind']}/{one['key']}" for one in made["changes"]]
    (said,) = [one for one in made["diagnostics"] if one["code"] == CODE]
    assert said["subject"] == "addon/seat_pack" and '("Pack of five seats" → "Theirs")' in said["summary"]


def test_what_the_files_say_otherwise_too_is_overwritten(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Theirs"))
    home.write("Mine")
    (said,) = warned(home)
    assert said.startswith("name of meter/calls was changed by hand since run staging-")
    assert said.endswith('("Calls" → "Theirs"); this plan overwrites it')


def test_what_the_files_say_by_now_is_not_lost(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Theirs"))
    home.write("Theirs", OTHER)
    assert warned(home) == []


def test_another_field_than_the_plan_changes(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Calls") + "groupBy: {path: $.path}\n")
    home.write("Mine", "groupBy: {path: $.path}\n")
    assert warned(home) == []


def test_what_was_removed_by_hand_is_told_in_one_line(home: Place) -> None:
    home.write("Calls", OTHER)
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, "kind: meter\nslug: other\nlifecycle: deleted\n")
    run = home.runs()[0]["id"]
    assert warned(home) == [f"meter/other of run {run} is not live any more; this plan makes it again"]
    (home.root / "staging.db").unlink()
    assert warned(home) == [
        f"meter/calls, meter/other of run {run} are not live any more; this plan makes them again"
    ]


def test_a_secret_that_is_another_one_now_is_not_said_to_be_changed_by_hand(home: Place) -> None:
    """Only its reference is kept: whether the live value or the secret moved cannot be known."""
    (home.root / "catalog" / "ops.yaml").write_text(CHANNEL)
    home.run("apply", "-e", "staging", "--yes", HOOK_URL="https://hooks.example.com/a8c1")
    done = home.run("plan", "-e", "staging", "--format", "json", HOOK_URL="https://hooks.example.com/f3d2")
    (said,) = [one["summary"] for one in json.loads(done.stdout)["diagnostics"] if one["code"] == CODE]
    assert (
        "url of notification_channel/ops is not what" in said
        and "the secret is another one since run" in said
    )
    assert "a8c1" not in done.stdout and "f3d2" not in done.stdout
    assert warned(home) == [], "where it cannot be compared nothing is said"
    by_hand(home, CHANNEL.replace("name: Ops", "name: Theirs"), HOOK_URL="https://hooks.example.com/a8c1")
    (said,) = warned(home)
    assert said.startswith("name of notification_channel/ops was changed by hand")
    assert "live ahead" in home.run("drift", "-e", "staging", code=5).stdout


def test_what_no_run_proved_is_not_judged(home: Place) -> None:
    """Nothing was applied; a server that is named by its URL; and once a run has made it so again."""
    by_hand(home, METER.format(name="Theirs"))
    assert warned(home) == []
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Theirs"))
    assert CODE not in home.run("plan", "--url", "sandbox:staging.db").stdout
    home.run("apply", "-e", "staging", "--yes")
    assert warned(home) == []


def test_each_format_shows_it_with_the_dangers_and_so_does_an_apply(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Theirs"))
    words = "was changed by hand since run staging-"
    files = [f"--format={name}={name}.out" for name in ("markdown", "html", "sarif", "github", "junit")]
    done = home.run("plan", "-e", "staging", "--out", "plan.json", *files, "--format", "text")
    assert f"warning[{CODE}]: name of meter/calls {words}" in done.stdout
    for name in ("markdown", "html", "sarif", "github", "junit"):
        text = (home.root / f"{name}.out").read_text()
        assert len(re.findall("was changed by hand since run", text)) == (2 if name == "junit" else 1), name
    markdown = (home.root / "markdown.out").read_text()
    assert "**Dangers**" in markdown.partition(words)[0] and "**Notes**" not in markdown.partition(words)[0]
    html = (home.root / "html.out").read_text()
    assert html.index("Look here first</h2>") < html.index(words) < html.index("In detail</h2>")
    assert words in home.run("show", "plan.json").stdout
    assert words in home.run("apply", "-e", "staging", "--yes").stderr


def test_of_many_environments_it_is_told_below_each(home: Place) -> None:
    """Where they are planned, before a folder of plans is applied, and where they are applied."""
    home.run("apply", "-e", "sta*", "--yes")
    assert "warning" not in home.run("plan", "-e", "sta*").stdout
    by_hand(home, METER.format(name="Theirs"))
    said = f"warning[{CODE}]: name of meter/calls was changed by hand since run staging-"
    assert said in home.run("plan", "-e", "sta*", "--out", "plans").stdout
    assert said in home.run("apply", "plans", code=3).stderr
    (one,) = json.loads(home.run("apply", "-e", "sta*", "--yes", "--format", "json").stdout)["environments"]
    assert [(w["code"], w["subject"]) for w in one["warnings"]] == [(CODE, "meter/calls")]


def test_nothing_more_is_asked_of_the_server(home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Theirs"))
    monkeypatch.chdir(home.root)
    calls: list[list[str]] = []

    def planned() -> int:
        calls.append([])
        runtime = Runtime(observers=(lambda call: calls[-1].append(f"{call.method} {call.path}"),))
        made = plan.plan_files([Path("catalog")], Target("staging"), runtime, QUIETLY)
        return sum(one.code == CODE for one in made.diagnostics)

    assert planned() == 1
    (home.root / "store" / "applied" / "staging.json").unlink()
    assert planned() == 0
    assert sorted(calls[0]) == sorted(calls[1])


def test_a_store_that_cannot_be_read_is_told(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    by_hand(home, METER.format(name="Theirs"))
    (home.root / "store" / "applied" / "staging.json").write_text("{}")
    said = home.run("plan", "-e", "staging").stdout
    assert "warning[run-store-unusable]: whether somebody changed staging by hand cannot be known" in said
