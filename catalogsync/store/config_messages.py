"""Says what is wrong with a `catalogsync.yaml` that its schema refuses: one diagnostic per cause, with what to write instead. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import amounts, missing_fields, schema_errors, schema_messages, suggestions
from catalogsync.manifests.hints.schema_messages import Refusal
from catalogsync.openmeter import credentials, schemas
from catalogsync.store.config_text import SCHEMA, SEVERITIES, ConfigText

_URL = "write http://…, https://…, sandbox:, sandbox:FILE, or {env: NAME} for the variable that holds it"


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
    text.say(path, words.summary, _URL if path[-1:] == ("url",) else words.hint)


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
