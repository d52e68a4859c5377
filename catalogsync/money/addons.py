"""What a bought add-on makes of a phase's rate cards, as OpenMeter applies it to a subscription.

Each rate card of the add-on is applied as often as the add-on is bought. Where the phase has a card of the same key, flat amounts, what a
metered entitlement issues and usage discounts are added to it; its term, cadence and percentage discount stay. Where it has none, the
add-on's card becomes a card of the subscription. Read in OpenMeter's source: `openmeter/subscription/addon/extend.go`, `diff/apply.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from catalogsync.core import canon
from catalogsync.core.canon import Body
from catalogsync.money.card import NotRatedError, number
from catalogsync.money.exact import add, multiply

ONCE = 1


def with_addon(card: Body | None, addon: Body, quantity: int) -> Body:
    """The phase's card (None: it has none of this key) with the add-on's card applied `quantity` times (at least once).

    Raises NotRatedError where the server refuses to apply it.
    """
    if card is None:
        return _extended(addon, addon, quantity - ONCE) if quantity > ONCE else addon
    return _extended(card, addon, quantity)


def _extended(card: Body, addon: Body, times: int) -> Body:
    _check_percentages(card, addon)
    merged = dict(card)
    for name, merge in (("price", _price), ("entitlementTemplate", _entitlement)):
        extra = addon.get(name)
        if isinstance(extra, Mapping):
            merged[name] = merge(card.get(name), extra, times)
    free = _free(addon)
    if free is not None:
        more = multiply(free, Decimal(times))
        own = _free(card)
        discounts = card.get("discounts")
        base = discounts if isinstance(discounts, Mapping) else {}
        quantity = canon.decimal_text(more if own is None else add(own, more))
        merged["discounts"] = {**base, "usage": {"quantity": quantity}}
    return merged


def _check_percentages(card: Body, addon: Body) -> None:
    both = [isinstance(d := one.get("discounts"), Mapping) and d.get("percentage") for one in (card, addon)]
    if all(both):
        raise NotRatedError("a card with a percentage discount takes no second one")


def _price(own: object, extra: Body, times: int) -> object:
    if not isinstance(own, Mapping):
        if times > ONCE:
            return _price(extra, extra, times - ONCE)
        return extra
    if own.get("type") != "flat" or extra.get("type") != "flat":
        raise NotRatedError("only a flat price can be added to a price")
    more = multiply(number(extra.get("amount"), "amount"), Decimal(times))
    return {**own, "amount": canon.decimal_text(add(number(own.get("amount"), "amount"), more))}


def _entitlement(own: object, extra: Body, times: int) -> object:
    if not isinstance(own, Mapping):
        return extra if times <= ONCE else _entitlement(extra, extra, times - ONCE)
    kind = own.get("type")
    if kind != extra.get("type") or kind == "static":
        raise NotRatedError("these entitlements cannot be added to each other")
    if kind != "metered":
        return own
    issued = [number(one.get("issueAfterReset") or 0, "issueAfterReset") for one in (own, extra)]
    return {**own, "issueAfterReset": canon.number(add(issued[0], multiply(issued[1], Decimal(times))))}


def _free(card: Body) -> Decimal | None:
    discounts = card.get("discounts")
    usage = discounts.get("usage") if isinstance(discounts, Mapping) else None
    return number(usage.get("quantity"), "discounts.usage.quantity") if isinstance(usage, Mapping) else None
