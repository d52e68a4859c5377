"""Meters: slugs, aggregations, JSON paths, and a PUT that resets what is left out.

Source: docs/server/meters.md#meters; recorded area `meters`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import entitlements
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical

TABLE = "meters"
_AGGREGATIONS = ("SUM", "COUNT", "UNIQUE_COUNT", "AVG", "MIN", "MAX", "LATEST")
_GROUP_KEY = re.compile(r"[a-zA-Z_][0-9a-zA-Z_]*")
CONFIGURED: tuple[Row, ...] = (
    {
        "slug": "api_requests_total",
        "description": "API Requests",
        "eventType": "request",
        "aggregation": "COUNT",
        "groupBy": {"method": "$.method", "route": "$.route"},
    },
    {
        "slug": "tokens_total",
        "description": "AI Token Usage",
        "eventType": "prompt",
        "aggregation": "SUM",
        "valueProperty": "$.tokens",
        "groupBy": {"model": "$.model", "type": "$.type"},
    },
    {
        "slug": "workload_runtime_duration_seconds",
        "description": "Workload runtime duration in seconds",
        "eventType": "workload",
        "aggregation": "SUM",
        "valueProperty": "$.duration_seconds",
        "groupBy": {"region": "$.region", "zone": "$.zone", "instance_type": "$.instance_type"},
    },
)
"""The meters that a fresh server declares in its own config file (the quickstart's)."""


def seed(world: World) -> None:
    """Puts the configured meters into an empty store."""
    for declared in CONFIGURED:
        create(world, dict(declared))


def live(world: World, id_or_slug: str) -> Row:
    """The meter that is not deleted, by id or slug. Raises the 404 Problem."""
    row = world.store.get(TABLE, id_or_slug)
    rows = [row] if row is not None else world.store.by(TABLE, "slug", id_or_slug)
    for one in rows:
        if not one.get("deletedAt"):
            return one
    raise Problem(404, f"not found error: meter not found: {id_or_slug}")


def found(world: World, id_or_slug: str) -> Row:
    """The meter by id, deleted ones too, or by the slug of a live one. Raises the 404 Problem (docs/server/meters.md#endpoints)."""
    row = world.store.get(TABLE, id_or_slug)
    return row if row is not None else live(world, id_or_slug)


def create(world: World, wish: Row) -> Row:
    """Stores a meter. Raises 400 and 409 Problems; JSON paths are the caller's to probe (v3 does not)."""
    faults = _faults(wish, creating=True)
    if faults:
        raise Problem(400, "validation error: " + "\n".join(faults))
    if any(not row.get("deletedAt") for row in world.store.by(TABLE, "slug", wish["slug"])):
        raise Problem(409, "conflict error: meter with the same slug already exists")
    if wish["aggregation"] not in _AGGREGATIONS:
        raise Problem(500)
    now = world.clock.now()
    row = {
        **_kept(world, wish),
        "id": world.ids.new(),
        "name": wish.get("name", wish["slug"]),
        "groupBy": wish.get("groupBy"),
        "createdAt": now,
        "updatedAt": now,
    }
    if wish.get("eventFrom"):
        row["_eventFrom"] = wish["eventFrom"]
    world.store.put(TABLE, row)
    return row


def update(world: World, id_or_slug: str, wish: Row) -> Row:
    """Replaces name, groupBy and metadata, the description if it was sent. Raises 400, 404 and 409 Problems."""
    row = found(world, id_or_slug)
    faults = _faults({**wish, "valueProperty": row.get("valueProperty")}, creating=False)
    if faults:
        raise Problem(400, "validation error: " + "\n".join(faults))
    _refuse_used_keys(world, row, (row.get("groupBy") or {}).keys() - (wish.get("groupBy") or {}).keys())
    changed = {**row, **_kept(world, wish), "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return changed


def _kept(world: World, wish: Row) -> Row:
    """What is stored of a wish: an old release loses the metadata."""
    if world.does(Behaviour.METER_METADATA):
        return wish
    return {name: value for name, value in wish.items() if name != "metadata"}


def _refuse_used_keys(world: World, row: Row, dropped: set[str]) -> None:
    for feature in world.store.by("features", "meterId", row["id"]):
        used = sorted(dropped & (feature.get("filters") or {}).keys())
        if used and not feature.get("archivedAt"):
            what = (
                f"meter group by: {used[0]} cannot be dropped because it is used by feature: {feature['key']}"
            )
            raise Problem(409, f"conflict error: {what}")


def delete(world: World, id_or_slug: str) -> None:
    """Soft-deletes a meter that no live feature and no entitlement uses. Repeated by id it does nothing (docs/server/meters.md#delete).
    Raises 404 and 409 Problems.
    """

    row = found(world, id_or_slug)
    if row.get("deletedAt"):
        if not world.does(Behaviour.METER_DELETE_REPEATABLE):
            live(world, id_or_slug)
        return
    features = world.store.by("features", "meterId", row["id"])
    if any(not feature.get("archivedAt") for feature in features):
        raise Problem(409, "conflict error: meter has active features and cannot be deleted")
    if entitlements.hold_meter(world, row["id"]):
        raise Problem(409, "conflict error: meter has active entitlements and cannot be deleted")
    now = world.clock.now()
    world.store.put(TABLE, {**row, "deletedAt": now, "updatedAt": now})


def _faults(wish: Mapping[str, Json], *, creating: bool) -> list[str]:
    """The service's own rules, in its order (docs/server/meters.md#create): name, slug, description, eventFrom, aggregation, groupBy."""
    faults = ["name is required"] if wish.get("name", wish.get("slug")) == "" else []
    faults += ["key is required"] if wish.get("slug") == "" else []
    if wish.get("description") == "":
        faults.append("description must not be empty string")
    if creating:
        faults += ["meter aggregation is required"] if wish["aggregation"] == "" else []
        faults += ["meter event type is required"] if wish["eventType"] == "" else []
    if wish.get("eventFrom") and _is_zero(wish["eventFrom"]):
        faults.append("meter event from must not be zero")
    if creating:
        faults += [f"invalid meter aggregation: {fault}" for fault in _aggregation_faults(wish)]
    lead = "invalid meter group by: " if creating else ""
    faults += [lead + fault for fault in _group_faults(wish)]
    return faults


def _is_zero(text: str) -> bool:
    try:
        return canonical(text) == "0001-01-01T00:00:00Z"
    except OverflowError:
        return False


def _aggregation_faults(wish: Mapping[str, Json]) -> list[str]:
    value = wish.get("valueProperty")
    if wish["aggregation"] == "COUNT":
        return (
            ["meter value property is not allowed when the aggregation is count"] if value is not None else []
        )
    if value is None:
        return ["meter value property is required when the aggregation is not count"]
    if value == "":
        return ["meter value property cannot be empty when the aggregation is not count"]
    return [] if value.startswith("$") else ["meter value property must start with $"]


def _group_faults(wish: Mapping[str, Json]) -> list[str]:
    for key, value in sorted((wish.get("groupBy") or {}).items()):
        if not value.startswith("$"):
            return [f"meter group by value must start with $ for key {key}"]
        if not key.strip():
            return ["meter group by key cannot be empty"]
        if not _GROUP_KEY.fullmatch(key):
            what = "is invalid, only alphanumeric and underscore characters are allowed"
            return [f"meter group by key {key} {what}"]
        if value == wish.get("valueProperty"):
            return [f"meter group by value {key} cannot be the same as value property"]
    return []
