"""Notification rules: which events go to which channels; no key on the server either (docs/server/notifications.md#rules)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypedDict, cast

from catalogsync.core import canon
from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, Ref
from catalogsync.core.values import IdRef
from catalogsync.openmeter.kinds.feature import FEATURE
from catalogsync.openmeter.kinds.notification_channel import CHANNEL
from catalogsync.openmeter.kinds.spec import (
    PUBLISHED_OR_DELETED,
    STAMPS,
    Atomic,
    KeyOf,
    KindSpec,
    Normal,
    Reference,
    SetOf,
)
from catalogsync.openmeter.kinds.texts import Texts, given, with_key, without_key

RULE = Kind.declare("notification_rule")

_THRESHOLDS = {"PERCENT": "usage_percentage", "NUMBER": "usage_value"}
"""The current names of a threshold's types: the server keeps the old ones as sent."""
_OF_FEATURES = ("entitlements.balance.threshold", "entitlements.reset")
_OF_THRESHOLDS = "entitlements.balance.threshold"
RULES_PER_CHANNEL = 10
DISABLED_METADATA = "catalogsync/disabled-channels"
"""The reserved metadata name under which a rule carries the keys of its disabled channels: its reads leave them out
(docs/server/notifications.md#rules).
"""


class Threshold(TypedDict):
    """When a balance rule sends: at a percentage of the grant, or at an amount used or left."""

    type: str
    value: int | Decimal


class _Rule(Texts, total=False):
    key: str
    type: str
    disabled: bool
    thresholds: Sequence[Threshold] | None


class RuleBody(_Rule, total=False):
    """A rule: a manifest names channels and features by their keys, an answer by objects that hold their ids."""

    channels: Sequence[str | Mapping[str, object]]
    features: Sequence[str | Mapping[str, object]] | None


class NormalRule(_Rule, total=False):
    """A rule in normal form: keys alone. `disabledChannels`: those that reads leave out."""

    channels: Sequence[str]
    features: Sequence[str]
    disabledChannels: Sequence[str]


def as_rule(body: Body) -> RuleBody:
    """A body that a schema, or the server, vouches for."""
    return cast("RuleBody", body)


def _of(normal: Body) -> NormalRule:
    return cast("NormalRule", normal)


def _normal(body: Body, _key: str, key_of: KeyOf) -> Normal:
    """Answers name channels and features by id, manifests by key; ids become keys. `disabledChannels`: those that reads leave out, as far
    as the rule's own metadata tells of them.
    """
    raw = as_rule(body)
    disabled = (raw.get("metadata") or {}).get(DISABLED_METADATA, "").split()
    out: Normal = {
        "type": raw.get("type"),
        "name": raw.get("name"),
        "disabled": bool(raw.get("disabled")),
        "channels": sorted({*_named(raw.get("channels") or (), CHANNEL, key_of), *disabled}),
    }
    without_key(raw, out)
    if disabled:
        out["disabledChannels"] = disabled
    features = raw.get("features")
    if raw.get("type") in _OF_FEATURES and features:
        out["features"] = _named(features, FEATURE, key_of)
    if raw.get("type") == _OF_THRESHOLDS:
        thresholds: list[Threshold] = [
            {"type": _THRESHOLDS.get(t["type"], t["type"]), "value": canon.double(t["value"])}
            for t in raw.get("thresholds") or ()
        ]
        out["thresholds"] = sorted(thresholds, key=lambda t: (t["type"], t["value"]))
    return out


def _named(values: Iterable[str | Mapping[str, object]], kind: Kind, key_of: KeyOf) -> list[str]:
    """Keys from keys, ids or {id: …} objects."""
    found = (str(value["id"]) if isinstance(value, Mapping) else str(value) for value in values)
    return sorted({key_of(kind, text) for text in found})


def _request(body: Body, key: str) -> Normal:
    """Channels are sent by the ids that they have when the call is made, features by key."""
    normal = _of(body)
    out = given(body, ("type", "name", "disabled", "features", "thresholds"))
    channels = [IdRef(Ref(CHANNEL, name)) for name in normal["channels"]]
    told = {DISABLED_METADATA: " ".join(normal["disabledChannels"])} if normal.get("disabledChannels") else {}
    return {**out, "channels": channels, "metadata": {**with_key(normal, key), **told}}


def _manifest(normal: Body, key: str) -> Normal:
    out: Normal = {"key": key, **{n: v for n, v in normal.items() if n != "disabledChannels"}}
    if not normal["disabled"]:
        del out["disabled"]
    return out


def _telling(manifest: Body, normal: Body) -> Body:
    """A manifest with what the rule in normal form tells of its disabled channels, where no manifest of theirs is at hand to tell it."""
    disabled = _of(normal).get("disabledChannels")
    if not disabled:
        return manifest
    told = {**(as_rule(manifest).get("metadata") or {}), DISABLED_METADATA: " ".join(disabled)}
    return {**manifest, "metadata": told}


def _aligned(expected: Body, live: Body, unseen: frozenset[str]) -> Body:
    """Reads leave disabled channels out (docs/server/notifications.md#rules), so expected ones that are disabled count as present."""
    there = unseen.intersection(_of(expected)["channels"])
    return {**live, "channels": sorted({*_of(live)["channels"], *there})} if there else live


SPEC = KindSpec(
    kind=RULE,
    title="notification rule",
    about="When a notification is sent, and to which channels.",
    renamed="What the old one reported stays with it; the new one starts without that.",
    keyed_by_metadata=True,
    collection="/notification/rules",
    folder="notifications/rules",
    list_query={"orderBy": "id", "includeDisabled": "true"},
    read_only=STAMPS,
    lifecycles=PUBLISHED_OR_DELETED,
    frees_places=True,
    fixed=frozenset({"type"}),
    put=("type", "name", "disabled", "metadata", "channels", "features", "thresholds"),
    normal=_normal,
    request=_request,
    manifest=_manifest,
    telling=_telling,
    aligned=_aligned,
    lists={("channels",): SetOf(), ("features",): SetOf(), ("thresholds",): Atomic()},
    references=(
        Reference(
            ("channels",),
            "notification_channel",
            "reference-unknown-channel",
            holds=True,
            unseen_when_disabled=True,
            at_most=RULES_PER_CHANNEL,
        ),
        Reference(("features",), "feature", "reference-unknown-feature", by_id=True),
    ),
)
