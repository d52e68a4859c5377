"""Rules about amounts that stand out among their like."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from catalogsync.checks.lint.findings import Found, Placed, World, card_place, price_type
from catalogsync.checks.lint.tiers import FAR, Tier, amount, is_sorted, steps
from catalogsync.core.canon import decimal_text as _text
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter.kinds import PLAN
from catalogsync.openmeter.kinds.plan import as_plan

_AMOUNT: Path = ("price", "amount")
_POINT = "is the decimal point in its place?"


class _Amount(NamedTuple):
    """What is charged, by an object, at a place in it: the rate card's, and from there on."""

    value: Decimal
    resource: Resource
    card: Path
    inside: Path

    @property
    def where(self) -> Path:
        return (*self.card, *self.inside)


def far_off(world: World) -> Iterator[Found]:
    """An amount a hundred times its like (a slipped point, or cents for dollars): the unit price of the same feature elsewhere, the fee
    of the same rate card in another phase of the plan, the unit price of the tier before.
    """
    for (feature, _), found in sorted(_unit_prices(world).items()):
        yield from _outliers(found, f"a unit of `{feature}` costs", "elsewhere")
    for key, found in _fees(world):
        yield from _outliers(found, f"`{key}` costs", "in another phase")
    yield from _steep_tiers(world)


def _unit_prices(world: World) -> Mapping[tuple[str, str], list[_Amount]]:
    """By feature and currency: the unit prices, and of those with tiers the first that is not free."""
    prices: dict[tuple[str, str], list[_Amount]] = {}
    for resource, place, card in world.cards.priced["unit"]:
        if card.get("featureKey") and amount(card["price"]["amount"]):
            priced = _Amount(amount(card["price"]["amount"]), resource, place, _AMOUNT)
            prices.setdefault((card["featureKey"], str(resource.body["currency"])), []).append(priced)
    for resource, place, card, found in world.tiered:
        if found.unit and card.get("featureKey"):
            priced = _Amount(found.unit, resource, place, _unit_price(found.unit_at))
            prices.setdefault((card["featureKey"], str(resource.body["currency"])), []).append(priced)
    return prices


@cache
def _unit_price(tier: int) -> Path:
    """Where a tier's unit price stands in a rate card; one tuple for all of them."""
    return ("price", "tiers", tier, "unitPrice")


def _fees(world: World) -> Iterator[tuple[str, list[_Amount]]]:
    """For each plan of several phases and each key of its rate cards: the flat prices that are not nothing."""
    for plan in world.of(PLAN):
        phases = as_plan(plan.body)["phases"]
        fees: dict[str, list[_Amount]] = {}
        for p, phase in enumerate(phases if len(phases) > 1 else ()):
            for n, card in enumerate(phase["rateCards"]):
                if price_type(card) == "flat" and (charged := amount(card["price"]["amount"])):
                    fee = _Amount(charged, plan, card_place(("phases", p), n), _AMOUNT)
                    fees.setdefault(card["key"], []).append(fee)
        yield from fees.items()


def _outliers(found: list[_Amount], costs: str, elsewhere: str) -> Iterator[Found]:
    value = itemgetter(0)
    if len(found) == 1 or max(map(value, found)) < FAR * min(map(value, found)):
        return
    found.sort(key=value)
    usual = found[(len(found) - 1) // 2]
    low = bisect_right(found, usual.value / FAR, key=value)
    high = bisect_left(found, usual.value * FAR, key=value)
    for price in (*found[:low], *found[high:]):
        summary = f"{costs} {_text(price.value)} here and {_text(usual.value)} {elsewhere}"
        there = ("the usual price", usual.resource, usual.where)
        yield Found(price.resource, price.where, summary, _POINT, other=there)


def _steep_tiers(world: World) -> Iterator[Found]:
    for resource, place, tier, following in _paid_pairs(world):
        low, high = sorted((tier.unit, following.unit))
        if high >= FAR * low:
            yield _step(resource, place, tier, following, _POINT)


def rising(world: World) -> Iterator[Found]:
    """A unit costs more in a higher tier, and not so much more that a slipped point explains it."""
    for resource, place, tier, following in _paid_pairs(world):
        if tier.unit < following.unit < FAR * tier.unit:
            hint = "write a smaller unitPrice, or say why in a waiver"
            yield _step(resource, place, tier, following, hint)


def _paid_pairs(world: World) -> Iterator[tuple[Resource, Path, Tier, Tier]]:
    """Tiers that follow each other and both have a unit price."""
    for resource, place, _, tiers in world.doubtful:
        for tier, following in steps(tiers):
            if tier.unit and following.unit and is_sorted(tiers):
                yield resource, place, tier, following


def _step(resource: Resource, place: Path, tier: Tier, following: Tier, hint: str) -> Found:
    summary = (
        f"a unit costs {_text(following.unit)} above {_text(tier.end)}, and {_text(tier.unit)} up to there"
    )
    there = ("the tier before", resource, (*place, tier.place, "unitPrice"))
    return Found(resource, (*place, following.place, "unitPrice"), summary, hint, other=there)


def charged_once(world: World) -> Iterator[Found]:
    """A fee that is charged once here, and again and again by the rate cards of the same key elsewhere."""
    once = [one for one in world.cards.once if amount(one[2]["price"]["amount"])]
    keys = {card["key"] for _, _, card in once}
    often: dict[str, Placed] = {}
    for resource, place, cards in world.card_lists() if keys else ():
        for n, card in enumerate(cards):
            if card["key"] in keys and price_type(card) == "flat" and card.get("billingCadence"):
                often.setdefault(card["key"], (resource, card_place(place, n), card))
    for resource, place, card in once:
        if card["key"] in often:
            other, there, like = often[card["key"]]
            cadence = like["billingCadence"]
            yield Found(
                resource,
                (*place, "price"),
                f"`{card['key']}` is charged once here, and every {cadence} elsewhere",
                f"add billingCadence: {cadence}",
                key=True,
                other=("charged again and again", other, (*there, "billingCadence")),
            )
