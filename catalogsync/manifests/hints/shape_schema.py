"""What a schema asks of a value: its types, members, entries, and whether it takes another value. No I/O but the schemas themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from catalogsync.core.canon import Json
from catalogsync.openmeter.description import Schema

_IDENTITIES = ("key", "addon", "slug")


@dataclass(frozen=True, slots=True)
class Shape:
    """A part of a kind's schema. `root`: the whole, for its definitions; `judge`: whether a schema takes a value."""

    schema: Schema
    root: Schema
    judge: Callable[[Schema, Json], bool]

    @property
    def types(self) -> list[str]:
        """The JSON types that are taken."""
        types = self.described.get("type", [])
        return list(types) if isinstance(types, list) else [str(types)]

    @property
    def is_free(self) -> bool:
        """Whether it is an object whose members' names the writer chooses."""
        return isinstance(self.described.get("additionalProperties"), Mapping)

    @property
    def is_duration(self) -> bool:
        return self.described.get("format") == "duration"

    @property
    def members(self) -> dict[str, Schema]:
        """The members of an object, those of all its forms."""
        return {name: member for one in self._forms() for name, member in one.get("properties", {}).items()}

    @property
    def required(self) -> list[str]:
        """The members that an object must have, whatever its form."""
        first, *others = (list(one.get("required", ())) for one in self._forms())
        return [name for name in first if all(name in other for other in others)]

    @property
    def identity(self) -> str:
        """The member that tells an entry of a list from others; "" for none."""
        return next((name for name in _IDENTITIES if name in self.required), "")

    @property
    def items(self) -> Shape:
        """The shape of a list's entries."""
        items = self.described.get("items", {})
        return Shape(items if isinstance(items, dict) else {}, self.root, self.judge)

    def member(self, name: str) -> Shape:
        """The shape of a member."""
        return Shape(self.members.get(name, {}), self.root, self.judge)

    def choices(self, name: str) -> list[Json]:
        """The values that a member may have, where they are listed."""
        return cast("list[Json]", list(self.described.get("properties", {}).get(name, {}).get("enum", ())))

    def takes(self, value: Json) -> bool:
        """Whether the schema takes a value."""
        return self.judge({**self.schema, "definitions": self.root.get("definitions", {})}, value)

    def filled(self, value: Json) -> Json:
        """The object that one value stands for: it fits one member that must be there, and the others can be one thing only. Else null."""
        found: dict[str, Json] = {}
        placed = False
        for name in self.required or (list(self.members) if len(self.members) == 1 else []):
            member = self.member(name)
            choices = cast("list[Json]", list(member.described.get("enum", ())))
            if not placed and member.takes(value) and (len(choices) != 1 or value == choices[0]):
                found[name], placed = value, True
            elif len(choices) == 1:
                found[name] = choices[0]
            elif member.types == ["boolean"]:
                found[name] = True
            else:
                return None
        return found if placed else None

    def form_with(self, value: Json) -> tuple[str, Shape] | None:
        """The one member that takes a list, with the form that has it."""
        found = []
        for one in self._forms():
            shape = Shape(one, self.root, self.judge)
            found += [
                (name, shape)
                for name in shape.members
                if "array" in shape.member(name).types and shape.member(name).takes(value)
            ]
        return found[0] if len(found) == 1 else None

    @property
    def described(self) -> Schema:
        """The schema itself where it refers to another one."""
        return self._resolved(self.schema)

    def _resolved(self, schema: Schema) -> Schema:
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        return self.root.get("definitions", {}).get(reference.rpartition("/")[2], {})

    def _forms(self) -> list[Schema]:
        """The schema itself, or each that it chooses from."""
        described = self.described
        forms = [self._resolved(one["then"]) for one in described.get("allOf", ()) if "then" in one]
        return forms or [described]
