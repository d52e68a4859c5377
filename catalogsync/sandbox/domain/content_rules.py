"""The rules that a plan's and an add-on's content is held against. Pure: content in, issues out.

Source: docs/server/rate-cards.md#rate-cards, docs/server/addons.md#publish; recorded areas `plancontent`, `addons`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from catalogsync.sandbox.domain.contract import Json, Problem
from catalogsync.sandbox.domain.currency_rules import override_issues
from catalogsync.sandbox.domain.durations import aligned, parse
from catalogsync.sandbox.domain.issues import Issue, issue

CADENCES = ("P1W", "P2W", "P4W", "P1M", "P3M", "P6M", "P12M", "P1Y")
_TAX_CODE = re.compile(r"\Atxcd_[0-9]{8}\Z")
_USAGE_PRICES = ("unit", "tiered", "dynamic", "package")

Card = Mapping[str, Json]


def at(prefix: str, key: str, spelling: str = "ratecards") -> str:
    """The field of a card."""
    return f"{prefix}{spelling}[?(@.key=='{key}')]"


def phase_prefix(key: str) -> str:
    return f"$.phases[?(@.key=='{key}')]."


def card_issues(cards: Sequence[Card], prefix: str) -> Iterator[Issue]:
    """Everything wrong with the cards of one phase or add-on."""
    seen: set[str] = set()
    for card in cards:
        field = at(prefix, card["key"])
        if card["key"] in seen:
            yield issue("rate_card_duplicated_key", f"{field}.key")
        seen.add(card["key"])
        if card.get("featureKey") is not None and card["featureKey"] != card["key"]:
            yield issue("rate_card_key_feature_key_mismatch", f"{field}.key")
        for fault in _tax_faults(card.get("taxConfig") or {}):
            yield Issue(fault, f"{field}.taxConfig")
        for fault in price_faults(card["price"]):
            yield Issue(fault, f"{field}.price")
        yield from _feature_needs(card, field)
        yield from _discounts(card, field)
        if card["billingCadence"] is not None:
            cadence = parse(card["billingCadence"])
            if not cadence.an_hour_at_least:
                yield issue("billing_cadence_invalid_value", f"{field}.billingCadence")
            if cadence.sign <= 0:
                yield issue("billing_cadence_invalid_value", f"{field}.billingCadence")
        if card.get("unitConfig") and (card["price"] is None or card["price"]["type"] == "flat"):
            yield issue("unit_config_requires_usage_based_price", f"{field}.unit_config")


def _tax_faults(config: Mapping[str, Json]) -> Iterator[str]:
    """Uncoded problems of a tax config, which only another letter case brings past the validator."""
    behavior, stripe = config.get("behavior"), config.get("stripe") or {}
    if behavior is not None and behavior not in ("inclusive", "exclusive"):
        yield f"invalid tax behavior: {behavior}"
    if stripe.get("code") and not _TAX_CODE.search(stripe["code"]):
        yield f"invalid product tax code: {stripe['code']}"


def _feature_needs(card: Card, field: str) -> Iterator[Issue]:
    price, template = card["price"], card.get("entitlementTemplate")
    has_feature = card.get("featureKey") or card.get("featureId")
    if price is not None and price["type"] in _USAGE_PRICES and not has_feature:
        yield issue("usage_based_price_with_no_feature", f"{field}.featureKey")
    if template is None:
        return
    if not has_feature:
        yield issue("entitlement_template_with_no_feature", f"{field}.featureKey")
    if template["type"] == "metered" and template.get("issueAfterReset") is None:
        yield issue(
            "entitlement_template_issue_after_reset_required", f"{field}.entitlementTemplate.issueAfterReset"
        )


def _discounts(card: Card, field: str) -> Iterator[Issue]:
    discounts = card.get("discounts")
    if not discounts:
        return
    if "percentage" in discounts and not 0 <= discounts["percentage"]["percentage"] <= 100:
        yield issue("percentage_discount_invalid_value", f"{field}.discounts.percentage.percentage")
    if card["price"] is None:
        yield Issue("price is required for discounts", field)
    elif card["price"]["type"] == "flat" and "usage" in discounts:
        yield from (issue("usage_discount_with_flat_price"), issue("usage_discount_with_flat_price"))


def price_faults(price: Mapping[str, Json] | None) -> Iterator[str]:
    """Uncoded problems of a price (docs/server/rate-cards.md#prices)."""
    if price is None:
        return
    kind = price["type"]
    if kind in ("flat", "unit", "package") and _negative(price["amount"]):
        yield "the Amount must not be negative"
    if kind == "dynamic" and _negative(price["multiplier"]):
        yield "the markup rate must not be less than 0"
    if kind == "package":
        size = Decimal(price["quantityPerPackage"])
        if size <= 0:
            yield f"the QuantityPerPackage must not be {'zero' if size == 0 else 'negative'}"
    if kind == "tiered":
        yield from _tier_faults(price["tiers"])
    yield from _commitment_faults(price)


def _negative(text: str) -> bool:
    return text.startswith("-")


def _commitment_faults(price: Mapping[str, Json]) -> Iterator[str]:
    least, most = price.get("minimumAmount"), price.get("maximumAmount")
    if least is not None and _negative(least):
        yield "the MinimumAmount must not be negative"
    if most is not None and _negative(most):
        yield "the MaximumAmount must not be negative"
    if least and most and Decimal(least) and Decimal(most) and Decimal(least) > Decimal(most):
        yield "the MinimumAmount must not be greater than MaximumAmount"


def _tier_faults(tiers: Sequence[Mapping[str, Json]]) -> Iterator[str]:
    seen: set[Decimal] = set()
    for tier in tiers:
        limit = Decimal(tier["upToAmount"]) if tier.get("upToAmount") is not None else None
        if limit and limit in seen:
            yield "multiple PriceTiers with same UpToAmount are not allowed"
            continue
        if limit is not None:
            seen.add(limit)
            if limit < 0:
                yield "the UpToAmount must not be negative"
        prices = [tier[name] for name in ("flatPrice", "unitPrice") if tier[name] is not None]
        if not prices:
            yield "either FlatPrice or UnitPrice must be provided in PriceTier"
        yield from ("the Amount must not be negative" for price in prices if _negative(price["amount"]))
    if not tiers:
        yield "at least one PriceTier must be provided"
    if all(tier.get("upToAmount") is not None for tier in tiers):
        yield "at least one PriceTier must be open-ended"


def stored_again(cards: Sequence[Card]) -> list[Issue]:
    """The storage layer's second look at templates and discounts: warnings that refuse drafts all the same. The first card that has
    any is reported alone, its template before its discounts (docs/server/rate-cards.md#severity). Raises the 500 Problem of an empty key.
    """
    for card in cards:
        if card["key"] == "":
            raise Problem(500)
        found = list(_template_again(card.get("entitlementTemplate")))
        if found:
            return found
        usage = (card.get("discounts") or {}).get("usage")
        if usage and _negative(usage["quantity"]):
            return [issue("usage_discount_negative_quantity", "$.discounts.usage.quantity")]
    return []


def _template_again(template: Mapping[str, Json] | None) -> Iterator[Issue]:
    if template is None or template["type"] != "metered":
        return
    if template.get("issueAfterResetPriority") is not None and template.get("issueAfterReset") is None:
        field = "$.entitlementTemplate.issueAfterReset"
        yield issue("entitlement_template_invalid_issue_after_reset_with_priority", field)
    usage = parse(template["usagePeriod"])
    if usage.sign < 0:
        yield issue("entitlement_template_negative_usage_period", "$.entitlementTemplate.usagePeriod")
    if not usage.an_hour_at_least:
        yield issue(
            "entitlement_template_usage_period_less_then_an_hour", "$.entitlementTemplate.usagePeriod"
        )


def named_issues(thing: Mapping[str, Json], prefix: str) -> Iterator[Issue]:
    """An empty key or name, which only another letter case brings past the validator (docs/server/transport.md#decoder)."""
    for name in ("key", "name"):
        if thing.get(name) == "":
            yield issue(f"resource_{name}_empty", f"{prefix}{name}")


def phases_issues(phases: Sequence[Mapping[str, Json]]) -> Iterator[Issue]:
    """Everything wrong inside phases, and between them."""
    seen: set[str] = set()
    for n, phase in enumerate(phases):
        prefix = phase_prefix(phase["key"])
        yield from named_issues(phase, prefix)
        if phase["key"] in seen:
            yield issue("plan_phase_duplicated_key", f"{prefix}key.key")
        seen.add(phase["key"])
        last = n == len(phases) - 1
        if phase["duration"] is None and not last:
            yield issue("plan_has_non_last_phase_with_no_duration", f"{prefix}duration")
        if phase["duration"] is not None and last:
            yield issue("plan_has_last_phase_with_duration", f"{prefix}duration")
        if phase["duration"] is not None:
            duration = parse(phase["duration"])
            if duration.sign < 0:
                yield issue("plan_phase_with_negative_duration", f"{prefix}duration")
            if not duration.an_hour_at_least:
                yield issue("plan_phase_duration_less_then_an_hour", f"{prefix}duration")
        yield from card_issues(phase["rateCards"], prefix)
        if not phase["rateCards"]:
            yield issue("plan_phase_has_no_rate_cards", f"{prefix}rateCards")


def plan_issues(plan: Mapping[str, Json]) -> list[Issue]:
    """Everything wrong with a plan's document: phases, then its cadence, then the alignment (docs/server/errors.md#content-issues)."""
    found = [*named_issues(plan, "$."), *phases_issues(plan["phases"]), *override_issues(plan)]
    if not plan["phases"]:
        found.append(issue("plan_with_no_phases", "$.phases"))
    cadence = plan["billingCadence"]
    if cadence not in CADENCES:
        found.append(issue("plan_billing_cadence_invalid", "$.billingCadence"))
    for phase in plan["phases"]:
        for card in phase["rateCards"]:
            if (
                card["price"] is None
                or card["billingCadence"] is None
                or aligned(cadence, card["billingCadence"])
            ):
                continue
            field = at(phase_prefix(phase["key"]), card["key"], "rateCards")
            found.append(issue("rate_card_billing_cadence_unaligned", f"{field}.billingCadence"))
    return found


def addon_issues(addon: Mapping[str, Json]) -> list[Issue]:
    """Everything that a read shows of an add-on's content."""
    found = [issue(f"addon_{name}_empty", f"$.{name}") for name in ("key", "name") if addon.get(name) == ""]
    found += [*instance_issues(addon), *card_issues(addon["rateCards"], "$.")]
    if not addon["rateCards"]:
        found.append(issue("addon_has_no_rate_cards", "$.rateCards"))
    return [*found, *override_issues(addon)]


def instance_issues(addon: Mapping[str, Json]) -> list[Issue]:
    """An unknown type of instance, which only another letter case brings past the validator."""
    known = addon.get("instanceType", "single") in ("single", "multiple")
    return [] if known else [issue("addon_invalid_instance_type", "$.instanceType")]


def addon_publish_issues(addon: Mapping[str, Json]) -> list[Issue]:
    """What publishing holds an add-on against besides (docs/server/addons.md#publish): one cadence, and prices that fit several instances."""
    found = []
    priced = {
        c["billingCadence"]
        for c in addon["rateCards"]
        if c["price"] is not None and c["billingCadence"] is not None
    }
    if len({parse(cadence).normalised.text for cadence in priced}) > 1:
        found.append(issue("rate_card_multiple_billing_cadence", "$.ratecards[*].billingCadence"))
    if addon["instanceType"] == "multiple":
        unfit = (
            c["key"] for c in addon["rateCards"] if c["price"] is not None and c["price"]["type"] != "flat"
        )
        if (key := next(unfit, None)) is not None:  # only the first is named
            found.append(issue("addon_invalid_ratecard_price_for_multi_instance", f"{at('$.', key)}.price"))
    return found


def only_critical(issues: Sequence[Issue]) -> list[Issue]:
    """What refuses a draft."""
    return [one for one in issues if one.critical]
