"""JSON as the real server (Go) reads it. Pure.

Source: docs/server/transport.md#request-validation "JSON reading"; docs/server/transport.md#validator; recorded
`transport_malformed_json_*`, `transport_duplicate_json_keys`.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.v1.json_faults import Malformed, complaint

__all__ = ["Malformed", "Repeated", "loads"]

_BLANKS = " \t\r\n"
_LONGEST_INTEGER = 1_000


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


def _integer(text: str) -> int | Decimal:
    """A number without fraction and exponent. Python reads none of more than 4,300 digits, and its integers know no `-0`."""
    return Decimal(text) if text == "-0" or len(text) > _LONGEST_INTEGER else int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=Decimal, parse_int=_integer, parse_constant=_constant
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def loads(data: bytes) -> Json:
    """The first JSON value in `data`; bytes after it do not count. Raises Malformed with Go's words."""
    text = data.decode("utf-8", errors="replace")
    try:
        value, _ = _DECODER.raw_decode(text.lstrip(_BLANKS))
    except (ValueError, RecursionError):
        raise Malformed(complaint(data)) from None
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
