"""Two versions of a plan or an add-on side by side: each rate card, and each phase as a whole while the usage of one feature grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from catalogsync.core.canon import Body
from catalogsync.money import curves
from catalogsync.money.card import FREE, Card, read
from catalogsync.money.compare import (
    Comparison,
    Priced,
    cadence_of,
    canonical_cadence,
    compare_cards,
    compare_read,
)
from catalogsync.money.exact import ZERO, total
from catalogsync.money.rating import rate
from catalogsync.money.words import charge
from catalogsync.openmeter.kinds.rate_cards import feature_of

NO_USAGE: Mapping[str, Sequence[Decimal]] = {}


@dataclass(frozen=True, slots=True)
class CardComparison:
    """One rate card of a phase or an add-on, by key, with its feature (the key where it names none).

    `old` and `new` in words; empty where the card is not there.
    """

    key: str
    feature: str
    old: str
    new: str
    comparison: Comparison

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class TotalComparison:
    """A phase as a whole while the usage of one feature grows (`feature` empty: nothing in it depends on usage).

    `others`: the quantities of the other features, held still.
    """

    feature: str
    others: Mapping[str, Decimal]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class PhaseComparison:
    """A phase by its key. `left_out`: cards that are billed in another rhythm than the plan, and so are in no total."""

    key: str
    there: tuple[bool, bool]
    cards: tuple[CardComparison, ...]
    totals: tuple[TotalComparison, ...]
    left_out: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether a customer in this phase, before and after, may pay something else."""
        return all(self.there) and any(card.changed for card in self.cards)


@dataclass(frozen=True, slots=True)
class CustomerCharge:
    """What a phase charges for one customer's usage in a billing period, before and after, in the currency's digits."""

    customer: str
    old: Decimal
    new: Decimal


def compare_plans(
    old: Body | None, new: Body | None, at: Mapping[str, Sequence[Decimal]] = NO_USAGE
) -> tuple[PhaseComparison, ...]:
    """Compares two versions of a plan as manifests write them, phase by phase (by key, the new order first); either may be absent.

    `at`: quantities of features to show; the first of each is where a feature is held still while another one grows (else 0).
    Add-ons are compared the same way: they are one phase with an empty key.
    """
    befores, afters = _phases(old), _phases(new)
    currencies = tuple(str(body.get("currency", "")) if body else "" for body in (old, new))
    cadences = tuple(canonical_cadence(body.get("billingCadence")) if body else "" for body in (old, new))
    return tuple(
        _compare_phase(key, befores.get(key), afters.get(key), _Terms(currencies, cadences, at))
        for key in [*afters, *(key for key in befores if key not in afters)]
    )


def charge_customers(
    old: Body, new: Body, phase: str, usage: Mapping[str, Mapping[str, Decimal]]
) -> tuple[CustomerCharge, ...]:
    """What each customer of `usage` (quantities by customer, then feature) would pay in a phase that both versions have.

    Customers that use nothing which the phase has a rate card for are left out. What is billed in another rhythm than the plan's is in no
    sum. Empty where currency or billing cadence differ: such charges are not to be compared.
    """
    bodies = (old, new)
    if len({str(body.get("currency")) for body in bodies}) > 1:
        return ()
    cadences = tuple(canonical_cadence(body.get("billingCadence")) for body in bodies)
    if len(set(cadences)) > 1:
        return ()
    befores, afters = (_phases(body)[phase] for body in bodies)
    terms = _Terms(tuple(str(body.get("currency", "")) for body in bodies), cadences, NO_USAGE)
    together, _ = _together(befores, afters, [*afters, *(key for key in befores if key not in afters)], terms)
    features = {feature for feature, _, _ in together}

    @cache
    def charged(place: int, side: int, quantity: Decimal) -> Decimal:
        """Most customers use nothing of most features."""
        return rate(together[place][1:][side], quantity, terms.currencies[1]).total

    def bill(used: Mapping[str, Decimal], side: int) -> Decimal:
        return total(
            charged(at, side, used.get(feature, ZERO)) for at, (feature, _, _) in enumerate(together)
        )

    return tuple(
        CustomerCharge(customer, bill(used, 0), bill(used, 1))
        for customer, used in usage.items()
        if features & used.keys()
    )


@dataclass(frozen=True, slots=True)
class _Terms:
    """Currency and billing cadence of the old and the new version, and the quantities asked for."""

    currencies: tuple[str, ...]
    cadences: tuple[str, ...]
    at: Mapping[str, Sequence[Decimal]]

    def priced(self, card: Body | None, side: int) -> Priced | None:
        return None if card is None else Priced(card, self.currencies[side])


def _phases(body: Body | None) -> dict[str, dict[str, Body]]:
    """Rate cards by key, by phase."""
    if body is None:
        return {}
    phases = body.get("phases") if "phases" in body else [{"key": "", "rateCards": body.get("rateCards")}]
    return {str(phase.get("key")): _cards(phase) for phase in _objects(phases)}


def _cards(phase: Body) -> dict[str, Body]:
    return {str(card.get("key")): card for card in _objects(phase.get("rateCards"))}


def _objects(value: object) -> Iterator[Body]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))


def _compare_phase(
    key: str, old: Mapping[str, Body] | None, new: Mapping[str, Body] | None, terms: _Terms
) -> PhaseComparison:
    befores, afters = old or {}, new or {}
    keys = [*afters, *(name for name in befores if name not in afters)]
    cards = tuple(_compare_card(name, befores.get(name), afters.get(name), terms) for name in keys)
    together, left_out = _together(befores, afters, keys, terms)
    totals: tuple[TotalComparison, ...] = ()
    if old is not None and new is not None and len(set(terms.currencies)) == len(set(terms.cadences)) == 1:
        totals = tuple(_totals(together, terms))
    return PhaseComparison(key, (old is not None, new is not None), cards, totals, left_out)


def _compare_card(key: str, old: Body | None, new: Body | None, terms: _Terms) -> CardComparison:
    before, after = terms.priced(old, 0), terms.priced(new, 1)
    one = new or old
    assert one is not None
    was, becomes = ("" if side is None else charge(side.card, side.currency) for side in (before, after))
    quantities = terms.at.get(feature_of(one), ())
    return CardComparison(key, feature_of(one), was, becomes, compare_cards(before, after, quantities))


def _together(
    befores: Mapping[str, Body], afters: Mapping[str, Body], keys: Sequence[str], terms: _Terms
) -> tuple[list[tuple[str, Card, Card]], tuple[str, ...]]:
    """The pairs of cards that are billed in the plan's own rhythm, with their features; the keys of the others."""
    together, left_out = [], []
    for name in keys:
        sides = (befores.get(name), afters.get(name))
        rhythms = {cadence_of(card) for card in sides if card is not None and card.get("price") is not None}
        if terms.cadences[1] and rhythms - {terms.cadences[1]}:
            left_out.append(name)
            continue
        one = sides[1] or sides[0]
        assert one is not None
        before, after = (FREE if card is None else read(card) for card in sides)
        together.append((feature_of(one), before, after))
    return together, tuple(left_out)


def _totals(together: Sequence[tuple[str, Card, Card]], terms: _Terms) -> Iterator[TotalComparison]:
    """One for each feature whose usage is charged; a single one where none is."""
    still = {feature: (*terms.at.get(feature, ()), ZERO)[0] for feature, _, _ in together}
    currency = terms.currencies[1]
    billed = [
        tuple(rate(card, still[feature], currency).total for card in sides) for feature, *sides in together
    ]
    growing = [at for at, (_, *sides) in enumerate(together) if any(curves.grows(card) for card in sides)]
    for at in growing or ([-1] if together else []):
        feature, before, after = together[at] if at >= 0 else ("", FREE, FREE)
        rest = [charges for position, charges in enumerate(billed) if position != at]
        others = (total(one[0] for one in rest), total(one[1] for one in rest))
        quantities = terms.at.get(feature, ())
        held = {name: quantity for name, quantity in still.items() if name != feature and quantity}
        yield TotalComparison(feature, held, compare_read(before, after, currency, quantities, others))
