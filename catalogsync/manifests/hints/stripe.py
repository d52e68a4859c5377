"""What an object of Stripe would be as a plan or a meter: a manifest on one line, to copy. Pure.

Stripe's amounts count the smallest unit of the currency, amounts of a manifest whole units. What the object does not say is a `…`, which no
server takes: nothing is made up. Sources: https://docs.stripe.com/api/prices/object, https://docs.stripe.com/currencies
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from catalogsync.core import canon
from catalogsync.core.canon import Json
from catalogsync.openmeter.currencies import FIAT

_WHOLE = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
"""Currencies whose amounts count whole units at Stripe."""
_THOUSANDTHS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_UNSURE = frozenset({"UGX"})
"""Listed as whole units, and said to be passed with two decimals."""
_UNITS = {"day": "D", "week": "W", "month": "M", "year": "Y"}
_CADENCES = frozenset("P1W P2W P4W P1M P3M P6M P12M P1Y".split())
"""How often a plan can be billed (docs/server/rate-cards.md#severity)."""
_OPEN = "…"
_EVENT = re.compile("[A-Za-z][A-Za-z0-9_.-]{0,60}", re.ASCII)
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,60}", re.ASCII)
_MOST_DIGITS = 25


_FORMULAS = {"sum": "SUM", "count": "COUNT", "last": "LATEST"}


def as_meter(members: Mapping[str, Json]) -> str:
    """The meter, or "" for any other object."""
    event = members.get("event_name")
    if not isinstance(event, str) or not _EVENT.fullmatch(event):
        return ""
    name = members.get("display_name")
    key = re.sub("[^a-z0-9]+", "_", event.lower()).strip("_")[:64].strip("_") or _OPEN
    formula = _FORMULAS.get(str(_object(members, "default_aggregation").get("formula")), _OPEN)
    read = _object(members, "value_settings").get(
        "event_payload_key", "value"
    )  # what Stripe takes where none is named
    path = f", valueProperty: $.{read if isinstance(read, str) and _NAME.fullmatch(read) else _OPEN}"
    shown = _text(name) if isinstance(name, str) else ""
    return f"{{kind: meter, slug: {key}, name: {shown or key}, eventType: {event}, aggregation: {formula}{'' if formula == 'COUNT' else path}}}"


def as_plan(members: Mapping[str, Json]) -> str:
    """The plan, or "" for an object without a price. Of a list the first price, of a product its own."""
    members = _priced(members)
    recurring = _object(members, "recurring")
    currency = str(members.get("currency", "")).upper()
    price = _price(members, currency, recurring)
    if not price:
        return ""
    cadence = _cadence(recurring or members)
    key = _key(members)
    name = _text(_name(members)) or key.replace("_", " ").capitalize()
    plan_cadence = cadence if cadence in _CADENCES else _OPEN
    every = f"billingCadence: {cadence or _OPEN}, " if cadence or _is_usage(members, recurring) else ""
    usage = _is_usage(members, recurring) or not price.startswith("{type: flat,")
    card = f"type: usage_based, key: {_OPEN}, featureKey: {_OPEN}" if usage else "type: flat_fee, key: fee"
    return (
        f"{{kind: plan, key: {key}, name: {name}, currency: {currency if currency in FIAT else _OPEN}, billingCadence: {plan_cadence}, "
        f"phases: [{{key: default, name: Default, rateCards: [{{{card}, name: {'Usage' if usage else 'Fee'}, {every}price: {price}}}]}}]}}"
    )


def _priced(members: Mapping[str, Json]) -> Mapping[str, Json]:
    """The object that holds the price, with what is around it that names it."""
    listed = members.get("data")
    if isinstance(listed, list):
        return next((one for one in listed if isinstance(one, Mapping)), {})
    for name in ("default_price_data", "default_price"):
        if own := _object(members, name):
            return {**own, "product": members}
    return members


def _price(members: Mapping[str, Json], currency: str, recurring: Mapping[str, Json]) -> str:
    tiers = members.get("tiers")
    if isinstance(tiers, list) and tiers:
        mode = members.get("tiers_mode")
        listed = ", ".join(_tier(one, currency) for one in tiers if isinstance(one, Mapping))
        return (
            f"{{type: tiered, mode: {mode if mode in ('graduated', 'volume') else _OPEN}, tiers: [{listed}]}}"
        )
    amount = _amount(members, ("unit_amount_decimal", "unit_amount", "amount_decimal", "amount"), currency)
    if not amount:
        return ""
    package = _object(members, "transform_quantity")
    if package:
        divisor = package.get("divide_by")
        size = divisor if isinstance(divisor, int) and package.get("round") == "up" else _OPEN
        return f"{{type: package, amount: {amount}, quantityPerPackage: {size}}}"
    return f"{{type: {'unit' if _is_usage(members, recurring) else 'flat'}, amount: {amount}}}"


def _tier(tier: Mapping[str, Json], currency: str) -> str:
    upper = tier.get("up_to")
    said = [f"upToAmount: {upper}"] if isinstance(upper, int) and not isinstance(upper, bool) else []
    flat = _amount(tier, ("flat_amount_decimal", "flat_amount"), currency)
    unit = _amount(tier, ("unit_amount_decimal", "unit_amount"), currency)
    said += [f"flatPrice: {flat}"] if flat else []
    said += [f"unitPrice: {unit}"] if unit or not flat else []
    return f"{{{', '.join(said)}}}" if unit or flat else f"{{{', '.join([*said[:-1], 'unitPrice: 0'])}}}"


def _amount(members: Mapping[str, Json], names: tuple[str, ...], currency: str) -> str:
    """The first of the members that holds a number, in whole units of the currency; "" where none does, `…` where the units are not known."""
    for name in names:
        value = members.get(name)
        text = str(value) if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else ""
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text, re.ASCII) or len(text) > _MOST_DIGITS:
            continue
        if currency not in FIAT or currency in _UNSURE:
            return _OPEN
        places = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
        return canon.decimal_text(f"{Decimal(text).scaleb(-places):f}")
    return ""


def _cadence(recurring: Mapping[str, Json]) -> str:
    unit, count = _UNITS.get(str(recurring.get("interval"))), recurring.get("interval_count", 1)
    return f"P{count}{unit}" if unit and isinstance(count, int) and 0 < count < 1000 else ""


def _is_usage(members: Mapping[str, Json], recurring: Mapping[str, Json]) -> bool:
    return "metered" in (recurring.get("usage_type"), members.get("usage_type")) or "meter" in recurring


def _name(members: Mapping[str, Json]) -> str:
    product = members.get("product")
    said = [
        members.get("nickname"),
        product.get("name") if isinstance(product, Mapping) else None,
        members.get("name"),
    ]
    return next((one for one in said if isinstance(one, str) and one.strip()), "")


def _key(members: Mapping[str, Json]) -> str:
    """A key from the object's own names; the letters of an id say nothing."""
    ids = [
        said
        for said in (members.get("key"), members.get("lookup_key"), members.get("product"))
        if isinstance(said, str)
    ]
    for said in (*(one.removeprefix("prod_") for one in ids if not re.search("[A-Z]", one)), _name(members)):
        key = re.sub("[^a-z0-9]+", "_", said.lower()).strip("_")[:64].strip("_")
        if key:
            return key
    return _OPEN


def _object(members: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    value = members.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(text: str) -> str:
    """A text as it may stand in a flow mapping."""
    if (
        re.fullmatch(
            r"(?!(?:true|false|null|yes|no|on|off)$)[A-Z][A-Za-z0-9 ]{0,60}", text, re.ASCII | re.IGNORECASE
        )
        or not text
    ):
        return text
    quoted = text[:60].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
