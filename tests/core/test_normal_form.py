"""A body with every member, in normal form, as a request, and as a manifest again: nothing is lost on the way, and what is not said has one value.

What is the same by the server's rules is one normal form (docs/server/readback.md#normal-form).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalogsync.core import canon
from catalogsync.core.model import Kind
from catalogsync.openmeter import kinds
from catalogsync.openmeter.kinds import KINDS, references

TEXTS = {"name": "N", "description": "D", "metadata": {"team": "core"}}


def normal(kind: Kind, body: dict[str, Any]) -> Any:
    return KINDS[kind].normal(body, "k", lambda _kind, text: f"key-of-{text}")


def priced(**price: Any) -> dict[str, Any]:
    return {"type": "usage_based", "key": "c", "name": "C", "billingCadence": "P1M", "price": price}


def card_of(card: dict[str, Any]) -> Any:
    return normal(kinds.ADDON, {"name": "N", "rateCards": [card]})["rateCards"][card["key"]]


METER = {
    "aggregation": "SUM",
    "eventType": "t",
    **TEXTS,
    "valueProperty": "$.v",
    "groupBy": {"a": "$.a"},
    "eventFrom": "2025-01-01T00:00:00.000000Z",
}
FILTERS = {"a": {"$in": ["x", "y"], "$and": [{"$ne": "z"}]}}
FEATURE = {
    "name": "N",
    "metadata": {"team": "core"},
    "meterSlug": "m",
    "advancedMeterGroupByFilters": FILTERS,
    "unitCost": {"type": "manual", "amount": "0.1"},
}
LLM = {
    "provider": "openai",
    "providerProperty": "p",
    "model": "gpt",
    "modelProperty": "q",
    "tokenType": "input",
    "tokenTypeProperty": "r",
}
CHANNEL = {
    "type": "WEBHOOK",
    "name": "N",
    "url": "https://a.example",
    "metadata": {"team": "core"},
    "customHeaders": {"X-A": "1"},
    "signingSecret": "s",
    "disabled": True,
}
CARD = {
    "type": "usage_based",
    **TEXTS,
    "featureKey": "f",
    "billingCadence": "P1M",
    "price": {
        "type": "tiered",
        "mode": "graduated",
        "minimumAmount": "1",
        "maximumAmount": "9",
        "tiers": [
            {"upToAmount": "5", "unitPrice": {"type": "unit", "amount": "2"}},
            {"flatPrice": {"type": "flat", "amount": "3"}},
        ],
    },
    "entitlementTemplate": {
        "type": "metered",
        "isSoftLimit": True,
        "issueAfterReset": 100,
        "issueAfterResetPriority": 3,
        "preserveOverageAtReset": True,
        "usagePeriod": "P1W",
        "metadata": {"team": "core"},
    },
    "taxConfig": {"behavior": "inclusive", "taxCodeId": "t", "stripe": {"code": "txcd_10000000"}},
    "discounts": {"percentage": {"percentage": 5}, "usage": {"quantity": "7"}},
}
PLAN = {
    **TEXTS,
    "currency": "EUR",
    "billingCadence": "P1M",
    "settlementMode": "credit_only",
    "proRatingConfig": {"enabled": False, "mode": "other"},
}
OFFER = {"fromPlanPhase": "main", "maxQuantity": 4, "metadata": {"team": "core"}}


def test_a_meter_keeps_every_member() -> None:
    spec = KINDS[kinds.METER]
    assert normal(kinds.METER, {"slug": "k", **METER, "eventFrom": "2025-01-01T01:00:00+01:00"}) == METER
    assert spec.request(METER, "k") == spec.manifest(METER, "k") == {"slug": "k", **METER}


def test_a_feature_keeps_every_member() -> None:
    spec = KINDS[kinds.FEATURE]
    assert normal(kinds.FEATURE, {"key": "k", **FEATURE}) == FEATURE
    assert spec.request(FEATURE, "k") == spec.manifest(FEATURE, "k") == {"key": "k", **FEATURE}


def test_the_two_forms_of_a_filter_are_one_and_the_advanced_one_wins() -> None:
    short = normal(kinds.FEATURE, {"name": "N", "meterGroupByFilters": {"a": "x"}})
    assert short == {"name": "N", "advancedMeterGroupByFilters": {"a": {"$eq": "x"}}}
    both = {"name": "N", "meterGroupByFilters": {"b": "x"}, "advancedMeterGroupByFilters": {}}
    assert normal(kinds.FEATURE, both)["advancedMeterGroupByFilters"] == {"b": {"$eq": "x"}}
    both["advancedMeterGroupByFilters"] = {
        "a": {"$in": ["y", "x", "y"], "$eq": None, "$or": [{"$nin": ["b", "a"]}]}
    }
    told = {"a": {"$in": ["x", "y"], "$or": [{"$nin": ["a", "b"]}]}}
    assert normal(kinds.FEATURE, both)["advancedMeterGroupByFilters"] == told


@pytest.mark.parametrize("name", sorted(LLM))
def test_each_part_of_a_model_s_cost_counts(name: str) -> None:
    cost = {"type": "llm", name: LLM[name]}
    assert normal(kinds.FEATURE, {"name": "N", "unitCost": {**cost, "pricing": {"a": 1}}})["unitCost"] == cost


def test_a_channel_keeps_every_member_and_carries_its_key() -> None:
    spec = KINDS[kinds.CHANNEL]
    assert normal(kinds.CHANNEL, {"key": "k", **CHANNEL}) == CHANNEL
    assert spec.manifest(CHANNEL, "k") == {"key": "k", **CHANNEL}
    assert spec.request(CHANNEL, "k") == {**CHANNEL, "metadata": {"team": "core", "catalogsync/key": "k"}}
    enabled = {**CHANNEL, "disabled": False}
    assert "disabled" not in spec.manifest(enabled, "k") and spec.request(enabled, "k")["disabled"] is False
    assert normal(kinds.CHANNEL, {"type": "WEBHOOK", "metadata": {"catalogsync/key": "k"}}) == {
        "type": "WEBHOOK",
        "name": None,
        "url": None,
        "disabled": False,
    }


def test_a_rule_names_channels_and_features_by_key_in_any_order() -> None:
    thresholds = [
        {"type": "PERCENT", "value": 90},
        {"type": "NUMBER", "value": 5},
        {"type": "PERCENT", "value": 75},
    ]
    body = {
        "type": "entitlements.balance.threshold",
        "name": "N",
        "disabled": True,
        "channels": ["b", {"id": "a"}, "b"],
        "features": [{"id": "y"}, "x"],
        "thresholds": thresholds,
        "metadata": {"team": "core", "catalogsync/key": "k", "catalogsync/disabled-channels": "z"},
    }
    assert normal(kinds.RULE, body) == {
        "type": "entitlements.balance.threshold",
        "name": "N",
        "disabled": True,
        "channels": ["key-of-a", "key-of-b", "z"],
        "disabledChannels": ["z"],
        "features": ["key-of-x", "key-of-y"],
        "thresholds": [
            {"type": "usage_percentage", "value": 75},
            {"type": "usage_percentage", "value": 90},
            {"type": "usage_value", "value": 5},
        ],
        "metadata": {"team": "core"},
    }
    reset = normal(kinds.RULE, {**body, "type": "entitlements.reset"})
    assert "features" in reset and "thresholds" not in reset
    assert not {"features", "thresholds"} & set(normal(kinds.RULE, {**body, "type": "invoice.created"}))


def test_a_card_keeps_every_member() -> None:
    body = {"key": "c", **CARD, "price": {**CARD["price"], "tiers": CARD["price"]["tiers"][::-1]}}
    assert card_of(body) == CARD
    spec = KINDS[kinds.ADDON]
    whole = {**TEXTS, "currency": "EUR", "instanceType": "single", "rateCards": {"c": CARD}}
    tiers = [{"flatPrice": None, "unitPrice": None, **tier} for tier in CARD["price"]["tiers"]]
    sent = {"key": "c", **CARD, "price": {**CARD["price"], "tiers": tiers}}
    rest = {name: value for name, value in whole.items() if name != "rateCards"}
    assert normal(kinds.ADDON, {"key": "k", **rest, "rateCards": [body]}) == whole
    assert spec.request(whole, "k") == {"key": "k", **rest, "rateCards": [sent]}
    written = {
        "key": "c",
        **CARD,
        "taxConfig": {"behavior": "inclusive", "stripe": {"code": "txcd_10000000"}},
    }
    assert spec.manifest(whole, "k") == {"key": "k", **rest, "rateCards": [written]}


def test_a_plan_keeps_every_member_and_the_order_of_its_phases() -> None:
    spec = KINDS[kinds.PLAN]
    phases = [
        {"key": "try", "name": "T", "description": "D", "metadata": {"a": "b"}, "duration": "P1M"},
        {"key": "main", "name": "M"},
    ]
    body = {"key": "k", **PLAN, "phases": [{**one, "rateCards": [{"key": "c", **CARD}]} for one in phases]}
    found = normal(kinds.PLAN, {**body, "addons": [{"addon": "pack", **OFFER}]})
    assert found == {
        **PLAN,
        "phases": {
            "try": {
                "name": "T",
                "description": "D",
                "metadata": {"a": "b"},
                "duration": "P1M",
                "rateCards": {"c": CARD},
            },
            "main": {"name": "M", "rateCards": {"c": CARD}},
        },
        "phaseOrder": ["try", "main"],
        "addons": {"pack": {**OFFER, "version": None}},
    }
    sent = spec.request(found, "k")
    assert {name: value for name, value in sent.items() if name != "phases"} == {"key": "k", **PLAN}
    assert [{n: v for n, v in one.items() if n != "rateCards"} for one in sent["phases"]] == [
        phases[0],
        {**phases[1], "duration": None},
    ]
    assert [one["rateCards"][0]["key"] for one in sent["phases"]] == ["c", "c"]
    older = {
        **found,
        "addons": {**found["addons"], "pack@1": OFFER, "a": {"fromPlanPhase": "try", "version": 2}},
    }
    written = spec.manifest(older, "k")
    assert {name: written[name] for name in ("key", *PLAN)} == {"key": "k", **PLAN}
    assert written["addons"] == [{"addon": "a", "fromPlanPhase": "try"}, {"addon": "pack", **OFFER}]
    assert normal(kinds.PLAN, written)["phases"]["try"] == {
        **found["phases"]["try"],
        "rateCards": {
            "c": {**CARD, "taxConfig": {"behavior": "inclusive", "stripe": {"code": "txcd_10000000"}}}
        },
    }
    assert "addons" not in spec.manifest({**found, "addons": {}}, "k")


def test_a_manifest_begins_with_what_tells_its_objects_apart() -> None:
    body = {"name": "N", "phases": [{"key": "a", "name": "A", "rateCards": [{"key": "c", **CARD}]}]}
    plan = KINDS[kinds.PLAN].manifest(normal(kinds.PLAN, body), "k")
    (phase,) = plan["phases"]
    (card,) = phase["rateCards"]
    assert (list(plan)[:2], list(phase)[:2], list(card)[:3]) == (
        ["key", "name"],
        ["key", "name"],
        ["type", "key", "name"],
    )


def test_what_a_plan_does_not_say() -> None:
    assert normal(kinds.PLAN, {"key": "k", "name": "N"}) == {
        "name": "N",
        "currency": None,
        "billingCadence": None,
        "settlementMode": "credit_then_invoice",
        "proRatingConfig": {"enabled": True, "mode": "prorate_prices"},
        "phases": {},
        "phaseOrder": [],
        "addons": {},
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"type": "flat", "amount": "10.00"}, {"type": "flat", "amount": "10", "paymentTerm": "in_advance"}),
        (
            {"type": "flat", "amount": 10, "paymentTerm": "in_arrears"},
            {"type": "flat", "amount": "10", "paymentTerm": "in_arrears"},
        ),
        (
            {"type": "unit", "amount": "0.10", "minimumAmount": None, "maximumAmount": 2},
            {"type": "unit", "amount": "0.1", "maximumAmount": "2"},
        ),
        (
            {"type": "package", "amount": 1, "quantityPerPackage": "50.0", "minimumAmount": 0},
            {"type": "package", "amount": "1", "quantityPerPackage": "50", "minimumAmount": "0"},
        ),
        ({"type": "dynamic", "multiplier": "1.0"}, {"type": "dynamic"}),
        ({"type": "dynamic", "multiplier": Decimal("1.5")}, {"type": "dynamic", "multiplier": "1.5"}),
        ({"type": "dynamic"}, {"type": "dynamic"}),
        ({"type": "tiered", "mode": "volume"}, {"type": "tiered", "mode": "volume", "tiers": []}),
        (
            {
                "type": "tiered",
                "mode": "volume",
                "tiers": [{}, {"upToAmount": 100}, {"upToAmount": "9", "flatPrice": 1}],
            },
            {
                "type": "tiered",
                "mode": "volume",
                "tiers": [
                    {"upToAmount": "9", "flatPrice": {"type": "flat", "amount": "1"}},
                    {"upToAmount": "100"},
                    {},
                ],
            },
        ),
    ],
)
def test_a_price(given: dict[str, Any], told: dict[str, Any]) -> None:
    assert card_of(priced(**given))["price"] == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"type": "boolean"}, {"type": "boolean"}),
        ({"type": "static", "config": '{"a": 1}'}, {"type": "static", "config": {"a": 1}}),
        ({"type": "metered"}, {"type": "metered", "isSoftLimit": False, "usagePeriod": "P1M"}),
        (
            {"type": "metered", "usagePeriod": "P0D", "issueAfterReset": 0, "preserveOverageAtReset": False},
            {"type": "metered", "isSoftLimit": False, "usagePeriod": "P1M", "issueAfterReset": 0},
        ),
    ],
)
def test_an_entitlement(given: dict[str, Any], told: dict[str, Any]) -> None:
    assert (
        card_of({**priced(type="unit", amount=1), "entitlementTemplate": given})["entitlementTemplate"]
        == told
    )


def test_a_static_entitlement_is_sent_as_text() -> None:
    config = {"a": [1, "b"]}
    card = {"type": "flat_fee", "name": "C", "entitlementTemplate": {"type": "static", "config": config}}
    (sent,) = KINDS[kinds.ADDON].request({"name": "N", "rateCards": {"c": card}}, "k")["rateCards"]
    assert canon.loads(sent["entitlementTemplate"]["config"]) == config
    assert (sent["price"], sent["billingCadence"]) == (None, None)


@pytest.mark.parametrize("name", ["taxConfig", "discounts"])
def test_a_part_that_says_nothing_is_absent(name: str) -> None:
    empty = {"taxConfig": {"customInvoicing": {"code": "x"}, "stripe": {}}, "discounts": {"usage": None}}
    assert name not in card_of({**priced(type="unit", amount=1), name: empty[name]})


TAXES = [
    ({"stripe": {"code": "a"}}, {"stripe": {"code": "a"}, "taxCodeId": "1"}, True),
    ({"stripe": {"code": "b"}}, {"stripe": {"code": "a"}, "taxCodeId": "1"}, False),
    ({"taxCodeId": "1"}, {"stripe": {"code": "a"}, "taxCodeId": "1"}, True),
    ({"taxCodeId": "2"}, {"stripe": {"code": "a"}, "taxCodeId": "1"}, False),
    ({"taxCodeId": "1", "stripe": {"code": "b"}}, {"stripe": {"code": "a"}, "taxCodeId": "1"}, True),
    ({"behavior": "inclusive"}, {"behavior": "inclusive", "taxCodeId": "1"}, False),
    ({"behavior": "inclusive"}, None, False),
]


@pytest.mark.parametrize(("ours", "theirs", "same"), TAXES)
@pytest.mark.parametrize("kind", [kinds.ADDON, kinds.PLAN])
def test_the_server_completes_a_tax_code(kind: Kind, ours: Any, theirs: Any, same: bool) -> None:
    def body(tax: Any) -> Any:
        cards = [{**priced(type="unit", amount=1), "taxConfig": tax}]
        phases = [{"key": "main", "name": "M", "rateCards": cards}]
        return normal(kind, {"name": "N", "phases": phases, "rateCards": cards})

    expected, live = body(ours), body(theirs)
    assert (KINDS[kind].aligned(expected, live, frozenset()) == expected) is same


def test_what_names_nothing_else_refers_to_nothing_else() -> None:
    """The kinds of objects that each kind names in its manifests."""
    bodies: dict[Kind, dict[str, Any]] = {
        kinds.FEATURE: {"meterSlug": "m"},
        kinds.ADDON: {"rateCards": [{"featureKey": "f"}]},
        kinds.PLAN: {"phases": [{"rateCards": [{"featureKey": "f"}]}], "addons": [{"addon": "a"}]},
        kinds.RULE: {"channels": ["c"], "features": ["f"]},
    }
    found = {kind: [str(ref) for ref, _ in references(kind, bodies.get(kind, {}))] for kind in Kind}
    assert found == {
        kinds.METER: [],
        kinds.FEATURE: ["meter/m"],
        kinds.ADDON: ["feature/f"],
        kinds.PLAN: ["feature/f", "addon/a"],
        kinds.CHANNEL: [],
        kinds.RULE: ["notification_channel/c", "feature/f"],
    }


def test_a_percentage_is_as_exact_as_it_is_written() -> None:
    """The server keeps it as a decimal (docs/server/rate-cards.md#rate-cards): what a double would round is another percentage."""

    def kept(text: str) -> Any:
        discount = {"percentage": {"percentage": Decimal(text)}}
        return card_of({**priced(type="flat", amount="1"), "discounts": discount})["discounts"]

    assert kept("99.99999999999999999") != kept("100")
    assert kept("33.30") == kept("33.3")
