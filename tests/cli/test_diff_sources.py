"""`diff` of what is not a path: a commit, an environment, the file of a sandbox."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from texts import PRO

from catalogsync import Catalog, OpenMeter, apply, plan
from catalogsync.app.catalog_sources import catalog_at
from catalogsync.app.diff import Difference, diff
from catalogsync.app.runtime import Runtime
from catalogsync.core.errors import InvalidCatalog, UsageError
from catalogsync.render import difference_json, document
from catalogsync.render.formats import FORMATS

PLAN = (
    PRO
    + """\
      - type: flat_fee
        key: fee
        name: Fee
        billingCadence: P1M
        price: {type: flat, amount: 49}
"""
)
CHANNEL = """\
kind: notification_channel
key: ops
type: WEBHOOK
name: Ops
url: {env: HOOK}
signingSecret: {env: SIGNING}
"""
OVERLAY = """\
kind: plan
key: pro
phases:
  - key: default
    rateCards:
      - {key: fee, price: {amount: 99}}
"""
CONFIG = "environments:\n  production:\n    url: https://openmeter.example.com\n    overlays: [overlays/production]\n"
HOOK = "https://hooks.example.com/services/T02KX1Z9QPL/B03MNV7RT2S/q8ZxL2vYw0pRt5uKj3Hn6Bd1"
ENVIRON = {"HOOK": HOOK, "SIGNING": "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit: a catalog at 49.00 USD and an environment that says 99."""
    monkeypatch.chdir(tmp_path)
    written("catalog/plans/pro.yaml", PLAN)
    written("catalog/channels/ops.yaml", CHANNEL)
    written("overlays/production/pro.yaml", OVERLAY)
    written("catalogsync.yaml", CONFIG)
    git("init", "-q")
    git("add", "-A")
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first")
    return tmp_path


def written(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True)


def sold_at(amount: int) -> None:
    written("catalog/plans/pro.yaml", PLAN.replace("amount: 49", f"amount: {amount}"))


def made(file: str) -> str:
    """A sandbox that holds the catalog as it is now."""
    with OpenMeter(f"sandbox:{file}", environ=ENVIRON) as server:
        assert apply(plan(Catalog.load("catalog"), server), server).complete
    return f"sandbox:{file}"


def amounts(found: Difference) -> list[tuple[object, object]]:
    return [
        (field.before, field.after)
        for change in found.changes
        for field in change.fields
        if field.path.endswith("amount")
    ]


def fields(found: Difference) -> list[str]:
    return [f"{change.ref}: {field.path}" for change in found.changes for field in change.fields]


def text(found: Difference) -> str:
    return FORMATS["text"].render(document.of_difference(found), color=False)


@pytest.mark.parametrize(
    "source", ["git:HEAD", "git:HEAD:catalog", "git:HEAD:catalog/plans/pro.yaml", "git:HEAD:./catalog"]
)
def test_a_commit_has_what_it_had(home: Path, source: str) -> None:
    sold_at(59)
    found = diff(source, "catalog/plans/pro.yaml" if source.endswith(".yaml") else "catalog")
    assert amounts(found) == [("49", "59")]
    assert len(found.changes) == 1
    assert "49.00 USD → 59.00 USD (+20.41 %)" in text(found)
    (where,) = {change.where.file for change in found.changes if change.where is not None}
    assert where == "catalog/plans/pro.yaml"


def test_from_a_folder_below_the_repository(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sold_at(59)
    monkeypatch.chdir(home / "catalog")
    assert amounts(diff("git:HEAD:plans", "plans")) == [("49", "59")]


def test_an_environment_has_its_overlays(home: Path) -> None:
    assert amounts(diff("catalog", "env:production")) == [("49", "99")]
    assert amounts(diff("git:HEAD", "env:production")) == [("49", "99")]
    assert not diff("env:production", "env:production").changes


def test_overlays_that_lie_in_the_catalog_are_no_second_manifests(home: Path) -> None:
    written("catalogsync.yaml", CONFIG.replace("overlays/production", "catalog/production"))
    Path("overlays/production").rename("catalog/production")
    assert amounts(diff("catalog", "env:production")) == [("49", "99")]


def test_a_sandbox_holds_what_was_applied(home: Path) -> None:
    shop = made("shop.db")
    sold_at(59)
    assert amounts(diff(shop, "catalog")) == [("49", "59")]
    assert amounts(diff("catalog", shop)) == [("59", "49")]
    assert amounts(diff(shop, made("other.db"))) == [("49", "59")]


def test_a_sandbox_shows_no_secrets_and_that_is_said(home: Path) -> None:
    shop = made("shop.db")
    found = diff(shop, "git:HEAD")
    assert [one for one in fields(found) if one.startswith("notification_channel")] == []
    assert {one.subject for one in found.notes} == {"notification_channel/ops"}
    assert any("signingSecret" in one.summary for one in found.notes)
    whole = "".join(
        render.render(document.of_difference(found), color=False) for render in FORMATS.values()
    ) + json.dumps(difference_json.to_json(found))
    assert HOOK not in whole
    assert ENVIRON["SIGNING"] not in whole
    assert "catalogsync-" not in whole, "no temporary folder is named"
    assert "The catalogs are the same." not in text(found)


def test_another_name_of_a_channel_is_a_difference_all_the_same(home: Path) -> None:
    shop = made("shop.db")
    written("catalog/channels/ops.yaml", CHANNEL.replace("name: Ops", "name: Operations"))
    assert "notification_channel/ops: name" in fields(diff(shop, "catalog"))


def test_what_was_invalid_once_is_still_compared(home: Path) -> None:
    """A commit may hold what the server would refuse: a plan whose feature is not there."""
    written("catalog/plans/pro.yaml", PLAN + "        featureKey: calls\n")
    assert fields(diff("git:HEAD", "catalog")) == ["plan/pro: phases.default.rateCards.fee.featureKey"]
    with pytest.raises(InvalidCatalog):
        catalog_at("catalog", Runtime({}))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("git:nope", "nope"),
        ("git:", "git revision"),
        ("git:--output=x", "git revision"),
        ("git:HEAD:nowhere", "nowhere does not exist at HEAD"),
        ("env:nope", "nope"),
        ("sandbox:nope.db", "nope.db does not exist"),
    ],
)
def test_what_cannot_be_found_is_named(home: Path, source: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        diff(source, "catalog")
    assert not Path("nope.db").exists()


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    written("catalog/pro.yaml", PLAN)
    with pytest.raises(UsageError, match="not a git repository") as refused:
        diff("git:HEAD", "catalog")
    assert refused.value.hint == "run it in the catalog's repository"


def test_errors_of_a_commit_name_the_commit(home: Path) -> None:
    written("catalog/plans/pro.yaml", PLAN.replace("currency: USD", "currencie: USD"))
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-am", "second")
    sold_at(49)
    with pytest.raises(InvalidCatalog) as refused:
        diff("git:HEAD", "catalog")
    places = {one.where.file for one in refused.value.diagnostics if one.where is not None}
    assert places == {"git:HEAD:catalog/plans/pro.yaml"}


METER = "kind: meter\nslug: m\nname: M\naggregation: COUNT\neventType: e\n"
CALLED = {
    "a published price": (PLAN, PLAN.replace("amount: 49", "amount: 59"), "new_version", "differs; on a server a new version"),
    "a draft": (PLAN + "lifecycle: draft\n", PLAN.replace("amount: 49", "amount: 59") + "lifecycle: draft\n", "update", "differs"),
    "a draft that is published": (PLAN + "lifecycle: draft\n", PLAN, "update", "differs"),
    "a name in place": (METER, METER.replace("name: M", "name: N"), "update", "differs"),
    "what never changes": (
        METER,
        METER.replace("eventType: e", "eventType: f").replace("COUNT", "SUM\nvalueProperty: $.v"),
        "update",
        "differs; on a server aggregation and eventType and valueProperty cannot change in place",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLED)
def test_a_difference_is_called_what_it_would_be_on_a_server(case: str, home: Path) -> None:
    """Nothing is updated: no server is asked."""
    before, after, action, words = CALLED[case]
    for folder, text in (("a", before), ("b", after)):
        written(f"{folder}/one.yaml", text)
    found = diff("a", "b")
    (change,) = found.changes
    assert (str(change.action), change.label) == (action, words)
    for name, one in FORMATS.items():
        told = one.render(document.of_difference(found), color=False)
        assert "update in place" not in told, name
        assert name in ("json", "junit") or words in told, name
