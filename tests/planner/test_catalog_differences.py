"""What differs from one catalog to another, object by object and field by field, as a reviewer reads it. No server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from worlds import ARCHIVED, DRAFT, addon, card, feature, files, meter, offers, plan, rule

from catalogsync.core.model import Resource
from catalogsync.planner.diff import compare, diff_catalogs

MOVED = "addons.pack.version: an earlier version -> the current version"
OFFERING = plan(addons=offers("pack"))
PHASES = [{"key": key, "name": key, "rateCards": []} for key in "abc"]
DIFFERENCES: dict[str, tuple[Sequence[Resource], Sequence[Resource], list[str]]] = {
    "nothing": ([meter(), feature()], [meter(), feature()], []),
    "one comes": ([], [feature()], ["create feature/api only in the second catalog", "  name: None -> API"]),
    "one goes": ([feature()], [], ["delete feature/api only in the first catalog", "  name: API -> None"]),
    "one field": ([meter()], [meter(name="N")], ["update meter/tokens 1 field differs", "  name: M -> N"]),
    "two fields": (
        [meter(groupBy={"a": "$.a"})],
        [meter(name="N", groupBy={"a": "$.b"})],
        ["update meter/tokens 2 fields differ", "  groupBy.a: $.a -> $.b", "  name: M -> N"],
    ),
    "a member of a map comes and one goes": (
        [meter(groupBy={"a": "$.a"})],
        [meter(groupBy={"b": "$.b"})],
        ["update meter/tokens 2 fields differ", "  groupBy.a: $.a -> None", "  groupBy.b: None -> $.b"],
    ),
    "the lifecycle": (
        [plan()],
        [plan(lifecycle=DRAFT)],
        ["update plan/pro 1 field differs", "  lifecycle: None -> draft"],
    ),
    "the lifecycle back": (
        [plan(lifecycle=ARCHIVED)],
        [plan()],
        ["update plan/pro 1 field differs", "  lifecycle: archived -> None"],
    ),
    "an add-on, and so the plan that offers it": (
        [addon(), OFFERING],
        [addon(name="N"), OFFERING],
        [
            "update addon/pack 1 field differs",
            "  name: Pack -> N",
            "update plan/pro 1 field differs",
            f"  {MOVED}",
        ],
    ),
    "an add-on's lifecycle, and so the plan that offers it": (
        [addon(), OFFERING],
        [addon(lifecycle=DRAFT), OFFERING],
        [
            "update addon/pack 1 field differs",
            "  lifecycle: None -> draft",
            "update plan/pro 1 field differs",
            f"  {MOVED}",
        ],
    ),
    "an add-on, and a plan that offers it no longer": (
        [addon(), OFFERING],
        [addon(name="N"), plan()],
        [
            "update addon/pack 1 field differs",
            "  name: Pack -> N",
            "update plan/pro 1 field differs",
            "  addons.pack: {'fromPlanPhase': 'main'} -> None",
        ],
    ),
    "an add-on, and a new plan that offers it": (
        [addon()],
        [addon(name="N"), plan(addons=offers("pack"), phases=[])],
        [
            "update addon/pack 1 field differs",
            "  name: Pack -> N",
            "create plan/pro only in the second catalog",
            "  addons: None -> {'pack': {'fromPlanPhase': 'main', 'version': None}}",
            "  billingCadence: None -> P1M",
            "  currency: None -> USD",
            "  name: None -> Pro",
            "  phases: None -> {}",
            "  proRatingConfig: None -> {'enabled': True, 'mode': 'prorate_prices'}",
            "  settlementMode: None -> credit_then_invoice",
        ],
    ),
    "the terms of an offer": (
        [OFFERING],
        [plan(addons=offers("pack", maxQuantity=3))],
        ["update plan/pro 1 field differs", "  addons.pack.maxQuantity: None -> 3"],
    ),
    "phases in another order": (
        [plan(phases=PHASES)],
        [plan(phases=[PHASES[1], PHASES[0], PHASES[2]])],
        ["update plan/pro 1 field differs", "  phaseOrder: ['a', 'b', 'c'] -> ['b', 'a', 'c']"],
    ),
    "a phase comes and the others stay in order": (
        [plan(phases=[PHASES[0], PHASES[2]])],
        [plan(phases=PHASES)],
        ["update plan/pro 1 field differs", "  phases.b: None -> {'name': 'b', 'rateCards': {}}"],
    ),
    "a phase goes and the others turn": (
        [plan(phases=PHASES)],
        [plan(phases=[PHASES[2], PHASES[0]])],
        [
            "update plan/pro 2 fields differ",
            "  phaseOrder: ['a', 'b', 'c'] -> ['c', 'a']",
            "  phases.b: {'name': 'b', 'rateCards': {}} -> None",
        ],
    ),
    "a list of texts": (
        [rule(channels=["a", "b"])],
        [rule(channels=["a", "c"])],
        ["update notification_rule/billed 1 field differs", "  channels: ['a', 'b'] -> ['a', 'c']"],
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_differs(name: str) -> None:
    before, after, said = DIFFERENCES[name]
    lines = []
    for change in diff_catalogs(files(*before), files(*after)):
        lines.append(f"{change.action.value} {change.ref} {change.reason}")
        lines += [f"  {one.path}: {one.before} -> {one.after}" for one in change.fields]
    assert lines == said


def tiered(*tiers: dict[str, Any]) -> dict[str, Any]:
    return {"cards": {"c": {"price": {"tiers": list(tiers)}}}}


FLAT, UNIT = {"type": "flat", "amount": "1"}, {"type": "unit", "amount": "2"}
TIERS: list[tuple[Any, Any, list[tuple[str, Any, Any]]]] = [
    (
        tiered({"upToAmount": "5", "flatPrice": FLAT}, {"unitPrice": UNIT}),
        tiered({"upToAmount": "6", "flatPrice": FLAT}, {"unitPrice": UNIT}),
        [("cards.c.price.tiers.0.upToAmount", "5", "6")],
    ),
    (
        tiered({"unitPrice": UNIT}),
        tiered({"unitPrice": {**UNIT, "amount": "3"}}),
        [("cards.c.price.tiers.0.unitPrice.amount", "2", "3")],
    ),
    (tiered({"unitPrice": UNIT}), tiered({}), [("cards.c.price.tiers.0.unitPrice", UNIT, None)]),
    (tiered({}), tiered({"unitPrice": UNIT}), [("cards.c.price.tiers.0.unitPrice", None, UNIT)]),
    (tiered({"unitPrice": UNIT}), tiered(), [("cards.c.price.tiers.0", {"unitPrice": UNIT}, None)]),
    (tiered(), tiered({"unitPrice": UNIT}), [("cards.c.price.tiers.0", None, {"unitPrice": UNIT})]),
    ({"x": [{"a": 1}]}, {"x": ["text"]}, [("x", [{"a": 1}], ["text"])]),
    ({"x": [{"a": 1}]}, {"x": {"a": 1}}, [("x", [{"a": 1}], {"a": 1})]),
    ({"x": None, "b": 1}, {"a": {}, "b": 1}, [("a", None, {})]),
    ({"a": {"b": 1}, "a-b": 1}, {"a": {"b": 2}, "a-b": 2}, [("a-b", 1, 2), ("a.b", 1, 2)]),
    (None, {"b": 1, "a": {"c": 2}}, [("a", None, {"c": 2}), ("b", None, 1)]),
    ({"addons": {"p": {"version": 1, "q": 2}}}, {"addons": {}}, [("addons.p", {"q": 2}, None)]),
    ({"addons": {"p": {"version": 1}}}, {"addons": {"p": {"version": 2}}}, [("addons.p.version", "an earlier version", "the current version")]),
    ({"addons": {"p": {"q": 1}}}, {"addons": {"p": {"q": 2}}}, [("addons.p.q", 1, 2)]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), TIERS)
def test_fields_are_named_by_their_paths(before: Any, after: Any, said: list[tuple[str, Any, Any]]) -> None:
    assert [(one.path, one.before, one.after) for one in compare(before, after)] == said


def test_a_card_is_named_by_its_key() -> None:
    one, other = ([card("x", amount), card("y")] for amount in ("1", "2"))
    (change,) = diff_catalogs(files(addon(rateCards=one)), files(addon(rateCards=other)))
    assert [(f.path, f.before, f.after) for f in change.fields] == [("rateCards.x.price.amount", "1", "2")]
