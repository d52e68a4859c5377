"""Where an add-on's rate card meets a plan's of the same key (docs/server/assignments.md#compatibility, second table)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalogsync.core.diagnostics import Path
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds.addon import AddonBody
from catalogsync.openmeter.kinds.plan import PlanBody
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard

_TEMPLATE = "entitlementTemplate"
_Fault = tuple[str, str, str]
"""Code, words, and the member of both cards that they are about."""


@dataclass(frozen=True, slots=True)
class Clash:
    """What keeps an add-on's card from a plan's: the server's code, words, the phases where it does, and the two places."""

    code: str
    key: str
    what: str
    phases: tuple[str, ...]
    in_plan: Path
    in_addon: Path

    @property
    def hint(self) -> str:
        """What to do about it: in the add-on, where its card is to be added to the plan's; another key where it cannot be."""
        return _HINTS[self.code]


_BESIDE = "give the add-on's card a key of its own and no featureKey: then it is charged beside the plan's"
_HINTS = {
    "rate_card_billing_cadence_mismatch": "write the plan's billingCadence in the add-on's card, with the amount for that period",
    "rate_card_price_type_mismatch": _BESIDE,
    "rate_card_only_flat_price_allowed": _BESIDE,
    "rate_card_price_payment_term_mismatch": "write the same paymentTerm in both cards",
    "rate_card_entitlement_template_type_mismatch": "write the plan's type of entitlement in the add-on's card",
    "rate_card_static_entitlement_template_not_allowed": "remove the entitlementTemplate from the add-on's card: the plan grants it",
    "rate_card_metered_entitlement_template_usage_period_mismatch": "write the plan's usagePeriod in the add-on's entitlementTemplate",
    "rate_card_percentage_discount_not_allowed": "remove the percentage discount from one of the two cards",
}

UNALIGNED = "rate_card_billing_cadence_unaligned"
CODES = frozenset({*_HINTS, UNALIGNED})
"""Codes of what is wrong between an add-on and each plan that offers it."""


def clashes(plan: PlanBody, from_phase: str, addon: AddonBody) -> tuple[Clash, ...]:
    """What clashes in the phases from `from_phase` on, once per card and reason."""
    keys = [phase["key"] for phase in plan["phases"]]
    found: dict[tuple[str, _Fault], Clash] = {}
    for p in range(keys.index(from_phase) if from_phase in keys else len(keys), len(keys)):
        cards = {card["key"]: (n, card) for n, card in enumerate(plan["phases"][p]["rateCards"])}
        for m, card in enumerate(addon["rateCards"]):
            n, own = cards.get(card["key"], (0, None))
            for fault in _pair(own, card) if own is not None else ():
                code, what, member = fault
                first = found.get((card["key"], fault))
                mine, yours = ("phases", p, "rateCards", n, member), ("rateCards", m, member)
                found[card["key"], fault] = (
                    replace(first, phases=(*first.phases, keys[p]))
                    if first
                    else Clash(code, card["key"], what, (keys[p],), mine, yours)
                )
    return tuple(found.values())


def _pair(own: RateCard, other: RateCard) -> Iterator[_Fault]:
    if own.get("price") is not None and other.get("price") is not None:
        yield from _prices(own, other)
    cadences = (own.get("billingCadence"), other.get("billingCadence"))
    if _differ(*cadences):
        yield (
            "rate_card_billing_cadence_mismatch",
            f"billed every {cadences[0]} in the plan, every {cadences[1]} in the add-on",
            "billingCadence",
        )
    if own.get("entitlementTemplate") and other.get("entitlementTemplate"):
        yield from _templates(own, other)
    if all((card.get("discounts") or {}).get("percentage") for card in (own, other)):
        yield "rate_card_percentage_discount_not_allowed", "both have a percentage discount", "discounts"


def _prices(own: RateCard, other: RateCard) -> Iterator[_Fault]:
    mine, yours = own["price"], other["price"]
    if mine["type"] != yours["type"]:
        yield (
            "rate_card_price_type_mismatch",
            f"price of type {mine['type']} in the plan, {yours['type']} in the add-on",
            "price",
        )
    if mine["type"] != "flat":
        yield (
            "rate_card_only_flat_price_allowed",
            f"only a flat price can be added to, the plan's is {mine['type']}",
            "price",
        )
    elif _term(own) != _term(other):
        yield (
            "rate_card_price_payment_term_mismatch",
            "the payment terms differ",
            "price",
        )


def _term(card: RateCard) -> str:
    """A usage-based flat price without a term is stored without one and differs from in_advance (docs/server/assignments.md#compatibility)."""
    default = "in_advance" if card["type"] == "flat_fee" else ""
    return card["price"].get("paymentTerm") or default if card["price"]["type"] == "flat" else ""


def _templates(own: RateCard, other: RateCard) -> Iterator[_Fault]:
    mine, yours = own["entitlementTemplate"], other["entitlementTemplate"]
    if mine["type"] != yours["type"]:
        yield (
            "rate_card_entitlement_template_type_mismatch",
            f"a {mine['type']} entitlement in the plan, {yours['type']} in the add-on",
            _TEMPLATE,
        )
    elif mine["type"] == "static":
        yield (
            "rate_card_static_entitlement_template_not_allowed",
            "static entitlements cannot be added up",
            _TEMPLATE,
        )
    elif mine["type"] == "metered" and _differ(_period(own), _period(other)):
        words = f"usage period {_period(own)} in the plan, {_period(other)} in the add-on"
        yield "rate_card_metered_entitlement_template_usage_period_mismatch", words, _TEMPLATE


def _period(card: RateCard) -> str | None:
    own = card["entitlementTemplate"].get("usagePeriod")
    return _canonical(own) if own and _canonical(own) != "P0D" else _canonical(card.get("billingCadence"))


def _differ(mine: str | None, yours: str | None) -> bool:
    """Whether two durations differ. A text that is not one is said where it stands, and not once more here."""
    sides = (_canonical(mine), _canonical(yours))
    return None not in sides and sides[0] != sides[1]


def _canonical(text: str | None) -> str | None:
    """The duration in its shortest form; None for none, and for a text that is not one."""
    try:
        return durations.canonical(text) if text is not None else None
    except ValueError:
        return None
