"""What of a request's body a server's description does not know, member by member. Pure.

Two descriptions are read side by side, in the form that `openapi_subset.draw_wire` gives: the server's, and the newest that is known,
which tells the default of a member and the schema that has it. OpenMeter drops members that its description lacks without a word, and
refuses values outside an enumeration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Path
from catalogsync.core.values import Special
from catalogsync.openmeter.description import Description, Discriminator, Operation, Schema

_Owned: TypeAlias = tuple[str, Schema]
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

    components: Mapping[str, Schema]
    schema: object

    def at(self, schema: object) -> Side:
        return Side(self.components, schema)

    def parts(self, value: object) -> list[_Owned]:
        """Everything that the schema says of a value: references followed, `allOf` joined, of a union the branch that the value names."""
        return list(_parts(self.schema, self.components, value, "", frozenset()))


def operation(description: Description, method: str, path: Sequence[str]) -> Operation | None:
    """The operation of a method and a path's parts below `/api/v1` ("*" for an id); None where there is none."""
    wanted = ("api", "v1", *path)
    for template, item in description["paths"].items():
        parts = template.strip("/").split("/")
        if len(parts) == len(wanted) and all(
            p == w or p.startswith("{") for p, w in zip(parts, wanted, strict=True)
        ):
            said: Body = item
            found = said.get(method.lower())
            if isinstance(found, Mapping):
                return cast("Operation", found)
    return None


def body_side(description: Description, described: Operation) -> Side:
    """The schema of an operation's JSON body; an empty one, which knows everything, where it has none."""
    media = described.get("requestBody", {}).get("content", {}).get("application/json")
    return Side(description["components"]["schemas"], media.get("schema", {}) if media else {})


def unknown(body: object, server: Side, newest: Side, at: Path = ()) -> Iterator[Unknown]:
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
        if isinstance(choices, list | tuple) and body not in choices:
            yield Unknown(at, value=body)


def _members(body: Body, server: Side, newest: Side, at: Path) -> Iterator[Unknown]:
    known, ours = server.parts(body), newest.parts(body)
    branch = _unknown_branch(known, body)
    if branch is not None:
        yield Unknown((*at, branch), value=str(body[branch]))
        return
    for name, value in body.items():
        there, here = _member(known, name), _member(ours, name)
        schema: object = here[1] if here else {}
        if there is not None:
            yield from unknown(value, server.at(there[1]), newest.at(schema), (*at, name))
        elif _is_closed(known) and not _says_nothing(value, newest.at(schema)):
            yield Unknown((*at, name), f"{here[0]}.{name}" if here else "")


def _parts(
    said: object, components: Mapping[str, Schema], value: object, owner: str, inside: frozenset[str]
) -> Iterator[_Owned]:
    if not isinstance(said, Mapping):
        return
    schema = cast("Schema", said)
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        if name not in inside:
            yield from _parts(components.get(name), components, value, name, inside | {name})
    for part in (*schema.get("allOf", ()), *_branches(schema, value)):
        yield from _parts(part, components, value, owner, inside)
    yield owner, schema


def _branches(schema: Schema, value: object) -> Sequence[Schema]:
    branches = (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if not mapping or not isinstance(value, Mapping):
        return branches
    chosen = mapping.get(str(value.get(schema["discriminator"]["propertyName"])))
    return ({"$ref": chosen},) if chosen else ()


def _unknown_branch(parts: Sequence[_Owned], body: Body) -> str | None:
    """The member by which a union's branch is chosen, where it names none of them."""
    for _, part in parts:
        discriminator: Discriminator = part.get("discriminator", {})
        name, mapping = discriminator.get("propertyName"), discriminator.get("mapping")
        if mapping and name is not None and name in body and str(body[name]) not in mapping:
            return name
    return None


def _member(parts: Sequence[_Owned], name: str) -> tuple[str, object] | None:
    for owner, part in parts:
        if name in part.get("properties", {}):
            return owner, part["properties"][name]
    free = next((part for _, part in parts if isinstance(part.get("additionalProperties"), Mapping)), None)
    return ("", free["additionalProperties"]) if free else None


def _is_closed(parts: Sequence[_Owned]) -> bool:
    return any("properties" in part for _, part in parts) and not any(
        part.get("additionalProperties") for _, part in parts
    )


def _word(side: Side, value: object, word: Literal["items", "enum", "default"]) -> object:
    return next((part[word] for _, part in side.parts(value) if word in part), None)


def _says_nothing(value: object, newest: Side) -> bool:
    empty = value is None or (isinstance(value, str | Mapping | list | tuple) and not value)
    return empty or value == _word(newest, value, "default")
