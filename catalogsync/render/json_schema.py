"""The words that JSON schemas of outputs are written with."""

from __future__ import annotations

from enum import StrEnum

from catalogsync.core.canon import JsonObject

TEXT: JsonObject = {"type": "string"}
WHOLE: JsonObject = {"type": "integer"}
BOOL: JsonObject = {"type": "boolean"}
ANY: JsonObject = {}
DECIMAL: JsonObject = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
ADDRESS: JsonObject = {"type": "string", "pattern": "^[a-z_]+/."}


def maybe(schema: JsonObject) -> JsonObject:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: JsonObject) -> JsonObject:
    return {"type": "array", "items": schema}


def counts(schema: JsonObject = WHOLE) -> JsonObject:
    """An object with members of any name."""
    return {"type": "object", "additionalProperties": schema}


def one_of(words: type[StrEnum]) -> JsonObject:
    """The words of an enumeration."""
    return {"enum": [str(word) for word in words]}


def object_of(members: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    """An object with all these members, and perhaps the optional ones."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": sorted(members),
        "additionalProperties": False,
    }
