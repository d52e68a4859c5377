"""v3's query parameters: pages, `sort`, `filter[field][op]=value`. Pure, but for the Problems it raises.

Everything is AND-ed; an unknown filter field, operator or sort is 400, any other unknown parameter is ignored
(recorded: `v3_feature_list`, `v3_plan_list`, `impact_no_subscription_list_in_v1`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalogsync.sandbox.domain.contract import Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.v3.problems import query_error

Pairs = Sequence[tuple[str, str]]
PAIRS = "pairs"
"""Where a v3 call's `query` holds the decoded name-value pairs as they were sent."""
TEXT = ("eq", "neq", "contains", "gt", "gte", "lt", "lte", "oeq", "ocontains", "exists", "nexists")
EXACT = ("eq", "neq", "oeq")
_MOST_ITEMS, _LONGEST = 50, 1024
_INT64 = 2**63
Value = str | Callable[[Row, str], Json]
"""Where a row's value is: a stored member's name, or a function of the row and the present instant."""
_TRUE = frozenset(("", "1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_WITHOUT_VALUE = ("exists", "nexists", "ocontains")
_ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}")
_INTEGER = re.compile(r"[+-]?[0-9]+")


def pairs_of(call: Call) -> Pairs:
    """The query of a v3 call."""
    pairs: Pairs = call.query[PAIRS]
    return pairs


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number and size; size 0 is everything."""

    number: int = 1
    size: int = 20

    def cut(self, rows: Sequence[Row]) -> list[Row]:
        if self.size == 0:
            return list(rows)
        start = (self.number - 1) * self.size
        if rows and start >= _INT64:
            raise Problem(500)
        return list(rows[start : start + self.size])


def page_of(pairs: Pairs, size: int = 20) -> Page:
    """The page asked for. Raises the 400 Problem for what is no page."""
    values = {"number": 1, "size": size}
    for name, text in _members(pairs, "page"):
        if name not in values:
            reason = f"field [{name}] is not present in destination object"
            raise query_error(f"page.{name}", f"error assigning value to destination: {reason}", "format")
        if not _INTEGER.fullmatch(text) or not -_INT64 <= int(text) < _INT64:
            reason = f"error assigning field [{name}]: expected a valid int, got {text}"
            raise query_error(f"page.{name}", f"error assigning value to destination: {reason}", "format")
        values[name] = int(text)
    page = Page(values["number"], values["size"])
    if page.size < 0:
        raise query_error(
            "page",
            f"invalid page: {{PageSize:{page.size} PageNumber:{page.number}}}, pagesize cannot be negative",
        )
    if page.number < 1:
        raise query_error(
            "page",
            f"invalid page: {{PageSize:{page.size} PageNumber:{page.number}}}, page has to be at least 1",
        )
    return page


def listed(rows: Sequence[Json], page: Page, total: int) -> Row:
    """A v3 list's answer."""
    return {"data": list(rows), "meta": {"page": {"number": page.number, "size": page.size, "total": total}}}


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be filtered by: which operators it knows and where a row's value is.

    `states` lists the values a status may have, in the words of the error for another one; `ids`: its values are ids.
    """

    operators: tuple[str, ...]
    value: Value
    states: tuple[str, ...] = ()
    noun: str = ""
    ids: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a v3 list can be filtered and sorted by, and the sort key it has without a wish."""

    fields: Mapping[str, Field]
    keys: Mapping[str, Value]
    default: str


def _valued(row: Row, value: Value, now: str) -> Json:
    return row.get(value) if isinstance(value, str) else value(row, now)


def answer_list(
    world: World, call: Call, rows: Iterable[Row], listing: Listing, show: Callable[[Row], Json]
) -> Answer:
    """A page of the rows, filtered and sorted as the call asks, each shown by `show`. Raises 400 and 500 Problems."""
    pairs, now = pairs_of(call), world.clock.now()
    page = page_of(pairs)
    kept = ordered(filtered(rows, pairs, listing.fields, now), pairs, listing, now)
    return Answer(200, listed([show(row) for row in page.cut(kept)], page, len(kept)))


def filtered(rows: Iterable[Row], pairs: Pairs, fields: Mapping[str, Field], now: str) -> list[Row]:
    """The rows that every filter lets through at an instant. Raises the 400 Problems of bad filters."""
    kept = list(rows)
    for name, operator, text in _filters(pairs, fields):
        field = fields[name]
        if field.states:
            _check_states(name, operator, text, field)
        elif operator not in _WITHOUT_VALUE and not _is_value(field, operator, text):
            raise Problem(400, "validation error: validation error: filter is invalid: format mismatch")
        kept = [row for row in kept if _fits(_valued(row, field.value, now), operator, text)]
    return kept


def _filters(pairs: Pairs, fields: Mapping[str, Field]) -> list[tuple[str, str, str]]:
    filters, unknown = [], set()
    for key, text in pairs:
        if not key.startswith("filter[") or "]" not in key:
            continue
        name, rest = key[len("filter[") :].split("]", 1)
        if name not in fields:
            unknown |= {name} if name else set()
            continue
        if text == "" and not rest and fields[name].operators is TEXT:
            continue  # says nothing
        filters.append((name, _operator(key, rest), text, key))
    if unknown:
        raise query_error("filter", f"unknown filter field(s): {', '.join(sorted(unknown))}", "format")
    for name, operator, text, key in filters:
        _check_value(pairs, key, text)
        if operator not in fields[name].operators:
            raise query_error("filter", f"filter[{name}][{operator}]: unsupported operator", "format")
        if operator in ("oeq", "ocontains") and len(_items(text)) > _MOST_ITEMS:
            reason = f"too many comma-separated items (max {_MOST_ITEMS})"
            raise query_error("filter", f"filter[{name}][{operator}]: {reason}", "format")
        if operator in ("exists", "nexists") and text not in _TRUE | _FALSE:
            raise query_error("filter", f'filter[{name}][{operator}]: invalid boolean "{text}"', "format")
        if fields[name].ids and operator != "oeq" and not _ULID.fullmatch(text):
            reason = 'doesn\'t match any schema from "anyOf"'
            raise query_error(name, reason, "anyOf")
    return [(name, operator, text) for name, operator, text, _ in filters]


def _operator(key: str, rest: str) -> str:
    if not rest:
        return "eq"
    if not (rest.startswith("[") and rest.endswith("]")):
        reason = f'malformed operator segment "{rest}"'
    elif rest == "[]":
        reason = f'empty operator in "{rest}"'
    else:
        return rest[1:-1]
    raise query_error("filter", f'invalid filter parameter "{key}": {reason}', "format")


def _check_value(pairs: Pairs, key: str, text: str) -> None:
    count = sum(one == key for one, _ in pairs)
    if count > 1:
        reason = f"repeated query parameter not allowed (got {count} values)"
        raise query_error("filter", f'filter parameter "{key}": {reason}', "format")
    if len(text.encode()) > _LONGEST:
        reason = f"value too long (max {_LONGEST} bytes)"
        raise query_error("filter", f'filter parameter "{key}": {reason}', "format")


def _check_states(name: str, operator: str, text: str, field: Field) -> None:
    if operator == "neq":
        raise query_error(f"filter[{name}]", "only eq and oeq operators are supported for status")
    wrong = [one for one in (_items(text) if operator == "oeq" else [text]) if one not in field.states]
    if wrong:
        said = "\n".join(f"invalid {field.noun} status: {one}" for one in wrong)
        raise query_error(f"filter[{name}]", f"validation error: {said}")


def _is_value(field: Field, operator: str, text: str) -> bool:
    """Whether an operand is one that the server's own check takes: not empty, and ids where ids are."""
    if operator == "oeq":
        return not field.ids or all(_ULID.fullmatch(one) for one in _items(text))
    return text != ""


def _items(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _fits(value: str | None, operator: str, text: str) -> bool:
    if operator in ("exists", "nexists"):
        wanted = text not in _FALSE
        return (value is not None) == (wanted if operator == "exists" else not wanted)
    return value is not None and _TESTS[operator](value, text)


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": lambda value, text: value == text,
    "neq": lambda value, text: value != text,
    "contains": lambda value, text: text.lower() in value.lower(),
    "gt": lambda value, text: value > text,
    "gte": lambda value, text: value >= text,
    "lt": lambda value, text: value < text,
    "lte": lambda value, text: value <= text,
    "oeq": lambda value, text: not _items(text) or value in _items(text),
    "ocontains": lambda value, text: (
        not _items(text) or any(one.lower() in value.lower() for one in _items(text))
    ),
}
"""What each operator asks of a value, besides `exists` and `nexists`."""


def ordered(rows: Iterable[Row], pairs: Pairs, listing: Listing, now: str) -> list[Row]:
    """The rows by `sort=field [asc|desc]`. Raises the 400 Problems of a bad one."""
    texts = [text for name, text in pairs if name == "sort"]
    if len(texts) > 1:
        reason = "parameter 'sort' is not exploded, but is specified multiple times"
        raise query_error("sort", reason, "format")
    words = texts[0].split() if texts else [listing.default]
    if not 1 <= len(words) <= 2:
        raise query_error("sort", "invalid sort by")
    if len(words) == 2 and words[1] not in ("asc", "desc"):
        raise query_error("sort", "sort order must be either asc or desc")
    if words[0] not in listing.keys:
        known = ", ".join(listing.keys)
        raise query_error("sort", f'unsupported sort field "{words[0]}", supported fields: {known}')
    key = listing.keys[words[0]]
    return sorted(rows, key=lambda row: _valued(row, key, now), reverse=words[1:] == ["desc"])


def _members(pairs: Pairs, name: str) -> list[tuple[str, str]]:
    start = f"{name}["
    return [
        (key[len(start) : -1], text) for key, text in pairs if key.startswith(start) and key.endswith("]")
    ]
