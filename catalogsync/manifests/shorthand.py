"""The one shorthand: a tier's prices as an amount alone. Pure.

`flatPrice: 0` in a tier means `{type: flat, amount: 0}`, `unitPrice: 0.01` means `{type: unit, amount:
0.01}`: there each of the two can have one type only. Nowhere else is a shorthand allowed: `price: 49` could
be flat or per unit. `fmt` and `export` write it wherever it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.model import Kind

TIER_PRICES = {"flatPrice": "flat", "unitPrice": "unit"}
"""A tier's members that hold prices, and the only type that each can have."""

_TierRule = Callable[[str, Json], Json]


def expand(kind: Kind, body: JsonObject) -> JsonObject:
    """The body with every shorthand in its full form. The given body is left as it is; what needs no change
    is shared with it.
    """
    return _in_tiers(kind, body, _expanded)


def contract(kind: Kind, body: JsonObject) -> JsonObject:
    """The body with every tier's price as an amount alone where it says no more than that. The inverse of
    `expand`.
    """
    return _in_tiers(kind, body, short)


def _expanded(name: str, value: Json) -> Json:
    if value is None or isinstance(value, Mapping):
        return value
    return {"type": TIER_PRICES[name], "amount": value}


def short(name: str, value: Json) -> Json:
    """The amount alone of a tier's price; the price itself when it says more."""
    if isinstance(value, Mapping) and set(value) == {"type", "amount"} and value["type"] == TIER_PRICES[name]:
        return value["amount"]
    return value


def _in_tiers(kind: Kind, body: JsonObject, rule: _TierRule) -> JsonObject:
    if kind is Kind.PLAN and "phases" in body:
        return {**body, "phases": [_in_cards(phase, rule) for phase in _list(body["phases"])]}
    return _in_cards(body, rule) if kind is Kind.ADDON else body


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else []


def _in_cards(holder: Json, rule: _TierRule) -> JsonObject:
    assert isinstance(holder, Mapping)
    if "rateCards" not in holder:
        return holder
    return {**holder, "rateCards": [_in_card(card, rule) for card in _list(holder["rateCards"])]}


def _in_card(card: Json, rule: _TierRule) -> Json:
    price = card.get("price") if isinstance(card, Mapping) else None
    if not isinstance(card, Mapping) or not isinstance(price, Mapping) or "tiers" not in price:
        return card
    tiers = [
        {n: rule(n, v) if n in TIER_PRICES else v for n, v in tier.items()}
        if isinstance(tier, Mapping)
        else tier
        for tier in _list(price["tiers"])
    ]
    return {**card, "price": {**price, "tiers": tiers}}
