"""v3's labels and rate cards: to the domain's card and back."""

from __future__ import annotations

from typing import Any

import pytest

from catalogsync.sandbox.domain.contract import Problem
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.ratecards import read_card, shown_card

UNIT = {"type": "unit", "amount": "0.1"}


def _there_and_back(sent: dict[str, Any], *, for_addon: bool) -> dict[str, Any]:
    card = read_card({"key": "k", "name": "K", **sent}, for_addon=for_addon)
    shown = shown_card(card, for_addon=for_addon, tax_codes={"TAX": {}})
    return {name: value for name, value in shown.items() if name not in ("key", "name", "labels")}


@pytest.mark.parametrize(
    ("sent", "plan", "addon"),
    [
        ({"price": {"type": "free"}}, {}, {}),
        ({"price": {"type": "free"}, "billing_cadence": "P1M"}, {}, {}),
        (
            {"price": {"type": "flat", "amount": "5"}, "payment_term": "in_advance"},
            {"payment_term": "in_advance"},
            {"payment_term": "in_advance"},
        ),
        ({"price": UNIT, "billing_cadence": "P1M", "payment_term": "in_arrears"}, {}, {}),
        (
            {"price": UNIT, "billing_cadence": "P1M", "commitments": {"minimum_amount": "1"}},
            {"commitments": {"minimum_amount": "1"}},
            {"commitments": {"minimum_amount": "1"}},
        ),
    ],
)
def test_cards_of_plans_and_addons(sent: dict[str, Any], plan: dict[str, Any], addon: dict[str, Any]) -> None:
    kept: dict[str, Any] = {name: sent[name] for name in ("price", "billing_cadence") if name in sent}
    assert _there_and_back(sent, for_addon=False) == kept | plan
    assert _there_and_back(sent, for_addon=True) == kept | addon


@pytest.mark.parametrize(
    ("price", "cadence", "plan", "addon"),
    [
        ("flat", None, "flat_fee", "flat_fee"),
        ("flat", "P1M", "flat_fee", "usage_based"),
        ("free", "P1M", "flat_fee", "usage_based"),
        ("unit", "P1M", "usage_based", "usage_based"),
    ],
)
def test_a_cards_type_follows_price_or_cadence(
    price: str, cadence: str | None, plan: str, addon: str
) -> None:
    sent = {"key": "k", "name": "K", "price": {"type": price, "amount": "1"}, "billing_cadence": cadence}
    assert read_card(sent, for_addon=False)["type"] == plan
    assert read_card(sent, for_addon=True)["type"] == addon


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"rounding": "none", "precision": 3}, {}),
        ({}, {}),
        ({"rounding": "ceiling"}, {"rounding": "ceiling", "precision": 0}),
        ({"rounding": "floor", "precision": 2}, {"rounding": "floor", "precision": 2}),
        ({"display_unit": ""}, {"displayUnit": ""}),
    ],
)
def test_a_conversions_rounding(sent: dict[str, Any], stored: dict[str, Any]) -> None:
    config = {"operation": "divide", "conversion_factor": "1000", **sent}
    card = read_card({"key": "k", "name": "K", "price": UNIT, "unit_config": config}, for_addon=False)
    assert card["unitConfig"] == {"operation": "divide", "conversionFactor": "1000", **stored}


@pytest.mark.parametrize(
    ("price", "shown", "conversion"),
    [
        (
            {"type": "dynamic", "multiplier": "1.5"},
            {"type": "unit", "amount": "1"},
            {"operation": "multiply", "conversion_factor": "1.5"},
        ),
        (
            {"type": "package", "amount": "2", "quantityPerPackage": "100"},
            {"type": "unit", "amount": "2"},
            {"operation": "divide", "conversion_factor": "100", "rounding": "ceiling"},
        ),
    ],
)
def test_v1s_own_prices_are_shown_with_a_conversion(price: Any, shown: Any, conversion: Any) -> None:
    card = {"type": "usage_based", "key": "k", "name": "K", "billingCadence": "P1M", "price": price}
    body = shown_card(card, for_addon=False, tax_codes={})
    assert (body["price"], body["unit_config"]) == (shown, conversion)


def test_a_plans_card_shows_no_tax_code_that_is_not_there() -> None:
    sent = {"price": {"type": "free"}, "tax_config": {"code": {"id": "GONE"}}}
    assert "tax_config" not in _there_and_back(sent, for_addon=False)
    assert _there_and_back(sent, for_addon=True)["tax_config"] == {"code": {"id": "GONE"}}


@pytest.mark.parametrize(
    ("cadence", "period", "used"), [("P1M", None, "P1M"), ("P1M", "P1W", "P1W"), (None, "P1W", "P1W")]
)
def test_a_metered_entitlements_period_is_the_cadence_by_default(
    cadence: str | None, period: str | None, used: str
) -> None:
    template = {"type": "metered", "usage_period": period}
    sent = {"key": "k", "name": "K", "price": UNIT, "billing_cadence": cadence, "entitlement": template}
    assert read_card(sent, for_addon=False)["entitlementTemplate"]["usagePeriod"] == used


def test_a_metered_entitlement_needs_a_period() -> None:
    sent = {"key": "k", "name": "K", "price": {"type": "free"}, "entitlement": {"type": "metered"}}
    with pytest.raises(Problem, match="requires usage_period"):
        read_card(sent, for_addon=False)


def test_a_static_entitlements_config_is_a_text_inside() -> None:
    sent = {"price": {"type": "free"}, "entitlement": {"type": "static", "config": {"seats": 3}}}
    card = read_card({"key": "k", "name": "K", **sent}, for_addon=False)
    assert card["entitlementTemplate"]["config"] == '{"seats":3}'
    assert _there_and_back(sent, for_addon=False)["entitlement"] == sent["entitlement"]


@pytest.mark.parametrize(
    ("key", "value", "codes"),
    [
        ("env", "prod-1", []),
        ("bad_", "x", ["invalid_label_key_format"]),
        ("a", "with space", ["invalid_label_value_format"]),
        ("kong.x", "y", ["invalid_label_key_prefix"]),
        ("_x", "", ["invalid_label_key_format", "invalid_label_value_format", "invalid_label_key_prefix"]),
    ],
)
def test_labels_are_refused_on_write_and_left_out_on_read(key: str, value: str, codes: list[str]) -> None:
    assert shown_labels({key: value}) == ({} if codes else {key: value})
    if not codes:
        assert from_labels({key: value}) == {key: value}
        return
    with pytest.raises(Problem) as caught:
        from_labels({key: value})
    assert caught.value.extensions is not None
    assert [one["code"] for one in caught.value.extensions["validationErrors"]] == codes


def test_annotations_are_labels_with_a_prefix() -> None:
    assert shown_labels({}, {"subscription.id": "X", "n": 1}) == {"openmeter_subscription.id": "X"}
