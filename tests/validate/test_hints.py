"""What to do about what the server refuses: said so that what was meant is kept, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

METER = "kind: meter\nslug: calls\nname: Calls\neventType: call\n"
PLAN = METER + (
    "aggregation: COUNT\n---\n{kind: feature, key: calls, name: Calls, meterSlug: calls}\n---\n"
    "{kind: feature, key: mails, name: Mails, meterSlug: calls}\n---\n"
    "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\nphases:\n- key: one\n  name: One\n  rateCards:\n"
)
CARD = "  - {{type: usage_based, key: {}, name: A, featureKey: {}, billingCadence: P1M, price: {}}}\n"
UNIT = "{type: unit, amount: 1}"
SWAPPED = "{type: unit, amount: 1, minimumAmount: 9, maximumAmount: 5}"

CASES = {
    METER + "aggregation: SUM\nvalueProperty: tokens\n": ("meter-json-path", "write `$.tokens`"),
    METER + "aggregation: SUM\nvalueProperty: data.tokens\n": ("meter-json-path", "write `$.data.tokens`"),
    METER + "aggregation: SUM\nvalueProperty: a-b\n": ("meter-json-path", "begin with `$.`"),
    METER + "aggregation: COUNT\nvalueProperty: $.n\n": ("meter-value-not-allowed", "to count events"),
    PLAN + CARD.format("calls", "calls", SWAPPED): ("price-minimum-above-maximum", "swapped?"),
    PLAN + CARD.format("calls", "calls", UNIT) + CARD.format("calls", "mails", UNIT): (
        "rate_card_key_feature_key_mismatch",
        "write key: mails",
    ),
    PLAN + CARD.format("calls", "calls", UNIT) * 2: ("rate_card_duplicated_key", "one card for a feature"),
}


def errors(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in check([tmp_path]).diagnostics if one.is_error]


@pytest.mark.parametrize("text", CASES, ids=lambda text: CASES[text][0])
def test_one_mistake_has_one_message_with_what_to_do(text: str, tmp_path: Path) -> None:
    code, hint = CASES[text]
    (one,) = errors(tmp_path, text)
    assert one.code == code and hint in one.hint


COMMAS = {
    "{type: unit, amount: 0,0004}": "write 0.0004",
    "{amount: 0,5, type: unit}": "write 0.5",
    "{type: unit, amount: ,5}": "write 0.5",
    "{type: unit, amount: 0, 0004}": "write 0.0004",
    "{type: unit, amount: 49,00}": "write 49.00",
    "{type: unit, amount: 1,234.50}": "write 1234.50",
    "{type: unit, amount: 1.234,50}": "write 1234.50",
    "{type: unit, amount: 1 234,50}": "write 1234.50",
    "{type: unit, amount: 1,234,567}": "write 1234567",
    "{type: unit, amount: 1,000}": "write 1000 if the comma parts thousands, 1.000 if it is a decimal comma",
    "{type: unit, amount: $ 0,5}": "write digits and at most one decimal point, without a comma",
    "{type: unit, amount: 0,0004 USD}": "write digits and at most one decimal point, without a comma",
    "{type: package, amount: 1, quantityPerPackage: 1,000}": "write 1000",
    "{type: tiered, mode: volume, tiers: [{upToAmount: 1,000, unitPrice: 1}, {unitPrice: 2}]}": "write 1000",
}
"""Prices with a comma that ends a value, and what to write in the place of one. Nothing else is said: no amount that is only a part."""


@pytest.mark.parametrize("price", COMMAS)
def test_a_comma_in_a_number_is_told_as_one(price: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, PLAN + CARD.format("calls", "calls", price))
    assert (one.code, one.hint) == ("yaml-comma-in-number", COMMAS[price])
    assert one.where is not None and "," in one.where.text[one.where.column - 1 :][: one.where.width]


CHANNEL = "kind: notification_channel\nkey: ops\ntype: WEBHOOK\nname: Ops\nurl: "
URLS = {
    "hooks.example.com/x": "put `https://` before it",
    "localhost:8080/x": "put `https://` before it",
    "htps://hooks.example.com": "begin it with `https://`",
    "https//hooks.example.com": "begin it with `https://`",
    "http:/hooks.example.com": "begin it with `http://`",
    "https:hooks.example.com": "begin it with `https://`",
    "https://": "write the name of the host after `https://`",
    "https://…": "write the name of the host after `https://`",
    "https://…/path": "write the name of the host after `https://`",
    '"https://hooks.example.com/a b"': "remove it; within a path, a space is written `%20`",
    '""': "write the address that takes the events, beginning with `https://`",
    "…": "write the address that takes the events, beginning with `https://`",
}


@pytest.mark.parametrize("url", URLS)
def test_what_an_address_lacks_is_said_and_the_address_is_not(url: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CHANNEL + url)
    assert (one.code, one.hint) == ("channel-url", URLS[url])
    assert one.where is not None and "/x" not in one.where.text and "path" not in one.where.text


@pytest.mark.parametrize("url", ["hooks.example.com/x", "https//hooks.example.com"])
def test_a_value_that_is_hidden_as_a_whole_says_so(url: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CHANNEL + url)
    assert one.where is not None and (one.where.text, one.where.width) == ("url: (value hidden)", 1)
