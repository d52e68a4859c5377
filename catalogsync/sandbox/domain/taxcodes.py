"""Tax codes: what a fresh server holds, how they are made and changed, and what writing a card with a tax config does to them.

Source: docs/server/rate-cards.md#tax; recorded `plancontent_tax_*`.
"""

from __future__ import annotations

import re

from catalogsync.sandbox.domain.contract import Problem, Row, World

TABLE = "taxCodes"
_SYSTEM = {"managed_by": "system"}
_STRIPE_CODE = re.compile(r"txcd_[0-9]{8}")
_MESSAGES = {
    "app_types_must_be_unique": "app types must be unique",
    "tax_code_empty": "tax code cannot be empty",
    "tax_code_stripe_invalid": "stripe tax code must be in the format of txcd_12345678",
}


def seed(world: World) -> None:
    """The two codes of a fresh server."""
    _add(world, {"key": "default", "name": "Provider default", "annotations": _SYSTEM})
    nontaxable = _stripe_mapping("txcd_00000000")
    _add(
        world, {"key": "nontaxable", "name": "Nontaxable", "annotations": _SYSTEM, "appMappings": nontaxable}
    )


def _stripe_mapping(code: str) -> list[Row]:
    return [{"appType": "stripe", "taxCode": code}]


def _add(world: World, wish: Row) -> Row:
    now = world.clock.now()
    row: Row = {
        "id": world.ids.new(),
        "metadata": None,
        "annotations": None,
        "appMappings": [],
        **wish,
        "createdAt": now,
        "updatedAt": now,
    }
    world.store.put(TABLE, row)
    return row


def _stripe(row: Row) -> str | None:
    return next((one["taxCode"] for one in row["appMappings"] if one["appType"] == "stripe"), None)


def _refuse_mappings(mappings: list[Row]) -> None:
    """Raises the coded 400 Problem of mappings that must not be."""
    kinds = [one["appType"] for one in mappings]
    codes = ["app_types_must_be_unique"] if len(set(kinds)) < len(kinds) else []
    for one in mappings:
        if one["taxCode"] == "":
            codes.append("tax_code_empty")
        elif one["appType"] == "stripe" and not _STRIPE_CODE.fullmatch(one["taxCode"]):
            codes.append("tax_code_stripe_invalid")
    if codes:
        entries = [
            {"code": code, "field": "$.app_mappings", "message": _MESSAGES[code], "severity": "critical"}
            for code in codes
        ]
        raise Problem(400, extensions={"validationErrors": entries})


def create(world: World, wish: Row) -> Row:
    """Stores a tax code. Raises 400 and 409 Problems."""
    _refuse_mappings(wish["appMappings"])
    if world.store.by(TABLE, "key", wish["key"]):
        raise Problem(409, "conflict error: tax code with the same key already exists")
    return _add(world, wish)


def update(world: World, id_: str, wish: Row) -> Row:
    """Replaces name, mappings and metadata, the description if it was sent. Raises 400, 404 and 409 Problems."""
    _refuse_mappings(wish["appMappings"])
    row = found(world, id_)
    if row["annotations"] == _SYSTEM:
        message = "tax code is managed by the system and cannot be modified or deleted"
        entry = {"code": "tax_code_managed_by_system", "message": message, "severity": "critical"}
        raise Problem(409, extensions={"validationErrors": [entry]})
    changed = {**row, **wish, "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return changed


def found(world: World, id_: str) -> Row:
    """The tax code. Raises the coded 404 Problem."""
    row = world.store.get(TABLE, id_)
    if row is None:
        entry = {
            "code": "tax_code_not_found",
            "field": "$.id",
            "id": id_,
            "message": "tax code not found",
            "severity": "critical",
        }
        raise Problem(404, extensions={"validationErrors": [entry]})
    return row


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
        stored["taxCodeId"] = _of_stripe_code(world, stripe)["id"]
    if stripe is not None:
        stored["stripe"] = {"code": stripe}
    return {**card, "taxConfig": stored}


def _of_stripe_code(world: World, code: str) -> Row:
    """The tax code that maps a Stripe code, made if there is none. Raises the 500 Problem where its key is taken: by one that was made so
    and maps another code now (recorded: `v3tax_from_v1`).
    """
    key = f"stripe_{code}"
    for row in world.store.rows(TABLE):
        if _stripe(row) == code:
            return row
    if world.store.by(TABLE, "key", key):
        raise Problem(500)
    return _add(world, {"key": key, "name": code, "appMappings": _stripe_mapping(code)})
