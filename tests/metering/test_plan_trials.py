"""`plan --events`: the new and changed meters of a plan, tried; nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogsync.cli import run

COUNT = "kind: meter\nslug: calls\neventType: call\naggregation: COUNT\n"
TOKENS = "---\nkind: meter\nslug: tokens\neventType: prompt\naggregation: SUM\nvalueProperty: $.n\n"
EVENTS = [
    {"specversion": "1.0", "id": str(n), "source": "s", "type": kind, "subject": "u", "data": {"n": n}}
    for n, kind in enumerate(("prompt", "prompt", "call", "prompt"))
]


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `catalog`, `events.jsonl`, and a sandbox that has the meter `calls`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in EVENTS), "utf-8")
    written(tmp_path, COUNT)
    assert run(["apply", "--url", "sandbox:live.db", "--yes"]) == 0
    return tmp_path


def written(folder: Path, text: str) -> None:
    (folder / "catalog" / "catalog.yaml").write_text(text, "utf-8")


def planned(*more: str) -> int:
    return run(["plan", "--url", "sandbox:live.db", *more])


def trials(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert planned("--format", "json", *more) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["trials"]
    return found


def test_a_new_meter_is_tried_and_one_that_stays_is_not(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(there, COUNT + TOKENS)
    found = trials(capsys, "--events", "events.jsonl")
    assert [(one["slug"], one["total"], one["events"]["matched"]) for one in found["meters"]] == [
        ("tokens", 4, 3)
    ]
    assert found["events"]["unusedTypes"] == [{"type": "call", "events": 1}]


def test_a_changed_meter_is_tried_as_the_files_have_it(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(there, COUNT + "groupBy: {size: $.n}\n")
    (meter,) = trials(capsys, "--events", "events.jsonl")["meters"]
    assert [one["groupBy"] for one in meter["groups"]] == [{"size": "2"}]


def test_a_meter_that_cannot_be_changed_so_is_tried_all_the_same(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(there, COUNT.replace("eventType: call", "eventType: prompt"))
    capsys.readouterr()
    assert planned("--events", "events.jsonl") == 1
    assert "meter/calls: COUNT, events of type `prompt`\n  matched  3 of 4" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_people_read_the_trials_too(there: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    written(there, COUNT + TOKENS)
    capsys.readouterr()
    assert planned("--events", "events.jsonl", "--format", form) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  matched  3 of 4 events (1 of another type)" in lines


def test_where_no_meter_changes_no_event_is_read(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trials(capsys, "--events", "not-there.jsonl")["meters"] == []


def test_a_plan_is_not_saved_when_events_cannot_be_read(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(there, COUNT + TOKENS)
    (there / "events.jsonl").write_text("{}\n", "utf-8")
    capsys.readouterr()
    assert planned("--events", "events.jsonl", "--out", "plan.json") == 1
    assert "error[event-refused]" in capsys.readouterr().err
    assert not (there / "plan.json").exists()


def test_events_of_a_file_and_of_a_server_are_not_both_taken(there: Path) -> None:
    assert planned("--events", "events.jsonl", "--events-from", "sandbox:") == 64
