"""A card's charge as a function of the quantity, in pieces of which each is a line, a level, or equal steps around a line.

Quantities are counted in steps of a grid (`Grid`), on which every tier edge, discount and package size of the compared cards lies: whole
units, or tenths when an edge is at 0.5. Within a piece the charge never falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

from catalogsync.money.card import Card, Dynamic, Flat, Package, Tiered, Unit
from catalogsync.money.exact import ZERO, add, multiply, percent_left
from catalogsync.money.rating import digits, rate, unrounded

Value = Callable[[int], Decimal]
"""The charge at a point."""

_FINEST = 9
"""Decimals of a quantity beyond which no grid is laid: no meter counts so finely."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The quantities that are looked at: multiples of 10^-decimals."""

    decimals: int

    @classmethod
    def of(cls, cards: Iterable[Card]) -> Grid:
        """The coarsest grid that holds every edge of the cards."""
        places = [
            -int(edge.normalize().as_tuple().exponent) for card in cards for edge in edges(card) if edge
        ]
        return cls(min(_FINEST, max([0, *places])))

    @property
    def points(self) -> int:
        """How many points a unit has."""
        return int(10**self.decimals)

    def quantity(self, count: int) -> Decimal:
        return Decimal(count).scaleb(-self.decimals)

    def count(self, quantity: Decimal) -> int:
        """The last point of the grid that is not beyond the quantity."""
        return math.floor(Fraction(quantity) * self.points)


def edges(card: Card) -> tuple[Decimal, ...]:
    """The quantities after which another formula holds: the end of the free units, of each tier, of the first package."""
    free = card.free or ZERO
    found = [free] if card.free is not None else []
    if isinstance(card.price, Tiered):
        found += [add(free, tier.up_to) for tier in card.price.tiers if tier.up_to is not None]
    if isinstance(card.price, Package):
        found.append(add(free, card.price.size))
    return tuple(sorted(set(found)))


def grows(card: Card) -> bool:
    """Whether the charge depends on the quantity."""
    return card.price is not None and not isinstance(card.price, Flat)


@dataclass(frozen=True, slots=True)
class Piece:
    """From point `first` to `last` (None: on and on) the charge is at `slope` × point + `level`, within `error`.

    `period`: after so many points the charge has grown by a fixed amount, and goes on in the same way. `shape`: pieces of equal shape differ
    by a fixed amount. A level has slope 0, error 0 and period 1.
    """

    first: int
    last: int | None
    slope: Fraction
    level: Fraction
    error: Fraction
    period: int
    shape: object


@dataclass(frozen=True, slots=True)
class Curve:
    """`value` gives the charge at a point; `pieces` cover all points from 0."""

    value: Value
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Segment:
    """Where one formula holds before commitments: a charge of `each` for every started `size` points (1, or a package), counted from the
    point `origin`.
    """

    first: int
    last: int | None
    origin: int
    each: Decimal
    size: Fraction = Fraction(1)


def billed(card: Card, currency: str, grid: Grid, others: Decimal = ZERO) -> Curve:
    """What is billed, in the currency's decimals; `others` is billed beside it whatever the quantity."""

    def charged(one: Card) -> Value:
        return cache(lambda point: add(rate(one, grid.quantity(point), currency).total, others))

    return _curve(card, grid, charged, others, digits(currency))


def exact(card: Card, grid: Grid, others: Decimal = ZERO) -> Curve:
    """What the price says, before any rounding."""

    def charged(one: Card) -> Value:
        return lambda point: add(unrounded(one, grid.quantity(point)), others)

    return _curve(card, grid, charged, others, None)


def _curve(
    card: Card, grid: Grid, charged: Callable[[Card], Value], others: Decimal, decimals: int | None
) -> Curve:
    """`decimals` None: nothing is rounded."""
    value = charged(card)
    bare = value
    if card.minimum is not None or card.maximum is not None:
        bare = charged(replace(card, minimum=None, maximum=None))
    pieces = []
    for segment in _segments(card, grid):
        line = _line(segment, card, bare(segment.first), decimals)
        pieces += list(_committed(line, card, others, bare, value))
    return Curve(value, tuple(pieces))


def _segments(card: Card, grid: Grid) -> Iterator[_Segment]:
    price, free = card.price, grid.count(card.free or ZERO)
    step = grid.quantity(1)
    if price is None or isinstance(price, Flat):
        yield _Segment(0, None, 0, ZERO)
        return
    yield _Segment(0, free, 0, ZERO)
    match price:
        case Unit():
            yield _Segment(free + 1, None, free, multiply(price.amount, step))
        case Dynamic():
            yield _Segment(free + 1, None, free, multiply(price.multiplier, step))
        case Package():
            yield _Segment(free + 1, None, free, price.amount, Fraction(price.size) * grid.points)
        case Tiered():
            start = free + 1
            for tier in price.tiers:
                last = None if tier.up_to is None else grid.count(add(card.free or ZERO, tier.up_to))
                if last is None or last >= start:
                    origin = start - 1 if price.graduated else free
                    yield _Segment(start, last, origin, multiply(tier.unit or ZERO, step))
                if last is None:
                    return
                start = max(start, last + 1)


def _line(segment: _Segment, card: Card, at_first: Decimal, decimals: int | None) -> Piece:
    """The piece of a segment before commitments. A line is rounded once, its discount once more: at each end by one unit at most."""
    if not segment.each:
        return Piece(segment.first, segment.last, Fraction(0), Fraction(at_first), Fraction(0), 1, "level")
    each = segment.each if card.percentage is None else percent_left(segment.each, card.percentage)
    slope = Fraction(each) / segment.size
    unit = Fraction(0) if decimals is None else Fraction(1, int(10**decimals))
    error = 2 * unit + (2 * Fraction(each) if segment.size != 1 else 0)
    shape = (segment.each, segment.size, card.percentage, segment.origin)
    period = segment.size.numerator * (
        1 if decimals is None else _period(segment.each, card.percentage, decimals)
    )
    level = Fraction(at_first) - slope * segment.first
    return Piece(segment.first, segment.last, slope, level, error, period, shape)


def _period(each: Decimal, percentage: Decimal | None, decimals: int) -> int:
    """After how many times `each` the rounded and discounted sum repeats."""
    units = Fraction(each) * int(10**decimals)
    period = units.denominator
    if percentage is None:
        return period
    whole = (Fraction(percentage) / 100).denominator
    return period * (whole // math.gcd(whole, units.numerator))


def _committed(
    line: Piece,
    card: Card,
    others: Decimal,
    bare: Value,
    value: Value,
) -> Iterator[Piece]:
    """The piece with its ends at the level of the minimum and of the maximum."""
    minimum, maximum = card.minimum, card.maximum
    reaches = line.first if minimum is None else _first_at(bare, line, add(minimum, others))
    exceeds = None if maximum is None else _first_at(bare, line, add(maximum, others))
    if minimum is not None and maximum is not None and minimum > maximum:
        reaches = None

    def level(first: int, last: int | None) -> Piece:
        at = Fraction(value(first))
        return Piece(first, last, Fraction(0), at, Fraction(0), 1, "level")

    if reaches is None:
        yield level(line.first, line.last)
        return
    if reaches > line.first:
        yield level(line.first, reaches - 1)
    if exceeds is None:
        yield replace(line, first=reaches)
        return
    if exceeds > reaches:
        yield replace(line, first=reaches, last=exceeds - 1)
    yield level(max(exceeds, reaches), line.last)


def _first_at(value: Value, piece: Piece, bound: Decimal) -> int | None:
    """The first point of a piece whose charge is at least the bound; None where it never is."""
    low, high = piece.first, piece.last
    if value(low) >= bound:
        return low
    if piece.slope == 0:
        return None
    if high is None:
        high = low + 1
        while value(high) < bound:
            high = low + 2 * (high - low)
    elif value(high) < bound:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if value(middle) >= bound:
            high = middle
        else:
            low = middle
    return high
