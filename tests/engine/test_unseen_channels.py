"""Reads of rules leave disabled channels out, so neither planner nor executor may take a rule that could hold one for done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_helpers import apply, client_of, planned, settle, undoing
from strategies import catalog, resource

from catalogsync.core.model import Catalog
from catalogsync.core.report import Status
from catalogsync.openmeter.kinds import CHANNEL, RULE
from catalogsync.sandbox import Fault, Sandbox


def shop(*rule_channels: str, disabled: str = "", gone: str = "") -> Catalog:
    """Three channels and one rule that names some of them."""
    channels = [
        resource(
            CHANNEL,
            key,
            {"type": "WEBHOOK", "name": key, "url": "https://a.example", "disabled": key in disabled.split()},
        )
        for key in ("ops", "sales", "night")
        if key != gone
    ]
    rule = {"type": "invoice.created", "name": "billed", "channels": list(rule_channels)}
    return catalog(*channels, resource(RULE, "billed", rule))


WAYS = {
    "named by the rule as it is enabled": (
        (shop("sales", disabled="ops"),),
        shop("ops", "sales"),
        ["update notification_channel/ops", "update notification_rule/billed"],
    ),
    "left by the rule while nobody could see it, then enabled": (
        (shop("ops", "sales"), shop("ops", "sales", disabled="ops"), shop("sales", disabled="ops")),
        shop("sales"),
        ["update notification_rule/billed", "update notification_channel/ops"],
    ),
    "one named, one left, both enabled": (
        (
            shop("ops", "sales"),
            shop("ops", "sales", disabled="ops night"),
            shop("sales", disabled="ops night"),
        ),
        shop("night", "sales"),
        [
            "update notification_channel/night",
            "update notification_channel/ops",
            "update notification_rule/billed",
        ],
    ),
}


def arrived(stages: tuple[Catalog, ...]):
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    for stage in stages:
        settle(stage, client)
    return sandbox, client


@pytest.mark.parametrize("way", WAYS)
def test_an_enabled_channel_is_held_by_the_rules_that_name_it_and_no_other(way):
    stages, wished, steps = WAYS[way]
    _, client = arrived(stages)
    plan = planned(wished, client)
    assert [f"{step.verb} {step.ref}" for step in plan.steps] == steps
    report = apply(plan, client)
    assert {o.status for o in report.outcomes} == {Status.DONE}
    assert planned(wished, client).steps == ()


@pytest.mark.parametrize("way", list(WAYS)[:2])
@pytest.mark.parametrize("stop", (0, 1, 2))
def test_the_same_plan_finishes_from_where_it_stopped(way, stop):
    stages, wished, _ = WAYS[way]
    _, client = arrived(stages)
    plan = planned(wished, client)
    apply(replace(plan, steps=plan.steps[:stop]), client)
    assert apply(plan, client).complete
    assert planned(wished, client).steps == ()


@pytest.mark.parametrize("fault", ("reset-before", "reset-after"))
def test_a_write_that_cannot_be_told_from_its_absence_is_sent_again(fault):
    stages = (shop("ops", "sales"), shop("ops", "sales", disabled="ops"), shop("sales", disabled="ops"))
    sandbox, client = arrived(stages)
    plan = planned(shop("sales"), client)
    sandbox.break_with(Fault(fault, method="PUT", number=1))
    sent = len([r for r in sandbox.requests if r.method == "PUT"])
    assert apply(plan, client).complete
    assert len([r for r in sandbox.requests if r.method == "PUT"]) - sent == 3
    assert planned(shop("sales"), client).steps == ()


@pytest.mark.parametrize("touched", ("", "ops", "night", "ops night"))
def test_the_way_back_knows_the_disabled_channels_that_the_plan_did_not_touch(touched):
    """The plan back holds what the plan touched alone; a rule tells of its disabled channels itself."""
    first = shop("ops", "sales", "night", disabled="ops night")
    _, client = arrived((first,))
    after = [
        replace(one, body={**one.body, "name": "else"})
        if one.ref.key in {"billed", *touched.split()}
        else one
        for one in first
    ]
    plan = planned(catalog(*after), client)
    assert apply(plan, client).complete
    back = undoing(plan, client)
    assert apply(back, client).complete
    assert planned(first, client).steps == ()


@pytest.mark.parametrize(
    ("count", "named"),
    [(1, "c00"), (5, "c00, c01, c02, c03 and c04"), (60, "c00, c01, c02, c03, c04 and 55 more")],
)
def test_of_many_disabled_channels_a_few_are_named_for_each_rule(count, named):
    """They may be another catalog's, and the note is said of each rule."""
    off = {"type": "WEBHOOK", "name": "off", "url": "https://a.example", "disabled": True}
    others = catalog(*(resource(CHANNEL, f"c{n:02}", off) for n in range(count)))
    _, client = arrived((others, shop("sales")))
    (note,) = [
        one for one in planned(shop("sales"), client).diagnostics if one.code == "rule-channels-unseen"
    ]
    assert f"names disabled channel {named} was not compared" in note.summary
