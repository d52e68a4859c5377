"""Binds query parameters to their types before anything else is looked at, as the server's generated wrapper does. Pure.

Source: docs/server/transport.md#validator (rows "non-integer query", "other query given twice", "array query"); recorded `transport_query_*`,
`transport_page_values_bad_*`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from catalogsync.sandbox.domain.contract import Json, Problem

Pairs = Sequence[tuple[str, str]]

_SLICE = "error assigning value to destination: error binding map: error assigning slice: "
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}


def bind(parameters: Sequence[Mapping[str, Any]], pairs: Pairs) -> dict[str, Json]:
    """The values of the query parameters that were sent, by name. Raises the binder's 400 Problem.

    `parameters` are the operation's, resolved (`$ref` followed, also in their schemas), in the description's order.
    """
    bound: dict[str, Json] = {}
    unfit: str | None = None
    for parameter in parameters:
        if parameter["in"] != "query":
            continue
        name, schema = parameter["name"], parameter["schema"]
        if parameter.get("style") == "deepObject":
            if (value := _deep(name, pairs)) is not None:
                bound[name] = value
                unfit = unfit or _unfit_deep(name, value)
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
    if unfit is not None:
        raise Problem(400, unfit, instance=False)
    return bound


def _invalid(name: str, reason: str) -> Problem:
    return Problem(400, f"invalid param format {name}: Invalid format for parameter {name}: {reason}")


def _scalar(name: str, schema: Mapping[str, Any], text: str) -> Json:
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


def _deep(name: str, pairs: Pairs) -> dict[str, list[int] | None] | None:
    """`name[key][index]=value`: a map of lists of integers (docs/server/plans.md#list); None for a key that has a value and no index."""
    tree = _tree(name, pairs)
    return {
        key: None if isinstance(node, str) else _integers(name, node) for key, node in tree.items()
    } or None


_Node = dict[str, "str | _Node"]


def _tree(name: str, pairs: Pairs) -> _Node:
    """The values below `name[`, by the names in brackets; a name that is sent again counts its values."""
    sent: dict[str, list[str]] = {}
    for key, value in pairs:
        if key.startswith(f"{name}["):
            sent.setdefault(key[len(name) :], []).append(value)
    tree: _Node = {}
    for key, values in sent.items():
        path = key.lstrip("[").rstrip("]").split("][")
        for steps, value in (
            [(path, values[0])] if len(values) == 1 else [([*path, str(n)], v) for n, v in enumerate(values)]
        ):
            node = tree
            for step in steps[:-1]:
                below = node.setdefault(step, {})
                node = below if isinstance(below, dict) else {}
            node[steps[-1]] = value
    return tree


def _integers(name: str, node: _Node) -> list[int]:
    found = []
    for n in range(len(node)):
        value = node.get(str(n))
        if value is None:
            raise _invalid(name, _SLICE + "array deepObjects must have consecutive indices")
        text = value if isinstance(value, str) else ""
        if not re.fullmatch(r"[+-]?[0-9]+", text) or not -(2**63) <= int(text) < 2**63:
            what = f"error binding array element {n}: expected a valid int, got {text}"
            raise _invalid(name, _SLICE + what)
        found.append(int(text))
    return found


def _unfit_deep(name: str, bound: Mapping[str, list[int] | None]) -> str | None:
    """What the validator, which comes after the binder, has against it."""
    if "" in bound:
        what = 'array indexes must be integers: strconv.Atoi: parsing "": invalid syntax'
        return f'parameter "{name}" in query has an error: could not convert value map to array: {what}'
    for key, values in bound.items():
        if values is None:
            return (
                f'parameter "{name}" in query has an error: path {key}: array items must be set with indexes'
            )
    return None
