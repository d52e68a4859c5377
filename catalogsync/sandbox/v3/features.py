"""v3's features: the domain's features in v3's spelling; PATCH changes the unit cost, nothing else.

An archived feature is not found and not listed; archiving one that is held is 403 (recorded: `v3_feature_*`,
`features_v3_*`).
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import features, meters
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.filters import read_filters, shown_filters
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.query import EXACT, TEXT, Field, Listing, answer_list


def shown(row: Row) -> Row:
    """A feature as v3 gives it."""
    body: Row = {name: row[name] for name in ("id", "key", "name")}
    body["labels"] = shown_labels(row.get("metadata"))
    if row.get("description") is not None:
        body["description"] = row["description"]
    if row.get("meterId"):
        body["meter"] = {"id": row["meterId"]}
        if filters := row.get("filters"):
            body["meter"]["filters"] = shown_filters(filters)
    if row.get("unitCost"):
        body["unit_cost"] = members.shown(row["unitCost"], members.UNIT_COST)
    return body | members.shown_instants(row, {**members.INSTANTS, "deleted_at": "archivedAt"})


LISTING = Listing(
    fields={
        "meter_id": Field(EXACT, "meterId", ids=True),
        "key": Field(TEXT, "key"),
        "name": Field(TEXT, "name"),
    },
    keys={"key": "key", "name": "name", "created_at": "createdAt", "updated_at": "updatedAt"},
    default="key",
)


def list_all(world: World, call: Call) -> Answer:
    rows = [row for row in world.store.rows(features.TABLE) if not row.get("archivedAt")]
    return answer_list(world, call, rows, LISTING, shown)


def post(world: World, call: Call) -> Answer:
    body = call.body
    wish: Row = {"key": body["key"], "name": body["name"]}
    if body.get("meter") is not None:
        wish |= _read_meter(world, body["meter"])
    if body.get("description") is not None:
        wish["description"] = body["description"]
    if metadata := from_labels(body.get("labels")):
        wish["metadata"] = metadata
    if body.get("unit_cost") is not None:
        wish["unitCost"] = members.stored(body["unit_cost"], members.UNIT_COST)
    return Answer(201, shown(features.create(world, wish)))


def _read_meter(world: World, sent: Mapping[str, Json]) -> Row:
    meter = meters.found(world, sent["id"])
    filters = sent.get("filters") or {}
    for name in filters:
        if name not in (meter["groupBy"] or {}):
            what = f'filter key "{name}" is not a valid dimension of meter "{meter["slug"]}"'
            raise Problem(400, f"validation error: {what}")
    return {"meterId": meter["id"], "filters": read_filters(filters)}


def _found(world: World, id_: str) -> Row:
    row = world.store.get(features.TABLE, id_)
    if row is None or row.get("archivedAt"):
        raise Problem(404, f"feature not found: {id_}")
    return row


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(_found(world, call.path["featureId"])))


def patch(world: World, call: Call) -> Answer:
    """Sets the unit cost; null takes it away, nothing at all is refused."""
    if "unit_cost" not in call.body:
        raise Problem(400, "validation error: unitCost is required")
    row = _found(world, call.path["featureId"])
    sent = call.body["unit_cost"]
    cost = None if sent is None else members.stored(sent, members.UNIT_COST)
    return Answer(200, shown(features.set_unit_cost(world, row, cost)))


def delete(world: World, call: Call) -> Answer:
    features.archive(world, call.path["featureId"], refused=403)
    return Answer(204, EMPTY)
