"""v3's pages, filters and orders, and its schema validator."""

from __future__ import annotations

from typing import Any

import pytest

from catalogsync.sandbox.domain.contract import Problem
from catalogsync.sandbox.v3.query import EXACT, TEXT, Field, Listing, Page, filtered, ordered, page_of
from catalogsync.sandbox.v3.schema import Checker, parameters_of

NOW = "2026-01-01T00:00:00Z"
ROWS = [{"key": "api", "n": 2}, {"key": "apex", "n": 1}, {"key": "Bulk", "n": 3}]
FIELDS = {
    "key": Field(TEXT, "key"),
    "status": Field(EXACT, lambda row, now: "draft", ("draft", "active"), "plan"),
}


@pytest.mark.parametrize(
    ("pairs", "keys"),
    [
        ([("filter[key]", "api")], ["api"]),
        ([("filter[key][neq]", "api")], ["apex", "Bulk"]),
        ([("filter[key][contains]", "BUL")], ["Bulk"]),
        ([("filter[key][oeq]", "api, Bulk")], ["api", "Bulk"]),
        ([("filter[key][ocontains]", "ap,ulk")], ["api", "apex", "Bulk"]),
        ([("filter[key][exists]", "")], ["api", "apex", "Bulk"]),
        ([("filter[status][oeq]", "active,draft")], ["api", "apex", "Bulk"]),
        ([("filter[key][gt]", "apex"), ("filter[status]", "draft")], ["api"]),
        ([("other", "x")], ["api", "apex", "Bulk"]),
    ],
)
def test_filters_are_joined_with_and(pairs: list[tuple[str, str]], keys: list[str]) -> None:
    assert [row["key"] for row in filtered(ROWS, pairs, FIELDS, NOW)] == keys


@pytest.mark.parametrize(
    ("pairs", "field", "reason"),
    [
        ([("filter[nope]", "x")], "filter", "unknown filter field(s): nope"),
        ([("filter[key][like]", "x")], "filter", "filter[key][like]: unsupported operator"),
        (
            [("filter[key][]", "x")],
            "filter",
            'invalid filter parameter "filter[key][]": empty operator in "[]"',
        ),
        (
            [("filter[key]", "a"), ("filter[key]", "b")],
            "filter",
            'filter parameter "filter[key]": repeated query parameter not allowed (got 2 values)',
        ),
        ([("filter[status]", "gone")], "filter[status]", "validation error: invalid plan status: gone"),
    ],
)
def test_a_bad_filter_is_refused(pairs: list[tuple[str, str]], field: str, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        filtered(ROWS, pairs, FIELDS, NOW)
    assert caught.value.status == 400
    assert caught.value.members is not None
    (parameter,) = caught.value.members["invalid_parameters"]
    assert (parameter["field"], parameter["reason"], parameter["source"]) == (field, reason, "query")


@pytest.mark.parametrize(
    ("pairs", "numbers"),
    [([], [1, 2, 3]), ([("sort", "n desc")], [3, 2, 1]), ([("sort", "key asc")], [3, 1, 2])],
)
def test_sort_takes_a_field_and_perhaps_a_direction(pairs: list[tuple[str, str]], numbers: list[int]) -> None:
    listing = Listing(FIELDS, {"n": "n", "key": "key"}, "n")
    assert [row["n"] for row in ordered(ROWS, pairs, listing, NOW)] == numbers


@pytest.mark.parametrize("text", ["", "n up", "n asc please", "size"])
def test_a_bad_sort_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        ordered(ROWS, [("sort", text)], Listing(FIELDS, {"n": "n"}, "n"), NOW)


def test_pages() -> None:
    assert page_of([]) == Page(1, 20)
    assert page_of([("page[number]", "2"), ("page[size]", "1")]).cut(ROWS) == ROWS[1:2]
    assert page_of([("page[size]", "0")]).cut(ROWS) == ROWS
    for pairs in ([("page[size]", "-1")], [("page[number]", "0")], [("page[size]", "x")], [("page[x]", "1")]):
        with pytest.raises(Problem):
            page_of(pairs)


SCHEMAS: dict[str, Any] = {
    "Price": {
        "oneOf": [{"$ref": "#/components/schemas/Free"}, {"$ref": "#/components/schemas/Flat"}],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"free": "#/components/schemas/Free", "flat": "#/components/schemas/Flat"},
        },
    },
    "Free": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}},
    "Flat": {
        "type": "object",
        "required": ["type", "amount"],
        "properties": {"type": {"type": "string"}, "amount": {"type": "string"}},
    },
    "Card": {
        "type": "object",
        "required": ["key", "price"],
        "additionalProperties": False,
        "properties": {
            "key": {"type": "string", "minLength": 1, "pattern": "^[a-z]+$"},
            "price": {"$ref": "#/components/schemas/Price"},
            "term": {"type": "string", "enum": ["early", "late"], "default": "late"},
        },
    },
}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"key": "a", "price": {"type": "free"}}, []),
        (
            {"zz": 1},
            [
                ("", "properties", 'property "zz" is unsupported'),
                ("key", "required", 'property "key" is missing'),
                ("price", "required", 'property "price" is missing'),
            ],
        ),
        (
            {"key": "", "price": {"type": "gold"}, "term": "never"},
            [
                ("key", "min_length", "minimum string length is 1"),
                ("key", "pattern", 'string doesn\'t match the regular expression "^[a-z]+$"'),
                ("price", "discriminator", 'discriminator property "type" has invalid value'),
                ("term", "enum", 'value is not one of the allowed values ["early","late"]'),
            ],
        ),
        (
            {"key": "a", "price": {"type": "flat"}},
            [("price", "oneOf", 'value doesn\'t match any schema from "oneOf"')],
        ),
        ({"key": 1, "price": {"type": "free"}}, [("key", "type", "value must be a string")]),
    ],
)
def test_the_validator_tells_every_problem(value: Any, told: list[tuple[str, str, str]]) -> None:
    failures = Checker(SCHEMAS).check(SCHEMAS["Card"], value)
    assert [(one.field, one.rule, one.reason) for one in parameters_of(failures)] == told


def test_defaults_are_filled_in() -> None:
    card = {"key": "a", "price": {"type": "free"}}
    assert not Checker(SCHEMAS).check(SCHEMAS["Card"], card)
    assert card["term"] == "late"
