"""What holds for every catalog: the folded steps end where they should, a second plan is empty, order means nothing, prefixes converge."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandboxworld import SandboxWorld
from strategies import catalogs

from catalogsync.core import values
from catalogsync.core.model import Catalog, LiveState
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.planner import make_plan, transitions

TARGET = TargetIdentity("http://twin.invalid")
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def planned(catalog: Catalog, twin: SandboxWorld) -> Plan:
    """A plan, which the planner itself proves honest."""
    return make_plan(catalog, twin.read(), TARGET)


def uncertain(plan: Plan) -> bool:
    """Whether the plan says itself that the server may refuse for reasons that cannot be read."""
    return any(d.code in ("channel-use-unseen", "addon-deletion-uncertain") for d in plan.diagnostics)


def reached(plan: Plan, live: LiveState) -> None:
    """Every object of the plan is found in the state in which the fold ends."""
    live = transitions.adopt(live, transitions.wanted_names(plan))
    for ref, states in transitions.fold(plan).items():
        assert transitions.agrees(ref, states[-1], live), (ref, states[-1], transitions.seen(ref, live))


@quick
@given(catalogs())
def test_an_applied_catalog_plans_to_nothing(catalog):
    twin = SandboxWorld()
    plan = planned(catalog, twin)
    twin.run(plan)
    reached(plan, twin.read())
    assert planned(catalog, twin).steps == ()


@quick
@given(catalogs(lifecycles=False), catalogs())
def test_a_changed_catalog_is_reached_from_wherever_one_stopped(first, second):
    twin = SandboxWorld()
    twin.run(planned(first, twin))
    plan = planned(second, twin)
    if plan.blocked or uncertain(plan):
        return
    stop = random.Random(len(plan.steps)).randint(0, len(plan.steps))
    for step in plan.steps[:stop]:
        twin.do(step)
    rest = planned(second, twin)
    assert not rest.blocked
    twin.run(rest)
    reached(plan, twin.read())
    assert planned(second, twin).steps == ()


@quick
@given(catalogs(), catalogs())
def test_each_step_leads_to_the_state_that_the_fold_says(first, second):
    twin = SandboxWorld()
    twin.run(planned(first, twin))
    plan = planned(second, twin)
    if uncertain(plan):
        return
    folded = transitions.fold(plan)
    done = dict.fromkeys(folded, 0)
    for step in plan.steps:
        twin.do(step)
        done[step.ref] += 1
        expected = folded[step.ref][done[step.ref]]
        assert transitions.agrees(step.ref, expected, twin.read()), (
            step,
            transitions.seen(step.ref, twin.read()),
            expected,
        )


@quick
@given(catalogs(), catalogs(), st.randoms(use_true_random=False))
def test_order_means_nothing(first, second, chance):
    twin = SandboxWorld()
    twin.run(planned(first, twin))
    live = twin.read()
    shuffled = [*second.resources.items()]
    groups = [*live.groups.items()]
    chance.shuffle(shuffled)
    chance.shuffle(groups)
    one = make_plan(second, live, TARGET)
    other = make_plan(Catalog(dict(shuffled)), LiveState(dict(groups), live.unmatched[::-1]), TARGET)
    assert one == other
    assert values.fingerprint([s.body for s in one.steps]) == values.fingerprint(
        [s.body for s in other.steps]
    )
