"""What to write instead: the repair that is probably meant first, with its value, and what the other one would mean. Pure.

A value in a hint comes from the catalog itself, or is a visible `…`: what looks like an answer is copied as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from catalogsync.openmeter import jsonpath
from catalogsync.openmeter.kinds.rate_card_shapes import Tier, TierPrice
from catalogsync.openmeter.scalars import Amount

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_BEFORE_NAMES = re.compile(r"^(?:\$|\{\{?|@|\.|/|\s)+|(?:\}|\s)+$")
_PARTED = re.compile(r"[./]")


def highest(tiers: Sequence[Tier], value: Callable[[object], Decimal]) -> int:
    """Which of tiers that all end is the last one: that which ends highest, but for a last one that ends at 0, as some write no end."""
    end = len(tiers) - 1
    if end >= 0 and not value(tiers[end].get("upToAmount")):
        return end
    return max(range(len(tiers)), key=lambda n: (value(tiers[n]["upToAmount"]), n), default=0)


def open_tier(tiers: Sequence[Tier], last: int, value: Callable[[object], Decimal]) -> str:
    """What to do about tiers that all end, the one at `last` the highest: a bound too many, unless that tier is free."""
    if not tiers:
        return "add a tier without upToAmount, with the price of all usage"
    bound = tiers[last].get("upToAmount")
    lower = [tier["upToAmount"] for n, tier in enumerate(tiers) if n != last and "upToAmount" in tier]
    below = f"all usage above {max(lower, key=value)}" if lower else "all usage"
    tier = tiers[last]
    free = not any(value(_price(price)) for price in (tier.get("flatPrice"), tier.get("unitPrice")))
    remove = f"remove `upToAmount: {bound}` if {below} {'is free' if free else 'has the price of this tier'}"
    above = max((bound, *lower), key=value)
    add = f"add a tier without upToAmount, with the price of usage above {above}"
    return f"{add}; or {remove}" if free else f"{remove}; else {add}"


def _price(price: TierPrice | Amount | None) -> object:
    return price["amount"] if isinstance(price, dict) else price or 0


def one_of_two_keys(key: str, feature: str, *, featured: bool, taken: Collection[str]) -> str:
    """What to do about a card whose key is not its feature's: which of both is right is not known.

    `featured`: there is a feature of the card's key; `taken`: the keys of the other cards beside it.
    """
    first, second = feature not in taken, featured and key not in taken
    if first and second:
        return f"write `key: {feature}` if the card is for `{feature}`, or `featureKey: {key}` if it is for `{key}`"
    if first:
        return f"write `key: {feature}`"
    if second:
        return f"write `featureKey: {key}`: `{feature}` has a card here already"
    return "both keys have a card here already: remove this one, or give it a feature of its own"


def count(name: str, value: object, endless: str) -> str:
    """What to write in place of a negative count: the same without its sign. `endless`: what it means that the field is left out; -1 is how
    other systems say that. An amount of money is not one: a reduction does not become a charge.
    """
    positive, remove = f"write `{name}: {str(value).lstrip('-')}`", f"remove {name} if {endless}"
    if str(value) == "-1":
        return f"{remove}; {positive} if the sign is a slip"
    return f"{positive} if the sign is a slip; {remove}"


def json_path(path: str) -> str:
    """What to write in place of what is not a JSON path: its names as one, below the event's data."""
    names = [name for name in _PARTED.split(_BEFORE_NAMES.sub("", path)) if name]
    while len(names) > 1 and names[0] in ("event", "data"):
        names = names[1:]
    written = "$" + "".join(f".{name}" if _BARE.fullmatch(name) else f'."{name}"' for name in names)
    if (
        not names
        or re.search(r"[^A-Za-z0-9_ -]", "".join(names), re.ASCII)
        or not jsonpath.is_accepted(written)
    ):
        return 'write `$.…`: `$` is the event\'s data; unusual names stand in quotes: $."a b"'
    return f"write `{written}`: `$` is the event's data"
