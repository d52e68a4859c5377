"""Rate cards: prices, entitlement templates, discounts, cadences (docs/server/rate-cards.md#rate-cards; recorded area `plancontent`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from catalogsync.checks.validate import repairs
from catalogsync.checks.validate.findings import Findings, keeps, sign
from catalogsync.core.diagnostics import Path
from catalogsync.manifests import duration_hints
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds import FEATURE
from catalogsync.openmeter.kinds.rate_card_shapes import (
    EntitlementTemplate,
    Price,
    RateCard,
    TaxConfig,
    Tier,
)

_USAGE = ("unit", "tiered", "dynamic", "package")
_CREDIT = "only 0 or more is taken; what reduces the bill is written as discounts"


@lru_cache(maxsize=65536)
def _value(text: str) -> Decimal:
    return Decimal(text)


def amount(value: object) -> Decimal:
    """An amount as written, as a number. Zero for what is not a decimal (the schema has said of it)."""
    if isinstance(value, Decimal):
        return value
    try:
        return _value(str(value))
    except (ArithmeticError, ValueError, TypeError):
        return Decimal(0)


def is_period(findings: Findings, text: str, place: Path, what: str) -> bool:
    """Whether the text is a duration; if not, it is reported."""
    try:
        durations.canonical(text)
    except ValueError:
        findings.add(
            "duration-invalid",
            place,
            f"`{text}` is not a {what}",
            hint=duration_hints.in_place_of(text),
        )
        return False
    return True


def check_cards(findings: Findings, cards: Sequence[RateCard], place: Path) -> None:
    """Every card of one phase or add-on, and their keys among each other."""
    seen: dict[str, int] = {}
    for n, card in enumerate(cards):
        here = (*place, n)
        key = card["key"]
        if key in seen and not _misnamed(findings, card):
            findings.add(
                "rate_card_duplicated_key",
                (*here, "key"),
                f"two rate cards have the key `{key}`",
                other=("the first one", (*place, seen[key], "key")),
                hint="a feature has one card: join both, or name the feature that this one is for"
                if card.get("featureKey")
                else "give this one another key, or remove it if it is the same fee",
            )
        seen.setdefault(key, n)
        _card(findings, cards, n, here)


def _misnamed(findings: Findings, card: RateCard) -> bool:
    """Whether a card has another key than its feature, which is to be there: then the card has that message and no other that follows from it."""
    feature = card.get("featureKey")
    return feature is not None and feature != card["key"] and findings.live(FEATURE, feature) is not None


def _card(findings: Findings, cards: Sequence[RateCard], n: int, here: Path) -> None:
    card = cards[n]
    feature, price = card.get("featureKey"), card.get("price")
    if _misnamed(findings, card):
        findings.add(
            "rate_card_key_feature_key_mismatch",
            (*here, "key"),
            f"the card's key `{card['key']}` must be its feature's, `{feature}`",
            hint=repairs.one_of_two_keys(
                card["key"],
                str(feature),
                featured=findings.live(FEATURE, card["key"]) is not None,
                taken={other["key"] for other in cards if other is not card},
            ),
            other=("the feature", (*here, "featureKey")),
        )
    if price is not None:
        _price(findings, price, (*here, "price"))
        _needs_feature(findings, card, price, here)
    cadence = card.get("billingCadence")
    valid = cadence is None or is_period(findings, cadence, (*here, "billingCadence"), "billing cadence")
    if cadence is not None and valid and not durations.at_least_an_hour(cadence):
        findings.at_publish(
            "billing_cadence_invalid_value",
            (*here, "billingCadence"),
            "a billing cadence must be an hour at least",
            hint=duration_hints.too_short(cadence),
        )
    if card.get("entitlementTemplate"):
        _template(findings, card, here, valid)
    if card.get("discounts"):
        _discounts(findings, card, here)
    if card.get("taxConfig"):
        _tax(findings, card["taxConfig"], (*here, "taxConfig"))


def _needs_feature(findings: Findings, card: RateCard, price: Price, here: Path) -> None:
    if price["type"] not in _USAGE:
        return
    key = card.get("featureKey")
    if key is None:
        findings.at_publish(
            "usage_based_price_with_no_feature",
            (*here, "price", "type"),
            f"a {price['type']} price needs a feature whose usage it charges",
            hint=_feature_hint(findings, card),
        )
        return
    feature = findings.live(FEATURE, key)
    if feature is not None and not feature.body.get("meterSlug"):
        findings.at_publish(
            "usage_based_price_with_feature_and_no_meter",
            (*here, "featureKey"),
            f"feature `{key}` has no meter, so its usage cannot be charged",
            hint=f"add `meterSlug: …` to feature `{key}`, the slug of the meter that counts its usage; a fixed fee has a price of type flat",
        )


def _feature_hint(findings: Findings, card: RateCard) -> str:
    """Which feature a card is for that names none: its key says so where there is such a feature."""
    key = card["key"]
    if findings.live(FEATURE, key) is not None:
        return f"add `featureKey: {key}`"
    return f"add `featureKey: …` with the key of a feature, and the same as the card's key: there is no feature `{key}`"


def _period_hint(findings: Findings) -> str:
    """How often a quota is renewed where the card is billed once: how often the plan is billed, where it is a plan's card."""
    cadence = findings.body.get("billingCadence")
    if isinstance(cadence, str):
        return f"add `usagePeriod: {cadence}` to renew it with the plan's billing, or another period"
    return f"add `usagePeriod: …`, how often it is renewed: {duration_hints.FORMS}"


def _price(findings: Findings, price: Price, here: Path) -> None:
    for name in ("amount", "multiplier", "minimumAmount", "maximumAmount", "quantityPerPackage"):
        if name in price and sign(price[name]) == -1:
            findings.add("price-negative", (*here, name), f"{name} must not be negative", hint=_CREDIT)
    if price["type"] == "package" and sign(price.get("quantityPerPackage")) == 0:
        findings.add(
            "price-package-empty",
            (*here, "quantityPerPackage"),
            "a package must hold more than nothing",
            hint="write how many units one package holds",
        )
    least, most = price.get("minimumAmount"), price.get("maximumAmount")
    if (
        least is not None
        and most is not None
        and amount(least)
        and amount(most)
        and amount(least) > amount(most)
    ):
        findings.add(
            "price-minimum-above-maximum",
            (*here, "minimumAmount"),
            f"the minimum {least} is above the maximum {most}",
            other=("the maximum", (*here, "maximumAmount")),
            hint=f"write `minimumAmount: {most}` and `maximumAmount: {least}` if they were swapped; else correct one of them",
        )
    if price["type"] == "tiered":
        _tiers(findings, price["tiers"], (*here, "tiers"))


def _tiers(findings: Findings, tiers: Sequence[Tier], here: Path) -> None:
    seen: dict[Decimal, int] = {}
    is_open = False
    for n, tier in enumerate(tiers):
        upper = tier.get("upToAmount")
        if upper is None:
            is_open = True
        else:
            limit = amount(upper)
            if limit < 0:
                is_open = is_open or n == len(tiers) - 1
                findings.add(
                    "price-negative",
                    (*here, n, "upToAmount"),
                    "upToAmount must not be negative",
                    hint="write the quantity with which the tier ends, or remove upToAmount if the tier has no end",
                )
            if limit and limit in seen:
                findings.add(
                    "price-tier-twice",
                    (*here, n, "upToAmount"),
                    f"two tiers end at {upper}",
                    other=("the other one", (*here, seen[limit], "upToAmount")),
                    hint="give each tier an end of its own",
                )
                continue
            seen[limit] = n
        _tier_prices(findings, tier, here, n)
    if not is_open:
        last = repairs.highest(tiers, amount)
        findings.add(
            "price-tiers-closed",
            (*here, last, "upToAmount"),
            "the last tier must be open: usage above it would have no price",
            key=True,
            hint=repairs.open_tier(tiers, last, amount),
        )


def _tier_prices(findings: Findings, tier: Tier, here: Path, n: int) -> None:
    flat, unit = tier.get("flatPrice"), tier.get("unitPrice")
    if flat is None and unit is None:
        findings.add(
            "price-tier-free",
            (*here, n),
            "a tier needs a flatPrice or a unitPrice",
            hint="add `unitPrice: …` for a price of each unit, or `flatPrice: …` for a fixed one; a free tier has 0",
        )
    for name, price in (("flatPrice", flat), ("unitPrice", unit)):
        number = price["amount"] if isinstance(price, dict) else price
        if number is not None and sign(number) == -1:
            findings.add("price-negative", (*here, n, name), f"{name} must not be negative", hint=_CREDIT)


def _template(findings: Findings, card: RateCard, here: Path, cadence_valid: bool) -> None:
    template, place = card["entitlementTemplate"], (*here, "entitlementTemplate")
    if card.get("featureKey") is None:
        findings.at_publish(
            "entitlement_template_with_no_feature",
            place,
            "an entitlement needs the feature it is for",
            hint=_feature_hint(findings, card),
        )
    if template["type"] != "metered":
        return
    keeps(findings, template.get("issueAfterReset"), (*place, "issueAfterReset"))
    if template.get("issueAfterReset") is None:
        if template.get("issueAfterResetPriority") is not None:
            findings.add(
                "entitlement_template_invalid_issue_after_reset_with_priority",
                (*place, "issueAfterResetPriority"),
                "issueAfterResetPriority means nothing without issueAfterReset",
                hint="add `issueAfterReset: …` with the quota of each period, or remove the priority",
            )
        findings.at_publish(
            "entitlement_template_issue_after_reset_required",
            place,
            "a metered entitlement needs issueAfterReset: how much is granted each period",
            hint="add `issueAfterReset: …` with the quota of each period; 0 grants nothing",
        )
    _usage_period(findings, template, card.get("billingCadence") if cadence_valid else "P1M", place)


def _usage_period(
    findings: Findings, template: EntitlementTemplate, cadence: str | None, place: Path
) -> None:
    own = template.get("usagePeriod")
    if own is not None and not is_period(findings, own, (*place, "usagePeriod"), "usage period"):
        return
    if (
        own is not None
        and durations.canonical(own) == "P0D"
        and cadence is not None
        and durations.canonical(cadence) != "P0D"
    ):
        findings.dropped(
            "entitlement-usage-period-replaced",
            (*place, "usagePeriod"),
            f"the server takes the billing cadence, {cadence}, in place of this",
            hint=f"write usagePeriod: {cadence}, or leave it out",
        )
    effective = own if own is not None and durations.canonical(own) != "P0D" else cadence
    if effective is None or durations.canonical(effective) == "P0D":
        findings.add(
            "entitlement-usage-period-missing",
            place,
            "a metered entitlement on a one-time fee needs its own usagePeriod",
            detail="There is no billing cadence to take it from.",
            hint=_period_hint(findings),
        )
    elif not durations.at_least_an_hour(effective):
        code = "negative_usage_period" if durations.sign(effective) < 0 else "usage_period_less_then_an_hour"
        where = (*place, "usagePeriod") if own is not None else place
        hint = duration_hints.too_short(effective)
        findings.add(
            f"entitlement_template_{code}", where, "a usage period must be an hour at least", hint=hint
        )


def _discounts(findings: Findings, card: RateCard, here: Path) -> None:
    discounts, place = card["discounts"], (*here, "discounts")
    usage = discounts.get("usage")
    if not discounts.get("percentage") and not usage:
        return
    if card.get("price") is None:
        findings.add(
            "discount-without-price",
            place,
            "a discount needs a price",
            key=True,
            hint="add the card's `price`; a card that is free takes no discount: remove it",
        )
    elif usage and card["price"]["type"] == "flat":
        findings.at_publish(
            "usage_discount_with_flat_price",
            (*place, "usage"),
            "free usage means nothing on a flat price",
            hint="remove `usage`; what reduces a fixed amount is a percentage: `discounts: {percentage: {percentage: …}}`",
        )
    if discounts.get("percentage"):
        keeps(findings, discounts["percentage"]["percentage"], (*place, "percentage", "percentage"))
    if usage and sign(usage["quantity"]) == -1:
        findings.add(
            "usage_discount_negative_quantity",
            (*place, "usage", "quantity"),
            "free usage must not be negative",
            hint="only 0 or more is taken: write how many units are free",
        )


def _tax(findings: Findings, tax: TaxConfig, here: Path) -> None:
    if tax.get("customInvoicing"):
        findings.dropped(
            "tax-custom-invoicing",
            (*here, "customInvoicing"),
            "the server accepts customInvoicing and drops it",
            hint="remove it",
        )
    if tax.get("stripe") and tax.get("taxCodeId"):
        findings.dropped(
            "tax-stripe-ignored",
            (*here, "stripe"),
            "the server takes taxCodeId and overwrites the Stripe code",
            hint="say one of them",
        )
