"""The subscriptions room of v1: make, read, cancel, move to another plan or version, undo, delete.

Source: semantics-meters-notifications-transport §5, recorded scenarios `impact_subscribe_*`,
`impact_change_*`, `impact_migrate_*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from catalogsync.sandbox.domain import catalog_lookup, customer_lookup, entitlements
from catalogsync.sandbox.domain.catalog_lookup import Source
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.instants import go_text, parse
from catalogsync.sandbox.domain.subscription_build import (
    TABLE,
    Wish,
    check_alone,
    create,
    from_phase,
    sync,
)
from catalogsync.sandbox.domain.subscription_lookup import (
    TIMINGS,
    check_state,
    found,
    refuse_conversion,
    resolve,
)
from catalogsync.sandbox.domain.subscription_spec import billing_period, cards, runs_at, status
from catalogsync.sandbox.v1 import subscription_edit, subscription_views
from catalogsync.sandbox.v1.custom_plans import source_of_custom_plan
from catalogsync.sandbox.v1.paging import Page, envelope, page_of

INVALID = "validation error: "
_BEFORE, _NEXT = "subscription.previous.id", "subscription.superseding.id"


def _create(world: World, call: Call) -> Answer:
    body = call.body
    custom = body.get("customPlan")
    source = None if custom is None else source_of_custom_plan(world, custom)
    customer = customer_of(world, body)
    if source is None:
        source = _active_plan(world, body["plan"]["key"])
        source = _adapted(source, body)
    wish = _wish(body, body.get("timing") or "immediate")
    return Answer(201, subscription_views.brief(world, create(world, customer, source, wish)))


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


def _wish(body: Mapping[str, Json], timing: str) -> Wish:
    """Name, description and metadata come from the body, for a plan in the body from that plan."""
    said = body.get("customPlan") or body
    return Wish(
        timing=timing,
        name=said.get("name") or "",
        description=said.get("description"),
        metadata=said.get("metadata"),
        billing_anchor=body.get("billingAnchor"),
    )


def _active_plan(world: World, key: str) -> Source:
    row = catalog_lookup.active_plan(world, key)
    if row is None:
        raise Problem(404, f"not found error: plan {key} with version 0 not found")
    return catalog_lookup.source_of_plan(world, row)


def _adapted(source: Source, body: Mapping[str, Json]) -> Source:
    if body.get("startingPhase") is not None:
        source = from_phase(source, body["startingPhase"])
    if body.get("settlementMode") is not None:
        source = replace(source, settlement_mode=body["settlementMode"])
    return source


def _get(world: World, call: Call) -> Answer:
    if "at" in call.query:
        raise Problem(501, "historical queries are not supported")
    sub = found(world, call.path["subscriptionId"])
    refuse_conversion(cards(sub))
    return Answer(200, subscription_views.full(world, sub))


def _delete(world: World, call: Call) -> Answer:
    _remove(world, found(world, call.path["subscriptionId"]))
    return Answer(204, EMPTY)


def _remove(world: World, sub: Row) -> None:
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


def _cancel(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    sub = cancel(world, sub, (call.body or {}).get("timing") or "immediate")
    return Answer(200, subscription_views.brief(world, sub))


def cancel(world: World, sub: Row, timing: str) -> Row:
    """Sets a running subscription's end. A date must be a boundary of its billing periods."""
    check_state(world, sub, "cancel")
    if timing not in TIMINGS:
        period = billing_period(sub, parse(timing))
        if period is None or parse(timing) not in period:
            what = "cannot cancel aligned subscription with custom misaligned timing"
            raise Problem(400, INVALID + what)
    end = resolve(world, sub, timing)
    return sync(world, {**sub, "activeTo": end, "updatedAt": world.clock.now()})


def _continue(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    return Answer(200, subscription_views.brief(world, run_on(world, sub)))


def run_on(world: World, sub: Row) -> Row:
    """Takes a cancelled subscription's end away again, unless another one waits behind it (409)."""
    check_state(world, sub, "continue")
    check_alone(world, {**sub, "activeTo": None})
    return sync(world, {**sub, "activeTo": None, "updatedAt": world.clock.now()})


def _restore(world: World, call: Call) -> Answer:
    """Deletes every later subscription of the customer and runs on."""
    sub = found(world, call.path["subscriptionId"])
    now = parse(world.clock.now())
    for other in subscription_views.of_customer(world, sub["customerId"]):
        if other["id"] != sub["id"] and status(other, now) != "inactive":
            _remove(world, other)
    return Answer(200, subscription_views.brief(world, run_on(world, found(world, sub["id"]))))


def _change(world: World, call: Call) -> Answer:
    body = call.body
    if body.get("customPlan") is not None:
        source = source_of_custom_plan(world, body["customPlan"])
    else:
        source = _adapted(plan_by_ref(world, body["plan"]), body)
        refuse_conversion([card for phase in source.phases for card in phase["cards"]])
    return _moved(world, call.path["subscriptionId"], source, _wish(body, body["timing"]))


def plan_by_ref(world: World, wanted: Mapping[str, Json]) -> Source:
    """The plan version a reference names, which must be active; without a version the active one."""
    key, version = wanted["key"], wanted.get("version")
    if not version:
        return _active_plan(world, key)
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


def _migrate(world: World, call: Call) -> Answer:
    body = call.body
    sub = found(world, call.path["subscriptionId"])
    if not sub["plan"]:
        raise Problem(400, f"{INVALID}subscription {sub['id']} has no plan, cannot be migrated")
    row = _migration_target(world, sub, body.get("targetVersion"))
    source = catalog_lookup.source_of_plan(world, row)
    source = _adapted(source, {"startingPhase": body.get("startingPhase")})
    refuse_conversion([card for phase in source.phases for card in phase["cards"]])
    wish = Wish(
        timing=body.get("timing") or "immediate",
        name=sub["name"],
        description=sub.get("description"),
        metadata=sub.get("metadata"),
        billing_anchor=body.get("billingAnchor"),
    )
    return _moved(world, sub["id"], source, wish)


def _migration_target(world: World, sub: Row, version: int | None) -> Row:
    """The version to go to: a higher one that is active or archived; without a number the active one."""
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


def _moved(world: World, id_: str, source: Source, wish: Wish) -> Answer:
    old, new = move(world, id_, source, wish)
    body = {"current": subscription_views.brief(world, old), "next": subscription_views.full(world, new)}
    return Answer(200, body)


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


def _list_of_customer(world: World, call: Call) -> Answer:
    """A customer's subscriptions; page and size are told as 0 when none was asked for."""
    query = call.query
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    now = parse(world.clock.now())
    rows = [
        row
        for row in subscription_views.of_customer(world, customer["id"])
        if not query.get("status") or _is(row, query["status"], now)
    ]
    rows.sort(key=_order(query.get("orderBy")), reverse=query.get("order", "DESC") == "DESC")
    page = page_of(query) if "page" in query or "pageSize" in query else Page(0, 0)
    items = [subscription_views.brief(world, row) for row in page.cut(rows)]
    return Answer(200, envelope(items, page, len(rows)))


def _is(row: Row, wanted: list[str], now: Json) -> bool:
    """The server's questions per status: a scheduled one with an end already past is both."""
    end = parse(row["activeTo"]) if row.get("activeTo") else None
    runs = runs_at(row, now)
    holds = {
        "active": runs and end is None,
        "canceled": runs and end is not None,
        "inactive": end is not None and end <= now,
        "scheduled": parse(row["activeFrom"]) > now,
    }
    return any(holds[one] for one in wanted)


def _order(by: str | None) -> Callable[[Row], tuple[bool, str]]:
    """Open ends sort as the latest."""
    if by == "activeTo":
        return lambda row: (not row.get("activeTo"), _sortable(row.get("activeTo")))
    return lambda row: (False, _sortable(row["activeFrom"]))


def _sortable(text: str | None) -> str:
    return parse(text).isoformat(timespec="microseconds") if text else ""


_ONE = "/api/v1/subscriptions/{subscriptionId}"

ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/v1/subscriptions", _create),
    Route("GET", _ONE, _get),
    Route("DELETE", _ONE, _delete),
    Route("PATCH", _ONE, subscription_edit.edit),
    Route("POST", _ONE + "/cancel", _cancel),
    Route("POST", _ONE + "/change", _change),
    Route("POST", _ONE + "/migrate", _migrate),
    Route("POST", _ONE + "/restore", _restore),
    Route("POST", _ONE + "/unschedule-cancelation", _continue),
    Route("GET", "/api/v1/customers/{customerIdOrKey}/subscriptions", _list_of_customer),
)
