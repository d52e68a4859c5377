"""The shapes of an OpenAPI description and of JSON schemas, as far as code here reads them. No I/O.

All members are optional: a description comes from a server, and what reads it says what it cannot do without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, TypedDict

Method: TypeAlias = Literal["get", "put", "post", "delete", "patch", "head", "options"]


class Discriminator(TypedDict, total=False):
    """The member that chooses a union's branch, and the reference for each of its values."""

    propertyName: str
    mapping: Mapping[str, str]


Schema = TypedDict(
    "Schema",
    {
        "$schema": str,
        "$comment": str,
        "$ref": str,
        "type": "str | Sequence[str]",
        "title": str,
        "description": str,
        "const": object,
        "enum": "Sequence[object]",
        "enumDescriptions": "Sequence[str]",
        "format": str,
        "pattern": str,
        "minLength": int,
        "maxLength": int,
        "minItems": int,
        "maxItems": int,
        "uniqueItems": bool,
        "minimum": "int | float",
        "maximum": "int | float",
        "exclusiveMinimum": bool,
        "exclusiveMaximum": bool,
        "minProperties": int,
        "maxProperties": int,
        "default": object,
        "examples": "Sequence[object]",
        "required": "Sequence[str]",
        "nullable": bool,
        "readOnly": bool,
        "deprecated": bool,
        "properties": "Mapping[str, Schema]",
        "additionalProperties": "Schema | bool",
        "items": "Schema",
        "definitions": "Mapping[str, Schema]",
        "allOf": "Sequence[Schema]",
        "oneOf": "Sequence[Schema]",
        "anyOf": "Sequence[Schema]",
        "if": "Schema",
        "then": "Schema",
        "else": "Schema",
        "discriminator": Discriminator,
    },
    total=False,
)
"""A JSON schema, in OpenAPI's dialect or our own (draft 7): the words that decide, not all that there are."""

Parameter = TypedDict(
    "Parameter",
    {"$ref": str, "name": str, "in": str, "required": bool, "style": str, "explode": bool, "schema": Schema},
    total=False,
)


class Media(TypedDict, total=False):
    """What a body of one content type holds."""

    schema: Schema


class RequestBody(TypedDict, total=False):
    """A request's body by content type."""

    required: bool
    content: Mapping[str, Media]


class Operation(TypedDict, total=False):
    """What a method of a path takes."""

    operationId: str
    parameters: Sequence[Parameter]
    requestBody: RequestBody


class PathItem(TypedDict, total=False):
    """A path's operations by method, and the parameters of all of them."""

    parameters: Sequence[Parameter]
    get: Operation
    put: Operation
    post: Operation
    delete: Operation
    patch: Operation
    head: Operation
    options: Operation


class Components(TypedDict, total=False):
    """What references point at, by section and name."""

    schemas: Mapping[str, Schema]
    parameters: Mapping[str, Parameter]


class Info(TypedDict, total=False):
    """What a description says of itself."""

    title: str
    version: str


class Description(TypedDict, total=False):
    """An OpenAPI document, whole or cut down to what decides a request's fate (`openapi_subset`)."""

    openapi: str
    info: Info
    paths: Mapping[str, PathItem]
    components: Components
