"""v3's rate cards: to and from the domain's card, which is v1's with `unitConfig` and `currency`.

v3 has no dynamic and no package prices: it shows v1's as a unit price with a conversion. What plans and
add-ons do differently is told at the difference (recorded: `v3_rate_card_prices`, `v3_addon_*`,
`unitconfig_*`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from catalogsync.sandbox.domain.cards import Uncastable, period, read_price
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.durations import as_decimal, as_double, as_single, decimal_text, shown_single
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.labels import from_labels, shown_labels


def read_card(sent: Mapping[str, Json], *, for_addon: bool) -> Row:
    """The card that a v3 body describes, in the stored form. Raises 400 and 500 Problems."""
    cadence = read_period(sent.get("billing_cadence"))
    usage_based = sent["price"]["type"] not in ("free", "flat")
    if usage_based and cadence is None:
        if for_addon:
            raise Problem(500)
        cadence = "P0D"
    if for_addon and sent.get("billing_cadence") is not None:
        usage_based = True
    card: Row = {
        "type": "usage_based" if usage_based else "flat_fee",
        "key": sent["key"],
        "name": sent["name"],
        "billingCadence": cadence,
        "price": _read_price(sent, flat_fee=not usage_based),
    }
    if sent.get("description") is not None:
        card["description"] = sent["description"]
    if metadata := from_labels(sent.get("labels")):
        card["metadata"] = metadata
    if sent.get("feature") is not None:
        card["featureId"] = sent["feature"]["id"]
    if sent.get("currency") is not None:
        card["currency"] = sent["currency"]
    if sent.get("entitlement") is not None:
        card["entitlementTemplate"] = _read_entitlement(sent["entitlement"], cadence)
    if sent.get("discounts"):
        card["discounts"] = _read_discounts(sent["discounts"])
    if sent.get("tax_config") is not None:
        card["taxConfig"] = _read_tax(sent["tax_config"])
    if sent.get("unit_config") is not None:
        card["unitConfig"] = _read_unit_config(sent["unit_config"])
    return card


def read_period(text: str | None) -> str | None:
    """A duration in canonical text; what passes the schema and is none raises the server's bare 500 Problem."""
    try:
        return None if text is None else period(text)
    except Uncastable:
        raise Problem(500) from None


def _read_price(sent: Mapping[str, Json], *, flat_fee: bool) -> Row | None:
    price = sent["price"]
    if price["type"] == "free":
        return None
    read: Row = {"type": price["type"], "amount": price.get("amount")}
    if price["type"] == "flat":
        read["paymentTerm"] = sent.get("payment_term") or "in_arrears"
    if price["type"] in ("graduated", "volume"):
        tiers = [_read_tier(tier) for tier in price["tiers"]]
        read = {"type": "tiered", "mode": price["type"], "tiers": tiers}
    commitments = sent.get("commitments") or {}
    read |= members.stored(commitments, members.COMMITMENTS)
    return read_price(read, flat_fee=flat_fee)


def _read_tier(tier: Mapping[str, Json]) -> Row:
    return members.stored(tier, members.TIER)


def _read_entitlement(sent: Mapping[str, Json], cadence: str | None) -> Row:
    if sent["type"] == "boolean":
        return {"type": "boolean"}
    if sent["type"] == "static":
        return {"type": "static", "config": _config_text(sent.get("config"))}
    usage = read_period(sent.get("usage_period"))
    usage = cadence if usage in (None, "P0D") else usage
    if usage in (None, "P0D"):
        what = "metered entitlement requires usage_period when it cannot be inferred from billing_cadence"
        raise Problem(400, f"validation error: {what}")
    read: Row = {"type": "metered", "isSoftLimit": sent.get("is_soft_limit", False), "usagePeriod": usage}
    if sent.get("limit") is not None:
        read["issueAfterReset"] = as_double(sent["limit"])
    return read


def _config_text(config: Json) -> str:
    """A value as Go writes it: members in order, no blanks, no signs of HTML."""
    text = json.dumps(config, default=_number, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _number(value: Json) -> Json:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def _read_discounts(sent: Mapping[str, Json]) -> Row:
    read: Row = {}
    if sent.get("percentage") is not None:
        read["percentage"] = {"percentage": as_decimal(as_single(sent["percentage"]))}
    if sent.get("usage") is not None:
        read["usage"] = {"quantity": decimal_text(sent["usage"])}
    return read


def _read_tax(sent: Mapping[str, Json]) -> Row:
    read: Row = {"taxCodeId": sent["code"]["id"]}
    if sent.get("behavior") is not None:
        read["behavior"] = sent["behavior"]
    return read


def _read_unit_config(sent: Mapping[str, Json]) -> Row:
    """Rounding `none` is no rounding; a precision without rounding means nothing and is dropped. Raises 400
    Problems.
    """
    read: Row = {"operation": sent["operation"], "conversionFactor": decimal_text(sent["conversion_factor"])}
    if sent.get("rounding") not in (None, "none"):
        read["rounding"], read["precision"] = sent["rounding"], sent.get("precision") or 0
    faults = []
    if Decimal(read["conversionFactor"]) <= 0:
        faults.append("conversion_factor must be greater than zero")
    if read.get("precision", 0) < 0:
        faults.append("precision must not be negative")
    if read.get("precision", 0) >= 2**31:
        faults.append(f"precision {read['precision']} overflows int32")
    if faults:
        raise Problem(400, "validation error: " + "\n".join(faults))
    if sent.get("display_unit") is not None:
        read["displayUnit"] = sent["display_unit"]
    return read


def shown_card(card: Mapping[str, Json], *, for_addon: bool, tax_codes: Mapping[str, Row]) -> Row:
    """The card as v3 gives it. `tax_codes`: the codes there are, by id; a plan's card shows only those."""
    flat_fee, price = card["type"] == "flat_fee", card["price"]
    shown: Row = {"key": card["key"], "name": card["name"], "price": _shown_price(price)}
    if for_addon:
        shown["labels"] = shown_labels(card.get("metadata"))
    for name in ("description", "currency"):
        if card.get(name) is not None:
            shown[name] = card[name]
    if card.get("featureId"):
        shown["feature"] = {"id": card["featureId"]}
    if card.get("billingCadence") and not (for_addon and flat_fee):
        shown["billing_cadence"] = card["billingCadence"]
    if price is not None and price["type"] == "flat" and (flat_fee or for_addon):
        shown["payment_term"] = price.get("paymentTerm") or "in_advance"
    if commitments := _shown_commitments(price):
        shown["commitments"] = commitments
    if discounts := _shown_discounts(card.get("discounts") or {}):
        shown["discounts"] = discounts
    if tax := _shown_tax(card.get("taxConfig"), tax_codes, for_addon=for_addon):
        shown["tax_config"] = tax
    if card.get("entitlementTemplate"):
        shown["entitlement"] = _shown_entitlement(card["entitlementTemplate"])
    if conversion := _shown_unit_config(card):
        shown["unit_config"] = conversion
    return shown


def _shown_price(price: Mapping[str, Json] | None) -> Row:
    if price is None:
        return {"type": "free"}
    if price["type"] == "tiered":
        return {"type": price["mode"], "tiers": [_shown_tier(tier) for tier in price["tiers"]]}
    if price["type"] == "dynamic":
        return {"type": "unit", "amount": "1"}
    return {"type": "flat" if price["type"] == "flat" else "unit", "amount": price["amount"]}


def _shown_tier(tier: Mapping[str, Json]) -> Row:
    shown = members.shown(tier, members.TIER)
    for name in shown.keys() & {"flat_price", "unit_price"}:
        shown[name] = {"type": name.split("_")[0], "amount": shown[name]["amount"]}
    return shown


def _shown_commitments(price: Mapping[str, Json] | None) -> Row:
    if price is None or price["type"] == "flat":
        return {}
    return members.shown(price, members.COMMITMENTS)


def _shown_discounts(discounts: Mapping[str, Json]) -> Row:
    shown: Row = {}
    if discounts.get("percentage"):
        shown["percentage"] = shown_single(discounts["percentage"]["percentage"])
    if discounts.get("usage"):
        shown["usage"] = discounts["usage"]["quantity"]
    return shown


def _shown_tax(tax: Mapping[str, Json] | None, tax_codes: Mapping[str, Row], *, for_addon: bool) -> Row:
    if not tax or (not for_addon and tax.get("taxCodeId") not in tax_codes):
        return {}
    shown: Row = {"code": {"id": tax.get("taxCodeId") or ""}}
    if tax.get("behavior"):
        shown["behavior"] = tax["behavior"]
    return shown


def _shown_entitlement(template: Mapping[str, Json]) -> Row:
    if template["type"] == "boolean":
        return {"type": "boolean"}
    if template["type"] == "static":
        config = template["config"]
        return {
            "type": "static",
            "config": json.loads(config, parse_float=Decimal) if isinstance(config, str) else config,
        }
    shown: Row = {"type": "metered", "is_soft_limit": template.get("isSoftLimit") or False}
    shown["usage_period"] = template["usagePeriod"]
    if template.get("issueAfterReset") is not None:
        shown["limit"] = template["issueAfterReset"]
    return shown


def _shown_unit_config(card: Mapping[str, Json]) -> Row:
    """The card's own conversion, else the one that a v1 dynamic or package price amounts to."""
    own, price = card.get("unitConfig"), card["price"]
    if own is not None:
        shown: Row = {"operation": own["operation"], "conversion_factor": own["conversionFactor"]}
        if own.get("rounding"):
            shown["rounding"], shown["precision"] = own["rounding"], own["precision"]
        if own.get("displayUnit") is not None:
            shown["display_unit"] = own["displayUnit"]
        return shown
    if price is not None and price["type"] == "dynamic":
        return {"operation": "multiply", "conversion_factor": price.get("multiplier") or "1"}
    if price is not None and price["type"] == "package":
        size = price["quantityPerPackage"]
        return {"operation": "divide", "conversion_factor": size, "rounding": "ceiling"}
    return {}


def refuse_unit_config(world: World, cards: Iterable[Mapping[str, Json]]) -> None:
    """A server without unit conversions takes no card with one. Raises a 400 Problem."""
    if not world.profile.unit_config and any(card.get("unit_config") is not None for card in cards):
        what = "unit_config is not enabled on this deployment of OpenMeter"
        raise Problem(400, f"validation error: {what}")
