"""Entitlements of customers: made by hand (v2), by a subscription's items, and what they hold.

Table `entitlements`; a row of type metered also holds its usage period (`anchor`, `interval`, `periodFrom`,
`periodTo`). Balances are not emulated: there is no usage here. Source: recorded
`impact_entitlements_by_hand`, `impact_feature_archive_with_entitlement`, `impact_meter_delete_chain`;
docs/server/features.md#archive, docs/server/references.md#order-of-removal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import simplejson

from catalogsync.sandbox.domain import catalog_lookup
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import Duration, parse, period_at, show, to_minute

TABLE = "entitlements"
NAMED = {"DAY": "P1D", "WEEK": "P1W", "MONTH": "P1M", "YEAR": "P1Y"}
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `anchor` and `interval` are the usage period's; `measure_from` where metered usage
    starts.
    """

    type: str
    feature: str
    active_from: str
    active_to: str | None = None
    metadata: Mapping[str, str] | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    config: str | None = None
    anchor: datetime | None = None
    interval: str | None = None
    measure_from: datetime | None = None
    soft_limit: bool = False
    issue: Json = None
    priority: int | None = None
    preserve_overage: bool | None = None


def is_live(row: Row, at: str) -> bool:
    """Whether an entitlement gives access at an instant."""
    if "deletedAt" in row or parse(row["activeFrom"]) > parse(at):
        return False
    return "activeTo" not in row or parse(row["activeTo"]) > parse(at)


def active_of_customer(world: World, customer_id: str, at: str) -> list[Row]:
    """The customer's entitlements that are active, in the order they were made."""
    return [row for row in world.store.by(TABLE, "customerId", customer_id) if is_live(row, at)]


def hold_meter(world: World, meter_id: str) -> bool:
    """Whether an entitlement that is active now counts by this meter, so that it cannot be deleted (docs/server/references.md#order-of-removal)."""
    now = world.clock.now()
    return any(is_live(row, now) for row in world.store.by(TABLE, "meterId", meter_id))


def of_customer(world: World, customer_id: str, id_or_feature_key: str) -> Row:
    """One entitlement by its id or by its feature's key, also an archived feature's. Raises a 404 Problem."""
    row = world.store.get(TABLE, id_or_feature_key)
    if row is not None:
        return row
    for row in active_of_customer(world, customer_id, world.clock.now()):
        if row["featureKey"] == id_or_feature_key:
            return row
    raise Problem(404, f"entitlement not found {id_or_feature_key} in namespace default")


def schedule(world: World, customer: Row, wish: Wish) -> Row:
    """Makes an entitlement. Raises Problems: feature unknown or archived 404, one is there already 409, no
    meter 400.
    """
    _check(wish)
    feature = catalog_lookup.live_feature(world, wish.feature)
    if feature is None:
        raise Problem(404, f"feature not found: {wish.feature}")
    _check_alone(world, customer, feature["key"], wish)
    now = world.clock.now()
    row: Row = {
        "id": world.ids.new(),
        "createdAt": now,
        "updatedAt": now,
        "customerId": customer["id"],
        "featureId": feature["id"],
        "featureKey": feature["key"],
        "type": wish.type,
        "activeFrom": wish.active_from,
    }
    row |= _optional(wish)
    if meter := feature.get("meterId"):
        row["meterId"] = meter
    if wish.type == "metered":
        row |= _metered(feature, wish)
    elif wish.interval is not None:
        row |= _usage_period(wish, parse(now))
    world.store.put(TABLE, row)
    return row


def remove(world: World, row: Row) -> None:
    """Soft-deletes an entitlement."""
    now = world.clock.now()
    world.store.put(TABLE, {**row, "deletedAt": now, "updatedAt": now})


def _check(wish: Wish) -> None:
    if not wish.feature:
        raise Problem(400, "validation error: feature id or key must be set")
    if wish.interval is not None and 0 <= Duration.of(wish.interval).rough_seconds < _HOUR:
        raise Problem(400, "validation error: UsagePeriod must be at least 1 hour")
    if wish.type != "static":
        return
    if wish.config is None:
        raise Problem(400, "validation error: config is required for static entitlements")
    try:
        json.loads(wish.config)
    except ValueError:
        raise Problem(400, "validation error: invalid JSON config") from None


def _check_alone(world: World, customer: Row, feature_key: str, wish: Wish) -> None:
    """One entitlement at a time for a customer and a feature key, whatever generation of the feature."""
    start, end = parse(wish.active_from), parse(wish.active_to) if wish.active_to else None
    for row in world.store.by(TABLE, "customerId", customer["id"]):
        if row["featureKey"] != feature_key or "deletedAt" in row:
            continue
        other_end = parse(row["activeTo"]) if "activeTo" in row else None
        if (other_end is None or other_end > start) and (end is None or parse(row["activeFrom"]) < end):
            who = f"feature {row['featureId']} and customer {row['customerId']}"
            raise Problem(
                409,
                f"entitlement with id {row['id']} already exists for {who}",
                extensions={"conflictingEntityId": row["id"]},
            )


def _optional(wish: Wish) -> Row:
    members: Row = {}
    if wish.active_to is not None:
        members["activeTo"] = wish.active_to
    if wish.metadata:
        members["metadata"] = dict(wish.metadata)
    if wish.annotations:
        members["annotations"] = dict(wish.annotations)
    if wish.type == "static":
        members["config"] = _jsonb_text(wish.config or "")
    return members


def _jsonb_text(text: str) -> str:
    """A JSON text as the database's jsonb column gives it back: blanks after `,` and `:`, shorter names first, of a repeated name the last
    value, numbers without an exponent (recorded: `meters_delete_blocked_by_static_entitlement`; the rest is PostgreSQL's manual, 8.14).
    """
    value = simplejson.loads(text, parse_float=lambda digits: Decimal(format(Decimal(digits), "f")))
    return simplejson.dumps(_in_jsonb_order(value), use_decimal=True, ensure_ascii=False)


def _in_jsonb_order(value: Json) -> Json:
    if isinstance(value, list):
        return [_in_jsonb_order(one) for one in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
    return {name: _in_jsonb_order(value[name]) for name in names}


def _metered(feature: Row, wish: Wish) -> Row:
    if not feature.get("meterId"):
        raise Problem(400, f"invalid feature {feature['id']}: Feature has no meter")
    assert wish.anchor is not None and wish.interval is not None and wish.measure_from is not None
    if wish.priority is not None and wish.issue is None:
        raise Problem(
            400,
            "invalid entitlement value for type metered: IssueAfterResetPriority requires IssueAfterReset",
        )
    start, anchor = to_minute(wish.measure_from), to_minute(wish.anchor)
    end = period_at(anchor, Duration.of(wish.interval), start)[1]
    row: Row = {
        "isSoftLimit": wish.soft_limit,
        "issueAfterReset": 0 if wish.issue is None else wish.issue,
        "preserveOverageAtReset": bool(wish.preserve_overage),
        "measureUsageFrom": show(start),
        "anchor": show(anchor),
        "interval": wish.interval,
        "periodFrom": show(start),
        "periodTo": show(end),
    }
    return row if wish.priority is None else {**row, "issueAfterResetPriority": wish.priority}


def _usage_period(wish: Wish, now: datetime) -> Row:
    assert wish.anchor is not None and wish.interval is not None
    start, end = period_at(wish.anchor, Duration.of(wish.interval), now)
    return {
        "anchor": show(wish.anchor),
        "interval": wish.interval,
        "periodFrom": show(start),
        "periodTo": show(end),
    }
