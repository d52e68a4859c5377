"""Plans and meters in the words of Lago, Orb, Metronome and Chargebee: each is led to its place here, and what is said to write is taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

METER = (
    "kind: meter\nslug: calls\nname: Calls\neventType: call\naggregation: COUNT\n---\n"
    "{kind: feature, key: calls, name: Calls, meterSlug: calls}\n---\n"
)
PLAN = METER + "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\n"
CARD = (
    PLAN + "phases:\n- key: one\n  name: One\n  rateCards:\n"
    "  - type: usage_based\n    key: calls\n    name: Calls\n    featureKey: calls\n    billingCadence: P1M\n"
)
RANGES = "[{from_value: 0, to_value: 10, flat_amount: '10', per_unit_amount: '0.5'}, {from_value: 11, to_value: null, per_unit_amount: '0.4'}]"


def errors(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in check([tmp_path]).diagnostics if one.is_error]


PRICES = {
    f"    charge_model: graduated\n    properties: {{graduated_ranges: {RANGES}}}\n":
        "price: {type: tiered, mode: graduated, tiers: [{upToAmount: 10, flatPrice: 10, unitPrice: 0.5}, {unitPrice: 0.4}]}",
    f"    charge_model: volume\n    properties: {{volume_ranges: {RANGES}}}\n":
        "price: {type: tiered, mode: volume, tiers: [{upToAmount: 10, flatPrice: 10, unitPrice: 0.5}, {unitPrice: 0.4}]}",
    "    charge_model: standard\n    properties: {amount: '0.10'}\n": "price: {type: unit, amount: 0.10}",
    "    charge_model: package\n    package_size: 100\n    amount: 5\n": "price: {type: package, amount: 5, quantityPerPackage: 100}",
    f"    price: {{charge_model: graduated, graduated_ranges: {RANGES}}}\n":
        "price: {type: tiered, mode: graduated, tiers: [{upToAmount: 10, flatPrice: 10, unitPrice: 0.5}, {unitPrice: 0.4}]}",
    "    model_type: unit\n    unit_config: {unit_amount: '0.50'}\n": "price: {type: unit, amount: 0.50}",
    "    price: {model_type: package, package_config: {package_amount: '5', package_size: 100}}\n":
        "price: {type: package, amount: 5, quantityPerPackage: 100}",
    "    model_type: tiered\n    tiered_config: {tiers: [{first_unit: 0, last_unit: 9, unit_amount: '2'}, {first_unit: 9, unit_amount: '1'}]}\n":
        "price: {type: tiered, mode: graduated, tiers: [{upToAmount: 9, unitPrice: 2}, {unitPrice: 1}]}",
    "    model_type: bulk\n    bulk_config: {tiers: [{maximum_units: 9, unit_amount: '2'}, {unit_amount: '1'}]}\n":
        "price: {type: tiered, mode: volume, tiers: [{upToAmount: 9, unitPrice: 2}, {unitPrice: 1}]}",
}  # fmt: skip


@pytest.mark.parametrize("said", PRICES, ids=PRICES.values())
def test_a_price_is_said_whole_and_taken_as_it_is_said(said: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CARD + said)
    assert one.hint.startswith(f"write `{PRICES[said]}`"), one
    assert one.where is not None and said.splitlines()[0].strip().startswith(
        one.where.text[one.where.column - 1 :][: one.where.width]
    )
    assert errors(tmp_path, f"{CARD}    {PRICES[said]}\n") == []


OPEN = {
    "    rate_type: FLAT\n    price: 50\n": "`price: {type: unit, amount: …}` (amounts in whole units",
    "    rate_type: TIERED\n    tiers: [{size: 100, price: 10}, {size: 50, price: 7}, {price: 5}]\n":
        "tiers: [{upToAmount: 100, unitPrice: …}, {upToAmount: 150, unitPrice: …}, {unitPrice: …}]",
    "    price: {pricing_model: volume, tiers: [{starting_unit: 1, ending_unit: 10, price: 100}, {starting_unit: 11, price: 50}]}\n":
        "mode: volume, tiers: [{upToAmount: 10, unitPrice: …}, {unitPrice: …}]",
}  # fmt: skip


@pytest.mark.parametrize("said", OPEN)
def test_no_amount_is_made_up_of_one_that_may_count_cents(said: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CARD + said)
    assert OPEN[said] in one.hint, one


UNIT = "    price: {type: unit, amount: 1}\n"
MEMBERS = [
    (CARD + "    price: {type: package, amount: 5, package_size: 100}\n", "did you mean `quantityPerPackage`?"),
    (CARD + "    price: {type: unit, per_unit_amount: 1}\n", "did you mean `amount`?"),
    (CARD + "    price: {type: unit, unit_amount_cents: 100}\n", "write `amount: …`: an amount in whole units"),
    (CARD + UNIT + "    free_units: 10\n", "`discounts: {usage: {quantity: 10}}`"),
    (CARD + UNIT[:-2] + ", free_quantity: 10}\n", "`discounts: {usage: {quantity: 10}}`"),
    (CARD + UNIT + "    pricing_model: per_unit\n", "`price` beside it says that here: take `pricing_model` out"),
    (CARD + UNIT + "    cadence: monthly\n", "`billingCadence` beside it says that here: take `cadence` out"),
    (CARD.replace("featureKey: calls", "billable_metric_code: calls") + UNIT, "write `featureKey: …`, the key of a feature"),
    (CARD + UNIT + "trial_period: 14\n", "`{key: trial, name: Trial, duration: P14D, rateCards: […]}`"),
    (CARD + UNIT + "amount_cents: 4900\n", "write `{type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: …}}`"),
    (CARD + UNIT + "pay_in_advance: true\n", "write `paymentTerm: in_advance` in a price of type flat"),
    (PLAN + "charges: []\n", "write rate cards in a phase: `phases: [{key: default, name: Default, rateCards: […]}]`"),
    (METER.replace("aggregation: COUNT", "aggregation_type: count_agg"), "write `aggregation: COUNT`"),
    (METER.replace("eventType: call", "event_type_filter: {in_values: [call]}"), "write `eventType: call`"),
    (METER.replace("COUNT", "SUM\nfield_name: tokens"), "write `valueProperty: $.tokens`"),
    (METER.replace("COUNT", "COUNT\ngroup_keys: [[region], [tier]]"), "write `groupBy: {region: $.region, tier: $.tier}`"),
    (METER.replace("slug: calls", "code: calls", 1), "did you mean `slug`?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hint"), MEMBERS, ids=[hint for _, hint in MEMBERS])
def test_a_member_is_led_to_its_place(text: str, hint: str, tmp_path: Path) -> None:
    found = [
        one
        for one in errors(tmp_path, text)
        if one.code in ("manifest-unknown-field", "manifest-missing-field")
    ]
    assert [hint in one.hint for one in found] == [True], found


def test_a_whole_document_names_its_tool_and_the_manifest_to_begin_with(tmp_path: Path) -> None:
    text = "name: Tokens\ncode: tokens\naggregation_type: sum_agg\nfield_name: tokens\n"
    (one,) = errors(tmp_path, text)
    assert (one.code, "an object of Lago" in one.summary) == ("manifest-foreign", True)
    shown = re.search("`({kind.*})`", one.hint)
    assert shown is not None and errors(tmp_path, f"{shown[1]}\n") == []
    (one,) = errors(
        tmp_path, "code: pro\nname: Pro\ninterval: monthly\namount_cents: 100\namount_currency: USD\n"
    )
    assert "{kind: plan, key: pro, name: Pro, currency: USD, billingCadence: P1M, phases: [" in one.hint


def test_names_of_v3_alone_need_nothing_more(tmp_path: Path) -> None:
    text = "kind: plan\nkey: a\nname: A\ncurrency: USD\nbilling_cadence: P1M\nphases: [{key: a, name: A, rate_cards: []}]\n"
    (one,) = errors(tmp_path, text)
    assert one.hint.endswith("`rateCards` for `rate_cards`")
