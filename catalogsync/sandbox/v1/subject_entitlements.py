"""v1's older door to entitlements: by a subject of a customer, under /subjects.

The subject is a customer's subject key; the rules are those of the customer's own entitlements. Source: recorded
`features_archive_with_entitlement`, `meters_delete_blocked_by_*_entitlement`, `meters_delete_entitlement_and_customer`.
"""

from __future__ import annotations

from catalogsync.sandbox.domain import customer_lookup, entitlements
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Problem, Route, Row, World


def _customer(world: World, call: Call) -> Row:
    """The live customer that the subject belongs to. A subject without one is not emulated."""
    subject = call.path["subjectIdOrKey"]
    for row in world.store.rows(customer_lookup.TABLE):
        if "deletedAt" not in row and subject in row.get("subjects", ()):
            return row
    raise Problem(501, f"not emulated: the subject {subject} belongs to no customer")


def _create(world: World, call: Call) -> Answer:
    customer = _customer(world, call)
    wish = entitlements.wish_from(call.body, world.clock.now())
    return Answer(201, entitlements.shown_v1(world, entitlements.schedule(world, customer, wish)))


def _list(world: World, call: Call) -> Answer:
    rows = entitlements.active_of_customer(world, _customer(world, call)["id"], world.clock.now())
    return Answer(200, [entitlements.shown_v1(world, row) for row in rows])


def _get(world: World, call: Call) -> Answer:
    return Answer(200, entitlements.shown_v1(world, _one(world, call)))


def _delete(world: World, call: Call) -> Answer:
    row = _one(world, call)
    if "subscription.id" in row.get("annotations", {}):
        raise Problem(403, "forbidden error: entitlement is managed by subscription")
    entitlements.remove(world, row)
    return Answer(204, EMPTY)


def _one(world: World, call: Call) -> Row:
    return entitlements.of_customer(world, _customer(world, call)["id"], call.path["entitlementId"])


_ALL = "/api/v1/subjects/{subjectIdOrKey}/entitlements"

ROUTES: tuple[Route, ...] = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ALL + "/{entitlementId}", _get),
    Route("DELETE", _ALL + "/{entitlementId}", _delete),
)
