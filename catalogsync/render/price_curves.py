"""Old and new charge of a rate card as curves, with the points where they cross, ready to be drawn. The tables hold the exact figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalogsync.core.canon import Body
from catalogsync.money import rate_card, words
from catalogsync.money.compare import Comparison
from catalogsync.money.exact import divided, multiply, rounded

WIDTH, HEIGHT = 640, 240
"""The drawing area, in units of the picture."""
_SAMPLES = 160
_FARTHEST = Decimal(1000)
"""How far a curve without any edge is drawn."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A crossing point: its place, and its quantity in words."""

    x: str
    y: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Polylines as SVG writes them; what the axes reach to, in words."""

    old: str
    new: str
    marks: tuple[Mark, ...]
    farthest: str
    highest: str


def picture(old: Body | None, new: Body | None, found: Comparison, currency: str) -> Picture | None:
    """A card as it was and as it is (None: not there), in one currency; None where no quantity changes the charges."""
    if found.incomparable or (
        len(found.points) == len(found.stretches) == 1 and not _grows(old, new, currency)
    ):
        return None
    last = max(point.quantity for point in found.points)
    farthest = multiply(last, Decimal("1.25")) if last else _FARTHEST
    quantities = sorted(
        {point.quantity for point in found.points}
        | {
            found.step * int(divided(multiply(farthest, Decimal(at)), found.step * _SAMPLES))
            for at in range(_SAMPLES + 1)
        }
    )
    charges = [
        tuple(rate_card(card, quantity, currency).total for card in (old, new)) for quantity in quantities
    ]
    highest = max(max(pair) for pair in charges) or Decimal(1)
    reach = max(quantities) or Decimal(1)

    def line(side: int) -> str:
        return " ".join(
            f"{_x(quantity, reach)},{_y(pair[side], highest)}"
            for quantity, pair in zip(quantities, charges, strict=True)
        )

    marks = tuple(
        Mark(
            _x(one.first, reach),
            _y(rate_card(new, one.first, currency).total, highest),
            words.quantity(one.first),
        )
        for one in found.crossings
    )
    return Picture(line(0), line(1), marks, words.quantity(reach), words.amount(highest, currency))


def _grows(old: Body | None, new: Body | None, currency: str) -> bool:
    """Whether usage changes either charge: no edge stands in a price by the unit."""
    return any(rate_card(c, 0, currency).total != rate_card(c, _FARTHEST, currency).total for c in (old, new))


def _x(quantity: Decimal, reach: Decimal) -> str:
    return _place(quantity, reach, WIDTH)


def _y(charge: Decimal, highest: Decimal) -> str:
    return str(HEIGHT - Decimal(_place(charge, highest, HEIGHT)))


def _place(value: Decimal, of: Decimal, size: int) -> str:
    return str(rounded(divided(multiply(value, Decimal(size)), of), 1))
