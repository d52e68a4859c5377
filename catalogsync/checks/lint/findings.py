"""What lint's rules get and give."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TypeAlias

from catalogsync.checks.lint.tiers import Tariff, Tier, tariff
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Catalog, Kind, Lifecycle, Resource
from catalogsync.openmeter.kinds import ADDON, FEATURE, PLAN
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.plan import as_plan
from catalogsync.openmeter.kinds.rate_card_shapes import EntitlementTemplate, RateCard

Card: TypeAlias = RateCard
USAGE = ("unit", "tiered", "dynamic", "package")
"""Price types that charge for what a meter counts."""


@dataclass(frozen=True, slots=True)
class LintSettings:
    """Severities by code (error, warning, note, off), and the day on which waivers are judged."""

    severities: Mapping[str, str] = field(default_factory=dict)
    today: datetime.date = datetime.date.min


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's finding at `path` of an object (at the member's name when `key`); `other` labels a second place, `also` further ones."""

    resource: Resource
    path: Path
    summary: str
    hint: str = ""
    key: bool = False
    other: tuple[str, Resource, Path] | None = None
    also: tuple[tuple[str, Resource, Path], ...] = ()


Placed: TypeAlias = tuple[Resource, Path, Card]
"""A rate card, with the object and the place that it is in."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """Rate cards by what rules ask of them, so that few rules go through all of them: by the type of their price ("" for none) and of
    their entitlement, those with a hard limit, discounts, a tax config, a fee without a cadence. Other flat prices and boolean entitlements,
    which most have and no rule asks for, are not here.
    """

    priced: Mapping[str, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    entitled: Mapping[str, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    limited: list[Placed] = field(default_factory=list)
    discounted: list[Placed] = field(default_factory=list)
    taxed: list[Placed] = field(default_factory=list)
    once: list[Placed] = field(default_factory=list)

    def put(self, placed: Placed) -> None:
        """Puts a rate card wherever it belongs."""
        card = placed[2]
        price, template = card.get("price"), card.get("entitlementTemplate")
        if not price or price["type"] != "flat":
            self.priced[price["type"] if price else ""].append(placed)
        elif not card.get("billingCadence"):
            self.once.append(placed)
        if template and template["type"] != "boolean":
            self.entitled[template["type"]].append(placed)
            if template["type"] == "metered" and not template.get("isSoftLimit"):
                self.limited.append(placed)
        if card.get("discounts"):
            self.discounted.append(placed)
        if card.get("taxConfig"):
            self.taxed.append(placed)

    def charged(self) -> Iterator[Placed]:
        """Those whose price charges usage."""
        return itertools.chain.from_iterable(self.priced[kind] for kind in USAGE)


@dataclass(frozen=True)
class World:
    """The objects that stay. What several rules look at is gathered once."""

    catalog: Catalog

    def of(self, kind: Kind) -> Iterator[Resource]:
        """The objects of a kind that are not to go."""
        gone = (Lifecycle.ARCHIVED, Lifecycle.DELETED)
        return (one for one in self.catalog.of(kind) if one.lifecycle not in gone)

    def feature(self, card: Card) -> Resource | None:
        """The feature that a rate card names."""
        key = card.get("featureKey")
        return self.catalog.get(FEATURE, key) if key is not None else None

    @cached_property
    def cards(self) -> Shelves:
        """The rate cards of add-ons and plans."""
        shelves = Shelves()
        for resource, place, cards in self.card_lists():
            for n, card in enumerate(cards):
                shelves.put((resource, card_place(place, n), card))
        return shelves

    def card_lists(self) -> Iterator[tuple[Resource, Path, Sequence[Card]]]:
        """What holds rate cards, with these: each add-on, each phase of a plan."""
        for addon in self.of(ADDON):
            yield addon, (), as_addon(addon.body)["rateCards"]
        for plan in self.of(PLAN):
            for n, phase in enumerate(as_plan(plan.body)["phases"]):
                yield plan, ("phases", n), phase["rateCards"]

    @cached_property
    def tiered(self) -> Sequence[tuple[Resource, Path, Card, Tariff]]:
        """The rate cards that have tiers, with what these come to."""
        return [
            (resource, place, card, tariff(card["price"]))
            for resource, place, card in self.cards.priced["tiered"]
        ]

    @cached_property
    def doubtful(self) -> Sequence[tuple[Resource, Path, str, Sequence[Tier]]]:
        """The tiers that rules about tiers have to look at: object, place, mode, the tiers in order."""
        return [
            (resource, (*place, "price", "tiers"), card["price"]["mode"], found.doubtful)
            for resource, place, card, found in self.tiered
            if found.doubtful
        ]


@cache
def card_place(holder: Path, number: int) -> Path:
    """The place of a rate card: one tuple for all that stand at the same one in their objects."""
    return (*holder, "rateCards", number)


Check: TypeAlias = Callable[[World], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: its code (the story is in `codes`) and how it is found.

    `whole`: it looks at what is missing from the catalog, so it is silent while other errors may be the cause.
    """

    code: str
    check: Check
    whole: bool = False


def price_type(card: Card) -> str:
    """The type of the card's price; empty for none."""
    price = card.get("price")
    return str(price["type"]) if price else ""


def metered(card: Card) -> EntitlementTemplate | None:
    """The card's metered entitlement."""
    template = card.get("entitlementTemplate")
    return template if template and template["type"] == "metered" else None
