"""`plan --prune`: what was applied and has no file any more, and nothing else; and keys that may be renamed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from catalogsync.app.apply import ready_files
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.cli import run

METER = "{kind: meter, slug: calls, name: Calls, aggregation: COUNT, eventType: call}\n"
CHANNEL = (
    "{kind: notification_channel, key: hook, name: Hook, type: WEBHOOK, url: 'https://example.com/hook'}\n"
)
FILES = {
    "meter": METER,
    "calls": "{kind: feature, key: calls, name: Calls, meterSlug: calls}\n",
    "sso": "{kind: feature, key: sso, name: SSO}\n",
    "pro": """\
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  - key: main
    name: Main
    rateCards:
      - {type: flat_fee, key: sso, name: SSO, featureKey: sso, billingCadence: P1M, price: {type: flat, amount: 10, paymentTerm: in_advance}}
""",
    "next": """\
kind: plan
key: next
lifecycle: draft
name: Next
currency: USD
billingCadence: P1M
phases:
  - key: main
    name: Main
    rateCards:
      - {type: usage_based, key: calls, name: Calls, featureKey: calls, billingCadence: P1M, price: {type: unit, amount: 3}}
""",
    "seats": """\
kind: addon
key: seats
name: Seats
instanceType: multiple
currency: USD
rateCards:
  - {type: flat_fee, key: seat, name: Seat, billingCadence: P1M, price: {type: flat, amount: 5, paymentTerm: in_advance}}
""",
    "hook": CHANNEL,
    "renewed": "{kind: notification_rule, key: renewed, name: Renewed, type: entitlements.reset, channels: [hook]}\n",
}
CONFIG = """\
fuses: {removed-share: false, meter-deleted: false}
environments:
  staging: {url: "sandbox:live.db"}
"""
CATALOG = Path("catalog")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the catalog, applied with proof to the sandbox beside it."""
    folder = tmp_path_factory.mktemp("before")
    with contextlib.chdir(folder):
        CATALOG.mkdir()
        for name, text in FILES.items():
            (CATALOG / f"{name}.yaml").write_text(text, "utf-8")
        Path("catalogsync.yaml").write_text(CONFIG, "utf-8")
        assert run(["apply", "-e", "staging", "--yes"]) == 0
    return folder


@pytest.fixture(autouse=True)
def applied(before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a copy of that folder."""
    shutil.copytree(before, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def removed(*names: str) -> None:
    for name in names:
        (CATALOG / f"{name}.yaml").unlink()


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*words, "--format", "json"]) == code, capsys.readouterr()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def pruned(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    return told(
        capsys, "plan", *words, *(() if "--url" in words else ("-e", "staging")), "--prune", code=code
    )


def changes(plan: Mapping[str, Any]) -> dict[str, str]:
    return {f"{one['kind']}/{one['key']}": one["action"] for one in plan["changes"]}


def said(plan: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    return [one for one in plan["diagnostics"] if one["code"] == code]


def test_nothing_is_gone_when_every_file_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert changes(pruned(capsys)) == {}


@pytest.mark.parametrize(
    ("gone", "planned"),
    [
        (("renewed",), {"notification_rule/renewed": "delete"}),
        (("renewed", "hook"), {"notification_rule/renewed": "delete", "notification_channel/hook": "delete"}),
        (("seats",), {"addon/seats": "archive"}),
        (("next",), {"plan/next": "delete"}),
        (("pro",), {"plan/pro": "archive"}),
        (("pro", "sso"), {"plan/pro": "archive", "feature/sso": "archive"}),
        (
            ("next", "calls", "meter"),
            {"plan/next": "delete", "feature/calls": "archive", "meter/calls": "delete"},
        ),
    ],
)
def test_what_has_no_file_any_more_is_removed_and_nothing_else(
    capsys: pytest.CaptureFixture[str], gone: tuple[str, ...], planned: dict[str, str]
) -> None:
    Path("hand").mkdir()
    (Path("hand") / "one.yaml").write_text("{kind: feature, key: by_hand, name: By hand}\n", "utf-8")
    assert run(["apply", "hand", "--url", "sandbox:live.db", "--yes"]) == 0
    removed(*gone)
    assert changes(told(capsys, "plan", "-e", "staging")) == {}
    assert changes(pruned(capsys)) == planned
    assert run(["plan", "-e", "staging", "--prune", "--rehearse", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    capsys.readouterr()
    assert changes(pruned(capsys)) == {}
    runs = told(capsys, "history", "-e", "staging")["runs"]
    assert runs[0]["proven"]
    assert run(["drift", "hand", "--url", "sandbox:live.db", "--against", "hand"]) == 0


def test_apply_does_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    removed("renewed")
    assert run(["apply", "-e", "staging", "--prune", "--yes"]) == 0
    assert "Applied: 1 done." in capsys.readouterr().out
    assert run(["plan", "-e", "staging", "--prune", "--exit-code"]) == 0


def test_what_changed_is_planned_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A feature goes in the plan that makes a plan do without it."""
    removed("sso")
    path = CATALOG / "pro.yaml"
    path.write_text(path.read_text("utf-8").replace("featureKey: sso, ", ""), "utf-8")
    assert changes(pruned(capsys)) == {"plan/pro": "new_version", "feature/sso": "archive"}


def test_what_another_catalog_owns_now_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    (CATALOG / "sso.yaml").write_text("{kind: feature, key: sso, lifecycle: external}\n", "utf-8")
    assert changes(pruned(capsys)) == {}


def test_blockers_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A plan that somebody made by hand uses the feature."""
    other = FILES["pro"].replace("key: pro\nname: Pro", "key: other\nname: Other")
    Path("hand").mkdir()
    (Path("hand") / "one.yaml").write_text(
        "{kind: feature, key: sso, lifecycle: external}\n---\n" + other, "utf-8"
    )
    assert run(["apply", "hand", "--url", "sandbox:live.db", "--yes"]) == 0
    removed("pro", "sso")
    plan = pruned(capsys, code=1)
    assert changes(plan) == {"plan/pro": "archive", "feature/sso": "impossible"}
    assert "plan/other" in said(plan, "in-use")[0]["summary"]


def test_customers_are_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    with OpenMeter("sandbox:live.db") as server:
        body = {"key": "acme", "name": "Acme", "usageAttribution": {"subjectKeys": ["acme"]}}
        server.client.send("POST", "/customers", body)
        server.client.send("POST", "/subscriptions", {"customerKey": "acme", "plan": {"key": "pro"}})
    removed("pro")
    assert run(["plan", "-e", "staging", "--prune"]) == 0
    out = capsys.readouterr().out
    assert "customers who stay with what they have: 1 " in out
    assert "no file describes it any more" in out
    removed("sso")
    plan = pruned(capsys, code=3)
    (fuse,) = said(plan, "fuse-feature-subscribed")
    assert "write a short manifest of feature/sso with `lifecycle: archived`" in fuse["hint"]
    waived = "# catalogsync: waive fuse-feature-subscribed until 2999-01-01 because it is tried"
    short = f"{waived}\nkind: feature\nkey: sso\nlifecycle: archived\n"
    (CATALOG / "sso.yaml").write_text(short, "utf-8")
    assert changes(pruned(capsys)) == {"plan/pro": "archive", "feature/sso": "archive"}


def test_files_outside_of_the_paths_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    plan = pruned(capsys, "catalog/meter.yaml")
    assert (changes(plan), said(plan, "prune-elsewhere")) == ({}, [])
    removed("renewed")
    plan = pruned(capsys, "catalog/meter.yaml")
    assert changes(plan) == {}
    summary = said(plan, "prune-elsewhere")[0]["summary"]
    assert "not removed: notification_rule/renewed" in summary


def test_two_catalogs_of_one_environment_know_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    """A team's plan on the platform's feature: each is applied, compared, pruned and promoted as if the other were not touched."""
    Path("team").mkdir()
    plan = FILES["pro"].replace("key: pro\nname: Pro", "key: team\nname: Team")
    own = Path("team") / "plan.yaml"
    own.write_text("{kind: feature, key: sso, lifecycle: external}\n---\n" + plan, "utf-8")
    other = Path("team") / "other.yaml"
    other.write_text("{kind: feature, key: team_other, name: Other}\n", "utf-8")
    config = CONFIG + '  production: {url: "sandbox:production.db"}\n'
    Path("catalogsync.yaml").write_text(config, "utf-8")
    for order in (["team"], ["catalog"], ["team"]):
        assert run(["apply", *order, "-e", "staging", "--yes"]) == 0
        for paths in ("catalog", "team"):
            assert run(["drift", paths, "-e", "staging"]) == 0
            assert changes(pruned(capsys, paths)) == {}
    other.unlink()
    assert run(["apply", "catalog", "-e", "staging", "--yes"]) == 0
    assert changes(pruned(capsys, "catalog")) == {}
    assert changes(pruned(capsys, "team")) == {"feature/team_other": "archive"}
    assert run(["apply", "team", "-e", "staging", "--prune", "--yes"]) == 0
    assert run(["promote", "staging", "production", "--yes"]) == 0
    for paths in ("catalog", "team"):
        assert run(["plan", paths, "-e", "production", "--prune", "--exit-code"]) == 0
    removed("renewed")
    capsys.readouterr()
    assert changes(told(capsys, "plan", "team", "-e", "production", "--prune")) == {}
    gone = told(capsys, "plan", "catalog", "-e", "production", "--prune")
    assert changes(gone) == {"notification_rule/renewed": "delete"}


@pytest.mark.parametrize("words", [("--url", "sandbox:live.db"), ("-e", "other")])
def test_without_what_was_last_applied_nothing_is_planned(
    capsys: pytest.CaptureFixture[str], words: tuple[str, str]
) -> None:
    Path("catalogsync.yaml").write_text(CONFIG + '  other: {url: "sandbox:live.db"}\n', "utf-8")
    removed("renewed")
    assert run(["plan", *words, "--prune"]) == 3
    err = capsys.readouterr().err
    assert "refused-no-base" in err
    assert "--against git:REV" in err


def test_a_commit_says_what_was_applied(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "one"),
    ):
        subprocess.run(["git", *words], check=True)
    removed("renewed")
    shutil.rmtree(".catalogsync")
    plan = pruned(capsys, "--url", "sandbox:live.db", "--against", "git:main")
    assert changes(plan) == {"notification_rule/renewed": "delete"}
    assert changes(pruned(capsys, "catalog/meter.yaml", "--against", "git:main")) == {}


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "-e", "staging", "--against", "git:main"),
        ("plan", "-e", "stag*", "--prune", "--against", "git:main"),
        ("plan", "--undo", "plan.json", "--prune"),
        ("apply", "plan.json", "--prune"),
    ],
)
def test_what_does_not_go_together(words: tuple[str, ...]) -> None:
    assert run(["plan", "-e", "staging", "--out", "plan.json"]) == 0
    assert run(list(words)) == 64


@pytest.mark.parametrize("prune", [True, False])
@pytest.mark.parametrize(
    ("name", "old", "new", "change", "customers"),
    [
        ("pro", "plan/pro", "plan/pro_2", ("key: pro", "key: pro_2"), "stay on it"),
        ("seats", "addon/seats", "addon/places", ("key: seats", "key: places"), "keep it"),
        (
            "seats",
            "addon/seats",
            "addon/places",
            ("key: seats\nname: Seats", "key: places\nname: Places"),
            "keep it",
        ),
        (
            "hook",
            "notification_channel/hook",
            "notification_channel/web",
            ("key: hook", "key: web"),
            "secret",
        ),
    ],
)
def test_a_rename_is_named_with_what_it_means(
    capsys: pytest.CaptureFixture[str],
    prune: bool,
    name: str,
    old: str,
    new: str,
    change: tuple[str, str],
    customers: str,
) -> None:
    path = CATALOG / f"{name}.yaml"
    path.write_text(path.read_text("utf-8").replace(*change), "utf-8")
    rules = CATALOG / "renewed.yaml"
    rules.write_text(
        rules.read_text("utf-8").replace("[hook]", "[web]" if name == "hook" else "[hook]"), "utf-8"
    )
    plan = pruned(capsys) if prune else told(capsys, "plan", "-e", "staging")
    (one,) = said(plan, "possible-rename")
    assert one["summary"].startswith(f"{new} is new and says nearly what {old} says, which ")
    assert ("is removed" in one["summary"]) is prune
    assert customers in one["detail"]
    assert (old in changes(plan)) is prune


@pytest.mark.parametrize(
    ("gone", "new"),
    [
        ("sso", "{kind: feature, key: audit, name: Audit}\n"),
        ("seats", FILES["pro"].replace("key: pro\n", "key: pro_2\n")),
        ("renewed", CHANNEL.replace("hook", "other")),
    ],
)
def test_what_is_unlike_is_no_rename(capsys: pytest.CaptureFixture[str], gone: str, new: str) -> None:
    if gone == "sso":
        removed("pro")
    removed(gone)
    (CATALOG / "new.yaml").write_text(new, "utf-8")
    assert said(pruned(capsys), "possible-rename") == []


def applied_by_hand(text: str) -> None:
    """Somebody does it without the run store."""
    Path("hand").mkdir(exist_ok=True)
    (Path("hand") / "one.yaml").write_text(text, "utf-8")
    assert run(["apply", "hand", "--url", "sandbox:live.db", "--yes"]) == 0


@pytest.mark.parametrize("between", [0, 1, 2])
def test_what_vanished_stays_known_until_it_is_removed(
    capsys: pytest.CaptureFixture[str], between: int
) -> None:
    """However often the files are applied without --prune before."""
    removed("renewed")
    for number in range(between):
        (CATALOG / "meter.yaml").write_text(METER.replace("Calls", f"Calls {number}"), "utf-8")
        assert run(["apply", "-e", "staging", "--yes"]) == 0
    removed("seats")
    assert changes(pruned(capsys)) == {"notification_rule/renewed": "delete", "addon/seats": "archive"}
    gone = told(capsys, "drift", "-e", "staging", code=2)["manifestGone"]
    assert gone == ["addon/seats", "notification_rule/renewed"]
    assert run(["apply", "-e", "staging", "--prune", "--yes"]) == 0
    assert changes(pruned(capsys)) == {}
    assert run(["drift", "-e", "staging"]) == 0


def test_what_was_removed_in_another_way_is_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    """Who makes it again later owns it: it is not removed."""
    removed("renewed")
    assert run(["apply", "-e", "staging", "--yes"]) == 0
    applied_by_hand("{kind: notification_rule, key: renewed, lifecycle: deleted}\n")
    assert run(["apply", "-e", "staging", "--yes"]) == 0
    applied_by_hand(FILES["hook"] + "---\n" + FILES["renewed"])
    assert changes(pruned(capsys)) == {}


def test_what_is_named_again_is_not_gone(capsys: pytest.CaptureFixture[str]) -> None:
    removed("renewed")
    assert run(["apply", "-e", "staging", "--yes"]) == 0
    (CATALOG / "again.yaml").write_text(FILES["renewed"], "utf-8")
    assert changes(pruned(capsys)) == {}
    assert run(["apply", "-e", "staging", "--yes"]) == 0
    removed("again")
    assert changes(pruned(capsys)) == {"notification_rule/renewed": "delete"}


def test_what_a_run_made_that_proved_nothing_is_known_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A run is stopped, and the manifest of what it made goes before another run proves anything."""
    new = CATALOG / "new.yaml"
    keys = [f"new_{number}" for number in range(8)]
    new.write_text(
        "---\n".join(f"{{kind: feature, key: {key}, name: {key.upper()}}}\n" for key in keys), "utf-8"
    )
    stop = threading.Event()
    with ready_files([CATALOG], Target("staging"), Runtime(os.environ)) as ready:
        report = ready.carry_out(lambda _: stop.set(), stop)
    assert not report.complete
    removed("new")
    with OpenMeter("sandbox:live.db") as server:
        made = {str(ref) for ref in server.read().groups if ref.key in keys}
    assert made
    assert changes(pruned(capsys)) == dict.fromkeys(made, "archive")


@pytest.mark.parametrize("seed", range(4))
def test_after_any_order_of_applies_a_pruning_one_leaves_what_the_files_say(
    capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    rng = random.Random(seed)
    names = [f"r{number}" for number in range(4)]
    for _ in range(6):
        for name in names:
            file = CATALOG / f"{name}.yaml"
            if rng.random() < 0.5:
                file.write_text(FILES["renewed"].replace("renewed", name), "utf-8")
            else:
                file.unlink(missing_ok=True)
        words = ["--prune"] if rng.random() < 0.3 else []
        if rng.random() < 0.3:
            assert run(["plan", "-e", "staging", *words, "--out", "plan.json"]) == 0
            assert run(["apply", "plan.json", "--yes"]) == 0
        else:
            assert run(["apply", "-e", "staging", *words, "--yes"]) == 0
    assert run(["apply", "-e", "staging", "--prune", "--yes"]) == 0
    with OpenMeter("sandbox:live.db") as server:
        rules = {ref.key for ref in server.read().groups if ref.kind == "notification_rule"}
    assert rules == {"renewed", *(name for name in names if (CATALOG / f"{name}.yaml").exists())}


def test_an_object_that_no_catalog_applied_was_never_called_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A live meter like a new one, made by somebody else or by the server's configuration, is no rename."""
    applied_by_hand(METER.replace("slug: calls", "slug: by_hand"))
    (CATALOG / "new.yaml").write_text(METER.replace("slug: calls", "slug: requests"), "utf-8")
    plan = told(capsys, "plan", "-e", "staging")
    assert changes(plan) == {"meter/requests": "create"}
    assert said(plan, "possible-rename") == []
    assert said(told(capsys, "plan", "--url", "sandbox:live.db"), "possible-rename") == []
