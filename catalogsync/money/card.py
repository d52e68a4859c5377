"""A rate card as it is rated: price, commitments and discounts, read from the API's member names and checked as the server checks them.

Rules and their sources: `docs/server/rate-cards.md#prices` and `docs/server/rate-cards.md#discounts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from catalogsync.core.canon import Body
from catalogsync.money.exact import ONE, ZERO

_NUMERIC = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LARGEST_PERCENTAGE = 100


class Stage(StrEnum):
    """Where the server refuses: when it is asked (400), or when the accepted price is applied to a quantity."""

    REQUEST = "request"
    RATING = "rating"


class NotRatedError(ValueError):
    """What the server does not rate. `message` is one sentence; `stage` says where the server refuses it."""

    def __init__(self, message: str, stage: Stage = Stage.REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Flat:
    """A fee, whatever the quantity. `in_arrears` changes the date and not the amount."""

    amount: Decimal
    in_arrears: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """An amount for each unit."""

    amount: Decimal


@dataclass(frozen=True, slots=True)
class Tier:
    """`up_to` belongs to the tier; None is the open end. At least one part is not None."""

    up_to: Decimal | None
    flat: Decimal | None
    unit: Decimal | None


@dataclass(frozen=True, slots=True)
class Tiered:
    """Graduated: each unit at the price of its own tier. Volume: all units at the price of the tier that the quantity falls into.

    `tiers` by size, the open one last; `written_first` is the tier that stands first in the file, which prices a quantity of 0.
    """

    graduated: bool
    tiers: tuple[Tier, ...]
    written_first: Tier


@dataclass(frozen=True, slots=True)
class Dynamic:
    """The quantity is an amount of money; it is charged times the multiplier."""

    multiplier: Decimal


@dataclass(frozen=True, slots=True)
class Package:
    """An amount for each started package of `size` units."""

    amount: Decimal
    size: Decimal


Price: TypeAlias = Flat | Unit | Tiered | Dynamic | Package


@dataclass(frozen=True, slots=True)
class Card:
    """What of a rate card decides about money. `price` None is free.

    `percentage`: 0 to 100. `free`: the quantity that the usage discount takes off; both None where no such discount is written.
    """

    price: Price | None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    percentage: Decimal | None = None
    free: Decimal | None = None


FREE = Card(None)
"""A card without a price, and what stands in for one that is not there."""


def read(raw: Body) -> Card:
    """The card behind `price` and `discounts` of a manifest's or an answer's rate card; amounts are text, int or Decimal.

    Raises NotRatedError for what the server refuses.
    """
    price, discounts = raw.get("price"), _object(raw.get("discounts"), "discounts")
    if price is None:
        if discounts.get("percentage") is not None or discounts.get("usage") is not None:
            raise NotRatedError("a discount needs a price")
        return FREE
    members = _object(price, "price")
    kind = members.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise NotRatedError(f"`{kind}` is not a price type; {', '.join(_READERS)} are")
    found = reader(members)
    minimum, maximum = (None, None) if isinstance(found, Flat) else _commitments(members)
    free = _usage(discounts)
    if free is not None and isinstance(found, Flat):
        raise NotRatedError("a flat price takes no usage discount")
    return Card(found, minimum, maximum, _percentage(discounts), free)


def number(value: object, what: str) -> Decimal:
    """A Numeric of the API: plain decimal text, or a number as a manifest holds it. Raises NotRatedError."""
    if isinstance(value, str) and _NUMERIC.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise NotRatedError(f"{what} must be a plain decimal number, not {value!r}")


def _amount(value: object, what: str) -> Decimal:
    found = number(value, what)
    if found < 0:
        raise NotRatedError(f"{what} must not be negative")
    return found


def _object(value: object, what: str) -> Body:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise NotRatedError(f"{what} must be an object")
    return value


def _flat(price: Body) -> Flat:
    term = price.get("paymentTerm") or "in_advance"
    if term not in ("in_advance", "in_arrears"):
        raise NotRatedError(f"paymentTerm must be in_advance or in_arrears, not {term!r}")
    return Flat(_amount(price.get("amount"), "amount"), term == "in_arrears")


def _unit(price: Body) -> Unit:
    return Unit(_amount(price.get("amount"), "amount"))


def _dynamic(price: Body) -> Dynamic:
    multiplier = price.get("multiplier")
    return Dynamic(ONE if multiplier is None else _amount(multiplier, "multiplier"))


def _package(price: Body) -> Package:
    size = number(price.get("quantityPerPackage"), "quantityPerPackage")
    if size <= 0:
        raise NotRatedError("quantityPerPackage must be greater than 0")
    return Package(_amount(price.get("amount"), "amount"), size)


def _tiered(price: Body) -> Tiered:
    mode, raw = price.get("mode"), price.get("tiers")
    if mode not in ("graduated", "volume"):
        raise NotRatedError(f"mode must be graduated or volume, not {mode!r}")
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        raise NotRatedError("tiers must hold at least one tier")
    written = [_tier(_object(one, "a tier")) for one in raw]
    bounds = [tier.up_to for tier in written if tier.up_to]
    if len(set(bounds)) < len(bounds):
        raise NotRatedError("two tiers have the same upToAmount")
    if all(tier.up_to is not None for tier in written):
        raise NotRatedError("one tier must have no upToAmount")
    ordered = sorted(written, key=lambda tier: (tier.up_to is None, tier.up_to or ZERO))
    return Tiered(mode == "graduated", tuple(ordered), written[0])


def _tier(raw: Body) -> Tier:
    bound = raw.get("upToAmount")
    tier = Tier(
        None if bound is None else _amount(bound, "upToAmount"),
        _part(raw.get("flatPrice"), "flatPrice"),
        _part(raw.get("unitPrice"), "unitPrice"),
    )
    if tier.flat is None and tier.unit is None:
        raise NotRatedError("a tier needs a flatPrice or a unitPrice")
    return tier


def _part(value: object, what: str) -> Decimal | None:
    """A tier's flat or unit part: an object with an amount, or the amount alone as manifests may write it."""
    if value is None:
        return None
    return _amount(value.get("amount") if isinstance(value, Mapping) else value, what)


_READERS: Mapping[str, Callable[[Body], Price]] = {
    "flat": _flat,
    "unit": _unit,
    "tiered": _tiered,
    "dynamic": _dynamic,
    "package": _package,
}


def _commitments(price: Body) -> tuple[Decimal | None, Decimal | None]:
    minimum, maximum = (
        None if price.get(name) is None else _amount(price[name], name)
        for name in ("minimumAmount", "maximumAmount")
    )
    if minimum and maximum and minimum > maximum:
        raise NotRatedError("minimumAmount must not be greater than maximumAmount")
    return minimum, maximum


def _percentage(discounts: Body) -> Decimal | None:
    if discounts.get("percentage") is None:
        return None
    value = _object(discounts["percentage"], "discounts.percentage").get("percentage")
    if isinstance(value, str):
        raise NotRatedError("percentage must be a number, not text")
    found = number(value, "percentage")
    if not 0 <= found <= _LARGEST_PERCENTAGE:
        raise NotRatedError("percentage must be from 0 to 100")
    return found


def _usage(discounts: Body) -> Decimal | None:
    if discounts.get("usage") is None:
        return None
    value = _object(discounts["usage"], "discounts.usage").get("quantity")
    return _amount(value, "discounts.usage.quantity")
