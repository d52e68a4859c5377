"""Every way in which a plan can contradict itself is told, and told alone: an honest plan with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from strategies import catalog, resource

from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import CatalogsyncError
from catalogsync.core.model import Catalog, Lifecycle, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, State, TargetIdentity, Verb
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, METER, PLAN, RULE
from catalogsync.planner import invariants, make_plan, transitions
from catalogsync.planner.invariants import check_plan

CARD = {
    "type": "flat_fee",
    "key": "api",
    "name": "A",
    "featureKey": "api",
    "price": {"type": "flat", "amount": "1"},
}
FILES = catalog(
    resource(METER, "calls", {"aggregation": "COUNT", "eventType": "t", "name": "New"}),
    resource(FEATURE, "api", {"name": "API", "meterSlug": "calls"}),
    resource(ADDON, "pack", {"name": "P", "currency": "EUR", "instanceType": "single", "rateCards": []}),
    resource(
        PLAN,
        "pro",
        {
            "name": "Pro",
            "currency": "EUR",
            "billingCadence": "P1M",
            "phases": [{"key": "main", "name": "M", "rateCards": [CARD]}],
            "addons": [{"addon": "pack", "fromPlanPhase": "main"}],
        },
    ),
    resource(CHANNEL, "ops", {"type": "WEBHOOK", "name": "Ops", "url": "https://a.example"}),
    resource(RULE, "billed", {"type": "invoice.created", "name": "B", "channels": ["ops"]}),
)
CALLS, API, PACK, PRO = Ref(METER, "calls"), Ref(FEATURE, "api"), Ref(ADDON, "pack"), Ref(PLAN, "pro")
LIVE = LiveState(
    {
        CALLS: LiveGroup(
            CALLS,
            active=LiveResource(
                METER, "ID", "calls", "active", {"slug": "calls", "aggregation": "COUNT", "eventType": "t"}
            ),
        )
    }
)
HONEST = make_plan(FILES, LIVE, TargetIdentity("x"))
DESIRED = {ref: states[-1] for ref, states in transitions.fold(HONEST).items()}


def test_an_honest_plan_has_no_contradiction() -> None:
    assert [(step.number, str(step.verb), str(step.ref)) for step in HONEST.steps] == [
        (1, "update", "meter/calls"),
        (2, "create", "feature/api"),
        (3, "create_draft", "addon/pack"),
        (4, "publish", "addon/pack"),
        (5, "create_draft", "plan/pro"),
        (6, "attach", "plan/pro"),
        (7, "publish", "plan/pro"),
        (8, "create", "notification_channel/ops"),
        (9, "create", "notification_rule/billed"),
    ]
    assert check_plan(HONEST, DESIRED) == ()


def with_step(number: int, **members: Any) -> Plan:
    return replace(
        HONEST,
        steps=tuple(replace(s, **members) if s.number == number else s for s in HONEST.steps),
    )


def with_precondition(ref: Ref, **members: Any) -> Plan:
    return replace(
        HONEST,
        preconditions=tuple(replace(p, **members) if p.ref == ref else p for p in HONEST.preconditions),
    )


def without(ref: Ref, member: str) -> Plan:
    return replace(HONEST, **{member: tuple(one for one in getattr(HONEST, member) if one.ref != ref)})


BLOCK = Diagnostic("in-use", Severity.ERROR, "x")
MORE = Change(Action.UPDATE, Ref(METER, "other"), (), "")
DISHONEST: dict[str, tuple[Callable[[], Plan], list[str]]] = {
    "a number twice": (
        lambda: replace(HONEST, steps=(*HONEST.steps[:8], replace(HONEST.steps[8], number=8))),
        ["step 8 stands at place 9", "step 8 needs step 8, which does not come before it"],
    ),
    "a need that comes later": (
        lambda: with_step(3, needs=(5,)),
        ["step 3 needs step 5, which does not come before it"],
    ),
    "a need of itself": (lambda: with_step(3, needs=(3,)), ["step 3 needs step 3, which does not come before it"]),
    "a need of nothing": (lambda: with_step(3, needs=(0,)), ["step 3 needs step 0, which does not come before it"]),
    "the first may be needed": (lambda: with_step(3, needs=(1,)), []),
    "an object with two preconditions": (
        lambda: replace(HONEST, preconditions=(*HONEST.preconditions, HONEST.preconditions[0])),
        ["an object has two preconditions"],
    ),
    "a touched object without a precondition": (
        lambda: without(API, "preconditions"),
        ["feature/api is touched without a precondition", "the steps cannot be done in this order: "],
    ),
    "a touched object that is said to be untouched": (
        lambda: with_precondition(API, touched=False),
        ["the precondition of feature/api says touched=False"],
    ),
    "an object without steps that is said to be touched": (
        lambda: replace(without(CALLS, "steps"), changes=without(CALLS, "changes").changes),
        [
            "the precondition of meter/calls says touched=True",
            "meter/calls ends otherwise than desired",
            *[f"step {n} stands at place {n - 1}" for n in range(2, 10)],
        ],
    ),
    "a precondition altered": (
        lambda: with_precondition(API, fingerprint="0"),
        ["the fingerprint of feature/api is not that of its state"],
    ),
    "steps that no change tells": (lambda: without(API, "changes"), ["feature/api has steps and no change"]),
    "a change without steps": (
        lambda: replace(HONEST, changes=(*HONEST.changes, MORE)),
        ["meter/other has a change and no steps"],
    ),
    "a change without steps in a plan with errors": (
        lambda: replace(HONEST, changes=(*HONEST.changes, MORE), diagnostics=(BLOCK,)),
        [],
    ),
    "a draft that nothing before makes": (
        lambda: with_step(7, needs=()),
        ["step 7 names plan/pro#draft, which nothing before it makes and which is not live"],
    ),
    "an add-on's version that nothing before makes": (
        lambda: with_step(6, needs=(5,)),
        ["step 6 names addon/pack#active, which nothing before it makes and which is not live"],
    ),
    "the same by its id": (lambda: with_step(6, needs=(5,), addon_id="ID"), []),
    "a channel that nothing before makes": (
        lambda: with_step(9, needs=()),
        ["step 9 names notification_channel/ops#active, which nothing before it makes and which is not live"],
    ),
    "an object meant that is not live": (
        lambda: with_step(2, verb=Verb.UPDATE),
        [
            "step 2 names feature/api#active, which nothing before it makes and which is not live",
            "the steps cannot be done in this order: step 2: feature/api has no active version to update",
        ],
    ),
    "an object that is live needs no id": (lambda: with_step(1, id=""), []),
    "a step that the state does not allow": (
        lambda: with_step(3, verb=Verb.PUBLISH, id="ID"),
        [
            "step 4 names addon/pack#draft, which nothing before it makes and which is not live",
            "the steps cannot be done in this order: step 3: addon/pack has no draft version to publish",
        ],
    ),
    "another end than desired": (
        lambda: with_step(1, body={**HONEST.steps[0].body, "name": "Other"}),
        ["meter/calls ends otherwise than desired"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DISHONEST)
def test_one_contradiction_is_told(case: str) -> None:
    made, said = DISHONEST[case]
    found = check_plan(made(), DESIRED)
    assert len(found) == len(said), found
    assert all(any(one.startswith(text) for one in found) for text in said), found


def test_where_nothing_is_desired_no_end_is_wrong() -> None:
    assert check_plan(with_step(1, body={**HONEST.steps[0].body, "name": "Other"}), {}) == ()


def test_what_is_desired_and_changed_needs_a_precondition() -> None:
    other = replace(MORE, ref=Ref(METER, "other"))
    asked: dict[Ref, State] = {**DESIRED, other.ref: {"active": {"name": "x"}}}
    plan = replace(HONEST, changes=(*HONEST.changes, other))
    said = "meter/other is to change and has no precondition"
    assert set(check_plan(plan, asked)) == {"meter/other has a change and no steps", said}
    assert check_plan(replace(plan, diagnostics=(BLOCK,)), asked) == ()
    assert check_plan(HONEST, asked) == ()


def test_a_plan_with_steps_carries_the_digest_of_its_catalog() -> None:
    assert HONEST.catalog_digest == make_plan(FILES, LIVE, TargetIdentity("y")).catalog_digest != ""
    fewer = catalog(*[one for one in FILES if one.ref.kind is not RULE])
    assert make_plan(fewer, LIVE, TargetIdentity("x")).catalog_digest not in ("", HONEST.catalog_digest)
    assert make_plan(catalog(), LIVE, TargetIdentity("x")).catalog_digest == ""


def test_a_plan_that_contradicts_itself_is_not_given_out() -> None:
    """A rule whose channel is nowhere: the catalog is not valid, and nothing said so before."""
    with pytest.raises(CatalogsyncError) as broken:
        make_plan(catalog(FILES.resources[Ref(RULE, "billed")]), LiveState({}), TargetIdentity("x"))
    assert broken.value.code == "plan-inconsistent"
    assert broken.value.message.split("\n") == [
        "catalogsync made a plan that contradicts itself; nothing was sent",
        "step 1 names notification_channel/ops#active, which nothing before it makes and which is not live",
    ]
    invariants.ensure(HONEST, DESIRED)


def test_what_an_error_says_already_is_no_contradiction() -> None:
    rule, ops = FILES.resources[Ref(RULE, "billed")], FILES.resources[Ref(CHANNEL, "ops")]
    files = Catalog({rule.ref: rule}, {ops.ref: replace(ops, lifecycle=Lifecycle.EXTERNAL)})
    made = make_plan(files, LiveState({}), TargetIdentity("x"))
    assert [one.code for one in made.diagnostics] == ["external-not-live"]
