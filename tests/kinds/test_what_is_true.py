"""What is true of every object of a kind, by the server's rules: how it lives and goes, what a change can and cannot do, who is bound to it."""

from __future__ import annotations

import pytest

from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KINDS, METER, PLAN, RULE
from catalogsync.openmeter.releases import Behaviour

LIVES: dict[Kind, set[str]] = {
    METER: {"bare_list"},
    FEATURE: {"archivable"},
    ADDON: {"versioned"},
    PLAN: {"versioned"},
    CHANNEL: {"keyed_by_metadata"},
    RULE: {"keyed_by_metadata", "frees_places"},
}
HELD = {METER: "", FEATURE: "entitlement", ADDON: "", PLAN: "subscription", CHANNEL: "", RULE: ""}
"""What binds customers to an object of the kind."""


def test_how_objects_live_and_who_is_bound_to_them() -> None:
    flags = ("versioned", "archivable", "frees_places", "keyed_by_metadata", "bare_list")
    assert {kind: {flag for flag in flags if getattr(spec, flag)} for kind, spec in KINDS.items()} == LIVES
    assert {kind: spec.held_by for kind, spec in KINDS.items()} == HELD


# fixed, fixed in a version, cleared, kept by an update
CHANGES: dict[Kind, tuple[set[str], set[str], dict[str, object], set[str]]] = {
    METER: (
        {"aggregation", "eventType", "eventFrom", "valueProperty"}, set(), {"groupBy": {}, "metadata": {}}, {"description"},
    ),
    FEATURE: ({"name", "metadata", "meterSlug", "advancedMeterGroupByFilters", "unitCost"}, set(), {}, set()),
    ADDON: (set(), {"currency"}, {"description": "", "metadata": {}}, set()),
    PLAN: (set(), {"currency"}, {"description": "", "metadata": {}}, set()),
    CHANNEL: ({"type"}, set(), {"customHeaders": {}}, {"signingSecret"}),
    RULE: ({"type"}, set(), {}, set()),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_what_a_change_cannot_do(kind: Kind) -> None:
    spec = KINDS[kind]
    assert (set(spec.fixed), set(spec.version_fixed), dict(spec.cleared), set(spec.kept)) == CHANGES[kind]
    assert dict(spec.kept_since) == ({"metadata": Behaviour.METER_METADATA} if kind is METER else {})


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_said_of_a_kind_is_said_of_each(kind: Kind) -> None:
    """Customers are told what a new name means for them, and what a re-creation leaves behind; who is refused is told what to do."""
    spec = KINDS[kind]
    assert spec.renamed.endswith(".") and spec.in_use_hint.endswith(".")
    assert spec.lost_when_remade.startswith("; ") is (kind in (METER, FEATURE, CHANNEL))
    own = {other.in_use_hint for other in KINDS.values()}
    assert (spec.in_use_hint == "Change or remove what uses it first.") is (
        kind not in (FEATURE, ADDON)
    ) and len(own) == 3


def test_an_export_tells_of_a_secret_that_stays() -> None:
    told = {kind: list(spec.remarks(None)) for kind, spec in KINDS.items() if list(spec.remarks(None))}  # type: ignore[arg-type]
    assert told == {
        CHANNEL: ["The signing secret stays on the server. To set one: signingSecret: {env: NAME}"]
    }


SECRETS = [
    (("signingSecret",), "anything", True),
    (("url",), "https://a.example/x", False),
    (("url",), "https://u:p@a.example/x", True),
    (("url",), "https://hooks.slack.com/services/T0000/B0000/XXXXXXXXXXXXXXXXXXXXXXXX", True),
    (("customHeaders", "*"), "anything", False),
]


@pytest.mark.parametrize(("path", "text", "secret"), SECRETS)
def test_where_a_secret_may_stand(path: tuple[str, ...], text: str, secret: bool) -> None:
    (found,) = [one for one in KINDS[CHANNEL].secrets if one.path == path]
    assert found.looks("X-A" if path[-1] == "*" else path[-1], text) is secret
    assert not [one for kind, spec in KINDS.items() if kind is not CHANNEL for one in spec.secrets]


def test_a_header_that_lets_in_is_a_secret() -> None:
    (headers,) = [one for one in KINDS[CHANNEL].secrets if one.path[0] == "customHeaders"]
    assert headers.looks("Authorization", "Bearer x") and len(KINDS[CHANNEL].secrets) == 3


def test_what_is_asked_of_a_meter_s_events() -> None:
    body = {"valueProperty": "$.v", "groupBy": {"a": "$.a"}}
    assert list(KINDS[METER].json_paths(body)) == [(("valueProperty",), "$.v"), (("groupBy", "a"), "$.a")]
    assert [kind for kind, spec in KINDS.items() if list(spec.json_paths(body))] == [METER]


def test_which_parts_of_a_meter_a_feature_uses_and_holds() -> None:
    used = KINDS[FEATURE].parts_used
    there = KINDS[METER].parts
    assert used is not None and there is not None and (used.kind, there.member) == ("meter", "groupBy")
    body = {
        "advancedMeterGroupByFilters": {"a": {"$eq": "x"}},
        "unitCost": {"type": "llm", "provider": "p", "modelProperty": "m", "tokenTypeProperty": "t"},
    }
    assert (used.all(body), used.hold(body)) == ({"a", "m", "t"}, {"a"})
    assert (used.all({}), used.hold({}), there.of({})) == (set(), set(), set())
    assert there.of({"groupBy": {"a": "$.a", "b": "$.b"}}) == {"a", "b"}
    assert {kind for kind, spec in KINDS.items() if spec.parts} == {METER}
    assert {kind for kind, spec in KINDS.items() if spec.parts_used} == {FEATURE}
