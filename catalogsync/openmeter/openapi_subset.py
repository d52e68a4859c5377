"""What a description says of the wire, without its prose: the operations, and the schemas that they reach. Pure.

`draw_wire` cuts an OpenAPI document down to what decides a request's fate: every path and method, and for the operations that a catalog
touches their parameters and request bodies with all reachable component schemas. Response schemas, prose, examples and vendor members go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from catalogsync.openmeter.description import (
    Components,
    Description,
    Media,
    Method,
    Operation,
    Parameter,
    PathItem,
    Schema,
)

METHODS: tuple[Method, ...] = ("get", "put", "post", "delete", "patch", "head", "options")

SERVED_V1 = (
    "/api/v1/meters", "/api/v1/features", "/api/v1/plans", "/api/v1/addons", "/api/v1/notification", "/api/v1/customers",
    "/api/v1/subscriptions", "/api/v1/info/currencies", "/api/v1/entitlements", "/api/v2/customers", "/api/v2/entitlements",
    "/api/v1/subjects/{subjectIdOrKey}/entitlements",
)  # fmt: skip
SERVED_V3 = (
    "/openmeter/meters", "/openmeter/features", "/openmeter/plans", "/openmeter/addons", "/openmeter/customers",
    "/openmeter/subscriptions", "/openmeter/currencies", "/openmeter/tax-codes",
)  # fmt: skip

_SCHEMA_KEYWORDS = (
    "$ref", "type", "format", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minProperties", "maxProperties", "required", "nullable", "readOnly", "writeOnly", "default",
    "properties", "additionalProperties", "items", "allOf", "oneOf", "anyOf", "not", "discriminator", "deprecated",
)  # fmt: skip


def is_v3(description: Description) -> bool:
    """Whether the description is the v3 API's."""
    return any(path.startswith("/openmeter/") for path in description["paths"])


def draw_wire(description: Description) -> Description:
    """The description as far as requests go (see module docstring). Members keep their order: the validator's depends on it."""
    served = SERVED_V3 if is_v3(description) else SERVED_V1
    prefix = "/api/v3" if is_v3(description) else ""
    paths: dict[str, PathItem] = {}
    for path, item in description["paths"].items():
        shared = item.get("parameters", [])
        drawn: PathItem = {}
        for method in METHODS:
            if method in item:
                drawn[method] = _operation(item[method], shared) if path.startswith(served) else {}
        paths[prefix + path] = drawn
    components: Components = description.get("components", {})
    parameters = {name: _parameter(p) for name, p in components.get("parameters", {}).items()}
    schemas, named = _reachable(paths, components, parameters), set(_refs(paths, "parameters"))
    return {
        "openapi": description["openapi"],
        "info": {"title": description["info"]["title"], "version": description["info"]["version"]},
        "paths": paths,
        "components": {
            "parameters": {n: p for n, p in parameters.items() if n in named},
            "schemas": {n: _schema(s) for n, s in components["schemas"].items() if n in schemas},
        },
    }


def _operation(operation: Operation, shared: Sequence[Parameter]) -> Operation:
    drawn: Operation = {"operationId": operation.get("operationId", "")}
    parameters = [*shared, *operation.get("parameters", [])]
    if parameters:
        drawn["parameters"] = [_parameter(p) for p in parameters]
    if "requestBody" in operation:
        body = operation["requestBody"]
        content: dict[str, Media] = {
            kind: {"schema": _schema(media["schema"])}
            for kind, media in body["content"].items()
            if "schema" in media
        }
        drawn["requestBody"] = {"required": body.get("required", False), "content": content}
    return drawn


def _parameter(parameter: Parameter) -> Parameter:
    keep = ("$ref", "name", "in", "required", "style", "explode", "allowEmptyValue", "allowReserved")
    said: Mapping[str, object] = parameter
    drawn = cast("Parameter", {k: said[k] for k in keep if k in said})
    if "schema" in parameter:
        drawn["schema"] = _schema(parameter["schema"])
    return drawn


def _schema(schema: Schema) -> Schema:
    return cast("Schema", _drawn(schema))


def _drawn(schema: object) -> object:
    """A schema without the words that decide nothing; `additionalProperties` may be a truth value instead."""
    if not isinstance(schema, Mapping):
        return schema
    drawn: dict[str, object] = {}
    for word, value in schema.items():
        if word not in _SCHEMA_KEYWORDS:
            continue
        if word == "properties":
            drawn[word] = {name: _drawn(s) for name, s in value.items()}
        elif word in ("items", "additionalProperties", "not"):
            drawn[word] = _drawn(value)
        elif word in ("allOf", "oneOf", "anyOf"):
            drawn[word] = [_drawn(s) for s in value]
        else:
            drawn[word] = value
    return drawn


def _refs(tree: object, section: str) -> Iterator[str]:
    """Names of components of a section that a drawn tree refers to, discriminators' mappings included."""
    start = f"#/components/{section}/"
    if isinstance(tree, str):
        if tree.startswith(start):
            yield tree.removeprefix(start)
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from _refs(value, section)
    elif isinstance(tree, list):
        for value in tree:
            yield from _refs(value, section)


def _reachable(
    paths: Mapping[str, PathItem], components: Components, parameters: Mapping[str, Parameter]
) -> set[str]:
    used = {n: parameters[n] for n in _refs(paths, "parameters")}
    found: set[str] = set()
    queue = [*_refs(paths, "schemas"), *_refs(used, "schemas")]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(_refs(_schema(components["schemas"][name]), "schemas"))
    return found
