"""Case lines: a price, a quantity and a currency as JSON, answered with what the rating computes.

Three shapes: a quantity in one period; a flat fee in part of a period (`billing_anchor`); a period billed in parts (`parts`). Prices,
discounts and quantities stand as the v1 API takes them: amounts as text. What the server refuses is answered too, with `refused_at`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from catalogsync.core.canon import Json, JsonObject, decimal_text
from catalogsync.money.card import Card, NotRatedError, number, read
from catalogsync.money.exact import total
from catalogsync.money.proration import Fee, Period, prorate
from catalogsync.money.rating import Line, rate, rate_parts

_ANSWERS = frozenset(
    """
    total billed_quantity lines refused_at message charge_amount full_service_period prorated ratio service_period total_unsplit
    """.split()
)
"""What is computed. A line may bring it; it is dropped before anything is looked at."""
_NUMERICS = ("amount", "minimumAmount", "maximumAmount", "multiplier", "quantityPerPackage", "upToAmount")


class BadLineError(ValueError):
    """A line that is not a case."""


def answer(text: str | bytes) -> JsonObject:
    """The case of one line with what is computed for it, and nothing of what it may have said to expect. Raises BadLineError."""
    case = {name: value for name, value in _loaded(text).items() if name not in _ANSWERS}
    currency = case.get("currency")
    if not isinstance(currency, str):
        raise BadLineError("`currency` must be text, such as USD")
    compute = next((found for name, found in _KINDS.items() if name in case), None)
    if compute is None:
        raise BadLineError("a case needs `quantity`, `parts` or `billing_anchor`")
    if "price" not in case:
        raise BadLineError("a case needs `price`")
    try:
        return {**case, **compute(case, currency)}
    except NotRatedError as refusal:
        return {**case, "total": None, "refused_at": str(refusal.stage), "message": refusal.message}


def _loaded(text: str | bytes) -> JsonObject:
    def constant(name: str) -> None:
        raise ValueError(name)

    try:
        case: Json = json.loads(text, parse_float=Decimal, parse_constant=constant)
    except (ValueError, ArithmeticError, RecursionError):
        raise BadLineError("not a line of JSON") from None
    if not isinstance(case, Mapping):
        raise BadLineError("a case is a JSON object")
    return case


def _card(case: JsonObject) -> Card:
    """The card, when it is written as a request writes it."""
    price = case["price"]
    if price is None:
        raise NotRatedError("a price is required")
    _check_written(price)
    discounts = case.get("discounts")
    usage = discounts.get("usage") if isinstance(discounts, Mapping) else None
    if isinstance(usage, Mapping) and not isinstance(usage.get("quantity"), str):
        raise NotRatedError("discounts.usage.quantity must be text")
    return read(case)


def _check_written(price: Json) -> None:
    """In a request amounts are text and nothing is null but a tier's parts, which are both there."""
    if not isinstance(price, Mapping):
        return
    for name in _NUMERICS:
        if name in price and not isinstance(price[name], str):
            raise NotRatedError(f"{name} must be text")
    tiers = price.get("tiers")
    for tier in tiers if isinstance(tiers, Sequence) and not isinstance(tiers, str) else ():
        if isinstance(tier, Mapping):
            _check_written(tier)
            _check_part(tier, "flatPrice", "flat")
            _check_part(tier, "unitPrice", "unit")


def _check_part(tier: JsonObject, name: str, kind: str) -> None:
    if name not in tier:
        raise NotRatedError(f"a tier needs {name}, null where there is none")
    part = tier[name]
    if part is None:
        return
    if not isinstance(part, Mapping) or part.get("type") != kind:
        raise NotRatedError(f"{name} must be null or an object of type {kind}")
    _check_written(part)


def _quantity(value: Json) -> Decimal:
    if not isinstance(value, str):
        raise NotRatedError("quantity must be text")
    return number(value, "quantity")


def _rated(case: JsonObject, currency: str) -> JsonObject:
    charge = rate(_card(case), _quantity(case["quantity"]), currency)
    return {
        "total": decimal_text(charge.total),
        "billed_quantity": decimal_text(charge.billed_quantity),
        "lines": [_line(line) for line in charge.lines],
    }


def _line(line: Line) -> JsonObject:
    return {
        "role": line.role,
        "quantity": decimal_text(line.quantity),
        "per_unit": decimal_text(line.per_unit),
        "amount": decimal_text(line.amount),
        "discount": decimal_text(line.discount),
        "discounts": [{"amount": decimal_text(one.amount), "reason": one.reason} for one in line.discounts],
        "total": decimal_text(line.total),
    }


def _in_parts(case: JsonObject, currency: str) -> JsonObject:
    parts = case["parts"]
    if not isinstance(parts, Sequence) or not parts or not all(isinstance(part, Mapping) for part in parts):
        raise BadLineError("`parts` must be a list of objects with a `quantity`")
    card = _card(case)
    cases = [part for part in parts if isinstance(part, Mapping)]
    quantities = [_quantity(part.get("quantity")) for part in cases]
    charges = rate_parts(card, quantities, currency)
    return {
        "parts": [
            {**part, "total": decimal_text(charge.total)} for part, charge in zip(cases, charges, strict=True)
        ],
        "total": decimal_text(total(charge.total for charge in charges)),
        "total_unsplit": decimal_text(rate(card, total(quantities), currency).total),
    }


def _prorated(case: JsonObject, currency: str) -> JsonObject:
    fee = _fee(case)
    found = prorate(_card(case), fee, currency)
    return {
        "full_service_period": _period(found.full),
        "service_period": _period(found.service),
        "ratio": decimal_text(found.ratio),
        "prorated": None if found.amount is None else decimal_text(found.amount),
        "charge_amount": None if found.charge_amount is None else decimal_text(found.charge_amount),
        "total": decimal_text(found.total),
    }


def _fee(case: JsonObject) -> Fee:
    item, config = case.get("item"), case.get("pro_rating")
    cadence = case.get("billing_cadence")
    if not isinstance(item, Mapping):
        raise BadLineError("`item` must be an object with `from` and `to`")
    if cadence is not None and not isinstance(cadence, str):
        raise BadLineError("`billing_cadence` must be a duration or null")
    anchor, starts, at = (
        _instant(value, name)
        for name, value in (
            ("billing_anchor", case["billing_anchor"]),
            ("item.from", item.get("from")),
            ("at", case.get("at")),
        )
    )
    ends, subscription_ends = (
        None if value is None else _instant(value, name)
        for name, value in (("item.to", item.get("to")), ("subscription_ends", case.get("subscription_ends")))
    )
    enabled = not (isinstance(config, Mapping) and config.get("enabled") is False)
    full_at_end = case.get("end_mode") == "bill_full_period"
    return Fee(cadence, anchor, starts, ends, subscription_ends, at, enabled, full_at_end)


def _instant(value: Json, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadLineError(f"`{what}` must be an instant, such as 2026-01-01T00:00:00Z")


def _period(period: Period) -> JsonObject:
    return {"from": _written(period.start), "to": _written(period.end)}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


_KINDS = {"parts": _in_parts, "billing_anchor": _prorated, "quantity": _rated}
