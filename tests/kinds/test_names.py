"""What objects name and who names them: the same by every way of asking, for bodies as manifests have them and in normal form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from list_rules import list_rule

from catalogsync.core.model import Kind
from catalogsync.openmeter import kinds
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KINDS, METER, PLAN, RULE, Reference, named


def reference(kind: Kind, *path: str) -> Reference:
    (found,) = [one for one in KINDS[kind].references if one.path == path]
    return found


CARDS = {"a": {"featureKey": "f"}, "b": {}, "c": {"featureKey": "g"}}
NAMED: list[tuple[Kind, tuple[str, ...], Any, set[str]]] = [
    (FEATURE, ("meterSlug",), {"meterSlug": "m"}, {"m"}),
    (FEATURE, ("meterSlug",), {"meterSlug": None}, set()),
    (FEATURE, ("meterSlug",), {}, set()),
    (FEATURE, ("meterSlug",), None, set()),
    (RULE, ("channels",), {"channels": ["a", "b"]}, {"a", "b"}),
    (RULE, ("channels",), {"channels": []}, set()),
    (RULE, ("features",), {"features": ("f",)}, {"f"}),
    (ADDON, ("rateCards", "featureKey"), {"rateCards": CARDS}, {"f", "g"}),
    (ADDON, ("rateCards", "featureKey"), {"rateCards": {}}, set()),
    (
        PLAN,
        ("phases", "rateCards", "featureKey"),
        {"phases": {"x": {"rateCards": CARDS}, "y": {}}},
        {"f", "g"},
    ),
    (PLAN, ("addons", "addon"), {"addons": {"pack": {}, "more": {}}}, {"pack", "more"}),
    (PLAN, ("addons", "addon"), {"addons": {"pack": {}, "pack@2": {}, "old@1": {}}}, {"pack", "old"}),
    (PLAN, ("addons", "addon"), {"addons": {}}, set()),
]


@pytest.mark.parametrize(("kind", "path", "body", "keys"), NAMED)
def test_what_a_normal_form_names(kind: Kind, path: tuple[str, ...], body: Any, keys: set[str]) -> None:
    assert named(kind, body, reference(kind, *path)) == keys


WRITTEN: list[tuple[Kind, Any, list[tuple[str, tuple[str | int, ...]]]]] = [
    (METER, {"slug": "m", "name": "N"}, []),
    (FEATURE, {"meterSlug": "m"}, [("meter/m", ("meterSlug",))]),
    (FEATURE, {"meterSlug": None}, []),
    (FEATURE, {"meterSlug": ["m"]}, [("meter/m", ("meterSlug", 0))]),
    (
        RULE,
        {"channels": ["a", "b"], "features": ["f"]},
        [
            ("notification_channel/a", ("channels", 0)),
            ("notification_channel/b", ("channels", 1)),
            ("feature/f", ("features", 0)),
        ],
    ),
    (RULE, {"channels": "a"}, [("notification_channel/a", ("channels",))]),
    (RULE, {"channels": [{"id": "x"}, 3, None]}, []),
    (ADDON, {"rateCards": [{}, {"featureKey": "f"}]}, [("feature/f", ("rateCards", 1, "featureKey"))]),
    (ADDON, {"rateCards": "f"}, []),
    (ADDON, {"rateCards": {"featureKey": "f"}}, [("feature/f", ("rateCards", "featureKey"))]),
    (
        PLAN,
        {"phases": [{"rateCards": [{"featureKey": "f"}]}, 5], "addons": [{"addon": "x"}, {"other": "y"}]},
        [("feature/f", ("phases", 0, "rateCards", 0, "featureKey")), ("addon/x", ("addons", 0, "addon"))],
    ),
]


@pytest.mark.parametrize(("kind", "body", "found"), WRITTEN)
def test_what_a_manifest_names_and_where(kind: Kind, body: Any, found: list[Any]) -> None:
    assert [(str(ref), place) for ref, place in kinds.references(kind, body)] == found


def test_who_may_name_what() -> None:
    """The order is that of creation, and each kind comes after what it names."""
    assert list(KINDS) == [METER, FEATURE, ADDON, PLAN, CHANNEL, RULE]
    assert [kind.rank for kind in KINDS] == [0, 1, 2, 3, 4, 5]
    said = {
        str(kind): [(str(user), ".".join(one.path)) for user, one in kinds.dependents(kind)] for kind in KINDS
    }
    assert said == {
        "meter": [("feature", "meterSlug")],
        "feature": [
            ("addon", "rateCards.featureKey"),
            ("plan", "phases.rateCards.featureKey"),
            ("notification_rule", "features"),
        ],
        "addon": [("plan", "addons.addon")],
        "plan": [],
        "notification_channel": [("notification_rule", "channels")],
        "notification_rule": [],
    }
    assert {kind: kinds.offered_kind(kind) for kind in KINDS} == {**dict.fromkeys(KINDS), PLAN: ADDON}


# who names; holds it there, holds it for good, by id, assigned, left out when disabled, at most; the code of a missing one
BONDS: dict[tuple[Kind, str], tuple[bool, bool, bool, bool, bool, int, str]] = {
    (FEATURE, "meterSlug"): (True, False, False, False, False, 0, "reference-unknown-meter"),
    (ADDON, "rateCards.featureKey"): (True, False, True, False, False, 0, "rate_card_feature_not_found"),
    (PLAN, "phases.rateCards.featureKey"): (True, False, True, False, False, 0, "rate_card_feature_not_found"),
    (PLAN, "addons.addon"): (True, True, False, True, False, 0, "reference-unknown-addon"),
    (RULE, "channels"): (True, False, False, False, True, 10, "reference-unknown-channel"),
    (RULE, "features"): (False, False, True, False, False, 0, "reference-unknown-feature"),
}  # fmt: skip


def test_what_each_bond_means() -> None:
    """By the server's rules: docs/server/references.md#references."""
    said = {
        (kind, ".".join(one.path)): (
            one.holds, one.permanent, one.by_id, one.assigned, one.unseen_when_disabled, one.at_most, one.missing_code,
        )
        for kind, spec in KINDS.items() for one in spec.references
    }  # fmt: skip
    assert said == BONDS


@pytest.mark.parametrize("body", [None, {}, {"addons": None}, {"addons": {}}])
def test_what_offers_nothing(body: Any) -> None:
    assert kinds.offers(body) == {}
    assert kinds.offers({"addons": {"pack": {"version": 1}}}) == {"pack": {"version": 1}}


def test_every_list_of_a_kind_has_a_rule_and_others_have_none() -> None:
    pattern = ("advancedMeterGroupByFilters", "region", "$in")
    assert list_rule(FEATURE, pattern) == kinds.SetOf()
    assert list_rule(FEATURE, (*pattern[:2], "$and")) == kinds.Atomic()
    for kind, path in (
        (FEATURE, pattern[:2]),
        (FEATURE, (*pattern, "x")),
        (METER, pattern),
        (PLAN, ("phases", "x")),
    ):
        assert list_rule(kind, path) is None


def test_kinds_that_name_each_other_cannot_be_ordered() -> None:
    before = dict(KINDS)
    circle = replace(KINDS[METER], references=(Reference(("x",), "feature", "code"),))
    with pytest.raises(ValueError, match="kinds that refer to each other, or to none that is described"):
        kinds.register(circle)
    assert list(KINDS.items()) == list(before.items())
    kinds.register(KINDS[RULE], KINDS[PLAN])
    assert list(KINDS.items()) == list(before.items())
