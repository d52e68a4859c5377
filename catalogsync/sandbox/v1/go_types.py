"""The Go types that the real server reads bodies into, as they follow from the description's schemas. Pure.

The server's types are generated from the same description: what is required and not nullable is a plain value, everything else a
pointer; a text of the format `json` is kept as it was sent; one of several shapes is kept as text and read later, by its discriminator.
Source: docs/server/transport.md#decoder.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


class Kind(enum.Enum):
    """How Go reads a value."""

    STRING = "string"
    TIME = "time.Time"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float64"
    SLICE = "slice"
    MAP = "map"
    STRUCT = "struct"
    LOOSE = "loose"
    """One of several shapes without a discriminator: read as if it were all of them."""
    UNION = "union"
    RAW = "json.RawMessage"
    ANY = "any"


_PLAIN = {Kind.STRING, Kind.BOOL, Kind.FLOAT, Kind.RAW, Kind.ANY}
_BITS = {"uint8": (0, 2**8), "uint32": (0, 2**32), "int32": (-(2**31), 2**31)}


class GoType:
    """One type. `plain`: what the validator has passed is read as it is. `item`: of a slice or a map; `members`: of a struct, by name,
    and by the name as Go folds it; `branches`: of a union, by what its `discriminator` says; `least`, `below`: of an integer.
    """

    __slots__ = (
        "below", "branches", "discriminator", "folded", "item", "kind", "least", "members", "name", "plain", "required",
    )  # fmt: skip

    def __init__(self, kind: Kind, name: str) -> None:
        self.kind, self.name = kind, name
        self.plain = kind in _PLAIN
        self.item: GoType | None = None
        self.members: dict[str, Member] = {}
        self.folded: dict[str, Member] = {}
        self.required: tuple[Member, ...] = ()
        self.branches: dict[str, GoType] = {}
        self.discriminator = ""
        self.least, self.below = -(2**63), 2**63

    @property
    def struct(self) -> str:
        """A struct's name as an error's text has it."""
        return self.name.removeprefix("api.")


class Member:
    """A member of a struct. `pointer`: null unsays it; `nullable`: null is a value that the description knows."""

    __slots__ = ("name", "nullable", "pointer", "type")

    def __init__(self, name: str, type_: GoType, *, nullable: bool, pointer: bool) -> None:
        self.name, self.type, self.nullable, self.pointer = name, type_, nullable, pointer


def folded(name: str) -> str:
    """A name as Go compares names: without regard to case, and by Unicode's simple folding."""
    return name.lower().replace("ſ", "s")


class Types:
    """The types of a drawn description's schemas, each made once."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self._made: dict[int, tuple[Schema, GoType]] = {}

    def of(self, schema: Schema) -> GoType:
        """The type of a schema."""
        return self._of(schema, "")

    def _of(self, schema: Schema, name: str) -> GoType:
        """`name`: what Go calls a type that has no component of its own."""
        if (found := self._made.get(id(schema))) is not None:
            return found[1]
        inner, component = self._unwrapped(schema)
        if inner is not schema:
            made = self._of(inner, f"api.{component}" if component else name)
            self._made[id(schema)] = schema, made
            return made
        kind = _kind(schema)
        made = GoType(kind, name)
        self._made[id(schema)] = schema, made  # a type may hold itself
        self._fill(made, schema)
        return made

    def _unwrapped(self, schema: Schema) -> tuple[Schema, str]:
        """What a schema stands for, behind references and a lone `allOf`, and the last component's name on the way. Raises ValueError for
        a component that stands for itself.
        """
        component, passed = "", set[str]()
        while True:
            if "$ref" in schema:
                component = schema["$ref"].rpartition("/")[2]
                if component in passed:
                    raise ValueError(f"{component} refers to itself")
                passed.add(component)
                schema = self._schemas[component]
            elif len(schema.get("allOf", ())) == 1 and not schema.get("properties"):
                schema = schema["allOf"][0]
            else:
                return schema, component

    def _fill(self, made: GoType, schema: Schema) -> None:
        if made.kind is Kind.SLICE:
            made.item = self._of(schema["items"], "")
            made.name = f"[]{made.item.name}"
        elif made.kind is Kind.MAP:
            further = schema.get("additionalProperties")
            made.item = self._of(further, "") if isinstance(further, Mapping) and further else _ANY
            made.name = f"map[string]{made.item.name}"
        elif made.kind is Kind.UNION:
            made.discriminator = schema["discriminator"]["propertyName"]
            mapping = schema["discriminator"].get("mapping", {})
            made.branches = {said: self.of({"$ref": ref}) for said, ref in mapping.items()}
        elif made.kind is Kind.INT:
            made.name = schema.get("format", "int") if schema.get("format") in _BITS else "int"
            made.least, made.below = _BITS.get(made.name, (made.least, made.below))
        elif made.kind in (Kind.STRUCT, Kind.LOOSE):
            self._fill_members(made, schema)
        elif made.kind is not Kind.STRING or "enum" not in schema or not made.name:
            made.name = made.kind.value

    def _fill_members(self, made: GoType, schema: Schema) -> None:
        for part in schema.get("allOf", ()):
            made.members.update(self.of(part).members)
        for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
            for name, member in self.of(branch).members.items():
                made.members.setdefault(name, member)
        required = schema.get("required", ())
        for name, described in schema.get("properties", {}).items():
            type_ = self._of(described, f"{made.name}{name[:1].upper()}{name[1:]}")
            nullable = bool(described.get("nullable"))
            pointer = nullable or name not in required
            made.members[name] = Member(name, type_, nullable=nullable, pointer=pointer)
        made.folded = {folded(name): member for name, member in made.members.items()}
        if made.kind is Kind.STRUCT:
            parts = (
                name
                for part in schema.get("allOf", ())
                for name in self._unwrapped(part)[0].get("required", ())
            )
            made.required = tuple(
                made.members[n] for n in dict.fromkeys((*parts, *required)) if n in made.members
            )


_ANY = GoType(Kind.ANY, "interface {}")


def _kind(schema: Schema) -> Kind:
    type_, format_ = schema.get("type"), schema.get("format")
    if "oneOf" in schema and "discriminator" in schema:
        return Kind.UNION
    if "oneOf" in schema or "anyOf" in schema:
        return Kind.LOOSE
    if "properties" in schema or "allOf" in schema:
        return Kind.STRUCT
    if type_ == "object":
        return Kind.MAP
    if type_ == "string":
        return {"date-time": Kind.TIME, "json": Kind.RAW}.get(str(format_), Kind.STRING)
    kinds = {"array": Kind.SLICE, "boolean": Kind.BOOL, "integer": Kind.INT, "number": Kind.FLOAT}
    return kinds.get(str(type_), Kind.ANY)


def zero(type_: GoType) -> Any:
    """What a plain value of the type holds before anything is read into it. A union without a text is None."""
    match type_.kind:
        case Kind.STRING:
            return ""
        case Kind.TIME:
            return "0001-01-01T00:00:00Z"
        case Kind.BOOL:
            return False
        case Kind.INT | Kind.FLOAT:
            return 0
        case Kind.SLICE:
            return []
        case Kind.MAP | Kind.LOOSE:
            return {}
        case Kind.STRUCT:
            return {m.name: None if m.pointer else zero(m.type) for m in type_.required}
        case _:
            return None
