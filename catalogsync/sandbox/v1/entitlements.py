"""Entitlements: v2's and v1's lists, a customer's own, and what a customer has access to.

A metered balance needs usage, of which there is none here: it is answered 501. Source: recorded
`impact_entitlements_by_hand`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from catalogsync.sandbox.domain import customer_lookup, entitlements
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.entitlements import TABLE
from catalogsync.sandbox.domain.instants import Duration, canonical, parse, period_at
from catalogsync.sandbox.v1.paging import Page, envelope, page_of

Shown = Callable[[World, Row], Row]


def post_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    wish = wish_from(call.body, world.clock.now())
    if call.body.get("grants"):
        raise Problem(501, "the sandbox does not emulate entitlement grants")
    return Answer(201, shown_v2(world, entitlements.schedule(world, customer, wish)))


def list_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    rows = entitlements.active_of_customer(world, customer["id"], world.clock.now())
    return _page(world, _ordered(rows, call.query), page_of(call.query), shown_v2)


def get_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    row = entitlements.of_customer(world, customer["id"], call.path["entitlementIdOrFeatureKey"])
    return Answer(200, shown_v2(world, row))


def delete_of_customer(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    row = entitlements.of_customer(world, customer["id"], call.path["entitlementIdOrFeatureKey"])
    if "subscription.id" in row.get("annotations", {}):
        raise Problem(403, "forbidden error: entitlement is managed by subscription")
    entitlements.remove(world, row)
    return Answer(204, EMPTY)


def list_v2(world: World, call: Call) -> Answer:
    rows = _ordered(_filtered(world, call.query), call.query)
    return _page(world, rows, page_of(call.query), shown_v2)


def list_v1(world: World, call: Call) -> Answer:
    """A bare array unless a page is asked for."""
    query = call.query
    rows = _ordered(_filtered(world, query), query)
    if "page" in query or "pageSize" in query:
        return _page(world, rows, page_of(query), shown_v1)
    start = query.get("offset", 0)
    cut = rows[start : start + query.get("limit", 100)]
    return Answer(200, [shown_v1(world, row) for row in cut])


def get_v1(world: World, call: Call) -> Answer:
    return Answer(200, shown_v1(world, _by_id(world, call)))


def get_v2(world: World, call: Call) -> Answer:
    return Answer(200, shown_v2(world, _by_id(world, call)))


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


def access(world: World, call: Call) -> Answer:
    customer = customer_lookup.live(world, call.path["customerIdOrKey"])
    rows = entitlements.active_of_customer(world, customer["id"], world.clock.now())
    return Answer(200, {"entitlements": {row["featureKey"]: _value(row) for row in rows}})


def value_of_key(world: World, call: Call) -> Answer:
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


_NAMES = {iso: name for name, iso in entitlements.NAMED.items()} | {"P7D": "WEEK", "P12M": "YEAR"}


def wish_from(body: Mapping[str, Json], now: str) -> entitlements.Wish:
    """The wish in a v2 create body. Raises a 400 Problem when issueAfterReset and grants are sent
    together.
    """
    period: Mapping[str, Json] = body.get("usagePeriod") or {}
    issue = body.get("issue") or {
        "amount": body.get("issueAfterReset"),
        "priority": body.get("issueAfterResetPriority"),
    }
    if issue["amount"] is not None and body.get("grants"):
        raise Problem(400, "validation error: issueAfterReset and grants cannot be used together")
    measure = body.get("measureUsageFrom")
    anchor = parse(period.get("anchor") or now)
    interval = entitlements.NAMED.get(period.get("interval", ""), period.get("interval"))
    return entitlements.Wish(
        type=body["type"],
        feature=body.get("featureId") or body.get("featureKey") or "",
        active_from=now,
        metadata=body.get("metadata"),
        config=body.get("config"),
        anchor=anchor if period else None,
        interval=interval,
        measure_from=_measure_from(measure, anchor, interval, now),
        soft_limit=bool(body.get("isSoftLimit")),
        issue=issue["amount"],
        priority=issue.get("priority"),
        preserve_overage=body.get("preserveOverageAtReset"),
    )


def _measure_from(measure: Json, anchor: datetime, interval: str | None, now: str) -> datetime:
    if measure is None or measure == "NOW":
        return parse(now)
    if measure == "CURRENT_PERIOD_START" and interval:
        return period_at(anchor, Duration.of(interval), parse(now))[0]
    return parse(measure)


_SHOWN = (
    *("id", "createdAt", "updatedAt", "deletedAt", "featureId", "featureKey", "type"),
    *("activeFrom", "activeTo", "metadata", "annotations", "config"),
)


_SHOWN_METERED = (
    *("isSoftLimit", "issueAfterReset", "issueAfterResetPriority"),
    *("preserveOverageAtReset", "measureUsageFrom"),
)


def _shown(row: Row) -> dict[str, Any]:
    body: dict[str, Any] = {name: row[name] for name in _SHOWN if name in row}
    for name in ("createdAt", "updatedAt", "activeFrom", "activeTo", "deletedAt"):
        if name in body:
            body[name] = canonical(body[name])
    if "interval" in row:
        interval = row["interval"]
        body["usagePeriod"] = {
            "anchor": row["anchor"],
            "interval": _NAMES.get(interval, interval),
            "intervalISO": interval,
        }
        body["currentUsagePeriod"] = {"from": row["periodFrom"], "to": row["periodTo"]}
    if row["type"] == "metered":
        body |= {name: row[name] for name in _SHOWN_METERED if name in row}
        body["lastReset"] = row["periodFrom"]
    return body


def shown_v1(world: World, row: Row) -> Row:
    """An entitlement as v1 gives it: with the customer's first subject."""
    customer = world.store.get(customer_lookup.TABLE, row["customerId"])
    body = {**_shown(row), "subjectKey": customer_lookup.first_subject(customer)}
    return {**body, "isUnlimited": False} if row["type"] == "metered" else body


def shown_v2(world: World, row: Row) -> Row:
    """An entitlement as v2 gives it: with the customer's id and key."""
    customer = world.store.get(customer_lookup.TABLE, row["customerId"]) or {}
    body = {**_shown(row), "customerId": row["customerId"]}
    if "key" in customer:
        body["customerKey"] = customer["key"]
    if row["type"] == "metered":
        body["issue"] = {"amount": row["issueAfterReset"]}
        if "issueAfterResetPriority" in row:
            body["issue"]["priority"] = row["issueAfterResetPriority"]
    return body
