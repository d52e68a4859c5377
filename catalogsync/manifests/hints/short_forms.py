"""What to write where a plain value, or a list, stands in place of an object: the object with that value in it. Pure.

Where the value can mean more than one object, each is named with what it means. No amount is changed, and what the value does not say is a `…`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints.amounts import plain_amount
from catalogsync.manifests.hints.suggestions import fits_in_a_message

_PRICES = {"flat": "a fixed amount", "unit": "an amount per unit"}
_QUOTAS = {
    "usage_percentage": "percent of the quota used",
    "usage_value": "units used",
    "balance_value": "what is left of the quota",
}


def in_place_of(path: Path, value: Json, types: Sequence[str], currency: str) -> str:
    """The hint for a value at a path where an object is wanted, or "". `types`: those that the object may have; `currency`: that of its
    amounts.
    """
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    said = _FORMS[name](_read(value, currency, types)) if name in _FORMS else ""
    return f"write {said}" if said and not said.startswith("remove") else said


@dataclass(frozen=True, slots=True)
class _Said:
    """A value in place of an object, read as each form may need it: "" where it is not of that sort."""

    value: Json
    text: str
    number: str
    percent: str
    types: Sequence[str]


def _read(value: Json, currency: str, types: Sequence[str]) -> _Said:
    text = value.strip() if isinstance(value, str) and fits_in_a_message(value) else ""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool) and fits_in_a_message(value)
    number = str(value) if is_number else plain_amount(text, currency=currency)
    return _Said(value, text, number, plain_amount(text, percent=True) if text.endswith("%") else "", types)


def _price(said: _Said) -> str:
    if said.text.lower() in ("free", "none", "no", "off"):
        return "remove `price`: a card without one is free"
    kinds = [kind for kind in _PRICES if kind in said.types]
    forms = [f"`price: {{type: {kind}, amount: {said.number}}}`" for kind in kinds]
    if not said.number or not forms:
        return ""
    return (
        forms[0]
        if len(forms) == 1
        else " or ".join(f"{form} ({_PRICES[kind]})" for form, kind in zip(forms, kinds, strict=True))
    )


def _entitlement(said: _Said) -> str:
    if said.value is True or said.text.lower() in ("boolean", "yes", "on", "true"):
        return "`entitlementTemplate: {type: boolean}`"
    if said.number or said.text == "metered":
        return f"`entitlementTemplate: {{type: metered, issueAfterReset: {said.number or '…'}}}`"
    return "`entitlementTemplate: {type: static, config: …}`" if said.text == "static" else ""


def _threshold(said: _Said) -> str:
    if said.percent:
        return f"`{{type: usage_percentage, value: {said.percent}}}`"
    if not said.number:
        return ""
    return " or ".join(
        f"`{{type: {kind}, value: {said.number}}}` ({meaning})" for kind, meaning in _QUOTAS.items()
    )


def _pro_rating(said: _Said) -> str:
    word = said.text.lower() if said.text else str(said.value).lower()
    words = {
        "true": "true",
        "yes": "true",
        "on": "true",
        "prorate_prices": "true",
        "false": "false",
        "no": "false",
        "off": "false",
    }
    enabled = words.get(word)
    return f"`proRatingConfig: {{enabled: {enabled}, mode: prorate_prices}}`" if enabled else ""


def _unit_cost(said: _Said) -> str:
    if said.text == "llm":
        return "`unitCost: {type: llm, …}` with the group-by names that hold provider, model and token type"
    return f"`unitCost: {{type: manual, amount: {said.number}}}`" if said.number else ""


def _tax(said: _Said) -> str:
    if said.text in ("inclusive", "exclusive"):
        return f"`taxConfig: {{behavior: {said.text}}}`"
    return (
        f"`taxConfig: {{stripe: {{code: {said.text}}}}}`" if re.fullmatch("txcd_[0-9]{8}", said.text) else ""
    )


def _discounts(said: _Said) -> str:
    if said.percent:
        return f"`discounts: {{percentage: {{percentage: {said.percent}}}}}`"
    if not said.number:
        return ""
    return (
        f"`discounts: {{percentage: {{percentage: {said.number}}}}}` for {said.number} %, "
        f"or `discounts: {{usage: {{quantity: {said.number}}}}}` for so many free units"
    )


def _percentage(said: _Said) -> str:
    number = said.percent or said.number
    return f"`percentage: {{percentage: {number}}}`" if number else ""


def _tier(said: _Said) -> str:
    return f"`{{upToAmount: {said.number}, unitPrice: …}}`" if said.number else ""


_FORMS: Mapping[str, Callable[[_Said], str]] = {
    "price": _price,
    "entitlementTemplate": _entitlement,
    "thresholds": _threshold,
    "proRatingConfig": _pro_rating,
    "unitCost": _unit_cost,
    "taxConfig": _tax,
    "discounts": _discounts,
    "percentage": _percentage,
    "tiers": _tier,
}
"""By the name of the member, or of the list that the entry is in."""
