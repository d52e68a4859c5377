"""A manifest's values as the house writes them: members in reading order, amounts as plain numbers, tier
prices short. Pure.

Reads the kind's schema along the value, so that it knows what is an amount and which branch of a union was
chosen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind
from catalogsync.manifests.shorthand import TIER_PRICES, short
from catalogsync.openmeter import schemas
from catalogsync.openmeter.description import Schema

_AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LONGEST_AMOUNT = 100


def arrange(kind: Kind, document: Body, *, reorder: bool = True) -> dict[str, object]:
    """The document (with `kind` and key) in the house's form; the same meaning, new objects. Values that
    fit no schema stay as they are.
    """
    root = schemas.manifest_schema(kind)
    arranged = _Arranging(root, reorder).value(root, document)
    assert isinstance(arranged, dict)
    return arranged


class _Arranging:
    """Walks over a document with its schema."""

    def __init__(self, root: Schema, reorder: bool) -> None:
        self.root = root
        self.reorder = reorder

    def value(self, schema: Schema, value: object) -> object:
        while "$ref" in schema:
            schema = self.root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, Mapping):
            return self.mapping(schema, value)
        if isinstance(value, str):
            return _amount(value) if _is_amount(schema) else value
        if isinstance(value, Sequence):
            return [self.value(schema.get("items", {}), entry) for entry in value]
        return value

    def mapping(self, schema: Schema, value: Body) -> dict[str, object]:
        members = self.members(schema, value.get("type"))
        others = schema.get("additionalProperties")
        rest: Schema = others if isinstance(others, dict) else {}
        names: list[str] = list(value)
        if self.reorder and members:
            known = {name: position for position, name in enumerate(members)}
            names.sort(key=lambda name: known.get(name, len(known)))
        result = {name: self.value(members.get(name, rest), value[name]) for name in names}
        for name in TIER_PRICES:
            if name in result and name in members:
                result[name] = short(name, result[name])
        return result

    def members(self, schema: Schema, chosen: object) -> Mapping[str, Schema]:
        """An object's members; for a union those of the chosen branch, the discriminator first."""
        for case in schema.get("allOf", ()):
            tag = case["if"]["properties"]
            if all(choice["const"] == chosen for choice in tag.values()):
                branch = self.root["definitions"][case["then"]["$ref"].rsplit("/", 1)[1]]
                return self.members(branch, chosen)
        return schema.get("properties", {})


def _is_amount(schema: Schema) -> bool:
    types = schema.get("type")
    return isinstance(types, list) and "number" in types and "string" in types


def _amount(text: str) -> object:
    """An amount given as text, as a number with the same digits where it has a plain form."""
    if len(text) > _LONGEST_AMOUNT or not _AMOUNT.fullmatch(text) or text == "-0":
        return text
    return Decimal(text) if "." in text else int(text)
