"""What means the same is one normal form, however it is written; what means something else is another. By kind and member, on both sides of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalogsync.core.model import Kind, Ref
from catalogsync.core.values import IdRef, SecretRef, hidden
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KINDS, METER, PLAN, RULE, rate_cards

FILTERS = "advancedMeterGroupByFilters"
FEE: dict[str, Any] = {"type": "flat_fee", "key": "c", "name": "C"}
USE: dict[str, Any] = {"type": "usage_based", "key": "c", "name": "C", "billingCadence": "P1M"}


def normal(kind: Kind, body: dict[str, Any]) -> Any:
    return KINDS[kind].normal(body, "k", lambda _kind, text: text.removeprefix("id-"))


def filtered(**operators: Any) -> tuple[Kind, dict[str, Any]]:
    return FEATURE, {"name": "N", FILTERS: {"a": {f"${name}": value for name, value in operators.items()}}}


def carded(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return ADDON, {"name": "N", "rateCards": [{**USE, **members}]}


def priced(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return carded(price={"type": "unit", "amount": "1", **members})


def entitled(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return carded(entitlementTemplate={"type": "metered", **members})


def phased(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return PLAN, {"name": "N", "phases": [{"key": "a", "name": "A", **members}]}


def planned(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return PLAN, {"name": "N", **members}


def offered(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return planned(addons=[{"addon": "x", "fromPlanPhase": "a", **members}])


def ruled(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return RULE, {"type": "entitlements.balance.threshold", "name": "N", "channels": [], **members}


def metered(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return METER, {"aggregation": "COUNT", "eventType": "t", **members}


def hooked(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return CHANNEL, {"type": "WEBHOOK", "name": "N", "url": "u", **members}


def featured(**members: Any) -> tuple[Kind, dict[str, Any]]:
    return FEATURE, {"name": "N", **members}


def percent(value: Any, kind: str = "usage_percentage") -> dict[str, Any]:
    return {"type": kind, "value": value}


Written = tuple[Kind, dict[str, Any]]
SAME: list[tuple[Written, Written]] = [
    ((ADDON, {"name": "N"}), (ADDON, {"name": "N", "rateCards": None, "description": "", "metadata": None})),
    # nothing said, empty, null and the value that the server puts in
    (metered(), metered(name="k", description="", metadata={}, groupBy={}, valueProperty=None, eventFrom=None)),
    (metered(eventFrom="2025-01-01T00:00:00Z"), metered(eventFrom="2025-01-01T02:00:00.000+02:00")),
    (featured(), featured(metadata={}, meterSlug=None, meterGroupByFilters={}, unitCost=None, **{FILTERS: None})),
    (featured(), featured(unitCost={}, key="k", archivedAt="x")),
    (hooked(), hooked(disabled=False, metadata={}, customHeaders={}, signingSecret="")),
    (hooked(), hooked(metadata={"catalogsync/key": "k", "catalogsync/other": "x"})),
    ((RULE, {"type": "x", "name": "N"}), (RULE, {"type": "x", "name": "N", "channels": None, "metadata": None})),
    (ruled(), ruled(disabled=None, thresholds=[], features=[], metadata={"catalogsync/key": "k"})),
    (planned(), planned(settlementMode="credit_then_invoice", proRatingConfig={"enabled": True}, description="")),
    (planned(), planned(proRatingConfig={"mode": "prorate_prices"}, phases=[], addons=None, metadata={})),
    (planned(billingCadence="P1M"), planned(billingCadence="P01M0D")),
    (phased(), phased(duration=None, description="", metadata=None, rateCards=None)),
    (phased(duration="P1M"), phased(duration="P01M")),
    (offered(), offered(maxQuantity=None, metadata={})),
    (carded(), carded(description="", metadata={}, featureKey=None, price=None, entitlementTemplate=None)),
    (carded(), carded(taxConfig={"stripe": {"code": ""}, "behavior": None}, discounts={"percentage": None})),
    (carded(billingCadence="P1M"), carded(billingCadence="P1M0D")),
    # numbers
    (priced(), priced(amount=1, minimumAmount=None)),
    (priced(), priced(amount=Decimal("1.000"))),
    (priced(maximumAmount="10"), priced(maximumAmount=Decimal("010.0"))),
    (priced(type="flat"), priced(type="flat", paymentTerm="in_advance")),
    (priced(type="dynamic", multiplier="1.00"), priced(type="dynamic")),
    (entitled(issueAfterReset=5), entitled(issueAfterReset=Decimal("5.0"), isSoftLimit=None)),
    (entitled(), entitled(preserveOverageAtReset=False, usagePeriod="PT0S", metadata={})),
    (entitled(), entitled(usagePeriod="P1M")),
    (offered(maxQuantity=2), offered(maxQuantity=Decimal("2"))),
    (carded(discounts={"percentage": {"percentage": 5}}), carded(discounts={"percentage": {"percentage": Decimal("5.0")}})),
    (carded(discounts={"usage": {"quantity": "7"}}), carded(discounts={"usage": {"quantity": 7}})),
    # order
    (filtered(**{"in": ["x", "y"]}), filtered(**{"in": ["y", "x", "y"]}, eq=None)),
    (filtered(nin=["x", "y"]), filtered(nin=("y", "x"))),
    (filtered(**{"and": [{"$in": ["x", "y"]}]}), filtered(**{"and": ({"$in": ["y", "x"], "$eq": None},)})),
    (filtered(**{"or": [{"$nin": ["x", "y"]}]}), filtered(**{"or": [{"$nin": ["y", "x"]}]})),
    (filtered(**{"or": [{"$and": [{"$in": ["x", "y"]}]}]}), filtered(**{"or": [{"$and": [{"$in": ["y", "x"]}]}]})),
    (filtered(eq="x"), featured(meterGroupByFilters={"a": "x"})),
    (ruled(channels=["a", "b"]), ruled(channels=["b", "a", "a"])),
    (ruled(channels=["a", "b"]), ruled(channels=[{"id": "id-b"}, {"id": "id-a"}])),
    (ruled(features=["a", "b"]), ruled(features=[{"id": "id-b", "key": "b"}, "a"])),
    (ruled(thresholds=[percent(5), percent(90)]), ruled(thresholds=[percent(Decimal("90.0"), "PERCENT"), percent(5)])),
    (
        ruled(thresholds=[percent(90), percent(5, "usage_value")]),
        ruled(thresholds=[percent(5, "NUMBER"), percent(90, "PERCENT")]),
    ),
    (
        ruled(type="invoice.created", features=["a"], thresholds=[percent(5)]),
        ruled(type="invoice.created"),
    ),
    (ruled(type="entitlements.reset", thresholds=[percent(5)]), ruled(type="entitlements.reset")),
    (
        ruled(channels=["a"], metadata={"catalogsync/disabled-channels": "c b"}),
        ruled(channels=["b", "a", "c"], metadata={"catalogsync/disabled-channels": "c b", "catalogsync/key": "k"}),
    ),
]  # fmt: skip
OTHER: list[tuple[Written, Written]] = [
    (ruled(type="entitlements.reset", features=["a"]), ruled(type="entitlements.reset")),
    (ruled(thresholds=[percent(5)]), ruled(thresholds=[percent(5, "usage_value")])),
    (ruled(thresholds=[percent(5)]), ruled(thresholds=[percent(5), percent(5)])),
    (ruled(thresholds=[percent(5, "balance_value")]), ruled(thresholds=[percent(5, "usage_value")])),
    (ruled(disabled=True), ruled()),
    (filtered(**{"in": ["x"]}), filtered(nin=["x"])),
    (filtered(eq="x"), filtered(ne="x")),
    (filtered(**{"and": [{"$eq": "x"}, {"$eq": "y"}]}), filtered(**{"and": [{"$eq": "y"}, {"$eq": "x"}]})),
    (filtered(eq="x"), featured(meterGroupByFilters={"a": "y"})),
    (planned(proRatingConfig={"enabled": False}), planned()),
    (planned(proRatingConfig={"mode": "other"}), planned()),
    (phased(rateCards=[FEE]), phased()),
    (phased(key="b"), phased()),
    (entitled(usagePeriod="P1W"), entitled()),
    (entitled(isSoftLimit=True), entitled()),
    (entitled(issueAfterReset=0), entitled()),
    (entitled(issueAfterResetPriority=0), entitled()),
    (entitled(preserveOverageAtReset=True), entitled()),
    (priced(multiplier="2"), priced(type="dynamic", multiplier="2", amount="1")),
    (priced(minimumAmount=0), priced()),
    (carded(featureKey="f"), carded()),
    (offered(maxQuantity=0), offered()),
    (hooked(disabled=True), hooked()),
    (hooked(metadata={"team": "x"}), hooked()),
    (
        featured(unitCost={"type": "manual", "amount": "1"}),
        featured(unitCost={"type": "manual", "amount": "2"}),
    ),
    (featured(unitCost={"type": "llm", "model": "a"}), featured(unitCost={"type": "llm", "model": "b"})),
]


@pytest.mark.parametrize(("one", "another"), SAME)
def test_what_means_the_same_is_one_form(one: Written, another: Written) -> None:
    assert normal(*one) == normal(*another)


@pytest.mark.parametrize(("one", "another"), OTHER)
def test_what_means_something_else_is_another_form(one: Written, another: Written) -> None:
    assert normal(*one) != normal(*another)


def test_what_only_an_answer_has_is_left_out() -> None:
    llm = {"type": "llm", "provider": "p", "pricing": {"input": 1}, "model": None, "tokenTypeProperty": "t"}
    assert normal(*featured(unitCost=llm))["unitCost"] == {
        "type": "llm",
        "provider": "p",
        "tokenTypeProperty": "t",
    }
    manual = {"type": "manual", "amount": 1, "provider": "p"}
    assert normal(*featured(unitCost=manual))["unitCost"] == {"type": "manual", "amount": "1"}
    for kind, spec in KINDS.items():
        extra = dict.fromkeys(spec.read_only, "x")
        assert normal(kind, {"name": "N", "channels": [], **extra}) == normal(
            kind, {"name": "N", "channels": []}
        )


def test_what_answers_alone_have() -> None:
    stamps = {"id", "createdAt", "updatedAt", "deletedAt", "annotations"}
    version = stamps | {"version", "status", "effectiveFrom", "effectiveTo", "validationErrors"}
    said = {kind: set(spec.read_only) for kind, spec in KINDS.items()}
    assert said == {
        METER: stamps, FEATURE: stamps | {"archivedAt"}, ADDON: version, PLAN: version, CHANNEL: stamps, RULE: stamps,
    }  # fmt: skip


# From the normal form: as a request and as a manifest


def test_a_rule_is_sent_with_ids_and_tells_of_its_disabled_channels() -> None:
    body = normal(*ruled(channels=["b", "a"], metadata={"team": "x"}))
    sent = KINDS[RULE].request({**body, "disabledChannels": ["a", "b"]}, "k")
    assert [str(one) for one in sent["channels"]] == [str(IdRef(Ref(CHANNEL, key))) for key in "ab"]
    assert sent["metadata"] == {"team": "x", "catalogsync/key": "k", "catalogsync/disabled-channels": "a b"}
    assert "disabledChannels" not in sent and sent["thresholds"] == [] and sent["disabled"] is False
    assert "catalogsync/disabled-channels" not in KINDS[RULE].request(body, "k")["metadata"]


def test_manifests_leave_out_what_they_need_not_say() -> None:
    rule = normal(*ruled(channels=["b"], metadata={"catalogsync/disabled-channels": "b"}))
    assert "disabledChannels" in rule
    assert KINDS[RULE].manifest(rule, "k") == {
        "key": "k", "type": rule["type"], "name": "N", "channels": ["b"], "thresholds": [],
    }  # fmt: skip
    assert KINDS[RULE].manifest(normal(*ruled(disabled=True)), "k")["disabled"] is True
    assert "disabled" not in KINDS[CHANNEL].manifest(normal(*hooked()), "k")
    assert KINDS[CHANNEL].manifest(normal(*hooked(disabled=True)), "k")["disabled"] is True


def test_references_to_secrets_are_written_as_they_are_in_a_manifest() -> None:
    env, file = SecretRef("env", "NAME"), SecretRef("file", "a.txt")
    known = {
        "url": env,
        "signingSecret": file,
        "customHeaders": {"X-A": env, "X-B": "plain", "X-C": hidden("x")},
    }
    written = KINDS[CHANNEL].manifest({**normal(*hooked()), **known}, "k")
    assert (written["url"], written["signingSecret"]) == ({"env": "NAME"}, {"file": "a.txt"})
    assert written["customHeaders"] == {"X-A": {"env": "NAME"}, "X-B": "plain", "X-C": hidden("x")}
    assert "customHeaders" not in KINDS[CHANNEL].manifest(normal(*hooked()), "k")


def test_a_plan_is_written_with_its_phases_in_order_and_its_offers_by_key() -> None:
    body = normal(PLAN, {
        "name": "N",
        "phases": [{"key": "b", "name": "B", "duration": "P1M"}, {"key": "a", "name": "A", "rateCards": [FEE]}],
        "addons": [{"addon": "y", "fromPlanPhase": "a", "maxQuantity": 2}, {"addon": "x", "fromPlanPhase": "b"}],
    })  # fmt: skip
    old = {**body, "addons": {**body["addons"], "x@1": {"fromPlanPhase": "b", "version": 1}}}
    written = KINDS[PLAN].manifest(old, "k")
    assert [phase["key"] for phase in written["phases"]] == ["b", "a"]
    assert written["addons"] == [
        {"addon": "x", "fromPlanPhase": "b"}, {"addon": "y", "fromPlanPhase": "a", "maxQuantity": 2},
    ]  # fmt: skip
    assert "phaseOrder" not in written and "addons" not in KINDS[PLAN].manifest({**body, "addons": {}}, "k")
    sent = KINDS[PLAN].request(old, "k")
    assert [(phase["key"], phase["duration"]) for phase in sent["phases"]] == [("b", "P1M"), ("a", None)]
    assert "addons" not in sent and "phaseOrder" not in sent
    assert normal(PLAN, written) == body


def test_a_tax_code_s_id_is_written_where_there_is_no_stripe_code() -> None:
    def written(**tax: Any) -> Any:
        (card,) = KINDS[ADDON].manifest(normal(*carded(taxConfig=tax)), "k")["rateCards"]
        return card["taxConfig"]

    assert written(taxCodeId="t") == {"taxCodeId": "t"}
    assert written(taxCodeId="t", stripe={"code": "s"}, behavior="inclusive") == {
        "behavior": "inclusive", "stripe": {"code": "s"},
    }  # fmt: skip
    (card,) = KINDS[ADDON].manifest(normal(*carded()), "k")["rateCards"]
    assert list(card)[:2] == ["type", "key"] and "taxConfig" not in card


def test_tiers_are_sent_with_both_parts() -> None:
    tiers = [{"upToAmount": 5, "unitPrice": 1}, {"flatPrice": {"type": "flat", "amount": "2"}}]
    body = normal(*carded(price={"type": "tiered", "mode": "volume", "tiers": tiers}))
    (card,) = KINDS[ADDON].request(body, "k")["rateCards"]
    assert card["price"]["tiers"] == [
        {"flatPrice": None, "unitPrice": {"type": "unit", "amount": "1"}, "upToAmount": "5"},
        {"flatPrice": {"type": "flat", "amount": "2"}, "unitPrice": None},
    ]
    (plain,) = KINDS[ADDON].request(normal(*priced()), "k")["rateCards"]
    assert plain["price"] == {"type": "unit", "amount": "1"} and "entitlementTemplate" not in plain


def test_rate_cards_are_found_with_the_phase_that_they_stand_in() -> None:
    one, two, three = ({**FEE, "key": key} for key in "xyz")
    plan = {
        "phases": [{"key": "a", "rateCards": [one, two]}, {"key": "b"}, {"key": "c", "rateCards": [three]}]
    }
    assert list(rate_cards.placed(plan)) == [("a", one), ("a", two), ("c", three)]
    assert list(rate_cards.placed({"rateCards": [one, three]})) == [("", one), ("", three)]
    assert list(rate_cards.placed({"phases": None, "rateCards": None})) == list(rate_cards.placed({})) == []
