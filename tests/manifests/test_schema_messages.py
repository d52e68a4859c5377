"""What a schema refuses: one diagnostic per cause, at the place, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests import load

FEATURE = "kind: feature\nkey: a\nname: A\n"
CARD = """kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  - key: one
    name: One
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        billingCadence: P1M
"""
CHANNEL = "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\nurl: https://example.com\n"
RULE = "kind: notification_rule\nkey: a\nname: A\nchannels: [b]\n"


def diagnose(tmp_path: Path, text: str) -> tuple[Diagnostic, ...]:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    return load([tmp_path]).diagnostics


CASES = [
    # no kind, no key, no object
    ("key: a\n", "manifest-no-kind", (1, 1), "meter, feature"),
    ("kind: featur\nkey: a\n", "manifest-unknown-kind", (1, 7), "`feature`"),
    ("kind: channel\nkey: a\n", "manifest-unknown-kind", (1, 7), "notification_channel"),
    ("kind: [plan]\nkey: a\n", "manifest-unknown-kind", (1, 7), "write one of"),
    ("- kind: feature\n", "manifest-not-object", (1, 1), "without `- `"),
    ("just text\n", "manifest-not-object", (1, 1), "kind:"),
    ("kind: feature\nname: A\n", "manifest-missing-field", (1, 1), "`key:"),
    ("kind: feature\nkey: a\n", "manifest-missing-field", (1, 1), "`name:"),
    # unknown fields
    (FEATURE + "nmae: A\n", "manifest-unknown-field", (4, 1), "known here"),
    ("kind: feature\nkey: a\nnmae: A\n", "manifest-unknown-field", (3, 1), "`name`"),
    (FEATURE + "meter_slug: x\n", "manifest-unknown-field", (4, 1), "`meterSlug`"),
    (FEATURE + "MeterSlug: x\n", "manifest-unknown-field", (4, 1), "`meterSlug`"),
    (FEATURE + "labels: {a: b}\n", "manifest-unknown-field", (4, 1), "`metadata`"),
    (FEATURE + "createdAt: x\n", "manifest-unknown-field", (4, 1), "the server sets it"),
    (FEATURE + "status: archived\n", "manifest-unknown-field", (4, 1), "of an object: published, as without it, archived"),
    (CARD.replace("kind: plan\n", "kind: plan\nstatus: draft\n"), "manifest-unknown-field", (2, 1), "as without it, draft, archived, deleted"),
    (FEATURE + "advancedMeterGroupByFilters: {a: {eq: b}}\n", "manifest-unknown-field", (4, 35), "`$eq`"),
    (CARD + "        price: {type: unit, amount: 1, tiers: []}\n", "manifest-unknown-field", (14, 40), "type tiered"),
    (CARD + "        price: {type: flat, amount: 1, amuont: 2}\n", "manifest-unknown-field", (14, 40), "known here"),
    (RULE + "type: invoice.created\nfeatures: [b]\n", "manifest-unknown-field", (6, 1), "entitlements.reset"),
    (CARD + "        discounts: {percentage: 20}\n", "manifest-wrong-type", (14, 33), "`percentage: {percentage: 20}`"),
    (CARD + "        discounts: {usage: 1000}\n", "manifest-wrong-type", (14, 28), "`usage: {quantity: 1000}`"),
    (CARD + "        price: 49\n", "manifest-wrong-type", (14, 16), "`price: {type: unit, amount: 49}` (an amount per unit)"),
    (
        RULE + "type: entitlements.balance.threshold\nthresholds: [{type: percentage, value: 80}]\n",
        "manifest-unknown-value",
        (6, 21),
        "`usage_percentage`",
    ),
    (
        RULE + "type: entitlements.balance.threshold\nthresholds: [{type: usage_percentage, value: 80%}]\n",
        "manifest-wrong-type",
        (6, 46),
        "write 80: with type usage_percentage, 80 is 80 %",
    ),
    (
        CARD.replace("usage_based", "flat_fee") + "        price: {type: unit, amount: 49}\n",
        "manifest-unknown-value",
        (14, 23),
        "write `type: flat` in this price for a fixed fee",
    ),
    # choices are explained where they are few
    (
        CARD + "        price: {type: tiered, tiers: [{unitPrice: 1}]}\n",
        "manifest-missing-field",
        (14, 9),
        "volume (the tier reached prices all units), graduated (each tier prices the units within it)",
    ),
    # unions are explained by the branch that was chosen
    (CARD + "        price: {amount: 1}\n", "manifest-missing-field", (14, 9), "one of flat (a fixed amount), unit (an amount per unit)"),
    (CARD + "        price: {type: units, amount: 1}\n", "manifest-unknown-value", (14, 23), "`unit`"),
    (CARD + "        price: {type: unit}\n", "manifest-missing-field", (14, 9), "`amount:"),
    (CARD + "        price: {type: package, amount: 1}\n", "manifest-missing-field", (14, 9), "`quantityPerPackage:"),
    (CARD.replace("usage_based", "flat"), "manifest-unknown-value", (10, 15), "`flat_fee`"),
    (CARD.replace("type: usage_based", "featureKey: x"), "manifest-missing-field", (10, 9), "one of flat_fee"),
    (CARD + "        entitlementTemplate: {type: metred}\n", "manifest-unknown-value", (14, 37), "`metered`"),
    (RULE + "type: invoice.create\n", "manifest-unknown-value", (5, 7), "`invoice.created`"),
    (RULE, "manifest-missing-field", (1, 1), "one of entitlements"),
    # wrong types
    ("kind: feature\nkey: a\nname: 12\n", "manifest-wrong-type", (3, 7), '"12"'),
    ("kind: feature\nkey: a\nname: 1.10\n", "manifest-wrong-type", (3, 7), '"1.10"'),
    ("kind: feature\nkey: a\nname: true\n", "manifest-wrong-type", (3, 7), '"true"'),
    ("kind: feature\nkey: a\nname:\n", "manifest-wrong-type", (3, 6), "give it a value"),
    (FEATURE + "metadata: {a: 1}\n", "manifest-wrong-type", (4, 15), '"1"'),
    (FEATURE + "metadata: [a]\n", "manifest-wrong-type", (4, 11), ""),
    (RULE.replace("[b]", "b") + "type: invoice.created\n", "manifest-wrong-type", (4, 11), "channels: [b]"),
    (CARD + "        price: [{type: unit, amount: 1}]\n", "manifest-wrong-type", (14, 16), "write `price: {type: unit, amount: 1}`"),
    (CARD + "        discounts: {percentage: {percentage: 20%}}\n", "manifest-wrong-type", (14, 46), "write 20"),
    (CARD + "addons: [{key: b, fromPlanPhase: one}]\n", "manifest-unknown-field", (14, 11), "`addon`"),
    (CARD + "        price: 49\n", "manifest-wrong-type", (14, 16), "write `price: {type: flat, amount: 49}` (a fixed amount) or"),
    (CARD + "        price: {type: tiered, mode: volume, tiers: [{flatPrice: true}]}\n", "manifest-wrong-type", (14, 65), ""),
    (CARD + '        entitlementTemplate: {type: metered, isSoftLimit: "yes"}\n', "manifest-wrong-type", (14, 59), "true"),
    (CARD + '        entitlementTemplate: {type: metered, issueAfterReset: "5"}\n', "manifest-wrong-type", (14, 63), "5, without"),
    (CARD + "        entitlementTemplate: {type: metered, issueAfterResetPriority: 1.5}\n", "manifest-wrong-type", (14, 71), "whole number"),
    (CARD + "addons: [{addon: b, fromPlanPhase: one, maxQuantity: 2.5}]\n", "manifest-wrong-type", (14, 54), "whole number"),
    (CARD + "addons: [b]\n", "manifest-wrong-type", (14, 10), ""),
    # forms, choices and sizes
    ("kind: feature\nkey: Api-Calls\nname: A\n", "manifest-wrong-form", (2, 6), "`api_calls`"),
    ("kind: feature\nkey: apiCalls\nname: A\n", "manifest-wrong-form", (2, 6), "`api_calls`"),
    ('kind: feature\nkey: "a\\n"\nname: A\n', "manifest-wrong-form", (2, 6), "`a`"),
    (CARD.replace("USD", "usd"), "manifest-wrong-form", (4, 11), "USD"),
    (CARD.replace("USD", "dollars"), "manifest-wrong-form", (4, 11), "of the dollar that is meant"),
    (CARD + '        price: {type: unit, amount: "1,000"}\n', "manifest-wrong-form", (14, 37), "write 1000 if the comma parts thousands, 1 if"),
    (CARD + '        price: {type: unit, amount: "49,00"}\n', "manifest-wrong-form", (14, 37), "write 49.00"),
    (CARD + '        price: {type: unit, amount: "€49"}\n', "manifest-wrong-form", (14, 37), "without any other sign"),
    (CARD + "        price: {type: dynamic, multiplier: 20%}\n", "manifest-wrong-form", (14, 44), "without a percent sign"),
    (CARD + '        price: {type: unit, amount: "$1"}\n', "manifest-wrong-form", (14, 37), "write 1"),
    (CARD + '        price: {type: unit, amount: "1.5e3"}\n', "manifest-wrong-form", (14, 37), "digits"),
    (CARD + '        price: {type: unit, amount: "٣"}\n', "manifest-wrong-form", (14, 37), "digits"),
    (CARD + "        taxConfig: {stripe: {code: txcd_1}}\n", "manifest-wrong-form", (14, 36), "eight digits"),
    (CARD + "        taxConfig: {taxCodeId: vat}\n", "manifest-wrong-form", (14, 32), "26 characters"),
    (CARD + "        discounts: {percentage: {percentage: 120}}\n", "manifest-out-of-range", (14, 46), ""),
    (CARD + "        entitlementTemplate: {type: metered, issueAfterReset: -1}\n", "manifest-out-of-range", (14, 63), ""),
    (CARD + "        entitlementTemplate: {type: metered, issueAfterResetPriority: 256}\n", "manifest-out-of-range", (14, 71), ""),
    (CARD + "settlementMode: credit-only\n", "manifest-unknown-value", (14, 17), "`credit_only`"),
    (FEATURE + "lifecycle: deleted\n", "manifest-unknown-value", (4, 12), "published to keep the object; archived to take it away"),
    ("kind: feature\nkey: '" + "a" * 65 + "'\nname: A\n", "manifest-out-of-range", (2, 6), ""),
    (RULE.replace("[b]", "[]") + "type: invoice.created\n", "manifest-out-of-range", (4, 11), ""),
    (CHANNEL.replace("https://example.com", "{env: A, file: b}"), "manifest-out-of-range", (5, 6), "{env: NAME}"),
    (CHANNEL + "signingSecret: {evn: A}\n", "manifest-unknown-field", (6, 17), "`env`"),
    (CHANNEL + "signingSecret: short\n", "manifest-wrong-form", (6, 16), "{env: NAME}"),
    (CHANNEL + "customHeaders: {a: 1}\n", "manifest-wrong-type", (6, 20), "reference"),
    # null where the server takes none
    (FEATURE + "unitCost: null\n", "manifest-wrong-type", (4, 11), "leave the field out"),
    (CARD + "        featureKey: null\n", "manifest-wrong-type", (14, 21), "leave the field out"),
    (CARD.replace("        billingCadence: P1M\n", "        billingCadence: null\n"), "manifest-wrong-type", (13, 25), "give it a value"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "place", "hint"), CASES)
def test_each_mistake_is_one_error_at_its_place_with_the_way_out(
    tmp_path: Path, text: str, code: str, place: tuple[int, int], hint: str
) -> None:
    found = diagnose(tmp_path, text)
    assert [(d.code, (d.where.line, d.where.column)) for d in found] == [(code, place)]
    assert hint in found[0].hint
    assert found[0].is_error


def test_what_may_be_null_or_left_out_passes_both_ways(tmp_path: Path) -> None:
    text = (
        CARD.replace("key: one\n", "key: one\n    duration: null\n    metadata: null\n")
        + "        price: null\n      - {type: flat_fee, key: b, name: B, billingCadence: null, price: null}\n"
        + "      - {type: flat_fee, key: c, name: C}\n"
        + "      - type: usage_based\n        key: d\n        name: D\n        billingCadence: P1M\n        price:\n"
        + "          {type: tiered, mode: volume, tiers: [{upToAmount: '5', flatPrice: null, unitPrice: 0.1}, {flatPrice: 1}]}\n"
    )
    assert diagnose(tmp_path, text) == ()


def test_mistakes_in_different_places_are_all_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = CARD.replace("USD", "usd") + "        price: {type: unit, amount: x}\nextra: 1\n"
    assert [(d.code, d.where.line) for d in diagnose(tmp_path, text)] == [
        ("manifest-wrong-form", 4),
        ("manifest-wrong-form", 14),
        ("manifest-unknown-field", 15),
    ]


def test_an_object_written_twice_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FEATURE, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("# another\n" + FEATURE, encoding="utf-8")
    (found,) = load([tmp_path]).diagnostics
    assert (found.code, found.subject, Path(found.where.file).name, found.where.line) == (
        "manifest-duplicate",
        "feature/a",
        "b.yaml",
        3,
    )
    assert [(Path(r.where.file).name, r.where.line) for r in found.related] == [("a.yaml", 2)]


def test_a_diagnostic_carries_the_line_and_the_width_of_what_it_is_about(tmp_path: Path) -> None:
    (found,) = diagnose(tmp_path, FEATURE + "metadata: {größe: 100}   # äöü\n")
    assert (found.where.text, found.where.column, found.where.width) == (
        "metadata: {größe: 100}   # äöü",
        19,
        3,
    )
