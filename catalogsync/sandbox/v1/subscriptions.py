"""Subscriptions in v1: make, read, cancel, move to another plan or version, undo, delete.

Source: docs/server/subscriptions.md#subscriptions, recorded scenarios `impact_subscribe_*`,
`impact_change_*`, `impact_migrate_*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from catalogsync.sandbox.domain import catalog_lookup, customer_lookup, subscription_lookup, subscriptions
from catalogsync.sandbox.domain.catalog_lookup import Source
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import parse
from catalogsync.sandbox.domain.subscription_build import (
    Wish,
    create,
    from_phase,
)
from catalogsync.sandbox.domain.subscription_lookup import (
    found,
    refuse_conversion,
)
from catalogsync.sandbox.domain.subscription_spec import cards, runs_at
from catalogsync.sandbox.v1 import subscription_views
from catalogsync.sandbox.v1.custom_plans import source_of_custom_plan
from catalogsync.sandbox.v1.paging import Page, envelope, page_of


def post(world: World, call: Call) -> Answer:
    body = call.body
    custom = body.get("customPlan")
    source = None if custom is None else source_of_custom_plan(world, custom)
    customer = subscriptions.customer_of(world, body)
    if source is None:
        source = subscriptions.active_plan(world, body["plan"]["key"])
        source = _adapted(source, body)
    wish = _wish(body, body.get("timing") or "immediate")
    return Answer(201, subscription_views.brief(world, create(world, customer, source, wish)))


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


def _adapted(source: Source, body: Mapping[str, Json]) -> Source:
    if body.get("startingPhase") is not None:
        source = from_phase(source, body["startingPhase"])
    if body.get("settlementMode") is not None:
        source = replace(source, settlement_mode=body["settlementMode"])
    return source


def get(world: World, call: Call) -> Answer:
    if "at" in call.query:
        raise Problem(501, "historical queries are not supported")
    sub = found(world, call.path["subscriptionId"])
    refuse_conversion(cards(sub))
    return Answer(200, subscription_views.full(world, sub))


def delete(world: World, call: Call) -> Answer:
    subscriptions.remove(world, found(world, call.path["subscriptionId"]))
    return Answer(204, EMPTY)


def cancel(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    sub = subscriptions.cancel(world, sub, (call.body or {}).get("timing") or "immediate")
    return Answer(200, subscription_views.brief(world, sub))


def unschedule_cancelation(world: World, call: Call) -> Answer:
    sub = found(world, call.path["subscriptionId"])
    return Answer(200, subscription_views.brief(world, subscriptions.run_on(world, sub)))


def restore(world: World, call: Call) -> Answer:
    sub = subscriptions.restore(world, found(world, call.path["subscriptionId"]))
    return Answer(200, subscription_views.brief(world, sub))


def change(world: World, call: Call) -> Answer:
    body = call.body
    if body.get("customPlan") is not None:
        source = source_of_custom_plan(world, body["customPlan"])
    else:
        source = _adapted(subscriptions.plan_by_ref(world, body["plan"]), body)
        refuse_conversion([card for phase in source.phases for card in phase["cards"]])
    return _moved(world, call.path["subscriptionId"], source, _wish(body, body["timing"]))


def migrate(world: World, call: Call) -> Answer:
    body = call.body
    sub = found(world, call.path["subscriptionId"])
    if not sub["plan"]:
        raise Problem(400, f"{subscriptions.INVALID}subscription {sub['id']} has no plan, cannot be migrated")
    row = subscriptions.migration_target(world, sub, body.get("targetVersion"))
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


def _moved(world: World, id_: str, source: Source, wish: Wish) -> Answer:
    old, new = subscriptions.move(world, id_, source, wish)
    body = {"current": subscription_views.brief(world, old), "next": subscription_views.full(world, new)}
    return Answer(200, body)


def list_of_customer(world: World, call: Call) -> Answer:
    """A customer's subscriptions; page and size are told as 0 when none was asked for."""
    query = call.query
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    now = parse(world.clock.now())
    rows = [
        row
        for row in subscription_lookup.of_customer(world, customer["id"])
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
