"""add-ons bought on subscriptions: buy, list, read, change the quantity. Source: recorded
`impact_addon_*`; docs/server/subscriptions.md#moving.
"""

from __future__ import annotations

from datetime import datetime

from catalogsync.sandbox.domain import catalog_lookup, subscription_addons
from catalogsync.sandbox.domain.contract import Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical, go_text, parse, show
from catalogsync.sandbox.domain.subscription_addons import TABLE
from catalogsync.sandbox.domain.subscription_build import sync
from catalogsync.sandbox.domain.subscription_lookup import found, refuse_conversion, resolve
from catalogsync.sandbox.domain.subscription_spec import Span, current_phase, runs_at
from catalogsync.sandbox.v1.cards import shown_card

INVALID = "validation error: "


def post(world: World, call: Call) -> Answer:
    body = call.body
    addon = catalog_lookup.addon(world, body["addon"]["id"])
    refuse_conversion(catalog_lookup.cards_of_addon(world, addon))
    bought = [
        row
        for row in subscription_addons.of_subscription(world, call.path["subscriptionId"])
        if row["addonId"] == addon["id"]
    ]
    if bought:
        return _change(world, call, bought[0], body["quantity"], body["timing"])
    if body["quantity"] <= 0:
        raise Problem(400, f"{INVALID}initialQuantity must be greater than 0")
    sub = found(world, call.path["subscriptionId"])
    at = resolve(world, sub, body["timing"])
    if not runs_at(sub, parse(at)):
        raise Problem(400, f"{INVALID}subscription is not active at the time of adding the addon")
    if addon["instanceType"] == "single" and body["quantity"] != 1:
        what = "invalid input: single instance add-on must have initial quantity of 1"
        raise Problem(400, INVALID + what)
    if not sub["plan"]:
        raise Problem(400, f"{INVALID}cannot add addon to a custom subscription")
    _check_offer(world, sub, addon, at, body["quantity"])
    now = world.clock.now()
    row: Row = {
        "id": world.ids.new(),
        "createdAt": now,
        "updatedAt": now,
        "subscriptionId": sub["id"],
        "addonId": addon["id"],
        "metadata": body.get("metadata") or {},
        "quantities": [{"activeFrom": at, "quantity": body["quantity"]}],
    }
    world.store.put(TABLE, row)
    return Answer(200, shown(world, sync(world, sub), row))


def _check_offer(world: World, sub: Row, addon: Row, at: str, quantity: int) -> None:
    """Only add-on versions that are assigned to the subscription's plan version, from their phase on, and not
    too many.
    """
    plan = sub["plan"]
    name, where = f"addon {addon['key']}@{addon['version']}", f"{plan['key']}@{plan['version']}"
    offer = catalog_lookup.assignment(world, plan["id"], addon["id"])
    if offer is None:
        raise Problem(400, f"{INVALID}{name} is not linked to the plan {where}")
    phase = current_phase(sub, parse(at))
    if phase is None:
        when = go_text(parse(at))
        raise Problem(400, f"{INVALID}subscription doesn't have an active phase at {when}")
    for one in sub["phases"]:
        if one["key"] == offer["fromPlanPhase"]:
            break
        if one["key"] == phase["key"]:
            start = f"can be only added starting with phase {offer['fromPlanPhase']}"
            raise Problem(400, f"{INVALID}{name} {start}, current phase is {phase['key']}")
    most = offer.get("maxQuantity")
    if most is not None and quantity > most:
        raise Problem(400, f"{INVALID}{name} can be added a maximum of {most} times")


def _change(world: World, call: Call, row: Row, quantity: int, timing: str) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    at = resolve(world, sub, timing)
    addon = catalog_lookup.addon(world, row["addonId"])
    if addon["instanceType"] == "single" and quantity > 1:
        what = "invalid input: single instance addon must have quantity of 1"
        raise Problem(400, INVALID + what)
    _check_offer(world, sub, addon, at, quantity)
    kept = [one for one in row["quantities"] if parse(one["activeFrom"]) < parse(at)]
    later = [one for one in row["quantities"] if parse(one["activeFrom"]) > parse(at)]
    row = {**row, "quantities": [*kept, {"activeFrom": at, "quantity": quantity}, *later]}
    world.store.put(TABLE, row)
    return Answer(200, shown(world, sync(world, sub), row))


def list_all(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    rows = subscription_addons.of_subscription(world, sub["id"])
    return Answer(200, [shown(world, sub, row) for row in rows])


def get(world: World, call: Call) -> Answer:
    row = _one(world, call)
    return Answer(200, shown(world, found(world, call.path["subscriptionId"]), row))


def patch(world: World, call: Call) -> Answer:
    body = call.body
    if body.get("timing") is None or body.get("quantity") is None:
        raise Problem(500)  # the server's own check has no status of its own
    row = _one(world, call)
    if row["subscriptionId"] != call.path["subscriptionId"]:
        raise Problem(400, f"{INVALID}subscription addon does not belong to subscription")
    return _change(world, call, row, body["quantity"], body["timing"])


def _one(world: World, call: Call) -> Row:
    id_ = call.path["subscriptionAddonId"]
    row = world.store.get(TABLE, id_)
    if row is None:
        raise Problem(404, f"not found error: subscription addon {id_} not found")
    return row


def shown(world: World, sub: Row, row: Row) -> Row:
    """A bought add-on as v1 gives it; its name is the add-on's own, whatever was sent."""
    now = parse(world.clock.now())
    addon = world.store.get(catalog_lookup.ADDONS, row["addonId"])
    assert addon is not None
    running = subscription_addons.instances(row)
    body: Row = {
        "id": row["id"],
        "createdAt": canonical(row["createdAt"]),
        "updatedAt": canonical(row["updatedAt"]),
        "name": addon["name"],
        "subscriptionId": sub["id"],
        "addon": {name: addon[name] for name in ("id", "instanceType", "key", "version")},
        "activeFrom": show(running[0][1][0]),
        "quantity": next((q for q, span in running if _holds(span, now)), 0),
        "quantityAt": show(now),
        "timeline": [_segment(quantity, span) for quantity, span in running],
        "rateCards": [
            {
                "affectedSubscriptionItemIds": _affected(sub, running, card["key"]),
                "rateCard": shown_card(card),
            }
            for card in catalog_lookup.cards_of_addon(world, addon)
        ],
    }
    for name, value in (("description", addon.get("description")), ("metadata", row.get("metadata"))):
        if value:
            body[name] = value
    return body


def _holds(span: Span, at: datetime) -> bool:
    return span[0] <= at and (span[1] is None or at < span[1])


def _segment(quantity: int, span: Span) -> Row:
    segment: Row = {"activeFrom": show(span[0]), "quantity": quantity}
    return segment if span[1] is None else {**segment, "activeTo": show(span[1])}


def _affected(sub: Row, running: list[tuple[int, Span]], key: str) -> Json:
    """The ids of the items an add-on's card touches; null when no item runs beside the add-on at all."""
    touched, beside = [], False
    for phase in sub["phases"]:
        for items in phase["items"].values():
            for item in items:
                span = parse(item["activeFrom"]), parse(item["activeTo"]) if item.get("activeTo") else None
                if any(
                    quantity > 0 and subscription_addons.shared_time(span, own) for quantity, own in running
                ):
                    beside = True
                    touched += [item["id"]] if item["card"]["key"] == key else []
    return touched if beside else None
