"""Rules about prices: what is charged twice, tiers, free quantities, amounts that stand out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalogsync import canon
from catalogsync.diagnostics import Path
from catalogsync.lint.findings import USAGE, Card, Found, World, body, metered, price_type
from catalogsync.lint.slices import overlap
from catalogsync.model import Kind, Resource

_FAR = 100


def amount(value: Any) -> Decimal:
    """An amount as written, as a number."""
    return value if isinstance(value, Decimal) else Decimal(value)


def _charged(cards: Sequence[Card]) -> Iterator[tuple[int, Card]]:
    return ((n, card) for n, card in enumerate(cards) if price_type(card) in USAGE)


def double_billing(world: World) -> Iterator[Found]:
    """Two usage prices of one phase, or of a phase and an add-on offered in it, on usage that both count."""
    for plan in world.of(Kind.PLAN):
        for p, phase in enumerate(body(plan)["phases"]):
            yield from _among(world, plan, ("phases", p, "rateCards"), phase["rateCards"])
        yield from _addons_on_top(world, plan)
    for addon in world.of(Kind.ADDON):
        yield from _among(world, addon, ("rateCards",), body(addon)["rateCards"])


def _among(world: World, resource: Resource, place: Path, cards: Sequence[Card]) -> Iterator[Found]:
    """Pairs of usage prices of one list whose features count by one meter."""
    by_meter: dict[str, list[tuple[int, Card]]] = {}
    for n, card in _charged(cards):
        feature = world.feature(card)
        slug = body(feature).get("meterSlug") if feature is not None else None
        earlier = by_meter.setdefault(slug, []) if slug is not None else []
        for m, first in earlier:
            yield from _twice(world, resource, (*place, n), card, (resource, (*place, m), first))
        earlier.append((n, card))


def _addons_on_top(world: World, plan: Resource) -> Iterator[Found]:
    phases = body(plan)["phases"]
    for a, offer in enumerate(body(plan).get("addons") or ()):
        addon = world.catalog.get(Kind.ADDON, offer["addon"])
        starts = [p for p, phase in enumerate(phases) if phase["key"] == offer["fromPlanPhase"]]
        if addon is None or not starts:
            continue
        for m, other in _charged(body(addon)["rateCards"]):
            cards = (
                (p, n, card)
                for p in range(starts[0], len(phases))
                for n, card in _charged(phases[p]["rateCards"])
            )
            for p, n, card in cards:
                second = (plan, ("phases", p, "rateCards", n), card)
                found = list(_twice(world, addon, ("rateCards", m), other, second))
                if found:
                    yield Found(
                        plan, ("addons", a, "addon"), found[0].summary, found[0].hint, other=found[0].other
                    )
                    break


def _twice(
    world: World, resource: Resource, place: Path, card: Card, second: tuple[Resource, Path, Card]
) -> Iterator[Found]:
    mine, yours = world.feature(card), world.feature(second[2])
    if mine is None or yours is None or mine.ref == yours.ref or not overlap(mine, yours):
        return
    summary = f"`{card['key']}` and `{second[2]['key']}` charge the same usage of meter `{body(mine)['meterSlug']}` twice"
    hint = "give the features filters that keep them apart, or take one of the prices away"
    yield Found(
        resource,
        (*place, "price"),
        summary,
        hint,
        key=True,
        other=("charged here too", second[0], (*second[1], "price")),
    )


def _tiers(card: Card) -> list[Mapping[str, Any]]:
    """The tiers in order, the open one last."""
    tiers = card["price"]["tiers"]
    return sorted(tiers, key=lambda t: (t.get("upToAmount") is None, amount(t.get("upToAmount") or 0)))


def _of_tier(tier: Mapping[str, Any], name: str) -> Decimal:
    price = tier.get(name)
    return (
        amount(price["amount"] if isinstance(price, Mapping) else price) if price is not None else Decimal(0)
    )


def _is_free(tier: Mapping[str, Any]) -> bool:
    return not _of_tier(tier, "flatPrice") and not _of_tier(tier, "unitPrice")


def _tiered(world: World, mode: str = "") -> Iterator[tuple[Resource, Path, Card]]:
    for resource in world.priced():
        for place, card in world.cards(resource):
            if price_type(card) == "tiered" and mode in ("", card["price"]["mode"]):
                yield resource, (*place, "price", "tiers"), card


def cliffs(world: World) -> Iterator[Found]:
    """Volume tiers: a little more usage makes the whole bill smaller."""
    for resource, place, card in _tiered(world, "volume"):
        tiers = _tiers(card)
        for tier, following in itertools.pairwise(tiers):
            end = amount(tier["upToAmount"])
            here, there = (
                _of_tier(one, "flatPrice") + end * _of_tier(one, "unitPrice") for one in (tier, following)
            )
            if there < here:
                summary = f"using more than {_text(end)} costs {_text(there)}, using {_text(end)} costs {_text(here)}"
                hint = (
                    f"add a flatPrice of {_text(here - there)} to the following tier, or use mode: graduated"
                )
                yield Found(resource, (*place, card["price"]["tiers"].index(following)), summary, hint)
                break


def free_again(world: World) -> Iterator[Found]:
    """Graduated tiers: after a paid one comes one that costs nothing."""
    for resource, place, card in _tiered(world, "graduated"):
        tiers = _tiers(card)
        for tier, following in itertools.pairwise(tiers):
            if not _is_free(tier) and _is_free(following):
                summary = f"usage above {_text(amount(tier['upToAmount']))} is free again, after a tier that is paid for"
                yield Found(
                    resource,
                    (*place, card["price"]["tiers"].index(following)),
                    summary,
                    "give the tier a unitPrice",
                )
                break


def included(world: World) -> Iterator[Found]:
    """The free quantity in the price is not the quantity that the entitlement grants."""
    for resource in world.priced():
        for place, card in world.cards(resource):
            template, free = metered(card), _free_quantity(card)
            granted = amount(template.get("issueAfterReset") or 0) if template else Decimal(0)
            if free is None or not granted or free[0] == granted:
                continue
            summary = f"the price leaves {_text(free[0])} free, the entitlement grants {_text(granted)}"
            hint = f"write {_text(granted)} here, or issueAfterReset: {_text(free[0])}"
            there = ("the grant", resource, (*place, "entitlementTemplate", "issueAfterReset"))
            yield Found(resource, (*place, *free[1]), summary, hint, other=there)


def _free_quantity(card: Card) -> tuple[Decimal, Path] | None:
    usage = (card.get("discounts") or {}).get("usage")
    if usage and price_type(card) in USAGE:
        return amount(usage["quantity"]), ("discounts", "usage", "quantity")
    if price_type(card) == "tiered" and card["price"]["mode"] == "graduated":
        first = _tiers(card)[0]
        if _is_free(first) and first.get("upToAmount") is not None:
            place = card["price"]["tiers"].index(first)
            return amount(first["upToAmount"]), ("price", "tiers", place, "upToAmount")
    return None


def far_off(world: World) -> Iterator[Found]:
    """A unit price a hundred times that of the same feature elsewhere: a slipped point, or cents for dollars."""
    prices: dict[tuple[str, str], list[tuple[Decimal, Resource, Path]]] = {}
    for resource in world.priced():
        for place, card in world.cards(resource):
            if card.get("featureKey"):
                key = (card["featureKey"], body(resource)["currency"])
                found = prices.setdefault(key, [])
                found.extend((value, resource, (*place, "price", *path)) for value, path in _unit_price(card))
    for (feature, _), found in sorted(prices.items()):
        found.sort(key=lambda one: one[0])
        if not found:
            continue
        usual, first, there = found[(len(found) - 1) // 2]
        for value, resource, path in found:
            if max(value, usual) >= _FAR * min(value, usual):
                summary = f"a unit of `{feature}` costs {_text(value)} here and {_text(usual)} elsewhere"
                yield Found(
                    resource,
                    path,
                    summary,
                    "is the decimal point in its place?",
                    other=("the usual price", first, there),
                )


def _unit_price(card: Card) -> Iterator[tuple[Decimal, Path]]:
    """What a unit costs at first: the unit price, or that of the first tier that has one."""
    if price_type(card) == "unit" and amount(card["price"]["amount"]) > 0:
        yield amount(card["price"]["amount"]), ("amount",)
    if price_type(card) == "tiered":
        paid = (tier for tier in _tiers(card) if _of_tier(tier, "unitPrice") > 0)
        for tier in itertools.islice(paid, 1):
            yield _of_tier(tier, "unitPrice"), ("tiers", card["price"]["tiers"].index(tier), "unitPrice")


def discounts(world: World) -> Iterator[Found]:
    """Discounts that leave nothing to pay."""
    for resource in world.priced():
        for place, card in world.cards(resource):
            percentage = (card.get("discounts") or {}).get("percentage")
            if percentage and amount(percentage["percentage"]) >= 100:
                here = (*place, "discounts", "percentage", "percentage")
                yield Found(
                    resource,
                    here,
                    "a discount of 100 % leaves nothing to pay",
                    "leave the price out, or write a smaller percentage",
                )


def _text(value: Decimal) -> str:
    return canon.decimal_text(value)
