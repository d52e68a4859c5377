"""Which members hold numbers and which hold text, by the schemas: what to write there in place of a scalar that YAML readers take
differently. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import number_words
from catalogsync.manifests.scalars import Trap
from catalogsync.openmeter import schemas
from catalogsync.openmeter.kinds import KINDS

_FREE = frozenset(("metadata", "groupBy", "customHeaders"))
"""Members whose names the writer chooses; their values are text."""
_NUMBERS = frozenset(("number", "integer"))


def hint(path: Path, trap: Trap) -> str:
    """What to write at a path: the one reading that fits there, or each where either may be meant."""
    if trap.code == "yaml-long-number":
        return trap.hint
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
    if any(step in _FREE for step in path[:-1]):
        return True
    return bool(path) and _types().get(str(path[-1]), set("?")) <= {"string", "null"}


@cache
def _types() -> Mapping[str, set[str]]:
    """The types that each member may have, wherever it stands."""
    found: dict[str, set[str]] = {}
    for kind in KINDS:
        for name, types in _members(schemas.manifest_schema(kind)):
            found.setdefault(name, set()).update(types)
    return found


def _members(node: object) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, Mapping):
        properties = node.get("properties")
        for name, member in properties.items() if isinstance(properties, Mapping) else ():
            types = member.get("type", "string" if "enum" in member or "const" in member else "object")
            yield name, types if isinstance(types, list) else [types]
        for inner in node.values():
            yield from _members(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _members(inner)
