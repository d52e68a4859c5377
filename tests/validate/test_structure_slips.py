"""A list, an object or a text in place of another of them: what is said to write is taken when it is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests import load

METER = "kind: meter\nslug: calls\nname: Calls\neventType: call\naggregation: COUNT\n"
FEATURE = "kind: feature\nkey: sso\nname: A\nmeterSlug: calls\n"
CHANNEL = "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\nurl: https://example.com\n"
RULE = "kind: notification_rule\nkey: r\nname: R\ntype: entitlements.balance.threshold\n"
PLAN = "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\n"
PHASES = PLAN + "phases:\n  - key: one\n    name: One\n    rateCards:\n"
FEE = PHASES + "      - type: flat_fee\n        key: fee\n        name: Fee\n        billingCadence: P1M\n"
USED = FEE.replace("flat_fee", "usage_based")
TIERED = USED + "        price: {type: tiered, mode: volume, tiers: TIERS}\n"

SHOWN = [
    # an object is wanted
    (METER + "groupBy: [method, route]\n", "groupBy: {method: $.method, route: $.route}"),
    (METER + "groupBy: [$.http.method]\n", "groupBy: {method: $.http.method}"),
    (METER + "groupBy: method\n", "groupBy: {method: $.method}"),
    (METER + "groupBy: method, route\n", "groupBy: {method: $.method, route: $.route}"),
    (METER + "groupBy: {method}\n", "method: $.method"),
    (FEE + "        taxConfig: inclusive\n", "taxConfig: {behavior: inclusive}"),
    (FEE + "alignment: true\n", "alignment: {billablesMustAlign: true}"),
    (RULE + "channels: [a]\nthresholds: [80%]\n", "{type: usage_percentage, value: 80}"),
    (METER + "groupBy:\n  - method: $.method\n  - route: $.path\n", "groupBy: {method: $.method, route: $.path}"),
    (METER + "groupBy:\n  - {name: method, path: $.m}\n", "groupBy: {method: $.m}"),
    (METER + "metadata:\n  - owner: x\n", "metadata: {owner: x}"),
    (METER + "metadata: [owner=x, 'team: y']\n", "metadata: {owner: x, team: y}"),
    (METER + "metadata:\n  - {key: owner, value: x}\n", "metadata: {owner: x}"),
    (FEATURE + "advancedMeterGroupByFilters:\n  type: [a, b]\n", "type: {$in: [a, b]}"),
    (FEATURE + "advancedMeterGroupByFilters:\n  type: [1, 2]\n", 'type: {$in: ["1", "2"]}'),
    (FEATURE + "meterGroupByFilters: {type: [a, b]}\n", 'advancedMeterGroupByFilters: {type: {$in: ["a", "b"]}}'),
    (FEATURE + "advancedMeterGroupByFilters:\n  - type: {$eq: a}\n", "advancedMeterGroupByFilters: {type: {$eq: a}}"),
    (FEE + "        price: [{type: flat, amount: 1}]\n", "price: {type: flat, amount: 1}"),
    (FEE + "        price: 49\n", "price: {type: flat, amount: 49}"),
    (FEE + "        entitlementTemplate: true\n", "entitlementTemplate: {type: boolean}"),
    (FEE + "        entitlementTemplate: boolean\n", "entitlementTemplate: {type: boolean}"),
    (FEE + "        discounts: [{type: percentage, percentage: 20}]\n", "discounts: {percentage: {percentage: 20}}"),
    (FEE + "        taxConfig: {stripe: txcd_10000000}\n", "stripe: {code: txcd_10000000}"),
    (FEE + "        taxConfig: txcd_10000000\n", "taxConfig: {stripe: {code: txcd_10000000}}"),
    (FEE + "proRatingConfig: true\n", "proRatingConfig: {enabled: true, mode: prorate_prices}"),
    (FEE + "proRatingConfig: prorate_prices\n", "proRatingConfig: {enabled: true, mode: prorate_prices}"),
    (FEE + "addons: [seat_pack]\n", "{addon: seat_pack, fromPlanPhase: one}"),
    # a list is wanted
    (PLAN + "phases:\n  one:\n    name: One\n    rateCards: []\n", "phases: [{key: one, name: One, rateCards: []}]"),
    (PLAN + "phases: {key: one, name: One, rateCards: []}\n", "phases: [{key: one, name: One, rateCards: []}]"),
    (PHASES.replace("rateCards:\n", "rateCards: {fee: {type: flat_fee, name: Fee}}\n"), "rateCards: [{key: fee, type: flat_fee, name: Fee}]"),
    (FEE + "addons: {seat_pack: one}\n", "addons: [{addon: seat_pack, fromPlanPhase: one}]"),
    (FEE + "addons: {seat_pack: {fromPlanPhase: one}}\n", "addons: [{addon: seat_pack, fromPlanPhase: one}]"),
    (FEE + "addons: {addon: seat_pack, fromPlanPhase: one}\n", "addons: [{addon: seat_pack, fromPlanPhase: one}]"),
    (TIERED.replace("TIERS", "{unitPrice: 1}"), "tiers: [{unitPrice: 1}]"),
    (TIERED.replace("TIERS", "{a: {upToAmount: 5, unitPrice: 1}, b: {unitPrice: 2}}"), "tiers: [{upToAmount: 5, unitPrice: 1}, {unitPrice: 2}]"),
    (TIERED.replace("TIERS", '{"5": {unitPrice: 1}, rest: {unitPrice: 2}}'), "tiers: [{upToAmount: 5, unitPrice: 1}, {unitPrice: 2}]"),
    (RULE + "channels: {a: {}, b: {}}\nthresholds: [{type: usage_percentage, value: 80}]\n", "channels: [a, b]"),
    (RULE + "channels: a, b\nthresholds: [{type: usage_percentage, value: 80}]\n", "channels: [a, b]"),
    (RULE + "channels: [a]\nthresholds: {type: usage_percentage, value: 80}\n", "thresholds: [{type: usage_percentage, value: 80}]"),
    (FEATURE + "advancedMeterGroupByFilters: {type: {$and: {$eq: a}}}\n", "$and: [{$eq: a}]"),
    (FEATURE + "advancedMeterGroupByFilters: {type: {$in: a}}\n", "$in: [a]"),
    # one value is wanted
    (FEE.replace("USD", "[USD]"), "currency: USD"),
    (METER.replace("COUNT", "{type: COUNT}"), "aggregation: COUNT"),
    (FEE.replace("currency: USD\nbillingCadence: P1M", "currency: USD\nbillingCadence: {interval: month, count: 1}"), "billingCadence: P1M"),
    (FEE.replace("currency: USD\nbillingCadence: P1M", "currency: USD\nbillingCadence: {every: 3, unit: months}"), "billingCadence: P3M"),
    (FEE.replace("currency: USD\nbillingCadence: P1M", "currency: USD\nbillingCadence: {months: 1}"), "billingCadence: P1M"),
    (METER.replace("aggregation: COUNT", "aggregation: SUM\nvalueProperty: {path: $.a}"), "valueProperty: $.a"),
    (METER + "metadata: {owner:x}\n", "owner: x"),
]  # fmt: skip


def wrong(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in load([tmp_path]).diagnostics if one.is_error]


@pytest.mark.parametrize(("text", "shown"), SHOWN, ids=[shown for _, shown in SHOWN])
def test_the_same_in_the_form_that_is_taken(text: str, shown: str, tmp_path: Path) -> None:
    (one,) = [one for one in wrong(tmp_path, text) if one.code == "manifest-wrong-type"]
    assert f"`{shown}`" in one.hint, one


MEMBERS = [
    case
    for case in SHOWN
    if re.match(r"[\w$]+: ", case[1])
    and "owner:x" not in case[0]
    and "  meterGroupBy" not in f"  {case[0].splitlines()[-1]}"
]


@pytest.mark.parametrize(("text", "shown"), MEMBERS, ids=[shown for _, shown in MEMBERS])
def test_what_is_said_to_write_is_taken_when_it_is_written(text: str, shown: str, tmp_path: Path) -> None:
    ((name, value),) = yaml.safe_load(shown).items()
    document = yaml.safe_load(text)
    assert replaced(document, name, value)
    assert wrong(tmp_path, yaml.safe_dump(document)) == []


def replaced(node: Any, name: str, value: object) -> bool:
    """Whether the first member of that name was given another value."""
    if isinstance(node, dict) and name in node:
        node[name] = value
        return True
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return any(replaced(one, name, value) for one in inner)


def test_a_name_that_holds_its_value_lacks_a_colon(tmp_path: Path) -> None:
    for text in ("amount 9", "amount=9", "amount:9"):
        hints = [one.hint for one in wrong(tmp_path, FEE + f"        price: {{type: flat, {text}}}\n")]
        assert "write a colon and a space: `amount: 9`" in hints, hints


WORDS = [
    (FEATURE + "advancedMeterGroupByFilters:\n  type: {$eq: [a, b]}\n", "for any of several texts write `{$in: [a, b]}`"),
    (FEATURE + "advancedMeterGroupByFilters:\n  type: {$ne: [a, b]}\n", "for any of several texts write `{$nin: [a, b]}`"),
    (METER.replace("COUNT", "[SUM, COUNT]"), "write one of them: `SUM` or `COUNT`"),
    (METER + "groupBy: []\n", "leave `groupBy` out"),
    (METER + "metadata: [a, b]\n", "write a `name: value` line for each, without `- ` and brackets"),
    (CHANNEL + "customHeaders:\n  - name: X-Team\n    value: billing\n", "write a line `NAME: value` for each, without `- ` and brackets"),
    (CHANNEL + 'customHeaders: "X-Team: billing"\n', "write a line `NAME: value` for each"),
    (FEE + "  - {key: two, name: Two, rateCards: []}\naddons: [a]\n", "write `{addon: a, fromPlanPhase: …}`, with the key of a phase: one or two"),
    (PLAN + "phases: [default]\n", "write `{key: default, name: …, rateCards: …}`"),
    (PLAN + "phases: default\n", "write `- {key: default, name: …, rateCards: …}`"),
    (PHASES.replace("rateCards:\n", "rateCards: [fee]\n"), "write `{key: fee, type: …, name: …}`"),
    (FEE.replace("rateCards:\n      - type", "rateCards:\n      -type").replace("        ", "      "), "write a space after each `-`: `- type`"),
    (PLAN + "phases:\n  one:\n    name: One\n    rateCards: [{type: flat_fee, key: a_card, name: A card with a long name, billingCadence: P1M}]\n",
     "write a list, each entry with its `key` and the other members below it: `- key: one`"),
    (FEE + "        price: free\n", "remove `price`: a card without one is free"),
    (RULE + "channels: [a]\nthresholds: [80]\n", "write `{type: usage_percentage, value: 80}` (percent of the quota used) or"),
    (RULE + "channels: [a]\nthresholds: 80\n", "write `- {type: …, value: 80}`, with one of the types"),
    (USED + "        price: [{upToAmount: 5, unitPrice: 1}, {unitPrice: 2}]\n", "write `price: {type: tiered, mode: …, tiers: […]}`, with this list"),
    (FEE + "        entitlementTemplate: static\n", "write `entitlementTemplate: {type: static, config: …}`"),
    (FEE + "        price: {type: flat, amount: true}\n", "write the number in digits"),
    (RULE + "channels: [a]\nfeatures: '*'\nthresholds: [{type: usage_percentage, value: 80}]\n", "leave `features` out: then all are meant"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hint"), WORDS, ids=[hint for _, hint in WORDS])
def test_what_cannot_be_shown_is_described(text: str, hint: str, tmp_path: Path) -> None:
    said = [one.hint for one in wrong(tmp_path, text) if one.code == "manifest-wrong-type"]
    assert len(said) == 1 and said[0].startswith(hint), said


def test_a_header_is_not_shown(tmp_path: Path) -> None:
    (one,) = wrong(tmp_path, CHANNEL + "customHeaders: [{name: X-Key, value: s3same}]\n")
    assert (
        "not a list" in one.summary
        and "s3same" not in f"{one.summary}{one.hint}{one.where and one.where.text}"
    )
