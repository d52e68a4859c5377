"""What the bodies of several kinds have in common: texts, metadata, members taken over as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from catalogsync.core.canon import Body
from catalogsync.openmeter.kinds.spec import KEY_METADATA, RESERVED, Normal


class Texts(TypedDict, total=False):
    """What objects of most kinds say of themselves."""

    name: str
    description: str | None
    metadata: Mapping[str, str] | None


def texts(raw: Texts, out: Normal) -> None:
    """Description and metadata: empty is absent (docs/server/readback.md#n14, #n15)."""
    if raw.get("description"):
        out["description"] = raw["description"]
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]


def given(raw: Body, names: Iterable[str]) -> Normal:
    """The members that are there."""
    return {name: raw[name] for name in names if raw.get(name) is not None}


def without_key(raw: Texts, out: Normal) -> None:
    """Metadata without the names that are reserved for us; empty is absent."""
    metadata = {n: value for n, value in (raw.get("metadata") or {}).items() if not n.startswith(RESERVED)}
    if metadata:
        out["metadata"] = metadata


def with_key(normal: Texts, key: str) -> Mapping[str, str]:
    """Metadata with the name that carries our key."""
    return {**(normal.get("metadata") or {}), KEY_METADATA: key}
