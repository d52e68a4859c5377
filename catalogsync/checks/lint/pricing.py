"""Rules about prices: what is charged twice, tiers, free quantities, discounts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalogsync.checks.lint.filter_overlap import overlap
from catalogsync.checks.lint.findings import USAGE, Card, Found, World, metered, price_type
from catalogsync.checks.lint.tiers import ENDLESS, Tier, amount, is_free, is_sorted, steps, tariff
from catalogsync.core import canon
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter.kinds import ADDON, PLAN
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.feature import as_feature
from catalogsync.openmeter.kinds.plan import as_plan
from catalogsync.openmeter.scalars import Amount

_NOTHING = Decimal(0)


def _charged(cards: Sequence[Card]) -> Iterator[tuple[int, Card]]:
    return ((n, card) for n, card in enumerate(cards) if price_type(card) in USAGE)


def double_billing(world: World) -> Iterator[Found]:
    """Two usage prices of one phase, or of a phase and an add-on offered in it, on usage that both count."""
    for plan in world.of(PLAN):
        for p, phase in enumerate(as_plan(plan.body)["phases"]):
            yield from _among(world, plan, ("phases", p, "rateCards"), phase["rateCards"])
        yield from _addons_on_top(world, plan)
    for addon in world.of(ADDON):
        yield from _among(world, addon, ("rateCards",), as_addon(addon.body)["rateCards"])


def _among(world: World, resource: Resource, place: Path, cards: Sequence[Card]) -> Iterator[Found]:
    """Pairs of usage prices of one list whose features count by one meter."""
    by_meter: dict[str, list[tuple[int, Card]]] = {}
    for n, card in _charged(cards):
        feature = world.feature(card)
        slug = as_feature(feature.body).get("meterSlug") if feature is not None else None
        earlier = by_meter.setdefault(slug, []) if slug is not None else []
        if earlier:
            pairs = (
                found
                for m, first in earlier
                for found in _twice(world, resource, (*place, n), card, (resource, (*place, m), first))
            )
            yield from itertools.islice(pairs, 1)  # one is enough: further ones are told at their own card
        earlier.append((n, card))


def _addons_on_top(world: World, plan: Resource) -> Iterator[Found]:
    phases = as_plan(plan.body)["phases"]
    for a, offer in enumerate(as_plan(plan.body).get("addons") or ()):
        addon = world.catalog.get(ADDON, offer["addon"])
        starts = [p for p, phase in enumerate(phases) if phase["key"] == offer["fromPlanPhase"]]
        if addon is None or not starts:
            continue
        for m, other in _charged(as_addon(addon.body)["rateCards"]):
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
                        plan,
                        ("addons", a, "addon"),
                        found[0].summary,
                        found[0].hint,
                        other=found[0].other,
                        also=found[0].also,
                    )
                    break


def _twice(
    world: World, resource: Resource, place: Path, card: Card, second: tuple[Resource, Path, Card]
) -> Iterator[Found]:
    mine, yours = world.feature(card), world.feature(second[2])
    if mine is None or yours is None or mine.ref == yours.ref or not overlap(mine, yours):
        return
    summary = f"`{card['key']}` and `{second[2]['key']}` charge the same usage of meter `{mine.body['meterSlug']}` twice"
    hint = "give the features filters that keep them apart, or take one of the prices away"
    yield Found(
        resource,
        (*place, "price"),
        summary,
        hint,
        key=True,
        other=("charged here too", second[0], (*second[1], "price")),
        also=tuple((f"what `{one.ref.key}` counts", one, ("meterSlug",)) for one in (mine, yours)),
    )


def unordered(world: World) -> Iterator[Found]:
    """Tiers that are not written in the order in which the server puts them."""
    for resource, place, _, tiers in world.doubtful:
        if not is_sorted(tiers):
            written = sorted(tiers, key=lambda tier: tier.place)
            before, tier = next((a, b) for a, b in itertools.pairwise(written) if b.end < a.end)
            above = "the open tier" if before.end == ENDLESS else f"the tier up to {_text(before.end)}"
            where = (*place, tier.place, "upToAmount")
            summary = f"this tier ends at {_text(tier.end)} and stands below {above}: the server sorts tiers by size"
            there = ("the larger one", resource, (*place, before.place))
            yield Found(resource, where, summary, "correct the number, or the order", other=there)


def twice_open(world: World) -> Iterator[Found]:
    """Two tiers without an end: one of them is never reached."""
    for resource, place, _, tiers in world.doubtful:
        for tier, following in itertools.pairwise(tiers):
            if tier.end == ENDLESS:
                there = ("the other one", resource, (*place, tier.place))
                summary = "two tiers have no end: only one of them can be charged"
                hint = "give one of them an upToAmount"
                yield Found(resource, (*place, following.place), summary, hint, other=there)


def _sorted(world: World, mode: str) -> Iterator[tuple[Resource, Path, Sequence[Tier]]]:
    """The tiers of a mode that are in order; of others `unordered` has reported."""
    for resource, place, its_mode, tiers in world.doubtful:
        if its_mode == mode and is_sorted(tiers):
            yield resource, place, tiers


def cliffs(world: World) -> Iterator[Found]:
    """Volume tiers: a little more usage makes the whole bill smaller."""
    for resource, place, card, found in world.tiered:
        tiers = found.doubtful
        if card["price"]["mode"] != "volume" or not is_sorted(tiers):  # of others `unordered` has reported
            continue
        for tier, following in steps(tiers):
            here, there = (one.flat + tier.end * one.unit for one in (tier, following))
            billed, drops_to = _billed(card, here), _billed(card, there)
            if drops_to < billed:
                used = _text(tier.end + amount(_usage_discount(card) or 0))
                summary = f"just above {used} the bill is {_text(drops_to)}, at {used} it is {_text(billed)}"
                flat = _text(following.flat + here - there)
                hint = f"write `flatPrice: {flat}` in the following tier, or use mode: graduated"
                yield Found(resource, (*place, "price", "tiers", following.place), summary, hint)
                break


def _billed(card: Card, cost: Decimal) -> Decimal:
    """What discount, maximum and minimum leave of what the tiers come to (docs/server/rating.md#order-of-steps)."""
    price, off = card["price"], _percentage(card)
    billed = cost * (100 - off) / 100 if off else cost
    most = price.get("maximumAmount")
    if most is not None:
        billed = min(billed, amount(most))
    return max(billed, amount(price.get("minimumAmount") or 0))


def free_again(world: World) -> Iterator[Found]:
    """Graduated tiers: after a paid one comes one that costs nothing."""
    for resource, place, tiers in _sorted(world, "graduated"):
        for tier, following in steps(tiers):
            if is_free(following) and not is_free(tier):
                summary = f"usage above {_text(tier.end)} is free again, after a tier that is paid for"
                yield Found(resource, (*place, following.place), summary, "give the tier a unitPrice")
                break


def included(world: World) -> Iterator[Found]:
    """The free quantity in the price is not the quantity that the entitlement grants."""
    for resource, place, card in world.cards.discounted:
        quantity, where = _usage_discount(card), (*place, "discounts", "usage", "quantity")
        if quantity is not None:  # the tiers begin after it
            in_tiers = tariff(card["price"]).free if price_type(card) == "tiered" else _NOTHING
            yield from _granted_otherwise(resource, place, card, amount(quantity), where, in_tiers)
    for resource, place, card, found in world.tiered:
        template = card.get("entitlementTemplate")
        if not found.free or not template or template.get("issueAfterReset") == found.free:
            continue
        if card["price"]["mode"] == "graduated" and _usage_discount(card) is None:
            where = (*place, "price", "tiers", found.free_at, "upToAmount")
            yield from _granted_otherwise(resource, place, card, found.free, where)


def charged_from_the_first(world: World) -> Iterator[Found]:
    """A quantity is granted, usage may go on above it, and the price charges from the first unit: the grant looks like included usage."""
    tiered = ((one, place, card) for one, place, card, found in world.tiered if found.from_the_first)
    plain = (
        placed
        for kind in ("unit", "package", "dynamic")
        for placed in world.cards.priced[kind]
        if amount(placed[2]["price"].get("amount", 1))
    )
    for resource, place, card in itertools.chain(tiered, plain):
        template = metered(card)
        granted = template.get("issueAfterReset") if template else None
        free = _usage_discount(card) is not None or not _billed(card, Decimal(1))
        if granted and template and template.get("isSoftLimit") and not free:
            summary = f"the price charges from the first unit, the {granted} that are granted too"
            hint = f"if {granted} are included, write `discounts: {{usage: {{quantity: {granted}}}}}` beside the price, or a first tier up to it at 0"
            there = ("the price", resource, (*place, "price"))
            yield Found(
                resource, (*place, "entitlementTemplate", "issueAfterReset"), summary, hint, other=there
            )


def _granted_otherwise(
    resource: Resource,
    place: Path,
    card: Card,
    free: Decimal,
    where: Path,
    in_tiers: Decimal = _NOTHING,
) -> Iterator[Found]:
    """`free`: the quantity that stands at `where`; `in_tiers`: what the tiers leave free after it."""
    template, whole = metered(card), free + in_tiers
    granted = template.get("issueAfterReset") if template else None
    if granted and granted != whole and not _is_blocked(card):
        summary = f"the price leaves {_text(whole)} free, the entitlement grants {granted}"
        rest = amount(granted) - in_tiers
        here = f"write {_text(rest)} here, or " if rest > 0 else "write "
        hint = f"{here}issueAfterReset: {_text(whole)}"
        there = ("the grant", resource, (*place, "entitlementTemplate", "issueAfterReset"))
        yield Found(resource, where, summary, hint, other=there)


def _usage_discount(card: Card) -> Amount | None:
    discounts = card.get("discounts")
    usage = discounts.get("usage") if discounts else None
    return usage["quantity"] if usage and price_type(card) in USAGE else None


def never_reached(world: World) -> Iterator[Found]:
    """Usage stops at a hard limit before the first unit that costs something, and no add-on grants more."""
    topped_up = {
        card.get("featureKey")
        for addon in world.of(ADDON)
        for card in as_addon(addon.body)["rateCards"]
        if metered(card)
    }
    for resource, place, card in world.cards.limited:
        if resource.ref.kind is PLAN and card.get("featureKey") not in topped_up and _is_blocked(card):
            granted = card["entitlementTemplate"].get("issueAfterReset") or 0
            summary = (
                f"usage of `{card['key']}` stops at the granted {granted}, before its price charges anything"
            )
            hint = "write isSoftLimit: true, or grant more than is free"
            yield Found(resource, (*place, "entitlementTemplate"), summary, hint, key=True)


def _is_blocked(card: Card) -> bool:
    """Whether a hard limit ends usage where it is still free."""
    template = card.get("entitlementTemplate")
    if not template or template.get("isSoftLimit") or not metered(card) or price_type(card) not in USAGE:
        return False
    if _billed(card, _NOTHING):  # a minimum is charged whatever is used
        return False
    free = amount(_usage_discount(card) or 0)
    if price_type(card) == "tiered":
        free += tariff(card["price"]).free
    return bool((template.get("issueAfterReset") or 0) <= free)


def discounts(world: World) -> Iterator[Found]:
    """Discounts that leave nothing to pay."""
    for resource, place, percentage in _percentages(world):
        if percentage >= 100:
            summary = "a discount of 100 % leaves nothing to pay"
            yield Found(resource, place, summary, "leave the price out, or write a smaller percentage")


def fractions(world: World) -> Iterator[Found]:
    """Discounts of less than one percent: a fraction is meant."""
    for resource, place, percentage in _percentages(world):
        if 0 < percentage < 1:
            summary = f"a discount of {_text(percentage)} %, which is {_text(percentage)} of a hundredth"
            yield Found(
                resource, place, summary, f"write {_text(percentage * 100)} for {_text(percentage * 100)} %"
            )


def _percentages(world: World) -> Iterator[tuple[Resource, Path, Decimal]]:
    for resource, place, card in world.cards.discounted:
        if card["discounts"].get("percentage"):
            yield resource, (*place, "discounts", "percentage", "percentage"), _percentage(card)


def _percentage(card: Card) -> Decimal:
    found = (card.get("discounts") or {}).get("percentage")
    return amount(found["percentage"]) if found else _NOTHING


def _text(value: Decimal) -> str:
    return canon.decimal_text(value)
