"""Whether an add-on version fits a plan version that offers it. Pure.

Source: docs/server/assignments.md#compatibility; recorded `planaddons_compat_*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogsync.sandbox.domain.content_rules import at
from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.domain.currencies import FIAT
from catalogsync.sandbox.domain.durations import aligned
from catalogsync.sandbox.domain.issues import Issue, issue

Body = Mapping[str, Json]


def currency_issues(plan: Body, addon: Body, assignment: Body) -> list[Issue]:
    """Two fiat currencies: the add-on's, and once more each priced card's when the phase exists; a card that
    would bill in another currency than the plan's of the same key, or than a custom one. The only part POST
    enforces.
    """
    found = []
    if {plan["currency"], addon["currency"]} <= FIAT.keys() and plan["currency"] != addon["currency"]:
        found.append(issue("plan_multiple_fiat_currencies", "$.addon.currency"))
    keys = [phase["key"] for phase in plan["phases"]]
    if assignment["fromPlanPhase"] in keys:
        for phase in plan["phases"][keys.index(assignment["fromPlanPhase"]) :]:
            found += _currency_clashes(plan["currency"], phase, addon)
    return found


def _currency_clashes(currency: str, phase: Body, addon: Body) -> Iterator[Issue]:
    own = {card["key"]: card.get("currency") or currency for card in phase["rateCards"] if card["price"]}
    for card in addon["rateCards"]:
        if card["price"] is None:
            continue
        field = f"{at('$.addon.', card['key'])}.currency.currency"
        billed = card.get("currency") or addon["currency"]
        if card["key"] in own:
            if own[card["key"]] != billed:
                yield issue("plan_addon_currency_mismatch", field)
        elif billed != currency and currency not in FIAT:
            yield issue("rate_card_currency_override_not_allowed", field)
        elif billed != currency and billed in FIAT:
            yield issue("plan_multiple_fiat_currencies", field)


def fit_issues(plan: Body, plan_status: str, addon: Body, addon_status: str, assignment: Body) -> list[Issue]:
    """Everything that keeps an assignment from fitting."""
    found: list[Issue] = []
    if plan_status not in ("draft", "active", "scheduled"):
        found.append(issue("plan_addon_incompatible_status", "$.plan.status"))
    if addon_status != "active":
        found.append(issue("plan_addon_incompatible_status", "$.addon.status"))
    most = assignment.get("maxQuantity")
    if addon["instanceType"] == "multiple" and most is not None and most <= 0:
        found.append(issue("plan_addon_max_quantity_must_be_set", "$.maxQuantity"))
    if addon["instanceType"] == "single" and most is not None:
        found.append(issue("plan_addon_max_quantity_must_not_be_set", "$.maxQuantity"))
    cadences = [c["billingCadence"] for c in addon["rateCards"] if c["billingCadence"] is not None]
    if any(not aligned(plan["billingCadence"], cadence) for cadence in cadences):
        found.append(issue("rate_card_billing_cadence_unaligned", "$.billingCadence"))
    keys = [phase["key"] for phase in plan["phases"]]
    if assignment["fromPlanPhase"] not in keys:
        found.append(issue("plan_addon_unknown_plan_phase_key", "$.fromPlanPhase"))
    else:
        for phase in plan["phases"][keys.index(assignment["fromPlanPhase"]) :]:
            found += _clashes(phase, addon)
    return found + currency_issues(plan, addon, assignment)


def _clashes(phase: Body, addon: Body) -> Iterator[Issue]:
    offered = {card["key"]: card for card in phase["rateCards"]}
    for card in addon["rateCards"]:
        if card["key"] in offered:
            yield from _pair(offered[card["key"]], card, at("$.addon.", card["key"]))


def _pair(own: Body, other: Body, field: str) -> Iterator[Issue]:
    if own["price"] is not None and other["price"] is not None:
        yield from _prices(own["price"], other["price"], f"{field}.price")
    if own.get("featureId") and other.get("featureId") and own["featureId"] != other["featureId"]:
        yield issue("rate_card_feature_id_mismatch", f"{field}.featureId")
    cadences = (own["billingCadence"], other["billingCadence"])
    if None not in cadences and cadences[0] != cadences[1]:
        yield issue("rate_card_billing_cadence_mismatch", f"{field}.billingCadence")
    if own.get("entitlementTemplate") and other.get("entitlementTemplate"):
        yield from _templates(
            own["entitlementTemplate"], other["entitlementTemplate"], f"{field}.entitlementTemplate"
        )
    if all("percentage" in (card.get("discounts") or {}) for card in (own, other)):
        yield issue("rate_card_percentage_discount_not_allowed", f"{field}.discounts.percentage")
    both = own.get("unitConfig"), other.get("unitConfig")
    if None not in both and both[0] != both[1]:
        yield issue("addon_rate_card_unit_config_mismatch", f"{field}.unitConfig")


def _prices(own: Body, other: Body, field: str) -> Iterator[Issue]:
    if own["type"] != other["type"]:
        yield issue("rate_card_price_type_mismatch", field)
    if own["type"] != "flat":
        yield issue("rate_card_only_flat_price_allowed", field)
    elif own.get("paymentTerm") != other.get("paymentTerm"):
        yield issue("rate_card_price_payment_term_mismatch", field)


def _templates(own: Body, other: Body, field: str) -> Iterator[Issue]:
    if own["type"] != other["type"]:
        yield issue("rate_card_entitlement_template_type_mismatch", f"{field}.type")
    elif own["type"] == "static":
        yield issue("rate_card_static_entitlement_template_not_allowed", f"{field}.type")
    elif own["type"] == "metered" and own["usagePeriod"] != other["usagePeriod"]:
        yield issue("rate_card_metered_entitlement_template_usage_period_mismatch", f"{field}.usagePeriod")
