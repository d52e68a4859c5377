"""Tax codes: what a fresh server holds, and what writing a card with a tax config does to it.

Source: docs/server/rate-cards.md#tax; recorded `plancontent_tax_*`.
"""

from __future__ import annotations

from catalogsync.sandbox.domain.contract import Problem, Row, World

TABLE = "taxCodes"


def seed(world: World) -> None:
    """The two codes of a fresh server."""
    _add(world, "default", "Default", None)
    _add(world, "nontaxable", "Nontaxable", "txcd_00000000")


def _add(world: World, key: str, name: str, stripe: str | None) -> Row:
    now = world.clock.now()
    row: Row = {
        "id": world.ids.new(),
        "key": key,
        "name": name,
        "metadata": None,
        "annotations": None,
        "appMappings": [{"appType": "stripe", "taxCode": stripe}] if stripe else [],
        "createdAt": now,
        "updatedAt": now,
    }
    world.store.put(TABLE, row)
    return row


def _stripe(row: Row) -> str | None:
    return next((one["taxCode"] for one in row["appMappings"] if one["appType"] == "stripe"), None)


def settle(world: World, card: Row) -> Row:
    """The card with its tax config as it is stored: an id wins over a Stripe code, a Stripe code finds or makes its entity,
    customInvoicing is dropped. Raises the 400 Problem of an unknown id.
    """
    sent = card.get("taxConfig")
    if sent is None:
        return card
    if "TaxConfig.taxCodeId" in world.lacks:  # there are no tax codes behind a Stripe code yet
        plain = {name: sent[name] for name in ("behavior", "stripe") if sent.get(name)}
        return {**card, "taxConfig": plain}
    stored: Row = {"behavior": sent["behavior"]} if sent.get("behavior") else {}
    stripe = (sent.get("stripe") or {}).get("code")
    if sent.get("taxCodeId") == "":
        raise Problem(400, "validation error: id is required")
    if sent.get("taxCodeId"):
        row = world.store.get(TABLE, sent["taxCodeId"])
        if row is None:
            raise Problem(400, f"validation error: tax code {sent['taxCodeId']} not found")
        stored["taxCodeId"], stripe = row["id"], _stripe(row)
    elif stripe:
        found = next((row for row in world.store.rows(TABLE) if _stripe(row) == stripe), None)
        stored["taxCodeId"] = (found or _add(world, f"stripe_{stripe}", stripe, stripe))["id"]
    if stripe is not None:
        stored["stripe"] = {"code": stripe}
    return {**card, "taxConfig": stored}
