"""Words for members that a schema asks for and an object lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Kind
from catalogsync.manifests.hints import fitting_types, places, suggestions
from catalogsync.manifests.hints.schema_messages import Refusal
from catalogsync.manifests.source_map import Origin
from catalogsync.openmeter import schemas
from catalogsync.openmeter.description import Schema


def members_of(error: Refusal) -> Mapping[str, Json]:
    """The object that an error about members is about."""
    return error.instance if isinstance(error.instance, Mapping) else {}


def name_of(error: Refusal) -> str:
    """Which required member an error is about."""
    said = re.match(r"'(.*)' is a required property", error.message)
    return (
        said[1] if said else next(name for name in error.schema["required"] if name not in members_of(error))
    )


def _around(value: Mapping[str, Json], path: Path, name: str) -> str:
    """What the document itself says of a member that one of its rate cards lacks: how often it is billed."""
    around = value.get(name) if name == "billingCadence" and path else None
    return around if isinstance(around, str) and suggestions.fits_in_a_message(around) else ""


def diagnostics(
    kind: Kind,
    value: Mapping[str, Json],
    error: Refusal,
    judge: fitting_types.Judge,
    origin: Origin,
    subject: str,
    takes: places.Judge,
) -> Iterator[Diagnostic]:
    """A member that is missing; beside a type that is, what else is missing whatever the type."""
    path, name = tuple(error.absolute_path), name_of(error)
    schema = schemas.manifest_schema(kind) if error.absolute_schema_path[0] == "else" else error.schema
    member = schema.get("properties", {}).get(name, {})
    choices = [str(one) for one in member.get("enum", ())]
    hint = suggestions.example(name, schema, _around(value, path, name))
    besides: Sequence[Refusal] = ()
    if name == "type" and len(choices) > 1:
        misspelt = suggestions.nearest_name(
            name, [one for one in members_of(error) if one not in ("key", "name")]
        )
        fitting = fitting_types.of(dict(value), path, choices, judge)
        besides = fitting.missing
        hint = f"did you mean `type` instead of `{misspelt}`?" if misspelt else _type_hint(member, fitting)
        strange, place = places.misplaced(kind, members_of(error), path, value, takes)
        if strange:
            where = origin.locate((*path, strange), key=True)
            summary = f"`{strange}` is not a field of {suggestions.named(path, error.instance)}"
            yield Diagnostic(
                "manifest-unknown-field", Severity.ERROR, summary, where, hint=place, subject=subject
            )
            return
    yield _lacking(error, name, "" if choices else str(member.get("description", "")), hint, origin, subject)
    for other in besides:
        lacking = name_of(other)
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
