"""Says what is wrong with a manifest that its schema refuses: one diagnostic per cause, at the place, with
what to write instead.

jsonschema finds what failed; the schemas are built so that only the branch that the writer chose is judged
(see `schemadraw.kinds`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Protocol, cast

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Kind
from catalogsync.manifests.hints import fitting_types, missing_fields, structures, unknown_fields
from catalogsync.manifests.hints.schema_messages import Refusal, wrong_value
from catalogsync.manifests.hints.shape_schema import Shape
from catalogsync.manifests.source_map import Origin
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
    judge = _validator(kind).iter_errors
    errors = sorted(judge(value), key=rank)
    seen: set[Path] = set()
    meant: set[tuple[Path, str]] = set()
    currency = str(value.get("currency", ""))
    mistyped = {tuple(e.absolute_path)[:-1] for e in errors if _is_of_a_type(e)}
    told: list[Path] = []
    for place, found in unknown_fields.of_another_tool(kind, errors, origin, subject, meant):
        told.append(place)
        yield found
    errors = [error for error in errors if not _is_below(error, told)]
    for place, found in unknown_fields.of_another_type(kind, value, errors, judge, origin, subject):
        mistyped.add(place)
        yield found
    for error in errors:
        path: Path = tuple(error.absolute_path)
        if path in mistyped:  # its members are judged by a type that it was not meant to have
            continue
        if error.validator == "additionalProperties":
            yield from unknown_fields.diagnostics(kind, error, origin, subject, meant, _takes)
        elif error.validator == "required":
            if (path, missing_fields.name_of(error)) not in meant:
                yield from missing_fields.diagnostics(kind, value, error, judge, origin, subject, _takes)
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


def _is_below(error: Refusal, places: Iterable[Path]) -> bool:
    path: Path = tuple(error.absolute_path)
    return any(path[: len(place)] == place for place in places)


def _takes(schema: Schema, value: Json) -> bool:
    return next(validator(schema).iter_errors(value), None) is None


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
