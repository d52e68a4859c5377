"""Prices of rate cards: amounts, commitments, tiers (docs/server/rate-cards.md#rate-cards; recorded area `plancontent`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from catalogsync.checks.validate import repairs
from catalogsync.checks.validate.findings import Findings, sign
from catalogsync.core.diagnostics import Path
from catalogsync.openmeter.kinds.rate_card_shapes import Price, Tier

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


def check_price(findings: Findings, price: Price, here: Path) -> None:
    """A price by itself."""
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
