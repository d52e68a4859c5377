"""Features in v1: created once, never changed, archived by DELETE.

Source: docs/server/features.md#features; recorded area `features`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import features, meters
from catalogsync.sandbox.domain.contract import (
    EMPTY,
    Answer,
    Call,
    Json,
    Problem,
    Row,
    View,
    World,
    holds_nul,
)
from catalogsync.sandbox.v1.paging import envelope, in_bytes, page_of
from catalogsync.sandbox.v1.undecodable import Unreadable

_OPERATORS = (
    "$eq",
    "$ne",
    "$in",
    "$nin",
    "$like",
    "$nlike",
    "$ilike",
    "$nilike",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$and",
    "$or",
)


def shown(world: World, row: Row) -> Row:
    """A feature as v1 gives it (docs/server/features.md#response): both forms of a filter where every one is an equality
    (docs/server/readback.md#n25, #n26).
    """
    body: Row = {name: row[name] for name in ("id", "key", "name", "createdAt", "updatedAt")}
    for name in ("metadata", "unitCost", "archivedAt"):
        if row.get(name):
            body[name] = row[name]
    if row.get("meterId"):
        meter = world.store.get(meters.TABLE, row["meterId"])
        body["meterSlug"] = meter["slug"] if meter else ""
    filters = row.get("filters")
    if filters:
        body["advancedMeterGroupByFilters"] = {name: _without_foreign(one) for name, one in filters.items()}
        if all("$eq" in one for one in filters.values()):
            body["meterGroupByFilters"] = {name: one["$eq"] for name, one in filters.items()}
    return body


def _without_foreign(stored: Mapping[str, Json]) -> Row:
    """A filter without the operators that v1 has no word for."""
    return {k: v for k, v in stored.items() if k in _OPERATORS}


_ORDERS = ("key", "name", "createdAt", "updatedAt")


def list_all(world: World, call: Call) -> Answer:
    query = call.query
    order = query.get("orderBy", "key")
    if order not in _ORDERS and not (order == "id" and not world.does(Behaviour.FEATURE_ORDER_CHECKED)):
        raise Problem(400, f"validation error: validation error: invalid feature order by: {order}")
    archived, slugs = query.get("includeArchived", False), query.get("meterSlug")

    def key(row: Row) -> Json:
        return None if row.get("archivedAt") and not archived else in_bytes(row[order])

    rows: Sequence[Row] | View = world.store.view(features.TABLE, f"{order} archived={archived}", key)
    if slugs:
        rows = [row for row in rows[:] if _slug(world, row) in slugs]
    if query.get("order") == "DESC":
        rows = sorted(rows[:], key=lambda row: in_bytes(row[order]), reverse=True)
    if "page" not in query and "pageSize" not in query:
        start, size = query.get("offset", 0), query.get("limit", 100)
        return Answer(200, [shown(world, row) for row in rows[start : start + size]])
    page = page_of(query)
    return Answer(200, envelope([shown(world, row) for row in page.cut(rows)], page, len(rows)))


def _slug(world: World, row: Row) -> str | None:
    meter = world.store.get(meters.TABLE, row["meterId"]) if row.get("meterId") else None
    return meter["slug"] if meter else None


def post(world: World, call: Call) -> Answer:
    body = call.body
    wish: Row = {"key": body["key"], "name": body["name"]}
    if body.get("metadata"):
        wish["metadata"] = body["metadata"]
    if "meterSlug" in body:
        wish["meterId"] = _meter_by_slug(world, body["meterSlug"])["id"]
    filters = body.get("advancedMeterGroupByFilters") or {
        name: {"$eq": value} for name, value in (body.get("meterGroupByFilters") or {}).items()
    }
    if filters:
        wish["filters"] = {name: _read_filter(one) for name, one in filters.items()}
    if "unitCost" in body:
        if isinstance(body["unitCost"], Unreadable):
            raise Problem(500)
        wish["unitCost"] = body["unitCost"]
    return Answer(201, shown(world, features.create(world, wish)))


def _meter_by_slug(world: World, slug: str) -> Row:
    if slug == "":
        raise Problem(400, "validation error: id or slug is required")
    if holds_nul(slug):
        raise Problem(500)  # the database refuses it (docs/server/errors.md#bare-500)
    for row in world.store.by(meters.TABLE, "slug", slug):
        if not row.get("deletedAt"):
            return row
    raise Problem(404, f"not found error: meter not found: {slug}")


def _read_filter(sent: Mapping[str, Json]) -> Row:
    """The operators that carry a value; unknown ones vanish."""
    read: Row = {}
    for operator in _OPERATORS:
        operand = sent.get(operator)
        if operand is not None:
            read[operator] = [_read_filter(o) for o in operand] if operator in ("$and", "$or") else operand
    return read


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, features.live(world, call.path["featureId"])))


def delete(world: World, call: Call) -> Answer:
    features.archive(world, call.path["featureId"])
    return Answer(204, EMPTY)
