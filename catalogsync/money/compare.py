"""Two rate cards side by side: charges at the quantities that matter, crossing points, the worst case.

Every quantity is one of the rate card's own billing period, billed at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from catalogsync.core.canon import Body
from catalogsync.money import between_steps, crossings, curves, extremes
from catalogsync.money.card import FREE, Card, read
from catalogsync.money.crossings import Direction
from catalogsync.money.curves import Grid
from catalogsync.money.exact import HUNDRED, ZERO, divided, multiply, subtract, total
from catalogsync.money.extremes import Extreme, Reach
from catalogsync.money.rating import rate
from catalogsync.openmeter import durations

_SPEAKING = 10
"""Units of money that are worth a row of a table."""
_ROUND = 13
"""Digits of the largest round quantity."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A rate card as a manifest writes it, with the currency of its plan or add-on."""

    card: Body
    currency: str


@dataclass(frozen=True, slots=True)
class Point:
    """Both charges for one quantity, each in its own currency; a card that is not there charges nothing."""

    quantity: Decimal
    old: Decimal
    new: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """Quantities from `first` to `last` (None: all larger ones) at which the customer pays more, less or the same, as billed.

    `throughout` False: at some of them rounding makes both charges equal.
    """

    first: Decimal
    last: Decimal | None
    direction: Direction
    throughout: bool


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest rise or fall in percent of the old charge, before rounding: 400 for five times as much, -50 for half.

    `percent` None: there is no bound (`reach` says why). `quantity` None: it is approached, or grows, as the quantity grows.
    """

    reach: Reach
    percent: Decimal | None
    quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change means for a customer.

    `points`, from 0 up. `stretches` cover every quantity from 0, in steps of `step`; where one begins is a crossing point. `rise`, `fall`:
    None where there is none. `fixed`: no quantity changes either charge. `at_steps`: a quantity between two steps can be charged otherwise
    than both, by more than rounding. `incomparable`: "currency" or "billing cadence" where these differ; then only the points are reported.
    """

    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    step: Decimal
    rise: Worst | None
    fall: Worst | None
    fixed: bool
    at_steps: bool = False
    incomparable: str = ""

    @property
    def crossings(self) -> tuple[Stretch, ...]:
        """The stretches that begin where the direction changes."""
        return self.stretches[1:]


def compare_cards(old: Priced | None, new: Priced | None, quantities: Sequence[Decimal] = ()) -> Comparison:
    """Compares what two rate cards charge; either may be absent. `quantities`: further ones to show.

    Raises NotRatedError for a price that the server refuses.
    """
    before, after = (FREE if one is None else read(one.card) for one in (old, new))
    limits = [limit for one in (old, new) if one is not None for limit in _limits(one.card)]
    if old is not None and new is not None:
        reason = "currency" if old.currency != new.currency else ""
        if not reason and cadence_of(old.card) != cadence_of(new.card) and before.price and after.price:
            reason = "billing cadence"
        if reason:
            return _apart((before, old.currency), (after, new.currency), [*limits, *quantities], reason)
    one = new or old
    if one is None:
        raise ValueError("there is nothing to compare")
    return compare_read(before, after, one.currency, [*limits, *quantities], (ZERO, ZERO))


def compare_read(
    before: Card, after: Card, currency: str, quantities: Sequence[Decimal], others: tuple[Decimal, Decimal]
) -> Comparison:
    """Compares two cards that are read; `others`: what is billed beside each whatever the quantity."""
    grid = Grid.of((before, after))
    old, new = (curves.billed(c, currency, grid, o) for c, o in zip((before, after), others, strict=True))
    exact_old, exact_new = (curves.exact(c, grid, o) for c, o in zip((before, after), others, strict=True))
    found = crossings.runs(old, new)
    stretches = tuple(
        Stretch(
            grid.quantity(run.first),
            None if run.last is None else grid.quantity(run.last),
            run.direction,
            run.throughout,
        )
        for run in found
    )
    wanted = [*quantities, *_around_edges(before, after, grid), *(one.first for one in stretches)]
    wanted += _beyond((before, after), currency, max(wanted))
    points = tuple(
        Point(
            q, *(_beside(rate(c, q, currency).total, o) for c, o in zip((before, after), others, strict=True))
        )
        for q in _sorted(wanted)
    )
    rise, fall = extremes.largest_rise(exact_old, exact_new), extremes.largest_fall(exact_old, exact_new)
    fixed = not curves.grows(before) and not curves.grows(after)
    at_steps = not between_steps.hold((before, after), others, grid)
    return Comparison(
        points, stretches, grid.quantity(1), _worst(rise, grid), _worst(fall, grid), fixed, at_steps
    )


def _beside(charge_: Decimal, others: Decimal) -> Decimal:
    return total((charge_, others))


def _apart(
    old: tuple[Card, str], new: tuple[Card, str], quantities: Sequence[Decimal], reason: str
) -> Comparison:
    """The charges at the quantities, without a word on which is more."""
    grid = Grid.of((old[0], new[0]))
    wanted = _sorted([*quantities, *_around_edges(old[0], new[0], grid)])
    points = tuple(Point(q, rate(old[0], q, old[1]).total, rate(new[0], q, new[1]).total) for q in wanted)
    fixed = not curves.grows(old[0]) and not curves.grows(new[0])
    return Comparison(points, (), grid.quantity(1), None, None, fixed, incomparable=reason)


def _around_edges(before: Card, after: Card, grid: Grid) -> Iterator[Decimal]:
    """0, and each edge with the quantity after it."""
    yield ZERO
    for card in (before, after):
        for edge in curves.edges(card):
            yield edge
            yield grid.quantity(grid.count(edge) + 1)


def _beyond(cards: tuple[Card, Card], currency: str, last: Decimal) -> Iterator[Decimal]:
    """A round quantity (1, 2 or 5 with noughts) beyond the last one where no charge is worth speaking of there: at the edges of free units and
    tiers, and where rounding begins to differ, a price per unit has come to next to nothing.
    """
    growing = [one for one in cards if curves.grows(one)]

    def speaks(quantity: Decimal) -> bool:
        return any(abs(rate(one, quantity, currency).total) >= _SPEAKING for one in growing)

    if growing and not speaks(last):
        rounds = (Decimal(first).scaleb(digits) for digits in range(_ROUND) for first in (1, 2, 5))
        yield from islice((one for one in rounds if one >= 2 * last and speaks(one)), 1)


def _sorted(quantities: Sequence[Decimal]) -> list[Decimal]:
    return sorted({quantity for quantity in quantities if quantity >= 0})


def _worst(found: Extreme | None, grid: Grid) -> Worst | None:
    if found is None:
        return None
    percent = None
    if found.ratio is not None:
        over, under = Decimal(found.ratio.numerator), Decimal(found.ratio.denominator)
        percent = divided(multiply(subtract(over, under), HUNDRED), under)
    return Worst(found.reach, percent, None if found.point is None else grid.quantity(found.point))


def _limits(card: Body) -> Iterator[Decimal]:
    """What a metered entitlement issues."""
    template = card.get("entitlementTemplate")
    issued = template.get("issueAfterReset") if isinstance(template, Mapping) else None
    if isinstance(issued, int | Decimal):
        yield Decimal(issued)


def cadence_of(card: Body) -> str:
    """How often a rate card is billed, as `canonical_cadence` says it."""
    return canonical_cadence(card.get("billingCadence"))


def canonical_cadence(cadence: object) -> str:
    """An ISO 8601 duration in the server's own spelling, so that `P1M0D` is `P1M`; "" for once, text that is none as it is."""
    try:
        return durations.canonical(cadence) if isinstance(cadence, str) else ""
    except ValueError:
        return str(cadence)
