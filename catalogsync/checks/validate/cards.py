"""Rate cards: keys, features, cadences, discounts, tax (docs/server/rate-cards.md#rate-cards; recorded area `plancontent`)."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.checks.validate import repairs
from catalogsync.checks.validate.entitlements import check_template, feature_hint, is_period
from catalogsync.checks.validate.findings import Findings, sign
from catalogsync.checks.validate.prices import check_price
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import duration_hints
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds import FEATURE
from catalogsync.openmeter.kinds.rate_card_shapes import (
    Price,
    RateCard,
    TaxConfig,
)

_USAGE = ("unit", "tiered", "dynamic", "package")


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
        check_price(findings, price, (*here, "price"))
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
        check_template(findings, card, here, valid)
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
            hint=feature_hint(findings, card),
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
