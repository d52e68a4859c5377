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
    shown_item,
    status,
)
from catalogsync.sandbox.v1.cards import shown_price
from catalogsync.sandbox.v1.entitlements import shown_v1
from catalogsync.sandbox.v1.features import shown as shown_feature

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
        "price": shown_price(card["price"]),
    }
    if item.get("activeTo"):
        body["activeTo"] = canonical(item["activeTo"])
    if card["price"] is not None:
        body["currency"] = item["currency"]
    for name in ("description", "featureKey"):
        if card.get(name) is not None:
            body[name] = card[name]
    body |= {name: card[name] for name in ("taxConfig", "discounts") if card.get(name)}
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
    included: Row = {"feature": shown_feature(world, feature)}
    if entitlement is not None:
        included["entitlement"] = shown_v1(world, entitlement)
    return included
