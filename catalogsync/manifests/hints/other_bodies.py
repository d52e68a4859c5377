"""Whole documents of Lago, Orb, Metronome or Chargebee: which tool's they are, and the manifest to begin with. Pure.

What a document does not say, or says in a shape of its own, is a `…`. Amounts are left to the messages about what the manifest then holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from catalogsync.core.canon import Json
from catalogsync.manifests.hints.conversions import PATH, written
from catalogsync.manifests.hints.other_words import AGGREGATIONS
from catalogsync.openmeter.currencies import FIAT

_TOOLS = {
    "Lago": "lago_id amount_cents amount_currency charge_model billable_metric_code graduated_ranges volume_ranges aggregation_type field_name"
    " bill_charges_monthly minimum_commitment",
    "Orb": "model_type unit_config tiered_config bulk_config package_config billable_metric_id external_price_id external_plan_id"
    " fixed_price_quantity",
    "Metronome": "rate_type aggregation_key event_type_filter property_filters group_keys rate_card_id product_id starting_at",
    "Chargebee": "pricing_model item_id item_type item_family_id item_price_type period_unit currency_code free_quantity external_name",
}
"""Names that a tool's bodies have, and neither a manifest nor Stripe's."""
_CADENCES = {
    "weekly": "P1W", "week": "P1W", "monthly": "P1M", "month": "P1M", "quarterly": "P3M", "semiannual": "P6M", "half_yearly": "P6M",
    "yearly": "P1Y", "year": "P1Y", "annual": "P1Y", "annually": "P1Y",
}  # fmt: skip
_KEY = re.compile("[a-z0-9]+(?:_[a-z0-9]+)*")
_OPEN = "…"


def tool(names: Collection[str]) -> tuple[str, list[str]]:
    """The tool that has most of the names, and which these are; ("", []) for none."""
    found = {one: [name for name in said.split() if name in names] for one, said in _TOOLS.items()}
    best = max(found, key=lambda one: len(found[one]))
    return (best, found[best]) if found[best] else ("", [])


def manifest(members: Mapping[str, Json]) -> str:
    """What to write in place of the document."""
    key = next(
        (one for name in ("code", "key", "external_plan_id", "id") if (one := _key(members.get(name)))), _OPEN
    )
    named = members.get("name")
    name = written(named) if isinstance(named, str) and len(named) < 60 else _OPEN
    if {"aggregation_type", "event_type_filter", "field_name", "aggregation_key"} & members.keys():
        return f"write it as a meter: `{{kind: meter, slug: {key}, name: {name}, {_counting(members)}}}`"
    currency = next(
        (
            str(members[one]).upper()
            for one in ("amount_currency", "currency", "currency_code")
            if one in members
        ),
        "",
    )
    cadence = _CADENCES.get(
        str(members.get("interval", members.get("period_unit", members.get("cadence")))).lower(), _OPEN
    )
    return (
        f"write it as a plan: `{{kind: plan, key: {key}, name: {name}, currency: {currency if currency in FIAT else _OPEN}, "
        f"billingCadence: {cadence}, "
        "phases: [{key: default, name: Default, rateCards: […]}]}`, each charge as a rate card; amounts count whole units of the currency"
    )


def _counting(members: Mapping[str, Json]) -> str:
    """What of its events a meter counts."""
    event = members.get("event_type_filter", members.get("code"))
    inner = event.get("in_values") if isinstance(event, Mapping) else event
    first = inner[0] if isinstance(inner, list) and len(inner) == 1 else inner
    field = members.get("field_name", members.get("aggregation_key"))
    path = PATH.fullmatch(field) if isinstance(field, str) else None
    said = str(members.get("aggregation_type")).lower().replace("_", "")
    value = f", valueProperty: $.{path[1]}" if path else ""
    return f"eventType: {written(first) if isinstance(first, str) else _OPEN}, aggregation: {AGGREGATIONS.get(said, _OPEN)}{value}"


def _key(value: Json) -> str:
    plain = re.sub("[^a-z0-9]+", "_", value.lower()).strip("_")[:64] if isinstance(value, str) else ""
    return plain if _KEY.fullmatch(plain) else ""
