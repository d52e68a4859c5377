"""What of a request's body a server's description does not know, member by member. Pure.

Two descriptions are read side by side, in the form that `openapi_subset.draw_wire` gives: the server's, and the newest that is known,
which tells the default of a member and the schema that has it. OpenMeter drops members that its description lacks without a word, and
refuses values outside an enumeration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogsync.core.diagnostics import Path
from catalogsync.core.values import Special

Description = Mapping[str, Any]
_Owned = tuple[str, Mapping[str, Any]]
"""A schema's part and the component that it stands in."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A place in a body. `member`: as `Schema.member`, where the newest description has it. `value`: None for a member that would be
    dropped; else the value that would be refused.
    """

    path: Path
    member: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One description, and a schema in it."""

    components: Mapping[str, Any]
    schema: Any

    def at(self, schema: Any) -> Side:
        return Side(self.components, schema)

    def parts(self, value: Any) -> list[_Owned]:
        """Everything that the schema says of a value: references followed, `allOf` joined, of a union the branch that the value names."""
        return list(_parts(self.schema, self.components, value, "", frozenset()))


def operation(description: Description, method: str, path: Sequence[str]) -> Mapping[str, Any] | None:
    """The operation of a method and a path's parts below `/api/v1` ("*" for an id); None where there is none."""
    wanted = ("api", "v1", *path)
    for template, item in description["paths"].items():
        parts = template.strip("/").split("/")
        if len(parts) == len(wanted) and all(
            p == w or p.startswith("{") for p, w in zip(parts, wanted, strict=True)
        ):
            found = item.get(method.lower())
            if isinstance(found, Mapping):
                return found
    return None


def body_side(description: Description, described: Mapping[str, Any]) -> Side:
    """The schema of an operation's JSON body; an empty one, which knows everything, where it has none."""
    content = described.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return Side(description["components"]["schemas"], schema)


def unknown(body: Any, server: Side, newest: Side, at: Path = ()) -> Iterator[Unknown]:
    """The members that the server would drop and the values that it would refuse; what says no more than the default passes."""
    if isinstance(body, Special):
        return
    if isinstance(body, Mapping):
        yield from _members(body, server, newest, at)
    elif isinstance(body, list | tuple):
        ours, theirs = _word(newest, body, "items"), _word(server, body, "items")
        if theirs is not None:
            for number, item in enumerate(body):
                yield from unknown(item, server.at(theirs), newest.at(ours), (*at, number))
    elif isinstance(body, str):
        choices = _word(server, body, "enum")
        if choices is not None and body not in choices:
            yield Unknown(at, value=body)


def _members(body: Mapping[str, Any], server: Side, newest: Side, at: Path) -> Iterator[Unknown]:
    known, ours = server.parts(body), newest.parts(body)
    branch = _unknown_branch(known, body)
    if branch is not None:
        yield Unknown((*at, branch), value=str(body[branch]))
        return
    for name, value in body.items():
        there, here = _member(known, name), _member(ours, name)
        schema = here[1] if here else {}
        if there is not None:
            yield from unknown(value, server.at(there[1]), newest.at(schema), (*at, name))
        elif _is_closed(known) and not _says_nothing(value, newest.at(schema)):
            yield Unknown((*at, name), f"{here[0]}.{name}" if here else "")


def _parts(
    schema: Any, components: Mapping[str, Any], value: Any, owner: str, inside: frozenset[str]
) -> Iterator[_Owned]:
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        if name not in inside:
            yield from _parts(components.get(name), components, value, name, inside | {name})
    for part in (*schema.get("allOf", ()), *_branches(schema, value)):
        yield from _parts(part, components, value, owner, inside)
    yield owner, schema


def _branches(schema: Mapping[str, Any], value: Any) -> Sequence[Any]:
    branches = (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if not mapping or not isinstance(value, Mapping):
        return branches
    chosen = mapping.get(value.get(schema["discriminator"]["propertyName"]))
    return ({"$ref": chosen},) if chosen else ()


def _unknown_branch(parts: Sequence[_Owned], body: Mapping[str, Any]) -> str | None:
    """The member by which a union's branch is chosen, where it names none of them."""
    for _, part in parts:
        discriminator = part.get("discriminator", {})
        name, mapping = discriminator.get("propertyName"), discriminator.get("mapping")
        if mapping and name in body and body[name] not in mapping:
            return str(name)
    return None


def _member(parts: Sequence[_Owned], name: str) -> _Owned | None:
    for owner, part in parts:
        if name in part.get("properties", {}):
            return owner, part["properties"][name]
    free = next((part for _, part in parts if isinstance(part.get("additionalProperties"), Mapping)), None)
    return ("", free["additionalProperties"]) if free else None


def _is_closed(parts: Sequence[_Owned]) -> bool:
    return any("properties" in part for _, part in parts) and not any(
        part.get("additionalProperties") for _, part in parts
    )


def _word(side: Side, value: Any, word: str) -> Any:
    return next((part[word] for _, part in side.parts(value) if word in part), None)


def _says_nothing(value: Any, newest: Side) -> bool:
    empty = value is None or (isinstance(value, str | Mapping | list | tuple) and not value)
    return empty or value == _word(newest, value, "default")
