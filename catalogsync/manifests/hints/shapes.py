"""What to write where an object stands in place of a plain value, or a text in place of an object. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints.amounts import plain_amount
from catalogsync.manifests.hints.suggestions import fits_in_a_message, show

_PLAIN = frozenset(("string", "number", "integer"))
_VALUE = ("amount", "value")
_NAME = ("key", "slug")
_OPERATORS = "advancedMeterGroupByFilters"
_PLAIN_FILTERS = "meterGroupByFilters"
_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:=|==|:)\s*([A-Za-z0-9_.-]+)", re.ASCII)


def shape_hint(types: Sequence[str], path: Path, value: Json, currency: str, member: str = "") -> str:
    """The hint, or "". `types`: those that the schema takes; `currency`: that of the object's amounts; `member`: the one that the wanted
    object must have, if it must have just one. An amount is proposed as it is written or not at all.
    """
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if isinstance(value, Mapping) and "object" not in types and _PLAIN.intersection(types):
        return _alone(name, value, currency, number="string" not in types or "number" in types)
    if "object" in types and member and _is_amount(value):
        return f"write `{name}: {{{member}: {value}}}`"
    if isinstance(value, list) and (among := _among(path, value)):
        return among
    if "object" in types and "string" not in types and isinstance(value, str):
        return _members(name, path, value)
    return ""


def _alone(name: str, value: Mapping[str, Json], currency: str, *, number: bool) -> str:
    """What to write in place of an object."""
    what = "number" if number else "text"
    other = value.get("currency")
    if isinstance(other, str) and currency and other.upper() != currency:
        return (
            f"amounts have the currency of the whole object, {currency}: write an amount in {currency}, alone"
        )
    inner = next((value[one] for one in (_VALUE if number else _NAME) if one in value), None)
    if (number and _is_amount(inner)) or (not number and isinstance(inner, str) and fits_in_a_message(inner)):
        return f"write the {what} alone: `{name}: {inner!s}`"
    return f"write the {what} alone, without members"


def _is_amount(value: Json) -> bool:
    if isinstance(value, str):
        return plain_amount(value) == value
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and fits_in_a_message(value)


def _among(path: Path, values: list[Json]) -> str:
    """What to write in place of a list of texts as a filter."""
    if path[-2:-1] != (_PLAIN_FILTERS,) or not all(isinstance(one, str) for one in values):
        return ""
    listed = f"{{$in: [{', '.join(map(show, values))}]}}"
    if not fits_in_a_message(listed):
        return f"write `{_OPERATORS}: {{{path[-1]}: {{$in: […]}}}}` in its place"
    return f"write `{_OPERATORS}: {{{path[-1]}: {listed}}}` in its place"


def _members(name: str, path: Path, text: str) -> str:
    """What to write in place of a text."""
    if _OPERATORS in path[:-1] and fits_in_a_message(text):
        return f"write the operator too: `{name}: {{$eq: {show(text)}}}`"
    pair = _PAIR.fullmatch(text.strip())
    operators = name == _OPERATORS
    if pair is None or not fits_in_a_message(text):
        return f"write `name: {'{$eq: value}' if operators else 'value'}` lines below it"
    key, said = pair[1], show(pair[2])
    return f"write `{name}: {{{key}: {f'{{$eq: {said}}}' if operators else said}}}`"
