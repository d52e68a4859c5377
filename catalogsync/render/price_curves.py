"""Old and new charge of a rate card as curves, with the points where they cross, ready to be drawn. The tables hold the exact figures.

The drawing area is `WIDTH` × `HEIGHT` units and is stretched to the page's width; what must keep its form (texts, marks) stands at percentages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.core.canon import Body
from catalogsync.core.wording import counted
from catalogsync.money import rate_card, words
from catalogsync.money.compare import Comparison
from catalogsync.money.exact import HUNDRED, divided, multiply, rounded, subtract

WIDTH, HEIGHT = 640, 240
"""The drawing area, in units of the picture."""
_SAMPLES = 160
_FARTHEST = Decimal(1000)
"""How far a curve without any edge is drawn."""
_TICKS = 4
_APART = Decimal(16)
"""Percent of the width between two labels, at least."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the picture in percent of its width from the left and of its height from the top, and what stands there in words."""

    x: str
    y: str
    words: str
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """Quantities at which the customer pays more, less, the same or now this, now that; left edge and width in percent."""

    x: str
    width: str
    direction: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Polylines as SVG writes them, crossing points, ticks of both axes; what is to be seen, in a sentence."""

    old: str
    new: str
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    caption: str

    @property
    def directions(self) -> frozenset[str]:
        """What the bands stand for."""
        return frozenset(band.direction for band in self.bands)


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
            f"{_place(quantity, reach, WIDTH)},{_down(pair[side], highest, HEIGHT)}"
            for quantity, pair in zip(quantities, charges, strict=True)
        )

    crossings = [(one.first, rate_card(new, one.first, currency).total) for one in found.crossings]
    return Picture(
        line(0),
        line(1),
        tuple(_marks(crossings, reach, highest)),
        tuple(_bands(found, reach)),
        tuple(
            Mark(_percent(at, reach), "100", words.quantity(at))
            for at in _ticks(reach)
            if at < reach or not at
        ),
        tuple(Mark("0", _down(at, highest, 100), words.amount(at, currency)) for at in _ticks(highest) if at),
        _caption(crossings, reach, highest, currency),
    )


def _caption(
    crossings: Sequence[tuple[Decimal, Decimal]], reach: Decimal, highest: Decimal, currency: str
) -> str:
    axes = f"Quantity from 0 to {words.quantity(reach)}, charge from 0 to {words.amount(highest, currency)}."
    if not crossings:
        return f"{axes} The charges do not cross."
    places = ", ".join(words.quantity(quantity) for quantity, _ in crossings)
    return f"{axes} {counted(len(crossings), 'crossing point')}: {places}."


def _marks(crossings: Sequence[tuple[Decimal, Decimal]], reach: Decimal, highest: Decimal) -> Iterator[Mark]:
    """Those that are too close to the last labelled one, or to the edge, stand without a label."""
    last = -_APART
    for quantity, charge in crossings:
        x = Decimal(_percent(quantity, reach))
        labelled = subtract(x, last) >= _APART
        last = x if labelled else last
        yield Mark(str(x), _down(charge, highest, 100), words.quantity(quantity), labelled)


def _bands(found: Comparison, reach: Decimal) -> Iterator[Band]:
    for one in found.stretches:
        if one.first <= reach:
            end = reach if one.last is None else min(reach, one.last + found.step)
            yield Band(
                _percent(one.first, reach), _percent(subtract(end, one.first), reach), str(one.direction)
            )


def _ticks(reach: Decimal) -> Iterator[Decimal]:
    """Round numbers from 0 to `reach`, four steps at most: 1, 2 or 5 times a power of ten apart."""
    size = Decimal(1).scaleb(reach.adjusted() - 1)
    step = next(size * round_one for round_one in (1, 2, 5, 10, 20, 50) if size * round_one * _TICKS >= reach)
    at = Decimal(0)
    while at <= reach:
        yield at
        at += step


def _grows(old: Body | None, new: Body | None, currency: str) -> bool:
    """Whether usage changes either charge: no edge stands in a price by the unit."""
    return any(rate_card(c, 0, currency).total != rate_card(c, _FARTHEST, currency).total for c in (old, new))


def _percent(value: Decimal, of: Decimal) -> str:
    return str(rounded(divided(multiply(value, HUNDRED), of), 2))


def _down(charge: Decimal, highest: Decimal, size: int) -> str:
    """From the top."""
    return str(Decimal(size) - Decimal(_place(charge, highest, size)))


def _place(value: Decimal, of: Decimal, size: int) -> str:
    return str(rounded(divided(multiply(value, Decimal(size)), of), 1 if size > 100 else 2))
