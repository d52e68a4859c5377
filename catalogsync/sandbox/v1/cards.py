"""Rate cards: how a v1 body is read into the domain's form and how that form is shown in v1. Pure.

Source: docs/server/rate-cards.md#rate-cards, docs/server/readback.md#normal-form. A stored card is v1's spelling with canonical decimals and
durations, plus `featureId`, and v3's `unitConfig` and `currency` where v3 wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.cards import Uncastable, period, read_price
from catalogsync.sandbox.domain.contract import Json, Row
from catalogsync.sandbox.domain.durations import as_double, decimal_text


class MissingPeriod(Uncastable):
    """A metered template whose usage period is neither given nor to be taken from the card."""


def read_card(sent: Mapping[str, Json]) -> Row:
    """The stored form of a v1 card. Raises Uncastable with the chain of casts in front, as POST shows it."""
    kind = "FlatFeeRateCard" if sent["type"] == "flat_fee" else "UsageBasedRateCard"
    try:
        return _read_card(sent)
    except MissingPeriod as fault:
        raise MissingPeriod(f"failed to cast ratecard: failed to cast {kind}: {fault}") from None
    except Uncastable as fault:
        raise Uncastable(f"failed to cast ratecard: failed to cast {kind}: {fault}") from None


def _read_card(sent: Mapping[str, Json]) -> Row:
    card: Row = {"type": sent["type"], "key": sent["key"], "name": sent["name"]}
    for name in ("description", "featureKey"):
        if sent.get(name) is not None:
            card[name] = sent[name]
    if sent.get("metadata") is not None:
        card["metadata"] = sent["metadata"]
    cadence = sent["billingCadence"]
    if cadence is not None:
        try:
            cadence = period(cadence)
        except Uncastable as fault:
            raise Uncastable(f"failed to cast BillingCadence: {fault}") from None
    card["billingCadence"] = cadence
    card["price"] = read_price(sent["price"], flat_fee=sent["type"] == "flat_fee")
    if sent.get("entitlementTemplate") is not None:
        card["entitlementTemplate"] = _read_template(sent["entitlementTemplate"], cadence)
    if sent.get("taxConfig") is not None:
        card["taxConfig"] = sent["taxConfig"]
    if discounts := _read_discounts(sent.get("discounts")):
        card["discounts"] = discounts
    return card


def _read_template(sent: Mapping[str, Json], cadence: str | None) -> Row:
    kind = sent["type"]
    template: Row = {"type": kind}
    if sent.get("metadata"):
        template["metadata"] = sent["metadata"]
    if kind == "static":
        template["config"] = sent["config"]
    if kind == "metered":
        template |= _read_metered(sent, cadence)
    return template


def _read_metered(sent: Mapping[str, Json], cadence: str | None) -> Row:
    lead = "failed to cast EntitlementTemplate: "
    template: Row = {"isSoftLimit": sent.get("isSoftLimit") or False}
    priority = sent.get("issueAfterResetPriority")
    if priority is not None and not isinstance(priority, int):
        field = "RateCardMeteredEntitlement.issueAfterResetPriority of type uint8"
        what = f"failed to cast Metered EntitlementTemplate: json: cannot unmarshal number {priority} into Go struct field"
        raise Uncastable(f"{lead}{what} {field}")
    for name in ("issueAfterResetPriority", "preserveOverageAtReset"):
        if sent.get(name) is not None:
            template[name] = sent[name]
    if sent.get("issueAfterReset") is not None:
        template["issueAfterReset"] = as_double(sent["issueAfterReset"])
    own = None
    if sent.get("usagePeriod") is not None:
        try:
            own = period(sent["usagePeriod"])
        except Uncastable as fault:
            what = "failed to cast UsagePeriod for Metered EntitlementTemplate: "
            raise Uncastable(lead + what + str(fault)) from None
    usage = own if own not in (None, "P0D") else cadence
    if usage in (None, "P0D"):
        what = "missing UsagePeriod for Metered EntitlementTemplate where cannot infer from BillingCadence"
        raise MissingPeriod(lead + f"validation error: {what}")
    return {**template, "usagePeriod": usage}


def _read_discounts(sent: Mapping[str, Json] | None) -> Row:
    discounts: Row = {}
    if sent and sent.get("percentage") is not None:
        discounts["percentage"] = {"percentage": as_double(sent["percentage"]["percentage"])}
    if sent and sent.get("usage") is not None:
        discounts["usage"] = {"quantity": decimal_text(sent["usage"]["quantity"])}
    return discounts


def shown_card(card: Mapping[str, Json]) -> Row:
    """The card as v1 gives it (docs/server/readback.md#n3, #n4, #n14, #n24)."""
    body: Row = {name: card[name] for name in ("type", "key", "name", "billingCadence")}
    body["price"] = shown_price(card["price"])
    for name in ("description", "featureKey", "entitlementTemplate", "taxConfig"):
        if card.get(name) is not None:
            body[name] = card[name]
    if card.get("discounts"):
        body["discounts"] = card["discounts"]
    metadata = card.get("metadata")
    if metadata or (metadata is not None and card["type"] == "usage_based"):
        body["metadata"] = metadata
    return body


def shown_price(price: Mapping[str, Json] | None) -> Row | None:
    """A price as v1 gives it."""
    if price is None:
        return None
    body = dict(price)
    if price["type"] == "flat":
        body["paymentTerm"] = price.get("paymentTerm") or "in_advance"
    if price["type"] == "dynamic" and price.get("multiplier") == "1":
        del body["multiplier"]
    return body
