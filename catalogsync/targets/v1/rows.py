"""Answers of the v1 API as live objects. Pure; raises TargetError for what no OpenMeter answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from catalogsync.core.canon import JsonObject
from catalogsync.core.errors import TargetError
from catalogsync.core.model import Kind, LiveAssignment, LiveResource
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS, offered_kind

Row: TypeAlias = JsonObject


def nonsense(path: str) -> TargetError:
    """The answer is none that OpenMeter gives."""
    return TargetError(
        f"GET {path}: the answer is not a list as OpenMeter gives it",
        code="target-not-openmeter",
        hint="is the URL an OpenMeter's?",
    )


def as_resource(kind: Kind, row: Row) -> LiveResource:
    """The object that a row describes. Raises TargetError for one that no OpenMeter describes so."""
    try:
        return _described(kind, row)
    except (KeyError, TypeError) as problem:
        raise nonsense(KINDS[kind].collection) from problem


def _described(kind: Kind, row: Row) -> LiveResource:
    spec = KINDS[kind]
    id_ = _text(row, "id")
    if spec.versioned:
        version = row["version"]
        if not isinstance(version, int):
            raise TypeError("a version that is not a number")
        return LiveResource(kind, id_, _text(row, "key"), _text(row, "status"), row, version)
    if not spec.keyed_by_metadata:
        return LiveResource(kind, id_, _text(row, spec.identity), "active", row)
    metadata = row.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise TypeError("metadata that is not a map")
    key = _text(metadata, KEY_METADATA) if KEY_METADATA in metadata else ""
    return LiveResource(kind, id_, key, "active", row)


def _text(row: Row, name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is not a text")
    return value


def as_assignment(kind: Kind, row: Row) -> LiveAssignment:
    """What a version of this kind offers, as a row of its assignments describes it. Raises TargetError."""
    offered = offered_kind(kind)
    if offered is None:
        raise nonsense(KINDS[kind].collection)
    named = row.get("addon")
    addon = as_resource(offered, named if isinstance(named, Mapping) else {})
    return LiveAssignment(addon.key, addon.id, addon.version or 0, row)


def in_order(assignments: Iterable[LiveAssignment]) -> tuple[LiveAssignment, ...]:
    """By key and version."""
    return tuple(sorted(assignments, key=lambda a: (a.addon_key, a.addon_version)))
