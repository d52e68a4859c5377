"""What v1 and v3 cards have in common once they are stored: durations and prices in canonical text. Pure.

Source: docs/server/rate-cards.md#rate-cards. A stored card is v1's spelling with canonical decimals and durations, plus
`featureId`, and v3's `unitConfig` and `currency` where v3 wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Json, Row
from catalogsync.sandbox.domain.durations import BadDecimal, BadDuration, decimal_text, parse

_PRICE_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "flat": ("amount",),
    "unit": ("amount", "minimumAmount", "maximumAmount"),
    "tiered": ("minimumAmount", "maximumAmount"),
    "dynamic": ("multiplier", "minimumAmount", "maximumAmount"),
    "package": ("amount", "quantityPerPackage", "minimumAmount", "maximumAmount"),
}
_MODES = ("graduated", "volume")
_TERMS = ("in_advance", "in_arrears")


class Uncastable(ValueError):
    """A value that passed the validator and cannot be brought into the domain's form; the message is the server's."""


def period(text: str) -> str:
    """A duration in canonical text. Raises Uncastable."""
    try:
        return str(parse(text))
    except BadDuration as fault:
        raise Uncastable(f"failed to parse duration '{text}': {fault}") from None


def _amount(text: str, what: str) -> str:
    try:
        return decimal_text(text)
    except BadDecimal as fault:
        raise Uncastable(f"{what}: {fault}") from None


def read_price(sent: Mapping[str, Json] | None, *, flat_fee: bool) -> Row | None:
    """The stored form of a price; members of other price types are dropped (docs/server/rate-cards.md#prices). Raises Uncastable."""
    if sent is None:
        return None
    if flat_fee:
        amount = _amount(sent["amount"], "failed to cast Price Amount to decimal")
        return {"type": "flat", "amount": amount, "paymentTerm": _term(sent)}
    try:
        return _read_usage_price(sent)
    except Uncastable as fault:
        raise Uncastable(f"failed to cast Price: {fault}") from None


def _term(sent: Mapping[str, Json]) -> Json:
    term = sent.get("paymentTerm")
    return term if term in _TERMS else "in_advance"


def _read_usage_price(sent: Mapping[str, Json]) -> Row:
    kind = sent["type"]
    price: Row = {"type": kind}
    if kind == "tiered":
        if sent["mode"] not in _MODES:
            raise Uncastable(f"failed to cast TieredPriceMode: invalid TieredPrice mode: {sent['mode']}")
        price["mode"] = sent["mode"]
    for name in _PRICE_MEMBERS[kind]:
        if sent.get(name) is not None:
            # a tiered price's commitments are told as a unit price's maximum
            said = (
                "MaximumAmount of UnitPrice"
                if kind == "tiered"
                else f"{_capital(name)} of {_capital(kind)}Price"
            )
            price[name] = _amount(sent[name], f"failed to cast {said} to decimal")
    if kind == "flat" and sent.get("paymentTerm") is not None:
        price["paymentTerm"] = _term(sent)
    if kind == "dynamic":
        price.setdefault("multiplier", "1")
    if kind == "tiered":
        price["tiers"] = [_read_tier(tier) for tier in sent["tiers"]]
    return price


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _read_tier(sent: Mapping[str, Json]) -> Row:
    lead = "failed to cast PriceTier: invalid"
    tier: Row = {}
    if sent.get("upToAmount") is not None:
        tier["upToAmount"] = _amount(sent["upToAmount"], f"{lead} UpToAmount for PriceTier")
    for name, kind in (("flatPrice", "flat"), ("unitPrice", "unit")):
        price = sent.get(name)
        what = f"{lead} Amount for {_capital(name)} component in PriceTier"
        tier[name] = None if price is None else {"type": kind, "amount": _amount(price["amount"], what)}
    return tier
