"""Customers in v1.

Source: docs/server/subscriptions.md#counting, recorded scenarios `impact_customer_*` and `impact_count_*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalogsync.sandbox.domain import customers, subscription_lookup
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.customer_lookup import TABLE, counted, find
from catalogsync.sandbox.v1 import subscription_views
from catalogsync.sandbox.v1.paging import envelope, page_of

_MEMBERS = ("name", "description", "primaryEmail", "currency", "key", "metadata", "billingAddress")
_FILTERS = {
    "key": "key",
    "name": "name",
    "primaryEmail": "primary email",
    "planKey": "plan key",
    "subject": "usage attribution subject key",
}


def post(world: World, call: Call) -> Answer:
    return Answer(201, shown(world, customers.create(world, _read(call.body)), expand=False))


def get(world: World, call: Call) -> Answer:
    row = find(world, call.path["customerIdOrKey"])
    return Answer(200, shown(world, row, expand=_expands(call)))


def list_all(world: World, call: Call) -> Answer:
    query = call.query
    for name, said in _FILTERS.items():
        if query.get(name) == "":
            problem = f"invalid {said} filter: {customers.INVALID}filter is invalid: format mismatch"
            raise Problem(400, f"{customers.INVALID}{customers.INVALID}{customers.INVALID}{problem}")
    rows = [row for row in world.store.rows(TABLE) if _wanted(world, row, query)]
    order = {"id": _text("id"), "createdAt": _text("createdAt")}.get(query.get("orderBy", ""), _text("name"))
    rows.sort(key=order, reverse=query.get("order") == "DESC")
    page = page_of(query)
    items = [shown(world, row, expand=_expands(call)) for row in page.cut(rows)]
    total = len(rows) + counted(world, query.get("planKey"))
    return Answer(200, envelope(items, page, total))


def put(world: World, call: Call) -> Answer:
    row = customers.update(world, call.path["customerIdOrKey"], _read(call.body))
    return Answer(200, shown(world, row, expand=False))


def delete(world: World, call: Call) -> Answer:
    customers.delete(world, call.path["customerIdOrKey"])
    return Answer(204, EMPTY)


def shown(world: World, row: Row, *, expand: bool) -> Row:
    """A customer as v1 gives it; `expand` adds its running subscriptions."""
    body = {name: value for name, value in row.items() if name not in ("subjects", "invoiceId")}
    if row.get("subjects"):
        body["usageAttribution"] = {"subjectKeys": row["subjects"]}
    if not body.get("metadata"):
        body.pop("metadata", None)
    running = subscription_lookup.active_of_customer(world, row["id"], world.clock.now()) if expand else []
    if running:
        body["currentSubscriptionId"] = running[0]["id"]
        body["subscriptions"] = [subscription_views.brief(world, one) for one in running]
    return body


def _expands(call: Call) -> bool:
    return "subscriptions" in call.query.get("expand", ["subscriptions"])


def _text(name: str) -> Callable[[Row], bytes]:
    return lambda row: str(row.get(name, "")).encode()


def _read(body: Mapping[str, Json]) -> Row:
    """The stored members of a body: `subjects` where it names its usage attribution."""
    read = {name: body[name] for name in _MEMBERS if body.get(name) is not None}
    subjects = (body.get("usageAttribution") or {}).get("subjectKeys")
    return read if subjects is None else {**read, "subjects": subjects}


def _wanted(world: World, row: Row, query: Mapping[str, Json]) -> bool:
    if "deletedAt" in row and not query.get("includeDeleted", False):
        return False
    for name in ("key", "name", "primaryEmail"):
        if name in query and query[name].lower() not in row.get(name, "").lower():
            return False
    if "subject" in query and not any(
        query["subject"].lower() in one.lower() for one in row.get("subjects", [])
    ):
        return False
    if "planKey" in query:
        running = subscription_lookup.active_of_customer(world, row["id"], world.clock.now())
        return any((one.get("plan") or {}).get("key") == query["planKey"] for one in running)
    return True
