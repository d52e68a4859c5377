"""What a new version of an object grants less than the one before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.core.canon import Body, Json
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.rate_card_shapes import EntitlementTemplate


@dataclass(frozen=True, slots=True)
class Cut:
    """A rate card that grants less. `phase` is "" for an add-on; `what` in words: `no longer grants …`."""

    phase: str
    card: str
    feature: str
    what: str


def cuts(before: Body | None, after: Body | None) -> tuple[Cut, ...]:
    """Rate cards of a plan or an add-on, as manifests write both, whose entitlement goes or becomes less: fewer units, hard where it was
    soft, another type or another configuration of a static one. Nothing where the object is made or goes.
    """
    if before is None or after is None:
        return ()
    new = {place: template for place, _, template in _templates(after)}
    return tuple(
        Cut(*place, feature, what)
        for place, feature, template in _templates(before)
        for what in (_less(template, new.get(place)),)
        if what
    )


def _templates(body: Body) -> Iterator[tuple[tuple[str, str], str, EntitlementTemplate]]:
    """The entitlements by phase and rate card, with their features."""
    for phase, card in rate_cards.placed(body):
        if template := card.get("entitlementTemplate"):
            yield (phase, card["key"]), rate_cards.feature_of(card), template


def _less(old: EntitlementTemplate, new: EntitlementTemplate | None) -> str:
    if new is None:
        return f"no longer grants the {old['type']} entitlement"
    if old["type"] != new["type"]:
        return f"grants a {new['type']} entitlement instead of a {old['type']} one"
    if old.get("config") != new.get("config"):
        return "grants another configuration"
    issued = (_amount(old.get("issueAfterReset")), _amount(new.get("issueAfterReset")))
    if issued[1] < issued[0]:
        return f"issues {issued[1]:,f} instead of {issued[0]:,f} each usage period"
    if old.get("isSoftLimit") and not new.get("isSoftLimit"):
        return "has a hard limit instead of a soft one"
    return ""


def _amount(issued: Json) -> Decimal:
    return Decimal(issued) if isinstance(issued, int | Decimal) else Decimal(0)
