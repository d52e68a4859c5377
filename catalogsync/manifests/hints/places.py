"""Where a member belongs that is known elsewhere: in an object around this one, in an object of another kind, or below the parts of a dotted
name. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Kind
from catalogsync.manifests.hints import suggestions
from catalogsync.manifests.hints.conversions import written
from catalogsync.manifests.hints.shape_schema import Shape
from catalogsync.openmeter import schemas
from catalogsync.openmeter.description import Schema
from catalogsync.openmeter.kinds import KINDS

Judge = Callable[[Schema, Json], bool]
"""Whether a schema takes a value."""
_LONGEST = 140
_EVERYWHERE = frozenset("kind key slug name description metadata lifecycle type url disabled".split())
"""Members of so many objects that they say nothing."""


def around(kind: Kind, name: str, path: Path, document: Json, judge: Judge) -> str:
    """What to do about a member that an object around this one has; "" for any other."""
    if name in _EVERYWHERE:
        return ""
    shapes, values = _way(kind, path, document, judge)
    owners = [
        depth
        for depth in range(len(path) - 1, -1, -1)
        if isinstance(values[depth], Mapping) and name in _plain_members(shapes[depth])
    ]
    for depth in owners:
        if name not in cast("Mapping[str, Json]", values[depth]):
            return f"it belongs into {suggestions.named(path[:depth], values[depth])}, beside `{path[depth]}`"
    for depth in range(len(path) - 1, 0, -1):
        if isinstance(path[depth], int) and shapes[depth].items.members.keys() >= {name, "key"}:
            listed = path[depth - 1]
            return f"an entry of `{listed}` has `{name}`: write this one as an entry of `{listed}`"
    if owners:
        return f"it belongs into the `{name}` of {suggestions.named(path[: owners[0]], values[owners[0]])}"
    return ""


def _plain_members(shape: Shape) -> Mapping[str, Schema]:
    """The members of an object that has one form alone, whatever its type; of others it is said elsewhere which type has a member."""
    return {} if shape.is_free or shape.described.get("allOf") else shape.members


def misplaced(
    kind: Kind, members: Mapping[str, Json], path: Path, document: Json, judge: Judge
) -> tuple[str, str]:
    """A member of an object that no form of it has and an object around it does, and what to do; ("", "") for none."""
    shapes, _ = _way(kind, (*path, ""), document, judge)
    for name in members:
        if name not in shapes[-1].members and (said := around(kind, name, (*path, name), document, judge)):
            return name, said
    return "", ""


def _way(kind: Kind, path: Path, document: Json, judge: Judge) -> tuple[list[Shape], list[Json]]:
    """The shapes and the values on the way to a member: from the whole document to the object that it stands in."""
    root = schemas.manifest_schema(kind)
    shapes, values = [Shape(root, root, judge)], [document]
    for step in path[:-1]:
        shapes.append(shapes[-1].items if isinstance(step, int) else shapes[-1].member(step))
        values.append(_below(values[-1], step))
    return shapes, values


def _below(value: Json, step: str | int) -> Json:
    if isinstance(value, Mapping):
        return value.get(str(step))
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return cast("list[Json]", value)[step]
    return None


def of_another_kind(kind: Kind, name: str, path: Path) -> str:
    """What to do about a member of a manifest that objects of one other kind have; "" for any other."""
    if path or name in _EVERYWHERE:
        return ""
    owners = [one for one in Kind if one != kind and name in _members(one)]
    if len(owners) != 1:
        return ""
    title = KINDS[owners[0]].title
    return f"a {title} has `{name}`: write it in the manifest of the {title}, `kind: {owners[0]}`"


def _members(kind: Kind) -> Mapping[str, Schema]:
    root = schemas.manifest_schema(kind)
    return Shape(root, root, lambda _schema, _value: True).members


def dotted(kind: Kind, name: str, value: Json, path: Path, judge: Judge) -> str:
    """What to write in place of a path as a name, `phases.one.name: X`; "" for any other name."""
    parts = name.split(".")
    if len(parts) < 2 or path:
        return ""
    root = schemas.manifest_schema(kind)
    nested = _nested(Shape(root, root, judge), parts, value)
    if not isinstance(nested, Mapping):
        return ""
    (member,) = nested
    shown = f"{member}: {written(nested[member])}"
    return f"write each member below the one that holds it: `{shown}`" if len(shown) <= _LONGEST else ""


def _nested(shape: Shape, parts: Sequence[str], value: Json) -> Json:
    """The object that the parts lead through; None where they lead nowhere."""
    if not parts:
        return value
    first, *rest = parts
    if first in shape.members:
        inner = _nested(shape.member(first), rest, value)
        return None if inner is None else {first: inner}
    if "array" in shape.types and shape.items.identity:
        entry = _nested(shape.items, rest, value)
        return [{shape.items.identity: first, **entry}] if isinstance(entry, Mapping) else None
    return None
