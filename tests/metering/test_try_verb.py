"""`catalogsync try` from end to end, and the walk through a server's list of events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.app.event_problems import Problems
from catalogsync.app.try_meter import events_of, notes_on, try_meters
from catalogsync.cli import run
from catalogsync.core.errors import TargetError
from catalogsync.metering import MeterDefinition
from catalogsync.metering.instants import seconds, shown
from catalogsync.targets.v1 import Client
from catalogsync.targets.v1.events import PAGE, ServerEvents

ROOT = Path(__file__).parents[2]
CATALOG = str(ROOT / "examples" / "catalog")
NOW = 1_700_000_000
COUNT = MeterDefinition("m", "COUNT", "t")


def server(stored: list[int]) -> tuple[Client, list[dict[str, str]]]:
    """A server with an event in each of these seconds: newest first, `from` inclusive, `to` exclusive, at most 100."""
    calls: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        calls.append(query)
        since, end = seconds(query["from"]), seconds(query["to"]) if "to" in query else NOW + 1
        assert since >= NOW - 32 * 86_400
        rows = sorted(((s, n) for n, s in enumerate(stored) if since <= s < end), reverse=True)
        limit = int(query["limit"])
        assert 1 <= limit <= PAGE
        body = [
            {"event": {"specversion": "1.0", "id": str(n), "source": "s", "type": "t", "subject": "u", "time": shown(s)},
             "ingestedAt": shown(s), "storedAt": shown(s)}
            for s, n in rows[:limit]
        ]  # fmt: skip
        return httpx.Response(200, json=body)

    return Client("http://server.localhost", transport=httpx.MockTransport(answer)), calls


def walked(stored: list[int], limit: int) -> tuple[list[str], ServerEvents]:
    client, _ = server(stored)
    rows = ServerEvents(client, limit, NOW)
    return [event.id for event in events_of(rows, Problems(), NOW)], rows


@given(st.lists(st.integers(NOW - 60, NOW), max_size=450))
def test_each_event_is_read_once_and_missing_ones_are_said(stored: list[int]) -> None:
    ids, rows = walked(stored, 10_000)
    assert len(ids) == len(set(ids))
    full = {s for s in stored if stored.count(s) > PAGE}
    assert full <= set(rows.full_seconds)
    assert {int(i) for i in ids} >= {n for n, s in enumerate(stored) if s not in rows.full_seconds}
    assert not rows.cut


@pytest.mark.parametrize(
    ("number", "limit", "cut"),
    [(50, 100, False), (250, 130, True), (300, 299, True), (99, 99, True), (0, 5, False)],
)
def test_a_limit_is_held_and_said(number: int, limit: int, cut: bool) -> None:
    ids, rows = walked([NOW - n for n in range(number)], limit)
    assert len(ids) == min(number, limit)
    assert rows.cut is cut
    assert [d.code for d in notes_on(rows, limit)] == ["events-limit"] * cut


def test_what_a_server_took_in_is_not_deduplicated_again() -> None:
    client, _ = server([NOW, NOW])
    problems = Problems()
    twice = [event for _ in range(2) for event in events_of(ServerEvents(client, 10, NOW), problems, NOW)]
    assert try_meters([COUNT], twice, problems, deduplicate=False).trials[0].total == 4
    report = try_meters([COUNT], twice, problems, deduplicate=True)
    assert (report.trials[0].total, report.repeated) == (2, 2)


@pytest.mark.parametrize("body", [{}, [5], None])
def test_an_answer_that_is_no_list_of_events_is_refused(body: Any) -> None:
    client = Client(
        "http://s.localhost", transport=httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    )
    with pytest.raises(TargetError):
        list(ServerEvents(client, 5, NOW))


def test_json_holds_the_servers_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    events = str(ROOT / "examples" / "events.jsonl")
    assert run(["try", "llm_tokens", "--catalog", CATALOG, "--events", events, "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    (meter,) = body["meters"]
    assert (meter["total"], meter["exact"], meter["events"]["matched"]) == (200.5, True, 4)
    assert {"groupBy": {"model": "small", "type": ""}, "value": None, "events": 1, "exact": True} in meter[
        "groups"
    ]
    assert body["events"]["unusedTypes"] == [{"type": "Prompt", "events": 1}]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["llm_toke", "--events", "-"], 64, "did you mean `llm_tokens`?"),
        (["--events", "missing.jsonl"], 1, "events-unreadable"),
        (["--events", str(ROOT / "examples")], 1, "events-unreadable"),
        (["--events", "/dev/null"], 1, "events-empty"),
        ([], 64, "either --events FILE or --events-from ENV"),
        (["--events", "-", "--events-from", "dev"], 64, "either --events FILE or --events-from ENV"),
        (["--events-from", "nowhere"], 64, "there is no environment 'nowhere'"),
    ],
)
def test_what_cannot_be_tried_is_told(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["try", "--catalog", CATALOG, *words]) == code
    assert said in capsys.readouterr().err


def test_an_error_elsewhere_in_the_catalog_does_not_stand_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.yaml").write_text(
        "kind: meter\nslug: good\neventType: prompt\naggregation: COUNT\n---\n"
        "kind: meter\nslug: bad\neventType: prompt\naggregation: SUM\nvalueProperty: $.a-b\n"
    )
    events = str(ROOT / "examples" / "events.jsonl")
    assert run(["try", "good", "--catalog", str(tmp_path), "--events", events]) == 0
    assert "total    4" in capsys.readouterr().out
    assert run(["try", "--catalog", str(tmp_path), "--events", events]) == 1
    assert "meter-json-path" in capsys.readouterr().err
