"""Rate cards in normal form (docs/server/rate-cards.md#rate-cards, docs/server/readback.md#normal-form), and from it as requests and manifests.
Manifests and answers are read alike.

Written for speed (a catalog holds tens of thousands of cards): no copies, no generic walk, one small dict per part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias, TypedDict, cast

from catalogsync.core import canon
from catalogsync.core.canon import Body
from catalogsync.openmeter.kinds.rate_card_shapes import (
    Discounts,
    EntitlementTemplate,
    NormalTier,
    Price,
    RateCard,
    TaxConfig,
    Tier,
    TierPrice,
)
from catalogsync.openmeter.kinds.spec import Atomic, Keyed, ListRule, MemberPath, Normal, Reference
from catalogsync.openmeter.kinds.texts import given, texts
from catalogsync.openmeter.scalars import (
    Amount,
    as_number,
    decimal,
    embedded,
    embedded_text,
    is_zero_period,
    period,
)

_AMOUNTS: tuple[Literal["amount", "quantityPerPackage", "minimumAmount", "maximumAmount"], ...] = (
    "amount",
    "quantityPerPackage",
    "minimumAmount",
    "maximumAmount",
)
_ENDLESS = Decimal("Infinity")


def lists(*inside: str) -> Mapping[MemberPath, ListRule]:
    """How the lists of rate cards compare that lie `inside` a member."""
    cards = (*inside, "rateCards")
    return {cards: Keyed("key"), (*cards, "price", "tiers"): Atomic()}


def references(*inside: str) -> tuple[Reference, ...]:
    """The objects that they name."""
    cards = (*inside, "rateCards")
    return (
        Reference((*cards, "featureKey"), "feature", "rate_card_feature_not_found", holds=True, by_id=True),
    )


class _CardPhase(TypedDict, total=False):
    key: str
    rateCards: Sequence[RateCard] | None


class _Sold(TypedDict, total=False):
    phases: Sequence[_CardPhase] | None
    rateCards: Sequence[RateCard] | None


def placed(body: Body) -> Iterator[tuple[str, RateCard]]:
    """The rate cards of a plan or an add-on as a manifest has it, each with the key of its phase: "" in an add-on."""
    sold = cast("_Sold", body)
    for phase in sold.get("phases") or ():
        for one in phase.get("rateCards") or ():
            yield phase["key"], one
    for one in sold.get("rateCards") or ():
        yield "", one


def find(body: Body | None, phase: str, key: str) -> RateCard | None:
    """The rate card at a place that `placed` gives; None where there is none, and in no body."""
    return next((card for at, card in placed(body or {}) if (at, card["key"]) == (phase, key)), None)


def feature_of(card: Body) -> str:
    """The feature that a rate card is about: its key is the feature's where it names none."""
    return str(card.get("featureKey") or card.get("key"))


def price(raw: Price) -> Normal:
    """A price: decimals plain (N1), a flat price's term filled in (N3), tiers by size (N22), a multiplier of 1 left out (N4)."""
    kind = raw["type"]
    out: Normal = {"type": kind}
    for name in _AMOUNTS:
        if name in raw and (value := raw[name]) is not None:
            out[name] = decimal(value)
    if kind == "flat":
        out["paymentTerm"] = raw.get("paymentTerm") or "in_advance"
    elif kind == "tiered":
        out["mode"] = raw.get("mode")
        tiers = [_tier(tier) for tier in raw.get("tiers") or ()]
        tiers.sort(key=_size)
        out["tiers"] = tiers
    elif kind == "dynamic" and raw.get("multiplier") is not None:
        multiplier = decimal(raw["multiplier"])
        if multiplier != "1":
            out["multiplier"] = multiplier
    return out


def _size(tier: NormalTier) -> Decimal:
    upper = tier.get("upToAmount")
    return _ENDLESS if upper is None else as_number(upper)


def _tier(raw: Tier) -> NormalTier:
    return _tier_of(raw.get("upToAmount"), _amount(raw.get("flatPrice")), _amount(raw.get("unitPrice")))


def _amount(price: TierPrice | Amount | None) -> Amount | None:
    return price.get("amount") if isinstance(price, dict) else price


@lru_cache(maxsize=65536)
def _tier_of(upper: Amount | None, flat: Amount | None, unit: Amount | None) -> NormalTier:
    """One dict for all equal tiers: a catalog repeats its tiers, and what is the same object is compared at once."""
    out: NormalTier = {}
    if upper is not None:
        out["upToAmount"] = decimal(upper)
    if flat is not None:
        out["flatPrice"] = {"type": "flat", "amount": decimal(flat)}
    if unit is not None:
        out["unitPrice"] = {"type": "unit", "amount": decimal(unit)}
    return out


def entitlement(raw: EntitlementTemplate, cadence: str | None) -> Normal:
    """An entitlement template: a metered one always has isSoftLimit and usagePeriod (N5, N6), a static one its parsed config (N31)."""
    kind = raw["type"]
    out: Normal = {"type": kind}
    if kind == "metered":
        _metered(raw, out, cadence)
    elif kind == "static":
        out["config"] = embedded(raw.get("config"))
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]
    return out


def _metered(raw: EntitlementTemplate, out: Normal, cadence: str | None) -> None:
    out["isSoftLimit"] = bool(raw.get("isSoftLimit"))
    if (granted := raw.get("issueAfterReset")) is not None:
        out["issueAfterReset"] = canon.double(granted)
    if (priority := raw.get("issueAfterResetPriority")) is not None:
        out["issueAfterResetPriority"] = canon.number(priority)
    if raw.get("preserveOverageAtReset"):
        out["preserveOverageAtReset"] = True
    usage = raw.get("usagePeriod")
    if usage and not is_zero_period(usage):
        out["usagePeriod"] = period(usage)
    elif cadence is not None:
        out["usagePeriod"] = cadence


def tax(raw: TaxConfig) -> Normal:
    """A tax config; customInvoicing is never stored (N13). Which of stripe code and tax code id counts is for `align` (N11, N12)."""
    said: Body = raw
    out: Normal = {name: said[name] for name in ("behavior", "taxCodeId") if said.get(name)}
    stripe = raw.get("stripe")
    if stripe and stripe.get("code"):
        out["stripe"] = {"code": stripe["code"]}
    return out


def discounts(raw: Discounts) -> Normal:
    """Discounts; none at all is absent (N23, N24)."""
    out: Normal = {}
    percentage, usage = raw.get("percentage"), raw.get("usage")
    if percentage:
        out["percentage"] = {"percentage": canon.number(percentage["percentage"])}
    if usage:
        out["usage"] = {"quantity": decimal(usage["quantity"])}
    return out


def card(raw: RateCard) -> Normal:
    """One rate card without its key."""
    out: Normal = {"type": raw["type"], "name": raw.get("name")}
    texts(raw, out)
    if raw.get("featureKey"):
        out["featureKey"] = raw["featureKey"]
    cadence = raw.get("billingCadence")
    if cadence is not None:
        cadence = out["billingCadence"] = period(cadence)
    if (priced := raw.get("price")) is not None:
        out["price"] = price(priced)
    if template := raw.get("entitlementTemplate"):
        out["entitlementTemplate"] = entitlement(template, cadence)
    if tax_config := raw.get("taxConfig"):
        _put(out, "taxConfig", tax(tax_config))
    if reductions := raw.get("discounts"):
        _put(out, "discounts", discounts(reductions))
    return out


def _put(out: Normal, name: str, part: Normal) -> None:
    if part:
        out[name] = part


def by_key(raws: Sequence[RateCard]) -> Normal:
    """Rate cards by key: the server promises no order (N20)."""
    return {raw["key"]: card(raw) for raw in raws}


Cards: TypeAlias = Mapping[str, RateCard]
"""Rate cards in normal form, by key."""


def requests(normal: Cards) -> list[Normal]:
    """The cards as a request says them: the members that the server requires are there, null where they say nothing
    (docs/server/readback.md#normal-form).
    """
    return [_request(key, item) for key, item in normal.items()]


def _request(key: str, normal: RateCard) -> Normal:
    out: Normal = {
        "type": normal["type"],
        "key": key,
        **given(normal, ("name", "description", "metadata", "featureKey")),
    }
    out["billingCadence"] = normal.get("billingCadence")
    priced, template = normal.get("price"), normal.get("entitlementTemplate")
    out["price"] = _price_request(priced) if priced is not None else None
    if template is not None:
        out["entitlementTemplate"] = _entitlement_request(template)
    return out | given(normal, ("taxConfig", "discounts"))


def _price_request(normal: Price) -> Body:
    if normal["type"] != "tiered":
        return normal
    tiers = [{"flatPrice": None, "unitPrice": None, **tier} for tier in normal["tiers"]]
    return {**normal, "tiers": tiers}


def _entitlement_request(normal: EntitlementTemplate) -> Body:
    return {**normal, "config": embedded_text(normal["config"])} if normal["type"] == "static" else normal


def manifests(normal: Cards) -> list[Normal]:
    """The cards as a manifest says them. A tax code's id is the server's own where there is a Stripe code."""
    return [_manifest(key, item) for key, item in normal.items()]


def _manifest(key: str, normal: RateCard) -> Normal:
    out: Normal = {"type": normal["type"], "key": key, **normal}
    tax_config = normal.get("taxConfig")
    if tax_config and "stripe" in tax_config:
        out["taxConfig"] = {name: value for name, value in tax_config.items() if name != "taxCodeId"}
    return out


def aligned(expected: Cards, live: Cards) -> Cards:
    """The live cards as far as they can be known from the expected ones: the server completes tax codes from its own table (N11, N12)."""
    return {key: _aligned(expected[key], item) if key in expected else item for key, item in live.items()}


def _aligned(expected: RateCard, live: RateCard) -> RateCard:
    ours, theirs = expected.get("taxConfig"), live.get("taxConfig")
    return {**live, "taxConfig": _aligned_tax(ours, theirs)} if ours and theirs else live


def _aligned_tax(ours: TaxConfig, theirs: TaxConfig) -> TaxConfig:
    """The id wins where the author gives one (the Stripe code is the server's then); else a Stripe code is completed by an id."""
    out = theirs.copy()
    if "taxCodeId" in ours:
        out.pop("stripe", None)
        if "stripe" in ours:
            out["stripe"] = ours["stripe"]
    elif "stripe" in ours:
        out.pop("taxCodeId", None)
    return out
