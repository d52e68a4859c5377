"""The description's schemas held against a JSON value as v3's validator does: every problem at once, defaults
filled in. Pure.

An `allOf` or `oneOf` reports itself, not what is wrong inside; an object's own members are visited in
alphabetical order, missing required ones come last (recorded: `v3_plan_schema_refusals`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.openmeter.description import Schema
from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.v3.problems import Parameter

_RULES = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
}
_NAMED = {"object": "an object", "array": "an array", "integer": "an integer"}
_DATE_TIME = re.compile(
    r"[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-4]):[0-5][0-9]:([0-5][0-9]|60)"
    r"(\.[0-9]+)?(Z|([+-])([0-9]{2}):([0-9]{2}))"
)
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One broken rule at one place."""

    path: Path
    rule: str
    reason: str


def parameters_of(failures: list[Failure]) -> list[Parameter]:
    """The failures as they are shown. A failure without a path shows the path of the one before it, as the
    server does.
    """
    shown, field = [], ""
    for failure in failures:
        field = ".".join(failure.path) or field
        shown.append(Parameter(field, failure.reason, _RULES.get(failure.rule, failure.rule)))
    return shown


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks values against schemas whose references are looked up in `schemas`."""

    schemas: Mapping[str, Schema]

    def check(self, schema: Schema, value: Json, path: Path = ()) -> list[Failure]:
        """Every problem of a value. Absent members with a default are filled in where the value is an
        object.
        """
        if "$ref" in schema:
            return self.check(self.schemas[schema["$ref"].rsplit("/", 1)[1]], value, path)
        if value is None and (not schema or schema.get("nullable")):
            return [] if schema else [Failure(path, "nullable", "Value is not nullable")]
        if not schema:
            return []
        failures = self._combined(schema, value, path)
        if failures or ("oneOf" in schema and "discriminator" in schema):
            return failures
        if "enum" in schema and value not in schema["enum"]:
            allowed = "[" + ",".join(f'"{one}"' for one in schema["enum"]) + "]"
            return [Failure(path, "enum", f"value is not one of the allowed values {allowed}")]
        if value is None:
            return [] if not schema.get("type") else [Failure(path, "nullable", "Value is not nullable")]
        return self._typed(schema, value, path)

    def instants(self, schema: Schema, value: Json) -> Iterator[str]:
        """The texts in a checked value that its schema says are instants."""
        if "$ref" in schema:
            yield from self.instants(self.schemas[schema["$ref"].rsplit("/", 1)[1]], value)
        for one in schema.get("allOf", ()):
            yield from self.instants(one, value)
        for one in schema.get("oneOf", ()):
            if "discriminator" not in schema and not self.check(one, value):
                yield from self.instants(one, value)
        if isinstance(value, str) and schema.get("format") == "date-time":
            yield value
        if isinstance(value, dict):
            for name, member in schema.get("properties", {}).items():
                yield from self.instants(member, value.get(name))

    def _combined(self, schema: Schema, value: Json, path: Path) -> list[Failure]:
        if "oneOf" in schema and (failure := self._one_of(schema, value, path)):
            return [failure]
        if "anyOf" in schema and all(self.check(one, value) for one in schema["anyOf"]):
            return [Failure(path, "anyOf", 'doesn\'t match any schema from "anyOf"')]
        if any(self.check(one, value) for one in schema.get("allOf", ())):
            return [Failure(path, "allOf", 'doesn\'t match all schemas from "allOf"')]
        return []

    def _one_of(self, schema: Schema, value: Json, path: Path) -> Failure | None:
        discriminator = schema.get("discriminator")
        if discriminator is not None and isinstance(value, dict):
            name = discriminator["propertyName"]
            if name not in value:
                reason = f'input does not contain the discriminator property "{name}"'
                return Failure(path, "discriminator", reason)
            mapping = discriminator.get("mapping", {})
            if not isinstance(value[name], str) or value[name] not in mapping:
                return Failure(path, "discriminator", f'discriminator property "{name}" has invalid value')
            if self.check({"$ref": mapping[value[name]]}, value):
                return Failure(path, "oneOf", 'value doesn\'t match any schema from "oneOf"')
            return None
        fitting = sum(not self.check(one, value) for one in schema["oneOf"])
        if fitting == 1:
            return None
        if fitting > 1:
            return Failure(path, "oneOf", "input matches more than one oneOf schemas")
        return Failure(path, "oneOf", 'value doesn\'t match any schema from "oneOf"')

    def _typed(self, schema: Schema, value: Json, path: Path) -> list[Failure]:
        kind = schema.get("type")
        found = _kind(value)
        if kind is not None and kind != found and not (kind == "number" and found == "integer"):
            article = _NAMED.get(str(kind), f"a {kind}")
            return [Failure(path, "type", f"value must be {article}")]
        if found == "object":
            return list(self._object(schema, value, path))
        if found == "array":
            return list(self._array(schema, value, path))
        if found == "string":
            return list(_string(schema, value, path))
        return list(_number(schema, value, path)) if found in ("integer", "number") else []

    def _object(self, schema: Schema, value: dict[str, Json], path: Path) -> Iterator[Failure]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        for name, member in properties.items():
            if value.get(name) is None and "default" in member:
                value[name] = member["default"]
        if len(value) > schema.get("maxProperties", len(value)):
            yield Failure(
                path, "maxProperties", f"there must be at most {schema['maxProperties']} properties"
            )
        if len(value) < schema.get("minProperties", 0):
            yield Failure(
                path, "minProperties", f"there must be at least {schema['minProperties']} properties"
            )
        others = schema.get("additionalProperties", True)
        for name in sorted(value):
            if name in properties and properties[name].get("readOnly"):
                yield Failure((*path, name), "readOnly", f'readOnly property "{name}" in request')
            elif name in properties:
                yield from self.check(properties[name], value[name], (*path, name))
            elif others is False:
                yield Failure(path, "properties", f'property "{name}" is unsupported')
            elif isinstance(others, Mapping):
                yield from self.check(others, value[name], (*path, name))
        for name in schema.get("required", ()):
            if name not in value:
                yield Failure((*path, name), "required", f'property "{name}" is missing')

    def _array(self, schema: Schema, value: list[Json], path: Path) -> Iterator[Failure]:
        if len(value) < schema.get("minItems", 0):
            yield Failure(path, "minItems", f"minimum number of items is {schema['minItems']}")
        if len(value) > schema.get("maxItems", len(value)):
            yield Failure(path, "maxItems", f"maximum number of items is {schema['maxItems']}")
        if schema.get("uniqueItems") and any(one in value[:n] for n, one in enumerate(value)):
            yield Failure(path, "uniqueItems", "duplicate items found")
        for number, one in enumerate(value):
            yield from self.check(schema.get("items", {}), one, (*path, str(number)))


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    if isinstance(value, str):
        return "string"
    return "integer" if value == int(value) else "number"


def _string(schema: Schema, value: str, path: Path) -> Iterator[Failure]:
    if len(value) < schema.get("minLength", 0):
        yield Failure(path, "minLength", f"minimum string length is {schema['minLength']}")
    if len(value) > schema.get("maxLength", len(value)):
        yield Failure(path, "maxLength", f"maximum string length is {schema['maxLength']}")
    if "pattern" in schema and not _matches(schema["pattern"], value):
        yield Failure(path, "pattern", f'string doesn\'t match the regular expression "{schema["pattern"]}"')
    if schema.get("format") == "date-time" and not _DATE_TIME.fullmatch(value):
        yield Failure(path, "format", 'string doesn\'t match the format "date-time"')


def _matches(pattern: str, value: str) -> bool:
    """Go's reading of the pattern: `$` is the end of the text, classes are ASCII."""
    return (
        re.search(pattern.replace("$", r"\Z") if pattern.endswith("$") else pattern, value, re.ASCII)
        is not None
    )


def _number(schema: Schema, value: int | Decimal, path: Path) -> Iterator[Failure]:
    if value < schema.get("minimum", value):
        yield Failure(path, "minimum", f"number must be at least {schema['minimum']}")
    if value > schema.get("maximum", value):
        yield Failure(path, "maximum", f"number must be at most {schema['maximum']}")
