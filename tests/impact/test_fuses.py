"""Fuses: each blows on what it is about and on nothing less, at its place; limits, waivers and what is not told; nothing is saved or sent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from impact_helpers import BASE, World

from catalogsync.app import apply
from catalogsync.app.fuses import RULES, only_fuses
from catalogsync.cli import run
from catalogsync.codes import FUSES
from catalogsync.core.asked import Asked
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.plan import Plan
from catalogsync.store.fuse_limits import DEFAULTS, Limits

SSO = "      - type: flat_fee"
WITHOUT_SSO = BASE[: BASE.index(SSO)]
FEATURE_GONE = WITHOUT_SSO.replace("key: sso\nname: SSO\n", "key: sso\nname: SSO\nlifecycle: archived\n")
UNTIL = "2027-06-30"


def told(plan: Plan) -> list[Diagnostic]:
    return [one for one in plan.diagnostics if one.code.startswith(("fuse-", "waiver-"))]


def codes(plan: Plan) -> list[str]:
    return [one.code for one in told(plan)]


def waive(code: str, until: str = UNTIL) -> str:
    return f"# catalogsync: waive {code} until {until} because it was agreed\n"


def fee(amount: str) -> str:
    """One more rate card at the end of `BASE`."""
    return f'''\
      - type: flat_fee
        key: fee
        name: Fee
        billingCadence: P1M
        price: {{type: flat, amount: "{amount}"}}
'''


_MONTHLY_FEE = "billingCadence: P1M\n        price: {type: flat"
FEE_YEARLY = BASE.replace(_MONTHLY_FEE, _MONTHLY_FEE.replace("P1M", "P1Y"))
CHANGES: Mapping[str, tuple[str, list[str]]] = {
    "up to the limit": (BASE.replace('"0.01"', '"0.015"'), []),
    "a rise beyond it": (BASE.replace('"0.01"', '"0.0151"'), ["fuse-price-move"]),
    "a fall beyond it": (BASE.replace('"0.01"', '"0.0049"'), ["fuse-price-move"]),
    "a slipped digit": (BASE.replace('"10"', '"100"'), ["fuse-price-move"]),
    "another cadence": (FEE_YEARLY, ["fuse-price-move"]),
    "to nothing": (BASE.replace('"10"', '"0"'), ["fuse-price-zero"]),
    "usage for nothing": (BASE.replace('"0.01"', '"0"'), ["fuse-price-zero"]),
    "another currency": (BASE.replace("currency: USD", "currency: EUR"), ["fuse-currency-change"]),
    "a small fee more": (BASE + fee("4"), []),
    "a large fee more": (BASE + fee("400"), ["fuse-price-move"]),
    "a draft bills nobody": (BASE.replace('"10"', '"100"') + "lifecycle: draft\n", []),
    "a price as it was": (BASE.replace("name: Pro", "name: Professional"), []),
}


@pytest.mark.parametrize(("text", "blown"), CHANGES.values(), ids=CHANGES)
def test_prices(text: str, blown: list[str], world: World) -> None:
    world.applied(BASE)
    plan = world.planned(text)
    assert codes(plan) == blown
    assert plan.blocked is bool(blown) and only_fuses(plan) is bool(blown)


def test_a_fuse_names_its_place_and_what_to_write(world: World) -> None:
    world.applied(BASE)
    (one,) = told(world.planned(BASE.replace('"10"', '"100"')))
    assert one.summary == "rate card sso of plan/pro rises by 900 % at 0, more than 50 %"
    line = BASE.splitlines().index('        price: {type: flat, amount: "10"}') + 1
    assert one.where is not None and (one.where.line, one.where.column) == (line, 16)
    assert "# catalogsync: waive fuse-price-move until" in one.hint
    assert one.subject == "plan/pro"


def test_an_entitlement_that_is_held(world: World) -> None:
    world.applied(BASE)
    less = BASE.replace("issueAfterReset: 1000", "issueAfterReset: 900")
    hard = BASE.replace("isSoftLimit: true", "isSoftLimit: false")
    other = BASE.replace(
        "entitlementTemplate: {type: boolean}", "entitlementTemplate: {type: static, config: '{}'}"
    )
    for text in (less, hard, other):
        assert codes(world.planned(text)) == [], "nobody holds it"
    assert codes(world.planned(less, impact=False)) == ["fuse-entitlement-cut"], "nobody was asked"
    world.subscribe("ann")
    for text in (less, hard, other):
        assert codes(world.planned(text)) == ["fuse-entitlement-cut"]
    (one,) = told(world.planned(less))
    assert one.summary.endswith(
        "issues 900 instead of 1,000 each usage period; feature calls: 1 active entitlement"
    )
    assert codes(world.planned(BASE.replace("issueAfterReset: 1000", "issueAfterReset: 1100"))) == []


def test_an_entitlement_that_another_plan_gave(world: World) -> None:
    """The server counts who holds a feature; a plan without customers gave it to nobody."""
    other = BASE[BASE.index("kind: plan") :].replace("key: pro", "key: other")
    world.applied(f"{BASE}---\n{other}")
    world.subscribe("ann")
    for plan_key, blown in (("other", []), ("pro", ["fuse-entitlement-cut"])):
        plan = next(one for one in (BASE, other) if f"key: {plan_key}\n" in one)
        less = plan.replace("issueAfterReset: 1000", "issueAfterReset: 900")
        rest = other if plan_key == "pro" else BASE
        assert codes(world.planned(f"{less}---\n{rest}")) == blown
    world.subscribe("bob", plan_key="other")
    assert codes(world.planned(f"{other.replace('1000', '900')}---\n{BASE}")) == ["fuse-entitlement-cut"]


@pytest.mark.parametrize(
    ("issued", "period", "blows"),
    [
        (1000, "P1Y", True),
        (11_999, "P1Y", True),
        (12_000, "P1Y", False),
        (1000, "P1W", False),
        (1000, "P2M", True),
    ],
)
def test_an_entitlement_is_less_when_it_is_renewed_less_often(
    world: World, issued: int, period: str, blows: bool
) -> None:
    world.applied(BASE)
    world.subscribe("ann")
    text = BASE.replace("issueAfterReset: 1000", f"issueAfterReset: {issued}, usagePeriod: {period}")
    assert codes(world.planned(text)) == (["fuse-entitlement-cut"] if blows else [])


def test_a_feature_in_an_active_subscription_is_told_before_the_server_refuses(world: World) -> None:
    world.applied(BASE)
    world.subscribe("ann")
    world.applied(WITHOUT_SSO)
    (one,) = told(world.planned(FEATURE_GONE))
    assert (one.code, one.subject) == ("fuse-feature-subscribed", "feature/sso")
    assert one.summary.endswith("cannot be archived while subscriptions use it: plan/pro (1 customer)")
    assert codes(world.planned(FEATURE_GONE, impact=False)) == ["fuse-feature-subscribed"]


def test_a_feature_that_nobody_has_may_go(world: World) -> None:
    world.applied(BASE)
    world.applied(WITHOUT_SSO)
    assert codes(world.planned(FEATURE_GONE)) == []
    world.applied(FEATURE_GONE)


def test_the_deletion_of_versions_with_subscriptions(world: World) -> None:
    gone = BASE.replace("key: pro\nname: Pro", "key: pro\nname: Pro\nlifecycle: deleted")
    world.applied(BASE)
    assert codes(world.planned(gone)) == []
    world.subscribe("ann")
    (one,) = told(world.planned(gone))
    assert one.code == "fuse-version-deleted" and "version 1: 1 customer" in one.summary
    assert codes(world.planned(gone, impact=False)) == ["fuse-version-deleted"]


def test_a_meter_that_is_made_again_or_goes_under_a_price(world: World) -> None:
    archived = BASE + "lifecycle: archived\n"
    other = archived.replace("aggregation: COUNT", "aggregation: SUM\nvalueProperty: $.n")
    gone = archived.replace("meterSlug: calls\n", "meterSlug: calls\nlifecycle: archived\n")
    gone = gone.replace("slug: calls\n", "slug: calls\nlifecycle: deleted\n", 1)
    more = {"recreate": ["meter/calls", "feature/calls"]}
    world.applied(BASE)
    world.applied(archived)
    assert codes(world.planned(other, **more)) == codes(world.planned(gone)) == [], "nobody is charged"
    world.applied(BASE)
    world.subscribe("ann")
    world.applied(archived)
    found = world.planned(other, **more)
    assert codes(found) == ["fuse-meter-remade", "fuse-feature-subscribed"]
    assert (
        "meter/calls gets another aggregation and valueProperty, and plan/pro charges for what it measures"
        in told(found)[0].summary
    )
    assert codes(world.planned(gone)) == ["fuse-meter-deleted", "fuse-feature-subscribed"]


def test_many_removals_and_many_versions(world: World) -> None:
    features = "".join(f"---\nkind: feature\nkey: f{n}\nname: F\n" for n in range(4))
    world.applied(BASE + features)
    three = features.replace("name: F\n", "name: F\nlifecycle: archived\n", 3)
    assert codes(world.planned(BASE + three)) == [], "three of six are not more than half"
    four = features.replace("name: F\n", "name: F\nlifecycle: archived\n")
    (one,) = told(world.planned(BASE + four))
    assert one.code == "fuse-removed-share" and "4 of 6 features" in one.summary
    covered = four.replace("name: F\n", "name: F\n" + waive("fuse-removed-share"), 1)
    assert [d.severity for d in told(world.planned(BASE + covered))] == [Severity.WARNING]


def test_a_customer_of_real_usage(world: World) -> None:
    world.applied(BASE)
    dearer = BASE.replace('"0.01"', '"0.014"')
    usage = {"ann": {"calls": Decimal(100000)}, "bob": {"calls": Decimal(10)}}
    world.folder.joinpath("catalogsync.yaml").write_text("fuses: {customer-move: 39}\n", "utf-8")
    from catalogsync.app import plan as plans
    from catalogsync.app.plan_request import PlanRequest

    world.write(dearer)
    made = plans.propose(
        [world.folder / "catalog"],
        world.target,
        world.runtime,
        PlanRequest(asked=Asked({}, usage, "u.csv")),
    )
    (one,) = told(made.plan)
    assert one.code == "fuse-customer-move"
    assert "1 customer of u.csv would pay over 39 % more, most of all ann (+39.6 %)" in one.summary


def test_a_waiver_covers_for_a_time_and_with_a_reason(world: World) -> None:
    world.applied(BASE)
    dearer = BASE.replace('"10"', '"100"')
    (one,) = told(world.planned(dearer + waive("fuse-price-move")))
    assert one.severity is Severity.WARNING and one.summary.endswith(f"(waived until {UNTIL}: it was agreed)")
    (one,) = told(world.planned(dearer + waive("fuse-price-move", "2020-01-01")))
    assert one.is_error and one.summary.endswith("(its waiver ended on 2020-01-01)")
    assert codes(world.planned(dearer + waive("fuse-price-zero"))) == ["fuse-price-move", "waiver-unused"]
    assert codes(world.planned(waive("fuse-price-move") + "---\n" + dearer)) == [
        "fuse-price-move",
        "waiver-unused",
    ], "of another object"
    with apply.ready_files([world.folder / "catalog"], world.target, world.runtime) as ready:
        assert ready.plan.blocked


def test_what_catalogsync_yaml_says(world: World) -> None:
    world.applied(BASE)
    config = world.folder / "catalogsync.yaml"
    dearer = BASE.replace('"10"', '"12"')
    for said, blown in (("19", ["fuse-price-move"]), ("20", []), ("true", []), ("false", [])):
        config.write_text(f"fuses: {{price-move: {said}}}\n", "utf-8")
        assert codes(world.planned(dearer)) == blown, said
    far = BASE.replace('"10"', '"1000"')
    assert codes(world.planned(far)) == [], "turned off"


def test_an_environment_goes_before_what_holds_for_all() -> None:
    limits = Limits.of({"price-move": Decimal("12.5"), "price-zero": False})
    assert limits.limit("fuse-price-move") == Decimal("12.5") and not limits.is_on("fuse-price-zero")
    assert Limits().limit("fuse-price-move") == 50 and all(Limits().is_on(name) for name in DEFAULTS)
    assert set(RULES) == set(DEFAULTS) == {code.name for code in FUSES}


def test_the_defaults_are_those_that_the_page_tells() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tasks" / "environments.md").read_text("utf-8")
    table = page.partition("| fuse | blows when |")[2].partition("\n\n")[0]
    told = re.findall(r"(?m)^\| `([a-z-]+)` \| .* \| (on|\d+) \|$", table)
    assert dict(told) == {
        name.removeprefix("fuse-"): "on" if limit is True else str(limit) for name, limit in DEFAULTS.items()
    }


PROTECTED = """\
fuses: {price-move: 10}
environments:
  live: {url: "sandbox:sandbox.db", protected: true, fuses: {price-move: 95}}
"""


def test_the_command_line(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(world.folder)
    Path("catalogsync.yaml").write_text(PROTECTED, "utf-8")
    world.write(BASE)
    assert run(["plan", "-e", "live", "--out", "plan.json"]) == 3
    said = capsys.readouterr().out
    assert "error[fuse-first-write]" in said and not Path("plan.json").exists()
    world.write(waive("fuse-first-write") + BASE)
    assert run(["plan", "-e", "live", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    world.write(BASE.replace('"0.01"', '"0.019"'))
    assert run(["plan", "-e", "live", "--out", "second.json"]) == 0, "what the environment says goes before"
    capsys.readouterr()
    shutil.copy("sandbox.db", "copy.db")
    assert run(["apply", "--url", "sandbox:copy.db", "--yes"]) == 3
    assert "fuse-price-move" in capsys.readouterr().err
    assert run(["plan", "--url", "sandbox:sandbox.db"]) == 3
    assert run(["plan", "--url", "sandbox:sandbox.db", "--format", "json=plan.js"]) == 3
    assert '"fuse-price-move"' in Path("plan.js").read_text("utf-8")
    assert run(["validate"]) == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"10"', '"10"', ""),
        ('"10"', '"14"', ""),
        ('"10"', '"100"', "fuse-price-move"),
        ('"10"', '"0"', "fuse-price-zero"),
    ],
)
def test_a_phase_under_another_key_is_held_against_the_one_that_went(
    world: World, old: str, new: str, code: str
) -> None:
    world.applied(BASE)
    key = re.search(r"phases:\n +- key: (\w+)", BASE)
    assert key is not None
    text = BASE.replace(f"- key: {key[1]}", "- key: renamed").replace(old, new)
    assert codes(world.planned(text)) == ([code] if code else [])
