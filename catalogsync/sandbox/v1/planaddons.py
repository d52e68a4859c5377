"""Assignments in v1: named by the add-on's id.

Source: docs/server/assignments.md#assignments; recorded area `planaddons`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import addons, planaddons, plans, versions
from catalogsync.sandbox.domain.assignment_fit import fit
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS, PLANS
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World, holds_nul
from catalogsync.sandbox.domain.issues import shown as shown_issues
from catalogsync.sandbox.v1.addons import shown as shown_addon
from catalogsync.sandbox.v1.paging import envelope, page_of


def shown(world: World, row: Row) -> Row:
    """An assignment as v1 gives it (docs/server/assignments.md#response)."""
    addon = addons.found(world, row["addonId"])
    body: Row = {name: row[name] for name in ("createdAt", "updatedAt", "fromPlanPhase")}
    body["addon"] = shown_addon(world, addon)
    body["validationErrors"] = shown_issues(fit(world, row))
    if row.get("metadata"):
        body["metadata"] = row["metadata"]
    for name in ("maxQuantity", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def list_all(world: World, call: Call) -> Answer:
    """By plan id or key, OR-ed with the add-on filters; a hidden add-on among them makes the whole list 400 (docs/server/assignments.md#list)."""
    query, plan = call.query, call.path["planId"]
    named = [row for key in query.get("key", ()) for row in world.store.by(ADDONS, "key", key)]
    ids = {*query.get("id", ()), *(row["id"] for row in named)}
    of_addons = [row for id_ in sorted(ids) for row in world.store.by(PLAN_ADDONS, "addonId", id_)]
    found = {row["id"]: row for row in [*planaddons.of_plan(world, plan), *of_addons]}
    deleted = query.get("includeDeleted", False)
    rows = sorted(
        (row for row in found.values() if deleted or not row.get("deletedAt")), key=lambda r: str(r["id"])
    )
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


def post(world: World, call: Call) -> Answer:
    if call.body["addonId"] == "" or holds_nul(call.body["addonId"]):
        raise Problem(500)  # neither the service nor the database has a word for it
    wish = {"planId": call.path["planId"], "addonId": call.body["addonId"], **_wish(call.body)}
    for table, id_, rules_ in ((PLANS, wish["planId"], plans), (ADDONS, wish["addonId"], addons)):
        row = world.store.get(table, id_)
        if row is not None:
            versions.refuse_hidden(rules_.hidden(row))
    return Answer(201, shown(world, planaddons.create(world, wish)))


def get(world: World, call: Call) -> Answer:
    row = planaddons.named(world, call.path["planId"], call.path["planAddonId"])
    versions.refuse_hidden(plans.hidden(plans.found(world, row["planId"])))
    return Answer(200, shown(world, row))


def put(world: World, call: Call) -> Answer:
    row = _addressed(world, call)
    versions.refuse_hidden(addons.hidden(addons.found(world, row["addonId"])))
    return Answer(200, shown(world, planaddons.update(world, row, _wish(call.body))))


def _addressed(world: World, call: Call) -> Row:
    """The assignment a write names; the plan's state is looked at before whether the assignment exists."""
    plan = world.store.get(PLANS, call.path["planId"])
    row = planaddons.live(world, call.path["planId"], call.path["planAddonId"])
    if plan is not None and row is not None:
        planaddons.refuse_unwritable(world, plan)
    if row is None:
        return planaddons.named(world, call.path["planId"], call.path["planAddonId"])
    return row


def delete(world: World, call: Call) -> Answer:
    planaddons.delete(world, _addressed(world, call))
    return Answer(204, EMPTY)
