"""Which members hold numbers and which hold text, by the schemas: what to write there in place of a scalar that YAML readers take
differently. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import duration_hints, instants, number_words
from catalogsync.manifests.scalars import Trap
from catalogsync.openmeter import schemas
from catalogsync.openmeter.description import Schema
from catalogsync.openmeter.kinds import KINDS

_FREE = frozenset(("metadata", "groupBy", "customHeaders"))
"""Members whose names the writer chooses; their values are text."""
_ENTRY = "[]"
"""Behind the name of a list: of its entries."""
_IN_PLACE: Mapping[str, Callable[[str], str]] = {
    "duration": duration_hints.in_place_of,
    "date-time": instants.in_place_of,
}
"""What to write in place of a text, by the form that it should have."""
_NUMBERS = frozenset(("number", "integer"))


def hint(path: Path, trap: Trap) -> str:
    """What to write at a path: the one reading that fits there, or each where either may be meant."""
    if trap.code == "yaml-long-number":
        return trap.hint
    form = _formats().get(str(path[-1]), "") if path and not _is_free(path) else ""
    if form in _IN_PLACE:
        return _IN_PLACE[form](trap.text)
    if is_text(path):
        return f'write "{trap.text}", in quotes'
    types = _types().get(str(path[-1]), set()) if path else set()
    if trap.code == "yaml-infinity" and (said := number_words.endless(str(path[-1:][0]), trap.text)):
        return said
    a_word = trap.code == "yaml-boolean-word"
    if types & _NUMBERS:
        return f"write {trap.value}" if trap.value and not a_word else "write the number in digits"
    return f"write {trap.value}" if a_word and types == {"boolean"} else trap.hint


def is_member(name: str) -> bool:
    """Whether some object has a member of this name."""
    return name in _types()


def is_text(path: Path) -> bool:
    """Whether text belongs at a path, and nothing else."""
    if _is_free(path):
        return True
    if len(path) > 1 and isinstance(path[-1], int):
        path = (*path[:-2], f"{path[-2]}{_ENTRY}")
    return bool(path) and _types().get(str(path[-1]), set("?")) <= {"string", "null"}


def _is_free(path: Path) -> bool:
    return any(step in _FREE for step in path[:-1])


@cache
def _formats() -> Mapping[str, str]:
    """The format of each text that has one, by the member's name."""
    described = (
        (name, member) for kind in KINDS for name, member in _described(schemas.manifest_schema(kind))
    )
    return {name: str(member["format"]) for name, member in described if "format" in member}


@cache
def _types() -> Mapping[str, set[str]]:
    """The types that each member may have, wherever it stands."""
    found: dict[str, set[str]] = {}
    for schema in (*map(schemas.manifest_schema, KINDS), schemas.schema("catalogsync.schema.json")):
        for name, types in _members(schema):
            found.setdefault(name, set()).update(types)
    return found


def _members(node: object) -> Iterator[tuple[str, list[str]]]:
    for name, member in _described(node):
        yield name, _types_of(member)
        if isinstance(member.get("items"), Mapping):
            yield f"{name}{_ENTRY}", _types_of(member["items"])


def _types_of(member: Schema) -> list[str]:
    types = member.get("type", "string" if "enum" in member or "const" in member else "object")
    return list(types) if isinstance(types, list) else [str(types)]


def _described(node: object) -> Iterator[tuple[str, Schema]]:
    """Every member with its schema."""
    if isinstance(node, Mapping):
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            yield from properties.items()
        for inner in node.values():
            yield from _described(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _described(inner)
