"""The shapes of rate cards, as manifests, answers and the normal form have them. Types alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias, TypedDict

from catalogsync.core.canon import Body, Json
from catalogsync.openmeter.kinds.texts import Texts
from catalogsync.openmeter.scalars import Amount

Number: TypeAlias = int | Decimal
"""A number that is not a Numeric: the server keeps it as a double, or as an integer."""


class TierPrice(TypedDict):
    """A tier's flat or unit part."""

    type: str
    amount: Amount


class Tier(TypedDict, total=False):
    """A tier; no `upToAmount` is the open end. A manifest may write a part as its amount alone."""

    upToAmount: Amount | None
    flatPrice: TierPrice | Amount | None
    unitPrice: TierPrice | Amount | None


class NormalTier(TypedDict, total=False):
    """A tier in normal form."""

    upToAmount: str
    flatPrice: TierPrice
    unitPrice: TierPrice


class Price(TypedDict, total=False):
    """A price of any type, in the card's currency; which members it has follows from `type`."""

    type: str
    amount: Amount
    paymentTerm: str | None
    mode: str
    tiers: Sequence[Tier]
    multiplier: Amount | None
    quantityPerPackage: Amount
    minimumAmount: Amount | None
    maximumAmount: Amount | None


class EntitlementTemplate(TypedDict, total=False):
    """What the card entitles to. `config`: JSON, or the text of it; `usagePeriod` in ISO 8601."""

    type: str
    isSoftLimit: bool | None
    issueAfterReset: Number | None
    issueAfterResetPriority: Number | None
    preserveOverageAtReset: bool | None
    usagePeriod: str | None
    config: Json
    metadata: Mapping[str, str] | None


class StripeCode(TypedDict):
    """A tax code by its name at Stripe."""

    code: str


class TaxConfig(TypedDict, total=False):
    """How the card is taxed."""

    behavior: str | None
    taxCodeId: str | None
    stripe: StripeCode | None
    customInvoicing: Body | None


class PercentageDiscount(TypedDict):
    """0 to 100."""

    percentage: Number


class UsageDiscount(TypedDict):
    """The quantity that is free."""

    quantity: Amount


class Discounts(TypedDict, total=False):
    """What the price is reduced by."""

    percentage: PercentageDiscount
    usage: UsageDiscount


class RateCard(Texts, total=False):
    """A rate card, as a manifest, an answer or (without its key) the normal form has it; `billingCadence` in ISO 8601.

    A member that a document gives as null is as good as absent: `get` answers None for both.
    """

    type: str
    key: str
    featureKey: str
    billingCadence: str
    price: Price
    entitlementTemplate: EntitlementTemplate
    taxConfig: TaxConfig
    discounts: Discounts
