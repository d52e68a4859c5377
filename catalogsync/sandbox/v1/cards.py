"""Rate cards: how a v1 body is read into the domain's form and how that form is shown in v1. Pure.

Source: docs/server/rate-cards.md#rate-cards, docs/server/readback.md#normal-form. A stored card is v1's spelling with canonical decimals and
durations, plus `featureId`, and v3's `unitConfig` and `currency` where v3 wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.cards import Uncastable, period, read_price
from catalogsync.sandbox.domain.contract import Json, Row
from catalogsync.sandbox.domain.durations import BadDecimal, as_decimal, as_double, decimal_text
from catalogsync.sandbox.v1.undecodable import Unreadable


class MissingPeriod(Uncastable):
    """A metered template whose usage period is neither given nor to be taken from the card."""


_NAMES = {"flat_fee": "FlatFeeRateCard", "usage_based": "UsageBasedRateCard"}


def read_card(sent: Mapping[str, Json] | Unreadable) -> Row:
    """The stored form of a v1 card. Raises Uncastable with the chain of casts in front, as POST shows it."""
    lead = "failed to cast ratecard: "
    if isinstance(sent, Unreadable):
        raise Uncastable(lead + _unread(sent, "type", "type", _NAMES))
    try:
        return _read_card(sent)
    except MissingPeriod as fault:
        raise MissingPeriod(f"{lead}failed to cast {_NAMES[sent['type']]}: {fault}") from None
    except Uncastable as fault:
        raise Uncastable(f"{lead}failed to cast {_NAMES[sent['type']]}: {fault}") from None


def _unread(what: Unreadable, type_: str, kind: str, names: Mapping[str, str]) -> str:
    """Why one of several shapes could not be read, as the server says it."""
    if what.said is None:
        return f"failed to cast {type_}: {what.fault}"
    if not what.branch:
        return f"invalid {kind}: {what.said}"
    return f"failed to cast {names[what.said]}: {what.fault}"


def _read_card(sent: Mapping[str, Json]) -> Row:
    card: Row = {"type": sent["type"], "key": sent["key"], "name": sent["name"]}
    for name in ("description", "featureKey", "metadata"):
        if sent.get(name) is not None:
            card[name] = sent[name]
    cadence = sent["billingCadence"]
    if cadence is not None:
        try:
            cadence = period(cadence)
        except Uncastable as fault:
            raise Uncastable(f"failed to cast BillingCadence: {fault}") from None
    card["billingCadence"] = cadence
    template = sent.get("entitlementTemplate")
    if template is not None:
        card["entitlementTemplate"] = _read_template(template, cadence)
    if sent.get("taxConfig") is not None:
        card["taxConfig"] = sent["taxConfig"]
    card["price"] = _read_price(sent)
    if discounts := _read_discounts(sent.get("discounts")):
        card["discounts"] = discounts
    return card


_PRICES = {kind: f"{kind.capitalize()}Price" for kind in ("flat", "unit", "tiered", "dynamic", "package")}


def _read_price(card: Mapping[str, Json]) -> Row | None:
    price = card["price"]
    if isinstance(price, Unreadable):
        said = _unread(price, "type", "Price type for UsageBasedRateCard", _PRICES)
        raise Uncastable(f"failed to cast Price: {said}")
    return read_price(price, flat_fee=card["type"] == "flat_fee")


_TEMPLATES = {kind: f"{kind.capitalize()} EntitlementTemplate" for kind in ("metered", "static", "boolean")}


def _read_template(sent: Mapping[str, Json] | Unreadable, cadence: str | None) -> Row:
    lead = "failed to cast EntitlementTemplate: "
    if isinstance(sent, Unreadable):
        said = _unread(sent, "EntitlementTemplate type", "EntitlementTemplate type", _TEMPLATES)
        raise Uncastable(lead + said)
    kind = sent["type"]
    template: Row = {"type": kind}
    if sent.get("metadata"):
        template["metadata"] = sent["metadata"]
    if kind == "static":
        template["config"] = sent["config"]
    if kind == "metered":
        template |= _read_metered(sent, cadence, lead)
    return template


def _read_metered(sent: Mapping[str, Json], cadence: str | None, lead: str) -> Row:
    template: Row = {"isSoftLimit": sent.get("isSoftLimit") or False}
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
        discounts["percentage"] = {"percentage": as_decimal(sent["percentage"]["percentage"])}
    if sent and sent.get("usage") is not None:
        try:
            discounts["usage"] = {"quantity": decimal_text(sent["usage"]["quantity"])}
        except BadDecimal as fault:
            what = "failed to cast Discounts: failed to cast UsageDiscount: failed to parse Quantity of DiscountUsage"
            raise Uncastable(f"{what}: {fault}") from None
    return discounts


def shown_card(card: Mapping[str, Json]) -> Row:
    """The card as v1 gives it (docs/server/readback.md#n3, #n4, #n14, #n24)."""
    body: Row = {name: card[name] for name in ("type", "key", "name", "billingCadence")}
    body["price"] = shown_price(card["price"])
    for name in ("description", "featureKey", "entitlementTemplate", "taxConfig"):
        if card.get(name) is not None:
            body[name] = card[name]
    if discounts := card.get("discounts"):
        body["discounts"] = dict(discounts)
        if "percentage" in discounts:
            body["discounts"]["percentage"] = {
                "percentage": as_decimal(discounts["percentage"]["percentage"])
            }
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
