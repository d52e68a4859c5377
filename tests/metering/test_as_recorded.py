"""Paths, numbers and aggregations come out as the event store's engine answered them (tests/data/metering/README.md)."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogsync.metering import Event, MeterDefinition, json_value, trial
from catalogsync.metering.numbers import answer_text, from_text, stored_text
from catalogsync.openmeter import jsonpath

DATA = Path(__file__).parents[1] / "data" / "metering"
PATHS: dict[str, Any] = json.loads((DATA / "json_value.json").read_text("utf-8"))
NUMBERS: dict[str, Any] = json.loads((DATA / "numbers.json").read_text("utf-8"))
CASES: list[dict[str, Any]] = [
    json.loads(line) for line in gzip.decompress((DATA / "aggregates.jsonl.gz").read_bytes()).splitlines()
]
STRICTER = {"$.arr[0b1]", "$[1a]", "$.a[0b11]", "$.a[1_0]", "$.a[0o17]", "$.a[1to3]"}
"""Paths that the engine takes and `validate` refuses: numbers in odd forms."""


@pytest.mark.parametrize("row", PATHS["rows"], ids=lambda row: f"{row[0]} {row[1]!a}")
def test_a_path_reads_what_the_engine_reads(row: list[Any]) -> None:
    document, path, expected = row
    steps = jsonpath.steps(path)
    if path in STRICTER:
        assert steps is None
        return
    found = None if steps is None else json_value.read(PATHS["documents"][document - 1], steps).text
    assert found == expected


@pytest.mark.parametrize(("text", "expected"), NUMBERS["texts"])
def test_a_text_is_the_number_that_the_query_makes_of_it(text: str, expected: str | None) -> None:
    assert from_text(text) == (None if expected is None else float(expected))


@pytest.mark.parametrize(("token", "expected"), NUMBERS["stored"])
def test_a_stored_number_is_read_as_the_engines_text(token: str, expected: str) -> None:
    assert stored_text(float(token)) == expected
    assert from_text(expected) == float(token)


@pytest.mark.parametrize(("token", "expected"), NUMBERS["answers"])
def test_an_answer_is_written_as_the_server_writes_it(token: str, expected: str) -> None:
    assert answer_text(float(token)) == expected.removeprefix("-" if float(token) == 0 else "")


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_a_meter_counts_as_the_servers_query(case: dict[str, Any]) -> None:
    body = {**case["meter"], "eventFrom": None}
    meter = replace(MeterDefinition.from_body(body), event_from=case["meter"]["eventFrom"])
    events = [
        Event(str(n), "source", type_, "subject", second, json.loads(data, parse_int=float))
        for n, (type_, second, data) in enumerate(case["events"])
    ]
    (result,) = trial([meter], events)
    assert result.total == (None if case["total"] is None else float(case["total"]))
    expected = [(tuple(key), value if value is None else float(value), n) for key, value, n in case["groups"]]
    assert [(g.key, g.value, g.events) for g in result.groups] == sorted(expected, key=lambda row: row[0])


def test_every_aggregation_was_recorded() -> None:
    assert {case["meter"]["aggregation"] for case in CASES} == {
        "SUM", "AVG", "MIN", "MAX", "COUNT", "UNIQUE_COUNT", "LATEST",
    }  # fmt: skip
