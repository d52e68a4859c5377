"""The tiers of a price as lint's rules look at them: in order, with numbers in place of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

_NOTHING = Decimal(0)
_ENDLESS = Decimal("Infinity")


class Tier(NamedTuple):
    """Up to which quantity it goes (None: without end), its prices (0 for none), and where it stands in the file."""

    end: Decimal | None
    flat: Decimal
    unit: Decimal
    place: int


def is_free(tier: Tier) -> bool:
    """Whether nothing in it costs anything."""
    return not (tier.flat or tier.unit)


def amount(value: Any) -> Decimal:
    """An amount as written, as a number."""
    return value if isinstance(value, Decimal) else Decimal(value)


def ladder(tiers: Sequence[Mapping[str, Any]]) -> Sequence[Tier]:
    """The tiers in order, the open one last."""
    found = []
    for place, tier in enumerate(tiers):
        end, flat, unit = tier.get("upToAmount"), tier.get("flatPrice"), tier.get("unitPrice")
        found.append(
            Tier(
                None if end is None else amount(end),
                _NOTHING if flat is None else _price(flat),
                _NOTHING if unit is None else _price(unit),
                place,
            )
        )
    found.sort(key=_height)
    return found


def _price(price: Any) -> Decimal:
    return amount(price["amount"] if isinstance(price, dict) else price)


def _height(tier: Tier) -> Decimal:
    return _ENDLESS if tier.end is None else tier.end
