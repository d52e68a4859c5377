"""Objects of Stripe become the plan that they would be, amounts in whole units; bodies of the v3 API are told all that they lack at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

MONTHLY = "recurring: {interval: month, interval_count: 1}\n"
METERED = "recurring: {interval: month, usage_type: metered}\n"
PRICE = "object: price\nid: price_1Nabc\n"

WHOLE = {
    PRICE + "product: prod_starter\ncurrency: usd\nunit_amount: 1900\n" + MONTHLY: ("starter", "USD", "P1M", "{type: flat, amount: 19}"),
    PRICE + "lookup_key: pro-yearly\ncurrency: jpy\nunit_amount: 1900\nrecurring: {interval: year}\n": (
        "pro_yearly", "JPY", "P1Y", "{type: flat, amount: 1900}"),
    PRICE + "nickname: Team\ncurrency: kwd\nunit_amount: 5120\nrecurring: {interval: month, interval_count: 3}\n": (
        "team", "KWD", "P3M", "{type: flat, amount: 5.12}"),
    PRICE + "nickname: Team\ncurrency: eur\nunit_amount: null\nunit_amount_decimal: '1900.5'\n" + MONTHLY: (
        "team", "EUR", "P1M", "{type: flat, amount: 19.005}"),
    "object: plan\nnickname: Team\nproduct: prod_NWjskKbJWmuuc\ncurrency: usd\namount: 4900\ninterval: year\n": (
        "team", "USD", "P1Y", "{type: flat, amount: 49}"),
    "object: product\nid: prod_x\nname: Team\ndefault_price_data: {currency: usd, unit_amount: 1900, recurring: {interval: month}}\n": (
        "team", "USD", "P1M", "{type: flat, amount: 19}"),
    "object: list\ndata:\n" + "".join(
        f"- {{object: price, nickname: {name}, currency: usd, unit_amount: {cents}, recurring: {{interval: year}}}}\n"
        for name, cents in (("Team", 190000), ("Crew", 290000))
    ): ("team", "USD", "P1Y", "{type: flat, amount: 1900}"),
}  # fmt: skip
"""Prices that say all that a plan needs: its key, currency, cadence and price."""

PARTLY = {
    PRICE + "nickname: API\ncurrency: usd\nunit_amount_decimal: '0.5'\n" + METERED: (
        "featureKey: …, name: Usage, billingCadence: P1M, price: {type: unit, amount: 0.005}"),
    PRICE + "currency: ugx\nunit_amount: 500\n" + MONTHLY: "price: {type: flat, amount: …}",
    PRICE + "unit_amount: 500\n" + MONTHLY: "currency: …",
    PRICE + "currency: usd\nunit_amount: 500\nrecurring: {interval: day}\n": "currency: USD, billingCadence: …",
    PRICE + "currency: usd\nunit_amount: 500\ntransform_quantity: {divide_by: 1000, round: up}\n" + METERED: (
        "price: {type: package, amount: 5, quantityPerPackage: 1000}"),
    PRICE + "currency: usd\nunit_amount: 500\ntransform_quantity: {divide_by: 1000, round: down}\n" + METERED: "quantityPerPackage: …",
    PRICE + "currency: usd\ntiers_mode: graduated\n"
    "tiers: [{up_to: 9, unit_amount: 500}, {up_to: inf, flat_amount: 100, unit_amount: 4}]\n" + METERED: (
        "{type: tiered, mode: graduated, tiers: [{upToAmount: 9, unitPrice: 5}, {flatPrice: 1, unitPrice: 0.04}]}"),
}  # fmt: skip
"""Prices that leave something open, and how that is said."""


def only(tmp_path: Path, text: str) -> Diagnostic:
    """The one error of one file."""
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    (one,) = [one for one in check([tmp_path]).diagnostics if one.is_error]
    return one


@pytest.mark.parametrize("text", WHOLE, ids=lambda text: WHOLE[text][3])
def test_a_price_of_stripe_is_shown_as_the_plan_that_it_would_be(text: str, tmp_path: Path) -> None:
    one = only(tmp_path, text)
    assert one.where is not None
    assert (one.code, one.where.line) == ("manifest-foreign", 1)
    plan = re.findall("`({kind: plan.*})`", one.hint)[0]
    key, currency, cadence, price = WHOLE[text]
    assert f"key: {key}," in plan
    assert f"currency: {currency}, billingCadence: {cadence}," in plan
    assert f"price: {price}}}" in plan
    (tmp_path / "one.yaml").write_text(f"{plan}\n", "utf-8")
    assert check([tmp_path]).diagnostics == ()


@pytest.mark.parametrize("text", PARTLY, ids=PARTLY.__getitem__)
def test_what_stripe_does_not_say_is_left_open_and_refused(text: str, tmp_path: Path) -> None:
    one = only(tmp_path, text)
    assert PARTLY[text] in one.hint
    (tmp_path / "one.yaml").write_text(re.findall("`({kind: plan.*})`", one.hint)[0] + "\n", "utf-8")
    assert any(other.is_error for other in check([tmp_path]).diagnostics)


def test_a_body_of_v3_is_told_at_its_first_name_with_all_that_it_lacks(tmp_path: Path) -> None:
    one = only(
        tmp_path,
        "kind: plan\nkey: team\nname: Team\ncurrency: USD\nbilling_cadence: P1M\nphases:\n  - key: main\n    name: Main\n    rate_cards:\n"
        "      - {key: fee, name: Fee, billing_cadence: P1M, price: {type: flat, amount: '99'}}\n"
        "      - {type: usage_based, key: calls, name: Calls, price: {amount: 1}}\n",
    )
    assert one.where is not None
    assert one.where.line == 5
    assert "`billingCadence` for `billing_cadence`, `rateCards` for `rate_cards`" in one.hint
    assert "`type` is missing in rate card `fee`: add `type:` with one of flat_fee" in one.hint
    assert "`billingCadence` is missing in rate card `calls`" in one.hint
    assert "`type` is missing in `price`: add `type:` with one of flat (a fixed amount)" in one.hint


METERS = {
    "default_aggregation: {formula: sum}\nvalue_settings: {event_payload_key: tokens}\n": "aggregation: SUM, valueProperty: $.tokens}",
    "default_aggregation: {formula: last}\n": "aggregation: LATEST, valueProperty: $.value}",
    "default_aggregation: {formula: count}\nvalue_settings: {event_payload_key: tokens}\n": "aggregation: COUNT}",
}


@pytest.mark.parametrize("text", METERS)
def test_a_meter_of_stripe_is_shown_as_the_meter_that_it_would_be(text: str, tmp_path: Path) -> None:
    one = only(tmp_path, f"object: billing.meter\ndisplay_name: API calls\nevent_name: api_call\n{text}")
    (meter,) = re.findall("`({kind: meter.*})`", one.hint)
    assert meter == f"{{kind: meter, slug: api_call, name: API calls, eventType: api_call, {METERS[text]}"
    (tmp_path / "one.yaml").write_text(f"{meter}\n", "utf-8")
    assert not any(other.is_error for other in check([tmp_path]).diagnostics)
