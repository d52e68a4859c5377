"""The one shorthand: a tier's prices as an amount alone. Pure.

`flatPrice: 0` in a tier means `{type: flat, amount: 0}`, `unitPrice: 0.01` means `{type: unit, amount:
0.01}`: there each of the two can have one type only. Nowhere else is a shorthand allowed: `price: 49` could
be flat or per unit. `fmt` and `export` write it wherever it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import KINDS, MemberPath

TIER_PRICES = {"flatPrice": "flat", "unitPrice": "unit"}
"""A tier's members that hold prices, and the only type that each can have."""

_TierRule = Callable[[str, object], object]


def expand(kind: Kind, body: Body) -> Body:
    """The body with every shorthand in its full form. The given body is left as it is; what needs no change
    is shared with it.
    """
    return _in_tiers(kind, body, _expanded)


def contract(kind: Kind, body: Body) -> Body:
    """The body with every tier's price as an amount alone where it says no more than that. The inverse of
    `expand`.
    """
    return _in_tiers(kind, body, short)


def _expanded(name: str, value: object) -> object:
    if value is None or isinstance(value, Mapping):
        return value
    return {"type": TIER_PRICES[name], "amount": value}


def short(name: str, value: object) -> object:
    """The amount alone of a tier's price; the price itself when it says more."""
    if isinstance(value, Mapping) and set(value) == {"type", "amount"} and value["type"] == TIER_PRICES[name]:
        return value["amount"]
    return value


def _in_tiers(kind: Kind, body: Body, rule: _TierRule) -> Body:
    for path in KINDS[kind].lists:
        if path[-1] == "tiers":
            body = _in_members(body, path, rule)
    return body


def _in_members(holder: Body, path: MemberPath, rule: _TierRule) -> Body:
    name, *below = path
    if name not in holder:
        return holder
    return {**holder, name: _below(holder[name], tuple(below), rule)}


def _below(value: object, path: MemberPath, rule: _TierRule) -> object:
    if isinstance(value, Mapping):
        return _in_members(value, path, rule) if path else {n: _price(n, v, rule) for n, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_below(item, path, rule) for item in value]
    return value


def _price(name: str, value: object, rule: _TierRule) -> object:
    return rule(name, value) if name in TIER_PRICES else value
