"""What a change of prices means for a customer, as blocks of lines and a table, the same for text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.app.review import PriceChange, Review
from catalogsync.core.asked import Asked
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.model import Ref
from catalogsync.core.wording import counted
from catalogsync.money import words
from catalogsync.money.compare import Comparison, Point, Stretch, Worst
from catalogsync.money.compare_plans import CardComparison, CustomerCharge, PhaseComparison, TotalComparison
from catalogsync.money.crossings import Direction
from catalogsync.money.exact import HUNDRED, divided, multiply, rounded, subtract, total
from catalogsync.money.extremes import Reach
from catalogsync.render import cards
from catalogsync.render.paint import Paint

CUSTOMERS = 20
"""Customers who pay otherwise that are named for a phase, the largest rises first; JSON names all."""
_PAYS = {
    Direction.MORE: "pays more",
    Direction.LESS: "pays less",
    Direction.SAME: "pays the same",
    Direction.VARIES: "pays now more, now less (packages or rounding)",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A title, lines below it, then a table: its first row is the head. `moved`: the rate card that it is about, in words. `comparison`: its
    charges before and after, where they can be known.
    """

    title: str
    judged: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()
    moved: cards.Moved | None = None
    comparison: Comparison | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything but the table."""
        return (*(self.moved.lines() if self.moved is not None else ()), *self.judged)


def blocks(review: Review, ref: Ref) -> Iterator[Block]:
    """Each changed rate card, then each phase with changed prices as a whole, then the customers asked about."""
    change = review.price_change(ref)
    money = (
        {} if change is None else {(p.key, c.key): c for p in change.changed for c in p.cards if c.changed}
    )
    for moved in cards.changed(review, ref):
        card = money.get((moved.phase, moved.key))
        title = f"rate card {cards.placed(moved.phase, moved.key)}"
        if card is None or change is None:
            yield Block(title, (), moved=moved)
        else:
            judged, table = _judged(card.comparison, change.currencies, card.comparison.points)
            yield Block(title, tuple(judged), table, moved, card.comparison)
    if change is None:
        return
    if change.refused:
        yield Block("prices", (f"they cannot be compared: {change.refused}",))
    for one in change.changed:
        yield from _totals(one, change, review.asked)
        if charges := change.customers.get(one.key):
            yield _customers(one, charges, change.currencies[1], review.asked.source)


def headline(change: PriceChange) -> str:
    """One line for the summary: the largest rise of a rate card; "" where nothing rises."""
    rises = _rises(change)
    if not rises:
        return ""
    worst, card, phase = max(rises, key=lambda one: _size(one[0]))
    more = f", and {counted(len(rises) - 1, 'more rate card')}" if len(rises) > 1 else ""
    fixed = card.comparison.fixed and card.comparison.points
    said = _sides(card.comparison.points[0], change.currencies) if fixed else _worst(worst, "+")
    return f"price of {cards.placed(phase, card.key)} rises: {said}{more}"


def steepest(change: PriceChange) -> tuple[str, str] | None:
    """Phase and key of the rate card that the headline names."""
    rises = _rises(change)
    if not rises:
        return None
    _, card, phase = max(rises, key=lambda one: _size(one[0]))
    return phase, card.key


def _rises(change: PriceChange) -> list[tuple[Worst, CardComparison, str]]:
    """What rises: by how much at most, the rate card, and the key of its phase."""
    return [
        (card.comparison.rise, card, phase.key)
        for phase in change.changed
        for card in phase.cards
        if card.changed and card.comparison.rise is not None
    ]


def unused(review: Review) -> Iterator[str]:
    """What was asked about and changes no figure."""
    if review.unused:
        what = "it" if len(review.unused) == 1 else "them"
        yield (
            f"no plan or add-on whose prices change has a rate card for {', '.join(review.unused)}: "
            f"the figures say nothing about {what}"
        )


def notes(review: Review, paint: Paint) -> Iterator[str]:
    """`unused` for people at a terminal."""
    yield from (f"{paint('note', 'bold')}: {on_one_line(line)}\n\n" for line in unused(review))


def _size(worst: Worst) -> tuple[int, Decimal]:
    return (1, Decimal(0)) if worst.percent is None else (0, worst.percent)


def _judged(
    found: Comparison, currencies: tuple[str, str], points: Sequence[Point]
) -> tuple[list[str], tuple[tuple[str, ...], ...]]:
    """Who pays more or less, by how much at most, and a table of points; for what no quantity changes one line says it all."""
    if found.fixed and len(found.stretches) == 1:
        return [f"at every quantity: {_sides(points[0], currencies)}"], ()
    return [*_told(found, currencies)], _table(points, found, currencies)


def _sides(one: Point, currencies: tuple[str, str]) -> str:
    """`49.00 USD → 59.00 USD (+20.41 %)`."""
    sides = f"{words.amount(one.old, currencies[0])} → {words.amount(one.new, currencies[1])}"
    return f"{sides} ({_moved(one.old, one.new)})"


def _told(found: Comparison, currencies: tuple[str, str]) -> Iterator[str]:
    if found.incomparable == "currency":
        yield f"the currency changes from {currencies[0]} to {currencies[1]}: which charge is higher cannot be known"
        return
    if found.incomparable:
        yield f"the {found.incomparable} changes: each charge is one of its own period"
        return
    yield "; ".join(f"{_range(one)}: {_direction(one)}" for one in found.stretches) + _steps(found)
    worst = [_worst(one, sign) for one, sign in ((found.rise, "+"), (found.fall, "-")) if one is not None]
    if worst:
        yield f"before rounding, {'; '.join(worst)}"


def _steps(found: Comparison) -> str:
    """Of which quantities it is said, where others can be charged otherwise."""
    if found.step != 1:
        return f" (in steps of {words.quantity(found.step)})"
    return " (in whole units)" if found.at_steps else ""


def _direction(one: Stretch) -> str:
    same = one.throughout or one.direction in (Direction.SAME, Direction.VARIES)
    return _PAYS[one.direction] + ("" if same else " or the same")


def _range(one: Stretch) -> str:
    if one.last is None:
        return f"from {words.quantity(one.first)} on" if one.first else "at every quantity"
    if one.first == one.last:
        return f"at {words.quantity(one.first)}"
    return f"from {words.quantity(one.first)} to {words.quantity(one.last)}"


def _worst(worst: Worst, sign: str) -> str:
    at = "" if worst.quantity is None else f" at {words.quantity(worst.quantity)}"
    match worst.reach:
        case Reach.FROM_ZERO:
            return f"a charge{at} where there was none"
        case Reach.UNBOUNDED:
            return "the rise in percent grows with the quantity, without a bound"
        case Reach.TOWARDS:
            return f"towards {_percent(worst.percent, sign)} as the quantity grows"
        case Reach.AT:
            return f"at most {_percent(worst.percent, sign)}{at}"


def _percent(value: Decimal | None, sign: str) -> str:
    """Its size at two decimals, with the sign that is given: `+20.41 %`, `- under 0.01 %`."""
    size = (value or Decimal(0)).copy_abs()
    shown = rounded(size, 2)
    return f"{sign} under 0.01 %" if size and not shown else f"{sign}{words.quantity(shown)} %"


def _table(
    points: Sequence[Point], found: Comparison, currencies: tuple[str, str]
) -> tuple[tuple[str, ...], ...]:
    rows = [
        (
            words.quantity(one.quantity),
            words.amount(one.old, currencies[0]),
            words.amount(one.new, currencies[1]),
            "" if found.incomparable else _moved(one.old, one.new),
        )
        for one in points
    ]
    return (("quantity", "before", "after", "change"), *rows)


def _moved(old: Decimal, new: Decimal) -> str:
    if old == new:
        return "="
    if not old:
        return "from nothing"
    percent = divided(multiply(subtract(new, old), HUNDRED), old)
    return _percent(percent, "+" if new > old else "-")


def _totals(phase: PhaseComparison, change: PriceChange, asked: Asked) -> Iterator[Block]:
    """Nothing for a phase of one rate card: the card is the phase. JSON tells of every feature."""
    if len(phase.cards) - len(phase.left_out) < 2:
        return
    moving = {card.feature for card in phase.cards if card.changed}
    shown = [one for one in phase.totals if one.feature in asked.at or one.feature in moving] or phase.totals[
        :1
    ]
    for one in shown:
        wanted = {Decimal(0), *asked.at.get(one.feature, ()), *(s.first for s in one.comparison.stretches)}
        if not one.comparison.fixed and one.feature not in asked.at:
            wanted.add(one.comparison.points[-1].quantity)
        points = [point for point in one.comparison.points if point.quantity in wanted]
        lines, table = _judged(one.comparison, change.currencies, points)
        if phase.left_out:
            lines.append(f"billed in another rhythm, and so not in the sum: {', '.join(phase.left_out)}")
        yield Block(_whole(phase.key, one), tuple(lines), table)


def _whole(phase: str, one: TotalComparison) -> str:
    what = f"phase {phase} as a whole" if phase else "the add-on as a whole"
    if not one.feature:
        return what
    held = [f"{words.quantity(quantity)} of {name}" for name, quantity in one.others.items()]
    return f"{what}, as {one.feature} grows" + (f", with {', '.join(held)}" if held else "")


def _customers(
    phase: PhaseComparison, charges: Sequence[CustomerCharge], currency: str, source: str
) -> Block:
    old, new = total(one.old for one in charges), total(one.new for one in charges)
    more, less = sum(o.new > o.old for o in charges), sum(o.new < o.old for o in charges)
    lines = [
        f"{counted(len(charges), 'customer')}: {more:,} would pay more, {less:,} less, {len(charges) - more - less:,} the same",
        f"together {words.amount(old, currency)} → {words.amount(new, currency)} ({_moved(old, new)})",
    ]
    moved = sorted((o for o in charges if o.old != o.new), key=lambda o: (o.old - o.new, o.customer))
    if len(moved) > CUSTOMERS:
        lines.append(f"{len(moved) - CUSTOMERS:,} more who pay otherwise are named by --format json")
    rows = [
        (o.customer, words.amount(o.old, currency), words.amount(o.new, currency), _moved(o.old, o.new))
        for o in moved[:CUSTOMERS]
    ]
    where = f"in phase {phase.key}" if phase.key else "with the add-on"
    head = (("customer", "before", "after", "change"),) if rows else ()
    return Block(f"customers of {source}, if they are {where}", tuple(lines), (*head, *rows))
