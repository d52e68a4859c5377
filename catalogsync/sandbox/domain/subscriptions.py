"""Subscriptions: cancel, move to another plan or version, undo, delete.

Source: docs/server/subscriptions.md#subscriptions, recorded scenarios `impact_subscribe_*`,
`impact_change_*`, `impact_migrate_*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogsync.sandbox.domain import catalog_lookup, customer_lookup, entitlements, subscription_lookup
from catalogsync.sandbox.domain.catalog_lookup import Source
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import go_text, parse
from catalogsync.sandbox.domain.subscription_build import (
    TABLE,
    Wish,
    check_alone,
    create,
    sync,
)
from catalogsync.sandbox.domain.subscription_lookup import (
    TIMINGS,
    check_state,
    found,
    resolve,
)
from catalogsync.sandbox.domain.subscription_spec import billing_period, status

INVALID = "validation error: "


_BEFORE, _NEXT = "subscription.previous.id", "subscription.superseding.id"


def customer_of(world: World, body: Mapping[str, Json]) -> Row:
    """The customer a body names by id or key. Raises 400 and 404 Problems."""
    if id_ := body.get("customerId"):
        row, what = world.store.get(customer_lookup.TABLE, id_), f"id {id_}"
    elif key := body.get("customerKey"):
        row, what = customer_lookup.by_key(world, key), f"key {key}"
    else:
        raise Problem(400, f"{INVALID}customer id or key is required")
    if row is None:
        raise Problem(404, f"not found error: customer with {what} not found in default namespace")
    customer_lookup.refuse_deleted(row)
    return row


def active_plan(world: World, key: str) -> Source:
    """The active version of a plan. Raises the 404 Problem."""
    row = catalog_lookup.active_plan(world, key)
    if row is None:
        raise Problem(404, f"not found error: plan {key} with version 0 not found")
    return catalog_lookup.source_of_plan(world, row)


def remove(world: World, sub: Row) -> None:
    check_state(world, sub, "delete")
    for row in world.store.by(entitlements.TABLE, "customerId", sub["customerId"]):
        if row.get("annotations", {}).get("subscription.id") == sub["id"] and "deletedAt" not in row:
            entitlements.remove(world, row)
    notes = sub.get("annotations", {})
    _relink(world, notes.get(_NEXT), _BEFORE, notes.get(_BEFORE))
    _relink(world, notes.get(_BEFORE), _NEXT, notes.get(_NEXT))
    now = world.clock.now()
    world.store.put(TABLE, {**sub, "deletedAt": now, "updatedAt": now})


def _relink(world: World, id_: str | None, name: str, other: str | None) -> None:
    """What a deleted subscription's neighbour says of it afterwards: the one beyond, or nothing."""
    row = world.store.get(TABLE, id_ or "")
    if row is None or "deletedAt" in row:
        return
    notes = {key: value for key, value in row.get("annotations", {}).items() if key != name}
    if other is not None:
        notes[name] = other
    world.store.put(TABLE, {**row, "annotations": notes, "updatedAt": world.clock.now()})


def cancel(world: World, sub: Row, timing: str) -> Row:
    """Sets a running subscription's end. A date must be a boundary of its billing periods. Raises 400 and 403 Problems."""
    check_state(world, sub, "cancel")
    if timing not in TIMINGS:
        period = billing_period(sub, parse(timing))
        if period is None or parse(timing) not in period:
            what = "cannot cancel aligned subscription with custom misaligned timing"
            raise Problem(400, INVALID + what)
    end = resolve(world, sub, timing)
    return sync(world, {**sub, "activeTo": end, "updatedAt": world.clock.now()})


def run_on(world: World, sub: Row) -> Row:
    """Takes a cancelled subscription's end away again, unless another one waits behind it (409)."""
    check_state(world, sub, "continue")
    check_alone(world, {**sub, "activeTo": None})
    return sync(world, {**sub, "activeTo": None, "updatedAt": world.clock.now()})


def restore(world: World, sub: Row) -> Row:
    """Deletes every later subscription of the customer and runs on."""
    now = parse(world.clock.now())
    for other in subscription_lookup.of_customer(world, sub["customerId"]):
        if other["id"] != sub["id"] and status(other, now) != "inactive":
            remove(world, other)
    return run_on(world, found(world, sub["id"]))


def plan_by_ref(world: World, wanted: Mapping[str, Json]) -> Source:
    """The plan version a reference names, which must be active; without a version the active one. Raises 400 and 404 Problems."""
    key, version = wanted["key"], wanted.get("version")
    if not version:
        return active_plan(world, key)
    row = _version(world, key, version)
    now = world.clock.now()
    if catalog_lookup.plan_status(row, now) != "active":
        raise Problem(400, f"{INVALID}plan {key}@{version} is not active at {go_text(parse(now))}")
    _refuse_deleted_plan(row)
    return catalog_lookup.source_of_plan(world, row)


def _version(world: World, key: str, version: int) -> Row:
    row = catalog_lookup.plan_version(world, key, version)
    if row is None:
        raise Problem(404, f"not found error: plan {key} with version {version} not found")
    return row


def _refuse_deleted_plan(row: Row) -> None:
    if row.get("deletedAt"):
        when = go_text(parse(row["deletedAt"]))
        what = f"namespace=default, key={row['key']}, version={row['version']}, deleted_at={when}"
        raise Problem(400, f"{INVALID}plan is deleted [{what}]")


def migration_target(world: World, sub: Row, version: int | None) -> Row:
    """The version to go to: a higher one that is active or archived; without a number the active one. Raises 400 and 404 Problems."""
    key, own = sub["plan"]["key"], sub["plan"]["version"]
    row = _version(world, key, version) if version else catalog_lookup.active_plan(world, key)
    if row is None:
        raise Problem(404, f"not found error: plan {key} with version 0 not found")
    if row["version"] <= own:
        # The server prints the address of the number it was given.
        told = f"{0xC000012000 + 8 * version}" if version else "0"
        what = f"is already at version {own}, cannot migrate to version {told}"
        raise Problem(400, f"{INVALID}subscription {sub['id']} {what}")
    _refuse_deleted_plan(row)
    now = world.clock.now()
    if catalog_lookup.plan_status(row, now) not in ("active", "archived"):
        when = go_text(parse(now))
        raise Problem(400, f"{INVALID}plan {key}@{row['version']} is not active or archived at {when}")
    return row


def move(world: World, id_: str, source: Source, wish: Wish) -> tuple[Row, Row]:
    """Ends the running subscription and starts the next one at that very instant."""
    old = cancel(world, found(world, id_), wish.timing)
    customer = world.store.get(customer_lookup.TABLE, old["customerId"])
    assert customer is not None
    customer_lookup.refuse_deleted(customer)
    wish = replace(
        wish,
        timing=old["activeTo"],
        billing_anchor=wish.billing_anchor or old["billingAnchor"],
        annotations={_BEFORE: id_},
    )
    new = create(world, customer, source, wish)
    notes = {**old.get("annotations", {}), _NEXT: new["id"]}
    old = {**old, "annotations": notes, "updatedAt": world.clock.now()}
    world.store.put(TABLE, old)
    return old, new
