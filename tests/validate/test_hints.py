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
