"""JSON as the real server (Go) reads it: what is refused with which words, and how members reach the handlers. Pure.

Source: docs/server/transport.md#request-validation "JSON reading", "Letter case of JSON names"; docs/server/transport.md#validator; recorded
`transport_malformed_json_*`, `transport_duplicate_json_keys`, `transport_json_key_case_*`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.v1 import undecodable

_BLANKS = " \t\r\n"
_MAX_DEPTH = 10_000


class Malformed(ValueError):
    """The text is not JSON; the message is in Go's words."""


class Repeated(dict[str, Json]):
    """An object in which a name stands more than once; `pairs` keeps them all."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Json]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else Repeated(pairs)


def _constant(text: str) -> Json:
    raise ValueError(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=Decimal, parse_constant=_constant)
_SURROGATE = re.compile("[\ud800-\udfff]")


def loads(data: bytes) -> Json:
    """The first JSON value in `data`; bytes after it do not count. Raises Malformed with Go's words."""
    text = data.decode("utf-8", errors="replace")
    try:
        value, _ = _DECODER.raw_decode(text.lstrip(_BLANKS))
    except RecursionError:
        raise Malformed(_complaint(data)) from None
    except ValueError:
        raise Malformed(_complaint(data)) from None
    return _without_surrogates(value) if "\\u" in text else value


def _without_surrogates(value: Json) -> Json:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(v) for v in value]
    if isinstance(value, Repeated):
        return Repeated([(_without_surrogates(k), _without_surrogates(v)) for k, v in value.pairs])
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


class _Scanner:
    """Finds the first fault of a JSON text, in the words of Go's scanner."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def fault(self, context: str) -> Malformed:
        if self.at >= len(self.data):
            return Malformed("unexpected EOF")
        byte = self.data[self.at]
        shown = {0x27: "'\\''", 0x22: "'\"'"}.get(byte) or _quoted(byte)
        return Malformed(f"invalid character {shown} {context}")

    def blanks(self) -> None:
        while self.at < len(self.data) and self.data[self.at] in b" \t\r\n":
            self.at += 1

    def peek(self) -> bytes:
        return self.data[self.at : self.at + 1]

    def value(self, depth: int, context: str = "looking for beginning of value") -> None:
        self.blanks()
        start = self.peek()
        if start in (b"{", b"["):
            if depth > _MAX_DEPTH:
                raise self.fault("exceeded max depth")
            self.at += 1
            self.object(depth) if start == b"{" else self.array(depth)
        elif start == b'"':
            self.string()
        elif start and start in b"-0123456789":
            self.number()
        elif start in (b"t", b"f", b"n"):
            self.literal({b"t": b"true", b"f": b"false", b"n": b"null"}[start])
        else:
            raise self.fault(context)

    def literal(self, word: bytes) -> None:
        for expected in word:
            if self.peek() != bytes([expected]):
                raise self.fault(f"in literal {word.decode()} (expecting '{chr(expected)}')")
            self.at += 1

    def string(self) -> None:
        self.at += 1
        while True:
            byte = self.peek()
            if not byte or byte[0] < 0x20:
                raise self.fault("in string literal")
            self.at += 1
            if byte == b'"':
                return
            if byte == b"\\":
                self.escape()

    def escape(self) -> None:
        if self.peek() == b"u":
            self.at += 1
            for _ in range(4):
                if not self.peek() or self.peek() not in b"0123456789abcdefABCDEF":
                    raise self.fault("in \\u hexadecimal character escape")
                self.at += 1
        elif self.peek() and self.peek() in b'"\\/bfnrt':
            self.at += 1
        else:
            raise self.fault("in string escape code")

    def digits(self, context: str) -> None:
        if not self.peek().isdigit():
            raise self.fault(context)
        while self.peek().isdigit():
            self.at += 1

    def number(self) -> None:
        if self.peek() == b"-":
            self.at += 1
            if not self.peek().isdigit():
                raise self.fault("in numeric literal")
        if self.peek() == b"0":
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.peek() == b".":
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.peek() in (b"e", b"E"):
            self.at += 1
            if self.peek() in (b"+", b"-"):
                self.at += 1
            self.digits("in exponent of numeric literal")

    def object(self, depth: int) -> None:
        self.blanks()
        if self.peek() == b"}":
            self.at += 1
            return
        while True:
            self.blanks()
            if self.peek() != b'"':
                raise self.fault("looking for beginning of object key string")
            self.string()
            self.blanks()
            if self.peek() != b":":
                raise self.fault("after object key")
            self.at += 1
            self.value(depth + 1)
            if self.closed(b"}", "after object key:value pair"):
                return

    def array(self, depth: int) -> None:
        self.blanks()
        if self.peek() == b"]":
            self.at += 1
            return
        while True:
            self.value(depth + 1)
            if self.closed(b"]", "after array element"):
                return

    def closed(self, end: bytes, context: str) -> bool:
        self.blanks()
        if self.peek() == end:
            self.at += 1
            return True
        if self.peek() != b",":
            raise self.fault(context)
        self.at += 1
        return False


def _quoted(byte: int) -> str:
    escapes = {
        0x07: "\\a",
        0x08: "\\b",
        0x09: "\\t",
        0x0A: "\\n",
        0x0B: "\\v",
        0x0C: "\\f",
        0x0D: "\\r",
        0x5C: "\\\\",
    }
    if byte in escapes:
        return f"'{escapes[byte]}'"
    character = chr(byte)
    return (
        f"'{character}'"
        if character.isprintable()
        else f"'\\x{byte:02x}'"
        if byte < 0x80
        else f"'\\u{byte:04x}'"
    )


def _complaint(data: bytes) -> str:
    if not data.strip(b" \t\r\n"):
        return "EOF"
    try:
        _Scanner(data).value(1)
    except Malformed as fault:
        return str(fault)
    except RecursionError:
        depth = 0
        for byte in data:
            depth += (byte in b"[{") - (byte in b"]}")
            if depth > _MAX_DEPTH:
                return f"invalid character '{chr(byte)}' exceeded max depth"
    return "unexpected EOF"


_CARDS = {"RateCardFlatFee": "FlatFeeRateCard", "RateCardUsageBased": "UsageBasedRateCard"}
"""What Go calls the rate cards of the description."""


class Decoder:
    """Brings a checked body into the members that the handlers know: other letter cases of a name are taken for it, of several
    spellings the last in the text wins, maps under one name are merged, unknown members are dropped. In another letter case null
    leaves a member as it was, and what is of another type is Undecodable: the check before saw none of it.
    """

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._names = {id(schema): name for name, schema in schemas.items()}
        self._known: dict[int, tuple[Mapping[str, Any], dict[str, Any], dict[str, str], Any]] = {}

    def decode(self, schema: Mapping[str, Any], value: Json) -> Json:
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

    def _object(self, schema: Mapping[str, Any], value: dict[str, Json]) -> Json:
        _, members, folded, further = self._shape(schema)
        if not members:
            if further is False:
                return value
            pairs = value.pairs if isinstance(value, Repeated) else value.items()
            return (
                {k: self.decode(further, v) for k, v in pairs}
                if isinstance(further, Mapping)
                else dict(pairs)
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

    def _is_void(self, schema: Mapping[str, Any], known: str, member: Json, taken: dict[str, Json]) -> bool:
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

    def _plain(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        schema = self._resolve(schema)
        return self._plain(schema["allOf"][0]) if len(schema.get("allOf", ())) == 1 else schema

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def _items(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        schema = self._resolve(schema)
        if "items" in schema:
            return self._resolve(schema["items"])
        for part in schema.get("allOf", ()):
            if (found := self._items(part)) is not None:
                return found
        return None

    def _branch(self, schema: Mapping[str, Any], value: dict[str, Json]) -> Mapping[str, Any]:
        """The schema of a value among a combined schema's branches (by its discriminator, in whatever letter case)."""
        schema = self._resolve(schema)
        if len(schema.get("allOf", ())) == 1 and not schema.get("properties"):
            return self._branch(schema["allOf"][0], value)
        discriminator = schema.get("discriminator")
        if discriminator and "oneOf" in schema:
            pairs = value.pairs if isinstance(value, Repeated) else value.items()
            said = [v for k, v in pairs if k.lower() == discriminator["propertyName"].lower()]
            ref = discriminator["mapping"].get(said[-1] if said else None)
            return self._branch({"$ref": ref}, value) if ref else schema
        return schema

    def _shape(
        self, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], dict[str, Any], dict[str, str], Any]:
        found = self._known.get(id(schema))
        if found is None:
            members: dict[str, Any] = {}
            for part in schema.get("allOf", ()):
                members.update(self._shape(self._resolve(part))[1])
            for branch in schema.get("oneOf", ()):
                for name, member in self._shape(self._resolve(branch))[1].items():
                    members.setdefault(name, member)
            members.update({n: self._resolve(s) for n, s in schema.get("properties", {}).items()})
            further = schema.get("additionalProperties")
            if isinstance(further, Mapping):
                further = self._resolve(further)
            found = (schema, members, {n.lower(): n for n in members}, further)
            self._known[id(schema)] = found
        return found
