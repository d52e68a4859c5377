"""The entitlements room: v2's and v1's lists, a customer's own, and what a customer has access to.

A metered balance needs usage, of which there is none here: it is answered 501. Source: recorded
`impact_entitlements_by_hand`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalogsync.sandbox.domain import customer_lookup, entitlements
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.entitlements import TABLE
from catalogsync.sandbox.v1.paging import Page, envelope, page_of

Shown = Callable[[World, Row], Row]


def _create(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    wish = entitlements.wish_from(call.body, world.clock.now())
    if call.body.get("grants"):
        raise Problem(501, "the sandbox does not emulate entitlement grants")
    return Answer(201, entitlements.shown_v2(world, entitlements.schedule(world, customer, wish)))


def _list_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    rows = entitlements.active_of_customer(world, customer["id"], world.clock.now())
    return _page(world, _ordered(rows, call.query), page_of(call.query), entitlements.shown_v2)


def _get_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    row = entitlements.of_customer(world, customer["id"], call.path["entitlementIdOrFeatureKey"])
    return Answer(200, entitlements.shown_v2(world, row))


def _delete_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    row = entitlements.of_customer(world, customer["id"], call.path["entitlementIdOrFeatureKey"])
    if "subscription.id" in row.get("annotations", {}):
        raise Problem(403, "forbidden error: entitlement is managed by subscription")
    entitlements.remove(world, row)
    return Answer(204, EMPTY)


def _list_v2(world: World, call: Call) -> Answer:
    rows = _ordered(_filtered(world, call.query), call.query)
    return _page(world, rows, page_of(call.query), entitlements.shown_v2)


def _list_v1(world: World, call: Call) -> Answer:
    """A bare array unless a page is asked for."""
    query = call.query
    rows = _ordered(_filtered(world, query), query)
    if "page" in query or "pageSize" in query:
        return _page(world, rows, page_of(query), entitlements.shown_v1)
    start = query.get("offset", 0)
    cut = rows[start : start + query.get("limit", 100)]
    return Answer(200, [entitlements.shown_v1(world, row) for row in cut])


def _get_v1(world: World, call: Call) -> Answer:
    return Answer(200, entitlements.shown_v1(world, _by_id(world, call)))


def _get_v2(world: World, call: Call) -> Answer:
    return Answer(200, entitlements.shown_v2(world, _by_id(world, call)))


def _by_id(world: World, call: Call) -> Row:
    row = world.store.get(TABLE, call.path["entitlementId"])
    if row is None:
        raise Problem(404, f"entitlement not found {call.path['entitlementId']} in namespace default")
    return row


def _page(world: World, rows: list[Row], page: Page, shown: Shown) -> Answer:
    return Answer(200, envelope([shown(world, row) for row in page.cut(rows)], page, len(rows)))


def _filtered(world: World, query: Mapping[str, Json]) -> list[Row]:
    now = world.clock.now()
    rows = [row for row in world.store.rows(TABLE) if "deletedAt" not in row]
    if query.get("excludeInactive"):
        rows = [row for row in rows if entitlements.is_live(row, now)]
    if "feature" in query:
        rows = [row for row in rows if {row["featureId"], row["featureKey"]} & set(query["feature"])]
    if "entitlementType" in query:
        rows = [row for row in rows if row["type"] in query["entitlementType"]]
    for name, wanted in (
        ("customerIds", _customer_id),
        ("customerKeys", _customer_key),
        ("subject", _subjects),
    ):
        if name in query:
            rows = [row for row in rows if wanted(world, row) & set(query[name])]
    return rows


def _customer_id(world: World, row: Row) -> set[str]:
    return {row["customerId"]}


def _customer_key(world: World, row: Row) -> set[str]:
    customer = world.store.get(customer_lookup.TABLE, row["customerId"]) or {}
    return {customer["key"]} if "key" in customer else set()


def _subjects(world: World, row: Row) -> set[str]:
    customer = world.store.get(customer_lookup.TABLE, row["customerId"]) or {}
    return set(customer.get("subjects", []))


def _ordered(rows: list[Row], query: Mapping[str, Json]) -> list[Row]:
    name = "updatedAt" if query.get("orderBy") == "updatedAt" else "createdAt"
    return sorted(rows, key=lambda row: str(row[name]), reverse=query.get("order") == "DESC")


def _access(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    rows = entitlements.active_of_customer(world, customer["id"], world.clock.now())
    return Answer(200, {"entitlements": {row["featureKey"]: _value(row) for row in rows}})


def _value_of_key(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    named = call.path.get("featureKey") or call.path["entitlementIdOrFeatureKey"]
    rows = entitlements.active_of_customer(world, customer["id"], world.clock.now())
    for row in rows:
        if named in (row["featureKey"], row["id"]):
            return Answer(200, _value(row))
    return Answer(200, {"hasAccess": False})


def _value(row: Row) -> Row:
    if row["type"] == "metered":
        raise Problem(501, "the sandbox does not emulate metered balances: it holds no usage")
    if row["type"] == "static":
        return {"hasAccess": True, "config": row["config"]}
    return {"hasAccess": True}


_OF_CUSTOMER = "/api/v2/customers/{customerIdOrKey}/entitlements"
_ONE = _OF_CUSTOMER + "/{entitlementIdOrFeatureKey}"

ROUTES: tuple[Route, ...] = (
    Route("GET", _OF_CUSTOMER, _list_of_customer),
    Route("POST", _OF_CUSTOMER, _create),
    Route("GET", _ONE, _get_of_customer),
    Route("DELETE", _ONE, _delete_of_customer),
    Route("GET", _ONE + "/value", _value_of_key),
    Route("GET", "/api/v2/entitlements", _list_v2),
    Route("GET", "/api/v2/entitlements/{entitlementId}", _get_v2),
    Route("GET", "/api/v1/entitlements", _list_v1),
    Route("GET", "/api/v1/entitlements/{entitlementId}", _get_v1),
    Route("GET", "/api/v1/customers/{customerIdOrKey}/access", _access),
    Route("GET", "/api/v1/customers/{customerIdOrKey}/entitlements/{featureKey}/value", _value_of_key),
)
