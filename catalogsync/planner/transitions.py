"""What a step makes of an object's state, and so every state on the way from what was read to what is wished (see `plan`).

The functions are pure and know no order: `fold` runs a plan's steps over the states that its preconditions hold.
Compare an expected state with an observed one by `agrees` (or `aligned`), never by `==` alone: see `normalize.align`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from catalogsync import normalize
from catalogsync.core.canon import JsonObject
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, Step, Verb
from catalogsync.normalize.objects import assignment
from catalogsync.openmeter.kinds import KINDS


def nothing(kind: Kind) -> JsonObject:
    """The state of an object that does not exist."""
    return {"active": None, "draft": None} if KINDS[kind].versioned else {"active": None}


def observe(
    group: LiveGroup, known: Mapping[str, str] = normalize.NO_NAMES, contents: dict[str, str] | None = None
) -> JsonObject:
    """The state of what was read. `known`: ids of channels and features to keys (`normalize.names`), needed for rules only.

    `contents`: a dictionary that remembers add-on versions, for whoever observes many plans.
    """

    def slot(resource: LiveResource | None) -> JsonObject | None:
        return None if resource is None else normalize.live(resource, known, contents)

    if KINDS[group.ref.kind].versioned:
        return {"active": slot(group.active), "draft": slot(group.draft)}
    return {"active": slot(group.active)}


def adopt(state: LiveState, wanted: Mapping[Ref, str]) -> LiveState:
    """The same state with channels and rules that carry no key of ours put under the Refs that want them by name.

    `wanted`: the name for each Ref. Only when exactly one unmatched object has the name and exactly one Ref without a live object asks
    for it (names are not unique on the server).
    """
    asking: dict[tuple[Kind, str], list[Ref]] = {}
    for ref, name in wanted.items():
        if ref not in state.groups:
            asking.setdefault((ref.kind, name), []).append(ref)
    offered: dict[tuple[Kind, str], list[LiveResource]] = {}
    for resource in state.unmatched:
        offered.setdefault((resource.kind, str(resource.body.get("name"))), []).append(resource)
    groups, taken = dict(state.groups), set()
    for sought, refs in asking.items():
        found = offered.get(sought, [])
        if len(refs) == 1 and len(found) == 1:
            groups[refs[0]] = LiveGroup(refs[0], active=replace(found[0], key=refs[0].key))
            taken.add(found[0].id)
    rest = tuple(r for r in state.unmatched if r.id not in taken)
    return LiveState(groups, rest) if taken else state


def wanted_names(plan: Plan) -> dict[Ref, str]:
    """The names under which a plan found its channels and rules, for `adopt` when what it touches is read again."""
    found = {}
    for precondition in plan.preconditions:
        active: Any = precondition.state.get("active")
        if precondition.ref.kind in (Kind.CHANNEL, Kind.RULE) and active is not None:
            found[precondition.ref] = str(active["name"])
    return found


def seen(ref: Ref, state: LiveState) -> JsonObject:
    """The observed state of one object within all that was read. For a rule, all channels have to be in what was read."""
    return observe(state.group(ref), normalize.names(state) if ref.kind is Kind.RULE else normalize.NO_NAMES)


def aligned(
    kind: Kind, expected: JsonObject, observed: JsonObject, hidden: frozenset[str] = frozenset()
) -> JsonObject:
    """The observed state as far as it can be told from the expected one (`normalize.align` in each slot)."""
    out: dict[str, Any] = {}
    for name, body in observed.items():
        other: Any = expected.get(name)
        known = isinstance(body, Mapping) and isinstance(other, Mapping)
        out[name] = normalize.align(kind, other, body, hidden) if known else body  # type: ignore[arg-type]
    return out


def agrees(ref: Ref, expected: JsonObject, state: LiveState) -> bool:
    """Whether what was read is the expected state, as far as the server lets us see."""
    hidden = normalize.hidden_channels(state) if ref.kind is Kind.RULE else frozenset()
    return aligned(ref.kind, expected, seen(ref, state), hidden) == expected


def transition(state: JsonObject, step: Step, offered: JsonObject | None = None) -> JsonObject:
    """The state after the step. `offered`: for ATTACH, the add-on's own state at that moment (its active version is what is assigned).

    Raises ValueError when the step cannot be done in this state (no draft to publish, nothing to update …).
    """
    match step.verb:
        case Verb.CREATE:
            return {"active": _made(step, None, state["active"])}
        case Verb.UPDATE:
            return {"active": _updated(step, state)}
        case Verb.CREATE_DRAFT:
            return {**state, "draft": _made(step, None, state["draft"])}
        case Verb.UPDATE_DRAFT:
            return {**state, "draft": _redrafted(step, state)}
        case Verb.DELETE_DRAFT:
            _there(step, state, "draft")
            return {**state, "draft": None}
        case Verb.ATTACH | Verb.UPDATE_ATTACHMENT | Verb.DETACH:
            return {**state, "draft": _reassigned(step, state, offered)}
        case Verb.PUBLISH:
            return {**state, "active": _there(step, state, "draft"), "draft": None}
        case Verb.ARCHIVE:
            _there(step, state, "active")
            return {**state, "active": None}
        case Verb.DELETE:
            return dict(state) if KINDS[step.ref.kind].versioned else {**state, "active": None}


def _there(step: Step, state: JsonObject, slot: str) -> Any:
    body = state.get(slot)
    if body is None:
        raise ValueError(f"step {step.number}: {step.ref} has no {slot} version to {step.verb}")
    return body


def _normal(step: Step) -> dict[str, Any]:
    body: Any = dict(step.body or {})
    if step.ref.kind is Kind.RULE:
        body["channels"] = [_key_in(text) for text in body["channels"]]
    return normalize.shape(step.ref.kind, body, step.ref.key, normalize.NO_NAMES)


def _key_in(text: str) -> str:
    """The key in a placeholder `{notification_channel/ops#active}`."""
    return text.strip("{}").partition("/")[2].partition("#")[0]


def _made(step: Step, offers: Any, present: Any) -> dict[str, Any]:
    if present is not None:
        raise ValueError(f"step {step.number}: {step.ref} exists already")
    return _normal(step)


def _updated(step: Step, state: JsonObject) -> dict[str, Any]:
    """PUT of an unversioned kind. A meter keeps what its PUT cannot say: its fixed fields, and a description that is left out."""
    before = _there(step, state, "active")
    after = _normal(step)
    if step.ref.kind is Kind.METER:
        kept = {n: v for n, v in before.items() if n in KINDS[Kind.METER].fixed or n == "description"}
        after = {n: v for n, v in after.items() if v is not None}
        return {**kept, **{n: v for n, v in after.items() if n not in KINDS[Kind.METER].fixed}}
    return after


def _redrafted(step: Step, state: JsonObject) -> dict[str, Any]:
    before = _there(step, state, "draft")
    kept = {n: before[n] for n in ("currency", "addons") if n in before}
    return {**_normal(step), **kept}


def _reassigned(step: Step, state: JsonObject, offered: JsonObject | None) -> dict[str, Any]:
    draft = _there(step, state, "draft")
    offers = dict(draft["addons"])
    if step.verb is Verb.DETACH:
        if step.detail not in offers:
            raise ValueError(f"step {step.number}: {step.ref} does not offer {step.detail}")
        del offers[step.detail]
        return {**draft, "addons": offers}
    body: Any = dict(step.body or {})
    if step.verb is Verb.ATTACH:
        body.pop("metadata", None)  # dropped by the server on POST (semantics-productcatalog §6.2)
        active: Any = (offered or {}).get("active")
        offers[step.detail] = assignment(body, normalize.content(active))
    else:
        offers[step.detail] = assignment(body, offers[step.detail]["content"])
    return {**draft, "addons": offers}


def fold(plan: Plan) -> dict[Ref, tuple[JsonObject, ...]]:
    """For every object of the preconditions, its states: as read, then after each of its own steps in the plan's order.

    Raises ValueError when a step cannot be done, KeyError when it touches an object without a precondition.
    """
    states: dict[Ref, list[JsonObject]] = {p.ref: [p.state] for p in plan.preconditions}
    for step in plan.steps:
        offered = None
        if step.verb is Verb.ATTACH:
            offered = states[Ref(Kind.ADDON, step.detail)][-1]
        states[step.ref].append(transition(states[step.ref][-1], step, offered))
    return {ref: tuple(found) for ref, found in states.items()}


def states(plan: Plan, ref: Ref) -> tuple[JsonObject, ...]:
    """The states of one object on its way: index 0 as read, index n after its n-th own step. For several objects call `fold` once."""
    return fold(plan)[ref]
