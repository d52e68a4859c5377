"""How v1 shows subscriptions: briefly (lists, creation, cancellation) and in full with phases and items (GET,
the new one of a move).
"""

from __future__ import annotations

from datetime import datetime

from catalogsync.sandbox.domain import catalog_lookup, entitlements
from catalogsync.sandbox.domain.contract import Json, Row, World
from catalogsync.sandbox.domain.instants import canonical, parse, show
from catalogsync.sandbox.domain.subscription_spec import (
    billing_period,
    phase_span,
    relation,
    runs_at,
    shown_item,
    status,
)

TABLE = "subscriptions"
_PLAIN = (
    "id",
    "customerId",
    "name",
    "description",
    "currency",
    "billingCadence",
    "settlementMode",
    "metadata",
    "annotations",
)
_TIMES = ("createdAt", "updatedAt", "activeFrom", "activeTo", "billingAnchor")


def of_customer(world: World, customer_id: str) -> list[Row]:
    """The customer's subscriptions that are not deleted, in the order they were made."""
    return [row for row in world.store.by(TABLE, "customerId", customer_id) if "deletedAt" not in row]


def active_of_customer(world: World, customer_id: str, at: str) -> list[Row]:
    """The customer's subscriptions that run at an instant."""
    instant = parse(at)
    return [row for row in of_customer(world, customer_id) if runs_at(row, instant)]


def hold_feature(world: World, key: str) -> bool:
    """Whether a subscription that has not ended holds a feature by its key, so that it cannot be archived
    (§1.5).

    Deleted subscriptions and items that an edit took away again hold it too: the server looks at neither.
    """
    now = parse(world.clock.now())
    return any(
        key in row["features"] and (not row.get("activeTo") or parse(row["activeTo"]) > now)
        for row in world.store.rows(TABLE)
    )


def open_invoice(world: World, customer: Row) -> str | None:
    """The id of the customer's gathering invoice: there is one while a subscription with a price has not
    ended.
    """
    now = parse(world.clock.now())
    for sub in of_customer(world, customer["id"]):
        if sub.get("invoiceId") and status(sub, now) != "inactive":
            return str(sub["invoiceId"])
    return None


def brief(world: World, sub: Row) -> Row:
    """A subscription without its phases."""
    body: Row = {name: sub[name] for name in _PLAIN if sub.get(name)}
    body |= {name: canonical(sub[name]) for name in _TIMES if sub.get(name)}
    body["alignment"] = {"billablesMustAlign": True}
    body["costBasisMode"] = sub["costBasisMode"]
    body["costBasisPins"] = []
    body["proRatingConfig"] = sub["proRatingConfig"]
    body["status"] = status(sub, parse(world.clock.now()))
    if sub["plan"]:
        body["plan"] = sub["plan"]
    return body


def full(world: World, sub: Row) -> Row:
    """A subscription with its phases, their items and the billing period that runs now."""
    now = parse(world.clock.now())
    body = brief(world, sub)
    if period := billing_period(sub, now):
        shown = {"from": show(period[0]), "to": show(period[1])}
        body["alignment"] = {"billablesMustAlign": True, "currentAlignedBillingPeriod": shown}
    phases = sorted(sub["phases"], key=lambda p: (parse(p["activeFrom"]), p["key"]))
    body["phases"] = [_phase(world, sub, phase, now) for phase in phases]
    return body


def _phase(world: World, sub: Row, phase: Row, now: datetime) -> Row:
    start, end = phase_span(sub, phase)
    body: Row = {name: phase[name] for name in ("id", "key", "name", "description") if phase.get(name)}
    body["createdAt"], body["updatedAt"] = canonical(phase["createdAt"]), canonical(phase["updatedAt"])
    body["activeFrom"] = show(start)
    if end is not None:
        body["activeTo"] = show(end)
    place = relation(sub, phase, now)
    shown = [item for key in phase["items"] if (item := shown_item(phase, key, place, now))]
    body["items"] = [_item(world, item) for item in shown]
    body["itemTimelines"] = {
        key: [_item(world, item) for item in items] for key, items in sorted(phase["items"].items())
    }
    return body


def _item(world: World, item: Row) -> Row:
    card = item["card"]
    body: Row = {
        "id": item["id"],
        "key": card["key"],
        "name": card["name"],
        "createdAt": canonical(item["createdAt"]),
        "updatedAt": canonical(item["updatedAt"]),
        "activeFrom": canonical(item["activeFrom"]),
        "billingCadence": card.get("billingCadence"),
        "price": catalog_lookup.price_v1(card),
    }
    if item.get("activeTo"):
        body["activeTo"] = canonical(item["activeTo"])
    if card["price"] is not None:
        body["currency"] = item["currency"]
    for name in ("description", "featureKey"):
        if card.get(name) is not None:
            body[name] = card[name]
    body |= catalog_lookup.tax_and_discounts_v1(card)
    if included := _included(world, item):
        body["included"] = included
    return body


def _included(world: World, item: Row) -> Json:
    """The feature as it is now, pinned by the entitlement if there is one, else by the card."""
    entitlement = world.store.get(entitlements.TABLE, item.get("entitlementId") or "")
    card = item["card"]
    if entitlement is not None:
        feature = world.store.get(catalog_lookup.FEATURES, entitlement["featureId"])
    else:
        feature = catalog_lookup.feature_of_card(world, card)
    if feature is None:
        return None
    included: Row = {"feature": catalog_lookup.feature_v1(world, feature)}
    if entitlement is not None:
        included["entitlement"] = entitlements.shown_v1(world, entitlement)
    return included
