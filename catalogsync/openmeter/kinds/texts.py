"""What the bodies of several kinds have in common: texts, metadata, members taken over as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalogsync.openmeter.kinds.spec import KEY_METADATA, RESERVED

Raw = Mapping[str, Any]


def texts(raw: Raw, out: dict[str, Any]) -> None:
    """Description and metadata: empty is absent (docs/server/readback.md#n14, #n15)."""
    if raw.get("description"):
        out["description"] = raw["description"]
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]


def given(raw: Raw, names: Iterable[str]) -> dict[str, Any]:
    """The members that are there."""
    return {name: raw[name] for name in names if raw.get(name) is not None}


def without_key(raw: Raw, out: dict[str, Any]) -> None:
    """Metadata without the names that are reserved for us; empty is absent."""
    metadata = {n: value for n, value in (raw.get("metadata") or {}).items() if not n.startswith(RESERVED)}
    if metadata:
        out["metadata"] = metadata


def with_key(normal: Raw, key: str) -> dict[str, Any]:
    """Metadata with the name that carries our key."""
    return {**(normal.get("metadata") or {}), KEY_METADATA: key}
