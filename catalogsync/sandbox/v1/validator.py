"""Holds requests against the drawn description the way the real server's request validator does. Pure.

Source: docs/server/transport.md#request-validation, #null; docs/server/transport.md#validator. One problem per answer: members in alphabetical
order, missing required ones after all present ones, the first problem ends the check. Schemas are compiled to closures once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from catalogsync.openmeter.description import Schema
from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.domain.durations import is_too_large

DATE_TIME = (
    r"^[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])"
    r"T([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|(\+|-)[0-9]{2}:[0-9]{2})$"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What does not fit: the path from where the check began, the reason, and the failure inside a combined schema that caused it.
    `plain`: not the validator's own, it is told without a path.
    """

    path: tuple[str, ...] = ()
    reason: str = ""
    origin: Failure | None = None
    plain: bool = False

    def below(self, name: str) -> Failure:
        return self if self.plain else Failure((name, *self.path), self.reason, self.origin)

    @property
    def combined(self) -> bool:
        return self.origin is not None

    def text(self) -> str:
        """The validator's sentence. The outermost combined schema is not spoken of: its path goes to what caused it."""
        if self.origin is not None and self.origin.plain:
            return self.origin.reason
        if self.origin is not None:
            return Failure((*self.path, *self.origin.path), self.origin.reason, self.origin.origin).spoken()
        return self.spoken()

    def spoken(self) -> str:
        where = f'Error at "/{"/".join(self.path)}": ' if self.path else ""
        return where + (
            f"doesn't match schema due to: {self.origin.spoken()}" if self.origin else self.reason
        )


Check = Callable[[Json], Failure | None]


class Validator:
    """Checks of a drawn description's schemas, compiled when first asked for."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self._named: dict[str, Check] = {}

    def named(self, name: str) -> Check:
        """The check of a component schema."""
        if name not in self._named:
            self._named[name] = self._later(name)  # a schema may refer to itself
            self._named[name] = self.compile(self._schemas[name])
        return self._named[name]

    def _later(self, name: str) -> Check:
        """A component's check, looked up when it is called: by then it is compiled."""

        def check(value: Json) -> Failure | None:
            return self._named[name](value)

        return check

    def compile(self, schema: Schema) -> Check:
        """The check of a schema."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            self.named(name)
            return self._later(name)
        nullable = bool(schema.get("nullable"))
        checks = [*self._combinations(schema), *_enum(schema)]
        own = self._own(schema)

        def check(value: Json) -> Failure | None:
            if value is None and nullable:
                return None
            for one in checks:
                if failure := one(value):
                    return failure
            return own(value)

        return check

    def _combinations(self, schema: Schema) -> list[Check]:
        checks: list[Check] = []
        if "oneOf" in schema:
            checks.append(self._one_of(schema))
        if "anyOf" in schema:
            checks.append(_any_of([self.compile(s) for s in schema["anyOf"]]))
        if "allOf" in schema:
            checks.append(_all_of([self.compile(s) for s in schema["allOf"]]))
        return checks

    def _one_of(self, schema: Schema) -> Check:
        branches = [self.compile(s) for s in schema["oneOf"]]
        discriminator = schema.get("discriminator")
        if discriminator is None:
            return _exactly_one(branches)
        name = discriminator["propertyName"]
        refs = {s["$ref"]: check for s, check in zip(schema["oneOf"], branches, strict=True) if "$ref" in s}
        mapping = {value: refs[ref] for value, ref in discriminator.get("mapping", {}).items()}
        undecided = _exactly_one(branches)

        def check(value: Json) -> Failure | None:
            if not isinstance(value, dict):
                return undecided(value)
            if name not in value:
                return Failure(reason=f'input does not contain the discriminator property "{name}"')
            said = value[name]
            if not isinstance(said, str):
                return Failure(reason=f'value of discriminator property "{name}" is not a string')
            branch = mapping.get(said)
            if branch is None:
                return Failure(reason=f'discriminator property "{name}" has invalid value')
            failure = branch(value)
            return Failure(origin=failure) if failure else None

        return check

    def _own(self, schema: Schema) -> Check:
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self._object(schema)
        if kind == "array":
            return self._array(schema)
        if kind == "string":
            return _string(schema)
        if kind in ("number", "integer"):
            return _number(schema, kind)
        if kind is None and ("minimum" in schema or "maximum" in schema):
            bounds = _number(schema, "number")  # bounds without a type hold numbers only
            return lambda value: bounds(value) if _is_number(value) else None
        if kind == "boolean":
            return lambda value: None if isinstance(value, bool) else _wrong(value, "a boolean")
        return lambda value: None

    def _object(self, schema: Schema) -> Check:
        members = {name: self.compile(s) for name, s in schema.get("properties", {}).items()}
        required = tuple(schema.get("required", ()))
        further = schema.get("additionalProperties")
        other = self.compile(further) if isinstance(further, Mapping) and further else None

        def check(value: Json) -> Failure | None:
            if not isinstance(value, dict):
                return _wrong(value, "an object")
            for name in sorted(value):
                one = members.get(name, other)
                if one is not None and (failure := one(value[name])):
                    return failure.below(name)
            for name in required:
                if name not in value:
                    return Failure((name,), f'property "{name}" is missing')
            return None

        return check

    def _array(self, schema: Schema) -> Check:
        item = self.compile(schema["items"])
        least, most = schema.get("minItems", 0), schema.get("maxItems")

        def check(value: Json) -> Failure | None:
            if not isinstance(value, list):
                return _wrong(value, "an array")
            if len(value) < least:
                return Failure(reason=f"minimum number of items is {least}")
            if most is not None and len(value) > most:
                return Failure(reason=f"maximum number of items is {most}")
            for n, one in enumerate(value):
                if failure := item(one):
                    return failure.below(str(n))
            return None

        return check


def _wrong(value: Json, wanted: str) -> Failure:
    if value is None:
        return Failure(reason="Value is not nullable")
    return _too_large(value) or Failure(reason=f"value must be {wanted}")


def _too_large(value: Json) -> Failure | None:
    """A number that no double holds is told as such, whatever is wanted in its place."""
    if not _is_number(value) or not is_too_large(value):
        return None
    text = str(value).lower().replace("+", "")
    return Failure(reason=f'strconv.ParseFloat: parsing "{text}": value out of range')


def _all_of(branches: list[Check]) -> Check:
    def check(value: Json) -> Failure | None:
        for branch in branches:
            if failure := branch(value):
                return Failure(origin=failure)
        return None

    return check


def _any_of(branches: list[Check]) -> Check:
    def check(value: Json) -> Failure | None:
        if any(branch(value) is None for branch in branches):
            return None
        return Failure(reason='doesn\'t match any schema from "anyOf"')

    return check


def _exactly_one(branches: list[Check]) -> Check:
    def check(value: Json) -> Failure | None:
        failures = [failure for branch in branches if (failure := branch(value)) is not None]
        if len(failures) == len(branches) - 1:
            return None
        if len(failures) == len(branches):
            return Failure(origin=failures[0])  # the first branch speaks for all
        return Failure(origin=Failure(reason="input matches more than one oneOf schemas"))

    return check


def _enum(schema: Schema) -> list[Check]:
    values = schema.get("enum")
    if values is None:
        return []
    shown = ",".join(f'"{v}"' for v in values)
    allowed = frozenset(values)

    def check(value: Json) -> Failure | None:
        if isinstance(value, str) and value in allowed:
            return None
        if failure := _too_large(value):
            return replace(failure, plain=True)
        return Failure(reason=f"value is not one of the allowed values [{shown}]")

    return [check]


def _string(schema: Schema) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    source = schema.get("pattern")
    pattern = go_pattern(source) if source else None
    moment = re.compile(go_source(DATE_TIME)) if schema.get("format") == "date-time" else None

    def check(value: Json) -> Failure | None:
        if not isinstance(value, str):
            return _wrong(value, "a string")
        if len(value) < least:
            return Failure(reason=f"minimum string length is {least}")
        if most is not None and len(value) > most:
            return Failure(reason=f"maximum string length is {most}")
        if pattern is not None and not pattern.search(value):
            return Failure(reason=f'string doesn\'t match the regular expression "{source}"')
        if moment is not None and not moment.search(value):
            return Failure(
                reason=f'string doesn\'t match the format "date-time": string doesn\'t match pattern "{DATE_TIME}"'
            )
        return None

    return check


def go_source(pattern: str) -> str:
    """A Go regular expression's text for Python: `$` is the very end there."""
    return re.sub(r"(?<!\\)\$", r"\\Z", pattern)


def go_pattern(pattern: str) -> re.Pattern[str]:
    """A Go regular expression as Python has it: `\\d` and the like are ASCII."""
    return re.compile(go_source(pattern), re.ASCII)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _number(schema: Schema, kind: str) -> Check:
    least, most = schema.get("minimum"), schema.get("maximum")

    def check(value: Json) -> Failure | None:
        if not _is_number(value):
            return _wrong(value, "an integer" if kind == "integer" else "a number")
        if failure := _too_large(value):
            return failure
        double = float(value)  # all that is asked of a number is asked of the double nearest to it
        if kind == "integer" and not double.is_integer():
            return Failure(reason="value must be an integer")
        if least is not None and double < least:
            return Failure(reason=f"number must be at least {least}")
        if most is not None and double > most:
            return Failure(reason=f"number must be at most {most}")
        return None

    return check
