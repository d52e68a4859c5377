"""v1's older door to entitlements: by a subject of a customer, under /subjects.

The subject is a customer's subject key; the rules are those of the customer's own entitlements. Source: recorded
`features_archive_with_entitlement`, `meters_delete_blocked_by_*_entitlement`, `meters_delete_entitlement_and_customer`.
"""

from __future__ import annotations

from catalogsync.sandbox.domain import customer_lookup, entitlements
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Problem, Row, World
from catalogsync.sandbox.v1.entitlements import shown_v1, wish_from


def _customer(world: World, call: Call) -> Row:
    """The live customer that the subject belongs to. A subject without one is not emulated."""
    subject = call.path["subjectIdOrKey"]
    for row in world.store.rows(customer_lookup.TABLE):
        if "deletedAt" not in row and subject in row.get("subjects", ()):
            return row
    raise Problem(501, f"not emulated: the subject {subject} belongs to no customer")


def post(world: World, call: Call) -> Answer:
    customer = _customer(world, call)
    wish = wish_from(call.body, world.clock.now())
    return Answer(201, shown_v1(world, entitlements.schedule(world, customer, wish)))


def list_all(world: World, call: Call) -> Answer:
    rows = entitlements.active_of_customer(world, _customer(world, call)["id"], world.clock.now())
    return Answer(200, [shown_v1(world, row) for row in rows])


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown_v1(world, _one(world, call)))


def delete(world: World, call: Call) -> Answer:
    row = _one(world, call)
    if "subscription.id" in row.get("annotations", {}):
        raise Problem(403, "forbidden error: entitlement is managed by subscription")
    entitlements.remove(world, row)
    return Answer(204, EMPTY)


def _one(world: World, call: Call) -> Row:
    return entitlements.of_customer(world, _customer(world, call)["id"], call.path["entitlementId"])
