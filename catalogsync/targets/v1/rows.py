"""Answers of the v1 API as live objects. Pure; raises TargetError for what no OpenMeter answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalogsync.core.errors import TargetError
from catalogsync.core.model import Kind, LiveAssignment, LiveResource
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS, offered_kind

Row = Mapping[str, Any]


def nonsense(path: str) -> TargetError:
    """The answer is none that OpenMeter gives."""
    return TargetError(
        f"GET {path}: the answer is no list as OpenMeter gives it",
        code="target-not-openmeter",
        hint="is the URL an OpenMeter's?",
    )


def as_resource(kind: Kind, row: Row) -> LiveResource:
    """The object that a row describes. Raises TargetError for one that no OpenMeter describes so."""
    try:
        found = _described(kind, row)
    except (KeyError, TypeError, AttributeError) as problem:
        raise nonsense(KINDS[kind].collection) from problem
    if not isinstance(found.key, str) or not isinstance(found.id, str):
        raise nonsense(KINDS[kind].collection)
    return found


def _described(kind: Kind, row: Row) -> LiveResource:
    spec = KINDS[kind]
    if spec.versioned:
        return LiveResource(kind, row["id"], row["key"], row["status"], row, row["version"])
    key = (row.get("metadata") or {}).get(KEY_METADATA, "") if spec.keyed_by_metadata else row[spec.identity]
    return LiveResource(kind, row["id"], key, "active", row)


def as_assignment(kind: Kind, row: Row) -> LiveAssignment:
    """What a version of this kind offers, as a row of its assignments describes it. Raises TargetError."""
    offered = offered_kind(kind)
    if offered is None:
        raise nonsense(KINDS[kind].collection)
    addon = as_resource(offered, row.get("addon") or {})
    return LiveAssignment(addon.key, addon.id, addon.version or 0, row)


def in_order(assignments: Iterable[LiveAssignment]) -> tuple[LiveAssignment, ...]:
    """By key and version."""
    return tuple(sorted(assignments, key=lambda a: (a.addon_key, a.addon_version)))
