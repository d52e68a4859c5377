"""Finding customers, and the one thing others write into them: the currency."""

from __future__ import annotations

from catalogsync.sandbox.domain.contract import Problem, Row, World

TABLE = "customers"
COUNTS = "customerCounts"
"""What a copied catalog knows of its customers: per plan key (the id) how many have it."""


def find(world: World, id_or_key: str) -> Row:
    """The customer with that id (deleted ones too) or that key (live ones only). Raises a 404 Problem."""
    row = world.store.get(TABLE, id_or_key) or by_key(world, id_or_key)
    if row is None:
        raise Problem(
            404, f"not found error: customer with id or key {id_or_key} not found in default namespace"
        )
    return row


def live(world: World, id_or_key: str) -> Row:
    """Like `find`, but a deleted one is refused with 412."""
    row = find(world, id_or_key)
    refuse_deleted(row)
    return row


def refuse_deleted(row: Row) -> None:
    """Raises the 412 Problem for a deleted customer."""
    if "deletedAt" in row:
        raise Problem(
            412,
            f"precondition failed error: customer is deleted [namespace=default customer.id={row['id']}]",
        )


def by_key(world: World, key: str) -> Row | None:
    """The live customer with that key."""
    rows = [row for row in world.store.by(TABLE, "key", key) if "deletedAt" not in row]
    return rows[0] if rows else None


def counted(world: World, plan_key: str | None) -> int:
    """How many customers on a plan were copied as a count only."""
    row = world.store.get(COUNTS, plan_key) if plan_key is not None else None
    return row["count"] if row else 0


def first_subject(row: Row | None) -> str:
    """The subject an entitlement of v1 shows: the first, or nothing."""
    subjects = row.get("subjects") if row else None
    return subjects[0] if subjects else ""


def set_currency(world: World, row: Row, currency: str) -> None:
    """Writes the currency of a first paid subscription into its customer (docs/server/subscriptions.md#counting)."""
    if "currency" not in row:
        world.store.put(TABLE, {**row, "currency": currency, "updatedAt": world.clock.now()})
