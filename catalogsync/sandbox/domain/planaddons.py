"""Assignments: which add-on versions a plan version offers. Writable while the plan version is a draft.

Source: docs/server/assignments.md#assignments; recorded area `planaddons`. In v1 an assignment is named by the add-on's id.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import plans, versions
from catalogsync.sandbox.domain.assignment_fit import fit
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS, PLANS
from catalogsync.sandbox.domain.compatibility import currency_issues
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.currency_rules import assignment_issues
from catalogsync.sandbox.domain.issues import refuse

_WRITABLE = ("draft", "scheduled")


def create(world: World, wish: Row) -> Row:
    """Assigns an add-on version to a plan version. `wish`: planId, addonId, fromPlanPhase, maxQuantity?. Raises the Problems of
    docs/server/assignments.md#refusals.
    """
    plan_id, addon_id = wish["planId"], wish["addonId"]
    if live(world, plan_id, addon_id):
        where = f"[namespace=default plan.id={plan_id} addon.id={addon_id}]"
        raise Problem(409, f"conflict error: plan add-on assignment already exists {where}")
    plan = _looked_up(world, PLANS, plan_id, "plan", "Plan")
    _allowed(world, plan, "plan", _WRITABLE, "deletedAt")
    addon = _looked_up(world, ADDONS, addon_id, "add-on", "add-on")
    _allowed(world, addon, "add-on", ("active",), "deleted_at")
    if world.does(Behaviour.ASSIGNMENT_CURRENCY):
        refuse("add-on", [*currency_issues(plan, addon, wish), *assignment_issues(world, plan, addon)])
    now = world.clock.now()
    # the insert never writes metadata (docs/server/emulator.md#q1)
    row = {k: v for k, v in wish.items() if k != "metadata"}
    row |= {"id": world.ids.new(), "createdAt": now, "updatedAt": now}
    world.store.put(PLAN_ADDONS, row)
    return row


def _looked_up(world: World, table: str, id_: str, what: str, name: str) -> Row:
    row = world.store.get(table, id_)
    if row is None:
        where = f"{what} not found. [namespace=default id={id_}]"
        raise Problem(404, f"not found error: failed to get {name}: not found error: {where}")
    return row


def _allowed(world: World, row: Row, what: str, states: tuple[str, ...], word: str) -> None:
    if faults := _state_faults(world, row, what, states, word):
        where = f"[namespace=default {what.replace('-', '')}.id={row['id']}]"
        said = "\n".join(faults)
        raise Problem(400, f"validation error: invalid {what} {where}: validation error: {said}")


def _state_faults(world: World, row: Row, what: str, states: tuple[str, ...], word: str) -> list[str]:
    """Why a version is in no state for this: that it is deleted comes first (recorded: `planaddons_archived_and_deleted_plan`)."""
    faults = []
    if row.get("deletedAt"):
        when = row["deletedAt"].rstrip("Z").replace("T", " ") + " +0000 UTC"
        faults.append(f"{what} is deleted [{word}={when}]")
    state = versions.status(world, row)
    if state not in states:
        faults.append(f"invalid {state} status, allowed statuses: [{' '.join(states)}]")
    return faults


def live(world: World, plan_id: str, addon_id: str) -> Row | None:
    """The live assignment of a pair."""
    rows = world.store.by(PLAN_ADDONS, "planId", plan_id)
    return next((r for r in rows if r["addonId"] == addon_id and not r.get("deletedAt")), None)


def update(world: World, row: Row, wish: Mapping[str, Json]) -> Row:
    """Replaces phase and quantity; metadata is kept when it is not sent. Raises the Problems of docs/server/assignments.md#refusals."""
    _writable(world, row)
    cleared = ("maxQuantity",) if world.does(Behaviour.QUANTITY_CLEARED) else ()
    changed = {k: v for k, v in row.items() if k not in cleared} | {
        k: v for k, v in wish.items() if v is not None
    }
    if world.does(Behaviour.ASSIGNMENT_PUT_CHECKED):
        refuse("add-on", fit(world, changed))
    if changed != row:
        changed["updatedAt"] = world.clock.now()
        world.store.put(PLAN_ADDONS, changed)
    return changed


def delete(world: World, row: Row) -> None:
    """Detaches. Raises the 400 Problem of a plan version that is no draft."""
    _writable(world, row)
    now = world.clock.now()
    world.store.put(PLAN_ADDONS, {**row, "deletedAt": now, "updatedAt": now})


def _writable(world: World, row: Row) -> None:
    plan = plans.found(world, row["planId"])
    refuse_unwritable(world, plan)


def refuse_unwritable(world: World, plan: Row) -> None:
    """Raises the 400 Problem for a plan version whose assignments cannot change."""
    if faults := _state_faults(world, plan, "plan", _WRITABLE, "deletedAt"):
        raise Problem(400, "validation error: " + "\n".join(faults))


def of_plan(world: World, id_or_key: str) -> list[Row]:
    """The assignments, deleted ones too, of the plan version with that id and of all versions of that key, in the order they were made."""
    versions_named = {row["id"]: row for row in world.store.by(PLANS, "key", id_or_key)}
    ids = [*versions_named, *({id_or_key} - versions_named.keys())]
    return sorted((row for id_ in ids for row in world.store.by(PLAN_ADDONS, "planId", id_)), key=_made)


def _made(row: Row) -> str:
    made: str = row["id"]
    return made


def named(world: World, plan: str, addon: str) -> Row:
    """The live assignment by plan and add-on, each by id or key. Raises the 404 Problem."""
    for row in of_plan(world, plan):
        offered = world.store.get(ADDONS, row["addonId"])
        if not row.get("deletedAt") and offered and addon in (offered["id"], offered["key"]):
            return row
    where = f"[namespace=default plan.idOrKey={plan} addon.idOrKey={addon}]"
    raise Problem(404, f"not found error: not found error: plan add-on assignment not found {where}")
