"""Features: created once, changed by v3 alone, archived by DELETE.

Source: docs/server/features.md#features; recorded area `features`. A row holds `meterId`, `filters` (the advanced form), `unitCost` in v1's
spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import meters, subscription_lookup
from catalogsync.sandbox.domain.catalog_lookup import moment
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.durations import BadDecimal, decimal_text

TABLE = "features"
_AGGREGATIONS = ("SUM", "COUNT", "UNIQUE_COUNT", "LATEST")
_SLOTS = (
    "$eq", "$ne", "$exists", "$in", "$nin", "$like", "$nlike", "$ilike", "$nilike", "$contains", "$ncontains",
    "$gt", "$gte", "$lt", "$lte", "$and", "$or",
)  # fmt: skip


_TOKEN_TYPES = ("input", "output", "cache_read", "reasoning", "cache_write", "request", "response")
_PAIRS = (("provider", "provider"), ("model", "model"), ("tokenType", "token_type"))


def create(world: World, wish: Row) -> Row:
    """Stores a feature. `wish`: key, name, meterId?, filters?, unitCost?, metadata?, description?. Raises 400, 409, 500 Problems in
    the server's order (docs/server/features.md#create): aggregation, filters, unit cost, ULID-like key, key taken, empty name.
    """
    meter = world.store.get(meters.TABLE, wish["meterId"]) if wish.get("meterId") else None
    if meter is not None:
        _check_meter(world, meter, wish)
    if wish.get("unitCost"):
        wish = {**wish, "unitCost": unit_cost(wish["unitCost"], meter)}
    if re.fullmatch(r"[0-7].{25}", wish["key"], re.S):
        raise Problem(400, "validation error: Feature key cannot be a valid ULID")
    for one in world.store.by(TABLE, "key", wish["key"]):
        if not one.get("archivedAt"):
            raise Problem(409, f"feature {one['id']} with key {wish['key']} already exists")
    if "" in (wish["name"], wish["key"]):
        raise Problem(500)
    now = world.clock.now()
    row = {**wish, "id": world.ids.new(), "createdAt": now, "updatedAt": now}
    world.store.put(TABLE, row)
    return row


def _check_meter(world: World, meter: Row, wish: Mapping[str, Json]) -> None:
    if meter["aggregation"] not in _AGGREGATIONS:
        what = f"features can only be created for {', '.join(_AGGREGATIONS)}"
        raise Problem(400, f"meter {meter['slug']}'s aggregation is {meter['aggregation']} but {what}")
    filters = wish.get("filters") or {}
    columns = meter.get("groupBy") or {}
    if any(name not in columns for name in filters):
        dump = " ".join(f"{name}:{{{_go_dump(one)}}}" for name, one in sorted(filters.items()))
        shown_columns = " ".join(columns)
        raise Problem(400, f"invalid filters for feature: map[{dump}], available columns: [{shown_columns}]")
    if world.does(Behaviour.FILTERS_CHECKED):
        for one in filters.values():
            _check_filter(one)


def _go_dump(one: Mapping[str, Json]) -> str:
    return " ".join("0xc000123456" if one.get(slot) is not None else "<nil>" for slot in _SLOTS)


def _check_filter(one: Mapping[str, Json]) -> None:
    """At most one operator, no empty operand (docs/server/features.md#create)."""
    if len(one) > 1:
        raise Problem(400, "validation error: filter is invalid: multiple operators are set")
    for operator, operand in one.items():
        if operator in ("$and", "$or"):
            for inner in operand:
                _check_filter(inner)
        elif operand == "" or (isinstance(operand, list) and "" in operand):
            raise Problem(400, "validation error: filter is invalid: format mismatch")


def unit_cost(sent: Mapping[str, Json], meter: Row | None) -> Row:
    """The unit cost as it is stored, fields of the other type dropped. Raises 400 Problems (docs/server/features.md#create, table unitCost)."""
    if sent["type"] == "manual":
        try:
            amount = decimal_text(sent["amount"])
        except BadDecimal:
            raise Problem(500) from None
        if amount.startswith("-"):
            raise Problem(400, "validation error: manual unit cost amount must be non-negative")
        return {"type": "manual", "amount": amount}
    faults = _llm_faults(sent)
    if not faults and meter is None:
        faults = ["LLM unit cost requires a meter to be associated with the feature"]
    if not faults and meter is not None:
        faults = [
            f'{snake}_property "{sent[name + "Property"]}" not found in meter group-by keys'
            for name, snake in _PAIRS
            if sent.get(name + "Property") and sent[name + "Property"] not in (meter.get("groupBy") or {})
        ]
    if faults:
        raise Problem(400, "validation error: " + "\n".join(faults))
    names = [part for name, _ in _PAIRS for part in (name, name + "Property")]
    return {"type": "llm", **{name: sent[name] for name in names if sent.get(name)}}


def _llm_faults(sent: Mapping[str, Json]) -> list[str]:
    faults = []
    for name, snake in _PAIRS:
        if sent.get(name) and sent.get(name + "Property"):
            faults.append(f"{snake}_property and {snake} are mutually exclusive")
        elif not sent.get(name) and not sent.get(name + "Property"):
            faults.append(f"either {snake}_property or {snake} is required for LLM unit cost")
    token_type = sent.get("tokenType")
    if token_type and token_type not in _TOKEN_TYPES:
        faults.append(f'invalid token_type "{token_type}": expected one of {", ".join(_TOKEN_TYPES)}')
    return faults


def set_unit_cost(world: World, row: Row, cost: Row | None) -> Row:
    """Changes or clears the unit cost (v3's PATCH)."""
    meter = world.store.get(meters.TABLE, row["meterId"]) if row.get("meterId") else None
    stored = unit_cost(cost, meter) if cost is not None else None
    changed = {**row, "unitCost": stored, "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return changed


def live(world: World, id_or_key: str) -> Row:
    """The feature that is not archived, by id or key. Raises the 404 Problem."""
    row = world.store.get(TABLE, id_or_key)
    for one in [row] if row is not None else world.store.by(TABLE, "key", id_or_key):
        if not one.get("archivedAt"):
            return one
    raise Problem(404, f"feature not found: {id_or_key}")


def archive(world: World, id_or_key: str, refused: int = 400) -> None:
    """Archives a feature that no active plan and no running subscription uses. Raises 404 and `refused` Problems
    (docs/server/features.md#archive).
    """
    row = live(world, id_or_key)
    for holder, held in (("plan", _plan_holds), ("subscription", _subscription_holds)):
        if held(world, row):
            what = f"feature is referenced by active {holder}, it cannot be archived"
            raise Problem(refused, f"forbidden for feature {row['id']}: {what}")
    now = world.clock.now()
    world.store.put(TABLE, {**row, "archivedAt": now, "updatedAt": now})


def _plan_holds(world: World, row: Row) -> bool:
    """An active (or scheduled) plan version with a card on this feature's id or key; soft-deleted ones count too."""
    now = world.clock.now()
    for plan in world.store.rows("plans"):
        if not plan.get("effectiveFrom") or (
            plan.get("effectiveTo") and moment(plan["effectiveTo"]) <= moment(now)
        ):
            continue
        for phase in plan["phases"]:
            if any(
                c.get("featureId") == row["id"] or c.get("featureKey") == row["key"]
                for c in phase["rateCards"]
            ):
                return True
    return False


def _subscription_holds(world: World, row: Row) -> bool:
    return subscription_lookup.hold_feature(world, row["key"])
