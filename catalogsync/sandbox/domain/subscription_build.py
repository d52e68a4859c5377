"""Making a subscription from a plan, and keeping its items and entitlements in step with what it should be.

Source: recorded `impact_subscribe_*`, `impact_addon_*`, `impact_change_*`; docs/server/subscriptions.md#counting, #moving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from catalogsync.sandbox.domain import customer_lookup, entitlements, subscription_lookup
from catalogsync.sandbox.domain.catalog_lookup import Source
from catalogsync.sandbox.domain.contract import Problem, Row, World
from catalogsync.sandbox.domain.instants import Duration, canonical, go_text, parse, show, to_minute
from catalogsync.sandbox.domain.subscription_addons import with_addons
from catalogsync.sandbox.domain.subscription_spec import (
    Span,
    has_billables,
    item_span,
    ordered_phases,
    overlaps,
    phase_span,
)

TABLE = subscription_lookup.TABLE
_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new subscription should be. `timing` is `immediate`, `next_billing_cycle` or an instant's
    text.
    """

    timing: str = "immediate"
    name: str = ""
    description: str | None = None
    metadata: Mapping[str, str] | None = None
    billing_anchor: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)


def from_phase(source: Source, phase_key: str) -> Source:
    """The plan with all phases before one cut to no time. Raises a 400 Problem when the plan has no such
    phase.
    """
    keys = [phase["key"] for phase in source.phases]
    if phase_key not in keys:
        plan = source.ref or {"key": "", "version": 0}
        where = f"{plan['key']}@{plan['version']}"
        raise Problem(400, f"validation error: starting phase {phase_key} not found in plan {where}")
    first = keys.index(phase_key)
    cut = [{**phase, "duration": "P0D"} if n < first else phase for n, phase in enumerate(source.phases)]
    return replace(source, phases=tuple(cut))


def create(world: World, customer: Row, source: Source, wish: Wish) -> Row:
    """Makes the subscription with its items and entitlements. Raises Problems (timing, currency, overlap,
    features).
    """
    active_from = _start(world, wish.timing)
    currency = _invoice_currency(customer, source)
    now = world.clock.now()
    sub: Row = {
        "id": world.ids.new(),
        "createdAt": now,
        "updatedAt": now,
        "customerId": customer["id"],
        "name": wish.name or source.name,
        "plan": source.ref,
        "currency": currency,
        "costBasisMode": "dynamic",
        "activeFrom": active_from,
        "billingAnchor": canonical(wish.billing_anchor) if wish.billing_anchor else active_from,
        "billingCadence": source.billing_cadence,
        "proRatingConfig": dict(source.pro_rating),
        "settlementMode": source.settlement_mode,
    }
    for name, value in (("description", wish.description), ("metadata", wish.metadata)):
        if value:
            sub[name] = value
    if wish.annotations:
        sub["annotations"] = dict(wish.annotations)
    sub["phases"] = _phases(world, sub, source)
    sub["features"] = []
    _check_currency(customer, sub)
    check_alone(world, sub)
    sub = sync(world, sub)
    if has_billables(sub):
        customer_lookup.set_currency(world, customer, currency)
        sub = _with_invoice(world, sub)
    return sub


def check_alone(world: World, sub: Row) -> None:
    """One subscription per customer at a time: any overlap raises a 409 Problem with an entry for each side
    (docs/server/subscriptions.md#counting).
    """
    start = parse(sub["activeFrom"])
    others = [
        other
        for other in subscription_lookup.of_customer(world, sub["customerId"])
        if other["id"] != sub["id"] and (not other.get("activeTo") or parse(other["activeTo"]) > start)
    ]
    sides = [side for pair in overlaps([*others, sub]) for side in pair]
    if sides:
        entries = [
            {
                "code": "only_single_subscription_allowed_per_customer_at_a_time",
                "field": _selector(side),
                "message": "only single subscription is allowed per customer at a time",
                "severity": "critical",
            }
            for side in sides
        ]
        raise Problem(409, extensions={"validationErrors": entries})


def _selector(sub: Row) -> str:
    plan = sub["plan"]
    named = [f"@.{name}=='{plan[name]}'" for name in ("key", "version", "id")] if plan else []
    plans = f"plans[?({' && '.join(named)})]" if named else "plans"
    own = [f"@.customerId=='{sub['customerId']}'", f"@.activeFrom=='{go_text(parse(sub['activeFrom']))}'"]
    if sub.get("activeTo"):
        own.append(f"@.activeTo=='{go_text(parse(sub['activeTo']))}'")
    return f"$.{plans}.subscriptions[?({' && '.join(own)})]"


def sync(world: World, sub: Row) -> Row:
    """Stores the subscription with items that fit its phases, its end and its add-ons.

    An item whose rate card or time changes is made again, with a new id, and so is its entitlement (recorded:
    `impact_addon_then_move`).
    """
    customer = world.store.get(customer_lookup.TABLE, sub["customerId"]) or {}
    plans = [(phase, _wanted(world, sub, phase)) for phase in ordered_phases(sub)]
    for phase, wanted in plans:
        _drop_changed(world, phase, wanted)
    phases = []
    for phase, wanted in plans:
        items = {
            key: [
                _kept(phase, key, n, one) or _item(world, sub, customer, phase, one)
                for n, one in enumerate(specs)
            ]
            for key, specs in wanted.items()
        }
        phases.append({**phase, "items": items})
    named = {card.get("featureKey") for _, wanted in plans for specs in wanted.values() for card, _ in specs}
    features = sorted({*sub["features"], *(key for key in named if key)})
    sub = {**sub, "phases": phases, "features": features}
    world.store.put(TABLE, sub)
    return sub


_Wanted = dict[str, list[tuple[Row, Span]]]
"""For each item key the cards that follow each other, with from and to."""


def _wanted(world: World, sub: Row, phase: Row) -> _Wanted:
    span = phase_span(sub, phase)
    timelines = with_addons(world, sub, phase, span)
    return {
        key: [(spec["card"], item_span(span, spec)) for spec in specs] for key, specs in timelines.items()
    }


def _kept(phase: Row, key: str, number: int, wanted: tuple[Row, Span]) -> Row | None:
    """The item that is there already, when its card and its time are as wanted."""
    items = phase["items"].get(key, [])
    if number >= len(items):
        return None
    item: Row = items[number]
    end = parse(item["activeTo"]) if item.get("activeTo") else None
    same = item["card"] == wanted[0] and (parse(item["activeFrom"]), end) == wanted[1]
    return item if same else None


def _drop_changed(world: World, phase: Row, wanted: _Wanted) -> None:
    for key, items in phase["items"].items():
        for number, item in enumerate(items):
            specs = wanted.get(key, [])
            if number < len(specs) and _kept(phase, key, number, specs[number]):
                continue
            entitlement = world.store.get(entitlements.TABLE, item.get("entitlementId") or "")
            if entitlement is not None and "deletedAt" not in entitlement:
                entitlements.remove(world, entitlement)


def _item(world: World, sub: Row, customer: Row, phase: Row, wanted: tuple[Row, Span]) -> Row:
    card, (start, end) = wanted
    entitlement = _entitlement(world, sub, customer, phase, wanted)
    now = world.clock.now()
    item: Row = {
        "id": world.ids.new(),
        "createdAt": now,
        "updatedAt": now,
        "card": card,
        "activeFrom": show(start),
        "currency": card.get("currency") or sub["planCurrency"],
    }
    if end is not None:
        item["activeTo"] = show(end)
    if entitlement is not None:
        item["entitlementId"] = entitlement["id"]
    return item


def _entitlement(world: World, sub: Row, customer: Row, phase: Row, wanted: tuple[Row, Span]) -> Row | None:
    card, (start, end) = wanted
    template = card.get("entitlementTemplate")
    if template is None:
        return None
    metered = template["type"] == "metered"
    wish = entitlements.Wish(
        type=template["type"],
        feature=card["featureKey"],
        active_from=show(start),
        active_to=show(end) if end is not None else None,
        metadata=template.get("metadata"),
        annotations={"subscription.id": sub["id"]},
        config=template.get("config"),
        anchor=to_minute(parse(sub["billingAnchor"])) if metered else None,
        interval=template["usagePeriod"] if metered else None,
        measure_from=to_minute(parse(phase["activeFrom"])) if metered else None,
        soft_limit=bool(template.get("isSoftLimit")),
        issue=template.get("issueAfterReset"),
        priority=template.get("issueAfterResetPriority"),
        preserve_overage=template.get("preserveOverageAtReset"),
    )
    try:
        return entitlements.schedule(world, customer, wish)
    except Problem as problem:
        if problem.status == 404:  # an unknown feature is the client's mistake in a subscription call
            problem.status = 400
        raise


def _start(world: World, timing: str) -> str:
    now = world.clock.now()
    if timing == "immediate":
        return now
    if timing == "next_billing_cycle":
        raise Problem(400, f"validation error: unsupported enum value: {timing}")
    if parse(timing) < parse(now) - _TOLERANCE:
        raise Problem(400, "validation error: cannot create subscription in the past")
    return canonical(timing)


def _invoice_currency(customer: Row, source: Source) -> str:
    if source.fiat:
        return source.currency
    if "currency" not in customer:
        what = f'customer currency is required when plan currency "{source.currency}" is custom'
        raise Problem(400, f"validation error: {what}")
    return str(customer["currency"])


def _check_currency(customer: Row, sub: Row) -> None:
    own = customer.get("currency")
    if has_billables(sub) and own is not None and own != sub["currency"]:
        what = f"customer currency is {own}, but subscription invoice currency is {sub['currency']}"
        raise Problem(400, f"validation error: currency mismatch: {what}")


def _phases(world: World, sub: Row, source: Source) -> list[Row]:
    start, after, phases = parse(sub["activeFrom"]), Duration(), []
    sub["planCurrency"] = source.currency
    for number, phase in enumerate(source.phases):
        now = world.clock.now()
        row: Row = {
            "id": world.ids.new(),
            "createdAt": now,
            "updatedAt": now,
            "key": phase["key"],
            "name": phase["name"],
            "sortHint": number,
            "activeFrom": show(after.after(start)),
            "specs": {card["key"]: [{"card": card, "from": None, "to": None}] for card in phase["cards"]},
            "items": {},
        }
        if phase.get("description") is not None:
            row["description"] = phase["description"]
        phases.append(row)
        after = after + Duration.of(phase["duration"] or "P0D")
    return phases


def _with_invoice(world: World, sub: Row) -> Row:
    """A priced subscription puts its lines on the customer's gathering invoice, one per customer."""
    for other in subscription_lookup.of_customer(world, sub["customerId"]):
        if other.get("invoiceId") and other["id"] != sub["id"]:
            invoice = other["invoiceId"]
            break
    else:
        invoice = world.ids.new()
    sub = {**sub, "invoiceId": invoice}
    world.store.put(TABLE, sub)
    return sub
