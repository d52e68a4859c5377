"""v3's subscriptions: list and read with phases and items, create, cancel, change, run on.

The rules are v1's; unlike v1 it shows conversions and its items carry whole rate cards (recorded:
`impact_no_subscription_list_in_v1`, `unitconfig_subscription`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from catalogsync.sandbox.domain import catalog_lookup, subscription_lookup, subscriptions
from catalogsync.sandbox.domain.contract import Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical, parse, show
from catalogsync.sandbox.domain.subscription_build import Wish, create
from catalogsync.sandbox.domain.subscription_lookup import found
from catalogsync.sandbox.domain.subscription_spec import (
    billing_period,
    phase_span,
    relation,
    shown_item,
    status,
)
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.problems import Parameter, bad_request
from catalogsync.sandbox.v3.query import EXACT, Field, Listing, answer_list
from catalogsync.sandbox.v3.ratecards import shown_card

_STATES = ("active", "canceled", "inactive", "scheduled")


def _of_plan(name: str) -> Callable[[Row, str], str | None]:
    return lambda row, now: (row["plan"] or {}).get(name)


LISTING = Listing(
    fields={
        "id": Field(EXACT, "id", ids=True),
        "customer_id": Field(EXACT, "customerId", ids=True),
        "plan_id": Field(EXACT, _of_plan("id"), ids=True),
        "plan_key": Field(EXACT, _of_plan("key")),
        "status": Field(EXACT, lambda row, now: status(row, parse(now)), _STATES, "subscription"),
    },
    keys={
        "id": "id",
        "active_from": lambda row, now: parse(row["activeFrom"]),
        "active_to": lambda row, now: (
            not row.get("activeTo"),
            parse(row.get("activeTo") or row["activeFrom"]),
        ),
    },
    default="active_from",
)


def list_all(world: World, call: Call) -> Answer:
    rows = [row for row in world.store.rows(subscription_lookup.TABLE) if "deletedAt" not in row]
    return answer_list(world, call, rows, LISTING, lambda row: shown(world, row))


def shown(world: World, sub: Row) -> Row:
    """A subscription as v3 gives it."""
    now = parse(world.clock.now())
    body = members.shown(sub, members.SUBSCRIPTION) | members.shown_instants(sub)
    body |= {
        "cost_basis_pins": [],
        "status": status(sub, now),
        "labels": shown_labels(sub.get("metadata"), sub.get("annotations")),
    }
    if sub.get("description"):
        body["description"] = sub["description"]
    if sub["plan"]:
        body["plan_id"], body["plan"] = sub["plan"]["id"], sub["plan"]
    if period := billing_period(sub, now):
        body["current_period"] = {"from": show(period[0]), "to": show(period[1])}
    phases = sorted(sub["phases"], key=lambda p: (parse(p["activeFrom"]), p["key"]))
    body["phases"] = [_phase(world, sub, phase, now) for phase in phases]
    return body


def _phase(world: World, sub: Row, phase: Row, now: datetime) -> Row:
    start, end = phase_span(sub, phase)
    place = relation(sub, phase, now)
    items = [item for key in sorted(phase["items"]) if (item := shown_item(phase, key, place, now))]
    body: Row = {name: phase[name] for name in ("id", "key", "name", "description") if phase.get(name)}
    body |= {
        "labels": shown_labels(phase.get("metadata")),
        "active_from": show(start),
        "created_at": canonical(phase["createdAt"]),
        "updated_at": canonical(phase["updatedAt"]),
        "items": [_item(world, item) for item in items],
    }
    return body if end is None else {**body, "active_to": show(end)}


def _item(world: World, item: Row) -> Row:
    """An item with the rate card it was made from, in the currency it bills in."""
    card = item["card"]
    if card["price"] is not None:
        card = {"currency": item["currency"], **card}
    codes = catalog_lookup.tax_codes(world)
    body: Row = {
        "id": item["id"],
        "active_from": canonical(item["activeFrom"]),
        "rate_card": shown_card(card, for_addon=False, tax_codes=codes),
    }
    return {**body, "active_to": canonical(item["activeTo"])} if item.get("activeTo") else body


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, found(world, call.path["subscriptionId"])))


def _required(body: Mapping[str, Json], name: str) -> None:
    """One of a reference's id and key must be there."""
    if body[name].get("id") is None and body[name].get("key") is None:
        reason = f"one of {name}.id or {name}.key is required"
        fields = (f"{name}.id", f"{name}.key")
        raise bad_request([Parameter(field, reason, "required", "body") for field in fields])


def _plan(world: World, wanted: Mapping[str, Json]) -> Row:
    """The plan version a v3 reference names; by key alone the latest, in whatever state it is."""
    if wanted.get("id") is not None:
        row = world.store.get(catalog_lookup.PLANS, wanted["id"])
        told = f"id={wanted['id']}"
    else:
        rows = world.store.by(catalog_lookup.PLANS, "key", wanted["key"])
        version = wanted.get("version")
        if version is not None:
            rows = [row for row in rows if row["version"] == version]
        rows = [row for row in rows if not row.get("deletedAt")]
        row = max(rows, key=lambda one: int(one["version"]), default=None)
        told = f"key={wanted['key']} version={version or 0}"
    if row is None:
        raise Problem(404, f"not found error: plan not found. [namespace=default {told}]")
    return row


def _source(world: World, body: Mapping[str, Json]) -> tuple[catalog_lookup.Source, Row]:
    row = _plan(world, body["plan"])
    source = subscriptions.plan_by_ref(world, {"key": row["key"], "version": row["version"]})
    if body.get("settlement_mode") is not None:
        source = replace(source, settlement_mode=body["settlement_mode"])
    return source, row


def _refuse_pinned(body: Mapping[str, Json]) -> None:
    if body.get("cost_basis_mode") == "pinned":
        raise Problem(501, "not emulated: subscriptions with pinned cost bases")


def post(world: World, call: Call) -> Answer:
    body = call.body
    _refuse_pinned(body)
    _required(body, "customer")
    who = {"customerId": body["customer"].get("id"), "customerKey": body["customer"].get("key")}
    customer = subscriptions.customer_of(world, who)
    _required(body, "plan")
    source, plan = _source(world, body)
    wish = Wish(
        name=f"{plan['key']} v{plan['version']}",
        metadata=from_labels(body.get("labels")),
        billing_anchor=body.get("billing_anchor"),
    )
    return Answer(201, shown(world, create(world, customer, source, wish)))


def cancel(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    timing = (call.body or {}).get("timing") or "immediate"
    return Answer(200, shown(world, subscriptions.cancel(world, sub, timing)))


def unschedule_cancelation(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    return Answer(200, shown(world, subscriptions.run_on(world, sub)))


def change(world: World, call: Call) -> Answer:
    body = call.body
    _refuse_pinned(body)
    sub = found(world, call.path["subscriptionId"])
    _required(body, "plan")
    source, _ = _source(world, body)
    labels = body.get("labels")
    wish = Wish(
        timing=body["timing"],
        name=sub["name"],
        description=sub.get("description"),
        metadata=sub.get("metadata") if labels is None else labels,
        billing_anchor=body.get("billing_anchor"),
    )
    old, new = subscriptions.move(world, sub["id"], source, wish)
    return Answer(200, {"current": shown(world, old), "next": shown(world, new)})
