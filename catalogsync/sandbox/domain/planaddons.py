"""The room of assignments: which add-on versions a plan version offers. Writable while the plan version is a draft.

Source: semantics-productcatalog §6; recorded area `planaddons`. In v1 an assignment is named by the add-on's id.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import addons, plans, versions
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS, PLANS
from catalogsync.sandbox.domain.compatibility import currency_issues, fit_issues
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.currency_rules import assignment_issues
from catalogsync.sandbox.domain.issues import Issue, refuse
from catalogsync.sandbox.domain.issues import shown as shown_issues
from catalogsync.sandbox.v1.paging import envelope, page_of

_WRITABLE = ("draft", "scheduled")


def fit(world: World, row: Row) -> list[Issue]:
    """What keeps an assignment from fitting, as things are now (§6.6)."""
    plan, addon = world.store.get(PLANS, row["planId"]), world.store.get(ADDONS, row["addonId"])
    assert plan is not None and addon is not None  # neither is ever removed
    return fit_issues(plan, versions.status(world, plan), addon, versions.status(world, addon), row)


def unfit_assignments(world: World, plan: Row) -> list[Row]:
    """The live assignments of a plan version that do not fit."""
    rows = [r for r in world.store.by(PLAN_ADDONS, "planId", plan["id"]) if not r.get("deletedAt")]
    return [row for row in rows if fit(world, row)]


def shown(world: World, row: Row) -> Row:
    """An assignment as v1 gives it (§6.3)."""
    addon = addons.found(world, row["addonId"])
    body: Row = {name: row[name] for name in ("createdAt", "updatedAt", "fromPlanPhase")}
    body["addon"] = addons.shown(world, addon)
    body["validationErrors"] = shown_issues(fit(world, row))
    if row.get("metadata"):
        body["metadata"] = row["metadata"]
    for name in ("maxQuantity", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def create(world: World, wish: Row) -> Row:
    """Assigns an add-on version to a plan version. `wish`: planId, addonId, fromPlanPhase, maxQuantity?. Raises the Problems of §6.5."""
    plan_id, addon_id = wish["planId"], wish["addonId"]
    if live(world, plan_id, addon_id):
        where = f"[namespace=default plan.id={plan_id} addon.id={addon_id}]"
        raise Problem(409, f"conflict error: plan add-on assignment already exists {where}")
    plan = _looked_up(world, PLANS, plan_id, "plan", "Plan")
    _allowed(world, plan, "plan", _WRITABLE, "deletedAt")
    addon = _looked_up(world, ADDONS, addon_id, "add-on", "add-on")
    _allowed(world, addon, "add-on", ("active",), "deleted_at")
    refuse("add-on", [*currency_issues(plan, addon, wish), *assignment_issues(world, plan, addon)])
    now = world.clock.now()
    row = {k: v for k, v in wish.items() if k != "metadata"}  # the insert never writes metadata (§13 Q1)
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
    """Replaces phase and quantity; metadata is kept when it is not sent. Raises the Problems of §6.5."""
    _writable(world, row)
    changed = {k: v for k, v in row.items() if k != "maxQuantity"} | {
        k: v for k, v in wish.items() if v is not None
    }
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
    _states_only(world, plan)


def _states_only(world: World, plan: Row) -> None:
    if faults := _state_faults(world, plan, "plan", _WRITABLE, "deletedAt"):
        raise Problem(400, "validation error: " + "\n".join(faults))


def named(world: World, plan: str, addon: str) -> Row:
    """The live assignment by plan and add-on, each by id or key. Raises the 404 Problem."""
    for row in world.store.rows(PLAN_ADDONS):
        if row.get("deletedAt"):
            continue
        owner, offered = world.store.get(PLANS, row["planId"]), world.store.get(ADDONS, row["addonId"])
        if (
            owner
            and offered
            and plan in (owner["id"], owner["key"])
            and addon in (offered["id"], offered["key"])
        ):
            return row
    where = f"[namespace=default plan.idOrKey={plan} addon.idOrKey={addon}]"
    raise Problem(404, f"not found error: not found error: plan add-on assignment not found {where}")


def _list(world: World, call: Call) -> Answer:
    """By plan id or key, OR-ed with the add-on filters; a hidden add-on among them makes the whole list 400 (§6.4)."""
    query, plan = call.query, call.path["planId"]
    rows = []
    for row in world.store.rows(PLAN_ADDONS):
        owner, offered = plans.found(world, row["planId"]), addons.found(world, row["addonId"])
        if row.get("deletedAt") and not query.get("includeDeleted", False):
            continue
        by_addon = offered["id"] in query.get("id", ()) or offered["key"] in query.get("key", ())
        if plan in (owner["id"], owner["key"]) or by_addon:
            rows.append(row)
    for row in rows:
        versions.refuse_hidden(addons.hidden(addons.found(world, row["addonId"])))
        versions.refuse_hidden(plans.hidden(plans.found(world, row["planId"])))
    order = query.get("orderBy", "id")
    field = {"created_at": "createdAt", "updated_at": "updatedAt"}.get(order, "id")
    rows.sort(key=lambda r: r[field], reverse=query.get("order", "DESC") == "DESC")
    page = page_of(query)
    return Answer(200, envelope([shown(world, row) for row in page.cut(rows)], page, len(rows)))


def _wish(body: Mapping[str, Json]) -> Row:
    most = body.get("maxQuantity")
    return {
        name: value
        for name, value in (
            ("fromPlanPhase", body["fromPlanPhase"]),
            ("maxQuantity", most),
            ("metadata", body.get("metadata")),
        )
        if value is not None
    }


def _create(world: World, call: Call) -> Answer:
    wish = {"planId": call.path["planId"], "addonId": call.body["addonId"], **_wish(call.body)}
    for table, id_, room in ((PLANS, wish["planId"], plans), (ADDONS, wish["addonId"], addons)):
        row = world.store.get(table, id_)
        if row is not None:
            versions.refuse_hidden(room.hidden(row))
    return Answer(201, shown(world, create(world, wish)))


def _get(world: World, call: Call) -> Answer:
    row = named(world, call.path["planId"], call.path["planAddonId"])
    versions.refuse_hidden(plans.hidden(plans.found(world, row["planId"])))
    return Answer(200, shown(world, row))


def _put(world: World, call: Call) -> Answer:
    row = _addressed(world, call)
    versions.refuse_hidden(addons.hidden(addons.found(world, row["addonId"])))
    return Answer(200, shown(world, update(world, row, _wish(call.body))))


def _addressed(world: World, call: Call) -> Row:
    """The assignment a write names; the plan's state is looked at before whether the assignment exists."""
    plan = world.store.get(PLANS, call.path["planId"])
    row = live(world, call.path["planId"], call.path["planAddonId"])
    if plan is not None and row is not None:
        _states_only(world, plan)
    if row is None:
        return named(world, call.path["planId"], call.path["planAddonId"])
    return row


def _delete(world: World, call: Call) -> Answer:
    delete(world, _addressed(world, call))
    return Answer(204, EMPTY)


_ALL = "/api/v1/plans/{planId}/addons"
_ONE = _ALL + "/{planAddonId}"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ONE, _get),
    Route("PUT", _ONE, _put),
    Route("DELETE", _ONE, _delete),
)
