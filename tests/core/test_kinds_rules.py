"""What the kinds declare of their members holds for the bodies: which lists have an order, what no update changes, where JSON paths stand."""

from __future__ import annotations

from typing import Any

import pytest
from list_rules import list_rule
from strategies import catalog, resource

from catalogsync.core.changes import Action
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.openmeter.kinds import (
    ADDON,
    CHANNEL,
    FEATURE,
    KINDS,
    METER,
    PLAN,
    RULE,
    Atomic,
    Keyed,
    SetOf,
)
from catalogsync.planner import make_plan

FILTERS = "advancedMeterGroupByFilters"
METER_BODY = {
    "aggregation": "SUM",
    "eventType": "t",
    "valueProperty": "$.v",
    "eventFrom": "2025-01-01T00:00:00Z",
}
FEATURE_BODY = {
    "name": "N",
    "meterSlug": "m",
    "metadata": {"a": "b"},
    FILTERS: {"d": {"$eq": "x"}},
    "unitCost": {"type": "manual", "amount": "1"},
}


def _cards(*prices: dict[str, Any]) -> list[dict[str, Any]]:
    named = enumerate(prices or ({"type": "unit", "amount": "1"}, {"type": "unit", "amount": "2"}))
    return [
        {"type": "usage_based", "key": f"c{n}", "name": "C", "billingCadence": "P1M", "price": price}
        for n, price in named
    ]


TIERS = [{"unitPrice": "1", "upToAmount": "5"}, {"unitPrice": "2"}]
TIERED = {"type": "tiered", "mode": "volume", "tiers": TIERS}
THRESHOLDS = [{"type": "usage_value", "value": 5}, {"type": "usage_percentage", "value": 9}]
PHASE = {"key": "a", "name": "A"}
NAMED = {"name": "N"}
RULE_BODY = {"type": "entitlements.balance.threshold", "name": "N"}
LISTS: list[tuple[Kind, tuple[str, ...], dict[str, Any], type, bool]] = [
    (FEATURE, (FILTERS, "d", "$in"), {**NAMED, FILTERS: {"d": {"$in": ["x", "y"]}}}, SetOf, False),
    (FEATURE, (FILTERS, "d", "$nin"), {**NAMED, FILTERS: {"d": {"$nin": ["x", "y"]}}}, SetOf, False),
    (
        FEATURE,
        (FILTERS, "d", "$and"),
        {**NAMED, FILTERS: {"d": {"$and": [{"$eq": "x"}, {"$eq": "y"}]}}},
        Atomic,
        True,
    ),
    (
        FEATURE,
        (FILTERS, "d", "$or"),
        {**NAMED, FILTERS: {"d": {"$or": [{"$eq": "x"}, {"$eq": "y"}]}}},
        Atomic,
        True,
    ),
    (ADDON, ("rateCards",), {**NAMED, "rateCards": _cards()}, Keyed, False),
    (PLAN, ("phases",), {**NAMED, "phases": [PHASE, {"key": "b", "name": "B"}]}, Keyed, True),
    (PLAN, ("phases", "rateCards"), {**NAMED, "phases": [{**PHASE, "rateCards": _cards()}]}, Keyed, False),
    (
        PLAN,
        ("addons",),
        {**NAMED, "addons": [{"addon": "x", "fromPlanPhase": "a"}, {"addon": "y", "fromPlanPhase": "a"}]},
        Keyed,
        False,
    ),
    (RULE, ("channels",), {**RULE_BODY, "channels": ["x", "y"]}, SetOf, False),
    (RULE, ("features",), {**RULE_BODY, "channels": [], "features": ["x", "y"]}, SetOf, False),
]
SORTED_BY_SIZE = [
    (ADDON, ("rateCards", "price", "tiers"), {**NAMED, "rateCards": _cards(TIERED)}),
    (PLAN, ("phases", "rateCards", "price", "tiers"), {**NAMED, "phases": [{**PHASE, "rateCards": _cards(TIERED)}]}),
    (RULE, ("thresholds",), {**RULE_BODY, "channels": [], "thresholds": THRESHOLDS}),
]  # fmt: skip


def turned(value: Any, path: tuple[str, ...]) -> Any:
    """The body with the list at the path turned round."""
    if not path:
        return value[::-1]
    if isinstance(value, list):
        return [turned(one, path) for one in value]
    return {**value, path[0]: turned(value[path[0]], path[1:])}


def normal(kind: Kind, body: dict[str, Any]) -> Any:
    return KINDS[kind].normal(body, "k", lambda _kind, text: text)


@pytest.mark.parametrize(("kind", "path", "body", "form", "ordered"), LISTS)
def test_a_list_s_order_counts_where_its_rule_says_so(
    kind: Kind, path: tuple[str, ...], body: dict[str, Any], form: type, ordered: bool
) -> None:
    rule = list_rule(kind, path)
    assert type(rule) is form
    assert (isinstance(rule, Atomic) or (isinstance(rule, Keyed) and rule.ordered)) is ordered
    assert (normal(kind, turned(body, path)) != normal(kind, body)) is ordered
    if isinstance(rule, Keyed):
        where: Any = body
        for name in path:
            where = where[0][name] if isinstance(where, list) else where[name]
        assert len({one[rule.by] for one in where}) == len(where) == 2


@pytest.mark.parametrize(("kind", "path", "body"), SORTED_BY_SIZE)
def test_what_is_sorted_by_size_is_one_value(kind: Kind, path: tuple[str, ...], body: dict[str, Any]) -> None:
    assert list_rule(kind, path) == Atomic()
    assert normal(kind, turned(body, path)) == normal(kind, body)


def test_every_list_is_in_these_tables() -> None:
    said = {(kind, path) for kind, path, *_ in (*LISTS, *SORTED_BY_SIZE)}
    named = {
        (kind, tuple("d" if name == "*" else name for name in path))
        for kind, spec in KINDS.items()
        for path in spec.lists
    }
    assert named == said


OTHERWISE: list[tuple[Kind, str, object]] = [
    (METER, "aggregation", "MAX"),
    (METER, "eventType", "u"),
    (METER, "valueProperty", "$.w"),
    (METER, "eventFrom", "2025-01-02T00:00:00Z"),
    (FEATURE, "name", "M"),
    (FEATURE, "meterSlug", "n"),
    (FEATURE, "metadata", {"a": "c"}),
    (FEATURE, FILTERS, {"d": {"$eq": "y"}}),
    (FEATURE, "unitCost", {"type": "manual", "amount": "2"}),
    (RULE, "type", "invoice.updated"),
    (CHANNEL, "type", "other"),
]
BODIES: dict[Kind, dict[str, Any]] = {
    METER: METER_BODY,
    FEATURE: FEATURE_BODY,
    RULE: {"type": "invoice.created", "name": "N", "channels": []},
    CHANNEL: {"type": "WEBHOOK", "name": "N", "url": "https://a.example"},
}


def changed(kind: Kind, **members: Any) -> Plan:
    """The plan for one object of which these members differ from what is live."""
    body = {"id": "ID", **BODIES[kind], KINDS[kind].identity: "k"}
    ref = Ref(kind, "k")
    live = LiveState({ref: LiveGroup(ref, active=LiveResource(kind, "ID", "k", "active", body))})
    return make_plan(catalog(resource(kind, "k", {**BODIES[kind], **members})), live, TargetIdentity("x"))


@pytest.mark.parametrize(("kind", "member", "value"), OTHERWISE)
def test_what_no_update_changes_is_refused_by_name(kind: Kind, member: str, value: object) -> None:
    made = changed(kind, **{member: value})
    found = [(one.code, one.summary) for one in made.diagnostics if one.is_error]
    assert made.steps == () and made.blocked
    assert [(one.action, one.reason) for one in made.changes] == [
        (Action.IMPOSSIBLE, f"{member} cannot be changed in place")
    ]
    assert ("immutable-field", f"{member} of {KINDS[kind].title} k cannot be changed") in found


def test_what_an_update_changes_is_not() -> None:
    made = changed(METER, name="Another", groupBy={"a": "$.a"}, description="D", metadata={"a": "b"})
    assert [str(step.verb) for step in made.steps] == ["update"] and not made.blocked


def test_the_json_paths_of_a_meter() -> None:
    spec = KINDS[METER]
    body = {**METER_BODY, "groupBy": {"a": "$.a", "b": "$.b"}}
    assert list(spec.json_paths(body)) == [
        (("valueProperty",), "$.v"),
        (("groupBy", "a"), "$.a"),
        (("groupBy", "b"), "$.b"),
    ]
    assert dict(spec.json_paths({"aggregation": "COUNT", "groupBy": None})) == {("valueProperty",): None}
    assert not any(list(one.json_paths(body)) for kind, one in KINDS.items() if kind is not METER)


def test_what_a_manifest_may_ask_for_its_object() -> None:
    """Versioned kinds know every lifecycle; the others are there, managed elsewhere, or gone in their one way of going."""
    said = {kind: {str(one) for one in spec.lifecycles} for kind, spec in KINDS.items()}
    for kind in (PLAN, ADDON):
        assert said[kind] == {"draft", "published", "archived", "deleted", "external"}
    for kind in (METER, CHANNEL, RULE):
        assert said[kind] == {"published", "deleted", "external"}
    assert said[FEATURE] == {"published", "archived", "external"}
