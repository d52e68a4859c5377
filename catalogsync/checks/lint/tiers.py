"""The tiers of a price as lint's rules look at them: in order, with numbers in place of text.

Nearly all tiers of nearly all catalogs are beyond doubt: graduated, in order, free at first or never, and cheaper the more is used. One
look tells so, and spares the rules about tiers the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from catalogsync.openmeter.kinds.rate_card_shapes import Price, TierPrice
from catalogsync.openmeter.kinds.rate_card_shapes import Tier as WrittenTier
from catalogsync.openmeter.scalars import Amount

_NOTHING = Decimal(0)
ENDLESS = Decimal("Infinity")
FAR = 100
"""From so many times its like on, an amount is taken for a slip."""


class Tier(NamedTuple):
    """Up to which quantity it goes (ENDLESS for the open one), its prices (0 for none), and where it stands in the file."""

    end: Decimal
    flat: Decimal
    unit: Decimal
    place: int


class Tariff(NamedTuple):
    """What a price with tiers comes to: the quantity that is free at first (0 for none) and what the first unit costs that is charged
    (0 for none), each with the position of the tier that says so; and the tiers in order if anything about them is not beyond doubt.
    """

    free: Decimal
    free_at: int
    unit: Decimal
    unit_at: int
    doubtful: Sequence[Tier] = ()

    @property
    def from_the_first(self) -> bool:
        """Whether each unit of the first tier costs something; a fixed amount for the whole tier includes its units."""
        return bool(self.unit) and not self.free and self.unit_at == self.free_at


def is_free(tier: Tier) -> bool:
    """Whether nothing in it costs anything."""
    return not (tier.flat or tier.unit)


def is_sorted(tiers: Sequence[Tier]) -> bool:
    """Whether no tier of a ladder stands in the file below a larger one."""
    return all(one.place < other.place or one.end == other.end for one, other in itertools.pairwise(tiers))


def steps(tiers: Sequence[Tier]) -> Iterator[tuple[Tier, Tier]]:
    """Tiers of a ladder that follow each other, the lower of which has an end."""
    return ((one, other) for one, other in itertools.pairwise(tiers) if one.end != ENDLESS)


def amount(value: Amount) -> Decimal:
    """An amount as written, as a number."""
    return value if isinstance(value, Decimal) else Decimal(value)


def tariff(price: Price) -> Tariff:
    """A price of type tiered, read."""
    return _plain(price) or _of_ladder(ladder(price["tiers"]))


def _of_ladder(tiers: Sequence[Tier]) -> Tariff:
    first = tiers[0]
    paid = next((tier for tier in tiers if tier.unit), first)
    free = first.end if is_free(first) and first.end != ENDLESS else _NOTHING
    return Tariff(free, first.place, paid.unit, paid.place, tiers)


def _plain(price: Price) -> Tariff | None:
    """What a price is whose tiers are beyond doubt; None for any other. Runs for every tier of a catalog: numbers stay as they are."""
    if price["mode"] != "graduated":
        return None
    end: int | Decimal = 0
    free, first, first_at, usual = end, end, 0, end
    for n, tier in enumerate(price["tiers"]):
        below, upper = end, tier.get("upToAmount")
        end = ENDLESS if upper is None else Decimal(upper) if isinstance(upper, str) else upper
        flat, unit = tier.get("flatPrice"), tier.get("unitPrice")
        cost = _number(unit) if unit is not None else 0
        if end <= below or (usual and not cost <= usual < cost * FAR):
            return None
        if not cost:  # only a first tier is free without a doubt
            if n or (flat is not None and _number(flat)):
                return None
            free = end
        elif not usual:
            first, first_at = cost, n
        usual = cost
    return _beyond_doubt(free, first, first_at) if end == ENDLESS and first else None


@lru_cache(maxsize=4096)  # many prices come to the same
def _beyond_doubt(free: int | Decimal, unit: int | Decimal, unit_at: int) -> Tariff:
    return Tariff(Decimal(free), 0, Decimal(unit), unit_at)


def _number(price: TierPrice | Amount) -> int | Decimal:
    value = price["amount"] if isinstance(price, dict) else price
    return Decimal(value) if isinstance(value, str) else value


def ladder(tiers: Sequence[WrittenTier]) -> Sequence[Tier]:
    """The tiers in order, the open one last."""
    found = [
        Tier(_end(tier.get("upToAmount")), _price(tier.get("flatPrice")), _price(tier.get("unitPrice")), n)
        for n, tier in enumerate(tiers)
    ]
    found.sort()
    return found


def _end(value: Amount | None) -> Decimal:
    return ENDLESS if value is None else amount(value)


def _price(price: TierPrice | Amount | None) -> Decimal:
    if price is None:
        return _NOTHING
    return amount(price["amount"] if isinstance(price, dict) else price)
