"""What a description says of requests: the bodies of a collection, and what a schema comes to once its references are taken in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from catalogsync.openmeter.description import Description, Operation, Schema


def bodies(wire: Description, collection: str) -> list[Schema]:
    """The request bodies that create and replace a member of a collection; creation first."""
    found: list[tuple[str, Schema]] = []
    for path, item in wire["paths"].items():
        wanted: Literal["post", "put"] = "post" if path == collection else "put"
        if path == collection or (
            path.startswith(collection + "/{") and path.count("/") == collection.count("/") + 1
        ):
            operation: Operation = item.get(wanted, {})
            content = operation.get("requestBody", {}).get("content", {})
            found.extend((wanted, media["schema"]) for media in content.values())
    return [schema for _, schema in sorted(found, key=lambda pair: pair[0])]


def merged(requests: Iterable[Schema]) -> Schema:
    """The union of the bodies' members; required is what the first requires."""
    first, *others = requests
    members = dict(first["properties"])
    for other in others:
        for name, schema in other.get("properties", {}).items():
            members.setdefault(name, schema)
    return {**first, "properties": members, "required": list(first.get("required", []))}


class Components:
    """The schemas that others refer to, by their names."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def __getitem__(self, name: str) -> Schema:
        return self._schemas[name]

    def resolve(self, schema: Schema) -> tuple[str, Schema]:
        """A schema with its reference or `allOf` taken in, and the name of the component it comes from (""
        for none).
        """
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            inner, resolved = self.resolve(self._schemas[name])
            return (name if self._schemas[name].get("properties") or not inner else inner), resolved
        name, whole = "", schema.copy()
        whole.pop("allOf", None)
        for part in schema.get("allOf", []):
            name, resolved = self.resolve(part)
            members = {**resolved.get("properties", {}), **whole.get("properties", {})}
            whole = {**resolved, **whole}
            if members:
                whole["properties"] = members
        return name, whole
