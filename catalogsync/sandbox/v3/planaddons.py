"""v3's add-ons offered on plans. An assignment has an id of its own here; its name is not stored.

Labels sent with POST are lost, with PUT they are kept (recorded: `v3_plan_addon_*`).
"""

from __future__ import annotations

from catalogsync.sandbox.domain import planaddons
from catalogsync.sandbox.domain.assignment_fit import fit
from catalogsync.sandbox.domain.catalog_lookup import PLAN_ADDONS
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Problem, Row, World
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.plans import shown_issues
from catalogsync.sandbox.v3.query import listed, page_of, pairs_of


def shown(world: World, row: Row) -> Row:
    """An assignment as v3 gives it."""
    body: Row = {
        "id": row["id"],
        "name": "",
        "addon": {"id": row["addonId"]},
        "labels": shown_labels(row.get("metadata")),
        **members.shown(row, members.ASSIGNMENT),
        **members.shown_instants(row),
    }
    if issues := fit(world, row):
        body["validation_errors"] = shown_issues(one.read() for one in issues)
    return body


def _found(world: World, call: Call) -> Row:
    id_ = call.path["planAddonId"]
    row = world.store.get(PLAN_ADDONS, id_)
    if row is None or row["planId"] != call.path["planId"]:
        what = f"plan add-on assignment not found [namespace=default id={id_}]"
        raise Problem(404, f"not found error: not found error: {what}")
    return row


def list_all(world: World, call: Call) -> Answer:
    page = page_of(pairs_of(call))
    rows = [
        row for row in world.store.by(PLAN_ADDONS, "planId", call.path["planId"]) if not row.get("deletedAt")
    ]
    rows.sort(key=lambda row: str(row["id"]))
    return Answer(200, listed([shown(world, row) for row in page.cut(rows)], page, len(rows)))


def post(world: World, call: Call) -> Answer:
    body = call.body
    from_labels(body.get("labels"))
    wish: Row = {"planId": call.path["planId"], "addonId": body["addon"]["id"]}
    wish |= members.stored(body, members.ASSIGNMENT)
    return Answer(201, shown(world, planaddons.create(world, wish)))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, _found(world, call)))


def put(world: World, call: Call) -> Answer:
    body = call.body
    wish = members.stored(body, members.ASSIGNMENT)
    if body.get("labels") is not None:
        wish["metadata"] = from_labels(body["labels"])
    return Answer(200, shown(world, planaddons.update(world, _found(world, call), wish)))


def delete(world: World, call: Call) -> Answer:
    planaddons.delete(world, _found(world, call))
    return Answer(204, EMPTY)
