"""Editing a running subscription: adding an item and taking one away.

The other operations of the description (phases added, removed, stretched; an edit unscheduled) are answered
501. Source: recorded `impact_feature_archive_after_edit`, `impact_addon_then_move`.
"""

from __future__ import annotations

from datetime import datetime

from catalogsync.sandbox.domain import subscription_addons
from catalogsync.sandbox.domain.contract import Answer, Call, Problem, Row, World
from catalogsync.sandbox.domain.instants import parse, show
from catalogsync.sandbox.domain.subscription_build import sync
from catalogsync.sandbox.domain.subscription_lookup import TIMINGS, check_state, found, resolve
from catalogsync.sandbox.domain.subscription_spec import current_phase
from catalogsync.sandbox.v1 import subscription_views
from catalogsync.sandbox.v1.custom_plans import card_of_edit

INVALID = "validation error: "


def edit(world: World, call: Call) -> Answer:
    """`PATCH /subscriptions/{id}`: all operations or none."""
    body = call.body
    if not body["customizations"]:
        raise Problem(400, f"{INVALID}missing customizations")
    for operation in body["customizations"]:
        if operation["op"] not in ("add_item", "remove_item"):
            raise Problem(501, f"the sandbox does not emulate the subscription edit {operation['op']}")
    sub = found(world, call.path["subscriptionId"])
    if subscription_addons.in_force(world, sub):
        raise Problem(403, "forbidden error: subscription with addons cannot be edited")
    at = _when(world, sub, body.get("timing") or "immediate")
    sub = {**sub, "phases": [{**phase, "specs": dict(phase["specs"])} for phase in sub["phases"]]}
    for operation in body["customizations"]:
        phase = _phase(sub, operation["phaseKey"])
        if operation["op"] == "add_item":
            _add(world, sub, phase, operation["rateCard"], at)
        else:
            _remove(sub, phase, operation["itemKey"], at)
    check_state(world, sub, "update")
    return Answer(200, subscription_views.brief(world, sync(world, sub)))


def _when(world: World, sub: Row, timing: str) -> datetime:
    if timing not in TIMINGS:
        what = "cannot edit running subscription with custom timing"
        raise Problem(400, f"{INVALID}invalid timing: {INVALID}{what}")
    at = parse(resolve(world, sub, timing))
    now = current_phase(sub, parse(world.clock.now()))
    then = current_phase(sub, at)
    if now is not None and then is not None and now["key"] != then["key"]:
        what = "cannot edit to the next billing cycle as it falls into a different phase"
        raise Problem(400, f"{INVALID}invalid timing: {INVALID}{what}")
    return at


def _phase(sub: Row, key: str) -> Row:
    for phase in sub["phases"]:
        if phase["key"] == key:
            row: Row = phase
            return row
    raise Problem(400, f"patch validation error: phase {key} not found")


def _refuse_past(sub: Row, phase: Row, at: datetime, doing: str) -> Row | None:
    current = current_phase(sub, at)
    start = parse(phase["activeFrom"])
    limit = at if current is None else parse(current["activeFrom"])
    if start < limit:
        raise Problem(
            403,
            f"patch forbidden error: cannot {doing} phase {phase['key']} which starts before current phase",
        )
    return current


def _add(world: World, sub: Row, phase: Row, sent: Row, at: datetime) -> None:
    card = card_of_edit(world, sent)
    current = _refuse_past(sub, phase, at, "add item to")
    specs = list(phase["specs"].get(card["key"], []))
    if current is None or current["key"] != phase["key"]:
        if specs or (current is None and phase["specs"]):
            what = f"cannot add item to future phase {phase['key']} which already has items"
            raise Problem(403, f"patch forbidden error: {what}")
        phase["specs"][card["key"]] = [{"card": card, "from": None, "to": None}]
        return
    if specs:
        last = specs[-1]
        if last["to"] and parse(last["to"]) > at:
            what = "which would overlap with a current item, you should delete first"
            raise Problem(403, f"patch forbidden error: cannot add item to phase {phase['key']} {what}")
        specs[-1] = {**last, "to": show(at)}
    phase["specs"][card["key"]] = [*specs, {"card": card, "from": show(at), "to": None}]


def _remove(sub: Row, phase: Row, key: str, at: datetime) -> None:
    specs = list(phase["specs"].get(key, []))
    if not specs:
        what = f"items for key {key} doesn't exists in phase {phase['key']}"
        raise Problem(400, f"patch validation error: {what}")
    current = _refuse_past(sub, phase, at, "remove item from")
    if current is not None and current["key"] == phase["key"]:
        specs[-1] = {**specs[-1], "to": show(at)}
    else:
        specs.pop()
    if specs:
        phase["specs"][key] = specs
    else:
        del phase["specs"][key]
