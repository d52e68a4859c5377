"""Part of a plan, by its laws: what is chosen with what it needs and nothing more, as the plan of everything has it, and it can be carried out."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandboxworld import SandboxWorld
from strategies import CHANNEL, RULE, catalog, catalogs, resource

from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.plan import Plan, Step, TargetIdentity
from catalogsync.planner import PlanOptions, make_plan

TARGET = TargetIdentity("http://twin.invalid")
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def part(catalog: Catalog, live: LiveState, only: frozenset[Ref]) -> Plan:
    return make_plan(catalog, live, TARGET, PlanOptions(only=only))


def uncertain(plan: Plan) -> bool:
    """Whether the plan says itself that the server may refuse for reasons that cannot be read."""
    return any(d.code in ("channel-use-unseen", "addon-deletion-uncertain") for d in plan.diagnostics)


def needed(plan: Plan, chosen: frozenset[Ref]) -> frozenset[Ref]:
    """The objects that a plan's steps for the chosen ones wait for, by the numbers of its steps, with themselves."""
    by_number = {step.number: step for step in plan.steps}
    of: Mapping[Ref, list[Step]] = {
        ref: [s for s in plan.steps if s.ref == ref] for ref in {s.ref for s in plan.steps}
    }
    found, waiting = set(chosen), list(chosen)
    while waiting:
        for step in of.get(waiting.pop(), []):
            fresh = {by_number[n].ref for n in step.needs} - found
            found |= fresh
            waiting += fresh
    return frozenset(found)


def pointless(plan: Plan, wanted: frozenset[Ref]) -> frozenset[Ref]:
    """The equal rules that are written for the sake of channels alone, none of which is wanted: all those channels' steps wait for them."""
    for_others = {c.ref: c for c in plan.changes if "reads do not show whether the rule names it" in c.reason}
    wait = {
        ref: {s.ref for s in plan.steps if any(plan.steps[n - 1].ref == ref for n in s.needs)}
        for ref in for_others
    }
    return frozenset(ref for ref in for_others if not (wait[ref] - {ref}) & wanted)


@quick
@given(catalogs(lifecycles=False), catalogs(), st.randoms(use_true_random=False))
def test_what_is_chosen_is_planned_with_what_it_needs_as_in_the_whole(
    first: Catalog, second: Catalog, rng: random.Random
) -> None:
    twin = SandboxWorld()
    twin.run(make_plan(first, twin.read(), TARGET))
    live = twin.read()
    chosen = frozenset(ref for ref in second.resources if rng.random() < 0.3)
    whole, some = make_plan(second, live, TARGET), part(second, live, chosen)
    planned = {step.ref for step in some.steps}
    wanted = needed(whole, chosen)
    wanted -= pointless(whole, wanted)
    assert planned == {step.ref for step in whole.steps} & wanted

    def said(plan: Plan) -> list[Step]:
        return [replace(step, number=0, needs=()) for step in plan.steps if step.ref in wanted]

    assert sorted(map(repr, said(some))) == sorted(map(repr, said(whole)))
    assert {c.ref for c in some.changes} == {c.ref for c in whole.changes} & (wanted | planned)
    told = " ".join(one.summary for one in some.diagnostics if one.code == "only-waits")
    for change in whole.changes:
        assert (f"{change.ref} (" in told) == (change not in some.changes)


@quick
@given(catalogs(lifecycles=False), catalogs(), st.randoms(use_true_random=False))
def test_a_part_is_carried_out_and_the_rest_follows(
    first: Catalog, second: Catalog, rng: random.Random
) -> None:
    twin = SandboxWorld()
    twin.run(make_plan(first, twin.read(), TARGET))
    chosen = frozenset(ref for ref in second.resources if rng.random() < 0.3)
    some = part(second, twin.read(), chosen)
    if some.blocked or uncertain(some):
        return
    twin.run(some)
    assert part(second, twin.read(), chosen).steps == ()
    rest = make_plan(second, twin.read(), TARGET)
    if not rest.blocked and not uncertain(rest):
        twin.run(rest)
        assert make_plan(second, twin.read(), TARGET).steps == ()


@quick
@given(catalogs())
def test_all_of_it_is_the_whole_plan(catalog: Catalog) -> None:
    live = SandboxWorld().read()
    whole = make_plan(catalog, live, TARGET)
    assert part(catalog, live, frozenset(catalog.resources)) == whole
    assert part(catalog, live, frozenset()).steps == ()


def test_an_equal_rule_is_not_written_for_a_channel_that_waits() -> None:
    """A channel that comes to be enabled has every rule written before it; a part without that channel has nothing to write."""
    channel = {"type": "WEBHOOK", "url": "https://a.example/x"}
    rule = resource(RULE, "paid", {"type": "invoice.created", "name": "paid", "channels": ["sales"]})
    sales = resource(CHANNEL, "sales", {**channel, "name": "sales"})
    off = resource(CHANNEL, "ops", {**channel, "name": "ops", "disabled": True})
    on = resource(CHANNEL, "ops", {**channel, "name": "ops"})
    twin = SandboxWorld()
    twin.run(make_plan(catalog(off, sales, rule), twin.read(), TARGET))
    second = catalog(on, sales, rule)
    assert [s.ref for s in make_plan(second, twin.read(), TARGET).steps] == [rule.ref, on.ref]
    alone = part(second, twin.read(), frozenset({rule.ref}))
    assert alone.steps == ()
    assert "notification_rule/paid (update)" in " ".join(one.summary for one in alone.diagnostics)
    assert [s.ref for s in part(second, twin.read(), frozenset({on.ref})).steps] == [rule.ref, on.ref]
