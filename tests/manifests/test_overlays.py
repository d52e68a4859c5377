"""Overlays say only what differs: merged field by field, lists by their key, addresses lead to the layer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from catalogsync.core.model import Lifecycle
from catalogsync.manifests import Loaded, load
from catalogsync.manifests.overlay import merge
from catalogsync.openmeter import kinds

PLAN = """kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
metadata: {a: "1", b: "2"}
phases:
  - key: trial
    name: Trial
    duration: P14D
    rateCards: []
  - key: standard
    name: Standard
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        billingCadence: P1M
        price: {type: unit, amount: 0.10}
addons:
  - {addon: seats, fromPlanPhase: standard, maxQuantity: 5}
"""


def laid(tmp_path: Path, *layers: str, base: str = PLAN) -> Loaded:
    """Loads the base with each layer in a folder of its own over it."""
    texts = [base, *layers]
    folders = [tmp_path / f"layer{number}" for number in range(len(texts))]
    for folder, text in zip(folders, texts, strict=True):
        folder.mkdir()
        (folder / "plan.yaml").write_text(text, encoding="utf-8")
    return load(folders[:1], overlays=folders[1:])


def test_only_what_the_overlay_says_differs(tmp_path: Path) -> None:
    overlay = """kind: plan
key: pro
name: Pro (EU)
metadata: {b: "3"}
lifecycle: draft
phases:
  - key: standard
    rateCards:
      - {key: calls, price: {amount: 0.20}}
      - {type: flat_fee, key: fee, $add: true, name: Fee, price: {type: flat, amount: 1}}
addons:
  - {addon: seats, maxQuantity: 9}
  - {addon: support, $add: true, fromPlanPhase: trial}
"""
    loaded = laid(tmp_path, overlay)
    assert loaded.diagnostics == ()
    plan = loaded.catalog.get(kinds.PLAN, "pro")
    assert plan is not None
    assert plan.lifecycle is Lifecycle.DRAFT
    assert plan.body["metadata"] == {"a": "1", "b": "3"}
    assert plan.body["name"] == "Pro (EU)"
    trial, standard = plan.body["phases"]
    assert (trial["duration"], standard["name"]) == ("P14D", "Standard")
    assert [card["key"] for card in standard["rateCards"]] == ["calls", "fee"]
    assert standard["rateCards"][0]["price"] == {"type": "unit", "amount": Decimal("0.20")}
    assert plan.body["addons"] == [
        {"addon": "seats", "fromPlanPhase": "standard", "maxQuantity": 9},
        {"addon": "support", "fromPlanPhase": "trial"},
    ]


def test_null_takes_a_field_away_and_other_lists_are_replaced() -> None:
    base = {"a": 1, "b": {"c": 2, "d": 3}, "tiers": [1, 2], "phases": [{"key": "x", "duration": "P1M"}]}
    over = {"a": None, "b": {"c": None}, "tiers": [3], "phases": [{"key": "x", "duration": None}]}
    assert merge(base, over) == {"b": {"d": 3}, "tiers": [3], "phases": [{"key": "x"}]}
    assert base["b"] == {"c": 2, "d": 3}


def test_later_layers_win(tmp_path: Path) -> None:
    head = "kind: plan\nkey: pro\n"
    loaded = laid(tmp_path, f"{head}name: First\ndescription: kept\n", f"{head}name: Second\n")
    plan = loaded.catalog.get(kinds.PLAN, "pro")
    assert plan is not None
    assert (plan.body["name"], plan.body["description"]) == ("Second", "kept")
    assert Path(plan.origin.locate(("name",)).file).parent.name == "layer2"
    assert Path(plan.origin.locate(("description",)).file).parent.name == "layer1"
    assert Path(plan.origin.locate(("currency",)).file).parent.name == "layer0"


def test_addresses_lead_into_the_overlay_through_keyed_lists(tmp_path: Path) -> None:
    overlay = "kind: plan\nkey: pro\nphases:\n  - key: standard\n    rateCards:\n"
    overlay += "      - key: calls\n        price: {amount: 0.30}\n"
    plan = laid(tmp_path, overlay).catalog.get(kinds.PLAN, "pro")
    assert plan is not None
    card = ("phases", 1, "rateCards", 0)
    where = {
        path: plan.origin.locate(path)
        for path in ((*card, "price", "amount"), (*card, "price", "type"), (*card, "name"))
    }
    assert [(Path(ref.file).parent.name, ref.line, ref.column) for ref in where.values()] == [
        ("layer1", 7, 25),
        ("layer0", 19, 23),
        ("layer0", 17, 15),
    ]
    key = plan.origin.locate((*card, "price", "amount"), key=True)
    assert (Path(key.file).parent.name, key.line, key.column) == ("layer1", 7, 17)


def test_mistakes_in_an_overlay_are_placed_there(tmp_path: Path) -> None:
    loaded = laid(
        tmp_path,
        "kind: plan\nkey: pro\ncurrency: usd\nphases:\n"
        "  - key: standard\n    nmae: X\naddons:\n  - addon: other\n",
    )
    assert [(d.code, Path(d.where.file).parent.name, d.where.line) for d in loaded.diagnostics] == [
        ("manifest-wrong-form", "layer1", 3),
        ("manifest-unknown-field", "layer1", 6),
        ("overlay-without-item", "layer1", 8),
    ]


def test_taking_a_required_field_away_is_told_at_the_null(tmp_path: Path) -> None:
    (found,) = laid(tmp_path, "kind: plan\nkey: pro\nname: null\n").diagnostics
    assert (found.code, Path(found.where.file).parent.name, found.where.line) == (
        "manifest-missing-field",
        "layer1",
        3,
    )


def test_an_overlay_for_nothing_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    (found,) = laid(tmp_path, "kind: plan\nkey: prp\nname: X\n").diagnostics
    assert (found.code, found.where.line, "`pro`" in found.hint) == ("overlay-without-object", 2, True)


def test_an_overlay_twice_in_one_layer_is_an_error(tmp_path: Path) -> None:
    (found,) = laid(
        tmp_path, "kind: plan\nkey: pro\nname: X\n---\nkind: plan\nkey: pro\nname: Y\n"
    ).diagnostics
    assert found.code == "manifest-duplicate"


def test_what_the_base_lacks_may_come_from_the_overlay(tmp_path: Path) -> None:
    channel = "kind: notification_channel\nkey: hook\n"
    loaded = laid(
        tmp_path, channel + "url: https://example.com\n", base=channel + "type: WEBHOOK\nname: Hook\n"
    )
    assert loaded.diagnostics == ()


def over(body: str) -> str:
    return f"kind: plan\nkey: pro\n{body}"


CARD = "phases:\n  - key: standard\n    rateCards:\n      - "
IN_VAIN = {
    "a misspelt card": (over(CARD + "{key: cals, price: {amount: 2}}\n"), "overlay-without-item", (6, 15), "`calls`"),
    "a misspelt phase": (over("phases:\n  - key: standrd\n    name: X\n"), "overlay-without-item", (4, 10), "`standard`"),
    "a card of another phase": (
        over("phases:\n  - key: trial\n    rateCards:\n      - {key: calls, price: {amount: 2}}\n"),
        "overlay-without-item", (6, 15), "it is in phase `standard`",
    ),
    "a type that leaves members behind": (
        over(CARD + "{key: calls, price: {type: dynamic, multiplier: 2}}\n"),
        "manifest-unknown-field", (6, 30), "write `amount: null` beside this `type`",
    ),
    "what another tool writes to take away": (over(CARD + "{key: calls, $patch: delete}\n"), "manifest-unknown-field", (6, 22), "$remove: true"),
    "an offer of nothing like it": (over("addons: [{addon: zzz}]\n"), "overlay-without-item", (3, 18), "there are: `seats`"),
    "a card to take away": (over(CARD + "{key: cals, $remove: true}\n"), "overlay-without-item", (6, 15), "`calls`"),
    "an entry without its key": (over(CARD + "{kye: calls, name: X}\n"), "overlay-without-item", (6, 15), "instead of `kye`"),
    "an entry whose key is no text": (over(CARD + "{key: 1, name: X}\n"), "overlay-without-item", (6, 15), "the key"),
    "positions as names": (over("phases: {1: {name: X}}\n"), "manifest-wrong-type", (3, 9), "`- key: …`; there are: `trial`, `standard`"),
    "keys as names": (over("phases: {standrd: {name: X}}\n"), "manifest-wrong-type", (3, 9), "`- key: standard`"),
    "one entry and no list": (over("phases: {key: standard, name: X}\n"), "manifest-wrong-type", (3, 9), "write `- key: standard`"),
    "positions below": (over("phases: [{key: standard, rateCards: {0: {name: X}}}]\n"), "manifest-wrong-type", (3, 37), "there are: `calls`"),
    "offers by their keys": (over("addons: {seats: {maxQuantity: 6}}\n"), "manifest-wrong-type", (3, 9), "`- addon: seats`"),
    "an entry named by its position": (over("phases: [{1: {name: X}}]\n"), "overlay-without-item", (3, 10), "there are: `trial`, `standard`"),
    "an entry named by its key": (over("phases: [{standard: {name: X}}]\n"), "overlay-without-item", (3, 10), "write `- key: standard`"),
    "a key in place of an entry": (over("phases: [standard]\n"), "manifest-wrong-type", (3, 10), "write `- key: standard`, and what differs"),
    "a number in place of an entry": (over("phases: [1]\n"), "manifest-wrong-type", (3, 10), "there are: `trial`, `standard`"),
    "nothing in place of an entry": (over("phases: [null]\n"), "manifest-wrong-type", (3, 10), "there are: `trial`, `standard`"),
    "a number in place of a key": (over("phases: [{key: 1, name: X}]\n"), "overlay-without-item", (3, 16), "there are: `trial`, `standard`"),
    "removed and changed": (over(CARD + "{key: calls, name: X, $remove: true}\n"), "overlay-remove", (6, 40), "{key: …"),
    "a whole card with a misspelt key": (over(CARD + "{key: cals, type: flat_fee, name: X}\n"), "overlay-without-item", (6, 15), "`$add: true`"),
    "a card that is there said to be new": (over(CARD + "{key: calls, $add: true}\n"), "overlay-add", (6, 28), "leave `$add` out"),
    "added and no truth in it": (over(CARD + "{key: calls, $add: yes please}\n"), "overlay-add", (6, 28), "write `$add: true`"),
    "a new card that is not whole": (over(CARD + "{key: fee, $add: true, type: flat_fee}\n"), "manifest-missing-field", (6, 9), "add"),
    "an object said to be new": (over("$add: true\n"), "manifest-unknown-field", (3, 1), "only an overlay adds"),
    "not removed": (over(CARD + "{key: calls, $remove: false}\n"), "overlay-remove", (6, 31), "{key: …"),
    "an object removed": (over("$remove: true\n"), "manifest-unknown-field", (3, 1), "entries of lists"),
    "a card and nothing about it": (over(CARD + "{key: calls}\n"), "overlay-without-effect", (6, 15), "`$remove: true`"),
    "null for nothing": (over("metadata: {zzz: null}\n"), "overlay-without-effect", (3, 17), "leave it out"),
    "null for what is misspelt": (over("nmae: null\n"), "overlay-without-effect", (3, 7), "`name`"),
    "no key": ("kind: plan\nkye: pro\nname: X\n", "overlay-without-object", (2, 6), "instead of `kye`"),
    "no key at all": ("kind: plan\ncurrency: EUR\n", "overlay-without-object", (1, 1), "add `key"),
    "a key that is no text": ("kind: plan\nkey: 12\n", "overlay-without-object", (2, 6), "the plan"),
    "another kind": ("kind: addon\nkey: pro\nname: X\n", "overlay-without-object", (2, 6), "among the manifests"),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_VAIN)
def test_what_an_overlay_says_in_vain_is_told_alone(case: str, tmp_path: Path) -> None:
    """One finding, at its place in the overlay; never that a member of a new entry is missing."""
    text, code, place, hint = IN_VAIN[case]
    (found,) = laid(tmp_path, text).diagnostics
    assert (found.code, found.where.line, found.where.column) == (code, *place)
    assert hint in found.hint


def test_entries_are_removed_by_their_key(tmp_path: Path) -> None:
    text = "phases:\n  - {key: trial, $remove: true}\n  - key: standard\n    rateCards:\n      - {key: calls, $remove: true}\n"
    text += "      - {key: calls, $add: true, type: flat_fee, name: Fee, price: {type: flat, amount: 1}}\n"
    loaded = laid(tmp_path, over(text + "addons: [{addon: seats, $remove: true}]\n"))
    assert loaded.diagnostics == ()
    plan = loaded.catalog.get(kinds.PLAN, "pro")
    assert plan is not None and plan.body["addons"] == []
    (standard,) = plan.body["phases"]
    assert [(card["type"], card["name"]) for card in standard["rateCards"]] == [("flat_fee", "Fee")]
    where = plan.origin.locate(("phases", 0, "rateCards", 0, "name"))
    assert (Path(where.file).parent.name, where.line) == ("layer1", 8)


def test_inside_of_a_new_entry_everything_is_new(tmp_path: Path) -> None:
    card = "{type: flat_fee, key: fee, name: Fee, price: {type: flat, amount: 1}}"
    phase = "{key: late, $add: true, name: Late, rateCards: [" + card + "]}"
    loaded = laid(tmp_path, over(f"phases:\n  - {{key: standard, duration: P1M}}\n  - {phase}\n"))
    assert loaded.diagnostics == ()
    plan = loaded.catalog.get(kinds.PLAN, "pro")
    assert plan is not None
    assert [phase["key"] for phase in plan.body["phases"]] == ["trial", "standard", "late"]
    assert plan.body["phases"][2]["rateCards"][0]["key"] == "fee"
    assert "$add" not in str(plan.body)


def test_a_later_layer_changes_what_an_earlier_one_added(tmp_path: Path) -> None:
    first = over(CARD + "{type: flat_fee, key: fee, $add: true, name: Fee, price: {type: flat, amount: 1}}\n")
    loaded = laid(tmp_path, first, over(CARD + "{key: fee, name: Later}\n"))
    assert loaded.diagnostics == ()
    plan = loaded.catalog.get(kinds.PLAN, "pro")
    assert plan is not None
    assert [card["name"] for card in plan.body["phases"][1]["rateCards"]] == ["Calls", "Later"]


def test_what_may_differ_can_be_limited(tmp_path: Path) -> None:
    text = over(
        "name: X\nmetadata: {a: null, b: '3'}\n" + CARD + "{key: calls, price: {amount: 2}, name: Y}\n"
    )
    text += "addons: [{addon: seats, $remove: true}]\nlifecycle: draft\n"
    (tmp_path / "base.yaml").write_text(PLAN, "utf-8")
    (tmp_path / "over.yaml").write_text(text, "utf-8")

    def refused(allowed: dict[str, list[str]]) -> list[str]:
        found = load([tmp_path / "base.yaml"], overlays=[tmp_path / "over.yaml"], allowed=allowed)
        assert {one.code for one in found.diagnostics} <= {"overlay-not-allowed"}
        return [one.summary.split("`")[1] for one in found.diagnostics]

    calls = "phases.standard.rateCards.calls"
    every = [
        "name",
        "metadata.a",
        "metadata.b",
        f"{calls}.price.amount",
        f"{calls}.name",
        "addons.seats",
        "lifecycle",
    ]
    assert refused({}) == every
    assert refused({"plan/*": ["*"]}) == []
    assert refused({"addon/*": ["*"], "plan/free": ["*"]}) == every
    assert refused({"*/*": ["metadata", "phases.*.rateCards.*.price", "lifecycle"]}) == [
        "name",
        f"{calls}.name",
        "addons.seats",
    ]
    one_by_one = {"plan/p*": ["metadata.a", "addons.seats", "name"], "plan/pro": ["phases", "lifecycle"]}
    assert refused(one_by_one) == ["metadata.b"]


def test_overlays_below_the_catalog_are_no_manifests_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "overlays" / "plan.yaml").write_text("kind: plan\nkey: pro\nname: X\n", encoding="utf-8")
    loaded = load([tmp_path], overlays=[tmp_path / "overlays"])
    assert loaded.diagnostics == ()
    assert [resource.body["name"] for resource in loaded.catalog] == ["X"]
