"""Whether what is said of two charges at the steps of a grid holds for the quantities between them, too.

A meter that sums can count half a unit. There each charge is a line, but that it steps within a package, and jumps just after an edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from catalogsync.money import curves
from catalogsync.money.card import Card, Package
from catalogsync.money.curves import Grid
from catalogsync.money.exact import ZERO, add
from catalogsync.money.rating import unrounded

_Sides = tuple[Card, Card]
_Charges = tuple[Fraction, Fraction]


def hold(sides: _Sides, others: tuple[Decimal, Decimal], grid: Grid) -> bool:
    """Whether no quantity between two steps has another direction, or a larger rise or fall, than the step after it or an earlier one.

    `sides`: the card before and after; `others`: what is billed beside each whatever the quantity. Before rounding.
    """
    packed = [isinstance(card.price, Package) for card in sides]
    if any(packed):
        return all(has or not curves.grows(card) for has, card in zip(packed, sides, strict=True))
    return all(_alike(*ends) for ends in _ends(sides, others, grid))


def _ends(
    sides: _Sides, others: tuple[Decimal, Decimal], grid: Grid
) -> Iterator[tuple[_Charges, _Charges, _Charges]]:
    """Each edge, the quantity just after it, and the next step: the charges before and after at each."""

    def at(quantity: Decimal) -> _Charges:
        old, new = (
            add(unrounded(card, quantity), beside) for card, beside in zip(sides, others, strict=True)
        )
        return Fraction(old), Fraction(new)

    step = grid.quantity(1)
    for edge in sorted({ZERO, *(edge for card in sides for edge in curves.edges(card))}):
        point = grid.quantity(grid.count(edge))
        yield at(point), at(add(point, step.scaleb(-9))), at(add(point, step))


def _alike(edge: _Charges, just_after: _Charges, step: _Charges) -> bool:
    """Whether what is paid just after an edge goes no further up or down than at its two neighbours."""
    if _sign(just_after) not in (0, _sign(step)):
        return False
    if not just_after[0]:
        return True
    ratio = just_after[1] / just_after[0]
    bounds = [new / old for old, new in (edge, step) if old]
    from_nothing = any(new and not old for old, new in (edge, step))
    return not bounds or (min(bounds) <= ratio and (from_nothing or ratio <= max(bounds)))


def _sign(charges: _Charges) -> int:
    old, new = charges
    return (new > old) - (new < old)
