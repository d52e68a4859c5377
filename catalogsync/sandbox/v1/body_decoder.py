"""A body that was checked, with the members that the handlers know. Pure.

Source: docs/server/transport.md#request-validation "Letter case of JSON names"; recorded `transport_duplicate_json_keys`,
`transport_json_key_case_*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from catalogsync.openmeter.description import Schema
from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.v1 import undecodable
from catalogsync.sandbox.v1.gojson import Repeated

_CARDS = {"RateCardFlatFee": "FlatFeeRateCard", "RateCardUsageBased": "UsageBasedRateCard"}
"""What Go calls the rate cards of the description."""


class _Shape(NamedTuple):
    """What an object may hold. `schema`: kept, so that its id stays its own; `folded`: the members' names by their names in small letters;
    `further`: the schema of members of other names, or whether there may be any.
    """

    schema: Schema
    members: Mapping[str, Schema]
    folded: Mapping[str, str]
    further: Schema | bool | None


class Decoder:
    """Brings a checked body into the members that the handlers know: other letter cases of a name are taken for it, of several
    spellings the last in the text wins, maps under one name are merged, unknown members are dropped. In another letter case null
    leaves a member as it was, and what is of another type is Undecodable: the check before saw none of it.
    """

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self._names = {id(schema): name for name, schema in schemas.items()}
        self._known: dict[int, _Shape] = {}

    def decode(self, schema: Schema, value: Json) -> Json:
        """The value as a handler gets it. Raises Undecodable."""
        if isinstance(value, list):
            item = self._items(schema)
            return value if item is None else [self.decode(item, v) for v in value]
        if not isinstance(value, dict):
            return value
        schema = self._branch(schema, value)
        try:
            return self._object(schema, value)
        except undecodable.Undecodable as fault:
            fault.card = fault.card or _CARDS.get(self._names.get(id(schema), ""), "")
            raise

    def _object(self, schema: Schema, value: dict[str, Json]) -> Json:
        _, members, folded, further = self._shape(schema)
        if not members:
            if further is False:
                return value
            pairs = value.pairs if isinstance(value, Repeated) else value.items()
            return (
                dict(pairs)
                if further is None or further is True
                else {k: self.decode(further, v) for k, v in pairs}
            )
        if type(value) is dict and value.keys() <= members.keys():
            return {k: self.decode(members[k], v) for k, v in value.items()}
        taken: dict[str, Json] = {}
        for name, member in value.pairs if isinstance(value, Repeated) else value.items():
            known = name if name in members else folded.get(name.lower())
            if known is None or (name != known and self._is_void(schema, known, member, taken)):
                continue
            decoded = self.decode(members[known], member)
            before = taken.pop(known, None)
            taken[known] = (
                {**before, **decoded} if isinstance(before, dict) and isinstance(decoded, dict) else decoded
            )
        return taken

    def _is_void(self, schema: Schema, known: str, member: Json, taken: dict[str, Json]) -> bool:
        """Whether there is nothing to take of a member in another letter case: null leaves what is required, and unsays what is not.
        Raises Undecodable.
        """
        described = self._shape(schema)[1][known]
        if member is None and not described.get("nullable"):
            if known not in schema.get("required", ()):
                taken.pop(known, None)
            return True
        undecodable.check(self._plain, described, member, self._names.get(id(schema), ""), known)
        return False

    def _plain(self, schema: Schema) -> Schema:
        schema = self._resolve(schema)
        return self._plain(schema["allOf"][0]) if len(schema.get("allOf", ())) == 1 else schema

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def _items(self, schema: Schema) -> Schema | None:
        schema = self._resolve(schema)
        if "items" in schema:
            return self._resolve(schema["items"])
        for part in schema.get("allOf", ()):
            if (found := self._items(part)) is not None:
                return found
        return None

    def _branch(self, schema: Schema, value: dict[str, Json]) -> Schema:
        """The schema of a value among a combined schema's branches (by its discriminator, in whatever letter case)."""
        schema = self._resolve(schema)
        if len(schema.get("allOf", ())) == 1 and not schema.get("properties"):
            return self._branch(schema["allOf"][0], value)
        discriminator = schema.get("discriminator")
        if discriminator and "oneOf" in schema:
            pairs = value.pairs if isinstance(value, Repeated) else value.items()
            said = [v for k, v in pairs if k.lower() == discriminator["propertyName"].lower()]
            ref = discriminator["mapping"].get(said[-1]) if said else None
            return self._branch({"$ref": ref}, value) if ref else schema
        return schema

    def _shape(self, schema: Schema) -> _Shape:
        found = self._known.get(id(schema))
        if found is None:
            members: dict[str, Schema] = {}
            for part in schema.get("allOf", ()):
                members.update(self._shape(self._resolve(part))[1])
            for branch in schema.get("oneOf", ()):
                for name, member in self._shape(self._resolve(branch))[1].items():
                    members.setdefault(name, member)
            members.update({n: self._resolve(s) for n, s in schema.get("properties", {}).items()})
            further = schema.get("additionalProperties")
            if further is not None and not isinstance(further, bool):
                further = self._resolve(further)
            found = _Shape(schema, members, {n.lower(): n for n in members}, further)
            self._known[id(schema)] = found
        return found
