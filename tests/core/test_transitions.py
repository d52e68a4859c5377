"""What each verb makes of an object's state, and in which states it cannot be done."""

from __future__ import annotations

from typing import Any

import pytest

from catalogsync.core.model import LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import State, Step, Verb
from catalogsync.openmeter.kinds import CHANNEL, FEATURE, METER, PLAN, RULE
from catalogsync.planner import transitions

PRO, CALLS, OPS = Ref(PLAN, "pro"), Ref(METER, "calls"), Ref(CHANNEL, "ops")
OLD: dict[str, Any] = {"name": "Old", "addons": {"pack": {"fromPlanPhase": "main", "version": 1}}}
NEW: dict[str, Any] = {"name": "New"}
OFFER: dict[str, Any] = {"fromPlanPhase": "main", "version": 2, "metadata": {"a": "b"}}


def step(verb: Verb, ref: Ref, body: Any = None, addon: str = "") -> Step:
    return Step(7, verb, ref, body, "", addon=addon)


EMPTY: State = {"active": None, "draft": None}
DRAFTED: State = {"active": NEW, "draft": OLD}
STEPS: list[tuple[Step, State, State]] = [
    (step(Verb.CREATE, CALLS, NEW), {"active": None}, {"active": NEW}),
    (step(Verb.UPDATE, CALLS, NEW), {"active": {"name": "Old", "groupBy": {"a": "$.a"}}}, {"active": NEW}),
    (
        step(Verb.UPDATE, CALLS, NEW),
        {"active": {"name": "Old", "description": "stays"}},
        {"active": {"name": "New", "description": "stays"}},
    ),
    (
        step(Verb.UPDATE, CALLS, {"name": "New", "description": "other"}),
        {"active": {"name": "Old", "description": "goes"}},
        {"active": {"name": "New", "description": "other"}},
    ),
    (
        step(Verb.UPDATE, OPS, NEW),
        {"active": {"name": "Old", "signingSecret": "stays"}},
        {"active": {"name": "New", "signingSecret": "stays"}},
    ),
    (step(Verb.DELETE, CALLS), {"active": NEW}, {"active": None}),
    (step(Verb.DELETE_DUPLICATE, OPS), {"active": NEW}, {"active": NEW}),
    (step(Verb.ARCHIVE, Ref(FEATURE, "f")), {"active": NEW}, {"active": None}),
    (step(Verb.CREATE_DRAFT, PRO, NEW), {"active": OLD, "draft": None}, {"active": OLD, "draft": NEW}),
    (step(Verb.UPDATE_DRAFT, PRO, NEW), DRAFTED, {"active": NEW, "draft": {**NEW, "addons": OLD["addons"]}}),
    (
        step(Verb.UPDATE_DRAFT, PRO, NEW),
        {"active": None, "draft": {"name": "Old"}},
        {"active": None, "draft": NEW},
    ),
    (step(Verb.DELETE_DRAFT, PRO), DRAFTED, {"active": NEW, "draft": None}),
    (step(Verb.PUBLISH, PRO), DRAFTED, {"active": OLD, "draft": None}),
    (step(Verb.ARCHIVE, PRO), DRAFTED, {"active": None, "draft": OLD}),
    (step(Verb.DELETE, PRO), DRAFTED, DRAFTED),
    (
        step(Verb.ATTACH, PRO, OFFER, "more"),
        DRAFTED,
        {
            "active": NEW,
            "draft": {
                **OLD,
                "addons": {**OLD["addons"], "more": {"fromPlanPhase": "main", "version": 2}},
            },
        },
    ),
    (
        step(Verb.UPDATE_ATTACHMENT, PRO, OFFER, "pack"),
        DRAFTED,
        {"active": NEW, "draft": {**OLD, "addons": {"pack": {**OFFER, "version": 1}}}},
    ),
    (step(Verb.DETACH, PRO, None, "pack"), DRAFTED, {"active": NEW, "draft": {**OLD, "addons": {}}}),
]


@pytest.mark.parametrize(("done", "before", "after"), STEPS)
def test_a_step_makes_this_of_a_state(done: Step, before: State, after: State) -> None:
    read = {slot: dict(body) if body else body for slot, body in before.items()}
    assert transitions.transition(before, done) == after
    assert before == read


IMPOSSIBLE: list[tuple[Step, State, str]] = [
    (step(Verb.CREATE, CALLS, NEW), {"active": NEW}, "step 7: meter/calls exists already"),
    (step(Verb.CREATE, CALLS), {"active": None}, "step 7: create meter/calls says no body"),
    (step(Verb.UPDATE, CALLS, NEW), {"active": None}, "step 7: meter/calls has no active version to update"),
    (step(Verb.UPDATE, CALLS), {"active": NEW}, "step 7: update meter/calls says no body"),
    (step(Verb.CREATE_DRAFT, PRO, NEW), DRAFTED, "step 7: plan/pro exists already"),
    (step(Verb.UPDATE_DRAFT, PRO, NEW), EMPTY, "has no draft version to update_draft"),
    (step(Verb.DELETE_DRAFT, PRO), EMPTY, "has no draft version to delete_draft"),
    (step(Verb.PUBLISH, PRO), EMPTY, "has no draft version to publish"),
    (step(Verb.ARCHIVE, PRO), EMPTY, "has no active version to archive"),
    (step(Verb.ATTACH, PRO, OFFER, "more"), EMPTY, "has no draft version to attach"),
    (step(Verb.DETACH, PRO, None, "more"), DRAFTED, "step 7: plan/pro does not offer more"),
    (step(Verb.UPDATE_ATTACHMENT, PRO, OFFER, "more"), DRAFTED, "does not offer more"),
]


@pytest.mark.parametrize(("done", "before", "said"), IMPOSSIBLE)
def test_a_step_that_cannot_be_done(done: Step, before: State, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        transitions.transition(before, done)


def test_any_version_forgets_only_the_versions_of_offers() -> None:
    pack = {"fromPlanPhase": "main", "version": None}
    assert transitions.any_version({"active": OLD, "draft": None}) == {
        "active": {"name": "Old", "addons": {"pack": pack}},
        "draft": None,
    }


def channel(id_: str, key: str = "", name: str = "Ops") -> LiveResource:
    return LiveResource(CHANNEL, id_, key, "active", {"name": name})


def test_an_object_without_a_key_is_adopted_by_a_name_that_only_one_has() -> None:
    other = LiveResource(RULE, "3", "", "active", {"name": "Ops"})
    state = LiveState({}, (channel("1"), channel("2", name="Else"), channel("4", "keyed"), other))
    found = transitions.adopt(state, {OPS: "Ops"})
    assert found.groups == {OPS: LiveGroup(OPS, active=channel("1", "ops"))}
    assert [one.id for one in found.unmatched] == ["2", "4", "3"]
    two = LiveState({}, (channel("1"), channel("2")))
    assert transitions.adopt(two, {OPS: "Ops"}) == two
    assert transitions.adopt(state, {OPS: "Ops", Ref(CHANNEL, "b"): "Ops"}) == state
    there = LiveState({OPS: LiveGroup(OPS, active=channel("9", "ops"))}, (channel("1"),))
    assert transitions.adopt(there, {OPS: "Ops"}) == there


def test_the_object_of_the_kept_id_is_in_its_group() -> None:
    first, second, else_ = channel("1", "ops"), channel("2", "ops"), channel("3", "b")
    state = LiveState({OPS: LiveGroup(OPS, active=first)}, (else_, second))
    found = transitions.keep(state, {OPS: "2"})
    assert found.group(OPS).active == second and found.unmatched == (else_, first)
    for same in ({OPS: "1"}, {OPS: "3"}, {}):
        assert transitions.keep(state, same) == state
