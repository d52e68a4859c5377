"""What the decoder behind the validator refuses of members in another letter case, at which nothing has looked before. Pure.

Source: docs/server/transport.md#validator "letter case of property names".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from catalogsync.openmeter.description import Schema
from catalogsync.sandbox.domain.contract import Json

_FITS: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "string": ("string", (str,)),
    "boolean": ("bool", (bool,)),
    "integer": ("int", (int, Decimal)),
    "number": ("float64", (int, Decimal)),
    "array": ("slice", (list,)),
    "object": ("struct", (dict,)),
}
"""What a type of the description is in Go, and as what its values are read."""
_WORDS = {bool: "bool", str: "string", list: "array"}


class Undecodable(ValueError):
    """A value of another type than the member's; the text is Go's. `struct`: what the member belongs to, "" for one of several shapes;
    `card`: the kind of rate card that could not be read because of it.
    """

    def __init__(self, value: Json, struct: str, path: str, wanted: str) -> None:
        kind = _WORDS.get(type(value)) or ("object" if isinstance(value, dict) else "number")
        super().__init__(
            f"json: cannot unmarshal {kind} into Go struct field {struct}.{path} of type {wanted}"
        )
        self.struct, self.card = struct, ""


def check(plain: Callable[[Schema], Schema], schema: Schema, value: Json, struct: str, path: str) -> None:
    """Raises Undecodable for the first value that is of another type than its schema's. What is one of several shapes is read later.

    `plain` follows the references of a schema.
    """
    schema = plain(schema)
    kind = str(schema.get("type", "object" if "properties" in schema else ""))
    if value is None or (kind not in _FITS and "oneOf" not in schema):
        return
    if "oneOf" in schema:
        if not isinstance(value, dict):
            raise Undecodable(
                value, "", path, "struct"
            )  # read by a second decoder, in which no member is named
        return
    wanted, types = _FITS[kind]
    if not isinstance(value, types) or (isinstance(value, bool) and kind != "boolean"):
        raise Undecodable(value, struct, path, wanted)
    if isinstance(value, list):
        for one in value:
            check(plain, schema.get("items", {}), one, struct, path)
    if isinstance(value, dict):
        further = schema.get("additionalProperties")
        members = {name.lower(): member for name, member in schema.get("properties", {}).items()}
        for name, one in value.items():
            inner = members.get(name.lower(), further)
            if inner is not None and not isinstance(inner, bool):
                check(plain, inner, one, struct, path if inner is further else f"{path}.{name}")
