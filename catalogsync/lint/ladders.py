"""The tiers of a price as lint's rules look at them: in order, with numbers in place of text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

_NOTHING = Decimal(0)
ENDLESS = Decimal("Infinity")


class Tier(NamedTuple):
    """Up to which quantity it goes (ENDLESS for the open one), its prices (0 for none), and where it stands in the file."""

    end: Decimal
    flat: Decimal
    unit: Decimal
    place: int


def is_free(tier: Tier) -> bool:
    """Whether nothing in it costs anything."""
    return not (tier.flat or tier.unit)


def is_sorted(tiers: Sequence[Tier]) -> bool:
    """Whether no tier of a ladder stands in the file below a larger one."""
    return all(one.place < other.place or one.end == other.end for one, other in itertools.pairwise(tiers))


def steps(tiers: Sequence[Tier]) -> Iterator[tuple[Tier, Tier]]:
    """Tiers of a ladder that follow each other, the lower of which has an end."""
    return ((one, other) for one, other in itertools.pairwise(tiers) if one.end != ENDLESS)


def amount(value: Any) -> Decimal:
    """An amount as written, as a number."""
    return value if isinstance(value, Decimal) else Decimal(value)


def ladder(tiers: Sequence[Mapping[str, Any]]) -> Sequence[Tier]:
    """The tiers in order, the open one last."""
    found = [
        Tier(_end(tier.get("upToAmount")), _price(tier.get("flatPrice")), _price(tier.get("unitPrice")), n)
        for n, tier in enumerate(tiers)
    ]
    found.sort()
    return found


def _end(value: Any) -> Decimal:
    return ENDLESS if value is None else amount(value)


def _price(price: Any) -> Decimal:
    if price is None:
        return _NOTHING
    return amount(price["amount"] if isinstance(price, dict) else price)
