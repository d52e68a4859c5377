"""What blows a fuse about prices: how far they move, what comes to nothing, what a real customer would pay. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from catalogsync.app.fuse_rules import Blown, Case, Rule
from catalogsync.app.review import PriceChange
from catalogsync.core.canon import decimal_text
from catalogsync.core.model import Ref
from catalogsync.core.wording import grouped
from catalogsync.money import NotRatedError
from catalogsync.money.card import read
from catalogsync.money.compare import Comparison, Worst
from catalogsync.money.compare_plans import (
    CardComparison,
    CustomerCharge,
    PhaseComparison,
    compare_plans,
)
from catalogsync.money.exact import HUNDRED, divided, multiply, subtract
from catalogsync.money.rating import rate
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.plan import as_plan
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard

_VAST = Decimal(10) ** 15
"""A quantity beyond every tier: what is not charged there, nor at any edge, is charged nowhere."""


def price_moves(case: Case) -> Iterator[Blown]:
    """Charges of a rate card that was there before, else of a phase as a whole, that move further than the limit."""
    for change in case.published:
        prices = case.review.price_change(change.ref)
        if prices is not None and prices.currencies[0] == prices.currencies[1]:
            yield from _moves(case, change.ref, prices)


def _moves(case: Case, ref: Ref, prices: PriceChange) -> Iterator[Blown]:
    limit = case.limits.limit("fuse-price-move")
    if prices.refused:
        yield Blown("fuse-price-move", (ref,), f"the prices of {ref} cannot be compared: {prices.refused}")
    for phase in _followed(case, ref, prices):
        blown = [
            Blown(
                "fuse-price-move",
                (ref,),
                f"rate card {card.key} of {ref} {far}",
                _place(phase, card.key) + ".price",
            )
            for card in phase.cards
            if card.changed and card.old and card.new and not _comes_to_nothing(case, ref, phase, card)
            for far in (_beyond(card.comparison, limit),)
            if far
        ]
        yield from blown or _whole(ref, phase, limit)


def _followed(case: Case, ref: Ref, prices: PriceChange) -> Iterator[PhaseComparison]:
    """The changed phases; one under a new key is held against the one that went, in their order: a fuse does not depend on names."""
    yield from prices.changed
    names = _renames(prices)
    before, after = case.review.manifests(ref)
    if not names or before is None or after is None:
        return
    phases = [{**phase, "key": names.get(phase["key"], phase["key"])} for phase in as_plan(after)["phases"]]
    found = compare_plans(before, {**after, "phases": phases}, case.review.asked.at)
    called = {old: new for new, old in names.items()}
    yield from (replace(one, key=called[one.key]) for one in found if one.changed and one.key in called)


def _renames(prices: PriceChange) -> Mapping[str, str]:
    """Phases that came, each with the one that went in its place."""
    came = (one.key for one in prices.phases if one.there == (False, True))
    went = (one.key for one in prices.phases if one.there == (True, False))
    return dict(zip(came, went, strict=False))


def _whole(ref: Ref, phase: PhaseComparison, limit: Decimal) -> Iterator[Blown]:
    """A phase whose rate cards came or went: no single one tells how far the bill moves."""
    if not any(card.changed and not (card.old and card.new) for card in phase.cards):
        return
    for total in phase.totals:
        if far := _beyond(total.comparison, limit):
            what = f"phase {phase.key} of {ref}" if phase.key else str(ref)
            place = f"phases.{phase.key}" if phase.key else "rateCards"
            yield Blown("fuse-price-move", (ref,), f"{what} as a whole {far}", place)
            return


def _beyond(found: Comparison, limit: Decimal) -> str:
    """In words how a charge moves further than the limit; "" where it does not."""
    if found.incomparable:
        return f"has another {found.incomparable}: the charges cannot be compared"
    for word, worst in (("rises", found.rise), ("falls", found.fall)):
        if worst is not None and (worst.percent is None or abs(worst.percent) > limit):
            return f"{word} {_by(worst)}, more than {decimal_text(limit)} %"
    return ""


def _by(worst: Worst) -> str:
    at = "" if worst.quantity is None else f" at {worst.quantity:,f}"
    if worst.percent is None:
        return f"from nothing{at}" if worst.quantity is not None else "without a bound"
    return f"by {_percent(abs(worst.percent))} %{at}"


def _percent(value: Decimal) -> str:
    return decimal_text(value.quantize(Decimal("0.01")))


def prices_zero(case: Case) -> Iterator[Blown]:
    """Rate cards that charge nothing any more, or less than nothing, where something is sold already."""
    for change in case.published:
        prices = case.review.price_change(change.ref)
        if prices is None:
            continue
        for phase in _followed(case, change.ref, prices):
            for card in phase.cards:
                if card.changed and (said := _comes_to_nothing(case, change.ref, phase, card)):
                    where = _place(phase, card.key) + ".price"
                    yield Blown(
                        "fuse-price-zero",
                        (change.ref,),
                        f"rate card {card.key} of {change.ref} {said}",
                        where,
                    )


def _comes_to_nothing(case: Case, ref: Ref, phase: PhaseComparison, card: CardComparison) -> str:
    """In words what a card charges at most, where that is nothing or less; "" for one that charges, and for one that did not before."""
    prices = case.review.price_change(ref)
    called = phase.key if prices is None else _renames(prices).get(phase.key, phase.key)
    before, after = _card(case, ref, 0, called, card.key), _card(case, ref, 1, phase.key, card.key)
    if after is None or after.get("price") is None:
        return ""
    charges = _charges(after, card, new=True, currency=_currency(case, ref, 1))
    if any(charge < 0 for charge in charges):
        return "has a negative price"
    was_free = before is not None and not any(
        _charges(before, card, new=False, currency=_currency(case, ref, 0))
    )
    if any(charges) or was_free:
        return ""
    return "charges nothing" if before is None else "charges nothing any more"


def _charges(card: RateCard, compared: CardComparison, *, new: bool, currency: str) -> list[Decimal]:
    points = [point.new if new else point.old for point in compared.comparison.points]
    try:
        return [*points, rate(read(card), _VAST, currency).total]
    except NotRatedError:
        return points


def _card(case: Case, ref: Ref, side: int, phase: str, key: str) -> RateCard | None:
    return rate_cards.find(case.review.manifests(ref)[side], phase, key)


def _currency(case: Case, ref: Ref, side: int) -> str:
    return str((case.review.manifests(ref)[side] or {}).get("currency") or "")


def customers_move(case: Case) -> Iterator[Blown]:
    """Customers of a file of usage whose bill rises further than the limit."""
    limit = case.limits.limit("fuse-customer-move")
    for change in case.published:
        prices = case.review.price_change(change.ref)
        for phase, charges in ({} if prices is None else prices.customers).items():
            rises = {
                one.customer: rise
                for one in charges
                for rise in (_rise(one),)
                if rise is None or rise > limit
            }
            if not rises:
                continue
            most = max(rises, key=lambda name: (rises[name] is None, rises[name] or 0, name))
            by = rises[most]
            how = "pays nothing today" if by is None else f"+{_percent(by)} %"
            who = f"{grouped(len(rises), 'customer')} of {case.review.asked.source or 'the usage'}"
            said = f"{who} would pay over {decimal_text(limit)} % more, most of all {most} ({how})"
            yield Blown(
                "fuse-customer-move",
                (change.ref,),
                f"{change.ref}: {said}",
                f"phases.{phase}" if phase else "rateCards",
            )


def _rise(one: CustomerCharge) -> Decimal | None:
    """In percent; None from nothing to something."""
    if one.old:
        return divided(multiply(subtract(one.new, one.old), HUNDRED), one.old)
    return None if one.new > 0 else Decimal(0)


def _place(phase: PhaseComparison, card: str) -> str:
    return f"phases.{phase.key}.rateCards.{card}" if phase.key else f"rateCards.{card}"


RULES: Mapping[str, Rule] = {
    "fuse-price-move": price_moves,
    "fuse-price-zero": prices_zero,
    "fuse-customer-move": customers_move,
}
"""The rules by the fuse's name."""
