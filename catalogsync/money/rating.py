"""What a rate card charges for a quantity in one period, line by line, as OpenMeter's own rating does.

The order of steps: usage discount → price, in lines → percentage discount of each line → maximum → minimum. A flat fee knows the percentage
discount only. Every line is rounded for itself to the currency's decimals, half away from zero; the total is the sum of the lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from catalogsync.money.card import Card, Dynamic, Flat, NotRatedError, Package, Stage, Tier, Tiered, Unit
from catalogsync.money.exact import (
    ONE,
    ZERO,
    add,
    divided,
    floor,
    multiply,
    percent_left,
    percent_of,
    remainder,
    rounded,
    subtract,
    total,
)
from catalogsync.openmeter import currencies

PERCENTAGE, MAXIMUM, MINIMUM = "ratecard_percentage", "maximum_spend", "min-spend"


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """Money taken off a line: `reason` is `ratecard_percentage` or `maximum_spend`."""

    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice: `amount` = `quantity` × `per_unit`, rounded; `total` is what the discounts leave of it."""

    role: str
    quantity: Decimal
    per_unit: Decimal
    amount: Decimal
    discounts: tuple[LineDiscount, ...]
    total: Decimal

    @property
    def discount(self) -> Decimal:
        return total(one.amount for one in self.discounts)


@dataclass(frozen=True, slots=True)
class Charge:
    """What is billed: `billed_quantity` is what the usage discount leaves, `total` the sum of the lines, in `currency`."""

    currency: str
    quantity: Decimal
    billed_quantity: Decimal
    lines: tuple[Line, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a period is billed. `before`: the quantity of the parts before; `billed`: what they billed before their discounts."""

    before: Decimal = ZERO
    billed: Decimal = ZERO
    first: bool = True
    last: bool = True


WHOLE = Part()
"""The whole period at once."""

_Draft = tuple[str, Decimal, Decimal]
"""A line before discounts: role, quantity, amount for each."""


def rate(card: Card, quantity: Decimal, currency: str, part: Part = WHOLE) -> Charge:
    """The charge for a quantity of the period, or of a part of it.

    Raises NotRatedError where the server's calculation fails, and for a currency that it does not know.
    """
    decimals = digits(currency)
    used, before = ONE if isinstance(card.price, Flat) else quantity, part.before
    if card.free is not None:
        used, before = _less_free(card.free, quantity, part.before)
    lines = [_line(draft, card, decimals) for draft in _drafts(card, used, before, part, decimals)]
    if card.maximum is not None:
        lines = list(_capped(lines, rounded(card.maximum, decimals), part.billed))
    if card.minimum is not None and part.last:
        lines += _lifted(lines, card.minimum, part.billed, decimals)
    sum_of_lines = total(line.total for line in lines)
    if sum_of_lines < 0:
        raise NotRatedError("the total is negative", Stage.RATING)
    return Charge(currency, quantity, used, tuple(lines), sum_of_lines)


def unrounded(card: Card, quantity: Decimal) -> Decimal:
    """The charge before any rounding, for comparing prices: half a cent is not a change of a price. `quantity` is not negative."""
    used = quantity if card.free is None else subtract(quantity, min(card.free, quantity))
    found = total(multiply(count, each) for _, count, each in _drafts(card, used, ZERO, WHOLE, None))
    if card.percentage is not None:
        found = percent_left(found, card.percentage)
    if card.maximum is not None:
        found = min(found, card.maximum)
    return found if card.minimum is None else max(found, card.minimum)


def digits(currency: str) -> int:
    """The decimals of a currency. Raises NotRatedError for a code that the server does not know."""
    try:
        return currencies.digits(currency)
    except KeyError:
        raise NotRatedError(f"`{currency}` is not a currency that OpenMeter knows") from None


def _less_free(free: Decimal, quantity: Decimal, before: Decimal) -> tuple[Decimal, Decimal]:
    """What is billed of the quantity, and of the quantity before: the first units of the period are free."""
    taken_before = min(free, before)
    taken = min(subtract(free, taken_before), quantity)
    if taken < 0:
        raise NotRatedError("a usage discount cannot be taken off a negative quantity", Stage.RATING)
    return subtract(quantity, taken), subtract(before, taken_before)


def _drafts(card: Card, used: Decimal, before: Decimal, part: Part, decimals: int | None) -> Iterator[_Draft]:
    price = card.price
    match price:
        case None:
            return
        case Flat():
            yield from _fee(price, part)
        case Unit():
            if used > 0:
                yield "unit-price-usage", used, price.amount
        case Dynamic():
            if used > 0:
                amount = multiply(used, price.multiplier)
                yield "usage", ONE, amount if decimals is None else rounded(amount, decimals)
        case Package():
            yield from _packages(price, used, before, part.first)
        case Tiered(graduated=True):
            yield from _graduated(price, used, before, part.first)
        case Tiered():
            yield from _volume(price, used, before, part.last)
        case _:
            assert_never(price)


def _fee(price: Flat, part: Part) -> Iterator[_Draft]:
    """In advance with the first part, in arrears with the last."""
    if part.last if price.in_arrears else part.first:
        yield "flat-price", ONE, price.amount


def _packages(price: Package, used: Decimal, before: Decimal, first: bool) -> Iterator[_Draft]:
    """The packages that are started and not billed yet."""
    count = packages(add(used, before), price.size)
    if not first:
        count = subtract(count, packages(before, price.size))
    if count:
        yield "usage", count, price.amount


def packages(quantity: Decimal, size: Decimal) -> Decimal:
    """How many packages are started. The server's 16 decimals of a quotient show: 0.99999999999999995 of 1 are 2."""
    whole = floor(divided(quantity, size))
    return add(whole, ONE) if remainder(quantity, size) else whole


def _graduated(price: Tiered, used: Decimal, before: Decimal, first: bool) -> Iterator[_Draft]:
    """The units of each tier that is entered at its price, then its flat part. `before` units are already billed."""
    end = add(before, used)
    if end < before or before < 0:
        raise NotRatedError("a graduated price takes no negative quantity", Stage.RATING)
    if end == 0:
        yield from _tier_lines(1, price.written_first, ZERO, first)
        return
    start = ZERO
    for position, tier in enumerate(price.tiers, 1):
        if start >= end:
            return
        bound = end if tier.up_to is None else tier.up_to
        units = subtract(min(bound, end), max(start, before))
        if units > 0 or start == before == bound:  # the second: a tier that ends at 0
            yield from _tier_lines(position, tier, units, start >= before and (position > 1 or first))
        start = bound


def _tier_lines(position: int, tier: Tier, units: Decimal, with_flat: bool) -> Iterator[_Draft]:
    if tier.unit is not None:
        yield f"graduated-tiered-{position}-price-usage", units, tier.unit
    if tier.flat is not None and with_flat:
        yield f"graduated-tiered-{position}-flat-price", ONE, tier.flat


def _volume(price: Tiered, used: Decimal, before: Decimal, last: bool) -> Iterator[_Draft]:
    """All units at the price of the first tier that holds the quantity."""
    if not last:
        return
    if before:
        raise NotRatedError("a volume price is not billed in parts", Stage.RATING)
    tier = next(one for one in price.tiers if one.up_to is None or used <= one.up_to)
    if tier.flat is not None:
        yield "volume-flat-price", ONE, tier.flat
    if tier.unit is not None and used:
        yield "volume-tiered-price", used, tier.unit


def _line(draft: _Draft, card: Card, decimals: int) -> Line:
    role, quantity, per_unit = draft
    amount = rounded(multiply(quantity, per_unit), decimals)
    if card.percentage is None:
        return Line(role, quantity, per_unit, amount, (), amount)
    off = rounded(percent_of(amount, card.percentage), decimals)
    if off < 0:
        raise NotRatedError("a percentage discount cannot be taken off a negative amount", Stage.RATING)
    return Line(role, quantity, per_unit, amount, (LineDiscount(PERCENTAGE, off),), subtract(amount, off))


def _capped(lines: list[Line], maximum: Decimal, billed: Decimal) -> Iterator[Line]:
    """Each line less what exceeds the maximum, in order; what was billed before counts."""
    for line in lines:
        over = subtract(add(billed, line.total), maximum)
        if over > 0:
            off = line.total if billed >= maximum else over
            if off < 0:
                raise NotRatedError("a maximum cannot be taken off a negative amount", Stage.RATING)
            left = subtract(line.total, off)
            yield Line(
                line.role,
                line.quantity,
                line.per_unit,
                line.amount,
                (*line.discounts, LineDiscount(MAXIMUM, off)),
                left,
            )
            billed = add(billed, left)
        else:
            yield line
            billed = add(billed, line.total)


def _lifted(lines: list[Line], minimum: Decimal, billed: Decimal, decimals: int) -> list[Line]:
    """A line of what is missing to the minimum, if anything is. It is never discounted."""
    reached = add(billed, total(line.total for line in lines))
    if reached >= minimum:
        return []
    missing = rounded(subtract(minimum, reached), decimals)
    return [Line(MINIMUM, ONE, missing, missing, (), missing)]


def rate_parts(card: Card, quantities: list[Decimal], currency: str) -> tuple[Charge, ...]:
    """The charges of a period that is invoiced in parts, in order (progressive billing). Each part rounds for itself, and the commitments
    look at what earlier parts billed before their discounts, so that the parts can add up to another sum than one bill.
    """
    charges: list[Charge] = []
    before = billed = ZERO
    for position, quantity in enumerate(quantities):
        part = Part(before, billed, position == 0, position == len(quantities) - 1)
        charge = rate(card, quantity, currency, part)
        charges.append(charge)
        before = add(before, quantity)
        billed = add(billed, total(line.amount for line in charge.lines if line.role != MINIMUM))
    return tuple(charges)
