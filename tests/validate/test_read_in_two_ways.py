"""A value that YAML readers take differently has one message, and what that says to write is right: no second round."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

METER = "kind: meter\nslug: calls\nname: Calls\neventType: call\naggregation: COUNT\n"
PLAN = (
    METER + "---\n{kind: feature, key: calls, name: Calls, meterSlug: calls}\n---\n"
    "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\nphases:\n- key: one\n  name: One\n  rateCards:\n"
)
CARD = "  - {{type: usage_based, key: calls, name: A, featureKey: calls, billingCadence: P1M, {}}}\n"
UNIT = "price: {type: unit, amount: 1}"


def card(members: str) -> str:
    """A plan with one card that has these members too."""
    return PLAN + CARD.format(members)


def errors(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in check([tmp_path]).diagnostics if one.is_error]


TABLE = {
    METER + "eventFrom: 2026-01-31\n": ("yaml-date", 'write "2026-01-31T00:00:00Z" if it is in UTC'),
    METER + "eventFrom: 2026-01-31 10:00:00\n": ("yaml-date", 'write "2026-01-31T10:00:00Z" if it is in UTC'),
    METER + "eventFrom: 2026-01-31T10:00:00Z\n": ("yaml-date", 'write "2026-01-31T10:00:00Z", in quotes'),
    METER.replace("slug: calls", "slug: 2026-01-31"): ("manifest-wrong-form", "write `2026_01_31`"),
    METER.replace("COUNT", "no"): ("manifest-unknown-value", "write one of SUM"),
    METER + "lifecycle: off\n": ("manifest-unknown-value", "write published to keep the object"),
    METER + "enabled: on\n": ("manifest-unknown-field", "`lifecycle` says what becomes of an object"),
    METER + "on: push\n": ("manifest-unknown-field", "known here"),
    METER + "metadata: {on: x}\n": ("yaml-boolean-word", 'as a name it is written "on"'),
    METER + "---\nkind: feature\nkey: a\nname: A\nmeterSlug: calls\nadvancedMeterGroupByFilters: {c: {$in: [DE, NO]}}\n": (
        "yaml-boolean-word", 'write "NO", in quotes'),
    PLAN.replace("name: One", "name: One\n  duration: 24:00:00") + f"  - {{type: flat_fee, key: fee, name: Fee, {UNIT.replace('unit', 'flat')}}}\n": (
        "yaml-sexagesimal", "write an ISO 8601 duration: PT24H"),
    card(f"{UNIT}, startDate: 2026-01-31"): ("manifest-unknown-field", "known here"),
    card(f"{UNIT}, taxConfig: {{behavior: on}}"): ("manifest-unknown-value", "write one of inclusive"),
    card("price: no"): ("manifest-wrong-type", "remove `price`: a card without one is free"),
    card(f"{UNIT}, entitlementTemplate: yes"): ("manifest-wrong-type", "write `entitlementTemplate: {type: boolean}`"),
    card("price: {type: unit, amount: 1, maximumAmount: .inf}"): ("yaml-infinity", "remove maximumAmount: without it"),
    card("price: {type: unit, amount: .nan}"): ("yaml-infinity", "write the number in digits"),
    card(UNIT).replace("phases:", "proRatingConfig: on\nphases:"): (
        "manifest-wrong-type", "write `proRatingConfig: {enabled: true, mode: prorate_prices}`"),
}  # fmt: skip


@pytest.mark.parametrize("text", TABLE, ids=lambda text: TABLE[text][1])
def test_one_message_says_what_is_right_there(text: str, tmp_path: Path) -> None:
    code, hint = TABLE[text]
    (one,) = errors(tmp_path, text)
    assert one.code == code and hint in one.hint, one


def test_a_name_and_its_value_are_both_told(tmp_path: Path) -> None:
    found = errors(tmp_path, METER + "metadata: {yes: no}\n")
    assert [one.where and one.where.column for one in found] == [12, 17]
