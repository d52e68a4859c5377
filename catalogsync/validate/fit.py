"""Where an add-on's rate card meets a plan's of the same key (semantics-productcatalog §6.6, second table)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalogsync import periods

Card = Mapping[str, Any]
Clash = tuple[str, str, str]


def clashes(plan: Mapping[str, Any], from_phase: str, addon: Mapping[str, Any]) -> Iterator[Clash]:
    """Code, card key and words of each clash, once per card and code, in the phases from `from_phase` on."""
    keys = [phase["key"] for phase in plan["phases"]]
    if from_phase not in keys:
        return
    told: set[Clash] = set()
    for phase in plan["phases"][keys.index(from_phase) :]:
        cards = {card["key"]: card for card in phase["rateCards"]}
        for card in addon["rateCards"]:
            for code, what in _pair(cards[card["key"]], card) if card["key"] in cards else ():
                clash = (code, card["key"], f"{what} (phase `{phase['key']}`)")
                if clash not in told:
                    told.add(clash)
                    yield clash


def _pair(own: Card, other: Card) -> Iterator[tuple[str, str]]:
    if own.get("price") is not None and other.get("price") is not None:
        yield from _prices(own, other)
    cadences = (own.get("billingCadence"), other.get("billingCadence"))
    if None not in cadences and _canonical(cadences[0]) != _canonical(cadences[1]):
        yield (
            "rate_card_billing_cadence_mismatch",
            f"billed every {cadences[0]} in the plan, every {cadences[1]} in the add-on",
        )
    if own.get("entitlementTemplate") and other.get("entitlementTemplate"):
        yield from _templates(own, other)
    if all((card.get("discounts") or {}).get("percentage") for card in (own, other)):
        yield "rate_card_percentage_discount_not_allowed", "both have a percentage discount"


def _prices(own: Card, other: Card) -> Iterator[tuple[str, str]]:
    mine, yours = own["price"], other["price"]
    if mine["type"] != yours["type"]:
        yield (
            "rate_card_price_type_mismatch",
            f"price of type {mine['type']} in the plan, {yours['type']} in the add-on",
        )
    if mine["type"] != "flat":
        yield (
            "rate_card_only_flat_price_allowed",
            f"only a flat price can be added to, the plan's is {mine['type']}",
        )
    elif _term(own) != _term(other):
        yield (
            "rate_card_price_payment_term_mismatch",
            "the payment terms differ: write paymentTerm on both sides",
        )


def _term(card: Card) -> str:
    """A usage-based flat price without a term is stored without one and differs from in_advance (§6.6)."""
    default = "in_advance" if card["type"] == "flat_fee" else ""
    return card["price"].get("paymentTerm") or default if card["price"]["type"] == "flat" else ""


def _templates(own: Card, other: Card) -> Iterator[tuple[str, str]]:
    mine, yours = own["entitlementTemplate"], other["entitlementTemplate"]
    if mine["type"] != yours["type"]:
        yield (
            "rate_card_entitlement_template_type_mismatch",
            f"a {mine['type']} entitlement in the plan, {yours['type']} in the add-on",
        )
    elif mine["type"] == "static":
        yield "rate_card_static_entitlement_template_not_allowed", "static entitlements cannot be added up"
    elif mine["type"] == "metered" and _period(own) != _period(other):
        words = f"usage period {_period(own)} in the plan, {_period(other)} in the add-on"
        yield "rate_card_metered_entitlement_template_usage_period_mismatch", words


def _period(card: Card) -> str | None:
    own = card["entitlementTemplate"].get("usagePeriod")
    return _canonical(own) if own and _canonical(own) != "P0D" else _canonical(card.get("billingCadence"))


def _canonical(text: str | None) -> str | None:
    try:
        return periods.canonical(text) if text is not None else None
    except ValueError:
        return text
