"""What lint's rules get and give."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogsync.diagnostics import Path, Severity
from catalogsync.model import Catalog, Kind, Lifecycle, Resource

Card = Mapping[str, Any]
USAGE = ("unit", "tiered", "dynamic", "package")
"""Price types that charge for what a meter counts."""


@dataclass(frozen=True, slots=True)
class LintSettings:
    """Severities by code (error, warning, note, off), and the day on which waivers are judged."""

    severities: Mapping[str, str] = field(default_factory=dict)
    today: datetime.date = datetime.date.min


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's finding at `path` of an object (at the member's name when `key`); `other` labels a second place."""

    resource: Resource
    path: Path
    summary: str
    hint: str = ""
    key: bool = False
    other: tuple[str, Resource, Path] | None = None


def body(resource: Resource) -> Mapping[str, Any]:
    """The document as written."""
    return resource.body


@dataclass(frozen=True, slots=True)
class World:
    """The objects that stay."""

    catalog: Catalog

    def of(self, kind: Kind) -> Iterator[Resource]:
        """The objects of a kind that are not to go."""
        gone = (Lifecycle.ARCHIVED, Lifecycle.DELETED)
        return (one for one in self.catalog.of(kind) if one.lifecycle not in gone)

    def feature(self, card: Card) -> Resource | None:
        """The feature that a rate card names."""
        key = card.get("featureKey")
        return self.catalog.get(Kind.FEATURE, key) if key is not None else None

    def cards(self, resource: Resource) -> Iterator[tuple[Path, Card]]:
        """All rate cards of a plan or add-on, with their place."""
        phases = (
            enumerate(body(resource)["phases"])
            if resource.ref.kind is Kind.PLAN
            else [(None, body(resource))]
        )
        for n, phase in phases:
            place: Path = ("phases", n) if n is not None else ()
            yield from (((*place, "rateCards", m), card) for m, card in enumerate(phase["rateCards"]))

    def priced(self) -> Iterator[Resource]:
        """Plans and add-ons."""
        yield from self.of(Kind.ADDON)
        yield from self.of(Kind.PLAN)


Check = Callable[[World], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: its code (the story is in `codes`), how bad it is unless the settings say otherwise, and how it is found.

    `whole`: it looks at what is missing from the catalog, so it is silent while other errors may be the cause.
    """

    code: str
    severity: Severity
    check: Check
    whole: bool = False


def price_type(card: Card) -> str:
    """The type of the card's price; empty for none."""
    price = card.get("price")
    return str(price["type"]) if price else ""


def metered(card: Card) -> Mapping[str, Any] | None:
    """The card's metered entitlement."""
    template = card.get("entitlementTemplate")
    return template if template and template["type"] == "metered" else None
