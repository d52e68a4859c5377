"""What a step makes of an object's state, and so every state on the way from what was read to what is desired (see `core.plan`).

The functions are pure and know no order: `fold` runs a plan's steps over the states that its preconditions hold.
Compare an expected state with an observed one by `agrees` (or `aligned`), never by `==` alone: see `normalize.align`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, State, Step, Verb
from catalogsync.openmeter.kinds import KINDS, offers
from catalogsync.openmeter.kinds.secret_members import Place, Reveal, compared

NOWHERE: frozenset[Place] = frozenset()


def observe(group: LiveGroup, state: LiveState, masked: frozenset[Place] = NOWHERE) -> State:
    """The state of what was read. `state`: all that was read, where ids are known by; `masked`: places to hide in any case."""

    def slot(resource: LiveResource | None) -> Body | None:
        return None if resource is None else normalize.live(resource, state, masked)

    if KINDS[group.ref.kind].versioned:
        return {"active": slot(group.active), "draft": slot(group.draft)}
    return {"active": slot(group.active)}


def adopt(state: LiveState, wanted: Mapping[Ref, str]) -> LiveState:
    """The same state with objects that carry no key of ours put under the Refs that want them by name.

    `wanted`: the name for each Ref. Only when exactly one unmatched object has the name and exactly one Ref without a live object asks
    for it (names are not unique on the server).
    """
    asking: dict[tuple[Kind, str], list[Ref]] = {}
    for ref, name in wanted.items():
        if ref not in state.groups:
            asking.setdefault((ref.kind, name), []).append(ref)
    offered: dict[tuple[Kind, str], list[LiveResource]] = {}
    for resource in state.unmatched:
        if not resource.key:
            offered.setdefault((resource.kind, str(resource.body.get("name"))), []).append(resource)
    groups, taken = dict(state.groups), set()
    for sought, refs in asking.items():
        found = offered.get(sought, [])
        if len(refs) == 1 and len(found) == 1:
            groups[refs[0]] = LiveGroup(refs[0], active=replace(found[0], key=refs[0].key))
            taken.add(found[0].id)
    rest = tuple(r for r in state.unmatched if r.id not in taken)
    return LiveState(groups, rest) if taken else state


def keep(state: LiveState, kept: Mapping[Ref, str]) -> LiveState:
    """The same state with the object of that id in its group, where several carry one key; the others are unmatched."""
    groups, unmatched = dict(state.groups), list(state.unmatched)
    for ref, id_ in kept.items():
        active = state.active(ref)
        for position, one in enumerate(unmatched):
            if one.kind == ref.kind and one.key == ref.key and one.id == id_ and active is not None:
                groups[ref], unmatched[position] = LiveGroup(ref, active=one), active
    return LiveState(groups, tuple(unmatched)) if kept else state


def as_planned(plan: Plan, state: LiveState) -> LiveState:
    """What was read, with the objects that the plan is about in their groups: those without a key by their names, and of several that carry one
    key the one that the plan does not delete. A group of which only such are left is empty.
    """
    state, doomed = adopt(state, wanted_names(plan)), dict[Ref, set[str]]()
    for step in plan.steps:
        if step.verb is Verb.DELETE_DUPLICATE:
            doomed.setdefault(step.ref, set()).add(step.id)
    left = {ref: [one for one in state.carriers(ref) if one not in ids] for ref, ids in doomed.items()}
    state = keep(state, {ref: ids[0] for ref, ids in left.items() if ids})
    lost = [one for ref, ids in left.items() if not ids and (one := state.active(ref)) is not None]
    if not lost:
        return state
    groups = {**state.groups, **{one.ref: LiveGroup(one.ref) for one in lost}}
    return LiveState(groups, (*state.unmatched, *lost))


def wanted_names(plan: Plan) -> dict[Ref, str]:
    """The names under which a plan found its objects without a key, for `adopt` when what it touches is read again."""
    found = {}
    for precondition in plan.preconditions:
        active = precondition.state.get("active")
        if KINDS[precondition.ref.kind].keyed_by_metadata and active is not None:
            found[precondition.ref] = str(active["name"])
    return found


def seen(ref: Ref, state: LiveState) -> State:
    """The observed state of one object within all that was read: what it names by id has to be in what was read, too."""
    return observe(state.group(ref), state)


def aligned(kind: Kind, expected: State, observed: State, hidden: frozenset[str] = frozenset()) -> State:
    """The observed state as far as it can be known from the expected one (`normalize.align` in each slot)."""
    out = dict(observed)
    for name, body in observed.items():
        other = expected.get(name)
        if body is not None and other is not None:
            out[name] = normalize.align(kind, other, body, hidden)
    return out


def agrees(ref: Ref, expected: State, state: LiveState) -> bool:
    """Whether what was read is the expected state, as far as the server lets us see."""
    return aligned(ref.kind, expected, seen(ref, state), normalize.unseen(ref.kind, state)) == expected


def transition(state: State, step: Step) -> State:
    """The state after the step. Raises ValueError when it cannot be done in this state (no draft to publish, nothing to update …)."""
    match step.verb:
        case Verb.CREATE:
            return {"active": _made(step, state["active"])}
        case Verb.UPDATE:
            return {"active": _updated(step, state)}
        case Verb.CREATE_DRAFT:
            return {**state, "draft": _made(step, state["draft"])}
        case Verb.PUBLISH:
            return {**state, "active": _there(step, state, "draft"), "draft": None}
        case Verb.UPDATE_DRAFT:
            return {**state, "draft": _redrafted(step, state)}
        case Verb.DELETE_DRAFT:
            _there(step, state, "draft")
            return {**state, "draft": None}
        case Verb.ATTACH | Verb.UPDATE_ATTACHMENT | Verb.DETACH:
            return {**state, "draft": _reassigned(step, state)}
        case Verb.ARCHIVE:
            _there(step, state, "active")
            return {**state, "active": None}
        case Verb.DELETE:
            return dict(state) if KINDS[step.ref.kind].versioned else {"active": None}
        case Verb.DELETE_DUPLICATE:
            return dict(state)


def _there(step: Step, state: State, slot: str) -> Body:
    body = state.get(slot)
    if body is None:
        raise ValueError(f"step {step.number}: {step.ref} has no {slot} version to {step.verb}")
    return body


def _body(step: Step) -> Body:
    if step.body is None:
        raise ValueError(f"step {step.number}: {step.verb} {step.ref} says no body")
    return step.body


def _made(step: Step, present: Body | None) -> Body:
    if present is not None:
        raise ValueError(f"step {step.number}: {step.ref} exists already")
    return _body(step)


def _updated(step: Step, state: State) -> Body:
    """An update leaves what it cannot clear and does not say (a meter's description, a channel's signing secret)."""
    before = _there(step, state, "active")
    kept = {name: before[name] for name in KINDS[step.ref.kind].kept if name in before}
    return {**kept, **_body(step)}


def _redrafted(step: Step, state: State) -> Body:
    before = _there(step, state, "draft")
    return {**_body(step), **({"addons": before["addons"]} if "addons" in before else {})}


def _reassigned(step: Step, state: State) -> Body:
    draft = _there(step, state, "draft")
    assigned: dict[str, Body] = dict(offers(draft))
    if (
        step.verb is Verb.ATTACH
    ):  # its metadata is dropped by the server on POST (docs/server/assignments.md#bodies)
        assigned[step.addon] = {n: v for n, v in _body(step).items() if n != "metadata"}
    elif step.addon not in assigned:
        raise ValueError(f"step {step.number}: {step.ref} does not offer {step.addon}")
    elif step.verb is Verb.DETACH:
        del assigned[step.addon]
    else:
        assigned[step.addon] = {**_body(step), "version": assigned[step.addon]["version"]}
    return {**draft, "addons": assigned}


def fold(plan: Plan) -> dict[Ref, tuple[State, ...]]:
    """For every object of the preconditions, its states: as read, then after each of its own steps in the plan's order.

    Raises ValueError when a step cannot be done, KeyError when it touches an object without a precondition.
    """
    states: dict[Ref, list[State]] = {p.ref: [p.state] for p in plan.preconditions}
    for step in plan.steps:
        way = states[step.ref]
        way.append(transition(way[-1], step))
    return {ref: tuple(found) for ref, found in states.items()}


def any_version(state: State) -> State:
    """The same state, whatever versions its offers name: a rollback cannot bring a version back, only what it said."""
    return {slot: _any_version(body) for slot, body in state.items()}


def _any_version(body: Body | None) -> Body | None:
    if body is None or not offers(body):
        return body
    return {**body, "addons": {key: {**offer, "version": None} for key, offer in offers(body).items()}}


def resolved(ways: Mapping[Ref, tuple[State, ...]], reveal: Reveal) -> dict[Ref, tuple[State, ...]]:
    """The same states with the digests of secrets in place of references to them, so that both can be compared."""

    def of(kind: Kind, state: State) -> State:
        return {
            slot: compared(kind, body, reveal) if body is not None else None for slot, body in state.items()
        }

    return {
        ref: tuple(of(ref.kind, state) for state in way) if KINDS[ref.kind].secrets else way
        for ref, way in ways.items()
    }
