"""Places in a manifest: where a member of a request was written, and the manifest's body without it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter.kinds import KINDS, Keyed


def offer_path(resource: Resource, key: str) -> Path:
    """Where a manifest offers an add-on; () where it does not."""
    written = resource.body.get("addons")
    position = _position(written, "addon", key) if isinstance(written, list | tuple) else None
    return ("addons", position) if position is not None else ()


def in_manifest(path: Path, resource: Resource, request: object, at: Path) -> tuple[Path, bool]:
    """The place in the manifest of a place in a request, as far as it is there, and whether all of it is."""
    written: object = resource.body
    for part in at:
        written = _inner(written, part)
    found, lists = at, KINDS[resource.ref.kind].lists
    for part in path:
        request = _inner(request, part)
        place: str | int | None = part
        if isinstance(part, int) and isinstance(written, list | tuple):
            rule = lists.get(tuple(name for name in found if isinstance(name, str)))
            place = _position(written, rule.by, _inner(request, rule.by)) if isinstance(rule, Keyed) else part
        if place is None:
            return found, False
        try:
            written = _inner(written, place)
        except (KeyError, IndexError, TypeError):
            return found, False
        found = (*found, place)
    return found, True


def _inner(value: object, place: str | int) -> object:
    """What stands at a place of a map or a list. Raises KeyError, IndexError, TypeError where there is nothing."""
    if isinstance(value, Mapping):
        return value[place]
    if isinstance(value, list | tuple) and isinstance(place, int):
        return value[place]
    raise TypeError(f"{place!r} of {type(value).__name__}")


def _position(items: Sequence[object], by: str, wanted: object) -> int | None:
    return next(
        (n for n, item in enumerate(items) if isinstance(item, Mapping) and item.get(by) == wanted), None
    )


def without(body: JsonObject, path: Path) -> JsonObject:
    """The body without what stands at a path that is there."""
    first, rest = str(path[0]), path[1:]
    kept = {name: one for name, one in body.items() if rest or name != first}
    return {**kept, first: _without(body[first], rest)} if rest else kept


def _without(value: Json, path: Path) -> Json:
    if isinstance(value, Mapping):
        return without(value, path)
    first, rest = path[0], path[1:]
    return [
        _without(one, rest) if number == first else one
        for number, one in enumerate(value if isinstance(value, list | tuple) else ())
        if rest or number != first
    ]
