"""What a new version of an object grants less than the one before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalogsync.core.canon import Body, Json
from catalogsync.money.words import cadence
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard


@dataclass(frozen=True, slots=True)
class Cut:
    """A rate card that grants less. `phase` is "" for an add-on; `what` in words: `no longer grants …`."""

    phase: str
    card: str
    feature: str
    what: str


def cuts(before: Body | None, after: Body | None) -> tuple[Cut, ...]:
    """Rate cards of a plan or an add-on, as manifests write both, whose entitlement goes or becomes less: fewer units in a usage period or
    over time, hard where it was soft, another type or another configuration of a static one. Nothing where the object is made or goes.
    """
    if before is None or after is None:
        return ()
    new = dict(_granting(after))
    return tuple(
        Cut(*place, rate_cards.feature_of(card), what)
        for place, card in _granting(before)
        for what in (_less(card, new.get(place)),)
        if what
    )


def _granting(body: Body) -> Iterator[tuple[tuple[str, str], RateCard]]:
    """The rate cards with entitlements, by phase and key."""
    for phase, card in rate_cards.placed(body):
        if card.get("entitlementTemplate"):
            yield (phase, card["key"]), card


def _less(before: RateCard, after: RateCard | None) -> str:
    old = before["entitlementTemplate"]
    if after is None:
        return f"no longer grants the {old['type']} entitlement"
    new = after["entitlementTemplate"]
    if old["type"] != new["type"]:
        return f"grants a {new['type']} entitlement instead of a {old['type']} one"
    if old.get("config") != new.get("config"):
        return "grants another configuration"
    issued = (_amount(old.get("issueAfterReset")), _amount(new.get("issueAfterReset")))
    if issued[1] < issued[0]:
        return f"issues {issued[1]:,f} instead of {issued[0]:,f} each usage period"
    if old["type"] == "metered" and _over_time(after, issued[1]) < _over_time(before, issued[0]):
        was, now = (cadence(_period(card)) for card in (before, after))
        return f"issues {issued[1]:,f} {now} instead of {issued[0]:,f} {was}"
    if old.get("isSoftLimit") and not new.get("isSoftLimit"):
        return "has a hard limit instead of a soft one"
    return ""


def _amount(issued: Json) -> Decimal:
    return Decimal(issued) if isinstance(issued, int | Decimal) else Decimal(0)


def _period(card: RateCard) -> str:
    """How often the quota is renewed, in ISO 8601; "" where nothing says it."""
    return card["entitlementTemplate"].get("usagePeriod") or card.get("billingCadence") or ""


def _over_time(card: RateCard, issued: Decimal) -> Fraction:
    """About how much a day. Months of 30 days tell a year from a month, and a week from a month, whatever the calendar."""
    period = _period(card)
    return Fraction(issued) / (durations.days(period) if period else 1)
