"""What a plan means in money, as JSON: amounts, quantities and percentages are decimal text."""

from __future__ import annotations

from decimal import Decimal

from catalogsync.app.review import PriceChange, Review
from catalogsync.core.canon import JsonObject, decimal_text
from catalogsync.money import digits
from catalogsync.money.compare import Comparison, Worst
from catalogsync.money.compare_plans import PhaseComparison
from catalogsync.money.exact import rounded


def to_json(review: Review) -> list[JsonObject]:
    """An entry for each object with changed prices, in the plan's order."""
    return [_change(one) for one in review.price_changes]


def _change(one: PriceChange) -> JsonObject:
    return {
        "kind": str(one.ref.kind),
        "key": one.ref.key,
        "currency": {"before": one.currencies[0], "after": one.currencies[1]},
        "refused": one.refused or None,
        "phases": [_phase(phase, one) for phase in one.phases],
    }


def _phase(phase: PhaseComparison, change: PriceChange) -> JsonObject:
    """Of a phase that is new or goes only which it is: nobody is in it before and after."""
    there = {(True, True): "both", (False, True): "after", (True, False): "before"}[phase.there]
    if there != "both":
        return {"key": phase.key, "there": there}
    return {
        "key": phase.key,
        "there": there,
        "cards": [
            {
                "key": card.key,
                "before": card.old or None,
                "after": card.new or None,
                **_comparison(card.comparison, change.currencies),
            }
            for card in phase.cards
            if card.changed
        ],
        "totals": [
            {
                "feature": one.feature or None,
                "others": {name: decimal_text(quantity) for name, quantity in one.others.items()},
                **_comparison(one.comparison, change.currencies),
            }
            for one in phase.totals
            if phase.changed
        ],
        "leftOut": list(phase.left_out),
        "customers": [
            {
                "customer": one.customer,
                "before": _money(one.old, change.currencies[0]),
                "after": _money(one.new, change.currencies[1]),
            }
            for one in change.customers.get(phase.key, ())
        ],
    }


def _comparison(found: Comparison, currencies: tuple[str, str]) -> JsonObject:
    return {
        "incomparable": found.incomparable or None,
        "points": [
            {
                "quantity": decimal_text(one.quantity),
                "before": _money(one.old, currencies[0]),
                "after": _money(one.new, currencies[1]),
            }
            for one in found.points
        ],
        "step": decimal_text(found.step),
        "stretches": [
            {
                "first": decimal_text(one.first),
                "last": None if one.last is None else decimal_text(one.last),
                "direction": str(one.direction),
                "throughout": one.throughout,
            }
            for one in found.stretches
        ],
        "rise": _worst(found.rise),
        "fall": _worst(found.fall),
    }


def _worst(one: Worst | None) -> JsonObject | None:
    if one is None:
        return None
    return {
        "reach": str(one.reach),
        "percent": None if one.percent is None else decimal_text(one.percent),
        "quantity": None if one.quantity is None else decimal_text(one.quantity),
    }


def _money(value: Decimal, currency: str) -> str:
    """In the currency's digits."""
    return f"{rounded(value, digits(currency)):f}"
