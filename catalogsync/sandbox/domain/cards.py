"""What v1 and v3 cards have in common once they are stored: durations and prices in canonical text. Pure.

Source: docs/server/rate-cards.md#rate-cards. A stored card is v1's spelling with canonical decimals and durations, plus
`featureId`, and v3's `unitConfig` and `currency` where v3 wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Json, Row
from catalogsync.sandbox.domain.durations import BadDuration, decimal_text, parse

_PRICE_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "flat": ("amount",),
    "unit": ("amount", "minimumAmount", "maximumAmount"),
    "tiered": ("minimumAmount", "maximumAmount"),
    "dynamic": ("multiplier", "minimumAmount", "maximumAmount"),
    "package": ("amount", "quantityPerPackage", "minimumAmount", "maximumAmount"),
}


class Uncastable(ValueError):
    """A value that passed the validator and cannot be brought into the domain's form; the message is the server's."""


def period(text: str) -> str:
    """A duration in canonical text. Raises Uncastable."""
    try:
        return str(parse(text))
    except BadDuration as fault:
        raise Uncastable(f"failed to parse duration '{text}': {fault}") from None


def read_price(sent: Mapping[str, Json] | None, *, flat_fee: bool) -> Row | None:
    """The stored form of a price; members of other price types are dropped (docs/server/rate-cards.md#prices)."""
    if sent is None:
        return None
    kind = sent["type"]
    price: Row = {"type": kind}
    for name in _PRICE_MEMBERS[kind]:
        if sent.get(name) is not None:
            price[name] = decimal_text(sent[name])
    if kind == "flat" and (flat_fee or sent.get("paymentTerm")):
        price["paymentTerm"] = sent.get("paymentTerm") or "in_advance"
    if kind == "dynamic":
        price.setdefault("multiplier", "1")
    if kind == "tiered":
        price["mode"] = sent["mode"]
        price["tiers"] = [_read_tier(tier) for tier in sent["tiers"]]
    return price


def _read_tier(sent: Mapping[str, Json]) -> Row:
    tier: Row = {}
    if sent.get("upToAmount") is not None:
        tier["upToAmount"] = decimal_text(sent["upToAmount"])
    for name, kind in (("flatPrice", "flat"), ("unitPrice", "unit")):
        price = sent.get(name)
        tier[name] = None if price is None else {"type": kind, "amount": decimal_text(price["amount"])}
    return tier
