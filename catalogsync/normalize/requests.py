"""Request bodies from manifest bodies, in the canonical write form at the end of semantics-productcatalog §7.

Creation sends what the author wrote, with nulls dropped, decimals and periods plain, and the server's defaults made explicit. An update is
complete: what the author left out is cleared by saying so (`""`, `{}`), because the server keeps it otherwise (§3.3, §4.2, §6.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from catalogsync.core import canon
from catalogsync.core.model import Kind, Ref
from catalogsync.normalize.scalars import decimal, embedded_text, is_zero_period, period
from catalogsync.openmeter.kinds import KEY_METADATA

Raw = Mapping[str, Any]
Body = dict[str, Any]

LIVE_SECRET = {"live": "signingSecret"}
"""Stands in a channel's PUT for the secret that the live channel has when the call is made; the server refuses a PUT without one."""

_DECIMALS = ("amount", "quantityPerPackage", "minimumAmount", "maximumAmount", "multiplier", "quantity")
_NUMBERS = ("issueAfterReset", "issueAfterResetPriority", "percentage", "value", "maxQuantity")


def _given(raw: Raw, names: Iterable[str]) -> Body:
    return {name: raw[name] for name in names if raw.get(name) is not None}


def placeholder(ref: Ref, slot: str = "active") -> str:
    """The id that an object's active or draft version has when the call is made (see `plan.Step`)."""
    return f"{{{ref}#{slot}}}"


def _price(raw: Raw) -> Body:
    out = {n: decimal(v) if n in _DECIMALS else v for n, v in raw.items() if v is not None}
    if raw["type"] == "flat":
        out.setdefault("paymentTerm", "in_advance")
    if raw["type"] == "tiered":
        out["tiers"] = [_tier(tier) for tier in raw.get("tiers") or ()]
    if out.get("multiplier") == "1":
        del out["multiplier"]
    return out


def _tier(raw: Raw) -> Body:
    out: Body = {}
    if raw.get("upToAmount") is not None:
        out["upToAmount"] = decimal(raw["upToAmount"])
    for name, kind in (("flatPrice", "flat"), ("unitPrice", "unit")):
        value = raw.get(name)
        amount = value.get("amount") if isinstance(value, Mapping) else value
        out[name] = None if amount is None else {"type": kind, "amount": decimal(amount)}
    return out


def _entitlement(raw: Raw, cadence: str | None) -> Body:
    out: Body = {n: canon.number(v) if n in _NUMBERS else v for n, v in raw.items() if v is not None}
    if raw["type"] == "static":
        out["config"] = embedded_text(raw.get("config"))
    if raw["type"] == "metered":
        out.setdefault("isSoftLimit", False)
        usage = raw.get("usagePeriod")
        chosen = period(usage) if usage and not is_zero_period(usage) else cadence
        if chosen is not None:
            out["usagePeriod"] = chosen
    return out


def _tax(raw: Raw) -> Body:
    out = _given(raw, ("behavior", "taxCodeId"))
    if raw.get("stripe"):
        out["stripe"] = {"code": raw["stripe"]["code"]}
    return out


def _discounts(raw: Raw) -> Body:
    out: Body = {}
    if raw.get("percentage"):
        out["percentage"] = {"percentage": canon.number(raw["percentage"]["percentage"])}
    if raw.get("usage"):
        out["usage"] = {"quantity": decimal(raw["usage"]["quantity"])}
    return out


def _card(raw: Raw) -> Body:
    out = _given(raw, ("type", "key", "name", "description", "metadata", "featureKey"))
    cadence = period(raw["billingCadence"]) if raw.get("billingCadence") is not None else None
    out["billingCadence"] = cadence
    out["price"] = _price(raw["price"]) if raw.get("price") is not None else None
    if raw.get("entitlementTemplate") is not None:
        out["entitlementTemplate"] = _entitlement(raw["entitlementTemplate"], cadence)
    if raw.get("taxConfig") is not None:
        out["taxConfig"] = _tax(raw["taxConfig"])
    if raw.get("discounts"):
        out["discounts"] = _discounts(raw["discounts"])
    return out


def _phase(raw: Raw) -> Body:
    out = _given(raw, ("key", "name", "description", "metadata"))
    out["duration"] = period(raw["duration"]) if raw.get("duration") is not None else None
    out["rateCards"] = [_card(item) for item in raw.get("rateCards") or ()]
    return out


def _plan(raw: Raw) -> Body:
    out = _given(raw, ("name", "description", "metadata"))
    pro_rating = raw.get("proRatingConfig") or {}
    out["billingCadence"] = period(raw["billingCadence"])
    out["proRatingConfig"] = {
        "enabled": pro_rating.get("enabled", True),
        "mode": pro_rating.get("mode") or "prorate_prices",
    }
    out["settlementMode"] = raw.get("settlementMode") or "credit_then_invoice"
    out["phases"] = [_phase(item) for item in raw["phases"]]
    return out


def _addon(raw: Raw) -> Body:
    out = _given(raw, ("name", "description", "metadata", "instanceType"))
    out["rateCards"] = [_card(item) for item in raw.get("rateCards") or ()]
    return out


def _version(raw: Raw, key: str, shape: Callable[[Raw], Body]) -> Body:
    return {"key": key, "currency": raw["currency"], **shape(raw)}


def _cleared(body: Body) -> Body:
    return {"description": "", "metadata": {}, **body}


def _meter(raw: Raw, key: str) -> Body:
    names = ("aggregation", "eventType", "eventFrom", "valueProperty", "groupBy", "metadata")
    texts = {name: raw[name] for name in ("name", "description") if raw.get(name)}
    return {"slug": key, **texts, **_given(raw, names)}


def _meter_update(raw: Raw, key: str) -> Body:
    body: Body = {
        "name": raw.get("name") or key,
        "groupBy": raw.get("groupBy") or {},
        "metadata": raw.get("metadata") or {},
    }
    return {**body, "description": raw["description"]} if raw.get("description") else body


def _feature(raw: Raw, key: str) -> Body:
    names = ("name", "metadata", "meterSlug", "meterGroupByFilters", "advancedMeterGroupByFilters")
    out = {"key": key, **_given(raw, names)}
    if raw.get("unitCost") is not None:
        cost = {n: v for n, v in raw["unitCost"].items() if v is not None}
        out["unitCost"] = cost if "amount" not in cost else {**cost, "amount": decimal(cost["amount"])}
    return out


def _channel(raw: Raw, key: str) -> Body:
    out = _given(raw, ("type", "name", "url", "customHeaders", "signingSecret"))
    out["disabled"] = bool(raw.get("disabled"))
    out["metadata"] = {**(raw.get("metadata") or {}), KEY_METADATA: key}
    return out


def _channel_update(raw: Raw, key: str) -> Body:
    return {"customHeaders": {}, "signingSecret": LIVE_SECRET, **_channel(raw, key)}


def _rule(raw: Raw, key: str) -> Body:
    out = _given(raw, ("type", "name"))
    out["disabled"] = bool(raw.get("disabled"))
    out["channels"] = [placeholder(Ref(Kind.CHANNEL, name)) for name in dict.fromkeys(raw["channels"])]
    if raw.get("features"):
        out["features"] = list(raw["features"])
    if raw.get("thresholds"):
        out["thresholds"] = [{**t, "value": canon.number(t["value"])} for t in raw["thresholds"]]
    out["metadata"] = {**(raw.get("metadata") or {}), KEY_METADATA: key}
    return out


def create(kind: Kind, raw: Raw, key: str) -> Body:
    """The POST body that makes the object (a plan's or add-on's new version) that the manifest body describes."""
    match kind:
        case Kind.METER:
            return _meter(raw, key)
        case Kind.FEATURE:
            return _feature(raw, key)
        case Kind.ADDON:
            return _version(raw, key, _addon)
        case Kind.PLAN:
            return _version(raw, key, _plan)
        case Kind.CHANNEL:
            return _channel(raw, key)
        case Kind.RULE:
            return _rule(raw, key)


def update(kind: Kind, raw: Raw, key: str) -> Body:
    """The complete PUT body. Features have none: raises ValueError."""
    match kind:
        case Kind.METER:
            return _meter_update(raw, key)
        case Kind.ADDON:
            return _cleared(_addon(raw))
        case Kind.PLAN:
            return _cleared(_plan(raw))
        case Kind.CHANNEL:
            return _channel_update(raw, key)
        case Kind.RULE:
            return _rule(raw, key)
        case Kind.FEATURE:
            raise ValueError("features cannot be updated")


def attach(raw: Raw, addon_id: str) -> Body:
    """The POST body of an assignment. Its metadata is sent and yet dropped by the server: a PUT has to follow (§6.2)."""
    return {"addonId": addon_id, **_assignment(raw)}


def update_attachment(raw: Raw) -> Body:
    """The PUT body of an assignment."""
    return {"metadata": {}, **_assignment(raw)}


def _assignment(raw: Raw) -> Body:
    out = _given(raw, ("fromPlanPhase", "maxQuantity", "metadata"))
    if "maxQuantity" in out:
        out["maxQuantity"] = canon.number(out["maxQuantity"])
    return out
