"""Places in a manifest: where a member of a request was written, and the manifest's body without it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter.kinds import KINDS, Keyed


def offer_path(resource: Resource, key: str) -> Path:
    """Where a manifest offers an add-on; () where it does not."""
    offers: Any = resource.body.get("addons") or ()
    return next((("addons", n) for n, one in enumerate(offers) if one.get("addon") == key), ())


def in_manifest(path: Path, resource: Resource, request: Any, at: Path) -> tuple[Path, bool]:
    """The place in the manifest of a place in a request, as far as it is there, and whether all of it is."""
    written: Any = resource.body
    for part in at:
        written = written[part]
    found, lists = at, KINDS[resource.ref.kind].lists
    for part in path:
        request = request[part]
        place: str | int | None = part
        if isinstance(part, int) and isinstance(written, list | tuple):
            rule = lists.get(tuple(name for name in found if isinstance(name, str)))
            place = _position(written, rule.by, request) if isinstance(rule, Keyed) else part
        try:
            written = written[place]
        except (KeyError, IndexError, TypeError):
            return found, False
        found = (*found, place)  # type: ignore[arg-type]
    return found, True


def _position(items: Any, by: str, wanted: Mapping[str, Any]) -> int | None:
    return next((n for n, item in enumerate(items) if item.get(by) == wanted.get(by)), None)


def without(value: Any, path: Path) -> Any:
    """The value without what stands at a path that is there."""
    first, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        kept = {name: one for name, one in value.items() if rest or name != first}
        return {**kept, first: without(value[str(first)], rest)} if rest else kept
    return [
        without(one, rest) if number == first else one
        for number, one in enumerate(value)
        if rest or number != first
    ]
