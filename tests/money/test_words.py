"""Prices in words: every form once, and nothing of a plan left out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pricecards import cards

from catalogsync.core.canon import decimal_text
from catalogsync.money import rate_card, words
from catalogsync.money.describe import describe_addon, describe_plan

TIERS = [{"upToAmount": 1000, "flatPrice": 0}, {"unitPrice": Decimal("0.01")}]
FLAT_TIERS = [
    {"upToAmount": 10, "flatPrice": 5, "unitPrice": 1},
    {"upToAmount": 100, "unitPrice": "0.5"},
    {"flatPrice": 9},
]


def tiered(mode: str, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "tiered", "mode": mode, "tiers": tiers}


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [
        (None, "USD", "no charge every month"),
        ({"type": "flat", "amount": 1234}, "USD", "1,234.00 USD every month, in advance"),
        ({"type": "flat", "amount": "0.005", "paymentTerm": "in_arrears"}, "USD", "0.005 USD every month, in arrears"),
        ({"type": "unit", "amount": "12"}, "JPY", "12 JPY each"),
        ({"type": "unit", "amount": "1.5"}, "KWD", "1.500 KWD each"),
        ({"type": "package", "amount": 3, "quantityPerPackage": "1000"}, "USD", "3.00 USD per started 1,000"),
        ({"type": "dynamic", "multiplier": "1.20"}, "EUR", "1.2 × the metered amount in EUR"),
        ({"type": "dynamic"}, "EUR", "the metered amount in EUR"),
        (tiered("graduated", TIERS), "USD", "first 1,000 free, then 0.01 USD each"),
        (tiered("graduated", TIERS[::-1]), "USD", "first 1,000 free, then 0.01 USD each"),
        (tiered("graduated", [{"unitPrice": "0.01"}]), "USD", "0.01 USD each"),
        (
            tiered("graduated", FLAT_TIERS), "USD",
            "first 10 at 5.00 USD flat plus 1.00 USD each, next 90 at 0.50 USD each, then 9.00 USD flat; without usage 5.00 USD",
        ),
        (
            tiered("graduated", FLAT_TIERS[::-1]), "USD",
            "first 10 at 5.00 USD flat plus 1.00 USD each, next 90 at 0.50 USD each, then 9.00 USD flat; without usage 9.00 USD",
        ),
        (
            tiered("volume", FLAT_TIERS), "USD",
            "all units at one price by their number: up to 10 at 5.00 USD flat plus 1.00 USD each, up to 100 at 0.50 USD each, "
            "above at 9.00 USD flat; without usage 5.00 USD",
        ),
        (
            tiered("graduated", [{"upToAmount": "0", "flatPrice": 7}, {"unitPrice": 1}, {"unitPrice": 2}]), "USD",
            "7.00 USD in any case, then 1.00 USD each; without usage 7.00 USD (1 more open tier, never reached)",
        ),
    ],
)  # fmt: skip
def test_every_price_has_its_words(price: dict[str, Any] | None, currency: str, said: str) -> None:
    assert words.sentences({"price": price, "billingCadence": "P1M"}, currency)[0] == said


def test_conditions_follow_the_price_each_on_its_own() -> None:
    card = {
        "billingCadence": "P3M",
        "price": {"type": "unit", "amount": "0.01", "minimumAmount": 5, "maximumAmount": "5000"},
        "discounts": {"percentage": {"percentage": Decimal("12.5")}, "usage": {"quantity": 100000}},
        "entitlementTemplate": {"type": "metered", "issueAfterReset": 1000, "usagePeriod": "P1M"},
    }
    assert words.sentences(card, "USD") == (
        "0.01 USD each",
        "billed every 3 months, in arrears",
        "the first 100,000 are not billed, the price starts after them",
        "12.5 % off",
        "at least 5.00 USD every 3 months, also without usage",
        "at most 5,000.00 USD every 3 months",
        "entitlement: 1,000 every month, then usage ends (hard limit)",
    )


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ({"type": "boolean"}, "access"),
        ({"type": "static", "config": {"days": 30}}, 'settings {"days":30}'),
        ({"type": "static", "config": '{"days": 30}'}, 'settings {"days": 30}'),
        ({"type": "metered"}, "metered every year, nothing is issued, then usage ends (hard limit)"),
        (
            {"type": "metered", "issueAfterReset": 5, "isSoftLimit": True, "preserveOverageAtReset": True, "issueAfterResetPriority": 3},
            "5 every year, then usage goes on (soft limit), what is used beyond it counts in the next period, priority 3",
        ),
        ({"type": "boolean", "metadata": {"a": "b"}}, 'access, metadata {"a":"b"}'),
    ],
)  # fmt: skip
def test_every_entitlement_has_its_words(template: dict[str, Any], said: str) -> None:
    assert words.entitlement(template, "P1Y") == f"entitlement: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P1M", "every month"),
        ("P12M", "every 12 months"),
        ("P1Y6M", "every 1 year and 6 months"),
        ("PT1H", "every hour"),
        ("P1.5M", "every 1.5 months"),
        (None, "once"),
    ],
)
def test_every_cadence_has_its_words(text: str | None, said: str) -> None:
    assert words.cadence(text) == said


@given(st.decimals(0, 10**20, places=6), st.sampled_from(["USD", "JPY", "KWD", "MGA"]))
def test_an_amount_in_words_is_the_amount(value: Decimal, currency: str) -> None:
    figure, _, code = words.amount(value, currency).partition(" ")
    assert (decimal_text(figure.replace(",", "")), code) == (decimal_text(value), currency)


def _without(card: dict[str, Any], *path: str) -> None:
    """Takes a member away, if it is there."""
    *above, last = path
    for name in above:
        card = card.get(name) or {}
    card.pop(last, None)


def _longer(value: Any) -> Any:
    """Every amount with two more zeros behind its point."""
    if isinstance(value, dict):
        return {name: inner if name in ("type", "mode") else _longer(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_longer(inner) for inner in value]
    return f"{value}{'00' if '.' in value else '.00'}" if isinstance(value, str) else value


def _in_more_digits(card: dict[str, Any]) -> None:
    """Another way to write a card down."""
    card["price"] = _longer(card["price"])


EDITS: tuple[Callable[[dict[str, Any]], object], ...] = (
    _in_more_digits,
    lambda card: card["price"].update(minimumAmount="0"),
    lambda card: card["discounts"].update(usage={"quantity": "0"}),
    lambda card: _without(card, "price", "maximumAmount"),
    lambda card: _without(card, "discounts", "percentage"),
    lambda card: card["price"].get("tiers", [{}])[0].update(flatPrice=None),
    lambda card: card["price"].get("tiers", [{}])[-1].update(unitPrice=None),
)


@given(cards(), st.sampled_from(EDITS), st.sampled_from([0, 1, 5, 11, 150, 1001, 2600]))
def test_equal_words_mean_equal_charges(
    one: dict[str, Any], edit: Callable[[dict[str, Any]], object], quantity: int
) -> None:
    other = copy.deepcopy(one)
    edit(other)
    same = words.sentence(one, "USD") == words.sentence(other, "USD")
    assert same or edit is not _in_more_digits
    if same:
        assert rate_card(one, quantity, "USD").total == rate_card(other, quantity, "USD").total


def test_a_price_that_the_server_refuses_is_shown_as_written() -> None:
    said = words.sentence({"price": {"type": "unit", "amount": "-1"}, "billingCadence": "P1M"}, "USD")
    assert '{"price":{"amount":"-1","type":"unit"}}' in said and "must not be negative" in said


def test_a_plan_is_described_whole() -> None:
    card = {
        "type": "usage_based", "key": "calls", "name": "Calls", "featureKey": "calls", "billingCadence": "P1M",
        "price": tiered("graduated", TIERS), "taxConfig": {"behavior": "exclusive", "stripe": {"code": "txcd_10000000"}},
        "metadata": {"m": "1"}, "description": "counted", "future": [1],
    }  # fmt: skip
    body = {
        "key": "pro", "name": "Pro", "currency": "USD", "billingCadence": "P1M", "settlementMode": "credit_only",
        "proRatingConfig": {"enabled": False, "mode": "prorate_prices"},
        "phases": [{"key": "trial", "name": "Trial", "duration": "P14D", "rateCards": []}, {"key": "main", "name": "Main", "rateCards": [card]}],
        "addons": [{"addon": "seats", "fromPlanPhase": "main", "maxQuantity": 3}],
    }  # fmt: skip
    assert list(describe_plan(body).text()) == [
        "plan pro: Pro",
        "  currency USD",
        "  billed every month",
        "  fees are not prorated in a part of a period",
        "  paid with credits only",
        "  phase trial: Trial, for 14 days",
        "    no rate cards",
        "  phase main: Main, to the end",
        "    calls: Calls",
        "      usage of feature calls",
        "      first 1,000 free, then 0.01 USD each",
        "      billed every month, in arrears",
        "      tax: exclusive, Stripe code txcd_10000000",
        "      description: counted",
        '      metadata {"m":"1"}',
        "      future [1]",
        "  add-ons",
        "    seats from phase main, at most 3",
    ]
    addon = {
        "key": "seats",
        "name": "Seats",
        "currency": "USD",
        "instanceType": "multiple",
        "rateCards": [card],
    }
    assert list(describe_addon(addon).text())[:3] == [
        "add-on seats: Seats",
        "  currency USD",
        "  bought in any number",
    ]
