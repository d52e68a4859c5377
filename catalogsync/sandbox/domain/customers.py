"""Customers: made, replaced, deleted.

Rows of table `customers` hold the API's own members plus `subjects`; what a customer shows of its
subscriptions is read from theirs. Source: docs/server/subscriptions.md#counting, recorded scenarios
`impact_customer_*` and `impact_count_*`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import entitlements, subscription_lookup
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.customer_lookup import TABLE, live

CONFLICT = "conflict error: "
INVALID = "validation error: "
_KEPT_WHEN_ABSENT = ("primaryEmail", "currency")


def _keep_subject_order(old: Row, row: Row) -> None:
    """Subjects that stay keep their place; new ones follow."""
    wanted = row.get("subjects", [])
    kept = [one for one in old.get("subjects", []) if one in wanted]
    subjects = [*kept, *(one for one in wanted if one not in kept)]
    if subjects:
        row["subjects"] = subjects


def create(world: World, wish: Row) -> Row:
    """Stores a customer. Raises 400 and 409 Problems."""
    _check(wish, f"{INVALID}error creating customer: {INVALID}{INVALID}")
    _check_taken(world, wish, None)
    now = world.clock.now()
    row = {"id": world.ids.new(), "createdAt": now, "updatedAt": now, **_members(wish)}
    _check_unique(world, row)
    world.store.put(TABLE, row)
    return row


def update(world: World, id_or_key: str, wish: Row) -> Row:
    """Replaces a customer; e-mail, currency and the address's own members are kept when absent. Raises 400, 404, 409, 412 Problems."""
    old = live(world, id_or_key)
    _check(wish, INVALID * 3)
    _check_subjects_may_change(world, old, wish)
    _check_taken(world, wish, old)
    row: Row = {name: old[name] for name in ("id", "createdAt")}
    row["updatedAt"] = world.clock.now()
    row |= {name: old[name] for name in _KEPT_WHEN_ABSENT if name in old}
    row |= _members(wish)
    if "billingAddress" in row:
        row["billingAddress"] = {**old.get("billingAddress", {}), **row["billingAddress"]}
    _keep_subject_order(old, row)
    _check_unique(world, row)
    world.store.put(TABLE, row)
    return row


def delete(world: World, id_or_key: str) -> None:
    """Soft-deletes a customer without entitlements, subscriptions and an open invoice. Raises 400, 404, 409, 412 Problems."""
    row = live(world, id_or_key)
    now = world.clock.now()
    if entitlements.active_of_customer(world, row["id"], now):
        reason = "still has active entitlements, please remove them before deleting the customer"
        raise Problem(409, f"{CONFLICT}customer {row['id']} {reason}")
    reasons = []
    if subscription_lookup.active_of_customer(world, row["id"], now):
        wish = "still have active subscriptions, please cancel them before deleting the customer"
        reasons.append(f"customer {row['id']} {wish}")
    if invoice := subscription_lookup.open_invoice(world, row):
        reasons.append(f"invoice {invoice} is still in gathering state")
    if reasons:
        raise Problem(400, INVALID + "\n".join(reasons))
    world.store.put(TABLE, {**row, "deletedAt": now, "updatedAt": now})


def _members(wish: Row) -> Row:
    return {name: value for name, value in wish.items() if name != "subjects" or value}


def _check(wish: Mapping[str, Json], prefix: str) -> None:
    if wish.get("key") == "":
        raise Problem(400, f"{prefix}key cannot be empty")
    if not wish["name"]:
        raise Problem(400, f"{prefix}name is required")
    if wish.get("key") is None and not wish.get("subjects"):
        raise Problem(400, f"{prefix}either key or usageAttribution.subjectKeys must be provided")


def _check_subjects_may_change(world: World, old: Row, wish: Mapping[str, Json]) -> None:
    subjects = wish.get("subjects")
    if subjects is None or subjects == old.get("subjects", []):
        return
    if subscription_lookup.active_of_customer(world, old["id"], world.clock.now()):
        raise Problem(400, f"{INVALID}cannot change subject keys for customer with active subscriptions")


def _check_taken(world: World, wish: Mapping[str, Json], old: Row | None) -> None:
    """A key may be neither an id nor another customer's subject."""
    key = wish.get("key")
    if key is None:
        return
    if world.store.get(TABLE, key) is not None:
        raise Problem(409, f"{CONFLICT}key {key} overlaps with id of another customer")
    for row in world.store.rows(TABLE):
        if row is not old and "deletedAt" not in row and key in row.get("subjects", []):
            raise Problem(409, f"{CONFLICT}key {key} overlaps with subject of another customer: {row['id']}")


def _check_unique(world: World, row: Row) -> None:
    others = [one for one in world.store.rows(TABLE) if "deletedAt" not in one and one["id"] != row["id"]]
    if any("key" in row and one.get("key") == row["key"] for one in others):
        taken = f'key "{row["key"]}" is already used by an another customer in the namespace default'
        raise Problem(409, CONFLICT + taken)
    subjects = row.get("subjects", [])
    if len(set(subjects)) < len(subjects) or any(set(subjects) & set(o.get("subjects", [])) for o in others):
        what = f"one or multiple subject keys of [{', '.join(subjects)}]"
        owner = "are already associated with an different customer in the namespace default"
        raise Problem(409, f"{CONFLICT}{what} {owner}")
