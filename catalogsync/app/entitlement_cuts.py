"""What a new version of an object grants less than the one before. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Body = Mapping[str, Any]
_NOTHING: Body = {}


@dataclass(frozen=True, slots=True)
class Cut:
    """A rate card that grants less. `phase` is "" for an add-on; `what` in words: `grants no longer …`."""

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
    new = dict(_templates(after))
    return tuple(
        Cut(phase, key, feature, what)
        for (phase, key), (feature, template) in _templates(before)
        for what in (_less(template, new.get((phase, key), ("", _NOTHING))[1]),)
        if what
    )


def _templates(body: Body) -> Iterator[tuple[tuple[str, str], tuple[str, Body]]]:
    """The entitlements by phase and rate card, with their features."""
    alone: Body = {"key": "", "rateCards": body.get("rateCards")}
    for phase in body.get("phases", [alone]):
        for card in phase.get("rateCards") or ():
            if template := card.get("entitlementTemplate"):
                feature = str(card.get("featureKey") or card.get("key"))
                yield (str(phase.get("key")), str(card.get("key"))), (feature, template)


def _less(old: Body, new: Body) -> str:
    if not new:
        return f"no longer grants the {old.get('type')} entitlement"
    if old.get("type") != new.get("type"):
        return f"grants a {new.get('type')} entitlement instead of a {old.get('type')} one"
    if old.get("type") == "static" and old.get("config") != new.get("config"):
        return "grants another configuration"
    issued = (_amount(old), _amount(new))
    if issued[1] < issued[0]:
        return f"issues {issued[1]:,f} instead of {issued[0]:,f} each usage period"
    if old.get("isSoftLimit") and not new.get("isSoftLimit"):
        return "has a hard limit instead of a soft one"
    return ""


def _amount(template: Body) -> Decimal:
    issued = template.get("issueAfterReset")
    return (
        Decimal(issued)
        if isinstance(issued, int | str | Decimal) and not isinstance(issued, bool)
        else Decimal(0)
    )
