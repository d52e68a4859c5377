"""Files of events: what is read, what is refused, and with which line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.app import event_file
from catalogsync.app.event_file import EventFile
from catalogsync.app.event_problems import SHOWN, Problems
from catalogsync.metering import Event

NOW = 1_700_000_000


def read(content: bytes) -> tuple[list[Event], list[tuple[str, int, str]]]:
    problems = Problems()
    events = list(EventFile(io.BytesIO(content), "events.jsonl", problems, NOW))
    return events, [(d.code, d.where.line if d.where else 0, d.summary) for d in problems.diagnostics]


def event(**members: Any) -> dict[str, Any]:
    whole = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "subject": "u", "data": {"v": 1}}
    return {name: value for name, value in (whole | members).items() if value is not ...}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"id": ...}, "`id` is missing"),
        ({"subject": ""}, "`subject` is empty"),
        ({"type": 5}, "`type` is not a text"),
        ({"specversion": "2.0"}, "`specversion` is not a version that the server reads"),
        ({"data": [1]}, "`data` is not a JSON object"),
        ({"data": "text"}, "`data` is not a JSON object"),
        ({"datacontenttype": "text/plain"}, "`datacontenttype` is not application/json"),
        ({"data_base64": "e30="}, "`data_base64` is not tried"),
        ({"time": "yesterday"}, "`time` is not an RFC 3339 instant"),
        ({"time": "2026-02-30T00:00:00Z"}, "`time` is not an RFC 3339 instant"),
        ({"time": 5}, "`time` is not an RFC 3339 instant"),
        ({"time": "1970-01-01T00:00:00Z"}, "`time` is outside of what the event store keeps"),
        ({"time": "2107-01-01T00:00:00Z"}, "`time` is outside of what the event store keeps"),
    ],
)
def test_what_the_server_refuses_is_refused_with_its_line(members: dict[str, Any], said: str) -> None:
    lines = [json.dumps(event()), json.dumps(event(**members)), json.dumps(event())]
    events, problems = read("\n".join(lines).encode())
    assert len(events) == 2
    assert problems == [("event-refused", 2, said)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{oops", "event-not-json"),
        (b'{"id": "\xff"}', "event-not-json"),
        (b'{"id": NaN}', "event-refused"),
        (b'{"id": 1e400}', "event-refused"),
        (b"[" * 50_000, "event-refused"),
        (b"5", "event-refused"),
        (json.dumps(event()).encode() * 2, "event-not-json"),
    ],
)
def test_a_line_that_is_no_event_is_told(line: bytes, code: str) -> None:
    _, problems = read(json.dumps(event()).encode() + b"\n" + line)
    assert [(c, n) for c, n, _ in problems] == [(code, 2)]


@pytest.mark.parametrize(
    "text",
    [
        b"customer,feature,quantity\nc1,requests,5\nc2,requests,7\n",
        b"\n\n1,2,3\n4,5,6\n",
        b"<html>\n<body>\n",
        b"id: 1\ntype: x\n",
    ],
)
def test_another_file_is_told_once(text: bytes) -> None:
    events, problems = read(text)
    assert (events, [(code, "a file of events" in said) for code, _, said in problems]) == (
        [],
        [("event-not-json", True)],
    )


def test_optional_members_may_be_null_and_the_time_falls_to_whole_seconds() -> None:
    events, problems = read(
        b"\xef\xbb\xbf\r\n"
        + json.dumps(event(time=None, data=None, datacontenttype=None)).encode()
        + b"\r\n"
        + json.dumps(event(time="2026-01-31T01:00:00.999+01:00")).encode()
    )
    assert problems == []
    assert [(e.time, e.data) for e in events] == [(NOW, None), (1_769_817_600, {"v": 1.0})]


@pytest.mark.parametrize("indent", [None, 1])
def test_lists_are_read_as_lines_are(indent: int | None) -> None:
    values = [event(id=str(n), data={"text": "]},[\n"}) for n in range(3)]
    answer = [{"event": value, "ingestedAt": "2026-01-01T00:00:00Z"} for value in values]
    text = json.dumps(values, indent=indent) + "\n[]\n" + json.dumps(answer, indent=indent)
    events, problems = read(text.encode())
    assert [e.id for e in events] == ["0", "1", "2", "0", "1", "2"]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "line"), [("[{}\n{}]", 2), ("[\n\n{oops}]", 3), ('[{"a": 1},\n', 2), ("[]\n 5", 2), ("[", 1)]
)
def test_a_broken_list_is_told_where_it_breaks(text: str, line: int) -> None:
    _, problems = read(text.encode())
    assert ("event-not-json", line) in [(code, n) for code, n, _ in problems]


@given(st.lists(st.text(max_size=30), max_size=8), st.integers(1, 40), st.sampled_from([None, 1]))
def test_a_list_is_read_the_same_however_the_stream_is_cut(ids: list[str], chunk: int, indent: Any) -> None:
    values = [event(id="x" + id_.encode("utf-8", "replace").decode()) for id_ in ids]

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(chunk)

    text = json.dumps(values, indent=indent, ensure_ascii=False).encode()
    problems = Problems()
    events = list(EventFile(Slow(b"\n" + text), "f", problems, NOW))
    assert [e.id for e in events] == [value["id"] for value in values]
    assert problems.diagnostics == ()


def test_an_event_that_is_too_large_is_left_out_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_file, "LARGEST", 300)
    large = json.dumps(event(data={"text": "x" * 1000})).encode()
    events, problems = read(large + b"\n" + json.dumps(event(id="2")).encode())
    assert [e.id for e in events] == ["2"]
    assert [(code, line) for code, line, _ in problems] == [("event-too-large", 1)]


def test_of_many_wrong_lines_the_first_are_shown_and_the_rest_counted() -> None:
    _, problems = read(json.dumps(event()).encode() + b"\n" + b"x\n" * 1000)
    assert len(problems) == SHOWN + 1
    assert problems[-1][2] == f"{1000 - SHOWN} more events cannot be read"
