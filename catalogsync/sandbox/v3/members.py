"""What v3 names otherwise than it is stored: one table per kind of object, v3's name first, read both ways.

Members that the tables lack are treated one by one where they are read and shown: they change their form, not only their name.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Json, Row
from catalogsync.sandbox.domain.instants import canonical

Names = Mapping[str, str]

INSTANTS: Names = {
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "deleted_at": "deletedAt",
    "effective_from": "effectiveFrom",
    "effective_to": "effectiveTo",
    "active_from": "activeFrom",
    "active_to": "activeTo",
    "billing_anchor": "billingAnchor",
    "events_from": "eventFrom",
}
METER: Names = {
    "key": "slug",
    "name": "name",
    "description": "description",
    "event_type": "eventType",
    "value_property": "valueProperty",
}
UNIT_COST: Names = {
    "type": "type",
    "amount": "amount",
    "provider_property": "providerProperty",
    "provider": "provider",
    "model_property": "modelProperty",
    "model": "model",
    "token_type_property": "tokenTypeProperty",
    "token_type": "tokenType",
}
ASSIGNMENT: Names = {"from_plan_phase": "fromPlanPhase", "max_quantity": "maxQuantity"}
TIER: Names = {"up_to_amount": "upToAmount", "flat_price": "flatPrice", "unit_price": "unitPrice"}
COMMITMENTS: Names = {"minimum_amount": "minimumAmount", "maximum_amount": "maximumAmount"}
SUBSCRIPTION: Names = {
    "id": "id",
    "name": "name",
    "customer_id": "customerId",
    "invoice_currency": "currency",
    "billing_cadence": "billingCadence",
    "cost_basis_mode": "costBasisMode",
    "pro_rating_config": "proRatingConfig",
    "settlement_mode": "settlementMode",
}


def stored(body: Mapping[str, Json], names: Names) -> Row:
    """The members of a v3 body that the table names, as they are stored; nulls are left out."""
    return {own: body[name] for name, own in names.items() if body.get(name) is not None}


def shown(row: Mapping[str, Json], names: Names) -> Row:
    """The members of a row that the table names, as v3 calls them; nulls are left out."""
    return {name: row[own] for name, own in names.items() if row.get(own) is not None}


def shown_instants(row: Mapping[str, Json], names: Names = INSTANTS) -> Row:
    """The instants of a row as v3 gives them."""
    return {name: canonical(row[own]) for name, own in names.items() if row.get(own)}
