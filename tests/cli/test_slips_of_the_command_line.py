"""Slips in a command line, a file of usage and a file of events: what was meant is said."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from forked import program

from catalogsync import manifests
from catalogsync.app.event_file import EventFile
from catalogsync.app.event_problems import Problems
from catalogsync.app.usage_file import read
from catalogsync.core.errors import UsageError

LINES = {
    ("plan", "catalog", "--environment", "x"): "did you mean `--env`?",
    ("plan", "catalog", "-env", "x"): "write --env NAME, with two dashes",
    ("apply", "catalog", "-y"): "did you mean `--yes`?",
    ("plan", "catalog", "--at api_requests=5"): "an option and its value are two words",
    ("plan", "catalog", "--url", "openmeter.example.com"): "put `https://` before it",
    ("plan", "catalog", "--url", "localhost:8888"): "put `https://` before it",
    ("plan", "catalog", "--url", "production"): "`production` is an environment: write --env production",
    ("plan", "catalog", "-e", "https://openmeter.example.com"): "write --url for a URL",
    ("plan", "production"): "write -e production",
    ("apply", "--yes", "-e", ""): "is it a variable that is not set?",
    ("plan", "--url", " "): "is it a variable that is not set?",
    ("validate", "catalog", "production"): "write -e production",
    ("plan", "catalog", "--url", "sandbox:", "--format", "json,html"): "the option is repeated for several",
}


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_what_was_meant_is_said(line: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalogsync.yaml").write_text("environments: {production: {url: 'sandbox:'}}\n", "utf-8")
    ran = subprocess.run(
        [program(), *line],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert ran.returncode == 64 and LINES[line] in ran.stderr, ran.stderr


@pytest.mark.parametrize("word", ["http://127.0.0.1:8888", "sandbox:", "sandbox:a.db"])
def test_a_server_in_the_place_of_a_path(word: str, tmp_path: Path) -> None:
    (loaded,) = manifests.load([Path(word)]).diagnostics
    assert loaded.hint == "a server is named with --url"


USAGE = {
    "customer;feature;quantity\nacme;calls;5\n": "part the columns with commas in every row, not with semicolons",
    "customer\tfeature\tquantity\nacme\tcalls\t5\n": "not with tabs",
    "Customer, Feature, Quantity\nacme, calls, 5\n": "in small letters: customer,feature,quantity",
    "acme,calls,5\n": "write a first row that names the columns: customer,feature,quantity",
    "subject,feature_key,value\nacme,calls,5\n": "these three among others: customer,feature,quantity",
    "customer,feature,quantity\nacme,calls,-5\n": "the quantity a plain decimal of at least 0",
}


@pytest.mark.parametrize("text", USAGE, ids=USAGE.get)
def test_the_first_row_of_a_file_of_usage(text: str, tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text(text, "utf-8")
    with pytest.raises(UsageError) as problem:
        read(tmp_path / "u.csv")
    assert USAGE[text] in problem.value.hint


EVENT = '{"specversion":"1.0","id":"1","source":"a","type":"t","subject":"s"}'
EVENTS = {
    f"[{EVENT},]": (1, "a comma stands before ], remove it", "fix it"),
    f"{EVENT.replace(',', ',' + chr(10))}\n{EVENT}\n": (
        0,
        "this event does not end on its line",
        "`jq -c .` does that",
    ),
    EVENT.replace('"1.0"', "1.0"): (0, "`specversion` is not a text", 'write `"specversion": "1.0"`'),
}


@pytest.mark.parametrize("text", EVENTS, ids=[said for _, said, _ in EVENTS.values()])
def test_events_have_one_message_for_one_slip(text: str) -> None:
    problems = Problems()
    taken, summary, hint = EVENTS[text]
    assert len(list(EventFile(io.BytesIO(text.encode()), "e.jsonl", problems, 0))) == taken
    (one,) = problems.diagnostics
    assert summary in one.summary and hint in one.hint, one
