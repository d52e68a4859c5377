"""Binds query parameters to their types before anything else is looked at, as the server's generated wrapper does. Pure.

Source: docs/server/transport.md#validator (rows "non-integer query", "other query given twice", "array query"); recorded `transport_query_*`,
`transport_page_values_bad_*`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from catalogsync.openmeter.description import Parameter, Schema
from catalogsync.sandbox.domain.contract import Json, Problem

Pairs = Sequence[tuple[str, str]]

_SLICE = "error assigning value to destination: error binding map: error assigning slice: "
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}


def bind(parameters: Sequence[Parameter], pairs: Pairs) -> dict[str, Json]:
    """The values of the query parameters that were sent, by name. Raises the binder's 400 Problem.

    `parameters` are the operation's, resolved (`$ref` followed, also in their schemas), in the description's order.
    """
    bound: dict[str, Json] = {}
    for parameter in parameters:
        if parameter["in"] != "query":
            continue
        name, schema = parameter["name"], parameter["schema"]
        if parameter.get("style") == "deepObject":
            if (value := _deep(name, schema, pairs)) is not None:
                bound[name] = value
            continue
        sent = [v for k, v in pairs if k == name]
        if not sent:
            continue
        if schema.get("type") == "array":
            bound[name] = sent
            continue
        if len(sent) > 1:
            raise _invalid(name, f"parameter '{name}' is not exploded, but is specified multiple times")
        bound[name] = _scalar(name, schema, sent[0])
    return bound


def _invalid(name: str, reason: str) -> Problem:
    return Problem(400, f"invalid param format {name}: Invalid format for parameter {name}: {reason}")


def _scalar(name: str, schema: Schema, text: str) -> Json:
    kind = schema.get("type")
    if kind == "integer":
        return _integer(name, text)
    if kind == "boolean":
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        raise _invalid(
            name, f'error binding string parameter: strconv.ParseBool: parsing "{text}": invalid syntax'
        )
    if schema.get("format") == "date-time":
        return _instant(name, text)
    return text


def _integer(name: str, text: str) -> int:
    failed = f'error binding string parameter: strconv.ParseInt: parsing "{text}": '
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise _invalid(name, failed + "invalid syntax")
    if not -(2**63) <= int(text) < 2**63:
        raise _invalid(name, failed + "value out of range")
    return int(text)


def _instant(name: str, text: str) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", text):
            raise ValueError(text)
        datetime.fromisoformat(text)
    except ValueError:
        raise _invalid(name, f"error parsing '{text}' as RFC3339 or 2006-01-02 date") from None
    return text


def _deep(name: str, schema: Schema, pairs: Pairs) -> Json | None:
    """`name[key][index]=value`: a map of lists of integers (docs/server/plans.md#list)."""
    found: dict[str, dict[int, str]] = {}
    for key, value in pairs:
        match = re.fullmatch(re.escape(name) + r"\[([^\]]*)\](?:\[(\d*)\])?", key)
        if match is None:
            continue
        if match[2] is None:
            raise Problem(
                400,
                f'parameter "{name}" in query has an error: path {match[1]}: array items must be set with indexes',
                instance=False,
            )
        found.setdefault(match[1], {})[int(match[2] or -1)] = value
    if not found:
        return None
    bound: dict[str, list[int]] = {}
    for key, values in found.items():
        if set(values) != set(range(len(values))):
            raise _invalid(name, _SLICE + "array deepObjects must have consecutive indices")
        for n, value in sorted(values.items()):
            if not re.fullmatch(r"[+-]?[0-9]+", value):
                raise _invalid(
                    name,
                    _SLICE + f"error binding array element {n}: expected a valid int, got {value}",
                )
        bound[key] = [int(v) for _, v in sorted(values.items())]
    return bound
