"""Numbers as people write them, and what is said to write instead: the number that is meant, or each that may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

METER = "kind: meter\nslug: calls\nname: Calls\neventType: call\naggregation: COUNT\n---\n"
HEAD = METER + "{kind: feature, key: calls, name: Calls, meterSlug: calls}\n---\n" + (
    "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\nphases:\n- key: one\n  name: One\n  rateCards:\n"
    "  - type: usage_based\n    key: calls\n    name: Calls\n    featureKey: calls\n    billingCadence: P1M\n"
)  # fmt: skip
GRANT = "    entitlementTemplate: {type: metered, issueAfterReset: 100, isSoftLimit: true}\n"


def said(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [
        one for one in check([tmp_path]).diagnostics if one.is_error or one.code == "number-like-thousands"
    ]


def amount(value: str, currency: str = "USD") -> str:
    """In braces."""
    return HEAD.replace("USD", currency) + f"    price: {{type: unit, amount: {value}}}\n" + GRANT


def lines(value: str) -> str:
    """On a line of its own."""
    return HEAD + f"    price:\n      type: unit\n      amount: {value}\n" + GRANT


def grant(value: str) -> str:
    return HEAD + "    price: {type: unit, amount: 1}\n" + GRANT.replace("100", value)


def tier(value: str) -> str:
    text = f"    price: {{type: tiered, mode: graduated, tiers: [{{upToAmount: {value}, unitPrice: 1}}, {{unitPrice: 0.5}}]}}\n"
    return HEAD + text + GRANT


BOTH = "write 18000 if the comma parts thousands, 18 if it stands for the decimal point"
CASES = [
    (amount("18,000"), "yaml-comma", BOTH),
    (lines("18,000"), "manifest-wrong-form", BOTH),
    (grant("18,000"), "yaml-comma", BOTH),
    (tier("18,000"), "yaml-comma", BOTH),
    (amount('"18,000"'), "manifest-wrong-form", BOTH),
    (lines("$18,000"), "manifest-wrong-form", BOTH),
    (amount("1,234"), "yaml-comma", "write 1234 if the comma parts thousands, 1.234 if it stands"),
    (amount("18,500"), "yaml-comma", "write 18500 if the comma parts thousands, 18.5 if it stands"),
    (lines("18'000"), "manifest-wrong-form", "write 18000 if the apostrophe parts thousands, 18 if"),
    (amount("0,0004"), "yaml-comma", "write 0.0004"),
    (amount("49,50"), "yaml-comma", "write 49.50"),
    (amount("1,234.50"), "yaml-comma", "write 1234.50"),
    (amount("1.234,50"), "yaml-comma", "write 1234.50"),
    (amount("1,234,567"), "yaml-comma", "write 1234567"),
    (grant("10,000,000"), "yaml-comma", "write 10000000"),
    (amount("1,00,000"), "yaml-comma", "write 100000"),
    (amount("5,5,5"), "yaml-comma", "write digits and at most one decimal point"),
    (amount("-5,50"), "yaml-comma", "write digits and at most one decimal point"),
    (amount("$18,000"), "yaml-comma", "write digits and at most"),
    (amount("$ 0,5"), "yaml-comma", "write digits and at most"),
    (amount("0,0004 USD"), "yaml-comma", "write digits and at most"),
    (amount("0,5 %"), "yaml-comma", "write digits and at most"),
    (amount("0, 0004"), "yaml-comma", "write 0.0004"),
    (amount(",5"), "yaml-comma", "write 0.5"),
    (amount("1 234,50"), "yaml-comma", "write 1234.50"),
    (amount("1'234,50"), "yaml-comma", "write 1234.50"),
    (amount("1e6"), "yaml-exponent", "write 1000000"),
    (grant("1e6"), "yaml-exponent", "write 1000000"),
    (amount("0x10"), "yaml-radix", "write 16"),
    (amount("1_000"), "yaml-underscore", "write 1000"),
    (grant("50_000_000"), "yaml-underscore", "write 50000000"),
    (amount("010"), "yaml-leading-zero", "write 10"),
    (amount(".5"), "yaml-bare-point", "write 0.5"),
    (amount("+5"), "yaml-plus-sign", "write 5"),
    (amount(".nan"), "yaml-infinity", "write the number in digits"),
    (amount("12:30"), "yaml-sexagesimal", "write the number in digits"),
    (grant("yes"), "yaml-boolean-word", "write the number in digits"),
    (amount("1").replace("name: One", "name: 1e6"), "yaml-exponent", 'write "1e6", in quotes'),
    (amount("1").replace("name: One", "name: 2026-01-01"), "yaml-date", 'write "2026-01-01", in quotes'),
    (amount("1").replace("name: One", "name: no"), "yaml-boolean-word", 'write "no", in quotes'),
    (amount("1").replace("isSoftLimit: true", "isSoftLimit: yes"), "yaml-boolean-word", "write true"),
    (amount("1") + "    metadata: {share: 1,5}\n", "yaml-comma", 'write "1,5", in quotes'),
    (amount("1") + "    metadata: {count: 1_000}\n", "yaml-underscore", 'write "1_000", in quotes'),
    # without an end
    (tier(".inf"), "yaml-infinity", "remove upToAmount: the last tier has no end"),
    (tier("inf"), "manifest-wrong-form", "remove upToAmount"),
    (tier("null"), "manifest-wrong-type", "remove upToAmount"),
    (tier("∞"), "manifest-wrong-form", "remove upToAmount"),
    (grant("unlimited"), "manifest-wrong-type", "write the quota as a number, 0 at least: with `isSoftLimit: true`"),
    (grant(".inf"), "yaml-infinity", "write the quota as a number"),
    (grant("-1"), "manifest-out-of-range", "write the quota as a number"),
    (grant("null"), "manifest-wrong-type", "write the quota as a number"),
    # three zeros behind the point
    (amount("18.000"), "number-like-thousands", "write 18000 if thousands are meant, 18 if not"),
    (grant("10.000"), "number-like-thousands", "write 10000 if"),
    (tier("100.000"), "number-like-thousands", "write 100000 if"),
    (amount('"18.000"'), "number-like-thousands", "write 18000 if"),
    (amount("1") + "    discounts: {usage: {quantity: 1.000}}\n", "number-like-thousands", "write 1000 if"),
    (grant("10.000").replace("USD", "KWD"), "number-like-thousands", "write 10000 if"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "hint"), CASES, ids=lambda value: repr(value)[-60:])
def test_a_number_has_one_message_with_what_to_write(text: str, code: str, hint: str, tmp_path: Path) -> None:
    (one,) = said(tmp_path, text)
    assert one.code == code, one
    assert one.hint.startswith(hint), one


@pytest.mark.parametrize(
    "text",
    [
        amount("18.00"), amount("18.0"), amount("0.000"), amount("18.500"), amount("1000.000"), amount("18.0000"), grant("10000"),
        amount("18.000", "KWD"), amount("1") + '    metadata: {version: "10.000"}\n', amount("1").replace("name: One", 'name: "10.000"'),
        amount("1") + "    metadata: {list: a, b: c}\n",
    ],
)  # fmt: skip
def test_a_number_that_can_be_meant_as_it_stands_is_left_alone(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, text) == []


def test_a_secret_with_a_comma_is_not_shown(tmp_path: Path) -> None:
    text = "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\nurl: https://example.com\ncustomHeaders: {X-Key: 4711,0815}\n"
    (one,) = said(tmp_path, text)
    assert one.code == "yaml-comma" and "4711" not in f"{one.summary}{one.hint}{one.where and one.where.text}"
