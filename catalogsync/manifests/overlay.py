"""Overlays: documents with the kind and key of another that say only what differs. Pure.

Merged field by field: objects member by member; phases and rate cards by their `key`, a plan's add-ons by
`addon` (new ones come after those that are there); every other list is replaced whole. `null` takes a field
away, which for the fields that may be null means the same (a phase without end, a free rate card). A single
entry of a keyed list cannot be taken away by an overlay; an empty list (`addons: []`) takes all of them away.
What may be a secret is one value: `{file: …}` replaces `{env: …}` and is not merged with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.openmeter.kinds import ANY, KINDS, Keyed

_SECRETS = frozenset(secret.path for spec in KINDS.values() for secret in spec.secrets)

KEYED: Mapping[str, str] = {
    path[-1]: rule.by
    for spec in KINDS.values()
    for path, rule in spec.lists.items()
    if isinstance(rule, Keyed)
}
"""Lists whose entries are told apart by a member."""


def merge(base: Mapping[str, Json], overlay: Mapping[str, Json]) -> dict[str, Json]:
    """The base document with what the overlay says otherwise."""
    return _merge(base, overlay, ())


def _merge(base: Mapping[str, Json], overlay: Mapping[str, Json], path: tuple[str, ...]) -> dict[str, Json]:
    merged: dict[str, Json] = dict(base)
    for name, value in overlay.items():
        if value is None:
            merged.pop(name, None)
        elif _may_be_secret((*path, name)):
            merged[name] = value
        else:
            merged[name] = _merge_value((*path, name), merged.get(name), value)
    return merged


def _may_be_secret(path: tuple[str, ...]) -> bool:
    return any(
        len(one) == len(path) and all(name in (ANY, step) for name, step in zip(one, path, strict=True))
        for one in _SECRETS
    )


def _merge_value(path: tuple[str, ...], before: Json, after: Json) -> Json:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _merge(before, after, path)
    if path[-1] in KEYED and _is_list(before) and _is_list(after) and after:
        return _merge_list(path, before, after)
    if isinstance(after, Mapping):
        return _merge({}, after, path)
    return after


def _merge_list(path: tuple[str, ...], before: Sequence[Json], after: Sequence[Json]) -> list[Json]:
    """Entries of the overlay that have one key between them stay apart, so that the check tells of them."""
    by = KEYED[path[-1]]
    merged = list(before)
    met: set[Json] = set()
    for entry in after:
        key = entry.get(by) if isinstance(entry, Mapping) else None
        position = _position(merged, by, entry) if not (isinstance(key, str) and key in met) else None
        if isinstance(key, str):
            met.add(key)
        if position is None:
            merged.append(_merge({}, entry, path) if isinstance(entry, Mapping) else entry)
        elif isinstance(entry, Mapping):
            under = merged[position]
            merged[position] = _merge(under if isinstance(under, Mapping) else {}, entry, path)
    return merged


def _is_list(value: object) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _position(entries: Sequence[object], by: str, entry: object) -> int | None:
    """Where the list holds the entry with the same key."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get(by), str):
        return None
    keys = (other.get(by) if isinstance(other, Mapping) else None for other in entries)
    return next((position for position, key in enumerate(keys) if key == entry[by]), None)


def translate(merged: Json, layer: Json, path: Path) -> tuple[Path, bool]:
    """Where a layer says what stands at `path` of the merged document: the path in the layer as far as it
    goes, and whether to the end.
    """
    found: list[str | int] = []
    here: object = layer
    whole: object = merged
    name = ""
    for step in path:
        position = _in_layer(whole, here, step, KEYED.get(name))
        if position is None:
            return tuple(found), False
        found.append(position)
        whole, here = _step(whole, step), _step(here, position)
        name = step if isinstance(step, str) else ""
    return tuple(found), True


def _in_layer(merged: object, layer: object, step: str | int, by: str | None) -> str | int | None:
    """The layer's own name or position for a step into the merged value, or None when it says nothing
    there.
    """
    if isinstance(step, str):
        return step if isinstance(layer, Mapping) and step in layer else None
    if not _is_list(layer):
        return None
    position = _position(layer, by, _step(merged, step)) if by else step
    return position if position is not None and position < len(layer) else None


def _step(value: object, step: str | int) -> object:
    """What lies one step inside a value, or None."""
    if isinstance(step, str):
        return value.get(step) if isinstance(value, Mapping) else None
    return value[step] if _is_list(value) and step < len(value) else None
