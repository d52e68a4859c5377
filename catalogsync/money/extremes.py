"""By how many percent a charge rises or falls at most, and at which quantity.

Percentages are of the prices before rounding: that 0.004 becomes 0.005 is 25 %, though the cent it is billed as comes from nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from catalogsync.money.crossings import joint
from catalogsync.money.curves import Curve, Piece

_MOST_SPLITS = 400
"""Halvings of a stretch with packages in search of the extreme."""
_MOST_DOUBLINGS = 40
"""How far packages are followed on a stretch without an end: beyond it they do not show any more."""


class Reach(StrEnum):
    """Where an extreme lies: `at` a quantity; `towards` it, ever closer as the quantity grows; `from_zero`: nothing was charged at the
    quantity; `unbounded`: it grows with the quantity.
    """

    AT = "at"
    TOWARDS = "towards"
    FROM_ZERO = "from_zero"
    UNBOUNDED = "unbounded"


@dataclass(frozen=True, slots=True)
class Extreme:
    """`ratio`: new ÷ old (None from zero and unbounded). `point`: where (None towards and unbounded)."""

    reach: Reach
    ratio: Fraction | None
    point: int | None


def largest_rise(old: Curve, new: Curve) -> Extreme | None:
    """Where the new charge is the largest multiple of the old one; None where it is nowhere above it. Curves before rounding."""
    best: Extreme | None = None
    for found in _candidates(old, new):
        if best is None or _rank(found) > _rank(best):
            best = found
    return best if best is not None and (best.ratio is None or best.ratio > 1) else None


def largest_fall(old: Curve, new: Curve) -> Extreme | None:
    """Where the new charge is the smallest part of the old one; None where it is nowhere below it."""
    best: Extreme | None = None
    for found in _candidates(new, old):
        turned = _turned(found)
        if turned.ratio is not None and (best is None or best.ratio is None or turned.ratio < best.ratio):
            best = turned
    return best if best is not None and best.ratio is not None and best.ratio < 1 else None


def _turned(found: Extreme) -> Extreme:
    """The same place with old and new exchanged: a rise from nothing is a fall to nothing."""
    if found.reach is Reach.FROM_ZERO:
        return Extreme(Reach.AT, Fraction(0), found.point)
    if found.reach is Reach.UNBOUNDED:
        return Extreme(Reach.TOWARDS, Fraction(0), None)
    assert found.ratio is not None
    return Extreme(found.reach, 1 / found.ratio if found.ratio else None, found.point)


def _rank(found: Extreme) -> tuple[int, Fraction]:
    """From zero beats unbounded beats any ratio; of equal ones the first met."""
    order = {Reach.FROM_ZERO: 2, Reach.UNBOUNDED: 1}
    return order.get(found.reach, 0), found.ratio or Fraction(0)


def _candidates(old: Curve, new: Curve) -> Iterator[Extreme]:
    for first, last, before, after in joint(old, new):
        yield from _at(old, new, first)
        if before.slope == 0 and old.value(first) == 0:
            yield from _from_nothing(new, after, first, last)
            continue
        if last is not None:
            yield from _at(old, new, last)
        if before.error or after.error:
            yield from _stepped(old, new, before, after, first, last)
        if last is None:
            yield from _far(before, after)


def _at(old: Curve, new: Curve, point: int) -> Iterator[Extreme]:
    was, becomes = Fraction(old.value(point)), Fraction(new.value(point))
    if was:
        yield Extreme(Reach.AT, becomes / was, point)
    elif becomes:
        yield Extreme(Reach.FROM_ZERO, None, point)


def _from_nothing(new: Curve, after: Piece, first: int, last: int | None) -> Iterator[Extreme]:
    """Nothing was charged on the whole stretch: the first point with a charge."""
    if new.value(first) or (last is not None and not new.value(last)) or not after.slope:
        return
    point = first + 1
    while not new.value(point):
        point += 1
    yield Extreme(Reach.FROM_ZERO, None, point)


def _far(before: Piece, after: Piece) -> Iterator[Extreme]:
    """What the ratio comes to without an end. A level over a level was seen at its first point."""
    if before.slope:
        yield Extreme(Reach.TOWARDS, after.slope / before.slope, None)
    elif after.slope:
        yield Extreme(Reach.UNBOUNDED, None, None)


def _stepped(
    old: Curve, new: Curve, before: Piece, after: Piece, first: int, last: int | None
) -> Iterator[Extreme]:
    """The largest ratio on a stretch with package steps, by halves: no charge falls within it, so that the ends bound what is between."""
    end = last if last is not None else first + 2**_MOST_DOUBLINGS
    best = Fraction(-1)
    waiting: list[tuple[Fraction, int, int]] = []

    def bound(low: int, high: int) -> Fraction | None:
        was = Fraction(old.value(low))
        return Fraction(new.value(high)) / was if was else None

    def push(low: int, high: int) -> None:
        limit = bound(low, high)
        heapq.heappush(waiting, (-limit if limit is not None else Fraction(-(2**62)), low, high))

    push(first, end)
    for _ in range(_MOST_SPLITS):
        if not waiting or -waiting[0][0] <= best:
            return
        _, low, high = heapq.heappop(waiting)
        for found in _at(old, new, low):
            if found.ratio is None:
                yield found
                return
            if found.ratio > best:
                best = found.ratio
                yield found
        if low < high:
            middle = low + (high - low) // 2 if high - low < 64 else low + max(1, (high - low) // 8)
            push(low, middle)
            push(middle + 1, high)
