"""The two sides of the normal form: references and paths of files on the side of a manifest, ids, offers and hidden objects on the live one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from catalogsync import normalize
from catalogsync.core.diagnostics import Path, SourceRef
from catalogsync.core.model import (
    Catalog,
    Kind,
    Lifecycle,
    LiveAssignment,
    LiveGroup,
    LiveResource,
    LiveState,
    Ref,
    Resource,
)
from catalogsync.core.values import After, Hidden, SecretRef, SecretText, hidden
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KINDS, METER, PLAN, RULE

OPS, OFF, BILLED = Ref(CHANNEL, "ops"), Ref(CHANNEL, "off"), Ref(RULE, "billed")


@dataclass(frozen=True)
class In:
    """Everything stands in one file."""

    file: str = "catalog/deep/x.yaml"

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        return SourceRef(self.file, 1, 1)

    def begin(self) -> SourceRef:
        return SourceRef(self.file, 1, 1)


def said(ref: Ref, file: str = "catalog/deep/x.yaml", **body: Any) -> Resource:
    return Resource(ref, Lifecycle.PUBLISHED, {KINDS[ref.kind].identity: ref.key, **body}, In(file))


def rule(*channels: str, **body: Any) -> Resource:
    return said(BILLED, type="invoice.created", name="B", channels=list(channels), **body)


def hook(key: str, id_: str = "", **body: Any) -> LiveResource:
    return LiveResource(
        CHANNEL, id_ or f"id-{key}", key, "active", {"name": key, "url": "https://a.example", **body}
    )


def live(*found: LiveResource, also: tuple[LiveResource, ...] = ()) -> LiveState:
    return LiveState({one.ref: LiveGroup(one.ref, active=one) for one in found}, also)


@pytest.mark.parametrize(
    ("file", "path", "found"),
    [
        ("catalog/deep/x.yaml", "s.txt", "catalog/deep/s.txt"),
        ("catalog/deep/x.yaml", "../s.txt", "catalog/s.txt"),
        ("catalog\\deep\\x.yaml", "../s.txt", "catalog/s.txt"),
        ("catalog\\deep\\x.yaml", "s.txt", "catalog/deep/s.txt"),
        ("x.yaml", "s.txt", "s.txt"),
        ("x.yaml", "/run/s.txt", "/run/s.txt"),
    ],
)
def test_a_secret_s_file_is_named_as_seen_from_here(file: str, path: str, found: str) -> None:
    normal = normalize.desired(said(OPS, file, name="N", url={"file": path}, signingSecret={"env": path}))
    assert normal["url"] == SecretRef("file", found) and normal["signingSecret"] == SecretRef("env", path)


MANY = [f"c{n}" for n in range(8)]
"""So many that no set holds them in order by chance."""


def test_disabled_channels_that_a_rule_names_are_told_apart() -> None:
    catalog = Catalog({
        ref: said(ref, name="N", url="https://a.example", **more)
        for ref, more in {OPS: {}, **{Ref(CHANNEL, key): {"disabled": True} for key in ("off", "z", *MANY)}}.items()
    })  # fmt: skip
    both = normalize.desired(rule("z", "ops", "off", *MANY), catalog)
    assert (both["channels"], both["disabledChannels"]) == ([*MANY, "off", "ops", "z"], [*MANY, "off", "z"])
    assert "disabledChannels" not in normalize.desired(rule("ops"), catalog)
    assert "disabledChannels" not in normalize.desired(rule("unknown", "off"))
    feature = said(Ref(FEATURE, "f"), name="off", meterSlug="off")
    assert normalize.desired(feature, catalog) == {"name": "off", "meterSlug": "off"}


def test_ids_become_keys_where_they_are_known() -> None:
    read = LiveResource(
        RULE,
        "R",
        "billed",
        "active",
        {"type": "invoice.created", "name": "B", "channels": [{"id": "id-ops"}, {"id": "x"}]},
    )
    assert normalize.live(read, live(hook("ops")))["channels"] == ["ops", "x"]
    assert normalize.live(read)["channels"] == ["id-ops", "x"]


def test_secrets_that_are_read_are_hidden() -> None:
    read = hook(
        "ops",
        url="https://u:p@a.example",
        signingSecret="s",
        customHeaders={"Authorization": "1", "X-A": "2"},
    )
    normal = normalize.live(read)
    assert normal["url"] == hidden("https://u:p@a.example") and normal["signingSecret"] == hidden("s")
    assert normal["customHeaders"] == {"Authorization": hidden("1"), "X-A": "2"}
    masked = normalize.live(read, masked=frozenset({("customHeaders", "X-A")}))
    assert masked["customHeaders"] == {"Authorization": hidden("1"), "X-A": hidden("2")}
    odd = normalize.live(
        hook("ops", url=None, customHeaders={"Authorization": 5}), masked=frozenset({("url",)})
    )
    assert odd["url"] is None and odd["customHeaders"] == {"Authorization": 5}
    plain = hook("ops")
    assert normalize.live(plain)["url"] == "https://a.example"
    assert isinstance(normalize.live(plain, masked=frozenset({("url",)}))["url"], Hidden)
    written = said(
        OPS, name="N", url="https://u:p@a.example", customHeaders={"X-A": "2", "Authorization": "1"}
    )
    normal = normalize.desired(written)
    assert normal["url"] == SecretText("https://u:p@a.example")
    assert normal["customHeaders"] == {"Authorization": SecretText("1"), "X-A": "2"}


def offered(key: str, version: int, **terms: Any) -> LiveAssignment:
    return LiveAssignment(key, f"{key}-{version}", version, {"fromPlanPhase": "main", **terms})


def test_offers_stand_by_key_and_older_versions_by_their_number_too() -> None:
    found = normalize.offers(
        [offered("pack", 1), offered("more", 1), offered("pack", 3, maxQuantity=2), offered("pack", 2)]
    )
    assert list(found) == ["more", "pack", "pack@2", "pack@1"]
    assert found["pack"] == {"fromPlanPhase": "main", "maxQuantity": 2, "version": 3}
    assert found["pack@2"] == {"fromPlanPhase": "main", "version": 2}
    body = {"name": "P", "currency": "EUR", "billingCadence": "P1M", "phases": []}
    plan = LiveResource(PLAN, "P", "pro", "active", body, 1, (offered("pack", 1),))
    assert normalize.live(plan)["addons"] == {"pack": {"fromPlanPhase": "main", "version": 1}}
    addon = LiveResource(ADDON, "A", "pack", "active", {"name": "A", "rateCards": []}, 1)
    assert "addons" not in normalize.live(addon)


def test_which_disabled_objects_reads_of_a_kind_leave_out() -> None:
    off = hook("off", disabled=True)
    loose = (hook("", "L1", disabled=True), hook("", "L2"), replace(hook("", "L3", disabled=True), kind=RULE))
    state = live(hook("ops"), off, replace(off, kind=METER), also=loose)
    assert normalize.unseen(RULE, state) == {"off", "L1"}
    for kind in (METER, FEATURE, ADDON, PLAN, CHANNEL):
        assert normalize.unseen(kind, state) == frozenset()
    gone = LiveState({**state.groups, OPS: LiveGroup(OPS)})
    assert normalize.unseen(RULE, gone) == {"off"}


OLD: dict[str, Any] = {"name": "N", "signingSecret": hidden("s"), "url": hidden("https://a.example")}


@pytest.mark.parametrize(
    ("kind", "expected", "observed", "known"),
    [
        (CHANNEL, {"name": "N"}, OLD, {"name": "N", "url": OLD["url"]}),
        (CHANNEL, {"signingSecret": SecretRef("env", "S")}, OLD, {**OLD, "signingSecret": SecretRef("env", "S")}),
        (CHANNEL, {"url": hidden("u")}, {"url": "https://a.example"}, {"url": OLD["url"]}),
        (CHANNEL, {"url": "https://a.example"}, {"url": "https://b.example"}, {"url": "https://b.example"}),
        (METER, {"name": "N"}, {"name": "M", "description": "D"}, {"name": "M"}),
        (METER, {"description": "E"}, {"description": "D"}, {"description": "D"}),
    ],
)  # fmt: skip
def test_what_can_be_known_of_the_live_form(kind: Kind, expected: Any, observed: Any, known: Any) -> None:
    assert normalize.align(kind, expected, observed) == known


def test_equal_forms_are_the_same_and_hidden_channels_are_there() -> None:
    same = {"channels": ["a"]}
    assert normalize.align(RULE, {"channels": ["a"]}, same) is same
    assert normalize.align(RULE, {"channels": ["a", "b"]}, same, frozenset({"b", "c"})) == {
        "channels": ["a", "b"]
    }
    assert normalize.align(RULE, {"channels": ["a", "b"]}, same) is same
    half = {"channels": MANY[::2]}
    assert normalize.align(RULE, {"channels": MANY}, half, frozenset(MANY)) == {"channels": MANY}


@pytest.mark.parametrize(
    ("expected", "version", "known"),
    [
        (None, 3, None),
        (None, None, None),
        (After(2), 3, After(2)),
        (After(2), 2, 2),
        (After(2), None, None),
        (After(2), After(2), After(2)),
        (3, 3, 3),
        (3, 2, 2),
    ],
)
def test_the_version_of_an_offer_as_far_as_it_can_be_known(expected: Any, version: Any, known: Any) -> None:
    def plan(number: Any, **more: Any) -> dict[str, Any]:
        return {"phases": {}, "addons": {"pack": {"version": number}, **more}, "name": "N"}

    beside = {"other": {"version": 7}}
    found = normalize.align(PLAN, plan(expected), plan(version, **beside))
    assert found == plan(known, **beside)
