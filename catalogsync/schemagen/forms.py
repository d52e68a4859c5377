"""Schemas of values that may be written in several forms: one schema with several types, so that a failure stands alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from catalogsync.core.canon import Body
from catalogsync.openmeter.description import Schema

REFERENCE = {"env": "Name of an environment variable.", "file": "Path of a file; its content is the value."}


def said(schema: Schema, names: Sequence[str]) -> Schema:
    """Of a schema's words the ones that are named."""
    every: Body = schema
    return cast("Schema", {name: every[name] for name in names if name in every})


def nullable(schema: Schema, may_be_null: bool) -> Schema:
    """The same schema that takes null too."""
    if not may_be_null:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    wider: Schema = {**schema, "type": [*types, "null"]}
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    return wider


def or_reference(schema: Schema) -> Schema:
    """Text, or a reference to where the text is kept."""
    members: dict[str, Schema] = {
        name: {"type": "string", "minLength": 1, "description": text} for name, text in REFERENCE.items()
    }
    limits: Schema = {"additionalProperties": False, "minProperties": 1, "maxProperties": 1}
    return {**schema, "type": ["string", "object"], **limits, "properties": members}


def or_amount(schema: Schema) -> Schema:
    """A tier's price: the object, null, or the amount alone."""
    amount = schema["properties"]["amount"]
    return {**schema, "type": ["object", "number", "string", "null"], "pattern": amount["pattern"]}
