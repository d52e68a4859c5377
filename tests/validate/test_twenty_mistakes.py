"""Mistakes as people make them, each in a copy of the example: found, on the right line, and explained so that the fix is plain."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from catalogsync.app import check
from catalogsync.checks.lint import LintSettings

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
DAY = datetime.date(2026, 11, 25)

MISTAKES = {
    "a feature's name misspelt in a plan": (
        "plans/free.yaml", "featureKey: api_requests", "featureKey: api_reqests", "rate_card_feature_not_found", "did you mean `api_requests`?"),
    "a field misspelt": ("plans/pro.yaml",
        "billingCadence: P1M\nproRating", "billingCadance: P1M\nproRating", "manifest-unknown-field", "billingCadence"),
    "an enumeration misspelt": ("plans/pro.yaml", "mode: graduated", "mode: gradual", "manifest-unknown-value", "graduated"),
    "a cadence as people say it": ("plans/enterprise.yaml", "billingCadence: P1Y", "billingCadence: yearly", "duration-invalid", "P1Y"),
    "a card that is billed every week in a monthly plan": (
        "plans/enterprise.yaml", "billingCadence: P1Y", "billingCadence: P1W", "rate_card_billing_cadence_unaligned", "P1M"),
    "a phase in the middle without a duration": (
        "plans/pro.yaml", "    duration: P14D\n", "", "plan_has_non_last_phase_with_no_duration", "say how long it lasts"),
    "a last phase with a duration": (
        "plans/pro.yaml", "name: Standard\n", "name: Standard\n    duration: P1Y\n", "plan_has_last_phase_with_duration", "remove it"),
    "two phases of one key": ("plans/pro.yaml", "key: standard", "key: trial", "plan_phase_duplicated_key", ""),
    "the last tier closed": (
        "plans/pro.yaml", "- {unitPrice: 0.00025}", "- {upToAmount: 9000000, unitPrice: 0.00025}",
        "price-tiers-closed", "upToAmount"),
    "two tiers that end at one amount": ("plans/pro.yaml", "upToAmount: 1000000,", "upToAmount: 100000,", "price-tier-twice", ""),
    "a sign too much": ("plans/pro.yaml", "amount: 49,", "amount: -49,", "price-negative", ""),
    "a currency that does not exist": ("plans/pro.yaml", "currency: USD", "currency: USX", "currency-unknown", "USD"),
    "a quota left out": (
        "plans/free.yaml", "{type: metered, issueAfterReset: 10000, isSoftLimit: false}", "{type: metered, isSoftLimit: false}",
        "entitlement_template_issue_after_reset_required", "issueAfterReset: …"),
    "an add-on offered from a phase that is not there": (
        "plans/pro.yaml", "fromPlanPhase: standard\n    maxQuantity", "fromPlanPhase: standart\n    maxQuantity",
        "plan_addon_unknown_plan_phase_key", "did you mean `standard`?"),
    "a quantity on an add-on that is bought once": (
        "plans/pro.yaml", "fromPlanPhase: standard\n    metadata", "fromPlanPhase: standard\n    maxQuantity: 2\n    metadata",
        "plan_addon_max_quantity_must_not_be_set", "maxQuantity"),
    "an add-on in another currency": ("addons/seat_pack.yaml", "currency: USD", "currency: EUR", "plan_multiple_fiat_currencies", ""),
    "a filter on a dimension that the meter does not have": (
        "features/usage.yaml", "format: {$ne: csv}", "fromat: {$ne: csv}", "feature-filter-dimension", "format"),
    "a path to a value on a counting meter": (
        "meters/api_requests.yaml", "aggregation: COUNT", "aggregation: COUNT\nvalueProperty: $.count", "meter-value-not-allowed", "SUM"),
    "a path that is none": ("meters/tokens.yaml", "model: $.model", "model: model", "meter-json-path", "$."),
    "a threshold of nothing": ("notifications/rules.yaml", "value: 80}", "value: 0}", "rule-threshold", ""),
    "a channel misspelt": (
        "notifications/rules.yaml", "channels: [growth_hook]\nfeatures: [team_seats]", "channels: [grwoth_hook]\nfeatures: [team_seats]",
        "reference-unknown-channel", "did you mean `growth_hook`?"),
    "a decimal point slipped": (
        "plans/enterprise.yaml", "{type: unit, amount: 0.0002}\n", "{type: unit, amount: 0.02}\n", "price-far-off", "decimal point"),
    "the included quantity changed in one place only": (
        "plans/pro.yaml", "usage: {quantity: 100000}", "usage: {quantity: 50000}", "price-included-differs", "issueAfterReset: 50000"),
    "the filter that keeps two prices apart left out": (
        "features/usage.yaml", "advancedMeterGroupByFilters:\n  type: {$eq: input}\n", "", "price-double-billing", "filters"),
    "an address without encryption": (
        "notifications/channels.yaml", "https://hooks.example.com/openmeter/growth", "http://hooks.example.com/openmeter/growth",
        "channel-url-open", "https"),
    "a secret in the file": (
        "notifications/channels.yaml", "X-Team: billing", "Authorization: Bearer abc", "channel-secret-inline", "env"),
    "a document copied and its key left": (
        "features/access.yaml", "key: audit_log", "key: sso", "manifest-duplicate", ""),
    "a key written twice": ("plans/free.yaml", "currency: USD", "currency: USD\ncurrency: EUR", "yaml-duplicate-key", "keep one"),
}  # fmt: skip
"""By what happened: file, what stood there, what stands there now, the code, and words of the hint or summary."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found_where_it_was_made(mistake: str, tmp_path: Path) -> None:
    name, before, after, code, words = MISTAKES[mistake]
    catalog = tmp_path / "catalog"
    shutil.copytree(EXAMPLE, catalog)
    text = (catalog / name).read_text("utf-8")
    assert before in text
    at = text.index(before)
    (catalog / name).write_text(text.replace(before, after, 1), "utf-8")
    found = check.check([catalog], settings=LintSettings(today=DAY)).diagnostics
    told = [one for one in found if one.code == code]
    assert told, [f"{one.code}: {one.summary}" for one in found]
    one = told[0]
    places = [one.where, *(other.where for other in one.related)]
    first = text[:at].count("\n") + 1
    lines = range(first - 2, first + before.count("\n") + after.count("\n") + 2)
    where = [place for place in places if place is not None and place.file.endswith(name)]
    assert any(place.line in lines for place in where), (one.where, one.related, first)
    assert words in f"{one.summary} {one.detail} {one.hint}", one
    others = {
        f"{other.code}: {other.summary} {other.where}"
        for other in found
        if other.code != code and other.is_error
    }
    assert not others, f"one cause, one diagnostic: {others}"
