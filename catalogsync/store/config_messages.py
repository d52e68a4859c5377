"""Says what is wrong with a `catalogsync.yaml` that its schema refuses: one diagnostic per cause, with what to write instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import (
    amounts,
    missing_fields,
    schema_errors,
    schema_messages,
    structures,
    suggestions,
)
from catalogsync.manifests.hints.schema_messages import Refusal
from catalogsync.manifests.hints.shape_schema import Shape
from catalogsync.openmeter import credentials, schemas
from catalogsync.openmeter.description import Schema
from catalogsync.store.config_text import SCHEMA, SEVERITIES, ConfigText

_URL = "write http://…, https://…, sandbox:, sandbox:FILE, or {env: NAME} for the variable that holds it"

_IN_WORDS = {
    "url": _URL,
    "runStore": "write a folder, or the URL of a bucket as text: s3://BUCKET/PATH, gs://BUCKET/PATH, az://BUCKET/PATH",
}
_UNITS = {"timeout": "s|sec|secs|seconds?", "minHours": "h|hrs?|hours?", "concurrency": "requests?"}
"""The units in which members are counted."""


def explain(text: ConfigText) -> None:
    """Notes all that the schema refuses, but for severities: those are judged by the table of codes."""
    validator = schema_errors.validator(schemas.schema(SCHEMA))
    errors = sorted(validator.iter_errors(text.value), key=schema_errors.rank)
    meant: set[tuple[Path, str]] = set()
    seen: set[Path] = set()
    for error in errors:
        path: Path = tuple(error.absolute_path)
        if path[:2] == SEVERITIES and len(path) + (error.validator == "additionalProperties") > 2:
            continue
        if error.validator == "additionalProperties":
            _unknown(text, path, error, meant)
        elif "propertyNames" in error.absolute_schema_path:
            _name(text, error)
        elif error.validator == "required":
            name = missing_fields.name_of(error)
            if (path, name) not in meant:
                hint = suggestions.example(name, error.schema)
                text.say(path, f"`{name}` is missing in {_named(path)}", hint, key=True)
        elif path not in seen:
            seen.add(path)
            _value(text, path, error)


def _unknown(text: ConfigText, path: Path, error: Refusal, meant: set[tuple[Path, str]]) -> None:
    instance = error.instance if isinstance(error.instance, dict) else {}
    known = list(error.schema.get("properties", {}))
    for name in instance:
        if name in known:
            continue
        free = [other for other in known if other not in instance]
        guess = free[0] if known == free[:1] else suggestions.nearest_name(name, free)
        if guess:
            meant.add((path, guess))
        hint = f"did you mean `{guess}`?" if guess else f"known here: {_listed(known)}"
        if path == ("lint",) and isinstance(instance[name], list):
            codes = [one for one in instance[name] if isinstance(one, str)]
            hint = f"write `severity: {{{', '.join(f'{code}: off' for code in codes) or 'CODE: off'}}}` in its place"
        text.say((*path, name), f"`{name}` is not a member of {_named(path)}", hint, key=True)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _name(text: ConfigText, error: Refusal) -> None:
    """A name that the schema refuses: of an environment, or a pattern of KIND/KEY."""
    path: Path = tuple(error.absolute_path)
    name = str(error.instance)
    if path[-1:] == ("allowDifferences",):
        summary, hint = f"`{name}` is not a pattern of KIND/KEY", "write for instance plan/* or plan/pro"
    else:
        summary = f"`{name}` is not a valid name of an environment"
        hint = "letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
    text.say((*path, name), summary, hint, key=True)


def _value(text: ConfigText, path: Path, error: Refusal) -> None:
    if any(isinstance(step, str) and credentials.names_a_secret(step) for step in path):
        what = "one reference" if isinstance(error.instance, dict) else "a reference, not the key itself"
        hint = (
            schema_messages.variable_hint(str(path[2]), error.instance)
            if isinstance(error.instance, str)
            else ""
        )
        text.say(path, f"`{path[2]}` must be {what}", hint or "write {env: NAME} or {file: PATH}")
        return
    if path[-2:-1] == ("fuses",) and error.validator == "oneOf":
        text.say(path, f"`{path[-1]}` is a limit: a number, true or false", _limit(error.instance))
        return
    words = schema_messages.wrong_value(error, path)
    shape = Shape(error.schema, schemas.schema(SCHEMA), _takes)
    document = text.value if isinstance(text.value, dict) else {}
    hint = _IN_WORDS.get(str(path[-1]) if path else "", "") or _in_its_unit(path, error.instance)
    if not hint and path and error.validator == "type":
        hint = _by_name(path, error.instance) or structures.hint(shape, path, error.instance, document)
    text.say(path, words.summary, hint or words.hint)


def _takes(schema: Schema, value: Json) -> bool:
    return next(iter(schema_errors.validator(schema).iter_errors(value)), None) is None


def _in_its_unit(path: Path, value: Json) -> str:
    """What to write in place of a number with the unit that it counts anyhow."""
    units = _UNITS.get(str(path[-1]), "") if path else ""
    found = (
        re.fullmatch(rf"([0-9]+(?:\.[0-9]+)?) ?(?:{units})", value)
        if units and isinstance(value, str)
        else None
    )
    return f"write {found[1]}, the number alone" if found else ""


def _by_name(path: Path, value: Json) -> str:
    """What to write in place of a list of environments, each with its name."""
    if path != ("environments",) or not isinstance(value, list):
        return ""
    names = [str(one["name"]) for one in value if isinstance(one, dict) and "name" in one]
    shown = ", ".join(f"`{name}:`" for name in names[:4]) or "`NAME:`"
    return f"write each by its name, without `- ` and `name`: {shown}, and its members below"


def _limit(value: object) -> str:
    """What to write for a fuse's limit: the number that a text with a percent sign can only mean."""
    number = amounts.plain_amount(value, percent=True) if isinstance(value, str) else ""
    if number:
        return f"write {number}, a number alone"
    return "write a number, true for the limit that holds without a word, or false to turn the fuse off"


def _named(path: Path) -> str:
    """What a person calls the object at a path."""
    if not path:
        return "catalogsync.yaml"
    if len(path) == 2 and path[0] == "environments":
        return f"environment `{path[1]}`"
    return f"`{'.'.join(map(str, path))}`"
