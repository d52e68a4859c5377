"""Rate cards in normal form (docs/server/rate-cards.md#rate-cards, docs/server/readback.md#normal-form), and from it as requests and manifests.
Manifests and answers are read alike.

Written for speed (a catalog holds tens of thousands of cards): no copies, no generic walk, one small dict per part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from catalogsync.core import canon
from catalogsync.openmeter.kinds.texts import given, texts
from catalogsync.openmeter.scalars import as_number, decimal, embedded, embedded_text, is_zero_period, period

_AMOUNTS = ("amount", "quantityPerPackage", "minimumAmount", "maximumAmount")
_ENDLESS = Decimal("Infinity")


def price(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A price: decimals plain (N1), a flat price's term filled in (N3), tiers by size (N22), a multiplier of 1 left out (N4)."""
    kind = raw["type"]
    out: dict[str, Any] = {"type": kind}
    for name in _AMOUNTS:
        if name in raw and raw[name] is not None:
            out[name] = decimal(raw[name])
    if kind == "flat":
        out["paymentTerm"] = raw.get("paymentTerm") or "in_advance"
    elif kind == "tiered":
        out["mode"] = raw.get("mode")
        out["tiers"] = [_tier(tier) for tier in raw.get("tiers") or ()]
        out["tiers"].sort(key=_size)
    elif kind == "dynamic" and raw.get("multiplier") is not None:
        multiplier = decimal(raw["multiplier"])
        if multiplier != "1":
            out["multiplier"] = multiplier
    return out


def _size(tier: Mapping[str, Any]) -> Decimal:
    upper = tier.get("upToAmount")
    return _ENDLESS if upper is None else as_number(upper)


def _tier(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return _tier_of(raw.get("upToAmount"), _amount(raw.get("flatPrice")), _amount(raw.get("unitPrice")))


def _amount(price: Any) -> Any:
    return price.get("amount") if isinstance(price, dict) else price


@lru_cache(maxsize=65536)
def _tier_of(upper: Any, flat: Any, unit: Any) -> Mapping[str, Any]:
    """One dict for all equal tiers: a catalog repeats its tiers, and what is the same object is compared at once."""
    out: dict[str, Any] = {}
    if upper is not None:
        out["upToAmount"] = decimal(upper)
    if flat is not None:
        out["flatPrice"] = {"type": "flat", "amount": decimal(flat)}
    if unit is not None:
        out["unitPrice"] = {"type": "unit", "amount": decimal(unit)}
    return out


def entitlement(raw: Mapping[str, Any], cadence: str | None) -> dict[str, Any]:
    """An entitlement template: a metered one always has isSoftLimit and usagePeriod (N5, N6), a static one its parsed config (N31)."""
    kind = raw["type"]
    out: dict[str, Any] = {"type": kind}
    if kind == "metered":
        _metered(raw, out, cadence)
    elif kind == "static":
        out["config"] = embedded(raw.get("config"))
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]
    return out


def _metered(raw: Mapping[str, Any], out: dict[str, Any], cadence: str | None) -> None:
    out["isSoftLimit"] = bool(raw.get("isSoftLimit"))
    if raw.get("issueAfterReset") is not None:
        out["issueAfterReset"] = canon.double(raw["issueAfterReset"])
    if raw.get("issueAfterResetPriority") is not None:
        out["issueAfterResetPriority"] = canon.number(raw["issueAfterResetPriority"])
    if raw.get("preserveOverageAtReset"):
        out["preserveOverageAtReset"] = True
    usage = raw.get("usagePeriod")
    if usage and not is_zero_period(usage):
        out["usagePeriod"] = period(usage)
    elif cadence is not None:
        out["usagePeriod"] = cadence


def tax(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A tax config; customInvoicing is never stored (N13). Which of stripe code and tax code id counts is for `align` (N11, N12)."""
    out: dict[str, Any] = {name: raw[name] for name in ("behavior", "taxCodeId") if raw.get(name)}
    stripe = raw.get("stripe")
    if stripe and stripe.get("code"):
        out["stripe"] = {"code": stripe["code"]}
    return out


def discounts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Discounts; none at all is absent (N23, N24)."""
    out: dict[str, Any] = {}
    percentage, usage = raw.get("percentage"), raw.get("usage")
    if percentage:
        out["percentage"] = {"percentage": canon.double(percentage["percentage"])}
    if usage:
        out["usage"] = {"quantity": decimal(usage["quantity"])}
    return out


def card(raw: Mapping[str, Any]) -> dict[str, Any]:
    """One rate card without its key."""
    out: dict[str, Any] = {"type": raw["type"], "name": raw.get("name")}
    texts(raw, out)
    if raw.get("featureKey"):
        out["featureKey"] = raw["featureKey"]
    cadence = raw.get("billingCadence")
    if cadence is not None:
        cadence = out["billingCadence"] = period(cadence)
    if raw.get("price") is not None:
        out["price"] = price(raw["price"])
    if raw.get("entitlementTemplate"):
        out["entitlementTemplate"] = entitlement(raw["entitlementTemplate"], cadence)
    if raw.get("taxConfig"):
        _put(out, "taxConfig", tax(raw["taxConfig"]))
    if raw.get("discounts"):
        _put(out, "discounts", discounts(raw["discounts"]))
    return out


def _put(out: dict[str, Any], name: str, part: dict[str, Any]) -> None:
    if part:
        out[name] = part


def by_key(raws: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rate cards by key: the server promises no order (N20)."""
    return {raw["key"]: card(raw) for raw in raws}


Raw = Mapping[str, Any]


def requests(normal: Raw) -> list[dict[str, Any]]:
    """The cards as a request says them: the members that the server requires are there, null where they say nothing
    (docs/server/readback.md#normal-form).
    """
    return [_request(key, item) for key, item in normal.items()]


def _request(key: str, normal: Raw) -> dict[str, Any]:
    out = {
        "type": normal["type"],
        "key": key,
        **given(normal, ("name", "description", "metadata", "featureKey")),
    }
    out["billingCadence"] = normal.get("billingCadence")
    out["price"] = _price_request(normal["price"]) if "price" in normal else None
    if "entitlementTemplate" in normal:
        out["entitlementTemplate"] = _entitlement_request(normal["entitlementTemplate"])
    return out | given(normal, ("taxConfig", "discounts"))


def _price_request(normal: Raw) -> Raw:
    if normal["type"] != "tiered":
        return normal
    tiers = [{"flatPrice": None, "unitPrice": None, **tier} for tier in normal["tiers"]]
    return {**normal, "tiers": tiers}


def _entitlement_request(normal: Raw) -> Raw:
    return {**normal, "config": embedded_text(normal["config"])} if normal["type"] == "static" else normal


def manifests(normal: Raw) -> list[dict[str, Any]]:
    """The cards as a manifest says them. A tax code's id is the server's own where there is a Stripe code."""
    return [_manifest(key, item) for key, item in normal.items()]


def _manifest(key: str, normal: Raw) -> dict[str, Any]:
    out: dict[str, Any] = {"type": normal["type"], "key": key, **normal}
    tax_config = normal.get("taxConfig")
    if tax_config and "stripe" in tax_config:
        out["taxConfig"] = {name: value for name, value in tax_config.items() if name != "taxCodeId"}
    return out


def aligned(expected: Raw, live: Raw) -> dict[str, Any]:
    """The live cards as far as they can be told from the expected ones: the server completes tax codes from its own table (N11, N12)."""
    return {key: _aligned(expected[key], item) if key in expected else item for key, item in live.items()}


def _aligned(expected: Raw, live: Raw) -> Raw:
    ours, theirs = expected.get("taxConfig"), live.get("taxConfig")
    if not ours or not theirs or ours == theirs:
        return live
    return {**live, "taxConfig": _aligned_tax(ours, theirs)}


def _aligned_tax(ours: Raw, theirs: Raw) -> Raw:
    """The id wins where the author gives one (the Stripe code is the server's then); else a Stripe code is completed by an id."""
    out = dict(theirs)
    if "taxCodeId" in ours:
        out.pop("stripe", None)
        if "stripe" in ours:
            out["stripe"] = ours["stripe"]
    elif "stripe" in ours:
        out.pop("taxCodeId", None)
    return out
