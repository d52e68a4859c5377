"""Rules about prices and entitlements together, and about a plan's phases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from catalogsync.checks.lint.filter_overlap import overlap
from catalogsync.checks.lint.findings import Card, Found, World, metered
from catalogsync.checks.lint.tiers import amount
from catalogsync.core import canon
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds import PLAN
from catalogsync.openmeter.kinds.plan import as_plan


def priced_without_entitlement(world: World) -> Iterator[Found]:
    """Usage that is charged, and that no entitlement counts for the customer."""
    for plan, place, card in _unentitled(world):
        if world.feature(card) is not None and not _counted_elsewhere(world, plan, place, card):
            summary = f"usage of `{card['key']}` is charged, and no entitlement tells the customer's access or balance"
            hint = "add entitlementTemplate: {type: metered, issueAfterReset: 0, isSoftLimit: true}"
            yield Found(plan, (*place, "price"), summary, hint, key=True)


def entitlement_elsewhere(world: World) -> Iterator[Found]:
    """The price is on one feature and the metered entitlement on another one of the same usage."""
    for plan, place, card in _unentitled(world):
        for there, other in _counted_elsewhere(world, plan, place, card):
            summary = f"`{card['key']}` charges what `{other['key']}` grants: two features of one usage"
            yield Found(
                plan,
                (*place, "price"),
                summary,
                "put price and entitlement into one rate card",
                key=True,
                other=("granted here", plan, (*there, "entitlementTemplate")),
            )


def _unentitled(world: World) -> Iterator[tuple[Resource, Path, Card]]:
    """The rate cards of plans that charge usage and entitle to nothing."""
    for resource, place, card in world.cards.charged():
        if not card.get("entitlementTemplate") and resource.ref.kind is PLAN:
            yield resource, place, card


def _counted_elsewhere(world: World, plan: Resource, place: Path, card: Card) -> list[tuple[Path, Card]]:
    """The unpriced cards of the same phase that meter the same usage under another feature."""
    mine = world.feature(card)
    found = []
    for n, other in enumerate(as_plan(plan.body)["phases"][int(place[1])]["rateCards"]):
        if mine is None or metered(other) is None or other.get("price") is not None:
            continue
        yours = world.feature(other)
        if yours is not None and yours.ref != mine.ref and overlap(mine, yours):
            found.append(((*place[:-1], n), other))
    return found


def unpaid_overage(world: World) -> Iterator[Found]:
    """A soft limit without a price, now and in every later phase: usage above the grant stays free."""
    for resource, place, card in world.cards.priced[""]:
        template = metered(card) if resource.ref.kind is PLAN else None
        if template and template.get("isSoftLimit") and not _is_paid_later(world, resource, place, card):
            summary = f"usage of `{card['key']}` above the grant is neither stopped nor charged"
            where = (*place, "entitlementTemplate", "isSoftLimit")
            yield Found(resource, where, summary, "write isSoftLimit: false, or add a price")


def _is_paid_later(world: World, plan: Resource, place: Path, card: Card) -> bool:
    """Whether the card's usage has a price in the same phase or in a later one: by its feature, or by another one of the same usage."""
    mine = world.feature(card)

    def counts_it(other: Card) -> bool:
        yours = world.feature(other)
        return other.get("featureKey") == card.get("featureKey") or (
            mine is not None and yours is not None and overlap(mine, yours)
        )

    return any(
        other.get("price") is not None and counts_it(other)
        for phase in as_plan(plan.body)["phases"][int(place[1]) :]
        for other in phase["rateCards"]
    )


def meterless(world: World) -> Iterator[Found]:
    """Metered entitlements on features without a meter: nothing is ever counted against them."""
    for resource, place, card in world.cards.entitled["metered"]:
        feature = world.feature(card)
        if feature is not None and not feature.body.get("meterSlug"):
            summary = f"feature `{feature.ref.key}` has no meter: its balance never falls"
            yield Found(
                resource,
                (*place, "entitlementTemplate"),
                summary,
                "give the feature a meterSlug, or write type: boolean",
                key=True,
            )


def unreadable_config(world: World) -> Iterator[Found]:
    """Static entitlements whose config is text that holds no JSON: the server takes any text, an application that reads it does not."""
    for resource, place, card in world.cards.entitled["static"]:
        config = card["entitlementTemplate"].get("config")
        if isinstance(config, str) and not _is_json(config):
            yield Found(
                resource,
                (*place, "entitlementTemplate", "config"),
                "this config is not JSON",
                "write it as YAML, `config: {name: value}`",
            )


def _is_json(text: str) -> bool:
    try:
        canon.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def short_phases(world: World) -> Iterator[Found]:
    """Phases that end before the first billing period of a price in them does."""
    for plan in world.of(PLAN):
        for p, phase in enumerate(as_plan(plan.body)["phases"]):
            lasts = _days(phase.get("duration"))
            if lasts is None:
                continue
            for n, card in enumerate(phase["rateCards"]):
                every = _days(card.get("billingCadence"))
                if every is None or lasts >= every or not _costs(card):
                    continue
                summary = f"`{card['key']}` is billed every {card['billingCadence']}, and the phase ends after {phase['duration']}"
                hint = f"make the phase last {card['billingCadence']}, or bill more often"
                other = ("the cadence", plan, ("phases", p, "rateCards", n, "billingCadence"))
                yield Found(plan, ("phases", p, "duration"), summary, hint, other=other)
                break


def _costs(card: Card) -> bool:
    price = card.get("price")
    return price is not None and (price["type"] != "flat" or amount(price["amount"]) > 0)


def _days(text: str | None) -> Fraction | None:
    try:
        return durations.days(text) if text is not None else None
    except ValueError:
        return None


def downgrades(world: World) -> Iterator[Found]:
    """A later phase grants less than the one before it."""
    for plan in world.of(PLAN):
        phases = as_plan(plan.body)["phases"]
        for p, (before, after) in enumerate(itertools.pairwise(phases), 1):
            later = {card.get("featureKey"): (n, card) for n, card in enumerate(after["rateCards"])}
            for n, card in enumerate(before["rateCards"]):
                if card.get("entitlementTemplate") is None or card.get("featureKey") is None:
                    continue
                where, what = _less(card, later.get(card["featureKey"]))
                if what:
                    summary = f"phase `{after['key']}` {what} `{card['featureKey']}`, which phase `{before['key']}` grants"
                    other = ("granted here", plan, ("phases", p - 1, "rateCards", n, "entitlementTemplate"))
                    yield Found(
                        plan,
                        ("phases", p, *where),
                        summary,
                        "grant as much, or say why in a waiver",
                        other=other,
                    )


def _less(card: Card, later: tuple[int, Card] | None) -> tuple[tuple[str | int, ...], str]:
    if later is None:
        return ("key",), "has no rate card for"
    here = ("rateCards", later[0])
    if later[1].get("entitlementTemplate") is None:
        return (*here, "key"), "has no entitlement on"
    mine, yours = metered(card), metered(later[1])
    if mine is None or yours is None or _period(card) != _period(later[1]):
        return (), ""
    if amount(yours.get("issueAfterReset") or 0) < amount(mine.get("issueAfterReset") or 0):
        return (*here, "entitlementTemplate", "issueAfterReset"), "grants less of"
    return (), ""


def _period(card: Card) -> str | None:
    template = metered(card)
    own = template.get("usagePeriod") if template else None
    return own or card.get("billingCadence")
