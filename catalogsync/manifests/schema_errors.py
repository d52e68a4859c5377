"""Says what is wrong with a manifest that its schema refuses: one diagnostic per cause, at the place, with
what to write instead.

jsonschema finds what failed; the schemas are built so that only the branch that the writer chose is judged
(see `schemadraw.kinds`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Protocol, cast

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Kind
from catalogsync.manifests import fitting_types, structures, suggestions
from catalogsync.manifests.schema_messages import Refusal, wrong_value
from catalogsync.manifests.shape_schema import Shape
from catalogsync.manifests.source_map import MergedOrigin, Origin
from catalogsync.openmeter import schemas
from catalogsync.openmeter.description import Schema

_ORDER = ("type", "const", "enum", "pattern")


def _is_number(_: object, value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value)


def _pattern(_: object, pattern: str, value: object, schema: object) -> Iterator[ValidationError]:
    """Patterns as the server reads them: ASCII digits, `$` is the end of the text (docs/server/transport.md#request-validation)."""
    if isinstance(value, str):
        exact = re.sub(r"\$(?=$|\|)", r"\\Z", pattern)
        if not re.search(exact, value, re.ASCII):
            yield ValidationError("pattern")


_CHECKER = Draft7Validator.TYPE_CHECKER.redefine("number", _is_number).redefine("integer", _is_integer)
_Validator = extend(Draft7Validator, {"pattern": _pattern}, type_checker=_CHECKER)  # type: ignore[no-untyped-call]


class Validator(Protocol):
    """Finds what a schema refuses in a value."""

    def iter_errors(self, instance: object) -> Iterator[Refusal]:
        """Every refusal, in the schema's order."""
        ...


def validator(schema: Schema) -> Validator:
    """Finds what a schema refuses in a value of a file."""
    return cast("Validator", _Validator(schema))


@cache
def _validator(kind: Kind) -> Validator:
    return validator(schemas.manifest_schema(kind))


def explain(kind: Kind, value: Mapping[str, Json], origin: Origin, subject: str) -> list[Diagnostic]:
    """Diagnostics for all that the schema of the kind refuses in a document."""
    return list(_problems(kind, value, origin, subject)) or [_unexplained(origin, subject)]


def _problems(kind: Kind, value: Mapping[str, Json], origin: Origin, subject: str) -> Iterator[Diagnostic]:
    errors = sorted(_validator(kind).iter_errors(value), key=rank)
    seen: set[Path] = set()
    meant: set[tuple[Path, str]] = set()
    currency = str(value.get("currency", ""))
    mistyped = {tuple(e.absolute_path)[:-1] for e in errors if _is_of_a_type(e)}
    for place, found in _of_another_type(kind, value, errors, origin, subject):
        mistyped.add(place)
        yield found
    for error in errors:
        path: Path = tuple(error.absolute_path)
        if path in mistyped:  # its members are judged by a type that it was not meant to have
            continue
        if error.validator == "additionalProperties":
            yield from _unknown(kind, error, origin, subject, meant)
        elif error.validator == "required":
            name = missing_name(error)
            if (path, name) not in meant:
                yield from _missing(kind, value, error, name, origin, subject)
        elif path not in seen:
            seen.add(path)
            words = wrong_value(error, path, currency)
            if error.validator == "type" and path:
                shape = Shape(error.schema, schemas.manifest_schema(kind), _takes)
                words = replace(words, hint=structures.hint(shape, path, error.instance, value) or words.hint)
            where = origin.locate(path)
            hint = _EMPTY if error.instance is None and _is_needed(kind, value, path) else words.hint
            yield Diagnostic(words.code, Severity.ERROR, words.summary, where, words.detail, hint, subject)


_EMPTY = "give it a value"


def _is_needed(kind: Kind, value: Mapping[str, Json], path: Path) -> bool:
    """Whether the schema refuses a document without the member at a path."""
    errors = _validator(kind).iter_errors(fitting_types.without(dict(value), path))
    return any(error.validator == "required" and tuple(error.absolute_path) == path[:-1] for error in errors)


def _of_another_type(
    kind: Kind, value: Mapping[str, Json], errors: Sequence[Refusal], origin: Origin, subject: str
) -> Iterator[tuple[Path, Diagnostic]]:
    """Objects that lack what their type asks for and have all that another one does: the type is the slip. Each with its place."""
    for error in errors:
        path, members = tuple(error.absolute_path), _members(error)
        if error.validator != "additionalProperties" or not isinstance(members.get("type"), str):
            continue
        strange = [name for name in members if name not in error.schema.get("properties", {})]
        meant = set.intersection(*(set(suggestions.owners(kind, name)) for name in strange))
        lacks = any(one.validator == "required" and tuple(one.absolute_path) == path for one in errors)
        if len(meant) != 1 or not lacks:
            continue
        other = meant.pop()
        if fitting_types.fits(dict(value), path, other, _validator(kind).iter_errors):
            listed = " and ".join(f"`{name}`" for name in strange)
            summary = f"{suggestions.named(path, members)} has {listed} of type {other}"
            where = origin.locate((*path, "type"))
            hint = f"write `type: {other}`"
            yield (
                path,
                Diagnostic(
                    "manifest-unknown-value", Severity.ERROR, summary, where, hint=hint, subject=subject
                ),
            )


def _takes(schema: Schema, value: Json) -> bool:
    return next(validator(schema).iter_errors(value), None) is None


def _members(error: Refusal) -> Mapping[str, Json]:
    """The object that an error about members is about."""
    return error.instance if isinstance(error.instance, Mapping) else {}


def _is_of_a_type(error: Refusal) -> bool:
    return error.validator in ("const", "enum") and list(error.absolute_path)[-1:] == ["type"]


def rank(error: Refusal) -> tuple[bool, int]:
    """Unknown members first, so that a misspelled one explains the missing one; then a wrong type before
    all that follows from it.
    """
    word = str(error.validator)
    return word != "additionalProperties", _ORDER.index(word) if word in _ORDER else len(_ORDER)


def _unexplained(origin: Origin, subject: str) -> Diagnostic:
    return Diagnostic(
        "manifest-invalid",
        Severity.ERROR,
        "the schema refuses this object",
        origin.locate(()),
        subject=subject,
    )


def missing_name(error: Refusal) -> str:
    """Which required member an error is about."""
    said = re.match(r"'(.*)' is a required property", error.message)
    return said[1] if said else next(name for name in error.schema["required"] if name not in _members(error))


def _around(value: Mapping[str, Json], path: Path, name: str) -> str:
    """What the document itself says of a member that one of its rate cards lacks: how often it is billed."""
    around = value.get(name) if name == "billingCadence" and path else None
    return around if isinstance(around, str) and suggestions.fits_in_a_message(around) else ""


def _missing(
    kind: Kind, value: Mapping[str, Json], error: Refusal, name: str, origin: Origin, subject: str
) -> Iterator[Diagnostic]:
    """A member that is missing; beside a type that is, what else is missing whatever the type."""
    path: Path = tuple(error.absolute_path)
    schema = schemas.manifest_schema(kind) if error.absolute_schema_path[0] == "else" else error.schema
    member = schema.get("properties", {}).get(name, {})
    choices = [str(one) for one in member.get("enum", ())]
    hint = suggestions.example(name, schema, _around(value, path, name))
    besides: Sequence[Refusal] = ()
    if name == "type" and len(choices) > 1:
        misspelt = suggestions.nearest_name(
            name, [one for one in _members(error) if one not in ("key", "name")]
        )
        fitting = fitting_types.of(dict(value), path, choices, _validator(kind).iter_errors)
        besides = fitting.missing
        hint = f"did you mean `type` instead of `{misspelt}`?" if misspelt else _type_hint(member, fitting)
    yield _lacking(error, name, "" if choices else str(member.get("description", "")), hint, origin, subject)
    for other in besides:
        lacking = missing_name(other)
        example = suggestions.example(lacking, other.schema, _around(value, path, lacking))
        described = other.schema.get("properties", {}).get(lacking, {}).get("description", "")
        yield _lacking(other, lacking, str(described), example, origin, subject)


def _type_hint(member: Schema, fitting: fitting_types.Fitting) -> str:
    said = suggestions.explained(member, fitting.types)
    if len(fitting.types) > 1:
        return f"add `type:` with one of {said}"
    only = fitting.types[0]
    return f"add `type: {only}`{said.removeprefix(only)}"


def _lacking(
    error: Refusal, name: str, described: str, hint: str, origin: Origin, subject: str
) -> Diagnostic:
    path: Path = tuple(error.absolute_path)
    summary = f"`{name}` is missing in {suggestions.named(path, error.instance)}"
    where = origin.locate((*path, name))
    return Diagnostic("manifest-missing-field", Severity.ERROR, summary, where, described, hint, subject)


def _unknown(
    kind: Kind, error: Refusal, origin: Origin, subject: str, meant: set[tuple[Path, str]]
) -> Iterator[Diagnostic]:
    path: Path = tuple(error.absolute_path)
    known: Sequence[str] = list(error.schema.get("properties", {}))
    instance = _members(error)
    below = _left_below(kind, known, instance, path, origin)
    if below:
        yield _left_behind(below, instance, path, origin, subject)
    for name in instance:
        if name in known or name in below:
            continue
        free = [other for other in known if other not in instance]
        guess = suggestions.nearest_name(name, free)
        if guess:
            meant.add((path, guess))
        where = origin.locate((*path, name), key=True)
        summary = f"`{name}` is not a field of {suggestions.named(path, instance)}"
        hint = (
            structures.lacks_colon(name, instance[name], known)
            or _further_out(kind, name, path, origin)
            or suggestions.unknown_field(kind, name, guess, known, instance)
        )
        yield Diagnostic(
            "manifest-unknown-field",
            Severity.ERROR,
            summary,
            where,
            "the server would drop it without a word",
            hint,
            subject,
        )


def _left_below(
    kind: Kind, known: Sequence[str], instance: Mapping[str, Json], path: Path, origin: Origin
) -> list[str]:
    """Members of another type that an overlay left as the layer below says them, while it changed the type."""
    if not isinstance(origin, MergedOrigin) or "type" not in instance:
        return []
    overlay = origin.locate((*path, "type")).file
    return [
        name
        for name in instance
        if name not in known
        and suggestions.owners(kind, name)
        and origin.locate((*path, name), key=True).file != overlay
    ]


def _left_behind(
    names: Sequence[str], instance: Mapping[str, Json], path: Path, origin: Origin, subject: str
) -> Diagnostic:
    listed = ", ".join(f"`{name}`" for name in names)
    what = "is not a field" if len(names) == 1 else "are not fields"
    gone = ", ".join(f"{name}: null" for name in names)
    return Diagnostic(
        "manifest-unknown-field",
        Severity.ERROR,
        f"this overlay changes the type, and {listed} of the manifest below {what} of {suggestions.named(path, instance)}",
        origin.locate((*path, "type"), key=True),
        "an overlay changes what it names and leaves the rest as it is",
        f"write `{gone}` beside this `type`",
        subject,
    )


def _further_out(kind: Kind, name: str, path: Path, origin: Origin) -> str:
    """Where a member belongs that stands too deep: in an object around this one that may have it; "" for any other."""
    types = suggestions.owners(kind, name)
    around: list[Json] = [origin.value]
    for step in path[:-1]:
        inner = around[-1]
        around.append(inner[step] if isinstance(inner, Mapping | list) else None)  # type: ignore[index]
    for depth in range(len(path) - 1, -1, -1):
        owner = around[depth]
        if isinstance(owner, Mapping) and owner.get("type") in types and name not in owner:
            return f"it belongs into {suggestions.named(path[:depth], owner)}, beside `{path[depth]}`"
    return ""
